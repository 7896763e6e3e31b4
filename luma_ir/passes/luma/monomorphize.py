"""
Clone generic functions for each set of type arguments that they are called with.

Before: %r = luma.call @main.first(%xs) {type_args = [i64]} : (!luma.array<i64>) -> i64
After:  %r = luma.call @"main.first<i64>"(%xs) : (!luma.array<i64>) -> i64
Expects: verified IR. Leaves: generic functions only where an implementation names them; trait calls, on concrete
types.

Type arguments are source types: instances for `u8` and `i8` are two functions with equal types. Instances are finite: a
type argument that is nested too deeply is an error. `luma.take` of what turns out not to be counted becomes `luma.get`.
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
class LumaMonomorphizePass(ModulePass):
    """Clone generic functions per set of type arguments."""

    name = "luma-monomorphize"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        instances = Instances.of(op)
        Worker(instances, monomorphize=True).run()
        instances.remove_generic()
