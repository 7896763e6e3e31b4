"""
How to write the branches that structured control flow becomes, and the way to do it in `llvm`.

`convert-to-llvm` writes `llvm` at once, `convert-scf-to-cf` writes `cf` and `arith` (`branches_cf`), both with the same
handlers for the structured ops.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

from xdsl.dialects.builtin import DenseIntElementsAttr, VectorType
from xdsl.ir import Attribute, Block, Operation, SSAValue

from luma_ir.ir.conversion import Conversion
from luma_ir.ir.fast import append, make
from luma_ir.ir.intern import I1, I64, dense_i32, int_attr
from luma_ir.passes.convert.support import LLVM_OPS, NO_FLAGS, NSW, AddOp, ConstantOp, ICmpOp, PoisonOp, UnreachableOp

if TYPE_CHECKING:
    from xdsl.dialects.builtin import LocationAttr

LOOP_ANNOTATION = "llvm.loop_annotation"
"""Attribute of a loop op that ends up on the branch back to the loop's head."""
BRANCH_WEIGHTS = "branch_weights"
"""Attribute of `cf.cond_br`, `scf.if` and `luma.if`: `array<i32: weight of true, weight of false>`."""

Edge = tuple[Block, Sequence[SSAValue]]
"""A block to go to, and what to pass to it."""

BrOp = LLVM_OPS["llvm.br"]
CondBrOp = LLVM_OPS["llvm.cond_br"]
SwitchOp = LLVM_OPS["llvm.switch"]


class Branches(ABC):
    """Makes branches and the little arithmetic of counted loops, at the end of the block being filled."""

    @abstractmethod
    def branch(
        self,
        state: Conversion,
        dest: Block,
        operands: Sequence[SSAValue],
        location: LocationAttr,
        loop: Attribute | None = None,
    ) -> None:
        """Jump; `loop` is the loop annotation of a branch back to a loop's head."""

    @abstractmethod
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
        """Jump to one of two blocks."""

    @abstractmethod
    def switch(
        self,
        state: Conversion,
        value: SSAValue,
        default: Edge,
        cases: Sequence[tuple[int, Edge]],
        location: LocationAttr,
    ) -> None:
        """Jump by the value of an integer."""

    @abstractmethod
    def unreachable(self, state: Conversion, location: LocationAttr) -> None:
        """End a block whose end is never reached."""

    @abstractmethod
    def return_(self, state: Conversion, op: Operation) -> None:
        """Leave the function with the operands of `op`."""

    @abstractmethod
    def less(self, state: Conversion, lhs: SSAValue, rhs: SSAValue, location: LocationAttr) -> SSAValue:
        """Signed comparison."""

    @abstractmethod
    def add(
        self, state: Conversion, lhs: SSAValue, rhs: SSAValue, location: LocationAttr, *, no_wrap: bool
    ) -> SSAValue:
        """Addition; `no_wrap` promises that it does not wrap as signed."""

    @abstractmethod
    def poison(self, state: Conversion, type_: Attribute, location: LocationAttr) -> SSAValue:
        """A value for a place that is not reached."""

    @abstractmethod
    def is_one(self, value: SSAValue) -> bool:
        """Whether a (new) value is the constant 1."""


class LlvmBranches(Branches):
    """Branches of the `llvm` dialect."""

    def branch(
        self,
        state: Conversion,
        dest: Block,
        operands: Sequence[SSAValue],
        location: LocationAttr,
        loop: Attribute | None = None,
    ) -> None:
        properties = None if loop is None else {"loop_annotation": loop}
        append(state.block, make(BrOp, operands, (), properties, successors=(dest,), location=location))

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
        properties: dict[str, Attribute] = {"operandSegmentSizes": dense_i32((1, len(true[1]), len(false[1])))}
        if weights is not None:
            properties["branch_weights"] = weights
        if loop is not None:
            properties["loop_annotation"] = loop
        operands = (condition, *true[1], *false[1])
        append(
            state.block,
            make(CondBrOp, operands, (), properties, successors=(true[0], false[0]), location=location),
        )

    def switch(
        self,
        state: Conversion,
        value: SSAValue,
        default: Edge,
        cases: Sequence[tuple[int, Edge]],
        location: LocationAttr,
    ) -> None:
        state.make(
            SwitchOp,
            (value, *default[1], *(operand for _, edge in cases for operand in edge[1])),
            (),
            switch_properties(default, cases),
            successors=(default[0], *(edge[0] for _, edge in cases)),
            location=location,
        )

    def unreachable(self, state: Conversion, location: LocationAttr) -> None:
        append(state.block, make(UnreachableOp, location=location))

    def return_(self, state: Conversion, op: Operation) -> None:
        from luma_ir.passes.convert.convert_func_to_llvm import convert_return

        convert_return(op, state)

    def less(self, state: Conversion, lhs: SSAValue, rhs: SSAValue, location: LocationAttr) -> SSAValue:
        new = make(ICmpOp, (lhs, rhs), (I1,), {"predicate": int_attr(2, I64)}, location=location)
        return append(state.block, new).results[0]

    def add(
        self, state: Conversion, lhs: SSAValue, rhs: SSAValue, location: LocationAttr, *, no_wrap: bool
    ) -> SSAValue:
        properties: dict[str, Attribute] = {"overflowFlags": NSW if no_wrap else NO_FLAGS}
        return append(state.block, make(AddOp, (lhs, rhs), (lhs.type,), properties, location=location)).results[0]

    def poison(self, state: Conversion, type_: Attribute, location: LocationAttr) -> SSAValue:
        return append(state.block, make(PoisonOp, (), (type_,), location=location)).results[0]

    def is_one(self, value: SSAValue) -> bool:
        return isinstance(value.owner, ConstantOp) and is_one_constant(value.owner)


def is_one_constant(constant: Operation) -> bool:
    """Whether a value is the constant 1, as the step of most loops is."""
    value = constant.properties.get("value")
    return value == int_attr(1, value.type) if hasattr(value, "type") else False  # pyright: ignore


def switch_properties(default: Edge, cases: Sequence[tuple[int, Edge]]) -> dict[str, Attribute]:
    """The properties of a switch on an i64, alike in both dialects."""
    sizes = [len(edge[1]) for _, edge in cases]
    properties: dict[str, Attribute] = {
        "case_operand_segments": dense_i32(sizes),
        "operandSegmentSizes": dense_i32((1, len(default[1]), sum(sizes))),
    }
    if cases:
        vector = VectorType(I64, (len(cases),))
        properties["case_values"] = DenseIntElementsAttr.from_list(vector, [value for value, _ in cases])
    return properties


LLVM_BRANCHES = LlvmBranches()
