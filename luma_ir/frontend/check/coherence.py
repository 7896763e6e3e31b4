"""
Coherence: each type implements a trait with the same arguments once, and an `impl` stands where its trait or its type
is declared. So what a program means does not depend on which modules it imports.
"""

from __future__ import annotations

from luma_ir.frontend.check.entities import ImplInfo, ModuleInfo, TraitInfo
from luma_ir.frontend.check.implementations import Implementations
from luma_ir.frontend.check.inference import Unifier, parts, resolve, substitute
from luma_ir.frontend.types import EnumType, ParamType, StructType, Type
from luma_ir.ir.diagnostics import Label, Span


class Coherence(Implementations):
    """Checks impls against each other."""

    def check_coherence(self, modules: list[ModuleInfo]) -> None:
        """Report impls of modules that overlap with others, and those of strangers' traits for strangers' types."""
        for module in modules:
            # The library specialises some of its own implementations; a concrete one goes before one for all types.
            for impl in module.impls if not module.is_library else ():
                if impl.bound is not None and not self._report_overlap(impl):
                    self._check_orphan(impl)

    # ---- overlap

    def _report_overlap(self, impl: ImplInfo) -> bool:
        assert impl.bound is not None
        trait = impl.bound.trait
        if self._is_derived_too(impl, trait):
            return True
        blanket = isinstance(impl.self_type, ParamType)
        for (symbol, head), others in self.trait_impls.items():
            if symbol != trait.symbol or not (blanket or head == "*" or impl in others):
                continue
            for other in others:
                if other is impl:
                    if not blanket and head != "*":
                        break  # those behind it find this one when it is their turn
                    continue
                if self._comes_first(impl, other) or not self._overlaps(impl, other):
                    continue
                self._overlap_error(impl, other)
                return True
        return False

    def _is_derived_too(self, impl: ImplInfo, trait: TraitInfo) -> bool:
        """Report an impl of a trait that its type derives."""
        type_ = impl.self_type
        if not isinstance(type_, StructType | EnumType) or self.is_derived(type_, trait) is None:
            return False
        info = self.definitions[type_.definition.symbol]
        place = Span(impl.module.source, impl.decl.start, impl.decl.target.end)
        derive = info.decl.attribute("derive")
        labels = []
        if derive is not None:
            labels = [Label(Span(info.module.source, derive.start, derive.end), "it is derived here")]
        self.engine.error("E0603", f"`{trait.name}` is implemented twice for `{type_}`", place, labels=labels)
        return True

    @staticmethod
    def _comes_first(impl: ImplInfo, other: ImplInfo) -> bool:
        """Whether the error is reported at the other of two overlapping impls."""
        return impl.module is other.module and impl.decl.start < other.decl.start

    def _overlaps(self, impl: ImplInfo, other: ImplInfo) -> bool:
        """
        Whether a type may be found that both are for. Bounds count only where one of the two is for every type: what
        they rule out may implement the trait itself.
        """
        unifier = Unifier()
        mine = self.instantiate(impl.type_params)
        theirs = self.instantiate(other.type_params)
        if not unifier.unify(substitute(impl.self_type, mine), substitute(other.self_type, theirs)):
            return False
        assert impl.bound is not None and other.bound is not None
        pairs = zip(impl.bound.args, other.bound.args, strict=False)
        if not all(unifier.unify(substitute(first, mine), substitute(second, theirs)) for first, second in pairs):
            return False
        if isinstance(impl.self_type, ParamType) != isinstance(other.self_type, ParamType):
            blanket, mapping = (impl, mine) if isinstance(impl.self_type, ParamType) else (other, theirs)
            return self.bounds_hold(blanket, mapping, blanket.scope, unifier)
        return True

    def _overlap_error(self, impl: ImplInfo, other: ImplInfo) -> None:
        assert impl.bound is not None
        place = Span(impl.module.source, impl.decl.start, impl.decl.target.end)
        shown = self.show_bound(impl.bound, impl.self_type)
        if impl.self_type == other.self_type:
            message = f"`{shown}` is implemented twice for `{impl.self_type}`"
        else:
            message = f"the implementations of `{shown}` for `{impl.self_type}` and for `{other.self_type}` overlap"
        notes = []
        if other.module.is_library:
            notes.append(f"the library implements it for `{other.self_type}`")
        label = Label(Span(other.module.source, other.decl.start, other.decl.target.end), "the other implementation")
        self.engine.error("E0603", message, place, labels=[label], notes=notes)

    # ---- orphans

    def _check_orphan(self, impl: ImplInfo) -> None:
        assert impl.bound is not None
        trait = impl.bound.trait
        if not trait.module.is_library or any(map(self._is_own, (impl.self_type, *impl.bound.args))):
            return
        self.engine.error(
            "E0605",
            f"neither the trait `{trait.name}` nor the type `{impl.self_type}` is of this package",
            Span(impl.module.source, impl.decl.start, impl.decl.target.end),
            helps=["wrap the type into a struct of your own, or write a trait of your own"],
        )

    def _is_own(self, type_: Type) -> bool:
        """Whether a type of the user's occurs in a type."""
        type_ = resolve(type_)
        if isinstance(type_, StructType | EnumType):
            info = self.definitions.get(type_.definition.symbol)
            if info is not None and not info.module.is_library:
                return True
        return any(map(self._is_own, parts(type_)))
