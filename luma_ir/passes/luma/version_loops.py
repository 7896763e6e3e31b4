"""
Version counted loops: one test in front decides between a loop without bounds checks and the original.

Before: scf.for %j = %zero to %n step %one { %k = arith.addi %row, %j  %c = luma.check.bounds %k in %len ... }
After:  %ok = (all of %row + %zero ... %row + %n - 1 lie in [0, %len))
        scf.if %ok { scf.for ... without the check } else { scf.for ... as before }
Expects: verified IR, best after `luma-licm` and `luma-eliminate-checks`: lengths are invariant, what is provable is
gone. Leaves: loops with loops inside, checks whose index is not `a * i + b` with invariant `a`, `b`.

The slow loop keeps every check, so the panic comes in the iteration where it belongs, with everything before it done.
The test works on wrapped values but accepts only where nothing wraps: with start s, stride a, n iterations, it asks for
`0 <= s < len`, `0 <= a < 2^31`, `n - 1 < 2^31` and `s + a (n - 1) < len`, which is exact since lengths are below 2^60;
for stride 1, for `0 <= s` and `n - 1 < len - s`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xdsl.dialects import arith, scf
from xdsl.passes import ModulePass

from luma_ir.dialects import luma
from luma_ir.ir.fast import (
    append,
    clone_op,
    detach,
    insert_before,
    make,
    new_block,
    new_region,
    operands_of,
    replace_op,
    replace_uses,
    walk,
)
from luma_ir.ir.intern import I1, I64, UNIT, int_attr
from luma_ir.passes.analysis.constants import int_constant
from luma_ir.passes.analysis.control import COUNTED, LOOPS, contains_exit
from luma_ir.passes.luma._folds_arith import SGE, SLT, ULT
from luma_ir.passes.rewriting import bodies, defined_outside

if TYPE_CHECKING:
    from xdsl.context import Context
    from xdsl.dialects.builtin import ModuleOp
    from xdsl.ir import Attribute, Operation, SSAValue

_UNSUITABLE = LOOPS | {
    luma.CallOp,
    luma.TraitCallOp,
    luma.ArrayPushOp,
    luma.ArrayAppendOp,
    luma.ArrayFillOp,
    luma.ArraySliceOp,
    luma.ArrayReserveOp,
}
"""Ops beside which a bounds check costs nothing, and loops, whose own iterations are the ones that count."""
VERSIONED = "luma.versioned"
"""Attribute of both versions of a loop, so that neither is versioned again."""
_WRAPS = arith.IntegerOverflowAttr("none")
_LIMIT = 1 << 31


@dataclass(frozen=True)
class LumaVersionLoopsPass(ModulePass):
    """
    Version counted loops on their bounds checks.

    Options:
        size: loops of more ops than this are left alone.
        checks: loops with more checks of different indices than this are left alone.
    """

    name = "luma-version-loops"

    size: int = 400
    checks: int = 16

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        for function in bodies(op):
            version_loops(function, self.size, self.checks)


def version_loops(function: Operation, size: int = 400, checks: int = 16) -> int:
    """Version the innermost counted loops of a function; the number of loops that were."""
    done = 0
    for loop in [op for op in walk(function) if type(op) in COUNTED]:
        if VERSIONED in loop.attributes or operands_of(loop)[0].type != I64:
            continue
        inside = [op for op in walk(loop) if op is not loop]
        if len(inside) > size or any(type(op) in _UNSUITABLE for op in inside):
            continue
        found = [_Check.of(op, loop) for op in inside if type(op) is luma.CheckBoundsOp]
        removable = [check for check in found if check is not None]
        if 2 * len(removable) < len(found):
            continue
        if removable and len({check.key for check in removable}) <= checks:
            _Versioner(loop, removable).run()
            done += 1
    return done


@dataclass(frozen=True, eq=False)
class _Check:
    """A bounds check with an index that is affine in the induction variable."""

    op: Operation
    stride: int | SSAValue

    @classmethod
    def of(cls, op: Operation, loop: Operation) -> _Check | None:
        """The check, or None when it is not of that form."""
        index, length = operands_of(op)
        if not defined_outside(length, loop):
            return None
        stride = _stride(index, loop, 0)
        return None if stride is None else cls(op, stride)

    @property
    def key(self) -> tuple[int, int]:
        """Equal for checks that one test decides."""
        index, length = operands_of(self.op)
        return id(index), id(length)


def _stride(value: SSAValue, loop: Operation, depth: int) -> int | SSAValue | None:
    """The factor of the induction variable in a value: a number, an invariant value, or None when it is neither."""
    if value is loop.regions[0].block.args[0]:
        return 1
    if defined_outside(value, loop):
        return 0
    owner = value.owner
    if depth > 8:
        return None
    cls = type(owner)
    if cls is luma.CheckBoundsOp:
        return _stride(operands_of(owner)[0], loop, depth + 1)  # pyright: ignore[reportArgumentType]
    kind = _KINDS.get(cls)
    if cls is luma.CheckOverflowOp:
        kind = owner.properties["kind"].data  # pyright: ignore[reportAttributeAccessIssue]
    if kind not in ("add", "sub", "mul"):
        return None
    lhs, rhs = operands_of(owner)  # pyright: ignore[reportArgumentType]
    left, right = _stride(lhs, loop, depth + 1), _stride(rhs, loop, depth + 1)
    if left is None or right is None:
        return None
    if kind == "mul":
        return _product(lhs, left, rhs, right)
    if isinstance(left, int) and isinstance(right, int):
        total = left + right if kind == "add" else left - right
        return total if abs(total) < _LIMIT else None
    if right == 0:
        return left
    return right if left == 0 and kind == "add" else None


def _product(lhs: SSAValue, left: int | SSAValue, rhs: SSAValue, right: int | SSAValue) -> int | SSAValue | None:
    if left == 0:
        lhs, left, rhs, right = rhs, right, lhs, left
    if right != 0 or not isinstance(left, int):
        return None  # A product of two values that both vary is not affine.
    constant = int_constant(rhs)
    if constant is not None:
        return left * constant if abs(left * constant) < _LIMIT else None
    return 0 if left == 0 else rhs if left == 1 else None


_KINDS: dict[type, str] = {arith.AddiOp: "add", arith.SubiOp: "sub", arith.MuliOp: "mul"}
_OPS: dict[str, type[Operation]] = {"add": arith.AddiOp, "sub": arith.SubiOp, "mul": arith.MuliOp}


class _Versioner:
    """The rewriting of one loop."""

    def __init__(self, loop: Operation, checks: list[_Check]):
        self.loop = loop
        self.checks = checks
        self.lower, self.upper = operands_of(loop)[:2]
        self.starts: dict[SSAValue, SSAValue] = {loop.regions[0].block.args[0]: self.lower}
        self.conditions: list[SSAValue] = []

    def run(self) -> None:
        """Emit the test and the two loops."""
        loop = self.loop
        self._emit_tests()
        condition = self.conditions[0]
        for other in self.conditions[1:]:
            condition = self._make(arith.AndIOp, [condition, other], I1)
        loop.attributes[VERSIONED] = UNIT
        values: dict[SSAValue, SSAValue] = {}
        fast = clone_op(loop, values)
        for check in self.checks:
            passed = values[check.op.results[0]].owner
            replace_op(passed, [operands_of(passed)[0]])  # pyright: ignore[reportArgumentType]
        self._branch(condition, fast)

    def _branch(self, condition: SSAValue, fast: Operation) -> None:
        loop = self.loop
        early = contains_exit(loop)
        cls, yield_cls = (luma.IfOp, luma.YieldOp) if early else (scf.IfOp, scf.YieldOp)
        blocks = new_block(), new_block()
        branch = make(
            cls,
            (condition,),
            [result.type for result in loop.results],
            regions=[new_region(block) for block in blocks],
            location=loop.location,
        )
        insert_before(loop, branch)
        for old, new in zip(loop.results, branch.results, strict=True):
            replace_uses(old, new)
        detach(loop)
        for block, version in zip(blocks, (fast, loop), strict=True):
            append(block, version)
            append(block, make(yield_cls, list(version.results), location=loop.location))

    def _emit_tests(self) -> None:
        low = int_constant(self.lower)
        if low is None or low < 0:
            self._compare(SGE, self.lower, self._constant(0))
        count = self._make(arith.SubiOp, [self.upper, self.lower])
        last = self._make(arith.AddiOp, [count, self._constant(-1)])
        short = False
        seen: set[tuple[int, int]] = set()
        for check in self.checks:
            if check.key in seen:
                continue
            seen.add(check.key)
            index, length = operands_of(check.op)
            start = self._start_of(index)
            stride = check.stride
            if stride == 1:
                if start is not self.lower:
                    self._compare(SGE, start, self._constant(0))
                self._compare(SLT, last, self._make(arith.SubiOp, [length, start]))
                continue
            self._compare(ULT, start, length)
            if stride == 0:
                continue
            if not short:
                self._compare(ULT, last, self._constant(_LIMIT))
                short = True
            if isinstance(stride, int):
                factor = self._constant(stride)
            else:
                factor = stride
                self._compare(ULT, factor, self._constant(_LIMIT))
            end = self._make(arith.AddiOp, [start, self._make(arith.MuliOp, [factor, last])])
            if isinstance(stride, int) and stride < 0:
                self._compare(SGE, end, self._constant(0))
            else:
                self._compare(SLT, end, length)

    def _start_of(self, value: SSAValue) -> SSAValue:
        """The value in the first iteration, computed before the loop with wrapping arithmetic."""
        known = self.starts.get(value)
        if known is not None:
            return known
        if defined_outside(value, self.loop):
            return value
        owner = value.owner
        operands = operands_of(owner)  # pyright: ignore[reportArgumentType]
        if type(owner) is luma.CheckBoundsOp:
            result = self._start_of(operands[0])
        else:
            kind = owner.kind.data if type(owner) is luma.CheckOverflowOp else _KINDS[type(owner)]
            result = self._make(_OPS[kind], [self._start_of(operand) for operand in operands])
        self.starts[value] = result
        return result

    def _constant(self, value: int) -> SSAValue:
        op = make(arith.ConstantOp, (), (I64,), {"value": int_attr(value, I64)}, location=self.loop.location)
        return insert_before(self.loop, op).results[0]

    def _make(self, cls: type[Operation], operands: list[SSAValue], type_: Attribute = I64) -> SSAValue:
        properties: dict[str, Attribute] = {"overflowFlags": _WRAPS} if cls in _KINDS else {}
        op = make(cls, operands, (type_,), properties, location=self.loop.location)
        return insert_before(self.loop, op).results[0]

    def _compare(self, predicate: int, lhs: SSAValue, rhs: SSAValue) -> None:
        properties: dict[str, Attribute] = {"predicate": int_attr(predicate, I64)}
        op = make(arith.CmpiOp, (lhs, rhs), (I1,), properties, location=self.loop.location)
        self.conditions.append(insert_before(self.loop, op).results[0])
