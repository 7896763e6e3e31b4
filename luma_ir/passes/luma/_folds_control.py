"""
Rules for control flow: conditions and loops whose course is known, early exits that need not be early.

Nothing here copies code: regions are moved, so the work is linear in what changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdsl.dialects import arith, scf
from xdsl.ir import Block

from luma_ir.dialects import luma
from luma_ir.ir.fast import (
    append,
    block_ops,
    detach,
    erase,
    has_one_use,
    has_uses,
    insert_before,
    make,
    new_region,
    operands_of,
    set_operand,
    set_operands,
    users,
)
from luma_ir.ir.intern import I64, int_attr
from luma_ir.passes.analysis.constants import int_constant
from luma_ir.passes.analysis.control import COUNTED, LUMA_LOOPS, contains_exit, loop_edges
from luma_ir.passes.analysis.effects import is_scalar
from luma_ir.passes.luma._folder import Folder, RuleTable, ops_of
from luma_ir.passes.rewriting import defined_outside, inline_block, ops_after, take_regions

if TYPE_CHECKING:
    from xdsl.ir import Operation, Region, SSAValue

_SELECT_OPS = 3
"""At most so many cheap ops are computed on both paths to turn a branch into selects."""
_TAIL_NESTING = 24
"""Tails of early exits are sunk into conditions up to this depth of nesting."""


# Conditions.


def known_condition(op: Operation, folder: Folder) -> bool:
    """An if with a constant condition becomes the branch that is taken."""
    known = int_constant(operands_of(op)[0])
    if known is None:
        return False
    region = op.regions[0 if known else 1]
    block = region.first_block
    if block is None:
        folder.erase(op)
        return True
    last = block.last_op
    if type(last) in (scf.YieldOp, luma.YieldOp):
        _move_before(op, block, folder)
        return True
    if _enclosed_by_scf(op):
        return False
    # The branch leaves, so what follows the if is never reached.
    folder.erase_all(ops_after(op))
    parent = op.parent
    assert parent is not None
    terminator = inline_block(block, op, ())
    insert_before(op, terminator)
    folder.push(terminator)
    folder.erase(op)
    return True


def _move_before(op: Operation, block: Block, folder: Folder, arguments: tuple[SSAValue, ...] = ()) -> None:
    """Replace an op by the contents of a block that ends in a yield of its results."""
    for inner in block_ops(block):
        folder.push(inner)
    terminator = inline_block(block, op, arguments)
    values = list(operands_of(terminator))
    folder.forget(terminator)
    set_operands(terminator, ())
    folder.replace(op, values)


def negated_condition(op: Operation, folder: Folder) -> bool:
    """`if not c A else B` -> `if c B else A`."""
    inner = operands_of(op)[0].owner
    if type(inner) is not arith.XOrIOp or int_constant(operands_of(inner)[1]) != -1:
        return False
    if op.regions[1].first_block is None:
        return False
    regions = take_regions(op)
    regions.reverse()
    _replace_control(op, type(op), [operands_of(inner)[0]], regions, folder)
    return True


def _replace_control(
    op: Operation, cls: type[Operation], operands: list[SSAValue], regions: list[Region], folder: Folder
) -> Operation:
    """Replace a region op, whose regions were taken, by one of another class or with other operands."""
    new = make(
        cls,
        operands,
        [result.type for result in op.results],
        attributes=dict(op.attributes),
        regions=regions,
        location=op.location,
    )
    insert_before(op, new)
    for old_result, new_result in zip(op.results, new.results, strict=True):
        folder.replace_value(old_result, new_result)
    folder.erase(op)
    folder.push(new)
    return new


def condition_known_inside(op: Operation, folder: Folder) -> bool:
    """Inside of its branches the condition of an if is known to be true or false."""
    condition = operands_of(op)[0]
    if has_one_use(condition) or type(condition.owner) is arith.ConstantOp:
        return False
    changed = False
    for number, user in enumerate(list(users(condition))):
        if number >= 32:
            break
        if user is op:
            continue
        inside = _branch_of(user, op)
        if inside is None:
            continue
        value = folder.constant(-1 if inside == 0 else 0, condition, op.location)
        for index, operand in enumerate(operands_of(user)):
            if operand is condition:
                set_operand(user, index, value)
        folder.push(user)
        changed = True
    return changed


def _branch_of(user: Operation, branch: Operation) -> int | None:
    """The number of the region of `branch` that `user` stands in."""
    op: Operation | None = user
    while op is not None:
        region = op.parent_region()
        if region is None:
            return None
        parent = region.parent
        if parent is branch:
            return branch.regions.index(region)
        op = parent
    return None


def _is_empty(region: Region) -> bool:
    block = region.first_block
    if block is None:
        return True
    first = block.first_op
    return first is None or (first is block.last_op and type(first) in (scf.YieldOp, luma.YieldOp))


def empty_branches(op: Operation, folder: Folder) -> bool:
    """An if that does nothing goes; an empty `else` of an `scf.if` without results too."""
    if op.results:
        return False
    if all(_is_empty(region) for region in op.regions):
        folder.erase(op)
        return True
    if type(op) is scf.IfOp and op.regions[1].first_block is not None and _is_empty(op.regions[1]):
        regions = take_regions(op)
        _replace_control(op, scf.IfOp, [operands_of(op)[0]], [regions[0], new_region()], folder)
        return True
    return False


def equal_yields(op: Operation, folder: Folder) -> bool:
    """
    A result that both branches yield alike is that value, or with an undefined one; one that is yielded true and false
    is the condition.
    """
    if not op.results:
        return False
    lasts = [region.block.last_op for region in op.regions if region.first_block is not None]
    if len(lasts) != 2 or any(type(last) not in (scf.YieldOp, luma.YieldOp) for last in lasts):
        return False
    changed = False
    left, right = (operands_of(last) for last in lasts if last is not None)
    for result, first, second in zip(op.results, left, right, strict=True):
        if not has_uses(result):
            continue
        if first is second:
            folder.replace_value(result, first)
            changed = True
        elif int_constant(first) == -1 and int_constant(second) == 0 and result.type == operands_of(op)[0].type:
            folder.replace_value(result, operands_of(op)[0])
            changed = True
        elif int_constant(first) == 0 and int_constant(second) == -1 and result.type == operands_of(op)[0].type:
            condition = operands_of(op)[0]
            true = folder.constant(-1, condition, op.location)
            negated = folder.before(op, arith.XOrIOp, [condition, true], [condition.type])
            folder.replace_value(result, negated.results[0])
            changed = True
        elif type(first.owner) is luma.UndefOp and is_scalar(second.type) and defined_outside(second, op):
            folder.replace_value(result, second)
            changed = True
        elif type(second.owner) is luma.UndefOp and is_scalar(first.type) and defined_outside(first, op):
            folder.replace_value(result, first)
            changed = True
    return changed


def branch_to_select(op: Operation, folder: Folder) -> bool:
    """An if that only picks scalars, or computes them with a few cheap ops, becomes selects."""
    if not op.results or any(not is_scalar(result.type) for result in op.results):
        return False
    cost = 0
    for region in op.regions:
        block = region.first_block
        if block is None or type(block.last_op) is not scf.YieldOp:
            return False
        for inner in block_ops(block):
            if inner is block.last_op:
                break
            cost += 1
            if cost > _SELECT_OPS or type(inner) not in _CHEAP:
                return False
    if len(op.results) > 2:
        return False
    yielded = []
    for region in op.regions:
        for inner in block_ops(region.block):
            folder.push(inner)
        terminator = inline_block(region.block, op, ())
        yielded.append(list(operands_of(terminator)))
        folder.forget(terminator)
        set_operands(terminator, ())
    condition = operands_of(op)[0]
    values = []
    for result, first, second in zip(op.results, *yielded, strict=True):
        values.append(folder.before(op, arith.SelectOp, [condition, first, second], [result.type]).results[0])
    folder.replace(op, values)
    return True


_CHEAP = frozenset(
    {
        arith.AddiOp,
        arith.SubiOp,
        arith.AndIOp,
        arith.OrIOp,
        arith.XOrIOp,
        arith.CmpiOp,
        arith.ExtSIOp,
        arith.ExtUIOp,
        arith.TruncIOp,
        arith.SelectOp,
        arith.NegfOp,
        arith.ShLIOp,
    }
)


# `luma.if`.


def plain_if(op: Operation, folder: Folder) -> bool:
    """A `luma.if` whose branches both reach their end, without exits inside, becomes an `scf.if`."""
    if any(type(region.block.last_op) is not luma.YieldOp for region in op.regions) or contains_exit(op):
        return False
    regions = take_regions(op)
    for region in regions:
        _retype_yield(region.block, folder)
    _replace_control(op, scf.IfOp, [operands_of(op)[0]], regions, folder)
    return True


def _retype_yield(block: Block, folder: Folder) -> None:
    last = block.last_op
    assert last is not None
    append_yield = make(scf.YieldOp, operands_of(last), location=last.location)
    detach(last)
    folder.forget(last)
    set_operands(last, ())
    append(block, append_yield)


def code_after_exits(op: Operation, folder: Folder) -> bool:
    """
    When one branch of a `luma.if` leaves, the other one's code moves behind the if; when both leave, nothing follows.
    """
    blocks = [region.block for region in op.regions]
    ends = [type(block.last_op) is luma.YieldOp for block in blocks]
    if ends[0] and ends[1]:
        return False
    if not ends[0] and not ends[1]:
        return _nothing_follows(op, folder)
    stays = blocks[0 if ends[0] else 1]
    if not op.results and stays.first_op is stays.last_op:
        return False
    last = stays.last_op
    assert last is not None
    values = list(operands_of(last))
    following = op.next_op
    assert following is not None
    for inner in ops_of(stays):
        if inner is not last:
            detach(inner)
            insert_before(following, inner)
            folder.push(inner)
    set_operands(last, ())
    for result, value in zip(op.results, values, strict=True):
        folder.replace_value(result, value)
    if op.results:
        new = make(luma.IfOp, operands_of(op), (), regions=take_regions(op), location=op.location)
        insert_before(op, new)
        folder.erase(op)
        folder.push(new)
    return True


def _nothing_follows(op: Operation, folder: Folder) -> bool:
    following = ops_after(op)
    if _enclosed_by_scf(op) or (len(following) == 1 and type(following[0]) is luma.UnreachableOp):
        return False
    location = following[0].location
    parent = op.parent
    assert parent is not None
    folder.erase_all(following)
    append(parent, make(luma.UnreachableOp, location=location))
    return True


# Early exits in tail position.


def sink_tail(op: Operation, folder: Folder) -> bool:
    """
    `if c { A; continue x } B; continue y` -> `r = if c { A; yield x } else { B; yield y }; continue r`.

    The same holds for `break`. So a loop body that only skips or ends early in a way that its end does too becomes
    plain control flow, and the code of an inlined function with several returns as well.
    """
    block = op.parent
    if block is None or op.results:
        return False
    last = block.last_op
    if not isinstance(last, luma.ContinueOp | luma.BreakOp):
        return False
    blocks = [region.block for region in op.regions]
    number = next((i for i, inner in enumerate(blocks) if _same_exit(inner.last_op, last)), None)
    if number is None:
        return False
    other = blocks[1 - number]
    if type(other.last_op) is not luma.YieldOp or not _nesting_allows(op):
        return False
    exit_op = blocks[number].last_op
    assert exit_op is not None and other.last_op is not None
    tail = ops_after(op)
    if any(_branch_exits(later, last) for later in tail):
        return False  # The last one goes first: once its exit is a yield, this one is looked at again.
    folder.forget(other.last_op)
    erase(other.last_op)
    values = list(operands_of(last))
    for inner in tail[:-1]:
        detach(inner)
        append(other, inner)
    append(other, make(luma.YieldOp, values, location=last.location))
    yielded = list(operands_of(exit_op))
    detach(exit_op)
    folder.forget(exit_op)
    append(blocks[number], make(luma.YieldOp, yielded, location=exit_op.location))
    set_operands(exit_op, ())
    new = make(
        luma.IfOp,
        operands_of(op),
        [value.type for value in values],
        regions=take_regions(op),
        location=op.location,
    )
    insert_before(op, new)
    folder.erase(op)
    set_operands(last, new.results)
    folder.push_inside(new)
    folder.push(last)
    _push_around(new, folder)
    return True


def _branch_exits(op: Operation, last: luma.ContinueOp | luma.BreakOp) -> bool:
    return type(op) is luma.IfOp and any(_same_exit(region.block.last_op, last) for region in op.regions)


def _push_around(op: Operation, folder: Folder) -> None:
    earlier = op.prev_op
    while earlier is not None:
        if type(earlier) is luma.IfOp:
            folder.push(earlier)
        earlier = earlier.prev_op
    parent = op.parent_op()
    while parent is not None and type(parent) is luma.IfOp:
        folder.push(parent)
        parent = parent.parent_op()
    if parent is not None and parent is not folder.function:
        folder.push(parent)


def _same_exit(op: Operation | None, last: luma.ContinueOp | luma.BreakOp) -> bool:
    return type(op) is type(last) and op.loop_depth == last.loop_depth  # pyright: ignore


def _nesting_allows(op: Operation) -> bool:
    depth = 0
    parent = op.parent_op()
    while parent is not None:
        depth += 1
        parent = parent.parent_op()
    return depth < _TAIL_NESTING


# Loops.


def trips_known(op: Operation, folder: Folder) -> bool:
    """A counted loop without iterations is its initial values; one with a single iteration is its body."""
    operands = operands_of(op)
    lower, upper, step = (int_constant(value) for value in operands[:3])
    if operands[0] is operands[1] or (lower is not None and upper is not None and lower >= upper):
        folder.replace(op, operands[3:])
        return True
    if lower is None or upper is None or step is None or step <= 0 or lower + step < upper:
        return False
    block = op.regions[0].block
    if type(op) is luma.ForOp:
        edges = loop_edges(op)
        if edges.leaves or len(edges.repeats) != 1 or edges.repeats[0][0] is not block.last_op:
            return False
        _lower_exit_depths(op)
    _move_before(op, block, folder, (operands[0], *operands[3:]))
    return True


def _lower_exit_depths(loop: Operation) -> None:
    """Count one loop less in the exits that pass over `loop`, which is about to disappear."""
    pending: list[tuple[Block, int]] = [(loop.regions[0].block, 0)]
    while pending:
        block, depth = pending.pop()
        for op in block_ops(block):
            if isinstance(op, luma.ContinueOp | luma.BreakOp):
                if op.loop_depth > depth:
                    properties = op.properties
                    if op.loop_depth == 1:
                        properties.pop("depth")
                    else:
                        properties["depth"] = int_attr(op.loop_depth - 1, I64)
            elif type(op) is luma.IfOp:
                pending.extend((region.block, depth) for region in op.regions)
            elif type(op) in LUMA_LOOPS:
                pending.append((op.regions[0].block, depth + 1))


def unchanged_slots(op: Operation, folder: Folder) -> bool:
    """A carried value that every iteration hands on unchanged is its initial value."""
    first = 3 if type(op) in COUNTED else 0
    operands = operands_of(op)
    if len(operands) == first:
        return False
    edges = loop_edges(op)
    args = op.regions[0].block.args
    offset = 1 if first else 0
    changed = False
    for slot in range(len(operands) - first):
        init, arg = operands[first + slot], args[slot + offset]
        if any(operands_of(end)[start + slot] not in (arg, init) for end, start in edges.repeats):
            continue
        if has_uses(arg):
            folder.replace_value(arg, init)
            changed = True
        if first and has_uses(op.results[slot]):
            leaving = {id(operands_of(end)[start + slot]) for end, start in edges.leaves}
            if leaving <= {id(arg), id(init)}:
                folder.replace_value(op.results[slot], init)
                changed = True
    return changed


def plain_for(op: Operation, folder: Folder) -> bool:
    """A `luma.for` whose body reaches its end without exits becomes an `scf.for`."""
    block = op.regions[0].block
    last = block.last_op
    if type(last) is not luma.ContinueOp or last.loop_depth:
        return False
    edges = loop_edges(op)
    if edges.escapes or edges.leaves or len(edges.repeats) != 1:
        return False
    operands = list(operands_of(op))
    regions = take_regions(op)
    _retype_yield(regions[0].block, folder)
    _replace_control(op, scf.ForOp, operands, regions, folder)
    return True


def single_trip(op: Operation, folder: Folder) -> bool:
    """A `luma.loop` that never repeats and is left at the end of its body only is its body."""
    block = op.regions[0].block
    last = block.last_op
    if type(last) is not luma.BreakOp or last.loop_depth:
        return False
    edges = loop_edges(op)
    if edges.repeats or len(edges.leaves) != 1:
        return False
    _lower_exit_depths(op)
    _move_before(op, block, folder, tuple(operands_of(op)))
    return True


def never_left(op: Operation, folder: Folder) -> bool:
    """Nothing follows a `luma.loop` that no break leaves."""
    following = op.next_op
    if following is None or type(following) is luma.UnreachableOp or loop_edges(op).leaves:
        return False
    return _nothing_follows(op, folder)


def _enclosed_by_scf(op: Operation) -> bool:
    parent = op.parent_op()
    return type(parent) not in (luma.IfOp, luma.ForOp, luma.LoopOp, luma.FuncOp)


def while_never(op: Operation, folder: Folder) -> bool:
    """An `scf.while` whose condition is false at first is its first region."""
    before, after = (region.block for region in op.regions)
    condition = before.last_op
    assert condition is not None
    if int_constant(operands_of(condition)[0]) != 0 or after.first_op is None:
        return False
    for inner in block_ops(before):
        folder.push(inner)
    terminator = inline_block(before, op, tuple(operands_of(op)))
    values = list(operands_of(terminator))[1:]
    folder.forget(terminator)
    set_operands(terminator, ())
    folder.replace(op, values)
    return True


def while_forwards(op: Operation, folder: Folder) -> bool:
    """A value of outside that `scf.condition` forwards is used directly."""
    condition = op.regions[0].block.last_op
    assert condition is not None
    changed = False
    for index, value in enumerate(operands_of(condition)[1:]):
        if not defined_outside(value, op):
            continue
        for target in (op.results[index], op.regions[1].block.args[index]):
            if has_uses(target):
                folder.replace_value(target, value)
                changed = True
    return changed


RULES: RuleTable = {
    scf.IfOp: (
        known_condition,
        empty_branches,
        negated_condition,
        condition_known_inside,
        equal_yields,
        branch_to_select,
    ),
    luma.IfOp: (
        known_condition,
        empty_branches,
        plain_if,
        code_after_exits,
        negated_condition,
        condition_known_inside,
        equal_yields,
        sink_tail,
    ),
    scf.ForOp: (trips_known, unchanged_slots),
    luma.ForOp: (trips_known, unchanged_slots, plain_for),
    luma.LoopOp: (single_trip, unchanged_slots, never_left),
    scf.WhileOp: (while_never, while_forwards),
}
