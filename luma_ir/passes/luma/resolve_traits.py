"""
Turn trait calls on known types into calls of the functions that implement them.

Before: %b = luma.trait_call @std.prelude.Eq "eq" for i64 (%x, %y) : (i64, i64) -> i1
After:  %b = luma.call @std.number.eq_i64(%x, %y) : (i64, i64) -> i1
Expects: verified IR. Leaves: trait calls on type parameters, and those whose implementation `luma-derive` makes.

The implementation is found by matching `luma.impl` ops; the call of a generic one gets type arguments, which
`luma-monomorphize` takes up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xdsl.passes import ModulePass

from luma_ir.passes.luma._generics import Instances
from luma_ir.passes.luma.instantiate import Worker

if TYPE_CHECKING:
    from xdsl.context import Context
    from xdsl.dialects.builtin import ModuleOp


@dataclass(frozen=True)
class LumaResolveTraitsPass(ModulePass):
    """Turn trait calls into calls."""

    name = "luma-resolve-traits"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        Worker(Instances.of(op), resolve=True).run()
