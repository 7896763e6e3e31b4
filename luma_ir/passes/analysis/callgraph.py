"""Who calls whom in a module, and in which order to visit functions so that callees come first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field
from xdsl.dialects import arith
from xdsl.dialects.builtin import ArrayAttr, DictionaryAttr, SymbolRefAttr

from luma_ir.dialects import luma
from luma_ir.ir.fast import block_ops, walk
from luma_ir.passes.analysis.control import LOOPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xdsl.dialects.builtin import ModuleOp
    from xdsl.ir import Attribute, Operation

RUNTIME_ENTRY_POINTS = frozenset(
    f"std.rt.{name}" for name in ("alloc", "realloc", "free", "panic_bounds", "panic_slice", "panic_message")
)
"""Functions that the lowerings below call without a reference in the IR before them."""


@define(eq=False)
class Node:
    """A function in the call graph."""

    function: luma.FuncOp
    size: int = 0
    """Number of ops in the body, without constants."""
    calls: list[luma.CallOp] = field(factory=list)
    callers: int = 0
    """Number of call sites."""
    referenced: bool = False
    """Whether something else than a call names the function."""
    references: set[str] = field(factory=set)
    """Everything that the function names."""
    recursive: bool = False
    closures: bool = False
    """Whether the body calls function values or methods of `any` values."""
    makes: set[str] = field(factory=set)
    """The functions that the body makes function values of."""
    made: bool = False
    """Whether function values are made of the function."""
    loops: bool = False
    """Whether the body has loops."""
    rare: bool = False
    """Whether the function runs once, or as often as there are calls of it; see `CallGraph.mark_rare`."""


class CallGraph:
    """The functions of a module by symbol, with their calls and references."""

    def __init__(self, module: ModuleOp):
        self.nodes: dict[str, Node] = {}
        self.outside: set[str] = set()
        """What other top-level ops than functions and implementations name."""
        others = []
        for op in block_ops(module.body.block):
            if isinstance(op, luma.FuncOp):
                self.nodes[op.sym_name.data] = Node(op)
            elif not isinstance(op, luma.ImplOp | luma.StructOp | luma.EnumOp):
                others.append(op)
        for node in self.nodes.values():
            self._scan(node)
        for op in others:
            for inner in walk(op):
                for attribute in (*inner.properties.values(), *inner.attributes.values()):
                    self.outside.update(symbols_in(attribute))
        for name in self.outside:
            if name in self.nodes:
                self.nodes[name].referenced = True

    def _scan(self, node: Node) -> None:
        size = 0
        for op in walk(node.function):
            size += 1
            if type(op) is luma.CallOp:
                node.calls.append(op)  # pyright: ignore[reportArgumentType]
                name = op.callee.string_value()  # pyright: ignore[reportAttributeAccessIssue]
                node.references.add(name)
                target = self.nodes.get(name)
                if target is not None:
                    target.callers += 1
                continue
            if type(op) is arith.ConstantOp:
                size -= 1
                continue
            if type(op) is luma.CallClosureOp or type(op) is luma.AnyCallOp:
                node.closures = True
            elif type(op) in LOOPS:
                node.loops = True
            elif type(op) is luma.ClosureOp:
                name = op.callee.string_value()  # pyright: ignore[reportAttributeAccessIssue]
                node.makes.add(name)
                if name in self.nodes:
                    self.nodes[name].made = True
            for attribute in op.properties.values():
                kind = type(attribute)
                if kind is SymbolRefAttr or kind is ArrayAttr or kind is DictionaryAttr:
                    for name in symbols_in(attribute):
                        node.references.add(name)
                        if name in self.nodes:
                            self.nodes[name].referenced = True
        node.size = max(size - 2, 0)

    def callees_first(self) -> list[Node]:
        """
        All functions, callees before callers; those that may call themselves are marked.

        Source: R. Tarjan, "Depth-first search and linear graph algorithms", 1972, with an explicit stack.
        """
        order: list[Node] = []
        index: dict[str, int] = {}
        low: dict[str, int] = {}
        on_stack: set[str] = set()
        stack: list[str] = []
        for start in self.nodes:
            if start in index:
                continue
            work: list[tuple[str, Iterator[str]]] = [(start, iter(self._targets(start)))]
            index[start] = low[start] = len(index)
            stack.append(start)
            on_stack.add(start)
            while work:
                name, targets = work[-1]
                for target in targets:
                    if target not in index:
                        index[target] = low[target] = len(index)
                        stack.append(target)
                        on_stack.add(target)
                        work.append((target, iter(self._targets(target))))
                        break
                    if target in on_stack:
                        low[name] = min(low[name], index[target])
                        if target == name:
                            self.nodes[name].recursive = True
                else:
                    work.pop()
                    if work:
                        low[work[-1][0]] = min(low[work[-1][0]], low[name])
                    if low[name] == index[name]:
                        self._pop_component(name, stack, on_stack, order)
        return order

    def mark_rare(self, order: list[Node]) -> None:
        """
        Mark the functions that run a few times in a run of the program: `main`, and what is called by such functions
        alone, and never in a loop.

        Args:
            order: what `callees_first` gave.
        """
        often: set[str] = set()
        for node in reversed(order):
            function = node.function
            name = function.sym_name.data
            is_root = name == "main" and not node.callers
            is_private = function.sym_visibility is not None and function.sym_visibility.data == "private"
            known = is_root or (is_private and bool(node.callers) and name not in RUNTIME_ENTRY_POINTS)
            node.rare = known and not (node.recursive or node.referenced or node.made) and name not in often
            for call in node.calls:
                if not node.rare or in_loop(call):
                    often.add(call.callee.string_value())

    def _pop_component(self, name: str, stack: list[str], on_stack: set[str], order: list[Node]) -> None:
        component = []
        while True:
            member = stack.pop()
            on_stack.discard(member)
            component.append(self.nodes[member])
            if member == name:
                break
        for node in component:
            if len(component) > 1:
                node.recursive = True
            order.append(node)

    def _targets(self, name: str) -> list[str]:
        node = self.nodes[name]
        called = [call.callee.string_value() for call in node.calls]
        return [name for name in (*called, *sorted(node.makes)) if name in self.nodes]


def in_loop(op: Operation) -> bool:
    """Whether an op stands in a loop of its function."""
    parent = op.parent_op()
    while parent is not None:
        if type(parent) in LOOPS:
            return True
        parent = parent.parent_op()
    return False


def symbols_in(attribute: Attribute) -> Iterator[str]:
    """The symbols that an attribute names, in arrays and dictionaries too; types are not searched."""
    pending = [attribute]
    while pending:
        current = pending.pop()
        if isinstance(current, SymbolRefAttr):
            yield current.string_value()
        elif isinstance(current, ArrayAttr):
            pending.extend(current.data)
        elif isinstance(current, DictionaryAttr):
            pending.extend(current.data.values())
