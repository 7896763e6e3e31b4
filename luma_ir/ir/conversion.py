"""
The one-walk conversion driver: a table from op class to function, fresh blocks, one visit to each op.

Every block of the input is rebuilt once. An op that the table knows is handed to its function, which appends what
replaces it and notes the new values; any other op moves over with its operands renamed. Nested regions and blocks are a
list of tasks, not a recursion, so depth is no limit. Types are converted through a cache; where a converted op meets
one that stays (in a partial conversion), `builtin.unrealized_conversion_cast` bridges the two types.

In a complete conversion an op that is neither in the table nor legal is reported with its location.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define, field
from xdsl.dialects.builtin import UnrealizedConversionCastOp
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue

from luma_ir.ir.diagnostics import current_engine
from luma_ir.ir.fast import (
    append,
    append_block,
    detach,
    detach_block,
    erase,
    erase_block,
    has_uses,
    insert_block_after,
    make,
    move_ops,
    new_block,
    operands_of,
    region_blocks,
    set_name,
    set_operands,
    set_successors,
    successors_of,
    users,
)

if TYPE_CHECKING:
    from xdsl.dialects.builtin import LocationAttr, ModuleOp

OpT = TypeVar("OpT", bound=Operation)

TypeRule = Callable[[Any, "TypeConverter"], "Attribute | None"]
"""Converts a type of one class; None leaves it as it is."""
Handler = Callable[[Any, "Conversion"], "bool | None"]
"""
Converts one op: appends its replacement to the conversion and notes the new values. A handler that returns True has
ended the block: the ops that follow are unreachable or wait in a task (`Conversion.schedule_rest`).
"""
ConversionTable = Mapping[type[Operation], Handler]


class UnsupportedType(Exception):
    """Raised by a type rule for a type that nothing can stand for; the driver reports it at the op."""

    def __init__(self, type_: Attribute, remedy: str) -> None:
        super().__init__(str(type_))
        self.type = type_
        self.remedy = remedy


class TypeConverter:
    """Converts types by class, each type object once."""

    def __init__(self, rules: Mapping[type[Attribute], TypeRule]) -> None:
        self._rules = rules
        # Keyed by identity; the first part of each entry keeps its key alive.
        self._cache: dict[int, tuple[Attribute, Attribute]] = {}
        self._canonical: dict[Attribute, Attribute] = {}

    def convert(self, type_: Attribute) -> Attribute:
        """The type that stands for `type_` afterwards; the same object for equal types."""
        found = self._cache.get(id(type_))
        if found is not None:
            return found[1]
        rule = self._rules.get(type(type_))
        converted = None if rule is None else rule(type_, self)
        if converted is None:
            converted = type_
        converted = self._canonical.setdefault(converted, converted)
        self._cache[id(type_)] = (type_, converted)
        return converted

    def convert_all(self, types: Iterable[Attribute]) -> list[Attribute]:
        """Convert several types, one to one."""
        return [self.convert(type_) for type_ in types]


def block_types_kept(_block: Block) -> bool:
    """The default of `ConversionPlan.converts_block`: no block argument changes its type."""
    return False


@define(eq=False)
class ConversionPlan:
    """What a conversion does, made once a pass: its table, its types and what may stay."""

    table: ConversionTable
    types: TypeConverter
    is_legal: Callable[[Operation], bool] | None = None
    """Given for a complete conversion: tells whether an op that is not in the table may stay."""
    converts_block: Callable[[Block], bool] = block_types_kept
    """In a partial conversion: whether the arguments of a (old) block get converted types."""
    remedy: Callable[[Operation], str] | None = None
    """What to do about an op that must not stay, for the help of the error."""


@define(eq=False)
class Conversion:
    """One run over one module. Handlers append to `block` and set `values`; they never touch the old op."""

    module: ModuleOp
    plan: ConversionPlan
    types: TypeConverter = field(init=False)
    block: Block = field(factory=Block)
    """The block that is being filled; a handler that splits control flow sets another one."""
    values: dict[SSAValue, SSAValue] = field(factory=dict)
    """Old value -> new value. Values of ops that stay are not listed."""
    blocks: dict[Block, Block] = field(factory=dict)
    """Old block -> new block, for branches."""
    exits: dict[Any, Any] = field(factory=dict)
    """For handlers of structured control flow: where the ends of a region go, keyed by the structured op."""
    data: dict[str, Any] = field(factory=dict)
    """Whatever the handlers of a pass share in one run."""
    _tasks: list[tuple[Operation | None, Block, bool]] = field(factory=list)
    # First op to convert, block to fill, whether to forget both when nothing branches to the block by then.
    _garbage: list[Block] = field(factory=list)
    _kept: list[Operation] = field(factory=list)
    # The ops with results that have moved over.
    _legal: dict[type[Operation], bool] = field(factory=dict)
    _casts: list[UnrealizedConversionCastOp] = field(factory=list)
    _cast_results: dict[tuple[SSAValue, Attribute, Block], SSAValue] = field(factory=dict)
    failures: int = 0
    complete: bool = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.types = self.plan.types
        self.complete = self.plan.is_legal is not None

    # What handlers call.

    def operands(self, op: Operation) -> list[SSAValue]:
        """The new operands of an old op, with converted types."""
        values = self.values
        if self.complete:
            return [values.get(value, value) for value in operands_of(op)]
        return [self.value(value) for value in operands_of(op)]

    def value(self, old: SSAValue) -> SSAValue:
        """The new value for an old one, with the converted type (a cast is put in where it has another one)."""
        new = self.values.get(old, old)
        if self.complete:
            return new
        wanted = self.types.convert(old.type)
        return new if new.type is wanted or new.type == wanted else self.cast(new, wanted)

    def append(self, op: OpT) -> OpT:
        """Put a new op at the end of the block that is being filled."""
        return append(self.block, op)

    def make(
        self,
        cls: type[OpT],
        operands: Sequence[SSAValue] = (),
        result_types: Sequence[Attribute] = (),
        properties: dict[str, Attribute] | None = None,
        *,
        location: LocationAttr | None = None,
        attributes: dict[str, Attribute] | None = None,
        successors: Sequence[Block] = (),
        regions: Sequence[Region] = (),
    ) -> OpT:
        """Create an op (see `fast.make`) at the end of the block that is being filled."""
        return append(
            self.block,
            make(
                cls,
                operands,
                result_types,
                properties,
                attributes=attributes,
                regions=regions,
                successors=successors,
                location=location,
            ),
        )

    def define(self, old: SSAValue, new: SSAValue) -> None:
        """Note that `new` stands for `old` from here on; it takes over the old value's name."""
        self.values[old] = new
        name = old.name_hint
        if name is not None and new.name_hint is None:
            set_name(new, name)

    def cast(self, value: SSAValue, type_: Attribute) -> SSAValue:
        """`value` seen as `type_`: what it was cast from, when that has the type, else a new cast."""
        owner = value.owner
        if isinstance(owner, UnrealizedConversionCastOp) and len(owner.results) == 1:
            source = operands_of(owner)
            if len(source) == 1 and source[0].type == type_:
                return source[0]
        key = (value, type_, self.block)
        found = self._cast_results.get(key)
        if found is None:
            location = owner.location if isinstance(owner, Operation) else None
            op = self.make(UnrealizedConversionCastOp, (value,), (type_,), location=location)
            self._casts.append(op)
            found = self._cast_results[key] = op.results[0]
        return found

    def new_block_after(self, anchor: Block, arg_types: Sequence[Attribute] = ()) -> Block:
        """A new block that comes next after `anchor` in its region."""
        return insert_block_after(anchor, new_block(arg_types))

    def schedule(
        self, old: Block, new: Block, arguments: Sequence[SSAValue] | None = None, *, entry: bool = False
    ) -> None:
        """
        Have the ops of an old block converted into a new one, later.

        `arguments` are the new values of the old block's arguments; by default the new block's own. Where nothing has
        branched to `new` by then both go, unless it is an `entry`, which needs no branch.
        """
        values = self.values
        for arg, value in zip(old.args, new.args if arguments is None else arguments, strict=True):
            values[arg] = value
            if arg.name_hint is not None and value.name_hint is None:
                set_name(value, arg.name_hint)
        self._tasks.append((old.first_op, new, not entry))

    def schedule_rest(self, op: Operation, new: Block) -> None:
        """
        Have the ops after `op` in its block converted into `new`, after everything that is scheduled from here on.

        Where nothing has branched to `new` by then, those ops are unreachable: they go, and the block too.
        """
        self._tasks.append((op.next_op, new, True))

    def schedule_check(self, new: Block) -> None:
        """Have a finished block removed when nothing has branched to it after all that is scheduled from here on."""
        self._tasks.append((None, new, True))

    def schedule_region(self, source: Region, dest: Region, entry: Block | None = None) -> None:
        """
        Have the blocks of an old region converted into new ones at the end of `dest`; unreachable ones go.

        `entry` is the new entry block where the caller has made one (with converted arguments); it is appended too.
        """
        order = reachable_blocks(source)
        pairs = []
        kept = set(order)
        for old in region_blocks(source):
            if old not in kept:
                continue
            if entry is not None and not pairs:
                new = entry
            else:
                types = [arg.type for arg in old.args]
                if types and (self.complete or self.plan.converts_block(old)):
                    types = self.types.convert_all(types)
                new = new_block(types)
            append_block(dest, new)
            self.blocks[old] = new
            pairs.append((old, new))
        for old in reversed(order):
            self.schedule(old, self.blocks[old], entry=True)

    def fail(self, op: Operation, message: str, *, notes: Sequence[str] = (), remedy: str | None = None) -> None:
        """Report an error at an op; the conversion goes on, to report the next one too."""
        current_engine().error(
            None, message, location=op.location, notes=notes, helps=() if remedy is None else (remedy,)
        )
        self.failures += 1

    # The walk.

    def run(self) -> None:
        """
        Convert the module in place. Ops that could not be converted are reported to the current diagnostic engine
        and stay behind; `failures` counts them.
        """
        self._rebuild_regions(self.module)
        tasks = self._tasks
        table = self.plan.table
        complete = self.complete
        while tasks:
            op, self.block, droppable = tasks.pop()
            if droppable and not has_uses(self.block):
                erase_block(self.block)
                continue
            while op is not None:
                following = op.next_op
                handler = table.get(type(op))
                try:
                    if handler is None:
                        if complete:
                            self._check(op)
                        self.keep(op)
                    elif handler(op, self):
                        break
                except UnsupportedType as error:
                    self.fail(op, f"cannot convert `{op.name}` on type `{error.type}`", remedy=error.remedy)
                op = following
        self._sweep()

    def _rebuild_regions(self, op: Operation) -> None:
        for region in op.regions:
            order = reachable_blocks(region)
            if not order:
                continue
            kept = set(order)
            for old in list(region_blocks(region)):
                detach_block(old)
                self._garbage.append(old)
                if old not in kept:
                    continue
                types = [arg.type for arg in old.args]
                if types and self.plan.converts_block(old):
                    types = self.types.convert_all(types)
                self.blocks[old] = append_block(region, new_block(types))
            for old in reversed(order):
                self.schedule(old, self.blocks[old], entry=True)

    def _check(self, op: Operation) -> None:
        """In a complete conversion: report an op that must not stay."""
        cls = type(op)
        legal = self._legal.get(cls)
        if legal is None:
            assert self.plan.is_legal is not None
            legal = self._legal[cls] = self.plan.is_legal(op)
        if not legal:
            self._report_illegal(op)

    def keep(self, op: Operation) -> None:
        """Move an op over as it is, with its operands renamed and its regions rebuilt."""
        operands = operands_of(op)
        if operands:
            values = self.values
            renamed = []
            changed = False
            for old in operands:
                new = values.get(old)
                if new is None:
                    new = old
                else:
                    changed = True
                    if not self.complete and new.type is not old.type and new.type != old.type:
                        new = self.cast(new, old.type)
                renamed.append(new)
            if changed:
                set_operands(op, renamed)
        successors = successors_of(op)
        if successors:
            set_successors(op, [self.blocks.get(block, block) for block in successors])
        append(self.block, detach(op))
        if op.results:
            self._kept.append(op)
        if op.regions:
            self._rebuild_regions(op)

    def _report_illegal(self, op: Operation) -> None:
        remedy = self.plan.remedy(op) if self.plan.remedy is not None else None
        self.fail(op, f"cannot convert `{op.name}` to the `llvm` dialect", remedy=remedy)

    def _sweep(self) -> None:
        """Drop the old ops' uses of values that are still there, and the casts that nothing uses."""
        if self.complete:
            # All other values that old ops use are old themselves and go away together with them.
            for op in self._kept:
                for result in op.results:
                    for user in list(users(result)):
                        if not self._is_alive(user):
                            set_operands(user, ())
        else:
            scratch = Block()
            for block in self._garbage:
                move_ops(block, scratch)
            erase_block(scratch)
        for cast in reversed(self._casts):
            if all(result.first_use is None for result in cast.results):
                erase(cast)

    def _is_alive(self, op: Operation) -> bool:
        """Whether an op belongs to the module (an old one hangs in a block that was taken out of it)."""
        parent: Operation | None = op
        while parent is not None:
            if parent is self.module:
                return True
            parent = parent.parent_op()
        return False


def convert_unrealized_cast(op: Operation, state: Conversion) -> None:
    """Handler for `builtin.unrealized_conversion_cast`: forwards its operand where the types agree by now."""
    operands = operands_of(op)
    if len(operands) == 1 and len(op.results) == 1:
        source = state.values.get(operands[0], operands[0])
        wanted = op.results[0].type
        converted = state.types.convert(wanted)
        for type_ in (wanted, converted):
            if source.type == type_:
                state.values[op.results[0]] = source
                return
            owner = source.owner
            if isinstance(owner, UnrealizedConversionCastOp) and len(owner.results) == 1:
                inner = operands_of(owner)
                if len(inner) == 1 and inner[0].type == type_:
                    state.values[op.results[0]] = inner[0]
                    return
    if state.complete:
        state.fail(
            op,
            f"`{op.name}` from {', '.join(str(value.type) for value in state.operands(op))} to "
            f"{', '.join(str(result.type) for result in op.results)} remains",
            remedy="convert the ops that give and take the value with the same types",
        )
    state.keep(op)


def reachable_blocks(region: Region) -> list[Block]:
    """The blocks of a region that its entry reaches, each after those that dominate it (reverse postorder)."""
    first = region.first_block
    if first is None:
        return []
    if first.next_block is None:
        return [first]
    order: list[Block] = []
    seen = {first}
    stack = [(first, iter(_successors(first)))]
    while stack:
        block, successors = stack[-1]
        for successor in successors:
            if successor not in seen:
                seen.add(successor)
                stack.append((successor, iter(_successors(successor))))
                break
        else:
            order.append(block)
            stack.pop()
    order.reverse()
    return order


def _successors(block: Block) -> Sequence[Block]:
    last = block.last_op
    return () if last is None else successors_of(last)
