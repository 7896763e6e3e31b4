"""
Constants of the `llvm` dialect as LLVM IR text: scalars, strings, dense elements, aggregates.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence

from xdsl.dialects.builtin import (
    ArrayAttr,
    BFloat16Type,
    BytesAttr,
    DenseIntOrFPElementsAttr,
    Float16Type,
    Float32Type,
    Float64Type,
    Float80Type,
    Float128Type,
    FloatAttr,
    IntegerAttr,
    IntegerType,
    StringAttr,
    SymbolRefAttr,
    VectorType,
)
from xdsl.ir import Attribute

from luma_ir.backend.translate_types import FLOATS, TypeWriter, escape, quoted
from luma_ir.dialects import llvm_ext as llvm
from luma_ir.ir.diagnostics import PassFailure


def constant_text(value: Attribute, type_: Attribute, types: TypeWriter) -> str:
    """
    A constant of the given type as text, without the type.

    Raises:
        PassFailure: the attribute does not stand for a constant of that type.
    """
    if isinstance(value, IntegerAttr):
        return _integer(value.value.data, type_)
    if isinstance(value, FloatAttr):
        return float_text(value.value.data, type_)
    if isinstance(value, StringAttr):
        return f'c"{escape(value.data.encode())}"'
    if isinstance(value, BytesAttr):
        return f'c"{escape(value.data)}"'
    if isinstance(value, DenseIntOrFPElementsAttr):
        return _dense(value, type_, types)
    if isinstance(value, ArrayAttr):
        return _aggregate(value, type_, types)
    if isinstance(value, llvm.ZeroAttr):
        return zero_text(type_)
    if isinstance(value, llvm.UndefAttr):
        return "undef"
    if isinstance(value, llvm.PoisonAttr):
        return "poison"
    if isinstance(value, SymbolRefAttr):
        return f"@{quoted(value.root_reference.data)}"
    raise PassFailure(f"`{value}` is not a constant of type `{type_}`")


def zero_text(type_: Attribute) -> str:
    """The zero of a type."""
    if isinstance(type_, llvm.LLVMPointerType):
        return "null"
    if isinstance(type_, IntegerType):
        return "0" if type_.width.data > 1 else "false"
    if isinstance(type_, llvm.TokenType):
        return "none"
    return "zeroinitializer"


def _integer(value: int, type_: Attribute) -> str:
    if isinstance(type_, IntegerType):
        width = type_.width.data
        if width == 1:
            return "true" if value & 1 else "false"
        value &= (1 << width) - 1
        return str(value - (1 << width) if value >> (width - 1) else value)
    if isinstance(type_, VectorType | llvm.LLVMArrayType) and value == 0:
        return "zeroinitializer"
    raise PassFailure(f"the integer {value} is not a constant of type `{type_}`")


def float_text(value: float, type_: Attribute) -> str:
    """A float as hexadecimal bits, which every value has, NaNs included."""
    kind = type(type_)
    if kind is Float64Type:
        return f"0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016X}"
    if kind is Float32Type:
        # LLVM writes a float as the bits of the double of the same value.
        return f"0x{struct.unpack('<Q', struct.pack('<d', _to_single(value)))[0]:016X}"
    if kind is Float16Type:
        return f"0xH{_half_bits(value):04X}"
    if kind is BFloat16Type:
        return f"0xR{_bfloat_bits(value):04X}"
    if kind is Float80Type:
        return f"0xK{_extended_bits(value):020X}"
    if kind is Float128Type:
        bits = _quad_bits(value)
        # LLVM prints the low half first.
        return f"0xL{bits & (2**64 - 1):016X}{bits >> 64:016X}"
    raise PassFailure(f"the float {value} is not a constant of type `{type_}`")


def _to_single(value: float) -> float:
    try:
        return struct.unpack("<f", struct.pack("<f", value))[0]
    except OverflowError:
        return math.copysign(math.inf, value)


def _half_bits(value: float) -> int:
    try:
        return struct.unpack("<H", struct.pack("<e", value))[0]
    except OverflowError:
        return 0xFC00 if value < 0 else 0x7C00


def _bfloat_bits(value: float) -> int:
    if math.isnan(value):
        return 0x7FC0
    bits = struct.unpack("<I", struct.pack("<f", _to_single(value)))[0]
    # Round the dropped half to nearest, ties to even.
    return (bits + 0x7FFF + (bits >> 16 & 1)) >> 16


def _parts(value: float) -> tuple[int, int, int]:
    """Sign, unbiased exponent and 53-bit significand with its leading one; value is finite and not zero."""
    mantissa, exponent = math.frexp(abs(value))
    return int(math.copysign(1.0, value) < 0), exponent - 1, int(mantissa * (1 << 53))


def _extended_bits(value: float) -> int:
    sign = int(math.copysign(1.0, value) < 0) << 79
    if math.isnan(value):
        return sign | 0x7FFF << 64 | 3 << 62
    if math.isinf(value):
        return sign | 0x7FFF << 64 | 1 << 63
    if value == 0:
        return sign
    _, exponent, significand = _parts(value)
    return sign | (exponent + 16383) << 64 | significand << 11


def _quad_bits(value: float) -> int:
    sign = int(math.copysign(1.0, value) < 0) << 127
    if math.isnan(value):
        return sign | 0x7FFF << 112 | 1 << 111
    if math.isinf(value):
        return sign | 0x7FFF << 112
    if value == 0:
        return sign
    _, exponent, significand = _parts(value)
    return sign | (exponent + 16383) << 112 | (significand & ((1 << 52) - 1)) << 60


def _dense(value: DenseIntOrFPElementsAttr, type_: Attribute, types: TypeWriter) -> str:
    if value.is_splat():
        element = value.get_values()[0]
        if element == 0 and not (isinstance(element, float) and math.copysign(1.0, element) < 0):
            return "zeroinitializer"
    shape: list[int] = []
    inner = type_
    while isinstance(inner, llvm.LLVMArrayType):
        shape.append(inner.size.data)
        inner = inner.type
    vector = isinstance(inner, VectorType)
    if vector:
        shape.extend(inner.get_shape())
        inner = inner.element_type
    elements: Sequence[int | float] = value.get_values()  # pyright: ignore[reportAssignmentType]
    total = math.prod(shape)
    if value.is_splat() and len(elements) == 1:
        elements = list(elements) * total
    if len(elements) != total:
        raise PassFailure(f"{len(elements)} elements given for `{type_}`, which has {total}")
    if isinstance(inner, IntegerType) and inner.width.data == 8 and len(shape) == 1 and not vector:
        return f'c"{escape(bytes(int(element) & 255 for element in elements))}"'
    prefix = types.text(inner)
    if type(inner) in FLOATS:
        texts = [f"{prefix} {float_text(float(element), inner)}" for element in elements]
    else:
        texts = [f"{prefix} {_integer(int(element), inner)}" for element in elements]
    return _nest(texts, type_, types)


def _nest(texts: list[str], type_: Attribute, types: TypeWriter) -> str:
    """Group the texts of all elements, in order, as the nested array or vector type says."""
    if isinstance(type_, VectorType):
        return f"<{', '.join(texts)}>"
    assert isinstance(type_, llvm.LLVMArrayType)
    if not isinstance(type_.type, llvm.LLVMArrayType | VectorType):
        return f"[{', '.join(texts)}]"
    size = len(texts) // max(type_.size.data, 1)
    inner = types.text(type_.type)
    rows = (_nest(texts[start : start + size], type_.type, types) for start in range(0, len(texts), max(size, 1)))
    return f"[{', '.join(f'{inner} {row}' for row in rows)}]"


def element_types(type_: Attribute) -> Sequence[Attribute]:
    """The types of the elements of a struct or array."""
    if isinstance(type_, llvm.LLVMStructType):
        return type_.types.data
    if isinstance(type_, llvm.LLVMArrayType):
        return (type_.type,) * type_.size.data
    raise PassFailure(f"`{type_}` has no elements")


def group(texts: Sequence[str], type_: Attribute) -> str:
    """Element texts (with types) in the brackets of a struct or array."""
    return f"{{ {', '.join(texts)} }}" if isinstance(type_, llvm.LLVMStructType) else f"[{', '.join(texts)}]"


def _aggregate(value: ArrayAttr, type_: Attribute, types: TypeWriter) -> str:
    elements = element_types(type_)
    if len(elements) != len(value):
        raise PassFailure(f"{len(value)} elements given for `{type_}`, which has {len(elements)}")
    texts = [
        f"{types.text(element)} {constant_text(part, element, types)}"
        for part, element in zip(value, elements, strict=True)
    ]
    return group(texts, type_)
