"""The one-walk conversion driver: tables, types, casts at the border, and what must not stay."""

from __future__ import annotations

from ir_helpers import read
from ir_links import find_broken_links
from xdsl.dialects import arith, cf, func, llvm
from xdsl.dialects.builtin import IndexType, ModuleOp, UnrealizedConversionCastOp
from xdsl.ir import Operation

from luma_ir.ir import fast
from luma_ir.ir.conversion import Conversion, ConversionPlan, TypeConverter
from luma_ir.ir.diagnostics import DiagnosticEngine, use_engine
from luma_ir.ir.intern import I64
from luma_ir.ir.text import module_text
from luma_ir.ir.verify import verify_module

PROGRAM = """
func.func @f(%a: index, %b: index, %c: i1) -> index {
  cf.cond_br %c, ^left(%a : index), ^right
^left(%l: index):
  %sum = arith.addi %l, %b : index
  cf.br ^end(%sum : index)
^right:
  cf.br ^end(%b : index)
^end(%r: index):
  func.return %r : index
^unreachable:
  %never = arith.muli %a, %a : index
  cf.br ^end(%never : index)
}
"""


def index_to_i64() -> TypeConverter:
    """A converter of `index` to `i64`."""
    return TypeConverter({IndexType: lambda type, converter: I64})


def convert_addition(op: arith.AddiOp, state: Conversion) -> None:
    """`arith.addi` on `index` -> `llvm.add` on `i64`."""
    new = state.make(llvm.AddOp, state.operands(op), (state.types.convert(op.results[0].type),), location=op.location)
    state.define(op.results[0], new.results[0])


def run(text: str, plan: ConversionPlan) -> tuple[ModuleOp, Conversion, DiagnosticEngine]:
    """Convert a module; the result is well linked whatever happened."""
    module = read(text)
    engine = DiagnosticEngine()
    with use_engine(engine):
        conversion = Conversion(module, plan)
        conversion.run()
    assert find_broken_links(module) == []
    return module, conversion, engine


def test_types_are_converted_once() -> None:
    """Equal types give the identical result, and the rule runs once for each object."""
    asked: list[IndexType] = []

    def rule(type: IndexType, converter: TypeConverter) -> None:
        asked.append(type)

    converter = TypeConverter({IndexType: rule})
    first, second = IndexType(), IndexType()
    assert converter.convert(first) is converter.convert(second) is first
    converter.convert(first)
    assert asked == [first, second]
    assert index_to_i64().convert_all([first, I64]) == [I64, I64]


def test_partial_conversion_casts_at_the_border() -> None:
    """Where a converted op meets one that stays, a cast stands; names and locations are kept."""
    module, conversion, engine = run(PROGRAM, ConversionPlan({arith.AddiOp: convert_addition}, index_to_i64()))
    assert conversion.failures == 0 and engine.diagnostics == []
    assert verify_module(module, engine), [str(diagnostic) for diagnostic in engine.diagnostics]
    (addition,) = [op for op in fast.walk(module) if isinstance(op, llvm.AddOp)]
    assert addition.results[0].type == I64
    assert addition.location != module.location
    assert "builtin.unrealized_conversion_cast" in module_text(module)
    casts = [op for op in fast.walk(module) if isinstance(op, UnrealizedConversionCastOp)]
    assert len(casts) == 3, "two operands in, one result out"


def test_unreachable_blocks_go() -> None:
    """What control cannot reach is not converted and not kept."""
    module, _, _ = run(PROGRAM, ConversionPlan({}, index_to_i64()))
    assert not any(isinstance(op, arith.MuliOp) for op in fast.walk(module))
    assert "func.return" in module_text(module)


def test_ops_that_must_not_stay_are_reported() -> None:
    """A complete conversion reports each op that is neither in the table nor legal, with its place and a remedy."""

    def is_legal(op: Operation) -> bool:
        return isinstance(op, ModuleOp | func.FuncOp | func.ReturnOp)

    plan = ConversionPlan(
        {arith.AddiOp: convert_addition},
        index_to_i64(),
        is_legal=is_legal,
        remedy=lambda op: f"run `convert-{op.dialect_name()}-to-llvm` first",
    )
    _, conversion, engine = run(PROGRAM, plan)
    assert conversion.failures == 3
    places = [place for diagnostic in engine.diagnostics if (place := diagnostic.place())]
    assert sorted(line for _, line, _ in places) == [3, 6, 8]
    assert "run `convert-cf-to-llvm` first" in {diagnostic.helps[0].text for diagnostic in engine.diagnostics}


def test_handlers_may_split_the_control_flow() -> None:
    """A handler that starts a new block has what follows go there."""

    def split(op: arith.AddiOp, state: Conversion) -> None:
        rest = state.new_block_after(state.block, [op.results[0].type])
        state.make(cf.BranchOp, state.operands(op)[:1], successors=[rest], location=op.location)
        state.block = rest
        state.define(op.results[0], rest.args[0])

    module, _, engine = run(PROGRAM, ConversionPlan({arith.AddiOp: split}, TypeConverter({})))
    assert verify_module(module, engine), [str(diagnostic) for diagnostic in engine.diagnostics]
    function = module.body.block.first_op
    assert function is not None and len(function.regions[0].blocks) == 5
