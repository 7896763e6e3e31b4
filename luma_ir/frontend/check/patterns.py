"""Patterns of `let`, `for`, `if let` and `match`."""

from __future__ import annotations

from luma_ir.frontend import ast, hir
from luma_ir.frontend.check.builtins import Builtins
from luma_ir.frontend.check.core import plural, spelling_help
from luma_ir.frontend.check.entities import ConstInfo, Entity, LocalConstant, StructInfo
from luma_ir.frontend.check.inference import TypeVar, has_error, resolve, substitute
from luma_ir.frontend.check.names import Named, copy_constant
from luma_ir.frontend.types import (
    ERROR,
    BoolType,
    CharType,
    EnumType,
    FloatType,
    IntType,
    StructType,
    TupleType,
    Type,
)
from luma_ir.ir.diagnostics import Help, Label


class Patterns(Builtins):
    """Checks patterns and binds their names."""

    def pattern(self, node: ast.Pattern, type_: Type, kind: str = "variable") -> hir.Pattern:
        """A pattern for values of a type; its names go into the current scope."""
        if isinstance(node, ast.BindingPattern):
            local = self._bind_name(node.name, type_, kind)
            inner = self.pattern(node.pattern, type_, kind) if node.pattern is not None else None
            return hir.BindPattern(start=node.start, end=node.end, local=local, inner=inner)
        if isinstance(node, ast.WildcardPattern | ast.ErrorPattern):
            return hir.WildcardPattern(start=node.start, end=node.end)
        if isinstance(node, ast.TuplePattern):
            return self._tuple_pattern(node, type_, kind)
        if isinstance(node, ast.StructPattern):
            return self._struct_pattern(node, type_, kind)
        if isinstance(node, ast.VariantPattern):
            return self._variant_pattern(node, type_, kind)
        if isinstance(node, ast.PathPattern):
            return self._path_pattern(node, type_)
        if isinstance(node, ast.LiteralPattern):
            return self._literal_pattern(node, type_)
        if isinstance(node, ast.RangePattern):
            return self._range_pattern(node, type_)
        if isinstance(node, ast.OrPattern):
            before = len(self.bindings)
            alternatives = [self.pattern(alternative, type_, kind) for alternative in node.alternatives]
            if len(self.bindings) > before:
                self.not_yet("names inside `p | q` are", node)
            return hir.OrPattern(start=node.start, end=node.end, alternatives=alternatives)
        if isinstance(node, ast.ArrayPattern):
            self.not_yet("array patterns are", node)
            self._bind_all(node.elements, kind)
            for element in node.elements:
                if isinstance(element, ast.RestPattern) and element.name is not None:
                    self._bind_name(element.name, ERROR, kind)
        return hir.WildcardPattern(start=node.start, end=node.end)

    def _bind_name(self, name: ast.Name, type_: Type, kind: str) -> hir.Local:
        existing = self.scopes[-1].get(name.text)
        if existing is not None and name.text in self.pattern_names:
            self.error("E0105", f"the name `{name.text}` is bound twice in one pattern", name)
        self.pattern_names.add(name.text)
        return self.declare(name.text, type_, name.start, name.end, kind)

    @property
    def pattern_names(self) -> set[str]:
        """Names bound by the pattern that is being checked."""
        return self.__dict__.setdefault("_pattern_names", set())

    def new_pattern(self, node: ast.Pattern, type_: Type, kind: str = "variable") -> hir.Pattern:
        """A whole pattern."""
        self.pattern_names.clear()
        return self.pattern(node, type_, kind)

    def irrefutable(self, node: ast.Pattern, type_: Type, kind: str = "variable") -> hir.Pattern:
        """A pattern that must fit every value of the type."""
        made = self.new_pattern(node, type_, kind)
        culprit = self._refutable(made, resolve(type_))
        if culprit is not None:
            self.error(
                "E0219",
                "this pattern does not fit every value",
                culprit,
                helps=["use `if let` for a pattern that may not fit"],
            )
        return made

    def _refutable(self, made: hir.Pattern, type_: Type) -> hir.Pattern | None:
        """The part of a pattern that may not fit."""
        if isinstance(made, hir.BindPattern):
            return self._refutable(made.inner, type_) if made.inner is not None else None
        if isinstance(made, hir.TuplePattern):
            for number, inner in made.fields:
                culprit = self._refutable(inner, resolve(made.types[number]))
                if culprit is not None:
                    return culprit
            return None
        if isinstance(made, hir.VariantPattern):
            if isinstance(type_, EnumType) and len(type_.definition.variants) == 1:
                for number, inner in made.fields:
                    culprit = self._refutable(inner, resolve(made.types[number]))
                    if culprit is not None:
                        return culprit
                return None
            return made
        return None if isinstance(made, hir.WildcardPattern) else made

    # ---- aggregates

    def _positions(
        self, elements: list[ast.Pattern], count: int, node: ast.Pattern, what: str
    ) -> list[tuple[int, ast.Pattern]] | None:
        """Which element each sub-pattern is for, with at most one `..`; None after a report."""
        rests = [number for number, element in enumerate(elements) if isinstance(element, ast.RestPattern)]
        if len(rests) > 1:
            self.error("E0218", "a pattern has at most one `..`", elements[rests[1]])
            return None
        for rest in rests:
            element = elements[rest]
            if isinstance(element, ast.RestPattern) and element.name is not None:
                self.error("E0218", "the `..` of this pattern has no name", element)
        given = len(elements) - len(rests)
        if given > count or (given < count and not rests):
            self.error(
                "E0218",
                f"{what} has {plural(count, 'element')}, the pattern has {given}",
                node,
                helps=["`..` leaves elements out"] if given < count else [],
            )
            return None
        if not rests:
            return list(enumerate(elements))
        before = list(enumerate(elements[: rests[0]]))
        after = elements[rests[0] + 1 :]
        return before + [(count - len(after) + number, element) for number, element in enumerate(after)]

    def _bind_all(self, elements: list[ast.Pattern], kind: str) -> None:
        """Bind the names of a pattern that is wrong, so that they are known."""
        for element in elements:
            if not isinstance(element, ast.RestPattern):
                self.pattern(element, ERROR, kind)

    def _tuple_pattern(self, node: ast.TuplePattern, type_: Type, kind: str) -> hir.Pattern:
        type_ = resolve(type_)
        if type(type_) is TypeVar and type_.kind == "any":
            made = TupleType(
                tuple([self.variable("any", each.start, each.end, "this element") for each in node.elements])
            )
            if not any(isinstance(each, ast.RestPattern) for each in node.elements) and self.unifier.try_unify(
                type_, made
            ):
                type_ = made
        if not isinstance(type_, TupleType):
            self._wrong_pattern("a tuple pattern", type_, node)
            self._bind_all(node.elements, kind)
            return hir.WildcardPattern(start=node.start, end=node.end)
        positions = self._positions(node.elements, len(type_.elements), node, f"`{type_}`")
        if positions is None:
            self._bind_all(node.elements, kind)
            return hir.WildcardPattern(start=node.start, end=node.end)
        fields = [(number, self.pattern(element, type_.elements[number], kind)) for number, element in positions]
        return hir.TuplePattern(start=node.start, end=node.end, fields=fields, types=list(type_.elements))

    def _wrong_pattern(self, what: str, type_: Type, node: ast.Node) -> None:
        if not has_error(type_):
            self.error("E0218", f"{what} does not fit values of type `{type_}`", node)

    def _struct_pattern(self, node: ast.StructPattern, type_: Type, kind: str) -> hir.Pattern:
        named = self._pattern_path(node.path)
        subpatterns = [field.pattern for field in node.fields]
        wildcard = hir.WildcardPattern(start=node.start, end=node.end)
        if named is None:
            self._bind_all(subpatterns, kind)
            return wildcard
        found: Type | None
        if named.kind == "variant":
            found = named.type
        elif named.kind == "type":
            found = self.program._entity_type(named.entity, node.path.segments[-1], node.path, self.scope, self.hole)  # type: ignore[arg-type]
        else:
            found = named.type if named.kind == "self" else None
        info = self.program.nominal_info(found) if found is not None else None
        if info is None or not isinstance(found, StructType | EnumType):
            self.error("E0218", f"`{node.path.text}` is not a struct", node.path)
            self._bind_all(subpatterns, kind)
            return wildcard
        if not self.unifier.try_unify(found, type_):
            self._wrong_pattern(f"a pattern for `{found}`", resolve(type_), node)
            self._bind_all(subpatterns, kind)
            return wildcard
        definition = found.definition
        mapping = dict(zip(definition.type_params, found.args, strict=True))
        if isinstance(found, StructType):
            names, types = found.definition.field_names, found.definition.field_types
        else:
            names_of = found.definition.payload_names[named.number]
            types = found.definition.payloads[named.number]
            if names_of is None:
                self.error("E0218", f"the variant `{node.path.text}` has no named fields", node.path)
                self._bind_all(subpatterns, kind)
                return wildcard
            names = names_of
        types = [substitute(each, mapping) for each in types]
        fields = self._field_patterns(node, names, types, info, kind)
        seen = {number for number, _ in fields}
        missing = [name for number, name in enumerate(names) if number not in seen]
        if missing and not node.has_rest:
            listed = ", ".join(f"`{name}`" for name in missing)
            self.error(
                "E0218", f"the pattern does not mention {listed}", node, helps=["`..` leaves the other fields out"]
            )
        if isinstance(found, EnumType):
            return hir.VariantPattern(start=node.start, end=node.end, variant=named.number, fields=fields, types=types)
        return hir.TuplePattern(start=node.start, end=node.end, fields=fields, types=types)

    def _field_patterns(
        self, node: ast.StructPattern, names: list[str], types: list[Type], info: Entity, kind: str
    ) -> list[tuple[int, hir.Pattern]]:
        """The sub-patterns of a struct pattern by field number."""
        fields: list[tuple[int, hir.Pattern]] = []
        for field in node.fields:
            if field.name.text not in names:
                helps = spelling_help(field.name.text, names, self.span(field.name))
                self.error("E0109", f"`{node.path.text}` has no field `{field.name.text}`", field.name, helps=helps)
                self.pattern(field.pattern, ERROR, kind)
                continue
            number = names.index(field.name.text)
            if (
                isinstance(info, StructInfo)
                and info.module is not self.module
                and field.name.text in info.private_fields
            ):
                self._check_private(info, field.name)
            fields.append((number, self.pattern(field.pattern, types[number], kind)))
        return fields

    def _pattern_path(self, path: ast.Path) -> Named | None:
        if path.text == "Self" and self.scope.self_type is not None:
            return Named("self", None, {}, self.scope.self_type)
        return self.path(path)

    def _variant_pattern(self, node: ast.VariantPattern, type_: Type, kind: str) -> hir.Pattern:
        named = self.path(node.path)
        wildcard = hir.WildcardPattern(start=node.start, end=node.end)
        if named is None or named.kind != "variant" or not isinstance(named.type, EnumType):
            if named is not None:
                self.error("E0218", f"`{node.path.text}` is not a variant of an enum", node.path)
            self._bind_all(node.elements, kind)
            return wildcard
        if not self.unifier.try_unify(named.type, type_):
            self._wrong_pattern(f"a pattern for `{named.type.definition.name}`", resolve(type_), node)
            self._bind_all(node.elements, kind)
            return wildcard
        definition = named.type.definition
        mapping = dict(zip(definition.type_params, named.type.args, strict=True))
        types = [substitute(each, mapping) for each in definition.payloads[named.number]]
        if definition.payload_names[named.number] is not None:
            self.error(
                "E0218",
                f"the fields of `{node.path.text}` are named",
                node,
                helps=[f"write `{node.path.text} {{ … }}`"],
            )
            self._bind_all(node.elements, kind)
            return wildcard
        positions = self._positions(node.elements, len(types), node, f"the variant `{node.path.text}`")
        if positions is None:
            self._bind_all(node.elements, kind)
            return wildcard
        fields = [(number, self.pattern(element, types[number], kind)) for number, element in positions]
        return hir.VariantPattern(start=node.start, end=node.end, variant=named.number, fields=fields, types=types)

    def _path_pattern(self, node: ast.PathPattern, type_: Type) -> hir.Pattern:
        named = self.path(node.path)
        wildcard = hir.WildcardPattern(start=node.start, end=node.end)
        if named is None:
            return wildcard
        if named.kind == "variant" and isinstance(named.type, EnumType):
            if not self.unifier.try_unify(named.type, type_):
                self._wrong_pattern(f"a pattern for `{named.type.definition.name}`", resolve(type_), node)
                return wildcard
            payload = named.type.definition.payloads[named.number]
            if payload:
                self.error(
                    "E0218",
                    f"the variant `{node.path.text}` has {plural(len(payload), 'value')}",
                    node,
                    helps=[self.insert("`(..)` leaves them out", node.end, "(..)")],
                )
            return hir.VariantPattern(
                start=node.start, end=node.end, variant=named.number, fields=[], types=list(payload)
            )
        if named.kind == "constant" and isinstance(named.entity, ConstInfo | LocalConstant):
            value = self.constant_value(named, node)
            if not isinstance(value, hir.Constant):
                self.not_yet("constants of this type in patterns are", node)
                return wildcard
            return self._constant_pattern(value, type_, node)
        self.error("E0218", f"`{node.path.text}` is neither a variant nor a constant", node)
        return wildcard

    # ---- values

    def _literal_pattern(self, node: ast.LiteralPattern, type_: Type) -> hir.Pattern:
        value = self.expr(node.value, type_)
        if not isinstance(value, hir.Constant):
            return hir.WildcardPattern(start=node.start, end=node.end)
        return self._constant_pattern(value, type_, node)

    def _constant_pattern(self, value: hir.Constant, type_: Type, node: ast.Pattern) -> hir.Pattern:
        if not self.unifier.try_unify(value.type, type_) and not self.adapt(value, type_):
            self._wrong_pattern(f"a value of type `{value.type}`", resolve(type_), node)
            return hir.WildcardPattern(start=node.start, end=node.end)
        equal = None
        found = resolve(value.type)
        if found == self.program.string_type:
            equal = self.trait_callee("Eq", "eq", found, node, "needed for the pattern")
        elif not isinstance(found, IntType | FloatType | BoolType | CharType | TypeVar) and not has_error(found):
            self.not_yet(f"values of type `{found}` in patterns are", node)
        return hir.ConstantPattern(start=node.start, end=node.end, value=value, equal=equal)

    def _range_pattern(self, node: ast.RangePattern, type_: Type) -> hir.Pattern:
        bounds: list[hir.Constant | None] = []
        for bound in (node.low, node.high):
            value = self.expr(bound, type_) if bound is not None else None
            if value is None:
                bounds.append(None)
                continue
            if not isinstance(value, hir.Constant):
                self.error("E0400", "the bounds of a pattern are constant", bound or node)
                return hir.WildcardPattern(start=node.start, end=node.end)
            made = self._constant_pattern(copy_constant_as(value), type_, node)
            if not isinstance(made, hir.ConstantPattern):
                return hir.WildcardPattern(start=node.start, end=node.end)
            bounds.append(value)
        found = resolve(type_)
        if not isinstance(found, IntType | FloatType | CharType | TypeVar) and not has_error(found):
            self._wrong_pattern("a range pattern", found, node)
        low, high = bounds
        if low is not None and high is not None and type(low.value) is type(high.value):
            empty = low.value > high.value or (low.value == high.value and not node.inclusive)  # type: ignore[operator]
            if empty:
                self.error("E0218", "this range is empty", node, helps=[Help("the lower bound comes first")])
        return hir.RangePattern(start=node.start, end=node.end, low=low, high=high, inclusive=node.inclusive)

    def pattern_label(self, node: ast.Node, text: str) -> Label:
        """A label at a pattern."""
        return Label(self.span(node), text)


def copy_constant_as(value: hir.Constant) -> hir.Constant:
    """A copy that shares the type."""
    made = copy_constant(value, value)
    assert isinstance(made, hir.Constant)
    return made
