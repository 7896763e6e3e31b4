"""
Dominator trees of regions, and which values an op may use.

Algorithm: K. Cooper, T. Harvey, K. Kennedy, "A Simple, Fast Dominance Algorithm", 2001: immediate dominators by
repeated intersection over blocks in reverse postorder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdsl.ir import Block, BlockArgument, Operation, OpResult, Region, SSAValue
from xdsl.traits import IsolatedFromAbove, OpTrait

from luma_ir.ir.fast import operands_of, successors_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# pyright: reportPrivateUsage=false

_GRAPH_OPS = frozenset({"builtin.module", "hw.module", "handshake.func", "builtin.unregistered"})


class GraphRegion(OpTrait):
    """The regions of the op have no order of execution: a value may be used before the line that defines it."""


def has_graph_regions(cls: type[Operation]) -> bool:
    """Tell whether the regions of an op class are graph regions."""
    return cls.name in _GRAPH_OPS or any(isinstance(trait, GraphRegion) for trait in cls.traits)


class DominatorTree:
    """The dominator tree of the blocks of one region that can be reached from its entry."""

    order: list[Block]
    """The reachable blocks in reverse postorder; the entry block is first."""
    idom: dict[Block, Block]
    """The immediate dominator of each reachable block; the entry block is its own."""

    def __init__(self, region: Region) -> None:
        self.order = reverse_postorder(region)
        self.idom = _immediate_dominators(self.order)
        self._depth: dict[Block, int] = {}
        for block in self.order:
            parent = self.idom[block]
            self._depth[block] = 0 if parent is block else self._depth[parent] + 1
        self._children: dict[Block, list[Block]] | None = None

    def is_reachable(self, block: Block) -> bool:
        """Tell whether control can get from the entry to the block."""
        return block in self.idom

    def children(self, block: Block) -> list[Block]:
        """The blocks whose immediate dominator is `block`, in reverse postorder."""
        if self._children is None:
            self._children = {known: [] for known in self.order}
            for known in self.order:
                parent = self.idom[known]
                if parent is not known:
                    self._children[parent].append(known)
        return self._children[block]

    def dominates(self, first: Block, second: Block) -> bool:
        """Tell whether every way from the entry to `second` passes through `first`; every block dominates itself."""
        if second not in self.idom:
            return True
        if first not in self.idom:
            return False
        depth = self._depth[first]
        while self._depth[second] > depth:
            second = self.idom[second]
        return first is second

    def preorder(self) -> Iterator[tuple[Block, bool]]:
        """Walk the tree: each block once on entering (True), parents first, and once on leaving (False)."""
        stack = [(self.order[0], True)]
        while stack:
            block, entering = stack.pop()
            yield block, entering
            if entering:
                stack.append((block, False))
                stack.extend((child, True) for child in reversed(self.children(block)))


def reverse_postorder(region: Region) -> list[Block]:
    """The blocks of a region that can be reached from its entry, in reverse postorder."""
    entry = region.first_block
    if entry is None:
        return []
    seen = {entry}
    order: list[Block] = []
    stack: list[tuple[Block, Iterator[Block]]] = [(entry, _successors(entry))]
    while stack:
        block, remaining = stack[-1]
        for successor in remaining:
            if successor not in seen and successor.parent is region:
                seen.add(successor)
                stack.append((successor, _successors(successor)))
                break
        else:
            order.append(block)
            stack.pop()
    order.reverse()
    return order


def _successors(block: Block) -> Iterator[Block]:
    last = block.last_op
    return iter(()) if last is None else iter(successors_of(last))


def _immediate_dominators(order: list[Block]) -> dict[Block, Block]:
    if not order:
        return {}
    position = {block: index for index, block in enumerate(order)}
    predecessors: list[list[int]] = [[] for _ in order]
    for index, block in enumerate(order):
        for successor in _successors(block):
            target = position.get(successor)
            if target is not None:
                predecessors[target].append(index)
    idom = [-1] * len(order)
    idom[0] = 0
    changed = True
    while changed:
        changed = False
        for index in range(1, len(order)):
            best = -1
            for other in predecessors[index]:
                if idom[other] < 0:
                    continue
                if best < 0:
                    best = other
                    continue
                while best != other:
                    while other > best:
                        other = idom[other]
                    while best > other:
                        best = idom[best]
            if idom[index] != best:
                idom[index] = best
                changed = True
    return {order[index]: order[dominator] for index, dominator in enumerate(idom)}


class DominanceChecker:
    """
    Finds operands that are not defined before their use.

    One walk keeps the set of visible values: those of enclosing regions (up to an isolated op), of dominating blocks
    and of ops further up in the block. Uses in blocks that cannot be reached are not checked.
    """

    def __init__(self, report: Callable[[Operation, int, SSAValue], object]) -> None:
        self._report = report
        # Identities instead of values: hashing a value calls back into Python.
        self._visible: set[int] = set()
        self._log: list[int] = []
        self._isolated: dict[type[Operation], tuple[bool, bool]] = {}

    def check(self, root: Operation) -> None:
        """Report every bad operand inside `root`."""
        if root.regions:
            self._enter_op(root)

    def _enter_op(self, op: Operation) -> None:
        cls = type(op)
        facts = self._isolated.get(cls)
        if facts is None:
            isolated = any(isinstance(trait, IsolatedFromAbove) for trait in cls.traits)
            facts = self._isolated[cls] = isolated, has_graph_regions(cls)
        isolated, graph = facts
        if isolated:
            outer = self._visible, self._log
            self._visible, self._log = set(), []
            for region in op.regions:
                self._enter_region(region, graph)
            self._visible, self._log = outer
        else:
            for region in op.regions:
                self._enter_region(region, graph)

    def _enter_region(self, region: Region, graph: bool) -> None:
        entry = region.first_block
        if entry is None:
            return
        if entry.next_block is None:
            mark = len(self._log)
            self._enter_block(entry, graph)
            self._leave(mark)
            return
        marks = []
        for block, entering in DominatorTree(region).preorder():
            if entering:
                marks.append(len(self._log))
                self._enter_block(block, graph)
            else:
                self._leave(marks.pop())

    def _leave(self, mark: int) -> None:
        self._visible.difference_update(self._log[mark:])
        del self._log[mark:]

    def _enter_block(self, block: Block, graph: bool) -> None:
        log = self._log
        start = len(log)
        for arg in block._args:
            log.append(id(arg))
        if graph:
            op = block.first_op
            while op is not None:
                for result in op.results:
                    log.append(id(result))
                op = op.next_op
        visible = self._visible
        visible.update(log[start:])
        op = block.first_op
        while op is not None:
            for value in operands_of(op):
                if id(value) not in visible:
                    self._report_missing(op)
                    break
            if op.regions:
                self._enter_op(op)
            for result in op.results:
                key = id(result)
                visible.add(key)
                log.append(key)
            op = op.next_op

    def _report_missing(self, op: Operation) -> None:
        told: set[int] = set()
        for index, value in enumerate(operands_of(op)):
            if id(value) not in self._visible and id(value) not in told:
                told.add(id(value))
                self._report(op, index, value)


def explain_use(op: Operation, index: int, value: SSAValue) -> str:
    """Why an operand that the checker found must not be used here."""
    if not isinstance(value, OpResult | BlockArgument):
        return f"operand {index} has been erased"
    owner = value.owner
    home = owner if isinstance(owner, Block) else owner.parent
    root = _outermost(op)
    if home is None or home.parent is None or _outermost_of_block(home) is not root:
        return f"operand {index} is defined by an op that is not part of the module"
    fence: Operation | None = None
    block = op.parent
    while block is not None and block is not home and block.parent is not home.parent:
        parent = block.parent.parent if block.parent is not None else None
        if parent is None:
            break
        if fence is None and any(isinstance(trait, IsolatedFromAbove) for trait in type(parent).traits):
            fence = parent
        block = parent.parent
    else:
        if block is not None and fence is not None:
            return f"operand {index} is defined outside of `{fence.name}`, which is isolated from above"
    return f"operand {index} does not dominate this use"


def _outermost(op: Operation) -> Operation:
    parent = op.parent_op()
    while parent is not None:
        op = parent
        parent = op.parent_op()
    return op


def _outermost_of_block(block: Block) -> Operation | None:
    parent = block.parent_op()
    return None if parent is None else _outermost(parent)
