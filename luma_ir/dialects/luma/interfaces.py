"""How control and values flow through the structured ops of the `luma` dialect, and what its calls call."""

from __future__ import annotations

from xdsl.ir import Operation

from luma_ir.dialects.luma.control import BreakOp, ContinueOp, ForOp
from luma_ir.ir.interfaces import (
    ControlFlow,
    FlowEdge,
    direct_call,
    register_call,
    register_control_flow,
    register_exit,
)


def _if_entries(op: Operation) -> list[FlowEdge]:
    return [FlowEdge(op, 0, (), region, op) for region in op.regions]


def _if_yields(op: Operation, terminator: Operation) -> list[FlowEdge]:
    return [FlowEdge(terminator, 0, op.results, None, op)]


def _loop_entries(op: Operation) -> list[FlowEdge]:
    body = op.regions[0]
    return [FlowEdge(op, 0, body.block.args, body, op)]


def _for_entries(op: Operation) -> list[FlowEdge]:
    body = op.regions[0]
    return [FlowEdge(op, 3, body.block.args[1:], body, op), FlowEdge(op, 3, op.results, None, op)]


def _no_yields(op: Operation, terminator: Operation) -> list[FlowEdge]:
    return []


def _break_edges(op: Operation) -> list[FlowEdge]:
    assert isinstance(op, BreakOp)
    target = op.target_loop()
    return [] if target is None else [FlowEdge(op, 0, target.results, None, target)]


def _continue_edges(op: Operation) -> list[FlowEdge]:
    assert isinstance(op, ContinueOp)
    target = op.target_loop()
    if target is None:
        return []
    body = target.regions[0]
    if not isinstance(target, ForOp):
        return [FlowEdge(op, 0, body.block.args, body, target)]
    # The next iteration may be the one past the last, so the carried values may become the results as well.
    return [FlowEdge(op, 0, body.block.args[1:], body, target), FlowEdge(op, 0, target.results, None, target)]


def _leaves_function(op: Operation) -> list[FlowEdge]:
    return []


register_control_flow("luma.if", ControlFlow(_if_entries, _if_yields))
register_control_flow("luma.loop", ControlFlow(_loop_entries, _no_yields, is_loop=True))
register_control_flow("luma.for", ControlFlow(_for_entries, _no_yields, is_loop=True))
register_exit("luma.break", _break_edges)
register_exit("luma.continue", _continue_edges)
for _name in ("luma.return", "luma.panic", "luma.unreachable"):
    register_exit(_name, _leaves_function)
register_call("luma.call", direct_call())
