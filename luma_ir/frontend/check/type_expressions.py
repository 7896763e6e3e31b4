"""Types as they are written, turned into semantic types."""

from __future__ import annotations

from collections.abc import Callable

from luma_ir.frontend import ast
from luma_ir.frontend.check.any_values import resolve_any
from luma_ir.frontend.check.core import plural, spelling_help
from luma_ir.frontend.check.entities import (
    AliasInfo,
    Bound,
    Entity,
    EnumInfo,
    ModuleInfo,
    StructInfo,
    TraitInfo,
    TypeScope,
)
from luma_ir.frontend.check.foreign import type_help
from luma_ir.frontend.check.inference import substitute, zonk
from luma_ir.frontend.check.modules import Modules
from luma_ir.frontend.types import (
    ERROR,
    PRIMITIVES,
    UNIT,
    ArrayType,
    AssocType,
    EnumType,
    FixedType,
    FuncType,
    ParamType,
    PtrType,
    StructType,
    TupleType,
    Type,
)
from luma_ir.ir.diagnostics import Help, Label, Span

LATER_TYPES = frozenset(["Task", "Channel", "Mutex", "Atomic", "Simd"])
MAX_FIXED = 1 << 31

Holes = Callable[[int, int, str], Type]
"""Makes a type variable for type arguments that are left out, where they may be."""


class TypeExpressions(Modules):
    """Resolves types."""

    written_types: list[tuple[StructType | EnumType, TypeScope, ast.PathSegment]]
    """Uses of generic types whose type parameters have bounds, which are looked at when all impls are known."""

    # ---- types of the library that the language knows

    def library_item(self, module: str, name: str) -> Entity | None:
        """An item of a library module."""
        found = self.modules.get(tuple(module.split(".")))
        return found.items.get(name) if found is not None else None

    @property
    def string_type(self) -> Type:
        """`string`."""
        cached = self.__dict__.get("_string")
        if cached is None:
            info = self.library_item("std.string", "string")
            cached = StructType(info.definition) if isinstance(info, StructInfo) else ERROR
            self.__dict__["_string"] = cached
        return cached

    def library_enum(self, module: str, name: str, *args: Type) -> Type:
        """`Option` or `Result` of some types."""
        info = self.library_item(module, name)
        return EnumType(info.definition, args) if isinstance(info, EnumInfo) else ERROR

    def option_of(self, type_: Type) -> Type:
        """`T?`."""
        return self.library_enum("std.option", "Option", type_)

    # ---- resolution

    def resolve_type(self, node: ast.TypeExpr, scope: TypeScope, holes: Holes | None = None) -> Type:
        """The type that a type expression means; `ERROR` after a report."""
        kind = type(node)
        if kind is ast.PathTypeExpr:
            return self._path_type(node.path, scope, holes)  # type: ignore[attr-defined]
        if kind is ast.ArrayTypeExpr:
            return ArrayType(self.resolve_type(node.element, scope, holes))  # type: ignore[attr-defined]
        if kind is ast.OptionalTypeExpr:
            return self.option_of(self.resolve_type(node.element, scope, holes))  # type: ignore[attr-defined]
        if isinstance(node, ast.TupleTypeExpr):
            if not node.elements:
                return UNIT
            return TupleType(tuple([self.resolve_type(element, scope, holes) for element in node.elements]))
        if isinstance(node, ast.FixedArrayTypeExpr):
            element = self.resolve_type(node.element, scope, holes)
            size = self.fixed_size(node.length, scope)
            return ERROR if size is None else FixedType(element, size)
        if isinstance(node, ast.FuncTypeExpr):
            params = tuple([self.resolve_type(param.type, scope, holes) for param in node.params])
            inout = tuple([number for number, param in enumerate(node.params) if param.is_inout])
            return FuncType(params, self.resolve_type(node.result, scope, holes) if node.result else UNIT, inout)
        if isinstance(node, ast.AnyTypeExpr):
            return resolve_any(self, node, scope, holes)  # pyright: ignore[reportArgumentType] - it is a `Traits`
        if isinstance(node, ast.AssocTypeArg):
            message = f"`{node.name.text} = …` says what an associated type is, in the bound of a type parameter only"
            self.error("E0106", message, scope.module.source, node.start, node.end)
        if isinstance(node, ast.ConstTypeArg):
            self.error("E0106", "a type is expected here, found a number", scope.module.source, node.start, node.end)
        return ERROR

    def not_yet(self, what: str, module: ModuleInfo, node: ast.Node, helps: tuple[str, ...] = ()) -> None:
        """Report something that the language has and this compiler has not yet."""
        self.error("E0900", f"{what} are not supported yet", module.source, node.start, node.end, helps=helps)

    def fixed_size(self, node: ast.Expression, scope: TypeScope) -> int | None:
        """The length of a fixed array type."""
        if isinstance(node, ast.IntLiteral):
            size: object = node.value
        else:
            size = self.constant_integer(node, scope)
            if size is None:
                return None
        if not isinstance(size, int) or not 0 <= size <= MAX_FIXED:
            self.error("E0208", f"`{size}` cannot be the length of an array", scope.module.source, node.start, node.end)
            return None
        return size

    def constant_integer(self, node: ast.Expression, scope: TypeScope) -> int | None:
        """The value of a constant expression of type `i64`; filled in above."""
        raise NotImplementedError

    def _path_type(self, path: ast.Path, scope: TypeScope, holes: Holes | None) -> Type:
        segments = path.segments
        first = segments[0]
        name = first.name.text
        if len(segments) == 1:
            if name in scope.params:
                self._no_args(first, scope)
                return ParamType(name)
            if name in scope.aliases:
                return scope.aliases[name]
            primitive = PRIMITIVES.get(name)
            if primitive is not None:
                self._no_args(first, scope)
                return primitive
            if name == "Self":
                return self._self_type(first, scope)
            if name == "ptr":
                args = self._args(first, scope, holes)
                if len(args) != 1:
                    self._wrong_args("ptr", 1, len(args), first, scope)
                    return ERROR
                return PtrType(args[0])
            entity = self.lookup(scope.module, name)
            if entity is None and name == "string":
                return self.string_type
        else:
            entity = self._path_entity(path, scope)
            if entity is None:
                return ERROR
            if isinstance(entity, Type):
                return entity
        return self._entity_type(entity, segments[-1], path, scope, holes)

    def _self_type(self, segment: ast.PathSegment, scope: TypeScope) -> Type:
        if scope.self_type is None:
            self.error(
                "E0101",
                "`Self` is used outside of an `impl` or a trait",
                scope.module.source,
                segment.start,
                segment.end,
            )
            return ERROR
        return scope.self_type

    def _path_entity(self, path: ast.Path, scope: TypeScope) -> Entity | Type | None:
        """What a path of several segments names; None after a report."""
        segments = path.segments
        source = scope.module.source
        first = segments[0]
        if segments[1].separator == "::":
            base = self._path_type(ast.Path(first.start, first.end, [first]), scope, None)
            for segment in segments[1:]:
                if base is ERROR:
                    return None
                base = self.member_type(base, segment.name, scope)
            return None if base is ERROR else base
        module = self.lookup_module(scope.module, first.name.text)
        if module is None and first.name.text == "std":
            names = tuple([segment.name.text for segment in segments[:-1]])
            module = self.load_now(names)
            if module is not None:
                return self.public_item(module, segments[-1].name, scope.module)
        if module is None and first.name.text in scope.module.failed_imports:
            return None
        if module is None:
            span = Span(source, first.start, first.end)
            helps = spelling_help(first.name.text, scope.module.modules, span)
            if ("std", first.name.text) in self.modules or first.name.text in ("math", "io"):
                helps.append(Help(f"import it: `import std.{first.name.text};`"))
            bound = self.import_below(scope.module, first.name.text)
            if bound is not None:
                helps = [Help(f"`import {bound};` binds the name `{bound.rpartition('.')[2]}`")]
            self.engine.error("E0102", f"there is no module `{first.name.text}` here", span, helps=helps)
            return None
        for segment in segments[1:-1]:
            inner = module.exported_modules.get(segment.name.text)
            if inner is None:
                self.error("E0101", f"there is no type `{path.text}`", source, path.start, path.end)
                return None
            module = inner
        return self.public_item(module, segments[-1].name, scope.module)

    def member_type(self, base: Type, name: ast.Name, scope: TypeScope) -> Type:
        """`T::Item`: an associated type; filled in above."""
        raise NotImplementedError

    def public_item(self, module: ModuleInfo, name: ast.Name, user: ModuleInfo) -> Entity | None:
        """An item of another module; None after a report."""
        found = self.export_of(module, name.text)
        if found is None and module.path == ("std", "string") and name.text == "string":
            return module.items.get("string")
        if isinstance(found, Entity):
            return found
        span = Span(user.source, name.start, name.end)
        if name.text in module.items:
            self.report_private_item(module, name.text, user, span)
        else:
            helps = spelling_help(name.text, self.exports(module), span)
            self.engine.error("E0103", f"the module `{module.name}` has no `{name.text}`", span, helps=helps)
        return None

    def _entity_type(
        self, entity: Entity | None, segment: ast.PathSegment, path: ast.Path, scope: TypeScope, holes: Holes | None
    ) -> Type:
        if isinstance(entity, StructInfo | EnumInfo | AliasInfo) and entity.module.home is not scope.module.home:
            # A module may go on with what it tells others not to use.
            self.warn_of_deprecated(entity, scope.module, segment.start, segment.end)
        if isinstance(entity, StructInfo | EnumInfo):
            wanted = len(entity.definition.type_params)
            if segment.type_args is None and holes is not None and wanted:
                args = [holes(segment.start, segment.end, name) for name in entity.definition.type_params]
            else:
                args = self._args(segment, scope, holes)
            if len(args) != wanted:
                self._wrong_args(entity.name, wanted, len(args), segment, scope)
                return ERROR
            made = (StructType if isinstance(entity, StructInfo) else EnumType)(entity.definition, tuple(args))  # type: ignore[arg-type]
            decl = entity.decl
            if wanted and not scope.module.is_library and (decl.where or any(each.bounds for each in decl.generics)):
                self.written_types.append((made, scope, segment))
            return made
        if isinstance(entity, AliasInfo):
            return self._alias_type(entity, segment, scope, holes)
        span = Span(scope.module.source, path.start, path.end)
        name = segment.name.text
        if isinstance(entity, TraitInfo):
            self.engine.error(
                "E0106",
                f"`{name}` is a trait, not a type",
                span,
                helps=[f"write `any {name}` for a boxed value, or a type parameter `T: {name}`"],
            )
        elif entity is not None:
            self.engine.error(
                "E0106", f"`{name}` is a {entity.kind}, not a type", span, labels=[Label(entity.span, "declared here")]
            )
        elif name in LATER_TYPES:
            self.error("E0900", f"the type `{name}` is not supported yet", scope.module.source, path.start, path.end)
        elif name not in scope.module.failed_imports:
            helps = []
            other = type_help(name, scope.module.source.text[path.start : path.end], span)
            if name in scope.module.hidden_params:
                helps.append(Help(f"an item inside a function has type parameters of its own: `<{name}>`"))
            elif name == "any":
                helps.append(Help("the trait stands behind it: `any Show`"))
            elif other:
                helps.append(other)
            else:
                types = [
                    each
                    for each, info in scope.module.items.items()
                    if isinstance(info, StructInfo | EnumInfo | AliasInfo)
                ]
                helps = spelling_help(name, [*types, *scope.params, *PRIMITIVES, "string", "Option", "Result"], span)
            self.engine.error("E0101", f"there is no type `{name}`", span, helps=helps)
        return ERROR

    def _alias_type(self, entity: AliasInfo, segment: ast.PathSegment, scope: TypeScope, holes: Holes | None) -> Type:
        if entity.state == 1:
            self.engine.error("E0214", f"the type `{entity.name}` is defined by itself", entity.span)
            return ERROR
        if entity.state == 0:
            entity.state = 1
            entity.type_params = [generic.name.text for generic in entity.decl.generics]
            inner = TypeScope(entity.module, {name: [] for name in entity.type_params})
            entity.type = self.resolve_type(entity.decl.value, inner) if entity.decl.value else ERROR
            entity.state = 2
        assert entity.type is not None
        wanted = len(entity.type_params)
        if segment.type_args is None and holes is not None and wanted:
            args = [holes(segment.start, segment.end, name) for name in entity.type_params]
        else:
            args = self._args(segment, scope, holes)
        if len(args) != wanted:
            self._wrong_args(entity.name, wanted, len(args), segment, scope)
            return ERROR
        return substitute(entity.type, dict(zip(entity.type_params, args, strict=True)))

    def _args(self, segment: ast.PathSegment, scope: TypeScope, holes: Holes | None) -> list[Type]:
        return [self.resolve_type(arg, scope, holes) for arg in segment.type_args or ()]

    def _no_args(self, segment: ast.PathSegment, scope: TypeScope) -> None:
        if segment.type_args:
            self._wrong_args(segment.name.text, 0, len(segment.type_args), segment, scope)

    def _wrong_args(self, name: str, wanted: int, found: int, segment: ast.PathSegment, scope: TypeScope) -> None:
        takes = plural(wanted, "type argument") if wanted else "no type arguments"
        self.error("E0213", f"`{name}` takes {takes}, found {found}", scope.module.source, segment.start, segment.end)

    # ---- bounds

    def resolve_bound(self, node: ast.TypeExpr, scope: TypeScope, subject: Type | None = None) -> Bound | None:
        """
        The trait that a bound or an `impl` names; None after a report.

        Args:
            subject: the type that implements the trait: what `Self` is in the defaults of its parameters.
        """
        source = scope.module.source
        if not isinstance(node, ast.PathTypeExpr):
            if not isinstance(node, ast.ErrorTypeExpr):
                self.error("E0106", "a trait is expected here", source, node.start, node.end)
            return None
        segments = node.path.segments
        if len(segments) == 1:
            entity = self.lookup(scope.module, segments[0].name.text)
        else:
            found = self._path_entity(node.path, scope)
            if found is None:
                return None
            entity = found if isinstance(found, Entity) else None
        if not isinstance(entity, TraitInfo):
            name = segments[-1].name.text
            span = Span(source, node.start, node.end)
            if entity is not None:
                self.engine.error("E0106", f"`{name}` is a {entity.kind}, not a trait", span)
            elif name not in scope.module.failed_imports:
                traits = [
                    each
                    for each in self.visible_names(scope.module)
                    if isinstance(self.lookup(scope.module, each), TraitInfo)
                ]
                self.engine.error("E0101", f"there is no trait `{name}`", span, helps=spelling_help(name, traits, span))
            return None
        given = [arg for arg in segments[-1].type_args or () if not isinstance(arg, ast.AssocTypeArg)]
        args = tuple([self.resolve_type(arg, scope, None) for arg in given])
        args = self.with_defaults(entity, args, subject)
        wanted = len(entity.decl.generics)
        if len(args) != wanted:
            self._wrong_args(entity.name, wanted, len(args), segments[-1], scope)
            return None
        types: dict[str, Type] = {}
        for arg in segments[-1].type_args or ():
            if isinstance(arg, ast.AssocTypeArg):
                if arg.name.text not in self.trait(entity).assoc_types:
                    span = Span(source, arg.name.start, arg.name.end)
                    helps = spelling_help(arg.name.text, entity.assoc_types, span)
                    message = f"the trait `{entity.name}` has no type `{arg.name.text}`"
                    self.engine.error("E0601", message, span, helps=helps)
                else:
                    types[arg.name.text] = self.resolve_type(arg.type, scope)
        return Bound(entity, args, types or None)

    def trait(self, info: TraitInfo) -> TraitInfo:
        """A trait with its members; filled in above."""
        raise NotImplementedError

    def trait_defaults(self, trait: TraitInfo) -> list[Type | None]:
        """What the type parameters of a trait stand for where no argument is given."""
        found = trait.defaults
        if found is None:
            generics = trait.decl.generics
            empty: list[Type | None] = [None] * len(generics)
            found = trait.defaults = empty
            scope = TypeScope(trait.module, {"Self": []}, ParamType("Self"))
            for number, generic in enumerate(generics):
                if generic.default is not None:
                    found[number] = self.resolve_type(generic.default, scope)
                scope.params[generic.name.text] = []
        return found

    def with_defaults(self, trait: TraitInfo, args: tuple[Type, ...], subject: Type | None) -> tuple[Type, ...]:
        """The arguments of a trait, with the defaults of those that are left out at the end."""
        generics = trait.decl.generics
        if len(args) >= len(generics):
            return args
        mapping = {generic.name.text: arg for generic, arg in zip(generics, args, strict=False)}
        if subject is not None:
            mapping["Self"] = subject
        for generic, default in list(zip(generics, self.trait_defaults(trait), strict=True))[len(args) :]:
            if default is None:
                break
            mapping[generic.name.text] = substitute(default, mapping)
            args = (*args, mapping[generic.name.text])
        return args

    def show_bound(self, bound: Bound, subject: Type) -> str:
        """A bound as it is written for a type: without the arguments that are defaults."""
        args = tuple(map(zonk, bound.args))
        count = len(args)
        while count and self.with_defaults(bound.trait, args[: count - 1], zonk(subject)) == args:
            count -= 1
        return str(Bound(bound.trait, args[:count]))

    def declare_generics(
        self,
        generics: list[ast.GenericParam],
        where: list[ast.WherePredicate],
        scope: TypeScope,
        may_default: bool = False,
    ) -> list[str]:
        """Add type parameters with their bounds to a scope; returns their names."""
        names: list[str] = []
        for generic in generics:
            name = generic.name.text
            if name in scope.params:
                self.error(
                    "E0105",
                    f"the type parameter `{name}` is declared twice",
                    scope.module.source,
                    generic.start,
                    generic.end,
                )
                continue
            scope.params[name] = []
            names.append(name)
            if generic.default is not None and not may_default:
                self.error(
                    "E0106",
                    "only type parameters of traits have a default",
                    scope.module.source,
                    generic.default.start,
                    generic.default.end,
                )
        for generic in generics:
            self._add_bounds(scope.params.get(generic.name.text), generic.bounds, scope, ParamType(generic.name.text))
        for predicate in where:
            subject = self.resolve_type(predicate.subject, scope)
            if isinstance(subject, ParamType) and subject.name in scope.params:
                if subject.name not in names:
                    # A parameter of the impl or trait around: its bounds there stay as they are.
                    scope.params[subject.name] = list(scope.params[subject.name])
                self._add_bounds(scope.params.get(subject.name), predicate.bounds, scope, subject)
            elif subject is not ERROR:
                found: list[Bound] = []
                self._add_bounds(found, predicate.bounds, scope, subject)
                scope.where += [(subject, bound) for bound in found]
        return names

    def _add_bounds(
        self, target: list[Bound] | None, nodes: list[ast.TypeExpr], scope: TypeScope, subject: Type
    ) -> None:
        for node in nodes:
            bound = self.resolve_bound(node, scope, subject)
            if bound is not None and target is not None:
                target.append(bound)
                for name, type_ in (bound.types or {}).items():
                    scope.equal[AssocType(subject, bound.trait.symbol, name, bound.args)] = type_
