"""
Give values layouts: arrays become counted buffers, structs LLVM structs, fixed arrays stack slots, recursive enums and
function values counted cells.

Before: %y = luma.get %a[%i] : !luma.array<f64> -> f64
After:  %p = mem.element %a[%i] : f64
        %y = mem.load %p : f64

Expects: monomorphic functions with explicit ownership, changed values made unique (`mem-insert-unique`). Leaves:
`func.func` and `func.call` with structured control flow (`scf`, and `luma.if/loop/for` with early exits), scalars as
they were, and the lower ops of `mem` (see the dialect). A function's `display_name`, `link_name`, `inline`, `cold`,
`fastmath`, `no_return`, `variadic`, `arg_names` and `modes` stay as attributes. Results of indirect types go to
addresses that the caller passes first, those of `inout` parameters to where the parameter is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass

from luma_ir.dialects.luma import EnumOp, FuncOp, ImplOp, StructOp, TraitOp
from luma_ir.ir.fast import append, block_ops, erase
from luma_ir.passes.convert._luma_to_mem import (  # noqa: F401  (they register)
    aggregates,
    arrays,
    control,
    objects,
    scalars,
)
from luma_ir.passes.convert._luma_to_mem.glue import Glue
from luma_ir.passes.convert._luma_to_mem.layouts import Layouts
from luma_ir.passes.convert._luma_to_mem.lowering import Lowering, Module
from luma_ir.passes.mem._functions import FunctionTable
from luma_ir.passes.mem._runtime import declare_runtime
from luma_ir.passes.mem._uniqueness import Uniqueness

if TYPE_CHECKING:
    from xdsl.context import Context


@dataclass(frozen=True)
class ConvertLumaToMemPass(ModulePass):
    """
    Lower the `luma` dialect to `mem`, `scf`, `arith` and `func`.

    With `scopes`, loads and stores in functions with loops are tagged with what they access, for `mem-alias-scopes`.
    """

    name = "convert-luma-to-mem"

    scopes: bool = False

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        convert_luma_to_mem(op, scopes=self.scopes)


def convert_luma_to_mem(module: ModuleOp, *, scopes: bool = False) -> None:
    """Lower every function of a module, in place; definitions of types go."""
    table = FunctionTable(module)
    block = module.body.block
    shared = Module(table, Glue(Layouts(table.types), block))
    if scopes:
        shared.uniqueness = Uniqueness(table)
    old = [op for op in block_ops(block) if isinstance(op, FuncOp | StructOp | EnumOp | ImplOp | TraitOp)]
    for op in old:
        if isinstance(op, FuncOp):
            append(block, Lowering(op, shared).lower())
    for op in old:
        erase(op)
    declare_runtime(module)
