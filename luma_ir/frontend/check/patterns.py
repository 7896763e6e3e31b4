"""Patterns of `let`, `for`, `if let` and `match`."""

from __future__ import annotations

from luma_ir.frontend import ast, hir
from luma_ir.frontend.check.builtins import Builtins
from luma_ir.frontend.check.core import plural, spelling_help
from luma_ir.frontend.check.entities import ConstInfo, Entity, LocalConstant, StructInfo
from luma_ir.frontend.check.inference import TypeVar, has_error, resolve, substitute, zonk
from luma_ir.frontend.check.names import Named, copy_constant
from luma_ir.frontend.types import (
    ERROR,
    AnyType,
    ArrayType,
    BoolType,
    CharType,
    EnumType,
    FixedType,
    FloatType,
    IntType,
    StructType,
    TupleType,
    Type,
)
from luma_ir.ir.diagnostics import Edit, Help, Label, Span

_NO_NAMES: dict[str, hir.Local] = {}
_MAX_ELEMENTS = 1000


class Patterns(Builtins):
    """Checks patterns and binds their names."""

    def pattern(self, node: ast.Pattern, type_: Type, kind: str = "variable") -> hir.Pattern:
        """A pattern for values of a type; its names go into the current scope."""
        if isinstance(node, ast.BindingPattern):
            local = self._bind_name(node.name, type_, kind)
            if isinstance(node.pattern, ast.RestPattern):
                name = node.name.text
                helps = [self.replace("the rest has its name behind the dots", node, f"..{name}")]
                self.error("E0218", f"`{name} @ ..` is no pattern", node, helps=helps)
                local.type = ERROR
                return hir.WildcardPattern(start=node.start, end=node.end)
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
            return self._or_pattern(node, type_, kind)
        if isinstance(node, ast.ArrayPattern):
            return self._array_pattern(node, type_, kind)
        if isinstance(node, ast.RestPattern):
            self.error(
                "E0218",
                "`..` stands for elements of an array, a tuple or a variant",
                node,
                helps=["`_` fits any value"],
            )
        return hir.WildcardPattern(start=node.start, end=node.end)

    def _bind_name(self, name: ast.Name, type_: Type, kind: str) -> hir.Local:
        names = self.pattern_names
        if name.text in names:
            self.error("E0105", f"the name `{name.text}` is bound twice in one pattern", name)
        first = self.__dict__.get("_alternative", _NO_NAMES).get(name.text)
        if first is None:
            names[name.text] = made = self.declare(name.text, type_, name.start, name.end, kind)
            return made
        names[name.text] = first
        if not self.unifier.try_unify(first.type, type_):
            found, wanted = zonk(type_), zonk(first.type)
            if not has_error(found) and not has_error(wanted):
                self.error(
                    "E0218",
                    f"`{name.text}` is `{found}` in this alternative and `{wanted}` in the first one",
                    name,
                    labels=[Label(Span(self.source, first.start, first.start + len(name.text)), f"`{wanted}`")],
                )
        return first

    def _or_pattern(self, node: ast.OrPattern, type_: Type, kind: str) -> hir.Pattern:
        """`p | q`: the alternatives bind the same names, and so the same variables."""
        before = dict(self.pattern_names)
        outer = self.__dict__.get("_alternative", _NO_NAMES)
        alternatives = [self.pattern(node.alternatives[0], type_, kind)]
        bound = {name: local for name, local in self.pattern_names.items() if before.get(name) is not local}
        try:
            for alternative in node.alternatives[1:]:
                self.__dict__["_pattern_names"] = dict(before)
                self.__dict__["_alternative"] = {**outer, **bound}
                alternatives.append(self.pattern(alternative, type_, kind))
                found = {name: local for name, local in self.pattern_names.items() if name not in before}
                self._check_alternative(bound, found, node.alternatives[0], alternative)
        finally:
            self.__dict__["_alternative"] = outer
            self.__dict__["_pattern_names"] = {**before, **bound}
        return hir.OrPattern(start=node.start, end=node.end, alternatives=alternatives)

    def _check_alternative(
        self, bound: dict[str, hir.Local], found: dict[str, hir.Local], first: ast.Pattern, alternative: ast.Pattern
    ) -> None:
        """Report names that one alternative binds and another does not."""
        for names, others, other in ((bound, found, alternative), (found, bound, first)):
            for name, local in names.items():
                if name not in others:
                    place = Span(self.source, local.start, local.start + len(name))
                    self.error(
                        "E0218",
                        f"the name `{name}` is not bound in every alternative",
                        other,
                        labels=[Label(place, f"`{name}` is bound here")],
                    )
                    return

    @property
    def pattern_names(self) -> dict[str, hir.Local]:
        """The variables of the pattern that is being checked."""
        return self.__dict__.setdefault("_pattern_names", {})

    def new_pattern(self, node: ast.Pattern, type_: Type, kind: str = "variable") -> hir.Pattern:
        """A whole pattern."""
        self.pattern_names.clear()
        return self.pattern(node, type_, kind)

    def irrefutable(self, node: ast.Pattern, type_: Type, kind: str = "variable") -> hir.Pattern:
        """A pattern that must fit every value of the type."""
        made = self.new_pattern(node, type_, kind)
        culprit = self._refutable(made, resolve(type_))
        if culprit is not None and not has_error(type_):
            missing = self.missing_case(made, type_)
            if missing is not None:
                self.error(
                    "E0219",
                    f"this pattern does not fit every value: `{missing}` is not covered"
                    if missing != "_"
                    else "this pattern does not fit every value",
                    culprit,
                    helps=["use `if let`, or `let … else { … }`, for a pattern that may not fit"],
                )
        return made

    def missing_case(self, made: hir.Pattern, type_: Type) -> str | None:
        """A value, as text, that a pattern does not fit; None when it fits all. Filled in above."""
        raise NotImplementedError

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
        if isinstance(made, hir.ArrayPattern):
            if isinstance(type_, ArrayType) and (made.before or made.after or made.rest is None):
                return made
            inner = [self._refutable(each, resolve(made.element)) for each in (*made.before, *made.after)]
            return next((each for each in inner if each is not None), None)
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
                helps=["`..` leaves elements out"] if given < count else self._without_elements(node, count),
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
            elif element.name is not None:
                self._bind_name(element.name, ERROR, kind)

    def _without_elements(self, node: ast.Node, count: int) -> list[Help]:
        """The pattern of a variant without values has no parentheses."""
        if count or not isinstance(node, ast.VariantPattern):
            return []
        return [Help("it has no values", Edit(Span(self.source, node.path.end, node.end), ""))]

    def _array_pattern(self, node: ast.ArrayPattern, type_: Type, kind: str) -> hir.Pattern:
        """`[a, .., z]`, `[first, ..rest]` on arrays of either kind."""
        type_ = resolve(type_)
        if type(type_) is TypeVar and type_.kind == "any":
            element = self.variable("any", node.start, node.end, "the elements of this array")
            if self.unifier.try_unify(type_, ArrayType(element)):
                type_ = resolve(type_)
        wildcard = hir.WildcardPattern(start=node.start, end=node.end)
        if not isinstance(type_, ArrayType | FixedType):
            self._wrong_pattern("an array pattern", type_, node)
            self._bind_all(node.elements, kind)
            return wildcard
        rests = [number for number, each in enumerate(node.elements) if isinstance(each, ast.RestPattern)]
        given = len(node.elements) - len(rests)
        wrong = isinstance(type_, FixedType) and (given > type_.size or (given < type_.size and not rests))
        if wrong or len(rests) > 1:
            if wrong and isinstance(type_, FixedType):
                helps = ["`..` leaves elements out"] if given < type_.size else []
                has = plural(type_.size, "element")
                self.error("E0218", f"`{type_}` has {has}, the pattern has {given}", node, helps=helps)
            self._bind_all(node.elements, kind)
            return wildcard
        at = rests[0] if rests else len(node.elements)
        before = [self.pattern(each, type_.element, kind) for each in node.elements[:at]]
        rest: hir.Pattern | None = None
        if rests:
            middle = node.elements[at]
            rest = hir.WildcardPattern(start=middle.start, end=middle.end)
            if isinstance(middle, ast.RestPattern) and middle.name is not None:
                local = self._bind_name(middle.name, ArrayType(type_.element), kind)
                rest = hir.BindPattern(start=middle.start, end=middle.end, local=local)
        after = [self.pattern(each, type_.element, kind) for each in node.elements[at + 1 :]]
        return hir.ArrayPattern(
            start=node.start, end=node.end, element=type_.element, before=before, rest=rest, after=after
        )

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
            helps = ["a method of the trait can tell what an `any` value holds"] if isinstance(type_, AnyType) else []
            self.error("E0218", f"{what} does not fit values of type `{type_}`", node, helps=helps)

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
        is_told = any(field.name.text not in names for field in node.fields)
        if missing and not node.has_rest and not is_told:
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
                and info.module.home is not self.module.home
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
                rest = "(..)" if named.type.definition.payload_names[named.number] is None else " { .. }"
                self.error(
                    "E0218",
                    f"the variant `{node.path.text}` has {plural(len(payload), 'value')}",
                    node,
                    helps=[self.insert(f"`{rest.strip()}` leaves them out", node.end, rest)],
                )
            return hir.VariantPattern(
                start=node.start, end=node.end, variant=named.number, fields=[], types=list(payload)
            )
        if named.kind == "constant" and isinstance(named.entity, ConstInfo | LocalConstant):
            value = self.constant_value(named, node)
            if has_error(value.type):
                return wildcard
            if not self.unifier.try_unify(value.type, type_) and not self.adapt(value, type_):
                self._wrong_pattern(f"a constant of type `{value.type}`", resolve(type_), node)
                return wildcard
            return self._value_pattern(value, node)
        self.error("E0218", f"`{node.path.text}` is neither a variant nor a constant", node)
        return wildcard

    # ---- values

    def _literal_pattern(self, node: ast.LiteralPattern, type_: Type) -> hir.Pattern:
        value = self.expr(node.value, type_)
        if not isinstance(value, hir.Constant):
            if not has_error(value.type):
                self.error("E0400", "a value in a pattern is constant", node)
            return hir.WildcardPattern(start=node.start, end=node.end)
        return self._constant_pattern(value, type_, node)

    def _value_pattern(self, value: hir.Expr, node: ast.Pattern) -> hir.Pattern:
        """The pattern that fits exactly what is equal to a constant: aggregates by their parts."""
        start, end = node.start, node.end
        type_ = resolve(value.type)
        if isinstance(value, hir.EnumMake | hir.StructMake):
            fields = [(number, self._value_pattern(field, node)) for number, field in sorted(value.fields, key=_first)]
            types = self._payload_types(type_, value)
            if isinstance(value, hir.EnumMake):
                return hir.VariantPattern(start=start, end=end, variant=value.variant, fields=fields, types=types)
            return hir.TuplePattern(start=start, end=end, fields=fields, types=types)
        parts: list[hir.Expr] | None = None
        if isinstance(value, hir.TupleMake | hir.ArrayMake):
            parts = value.elements
        elif isinstance(value, hir.ArrayFill) and isinstance(value.count, hir.Constant):
            count = value.count.value
            parts = [value.value] * count if isinstance(count, int) and 0 <= count <= _MAX_ELEMENTS else None
        elif isinstance(value, hir.Constant) and isinstance(value.value, list):
            parts = list(value.value)
        if parts is not None:
            inner = [self._value_pattern(part, node) for part in parts]
            if isinstance(type_, ArrayType | FixedType):
                return hir.ArrayPattern(start=start, end=end, element=type_.element, before=inner, rest=None, after=[])
            types = [part.type for part in parts]
            return hir.TuplePattern(start=start, end=end, fields=list(enumerate(inner)), types=types)
        if isinstance(value, hir.Constant):
            return self._constant_pattern(value, value.type, node)
        self.error("E0218", f"a constant of type `{type_}` cannot stand in a pattern", node)
        return hir.WildcardPattern(start=start, end=end)

    def _payload_types(self, type_: Type, value: hir.EnumMake | hir.StructMake) -> list[Type]:
        """The types of the fields of a value, in their order."""
        assert isinstance(type_, EnumType | StructType)
        definition = type_.definition
        mapping = dict(zip(definition.type_params, type_.args, strict=True))
        if isinstance(value, hir.EnumMake) and isinstance(type_, EnumType):
            return [substitute(each, mapping) for each in type_.definition.payloads[value.variant]]
        assert isinstance(type_, StructType)
        return [substitute(each, mapping) for each in type_.definition.field_types]

    def _constant_pattern(self, value: hir.Constant, type_: Type, node: ast.Pattern) -> hir.Pattern:
        if not self.unifier.try_unify(value.type, type_) and not self.adapt(value, type_):
            self._wrong_pattern(f"a value of type `{value.type}`", resolve(type_), node)
            return hir.WildcardPattern(start=node.start, end=node.end)
        equal = None
        found = resolve(value.type)
        if found == self.program.string_type:
            equal = self.trait_callee("Eq", "eq", found, node, "needed for the pattern")
        elif not isinstance(found, IntType | FloatType | BoolType | CharType | TypeVar) and not has_error(found):
            self.error("E0218", f"a value of type `{found}` cannot stand in a pattern", node)
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


def _first(field: tuple[int, hir.Expr]) -> int:
    return field[0]


def copy_constant_as(value: hir.Constant) -> hir.Constant:
    """A copy that shares the type."""
    made = copy_constant(value, value)
    assert isinstance(made, hir.Constant)
    return made
