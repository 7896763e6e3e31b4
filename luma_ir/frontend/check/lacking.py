"""What is said about a type that does not implement a trait: which of its parts is to blame, and the way out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from attrs import define

from luma_ir.frontend import ast, hir
from luma_ir.frontend.check.any_values import wider_trait
from luma_ir.frontend.check.attributes import DERIVABLE
from luma_ir.frontend.check.entities import Bound, EnumInfo, StructInfo, TypeScope
from luma_ir.frontend.check.inference import Unifier, has_error, parts
from luma_ir.frontend.types import AnyType, EnumType, FuncType, ParamType, StructType, Type
from luma_ir.ir.diagnostics import Edit, Help, Label, Span

if TYPE_CHECKING:
    from luma_ir.frontend.check.traits import Traits


def listed(names: Sequence[str], word: str = "and") -> str:
    """`a`, `b` and `c`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"


@define(eq=False)
class Blame:
    """Looks for the parts of types that lack traits, with the bounds of one body or declaration."""

    program: Traits
    scope: TypeScope
    unifier: Unifier

    def report(self, type_: Type, bounds: list[Bound], span: Span, reason: str) -> None:
        """Report that a type does not implement some traits, each kind of cause once."""
        groups: dict[Type, list[Bound]] = {}
        for bound in bounds:
            groups.setdefault(self.culprit(type_, bound), []).append(bound)
        for culprit, group in groups.items():
            shown = listed([f"`{self.program.show_bound(bound, type_)}`" for bound in group], "or")
            if len(group) > 1 and reason.endswith(" needs it"):
                reason = f"{reason.removesuffix('it')}them"
            notes = []
            if culprit is not type_:
                notes.append(f"that is because `{culprit}` does not implement {'it' if len(group) == 1 else 'them'}")
            self.program.engine.error(
                "E0212",
                f"`{type_}` does not implement {shown}",
                span,
                labels=[Label(span, reason)] if reason else [],
                notes=notes,
                helps=self.way_out(culprit, group),
            )

    def culprit(self, type_: Type, bound: Bound) -> Type:
        """The innermost part of a type that lacks a trait."""
        for part in parts(type_):
            if self.program.satisfies(part, bound, self.scope, self.unifier) is False:
                return self.culprit(part, bound)
        return type_

    def way_out(self, culprit: Type, bounds: list[Bound]) -> list[Help | str]:
        """How a type may come to implement some traits."""
        names = [bound.trait.name for bound in bounds]
        if isinstance(culprit, FuncType):
            return ["a function value can be called and handed on; its result is what a call gives"]
        if isinstance(culprit, AnyType):
            return [help_ for bound in bounds for help_ in wider_trait(self.program, culprit, bound)]
        if isinstance(culprit, ParamType):
            return [f"add the bound where it is declared: `{culprit.name}: {' + '.join(names)}`"]
        derived = self._derive(culprit, names)
        helps: list[Help | str] = [] if derived is None else [derived]
        info = self.program.nominal_info(culprit)
        is_own = info is not None and not info.module.is_library
        for bound in bounds:
            name = bound.trait.name
            if (derived is None or name not in DERIVABLE) and (is_own or not bound.trait.module.is_library):
                helps.append(f"write `impl {name} for {culprit} {{ … }}`")
        return helps

    def _derive(self, culprit: Type, names: list[str]) -> Help | None:
        """The edit that lets the compiler write what a type of the user lacks."""
        info = self.program.nominal_info(culprit)
        if info is None or info.module.is_library or not isinstance(culprit, StructType | EnumType):
            return None
        wanted = ", ".join([name for name in names if name in DERIVABLE and name not in culprit.definition.derives])
        if not wanted:
            return None
        derive = info.decl.attribute("derive")
        if derive is not None and derive.args:
            at = derive.args[-1].end
            edit = Edit(Span(info.module.source, at, at), f", {wanted}")
        else:
            at = info.decl.start
            text = info.module.source.text
            before = text[text.rfind("\n", 0, at) + 1 : at]
            indent = before if before.isspace() else ""
            edit = Edit(Span(info.module.source, at, at), f"#[derive({wanted})]\n{indent}")
        return Help(f"let the compiler write {'it' if ',' not in wanted else 'them'}: `#[derive({wanted})]`", edit)


def check_derives(program: Traits, info: StructInfo | EnumInfo) -> None:
    """Every part of a type must have what is derived for the whole; each part that has not is told once."""
    definition = info.definition
    if not definition.derives or info.scope is None:
        return
    lacking: dict[tuple[int, Type], list[Bound]] = {}
    found = _parts(info)
    scope = TypeScope(info.module)
    for name in definition.derives:
        trait = program.library_trait(name)
        if trait is None:
            continue
        bounds = [Bound(trait)]
        other = program.library_trait("Debug") if name == "Show" else None
        if other is not None:
            bounds.append(Bound(other))
        scope = TypeScope(info.module, dict.fromkeys(definition.type_params, bounds))
        scope.where = [(each, bound) for each in definition.assoc_params for bound in bounds]
        for number, (type_, _) in enumerate(found):
            if not has_error(type_) and all(
                program.satisfies(type_, bound, scope, Unifier()) is False for bound in bounds
            ):
                lacking.setdefault((number, type_), []).append(bounds[0])
    for (number, type_), bounds in lacking.items():
        node = found[number][1]
        names = listed([f"`{bound.trait.name}`" for bound in bounds])
        blame = Blame(program, scope, Unifier())
        culprits = {blame.culprit(type_, bound) for bound in bounds}
        helps = blame.way_out(culprits.pop(), bounds) if len(culprits) == 1 else []
        span = Span(info.module.source, node.start, node.end)
        each = "it" if len(bounds) == 1 else "them"
        message = f"{names} cannot be derived: `{type_}` does not implement {each}"
        program.engine.error("E0212", message, span, helps=helps)


def _parts(info: StructInfo | EnumInfo) -> list[tuple[Type, ast.Node]]:
    """The types of a struct's fields or of the values in an enum's variants, with what declares each."""
    definition = info.definition
    if isinstance(info, StructInfo) and isinstance(definition, hir.StructDef):
        fields = {field.name.text: field for field in info.decl.fields}
        names = zip(definition.field_names, definition.field_types, strict=True)
        return [(type_, fields[name]) for name, type_ in names]
    if isinstance(info, EnumInfo) and isinstance(definition, hir.EnumDef):
        variants = zip(info.decl.variants, definition.payloads, strict=False)
        return [(type_, variant) for variant, payload in variants for type_ in payload]
    return []
