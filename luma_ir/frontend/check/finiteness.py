"""
Whether types have values at all, and finitely many parts.

A struct has a finite value when all of its fields have one, an enum when one of its variants has: the least fixed
point of that, found by a search in depth. What has none contains itself on every way, as `struct S { s: S }` and
`enum E { Again(E) }` do. Arrays, options, function values and pointers end the search.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, field

from luma_ir.frontend import hir
from luma_ir.frontend.check.inference import parts, substitute
from luma_ir.frontend.types import EnumType, FixedType, StructType, TupleType, Type

MAX_PARTS = 300
"""How many parts a type that is written in a definition may come to have, type arguments put in."""
MAX_DEPTH = 24
"""How deeply type arguments may nest in the parts of a definition before these count as endless."""

Complete = Callable[[Type], object]
"""Fills in the definition of a struct or enum type."""


@define(eq=False)
class Step:
    """A part of a type that has no finite value: in which field or variant it is, and its type."""

    owner: StructType | EnumType
    place: str
    type: StructType | EnumType


@define(eq=False)
class Finiteness:
    """The search; `finite` has the types that are known to have values."""

    complete: Complete
    finite: set[Type] = field(factory=set)

    def has_value(self, type_: Type, around: tuple[Type, ...] = ()) -> bool:
        """Whether a type has a finite value, if those around it, which are being looked at, have none."""
        if isinstance(type_, TupleType):
            return all(self.has_value(element, around) for element in type_.elements)
        if isinstance(type_, FixedType):
            return type_.size == 0 or self.has_value(type_.element, around)
        if not isinstance(type_, StructType | EnumType) or type_ in self.finite:
            return True
        if type_ in around or len(around) > MAX_DEPTH:
            return False
        inner = (*around, type_)
        groups = self._groups(type_)
        found = any(all(self.has_value(each, inner) for _, each in group) for group in groups)
        if found:
            self.finite.add(type_)
        return found or not groups

    def _groups(self, type_: StructType | EnumType) -> list[list[tuple[str, Type]]]:
        """The parts that a value has at once, with what they are called: one group per variant, the shortest first."""
        self.complete(type_)
        definition = type_.definition
        mapping = dict(zip(definition.type_params, type_.args, strict=False))
        if isinstance(definition, hir.StructDef):
            fields = zip(definition.field_names, definition.field_types, strict=False)
            return [[(f"the field `{name}`", substitute(each, mapping)) for name, each in fields]]
        groups = [
            [(f"the variant `{name}`", substitute(each, mapping)) for each in payload]
            for name, payload in zip(definition.variants, definition.payloads, strict=False)
        ]
        return sorted(groups, key=len)

    def cycle(self, type_: StructType | EnumType) -> list[Step]:
        """The way from a type without a finite value back to itself."""
        steps: list[Step] = []
        seen: list[Type] = []
        current = type_
        while current not in seen and len(seen) <= MAX_DEPTH:
            seen.append(current)
            following = next(
                (
                    Step(current, place, inner)
                    for group in self._groups(current)
                    for place, each in group
                    for inner in _nominal(each)
                    if not self.has_value(inner)
                ),
                None,
            )
            if following is None:
                break
            steps.append(following)
            current = following.type
        return steps[seen.index(current) :] if current in seen else steps

    def grows(self, type_: StructType | EnumType) -> Type | None:
        """A part of a type, however far inside, whose type arguments nest without end; None where there is none."""
        seen: set[Type] = set()
        pending: list[Type] = [type_]
        while pending:
            current = pending.pop()
            if is_larger(current, MAX_PARTS):
                return current
            if current in seen:
                continue
            seen.add(current)
            if isinstance(current, StructType | EnumType):
                if depth(current) > MAX_DEPTH:
                    return current
                pending += [each for group in self._groups(current) for _, each in group]
            pending += parts(current)
        return None


def _nominal(type_: Type) -> list[StructType | EnumType]:
    """The structs and enums that are stored directly in a value of a type."""
    if isinstance(type_, TupleType):
        return [inner for element in type_.elements for inner in _nominal(element)]
    if isinstance(type_, FixedType):
        return _nominal(type_.element)
    return [type_] if isinstance(type_, StructType | EnumType) else []


def is_larger(type_: Type, limit: int) -> bool:
    """Whether a type has more parts than a limit; a type like `(T, T)` doubles each time, so not all are looked at."""
    count = 0
    pending = [type_]
    while pending:
        count += 1
        if count > limit:
            return True
        pending.extend(parts(pending.pop()))
    return False


def depth(type_: Type) -> int:
    """How deeply types nest in a type."""
    inner = parts(type_)
    return 1 + max(map(depth, inner)) if inner else 0
