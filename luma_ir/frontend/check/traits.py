"""Which types implement which traits, and which methods a type has."""

from __future__ import annotations

from attrs import define

from luma_ir.frontend.check.attributes import DERIVABLE
from luma_ir.frontend.check.entities import (
    Bound,
    ConstInfo,
    FunctionInfo,
    ImplInfo,
    ModuleInfo,
    TraitInfo,
    TypeScope,
)
from luma_ir.frontend.check.inference import TypeVar, Unifier, resolve, substitute
from luma_ir.frontend.check.signatures import Signatures, head_of
from luma_ir.frontend.types import (
    ERROR,
    F64,
    I64,
    NEVER,
    AssocType,
    EnumType,
    FixedType,
    FloatType,
    IntType,
    ParamType,
    StructType,
    TupleType,
    Type,
)
from luma_ir.ir.diagnostics import Label

_NOWHERE = (0, 0)

BUILTIN_MODULES = frozenset(["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64", "bool", "char"])
"""Builtin types whose methods and traits are in the library module of their name, loaded when first asked for."""


@define(eq=False, repr=False)
class Method:
    """
    A method found for a type. `mapping` gives what the type parameters around it stand for; `bound` is the trait
    when the implementation is only known after monomorphization (or derived).
    """

    info: FunctionInfo
    mapping: dict[str, Type]
    impl: ImplInfo | None = None
    bound: Bound | None = None
    self_type: Type | None = None


class Traits(Signatures):
    """Tables of impls."""

    inherent: dict[str, dict[str, list[tuple[ImplInfo, FunctionInfo]]]]
    inherent_consts: dict[str, dict[str, list[tuple[ImplInfo, ConstInfo]]]]
    trait_impls: dict[tuple[str, str], list[ImplInfo]]
    traits_with: dict[str, list[TraitInfo]]

    def init_tables(self) -> None:
        """Start with empty tables."""
        self.inherent = {}
        self.inherent_consts = {}
        self.trait_impls = {}
        self.traits_with = {}
        self._loaded_methods: set[str] = set()
        self.place_methods: set[str] = set()

    def declare_trait_methods(self) -> None:
        """Enter the methods of every trait into the table of traits by method name."""
        for module in self.modules.values():
            if module is not None:
                self._declare_trait_methods_of(module)

    def _declare_trait_methods_of(self, module: ModuleInfo) -> None:
        for item in module.items.values():
            if isinstance(item, TraitInfo) and item.module is module:
                for name in self.trait(item).methods:
                    self.traits_with.setdefault(name, []).append(item)

    def register_impl(self, impl: ImplInfo) -> None:
        """Enter an impl into the tables; reports a second one for the same type."""
        head = head_of(impl.self_type)
        if not impl.module.is_library:
            self.load_methods(head)
        if impl.bound is not None:
            key = (impl.bound.trait.symbol, head or "*")
            others = self.trait_impls.setdefault(key, [])
            for other in others:
                if other.bound is not None and self._overlap(impl, other):
                    self.error(
                        "E0603",
                        f"`{self.show_bound(impl.bound, impl.self_type)}` is implemented twice for `{impl.self_type}`",
                        impl.module.source,
                        impl.decl.start,
                        impl.decl.target.end,
                        labels=[self._impl_label(other)],
                    )
                    break
            others.append(impl)
            return
        assert head is not None
        methods = self.inherent.setdefault(head, {})
        for name, method in impl.methods.items():
            others_of = methods.setdefault(name, [])
            for other, info in others_of:
                if self._overlap(impl, other):
                    self.engine.error(
                        "E0105",
                        f"the method `{name}` of `{impl.self_type}` is declared twice",
                        method.span,
                        labels=[Label(info.span, "the other declaration")],
                    )
                    break
            others_of.append((impl, method))
        consts = self.inherent_consts.setdefault(head, {})
        for name, const in impl.consts.items():
            consts.setdefault(name, []).append((impl, const))

    def _impl_label(self, impl: ImplInfo) -> Label:
        from luma_ir.ir.diagnostics import Span

        return Label(Span(impl.module.source, impl.decl.start, impl.decl.target.end), "the other implementation")

    def _overlap(self, impl: ImplInfo, other: ImplInfo) -> bool:
        unifier = Unifier()
        mine = self.instantiate(impl.type_params)
        theirs = self.instantiate(other.type_params)
        if not unifier.unify(substitute(impl.self_type, mine), substitute(other.self_type, theirs)):
            return False
        if impl.bound is None or other.bound is None:
            return True
        return all(
            unifier.unify(substitute(first, mine), substitute(second, theirs))
            for first, second in zip(impl.bound.args, other.bound.args, strict=False)
        )

    def instantiate(self, names: list[str], origin: tuple[int, int] = _NOWHERE) -> dict[str, Type]:
        """Fresh variables for type parameters."""
        return {name: TypeVar("any", origin, name) for name in names}

    def load_methods(self, head: str | None) -> None:
        """Load the library module of a builtin type, unless that was done."""
        if head in BUILTIN_MODULES and head not in self._loaded_methods:
            self._loaded_methods.add(head)
            self.load_library(("std", head))

    def load_library(self, path: tuple[str, ...]) -> None:
        """Load a module of the library, unless that was done, and declare its impls and those of what it imports."""
        if path in self.modules:
            return
        known = set(self.modules)
        self.load_module(path)
        added = [module for path, module in self.modules.items() if module is not None and path not in known]
        for module in added:
            self._declare_trait_methods_of(module)
        for module in added:
            self.declare_impls(module)

    # ---- satisfaction

    def library_trait(self, name: str) -> TraitInfo | None:
        """A trait of the prelude."""
        found = self.library_item("std.prelude", name)
        return found if isinstance(found, TraitInfo) else None

    def satisfies(self, type_: Type, bound: Bound, scope: TypeScope, unifier: Unifier) -> bool | None:
        """Whether a type implements a trait; None while that depends on unknown types."""
        type_ = resolve(type_)
        if type_ is ERROR or type_ is NEVER:
            return True
        if type(type_) is TypeVar:
            if type_.kind == "any":
                return None
            type_ = I64 if type_.kind == "int" else F64
        if isinstance(type_, ParamType):
            return self.param_bound(type_, bound, scope) is not None
        derived = self.is_derived(type_, bound.trait)
        if derived is not None:
            return self._all([self.satisfies(part, bound, scope, unifier) for part in derived])
        return self.find_impl(type_, bound, scope, unifier) is not None

    @staticmethod
    def _all(answers: list[bool | None]) -> bool | None:
        if False in answers:
            return False
        return None if None in answers else True

    def is_derived(self, type_: Type, trait: TraitInfo) -> list[Type] | None:
        """The parts that must implement a trait as well where the implementation is derived; None where it is not."""
        if trait.name not in DERIVABLE or trait.module.path != ("std", "prelude"):
            return None
        if isinstance(type_, StructType | EnumType):
            self.nominal_info(type_)
            return list(type_.args) if trait.name in type_.definition.derives else None
        if isinstance(type_, TupleType):
            return list(type_.elements)
        if isinstance(type_, FixedType):
            return [type_.element]
        return None

    def param_bound(self, type_: ParamType, wanted: Bound, scope: TypeScope) -> Bound | None:
        """The bound of a type parameter, or a parent of one, that gives a trait."""
        for bound in self.all_bounds(scope.params.get(type_.name, [])):
            if bound.trait is wanted.trait and (not wanted.args or bound.args == wanted.args):
                return bound
        return None

    def all_bounds(self, bounds: list[Bound]) -> list[Bound]:
        """Bounds with those that they bring along."""
        found: list[Bound] = []
        pending = list(bounds)
        while pending:
            bound = pending.pop(0)
            if all(other.trait is not bound.trait or other.args != bound.args for other in found):
                found.append(bound)
                pending += self.trait(bound.trait).parents
        return found

    def trait_choices(self, type_: Type, trait: TraitInfo, scope: TypeScope) -> list[ImplInfo | Bound]:
        """The bounds of a type parameter, or the impls, that may give a trait for a type."""
        bounds: list[ImplInfo | Bound] = [bound for bound in self.bounds_of(type_, scope) if bound.trait is trait]
        if bounds or isinstance(type_, ParamType | AssocType):
            return bounds
        head = head_of(type_)
        if type(type_) not in (IntType, FloatType):
            # Of scalars the library implements operators for type parameters only: theirs are builtin.
            self.load_methods(head)
        choices: list[ImplInfo | Bound] = [*self.trait_impls.get((trait.symbol, head or "*"), ())]
        return [*choices, *self.trait_impls.get((trait.symbol, "*"), ())] if head is not None else choices

    def match_choice(
        self, choice: ImplInfo | Bound, type_: Type, scope: TypeScope, unifier: Unifier
    ) -> tuple[Type, ...] | None:
        """The trait's arguments that a choice gives for a type; None, maybe with links left, where it does not fit."""
        if isinstance(choice, Bound):
            return choice.args
        mapping = self.instantiate(choice.type_params)
        assert choice.bound is not None
        if not unifier.unify(substitute(choice.self_type, mapping), type_):
            return None
        if not self._bounds_hold(choice, mapping, scope, unifier):
            return None
        return tuple([substitute(arg, mapping) for arg in choice.bound.args])

    def bounds_of(self, type_: Type, scope: TypeScope) -> list[Bound]:
        """The traits that a type is known to implement because of bounds."""
        if isinstance(type_, ParamType):
            return self.all_bounds(scope.params.get(type_.name, []))
        return []

    def find_impl(
        self, type_: Type, bound: Bound, scope: TypeScope, unifier: Unifier
    ) -> tuple[ImplInfo, dict[str, Type]] | None:
        """The impl of a trait for a type with what its type parameters stand for."""
        head = head_of(type_)
        self.load_methods(head)
        symbol = bound.trait.symbol
        candidates = self.trait_impls.get((symbol, head or "*"), ())
        generic = self.trait_impls.get((symbol, "*"), ()) if head is not None else ()
        for impl in (*candidates, *generic):
            mapping = self.instantiate(impl.type_params)
            mark = unifier.mark()
            assert impl.bound is not None
            fits = unifier.unify(substitute(impl.self_type, mapping), type_)
            if fits and bound.args:
                fits = all(
                    unifier.unify(substitute(mine, mapping), theirs)
                    for mine, theirs in zip(impl.bound.args, bound.args, strict=False)
                )
            if fits and self._bounds_hold(impl, mapping, scope, unifier):
                return impl, mapping
            unifier.undo(mark)
        return None

    def _bounds_hold(self, impl: ImplInfo, mapping: dict[str, Type], scope: TypeScope, unifier: Unifier) -> bool:
        for name in impl.type_params:
            for bound in impl.scope.params[name]:
                wanted = Bound(bound.trait, tuple([substitute(arg, mapping) for arg in bound.args]))
                if self.satisfies(mapping[name], wanted, scope, unifier) is False:
                    return False
        return True

    # ---- methods

    def find_method(self, type_: Type, name: str, scope: TypeScope, unifier: Unifier) -> Method | None:
        """The method of a type: inherent ones first, then those of traits."""
        type_ = resolve(type_)
        head = head_of(type_)
        if head is not None:
            self.load_methods(head)
            found = self._inherent_method(type_, head, name, unifier)
            if found is not None:
                return found
        if isinstance(type_, ParamType):
            for bound in self.all_bounds(scope.params.get(type_.name, [])):
                method = bound.trait.methods.get(name)
                if method is not None:
                    return self._trait_method(method, bound, type_)
            return None
        for trait in self.traits_with.get(name, ()):
            bound = Bound(trait)
            derived = self.is_derived(type_, trait)
            if derived is not None:
                return self._trait_method(trait.methods[name], bound, type_)
            impl = self.find_impl(type_, bound, scope, unifier)
            if impl is not None:
                return Method(self.impl_method(impl[0], name), impl[1], impl[0])
        return None

    def inherent_method(self, type_: Type, name: str, unifier: Unifier) -> Method | None:
        """A method that a type has without a trait."""
        head = head_of(type_)
        self.load_methods(head)
        return self._inherent_method(type_, head, name, unifier) if head is not None else None

    def _inherent_method(self, type_: Type, head: str, name: str, unifier: Unifier) -> Method | None:
        candidates = self.inherent.get(head, {}).get(name, ())
        for impl, method in candidates:
            if not impl.type_params:
                if impl.self_type == type_ or unifier.try_unify(impl.self_type, type_):
                    return Method(method, {}, impl)
                continue
            mapping = self.instantiate(impl.type_params)
            if unifier.try_unify(substitute(impl.self_type, mapping), type_):
                return Method(method, mapping, impl)
        return None

    def _trait_method(self, method: FunctionInfo, bound: Bound, self_type: Type) -> Method:
        mapping: dict[str, Type] = {"Self": self_type}
        mapping.update(zip(bound.trait.type_params, bound.args, strict=False))
        return Method(method, mapping, None, bound, self_type)

    def impl_method(self, impl: ImplInfo, name: str) -> FunctionInfo:
        """A method of an impl; a default one of the trait becomes the impl's own."""
        found = impl.methods.get(name)
        if found is None:
            trait = impl.trait
            assert trait is not None
            method = trait.methods[name]
            found = FunctionInfo(trait.module, name, method.decl, True, impl)
            mapping = self.trait_mapping(impl)
            del mapping["Self"]
            found.aliases = {key: type_ for key, type_ in mapping.items() if ":" not in key}
            found.implements = method
            impl.methods[name] = found
        return found

    def method_names(self, type_: Type, scope: TypeScope) -> list[str]:
        """The names of the methods of a type, for suggestions."""
        head = head_of(type_)
        self.load_methods(head)
        names = list(self.inherent.get(head, ())) if head is not None else []
        if isinstance(type_, ParamType):
            for bound in self.all_bounds(scope.params.get(type_.name, [])):
                names += bound.trait.methods
        return names
