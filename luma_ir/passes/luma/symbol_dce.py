"""
Remove private functions that nothing refers to, directly or through others.

Before: luma.func private @helper() ...     // not called by @main or what it calls
After:  (gone)
Expects: verified IR. Leaves: public functions, what they reach, and the run-time entry points that lowerings call.

Implementations (`luma.impl`) keep their methods only while calls by trait are left that may need them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xdsl.passes import ModulePass

from luma_ir.dialects import luma
from luma_ir.ir.fast import block_ops, erase, walk
from luma_ir.passes.analysis.callgraph import RUNTIME_ENTRY_POINTS, CallGraph, symbols_in

if TYPE_CHECKING:
    from xdsl.context import Context
    from xdsl.dialects.builtin import ModuleOp


@dataclass(frozen=True)
class LumaSymbolDcePass(ModulePass):
    """Remove private functions that nothing refers to."""

    name = "luma-symbol-dce"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        remove_unreachable_functions(op)


def remove_unreachable_functions(module: ModuleOp) -> int:
    """Remove what no public function reaches; the number of functions that went."""
    graph = CallGraph(module)
    impls = [op for op in block_ops(module.body.block) if isinstance(op, luma.ImplOp)]
    reached = {
        name
        for name, node in graph.nodes.items()
        if name in graph.outside or not _is_private(node.function) or name in RUNTIME_ENTRY_POINTS
    }
    if calls_by_trait(module):
        for impl in impls:
            reached.update(name for name in symbols_in(impl.methods) if name in graph.nodes)
    pending = list(reached)
    while pending:
        for name in graph.nodes[pending.pop()].references:
            if name in graph.nodes and name not in reached:
                reached.add(name)
                pending.append(name)
    for impl in impls:
        if any(name in graph.nodes and name not in reached for name in symbols_in(impl.methods)):
            erase(impl)
    dead = [node.function for name, node in graph.nodes.items() if name not in reached]
    for function in dead:
        erase(function)
    return len(dead)


def _is_private(function: luma.FuncOp) -> bool:
    visibility = function.sym_visibility
    return visibility is not None and visibility.data == "private"


def calls_by_trait(module: ModuleOp) -> bool:
    """Whether calls are left whose callee follows from a trait and a type."""
    return any(isinstance(op, luma.TraitCallOp) for op in walk(module))
