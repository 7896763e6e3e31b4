"""Visiting a syntax tree, and printing it on one line."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import fields

from luma_ir.frontend.ast.items import FuncDecl
from luma_ir.frontend.ast.nodes import Name, Node, Path, PathSegment


def children(parent: Node) -> Iterator[Node]:
    """The direct child nodes of `parent`, in source order of their fields; parses a lazy function body."""
    if type(parent) is FuncDecl:
        parent.body  # noqa: B018 - reading the property parses a lazy body
    for attribute in fields(type(parent)):
        value = getattr(parent, attribute.name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, list):
            for element in value:
                if isinstance(element, Node):
                    yield element


def walk(root: Node) -> Iterator[Node]:
    """`root` and every node below it, parents first."""
    pending = [root]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(reversed(list(children(current))))


_HIDDEN_FIELDS = {"start", "end", "source", "signature_end", "operator_start"}


def dump(value: object) -> str:
    """One line of text for a tree, `IntLiteral(value=1)`: no offsets, and no field that is None, False or empty."""
    if isinstance(value, list):
        return "[" + ", ".join(dump(element) for element in value) + "]"
    if isinstance(value, Name):
        return value.text
    if isinstance(value, Path):
        return "".join(_dump_segment(segment) for segment in value.segments)
    if not isinstance(value, Node):
        return repr(value)
    if isinstance(value, FuncDecl):
        value.body  # noqa: B018 - reading the property parses a lazy body
    parts = []
    for attribute in fields(type(value)):
        part = getattr(value, attribute.name)
        if attribute.name in _HIDDEN_FIELDS or part is None or part is False or part == []:
            continue
        parts.append(f"{attribute.alias}={dump(part)}")
    return f"{type(value).__name__}({', '.join(parts)})"


def _dump_segment(segment: PathSegment) -> str:
    arguments = f"<{dump(segment.type_args)[1:-1]}>" if segment.type_args else ""
    return segment.separator + segment.name.text + arguments
