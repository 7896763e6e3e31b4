"""
Turn `scf.while` loops that count into `scf.for`, so that what is known of induction variables holds for them.

Before: scf.while (%i = %a, ...) { %c = arith.cmpi slt, %i, %n  scf.condition(%c) %i, ... }
        do { ^(%i, ...): ...  %next = arith.addi %i, %step  scf.yield %next, ... }
After:  scf.for %i = %a to %n step %step iter_args(...) { ... }

The step must be known to be positive and the sum not to wrap, both asked of the prover.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen
from xdsl.dialects import arith, scf

from luma_ir.dialects import luma
from luma_ir.ir.fast import (
    erase,
    has_uses,
    insert_before,
    make,
    move_ops,
    new_block,
    new_region,
    operands_of,
    replace_op,
    replace_uses,
    set_operands,
)
from luma_ir.ir.intern import I64, int_attr
from luma_ir.passes.analysis.constants import int_constant, predicate_of
from luma_ir.passes.analysis.ranges import SGE, SGT, SLE, SLT, Ranges
from luma_ir.passes.rewriting import defined_outside

if TYPE_CHECKING:
    from xdsl.ir import Attribute, Operation, SSAValue

_NSW = arith.IntegerOverflowAttr([arith.IntegerOverflowFlag.NSW])
_MOST = (1 << 63) - 1


@frozen(eq=False)
class _Count:
    """How a loop counts."""

    slot: int
    bound: SSAValue
    inclusive: bool
    step_op: Operation
    step: SSAValue


def count_while(loop: Operation, facts: Ranges) -> Operation | None:
    """Replace an `scf.while` that counts by an `scf.for` and return it; None when it does not."""
    count = _find_count(loop)
    if count is None or not facts.at_least(count.step, 1):
        return None
    one = int_constant(count.step) == 1
    if not (one and not count.inclusive):
        room = facts.upper(count.bound) + facts.upper(count.step) - (0 if count.inclusive else 1)
        if room > _MOST:
            return None
    if has_uses(loop.results[count.slot]) and not one:
        return None
    return _rewrite(loop, count)


def _find_count(loop: Operation) -> _Count | None:
    before, after = (region.block for region in loop.regions)
    test, condition = before.first_op, before.last_op
    if test is None or condition is None or test.next_op is not condition or type(test) is not arith.CmpiOp:
        return None
    if operands_of(condition)[0] is not test.results[0]:
        return None
    forwarded = operands_of(condition)[1:]
    if len(forwarded) != len(before.args) or any(
        value is not argument for value, argument in zip(forwarded, before.args, strict=True)
    ):
        return None
    index, bound = operands_of(test)
    predicate = predicate_of(test)
    if predicate in (SGT, SGE):
        index, bound, predicate = bound, index, SLT if predicate == SGT else SLE
    if predicate not in (SLT, SLE) or index.type != I64 or not defined_outside(bound, loop):
        return None
    slot = next((number for number, argument in enumerate(before.args) if argument is index), None)
    last = after.last_op
    if slot is None or last is None:
        return None
    step_op = operands_of(last)[slot].owner
    is_sum = type(step_op) is arith.AddiOp or (
        type(step_op) is luma.CheckOverflowOp and step_op.kind.data == "add" and step_op.unsigned is None
    )
    if not is_sum or step_op.parent is not after:  # pyright: ignore[reportAttributeAccessIssue]
        return None
    lhs, rhs = operands_of(step_op)  # pyright: ignore[reportArgumentType]
    if rhs is after.args[slot]:
        lhs, rhs = rhs, lhs
    if lhs is not after.args[slot] or not defined_outside(rhs, loop):
        return None
    return _Count(slot, bound, predicate == SLE, step_op, rhs)  # pyright: ignore[reportArgumentType]


def _rewrite(loop: Operation, count: _Count) -> Operation:
    slot, where = count.slot, loop.location
    after = loop.regions[1].block
    upper = count.bound
    if count.inclusive:
        one = make(arith.ConstantOp, (), (I64,), {"value": int_attr(1, I64)}, location=where)
        insert_before(loop, one)
        total = make(arith.AddiOp, (upper, one.results[0]), (I64,), {"overflowFlags": _NSW}, location=where)
        upper = insert_before(loop, total).results[0]
    inits = list(operands_of(loop))
    lower = inits.pop(slot)
    body = new_block([I64, *(value.type for value in inits)], where)
    others = list(body.args[1:])
    for number, argument in enumerate(after.args):
        replace_uses(argument, body.args[0] if number == slot else others.pop(0))
    move_ops(after, body)
    last = body.last_op
    assert last is not None
    values = list(operands_of(last))
    values.pop(slot)
    set_operands(last, values)
    _settle_step(count)
    new = make(
        scf.ForOp,
        (lower, upper, count.step, *inits),
        [value.type for value in inits],
        attributes=dict(loop.attributes),
        regions=(new_region(body),),
        location=where,
    )
    insert_before(loop, new)
    results: list[SSAValue] = list(new.results)
    final: SSAValue = lower
    if has_uses(loop.results[slot]):
        # With step 1 the count ends at the bound, or where it began when that lies behind.
        final = insert_before(loop, make(arith.MaxSIOp, (lower, upper), (I64,), location=where)).results[0]
    results.insert(slot, final)
    replace_op(loop, results)
    return new


def _settle_step(count: _Count) -> None:
    """The sum is known not to wrap; often nothing else needs it."""
    step_op = count.step_op
    if not has_uses(step_op.results[0]):
        erase(step_op)
        return
    properties: dict[str, Attribute] = {"overflowFlags": _NSW}
    new = make(arith.AddiOp, operands_of(step_op), (I64,), properties, location=step_op.location)
    insert_before(step_op, new)
    replace_op(step_op, new.results)
