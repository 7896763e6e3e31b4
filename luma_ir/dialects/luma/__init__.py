"""
The `luma` dialect: the source language's values, control flow, checks and definitions.

Arrays, strings and structs are SSA values here; memory appears only below the `mem` level.
"""

from __future__ import annotations

from xdsl.ir import Dialect

from luma_ir.dialects.luma.aggregates import (
    INDEX_STEP,
    EnumGetOp,
    EnumIsOp,
    EnumMakeOp,
    EnumTagOp,
    GetOp,
    PutOp,
    SetOp,
    StructMakeOp,
    TakeOp,
    TupleMakeOp,
)
from luma_ir.dialects.luma.arrays import (
    ArrayAppendOp,
    ArrayFillOp,
    ArrayLenOp,
    ArrayLiteralOp,
    ArrayMakeOp,
    ArrayPopOp,
    ArrayPtrOp,
    ArrayPushOp,
    ArrayReserveOp,
    ArraySliceOp,
    ArrayTruncateOp,
    FloatToIntOp,
    LocationOp,
    PtrCastOp,
    PtrFieldOp,
    PtrLoadOp,
    PtrOffsetOp,
    PtrStoreOp,
    SlotOp,
    StaticOp,
    StringLiteralOp,
    TypeKindOp,
    UndefOp,
)
from luma_ir.dialects.luma.checks import (
    AssertOp,
    CheckBoundsOp,
    CheckDivOp,
    CheckOverflowOp,
    CheckSliceOp,
    PanicOp,
    UnreachableOp,
)
from luma_ir.dialects.luma.control import BreakOp, ContinueOp, ForOp, IfOp, LoopOp, YieldOp
from luma_ir.dialects.luma.definitions import (
    CallOp,
    EnumOp,
    FuncOp,
    ImplOp,
    ReturnOp,
    StructOp,
    TraitCallOp,
)
from luma_ir.dialects.luma.objects import AnyCallOp, AnyMakeOp, CallClosureOp, ClosureOp, TraitOp
from luma_ir.dialects.luma.traits import EarlyExit, Linear, MayPanic
from luma_ir.dialects.luma.types import (
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

OPS = [
    AnyCallOp, AnyMakeOp, CallClosureOp, ClosureOp, TraitOp, ArrayAppendOp, ArrayFillOp, ArrayLenOp, ArrayLiteralOp,
    ArrayMakeOp, ArrayPopOp, ArrayPtrOp, ArrayPushOp, ArrayReserveOp, ArraySliceOp, ArrayTruncateOp, AssertOp, BreakOp,
    CallOp, CheckBoundsOp, CheckDivOp, CheckOverflowOp, CheckSliceOp, ContinueOp, EnumGetOp, EnumIsOp, EnumMakeOp,
    EnumOp, EnumTagOp, FloatToIntOp, ForOp, FuncOp, GetOp, IfOp, ImplOp, LocationOp, LoopOp, PanicOp, PtrCastOp,
    PtrFieldOp, PtrLoadOp, PtrOffsetOp, PtrStoreOp, PutOp, ReturnOp, SetOp, SlotOp, StaticOp, StringLiteralOp,
    StructMakeOp, StructOp, TakeOp, TraitCallOp, TupleMakeOp, TypeKindOp,
    UndefOp, UnreachableOp, YieldOp,
]  # fmt: skip

TYPES = [AnyType, ArrayType, AssocType, ClosureType, EnumType, FixedType, ParamType, PtrType, StructType, TupleType]

Luma = Dialect("luma", OPS, TYPES)

__all__ = [
    "INDEX_STEP", "AnyCallOp", "AnyMakeOp", "AnyType", "ArrayAppendOp", "ArrayFillOp", "ArrayLenOp", "ArrayLiteralOp",
    "ArrayMakeOp", "ArrayPopOp", "ArrayPtrOp", "ArrayPushOp", "ArrayReserveOp", "ArraySliceOp", "ArrayTruncateOp",
    "ArrayType", "AssertOp", "AssocType", "BreakOp", "CallClosureOp", "CallOp", "CheckBoundsOp", "CheckDivOp",
    "CheckOverflowOp", "CheckSliceOp", "ClosureOp", "ClosureType", "ContinueOp", "EarlyExit", "EnumGetOp", "EnumIsOp",
    "EnumMakeOp", "EnumOp", "EnumTagOp", "EnumType", "FixedType", "FloatToIntOp", "ForOp", "FuncOp", "GetOp", "IfOp",
    "ImplOp", "Linear", "LocationOp", "LoopOp", "Luma", "MayPanic", "PanicOp", "ParamType", "PtrCastOp", "PtrFieldOp",
    "PtrLoadOp", "PtrOffsetOp", "PtrStoreOp", "PtrType", "PutOp", "ReturnOp", "SetOp", "SlotOp", "StaticOp",
    "StringLiteralOp", "StructMakeOp", "StructOp", "StructType", "TakeOp", "TraitCallOp", "TraitOp", "TupleMakeOp",
    "TupleType", "TypeKindOp", "UndefOp", "UnreachableOp", "YieldOp",
]  # fmt: skip
