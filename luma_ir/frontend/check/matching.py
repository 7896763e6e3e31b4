"""
`match`: a chain of tests, with the check that some arm always fits.

Source: L. Maranget, "Warnings for pattern matching", JFP 17(3), 2007 (usefulness of a row of patterns).
"""

from __future__ import annotations

from collections.abc import Iterator

from luma_ir.frontend import ast, hir
from luma_ir.frontend.check.control import has_let
from luma_ir.frontend.check.inference import has_error, resolve, substitute
from luma_ir.frontend.check.statements import Statements
from luma_ir.frontend.types import (
    BOOL,
    ERROR,
    NEVER,
    UNIT,
    AnyType,
    ArrayType,
    BoolType,
    CharType,
    EnumType,
    FixedType,
    IntType,
    StructType,
    TupleType,
    Type,
)
from luma_ir.ir.diagnostics import Label

_WILDCARD = hir.WildcardPattern(start=0, end=0)
_MAX_DEPTH = 3000
"""How many steps one case is followed; a match that needs more counts as not exhaustive."""


Arm = tuple[hir.Pattern, hir.Expr | None, hir.Expr, ast.MatchArm]


def _alternatives(arms: list[Arm]) -> Iterator[Arm]:
    """The arms, with one of its own for each alternative that gives a guard other values."""
    for arm in arms:
        pattern, guard, body, node = arm
        if guard is not None and isinstance(pattern, hir.OrPattern) and _binds(pattern.alternatives[0]):
            for alternative in pattern.alternatives:
                yield alternative, guard, body, node
        else:
            yield arm


def _binds(pattern: hir.Pattern) -> bool:
    """Whether a pattern has a name."""
    if isinstance(pattern, hir.BindPattern):
        return True
    if isinstance(pattern, hir.TuplePattern | hir.VariantPattern):
        return any(_binds(part) for _, part in pattern.fields)
    if isinstance(pattern, hir.ArrayPattern):
        rest = [pattern.rest] if pattern.rest is not None else []
        return any(map(_binds, (*pattern.before, *rest, *pattern.after)))
    return isinstance(pattern, hir.OrPattern) and _binds(pattern.alternatives[0])


class Matching(Statements):
    """Checks `match`."""

    def match_expr(self, node: ast.MatchExpr, expected: Type | None) -> hir.Expr:
        """`match e { … }` in the place of an expression."""
        return self.match(node, expected)

    def match(self, node: ast.MatchExpr, expected: Type | None, *, discard: bool = False) -> hir.Expr:
        """`match e { … }`: the value in a hidden variable, then one test after another."""
        scrutinee = self.expr(node.scrutinee)
        if expected is not None and resolve(expected) == UNIT:
            discard = True
        type_ = self.known(scrutinee.type, node.scrutinee, "to match it")
        let, local = self.bind_hidden(scrutinee)
        outer_diverges, unassigned = self.diverges, self.unassigned
        arms: list[Arm] = []
        ways: list[tuple[bool, frozenset[hir.Local]]] = []
        result: Type | None = None if discard else expected
        for arm in node.arms:
            self.diverges, self.unassigned = outer_diverges, unassigned
            self.push()
            pattern = self.new_pattern(arm.pattern, type_ if not has_error(type_) else ERROR)
            guard = self._guard(arm.guard) if arm.guard is not None else None
            body = self._arm_body(arm, result, discard)
            self.pop()
            ways.append((self.diverges, self.unassigned))
            if not discard:
                result = self._join_arm(body, result, arm, [made for _, _, made, _ in arms])
            arms.append((pattern, guard, body, arm))
        if not arms:
            ways = [(True, frozenset())]
        self._join(outer_diverges, ways)
        if not has_error(type_):
            self._check_arms(arms, type_, node)
        made_type: Type = UNIT if discard or not arms else (resolve(result) if result is not None else NEVER)
        if arms and all(resolve(body.type) is NEVER for _, _, body, _ in arms):
            made_type = NEVER
        chain = self._chain(list(_alternatives(arms)), local, type_, made_type, node)
        return hir.Block(
            start=node.start, end=node.end, type=made_type, statements=[let, *chain.statements], value=chain.value
        )

    def _guard(self, node: ast.Expression) -> hir.Expr:
        diverges, unassigned = self.diverges, self.unassigned
        guard = self.condition(node) if has_let(node) else self.expr_as(node, BOOL, "as a guard")
        self.diverges, self.unassigned = diverges, unassigned
        return guard

    def _arm_body(self, arm: ast.MatchArm, result: Type | None, discard: bool) -> hir.Expr:
        if not discard:
            value = self.expr(arm.body, result)
            is_any = result is not None and isinstance(resolve(result), AnyType)
            return self.coerce(value, result, arm.body) if is_any else value  # pyright: ignore[reportArgumentType]
        value = self.statement_expr(arm.body)
        type_ = resolve(value.type)
        if type_ is NEVER or type_ == UNIT:
            return value
        self.check_unused_value(value, arm.body)
        statement = hir.ExprStatement(start=arm.body.start, end=arm.body.end, value=value)
        return hir.Block(start=arm.body.start, end=arm.body.end, type=UNIT, statements=[statement], value=None)

    def _join_arm(self, body: hir.Expr, result: Type | None, arm: ast.MatchArm, others: list[hir.Expr]) -> Type | None:
        found = resolve(body.type)
        if found is NEVER:
            return result
        if result is None:
            return found
        if self.unifier.try_unify(result, found):
            return result
        if self.adapt(body, result):
            return result
        if all(resolve(other.type) is NEVER or self.adapt(other, found) for other in others):
            return found
        self.mismatch(found, result, arm.body, "as the arms before", body)
        return result

    def _chain(
        self,
        arms: list[Arm],
        local: hir.Local,
        type_: Type,
        result: Type,
        node: ast.MatchExpr,
    ) -> hir.Block:
        """The arms from the last to the first, each in the `else` of the one before."""
        end = node.end
        panic = hir.Panic(start=node.start, end=end, type=NEVER, message="no arm of a `match` fits")
        rest = hir.Block(start=node.start, end=end, type=NEVER, statements=[], value=panic)
        for number in range(len(arms) - 1, -1, -1):
            pattern, guard, body, arm = arms[number]
            value = self.read_local(local, arm.pattern)
            block = self._as_block(body)
            is_last = number == len(arms) - 1
            # What comes to the last arm fits it, since the arms without a guard leave nothing out.
            if guard is None and (is_last or self._refutable(pattern, type_) is None):
                let = hir.Let(start=arm.start, end=arm.end, pattern=pattern, value=value)
                rest = hir.Block(
                    start=arm.start,
                    end=arm.end,
                    type=block.type,
                    statements=[let, *block.statements],
                    value=block.value,
                )
                continue
            condition: hir.Expr = hir.PatternTest(start=arm.start, end=arm.end, type=BOOL, value=value, pattern=pattern)
            if guard is not None:
                condition = hir.Logical(
                    start=arm.start, end=arm.end, type=BOOL, operator="&&", lhs=condition, rhs=guard
                )
            branch = hir.If(start=arm.start, end=arm.end, type=result, condition=condition, then=block, otherwise=rest)
            rest = hir.Block(start=arm.start, end=arm.end, type=result, statements=[], value=branch)
        return rest

    @staticmethod
    def _as_block(body: hir.Expr) -> hir.Block:
        if isinstance(body, hir.Block):
            return body
        return hir.Block(start=body.start, end=body.end, type=body.type, statements=[], value=body)

    # ---- exhaustiveness

    def _check_arms(self, arms: list[Arm], type_: Type, node: ast.MatchExpr) -> None:
        rows: list[list[hir.Pattern]] = []
        for pattern, guard, _, arm in arms:
            if self.warns and self._witness(rows, [type_], [pattern], 0) is None:
                self.warning(
                    "W0003",
                    "this arm is never reached: those before it fit already",
                    arm.pattern.start,
                    arm.pattern.end,
                )
            elif self.warns and guard is None and isinstance(_simplify(pattern), hir.OrPattern):
                self._check_alternatives(rows, pattern, type_)
            if guard is None:
                rows.append([pattern])
        witness = self._witness(rows, [type_], [_WILDCARD], 0)
        if witness is not None:
            shown = witness[0]
            self.error(
                "E0220",
                f"no arm fits `{shown}`",
                node.scrutinee,
                labels=[Label(self.span(node.scrutinee), f"of type `{type_}`")],
                helps=[
                    "add an arm `_ => …`"
                    if shown == "_"
                    else f"add an arm `{shown} => …`, or `_ => …` for all the rest"
                ],
            )

    def _check_alternatives(self, rows: list[list[hir.Pattern]], pattern: hir.Pattern, type_: Type) -> None:
        """Warn about alternatives that those before them leave nothing to."""
        whole = _simplify(pattern)
        assert isinstance(whole, hir.OrPattern)
        before = list(rows)
        for alternative in whole.alternatives:
            if self._witness(before, [type_], [alternative], 0) is None:
                self.warning(
                    "W0003",
                    "this alternative is never reached: those before it fit already",
                    alternative.start,
                    alternative.end,
                )
            before.append([alternative])

    def missing_case(self, made: hir.Pattern, type_: Type) -> str | None:
        """A value, as text, that a pattern does not fit; None when it fits all."""
        witness = self._witness([[made]], [type_], [_WILDCARD], 0)
        return witness[0] if witness is not None else None

    def _witness(
        self, rows: list[list[hir.Pattern]], types: list[Type], vector: list[hir.Pattern], depth: int
    ) -> list[str] | None:
        """A vector of values, as text, that `vector` fits and no row does; None when there is none."""
        if not vector:
            return [] if not rows else None
        if depth > _MAX_DEPTH:
            return ["_"] * len(vector)
        type_ = resolve(types[0])
        head = _simplify(vector[0])
        if isinstance(head, hir.OrPattern):
            for alternative in head.alternatives:
                found = self._witness(rows, types, [alternative, *vector[1:]], depth + 1)
                if found is not None:
                    return found
            return None
        rows = _split_or(rows)
        if isinstance(type_, IntType | CharType):
            return self._scalar_witness(rows, types, vector, type_, depth)
        if isinstance(type_, ArrayType | FixedType):
            return self._array_witness(rows, types, vector, type_, depth)
        constructors = self._constructors(type_)
        if isinstance(head, hir.WildcardPattern):
            used = {_key(_simplify(row[0])) for row in rows}
            used.discard(None)
            if constructors is None or any(key not in used for key in constructors):
                default = [row[1:] for row in rows if isinstance(_simplify(row[0]), hir.WildcardPattern)]
                found = self._witness(default, types[1:], vector[1:], depth + 1)
                if found is None:
                    return None
                if constructors is None or not used:
                    return ["_", *found]
                missing = next(key for key in constructors if key not in used)
                return [self._show(type_, missing, None), *found]
            for key in constructors:
                found = self._specialized(rows, types, vector, type_, key, depth)
                if found is not None:
                    return found
            return None
        key = _key(head)
        if constructors is None:
            same = [
                row[1:]
                for row in rows
                if isinstance(_simplify(row[0]), hir.WildcardPattern) or _key(_simplify(row[0])) == key
            ]
            found = self._witness(same, types[1:], vector[1:], depth + 1)
            return None if found is None else ["_", *found]
        return self._specialized(rows, types, vector, type_, key, depth)

    def _scalar_witness(
        self,
        rows: list[list[hir.Pattern]],
        types: list[Type],
        vector: list[hir.Pattern],
        type_: IntType | CharType,
        depth: int,
    ) -> list[str] | None:
        """As `_witness`, for integers and characters: the values fall into intervals that the patterns mark off."""
        full = (type_.minimum, type_.maximum) if isinstance(type_, IntType) else (0, 0x10FFFF)
        wanted = _interval(_simplify(vector[0]), full)
        spans = [_interval(_simplify(row[0]), full) for row in rows]
        starts = {wanted[0]}
        for low, high in spans:
            starts.add(low)
            starts.add(high + 1)
        edges = sorted(start for start in starts if wanted[0] <= start <= wanted[1])
        for number, low in enumerate(edges):
            high = edges[number + 1] - 1 if number + 1 < len(edges) else wanted[1]
            inner = [row[1:] for row, span in zip(rows, spans, strict=True) if span[0] <= low and high <= span[1]]
            found = self._witness(inner, types[1:], vector[1:], depth + 1)
            if found is None:
                continue
            if (low, high) == full or not any(span != full for span in spans):
                return ["_", *found]
            return [_show_interval(low, high, type_, full), *found]
        return None

    def _array_witness(
        self,
        rows: list[list[hir.Pattern]],
        types: list[Type],
        vector: list[hir.Pattern],
        type_: ArrayType | FixedType,
        depth: int,
    ) -> list[str] | None:
        """As `_witness`, for arrays: one case for each length that the patterns tell apart, one for all longer ones."""
        heads = [_simplify(row[0]) for row in rows]
        head = _simplify(vector[0])
        patterns = [each for each in (*heads, head) if isinstance(each, hir.ArrayPattern)]
        if not patterns:
            found = self._witness([row[1:] for row in rows], types[1:], vector[1:], depth + 1)
            return None if found is None else ["_", *found]
        suffix = max([len(each.after) for each in patterns if each.rest is not None], default=0)
        longest = max([len(each.before) for each in patterns if each.rest is not None], default=0) + suffix
        longest = max([longest, *[len(each.before) + 1 for each in patterns if each.rest is None]])
        lengths = [type_.size] if isinstance(type_, FixedType) else list(range(longest + 1))
        for length in lengths:
            wanted = _elements(head, length)
            if wanted is None:
                continue
            inner = []
            for row, each in zip(rows, heads, strict=True):
                elements = _elements(each, length)
                if elements is not None:
                    inner.append([*elements, *row[1:]])
            inner_types = [type_.element] * length
            found = self._witness(inner, [*inner_types, *types[1:]], [*wanted, *vector[1:]], depth + 1)
            if found is None:
                continue
            parts = found[:length]
            if isinstance(type_, ArrayType) and length == longest:
                parts.insert(length - suffix, "..")
            return [f"[{', '.join(parts)}]", *found[length:]]
        return None

    def _specialized(
        self,
        rows: list[list[hir.Pattern]],
        types: list[Type],
        vector: list[hir.Pattern],
        type_: Type,
        key: object,
        depth: int,
    ) -> list[str] | None:
        parts = self._parts(type_, key)
        inner_rows = []
        for row in rows:
            expanded = _expand(_simplify(row[0]), key, len(parts))
            if expanded is not None:
                inner_rows.append([*expanded, *row[1:]])
        expanded = _expand(_simplify(vector[0]), key, len(parts))
        if expanded is None:
            return None
        found = self._witness(inner_rows, [*parts, *types[1:]], [*expanded, *vector[1:]], depth + 1)
        if found is None:
            return None
        return [self._show(type_, key, found[: len(parts)]), *found[len(parts) :]]

    def _constructors(self, type_: Type) -> list[object] | None:
        """The ways to make a value of a type; None when there are too many to list."""
        if isinstance(type_, EnumType):
            self.program.nominal_info(type_)
            return [("variant", number) for number in range(len(type_.definition.variants))]
        if isinstance(type_, BoolType):
            return [("value", True), ("value", False)]
        if isinstance(type_, TupleType | StructType) and type_ != self.program.string_type:
            return ["tuple"]
        return None

    def _parts(self, type_: Type, key: object) -> list[Type]:
        if isinstance(type_, EnumType) and isinstance(key, tuple):
            mapping = dict(zip(type_.definition.type_params, type_.args, strict=True))
            return [substitute(part, mapping) for part in type_.definition.payloads[key[1]]]
        if isinstance(type_, TupleType):
            return list(type_.elements)
        if isinstance(type_, StructType) and key == "tuple":
            mapping = dict(zip(type_.definition.type_params, type_.args, strict=True))
            return [substitute(part, mapping) for part in type_.definition.field_types]
        return []

    def _show(self, type_: Type, key: object, parts: list[str] | None) -> str:
        if isinstance(type_, EnumType) and isinstance(key, tuple):
            number = key[1]
            definition = type_.definition
            name = definition.variants[number]
            if definition.symbol not in ("std.option.Option", "std.result.Result"):
                name = f"{definition.name}::{name}"
            count = len(definition.payloads[number])
            if not count:
                return name
            shown = parts if parts is not None else ["_"] * count
            names = definition.payload_names[number]
            if names is not None:
                return f"{name} {{ {_shown_fields(names, shown)} }}"
            return f"{name}({', '.join(shown)})"
        if isinstance(key, tuple) and key[0] == "value":
            return "true" if key[1] else "false"
        if isinstance(type_, TupleType) and parts is not None:
            return f"({', '.join(parts)})"
        if isinstance(type_, StructType) and parts is not None:
            return f"{type_.definition.name} {{ {_shown_fields(type_.definition.field_names, parts)} }}"
        return "_"


def _shown_fields(names: list[str], parts: list[str]) -> str:
    """Named fields of a missing case; those that do not matter are left out."""
    shown = [f"{name}: {part}" for name, part in zip(names, parts, strict=True) if part != "_"]
    if len(shown) < len(names):
        shown.append("..")
    return ", ".join(shown)


def _elements(pattern: hir.Pattern, length: int) -> list[hir.Pattern] | None:
    """The patterns for the elements of an array of some length; None when it does not fit."""
    if not isinstance(pattern, hir.ArrayPattern):
        return list[hir.Pattern]([_WILDCARD]) * length
    missing = length - len(pattern.before) - len(pattern.after)
    if missing < 0 or (missing and pattern.rest is None):
        return None
    return [*pattern.before, *list[hir.Pattern]([_WILDCARD]) * missing, *pattern.after]


def _simplify(pattern: hir.Pattern) -> hir.Pattern:
    """A binding as what it binds."""
    while isinstance(pattern, hir.BindPattern):
        if pattern.inner is None:
            return _WILDCARD
        pattern = pattern.inner
    return pattern


def _interval(pattern: hir.Pattern, full: tuple[int, int]) -> tuple[int, int]:
    """The values that a pattern of an integer or character fits, both ends included."""
    if isinstance(pattern, hir.ConstantPattern):
        value = _number(pattern.value)
        return (value, value)
    if isinstance(pattern, hir.RangePattern):
        low = full[0] if pattern.low is None else _number(pattern.low)
        high = full[1] if pattern.high is None else _number(pattern.high) - (not pattern.inclusive)
        return (low, high)
    return full


def _number(constant: hir.Constant) -> int:
    value = constant.value
    if isinstance(value, str):
        return ord(value[:1] or "\0")
    return value if isinstance(value, int) else 0


def _show_interval(low: int, high: int, type_: IntType | CharType, full: tuple[int, int]) -> str:
    """An interval as a pattern."""

    def shown(value: int) -> str:
        if isinstance(type_, IntType):
            return str(value)
        return f"'{chr(value)}'" if chr(value).isprintable() else f"'\\u{{{value:X}}}'"

    if low == high:
        return shown(low)
    if high == full[1]:
        return f"{shown(low)}.."
    return f"..={shown(high)}" if low == full[0] else f"{shown(low)}..={shown(high)}"


def _split_or(rows: list[list[hir.Pattern]]) -> list[list[hir.Pattern]]:
    split: list[list[hir.Pattern]] = []
    for row in rows:
        head = _simplify(row[0])
        if isinstance(head, hir.OrPattern):
            split += _split_or([[alternative, *row[1:]] for alternative in head.alternatives])
        else:
            split.append(row)
    return split


def _key(pattern: hir.Pattern) -> object:
    if isinstance(pattern, hir.VariantPattern):
        return ("variant", pattern.variant)
    if isinstance(pattern, hir.ConstantPattern):
        return ("value", pattern.value.value)
    if isinstance(pattern, hir.TuplePattern):
        return "tuple"
    if isinstance(pattern, hir.RangePattern):
        low = pattern.low.value if pattern.low is not None else None
        high = pattern.high.value if pattern.high is not None else None
        return ("range", low, high, pattern.inclusive)
    return None


def _expand(pattern: hir.Pattern, key: object, count: int) -> list[hir.Pattern] | None:
    """The sub-patterns of a pattern for one constructor; None when it does not fit it."""
    if isinstance(pattern, hir.WildcardPattern):
        return list[hir.Pattern]([_WILDCARD]) * count
    if _key(pattern) != key:
        return None
    expanded: list[hir.Pattern] = [_WILDCARD] * count
    if isinstance(pattern, hir.VariantPattern | hir.TuplePattern):
        for number, inner in pattern.fields:
            expanded[number] = inner
    return expanded
