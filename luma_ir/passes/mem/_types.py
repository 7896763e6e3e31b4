"""
What the types of the `luma` level mean for ownership.

A type is *counted* when it is an array or contains one: its values own references. A type is *indirect* when it has a
fixed array inline: its values live in stack slots. *Managed* is either; every other value is plain data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdsl.dialects.builtin import ArrayAttr, StringAttr

from luma_ir.dialects.luma import (
    ArrayType,
    ClosureType,
    EnumOp,
    EnumType,
    FixedType,
    ParamType,
    StructOp,
    StructType,
    TupleType,
)
from luma_ir.ir.diagnostics import PassFailure
from luma_ir.ir.fast import block_ops

if TYPE_CHECKING:
    from xdsl.dialects.builtin import ModuleOp
    from xdsl.ir import Attribute

FieldPath = tuple[int, ...]

_AGGREGATES: frozenset[type] = frozenset({ArrayType, StructType, EnumType, TupleType, FixedType, ClosureType})


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
        """The types of what a value of a type has inline."""
        if isinstance(type_, StructType | TupleType):
            return self.fields(type_)
        if isinstance(type_, EnumType):
            return tuple(part for variant in self.variants(type_) for part in variant)
        return (type_.element,) if isinstance(type_, FixedType) else ()

    def is_counted(self, type_: Attribute) -> bool:
        """Whether values of the type own references to buffers."""
        if type(type_) not in _AGGREGATES:
            return False
        if type(type_) is ArrayType:
            return True
        found = self._counted.get(id(type_))
        if found is None:
            self._kept.append(type_)
            found = self._counted[id(type_)] = any(self.is_counted(part) for part in self.parts(type_))
        return found

    def is_indirect(self, type_: Attribute) -> bool:
        """Whether values of the type live in stack slots, because a fixed array is inside."""
        if type(type_) not in _AGGREGATES or type(type_) is ArrayType:
            return False
        if type(type_) is FixedType:
            return True
        found = self._indirect.get(id(type_))
        if found is None:
            self._kept.append(type_)
            found = self._indirect[id(type_)] = any(self.is_indirect(part) for part in self.parts(type_))
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
    return tuple(_substitute(type_, mapping) for type_ in types)


def _substitute(type_: Attribute, mapping: dict[str, Attribute]) -> Attribute:
    if isinstance(type_, ParamType):
        return mapping.get(type_.param.data, type_)
    if isinstance(type_, ArrayType):
        return ArrayType(_substitute(type_.element, mapping))
    if isinstance(type_, FixedType):
        return FixedType(type_.size, _substitute(type_.element, mapping))
    if isinstance(type_, TupleType):
        return TupleType(ArrayAttr([_substitute(part, mapping) for part in type_.elements.data]))
    if isinstance(type_, StructType | EnumType):
        args = ArrayAttr([_substitute(part, mapping) for part in type_.args.data])
        return type(type_)(type_.definition, args)
    return type_
