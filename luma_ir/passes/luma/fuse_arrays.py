"""
Make one loop of a loop that builds an array and the loop that reads it, and no array.

Before: %ys = scf.for %i = %zero to %n step %one iter_args(%a = %empty) { ... %b = luma.array.push %a, %y ... }
        %m = luma.array.len %ys
        %s = scf.for %j = %zero to %m step %one iter_args(%t = %zero) { %v = luma.get %ys[%j]  ... scf.yield %u }
After:  %s = scf.for %i = %zero to %n step %one iter_args(%t = %zero) { ...  /* the second body, with %y for %v */ }
Expects: verified IR, best after `luma-eliminate-checks`. Leaves: arrays with another use than their length and the
reads of one loop, in order; loops of which both have effects or may panic, since their order would change.

The body of the reader goes to each place where an element is added, in inner loops and conditions too, so chains of
`map`, `filter`, `flat_map` and comprehensions end as one nest. A reader that leaves early takes the producer along.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from attrs import define, field
from xdsl.dialects import arith, scf
from xdsl.ir import Block
from xdsl.passes import ModulePass

from luma_ir.dialects import luma
from luma_ir.ir.fast import (
    add_block_arg,
    append,
    block_ops,
    clone_op,
    clone_region_into,
    detach,
    erase,
    erase_block_arg,
    has_uses,
    insert_before,
    make,
    new_region,
    operands_of,
    replace_op,
    replace_uses,
    set_operands,
    users,
    uses_of,
    walk,
)
from luma_ir.ir.intern import I64, dense_i64, int_attr
from luma_ir.ir.pass_manager import count
from luma_ir.passes.analysis.constants import int_constant
from luma_ir.passes.analysis.control import (
    COUNTED,
    LOOPS,
    LUMA_LOOPS,
    LoopEdges,
    first_slot_operand,
    loop_edges,
    region_yields,
)
from luma_ir.passes.analysis.effects import (
    LINEAR,
    NESTED,
    TERMINATOR,
    Addressed,
    addressed_arrays,
    effect_kind,
    is_scalar,
    may_not_end,
    speculatable,
)
from luma_ir.passes.luma._array_webs import Web, find_web
from luma_ir.passes.luma._slots import Extended, add_operands, extend, size_of, with_exits
from luma_ir.passes.luma.canonicalize import canonicalize
from luma_ir.passes.luma.dce import eliminate_dead_code
from luma_ir.passes.rewriting import bodies, defined_outside, is_inside, ops_between

if TYPE_CHECKING:
    from xdsl.context import Context
    from xdsl.dialects.builtin import ModuleOp
    from xdsl.ir import Attribute, Operation, SSAValue

_NSW = arith.IntegerOverflowAttr([arith.IntegerOverflowFlag.NSW])
_DISTANCE = 96
"""How many ops may stand between the two loops."""
_COPIED = 60
"""A reader of at most so many ops is copied to several places."""
_NEW_ARRAYS = frozenset({luma.ArrayMakeOp, luma.ArrayFillOp, luma.ArrayReserveOp})


@dataclass(frozen=True)
class LumaFuseArraysPass(ModulePass):
    """Fuse loops that build arrays with the loops that read them."""

    name = "luma-fuse-arrays"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        types = None
        for function in bodies(op):
            if fuse_arrays(function):
                if types is None:
                    from luma_ir.passes.analysis.types import TypeTable

                    types = TypeTable(op)
                eliminate_dead_code(function)
                canonicalize(function, types)


def fuse_arrays(function: Operation) -> bool:
    """Fuse what can be fused in one function; True when something was. Dead values are left behind."""
    changed = False
    while True:
        readers = []
        pushes = False
        for op in walk(function):
            cls = type(op)
            pushes |= cls is luma.ArrayPushOp
            if cls in COUNTED and _array_read(op) is not None:
                readers.append(op)
        if not pushes or not readers:
            return changed
        addressed = addressed_arrays(function)
        # One at a time: a fusion makes other ops of those around it.
        if not any(_try(reader, addressed) for reader in readers):
            return changed
        count("arrays fused")
        changed = True


def _array_read(loop: Operation) -> SSAValue | None:
    """The array over whose indices a loop runs."""
    lower, upper, step = operands_of(loop)[:3]
    if int_constant(lower) != 0 or int_constant(step) != 1 or type(upper.owner) is not luma.ArrayLenOp:
        return None
    array = operands_of(upper.owner)[0]
    owner = array.owner
    return array if type(owner) in LOOPS and owner.parent is loop.parent else None


def _try(reader: Operation, addressed: Addressed) -> bool:
    array = _array_read(reader)
    assert array is not None
    if any(_is_use_elsewhere(op, reader) for op in users(array)):
        return False
    web = find_web(array)
    if web is None or not web.pushes:
        return False
    plan = _Plan(reader, array, web, addressed)
    if not plan.make():
        return False
    _Fusion(plan).run()
    return True


def _is_use_elsewhere(op: Operation, reader: Operation) -> bool:
    """Whether an op uses the array for more than its length, or an element of the reader's current index."""
    if type(op) is luma.ArrayLenOp:
        return False
    if type(op) is not luma.GetOp or not is_inside(op, reader):
        return True
    steps = op.properties["path"].get_values()  # pyright: ignore[reportAttributeAccessIssue]
    return steps[0] != luma.INDEX_STEP or operands_of(op)[1] is not reader.regions[0].block.args[0]


@define(eq=False)
class _Plan:
    """What is to be fused, and how: found before anything changes."""

    reader: Operation
    array: SSAValue
    web: Web
    addressed: Addressed
    between: list[Operation] = field(factory=list)
    lifted: list[Operation] = field(factory=list)
    """Ops between the loops that the reader needs, when it moves up to the producer."""
    reserves: list[Operation] = field(factory=list)
    """Ops that make room for as many elements as the array has."""
    at_reader: bool = False
    """Whether the fused loop stands where the reader does, rather than where the producer does."""
    is_exact: bool = False
    """Whether the producer adds one element in each iteration, so that its counter is the index."""
    edges: LoopEdges = field(factory=LoopEdges)

    @property
    def producer(self) -> Operation:
        """The loop that builds the array."""
        owner = self.array.owner
        assert not isinstance(owner, Block)
        return owner

    @property
    def leaves_early(self) -> bool:
        """Whether the reader may leave before the array's end."""
        return bool(self.edges.leaves) or self.edges.escapes

    def make(self) -> bool:
        """Find out whether the two loops may become one."""
        producer, reader = self.producer, self.reader
        between = ops_between(producer, reader, _DISTANCE)
        if between is None:
            return False
        self.between = between
        self.edges = loop_edges(reader)
        self.is_exact = self._adds_one_each_time()
        if len(self.web.pushes) > 1 and size_of(reader.regions[0].block) * len(self.web.pushes) > _COPIED:
            return False
        # Nothing but the array may come from the producer to the reader.
        if any(_uses_results(inner, producer, self.array) for inner in walk(reader)):
            return False
        if self.leaves_early and not self._may_leave():
            return False
        if not self._lengths_known_in_time():
            return False
        is_pure = self._is_pure(producer)
        if self._is_pure(reader) and not self.leaves_early and self._lift():
            return True
        self.lifted.clear()
        self.at_reader = True
        return is_pure and self._may_sink()

    def _adds_one_each_time(self) -> bool:
        producer = self.producer
        if type(producer) is not scf.ForOp or len(self.web.pushes) != 1:
            return False
        lower, _, step = operands_of(producer)[:3]
        if int_constant(lower) != 0 or int_constant(step) != 1 or lower.type != I64:
            return False
        return self.web.pushes[0].parent is producer.regions[0].block

    def _may_leave(self) -> bool:
        """Whether an early exit of the reader can become one of the producer."""
        producer = self.producer
        if type(producer) not in COUNTED:
            return False
        if any(has_uses(result) for result in producer.results if result is not self.array):
            return False
        return not any(type(op) is scf.WhileOp for op in (*self.web.flow.carried, *self.web.flow.yielded))

    def _lengths_known_in_time(self) -> bool:
        """Whether the length of the array is only needed where it will be known."""
        self.reserves = []
        following = {id(op) for op in self.between}
        for length in users(self.array):
            if type(length) is not luma.ArrayLenOp:
                continue
            for user, index in uses_of(length.results[0]):
                if type(user) is luma.ArrayReserveOp and index == 1 and id(user) in following:
                    self.reserves.append(user)
                    continue
                if self.is_exact or (user is self.reader and index == 1):
                    continue
                beside = _ancestor_beside(user, self.reader)
                if self.leaves_early or beside is self.reader or id(beside) in following:
                    return False
        return True

    def _is_pure(self, loop: Operation) -> bool:
        """Whether running a loop earlier or later, or less of it, cannot be told."""
        for op in walk(loop):
            cls = type(op)
            kind = effect_kind(cls)
            if kind == TERMINATOR:
                if isinstance(op, luma.ReturnOp | luma.PanicOp | luma.UnreachableOp):
                    return False
            elif kind == NESTED:
                if may_not_end(cls):
                    return False
            elif kind > LINEAR or (cls is luma.GetOp and self.addressed.may_change(op)):
                return False
        return not (type(loop) in LUMA_LOOPS and loop_edges(loop).escapes)

    def _lift(self) -> bool:
        """Find the ops between the loops that the reader needs; False when one of them must stay."""
        inside = {id(op): op for op in self.between}
        needed: set[int] = set()
        pending = [value for op in walk(self.reader) for value in operands_of(op)]
        while pending:
            owner = pending.pop().owner
            if id(owner) not in inside or id(owner) in needed:
                continue
            assert not isinstance(owner, Block)
            if type(owner) is luma.ArrayLenOp and operands_of(owner)[0] is self.array:
                continue
            if owner.regions or not (speculatable(owner) or type(owner) in _NEW_ARRAYS):
                return False
            if _uses_results(owner, self.producer, self.array):
                return False
            needed.add(id(owner))
            operands = operands_of(owner)
            pending.extend(operands[:1] if owner in self.reserves else operands)
        self.lifted = [op for op in self.between if id(op) in needed]
        return True

    def _may_sink(self) -> bool:
        """Whether the producer can run where the reader does: nothing between needs it or changes what it reads."""
        producer = self.producer
        managed = {
            id(value)
            for op in walk(producer)
            for value in operands_of(op)
            if not is_scalar(value.type) and defined_outside(value, producer)
        }
        for op in self.between:
            if _uses_results(op, producer, self.array):
                return False
            if type(op) in (luma.ArrayLenOp, luma.GetOp):
                continue
            for inner in walk(op):
                if any(id(value) in managed for value in operands_of(inner)):
                    return False  # It would be shared there, and copied.
        return True


def _uses_results(op: Operation, producer: Operation, array: SSAValue) -> bool:
    """Whether an op itself uses another result of the producer than the array."""
    return any(value is not array and value.owner is producer for value in operands_of(op))


def _ancestor_beside(op: Operation, sibling: Operation) -> Operation | None:
    """The op around `op`, or `op` itself, that stands in the same block as `sibling`."""
    current: Operation | None = op
    while current is not None and current.parent is not sibling.parent:
        current = current.parent_op()
    return current


class _Fusion:
    """The rewriting of what a plan says."""

    def __init__(self, plan: _Plan):
        self.plan = plan
        self.web = plan.web
        self.reader = plan.reader
        self.body = plan.reader.regions[0].block
        self.producer = plan.producer
        self.has_counter = False
        self.one: SSAValue | None = None
        self.new: dict[int, tuple[SSAValue, ...]] = {}
        """What is carried at the point where the array has a value: the index if needed, then the reader's values."""
        self.is_plain = not (plan.edges.leaves or plan.edges.escapes) and (
            len(plan.edges.repeats) == 1 and plan.edges.repeats[0][0] is self.body.last_op
        )

    def run(self) -> None:
        """Fuse the two loops."""
        plan, reader = self.plan, self.reader
        for op in plan.lifted:
            detach(op)
            insert_before(self.producer, op)
        if plan.at_reader:
            detach(self.producer)
            insert_before(reader, self.producer)
        self._name_element()
        self._settle_lengths()
        array = self._allow_exits() if plan.leaves_early else plan.array
        inits = list(operands_of(reader)[3:])
        if self.has_counter:
            inits.insert(0, self._constant(0))
            self.one = self._constant(1)
        extended = self._extend_all(inits, array)
        for push in self.web.pushes:
            self._values(push.results[0])
        self._complete(extended)
        final = list(extended[self.producer].results)
        if self.has_counter:
            total = final.pop(0)
            for length in [op for op in users(self._array_of(extended)) if type(op) is luma.ArrayLenOp]:
                replace_uses(length.results[0], total)
        for result, value in zip(reader.results, final, strict=True):
            replace_uses(result, value)
        erase(reader)
        for length in [op for op in users(self._array_of(extended)) if type(op) is luma.ArrayLenOp]:
            if not has_uses(length.results[0]):
                erase(length)
        for push in self.web.pushes:
            replace_op(push, [operands_of(push)[0]])

    def _array_of(self, extended: dict[Operation, Extended]) -> SSAValue:
        number = self.web.flow.yielded.get(self.producer, self.web.flow.carried.get(self.producer, 0))
        return extended[self.producer].op.results[number]

    def _constant(self, number: int) -> SSAValue:
        attribute = int_attr(number, I64)
        op = make(arith.ConstantOp, (), (I64,), {"value": attribute}, location=self.reader.location)
        return insert_before(self.producer, op).results[0]

    def _name_element(self) -> None:
        """Let the body of the reader take the element as an argument instead of reading it."""
        array = self.plan.array
        element_type = array.type.element  # pyright: ignore[reportAttributeAccessIssue]
        element = add_block_arg(self.body, element_type, self.reader.location)
        for op in [op for op in users(array) if type(op) is luma.GetOp]:
            steps = list(op.properties["path"].get_values())[1:]  # pyright: ignore[reportAttributeAccessIssue]
            if not steps:
                replace_op(op, [element])
                continue
            operands = [element, *operands_of(op)[2:]]
            types = [op.results[0].type]
            part = make(luma.GetOp, operands, types, {"path": dense_i64(steps)}, location=op.location)
            insert_before(op, part)
            replace_op(op, part.results)

    def _settle_lengths(self) -> None:
        """Let what needs the length of the array have it from the count of the iterations, or of the pushes."""
        plan = self.plan
        lengths = [op for op in users(plan.array) if type(op) is luma.ArrayLenOp]
        if plan.is_exact:
            upper = operands_of(self.producer)[1]
            known = int_constant(upper)
            if type(upper.owner) is not luma.ArrayLenOp and (known is None or known < 0):
                zero = self._constant(0)
                most = make(arith.MaxSIOp, (upper, zero), (I64,), location=self.producer.location)
                upper = insert_before(self.producer, most).results[0]
            for length in lengths:
                replace_op(length, [upper])
            return
        for reserve in plan.reserves:
            replace_op(reserve, [operands_of(reserve)[0]])
        used = any(user is not self.reader for length in lengths for user in users(length.results[0]))
        self.has_counter = used or has_uses(self.body.args[0])

    def _allow_exits(self) -> SSAValue:
        """Make the ops around the pushes such that a body may leave early; the array's new value."""
        number = self.plan.array.index  # pyright: ignore[reportAttributeAccessIssue]
        done: set[int] = set()
        for push in self.web.pushes:
            parent = push.parent_op()
            while parent is not None and id(parent) not in done:
                is_producer = parent is self.producer
                new = with_exits(parent)
                done.add(id(new))
                if is_producer:
                    self.producer = new
                    break
                parent = new.parent_op()
        web = find_web(self.producer.results[number])
        assert web is not None
        self.web = web
        return self.producer.results[number]

    def _extend_all(self, inits: list[SSAValue], array: SSAValue) -> dict[Operation, Extended]:
        """Carry the reader's values wherever the array goes; inner loops begin with stand-ins for now."""
        flow = self.web.flow
        types = [value.type for value in inits]
        extended: dict[Operation, Extended] = {}
        for op in {**flow.carried, **flow.yielded}:
            extended[op] = extend(op, inits if op in flow.carried else (), types if op in flow.yielded else ())
        for op, made in extended.items():
            slot, result = flow.carried.get(op), flow.yielded.get(op)
            if slot is not None:
                counted = type(op) in COUNTED
                self.new[id(made.op.regions[0].block.args[slot + (1 if counted else 0)])] = made.arguments
                if counted:
                    result = slot
            if result is not None:
                self.new[id(made.op.results[result])] = made.results
                if type(op) is scf.WhileOp:
                    self.new[id(made.op.regions[1].block.args[result])] = made.inner
        self.inits = tuple(inits)
        self.target = extended[self.producer].op
        return extended

    def _values(self, value: SSAValue) -> tuple[SSAValue, ...]:
        """What is carried where the array is `value`."""
        found = self.new.get(id(value))
        if found is None:
            op = value.owner
            if type(op) is luma.ArrayPushOp:
                found = self._inline(op, self._values(operands_of(op)[0]))
            else:
                found = self.inits
            self.new[id(value)] = found
        return found

    def _complete(self, extended: dict[Operation, Extended]) -> None:
        """Give terminators and inner loops the values of the new slots."""
        flow = self.web.flow
        for op, made in extended.items():
            slot, result = flow.carried.get(op), flow.yielded.get(op)
            if type(op) not in LOOPS:
                assert result is not None
                for end in region_yields(made.op):
                    add_operands(end, self._values(operands_of(end)[result]))
                continue
            edges = flow.edges_of(op)
            if slot is not None:
                for end, first in edges.repeats:
                    add_operands(end, self._values(operands_of(end)[first + slot]))
                if op is not self.producer:
                    operands = operands_of(made.op)
                    init = operands[first_slot_operand(op) + slot]
                    kept = operands[: len(operands) - len(self.inits)]
                    set_operands(made.op, [*kept, *self._values(init)])
            place = slot if type(op) in COUNTED else result
            if place is not None:
                for end, first in edges.leaves:
                    add_operands(end, self._values(operands_of(end)[first + place]))

    # The body of the reader, at a push.

    def _inline(self, push: Operation, carried: tuple[SSAValue, ...]) -> tuple[SSAValue, ...]:
        """Put the reader's body before a push; what is carried behind it."""
        counter: SSAValue | None = None
        if self.has_counter:
            counter, *rest = carried
        else:
            rest = list(carried)
        index = counter
        if self.plan.is_exact:
            index = self.target.regions[0].block.args[0]
        arguments = list(self.body.args)
        element = arguments.pop()
        values: dict[SSAValue, SSAValue] = dict(zip(arguments[1:], rest, strict=True))
        values[element] = operands_of(push)[1]
        if index is not None:
            values[arguments[0]] = index
        if self.is_plain:
            results = self._inline_plain(push, values)
        else:
            results = self._inline_as_loop(push, values, carried)
        if counter is None:
            return tuple(results)
        assert self.one is not None
        flags: dict[str, Attribute] = {"overflowFlags": _NSW}
        following = make(arith.AddiOp, (counter, self.one), (I64,), flags, location=push.location)
        return (insert_before(push, following).results[0], *results)

    def _inline_plain(self, push: Operation, values: dict[SSAValue, SSAValue]) -> list[SSAValue]:
        last = self.body.last_op
        assert last is not None
        for op in block_ops(self.body):
            if op is last:
                break
            insert_before(push, clone_op(op, values))
        return [values.get(value, value) for value in operands_of(last)]

    def _inline_as_loop(
        self, push: Operation, values: dict[SSAValue, SSAValue], carried: tuple[SSAValue, ...]
    ) -> list[SSAValue]:
        """The body as a loop that runs once: what went on with the next element leaves it."""
        region = new_region()
        types = [result.type for result in self.reader.results]
        clone_region_into(self.reader.regions[0], region, None)
        block = region.block
        for old, argument in zip(self.body.args, list(block.args), strict=True):
            if old in values:
                replace_uses(argument, values[old])
            erase_block_arg(argument)
        loop = make(luma.LoopOp, (), types, regions=(region,), location=self.reader.location)
        insert_before(push, loop)
        outer = 0
        parent = loop.parent_op()
        while parent is not None and parent is not self.target:
            outer += type(parent) in LUMA_LOOPS
            parent = parent.parent_op()
        self._redirect_exits(block, outer, carried)
        return list(loop.results)

    def _redirect_exits(self, body: Block, outer: int, carried: tuple[SSAValue, ...]) -> None:
        """Let exits leave what they left before; `outer` loops stand between the body and the fused loop."""
        pending: list[tuple[Block, int]] = [(body, 0)]
        while pending:
            block, depth = pending.pop()
            last = block.last_op
            if isinstance(last, luma.ContinueOp | luma.BreakOp):
                if last.loop_depth > depth:
                    last.properties["depth"] = int_attr(last.loop_depth + outer + 1, I64)
                elif last.loop_depth == depth:
                    values = list(operands_of(last))
                    reach = depth
                    if type(last) is luma.BreakOp:
                        reach = depth + outer + 1
                        slots = len(self.target.results) - len(carried)
                        kept = list(self.target.regions[0].block.args[1 : 1 + slots])
                        values = [*kept, *carried[: len(carried) - len(values)], *values]
                    properties: dict[str, Attribute] = {"depth": int_attr(reach, I64)} if reach else {}
                    location = last.location
                    erase(last)
                    append(block, make(luma.BreakOp, values, (), properties, location=location))
            for op in block_ops(block):
                if type(op) is luma.IfOp:
                    pending.extend((region.block, depth) for region in op.regions)
                elif type(op) in LUMA_LOOPS:
                    pending.append((op.regions[0].block, depth + 1))
