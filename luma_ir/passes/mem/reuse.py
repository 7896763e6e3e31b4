"""
Use the cell of a boxed enum that dies for the next value of the same size.

Before: mem.drop_rest %list, %tail
        %more = luma.enum.make 1 (%x, %out)
After:  %token = mem.drop_reuse %list, 1 (%tail)
        %more = mem.make_at %token, 1 (%x, %out)

The cell is free where nobody else refers to it; so a function that takes a value apart and makes one like it changes
that value in place when it is unique. Only a death that is there already pairs with a value made behind it, the nearest
first: in the same block, or in branches behind it; those that make none give the cell back (`mem.free_token`). Nothing
may leave the block in between. Expects: `mem-fuse-rc`. Source: drop-guided reuse
(Lorenzen and Leijen, ICFP 2022).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xdsl.dialects import scf
from xdsl.ir import Block
from xdsl.passes import ModulePass

from luma_ir.dialects import luma, mem
from luma_ir.ir.fast import block_ops, erase, insert_before, make, operands_of, replace_op, walk
from luma_ir.ir.intern import I64, int_attr
from luma_ir.ir.pass_manager import count
from luma_ir.passes.convert._luma_to_mem.layouts import Layouts
from luma_ir.passes.mem._functions import FunctionTable

if TYPE_CHECKING:
    from xdsl.context import Context
    from xdsl.dialects.builtin import ModuleOp
    from xdsl.ir import Attribute, Operation, SSAValue

    Taker = luma.EnumMakeOp | Block
    """What takes a cell: something that is made, or the start of a branch, which gives it back."""

_LEAVES = (luma.ReturnOp, luma.BreakOp, luma.ContinueOp)


@dataclass(frozen=True)
class MemReusePass(ModulePass):
    """Make values of recursive enums in the cells of others that die."""

    name = "mem-reuse"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        reuse_cells(op)


def reuse_cells(module: ModuleOp) -> None:
    """Pair deaths with values made behind them, in every function of a module."""
    table = FunctionTable(module)
    if not any(isinstance(op, luma.EnumOp) for op in block_ops(module.body.block)):
        return
    layouts = Layouts(table.types)
    for function in table.bodies():
        _pair(function.body.block, layouts, {})


def _pair(block: Block, layouts: Layouts, known: dict[SSAValue, int]) -> None:
    """Pair what dies in a block, or in one inside of it, with what is made behind it; `known` variants hold here."""
    types = layouts.types
    free: list[tuple[Operation, SSAValue, int]] = []
    variants = dict(known)
    """The variants that boxed values are known to have, because a field was read."""
    for op in block_ops(block):
        if isinstance(op, luma.EnumGetOp) and types.is_boxed(op.value.type):
            variants[op.value] = op.variant.value.data
        elif isinstance(op, mem.DropOp | mem.DropRestOp):
            value = op.value
            if value in variants:
                free.append((op, value, variants[value]))
        for region in op.regions:
            for inner in region.blocks:
                _pair(inner, layouts, variants)
    for op, value, variant in reversed(free):
        takers: list[Taker] = []
        assert isinstance(value.type, luma.EnumType)
        if _find(op.next_op, layouts, layouts.box(value.type, variant).size, takers):
            _reuse(op, variant, takers)


def _find(op: Operation | None, layouts: Layouts, size: int, takers: list[Taker]) -> bool:
    """Find what may have a cell, from an op to the end of its block: something on each path, or nothing at all."""
    while op is not None:
        if isinstance(op, luma.EnumMakeOp):
            type_ = op.result.type
            if op.fields and layouts.types.is_boxed(type_):
                assert isinstance(type_, luma.EnumType)
                if layouts.box(type_, op.variant.value.data).size == size:
                    takers.append(op)
                    return True
        elif isinstance(op, luma.IfOp | scf.IfOp):
            blocks = [region.block for region in op.regions if region.blocks]
            branches: list[list[Taker]] = [[] for _ in blocks]
            found = [
                _find(block.first_op, layouts, size, branch) for block, branch in zip(blocks, branches, strict=True)
            ]
            if any(found) and len(blocks) == 2:
                for block, branch in zip(blocks, branches, strict=True):
                    takers += branch or [block]
                return True
        if op.regions and any(isinstance(inner, _LEAVES) for inner in walk(op)):
            return False
        op = op.next_op
    return False


def _reuse(dead: Operation, variant: int, takers: list[Taker]) -> None:
    number = int_attr(variant, I64)
    drop = make(mem.DropReuseOp, operands_of(dead), (mem.POINTER,), {"variant": number}, location=dead.location)
    insert_before(dead, drop)
    erase(dead)
    for taker in takers:
        if isinstance(taker, Block):
            first = taker.first_op
            assert first is not None
            insert_before(first, make(mem.FreeTokenOp, (drop.token,), location=first.location))
            continue
        operands = (drop.token, *operands_of(taker))
        properties: dict[str, Attribute] = {"variant": taker.variant}
        new = make(mem.MakeAtOp, operands, (taker.result.type,), properties, location=taker.location)
        insert_before(taker, new)
        replace_op(taker, new.results)
        count("cells used again")
