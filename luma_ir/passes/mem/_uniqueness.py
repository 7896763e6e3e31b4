"""
Which ops need a unique operand, and which values are known to be unique.

A fact is a path of field numbers from a value to an array in it that nobody else holds (or the empty path of a value in
a stack slot that nobody else reads): see `TypeTable.leaves`. "Unique" includes the empty buffer, which is never written
to. Once ownership is explicit, another holder of an array is always a visible `mem.dup`; so the facts of a value that
is dup'd, or part of which is, are void, and all others follow from where the value comes from: the greatest fixpoint
over the ways along which values flow, and over calls: a result is as unique as the callee returns it, a parameter of a
private function as all its callers pass it, and a borrowed argument stays unique unless the callee dups it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from attrs import define, field
from xdsl.dialects import scf
from xdsl.dialects.builtin import SymbolRefAttr

from luma_ir.dialects import luma, mem
from luma_ir.dialects.luma import INDEX_STEP
from luma_ir.ir.fast import operands_of, users, walk
from luma_ir.passes.mem._ownership import BORROW, OWN, operand_modes

if TYPE_CHECKING:
    from xdsl.ir import Attribute, Block, Operation, SSAValue

    from luma_ir.passes.mem._functions import FunctionTable
    from luma_ir.passes.mem._types import FieldPath

LOOPS = (luma.LoopOp, luma.ForOp, scf.ForOp, scf.WhileOp)

_MOVING: frozenset[type] = frozenset(
    {
        luma.StructMakeOp,
        luma.TupleMakeOp,
        luma.GetOp,
        luma.TakeOp,
        luma.SetOp,
        luma.PutOp,
        mem.MakeUniqueOp,
        mem.MakeUniqueAtOp,
    }
)
"""Ops whose results are as unique as their operands."""

_CHANGES_ARRAY = (
    luma.ArrayPushOp,
    luma.ArrayPopOp,
    luma.ArrayTruncateOp,
    luma.ArrayReserveOp,
    luma.ArrayAppendOp,
)


_UNKNOWN_CALLS = (luma.CallClosureOp, luma.AnyCallOp)
"""Calls of what is only known when the program runs: it may keep all that it gets."""


def requirements(op: Operation, table: FunctionTable) -> list[tuple[int, FieldPath]]:
    """The operands that an op needs to be unique, by number, and where in them."""
    if isinstance(op, _CHANGES_ARRAY):
        return [(0, ())]
    if isinstance(op, luma.SetOp | luma.TakeOp):
        path = first_array(op.root.type, op.steps, table)
        return [] if path is None else [(0, path)]
    if isinstance(op, LOOPS):
        # What a loop carries in a slot is written by each iteration.
        types = table.types
        return [(index, ()) for index, value in enumerate(operands_of(op)) if types.is_indirect(value.type)]
    if isinstance(op, luma.CallOp):
        callee = table.functions.get(op.callee.string_value())
        if callee is None:
            return []
        types = table.types
        return [
            (index, ()) for index in callee.inout_indices if types.is_indirect(callee.function_type.inputs.data[index])
        ]
    if isinstance(op, _UNKNOWN_CALLS):
        modes = operand_modes(op, table)
        return [
            (index, ())
            for index, (value, mode) in enumerate(zip(operands_of(op), modes, strict=True))
            if mode == OWN and table.types.is_indirect(value.type)
        ]
    return []


def first_array(root: Attribute, steps: tuple[int, ...], table: FunctionTable) -> FieldPath | None:
    """The fields that lead from a root to the first array that a path has an index into, None when there is none."""
    if table.types.is_indirect(root):
        return ()
    path: list[int] = []
    type_ = root
    for step in steps:
        if step == INDEX_STEP:
            return tuple(path)
        path.append(step)
        type_ = table.types.step(type_, step)
    return None


Facts = frozenset["FieldPath"]

_NOTHING: Facts = frozenset()
_ITSELF: Facts = frozenset([()])


def below(facts: Facts, steps: tuple[int, ...]) -> Facts:
    """The facts of the part that a path of fields leads to."""
    count = len(steps)
    return frozenset(path[count:] for path in facts if path[:count] == steps)


def without(facts: Facts, steps: tuple[int, ...]) -> Facts:
    """The facts that do not speak of a part."""
    count = len(steps)
    return frozenset(path for path in facts if path[:count] != steps)


def with_part(facts: Facts, steps: tuple[int, ...], part: Facts) -> Facts:
    """The facts of a value with another part."""
    return without(facts, steps) | {(*steps, *path) for path in part}


@define
class Summary:
    """What callers may know about a function."""

    results: list[Facts]
    parameters: list[Facts]
    """What holds for the arguments of every call."""
    escaping: frozenset[int] = frozenset()
    """The borrowed parameters whose arrays the function may keep."""


class _Queue:
    """Names in the order in which they were first asked for; one that waits already is not added again."""

    def __init__(self, names: Iterable[str]) -> None:
        self.waiting = set(names)
        self.names = deque(names)

    def add(self, names: Iterable[str]) -> None:
        """Put names at the end."""
        for name in names:
            if name not in self.waiting:
                self.waiting.add(name)
                self.names.append(name)

    def __iter__(self) -> Iterator[str]:
        while self.names:
            name = self.names.popleft()
            self.waiting.remove(name)
            yield name


class Uniqueness:
    """The facts of all functions of a module."""

    def __init__(self, table: FunctionTable) -> None:
        self.table = table
        self.summaries: dict[str, Summary] = {}
        functions = [function for function in table.bodies() if table.has_managed_values(function)]
        self.flows = {function.sym_name.data: Flow(function, self) for function in functions}
        callers: dict[str, list[str]] = {}
        for name, flow in self.flows.items():
            for callee in flow.callees:
                callers.setdefault(callee, []).append(name)
        self._find_escapes(callers)
        addressed = {name for flow in self.flows.values() for name in flow.addressed}
        for name in self.flows:
            function = table.functions[name]
            if name not in callers or name in addressed or function.link_name is not None or is_public(function):
                self.summary(name).parameters = [_NOTHING] * len(function.function_type.inputs.data)
        self._find_facts(callers)

    def facts(self, function: luma.FuncOp) -> dict[SSAValue, Facts]:
        """The facts of every managed value of a function; values that are not listed have none."""
        flow = self.flows.get(function.sym_name.data)
        return {} if flow is None else flow.solved()

    def update(self, function: luma.FuncOp) -> None:
        """Read a function anew after it was changed; callers keep what they know."""
        self.flows[function.sym_name.data] = Flow(function, self)

    def summary(self, name: str) -> Summary:
        """What is known about a function that is called."""
        found = self.summaries.get(name)
        if found is None:
            function = self.table.functions.get(name)
            leaves = self.table.types.leaves
            outputs = function.function_type.outputs.data if function is not None else ()
            inputs = function.function_type.inputs.data if function is not None else ()
            known = name in self.flows
            results = [leaves(type_) if known else _NOTHING for type_ in outputs]
            found = self.summaries[name] = Summary(results, [leaves(type_) for type_ in inputs])
        return found

    def _find_escapes(self, callers: dict[str, list[str]]) -> None:
        pending = _Queue(self.flows)
        for name in pending:
            summary = self.summary(name)
            escaping = self.flows[name].escaping()
            if escaping != summary.escaping:
                summary.escaping = escaping
                pending.add(callers.get(name, ()))

    def _find_facts(self, callers: dict[str, list[str]]) -> None:
        """Solve the functions until the results that callers see and the arguments that callees see agree."""
        pending = _Queue(self.flows)
        for name in pending:
            summary = self.summary(name)
            flow = self.flows[name]
            facts = flow.solution = flow.solve()
            pending.add(self._pass_arguments(flow, facts))
            results = [
                self._meet_returns(flow, index, facts, type_)
                for index, type_ in enumerate(flow.function.function_type.outputs.data)
            ]
            if results != summary.results:
                summary.results = results
                pending.add(callers.get(name, ()))

    def _pass_arguments(self, flow: Flow, facts: dict[SSAValue, Facts]) -> list[str]:
        """Note what the calls of a function pass; the callees that now know less."""
        changed = []
        for op in flow.calls:
            callee = op.callee.string_value()
            if callee not in self.flows:
                continue
            parameters = self.summary(callee).parameters
            met = [
                known & facts.get(value, _NOTHING) if known else known
                for known, value in zip(parameters, operands_of(op), strict=True)
            ]
            if met != parameters:
                self.summary(callee).parameters = met
                changed.append(callee)
        return changed

    def _meet_returns(self, flow: Flow, index: int, facts: dict[SSAValue, Facts], type_: Attribute) -> Facts:
        if self.table.types.is_indirect(type_):
            return _ITSELF
        met = self.table.types.leaves(type_)
        for op in flow.returns:
            met &= facts.get(operands_of(op)[index], _NOTHING)
        return met


@define
class Flow:
    """The ways along which the managed values of one function flow."""

    function: luma.FuncOp
    module: Uniqueness
    sources: dict[SSAValue, list[SSAValue]] = field(factory=dict)
    """Results of structured ops and arguments of their blocks -> where they come from."""
    definitions: list[Operation] = field(factory=list)
    moving: list[Operation] = field(factory=list)
    """The definitions whose facts follow from those of their operands."""
    steps: dict[Operation, tuple[int, ...]] = field(factory=dict)
    """The paths of ops on places."""
    dupped: list[SSAValue] = field(factory=list)
    calls: list[luma.CallOp] = field(factory=list)
    returns: list[Operation] = field(factory=list)
    callees: set[str] = field(factory=set)
    addressed: set[str] = field(factory=set)
    """Functions that become values."""
    kept: list[SSAValue] = field(factory=list)
    """What calls of unknown functions get."""
    has_loops: bool = False
    solution: dict[SSAValue, Facts] | None = None
    """The facts at the end, once all functions agree."""
    _lost: dict[SSAValue, Facts] | None = None
    _rules: _Rules | None = None

    def __attrs_post_init__(self) -> None:
        managed = self.module.table.types.is_managed
        for op in walk(self.function):
            kind = type(op)
            if kind is mem.DupOp:
                value = operands_of(op)[0]
                # The empty buffer is never written to, however many hold it.
                if not _is_empty_literal(value.owner):
                    self.dupped.append(value)
            elif kind is luma.CallOp:
                assert isinstance(op, luma.CallOp)
                self.calls.append(op)
                self.callees.add(op.callee.string_value())
            elif kind is luma.ReturnOp:
                self.returns.append(op)
            elif kind in _UNKNOWN_CALLS:
                self.kept += [value for value in operands_of(op) if managed(value.type)]
            elif kind is luma.ClosureOp or kind is luma.AnyMakeOp:
                self.addressed.update(_named_functions(op))
            if op.regions:
                self._structured(op)
            elif kind is luma.BreakOp or kind is luma.ContinueOp:
                assert isinstance(op, luma.BreakOp | luma.ContinueOp)
                self._exit(op)
            elif any(managed(result.type) for result in op.results):
                self.definitions.append(op)
                if kind in _MOVING:
                    self.moving.append(op)
                    if isinstance(op, luma.GetOp | luma.TakeOp | luma.SetOp | luma.PutOp):
                        self.steps[op] = op.steps

    def _flow(self, targets: Iterable[SSAValue], values: Iterable[SSAValue]) -> None:
        managed = self.module.table.types.is_managed
        for target, value in zip(targets, values, strict=True):
            if managed(target.type):
                self.sources.setdefault(target, []).append(value)

    def _structured(self, op: Operation) -> None:
        operands = operands_of(op)
        self.has_loops = self.has_loops or isinstance(op, LOOPS)
        if isinstance(op, luma.IfOp | scf.IfOp):
            for region in op.regions:
                last = region.block.last_op if region.blocks else None
                if isinstance(last, luma.YieldOp | scf.YieldOp):
                    self._flow(op.results, operands_of(last))
        elif isinstance(op, scf.ForOp | luma.ForOp):
            carried = op.body.block.args[1:]
            self._flow(carried, operands[3:])
            self._flow(op.results, carried)
            last = op.body.block.last_op
            if isinstance(last, scf.YieldOp):
                self._flow(carried, operands_of(last))
        elif isinstance(op, luma.LoopOp):
            self._flow(op.body.block.args, operands)
        elif isinstance(op, scf.WhileOp):
            before, after = op.before_region.block, op.after_region.block
            self._flow(before.args, operands)
            assert before.last_op is not None and after.last_op is not None
            passed = operands_of(before.last_op)[1:]
            self._flow(after.args, passed)
            self._flow(op.results, passed)
            self._flow(before.args, operands_of(after.last_op))

    def _exit(self, op: luma.BreakOp | luma.ContinueOp) -> None:
        target = op.target_loop()
        assert isinstance(target, luma.LoopOp | luma.ForOp)
        if isinstance(op, luma.BreakOp):
            self._flow(target.results, operands_of(op))
        else:
            block = target.body.block
            self._flow(block.args[1:] if isinstance(target, luma.ForOp) else block.args, operands_of(op))

    # Other holders.

    def lost(self) -> dict[SSAValue, Facts]:
        """The facts that are void because something is held by others: of what is dup'd, and of what it is part of."""
        if self._lost is not None:
            return self._lost
        found: dict[SSAValue, Facts] = {}
        leaves = self.module.table.types.leaves
        for value in (*self.dupped, *self.kept):
            _lose(found, value, leaves(value.type))
        for op in self.calls:
            summary = self.module.summary(op.callee.string_value())
            for index in summary.escaping:
                value = operands_of(op)[index]
                _lose(found, value, leaves(value.type))
        self._lost = found
        return found

    def escaping(self) -> frozenset[int]:
        """The borrowed parameters of which something inline may be kept by others."""
        found: set[int] = set()
        parameters = set(self.function.body.block.args)
        modes = self.module.table.modes(self.function.sym_name.data)
        kept = [*self.dupped, *self.kept]
        for op in self.calls:
            operands = operands_of(op)
            kept += [operands[index] for index in self.module.summary(op.callee.string_value()).escaping]
        for value in kept:
            source: SSAValue | None = value
            while source is not None:
                if source in parameters:
                    index = source.index  # pyright: ignore[reportAttributeAccessIssue]
                    if modes[index] == BORROW:
                        found.add(index)
                source = _inline_source(source)
        return frozenset(found)

    # The facts.

    def solved(self) -> dict[SSAValue, Facts]:
        """The facts of every value, without assumptions; not to be changed."""
        if self.solution is None:
            self.solution = self.solve()
        return self.solution

    def solve(self, assumed: Mapping[SSAValue, Facts] | None = None) -> dict[SSAValue, Facts]:
        """The greatest fixpoint. `assumed` facts hold whatever the sources say (unless they are void)."""
        leaves = self.module.table.types.leaves
        lost = self.lost()
        facts: dict[SSAValue, Facts] = {}
        for arg in self.function.body.block.args:
            facts[arg] = self._parameter(arg) - lost.get(arg, _NOTHING)
        for target in self.sources:
            facts[target] = leaves(target.type) - lost.get(target, _NOTHING)
        for op in self.definitions:
            for result in op.results:
                facts[result] = leaves(result.type) - lost.get(result, _NOTHING)
        for op in self.definitions:
            if type(op) not in _MOVING:
                for result, new in zip(op.results, self._results(op, facts), strict=True):
                    facts[result] = new - lost.get(result, _NOTHING)
        self._lower(facts, assumed or {}, range(len(self.rules.ways)))
        return facts

    @property
    def rules(self) -> _Rules:
        """How facts follow from each other, read from the function once."""
        if self._rules is None:
            self._rules = _Rules(self)
        return self._rules

    def assume_less(
        self, facts: dict[SSAValue, Facts], assumed: Mapping[SSAValue, Facts], changed: SSAValue
    ) -> dict[SSAValue, Facts]:
        """
        Bring a solution down to what holds under `assumed`, which assumes less of one value than was assumed for it.
        The result is what was known before of the values about which less is known now.
        """
        way = self.rules.of_target.get(changed)
        return {} if way is None else self._lower(facts, assumed, (way,))

    def _lower(
        self, facts: dict[SSAValue, Facts], assumed: Mapping[SSAValue, Facts], ways: Iterable[int]
    ) -> dict[SSAValue, Facts]:
        """Follow some ways, and those that depend on what changes; only from above, so the order does not matter."""
        rules = self.rules
        before: dict[SSAValue, Facts] = {}
        pending = deque(ways)
        waiting = bytearray(len(rules.ways))
        for way in pending:
            waiting[way] = 1
        while pending:
            way = pending.popleft()
            waiting[way] = 0
            source = rules.ways[way]
            if isinstance(source, tuple):
                target, values, known = source
                for value in values:
                    known &= facts.get(value, _NOTHING)
                if target in assumed:
                    known |= assumed[target]
                targets, found = (target,), (known,)
            else:
                targets, found = source.results, self._results(source, facts)
            for target, new in zip(targets, found, strict=True):
                old = facts[target]
                if not old <= new:
                    before.setdefault(target, old)
                    facts[target] = old & new
                    for user in rules.users.get(target, ()):
                        if not waiting[user]:
                            waiting[user] = 1
                            pending.append(user)
        return before

    def _parameter(self, arg: SSAValue) -> Facts:
        index = arg.index  # pyright: ignore[reportAttributeAccessIssue]
        if self.module.table.types.is_indirect(arg.type):
            # The caller hands over a slot of its own for an `inout` parameter, and keeps that of any other.
            return _ITSELF if index in self.function.inout_indices else _NOTHING
        name = self.function.sym_name.data
        if self.module.table.modes(name)[index] == BORROW:
            return _NOTHING
        return self.module.summary(name).parameters[index]

    def _results(self, op: Operation, facts: dict[SSAValue, Facts]) -> list[Facts]:
        types = self.module.table.types
        found = _transfer(op, facts, self)
        return [
            _ITSELF if types.is_indirect(result.type) and _has_slot(op, result) else given
            for result, given in zip(op.results, found, strict=True)
        ]


class _Rules:
    """
    The ways along which facts of one value follow from those of others.

    `ways` are ops that move values, and targets with their sources and all that can be known of them; `users` are the
    numbers of the ways that start at a value, `of_target` the way that ends at a value with several sources.
    """

    def __init__(self, flow: Flow) -> None:
        types = flow.module.table.types
        self.ways: list[Operation | tuple[SSAValue, list[SSAValue], Facts]] = list(flow.moving)
        self.users: dict[SSAValue, list[int]] = {}
        self.of_target: dict[SSAValue, int] = {}
        for number, op in enumerate(flow.moving):
            for value in operands_of(op):
                self.users.setdefault(value, []).append(number)
        for target, values in flow.sources.items():
            if types.is_indirect(target.type) and not isinstance(target.owner, luma.IfOp | scf.IfOp):
                continue  # a loop has a slot of its own for it
            number = self.of_target[target] = len(self.ways)
            self.ways.append((target, values, types.leaves(target.type)))
            for value in values:
                self.users.setdefault(value, []).append(number)


def _named_functions(op: Operation) -> list[str]:
    """The functions that an op makes a value of."""
    if isinstance(op, luma.ClosureOp):
        return [op.callee.string_value()]
    methods = op.methods.data.values() if isinstance(op, luma.AnyMakeOp) and op.methods is not None else ()
    return [name.root_reference.data for name in methods if isinstance(name, SymbolRefAttr)]


def is_public(function: luma.FuncOp) -> bool:
    """Whether a function may be called from outside of the module."""
    visibility = function.sym_visibility
    return visibility is None or visibility.data == "public"


def _has_slot(op: Operation, result: SSAValue) -> bool:
    """Whether a result of an indirect type is in a place that is nobody else's."""
    return type(op) is not luma.GetOp and type(op) is not luma.EnumGetOp


def _transfer(op: Operation, facts: dict[SSAValue, Facts], flow: Flow) -> list[Facts]:
    """The facts of the results of an op that is not structured."""
    rule = _RULES.get(type(op))
    if rule is not None:
        return rule(op, facts, flow)
    return [_NOTHING] * len(op.results)


def _fresh(op: Operation, _facts: dict[SSAValue, Facts], flow: Flow) -> list[Facts]:
    """A new array, or one that was unique already; what is popped off it may be shared."""
    leaves = flow.module.table.types.leaves
    return [leaves(op.results[0].type), *[_NOTHING] * (len(op.results) - 1)]


def _literal(op: Operation, _facts: dict[SSAValue, Facts], flow: Flow) -> list[Facts]:
    """Constants are shared with everybody, except for the empty one."""
    return [flow.module.table.types.leaves(op.results[0].type) if _is_empty_literal(op) else _NOTHING]


def _is_empty_literal(owner: Operation | Block) -> bool:
    if isinstance(owner, luma.ArrayLiteralOp):
        return not owner.values.data
    return isinstance(owner, luma.StringLiteralOp) and not owner.value.data


def _aggregate(op: Operation, facts: dict[SSAValue, Facts], _flow: Flow) -> list[Facts]:
    return [frozenset((number, *path) for number, value in enumerate(operands_of(op)) for path in facts.get(value, ()))]


def _make_unique(op: Operation, facts: dict[SSAValue, Facts], _flow: Flow) -> list[Facts]:
    assert isinstance(op, mem.MakeUniqueOp)
    return [facts.get(operands_of(op)[0], _NOTHING) | {op.steps}]


def _get(op: Operation, facts: dict[SSAValue, Facts], flow: Flow) -> list[Facts]:
    """Only what is moved out of a dying aggregate can be changed in place; so it is as unique as it was there."""
    if INDEX_STEP in flow.steps[op]:
        return [_NOTHING]
    return [below(facts.get(operands_of(op)[0], _NOTHING), flow.steps[op])]


def _take(op: Operation, facts: dict[SSAValue, Facts], flow: Flow) -> list[Facts]:
    root = facts.get(operands_of(op)[0], _NOTHING)
    if INDEX_STEP in flow.steps[op]:
        return [_NOTHING, root]
    return [below(root, flow.steps[op]), without(root, flow.steps[op])]


def _write(op: Operation, facts: dict[SSAValue, Facts], flow: Flow) -> list[Facts]:
    operands = operands_of(op)
    root = facts.get(operands[0], _NOTHING)
    if INDEX_STEP in flow.steps[op]:
        return [root]
    return [with_part(root, flow.steps[op], facts.get(operands[-1], _NOTHING))]


def _same(op: Operation, facts: dict[SSAValue, Facts], _flow: Flow) -> list[Facts]:
    return [facts.get(operands_of(op)[0], _NOTHING)]


def _call(op: Operation, _facts: dict[SSAValue, Facts], flow: Flow) -> list[Facts]:
    assert isinstance(op, luma.CallOp)
    return list(flow.module.summary(op.callee.string_value()).results)


_RULES = {
    luma.ArrayMakeOp: _fresh,
    luma.ArrayFillOp: _fresh,
    luma.ArraySliceOp: _fresh,
    luma.ArrayPushOp: _fresh,
    luma.ArrayPopOp: _fresh,
    luma.ArrayTruncateOp: _fresh,
    luma.ArrayReserveOp: _fresh,
    luma.ArrayAppendOp: _fresh,
    luma.UndefOp: _fresh,
    luma.ArrayLiteralOp: _literal,
    luma.StringLiteralOp: _literal,
    luma.StructMakeOp: _aggregate,
    luma.TupleMakeOp: _aggregate,
    mem.MakeUniqueOp: _make_unique,
    mem.MakeUniqueAtOp: _same,
    luma.GetOp: _get,
    luma.TakeOp: _take,
    luma.SetOp: _write,
    luma.PutOp: _write,
    luma.CallOp: _call,
}


def _inline_source(view: SSAValue) -> SSAValue | None:
    """What a value was read from, if it is held inline there: not behind the index of a growable array."""
    owner = view.owner
    if isinstance(owner, luma.EnumGetOp):
        return owner.value
    if not isinstance(owner, luma.GetOp) or isinstance(owner.root.type, luma.ArrayType):
        return None
    return owner.root


def _lose(found: dict[SSAValue, Facts], value: SSAValue, facts: Facts) -> None:
    """Note facts of a value as void, and those of the same arrays in what it was read from and what is read from it."""
    known = found.get(value, _NOTHING)
    if facts <= known:
        return
    found[value] = known | facts
    owner = value.owner
    if isinstance(owner, luma.GetOp) and INDEX_STEP not in owner.steps:
        _lose(found, owner.root, frozenset((*owner.steps, *path) for path in facts))
    for user in users(value):
        if isinstance(user, luma.GetOp) and user.root is value and INDEX_STEP not in user.steps:
            _lose(found, user.result, below(facts, user.steps))
