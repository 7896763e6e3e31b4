"""
Say which memory accesses cannot touch the same place.

Before: mem.store %v, %p {mem.scope = "0:u0"} : f64
After:  mem.store %v, %p {alias_scopes = array<i64: 2>, noalias_scopes = array<i64: 0, 1>} : f64

The tags come from `convert-luma-to-mem{scopes}`, which also says why they are disjoint. Header fields are apart from
all elements, and the count from the length and capacity, for every array. Each tag becomes a scope, numbered per
function; an access lies in its own scope and is disjoint from those that it cannot touch. Raw accesses of unsafe code
get none. Functions without loops are left as they are: nothing there is worth the metadata.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xdsl.dialects import func, scf
from xdsl.dialects.builtin import ModuleOp, StringAttr
from xdsl.passes import ModulePass

from luma_ir.dialects import luma, mem
from luma_ir.ir.fast import block_ops, walk
from luma_ir.ir.intern import dense_i64

if TYPE_CHECKING:
    from xdsl.context import Context
    from xdsl.ir import Operation

_LOOPS = (luma.LoopOp, luma.ForOp, scf.ForOp, scf.WhileOp)

_MOST_SCOPES = 32
"""Above this many scopes in a function only the two of the header fields and the element types are told apart."""


@dataclass(frozen=True)
class MemAliasScopesPass(ModulePass):
    """Mark memory accesses with alias scopes."""

    name = "mem-alias-scopes"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        for function in block_ops(op.body.block):
            if isinstance(function, func.FuncOp):
                mark_function(function)


def mark_function(function: func.FuncOp) -> None:
    """Replace the tags of one function's accesses by scopes."""
    accesses: list[tuple[Operation, str]] = []
    loops = False
    for op in walk(function):
        if isinstance(op, mem.LoadOp | mem.StoreOp):
            tag = op.attributes.pop(mem.SCOPE, None)
            if isinstance(tag, StringAttr):
                accesses.append((op, tag.data))
        elif isinstance(op, mem.LoadHeaderOp | mem.StoreHeaderOp):
            accesses.append((op, "header:len" if op.field.data in ("len", "cap") else "header:rc"))
        elif isinstance(op, _LOOPS):
            loops = True
    if not loops:
        return
    tags = sorted({tag for _, tag in accesses})
    if len(tags) > _MOST_SCOPES:
        accesses = [(op, tag if tag.startswith("header:") else tag.split(":")[0] + ":x") for op, tag in accesses]
        tags = sorted({tag for _, tag in accesses})
    if len(tags) < 2:
        return
    numbers = {tag: number for number, tag in enumerate(tags)}
    own = {tag: dense_i64((numbers[tag],)) for tag in tags}
    others = {tag: dense_i64(tuple(numbers[other] for other in tags if are_disjoint(tag, other))) for tag in tags}
    for op, tag in accesses:
        op.properties["alias_scopes"] = own[tag]
        if len(others[tag]):
            op.properties["noalias_scopes"] = others[tag]


def are_disjoint(first: str, second: str) -> bool:
    """Whether accesses with two tags never touch the same place."""
    if first == second:
        return False
    first_type, first_kind = first.split(":")
    second_type, second_kind = second.split(":")
    # Among elements of one type only an `x` may be the same array as another kind, unless that is borrowed.
    return (
        first_type != second_type
        or first_type == "header"
        or "x" not in (first_kind, second_kind)
        or "r"
        in (
            first_kind,
            second_kind,
        )
    )
