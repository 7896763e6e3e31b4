"""Definitions of structs and enums: their fields and payloads, and that they are of finite size."""

from __future__ import annotations

from itertools import chain

from luma_ir.frontend import hir
from luma_ir.frontend.check.entities import (
    EnumInfo,
    StructInfo,
    TraitInfo,
    TypeScope,
)
from luma_ir.frontend.check.finish import put_in
from luma_ir.frontend.check.finiteness import Finiteness, Step
from luma_ir.frontend.check.inference import parts
from luma_ir.frontend.check.type_expressions import TypeExpressions
from luma_ir.frontend.types import (
    ERROR,
    AssocType,
    EnumType,
    ParamType,
    StructType,
    Type,
)
from luma_ir.ir.diagnostics import Label


class Definitions(TypeExpressions):
    """Fills in structs and enums, each when it is first asked for."""

    # ---- structs and enums

    def struct(self, info: StructInfo) -> StructInfo:
        """A struct with its fields."""
        if info.state:
            return info
        info.state = 1
        source = info.module.source
        scope = info.scope = TypeScope(info.module)
        names = self.declare_generics(info.decl.generics, info.decl.where, scope)
        scope.self_type = StructType(info.definition, tuple([ParamType(name) for name in names]))
        definition = info.definition
        definition.derives = self.derives(info.decl, source)
        info.private_fields = {field.name.text for field in info.decl.fields if not field.is_public}
        for field in info.decl.fields:
            name = field.name.text
            if name in info.field_numbers:
                self.error("E0105", f"the field `{name}` is declared twice", source, field.name.start, field.name.end)
                continue
            info.field_numbers[name] = len(definition.field_names)
            definition.field_names.append(name)
            definition.field_types.append(ERROR)
        for field in info.decl.fields:
            number = info.field_numbers[field.name.text]
            definition.field_types[number] = self.resolve_type(field.type, scope)
        info.state = 2
        if definition.type_params:
            definition.assoc_params = self._assoc_params(definition.field_types)
        return info

    def enum(self, info: EnumInfo) -> EnumInfo:
        """An enum with its payloads."""
        if info.state:
            return info
        info.state = 1
        scope = info.scope = TypeScope(info.module)
        names = self.declare_generics(info.decl.generics, info.decl.where, scope)
        scope.self_type = EnumType(info.definition, tuple([ParamType(name) for name in names]))
        definition = info.definition
        definition.derives = self.derives(info.decl, info.module.source)
        for variant in info.decl.variants:
            payload: list[Type] = []
            payload_names: list[str] | None = None
            if variant.types is not None:
                payload = [self.resolve_type(node, scope) for node in variant.types]
            elif variant.fields is not None:
                payload_names = [field.name.text for field in variant.fields]
                payload = [self.resolve_type(field.type, scope) for field in variant.fields]
            definition.payloads.append(payload)
            definition.payload_names.append(payload_names)
        info.state = 2
        if definition.type_params:
            definition.assoc_params = self._assoc_params(list(chain(*definition.payloads)))
        return info

    def _assoc_params(self, types: list[Type]) -> list[AssocType]:
        """The associated types of type parameters in the fields of a definition, in the order of the source."""
        found: dict[AssocType, None] = {}
        pending = list(reversed(types))
        while pending:
            type_ = pending.pop()
            if isinstance(type_, AssocType):
                found[type_] = None
            elif isinstance(type_, StructType | EnumType):
                self.nominal_info(type_)
                mapping = dict(zip(type_.definition.type_params, type_.args, strict=False))
                for inner in type_.definition.assoc_params:
                    outer = put_in(inner, mapping)
                    if isinstance(outer.base, ParamType | AssocType):
                        found[outer] = None
            pending += reversed(parts(type_))
        return list(found)

    def nominal_info(self, type_: Type) -> StructInfo | EnumInfo | None:
        """The entity of a struct or enum type, with its parts filled in."""
        if not isinstance(type_, StructType | EnumType):
            return None
        info = self.definitions.get(type_.definition.symbol)
        if info is None:
            return None
        return self.struct(info) if isinstance(info, StructInfo) else self.enum(info)

    def check_finite(self, infos: list[StructInfo | EnumInfo]) -> None:
        """Report types that contain themselves on every way, and those with an endless number of parts."""
        finiteness = Finiteness(self.nominal_info)
        reported: set[str] = set()
        for info in infos:
            definition = info.definition
            args = tuple([ParamType(name) for name in definition.type_params])
            is_struct = isinstance(definition, hir.StructDef)
            type_ = StructType(definition, args) if is_struct else EnumType(definition, args)
            if not finiteness.has_value(type_):
                self._report_cycle(info, finiteness.cycle(type_), reported)
            elif args and (part := finiteness.grows(type_)) is not None:
                shown = str(part)
                self.engine.error(
                    "E0901",
                    f"the {info.kind} `{info.name}` has an endless number of types in it",
                    info.span,
                    notes=[f"one of them begins `{shown[:60]}`"],
                    helps=["a type that contains itself does so with the same type arguments"],
                )
                self._forget(info)

    def check_parents(self, traits: list[TraitInfo]) -> None:
        """Report traits that are their own parents, by way of others or not; each circle once."""
        reported: set[str] = set()
        for trait in traits:
            way = [trait]
            while way[-1].parents and len(way) <= len(traits) + 1:
                inner = [bound.trait for bound in way[-1].parents]
                if trait in inner:
                    if trait.symbol not in reported:
                        shown = " needs ".join(f"`{each.name}`" for each in (*way, trait))
                        self.engine.error("E0901", f"the trait `{trait.name}` needs itself", trait.span, notes=[shown])
                    reported |= {each.symbol for each in way}
                    break
                way.append(next((each for each in inner if each not in way), inner[0]))

    def _report_cycle(self, info: StructInfo | EnumInfo, cycle: list[Step], reported: set[str]) -> None:
        symbols = {step.owner.definition.symbol for step in cycle}
        if not symbols or info.definition.symbol not in symbols or symbols & reported:
            return
        reported |= symbols
        labels = []
        for step in cycle:
            owner = self.definitions.get(step.owner.definition.symbol)
            if owner is not None:
                text = f"{step.place} of `{owner.name}` is a `{step.type.definition.name}`"
                labels.append(Label(owner.span, text))
        way = " → ".join(f"`{step.owner.definition.name}`" for step in [*cycle, cycle[0]])
        if any(isinstance(step.owner, EnumType) for step in cycle):
            helps = ["give the enum a variant that ends the recursion"]
        else:
            helps = [f"an option or an array ends the recursion, such as `{info.name}?` or `[{info.name}]`"]
        notes = [f"the recursion is {way}"] if len(cycle) > 1 else []
        self.engine.error(
            "E0901",
            f"the {info.kind} `{info.name}` contains itself without end",
            info.span,
            labels=labels,
            notes=notes,
            helps=helps,
        )
        for symbol in symbols:
            owner = self.definitions.get(symbol)
            if owner is not None:
                self._forget(owner)

    @staticmethod
    def _forget(info: StructInfo | EnumInfo) -> None:
        """Let nothing follow from the parts of a type about which an error was reported."""
        definition = info.definition
        if isinstance(definition, hir.StructDef):
            definition.field_types[:] = [ERROR for _ in definition.field_types]
        else:
            definition.payloads[:] = [[ERROR for _ in payload] for payload in definition.payloads]
