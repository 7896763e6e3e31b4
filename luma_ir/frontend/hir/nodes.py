"""
What all of the typed tree stands on: locals, definitions, callees and places.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from attrs import Factory, define, fields

from luma_ir.frontend.types import AssocType, Type
from luma_ir.ir.diagnostics import SourceFile

if TYPE_CHECKING:
    from luma_ir.frontend.hir.expressions import Block
    from luma_ir.frontend.hir.patterns import Statement


@define(eq=False, repr=False)
class Local:
    """A variable or parameter: `assigned` after its declaration, `addressed` (it lives in memory) by `&unsafe`."""

    name: str
    type: Type
    start: int
    assigned: bool = False
    addressed: bool = False


@define(eq=False, repr=False, kw_only=True)
class Node:
    """Base of all nodes. (One `repr` for all: attrs would compile one for each class at every start.)"""

    start: int
    end: int

    def __repr__(self) -> str:
        shown = [f"{each.name}={getattr(self, each.name)!r}" for each in fields(type(self))[2:]]
        return f"{type(self).__name__}({', '.join(shown)})"


@define(eq=False, repr=False, kw_only=True)
class Expr(Node):
    """Base of expressions; `type` is `NEVER` when it does not return."""

    type: Type


# ---- definitions


@define(eq=False, repr=False)
class StructDef:
    """A struct definition. `derives` holds trait names such as `Eq`, `Show`."""

    symbol: str
    name: str
    type_params: list[str]
    field_names: list[str]
    field_types: list[Type]
    derives: list[str] = Factory(list)
    source: SourceFile | None = None
    start: int = 0
    """Where the definition stands, for the location of its op."""
    assoc_params: list[AssocType] = Factory(list)
    """The associated types of its type parameters that fields have; in the IR they are parameters of their own."""


@define(eq=False, repr=False)
class EnumDef:
    """An enum definition; a variant's `payload_names` entry is None for positional fields."""

    symbol: str
    name: str
    type_params: list[str]
    variants: list[str]
    payloads: list[list[Type]]
    payload_names: list[list[str] | None]
    derives: list[str] = Factory(list)
    source: SourceFile | None = None
    start: int = 0
    assoc_params: list[AssocType] = Factory(list)


@define(eq=False, repr=False)
class ImplDef:
    """An implementation of a trait: `methods` maps method names to function symbols."""

    trait: str
    self_type: Type
    type_params: list[str]
    methods: dict[str, str]
    source: SourceFile | None = None
    start: int = 0
    trait_args: tuple[Type, ...] = ()
    types: dict[str, Type] = Factory(dict)
    """The associated types, by name. Associated constants are methods without parameters."""


@define(eq=False, repr=False)
class TraitDef:
    """A trait that some `any Trait` names: `methods` are those that such a value can be asked for, in order."""

    symbol: str
    name: str
    type_params: list[str]
    methods: list[str]
    source: SourceFile | None = None
    start: int = 0
    inherited: dict[str, tuple[str, str, tuple[Type, ...]]] = Factory(dict)
    """For methods of parents: the parent, the method's name there, and the parent's arguments."""


@define(eq=False, repr=False)
class Param:
    """A parameter of a function."""

    local: Local
    inout: bool


@define(eq=False, repr=False)
class Function:
    """A function with a checked body (None for extern ones); `inline` is `always` or `never`."""

    symbol: str
    display_name: str
    type_params: list[str]
    params: list[Param]
    result: Type
    source: SourceFile
    start: int
    end: int
    body: Block | None = None
    is_public: bool = False
    """Visible to the linker: `main` and `#[export]`."""
    link_name: str | None = None
    inline: str | None = None
    cold: bool = False
    track_caller: bool = False
    fastmath: bool = False
    variadic: bool = False
    addressed: list[Local] = Factory(list)


@define(eq=False, repr=False)
class Program:
    """Everything reachable: in an order that does not depend on anything but the source."""

    functions: list[Function]
    structs: list[StructDef]
    enums: list[EnumDef]
    impls: list[ImplDef]
    main: Function | None
    string: StructDef
    """The library's `string`."""
    traits: list[TraitDef] = Factory(list)
    """The traits of which there are `any` values."""
    project: Callable[[AssocType], Type | None] | None = None
    """What an associated type of a known base stands for."""


# ---- callees


@define(eq=False, repr=False)
class FunctionRef:
    """A function, with type arguments if generic. `function` has the signature; its body may still be unchecked."""

    function: Function
    type_args: tuple[Type, ...] = ()


@define(eq=False, repr=False)
class TraitMethodRef:
    """
    A trait's method on a type that is found after monomorphization, or on an `any`. `inout` flags per parameter, self
    first; `trait_args` are those of the trait (`From<A>`), `type_args` those of the method itself.
    """

    trait: str
    method: str
    self_type: Type
    inout: tuple[bool, ...]
    result: Type
    trait_args: tuple[Type, ...] = ()
    type_args: tuple[Type, ...] = ()


Callee = FunctionRef | TraitMethodRef


# ---- places


@define(eq=False, repr=False, kw_only=True)
class FieldStep(Node):
    """Field number `index` of a struct or tuple; `type` is the field's type."""

    index: int
    type: Type


@define(eq=False, repr=False, kw_only=True)
class IndexStep(Node):
    """An element of an array or fixed array, bounds checked unless `unchecked`; `type` is the element's type."""

    index: Expr
    type: Type
    unchecked: bool = False
    lets: list[Statement] = Factory(list)
    """Declarations of hidden variables, evaluated before the index; steps behind this one may use them as well."""


Step = FieldStep | IndexStep


@define(eq=False, repr=False, kw_only=True)
class Place(Node):
    """A local and a path into it; `type` is the type of what it denotes."""

    root: Local
    steps: list[Step]
    type: Type
