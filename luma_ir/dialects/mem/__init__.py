"""
The `mem` dialect: explicit ownership on values, then buffers and typed memory.

`ownership` holds the ops on values of the `luma` level. After `convert-luma-to-mem` values have layouts: scalars as
they are, arrays as the address of a counted buffer (`!llvm.ptr`), structs, tuples and enums as `!llvm.struct`, fixed
arrays and aggregates around them as the address of a stack slot; recursive enums, function values and `any` values are
addresses of cells (`objects`). `counting` and the ops on the memory of cells are what `mem-expand-rc` expands; the rest
of `objects`, `memory` and `checks` are left for the conversion to LLVM, together with `scf` (an `scf.if` with the unit
attribute `mem.unlikely` hardly ever runs its first region), `arith`, `math`, `func`, the structured control flow of
`luma` (`luma.if/loop/for`, `yield/break/continue/return/unreachable`) and these ops of `llvm`: `mlir.undef`,
`mlir.zero`, `insertvalue`, `extractvalue`, `ptrtoint`, `inttoptr`.
"""

from __future__ import annotations

from xdsl.ir import Dialect

from luma_ir.dialects.mem.checks import PANIC_KINDS, UNLIKELY, FloatToIntOp, OverflowOp, PanicIfOp, PanicOp
from luma_ir.dialects.mem.counting import AllocOp, FreeOp, OwnBufferOp, ReleaseOp, RetainOp
from luma_ir.dialects.mem.memory import (
    DATA_OFFSET,
    HEADER_FIELDS,
    POINTER,
    SCOPE,
    ConstantOp,
    CopyOp,
    ElementOp,
    EmptyOp,
    FieldOp,
    LoadHeaderOp,
    LoadOp,
    LocationOp,
    OffsetOp,
    SlotOp,
    StaticOp,
    StoreHeaderOp,
    StoreOp,
)
from luma_ir.dialects.mem.objects import TABLE_FIELDS, AllocCellOp, CallIndirectOp, FreeCellOp, TableOp
from luma_ir.dialects.mem.ownership import (
    KNOWN_UNIQUE,
    DropOp,
    DropRestOp,
    DupOp,
    MakeUniqueAtOp,
    MakeUniqueOp,
    inline_path,
)
from luma_ir.dialects.mem.reuse import DropReuseOp, FreeTokenOp, MakeAtOp

OPS = [
    AllocCellOp, AllocOp, CallIndirectOp, ConstantOp, CopyOp, DropOp, DropRestOp, DropReuseOp, DupOp, ElementOp,
    EmptyOp, FieldOp, FloatToIntOp, FreeCellOp, FreeOp, FreeTokenOp, LoadHeaderOp, LoadOp, LocationOp, MakeAtOp,
    MakeUniqueAtOp, MakeUniqueOp, OffsetOp, OverflowOp, OwnBufferOp, PanicIfOp, PanicOp, ReleaseOp, RetainOp,
    SlotOp, StaticOp, StoreHeaderOp, StoreOp, TableOp,
]  # fmt: skip

Mem = Dialect("mem", OPS, [])

__all__ = [
    "DATA_OFFSET", "HEADER_FIELDS", "KNOWN_UNIQUE", "PANIC_KINDS", "POINTER", "SCOPE", "TABLE_FIELDS",
    "UNLIKELY", "AllocCellOp", "AllocOp", "CallIndirectOp", "ConstantOp", "CopyOp", "DropOp", "DropRestOp",
    "DropReuseOp", "DupOp", "ElementOp", "EmptyOp", "FieldOp", "FloatToIntOp", "FreeCellOp", "FreeOp", "FreeTokenOp",
    "LoadHeaderOp", "LoadOp", "LocationOp", "MakeAtOp", "MakeUniqueAtOp", "MakeUniqueOp", "Mem", "OffsetOp",
    "OverflowOp", "OwnBufferOp", "PanicIfOp", "PanicOp", "ReleaseOp", "RetainOp", "SlotOp", "StaticOp",
    "StoreHeaderOp", "StoreOp", "TableOp", "inline_path",
]  # fmt: skip
