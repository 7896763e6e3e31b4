"""Branches of structured control flow as `cf` and `arith`, for `convert-scf-to-cf`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from xdsl.dialects import arith, cf, func, ub
from xdsl.ir import Attribute, Block, Operation, SSAValue

from luma_ir.ir.conversion import Conversion
from luma_ir.ir.intern import I1, I64, dense_i32, int_attr
from luma_ir.passes.convert.branches import (
    BRANCH_WEIGHTS,
    LOOP_ANNOTATION,
    Branches,
    Edge,
    is_one_constant,
    switch_properties,
)

if TYPE_CHECKING:
    from xdsl.dialects.builtin import LocationAttr


class CfBranches(Branches):
    """Branches of the `cf` dialect."""

    def branch(
        self,
        state: Conversion,
        dest: Block,
        operands: Sequence[SSAValue],
        location: LocationAttr,
        loop: Attribute | None = None,
    ) -> None:
        attributes = None if loop is None else {LOOP_ANNOTATION: loop}
        state.make(cf.BranchOp, operands, successors=(dest,), attributes=attributes, location=location)

    def cond_branch(
        self,
        state: Conversion,
        condition: SSAValue,
        true: Edge,
        false: Edge,
        location: LocationAttr,
        weights: Attribute | None = None,
        loop: Attribute | None = None,
    ) -> None:
        attributes: dict[str, Attribute] = {}
        if weights is not None:
            attributes[BRANCH_WEIGHTS] = weights
        if loop is not None:
            attributes[LOOP_ANNOTATION] = loop
        state.make(
            cf.ConditionalBranchOp,
            (condition, *true[1], *false[1]),
            (),
            {"operandSegmentSizes": dense_i32((1, len(true[1]), len(false[1])))},
            successors=(true[0], false[0]),
            attributes=attributes,
            location=location,
        )

    def switch(
        self,
        state: Conversion,
        value: SSAValue,
        default: Edge,
        cases: Sequence[tuple[int, Edge]],
        location: LocationAttr,
    ) -> None:
        if value.type != I64:
            value = state.make(arith.IndexCastOp, (value,), (I64,), location=location).results[0]
        state.make(
            cf.SwitchOp,
            (value, *default[1], *(operand for _, edge in cases for operand in edge[1])),
            (),
            switch_properties(default, cases),
            successors=(default[0], *(edge[0] for _, edge in cases)),
            location=location,
        )

    def unreachable(self, state: Conversion, location: LocationAttr) -> None:
        state.make(ub.UnreachableOp, location=location)

    def return_(self, state: Conversion, op: Operation) -> None:
        state.make(func.ReturnOp, state.operands(op), location=op.location)

    def less(self, state: Conversion, lhs: SSAValue, rhs: SSAValue, location: LocationAttr) -> SSAValue:
        properties: dict[str, Attribute] = {"predicate": int_attr(2, I64)}
        return state.make(arith.CmpiOp, (lhs, rhs), (I1,), properties, location=location).results[0]

    def add(
        self, state: Conversion, lhs: SSAValue, rhs: SSAValue, location: LocationAttr, *, no_wrap: bool
    ) -> SSAValue:
        properties: dict[str, Attribute] = {}
        if no_wrap:
            properties["overflowFlags"] = arith.IntegerOverflowAttr([arith.IntegerOverflowFlag.NSW])
        return state.make(arith.AddiOp, (lhs, rhs), (lhs.type,), properties, location=location).results[0]

    def poison(self, state: Conversion, type_: Attribute, location: LocationAttr) -> SSAValue:
        return state.make(ub.PoisonOp, (), (type_,), location=location).results[0]

    def is_one(self, value: SSAValue) -> bool:
        return isinstance(value.owner, arith.ConstantOp) and is_one_constant(value.owner)


CF = CfBranches()
