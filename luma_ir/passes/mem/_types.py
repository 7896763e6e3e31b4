"""
What the types of the `luma` level mean for ownership.

An enum that would contain itself inline is *boxed*: its values are addresses of cells. A type is *counted* when it is
an array, a boxed enum, a function value or an `any` value, or contains one: its values own references. A type is
*indirect* when it has a fixed array inline: its values live in stack slots. *Managed* is either; every other value is
plain data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdsl.dialects.builtin import ArrayAttr, StringAttr

from luma_ir.dialects.luma import (
    AnyType,
    ArrayType,
    ClosureType,
    EnumOp,
    EnumType,
    FixedType,
    StructOp,
    StructType,
    TupleType,
)
from luma_ir.dialects.luma.layouts import substitute
from luma_ir.ir.diagnostics import PassFailure
from luma_ir.ir.fast import block_ops

if TYPE_CHECKING:
    from xdsl.dialects.builtin import ModuleOp
    from xdsl.ir import Attribute

FieldPath = tuple[int, ...]

_REFERENCES: frozenset[type] = frozenset({ArrayType, ClosureType, AnyType})
"""Types whose values are one counted reference each, as are boxed enums."""

_AGGREGATES: frozenset[type] = frozenset({StructType, EnumType, TupleType, FixedType}) | _REFERENCES


class TypeTable:
    """The definitions of a module's structs and enums, and what follows from them; every answer is cached."""

    def __init__(self, module: ModuleOp) -> None:
        self._definitions: dict[str, StructOp | EnumOp] = {}
        for op in block_ops(module.body.block):
            if isinstance(op, StructOp | EnumOp):
                self._definitions[op.sym_name.data] = op
        self._fields: dict[Attribute, tuple[Attribute, ...]] = {}
        self._variants: dict[Attribute, tuple[tuple[Attribute, ...], ...]] = {}
        # By the identity of the type, which is much quicker than its hash; the types are kept so that it stays theirs.
        self._counted: dict[int, bool] = {}
        self._indirect: dict[int, bool] = {}
        self._boxed: dict[int, bool] = {}
        self._leaves: dict[int, frozenset[FieldPath]] = {}
        self._kept: list[Attribute] = []

    def definition(self, type_: StructType | EnumType) -> StructOp | EnumOp:
        """
        The op that defines a nominal type.

        Raises:
            PassFailure: the module does not define it.
        """
        name = type_.definition.string_value()
        found = self._definitions.get(name)
        if found is None:
            raise PassFailure(f"the module does not define the type `{type_}`")
        return found

    def fields(self, type_: Attribute) -> tuple[Attribute, ...]:
        """The types of the fields of a struct or tuple, type arguments put in."""
        found = self._fields.get(type_)
        if found is None:
            if isinstance(type_, TupleType):
                found = type_.elements.data
            else:
                assert isinstance(type_, StructType)
                op = self.definition(type_)
                assert isinstance(op, StructOp)
                found = _substitute_all(op.field_types.data, op.type_params, type_.args.data)
            self._fields[type_] = found
        return found

    def variants(self, type_: EnumType) -> tuple[tuple[Attribute, ...], ...]:
        """The types of the fields of each variant of an enum, type arguments put in."""
        found = self._variants.get(type_)
        if found is None:
            op = self.definition(type_)
            assert isinstance(op, EnumOp)
            found = tuple(_substitute_all(payload.data, op.type_params, type_.args.data) for payload in op.payloads)
            self._variants[type_] = found
        return found

    def parts(self, type_: Attribute) -> tuple[Attribute, ...]:
        """The types of what a value of a type has inline, or in its cell if it is boxed."""
        if isinstance(type_, StructType | TupleType):
            return self.fields(type_)
        if isinstance(type_, EnumType):
            return tuple(part for variant in self.variants(type_) for part in variant)
        return (type_.element,) if isinstance(type_, FixedType) else ()

    def is_boxed(self, type_: Attribute) -> bool:
        """Whether values of the type are addresses of cells: an enum that would contain itself inline."""
        if type(type_) is not EnumType:
            return False
        found = self._boxed.get(id(type_))
        if found is None:
            self._kept.append(type_)
            seen: set[Attribute] = set()
            pending = list(self.parts(type_))
            while pending and type_ not in seen:
                part = pending.pop()
                if part not in seen:
                    seen.add(part)
                    pending.extend(self.parts(part))
            found = self._boxed[id(type_)] = type_ in seen
        return found

    def is_reference(self, type_: Attribute) -> bool:
        """Whether a value of the type is one counted reference: to a buffer, or to a cell."""
        return type(type_) in _REFERENCES or self.is_boxed(type_)

    def is_counted(self, type_: Attribute) -> bool:
        """Whether values of the type own references to buffers or cells."""
        if type(type_) not in _AGGREGATES:
            return False
        if type(type_) in _REFERENCES:
            return True
        found = self._counted.get(id(type_))
        if found is None:
            self._kept.append(type_)
            found = self.is_boxed(type_) or any(self.is_counted(part) for part in self.parts(type_))
            self._counted[id(type_)] = found
        return found

    def references(self, type_: Attribute) -> int:
        """How many references values of the type have, those of all variants and elements together."""
        if not self.is_counted(type_):
            return 0
        if self.is_reference(type_):
            return 1
        count = sum(self.references(part) for part in self.parts(type_))
        return count * type_.size.data if isinstance(type_, FixedType) else count

    def is_indirect(self, type_: Attribute) -> bool:
        """Whether values of the type live in stack slots, because a fixed array is inside."""
        if type(type_) not in _AGGREGATES or type(type_) in _REFERENCES:
            return False
        if type(type_) is FixedType:
            return True
        found = self._indirect.get(id(type_))
        if found is None:
            self._kept.append(type_)
            inline = () if self.is_boxed(type_) else self.parts(type_)
            found = self._indirect[id(type_)] = any(self.is_indirect(part) for part in inline)
        return found

    def is_managed(self, type_: Attribute) -> bool:
        """Whether values of the type are consumed: they own references or a slot."""
        return type(type_) in _AGGREGATES and (self.is_counted(type_) or self.is_indirect(type_))

    def leaves(self, type_: Attribute) -> frozenset[FieldPath]:
        """
        The places of a value that can be unique: the paths, over fields only, to its arrays; for an indirect type just
        the empty path, which stands for the slot. Payloads of enums are left out.
        """
        found = self._leaves.get(id(type_))
        if found is None:
            self._kept.append(type_)
            paths = [()] if self.is_indirect(type_) else self._array_paths(type_)
            found = self._leaves[id(type_)] = frozenset(paths)
        return found

    def _array_paths(self, type_: Attribute) -> list[FieldPath]:
        if isinstance(type_, ArrayType):
            return [()]
        if not isinstance(type_, StructType | TupleType):
            return []
        fields = self.fields(type_)
        return [(number, *path) for number, field in enumerate(fields) for path in self._array_paths(field)]

    def step(self, type_: Attribute, step: int) -> Attribute:
        """The type of what one step of a path leads to; a negative step is an index."""
        if isinstance(type_, ArrayType | FixedType):
            return type_.element
        return self.fields(type_)[step]


def _substitute_all(
    types: tuple[Attribute, ...], params: ArrayAttr | None, args: tuple[Attribute, ...]
) -> tuple[Attribute, ...]:
    if params is None or not params.data:
        return types
    names = [param.data if isinstance(param, StringAttr) else "" for param in params.data]
    mapping = dict(zip(names, args, strict=True))
    return tuple([substitute(type_, mapping) for type_ in types])
