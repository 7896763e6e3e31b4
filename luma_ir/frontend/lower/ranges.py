"""
Ranges of every integer type as counted loops over i64.

Where the bounds allow it, the loop counts the elements themselves, so that passes see their range. Otherwise it counts
from 0 to the number of elements and computes each by wrapping arithmetic, so that nothing overflows at the ends of a
type: `i64::MAX - 2 ..= i64::MAX` and `0u8 ..= 255` run as written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from attrs import define
from xdsl.dialects import arith
from xdsl.ir import SSAValue

from luma_ir.dialects import luma
from luma_ir.frontend import hir, types
from luma_ir.frontend.lower.arithmetic import SGT, SLE, SLT, UGE, ULE, ULT, resize
from luma_ir.frontend.lower.core import FunctionLowering, constant_of
from luma_ir.frontend.lower.types import is_signed
from luma_ir.ir.intern import I32, I64, string_attr

if TYPE_CHECKING:
    from luma_ir.frontend.lower.patterns import Element

MAX = (1 << 63) - 1
MIN = -(1 << 63)
STEP_MESSAGE = "the step of a range must be positive"
_SURROGATES = 0xD800
_SURROGATE_COUNT = 0x800
_LARGEST_LENGTH = 1 << 48
"""No array is longer."""


@define(eq=False)
class Counted:
    """A source whose elements come from the numbers `lower, lower + step, …` below `upper` (signed i64)."""

    lower: SSAValue
    upper: SSAValue
    element: Callable[[SSAValue], Element]
    """Emits the element for a number."""
    step: SSAValue | None = None
    """None for 1."""

    def from_zero(self, low: FunctionLowering) -> Counted:
        """The same elements, numbered from 0 without gaps."""
        if self.step is None and constant_of(self.lower) == 0:
            return self
        count = count_of(low, self)
        lower, step = self.lower, self.step

        def element(index: SSAValue) -> Element:
            scaled = index if step is None else low.value(arith.MuliOp, (index, step), I64)
            return self.element(add(low, lower, scaled))

        return Counted(low.integer(0), count, element)


def add(low: FunctionLowering, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
    """A wrapping sum; adding a constant 0 emits nothing."""
    if constant_of(rhs) == 0:
        return lhs
    return rhs if constant_of(lhs) == 0 else low.value(arith.AddiOp, (lhs, rhs), I64)


def subtract(low: FunctionLowering, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
    """A wrapping difference; subtracting a constant 0 emits nothing."""
    return lhs if constant_of(rhs) == 0 else low.value(arith.SubiOp, (lhs, rhs), I64)


def count_of(low: FunctionLowering, source: Counted) -> SSAValue:
    """The number of elements of a source, at most the greatest i64."""
    if source.step is None and constant_of(source.lower) == 0:
        size = constant_of(source.upper)
        if size is not None:
            return source.upper if size >= 0 else low.integer(0)
        if isinstance(source.upper.owner, luma.ArrayLenOp):
            return source.upper
        return low.value(arith.MaxSIOp, (source.upper, low.integer(0)), I64)
    last = subtract(low, source.upper, low.integer(1))
    nonempty = low.compare(SLT, source.lower, source.upper)
    return _count(low, source.lower, last, nonempty, source.step)


def _count(
    low: FunctionLowering, first: SSAValue, last: SSAValue, nonempty: SSAValue, step: SSAValue | None
) -> SSAValue:
    """How many of `first, first + step, …` there are up to `last`, which is not below `first` when `nonempty`."""
    gaps = subtract(low, last, first)
    if step is not None:
        gaps = low.value(arith.DivUIOp, (gaps, step), I64)
    # No program gets through 2**63 - 1 iterations, so a larger number may as well be that.
    gaps = low.value(arith.MinUIOp, (gaps, low.integer(MAX - 1)), I64)
    count = low.value(arith.AddiOp, (gaps, low.integer(1)), I64)
    return low.value(arith.SelectOp, (nonempty, count, low.integer(0)), I64)


def reversed_source(low: FunctionLowering, source: Counted) -> Counted:
    """The elements of a source from the last to the first."""
    if source.step is not None:
        source = source.from_zero(low)
    mirror = subtract(low, add(low, source.lower, source.upper), low.integer(1))
    inner = source.element
    return Counted(source.lower, source.upper, lambda index: inner(low.value(arith.SubiOp, (mirror, index), I64)))


def range_source(low: FunctionLowering, node: hir.RangeIter) -> Counted:
    """A range; its bounds and step are evaluated once, in order."""
    first = low.operand(node.low)
    last = low.operand(node.high)
    step = low.operand(node.step) if node.step is not None else None
    low.at(node)
    stride = _checked_step(low, node, step) if step is not None and node.step is not None else None
    if isinstance(node.type, types.CharType):
        source = _char_range(low, first, last, node.inclusive)
    else:
        bits = node.type.bits if isinstance(node.type, types.IntType) else 64
        signed = is_signed(node.type)
        if bits < 64:
            source = _narrow_range(low, first, last, node.inclusive, bits, signed)
        else:
            return _wide_range(low, node, first, last, stride, signed)
    if stride is not None:
        source = _with_step(low, source, stride)
    return reversed_source(low, source) if node.reverse else source


def _checked_step(low: FunctionLowering, node: hir.RangeIter, step: SSAValue) -> SSAValue | None:
    """The step as i64, None when it is 1; panics unless it is positive."""
    assert node.step is not None
    known = constant_of(step)
    if known == 1:
        return None
    kind = node.step.type
    stride = resize(low, step, 64, is_signed(kind))
    if known is None or known <= 0:
        if isinstance(kind, types.IntType) and not kind.signed and kind.bits == 64:
            stride = low.value(arith.MinUIOp, (stride, low.integer(MAX)), I64)
        positive = low.compare(SGT, stride, low.integer(0))
        low.emit(luma.AssertOp, (positive,), (), {"message": string_attr(STEP_MESSAGE)})
    return stride


def _narrow_range(
    low: FunctionLowering, first: SSAValue, last: SSAValue, inclusive: bool, bits: int, signed: bool
) -> Counted:
    """A range of a type narrower than i64, counted in i64, where its end cannot overflow."""
    lower = resize(low, first, 64, signed)
    upper = resize(low, last, 64, signed)
    if inclusive:
        upper = low.value(arith.AddiOp, (upper, low.integer(1)), I64)
    return Counted(lower, upper, lambda index: resize(low, index, bits, signed))


def _with_step(low: FunctionLowering, source: Counted, step: SSAValue) -> Counted:
    """Every `step`-th element of a source whose bounds are far from the ends of i64."""
    known = constant_of(step)
    if known is not None and 0 < known <= _LARGEST_LENGTH:
        return Counted(source.lower, source.upper, source.element, step)
    return Counted(source.lower, source.upper, source.element, step).from_zero(low)


def _char_range(low: FunctionLowering, first: SSAValue, last: SSAValue, inclusive: bool) -> Counted:
    """A range of characters. They are numbered without the gap of the surrogates, unless both ends are before it."""
    ends = constant_of(first), constant_of(last)
    if all(end is not None and end < _SURROGATES for end in ends):
        return _narrow_range(low, first, last, inclusive, 32, False)

    def rank(char: SSAValue) -> SSAValue:
        above = low.compare(UGE, char, low.integer(_SURROGATES, I32))
        shifted = low.value(arith.SubiOp, (char, low.integer(_SURROGATE_COUNT, I32)), I32)
        return low.value(arith.SelectOp, (above, shifted, char), I32)

    source = _narrow_range(low, rank(first), rank(last), inclusive, 32, False)

    def element(index: SSAValue) -> SSAValue:
        number = resize(low, index, 32, False)
        above = low.compare(UGE, number, low.integer(_SURROGATES, I32))
        shifted = low.value(arith.AddiOp, (number, low.integer(_SURROGATE_COUNT, I32)), I32)
        return low.value(arith.SelectOp, (above, shifted, number), I32)

    return Counted(source.lower, source.upper, element)


def _wide_range(
    low: FunctionLowering,
    node: hir.RangeIter,
    first: SSAValue,
    last: SSAValue,
    step: SSAValue | None,
    signed: bool,
) -> Counted:
    """A range of i64 or u64."""
    source = _direct(low, first, last, node.inclusive, step, signed)
    if source is None:
        less, equal = (SLT, SLE) if signed else (ULT, ULE)
        nonempty = low.compare(equal if node.inclusive else less, first, last)
        end = last if node.inclusive else subtract(low, last, low.integer(1))
        count = _count(low, first, end, nonempty, step)

        def element(index: SSAValue) -> SSAValue:
            scaled = index if step is None else low.value(arith.MuliOp, (index, step), I64)
            return add(low, first, scaled)

        source = Counted(low.integer(0), count, element)
    return reversed_source(low, source) if node.reverse else source


def _direct(
    low: FunctionLowering, first: SSAValue, last: SSAValue, inclusive: bool, step: SSAValue | None, signed: bool
) -> Counted | None:
    """A range whose elements the loop can count itself; None when something might overflow."""
    start, limit = constant_of(first), _at_most(last)
    if not signed and (limit is None or limit < 0 or start is None or start < 0):
        return None
    if step is not None:
        stride = constant_of(step)
        if stride is None or limit is None or limit > MAX - stride - 1:
            return None
    if not inclusive:
        return Counted(first, last, lambda index: index, step)
    if limit is not None and limit < MAX:
        return Counted(first, add(low, last, low.integer(1)), lambda index: index, step)
    if start is not None and start > MIN and step is None:
        # One lower than the elements: then the end is exact for every `last`.
        one = low.integer(1)
        return Counted(low.integer(start - 1), last, lambda index: low.value(arith.AddiOp, (index, one), I64))
    return None


def _at_most(value: SSAValue) -> int | None:
    """An upper bound of a value that is evident from its definition."""
    known = constant_of(value)
    if known is not None:
        return known
    op = value.owner
    if isinstance(op, luma.ArrayLenOp):
        return _LARGEST_LENGTH
    is_difference = isinstance(op, arith.SubiOp)
    if isinstance(op, luma.CheckOverflowOp):
        is_difference = op.kind.data == "sub"
        if not is_difference and op.kind.data != "add":
            return None
    elif not isinstance(op, arith.AddiOp | arith.SubiOp):
        return None
    lhs, rhs = _at_most(op.operands[0]), constant_of(op.operands[1])
    if lhs is None or rhs is None or not 0 <= rhs < _LARGEST_LENGTH:
        return None
    if isinstance(op, arith.SubiOp) and lhs > _LARGEST_LENGTH * 2:
        return None
    return lhs - rhs if is_difference else lhs + rhs
