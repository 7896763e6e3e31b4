"""
Rules for loops that end early: conditions that an exit decides, results that every exit knows, loops around loops.

What is left of an inlined iterator is a loop around another, with an optional value between them. Exits that say which
variant it is go straight to where that leads, the loops become one, and a loop with one exit at its start a `while`.
No code is copied but terminators.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdsl.dialects import arith, scf

from luma_ir.dialects import luma
from luma_ir.ir.fast import (
    add_block_arg,
    append,
    detach,
    erase,
    has_one_use,
    has_uses,
    insert_before,
    make,
    move_ops,
    new_block,
    new_region,
    operands_of,
    replace_uses,
    set_operand,
    set_operands,
    uses_of,
    walk,
)
from luma_ir.ir.intern import I1, I64, int_attr
from luma_ir.passes.analysis.constants import int_constant
from luma_ir.passes.analysis.control import LUMA_LOOPS, contains_exit, loop_edges
from luma_ir.passes.analysis.effects import GUARDED, LINEAR, MAY_PANIC, effect_kind, is_scalar, may_share, speculatable
from luma_ir.passes.luma._folder import Folder, RuleTable, ops_of
from luma_ir.passes.rewriting import defined_outside, is_inside, ops_after, take_regions

if TYPE_CHECKING:
    from xdsl.ir import Block, Operation, SSAValue

_EXITS = (luma.BreakOp, luma.ContinueOp)


def _exit_side(op: Operation) -> int | None:
    """The region of a `luma.if` that leaves, when the other one is empty."""
    if op.results:
        return None
    sides = [type(region.block.last_op) is luma.YieldOp for region in op.regions]
    if sides[0] == sides[1]:
        return None
    stays = op.regions[0 if sides[0] else 1].block
    return (1 if sides[0] else 0) if stays.first_op is stays.last_op else None


def _depth_of(op: Operation) -> int:
    return op.loop_depth  # pyright: ignore[reportAttributeAccessIssue]


def _set_depth(op: Operation, depth: int) -> None:
    if depth:
        op.properties["depth"] = int_attr(depth, I64)
    else:
        op.properties.pop("depth", None)


def _exits_inside(block: Block) -> list[tuple[Operation, int]]:
    """The breaks and continues in a block and below, each with the number of loops between it and the block."""
    found: list[tuple[Operation, int]] = []
    pending: list[tuple[Block, int]] = [(block, 0)]
    while pending:
        current, depth = pending.pop()
        last = current.last_op
        if isinstance(last, _EXITS):
            found.append((last, depth))
        op = current.first_op
        while op is not None:
            if type(op) is luma.IfOp:
                pending.extend((region.block, depth) for region in op.regions)
            elif type(op) in LUMA_LOOPS:
                pending.append((op.regions[0].block, depth + 1))
            op = op.next_op
    return found


# Conditions that an exit decides.


def condition_known_after(op: Operation, folder: Folder) -> bool:
    """Behind an if of which one side leaves, its condition is known."""
    condition = operands_of(op)[0]
    if has_one_use(condition):
        return False
    sides = [type(region.block.last_op) is luma.YieldOp for region in op.regions]
    if sides[0] == sides[1] or int_constant(condition) is not None:
        return False
    following = {id(each) for each in ops_after(op)}
    changed = False
    for user, index in list(uses_of(condition)):
        beside: Operation | None = user
        while beside is not None and beside.parent is not op.parent:
            beside = beside.parent_op()
        if beside is None or id(beside) not in following:
            continue
        set_operand(user, index, folder.constant(-1 if sides[0] else 0, condition, op.location))
        folder.push(user)
        changed = True
    return changed


def same_condition_before(op: Operation, folder: Folder) -> bool:
    """
    `r = if c { X } else { Y };  if c {} else { leave }` -> `if c {} else { Y; leave };  X`.
    """
    side = _exit_side(op)
    if side is None:
        return False
    condition = operands_of(op)[0]
    if has_one_use(condition):
        return False
    between: list[Operation] = []
    first = op.prev_op
    while first is not None and not (type(first) is scf.IfOp and operands_of(first)[0] is condition):
        if first.regions or effect_kind(type(first)) > GUARDED or len(between) > 24:
            return False
        between.append(first)
        first = first.prev_op
    if first is None or first.regions[1].first_block is None:
        return False
    moved: list[Operation] = []
    dependent = {id(result) for result in first.results}
    for each in reversed(between):
        if any(id(value) in dependent for value in operands_of(each)):
            if any(is_inside(user, op) for result in each.results for user, _ in uses_of(result)):
                return False
            moved.append(each)
            dependent.update(id(result) for result in each.results)
        elif each.results and not may_share(each):
            return False  # It may change in place what the moved code still reads.
    _join(op, first, side, moved, folder)
    return True


def _join(op: Operation, first: Operation, side: int, moved: list[Operation], folder: Folder) -> None:
    leaving, staying = (first.regions[number].block for number in (side, 1 - side))
    ends = [block.last_op for block in (leaving, staying)]
    target = op.regions[side].block.first_op
    following = op.next_op
    assert ends[0] is not None and ends[1] is not None and target is not None and following is not None
    for number, result in enumerate(first.results):
        for user, index in list(uses_of(result)):
            end = ends[0] if is_inside(user, op) else ends[1]
            set_operand(user, index, operands_of(end)[number])
            folder.push(user)
    for block, anchor in ((leaving, target), (staying, following)):
        for each in ops_of(block)[:-1]:
            detach(each)
            insert_before(anchor, each)
            folder.push(each)
    for each in moved:
        detach(each)
        insert_before(following, each)
        folder.push(each)
    folder.erase(first)
    folder.push(op)
    parent = op.parent_op()
    if parent is not None and parent is not folder.function:
        folder.push(parent)


# Results.


def results_known(op: Operation, folder: Folder) -> bool:
    """A result that every exit of a loop gives alike, from outside of it, is that value."""
    if not any(has_uses(result) for result in op.results):
        return False
    leaves = loop_edges(op).leaves
    if not leaves:
        return False
    changed = False
    for number, result in enumerate(op.results):
        if not has_uses(result):
            continue
        given = {id(value): value for value in (operands_of(end)[first + number] for end, first in leaves)}
        value = next(iter(given.values()))
        if len(given) == 1 and defined_outside(value, op):
            folder.replace_value(result, value)
            changed = True
    return changed


# Exits that lead to exits.


def _redirect(leave: Operation, target: Operation, results: dict[SSAValue, int], folder: Folder) -> None:
    """Replace a break of a loop by the exit that follows the loop."""
    given = operands_of(leave)
    values = [given[results[value]] if value in results else value for value in operands_of(target)]
    depth = _depth_of(target) + _depth_of(leave) + 1
    block = leave.parent
    assert block is not None
    new = make(type(target), values, location=leave.location)
    _set_depth(new, depth)
    folder.forget(leave)
    erase(leave)
    append(block, new)
    folder.push(new)


def known_exit(op: Operation, folder: Folder) -> bool:
    """A break with which the condition behind the loop leaves as well, leaves both."""
    test = op.next_op
    if type(test) is not luma.IfOp:
        return False
    condition = operands_of(test)[0]
    if condition.owner is not op:
        return False
    side = _exit_side(test)
    if side is None:
        return False
    target = test.regions[side].block.first_op
    if not isinstance(target, _EXITS):
        return False
    number = condition.index  # pyright: ignore[reportAttributeAccessIssue]
    results: dict[SSAValue, int] = {result: index for index, result in enumerate(op.results)}
    changed = False
    for leave, _ in loop_edges(op).leaves:
        known = int_constant(operands_of(leave)[number])
        if known is not None and (0 if known else 1) == side:
            _redirect(leave, target, results, folder)
            changed = True
    if changed:
        folder.push(test)
        around = op.parent_op()
        if type(around) is luma.LoopOp:
            folder.push(around)
    return changed


def exit_behind(op: Operation, folder: Folder) -> bool:
    """In a loop that runs once, a break of an inner loop to where another exit stands is that exit."""
    target = op.next_op
    wrapper = op.parent_op()
    if not isinstance(target, _EXITS) or type(wrapper) is not luma.LoopOp or loop_edges(wrapper).repeats:
        return False
    edges = loop_edges(op)
    if not edges.leaves:
        return False
    results: dict[SSAValue, int] = {result: index for index, result in enumerate(op.results)}
    for leave, _ in edges.leaves:
        _redirect(leave, target, results, folder)
    location = target.location
    block = target.parent
    assert block is not None
    folder.erase(target)
    append(block, make(luma.UnreachableOp, location=location))
    folder.push(wrapper)
    return True


def runs_once_around(op: Operation, folder: Folder) -> bool:
    """A loop that runs once around a loop that never ends by itself is that loop."""
    block = op.regions[0].block
    last = block.last_op
    if type(last) is not luma.UnreachableOp or operands_of(op):
        return False
    inner = last.prev_op
    if inner is None or type(inner) is not luma.LoopOp:
        return False
    edges = loop_edges(op)
    if edges.repeats or loop_edges(inner).leaves or any(contains_exit(each) for each in ops_of(block)[:-2]):
        return False
    for each in ops_of(block)[:-2]:
        detach(each)
        insert_before(op, each)
        folder.push(each)
    for leave, depth in _exits_inside(inner.regions[0].block):
        if _depth_of(leave) > depth:
            _set_depth(leave, _depth_of(leave) - 1)
    new = make(
        luma.LoopOp,
        operands_of(inner),
        [result.type for result in op.results],
        regions=take_regions(inner),
        location=inner.location,
    )
    insert_before(op, new)
    for old, result in zip(op.results, new.results, strict=True):
        folder.replace_value(old, result)
    folder.erase(op)
    folder.push(new)
    parent = new.parent_op()
    if parent is not None and parent is not folder.function:
        folder.push(parent)
    return True


def loop_in_loop(op: Operation, folder: Folder) -> bool:
    """
    `loop { r = loop { … break outer … break x … }; B; continue }`, where B follows one break only, is one loop with B
    in the place of that break.
    """
    outer_block = op.regions[0].block
    inner = outer_block.first_op
    last = outer_block.last_op
    if type(inner) is not luma.LoopOp or type(last) is not luma.ContinueOp or last.loop_depth:
        return False
    edges = loop_edges(inner)
    if not edges.escapes or not edges.repeats or len(edges.leaves) != 1:
        return False
    leave = edges.leaves[0][0]
    inner_inits = operands_of(inner)
    outer_args: list[SSAValue] = list(outer_block.args)
    body = inner.regions[0].block
    inner_exits = _exits_inside(body)

    def restart(values: list[SSAValue]) -> list[SSAValue]:
        """What the inner loop carries at first when the outer one carries `values`."""
        table = dict(zip(outer_args, values, strict=True))
        return [table.get(value, value) for value in inner_inits]

    first = restart(list(operands_of(op)))
    for end, depth in inner_exits:
        distance = _depth_of(end) - depth
        if end is leave or distance < 0:
            continue
        if distance == 0:
            set_operands(end, [*outer_args, *operands_of(end)])
        else:
            if distance == 1 and type(end) is luma.ContinueOp:
                values = list(operands_of(end))
                set_operands(end, [*values, *restart(values)])
            _set_depth(end, _depth_of(end) - 1)
        folder.push(end)
    # The rest of the outer body, with its exits, to the break.
    reach = _depth_of(leave)
    for end, depth in _exits_inside(outer_block):
        if is_inside(end, inner) or _depth_of(end) < depth:
            continue
        if type(end) is luma.ContinueOp and _depth_of(end) == depth:
            values = list(operands_of(end))
            set_operands(end, [*values, *restart(values)])
        _set_depth(end, _depth_of(end) + reach)
    for result, value in zip(list(inner.results), list(operands_of(leave)), strict=True):
        folder.replace_value(result, value)
    place = leave.parent
    assert place is not None
    folder.forget(leave)
    erase(leave)
    for each in ops_after(inner):
        detach(each)
        append(place, each)
        folder.push(each)
    _merge(op, inner, first, folder)
    return True


def _merge(op: Operation, inner: luma.LoopOp, first: list[SSAValue], folder: Folder) -> None:
    """Put the body of the inner loop into a loop that carries what both did: arguments of the outer one come first."""
    outer_args = list(op.regions[0].block.args)
    block = take_regions(inner)[0].block
    merged = new_block([*(arg.type for arg in outer_args), *(arg.type for arg in block.args)], op.location)
    for old, arg in zip([*outer_args, *block.args], merged.args, strict=True):
        replace_uses(old, arg)
    move_ops(block, merged)
    new = make(
        luma.LoopOp,
        [*operands_of(op), *first],
        [result.type for result in op.results],
        regions=(new_region(merged),),
        location=op.location,
    )
    insert_before(op, new)
    for old, result in zip(op.results, new.results, strict=True):
        folder.replace_value(old, result)
    for gone in (inner, op):
        folder.forget(gone)
        erase(gone)
    folder.added(new)


# A loop with one exit at its start.


def loops_to_whiles(folder: Folder) -> bool:
    """Apply `loop_to_while` to all loops, once no other rule applies to them; True when one was changed."""
    loops = [op for op in walk(folder.function) if type(op) is luma.LoopOp]
    changed = False
    for op in reversed(loops):  # The inner ones first.
        changed |= loop_to_while(op, folder)
    return changed


def loop_to_while(op: Operation, folder: Folder) -> bool:
    """`loop { A; if c {} else { break v }; B; continue x }` -> `while { A; c } { B }`."""
    block = op.regions[0].block
    last = block.last_op
    if type(last) is not luma.ContinueOp or last.loop_depth:
        return False
    test = block.first_op
    while test is not None and type(test) is not luma.IfOp:
        test = test.next_op
    if test is None:
        return False
    side = _exit_side(test)
    leave = test.regions[side].block.first_op if side is not None else None
    if type(leave) is not luma.BreakOp or leave.loop_depth:
        return False
    edges = loop_edges(op)
    if edges.escapes or len(edges.leaves) != 1 or len(edges.repeats) != 1:
        return False
    first = block.first_op
    while first is not None and first is not test:
        if not _is_settled(first):
            return False
        first = first.next_op
    _While(op, test, leave, side == 1, folder).build()
    return True


class _While:
    """The rewriting of a loop with one exit to an `scf.while`."""

    def __init__(self, loop: Operation, test: Operation, leave: Operation, holds: bool, folder: Folder):
        self.loop = loop
        self.test = test
        self.leave = leave
        self.holds = holds
        """Whether the loop goes on where the condition is true."""
        self.folder = folder

    def build(self) -> None:
        """Replace the loop."""
        loop, test = self.loop, self.test
        folder = self.folder
        before = loop.regions[0].block
        last = before.last_op
        assert last is not None
        condition = operands_of(test)[0]
        leaving = list(operands_of(self.leave))
        self._lift_invariants(before)
        sunk = self._only_needed_below(before, [condition, *leaving])
        body_ops = [*sunk, *[each for each in ops_after(test) if each is not last]]
        forwarded = self._forwarded(list(before.args), body_ops, last, leaving)
        if not self.holds:
            true = folder.constant(-1, condition, test.location)
            negated = make(arith.XOrIOp, (condition, true), (I1,), location=test.location)
            insert_before(test, negated)
            folder.push(negated)
            condition = negated.results[0]
        after = new_block([], loop.location)
        replacements = {id(value): add_block_arg(after, value.type, loop.location) for value in forwarded}
        for each in body_ops:
            detach(each)
            append(after, each)
        append(after, make(scf.YieldOp, operands_of(last), location=last.location))
        folder.forget(last)
        erase(last)
        for each in [inner for top in ops_of(after) for inner in walk(top)]:
            for index, value in enumerate(operands_of(each)):
                if id(value) in replacements:
                    set_operand(each, index, replacements[id(value)])
        places = {id(value): number for number, value in enumerate(forwarded)}
        folder.forget(self.leave)
        erase(self.leave)
        folder.forget(test)
        for inner in walk(test):
            folder.forget(inner)
        erase(test)
        append(before, make(scf.ConditionOp, [condition, *forwarded], location=loop.location))
        regions = [*take_regions(loop), new_region(after)]
        types = [value.type for value in forwarded]
        new = make(scf.WhileOp, operands_of(loop), types, regions=regions, location=loop.location)
        insert_before(loop, new)
        for result, value in zip(loop.results, leaving, strict=True):
            number = places.get(id(value))
            folder.replace_value(result, value if number is None else new.results[number])
        folder.forget(loop)
        erase(loop)
        folder.added(new)

    def _forwarded(
        self, carried: list[SSAValue], body_ops: list[Operation], last: Operation, leaving: list[SSAValue]
    ) -> list[SSAValue]:
        """What goes on into the body and out of the loop: all that is carried, in order, and what else is needed."""
        body_walk = [inner for each in body_ops for inner in walk(each)]
        inside = {id(result) for inner in body_walk for result in inner.results}
        for inner in body_walk:
            for region in inner.regions:
                inside.update(id(arg) for each in region.blocks for arg in each.args)
        needed = [value for each in (*body_walk, last) for value in operands_of(each) if id(value) not in inside]
        known = {id(value) for value in carried}
        for value in (*needed, *leaving):
            if id(value) not in known and not defined_outside(value, self.loop):
                known.add(id(value))
                carried.append(value)
        return carried

    def _lift_invariants(self, block: Block) -> None:
        """Move what every iteration computes alike in front of the loop, so that the bound of a count is one."""
        for op in ops_of(block):
            if op is self.test:
                return
            if speculatable(op) and may_share(op) and all(defined_outside(each, self.loop) for each in operands_of(op)):
                if type(op) is luma.GetOp and self.folder.addressed.may_change(op):
                    continue
                detach(op)
                insert_before(self.loop, op)

    def _only_needed_below(self, block: Block, needed: list[SSAValue]) -> list[Operation]:
        """The ops before the exit that neither it nor an effect before it needs; they move behind it."""
        ops: list[Operation] = []
        op = block.first_op
        while op is not None and op is not self.test:
            ops.append(op)
            op = op.next_op
        kept: set[int] = set()
        pending = list(needed)
        for each in ops:
            if not _can_sink(each):
                kept.add(id(each))
                pending.extend(value for inner in walk(each) for value in operands_of(inner))
        mine = {id(each): each for each in ops}
        while pending:
            owner = pending.pop().owner
            if id(owner) in mine and id(owner) not in kept:
                kept.add(id(owner))
                pending.extend(value for inner in walk(mine[id(owner)]) for value in operands_of(inner))
        if any(id(each) in kept and each.results and not may_share(each) for each in ops):
            return []  # What is changed in place before the exit must have been read by then.
        return [each for each in ops if id(each) not in kept]


def _is_settled(op: Operation) -> bool:
    """
    Whether an op before the exit may be part of the condition of a `while`. Calls and inner loops may turn out to
    decide the exit once they are inlined or split; what is taken out of a value has to be put back in the same block.
    """
    if op.regions:
        return _can_sink(op) and all(is_scalar(result.type) for result in op.results)
    kind = effect_kind(type(op))
    return kind <= MAY_PANIC and kind != LINEAR


def _can_sink(op: Operation) -> bool:
    """Whether an op may run later, or not at all: nothing can tell."""
    if not op.regions:
        return effect_kind(type(op)) <= GUARDED
    return type(op) is scf.IfOp and all(
        effect_kind(type(inner)) <= GUARDED or type(inner) in (scf.IfOp, scf.YieldOp) for inner in walk(op)
    )


RULES: RuleTable = {
    luma.IfOp: (same_condition_before, condition_known_after),
    luma.LoopOp: (
        results_known,
        known_exit,
        exit_behind,
        runs_once_around,
        loop_in_loop,
    ),
    scf.WhileOp: (results_known,),
}
