"""
Split structs, tuples and enums that control flow carries into their fields.

Before: %r = luma.loop (%it = %made : !luma.struct<@Iter>) -> ... { %i = luma.get %it[0]  ...  luma.continue %changed }
After:  %r = luma.loop (%i = %start : i64, %end = %n : i64) -> ... { ...  luma.continue %next, %end : i64, i64 }
Expects: verified IR without generics, best after inlining. Leaves: values that are used as a whole, enums that contain
themselves, values with many fields.

An enum becomes the number of its variant (one bit where there are two) and the fields of all variants, undefined for
those that it is not of. So the `Option` that an inlined `next()` results in is a condition and a number, and the loop
around it gets the shape of one written by hand. Fields that no iteration changes leave the loop at the next
canonicalization, closures among them, whose calls are direct then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from attrs import define, field
from xdsl.dialects import arith
from xdsl.ir import Block, BlockArgument
from xdsl.passes import ModulePass

from luma_ir.dialects import luma
from luma_ir.dialects.luma.layouts import STRING, nominal_name
from luma_ir.ir.fast import (
    erase,
    insert_after,
    insert_before,
    make,
    operands_of,
    prepend,
    replace_op,
    replace_uses,
    set_operand,
    set_operands,
    uses_of,
    walk,
)
from luma_ir.ir.intern import I1, I32, I64, dense_i64, int_attr
from luma_ir.ir.pass_manager import count
from luma_ir.passes.analysis.control import (
    COUNTED,
    LOOPS,
    STRUCTURED,
    first_slot_operand,
    region_yields,
    slot_arguments,
)
from luma_ir.passes.analysis.types import TypeTable
from luma_ir.passes.luma._slots import Extended, add_operands, extend
from luma_ir.passes.luma._value_flow import Flow, flow_targets
from luma_ir.passes.luma.canonicalize import canonicalize
from luma_ir.passes.luma.dce import eliminate_dead_code
from luma_ir.passes.rewriting import bodies, is_inside

if TYPE_CHECKING:
    from xdsl.context import Context
    from xdsl.dialects.builtin import ModuleOp
    from xdsl.ir import Attribute, Operation, SSAValue

_AGGREGATES = (luma.StructType, luma.TupleType, luma.EnumType)
_PARTS = 16
"""Values with more fields are left alone."""
_VALUES = 64
"""Values that flow through more slots and updates are left alone."""
_ROUNDS = 32
"""At most so many values of one function are split."""


@dataclass(frozen=True)
class LumaScalarizePass(ModulePass):
    """Split structs, tuples and enums that control flow carries."""

    name = "luma-scalarize"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        types: TypeTable | None = None
        for function in bodies(op):
            if any(True for _ in _seeds(function)):
                if types is None:
                    types = TypeTable(op)
                scalarize_and_simplify(function, types)


def scalarize_and_simplify(function: Operation, types: TypeTable) -> bool:
    """Split what can be split, and bring the function to its simplest form; True when something was split."""
    if not scalarize(function, types):
        return False
    canonicalize(function, types)
    # Loops that became one carry some values twice, which keeps them from being seen to count.
    if eliminate_dead_code(function):
        canonicalize(function, types)
    return True


def scalarize(function: Operation, types: TypeTable) -> bool:
    """Split what can be split in one function; True when something was."""
    changed = False
    tried: dict[Attribute, tuple[Attribute, ...] | None] = {}
    for _ in range(_ROUNDS):
        split = False
        for seed in _seeds(function):
            if seed.type not in tried:
                tried[seed.type] = _parts(seed.type, types)
            parts = tried[seed.type]
            if parts is None:
                continue
            sizes: tuple[int, ...] = ()
            if isinstance(seed.type, luma.EnumType):
                sizes = tuple(map(len, types.definitions.payload_types(seed.type)))
            web = _Web(seed.type, parts, sizes)
            if web.collect(seed) and web.is_worth_it(types):
                _Splitting(web, function).run()
                count("values split")
                split = True
                break
        if not split:
            return changed
        # What is left of the old value would count as a use of its fields.
        eliminate_dead_code(function)
        changed = True
    return changed


def _seeds(function: Operation) -> list[SSAValue]:
    """The values of aggregate types that loops carry and ifs result in."""
    found: list[SSAValue] = []
    for op in walk(function):
        cls = type(op)
        if cls in STRUCTURED:
            found.extend(result for result in op.results if type(result.type) in _AGGREGATES)
            if cls in LOOPS:
                found.extend(arg for arg in slot_arguments(op) if type(arg.type) in _AGGREGATES)
    return found


def _parts(type: Attribute, types: TypeTable) -> tuple[Attribute, ...] | None:
    """The types of what a value is split into; None for values that stay whole."""
    definitions = types.definitions
    try:
        if definitions.is_recursive(type):
            return None
        if not isinstance(type, luma.EnumType):
            fields = definitions.field_types(type)
            return fields if 0 < len(fields) <= _PARTS else None
        payloads = definitions.payload_types(type)
    except KeyError:
        return None
    fields = tuple([each for payload in payloads for each in payload])
    if len(fields) > _PARTS or not all(_has_default(each, types) for each in fields):
        return None
    return (I1 if len(payloads) == 2 else I32, *fields)


def _has_default(type: Attribute, types: TypeTable) -> bool:
    """Whether `luma.undef` of a type is cheap and owns nothing."""
    if isinstance(type, luma.ClosureType | luma.AnyType | luma.FixedType):
        return False
    if isinstance(type, _AGGREGATES):
        definitions = types.definitions
        return not definitions.is_recursive(type) and all(_has_default(each, types) for each in definitions.parts(type))
    return True


def _first_step(op: Operation) -> int:
    return op.properties["path"].get_values()[0]  # pyright: ignore[reportAttributeAccessIssue]


_CHANGES = frozenset({luma.SetOp, luma.PutOp})
_ENUM_READS = frozenset({luma.EnumIsOp, luma.EnumTagOp, luma.EnumGetOp})
_MAKES = frozenset({luma.StructMakeOp, luma.TupleMakeOp, luma.EnumMakeOp, luma.UndefOp})


def _is_change(value: SSAValue) -> bool:
    """Whether a value is another one with a part changed, or taken out."""
    owner = value.owner
    return type(owner) in _CHANGES or (type(owner) is luma.TakeOp and value is owner.results[1])


def _twin(value: SSAValue) -> SSAValue | None:
    """The result that belongs to a slot of a counted loop, or the slot of a result; None for other values."""
    owner = value.owner
    if isinstance(value, BlockArgument):
        loop = value.block.parent_op()
        return loop.results[value.index - 1] if loop is not None and type(loop) in COUNTED and value.index else None
    return slot_arguments(owner)[value.index] if type(owner) in COUNTED else None  # pyright: ignore


def _changes_array(value: SSAValue) -> bool:
    """Whether a value is another one with an array, or a text, taken out or put in."""
    if not _is_change(value):
        return False
    op = value.owner
    part = op.results[0].type if type(op) is luma.TakeOp else operands_of(op)[-1].type  # pyright: ignore
    return isinstance(part, luma.ArrayType) or (isinstance(part, luma.StructType) and nominal_name(part) == STRING)


@define(eq=False)
class _Web:
    """The values that one carried value becomes, with all of their uses."""

    type: Attribute
    parts: tuple[Attribute, ...]
    sizes: tuple[int, ...] = ()
    """How many fields each variant of an enum has."""
    flow: Flow = field(factory=Flow)
    values: dict[int, SSAValue] = field(factory=dict)
    borders: dict[int, SSAValue] = field(factory=dict)
    """Where values come from: makes, and values that are made elsewhere."""
    reads: list[Operation] = field(factory=list)
    """Reads of fields, of variants and of their numbers."""
    others: list[tuple[Operation, int]] = field(factory=list)
    """Uses of the whole value."""

    def collect(self, seed: SSAValue) -> bool:
        """Find the values and uses; False when there are too many."""
        pending = [seed]
        while pending:
            value = pending.pop()
            if id(value) in self.values:
                continue
            self.values[id(value)] = value
            if len(self.values) > _VALUES:
                return False
            sources = self.flow.sources(value)
            if sources is None:
                sources = [operands_of(value.owner)[0]]  # pyright: ignore[reportArgumentType]
            twin = _twin(value)
            if twin is not None:
                pending.append(twin)
            for source in sources:
                if self._is_member(source):
                    pending.append(source)
                else:
                    self.borders[id(source)] = source
            for op, index in uses_of(value):
                targets = flow_targets(op, index)
                if targets is not None:
                    pending.extend(targets)
                    continue
                cls = type(op)
                if cls in _ENUM_READS:
                    self.reads.append(op)
                elif index or cls not in (luma.GetOp, luma.SetOp, luma.PutOp, luma.TakeOp):
                    self.others.append((op, index))
                elif _first_step(op) == luma.INDEX_STEP:
                    return False
                elif cls is luma.GetOp:
                    self.reads.append(op)
                else:
                    pending.append(op.results[-1])
        return self.flow.is_single

    def _is_member(self, value: SSAValue) -> bool:
        owner = value.owner
        if isinstance(value, BlockArgument):
            loop = value.block.parent_op()
            return loop is not None and type(loop) in LOOPS
        return type(owner) in STRUCTURED or _is_change(value)

    def is_worth_it(self, types: TypeTable) -> bool:
        """Whether splitting saves something, and makes no array shared that was not."""
        if not self.reads:
            return False
        loops = list(self.flow.carried)
        plain = [value for value in self.borders.values() if type(value.owner) not in _MAKES]
        if isinstance(self.type, luma.EnumType):
            return not self.others and not plain
        if not types.is_counted(self.type):
            return len(self.others) <= len(self.reads)
        if any(_changes_array(value) for value in self.values.values()):
            return False  # Between its take and put an array has one owner only while it is part of one value.
        if any(is_inside(op, loop) for op, _ in self.others for loop in loops):
            return False
        for value in self.borders.values():
            owner = value.owner
            inner = owner.parent_op() if isinstance(owner, Block) else owner
            if value in plain:
                if any(is_inside(inner, loop) for loop in loops):
                    return False
            elif not all(self._feeds(op, index) for op, index in uses_of(value)):
                return False
        return True

    def _feeds(self, op: Operation, index: int) -> bool:
        if type(op) in _CHANGES or type(op) is luma.TakeOp:
            return index == 0 and id(op.results[-1]) in self.values
        targets = flow_targets(op, index)
        return type(op) is luma.GetOp or (targets is not None and all(id(each) in self.values for each in targets))


class _Splitting:
    """The rewriting of one web."""

    def __init__(self, web: _Web, function: Operation):
        self.web = web
        self.function = function
        self.known: dict[int, tuple[SSAValue, ...]] = {}
        self.kept: list[SSAValue] = []

    def run(self) -> None:
        """Split the values of the web; what is left of the old ones has no use."""
        flow = self.web.flow
        entry = self.function.regions[0].block
        stand_ins = [
            prepend(entry, make(luma.UndefOp, (), (part,), location=self.function.location)) for part in self.web.parts
        ]
        inits = [op.results[0] for op in stand_ins]
        extended = {
            op: extend(op, inits if op in flow.carried else (), self.web.parts if op in flow.yielded else ())
            for op in {**flow.carried, **flow.yielded}
        }
        for op, made in extended.items():
            self._register(op, made)
        for op, made in extended.items():
            self._complete(op, made)
        for op in self.web.reads:
            replace_op(op, [self._read(op)])
        for op, index in self.web.others:
            fields = self._of(operands_of(op)[index])
            cls = luma.TupleMakeOp if isinstance(self.web.type, luma.TupleType) else luma.StructMakeOp
            whole = insert_before(op, make(cls, fields, (self.web.type,), location=op.location))
            set_operand(op, index, whole.results[0])
        for op in stand_ins:
            erase(op)

    def _register(self, op: Operation, made: Extended) -> None:
        flow = self.web.flow
        slot, result = flow.carried.get(op), flow.yielded.get(op)
        if slot is not None:
            self._know(slot_arguments(made.op)[slot], made.arguments)
            if type(op) in COUNTED:
                result = slot
        if result is not None:
            self._know(made.op.results[result], made.results)
            if made.inner:
                self._know(made.op.regions[1].block.args[result], made.inner)

    def _know(self, value: SSAValue, parts: tuple[SSAValue, ...]) -> None:
        self.known[id(value)] = parts
        self.kept.append(value)

    def _complete(self, op: Operation, made: Extended) -> None:
        """Give terminators and initial values the parts of what they hand on."""
        flow = self.web.flow
        slot, result = flow.carried.get(op), flow.yielded.get(op)
        if type(op) not in LOOPS:
            assert result is not None
            for end in region_yields(made.op):
                add_operands(end, self._of(operands_of(end)[result]))
            return
        edges = flow.edges_of(op)
        if slot is not None:
            for end, first in edges.repeats:
                add_operands(end, self._of(operands_of(end)[first + slot]))
            operands = operands_of(made.op)
            kept = operands[: len(operands) - len(self.web.parts)]
            set_operands(made.op, [*kept, *self._of(operands[first_slot_operand(op) + slot])])
        place = slot if type(op) in COUNTED else result
        if place is not None:
            for end, first in edges.leaves:
                add_operands(end, self._of(operands_of(end)[first + place]))

    # The parts of a value.

    def _of(self, value: SSAValue) -> tuple[SSAValue, ...]:
        found = self.known.get(id(value))
        if found is None:
            # Updates of updates are followed without recursion.
            chain = [value]
            while id(value) not in self.known and _is_change(value):
                value = operands_of(value.owner)[0]  # pyright: ignore[reportArgumentType]
                chain.append(value)
            for each in reversed(chain):
                if id(each) not in self.known:
                    self._know(each, self._find(each))
            found = self.known[id(chain[0])]
        return found

    def _find(self, value: SSAValue) -> tuple[SSAValue, ...]:
        op = value.owner
        cls = type(op)
        if _is_change(value):
            return self._changed(op) if cls in _CHANGES else self._taken(op)  # pyright: ignore[reportArgumentType]
        if cls in (luma.StructMakeOp, luma.TupleMakeOp):
            return tuple(operands_of(op))  # pyright: ignore[reportArgumentType]
        if cls is luma.EnumMakeOp:
            return self._variant(op)  # pyright: ignore[reportArgumentType]
        return self._apart(value)

    def _path(self, op: Operation) -> tuple[int, list[int], list[SSAValue]]:
        """The number of the part that a place op names first, the path into it, and the indices of that."""
        steps = [int(step) for step in op.properties["path"].get_values()]  # pyright: ignore
        number = sum(step == luma.INDEX_STEP for step in steps)
        return steps[0], steps[1:], list(operands_of(op)[1 : 1 + number])

    def _changed(self, op: Operation) -> tuple[SSAValue, ...]:
        """The parts after a set or put."""
        parts = list(self._of(operands_of(op)[0]))
        number, rest, indices = self._path(op)
        value = operands_of(op)[-1]
        if rest:
            part = parts[number]
            operands = [part, *indices, value]
            new = make(type(op), operands, (part.type,), {"path": dense_i64(rest)}, location=op.location)
            value = insert_before(op, new).results[0]
        parts[number] = value
        return tuple(parts)

    def _taken(self, op: Operation) -> tuple[SSAValue, ...]:
        """The parts of what a take leaves, which a put completes."""
        parts = list(self._of(operands_of(op)[0]))
        number, rest, indices = self._path(op)
        part = parts[number]
        value: SSAValue = part
        if rest:
            types = (op.results[0].type, part.type)
            new = make(luma.TakeOp, [part, *indices], types, {"path": dense_i64(rest)}, location=op.location)
            value, parts[number] = insert_before(op, new).results
        replace_uses(op.results[0], value)
        return tuple(parts)

    def _constant(self, number: int, type: Attribute, op: Operation) -> SSAValue:
        attribute = int_attr(number, type)  # pyright: ignore[reportArgumentType]
        return insert_before(
            op, make(arith.ConstantOp, (), (type,), {"value": attribute}, location=op.location)
        ).results[0]

    def _variant(self, op: Operation) -> tuple[SSAValue, ...]:
        """The number and the fields of an enum value that is made."""
        variant = op.properties["variant"].value.data  # pyright: ignore[reportAttributeAccessIssue]
        fields = operands_of(op)
        kind = self.web.parts[0]
        number = (-1 if variant == 0 else 0) if kind == I1 else variant
        parts: list[SSAValue] = [self._constant(number, kind, op)]
        start = self._first_field(variant)
        for place, part in enumerate(self.web.parts[1:]):
            if start <= place < start + len(fields):
                parts.append(fields[place - start])
            else:
                undefined = make(luma.UndefOp, (), (part,), location=op.location)
                parts.append(insert_before(op, undefined).results[0])
        return tuple(parts)

    def _apart(self, value: SSAValue) -> tuple[SSAValue, ...]:
        """The fields of a value that is made elsewhere, read where it is defined."""
        parts: list[SSAValue] = []
        owner = value.owner
        for number, part in enumerate(self.web.parts):
            if type(owner) is luma.UndefOp:
                op = make(luma.UndefOp, (), (part,), location=owner.location)  # pyright: ignore
            else:
                where = owner.location if not isinstance(owner, Block) else self.function.location
                op = make(luma.GetOp, (value,), (part,), {"path": dense_i64([number])}, location=where)
            if isinstance(owner, Block):
                prepend(owner, op)
            else:
                insert_after(owner, op)
            parts.append(op.results[0])
        return tuple(parts)

    def _first_field(self, variant: int) -> int:
        """The place of a variant's first field among those of all variants."""
        return sum(self.web.sizes[:variant])

    def _read(self, op: Operation) -> SSAValue:
        """What a read of a part amounts to."""
        cls = type(op)
        parts = self._of(operands_of(op)[0])
        if cls is luma.GetOp:
            number, rest, indices = self._path(op)
            if not rest:
                return parts[number]
            types = (op.results[0].type,)
            new = make(luma.GetOp, [parts[number], *indices], types, {"path": dense_i64(rest)}, location=op.location)
            return insert_before(op, new).results[0]
        kind = parts[0]
        if cls is luma.EnumGetOp:
            variant = op.properties["variant"].value.data  # pyright: ignore[reportAttributeAccessIssue]
            number = op.properties["field"].value.data  # pyright: ignore[reportAttributeAccessIssue]
            return parts[1 + self._first_field(variant) + number]
        if cls is luma.EnumTagOp:
            if kind.type != I1:
                return kind
            choices = [self._constant(number, I32, op) for number in (0, 1)]
            return insert_before(op, make(arith.SelectOp, (kind, *choices), (I32,), location=op.location)).results[0]
        asked = op.properties["variant"].value.data  # pyright: ignore[reportAttributeAccessIssue]
        if kind.type == I1:
            if asked == 0:
                return kind
            true = self._constant(-1, I1, op)
            return insert_before(op, make(arith.XOrIOp, (kind, true), (I1,), location=op.location)).results[0]
        operands = (kind, self._constant(asked, I32, op))
        properties: dict[str, Attribute] = {"predicate": int_attr(0, I64)}
        return insert_before(op, make(arith.CmpiOp, operands, (I1,), properties, location=op.location)).results[0]
