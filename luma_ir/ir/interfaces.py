"""
What passes ask about an op without knowing it: how control and values flow through its regions, what it calls, and
which operands it consumes.

Answers are models, registered by op name in tables: by this module for upstream dialects, by a dialect's own interface
module (`INTERFACES` in `luma_ir.dialects`, imported when the first op of the dialect is asked about), and by plug-ins
through the same functions `register_control_flow`, `register_exit`, `register_call` and `register_ownership`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar

from attrs import frozen
from xdsl.dialects.builtin import ModuleOp, StringAttr, SymbolRefAttr
from xdsl.ir import Operation, Region, SSAValue

from luma_ir.ir.fast import operands_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ModelT = TypeVar("ModelT")

INTERFACES_TABLE = "luma_ir.dialects:INTERFACES"
"""`module:object` of the table dialect name -> module that registers the models of its ops."""


# Control flow.


@frozen
class FlowEdge:
    """
    A way that control takes between an op and its regions, with the values that flow along.

    `op.operands[first : first + len(targets)]` become the values `targets`, one each.
    """

    op: Operation
    """The op whose operands flow: the structured op itself, or a terminator inside it."""
    first: int
    """Index of the first operand that flows."""
    targets: Sequence[SSAValue]
    """Block arguments of the region that is entered, or results of the op that is left."""
    region: Region | None
    """The region that is entered; None when control goes on after the structured op (or leaves the function)."""
    owner: Operation
    """The structured op whose region is entered or which is left."""

    @property
    def sources(self) -> Sequence[SSAValue]:
        """The operands that flow, in the order of `targets`."""
        return operands_of(self.op)[self.first : self.first + len(self.targets)]


@frozen
class ControlFlow:
    """How a structured op passes control to its regions and on."""

    entries: Callable[[Operation], list[FlowEdge]]
    """The edges taken on reaching the op: into regions, or past it."""
    yields: Callable[[Operation, Operation], list[FlowEdge]]
    """The edges of a terminator (second argument) that ends a region of the op (first) in the ordinary way."""
    is_loop: bool = False
    """Whether a region may run more than once."""


ExitFlow = Callable[[Operation], list[FlowEdge]]

_control_flow: dict[str, ControlFlow] = {}
_exits: dict[str, ExitFlow] = {}


def register_control_flow(name: str, model: ControlFlow) -> None:
    """Say how the structured op `name` passes control around."""
    _control_flow[name] = model


def register_exit(name: str, edges: ExitFlow) -> None:
    """
    Say where the terminator `name` goes when it leaves more than its own region (`break`, `continue`, `return`).

    An exit out of the function, or out of the program, has no edge.
    """
    _exits[name] = edges


def control_flow_of(op: Operation) -> ControlFlow | None:
    """The control-flow model of an op; None for one that is no structured control flow."""
    return _lookup(_control_flow, op)


def entry_edges(op: Operation) -> list[FlowEdge]:
    """The ways into the regions of a structured op, and past them, from in front of it."""
    model = control_flow_of(op)
    return [] if model is None else model.entries(op)


def is_early_exit(terminator: Operation) -> bool:
    """Tell whether a terminator leaves more than its own region."""
    return _lookup(_exits, terminator) is not None


def exit_edges(terminator: Operation) -> list[FlowEdge]:
    """Where control goes from the terminator of a region of structured control flow."""
    early = _lookup(_exits, terminator)
    if early is not None:
        return early(terminator)
    parent = terminator.parent_op()
    model = None if parent is None else control_flow_of(parent)
    return [] if model is None or parent is None else model.yields(parent, terminator)


def all_edges(op: Operation) -> Iterator[FlowEdge]:
    """Every edge of a structured op: those into it and those of the terminators of its regions' blocks."""
    yield from entry_edges(op)
    for region in op.regions:
        for block in region.blocks:
            if block.last_op is not None:
                yield from exit_edges(block.last_op)


# Calls.


@frozen
class CallModel:
    """A call op: which symbol it calls and where the arguments are."""

    callee: Callable[[Operation], str | None]
    """The symbol, or None for an indirect call."""
    first_argument: Callable[[Operation], int]
    """Index of the first operand that is an argument."""


_calls: dict[str, CallModel] = {}


def register_call(name: str, model: CallModel) -> None:
    """Say that the op `name` is a call."""
    _calls[name] = model


def call_of(op: Operation) -> CallModel | None:
    """The call model of an op; None for one that is no call."""
    return _lookup(_calls, op)


def callee_of(op: Operation) -> str | None:
    """The symbol that an op calls; None for indirect calls and for ops that call nothing."""
    model = call_of(op)
    return None if model is None else model.callee(op)


def call_arguments(op: Operation) -> Sequence[SSAValue]:
    """The arguments of a call, without the function pointer of an indirect one."""
    model = call_of(op)
    return () if model is None else operands_of(op)[model.first_argument(op) :]


def symbol_table(module: ModuleOp) -> dict[str, Operation]:
    """The ops of a module's body that define a symbol, by name."""
    table = {}
    for op in module.body.block.ops:
        name = op.properties.get("sym_name") or op.attributes.get("sym_name")
        if isinstance(name, StringAttr):
            table[name.data] = op
    return table


# Ownership.


class Mode(Enum):
    """What an op does to the unit of ownership of a counted operand."""

    OWN = "own"
    """Consumes it."""
    BORROW = "borrow"
    """Reads the value; the owner keeps its unit."""
    NONE = "none"
    """Nothing: the operand is not counted, or its type alone matters."""


@frozen
class Ownership:
    """
    The ownership model of an op.

    A result is fresh (the op hands over a unit with it) or a projection: a part of operand k, its lender, seen without
    a unit of its own and valid for as long as the lender is.
    """

    modes: Callable[[Operation], Sequence[Mode]]
    """One mode for each operand."""
    lenders: Callable[[Operation], Sequence[int | None]]
    """For each result the index of its lender among the operands, None for a fresh one."""


_ownership: dict[str, Ownership] = {}


def _modes_function(modes: Sequence[Mode], rest: Mode) -> Callable[[Operation], Sequence[Mode]]:
    head = tuple(modes)

    def find(op: Operation) -> Sequence[Mode]:
        length = len(operands_of(op))
        return (head + (rest,) * (length - len(head)))[:length]

    return find


def ownership(*modes: Mode, rest: Mode = Mode.NONE, lender: int | None = None) -> Ownership:
    """
    A model with fixed modes: those given for the first operands, `rest` for all others.

    Args:
        lender: the operand that all results are projections of; fresh results when absent.
    """

    def lenders(op: Operation) -> Sequence[int | None]:
        return (lender,) * len(op.results)

    return Ownership(_modes_function(modes, rest), lenders)


def register_ownership(name: str, model: Ownership) -> None:
    """Set the ownership model of the op `name`."""
    _ownership[name] = model


def ownership_of(op: Operation) -> Ownership | None:
    """The ownership model of an op; None for one that says nothing about ownership."""
    return _lookup(_ownership, op)


def operand_modes(op: Operation) -> Sequence[Mode]:
    """The mode of each operand; NONE throughout for an op without a model."""
    model = ownership_of(op)
    return (Mode.NONE,) * len(operands_of(op)) if model is None else model.modes(op)


def lender_of(value: SSAValue) -> SSAValue | None:
    """The operand that a value is a projection of; None for a fresh value or a block argument."""
    owner = value.owner
    if not isinstance(owner, Operation):
        return None
    model = ownership_of(owner)
    if model is None:
        return None
    index = model.lenders(owner)[value.index]  # pyright: ignore[reportAttributeAccessIssue]
    return None if index is None else operands_of(owner)[index]


# The lookup behind all tables.

_loaded_dialects: set[str] = set()
_modules: dict[str, str] | None = None


def _lookup(table: dict[str, ModelT], op: Operation) -> ModelT | None:
    name = op.name
    found = table.get(name)
    if found is not None:
        return found
    dialect = name.partition(".")[0]
    if dialect in _loaded_dialects:
        return None
    load_interfaces(dialect)
    return table.get(name)


def load_interfaces(dialect: str) -> None:
    """Import the module that registers the models of a dialect's ops, once; nothing when it has none."""
    global _modules
    if _modules is None:
        module, _, name = INTERFACES_TABLE.partition(":")
        try:
            _modules = dict(getattr(import_module(module), name))
        except (ModuleNotFoundError, AttributeError):
            _modules = {}
    _loaded_dialects.add(dialect)
    reference = _modules.get(dialect)
    if reference is not None:
        import_module(reference)


def register_interfaces(dialect: str, module: str) -> None:
    """Say which module registers the models of a plug-in dialect; it is imported when first needed."""
    load_interfaces("builtin")
    assert _modules is not None
    _modules[dialect] = module
    _loaded_dialects.discard(dialect)


# Upstream ops.


def _enter(op: Operation, first: int, region: Region) -> FlowEdge:
    block = region.first_block
    return FlowEdge(op, first, () if block is None else block.args, region, op)


def _leave(op: Operation, source: Operation, first: int) -> FlowEdge:
    return FlowEdge(source, first, op.results, None, op)


def _if_entries(op: Operation) -> list[FlowEdge]:
    edges = [FlowEdge(op, 0, (), region, op) for region in op.regions if region.first_block is not None]
    if len(edges) < 2:
        edges.append(FlowEdge(op, 0, (), None, op))
    return edges


def _region_yields(op: Operation, terminator: Operation) -> list[FlowEdge]:
    return [_leave(op, terminator, 0)]


def _enter_all(op: Operation) -> list[FlowEdge]:
    return [FlowEdge(op, 0, (), region, op) for region in op.regions]


def _for_entries(op: Operation) -> list[FlowEdge]:
    body = op.regions[0]
    carried = body.block.args[1:]
    return [FlowEdge(op, 3, carried, body, op), FlowEdge(op, 3, op.results, None, op)]


def _for_yields(op: Operation, terminator: Operation) -> list[FlowEdge]:
    body = op.regions[0]
    return [FlowEdge(terminator, 0, body.block.args[1:], body, op), _leave(op, terminator, 0)]


def _while_yields(op: Operation, terminator: Operation) -> list[FlowEdge]:
    before, after = op.regions
    if terminator.parent_region() is before:
        return [FlowEdge(terminator, 1, after.block.args, after, op), _leave(op, terminator, 1)]
    return [FlowEdge(terminator, 0, before.block.args, before, op)]


register_control_flow("scf.if", ControlFlow(_if_entries, _region_yields))
register_control_flow("scf.index_switch", ControlFlow(_enter_all, _region_yields))
register_control_flow("scf.execute_region", ControlFlow(_enter_all, _region_yields))
register_control_flow("scf.for", ControlFlow(_for_entries, _for_yields, is_loop=True))
register_control_flow("scf.while", ControlFlow(lambda op: [_enter(op, 0, op.regions[0])], _while_yields, is_loop=True))


def _symbol_property(name: str) -> Callable[[Operation], str | None]:
    def find(op: Operation) -> str | None:
        symbol = op.properties.get(name)
        return symbol.root_reference.data if isinstance(symbol, SymbolRefAttr) else None

    return find


def direct_call(property_name: str = "callee") -> CallModel:
    """The model of a call whose callee is a symbol in a property and whose operands all are arguments."""
    return CallModel(_symbol_property(property_name), lambda op: 0)


register_call("func.call", direct_call())
register_call("func.call_indirect", CallModel(lambda op: None, lambda op: 1))
_llvm_callee = _symbol_property("callee")
register_call("llvm.call", CallModel(_llvm_callee, lambda op: 0 if _llvm_callee(op) is not None else 1))
