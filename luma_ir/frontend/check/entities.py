"""What names stand for: modules and the items in them, with their signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import Factory, define, field

from luma_ir.frontend import ast, hir
from luma_ir.frontend.types import AssocType, Type
from luma_ir.ir.diagnostics import SourceFile, Span

if TYPE_CHECKING:
    from luma_ir.frontend.check.finish import Uses


@define(eq=False, repr=False)
class Bound:
    """`Ord`, `From<E>`: a trait with its arguments."""

    trait: TraitInfo
    args: tuple[Type, ...] = ()
    types: dict[str, Type] | None = None
    """What associated types are to be."""

    def __str__(self) -> str:
        return f"{self.trait.name}<{', '.join(map(str, self.args))}>" if self.args else self.trait.name


@define(eq=False, repr=False)
class TypeScope:
    """Where types are written: the type parameters in reach with their bounds, and what `Self` is."""

    module: ModuleInfo
    params: dict[str, list[Bound]] = Factory(dict)
    self_type: Type | None = None
    trait: TraitInfo | None = None
    aliases: dict[str, Type] = Factory(dict)
    where: list[tuple[Type, Bound]] = Factory(list)
    """The bounds of types that are no type parameters."""
    equal: dict[AssocType, Type] = Factory(dict)
    """What associated types of type parameters are to be."""
    impl: ImplInfo | None = None
    local_items: list[dict[str, Binding | LocalConstant | Entity]] = Factory(
        lambda self: self.module.local_items, takes_self=True
    )
    """The scopes of the function body around, for its constants and functions."""


@define(eq=False, repr=False)
class Entity:
    """Base of what a module's name may stand for."""

    module: ModuleInfo
    name: str
    decl: ast.Item
    is_public: bool
    is_mentioned: bool = field(default=False, init=False)
    """Whether its name is used anywhere."""

    kind = "item"

    @property
    def span(self) -> Span:
        """Where its name is declared."""
        name = getattr(self.decl, "name", None)
        if name is None:
            return Span(self.module.source, self.decl.start, self.decl.end)
        return Span(self.module.source, name.start, name.end)


@define(eq=False, repr=False)
class ModuleInfo:
    """A module: its items in `items`, imported modules in `modules`, both by the name they are used under."""

    path: tuple[str, ...]
    source: SourceFile
    tree: ast.Module
    is_library: bool
    items: dict[str, Entity] = Factory(dict)
    modules: dict[str, ModuleInfo] = Factory(dict)
    exported_items: dict[str, Entity] = Factory(dict)
    exported_modules: dict[str, ModuleInfo] = Factory(dict)
    imports: list[ImportUse] = Factory(list)
    impls: list[ImplInfo] = Factory(list)
    import_of: dict[str, ImportUse] = Factory(dict)
    failed_imports: set[str] = Factory(set)
    """Names whose import was reported; their uses are not reported again."""
    is_dependency: bool = False
    """Whether it belongs to a package that the program depends on."""
    outer: ModuleInfo | None = None
    """For the items of a block: the module around it."""
    local_items: list[dict[str, Binding | LocalConstant | Entity]] = Factory(list)
    """For the items of a block: the scopes of the function body around it."""

    hidden_params: frozenset[str] = frozenset()
    """For the items of a block: the type parameters of the function around it, which they do not see."""

    @property
    def home(self) -> ModuleInfo:
        """The module of the file."""
        return self if self.outer is None else self.outer.home

    @property
    def name(self) -> str:
        """The dotted name."""
        return ".".join(self.path)


@define(eq=False, repr=False)
class ImportUse:
    """A name bound by an import, and whether anything refers to it."""

    name: str
    start: int
    end: int
    is_public: bool
    used: bool = False
    item: ast.ImportDecl | None = None


@define(eq=False, repr=False)
class ParamInfo:
    """A parameter as callers see it; `default` is its expression."""

    name: str
    type: Type
    inout: bool
    default: ast.Expression | None = None
    start: int = 0
    default_value: hir.Constant | hir.Function | None = None


@define(eq=False, repr=False)
class FunctionInfo(Entity):
    """A function or method. The fields from `scope` on are filled by `Signatures.function`."""

    if TYPE_CHECKING:
        decl: ast.FuncDecl  # pyright: ignore[reportIncompatibleVariableOverride] - attrs would move a repeated field to the end
    owner: ImplInfo | TraitInfo | None = None
    parent: FunctionInfo | None = None
    state: int = 0
    scope: TypeScope | None = None
    function: hir.Function | None = None
    params: list[ParamInfo] = Factory(list)
    own_type_params: list[str] = Factory(list)
    has_self: bool = False
    is_unsafe: bool = False
    is_extern: bool = False
    op_name: str | None = None
    op_attributes: dict[str, int | float | bool | str] = Factory(dict)
    deprecated: str | None = None
    body_state: int = 0
    uses: Uses | None = None
    implements: FunctionInfo | None = None
    aliases: dict[str, Type] = Factory(dict)

    kind = "function"

    @property
    def display(self) -> str:
        """As it is called in messages: `Point::scale`."""
        if self.owner is None:
            return self.name
        return f"{self.owner.target_name}::{self.name}"


@define(eq=False, repr=False)
class StructInfo(Entity):
    """A struct; the field lists are filled by `Signatures.struct`."""

    if TYPE_CHECKING:
        decl: ast.StructDecl  # pyright: ignore[reportIncompatibleVariableOverride] - attrs would move a repeated field to the end
    definition: hir.StructDef = field(default=None)
    scope: TypeScope | None = None
    state: int = 0
    field_numbers: dict[str, int] = Factory(dict)
    private_fields: set[str] = Factory(set)
    default_values: dict[int, hir.Constant | hir.Function] = Factory(dict)

    kind = "struct"


@define(eq=False, repr=False)
class EnumInfo(Entity):
    """An enum; the payloads are filled by `Signatures.enum`."""

    if TYPE_CHECKING:
        decl: ast.EnumDecl  # pyright: ignore[reportIncompatibleVariableOverride] - attrs would move a repeated field to the end
    definition: hir.EnumDef = field(default=None)
    scope: TypeScope | None = None
    state: int = 0
    variant_numbers: dict[str, int] = Factory(dict)

    kind = "enum"


@define(eq=False, repr=False)
class VariantInfo(Entity):
    """A variant as an item of its own, as `Some` is through an import."""

    enum: EnumInfo = field(default=None)
    number: int = 0

    kind = "variant"


@define(eq=False, repr=False)
class TraitInfo(Entity):
    """A trait."""

    if TYPE_CHECKING:
        decl: ast.TraitDecl  # pyright: ignore[reportIncompatibleVariableOverride] - attrs would move a repeated field to the end
    symbol: str = ""
    state: int = 0
    scope: TypeScope | None = None
    type_params: list[str] = Factory(list)
    defaults: list[Type | None] | None = None
    """What the type parameters stand for where no argument is given; found when first asked for."""
    parents: list[Bound] = Factory(list)
    methods: dict[str, FunctionInfo] = Factory(dict)
    assoc_types: dict[str, ast.TypeDecl] = Factory(dict)
    assoc_bounds: dict[str, list[Bound]] = Factory(dict)
    """What associated types implement, for `Self` and the trait's own parameters."""
    consts: dict[str, ConstInfo] = Factory(dict)

    kind = "trait"

    @property
    def target_name(self) -> str:
        """The owner's name in messages about its methods."""
        return self.name


@define(eq=False, repr=False)
class AliasInfo(Entity):
    """`type Grid = [[f64]];`."""

    if TYPE_CHECKING:
        decl: ast.TypeDecl  # pyright: ignore[reportIncompatibleVariableOverride] - attrs would move a repeated field to the end
    state: int = 0
    type: Type | None = None
    type_params: list[str] = Factory(list)

    kind = "type"


@define(eq=False, repr=False)
class ConstInfo(Entity):
    """A constant of a module or an impl; `value` is a pure expression without parts that run."""

    if TYPE_CHECKING:
        decl: ast.ConstDecl  # pyright: ignore[reportIncompatibleVariableOverride] - attrs would move a repeated field to the end
    state: int = 0
    type: Type | None = None
    value: hir.Expr | None = None
    scope: TypeScope | None = None
    owner: ImplInfo | TraitInfo | None = None

    kind = "constant"


@define(eq=False, repr=False)
class ImplInfo:
    """`impl Target { … }` or `impl Trait for Target { … }`."""

    module: ModuleInfo
    decl: ast.ImplDecl
    scope: TypeScope
    self_type: Type
    target_name: str
    type_params: list[str]
    bound: Bound | None
    methods: dict[str, FunctionInfo] = Factory(dict)
    consts: dict[str, ConstInfo] = Factory(dict)
    types: dict[str, ast.TypeDecl] = Factory(dict)
    found_types: dict[str, Type] = Factory(dict)
    """The associated types, each when it was first asked for."""
    symbol: str = ""
    hir_impl: hir.ImplDef | None = None
    state: int = 0

    @property
    def trait(self) -> TraitInfo | None:
        """The trait that is implemented, if any."""
        return self.bound.trait if self.bound else None


@define(eq=False, repr=False)
class Binding:
    """
    A variable in scope. `kind` is `variable`, `parameter`, `inout`, `constant`, `loop` or `capture`; `depth` says in
    how many closures it is declared.
    """

    local: hir.Local
    kind: str
    start: int
    end: int
    used: bool = False
    written: bool = False
    depth: int = 0


@define(eq=False, repr=False)
class LocalConstant:
    """A constant inside a function, known at compile time."""

    value: hir.Expr
    start: int
    end: int
    used: bool = False
