"""
Bring the IR of the `luma` level to its simplest form.

Before: %n = luma.array.len %b   where   %b = luma.set %a[%i] = %x
        %c = arith.cmpi sle, %five, %n : i64
After:  %n = luma.array.len %a
        %c = arith.cmpi sgt, %n, %four : i64
Expects: verified IR. Leaves: constants at the start of each function; no op to which a rule applies.

The rules are in `_folds_arith`, `_folds_control`, `_folds_loops`, `_folds_aggregates`, `_folds_objects` and `_lengths`,
by op class; docs/passes/luma.md lists them. Dead pure ops go on the way. Ops of other dialects are left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xdsl.passes import ModulePass

from luma_ir.passes.analysis.types import TypeTable
from luma_ir.passes.luma import _folds_aggregates, _folds_arith, _folds_control, _folds_loops, _folds_objects
from luma_ir.passes.luma._folder import Folder, RuleTable
from luma_ir.passes.luma._folds_loops import loops_to_whiles
from luma_ir.passes.luma._lengths import Summaries, share_lengths, summarize_lengths
from luma_ir.passes.rewriting import bodies

if TYPE_CHECKING:
    from xdsl.context import Context
    from xdsl.dialects.builtin import ModuleOp
    from xdsl.ir import Operation

_GROUPS = (_folds_arith, _folds_control, _folds_loops, _folds_aggregates, _folds_objects)


def _all_rules() -> RuleTable:
    rules: RuleTable = {}
    for group in _GROUPS:
        for cls, found in group.RULES.items():
            rules[cls] = (*rules.get(cls, ()), *found)
    return rules


RULES: RuleTable = _all_rules()
_ROUNDS = 4
"""Lengths can free rules and rules lengths; further rounds than this have not been seen to help."""


@dataclass(frozen=True)
class LumaCanonicalizePass(ModulePass):
    """Bring the `luma` level to its simplest form."""

    name = "luma-canonicalize"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        types = TypeTable(op)
        summaries = summarize_lengths(op)
        for function in bodies(op):
            canonicalize(function, types, summaries)


def canonicalize(function: Operation, types: TypeTable | None = None, summaries: Summaries | None = None) -> bool:
    """Canonicalize one function; True when anything changed."""
    folder = Folder(function, RULES, TypeTable(None) if types is None else types)
    folder.run()
    if loops_to_whiles(folder):
        folder.drain()
    for _ in range(_ROUNDS):
        if not share_lengths(folder, summaries):
            break
        folder.drain()
    folder.drop_unused_constants()
    return folder.changed
