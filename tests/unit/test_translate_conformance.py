"""
The `llvm` dialect, ours against upstream's: each module of the dialect tests goes through both.

`mlir-opt` must read what we print (and we what it prints), and the functions `run_*` must compute the same when we
translate the module and when `mlir-translate` does. Both need the tools of LLVM 22 and are skipped without them; that
LLVM accepts our text is tested everywhere.
"""

from __future__ import annotations

import ctypes
import itertools
import math
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from xdsl.dialects.builtin import Float64Type, ModuleOp
from xdsl.ir import Attribute

from luma_ir.backend.codegen import CodeGenerator, CodegenOptions, optimize_and_emit
from luma_ir.backend.jit import LoadedProgram
from luma_ir.backend.translate import translate_module
from luma_ir.dialects import llvm_ext as llvm
from luma_ir.ir.context import make_context
from luma_ir.ir.diagnostics import DiagnosticEngine
from luma_ir.ir.text import parse_module, print_module
from luma_ir.ir.verify import verify_module

ROOT = Path(__file__).resolve().parent.parent
FILES = [path for path in sorted((ROOT / "lit" / "dialects" / "llvm_ext").glob("*.mlir")) if "invalid" not in path.stem]
MLIR_OPT = shutil.which("mlir-opt-22") or shutil.which("/usr/lib/llvm-22/bin/mlir-opt")
MLIR_TRANSLATE = shutil.which("mlir-translate-22") or shutil.which("/usr/lib/llvm-22/bin/mlir-translate")
needs_opt = pytest.mark.skipif(MLIR_OPT is None, reason="mlir-opt 22 is not installed")
needs_translate = pytest.mark.skipif(MLIR_TRANSLATE is None, reason="mlir-translate 22 is not installed")

INTEGERS = (0, 1, -1, 2, 5, -7, 63, 1000, -(2**62), 2**63 - 1)
FLOATS = (0.0, -0.0, 1.0, -1.5, 2.5, 0.1, 1e10, math.inf, math.nan)

by_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def parsed(text: str, name: str) -> ModuleOp:
    engine = DiagnosticEngine()
    module = parse_module(text, name, make_context(), engine)
    assert module is not None, [diagnostic.message for diagnostic in engine.diagnostics]
    assert verify_module(module, engine), [diagnostic.message for diagnostic in engine.diagnostics]
    return module


def printed(module: ModuleOp, *, generic: bool = False) -> str:
    parts: list[str] = []
    print_module(module, parts.append, generic=generic)
    return "".join(parts)


def upstream(tool: str | None, *arguments: str, text: str) -> str:
    assert tool is not None
    done = subprocess.run([tool, *arguments], input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[:2000]
    return done.stdout


@by_file
@needs_opt
def test_upstream_reads_what_we_print(path: Path) -> None:
    text = path.read_text()
    expected = upstream(MLIR_OPT, "--mlir-print-op-generic", text=text)
    module = parsed(text, path.name)
    for generic in (False, True):
        assert upstream(MLIR_OPT, "--mlir-print-op-generic", text=printed(module, generic=generic)) == expected


@by_file
@needs_opt
def test_we_read_what_upstream_prints(path: Path) -> None:
    text = path.read_text()
    expected = upstream(MLIR_OPT, "--mlir-print-op-generic", text=text)
    for flags in ((), ("--mlir-print-op-generic",)):
        back = parsed(upstream(MLIR_OPT, *flags, text=text), path.name)
        assert upstream(MLIR_OPT, "--mlir-print-op-generic", text=printed(back)) == expected


@by_file
def test_llvm_accepts_our_text(path: Path) -> None:
    module = parsed(path.read_text(), path.name)
    for debug_info, keep_names in ((False, False), (True, True)):
        text = translate_module(module, debug_info=debug_info, keep_names=keep_names)
        CodeGenerator(CodegenOptions(opt_level=0)).parse(text)


@by_file
def test_text_is_the_same_every_time(path: Path) -> None:
    texts = [translate_module(parsed(path.read_text(), path.name), debug_info=True) for _ in range(2)]
    assert texts[0] == texts[1]


def runnable(module: ModuleOp) -> Iterator[tuple[str, llvm.LLVMFunctionType]]:
    for op in module.body.blocks[0].ops:
        if isinstance(op, llvm.FuncOp) and op.sym_name.data.startswith("run_") and op.body.blocks:
            yield op.sym_name.data, op.function_type


def ctype(type_: Attribute) -> type:
    return ctypes.c_double if isinstance(type_, Float64Type) else ctypes.c_int64


class Loaded:
    """A module compiled at one level, whose functions can be called."""

    def __init__(self, text: str, level: int, names: list[str]) -> None:
        code = optimize_and_emit(text, CodegenOptions(opt_level=level))
        assert isinstance(code, bytes)
        self.program = LoadedProgram(code, names)

    def call(self, name: str, type_: llvm.LLVMFunctionType, values: tuple[float, ...]) -> float | int:
        signature = ctypes.CFUNCTYPE(ctype(type_.output), *(ctype(argument) for argument in type_.inputs))
        return signature(self.program.address(name))(*values)


def samples(type_: llvm.LLVMFunctionType) -> Iterator[tuple[float, ...]]:
    pools = [FLOATS if isinstance(argument, Float64Type) else INTEGERS for argument in type_.inputs]
    return itertools.product(*pools)


def same(left: float, right: float) -> bool:
    return left == right or (left != left and right != right)


@by_file
@needs_translate
@pytest.mark.parametrize("level", [0, 3])
def test_both_translations_behave_the_same(path: Path, level: int) -> None:
    text = path.read_text()
    module = parsed(text, path.name)
    functions = list(runnable(module))
    if not functions:
        pytest.skip("nothing here can be run")
    program = self_contained(text)
    names = [name for name, _ in functions]
    ours = Loaded(translate_module(parsed(program, path.name)), level, names)
    theirs = Loaded(upstream(MLIR_TRANSLATE, "--mlir-to-llvmir", text=program), level, names)
    for name, type_ in functions:
        for values in samples(type_):
            if name in ("run_musttail", "run_loop") and values[0] > 10_000:
                # These count up to their first operand.
                continue
            left, right = ours.call(name, type_, values), theirs.call(name, type_, values)
            assert same(left, right), (name, values, left, right)


def self_contained(text: str) -> str:
    """The module with definitions for the functions that only unwinding needs, so that it can be loaded."""
    stubs = {
        "llvm.func @may_throw(i32)\n": "llvm.func @may_throw(%a: i32) {\n  llvm.return\n}\n",
        "llvm.func @__gxx_personality_v0(...) -> i32\n": (
            "llvm.func @__gxx_personality_v0(...) -> i32 {\n"
            "  %0 = llvm.mlir.constant(0 : i32) : i32\n  llvm.return %0 : i32\n}\n"
        ),
        # No machine code can be made for this bundle on an ordinary call.
        ' ["deopt"(%n : i32), "gc-live"()]': "",
        "thread_local @counter": "@counter",
        "llvm.mlir.global external @elsewhere()": "llvm.mlir.global external @elsewhere(3 : i64)",
    }
    for declaration, definition in stubs.items():
        text = text.replace(declaration, definition)
    return text
