"""
Lengths of arrays through SSA flow: `len` of a changed array is that of the array it came from.

Before: %r = scf.for ... iter_args(%a = %init) { %n = luma.array.len %a ... %b = luma.set %a[%i] = %x  scf.yield %b }
After:  %n = luma.array.len %init, once, right behind the definition of %init

The length is read where the array is defined, never later: a later use would keep the array alive beyond the op that
changes it in place, which would then have to copy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdsl.dialects import arith, scf
from xdsl.ir import Block, BlockArgument

from luma_ir.dialects import luma
from luma_ir.ir.fast import block_ops, detach, insert_after, make, operands_of, prepend, users, walk
from luma_ir.ir.intern import I64
from luma_ir.passes.analysis.control import COUNTED, LOOPS, STRUCTURED, LoopEdges, loop_edges, region_yields
from luma_ir.passes.rewriting import defined_outside

if TYPE_CHECKING:
    from xdsl.dialects.builtin import ModuleOp
    from xdsl.ir import Attribute, Operation, SSAValue

    from luma_ir.passes.luma._folder import Folder

Summaries = dict[str, dict[int, int]]
"""Function name -> number of a result -> number of the parameter whose length it has."""
_DEPTH = 48


class Lengths:
    """
    For each array value, an earlier one of the same length.

    With `depth` n, one whose parts at paths of n steps have the same lengths: a write at a longer path keeps those.
    """

    def __init__(self, depth: int = 0, summaries: Summaries | None = None) -> None:
        self._depth = depth
        self._summaries = {} if summaries is None or depth else summaries
        self._base: dict[int, SSAValue] = {}
        self._edges: dict[int, LoopEdges] = {}
        self._kept: list[SSAValue] = []

    def base(self, value: SSAValue, depth: int = 0) -> SSAValue:
        """The earliest value known to have the same length, or the value itself."""
        chain: list[SSAValue] = []
        while True:
            known = self._base.get(id(value))
            if known is not None:
                if known is value:
                    break
                value = known
                continue
            chain.append(value)
            owner = value.owner
            cls = type(owner)
            if self._keeps_length(owner, cls, value):
                value = operands_of(owner)[0]  # pyright: ignore[reportArgumentType]
                continue
            if cls is luma.CallOp and self._summaries:
                place = self._summaries.get(owner.callee.string_value(), {}).get(value.index)  # pyright: ignore
                if place is not None:
                    value = operands_of(owner)[place]  # pyright: ignore[reportArgumentType]
                    continue
            if depth < _DEPTH:
                step = self._through_control(value, depth)
                if step is not None and step is not value:
                    value = step
                    continue
            break
        for passed in chain:
            if passed is not value:
                self._base[id(passed)] = value
                self._kept.append(passed)
        return value

    def _keeps_length(self, owner: object, cls: type, value: SSAValue) -> bool:
        if cls is luma.SetOp or cls is luma.PutOp:
            if not self._depth:
                return True
            steps = owner.properties["path"].get_values()  # pyright: ignore[reportAttributeAccessIssue]
            return len(steps) > self._depth
        return cls is luma.ArrayReserveOp or (cls is luma.TakeOp and value.index == 1)  # pyright: ignore

    def _through_control(self, value: SSAValue, depth: int) -> SSAValue | None:
        if isinstance(value, BlockArgument):
            parent = value.block.parent_op()
            if parent is None or type(parent) not in LOOPS:
                return None
            if type(parent) is scf.WhileOp and value.block is parent.regions[1].first_block:
                condition = parent.regions[0].block.last_op
                assert condition is not None
                return operands_of(condition)[1 + value.index]
            slot = value.index - (1 if type(parent) in COUNTED else 0)
            return self._slot(parent, slot, depth) if slot >= 0 else None
        op = value.owner
        if isinstance(op, Block) or type(op) not in STRUCTURED:
            return None
        index = value.index  # pyright: ignore[reportAttributeAccessIssue]
        if type(op) in COUNTED:
            return self._counted_result(op, index, depth)
        ends = self._edges_of(op).leaves if type(op) in LOOPS else [(end, 0) for end in region_yields(op)]
        bases = [self.base(operands_of(end)[first + index], depth + 1) for end, first in ends]
        if not bases or any(base is not bases[0] for base in bases) or not defined_outside(bases[0], op):
            return None
        return bases[0]

    def _counted_result(self, loop: Operation, index: int, depth: int) -> SSAValue | None:
        argument = loop.regions[0].block.args[index + 1]
        base = self.base(argument, depth + 1)
        if base is argument:
            return None
        for end, first in self._edges_of(loop).leaves:
            if self.base(operands_of(end)[first + index], depth + 1) is not base:
                return None
        return base

    def _slot(self, loop: Operation, slot: int, depth: int) -> SSAValue | None:
        """The initial value of a slot when all iterations keep its length."""
        offset = 1 if type(loop) in COUNTED else 0
        argument = loop.regions[0].block.args[slot + offset]
        # The argument stands for itself meanwhile, which is true in any case.
        self._base[id(argument)] = argument
        self._kept.append(argument)
        edges = self._edges_of(loop)
        kept = all(self.base(operands_of(end)[first + slot], depth + 1) is argument for end, first in edges.repeats)
        if not kept:
            return None
        del self._base[id(argument)]
        init = operands_of(loop)[(3 if offset else 0) + slot]
        base = self.base(init, depth + 1)
        self._base[id(argument)] = base
        return base

    def _edges_of(self, loop: Operation) -> LoopEdges:
        found = self._edges.get(id(loop))
        if found is None:
            found = self._edges[id(loop)] = loop_edges(loop)
        return found


def summarize_lengths(module: ModuleOp) -> Summaries:
    """
    Find the functions that give an `inout` array back at the length that it came with.

    All are taken to do so at first, which lets recursive functions confirm themselves; those that do not are struck off
    until nothing changes.
    """
    functions = {
        op.sym_name.data: op
        for op in block_ops(module.body.block)
        if isinstance(op, luma.FuncOp) and not op.is_declaration and op.type_params is None
    }
    summaries: Summaries = {}
    for name, function in functions.items():
        places = function.inout_indices
        outputs = function.function_type.outputs.data
        first = len(outputs) - len(places)
        kept = {
            first + number: place
            for number, place in enumerate(places)
            if isinstance(outputs[first + number], luma.ArrayType)
        }
        if kept:
            summaries[name] = kept
    returns = {name: [op for op in walk(functions[name]) if type(op) is luma.ReturnOp] for name in summaries}
    pending = list(summaries)
    while pending:
        changed = False
        for name in pending:
            lengths = Lengths(summaries=summaries)
            parameters = functions[name].body.block.args
            kept = {
                result: place
                for result, place in summaries[name].items()
                if all(lengths.base(operands_of(op)[result]) is parameters[place] for op in returns[name])
            }
            if len(kept) != len(summaries[name]):
                summaries[name] = kept
                changed = True
        pending = [name for name in summaries if summaries[name]] if changed else []
    return {name: kept for name, kept in summaries.items() if kept}


def share_lengths(folder: Folder, summaries: Summaries | None = None) -> bool:
    """Read each length once, at the array it starts from; True when something changed."""
    lengths = Lengths(summaries=summaries)
    groups: dict[int, tuple[SSAValue, list[luma.ArrayLenOp]]] = {}
    for op in walk(folder.function):
        if type(op) is luma.ArrayLenOp:
            base = lengths.base(operands_of(op)[0])
            if not _visible(base, op):
                # It belongs to the first region of an `scf.while`, whose values the second one does not see.
                base = operands_of(op)[0]
            groups.setdefault(id(base), (base, []))[1].append(op)
    changed = False
    for base, ops in groups.values():
        if len(ops) == 1 and operands_of(ops[0])[0] is base and type(base.owner) not in _GROWS:
            continue
        first = ops[0]
        if _stands_at(first, base) and len(ops) == 1 and type(base.owner) not in _GROWS:
            continue
        known = _length_at_definition(base, first, folder, lengths)
        for op in ops:
            if op.results[0] is not known:
                folder.replace(op, [known])
                changed = True
    return changed


def _visible(value: SSAValue, op: Operation) -> bool:
    """Whether a value is defined in a block around an op."""
    owner = value.owner
    home = owner if isinstance(owner, Block) else owner.parent
    block = op.parent
    while block is not None:
        if block is home:
            return True
        parent = block.parent_op()
        block = parent.parent if parent is not None else None
    return False


_GROWS = frozenset({luma.ArrayPushOp, luma.ArrayPopOp, luma.ArrayAppendOp})


def _stands_at(op: Operation, base: SSAValue) -> bool:
    return operands_of(op)[0] is base and op.prev_op is base.owner


def _length_at_definition(base: SSAValue, like: Operation, folder: Folder, lengths: Lengths) -> SSAValue:
    """The length of an array as a value that is known right behind the array's definition."""
    owner = base.owner
    cls = type(owner)
    location = like.location
    if cls in _GROWS and not (cls is luma.ArrayPopOp and base.index != 0):  # pyright: ignore
        assert not isinstance(owner, Block)
        nsw: dict[str, Attribute] = {"overflowFlags": arith.IntegerOverflowAttr([arith.IntegerOverflowFlag.NSW])}
        before = _length_before(owner, operands_of(owner)[0], folder, lengths)
        if cls is luma.ArrayAppendOp:
            other = _length_before(owner, operands_of(owner)[1], folder, lengths)
        else:
            other = folder.constant(1 if cls is luma.ArrayPushOp else -1, before, location)
        total = make(arith.AddiOp, (before, other), (I64,), nsw, location=location)
        insert_after(owner, total)
        folder.push(total)
        return total.results[0]
    existing = next((user for user in users(base) if type(user) is luma.ArrayLenOp and _near(user, base)), None)
    if existing is not None:
        return existing.results[0]
    length = make(luma.ArrayLenOp, (base,), (I64,), location=location)
    _place_at_definition(base, length)
    folder.push(length)
    return length.results[0]


def _length_before(anchor: Operation, array: SSAValue, folder: Folder, lengths: Lengths) -> SSAValue:
    """The length of an operand of `anchor`, read before it."""
    base = lengths.base(array)
    if not _visible(base, anchor):
        base = array
    if type(base.owner) in _GROWS or base is not array:
        existing = next((user for user in users(base) if type(user) is luma.ArrayLenOp and _near(user, base)), None)
        if existing is not None:
            return existing.results[0]
        if type(base.owner) not in _GROWS:
            length = make(luma.ArrayLenOp, (base,), (I64,), location=anchor.location)
            _place_at_definition(base, length)
            folder.push(length)
            return length.results[0]
    return folder.before(anchor, luma.ArrayLenOp, [array], [I64]).results[0]


def _near(length: Operation, base: SSAValue) -> bool:
    """Whether a length is read among the first ops behind the definition of its array."""
    owner = base.owner
    op = owner.first_op if isinstance(owner, Block) else owner.next_op
    for _ in range(8):
        if op is None:
            return False
        if op is length:
            return True
        if type(op) not in (arith.ConstantOp, luma.ArrayLenOp):
            return False
        op = op.next_op
    return False


def _place_at_definition(base: SSAValue, op: Operation) -> None:
    if op.parent is not None:
        detach(op)
    owner = base.owner
    if isinstance(owner, Block):
        prepend(owner, op)
    else:
        insert_after(owner, op)
