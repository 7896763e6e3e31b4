"""
Bounds between integer SSA values: a prover for `x <= y + c`.

What is known comes from two sides: from how a value is computed (found when it is asked for) and from facts that hold
in the region being walked (conditions, checks that were passed, induction). Facts are edges of a graph over values and
the constant zero, and a query is a bounded search, as in ABCD (R. Bodik, R. Gupta, V. Sarkar, "ABCD: Eliminating Array
Bounds Checks on Demand", 2000). Integers are taken as mathematical ones: an op counts as a sum where it cannot wrap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdsl.dialects import arith, scf
from xdsl.ir import Block, BlockArgument

from luma_ir.dialects import luma
from luma_ir.ir.fast import operands_of
from luma_ir.passes.analysis.constants import int_constant, predicate_of, width_of
from luma_ir.passes.analysis.control import COUNTED, IFS, region_yields

if TYPE_CHECKING:
    from collections.abc import Callable

    from xdsl.ir import Operation, SSAValue

LONGEST = 1 << 60
"""No array has more elements: no address space holds them."""
_DEPTH = 10
QUICK, THOROUGH = 100, 320
"""Steps of a search for what would be nice to know, and for what takes a check out of a loop."""
_INFINITE = 1 << 80

EQ, NE, SLT, SLE, SGT, SGE, ULT, ULE, UGT, UGE = range(10)


class Ranges:
    """Facts of the current region, and queries on them. The value None stands for the constant zero."""

    def __init__(self) -> None:
        self._below: dict[int, list[tuple[SSAValue | None, int]]] = {}
        """`x <= y + c`, by x."""
        self._above: dict[int, list[tuple[SSAValue | None, int]]] = {}
        """`x >= y + c`, by x."""
        self._trail: list[tuple[dict[int, list[tuple[SSAValue | None, int]]], int]] = []
        self._budget = 0
        self.effort = QUICK
        self._path: set[tuple[int, int, bool]] = set()
        self._exact_ops: dict[int, Operation] = {}
        """Ops proved not to wrap, as long as no fact is dropped."""
        self._inexact_ops: set[int] = set()
        """Ops for which the running query did not find that out."""
        self._kept: list[SSAValue] = []

    # Facts.

    def mark(self) -> int:
        """A point to come back to with `forget`."""
        return len(self._trail)

    def forget(self, mark: int) -> None:
        """Drop the facts that were added since."""
        if len(self._trail) > mark:
            self._exact_ops.clear()
        while len(self._trail) > mark:
            table, key = self._trail.pop()
            table[key].pop()

    def add(self, lhs: SSAValue | None, rhs: SSAValue | None, offset: int) -> None:
        """Note that `lhs <= rhs + offset`."""
        if lhs is not None:
            self._below.setdefault(id(lhs), []).append((rhs, offset))
            self._trail.append((self._below, id(lhs)))
            self._kept.append(lhs)
        if rhs is not None:
            self._above.setdefault(id(rhs), []).append((lhs, -offset))
            self._trail.append((self._above, id(rhs)))
            self._kept.append(rhs)

    def assume(self, condition: SSAValue, truth: bool, depth: int = 0) -> None:
        """Note what follows from a condition being true or false."""
        owner = condition.owner
        if isinstance(owner, Block) or depth > 6:
            return
        cls = type(owner)
        operands = operands_of(owner)
        if cls is arith.CmpiOp:
            self._assume_comparison(predicate_of(owner), operands[0], operands[1], truth)
        elif cls is arith.XOrIOp and int_constant(operands[1]) == -1:
            self.assume(operands[0], not truth, depth + 1)
        elif (cls is arith.AndIOp and truth) or (cls is arith.OrIOp and not truth):
            for operand in operands:
                self.assume(operand, truth, depth + 1)
        elif cls is arith.SelectOp:
            self._assume_choice(operands[0], operands[1], operands[2], truth, depth)
        elif cls in IFS:
            yields = region_yields(owner)
            if len(yields) == 2:
                index = condition.index  # pyright: ignore[reportAttributeAccessIssue]
                first, second = (operands_of(end)[index] for end in yields)
                self._assume_choice(operands[0], first, second, truth, depth)

    def _assume_choice(self, test: SSAValue, first: SSAValue, second: SSAValue, truth: bool, depth: int) -> None:
        # `test and x` is `select test, x, false`; when it is true both are, and so on for the three other forms.
        excluded = 0 if truth else -1
        if int_constant(second) == excluded:
            self.assume(test, True, depth + 1)
            self.assume(first, truth, depth + 1)
        elif int_constant(first) == excluded:
            self.assume(test, False, depth + 1)
            self.assume(second, truth, depth + 1)

    def _assume_comparison(self, predicate: int, lhs: SSAValue, rhs: SSAValue, truth: bool) -> None:
        if not truth:
            predicate = (NE, EQ, SGE, SGT, SLE, SLT, UGE, UGT, ULE, ULT)[predicate]
        if predicate in (SGT, SGE, UGT, UGE):
            lhs, rhs = rhs, lhs
            predicate = {SGT: SLT, SGE: SLE, UGT: ULT, UGE: ULE}[predicate]
        if predicate == EQ:
            self.add(lhs, rhs, 0)
            self.add(rhs, lhs, 0)
        elif predicate == NE:
            if self.proves(lhs, rhs, 0):
                self.add(lhs, rhs, -1)
            elif self.proves(rhs, lhs, 0):
                self.add(rhs, lhs, -1)
        elif predicate in (SLT, SLE):
            self.add(lhs, rhs, -1 if predicate == SLT else 0)
        elif self.at_least(rhs, 0):
            # Unsigned and below something that is not negative: not negative itself.
            self.add(lhs, rhs, -1 if predicate == ULT else 0)
            self.add(None, lhs, 0)

    def decides(self, condition: SSAValue) -> bool | None:
        """Whether a comparison is known to be true, or known to be false."""
        owner = condition.owner
        if type(owner) is not arith.CmpiOp:
            return None
        lhs, rhs = operands_of(owner)
        if not width_of(lhs.type):
            return None
        predicate = predicate_of(owner)
        if predicate >= ULT:
            if not (self.at_least(lhs, 0) and self.at_least(rhs, 0)):
                return None
            predicate = {ULT: SLT, ULE: SLE, UGT: SGT, UGE: SGE}[predicate]
        if predicate in (SGT, SGE):
            lhs, rhs = rhs, lhs
            predicate = SLT if predicate == SGT else SLE
        if predicate in (EQ, NE):
            if self.proves(lhs, rhs, -1) or self.proves(rhs, lhs, -1):
                return predicate == NE
            return None
        strict = -1 if predicate == SLT else 0
        if self.proves(lhs, rhs, strict):
            return True
        if self.proves(rhs, lhs, -1 - strict):
            return False
        return None

    # Queries.

    def proves(self, lhs: SSAValue | None, rhs: SSAValue | None, offset: int) -> bool:
        """Whether `lhs <= rhs + offset` is known."""
        self._start()
        if self._up(lhs, rhs, 0) <= offset:
            return True
        self._start()
        if -self._down(rhs, lhs, 0) <= offset:
            return True
        if lhs is None or rhs is None:
            return False
        return self.upper(lhs) - self.lower(rhs) <= offset or self._proves_difference(lhs, rhs, offset)

    def _proves_difference(self, lhs: SSAValue, rhs: SSAValue, offset: int) -> bool:
        """`a - b <= rhs + c` where `a <= rhs + d` and the difference takes something off."""
        owner = lhs.owner
        if type(owner) is not arith.SubiOp and not _is_checked(owner, "sub"):
            return False
        first, second = operands_of(owner)  # pyright: ignore[reportArgumentType]
        if not self._exact(owner, 0):  # pyright: ignore[reportArgumentType]
            return False
        least = self.lower(second)
        self._start()
        return self._up(first, rhs, 0) - least <= offset

    def at_least(self, value: SSAValue, bound: int) -> bool:
        """Whether `value >= bound` is known."""
        if self.lower(value) >= bound:
            return True
        owner = value.owner
        if bound <= 0 and (type(owner) is arith.SubiOp or _is_checked(owner, "sub")):
            first, second = operands_of(owner)  # pyright: ignore[reportArgumentType]
            return self._exact(owner, 0) and self.proves(second, first, -bound)  # pyright: ignore
        return False

    def upper(self, value: SSAValue) -> int:
        """The least constant known to be no less than a value."""
        self._start()
        return min(self._up(value, None, 0), _type_limits(value)[1])

    def lower(self, value: SSAValue) -> int:
        """The greatest constant known to be no greater than a value."""
        self._start()
        return max(self._down(value, None, 0), _type_limits(value)[0])

    def _start(self) -> None:
        self._budget = self.effort
        self._path.clear()
        self._inexact_ops.clear()

    def _up(self, value: SSAValue | None, target: SSAValue | None, depth: int) -> int:
        """The least c known with `value <= target + c`."""
        return self._search(value, target, depth, True)

    def _down(self, value: SSAValue | None, target: SSAValue | None, depth: int) -> int:
        """The greatest c known with `value >= target + c`."""
        return -self._search(value, target, depth, False)

    def _search(self, value: SSAValue | None, target: SSAValue | None, depth: int, up: bool) -> int:
        # Looks for the least c with `value <= target + c`, or, mirrored, with `-value <= -target + c`.
        if value is target:
            return 0
        if value is None:
            return self._search_zero(target, depth, up)
        sign = 1 if up else -1
        best = _INFINITE
        if target is None:
            low, high = _type_limits(value)
            best = high if up else -low
        key = (id(value), id(target), up)
        if depth > _DEPTH or self._budget <= 0 or key in self._path:
            return best
        self._budget -= 1
        self._path.add(key)
        for other, offset in (self._below if up else self._above).get(id(value), ()):
            found = self._search(other, target, depth + 1, up) + sign * offset
            if found < best:
                best = found
        found = self._structure(value, target, depth, up)
        self._path.discard(key)
        return min(best, found)

    def _search_zero(self, target: SSAValue | None, depth: int, up: bool) -> int:
        """The least c with `0 <= target + c`: the opposite bound of the target."""
        if target is None:
            return 0
        if depth > _DEPTH or self._budget <= 0:
            return _INFINITE
        return self._search(target, None, depth + 1, not up)

    def _structure(self, value: SSAValue, target: SSAValue | None, depth: int, up: bool) -> int:
        """What the definition of a value says."""
        if isinstance(value, BlockArgument):
            parent = value.block.parent_op()
            if parent is None or type(parent) not in COUNTED or value.index != 0:
                return _INFINITE
            lower, upper = operands_of(parent)[:2]
            if up:
                return self._search(upper, target, depth + 1, True) - 1
            return self._search(lower, target, depth + 1, False)
        owner = value.owner
        assert not isinstance(owner, Block)
        rule = _STRUCTURE.get(type(owner))
        return _INFINITE if rule is None else rule(self, owner, value, target, depth, up)

    def _exact(self, op: Operation, depth: int) -> bool:
        """Whether an addition, subtraction or multiplication cannot wrap."""
        if type(op) is luma.CheckOverflowOp:
            return "unsigned" not in op.properties
        flags = op.properties.get("overflowFlags")
        if isinstance(flags, arith.IntegerOverflowAttr) and arith.IntegerOverflowFlag.NSW in flags.data:
            return True
        if id(op) in self._exact_ops:
            return True
        if depth > _DEPTH - 2 or id(op) in self._inexact_ops:
            return False
        self._inexact_ops.add(id(op))
        lhs, rhs = operands_of(op)
        limits = _type_limits(op.results[0])
        low, high = combine(_KIND[type(op)], self._interval(lhs, depth), self._interval(rhs, depth))
        exact = limits[0] <= low and high <= limits[1]
        if not exact and type(op) is arith.AddiOp:
            exact = self._exact_backwards(op, limits)
        if exact:
            self._exact_ops[id(op)] = op
            self._inexact_ops.discard(id(op))
        return exact

    def _exact_backwards(self, op: Operation, limits: tuple[int, int]) -> bool:
        """`x + c` did not wrap when what is known of the sum, less c, fits the type: there is only one such x."""
        offset = int_constant(operands_of(op)[1])
        if offset is None:
            return False
        result = op.results[0]
        low = max([bound for other, bound in self._above.get(id(result), ()) if other is None], default=-_INFINITE)
        high = min([bound for other, bound in self._below.get(id(result), ()) if other is None], default=_INFINITE)
        return limits[0] <= max(low, limits[0]) - offset and min(high, limits[1]) - offset <= limits[1]

    def is_exact(self, op: Operation) -> bool:
        """Whether an addition, subtraction or multiplication is known not to wrap."""
        self._start()
        return self._exact(op, 0)

    def _interval(self, value: SSAValue, depth: int) -> tuple[int, int]:
        low, high = _type_limits(value)
        return max(low, self._down(value, None, depth + 1)), min(high, self._up(value, None, depth + 1))

    def interval(self, value: SSAValue) -> tuple[int, int]:
        """The least and the greatest value that is possible."""
        return self.lower(value), self.upper(value)


def combine(kind: str, lhs: tuple[int, int], rhs: tuple[int, int]) -> tuple[int, int]:
    """The interval of an exact `add`, `sub` or `mul` of two intervals."""
    if kind == "add":
        return lhs[0] + rhs[0], lhs[1] + rhs[1]
    if kind == "sub":
        return lhs[0] - rhs[1], lhs[1] - rhs[0]
    products = [left * right for left in lhs for right in rhs]
    return min(products), max(products)


_KIND: dict[type, str] = {arith.AddiOp: "add", arith.SubiOp: "sub", arith.MuliOp: "mul"}


def _type_limits(value: SSAValue) -> tuple[int, int]:
    width = width_of(value.type) or 64
    return -(1 << (width - 1)), (1 << (width - 1)) - 1


def _is_checked(owner: object, kind: str) -> bool:
    return type(owner) is luma.CheckOverflowOp and owner.kind.data == kind


def _constant(ranges: Ranges, op: Operation, value: SSAValue, target: SSAValue | None, depth: int, up: bool) -> int:
    number = int_constant(value)
    if number is None:
        return _INFINITE
    offset = number if up else -number
    if target is None:
        return offset
    return ranges._search_zero(target, depth, up) + offset


def _sum(ranges: Ranges, op: Operation, value: SSAValue, target: SSAValue | None, depth: int, up: bool) -> int:
    lhs, rhs = operands_of(op)
    if not ranges._exact(op, depth):
        return _INFINITE
    sign = 1 if up else -1
    constant = int_constant(rhs)
    if constant is not None:
        return ranges._search(lhs, target, depth + 1, up) + sign * constant
    best = min(
        ranges._search(lhs, target, depth + 1, up) + ranges._search(rhs, None, depth + 1, up),
        ranges._search(rhs, target, depth + 1, up) + ranges._search(lhs, None, depth + 1, up),
    )
    # `x + (y - x) / 2` lies between x and y; below y when x does.
    half = rhs.owner
    if type(half) in _HALVINGS and _halves(half):  # pyright: ignore[reportArgumentType]
        difference = operands_of(half)[0].owner  # pyright: ignore[reportArgumentType]
        if type(difference) is arith.SubiOp or _is_checked(difference, "sub"):
            high, low = operands_of(difference)  # pyright: ignore[reportArgumentType]
            if low is lhs:
                best = min(best, _middle(ranges, low, high, target, depth, up))
    return best


def _middle(ranges: Ranges, low: SSAValue, high: SSAValue, target: SSAValue | None, depth: int, up: bool) -> int:
    gap = -ranges._search(high, low, depth + 1, False)  # high >= low + gap
    if gap < 0:
        return _INFINITE
    if up:
        return ranges._search(high, target, depth + 1, True) - (1 if gap > 0 else 0)
    return ranges._search(low, target, depth + 1, False)


def _halves(op: Operation) -> bool:
    amount = int_constant(operands_of(op)[1])
    return amount == (2 if type(op) in (arith.DivSIOp, arith.DivUIOp) else 1)


_HALVINGS = frozenset({arith.DivSIOp, arith.DivUIOp, arith.ShRSIOp, arith.ShRUIOp})


def _difference(ranges: Ranges, op: Operation, value: SSAValue, target: SSAValue | None, depth: int, up: bool) -> int:
    lhs, rhs = operands_of(op)
    if not ranges._exact(op, depth):
        return _INFINITE
    best = ranges._search(lhs, target, depth + 1, up) + ranges._search(rhs, None, depth + 1, not up)
    return best if target is not None else min(best, ranges._search(lhs, rhs, depth + 1, up))


def _product(ranges: Ranges, op: Operation, value: SSAValue, target: SSAValue | None, depth: int, up: bool) -> int:
    if target is not None or not ranges._exact(op, depth):
        return _INFINITE
    lhs, rhs = operands_of(op)
    low, high = combine("mul", ranges._interval(lhs, depth), ranges._interval(rhs, depth))
    if lhs is rhs:
        low = max(low, 0)
    return high if up else -low


def _checked(ranges: Ranges, op: Operation, value: SSAValue, target: SSAValue | None, depth: int, up: bool) -> int:
    if "unsigned" in op.properties:
        return _INFINITE
    rule = {"add": _sum, "sub": _difference, "mul": _product}.get(op.properties["kind"].data)  # pyright: ignore
    return _INFINITE if rule is None else rule(ranges, op, value, target, depth, up)


def _checked_bounds(
    ranges: Ranges, op: Operation, value: SSAValue, target: SSAValue | None, depth: int, up: bool
) -> int:
    index, length = operands_of(op)
    best = ranges._search(index, target, depth + 1, up)
    if up:
        return min(best, ranges._search(length, target, depth + 1, True) - 1)
    return min(best, 0) if target is None else best


def _length(ranges: Ranges, op: Operation, value: SSAValue, target: SSAValue | None, depth: int, up: bool) -> int:
    if target is not None:
        return _INFINITE
    return LONGEST if up else 0


def _minimum(ranges: Ranges, op: Operation, value: SSAValue, target: SSAValue | None, depth: int, up: bool) -> int:
    found = [ranges._search(operand, target, depth + 1, up) for operand in operands_of(op)]
    return min(found) if up == (type(op) is arith.MinSIOp) else max(found)


def _either(ranges: Ranges, op: Operation, value: SSAValue, target: SSAValue | None, depth: int, up: bool) -> int:
    if type(op) is arith.SelectOp:
        choices = list(operands_of(op)[1:])
    else:
        ends = region_yields(op)
        if not ends:
            return _INFINITE
        index = value.index  # pyright: ignore[reportAttributeAccessIssue]
        choices = [operands_of(end)[index] for end in ends]
    worst = -_INFINITE
    for choice in choices:
        worst = max(worst, ranges._search(choice, target, depth + 1, up))
        if worst >= _INFINITE:
            break
    return worst


def _remainder(ranges: Ranges, op: Operation, value: SSAValue, target: SSAValue | None, depth: int, up: bool) -> int:
    lhs, rhs = operands_of(op)
    low, _ = ranges._interval(lhs, depth)
    divisor = ranges._interval(rhs, depth)
    if type(op) is arith.RemUIOp and (low < 0 or divisor[0] < 0):
        return _INFINITE
    best = _INFINITE
    if up:
        if divisor[0] > 0:
            best = ranges._search(rhs, target, depth + 1, True) - 1
        if low >= 0:
            best = min(best, ranges._search(lhs, target, depth + 1, True))
    elif target is None:
        if low >= 0:
            best = 0
        elif divisor[0] > 0:
            best = divisor[1] - 1
    return best


def _quotient(ranges: Ranges, op: Operation, value: SSAValue, target: SSAValue | None, depth: int, up: bool) -> int:
    lhs, rhs = operands_of(op)
    divisor = int_constant(rhs)
    if divisor is None or divisor <= 0:
        return _INFINITE
    if type(op) in (arith.ShRSIOp, arith.ShRUIOp):
        width = width_of(lhs.type)
        if divisor >= width:
            return _INFINITE
        if target is None and type(op) is arith.ShRUIOp:
            best = (1 << (width - divisor)) - 1 if up else 0
        else:
            best = _INFINITE
        divisor = 1 << divisor
    else:
        best = _INFINITE
    low, high = ranges._interval(lhs, depth)
    if low < 0:
        if target is None and type(op) is arith.DivSIOp:
            if up:
                return high // divisor if high >= 0 else best
            return abs(low) // divisor
        return best
    if target is None:
        best = min(best, high // divisor if up else -(low // divisor))
    elif up:
        best = min(best, ranges._search(lhs, target, depth + 1, True))
    # `(x + y) / 2` lies between x and y.
    inner = lhs.owner
    is_sum = type(inner) is arith.AddiOp or _is_checked(inner, "add")
    if divisor == 2 and is_sum and ranges._exact(inner, depth):  # pyright: ignore[reportArgumentType]
        first, second = operands_of(inner)  # pyright: ignore[reportArgumentType]
        for small, large in ((first, second), (second, first)):
            best = min(best, _middle(ranges, small, large, target, depth, up))
    return best


def _masked(ranges: Ranges, op: Operation, value: SSAValue, target: SSAValue | None, depth: int, up: bool) -> int:
    lhs, rhs = operands_of(op)
    best = _INFINITE
    for operand in (lhs, rhs):
        low, _ = ranges._interval(operand, depth)
        if low >= 0:
            if not up:
                return 0 if target is None else _INFINITE
            best = min(best, ranges._search(operand, target, depth + 1, True))
    return best


def _extended(ranges: Ranges, op: Operation, value: SSAValue, target: SSAValue | None, depth: int, up: bool) -> int:
    source = operands_of(op)[0]
    if type(op) is arith.ExtUIOp:
        width = width_of(source.type)
        low, _ = ranges._interval(source, depth)
        if low < 0:
            return _INFINITE if target is not None else (1 << width) - 1 if up else 0
    return ranges._search(source, target, depth + 1, up)


_STRUCTURE: dict[type, Callable[[Ranges, Operation, SSAValue, SSAValue | None, int, bool], int]] = {
    arith.ConstantOp: _constant,
    arith.AddiOp: _sum,
    arith.SubiOp: _difference,
    arith.MuliOp: _product,
    arith.DivSIOp: _quotient,
    arith.DivUIOp: _quotient,
    arith.ShRSIOp: _quotient,
    arith.ShRUIOp: _quotient,
    arith.RemSIOp: _remainder,
    arith.RemUIOp: _remainder,
    arith.AndIOp: _masked,
    arith.MinSIOp: _minimum,
    arith.MaxSIOp: _minimum,
    arith.SelectOp: _either,
    arith.ExtSIOp: _extended,
    arith.ExtUIOp: _extended,
    scf.IfOp: _either,
    luma.IfOp: _either,
    luma.ArrayLenOp: _length,
    luma.CheckBoundsOp: _checked_bounds,
    luma.CheckOverflowOp: _checked,
}
