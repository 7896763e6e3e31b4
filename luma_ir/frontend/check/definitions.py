"""Definitions of structs and enums: their fields and payloads, and that they are of finite size."""

from __future__ import annotations

from itertools import chain

from luma_ir.frontend import hir
from luma_ir.frontend.check.entities import (
    EnumInfo,
    StructInfo,
    TypeScope,
)
from luma_ir.frontend.check.finish import put_in
from luma_ir.frontend.check.inference import parts
from luma_ir.frontend.check.type_expressions import TypeExpressions
from luma_ir.frontend.types import (
    ERROR,
    AssocType,
    EnumType,
    FixedType,
    ParamType,
    StructType,
    TupleType,
    Type,
)


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
        self._check_recursion(info)
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
        self._check_recursion(info)
        if definition.type_params:
            definition.assoc_params = self._assoc_params([type_ for payload in definition.payloads for type_ in payload])
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

    def _check_recursion(self, info: StructInfo | EnumInfo) -> None:
        """Report a struct that contains itself without an array or enum in between: it would be endlessly large."""
        if isinstance(info, EnumInfo):
            return  # its values are boxed
        symbol = info.definition.symbol
        seen: set[str] = set()

        def contains(type_: Type) -> bool:
            if isinstance(type_, TupleType):
                return any(contains(element) for element in type_.elements)
            if isinstance(type_, FixedType):
                return contains(type_.element)
            if not isinstance(type_, StructType):
                return False
            if type_.definition.symbol == symbol:
                return True
            if any(contains(arg) for arg in type_.args):
                return True
            if type_.definition.symbol in seen:
                return False
            seen.add(type_.definition.symbol)
            if self.nominal_info(type_) is None:
                return False
            return any(contains(each) for each in type_.definition.field_types)

        definition = info.definition
        for number, type_ in enumerate(definition.field_types):
            if contains(type_):
                self.engine.error(
                    "E0901",
                    f"the struct `{info.name}` contains itself without end",
                    info.span,
                    helps=[f"an optional or an array ends the recursion, such as `{info.name}?` or `[{info.name}]`"],
                )
                definition.field_types[number] = ERROR
                return
