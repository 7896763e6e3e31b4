"""
What a function's control flow needs to know before it is lowered: one walk over its typed tree.

For each node with regions of its own (`if`, loops, short-circuit operators, comprehensions): the locals that its
regions assign, which become results and loop-carried values, and where its regions may jump to from inside. A node
that nothing leaves early becomes an `scf` op, the others `luma` ops.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from attrs import define, frozen

from luma_ir.frontend import hir


class _Return:
    """The target of `return` and `?`."""


RETURN = _Return()
"""Stands for the end of the function in `RegionInfo.exits`."""

ExitTarget = hir.LoopId | _Return


@frozen
class RegionInfo:
    """
    What the regions of a node do.

    `assigned` holds the locals that they assign, in source order; `exits` what they jump to, the node itself included.
    """

    assigned: tuple[hir.Local, ...] = ()
    exits: frozenset[ExitTarget] = frozenset()


NOTHING = RegionInfo()


@define(eq=False)
class _Collector:
    assigned: dict[hir.Local, None]
    exits: set[ExitTarget]


def analyze(body: hir.Node) -> dict[hir.Node, RegionInfo]:
    """Information on every node of a function's body that has regions; other nodes have no entry."""
    analysis = _Analysis({})
    analysis.visit(body, _Collector({}, set()))
    return analysis.info


@define(eq=False)
class _Analysis:
    info: dict[hir.Node, RegionInfo]

    def visit(self, node: object, outer: _Collector) -> None:
        kind = type(node)
        split = _REGIONS.get(kind)
        if split is not None:
            self.visit_regions(node, split, outer)
            return
        if kind in _CHANGES:
            root = node.place.root  # pyright: ignore[reportAttributeAccessIssue]
            if not root.addressed:
                outer.assigned[root] = None
        elif kind is hir.Break or kind is hir.Continue:
            outer.exits.add(node.loop)  # pyright: ignore[reportAttributeAccessIssue]
        elif kind is hir.Return or kind is hir.Try:
            outer.exits.add(RETURN)
        for child in children(node):
            self.visit(child, outer)

    def visit_regions(self, node: object, split: Callable, outer: _Collector) -> None:
        before, inside = split(node)
        inner = _Collector({}, set())
        for child in before:
            self.visit(child, outer)
        if (
            type(node) is hir.For
            and isinstance(node.iterable, hir.InoutIter)
            and not node.iterable.place.root.addressed
        ):
            inner.assigned[node.iterable.place.root] = None
        for child in inside:
            self.visit(child, inner)
        self.info[node] = RegionInfo(tuple(inner.assigned), frozenset(inner.exits))  # pyright: ignore[reportArgumentType]
        outer.assigned.update(inner.assigned)
        inner.exits.discard(getattr(node, "loop", None))  # pyright: ignore[reportArgumentType]
        outer.exits.update(inner.exits)


_CHANGES = frozenset([hir.Assign, hir.CompoundAssign, hir.InoutArg, hir.InoutIter, hir.AddressOf])
"""The nodes that change their place, or give it another value that is the same."""

_REGIONS: dict[type, Callable] = {
    hir.If: lambda node: ((node.condition,), _present(node.then, node.otherwise)),
    hir.Logical: lambda node: ((node.lhs,), (node.rhs,)),
    hir.While: lambda node: ((), (node.condition, node.body, *node.step)),
    hir.Loop: lambda node: ((), (node.body,)),
    hir.For: lambda node: ((node.iterable,), (node.body,)),
    hir.Comprehension: lambda node: ((node.clauses[0].iterable,), (*node.clauses[1:], node.element)),
}
"""Per class: the children that are evaluated in front of the regions, and those inside."""


def _present(*nodes: object) -> tuple:
    return tuple([node for node in nodes if node is not None])


def children(node: object) -> Iterable:
    """The nodes directly below a node, in order of evaluation; patterns have none."""
    find = _CHILDREN.get(type(node))
    return find(node) if find is not None else ()


def mentions(node: object, local: hir.Local) -> bool:
    """Tell whether code reads or changes a local."""
    if isinstance(node, hir.Place):
        if node.root is local:
            return True
    elif isinstance(node, _WITH_PLACE) and node.place.root is local:
        return True
    return any(mentions(child, local) for child in children(node))


_WITH_PLACE = (hir.Read, hir.Assign, hir.CompoundAssign, hir.InoutArg, hir.InoutIter, hir.AddressOf)


def _steps(steps: list[hir.Step]) -> Iterator[hir.Expr | hir.Statement]:
    for step in steps:
        if type(step) is hir.IndexStep:
            yield from step.lets
            yield step.index


def _interpolation(node: hir.Interpolation) -> Iterator[hir.Expr]:
    for part in node.parts:
        if isinstance(part, hir.AppendCall):
            yield from part.args


_CHILDREN: dict[type, Callable] = {
    hir.Read: lambda node: _steps(node.place.steps) if node.place.steps else (),
    hir.Place: lambda node: _steps(node.steps),
    hir.Project: lambda node: (node.base, *_steps(node.steps)),
    hir.Unary: lambda node: (node.operand,),
    hir.Binary: lambda node: (node.lhs, node.rhs),
    hir.Elementwise: lambda node: _present(node.lhs, node.rhs),
    hir.Logical: lambda node: (node.lhs, node.rhs),
    hir.Cast: lambda node: (node.value,),
    hir.AnyMake: lambda node: (node.value,),
    hir.ValueArg: lambda node: (node.value,),
    hir.InoutArg: lambda node: _steps(node.place.steps),
    hir.Call: lambda node: node.args,
    hir.OpCall: lambda node: node.args,
    hir.ClosureMake: lambda node: node.captures,
    hir.CallValue: lambda node: (node.function, *node.args),
    hir.StructMake: lambda node: [value for _, value in node.fields],
    hir.TupleMake: lambda node: node.elements,
    hir.EnumMake: lambda node: [value for _, value in node.fields],
    hir.ArrayMake: lambda node: node.elements,
    hir.ArrayFill: lambda node: (node.value, node.count),
    hir.Slice: lambda node: _present(node.base, node.low, node.high),
    hir.Interpolation: _interpolation,
    hir.AddressOf: lambda node: _steps(node.place.steps),
    hir.Block: lambda node: (*node.statements, node.value) if node.value is not None else node.statements,
    hir.PatternTest: lambda node: (node.value,),
    hir.If: lambda node: _present(node.condition, node.then, node.otherwise),
    hir.While: lambda node: (node.condition, node.body, *node.step),
    hir.Loop: lambda node: (node.body,),
    hir.For: lambda node: (node.iterable, node.body),
    hir.Comprehension: lambda node: (*node.clauses, node.element),
    hir.ForClause: lambda node: (node.iterable,),
    hir.Break: lambda node: _present(node.value),
    hir.Return: lambda node: _present(node.value),
    hir.Try: lambda node: (node.value,),
    hir.Assert: lambda node: (node.condition,),
    hir.RangeIter: lambda node: _present(node.low, node.high, node.step),
    hir.ArrayIter: lambda node: (node.array,),
    hir.InoutIter: lambda node: _steps(node.place.steps),
    hir.CharsIter: lambda node: (node.text,),
    hir.EnumerateIter: lambda node: (node.inner,),
    hir.ZipIter: lambda node: node.inners,
    hir.NextIter: lambda node: (node.source,),
    hir.Let: lambda node: _present(node.value),
    hir.Assign: lambda node: (*_steps(node.place.steps), node.value),
    hir.CompoundAssign: lambda node: (*_steps(node.place.steps), node.value),
    hir.ExprStatement: lambda node: (node.value,),
}
