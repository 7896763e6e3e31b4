"""Which types implement which traits, and which methods a type has."""

from __future__ import annotations

from attrs import define

from luma_ir.frontend import ast, hir
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
from luma_ir.frontend.check.inference import TypeVar, Unifier, occurs, open_variable, resolve, substitute, zonk
from luma_ir.frontend.check.signatures import Signatures, head_of
from luma_ir.frontend.types import (
    ERROR,
    F64,
    I64,
    NEVER,
    AnyType,
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
from luma_ir.ir.diagnostics import Label, Span

_NOWHERE = (0, 0)

BUILTIN_MODULES = frozenset(["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64", "bool", "char"])
"""Builtin types whose methods and traits are in the library module of their name, loaded when first asked for."""

MORE_METHODS = {
    "[]": ("array_methods", "map", "iter"),
    "std.option.Option": ("option_methods",),
    "std.result.Result": ("result_methods",),
}
"""Types with further modules of methods: loaded one by one when a method is asked for that was not found before."""


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
        self.written_types = []
        self.place_methods: set[str] = set()
        self.declared_modules = set()
        self.traits_by_symbol: dict[str, TraitInfo] = {}
        self._projected: dict[tuple[Type, str, str, tuple[Type, ...]], Type] = {}

    def declare_trait_methods(self) -> None:
        """Enter the methods of every trait into the table of traits by method name."""
        for module in list(self.modules.values()):
            if module is not None:
                self._declare_trait_methods_of(module)

    def _declare_trait_methods_of(self, module: ModuleInfo) -> None:
        for item in module.items.values():
            if isinstance(item, TraitInfo) and item.module is module:
                for name in self.trait(item).methods:
                    self.traits_with.setdefault(name, []).append(item)
                self.traits_by_symbol[item.symbol] = item

    def register_impl(self, impl: ImplInfo) -> None:
        """Enter an impl into the tables; reports a second method of one name."""
        head = head_of(impl.self_type)
        if not impl.module.is_library:
            self.load_methods(head)
        if impl.bound is not None:
            key = (impl.bound.trait.symbol, head or "*")
            self.trait_impls.setdefault(key, []).append(impl)
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

    def _overlap(self, impl: ImplInfo, other: ImplInfo) -> bool:
        unifier = Unifier()
        mine = self.instantiate(impl.type_params)
        theirs = self.instantiate(other.type_params)
        return unifier.unify(substitute(impl.self_type, mine), substitute(other.self_type, theirs))

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
        has_bounds = isinstance(type_, ParamType | AssocType | AnyType) or scope.where
        if has_bounds and self.param_bound(type_, bound, scope, unifier) is not None:
            return True
        if self.is_opaque(type_) and (bound.trait.symbol, "*") not in self.trait_impls:
            show = self.plain_form(bound.trait)
            return show is not None and self.satisfies(type_, Bound(show), scope, unifier)
        derived = self.is_derived(type_, bound.trait)
        if derived is not None:
            return self._all([self.satisfies(part, bound, scope, unifier) for part in derived])
        if self.find_impl(type_, bound, scope, unifier) is not None:
            return True
        show = self.plain_form(bound.trait)
        return show is not None and self.satisfies(type_, Bound(show), scope, unifier)

    def plain_form(self, trait: TraitInfo) -> TraitInfo | None:
        """`Show` for `Debug`: containers show an element in its plain form where it has no other."""
        return self.library_trait("Show") if trait.symbol == "std.prelude.Debug" else None

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
            if trait.name not in type_.definition.derives:
                return None
            mapping = dict(zip(type_.definition.type_params, type_.args, strict=False))
            return [*type_.args, *[substitute(each, mapping) for each in type_.definition.assoc_params]]
        if isinstance(type_, TupleType):
            return list(type_.elements)
        if isinstance(type_, FixedType):
            return [type_.element]
        return None

    @staticmethod
    def is_opaque(type_: Type) -> bool:
        """Whether nothing but bounds tells what a type implements."""
        return isinstance(type_, ParamType | AssocType)

    def param_bound(self, type_: Type, wanted: Bound, scope: TypeScope, unifier: Unifier) -> Bound | None:
        """The bound of a type, or a parent of one, that gives a trait."""
        for bound in self.bounds_of(type_, scope):
            if bound.trait is wanted.trait:
                mark = unifier.mark()
                if not wanted.args or all(map(unifier.unify, bound.args, wanted.args)):
                    return bound
                unifier.undo(mark)
        return None

    def all_bounds(self, bounds: list[Bound], subject: Type | None = None) -> list[Bound]:
        """Bounds of a type with those that they bring along."""
        found: list[Bound] = []
        pending = list(bounds)
        while pending:
            bound = pending.pop(0)
            if all(other.trait is not bound.trait or other.args != bound.args for other in found):
                found.append(bound)
                trait = self.trait(bound.trait)
                if trait.parents:
                    mapping = dict(zip(trait.type_params, bound.args, strict=False))
                    if subject is not None:
                        mapping["Self"] = subject
                    pending += [substituted(parent, mapping) for parent in trait.parents]
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
        if not self.bounds_hold(choice, mapping, scope, unifier):
            return None
        return tuple([substitute(arg, mapping) for arg in choice.bound.args])

    def bounds_of(self, type_: Type, scope: TypeScope) -> list[Bound]:
        """The traits that a type is known to implement because of bounds."""
        found: list[Bound] = []
        if isinstance(type_, ParamType):
            found = scope.params.get(type_.name, [])
        elif isinstance(type_, AssocType):
            trait = self.trait_by_symbol(type_.trait)
            if trait is not None:
                mapping = {"Self": type_.base, **dict(zip(trait.type_params, type_.trait_args, strict=False))}
                found = [substituted(bound, mapping) for bound in self.trait(trait).assoc_bounds.get(type_.name, ())]
        elif isinstance(type_, AnyType) and type_.trait in self.any_traits:
            found = [Bound(self.any_traits[type_.trait], type_.args)]
        if scope.where:
            found = [*found, *[bound for subject, bound in scope.where if zonk(subject) == type_]]
        return self.all_bounds(found, type_) if found else found

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
            if fits and self.bounds_hold(impl, mapping, scope, unifier):
                return impl, mapping
            unifier.undo(mark)
        return None

    def bounds_hold(self, impl: ImplInfo, mapping: dict[str, Type], scope: TypeScope, unifier: Unifier) -> bool:
        """Whether nothing is known against the bounds of an impl when its type parameters stand for some types."""
        for name in impl.type_params:
            for bound in impl.scope.params[name]:
                if self.satisfies(mapping[name], substituted(bound, mapping), scope, unifier) is False:
                    return False
        for projection, type_ in impl.scope.equal.items():
            mark = unifier.mark()
            if not unifier.unify(substitute(projection, mapping), substitute(type_, mapping)):
                unifier.undo(mark)
                return False
        return all(
            self.satisfies(substitute(subject, mapping), substituted(bound, mapping), scope, unifier) is not False
            for subject, bound in impl.scope.where
        )

    # ---- methods

    def find_method(self, type_: Type, name: str, scope: TypeScope, unifier: Unifier) -> Method | None:
        """The method of a type: inherent ones first, then those of traits."""
        type_ = resolve(type_)
        head = head_of(type_)
        if head is not None:
            self.load_methods(head)
            found = self._inherent_method(type_, head, name, unifier)
            if found is None and head in MORE_METHODS:
                found = self._further_method(type_, head, name, unifier)
            if found is not None:
                return found
        for bound in self.bounds_of(type_, scope):
            method = bound.trait.methods.get(name)
            if method is not None:
                return self._trait_method(method, bound, type_)
        for trait in self.traits_with.get(name, ()):
            if self.is_derived(type_, trait) is not None:
                return self._trait_method(trait.methods[name], Bound(trait), type_)
            if trait.type_params and len(self.trait_choices(type_, trait, scope)) > 1:
                # The arguments of the call choose among the implementations.
                bound = Bound(trait, tuple(self.instantiate(trait.type_params).values()))
                return self._trait_method(trait.methods[name], bound, type_)
            impl = self.find_impl(type_, Bound(trait), scope, unifier)
            if impl is None:
                continue
            own = impl[0].methods.get(name)
            if own is not None:
                return Method(own, impl[1], impl[0])
            assert impl[0].bound is not None
            return self._trait_method(trait.methods[name], substituted(impl[0].bound, impl[1]), type_)
        return None

    def _further_method(self, type_: Type, head: str, name: str, unifier: Unifier) -> Method | None:
        """A method in one of the further modules of a type, unless a trait of the prelude has one of that name."""
        if any(trait.module.name == "std.prelude" for trait in self.traits_with.get(name, ())):
            return None
        for module in MORE_METHODS[head]:
            if ("std", module) not in self.modules:
                self.load_library(("std", module))
                found = self._inherent_method(type_, head, name, unifier)
                if found is not None:
                    return found
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

    def impl_function(
        self, impl: ImplInfo, mapping: dict[str, Type], self_type: Type, name: str, type_args: tuple[Type, ...] = ()
    ) -> tuple[hir.Function, tuple[Type, ...]]:
        """
        The function that a method or constant of an impl is, with its type arguments: its own or the trait's default.

        Args:
            mapping: what the type parameters of the impl stand for.
            type_args: what those of the method itself stand for.
        """
        assert impl.bound is not None
        trait = self.trait(impl.bound.trait)
        own = impl.methods.get(name)
        if own is None and name in trait.methods:
            default = self.function(trait.methods[name]).function
            assert default is not None
            args = [zonk(substitute(arg, mapping)) for arg in impl.bound.args]
            return default, (zonk(self_type), *args, *type_args)
        function = self.function(own).function if own is not None else self.constant_function(impl, name)
        assert function is not None
        return function, (*[zonk(mapping[param]) for param in impl.type_params], *type_args)

    def constant_function(self, impl: ImplInfo, name: str) -> hir.Function:
        """A constant of an impl as a function without parameters; filled in above."""
        raise NotImplementedError

    # ---- associated types

    def trait_by_symbol(self, symbol: str) -> TraitInfo | None:
        """The trait with a symbol."""
        found = self.traits_by_symbol.get(symbol)
        if found is None:
            path, _, name = symbol.rpartition(".")
            item = self.library_item(path, name)
            if isinstance(item, TraitInfo):
                found = self.traits_by_symbol[symbol] = item
        return found

    def project(self, type_: AssocType) -> Type | None:
        """What an associated type of a known base stands for; None while that depends on unknown types."""
        base = zonk(type_.base)
        key = (base, type_.trait, type_.name, type_.trait_args)
        is_open = open_variable(base) is not None
        found = None if is_open else self._projected.get(key)
        if found is not None:
            return found
        head = head_of(base)
        self.load_methods(head)
        choices = [*self.trait_impls.get((type_.trait, head or "*"), ())]
        blanket = [*self.trait_impls.get((type_.trait, "*"), ())] if head is not None else []
        for impl in (*choices, *blanket):
            unifier = Unifier()
            mapping = self.instantiate(impl.type_params)
            assert impl.bound is not None
            if unifier.unify(substitute(impl.self_type, mapping), base) and all(
                unifier.unify(substitute(mine, mapping), theirs)
                for mine, theirs in zip(impl.bound.args, type_.trait_args, strict=False)
            ):
                if is_open and any(occurs(variable, base) for variable, _ in unifier.trail):
                    # What is not known of the base would be decided by looking at it.
                    unifier.undo(0)
                    return None
                found = zonk(substitute(self.impl_type(impl, type_.name), mapping))
                if not is_open:
                    self._projected[key] = found
                return found
            unifier.undo(0)
        return None if is_open else ERROR

    def member_type(self, base: Type, name: ast.Name, scope: TypeScope) -> Type:
        """`T::Item`: an associated type of a type; `ERROR` after a report."""
        text = name.text
        impl = scope.impl if base is scope.self_type else None
        trait = impl.trait if impl is not None else None
        if impl is not None and trait is not None and (text in impl.types or text in self.trait(trait).assoc_types):
            return self.impl_type(impl, text)
        for bound in self.bounds_of(base, scope):
            if text in bound.trait.assoc_types:
                found = AssocType(base, bound.trait.symbol, text, bound.args)
                return scope.equal.get(found, found)
        if not self.is_opaque(base):
            head = head_of(base)
            self.load_methods(head)
            for (_, of), impls in list(self.trait_impls.items()):
                for impl in impls if of in (head, "*") else ():
                    if impl.bound is not None and text in self.trait(impl.bound.trait).assoc_types:
                        found = self.find_impl(base, Bound(impl.bound.trait), scope, Unifier())
                        if found is not None:
                            return substitute(self.impl_type(found[0], text), found[1])
        helps: list[str] = []
        if isinstance(base, ParamType):
            with_it = [trait.name for trait in self.traits_by_symbol.values() if text in trait.assoc_types]
            helps = [f"add the bound of a trait that has it: `{base}: {each}`" for each in with_it[:1]]
        span = Span(scope.module.source, name.start, name.end)
        self.engine.error("E0101", f"`{base}` has no associated type `{text}`", span, helps=helps)
        return ERROR

    def method_names(self, type_: Type, scope: TypeScope) -> list[str]:
        """The names of the methods of a type, for suggestions."""
        head = head_of(type_)
        self.load_methods(head)
        for module in MORE_METHODS.get(head or "", ()):
            self.load_library(("std", module))
        names = list(self.inherent.get(head, ())) if head is not None else []
        for bound in self.bounds_of(type_, scope):
            names += bound.trait.methods
        return names


def substituted(bound: Bound, mapping: dict[str, Type]) -> Bound:
    """A bound with type parameters replaced in its arguments."""
    return Bound(bound.trait, tuple([substitute(arg, mapping) for arg in bound.args])) if bound.args else bound
