"""Every intrinsic op alone: verified, read and printed by upstream, accepted by LLVM; no op without any such test."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from xdsl.dialects.builtin import BoolAttr, Float64Type, FloatAttr, IntegerAttr, IntegerType, ModuleOp, VectorType
from xdsl.ir import Attribute, Operation

from luma_ir.backend.codegen import CodegenOptions, optimize_and_emit
from luma_ir.backend.translate import translate_module
from luma_ir.dialects import llvm_ext as llvm
from luma_ir.ir import fast
from luma_ir.ir.context import make_context
from luma_ir.ir.diagnostics import DiagnosticEngine
from luma_ir.ir.text import parse_module, print_module

CORPUS = Path(__file__).resolve().parent.parent / "lit" / "dialects" / "llvm_ext"
MLIR_OPT = shutil.which("mlir-opt-22") or shutil.which("/usr/lib/llvm-22/bin/mlir-opt")

I1, I32, I64, F64 = IntegerType(1), IntegerType(32), IntegerType(64), Float64Type()
INTS, FLOATS = VectorType(I64, [4]), VectorType(F64, [4])

# Operand and result types of the intrinsics that do not have one type throughout.
SHAPES: dict[str, tuple[list[Attribute], list[Attribute]]] = {
    "fptosi.sat": ([F64], [I64]),
    "fptoui.sat": ([F64], [I64]),
    "lround": ([F64], [I64]),
    "is.fpclass": ([F64], [I1]),
    "powi": ([F64, I32], [F64]),
    "prefetch": ([llvm.PTR], []),
    "stacksave": ([], [llvm.PTR]),
    "stackrestore": ([llvm.PTR], []),
    "vector.reduce.fadd": ([F64, FLOATS], [F64]),
    "vector.reduce.fmul": ([F64, FLOATS], [F64]),
}
IMMEDIATES: dict[str, Attribute] = {
    "prob": FloatAttr(0.5, 64),
    "bit": IntegerAttr(3, 32),
    "rw": IntegerAttr(0, 32),
    "hint": IntegerAttr(3, 32),
    "cache": IntegerAttr(1, 32),
}
# These need an alloca, or a variadic function around them; the corpus has them.
ELSEWHERE = {"lifetime.start", "lifetime.end", "vastart", "vaend"}

OPS = [op for op in llvm.INTRINSICS if op.name.removeprefix("llvm.intr.") not in ELSEWHERE]


def shape_of(cls: type[Operation]) -> tuple[list[Attribute], list[Attribute]]:
    name = cls.name.removeprefix("llvm.intr.")
    if name in SHAPES:
        return SHAPES[name]
    definition = cls.get_irdl_definition()  # pyright: ignore[reportAttributeAccessIssue]
    number = F64 if "fastmathFlags" in definition.properties else I64
    if name.startswith("vector.reduce."):
        return [FLOATS if number is F64 else INTS], [number]
    result: Attribute = number
    if name.endswith("with.overflow"):
        result = llvm.LLVMStructType.from_type_list([I64, I1])
    return [number] * len(definition.operands), [result] * len(definition.results)


def module_with(cls: type[Operation]) -> ModuleOp:
    operands, results = shape_of(cls)
    block = fast.new_block(operands)
    properties = {name: IMMEDIATES.get(name, BoolAttr.from_bool(False)) for name, _ in llvm.INTRINSICS[cls].immediates}
    op = fast.make(cls, list(block.args), results, properties)
    op.verify()
    fast.append(block, op)
    fast.append(block, fast.make(llvm.ReturnOp, list(op.results)))
    type_ = llvm.LLVMFunctionType(operands, results[0] if results else None)
    return ModuleOp([llvm.FuncOp("f", type_, body=fast.new_region(block))])


@pytest.mark.parametrize("cls", OPS, ids=lambda cls: cls.name.removeprefix("llvm.intr."))
def test_llvm_accepts_it(cls: type[Operation]) -> None:
    text = translate_module(module_with(cls))
    assert f"@{llvm.INTRINSICS[cls].intrinsic}" in text
    assert isinstance(optimize_and_emit(text, CodegenOptions(opt_level=0)), bytes)


@pytest.mark.skipif(MLIR_OPT is None, reason="mlir-opt 22 is not installed")
def test_upstream_reads_them_all_and_we_what_it_prints() -> None:
    # Each function sits in a module of its own, as all have one name.
    module = ModuleOp([module_with(cls) for cls in OPS])
    for generic in (False, True):
        done = subprocess.run(
            [str(MLIR_OPT), *(["--mlir-print-op-generic"] if generic else [])],
            input=printed(module, generic=generic),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[:2000]
        engine = DiagnosticEngine()
        back = parse_module(done.stdout, "upstream.mlir", make_context(), engine)
        assert back is not None, [diagnostic.message for diagnostic in engine.diagnostics]
        assert printed(back, generic=True).count('"llvm.intr.') == len(OPS)


def printed(module: ModuleOp, *, generic: bool) -> str:
    parts: list[str] = []
    print_module(module, parts.append, generic=generic)
    return "".join(parts)


def test_every_op_is_in_the_corpus_or_here() -> None:
    text = "".join(path.read_text() for path in CORPUS.glob("*.mlir"))
    mentioned = set(re.findall(r"\bllvm\.[\w.]+", text))
    missing = {op.name for op in llvm.OWN_OPS if op not in OPS} - mentioned
    # No value of a token type can be used without coroutines, and destructors are written like constructors.
    assert missing <= {"llvm.mlir.none", "llvm.mlir.global_dtors"}


def test_our_classes_stand_in_the_dialect() -> None:
    operations = {op.name: op for op in llvm.LLVM.operations}
    assert all(operations[op.name] is op for op in llvm.OWN_OPS)
    assert make_context().get_op("llvm.load") is llvm.LoadOp
