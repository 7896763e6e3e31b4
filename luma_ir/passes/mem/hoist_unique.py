"""
Move `mem.make_unique` of what a loop carries in front of the loop.

Before: %r = scf.for ... iter_args(%x = %a) { %u = mem.make_unique %x  %y = luma.set %u[%i] = %v  scf.yield %y }
After:  %b = mem.make_unique %a
        %r = scf.for ... iter_args(%x = %b) { %y = luma.set %x[%i] = %v  scf.yield %y }

A carried value is a candidate if it would be unique in every iteration, were it so in the first. All candidates of a
function are tried together, so that a check moves out of several loops at once; those that save no check are given up.
For a nested place whose outer indices do not change in a loop, the inner arrays are made unique in front of it, too:

Before: scf.for %j ... iter_args(%g = %a) { %h = luma.set %g[%i, %j] = %v ... }
After:  %b = mem.make_unique_at %a[%i]
        scf.for %j ... iter_args(%g = %b) { %h = luma.set %g[%i, %j] = %v {mem.known_unique = 1} ... }

The value may be copied earlier than before, or though no iteration changes it; its meaning stays the same.
Expects: `mem-insert-unique`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from attrs import define, frozen
from xdsl.dialects import scf
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import BlockArgument
from xdsl.passes import ModulePass

from luma_ir.dialects import luma, mem
from luma_ir.ir.fast import insert_before, make, operands_of, set_operand, walk
from luma_ir.ir.intern import dense_i64
from luma_ir.ir.pass_manager import count
from luma_ir.passes.mem._functions import FunctionTable
from luma_ir.passes.mem._inner import hoist_inner, nested_sets
from luma_ir.passes.mem._uniqueness import LOOPS, Uniqueness
from luma_ir.passes.mem.insert_unique import remove_known

if TYPE_CHECKING:
    from xdsl.context import Context
    from xdsl.ir import Attribute, Operation, SSAValue

    from luma_ir.passes.mem._types import FieldPath
    from luma_ir.passes.mem._uniqueness import Facts, Flow


@dataclass(frozen=True)
class MemHoistUniquePass(ModulePass):
    """Hoist `mem.make_unique` out of loops."""

    name = "mem-hoist-unique"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        hoist_unique(op)


def hoist_unique(module: ModuleOp) -> None:
    """Hoist in every function of a module."""
    table = FunctionTable(module)
    checked = [function for function in table.bodies() if _checks_in_loops(function)]
    nested = [function for function in table.bodies() if nested_sets(function)]
    if not checked and not nested:
        return
    uniqueness = Uniqueness(table)
    for function in checked:
        flow = uniqueness.flows.get(function.sym_name.data)
        if flow is not None and _Hoister(flow).run():
            uniqueness.update(function)
            remove_known(function, uniqueness)
    for function in nested:
        hoist_inner(function, uniqueness)


@frozen
class Candidate:
    """An array in a value that a loop carries."""

    carried: BlockArgument
    path: FieldPath


def _checks_in_loops(function: luma.FuncOp) -> list[mem.MakeUniqueOp]:
    return [op for op in walk(function) if isinstance(op, mem.MakeUniqueOp) and _loops_around(op)]


def _loops_around(op: Operation) -> list[Operation]:
    found = []
    parent = op.parent_op()
    while parent is not None:
        if isinstance(parent, LOOPS):
            found.append(parent)
        parent = parent.parent_op()
    return found


@define
class _Hoister:
    flow: Flow

    def run(self) -> bool:
        """Hoist what can be; True when something was."""
        checks = _checks_in_loops(self.flow.function)
        kept = self._consistent(self._candidates(checks, self.flow.solve()))
        kept = self._useful(kept, checks)
        facts = self._solve(kept)
        changed = False
        for candidate in kept:
            loop = candidate.carried.block.parent_op()
            assert loop is not None
            index = _operand_index(loop, candidate.carried)
            init = operands_of(loop)[index]
            if candidate.path not in facts.get(init, ()):
                properties: dict[str, Attribute] = {"path": dense_i64(candidate.path)} if candidate.path else {}
                unique = make(mem.MakeUniqueOp, (init,), (init.type,), properties, location=loop.location)
                insert_before(loop, unique)
                set_operand(loop, index, unique.results[0])
                count("moved out of loops")
            changed = True
        return changed

    def _candidates(self, checks: list[mem.MakeUniqueOp], facts: dict[SSAValue, Facts]) -> list[Candidate]:
        types = self.flow.module.table.types
        found: dict[Candidate, None] = {}
        for check in checks:
            for loop in _loops_around(check):
                for arg in loop.regions[0].block.args:
                    if types.is_counted(arg.type) and arg in self.flow.sources:
                        for path in sorted(types.leaves(arg.type) - facts.get(arg, frozenset())):
                            found[Candidate(arg, path)] = None
        return list(found)

    def _solve(self, candidates: list[Candidate]) -> dict[SSAValue, Facts]:
        assumed: dict[SSAValue, Facts] = {}
        for candidate in candidates:
            assumed[candidate.carried] = assumed.get(candidate.carried, frozenset()) | {candidate.path}
        return self.flow.solve(assumed)

    def _consistent(self, candidates: list[Candidate]) -> list[Candidate]:
        """Those whose values stay unique around the loop, given that all of them start so."""
        while candidates:
            facts = self._solve(candidates)
            kept = [candidate for candidate in candidates if self._holds(candidate, facts)]
            if len(kept) == len(candidates):
                break
            candidates = kept
        return candidates

    def _holds(self, candidate: Candidate, facts: dict[SSAValue, Facts]) -> bool:
        carried, path = candidate.carried, candidate.path
        later = self.flow.sources[carried][1:]
        # A value that the loop hands on as it is, is changed at most once, on the way out.
        return (
            path in facts.get(carried, ())
            and any(source is not carried for source in later)
            and all(path in facts.get(source, ()) for source in later)
        )

    def _useful(self, candidates: list[Candidate], checks: list[mem.MakeUniqueOp]) -> list[Candidate]:
        """Those without which a check inside of their loop would stay."""
        kept = list(candidates)
        saved = self._saved(kept, checks)
        for candidate in candidates:
            others = [other for other in kept if other != candidate]
            without = self._saved(others, checks)
            if without == saved and self._consistent(others) == others:
                kept = others
        return kept

    def _saved(self, candidates: list[Candidate], checks: list[mem.MakeUniqueOp]) -> set[mem.MakeUniqueOp]:
        facts = self._solve(candidates)
        return {check for check in checks if check.steps in facts.get(check.value, ())}


def _operand_index(loop: Operation, carried: BlockArgument) -> int:
    """The number of the operand that a carried value starts as."""
    return carried.index + 2 if isinstance(loop, scf.ForOp | luma.ForOp) else carried.index
