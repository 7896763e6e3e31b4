"""
The complete `llvm` dialect: xDSL's ops, and ours where xDSL lacks an op or refuses what upstream MLIR 22 allows.

Import every `llvm` op, type and attribute from here, never from `xdsl.dialects.llvm`:

    from luma_ir.dialects import llvm_ext as llvm
    fast.make(llvm.LoadOp, [pointer], [llvm.PTR], {"alignment": ...})

`LLVM` is the dialect object that a context registers. Names, operands and properties of all ops are upstream's, so that
`mlir-opt` reads what we print; `operandSegmentSizes` (from `segments`) must be given to ops with several groups of
operands when they are made by `fast.make`.
"""

# ruff: noqa: F401
# This module exists to re-export.

from __future__ import annotations

from xdsl.dialects import llvm as _xdsl
from xdsl.dialects.llvm import (
    GEP_USE_SSA_VAL,
    AddOp,
    AddressOfOp,
    AllocaOp,
    AndOp,
    AShrOp,
    BitcastOp,
    CallingConventionAttr,
    ExtractValueOp,
    FAddOp,
    FastMathAttr,
    FCmpPredicateFlag,
    FDivOp,
    FMulOp,
    FNegOp,
    FPExtOp,
    FPTruncOp,
    FramePointerKindAttr,
    FRemOp,
    FSubOp,
    ICmpPredicateFlag,
    InlineAsmOp,
    InsertElementOp,
    InsertValueOp,
    IntToPtrOp,
    LinkageAttr,
    LLVMArrayType,
    LLVMFunctionType,
    LLVMPointerType,
    LLVMStructType,
    LLVMVoidType,
    LShrOp,
    MulOp,
    OrOp,
    PtrToIntOp,
    ReturnOp,
    SDivOp,
    SExtOp,
    ShlOp,
    ShuffleVectorOp,
    SIToFPOp,
    SRemOp,
    SubOp,
    TailCallKind,
    TailCallKindAttr,
    TargetFeaturesAttr,
    UDivOp,
    UndefOp,
    UnreachableOp,
    URemOp,
    XOrOp,
    ZExtOp,
)
from xdsl.ir import Dialect, Operation

from luma_ir.dialects.llvm_ext.assembly import NO_FAST_MATH, i64_attr, integers
from luma_ir.dialects.llvm_ext.atomics import *  # noqa: F403
from luma_ir.dialects.llvm_ext.atomics import ATOMIC_OPS
from luma_ir.dialects.llvm_ext.attributes import *  # noqa: F403
from luma_ir.dialects.llvm_ext.attributes import ATTRIBUTES
from luma_ir.dialects.llvm_ext.calls import *  # noqa: F403
from luma_ir.dialects.llvm_ext.calls import CALL_OPS
from luma_ir.dialects.llvm_ext.control import *  # noqa: F403
from luma_ir.dialects.llvm_ext.control import CONTROL_OPS
from luma_ir.dialects.llvm_ext.intrinsics import *  # noqa: F403
from luma_ir.dialects.llvm_ext.intrinsics import INTRINSIC_OPS
from luma_ir.dialects.llvm_ext.memory import *  # noqa: F403
from luma_ir.dialects.llvm_ext.memory import MEMORY_OPS
from luma_ir.dialects.llvm_ext.special import *  # noqa: F403
from luma_ir.dialects.llvm_ext.special import SPECIAL_OPS
from luma_ir.dialects.llvm_ext.symbols import *  # noqa: F403
from luma_ir.dialects.llvm_ext.symbols import SYMBOL_OPS
from luma_ir.dialects.llvm_ext.values import *  # noqa: F403
from luma_ir.dialects.llvm_ext.values import VALUE_OPS

PTR = LLVMPointerType()
"""`!llvm.ptr`."""

VOID = LLVMVoidType()
"""`!llvm.void`."""

OWN_OPS: tuple[type[Operation], ...] = (
    *ATOMIC_OPS,
    *CALL_OPS,
    *CONTROL_OPS,
    *INTRINSIC_OPS,
    *MEMORY_OPS,
    *SPECIAL_OPS,
    *SYMBOL_OPS,
    *VALUE_OPS,
)
"""The op classes of this package."""


def _all_operations() -> list[type[Operation]]:
    """xDSL's ops with ours in place of those of the same name."""
    by_name: dict[str, type[Operation]] = {op.name: op for op in _xdsl.LLVM.operations}
    by_name.update((op.name, op) for op in OWN_OPS)
    return list(by_name.values())


LLVM = Dialect("llvm", _all_operations(), [*_xdsl.LLVM.attributes, *ATTRIBUTES])
"""The dialect to register in a context."""
