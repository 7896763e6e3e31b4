"""From the frontend's types to those of the IR."""

from __future__ import annotations

from attrs import define, field
from xdsl.dialects.builtin import ArrayAttr
from xdsl.ir import Attribute

from luma_ir.dialects.luma import types as ir_types
from luma_ir.dialects.luma.layouts import SOURCE_CHAR, erase, source_unsigned
from luma_ir.frontend import types
from luma_ir.frontend.check.inference import substitute
from luma_ir.ir.intern import (
    F32,
    F64,
    I1,
    array,
    function_type,
    int_type,
    intern,
    plain_int,
    string_attr,
    symbol,
)

UNIT_TYPE = intern(ir_types.TupleType(array(())))
"""The type of the unit value where one is needed."""


@define(eq=False)
class TypeLowering:
    """A memo of lowered types: by identity first, since comparing types structurally is slow."""

    named: frozenset[types.AssocType] = frozenset()
    """The associated types that are type parameters of their own: those of a definition, inside of it."""
    _by_id: dict[int, tuple[types.Type, Attribute]] = field(factory=dict)
    _source_by_id: dict[int, tuple[types.Type, Attribute]] = field(factory=dict)

    def lower(self, type: types.Type) -> Attribute:
        """The IR type of the values of a frontend type; equal types give the identical attribute."""
        found = self._by_id.get(id(type))
        if found is not None:
            return found[1]
        lowered = erase(self.source(type))
        # The type is kept in the memo, so that its identity is not reused.
        self._by_id[id(type)] = (type, lowered)
        return lowered

    def source(self, type: types.Type) -> Attribute:
        """The IR's source type of a frontend type, which keeps signedness; see `luma_ir.dialects.luma.layouts`."""
        found = self._source_by_id.get(id(type))
        if found is not None:
            return found[1]
        lowered = intern(self._lower(type))
        self._source_by_id[id(type)] = (type, lowered)
        return lowered

    def _args(self, type: types.StructType | types.EnumType) -> ArrayAttr:
        """The arguments of a struct or enum: those of the source, then the associated types that its fields have."""
        definition = type.definition
        args = [self.source(arg) for arg in type.args]
        if definition.assoc_params:
            mapping = dict(zip(definition.type_params, type.args, strict=True))
            args += [self.source(substitute(each, mapping)) for each in definition.assoc_params]
        return array(args)

    def _lower(self, type: types.Type) -> Attribute:
        match type:
            case types.IntType():
                return int_type(type.bits) if type.signed else source_unsigned(type.bits)
            case types.FloatType():
                return F64 if type.bits == 64 else F32
            case types.BoolType():
                return I1
            case types.CharType():
                return SOURCE_CHAR
            case types.ArrayType():
                return ir_types.ArrayType(self.source(type.element))
            case types.FixedType():
                return ir_types.FixedType(plain_int(type.size), self.source(type.element))
            case types.TupleType():
                return ir_types.TupleType(array([self.source(element) for element in type.elements]))
            case types.StructType():
                return ir_types.StructType(symbol(type.definition.symbol), self._args(type))
            case types.EnumType():
                return ir_types.EnumType(symbol(type.definition.symbol), self._args(type))
            case types.ParamType():
                return ir_types.ParamType(string_attr(type.name))
            case types.PtrType():
                return ir_types.PtrType(self.source(type.element))
            case types.FuncType():
                inputs = [self.source(param) for param in type.params]
                outputs = [] if type.result in (types.UNIT, types.NEVER) else [self.source(type.result)]
                outputs += [inputs[number] for number in type.inout]
                return ir_types.ClosureType(function_type(inputs, outputs))
            case types.AnyType():
                return ir_types.AnyType(symbol(type.trait), array([self.source(arg) for arg in type.args]))
            case types.AssocType():
                if type in self.named:
                    return ir_types.ParamType(string_attr(str(type)))
                parts = [self.source(each) for each in (type.base, *type.trait_args)]
                return ir_types.AssocType(symbol(type.trait), string_attr(type.name), array(parts))
        return UNIT_TYPE


def is_signed(type: types.Type) -> bool:
    """Tell whether values of a scalar type count as signed; `bool` and `char` do not."""
    return isinstance(type, types.IntType) and type.signed


__all__ = ["UNIT_TYPE", "TypeLowering", "is_signed", "substitute"]
