"""
What every op does with the ownership of its managed operands and results.

A row says per operand: `OWN` consumes one unit, `BORROW` needs the value alive during the op. A *projection* yields a
view of (a part of) operand 0, which stays the owner. Rows are looked up by op class; ops of other dialects have theirs
from `luma_ir.ir.interfaces.register_ownership`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

from attrs import frozen
from xdsl.dialects import scf
from xdsl.dialects.builtin import ArrayAttr, DenseArrayBase, StringAttr
from xdsl.dialects.llvm import LLVMPointerType

from luma_ir.dialects import luma, mem
from luma_ir.ir import interfaces
from luma_ir.ir.diagnostics import PassFailure
from luma_ir.ir.fast import operands_of

if TYPE_CHECKING:
    from xdsl.ir import Operation, SSAValue

    from luma_ir.passes.mem._functions import FunctionTable

Mode = Literal["own", "borrow"]
OWN: Mode = "own"
BORROW: Mode = "borrow"

ModeFunction = Callable[["Operation", "FunctionTable"], Sequence[Mode]]


@frozen
class Ownership:
    """The row of an op class."""

    modes: Mode | tuple[Mode, ...] | ModeFunction
    """One mode for all operands, one per operand, or a function that says it for an op (e.g. a call)."""
    projects: bool = False
    """Whether the managed (or pointer) results are views of operand 0."""


def _call_modes(op: Operation, functions: FunctionTable) -> Sequence[Mode]:
    assert isinstance(op, luma.CallOp)
    modes = functions.modes(op.callee.string_value())
    count = len(operands_of(op))
    rest: list[Mode] = [BORROW] * (count - len(modes))
    return [*modes, *rest]


def _inout_modes(op: Operation, count: int) -> list[Mode]:
    """Values are lent to code that is only known when the program runs, and handed over where they are changed."""
    inout = op.properties.get("inout")
    places: set[object] = set(inout.iter_values()) if isinstance(inout, DenseArrayBase) else set()
    return [OWN if number in places else BORROW for number in range(count)]


def _closure_modes(op: Operation, _functions: FunctionTable) -> Sequence[Mode]:
    return [BORROW, *_inout_modes(op, len(operands_of(op)) - 1)]


def _any_modes(op: Operation, _functions: FunctionTable) -> Sequence[Mode]:
    return _inout_modes(op, len(operands_of(op)))


def _first_owned(op: Operation, _functions: FunctionTable) -> Sequence[Mode]:
    rest: list[Mode] = [BORROW] * (len(operands_of(op)) - 1)
    return [OWN, *rest]


def _first_borrowed(op: Operation, _functions: FunctionTable) -> Sequence[Mode]:
    rest: list[Mode] = [OWN] * (len(operands_of(op)) - 1)
    return [BORROW, *rest]


_ROWS: dict[type[Operation], Ownership] = {
    op: Ownership(OWN)
    for op in (
        luma.StructMakeOp, luma.TupleMakeOp, luma.EnumMakeOp, luma.ArrayMakeOp, luma.ArrayFillOp, luma.ReturnOp,
        luma.YieldOp, luma.BreakOp, luma.ContinueOp, luma.LoopOp, luma.ForOp, luma.TakeOp, luma.SetOp, luma.PutOp,
        luma.ArrayPushOp, luma.ArrayPopOp, luma.ArrayTruncateOp, luma.ArrayReserveOp, scf.ForOp, scf.WhileOp,
        scf.YieldOp, scf.ConditionOp, mem.DropOp, mem.MakeUniqueOp, mem.MakeUniqueAtOp,
    )
}  # fmt: skip
_ROWS |= {
    op: Ownership(BORROW)
    for op in (
        luma.ArrayLenOp, luma.EnumTagOp, luma.EnumIsOp, luma.PtrLoadOp, luma.ArraySliceOp, luma.IfOp, scf.IfOp,
        luma.TypeKindOp, mem.DupOp,
    )
}  # fmt: skip
_ROWS |= {
    luma.GetOp: Ownership(BORROW, projects=True),
    luma.EnumGetOp: Ownership(BORROW, projects=True),
    luma.ArrayPtrOp: Ownership(BORROW, projects=True),
    luma.PtrOffsetOp: Ownership(BORROW, projects=True),
    luma.PtrCastOp: Ownership(BORROW, projects=True),
    luma.PtrFieldOp: Ownership(BORROW, projects=True),
    luma.ArrayAppendOp: Ownership((OWN, BORROW)),
    luma.PtrStoreOp: Ownership((OWN, BORROW)),
    mem.MakeAtOp: Ownership(_first_borrowed),
    mem.DropReuseOp: Ownership(_first_owned),
    mem.DropRestOp: Ownership(_first_owned),
    luma.CallOp: Ownership(_call_modes),
    luma.ClosureOp: Ownership(OWN),
    luma.AnyMakeOp: Ownership(OWN),
    luma.CallClosureOp: Ownership(_closure_modes),
    luma.AnyCallOp: Ownership(_any_modes),
}


def is_pointer(value: SSAValue) -> bool:
    """Whether a value is a raw pointer, which keeps what it was made from alive; `llvm` ops take it as `!llvm.ptr`."""
    return isinstance(value.type, luma.PtrType | LLVMPointerType)


def ownership_of(op: Operation) -> Ownership | None:
    """The row of an op, or None when nothing is known about its class."""
    row = _ROWS.get(type(op))
    if row is None:
        model = interfaces.ownership_of(op)
        if model is not None:
            row = _ROWS[type(op)] = Ownership(_adapt(model), any(lender == 0 for lender in model.lenders(op)))
    return row


def _adapt(model: interfaces.Ownership) -> ModeFunction:
    def modes(op: Operation, _functions: FunctionTable) -> Sequence[Mode]:
        return tuple(OWN if mode is interfaces.Mode.OWN else BORROW for mode in model.modes(op))

    return modes


def operand_modes(op: Operation, functions: FunctionTable) -> Sequence[Mode]:
    """
    The mode of each operand of an op that has managed operands.

    Raises:
        PassFailure: nothing is known about the op.
    """
    row = ownership_of(op)
    if row is None:
        if not any(functions.is_managed(operand) for operand in operands_of(op)):
            # Any op may look through a raw pointer while it runs.
            borrowed: list[Mode] = [BORROW] * len(operands_of(op))
            return borrowed
        raise PassFailure(f"nothing says what `{op.name}` does with the ownership of its operands", op)
    modes = row.modes
    if isinstance(modes, str):
        alike: list[Mode] = [OWN if modes == OWN else BORROW] * len(operands_of(op))
        return alike
    return modes if isinstance(modes, tuple) else modes(op, functions)


def mode_names(attribute: ArrayAttr | None) -> tuple[str, ...]:
    """The texts of a `modes` attribute."""
    if attribute is None:
        return ()
    return tuple(entry.data if isinstance(entry, StringAttr) else "" for entry in attribute.data)
