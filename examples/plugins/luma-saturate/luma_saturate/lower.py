"""
Lower `sat` to the intrinsics of LLVM.

Before: %s = sat.addi %a, %b unsigned : i8
After:  %s = llvm.intr.uadd.sat(%a, %b) : (i8, i8) -> i8
Expects: verified IR. Leaves: no `sat`.
"""

from __future__ import annotations

from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass

from luma_ir.dialects import llvm_ext as llvm
from luma_ir.ir import fast
from luma_ir.ir.pass_manager import count
from luma_saturate.dialect import AddIOp


@dataclass(frozen=True)
class SatLowerPass(ModulePass):
    """Replace saturating additions by the intrinsics of LLVM."""

    name = "sat-lower"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Run the pass on a module."""
        for found in list(fast.walk(op)):
            if not isinstance(found, AddIOp):
                continue
            intrinsic = llvm.SAddSatOp if found.unsigned is None else llvm.UAddSatOp
            lowered = fast.make(intrinsic, found.operands, found.result_types, location=found.location)
            fast.insert_before(found, lowered)
            fast.replace_op(found, lowered.results)
            count("saturating additions")
