"""
Convert `cf` (and the two ops of `ub`) to `llvm`: branches, switches, assertions.

Before: cf.cond_br %c, ^a, ^b(%x : i64) {branch_weights = array<i32: 1, 2000>}
After:  llvm.cond_br %c weights([1, 2000]), ^a, ^b(%x : i64)
Expects: verified IR. Leaves: no `cf`; the arguments of blocks that are not entry blocks have converted types.
A `cf.assert` prints its message by `puts` and calls `abort`.
"""

from __future__ import annotations

from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects import cf, ub
from xdsl.dialects.builtin import (
    DenseArrayBase,
    DenseIntElementsAttr,
    DenseIntOrFPElementsAttr,
    IndexType,
    ModuleOp,
    VectorType,
)
from xdsl.dialects.llvm import LLVMFunctionType
from xdsl.ir import Attribute, Block
from xdsl.passes import ModulePass

from luma_ir.dialects.llvm_ext import PTR, VOID
from luma_ir.ir.conversion import Conversion, ConversionTable
from luma_ir.ir.fast import append, append_block, make, new_block, operands_of, successors_of
from luma_ir.ir.intern import I32, I64, dense_i32
from luma_ir.passes.convert.branches import BRANCH_WEIGHTS, LLVM_BRANCHES, LOOP_ANNOTATION, BrOp, CondBrOp, SwitchOp
from luma_ir.passes.convert.globals import text_global
from luma_ir.passes.convert.support import (
    COLD_WEIGHT,
    HOT_WEIGHT,
    Builder,
    PoisonOp,
    UnreachableOp,
    can_split,
    declare,
    rename,
    run_partial,
)


@dataclass(frozen=True)
class ConvertCfToLlvmPass(ModulePass):
    """Convert `cf` to `llvm`."""

    name = "convert-cf-to-llvm"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Convert the module in place."""
        run_partial(op, CF_TABLE, converts_block=is_branch_target)


def is_branch_target(block: Block) -> bool:
    """Whether a block is entered by branches, rather than as the first of its region."""
    return block.first_use is not None


def convert_br(op: cf.BranchOp, state: Conversion) -> None:
    """A jump, with the loop annotation that a structured loop has left on it."""
    loop = op.attributes.get(LOOP_ANNOTATION)
    properties = None if loop is None else {"loop_annotation": loop}
    dest = state.blocks[successors_of(op)[0]]
    append(state.block, make(BrOp, state.operands(op), (), properties, successors=(dest,), location=op.location))


def convert_cond_br(op: cf.ConditionalBranchOp, state: Conversion) -> None:
    """A jump to one of two blocks."""
    properties: dict[str, Attribute] = {"operandSegmentSizes": op.properties["operandSegmentSizes"]}
    weights = op.properties.get(BRANCH_WEIGHTS) or op.attributes.get(BRANCH_WEIGHTS)
    if weights is not None:
        properties["branch_weights"] = weights
    loop = op.attributes.get(LOOP_ANNOTATION)
    if loop is not None:
        properties["loop_annotation"] = loop
    dests = [state.blocks[block] for block in successors_of(op)]
    append(state.block, make(CondBrOp, state.operands(op), (), properties, successors=dests, location=op.location))


def convert_switch(op: cf.SwitchOp, state: Conversion) -> None:
    """A jump by value; a flag of type `index` becomes an i64."""
    properties = dict(op.properties)
    values = properties.get("case_values")
    if isinstance(values, DenseIntOrFPElementsAttr):
        element = operands_of(op)[0].type
        if isinstance(element, IndexType):
            numbers = [int(value) for value in values.get_values()]
            properties["case_values"] = DenseIntElementsAttr.from_list(VectorType(I64, (len(numbers),)), numbers)
    weights = op.attributes.get(BRANCH_WEIGHTS)
    if weights is not None:
        properties["branch_weights"] = weights
    segments = properties.get("case_operand_segments")
    if not isinstance(segments, DenseArrayBase):
        properties["case_operand_segments"] = dense_i32(())
    dests = [state.blocks[block] for block in successors_of(op)]
    state.make(SwitchOp, state.operands(op), (), properties, successors=dests, location=op.location)


def convert_assert(op: cf.AssertOp, state: Conversion) -> bool:
    """Go on when the condition holds, else print the message and abort."""
    (condition,) = state.operands(op)
    region = state.block.parent
    if region is None or not can_split(state):
        state.fail(
            op,
            "cannot convert `cf.assert` inside of structured control flow",
            remedy="run `convert-scf-to-cf` first",
        )
        state.keep(op)
        return False
    passed = state.new_block_after(state.block)
    failed = append_block(region, new_block())
    LLVM_BRANCHES.cond_branch(
        state, condition, (passed, ()), (failed, ()), op.location, dense_i32((HOT_WEIGHT, COLD_WEIGHT))
    )
    state.schedule_rest(op, passed)
    state.block = failed
    declare(state, "puts", LLVMFunctionType([PTR], I32), ("nounwind",))
    declare(state, "abort", LLVMFunctionType([], VOID), ("noreturn", "cold", "nounwind"))
    build = Builder(state, op.location)
    build.call("puts", (text_global(build, op.msg.data + "\0"),), I32)
    build.call("abort", (), None)
    state.make(UnreachableOp, location=op.location)
    return True


def convert_unreachable(op: ub.UnreachableOp, state: Conversion) -> None:
    """The end of a block that is never reached."""
    append(state.block, make(UnreachableOp, location=op.location))


CF_TABLE: ConversionTable = {
    cf.BranchOp: convert_br,
    cf.ConditionalBranchOp: convert_cond_br,
    cf.SwitchOp: convert_switch,
    cf.AssertOp: convert_assert,
    ub.UnreachableOp: convert_unreachable,
    ub.PoisonOp: rename(PoisonOp),
}
"""Every op of `cf` and `ub` and what converts it."""
