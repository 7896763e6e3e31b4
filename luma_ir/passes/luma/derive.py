"""
Write the implementations of derived traits that are called.

Before: %b = luma.trait_call @std.prelude.Eq "eq" for !luma.struct<@main.Point> (%p, %q) : …
After:  %b = luma.call @main.Point.Eq.eq(%p, %q) : …    // and a luma.func with that name
Expects: verified IR. Leaves: trait calls that a `luma.impl` answers.

`Eq`, `Ord`, `Show`, `Debug`, `Hash` and `Default` of structs and enums that derive them, and of tuples, arrays and
fixed arrays for which the library has no implementation.
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
class LumaDerivePass(ModulePass):
    """Write derived implementations."""

    name = "luma-derive"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        Worker(Instances.of(op), derive=True).run()
