"""
What a type of the `luma` dialect is made of: fields, payloads, elements, with type arguments put in.

`Definitions` indexes the `luma.struct` and `luma.enum` ops of a module. Types of fields are found by substitution, so
definitions are never cloned: `!luma.struct<@Pair, [i64]>` keeps its argument after monomorphization. All answers are
memoised; make a new object when definitions of the module have changed.

Values are signless, but traits are implemented per source type: `u8` and `i8` print differently. So what selects an
implementation (`type_args` of calls, `self_type` of trait calls and impls, `source_types` of definitions) is written
with source types: unsigned integers as `ui8` … `ui64`, `char` as `ui21`. `erase` gives the type of the values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from attrs import define, field
from xdsl.dialects.builtin import ArrayAttr, FunctionType, IntegerType, Signedness, StringAttr, SymbolRefAttr
from xdsl.ir import Attribute, Operation

from luma_ir.dialects.luma.types import (
    INDEX_STEP,
    AnyType,
    ArrayType,
    AssocType,
    ClosureType,
    EnumType,
    FixedType,
    ParamType,
    PtrType,
    StructType,
    TupleType,
)
from luma_ir.ir.fast import block_ops
from luma_ir.ir.intern import array, function_type, int_type, intern, symbol

if TYPE_CHECKING:
    from luma_ir.dialects.luma.definitions import EnumOp, StructOp

STRING = "std.string.string"
"""The symbol of the struct that string literals have."""


SOURCE_CHAR = intern(IntegerType(21, Signedness.UNSIGNED))
"""`char` as a source type; 21 bits hold every character."""


def source_unsigned(width: int) -> IntegerType:
    """An unsigned integer as a source type."""
    return intern(IntegerType(width, Signedness.UNSIGNED))


_erased: dict[Attribute, Attribute] = {}


def erase(type: Attribute) -> Attribute:
    """The type that values of a source type have: signless integers, `char` as i32. The result is interned."""
    found = _erased.get(type)
    if found is None:
        found = _erased[type] = intern(_map_leaves(type, _erase_leaf))
    return found


def _erase_leaf(type: Attribute) -> Attribute:
    if isinstance(type, IntegerType) and type.signedness.data != Signedness.SIGNLESS:
        return int_type(32 if type == SOURCE_CHAR else type.width.data)
    return type


def substitute(type: Attribute, args: Mapping[str, Attribute]) -> Attribute:
    """A type with type parameters replaced; parameters that `args` does not name stay. The result is interned."""
    if not args:
        return intern(type)
    return _map_leaves(type, lambda leaf: args.get(leaf.param.data, leaf) if isinstance(leaf, ParamType) else leaf)


def _map_leaves(type: Attribute, change: Callable[[Attribute], Attribute]) -> Attribute:
    """A type with every type in it that has no parts replaced."""
    if isinstance(type, ArrayType):
        return intern(ArrayType(_map_leaves(type.element, change)))
    if isinstance(type, FixedType):
        return intern(FixedType(type.size, _map_leaves(type.element, change)))
    if isinstance(type, StructType | EnumType):
        if not type.args.data:
            return intern(type)
        return intern(_renew(type, [_map_leaves(arg, change) for arg in type.args.data]))
    if isinstance(type, TupleType):
        return intern(TupleType(array([_map_leaves(element, change) for element in type.elements.data])))
    if isinstance(type, PtrType):
        return intern(PtrType(_map_leaves(type.element, change)))
    if isinstance(type, ClosureType):
        return intern(ClosureType(_map_signature(type.signature, change)))
    if isinstance(type, AnyType):
        if not type.args.data:
            return intern(type)
        return intern(AnyType(type.definition, array([_map_leaves(arg, change) for arg in type.args.data])))
    if isinstance(type, AssocType):
        types = array([_map_leaves(each, change) for each in type.types.data])
        return change(intern(AssocType(type.trait, type.member, types)))
    if isinstance(type, FunctionType):
        return function_type(
            [_map_leaves(input, change) for input in type.inputs.data],
            [_map_leaves(output, change) for output in type.outputs.data],
        )
    return change(type)


def is_unit(type: Attribute) -> bool:
    """Tell whether a type is that of the unit value."""
    return isinstance(type, TupleType) and not type.elements.data


def _map_signature(signature: Attribute, change: Callable[[Attribute], Attribute]) -> Attribute:
    """The signature of function values with its leaves changed; a result that becomes unit is none."""
    made = _map_leaves(signature, change)
    assert isinstance(made, FunctionType) and isinstance(signature, FunctionType)
    outputs = made.outputs.data
    if outputs and is_unit(outputs[0]) and not is_unit(signature.outputs.data[0]):
        return function_type(made.inputs.data, outputs[1:])
    return made


def map_assoc_types(type: Attribute, change: Callable[[AssocType], Attribute]) -> Attribute:
    """A type with every associated type in it replaced, inner ones first."""
    return _map_leaves(type, lambda leaf: change(leaf) if isinstance(leaf, AssocType) else leaf)


def _renew(type: StructType | EnumType, args: Sequence[Attribute]) -> StructType | EnumType:
    cls = StructType if isinstance(type, StructType) else EnumType
    return cls(symbol(type.definition.root_reference.data), array(args))


def nominal_name(type: StructType | EnumType) -> str:
    """The symbol of the definition that a struct or enum type names."""
    definition = type.definition
    assert isinstance(definition, SymbolRefAttr)
    return definition.root_reference.data


def type_param_names(op: Operation) -> tuple[str, ...]:
    """The names of the type parameters of a `luma.struct`, `luma.enum`, `luma.func` or `luma.impl`."""
    params = op.properties.get("type_params")
    if not isinstance(params, ArrayAttr):
        return ()
    return tuple([param.data for param in params.data if isinstance(param, StringAttr)])


def is_concrete(type: Attribute) -> bool:
    """Tell whether no type parameter occurs in a type."""
    if isinstance(type, ParamType | AssocType):
        return False
    if isinstance(type, ArrayType | FixedType | PtrType):
        return is_concrete(type.element)
    if isinstance(type, StructType | EnumType | AnyType):
        return all(map(is_concrete, type.args.data))
    if isinstance(type, TupleType):
        return all(map(is_concrete, type.elements.data))
    if isinstance(type, ClosureType):
        return is_concrete(type.signature)
    if isinstance(type, FunctionType):
        return all(map(is_concrete, type.inputs.data)) and all(map(is_concrete, type.outputs.data))
    return True


@define(eq=False)
class Definitions:
    """The struct and enum definitions of a module, by symbol."""

    structs: dict[str, StructOp] = field(factory=dict)
    enums: dict[str, EnumOp] = field(factory=dict)
    _fields: dict[Attribute, tuple[Attribute, ...]] = field(factory=dict, init=False, repr=False)
    _payloads: dict[Attribute, tuple[tuple[Attribute, ...], ...]] = field(factory=dict, init=False, repr=False)
    _counted: dict[Attribute, bool] = field(factory=dict, init=False, repr=False)
    _recursive: dict[Attribute, bool] = field(factory=dict, init=False, repr=False)
    _places: dict[tuple[Attribute, tuple[int, ...]], Attribute] = field(factory=dict, init=False, repr=False)

    @classmethod
    def of(cls, module: Operation) -> Definitions:
        """Index the top level of a module."""
        found = cls()
        for op in block_ops(module.regions[0].block):
            # Told apart by name, because the ops' own checks need this module.
            if op.name == "luma.struct":
                struct = cast("StructOp", op)
                found.structs[struct.sym_name.data] = struct
            elif op.name == "luma.enum":
                enum = cast("EnumOp", op)
                found.enums[enum.sym_name.data] = enum
        return found

    def struct_op(self, type: StructType) -> StructOp:
        """
        The definition of a struct type.

        Raises:
            KeyError: the module does not define it.
        """
        return self.structs[nominal_name(type)]

    def enum_op(self, type: EnumType) -> EnumOp:
        """
        The definition of an enum type.

        Raises:
            KeyError: the module does not define it.
        """
        return self.enums[nominal_name(type)]

    def field_types(self, type: Attribute) -> tuple[Attribute, ...]:
        """
        The types of the fields of a struct or tuple, in order.

        Raises:
            KeyError: the module does not define the struct.
            TypeError: the type has no fields.
        """
        found = self._fields.get(type)
        if found is None:
            if isinstance(type, TupleType):
                found = tuple(type.elements.data)
            elif isinstance(type, StructType):
                op = self.struct_op(type)
                args = dict(zip(type_param_names(op), type.args.data, strict=False))
                found = tuple([substitute(each, args) for each in op.field_types.data])
            else:
                raise TypeError(f"`{type}` has no fields")
            self._fields[type] = found
        return found

    def payload_types(self, type: EnumType) -> tuple[tuple[Attribute, ...], ...]:
        """
        The types of the fields of each variant of an enum, in order.

        Raises:
            KeyError: the module does not define the enum.
        """
        found = self._payloads.get(type)
        if found is None:
            op = self.enum_op(type)
            args = dict(zip(type_param_names(op), type.args.data, strict=False))
            found = tuple([tuple([substitute(each, args) for each in payload.data]) for payload in op.payloads.data])
            self._payloads[type] = found
        return found

    def source_field_types(self, type: StructType | TupleType) -> tuple[Attribute, ...]:
        """The source types of the fields of a struct or tuple that is itself a source type."""
        if isinstance(type, TupleType):
            return tuple(type.elements.data)
        op = self.struct_op(type)
        types = op.source_types if op.source_types is not None else op.field_types
        args = dict(zip(type_param_names(op), type.args.data, strict=False))
        return tuple([substitute(each, args) for each in types.data])

    def source_payload_types(self, type: EnumType) -> tuple[tuple[Attribute, ...], ...]:
        """The source types of the fields of each variant of an enum that is itself a source type."""
        op = self.enum_op(type)
        payloads = op.source_payloads if op.source_payloads is not None else op.payloads
        args = dict(zip(type_param_names(op), type.args.data, strict=False))
        return tuple([tuple([substitute(each, args) for each in _data(payload)]) for payload in payloads.data])

    def element_type(self, type: Attribute) -> Attribute:
        """
        The type of the elements of an array or fixed array.

        Raises:
            TypeError: the type is neither.
        """
        if isinstance(type, ArrayType | FixedType):
            return type.element
        raise TypeError(f"`{type}` has no elements")

    def place_type(self, root: Attribute, steps: Sequence[int]) -> Attribute:
        """The type of what a path leads to."""
        key = (root, tuple(steps))
        found = self._places.get(key)
        if found is None:
            for step in steps:
                root = self.element_type(root) if step == INDEX_STEP else self.field_types(root)[step]
            found = self._places[key] = root
        return found

    def parts(self, type: Attribute) -> tuple[Attribute, ...]:
        """The types stored directly inside a value: fields, payloads, elements of a fixed array; none for others."""
        if isinstance(type, StructType | TupleType):
            return self.field_types(type)
        if isinstance(type, EnumType):
            return tuple([each for payload in self.payload_types(type) for each in payload])
        if isinstance(type, FixedType):
            return (type.element,)
        return ()

    def is_recursive(self, type: Attribute) -> bool:
        """Tell whether a value of a type would contain one of the same type inline; such enums are boxed."""
        found = self._recursive.get(type)
        if found is None:
            seen: set[Attribute] = set()
            pending = list(self.parts(type))
            while pending and type not in seen:
                part = pending.pop()
                if part not in seen:
                    seen.add(part)
                    pending.extend(self.parts(part))
            found = self._recursive[type] = type in seen
        return found

    def is_counted(self, type: Attribute) -> bool:
        """
        Tell whether values of a type own counted memory: arrays, closures, `any` values, recursive enums, and what
        contains one. A type parameter counts as such, since it may stand for one.
        """
        found = self._counted.get(type)
        if found is None:
            if isinstance(type, ArrayType | ClosureType | AnyType | ParamType | AssocType):
                found = True
            elif not isinstance(type, StructType | TupleType | EnumType | FixedType):
                found = False
            else:
                # A type that is met again below itself is boxed, and a box is counted.
                found = self.is_recursive(type) or any(map(self.is_counted, self.parts(type)))
            self._counted[type] = found
        return found


def _data(payload: Attribute) -> tuple[Attribute, ...]:
    assert isinstance(payload, ArrayAttr)
    return payload.data


def field_types(definitions: Definitions, type: Attribute) -> tuple[Attribute, ...]:
    """The types of the fields of a struct or tuple; see `Definitions.field_types`."""
    return definitions.field_types(type)
