"""
Convert everything to `llvm` in one walk: the tables of all the `convert-*-to-llvm` passes and of `convert-scf-to-cf`.

Before: any mix of `scf`, `luma` control flow, `cf`, `arith`, `math`, `func`, `mem` and `llvm`
After:  `llvm` and nothing else
Expects: verified IR, ownership made explicit and expanded (`mem-expand-rc`). Leaves: only `llvm` in a `builtin.module`.

An op that nothing converts is an error at its location that names the op and the pass that should have replaced it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp, UnrealizedConversionCastOp
from xdsl.ir import Operation
from xdsl.passes import ModulePass

from luma_ir.ir.conversion import Conversion, ConversionPlan, ConversionTable, convert_unrealized_cast
from luma_ir.passes.convert.branches import LLVM_BRANCHES
from luma_ir.passes.convert.convert_arith_to_llvm import ARITH_TABLE
from luma_ir.passes.convert.convert_func_to_llvm import FUNC_TABLE
from luma_ir.passes.convert.convert_math_to_llvm import MATH_TABLE
from luma_ir.passes.convert.convert_mem_to_llvm import MEM_TABLE
from luma_ir.passes.convert.convert_scf_to_cf import scf_table
from luma_ir.passes.convert.parameters import annotate_parameters
from luma_ir.passes.convert.support import llvm_types


@dataclass(frozen=True)
class ConvertToLlvmPass(ModulePass):
    """Convert everything to `llvm` in one walk; what cannot be converted is an error."""

    name = "convert-to-llvm"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Convert the module in place."""
        annotate_parameters(op)
        Conversion(op, ConversionPlan(full_table(), llvm_types(), is_legal=is_legal, remedy=remedy)).run()


def full_table() -> ConversionTable:
    """The handlers of all dialects; those of `cf` and `ub`, which no Luma program needs, when those are loaded."""
    if "xdsl.dialects.cf" in sys.modules or "xdsl.dialects.ub" in sys.modules:
        from luma_ir.passes.convert.convert_cf_to_llvm import CF_TABLE

        return {**_own_table(), **CF_TABLE}
    return _own_table()


@cache
def _own_table() -> ConversionTable:
    return {
        **scf_table(LLVM_BRANCHES),
        **ARITH_TABLE,
        **MATH_TABLE,
        **FUNC_TABLE,
        **MEM_TABLE,
        UnrealizedConversionCastOp: convert_unrealized_cast,
    }


def is_legal(op: Operation) -> bool:
    """Whether an op may stay: those of `llvm`, and the module."""
    return op.name.startswith("llvm.") or isinstance(op, ModuleOp)


_REMEDIES = {
    "luma": "run `convert-luma-to-mem` and `mem-expand-rc` first (pipelines `luma-own` and `luma-to-mem`)",
    "mem": "run `mem-expand-rc` first",
    "affine": "run `lower-affine` first",
    "memref": "lower it with `mlir-opt`, or write it with `mem` ops",
    "vector": "only `arith` and `math` on vectors are converted so far",
    "scf": "only `if`, `for`, `while`, `index_switch`, `execute_region` and `parallel` are converted",
}


def remedy(op: Operation) -> str:
    """What to do about an op that nothing converts."""
    dialect = op.name.partition(".")[0]
    return _REMEDIES.get(dialect, f"lower the dialect `{dialect}` before this pass")
