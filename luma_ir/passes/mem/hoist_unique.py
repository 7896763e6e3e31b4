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
        candidates = self._candidates(checks, self.flow.solved())
        if not candidates:
            return False
        trial = _Trial(self.flow, candidates)
        trial.keep_consistent()
        trial.keep_useful(checks)
        changed = False
        for candidate in (candidate for candidate in candidates if candidate in trial.kept):
            loop = candidate.carried.block.parent_op()
            assert loop is not None
            index = _operand_index(loop, candidate.carried)
            init = operands_of(loop)[index]
            if candidate.path not in trial.facts.get(init, ()):
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


class _Trial:
    """Candidates that are taken to be unique in front of their loops, and what follows from that."""

    def __init__(self, flow: Flow, candidates: list[Candidate]) -> None:
        self.flow = flow
        self.kept = dict.fromkeys(candidates)
        self.assumed: dict[SSAValue, Facts] = {}
        for candidate in candidates:
            self.assumed[candidate.carried] = self.assumed.get(candidate.carried, frozenset()) | {candidate.path}
        self.facts = flow.solve(self.assumed)

    def keep_consistent(self) -> None:
        """Keep those whose values stay unique around the loop, given that all of them start so."""
        while True:
            given_up = [candidate for candidate in self.kept if not self._holds(candidate)]
            if not given_up:
                return
            for candidate in given_up:
                self._give_up(candidate)

    def keep_useful(self, checks: list[mem.MakeUniqueOp]) -> None:
        """Keep those without which a check inside of their loop would stay."""
        saved: dict[SSAValue, list[mem.MakeUniqueOp]] = {}
        for check in checks:
            if self._saves(check):
                saved.setdefault(check.value, []).append(check)
        touching: dict[SSAValue, list[Candidate]] = {}
        for candidate in self.kept:
            for value in (candidate.carried, *self.flow.sources[candidate.carried][1:]):
                touching.setdefault(value, []).append(candidate)
        for candidate in list(self.kept):
            before = self._give_up(candidate)
            missed = any(not self._saves(check) for value in before for check in saved.get(value, ()))
            if missed or any(
                other in self.kept and not self._holds(other) for value in before for other in touching.get(value, ())
            ):
                self._take_back(candidate, before)

    def _give_up(self, candidate: Candidate) -> dict[SSAValue, Facts]:
        """Assume a candidate no more; the result is what was known before of the values that this changes."""
        del self.kept[candidate]
        self.assumed[candidate.carried] -= {candidate.path}
        return self.flow.assume_less(self.facts, self.assumed, candidate.carried)

    def _take_back(self, candidate: Candidate, before: dict[SSAValue, Facts]) -> None:
        self.kept[candidate] = None
        self.assumed[candidate.carried] |= {candidate.path}
        self.facts.update(before)

    def _saves(self, check: mem.MakeUniqueOp) -> bool:
        return check.steps in self.facts.get(check.value, ())

    def _holds(self, candidate: Candidate) -> bool:
        carried, path = candidate.carried, candidate.path
        later = self.flow.sources[carried][1:]
        # A value that the loop hands on as it is, is changed at most once, on the way out.
        return (
            path in self.facts.get(carried, ())
            and any(source is not carried for source in later)
            and all(path in self.facts.get(source, ()) for source in later)
        )


def _operand_index(loop: Operation, carried: BlockArgument) -> int:
    """The number of the operand that a carried value starts as."""
    return carried.index + 2 if isinstance(loop, scf.ForOp | luma.ForOp) else carried.index
