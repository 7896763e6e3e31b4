"""
Element-wise arithmetic: one loop for a whole expression, without arrays in between.

The result begins as one of the operands, whose elements are replaced one after another; so an operand that nobody else
holds any more lends its memory, and `a += b` works in place.
"""

from __future__ import annotations

from attrs import define, field
from xdsl.ir import SSAValue

from luma_ir.dialects import luma
from luma_ir.dialects.luma import INDEX_STEP
from luma_ir.frontend import hir, types
from luma_ir.frontend.lower.analysis import NOTHING, children
from luma_ir.frontend.lower.arithmetic import binary, negative
from luma_ir.frontend.lower.calls import emit_call
from luma_ir.frontend.lower.core import FunctionLowering, LoopFrame, lowers
from luma_ir.frontend.lower.iteration import run_counted
from luma_ir.frontend.lower.places import InoutPlace, check_path, evaluate_path, get, length, read, set_value
from luma_ir.frontend.lower.ranges import Counted
from luma_ir.ir.intern import dense_i64


@define(eq=False)
class _Plan:
    """An expression whose operands have been evaluated: `leaves` by node, the arrays among them in order."""

    leaves: dict[hir.Expr, SSAValue] = field(factory=dict)
    arrays: list[tuple[hir.Expr, SSAValue]] = field(factory=list)
    same_length: hir.FunctionRef | None = None


@lowers(hir.Elementwise)
def lower_elementwise(low: FunctionLowering, node: hir.Elementwise) -> SSAValue:
    """Evaluate the operands from left to right, compare the lengths, then run the loop."""
    plan = _Plan()
    _evaluate(low, node, plan)
    # An operand that is no variable is nobody else's, so it is the best one to work on.
    base = next((value for leaf, value in plan.arrays if not isinstance(leaf, hir.Read)), plan.arrays[0][1])
    low.at(node)
    return _run(low, node, plan, base)


def _evaluate(low: FunctionLowering, node: hir.Expr, plan: _Plan) -> None:
    if isinstance(node, hir.Elementwise):
        _evaluate(low, node.lhs, plan)
        if node.rhs is not None:
            _evaluate(low, node.rhs, plan)
        plan.same_length = plan.same_length or node.same_length
        return
    value = plan.leaves[node] = low.operand(node)
    if isinstance(node.type, types.ArrayType | types.FixedType):
        plan.arrays.append((node, value))


def _run(low: FunctionLowering, node: hir.Elementwise, plan: _Plan, base: SSAValue) -> SSAValue:
    """The loop; `base` is what the result begins as."""
    type_ = node.type
    assert isinstance(type_, types.ArrayType | types.FixedType)
    arrays = list(dict.fromkeys([value for _, value in plan.arrays]))
    size = length(low, arrays[0])
    if plan.same_length is not None:
        for other in arrays[1:]:
            emit_call(low, plan.same_length, (size, length(low, other)), (), types.UNIT)
    result = low.hidden("result", base)
    place = {"path": dense_i64((INDEX_STEP,))}

    def value_of(part: hir.Expr, index: SSAValue) -> SSAValue:
        if isinstance(part, hir.Elementwise):
            lhs = value_of(part.lhs, index)
            rhs = value_of(part.rhs, index) if part.rhs is not None else None
            low.at(part)
            if rhs is None:
                return negative(low, part.operator, lhs, type_.element)
            return binary(low, part.operator, lhs, rhs, type_.element, type_.element)
        leaf = plan.leaves[part]
        if not isinstance(part.type, types.ArrayType | types.FixedType):
            return leaf
        return get(low, low.env[result] if leaf is base else leaf, (INDEX_STEP,), [index])

    def body(index: object) -> None:
        assert isinstance(index, SSAValue)
        value = value_of(node, index)
        low.at(node)
        out = low.env[result]
        low.env[result] = low.value(luma.SetOp, (out, index, value), out.type, dict(place))

    frame = LoopFrame(None, [result], is_counted=True)
    run_counted(low, Counted(low.integer(0), size, lambda index: index), frame, NOTHING, body)
    return low.env[result]


def lower_compound(low: FunctionLowering, node: hir.CompoundAssign) -> None:
    """`place op= value` on an array: in place, unless the value's evaluation changes the place itself."""
    place = node.place
    old = hir.Read(start=place.start, end=place.end, type=place.type, place=place)
    whole = hir.Elementwise(
        start=node.start, end=node.end, type=place.type, operator=node.operator.removesuffix("="), lhs=old,
        rhs=node.value, same_length=node.same_length,
    )  # fmt: skip
    path = evaluate_path(low, place.steps)
    low.at(node)
    plan = _Plan(same_length=node.same_length)
    if _changes(node.value, place.root):
        first = read(low, low.current(place.root), path)
        plan.leaves[old] = first
        plan.arrays.append((old, first))
        _evaluate(low, node.value, plan)
        low.at(node)
        made = _run(low, whole, plan, first)
        root = low.current(place.root)
        check_path(low, root, path)
        low.update(place.root, set_value(low, root, path, made))
        return
    _evaluate(low, node.value, plan)
    low.at(node)
    moving = InoutPlace(place.root, path)
    moving.check(low)
    first = moving.begin(low)
    plan.leaves[old] = first
    plan.arrays.insert(0, (old, first))
    moving.end(low, _run(low, whole, plan, first))


def _changes(node: object, local: hir.Local) -> bool:
    """Whether evaluating an expression changes a variable."""
    changes = isinstance(node, hir.InoutArg | hir.Assign | hir.CompoundAssign | hir.AddressOf)
    if changes and node.place.root is local:  # pyright: ignore[reportAttributeAccessIssue]
        return True
    return any(_changes(child, local) for child in children(node))


__all__ = ["lower_compound", "lower_elementwise"]
