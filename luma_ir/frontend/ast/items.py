"""Declarations: functions, types, traits, imports and their attributes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from attrs import define, field

from luma_ir.frontend.ast.expressions import Block
from luma_ir.frontend.ast.nodes import Expression, Name, Node, TypeExpr

if TYPE_CHECKING:
    from luma_ir.ir.diagnostics import SourceFile


@define(eq=False, repr=False)
class AttributeArg(Node):
    """
    One argument of an attribute, in one of four forms.

    `"text"` or `never`: only `value`; `os = "linux"`: `name` and `value`; `not(os = "linux")`: `name` and `args`.
    """

    name: Name | None
    value: Expression | None
    args: list[AttributeArg] | None


@define(eq=False, repr=False)
class Attribute(Node):
    """`#[name]` or `#[name(args)]`; `args` is empty without parentheses."""

    name: Name
    args: list[AttributeArg]


@define(eq=False, repr=False)
class Item(Node):
    """A declaration. `doc` is the text of its `///` lines without the slashes; `start` is after attributes and docs."""

    attributes: list[Attribute]
    doc: str | None
    is_public: bool

    def attribute(self, name: str) -> Attribute | None:
        """The first attribute of that name."""
        for attribute in self.attributes:
            if attribute.name.text == name:
                return attribute
        return None


@define(eq=False, repr=False)
class GenericParam(Node):
    """`T` or `T: Ord + Show`; in a trait also `T = Self`, which stands where no argument is given."""

    name: Name
    bounds: list[TypeExpr]
    default: TypeExpr | None = None


@define(eq=False, repr=False)
class WherePredicate(Node):
    """One `T: Hash` of a `where` clause."""

    subject: TypeExpr
    bounds: list[TypeExpr]


@define(eq=False, repr=False)
class Receiver(Node):
    """`self` or `inout self`, the first parameter of a method."""

    is_inout: bool


@define(eq=False, repr=False)
class Param(Node):
    """`name: T`, `name: inout T`, `name: T = default`; `type` is an `ErrorTypeExpr` after an error."""

    name: Name
    is_inout: bool
    type: TypeExpr
    default: Expression | None


@define(eq=False, repr=False)
class FuncDecl(Item):
    """
    A function, method, trait method, extern function or `#[op]` binding.

    `end` is the end of the body, `signature_end` that of the part before it. `abi` is the string of the
    enclosing `extern` block. A function of a lazily parsed module parses its body when `body` is first read.
    """

    name: Name
    generics: list[GenericParam]
    receiver: Receiver | None
    params: list[Param]
    result: TypeExpr | None
    where: list[WherePredicate]
    is_async: bool
    is_unsafe: bool
    abi: str | None
    signature_end: int
    body_or_thunk: Block | Callable[[], Block] | None = field(alias="body")

    @property
    def has_body(self) -> bool:
        """Whether there is a `{ … }`, without parsing it."""
        return self.body_or_thunk is not None

    @property
    def body(self) -> Block | None:
        """The parsed body; None when the declaration ends in `;`."""
        body = self.body_or_thunk
        if body is not None and not isinstance(body, Block):
            body = self.body_or_thunk = body()
        return body


@define(eq=False, repr=False)
class FieldDecl(Node):
    """A field of a struct or of a variant `Rect { min: Point }`."""

    attributes: list[Attribute]
    doc: str | None
    is_public: bool
    name: Name
    type: TypeExpr
    default: Expression | None


@define(eq=False, repr=False)
class StructDecl(Item):
    """`struct Pair<A, B> { first: A, second: B }`."""

    name: Name
    generics: list[GenericParam]
    where: list[WherePredicate]
    fields: list[FieldDecl]


@define(eq=False, repr=False)
class VariantDecl(Node):
    """`Leaf` (both None), `Node(A, B)` (`types`) or `Rect { min: P }` (`fields`)."""

    attributes: list[Attribute]
    doc: str | None
    name: Name
    types: list[TypeExpr] | None
    fields: list[FieldDecl] | None


@define(eq=False, repr=False)
class EnumDecl(Item):
    """`enum Tree<T> { Leaf, Node(Tree<T>, T, Tree<T>) }`."""

    name: Name
    generics: list[GenericParam]
    where: list[WherePredicate]
    variants: list[VariantDecl]


@define(eq=False, repr=False)
class TraitDecl(Item):
    """`trait Shape: Show { type Unit; const SIDES: i64; func area(self) -> f64; }`; items are func, const and type."""

    name: Name
    generics: list[GenericParam]
    bounds: list[TypeExpr]
    where: list[WherePredicate]
    items: list[Item]


@define(eq=False, repr=False)
class ImplDecl(Item):
    """`impl Target { … }` (`trait` is None) or `impl<T: Show> Trait for Target { … }`."""

    generics: list[GenericParam]
    trait: TypeExpr | None
    target: TypeExpr
    where: list[WherePredicate]
    items: list[Item]


@define(eq=False, repr=False)
class ConstDecl(Item):
    """`const X: T = e;` at module level, in a trait or impl, or in a block; `value` is None only in a trait."""

    name: Name
    type: TypeExpr | None
    value: Expression | None


@define(eq=False, repr=False)
class TypeDecl(Item):
    """`type Grid = [[f64]];`; in a trait `type Unit;` or `type Unit: Show;`."""

    name: Name
    generics: list[GenericParam]
    bounds: list[TypeExpr]
    value: TypeExpr | None


@define(eq=False, repr=False)
class ExternDecl(Item):
    """`extern "C" { … }`; each function has `abi` set."""

    abi: str
    items: list[FuncDecl]


@define(eq=False, repr=False)
class ImportedName(Node):
    """`sqrt` or `sqrt as root` between the braces of an import."""

    name: Name
    alias: Name | None


@define(eq=False, repr=False)
class ImportDecl(Item):
    """`import a.b;`, `import a.b as c;` (`alias`) or `import a.b.{x, y as z};` (`names`)."""

    path: list[Name]
    alias: Name | None
    names: list[ImportedName] | None


@define(eq=False, repr=False)
class Module(Node):
    """A source file. `doc` is the text of its `//!` lines."""

    source: SourceFile
    doc: str | None
    items: list[Item]
