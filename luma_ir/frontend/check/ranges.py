"""Ranges as values: `std.iter.Range`, which is loaded when the first one is met."""

from __future__ import annotations

from typing import TYPE_CHECKING

from luma_ir.frontend import ast, hir
from luma_ir.frontend.check.entities import StructInfo
from luma_ir.frontend.check.inference import TypeVar, has_error, resolve
from luma_ir.frontend.types import BOOL, ERROR, CharType, FloatType, IntType, StructType, TupleType, Type

if TYPE_CHECKING:
    from luma_ir.frontend.check.function import BodyChecker
    from luma_ir.frontend.check.iteration import Iteration
    from luma_ir.frontend.check.places import Places

RANGE = "std.iter.Range"


def is_range(type_: Type) -> bool:
    """Whether a type is that of a range."""
    type_ = resolve(type_)
    return isinstance(type_, StructType) and type_.definition.symbol == RANGE


def range_value(self: BodyChecker, node: ast.RangeExpr, expected: Type | None) -> hir.Expr:
    """`low..high` and `low..=high` in the place of a value."""
    hint = None
    if expected is not None and is_range(expected):
        wanted = resolve(expected)
        assert isinstance(wanted, StructType)
        hint = wanted.args[0]
    low = self.expr(node.low, hint) if node.low is not None else None
    high = self.expr(node.high, low.type if low is not None else hint) if node.high is not None else None
    if low is None or high is None:
        missing = "lower" if low is None else "upper"
        helps = ["between `[ ]` and in patterns a bound may be left out"]
        self.error("E0210", f"a range that is a value has both bounds; this has no {missing} one", node, helps=helps)
        return self.error_value(node)
    if not self.unifier.try_unify(low.type, high.type):
        if self.adapt(low, high.type) or self.adapt(high, low.type):
            pass
        elif resolve(low.type) is not ERROR and resolve(high.type) is not ERROR:
            assert node.high is not None
            self.mismatch(high.type, low.type, node.high, "as the other bound of the range", high)
            return self.error_value(node)
    type_ = resolve(low.type)
    if has_error(type_):
        return self.error_value(node)
    self.program.load_library(("std", "iter"))
    info = self.program.library_item("std.iter", "Range")
    if not isinstance(info, StructInfo):
        self.error("E0102", "the library's `Range` is missing", node)
        return self.error_value(node)
    self.program.struct(info)
    inclusive = hir.Constant(start=node.start, end=node.end, type=BOOL, value=node.inclusive)
    made = StructType(info.definition, (type_,))
    return hir.StructMake(start=node.start, end=node.end, type=made, fields=[(0, low), (1, high), (2, inclusive)])


def slice_by(self: Places, base: hir.Expr, element: Type, index: hir.Expr, node: ast.IndexExpr) -> hir.Expr:
    """`xs[r]`: the range is evaluated once; `element` is that of the array."""
    from luma_ir.frontend.check.aggregates import Aggregates
    from luma_ir.frontend.types import ArrayType

    assert isinstance(self, Aggregates)
    low, high, statements = _bounds(self, index, node)
    if low is None or high is None:
        return self.error_value(node)
    made = hir.Slice(
        start=node.start, end=node.end, type=ArrayType(element), base=base, low=low, high=high, inclusive=False
    )
    # The array is evaluated before the range, as it stands.
    let, local = self.bind_hidden(base)
    made.base = self.read_local(local, node)
    return hir.Block(start=node.start, end=node.end, type=made.type, statements=[let, *statements], value=made)


def slice_text_by(self: Places, base: hir.Expr, index: hir.Expr, node: ast.IndexExpr) -> hir.Expr:
    """`s[r]` of a string, by bytes."""
    from luma_ir.frontend.check.aggregates import Aggregates

    assert isinstance(self, Aggregates)
    low, high, statements = _bounds(self, index, node)
    if low is None or high is None:
        return self.error_value(node)
    let, local = self.bind_hidden(base)
    call = self.library_call(resolve(base.type), "slice", [self.read_local(local, node), low, high], node)
    return hir.Block(start=node.start, end=node.end, type=base.type, statements=[let, *statements], value=call)


def _bounds(
    self: Places, index: hir.Expr, node: ast.IndexExpr
) -> tuple[hir.Expr | None, hir.Expr | None, list[hir.Statement]]:
    """The lower bound and the end of a slice, and what must be evaluated first; (None, None) after a report."""
    from luma_ir.frontend.check.aggregates import Aggregates
    from luma_ir.frontend.types import I64

    assert isinstance(self, Aggregates)
    type_ = resolve(index.type)
    assert isinstance(type_, StructType)
    if not self.unifier.try_unify(type_.args[0], I64):
        if not has_error(type_):
            self.error("E0200", f"a slice takes a range of `i64`, found `{type_}`", node.index)
        return None, None, []
    let, local = self.bind_hidden(index)
    step = hir.FieldStep(start=node.start, end=node.end, index=0, type=I64)
    place = hir.Place(start=node.start, end=node.end, root=local, steps=[step], type=I64)
    low = hir.Read(start=node.start, end=node.end, type=I64, place=place)
    high = self.library_call(type_, "stop", [self.read_local(local, node)], node)
    return low, high, [let]


def range_iter(self: Iteration, value: hir.Expr, node: ast.Expression) -> tuple[hir.Iterable | None, Type]:
    """`for x in r`: counted between the first and the last value, as fast as a range that is written there."""
    type_ = resolve(value.type)
    assert isinstance(type_, StructType)
    element = resolve(type_.args[0])
    if type(element) is TypeVar and element.kind == "any":
        element = self.known(element, node, "to loop over the range")
    if has_error(element):
        return None, ERROR
    if not isinstance(element, IntType | CharType) and not (type(element) is TypeVar and element.kind == "int"):
        helps = []
        if isinstance(element, FloatType) or type(element) is TypeVar:
            helps = ["count with integers and multiply: `for i in 0..n { let x = i as f64 * step; … }`"]
        self.error("E0210", f"a range runs over integers or characters, found `{element}`", node, helps=helps)
        return None, ERROR
    ends = self.library_call(type_, "ends", [value], node)
    let, local = self.bind_hidden(ends)
    pair = TupleType((element, element))
    local.type = pair

    def part(number: int) -> hir.Expr:
        step = hir.FieldStep(start=node.start, end=node.end, index=number, type=element)
        place = hir.Place(start=node.start, end=node.end, root=local, steps=[step], type=element)
        return hir.Read(start=node.start, end=node.end, type=element, place=place)

    low = hir.Block(start=node.start, end=node.end, type=element, statements=[let], value=part(0))
    made = hir.RangeIter(start=node.start, end=node.end, low=low, high=part(1), inclusive=True, type=element)
    return made, element
