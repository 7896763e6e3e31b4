"""Impls against their traits: missing and extra members, other signatures, types and bounds that do not fit."""

from __future__ import annotations

from luma_ir.frontend import hir
from luma_ir.frontend.check.core import closest
from luma_ir.frontend.check.entities import Bound, ConstInfo, FunctionInfo, ImplInfo, TraitInfo, TypeScope
from luma_ir.frontend.check.finish import Uses
from luma_ir.frontend.check.inference import Unifier, has_error, open_variable, substitute, zonk
from luma_ir.frontend.check.signatures import symbol_part
from luma_ir.frontend.check.traits import Traits, substituted
from luma_ir.frontend.types import ERROR, UNIT, EnumType, ParamType, StructType, Type
from luma_ir.ir.diagnostics import Label, Span


class Implementations(Traits):
    """Checks what is in an impl, and finds the functions that methods are."""

    def init_tables(self) -> None:
        """Start with empty tables."""
        super().init_tables()
        self.generated: dict[str, tuple[hir.Function, Uses]] = {}
        self.impl_constants: dict[tuple[int, str], hir.Function] = {}

    def constant(self, info: ConstInfo) -> hir.Expr | None:
        """The value of a constant; filled in above."""
        raise NotImplementedError

    def constant_of(self, impl: ImplInfo, name: str) -> ConstInfo | None:
        """A constant of an impl of a trait; filled in above."""
        raise NotImplementedError

    def check_impl(self, impl: ImplInfo) -> None:
        """Compare an impl with its trait: missing and extra members, other signatures."""
        trait = impl.trait
        if impl.state or trait is None:
            return
        impl.state = 1
        self.trait(trait)
        assert impl.bound is not None
        source = impl.module.source
        decl = impl.decl
        missing = [
            name for name, method in trait.methods.items() if name not in impl.methods and not method.decl.has_body
        ]
        if missing:
            listed = ", ".join(f"`{name}`" for name in missing)
            self.error(
                "E0600",
                f"the `impl` of `{trait.name}` for `{impl.self_type}` lacks {listed}",
                source,
                decl.start,
                decl.target.end,
                labels=[Label(trait.methods[missing[0]].span, "declared here")],
            )
        self._check_impl_types(impl, trait)
        self._check_constants(impl, trait)
        self._check_parents(impl, trait)
        for name, const in trait.consts.items():
            if name not in impl.consts and const.decl.value is None:
                self.error(
                    "E0600",
                    f"the `impl` of `{trait.name}` for `{impl.self_type}` lacks the constant `{name}`",
                    source,
                    decl.start,
                    decl.target.end,
                )
        for name, method in impl.methods.items():
            wanted = trait.methods.get(name)
            if wanted is None:
                found = closest(name, trait.methods)
                self.engine.error(
                    "E0601",
                    f"the trait `{trait.name}` has no method `{name}`",
                    method.span,
                    helps=[f"did you mean `{found}`?"] if found else [],
                )
                continue
            self._compare_method(impl, method, wanted)

    def _check_impl_types(self, impl: ImplInfo, trait: TraitInfo) -> None:
        """The associated types of an impl: those that the trait has, each with its bounds."""
        source, decl = impl.module.source, impl.decl
        missing = [name for name, item in trait.assoc_types.items() if name not in impl.types and item.value is None]
        if missing:
            listed = ", ".join(f"`{name}`" for name in missing)
            what = "type" if len(missing) == 1 else "types"
            label = trait.assoc_types[missing[0]]
            self.error(
                "E0600",
                f"the `impl` of `{trait.name}` for `{impl.self_type}` lacks the {what} {listed}",
                source,
                decl.start,
                decl.target.end,
                labels=[Label(Span(trait.module.source, label.name.start, label.name.end), "declared here")],
                helps=["write " + " ".join(f"`type {name} = …;`" for name in missing)],
            )
        for name, item in impl.types.items():
            place = Span(source, item.name.start, item.name.end)
            if name not in trait.assoc_types:
                has = ", ".join(f"`{each}`" for each in trait.assoc_types)
                notes = [f"its types are {has}"] if has else []
                self.engine.error("E0601", f"the trait `{trait.name}` has no type `{name}`", place, notes=notes)
                continue
            type_ = self.impl_type(impl, name)
            mapping = self.trait_mapping(impl)
            for bound in trait.assoc_bounds.get(name, ()):
                wanted = substituted(bound, mapping)
                if type_ is not ERROR and self.satisfies(type_, wanted, impl.scope, Unifier()) is False:
                    self.engine.error(
                        "E0212",
                        f"`{type_}` does not implement `{self.show_bound(wanted, type_)}`",
                        place,
                        labels=[Label(place, f"`{trait.name}` wants that of its `{name}`")],
                    )

    def _check_constants(self, impl: ImplInfo, trait: TraitInfo) -> None:
        """The constants of an impl: those that the trait has, of its types."""
        for name, const in impl.consts.items():
            wanted = trait.consts.get(name)
            if wanted is None:
                found = closest(name, trait.consts)
                helps = [f"did you mean `{found}`?"] if found else []
                message = f"the trait `{trait.name}` has no constant `{name}`"
                self.engine.error("E0601", message, const.span, helps=helps)
                continue
            if wanted.decl.type is None or trait.scope is None or const.decl.type is None:
                continue
            expected = substitute(self.resolve_type(wanted.decl.type, trait.scope), self.trait_mapping(impl))
            given = self.resolve_type(const.decl.type, impl.scope)
            if given != expected and ERROR not in (given, expected):
                self.error(
                    "E0601",
                    f"the constant `{name}` is a `{expected}` in the trait `{trait.name}`, found `{given}`",
                    impl.module.source,
                    const.decl.type.start,
                    const.decl.type.end,
                    labels=[Label(wanted.span, "declared here")],
                )

    def _check_parents(self, impl: ImplInfo, trait: TraitInfo) -> None:
        """What a trait demands of the types that implement it."""
        mapping = self.trait_mapping(impl)
        assert trait.scope is not None
        demands = [(impl.self_type, substituted(parent, mapping)) for parent in trait.parents]
        demands += [(substitute(subject, mapping), substituted(bound, mapping)) for subject, bound in trait.scope.where]
        for type_, wanted in demands:
            if self.satisfies(type_, wanted, impl.scope, Unifier()) is False:
                shown = self.show_bound(wanted, type_)
                self.engine.error(
                    "E0212",
                    f"`{type_}` does not implement `{shown}`, which `{trait.name}` needs",
                    Span(impl.module.source, impl.decl.start, impl.decl.target.end),
                    labels=[Label(trait.span, "declared here")],
                    helps=[f"write `impl {shown} for {type_} {{ … }}`"],
                )

    def _compare_method(self, impl: ImplInfo, method: FunctionInfo, wanted: FunctionInfo) -> None:
        self.function(method)
        self.function(wanted)
        method.implements = wanted
        assert method.function is not None and wanted.function is not None
        mapping = self.trait_mapping(impl)
        expected = [(substitute(param.type, mapping), param.inout) for param in wanted.params]
        found = [(param.type, param.inout) for param in method.params]
        result = substitute(wanted.function.result, mapping)
        if len(method.own_type_params) != len(wanted.own_type_params):
            same = False
        else:
            renamed: dict[str, Type] = {
                mine: ParamType(theirs)
                for mine, theirs in zip(method.own_type_params, wanted.own_type_params, strict=True)
            }
            found = [(substitute(type_, renamed), inout) for type_, inout in found]
            mine_result = substitute(method.function.result, renamed)
            same = (
                method.has_self == wanted.has_self
                and len(expected) == len(found)
                and result == mine_result
                and all(
                    mine == theirs or ERROR in (mine[0], theirs[0])
                    for mine, theirs in zip(found, expected, strict=True)
                )
            )
        if not same and ERROR not in (result, method.function.result):
            shown = ", ".join(
                ("inout self" if inout else "self")
                if number == 0 and wanted.has_self
                else f"{wanted.params[number].name}: {'inout ' if inout else ''}{type_}"
                for number, (type_, inout) in enumerate(expected)
            )
            arrow = "" if result == UNIT else f" -> {result}"
            self.engine.error(
                "E0601",
                f"the method `{method.name}` does not fit the trait `{wanted.owner.name}`",  # type: ignore[union-attr]
                Span(impl.module.source, method.decl.start, method.decl.signature_end),
                labels=[Label(wanted.span, "declared here")],
                helps=[f"its signature is `func {method.name}({shown}){arrow}`"],
            )
        elif same:
            self._compare_bounds(method, wanted)

    def _compare_bounds(self, method: FunctionInfo, wanted: FunctionInfo) -> None:
        """A method cannot demand more of its type parameters than the trait's does: its callers know only that one."""
        assert method.scope is not None and wanted.scope is not None
        for mine, theirs in zip(method.own_type_params, wanted.own_type_params, strict=True):
            known = self.all_bounds(wanted.scope.params[theirs], ParamType(theirs))
            for bound in method.scope.params[mine]:
                if all(other.trait is not bound.trait for other in known):
                    self.engine.error(
                        "E0601",
                        f"the method `{method.name}` wants `{mine}: {bound}`, which the trait does not promise",
                        method.span,
                        labels=[Label(wanted.span, "declared here")],
                    )

    # ---- type arguments against bounds

    def check_written_types(self) -> None:
        """Report type arguments that lack what the definition of their type demands."""
        reported: set[tuple[int, int]] = set()
        for written, scope, segment in self.written_types:
            type_ = zonk(written)
            info = self.nominal_info(type_)
            if info is None or info.scope is None or has_error(type_) or open_variable(type_) is not None:
                continue
            assert isinstance(type_, StructType | EnumType)
            mapping = dict(zip(type_.definition.type_params, type_.args, strict=True))
            demands = [(mapping[name], bound) for name in mapping for bound in info.scope.params[name]]
            demands += [(substitute(subject, mapping), bound) for subject, bound in info.scope.where]
            for subject, bound in demands:
                wanted = substituted(bound, mapping)
                place = Span(scope.module.source, segment.start, segment.end)
                if (id(scope.module), segment.start) in reported:
                    break
                if self.satisfies(subject, wanted, scope, Unifier()) is False:
                    reported.add((id(scope.module), segment.start))
                    shown = self.show_bound(wanted, subject)
                    helps = []
                    if isinstance(subject, ParamType):
                        helps = [f"add the bound where it is declared: `{subject}: {shown}`"]
                    self.engine.error(
                        "E0212",
                        f"`{subject}` does not implement `{shown}`, which `{info.name}` needs",
                        place,
                        labels=[Label(info.span, "declared here")],
                        helps=helps,
                    )

    # ---- the functions of methods

    def implementation(self, ref: hir.TraitMethodRef, scope: TypeScope) -> hir.FunctionRef | None:
        """The function of an explicit impl that a trait's method on a known type is."""
        trait = self.trait_by_symbol(ref.trait)
        if trait is None:
            return None
        if self.is_derived(ref.self_type, trait) is not None:
            method = trait.methods.get(ref.method)
            if method is None or not method.decl.has_body:
                return None
            default = self.function(method).function
            assert default is not None
            return hir.FunctionRef(default, (ref.self_type, *ref.trait_args, *ref.type_args))
        unifier = Unifier()
        found = self.find_impl(ref.self_type, Bound(trait, ref.trait_args), scope, unifier)
        if found is None:
            return None
        return hir.FunctionRef(*self.impl_function(*found, ref.self_type, ref.method, ref.type_args))

    def constant_function(self, impl: ImplInfo, name: str) -> hir.Function:
        """A constant of an impl, or the trait's default for it, as a function without parameters."""
        found = self.impl_constants.get((id(impl), name))
        if found is None:
            info = self.constant_of(impl, name)
            value = self.constant(info) if info is not None else None
            decl = info.decl if info is not None else impl.decl
            if value is None:
                value = hir.Constant(start=decl.start, end=decl.end, type=ERROR, value=0)
            body = hir.Block(start=decl.start, end=decl.end, type=value.type, statements=[], value=value)
            part = f"{symbol_part(impl.self_type)}.{impl.trait.name if impl.trait else ''}"
            found = hir.Function(
                self.unique_symbol(f"{impl.module.name}.{part}.{name}"),
                f"{impl.target_name}::{name}",
                list(impl.type_params),
                [],
                value.type,
                info.module.source if info is not None else impl.module.source,
                decl.start,
                decl.end,
                body,
                inline="always",
            )
            uses = Uses()
            uses.add_type(value.type)
            self.generated[found.symbol] = (found, uses)
            self.impl_constants[(id(impl), name)] = found
        return found
