"""
The values that one array goes through while a loop builds it: where it comes from, and where elements are added.

A *web* is closed: each of its values comes from others of it or from one fresh, empty array, and goes only to others of
it. So the array is known to hold just what its pushes add, in their order, when the loop is done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

from luma_ir.dialects import luma
from luma_ir.ir.fast import has_one_use, operands_of, uses_of
from luma_ir.passes.luma._value_flow import Flow, flow_targets

if TYPE_CHECKING:
    from xdsl.ir import Operation, SSAValue

_LIMIT = 64
"""Values of a web; larger ones are left alone."""


@define(eq=False)
class Web:
    """The values of an array that a loop builds."""

    result: SSAValue
    values: dict[int, SSAValue] = field(factory=dict)
    pushes: list[Operation] = field(factory=list)
    root: SSAValue | None = None
    """The initial value, which is an empty array."""
    flow: Flow = field(factory=Flow)


def find_web(result: SSAValue) -> Web | None:
    """The web of an array that is the result of a loop, or None when it is not closed."""
    web = Web(result)
    pending = [result]
    while pending:
        value = pending.pop()
        if id(value) in web.values:
            continue
        sources = _sources(value, web)
        if sources is None:
            if web.root is not None and web.root is not value:
                return None
            web.root = value
            continue
        web.values[id(value)] = value
        if len(web.values) > _LIMIT:
            return None
        pending.extend(sources)
    root = web.root
    if root is None or not _is_empty(root) or not has_one_use(root):
        return None
    for value in web.values.values():
        if value is not result and not _stays_inside(value, web):
            return None
    return web if web.flow.is_single else None


def _is_empty(root: SSAValue) -> bool:
    """Whether a value is an empty array that only its one user has."""
    owner = root.owner
    while type(owner) is luma.ArrayReserveOp:
        root = operands_of(owner)[0]
        if not has_one_use(root):
            return False
        owner = root.owner
    return type(owner) is luma.ArrayMakeOp and not operands_of(owner) and isinstance(root.type, luma.ArrayType)


def _sources(value: SSAValue, web: Web) -> list[SSAValue] | None:
    """The values that one may be; None where the web ends."""
    op = value.owner
    if type(op) is luma.ArrayPushOp:
        if op not in web.pushes:
            web.pushes.append(op)
        return [operands_of(op)[0]]
    return web.flow.sources(value)


def _stays_inside(value: SSAValue, web: Web) -> bool:
    """Whether every use of a value feeds values of the web."""
    for op, index in uses_of(value):
        if type(op) is luma.ArrayPushOp and index == 0 and id(op.results[0]) in web.values:
            continue
        targets = flow_targets(op, index)
        if targets is None or any(id(target) not in web.values for target in targets):
            return False
    return True
