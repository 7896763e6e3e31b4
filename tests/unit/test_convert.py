"""The conversion driver, and what the tables promise as a whole: completeness, depth, locations, cost."""

from __future__ import annotations

import gc
import time

import pytest
from xdsl.dialects import arith, cf, math, scf, ub
from xdsl.dialects.builtin import FileLineColLoc, IndexType, IntegerType, NameLoc, UnrealizedConversionCastOp
from xdsl.ir import Operation
from xdsl.parser import Parser

from luma_ir.dialects import luma, mem
from luma_ir.dialects.func_ext import Func
from luma_ir.ir.context import make_context
from luma_ir.ir.conversion import Conversion, ConversionPlan, TypeConverter
from luma_ir.ir.diagnostics import DiagnosticEngine, use_engine
from luma_ir.ir.fast import append, clone_op, insert_before, make, new_block, new_region, users, walk
from luma_ir.ir.intern import I64
from luma_ir.ir.registry import REGISTRY
from luma_ir.ir.text import parse_module, print_module
from luma_ir.ir.verify import verify_module
from luma_ir.passes.convert.convert_mem_to_llvm import layout
from luma_ir.passes.convert.convert_to_llvm import ConvertToLlvmPass, full_table

PASSES = (
    "convert-scf-to-cf",
    "convert-mem-to-llvm",
    "convert-arith-to-llvm",
    "convert-math-to-llvm",
    "convert-cf-to-llvm",
    "convert-func-to-llvm",
)


def parsed(text: str):
    """Parse and verify a module."""
    engine = DiagnosticEngine()
    module = parse_module(text, "test.mlir", make_context(), engine)
    assert module is not None, engine.diagnostics
    assert verify_module(module, engine), engine.diagnostics
    return module


def run(module, *passes: str) -> DiagnosticEngine:
    """Run passes; the module must stay valid unless they report an error."""
    engine = DiagnosticEngine()
    with use_engine(engine):
        for name in passes:
            found = REGISTRY.find_pass(name)
            assert found is not None
            found().apply(make_context(), module)
            assert engine.has_errors or verify_module(module, engine), engine.diagnostics
    return engine


def text_of(module) -> str:
    """The module as text."""
    parts: list[str] = []
    print_module(module, parts.append)
    return "".join(parts)


@pytest.mark.parametrize("dialect", [arith.Arith, math.Math, cf.Cf, Func, ub.UB], ids=lambda d: d.name)
def test_every_op_of_a_dialect_is_in_the_table(dialect) -> None:
    """No op of the upstream dialects is forgotten."""
    assert [op.name for op in dialect.operations if op not in full_table()] == []


def test_structured_and_memory_ops_are_in_the_table() -> None:
    """No op of `mem`, and no control flow of `scf` and `luma`, is forgotten."""
    table = full_table()
    # Cells and what waits for one are gone before: `convert-luma-to-mem` and `mem-expand-rc` replace them.
    gone = {"mem.alloc_cell", "mem.free_cell", "mem.drop_reuse", "mem.make_at", "mem.free_token"}
    assert {op.name for op in mem.Mem.operations if op not in table} == gone
    control = (luma.IfOp, luma.ForOp, luma.LoopOp, luma.YieldOp, luma.BreakOp, luma.ContinueOp, luma.ReturnOp)
    assert all(op in table for op in control)
    assert [op.name for op in scf.Scf.operations if op not in table] == []


def test_deep_nesting_is_no_recursion() -> None:
    """Three thousand conditions inside each other convert; the walk is a list of tasks."""
    module = parsed("func.func @deep(%c: i1, %a: i64) -> i64 {\n  func.return %a : i64\n}")
    function = next(iter(module.body.block.ops))
    condition, value = function.regions[0].block.args
    inner: Operation | None = None
    for _ in range(3000):
        then_block, else_block = new_block(), new_block()
        result = value if inner is None else inner.results[0]
        if inner is not None:
            append(then_block, inner)
        append(then_block, make(luma.YieldOp, (result,)))
        append(else_block, make(luma.YieldOp, (value,)))
        inner = make(luma.IfOp, (condition,), (I64,), regions=(new_region(then_block), new_region(else_block)))
    assert inner is not None
    first = function.regions[0].block.first_op
    assert first is not None
    insert_before(first, inner)
    engine = DiagnosticEngine()
    with use_engine(engine):
        ConvertToLlvmPass().apply(make_context(), module)
    assert not engine.has_errors
    converted = next(iter(module.body.block.ops))
    assert len(converted.regions[0].blocks) > 3000


def test_new_ops_have_the_location_of_what_they_replace() -> None:
    """Each op in a body is somewhere in the source, and the function is named as the source names it."""
    module = parsed(
        """func.func @f(%a: i64, %c: i1) -> i64 attributes {display_name = "Point::f"} {
  %0 = arith.ceildivsi %a, %a : i64
  mem.panic_if %c "bounds" (%a, %a)
  %1 = scf.if %c -> (i64) {
    scf.yield %0 : i64
  } else {
    %2 = math.ipowi %a, %a : i64
    scf.yield %2 : i64
  }
  func.return %1 : i64
}"""
    )
    assert not run(module, "convert-to-llvm").has_errors
    function = next(op for op in module.body.block.ops if op.properties["sym_name"].data == "f")  # pyright: ignore
    assert isinstance(function.location, NameLoc)
    assert function.location.desc.data == "Point::f"
    for op in walk(function):
        if op is not function:
            assert isinstance(op.location, FileLineColLoc), op.name


def test_single_passes_leave_nothing_of_their_dialect_and_no_casts() -> None:
    """The chain of single passes ends where the fused pass does, with every cast gone."""
    text = """func.func @f(%i: index, %n: index) -> index {
  %one = arith.constant 1 : index
  %r = scf.for %k = %i to %n step %one iter_args(%s = %one) -> (index) {
    %t = arith.muli %s, %k : index
    scf.yield %t : index
  }
  func.return %r : index
}"""
    single, fused = parsed(text), parsed(text)
    assert not run(single, *PASSES).has_errors
    assert not run(fused, "convert-to-llvm").has_errors
    assert text_of(single) == text_of(fused)
    assert not any(isinstance(op, UnrealizedConversionCastOp) for op in walk(single))


def test_unreachable_blocks_go() -> None:
    """A block that nothing branches to has no place in the result."""
    module = parsed(
        """func.func @f(%a: i64) -> i64 {
  func.return %a : i64
^dead(%x: i64):
  %y = arith.addi %x, %x : i64
  cf.br ^dead(%y : i64)
}"""
    )
    assert not run(module, "convert-to-llvm").has_errors
    assert "llvm.add" not in text_of(module)


def test_blocks_in_any_order_convert() -> None:
    """A value may be used in a block that is written before the block that defines it."""
    module = parsed(
        """func.func @f(%a: i64) -> i64 {
  cf.br ^second
^first:
  %y = arith.addi %x, %x : i64
  func.return %y : i64
^second:
  %x = arith.muli %a, %a : i64
  cf.br ^first
}"""
    )
    assert not run(module, "convert-to-llvm").has_errors


def test_converted_types_are_shared_objects() -> None:
    """Equal types convert to one object, so comparing by identity is enough in most places."""
    types = TypeConverter({IndexType: lambda _type, _types: IntegerType(64)})
    assert types.convert(IndexType()) is types.convert(IndexType())
    assert types.convert(IntegerType(64)) is types.convert(IndexType())


def test_an_incomplete_table_is_reported_at_each_op() -> None:
    """Every op that stays behind is an error with its name; the walk goes on to find the next one."""
    module = parsed("func.func @f(%a: i64) {\n  %0 = arith.addi %a, %a : i64\n  func.return\n}")
    engine = DiagnosticEngine()
    with use_engine(engine):
        plan = ConversionPlan(
            {}, TypeConverter({}), is_legal=lambda op: op.name == "func.func", remedy=lambda op: f"convert {op.name}"
        )
        Conversion(module, plan).run()
    assert [diagnostic.message for diagnostic in engine.diagnostics] == [
        "cannot convert `arith.addi` to the `llvm` dialect",
        "cannot convert `func.return` to the `llvm` dialect",
    ]
    place = engine.diagnostics[0].place()
    assert place is not None and place[1] == 2
    assert engine.diagnostics[0].helps[0].text == "convert arith.addi"


def test_old_ops_hold_no_uses() -> None:
    """After the conversion a value that was there before is used only by ops of the module."""
    module = parsed(
        """func.func @f(%a: i64) -> i64 {
  %0 = llvm.mlir.undef : !llvm.struct<(i64, i64)>
  %1 = llvm.insertvalue %a, %0[0] : !llvm.struct<(i64, i64)>
  %2 = llvm.extractvalue %1[0] : !llvm.struct<(i64, i64)>
  %3 = arith.addi %2, %2 : i64
  func.return %3 : i64
}"""
    )
    assert not run(module, "convert-to-llvm").has_errors
    inside = set(walk(module))
    for op in inside:
        for result in op.results:
            assert all(user in inside for user in users(result))


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        ("i1", (1, 1)),
        ("i8", (1, 1)),
        ("i64", (8, 8)),
        ("f32", (4, 4)),
        ("!llvm.ptr", (8, 8)),
        ("!llvm.struct<(i8, f64, i8)>", (24, 8)),
        ("!llvm.struct<(i8, !llvm.struct<(i16, i8)>)>", (6, 2)),
        ("!llvm.array<3 x !llvm.struct<(i32, i8)>>", (24, 4)),
        ("!llvm.struct<()>", (0, 1)),
    ],
)
def test_layout(type_: str, expected: tuple[int, int]) -> None:
    """Sizes and alignments are those of LLVM's data layout."""
    assert layout(Parser(make_context(), type_).parse_type()) == expected


def test_layout_is_llvms() -> None:
    """LLVM itself gives the same sizes."""
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    data = llvm.Target.from_default_triple().create_target_machine().target_data
    context = make_context()
    for ours, theirs in (
        ("!llvm.struct<(i8, f64, i8)>", "{i8, double, i8}"),
        ("!llvm.struct<(i16, !llvm.array<3 x i8>, i32)>", "{i16, [3 x i8], i32}"),
        ("!llvm.struct<(i1, !llvm.ptr, i1)>", "{i1, ptr, i1}"),
    ):
        module = llvm.parse_assembly(f"@g = external global {theirs}")
        size = data.get_abi_size(module.get_global_variable("g").global_value_type)
        assert layout(Parser(context, ours).parse_type())[0] == size


LOOP = """func.func private @f{n}(%b: !llvm.ptr, %n: i64, %k: f64) -> f64 {{
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %start = arith.constant 0.0 : f64
  %r = scf.for %i = %zero to %n step %one iter_args(%s = %start) -> (f64) : i64 {{
    %p = mem.element %b[%i] : f64
    %v = mem.load %p : f64
    {body}
    %c = arith.cmpf olt, %v, %k : f64
    %u = scf.if %c -> (f64) {{
      %w = arith.addf %v, %s : f64
      scf.yield %w : f64
    }} else {{
      %x = arith.subf %v, %s : f64
      scf.yield %x : f64
    }}
    scf.yield %u : f64
  }}
  func.return %r : f64
}}
"""


def test_cost_an_op() -> None:
    """The fused conversion takes about 7 µs an op on the reference machine; ten times that would be a mistake."""
    body = "\n".join(f"%m{i} = arith.mulf %v, %k : f64\n%a{i} = arith.addf %m{i}, %s : f64" for i in range(30))
    module = parsed("".join(LOOP.format(n=n, body=body) for n in range(20)))
    count = sum(1 for _ in walk(module))
    best = 1.0
    gc.collect()
    for _ in range(3):
        copy = clone_op(module)
        start = time.process_time()
        ConvertToLlvmPass().apply(make_context(), copy)
        best = min(best, time.process_time() - start)
    assert best / count < 70e-6, f"{best / count * 1e6:.1f} µs an op"
