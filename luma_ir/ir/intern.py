"""
Memoised construction of the types and attributes that every stage makes by the thousand.

Two calls with equal arguments give the identical object, which saves xDSL's construct-and-verify time (about 6 µs) and
lets common-subexpression tables use `id` as a key. Equality between attributes never depends on interning.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import pack
from typing import TypeVar

from xdsl.dialects.builtin import (
    ArrayAttr,
    DenseArrayBase,
    DictionaryAttr,
    Float32Type,
    Float64Type,
    FloatAttr,
    FunctionType,
    IndexType,
    IntAttr,
    IntegerAttr,
    IntegerType,
    StringAttr,
    SymbolRefAttr,
    UnitAttr,
)
from xdsl.ir import Attribute

from luma_ir.ir.making import make_integer_attr, make_plain_int

AttributeT = TypeVar("AttributeT", bound=Attribute)

I1 = IntegerType(1)
I8 = IntegerType(8)
I16 = IntegerType(16)
I32 = IntegerType(32)
I64 = IntegerType(64)
INDEX = IndexType()
F32 = Float32Type()
F64 = Float64Type()
UNIT = UnitAttr()

_int_types: dict[int, IntegerType] = {1: I1, 8: I8, 16: I16, 32: I32, 64: I64}
_signless_widths: dict[int, int] = {id(type): width for width, type in _int_types.items() if width > 1}
_int_attrs: dict[tuple[int, int], IntegerAttr] = {}
_float_attrs: dict[tuple[bytes, int], FloatAttr] = {}
_plain_ints: dict[int, IntAttr] = {}
_strings: dict[str, StringAttr] = {}
_symbols: dict[str, SymbolRefAttr] = {}
_dense: dict[tuple[int, tuple[int, ...]], DenseArrayBase] = {}
_arrays: dict[tuple[int, ...], ArrayAttr] = {}
_functions: dict[tuple[tuple[int, ...], tuple[int, ...]], FunctionType] = {}
_dictionaries: dict[tuple[tuple[str, int], ...], DictionaryAttr] = {}
_canonical: dict[Attribute, Attribute] = {}

# Tables keyed by `id` are sound because each cached value keeps the keyed objects alive, so no id is ever reused.


def intern(attribute: AttributeT) -> AttributeT:
    """Return the first attribute seen that equals this one; for attributes that have no constructor here."""
    return _canonical.setdefault(attribute, attribute)  # pyright: ignore[reportReturnType]


def int_type(width: int) -> IntegerType:
    """The signless integer type of a width in bits."""
    found = _int_types.get(width)
    if found is None:
        found = _int_types[width] = IntegerType(width)
    return found


def int_attr(value: int, type: IntegerType | IndexType) -> IntegerAttr:
    """
    An integer constant of a type. Signless values may be given signed or unsigned and are stored signed.

    Raises:
        xdsl.utils.exceptions.VerifyException: the value does not fit the type.
    """
    key = (value, id(type))
    found = _int_attrs.get(key)
    if found is None:
        width = _signless_widths.get(id(type))
        if width is not None and -(1 << (width - 1)) <= value < 1 << (width - 1):
            found = make_integer_attr(plain_int(value), type)  # pyright: ignore[reportArgumentType]
        else:
            found = IntegerAttr(value, type)
        _int_attrs[key] = found
    return found


def float_attr(value: float, type: Float32Type | Float64Type) -> FloatAttr:
    """A floating-point constant of a type; zeros of either sign and every NaN encoding stay distinct."""
    key = (pack("<d", value), id(type))
    found = _float_attrs.get(key)
    if found is None:
        found = _float_attrs[key] = FloatAttr(value, type)
    return found


def bool_attr(value: bool) -> IntegerAttr:
    """An `i1` constant."""
    return int_attr(1 if value else 0, I1)


def plain_int(value: int) -> IntAttr:
    """An untyped integer parameter of another attribute."""
    found = _plain_ints.get(value)
    if found is None:
        found = _plain_ints[value] = make_plain_int(value)
    return found


def string_attr(text: str) -> StringAttr:
    """A string attribute."""
    found = _strings.get(text)
    if found is None:
        found = _strings[text] = StringAttr(text)
    return found


def symbol(name: str) -> SymbolRefAttr:
    """A reference `@name` to a symbol of the enclosing module."""
    found = _symbols.get(name)
    if found is None:
        found = _symbols[name] = SymbolRefAttr(name)
    return found


def _dense_ints(element: IntegerType, values: tuple[int, ...]) -> DenseArrayBase:
    key = (element.width.data, values)
    found = _dense.get(key)
    if found is None:
        found = _dense[key] = DenseArrayBase.from_list(element, values)
    return found


def dense_i64(values: Sequence[int]) -> DenseArrayBase:
    """`array<i64: ...>`, e.g. field paths and offsets."""
    return _dense_ints(I64, tuple(values))


def dense_i32(values: Sequence[int]) -> DenseArrayBase:
    """`array<i32: ...>`, e.g. operand segment sizes."""
    return _dense_ints(I32, tuple(values))


def array(attributes: Sequence[Attribute]) -> ArrayAttr:
    """An array of attributes, memoised by the identity of its elements."""
    key = tuple([id(attribute) for attribute in attributes])
    found = _arrays.get(key)
    if found is None:
        found = _arrays[key] = ArrayAttr(attributes)
    return found


def dictionary(entries: dict[str, Attribute]) -> DictionaryAttr:
    """A dictionary of named attributes, memoised by the identity of its values."""
    key = tuple([(name, id(value)) for name, value in entries.items()])
    found = _dictionaries.get(key)
    if found is None:
        found = _dictionaries[key] = DictionaryAttr(entries)
    return found


def function_type(inputs: Sequence[Attribute], outputs: Sequence[Attribute]) -> FunctionType:
    """The type `(inputs) -> outputs`, memoised by the identity of the types."""
    key = (tuple([id(type) for type in inputs]), tuple([id(type) for type in outputs]))
    found = _functions.get(key)
    if found is None:
        found = _functions[key] = FunctionType.from_lists(inputs, outputs)
    return found
