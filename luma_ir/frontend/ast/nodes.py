"""What every syntax tree node has, names and paths, and the five families of nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define

if TYPE_CHECKING:
    from luma_ir.ir.diagnostics import SourceFile, Span


@define(eq=False, repr=False)
class Node:
    """A piece of source text: characters `start` up to, not including, `end`."""

    start: int
    end: int

    def __repr__(self) -> str:
        from luma_ir.frontend.ast.visit import dump

        return dump(self)

    def span(self, source: SourceFile) -> Span:
        """This node's place in `source`, for a diagnostic."""
        from luma_ir.ir.diagnostics import Span

        return Span(source, self.start, self.end)


@define(eq=False, repr=False)
class Name(Node):
    """An identifier where it is declared or selected: the `x` of `let x`, `p.x`, `f(x: 1)`."""

    text: str


@define(eq=False, repr=False)
class PathSegment(Node):
    """
    One step of a path.

    `separator` is what stands before it: `""` for the first, `"."` after a module, `"::"` after a type.
    `type_args` is None without an argument list, `[]` never. Expressions write it as `::<i64>`, types as `<i64>`.
    """

    separator: str
    name: Name
    type_args: list[TypeExpr] | None


@define(eq=False, repr=False)
class Path(Node):
    """`Point`, `Self::Unit`, `shapes.Point`, `Stack::<i64>::new`: at least one segment."""

    segments: list[PathSegment]

    @property
    def text(self) -> str:
        """The path as written, without its type arguments."""
        return "".join(segment.separator + segment.name.text for segment in self.segments)


@define(eq=False, repr=False)
class TypeExpr(Node):
    """A type as it is written."""


@define(eq=False, repr=False)
class Pattern(Node):
    """What `let`, `for`, `match` and `if let` take a value apart with."""


@define(eq=False, repr=False)
class Expression(Node):
    """Anything that has a value, control flow included."""


@define(eq=False, repr=False)
class Statement(Node):
    """A line of a block."""
