"""Types as they are written."""

from __future__ import annotations

from attrs import define

from luma_ir.frontend.ast.nodes import Expression, Name, Node, Path, TypeExpr


@define(eq=False, repr=False)
class ErrorTypeExpr(TypeExpr):
    """Stands where a type should have been."""


@define(eq=False, repr=False)
class PathTypeExpr(TypeExpr):
    """`i64`, `Map<K, V>`, `shapes.Point`, `Self::Unit`, `ptr<u8>`, `never`."""

    path: Path


@define(eq=False, repr=False)
class OptionalTypeExpr(TypeExpr):
    """`T?`."""

    element: TypeExpr


@define(eq=False, repr=False)
class ArrayTypeExpr(TypeExpr):
    """`[T]`."""

    element: TypeExpr


@define(eq=False, repr=False)
class FixedArrayTypeExpr(TypeExpr):
    """`[T; N]`."""

    element: TypeExpr
    length: Expression


@define(eq=False, repr=False)
class TupleTypeExpr(TypeExpr):
    """`()`, `(A,)`, `(A, B)`."""

    elements: list[TypeExpr]


@define(eq=False, repr=False)
class FuncTypeParam(Node):
    """A parameter of a function type: `A` or `inout A`."""

    is_inout: bool
    type: TypeExpr


@define(eq=False, repr=False)
class FuncTypeExpr(TypeExpr):
    """`func(A, inout B) -> C`; without an arrow `result` is None, that is unit."""

    params: list[FuncTypeParam]
    result: TypeExpr | None


@define(eq=False, repr=False)
class AnyTypeExpr(TypeExpr):
    """`any Trait` or `any A + B`: at least one bound."""

    bounds: list[TypeExpr]


@define(eq=False, repr=False)
class AssocTypeArg(TypeExpr):
    """What an associated type is to be, in a bound: the `Item = i64` of `Iterator<Item = i64>`."""

    name: Name
    type: TypeExpr


@define(eq=False, repr=False)
class ConstTypeArg(TypeExpr):
    """A number among type arguments: the 8 of `Simd<f32, 8>`."""

    value: Expression
