"""
Decide which parameters a function owns and which it only borrows.

Before: luma.func @length(%a: !luma.array<i64>) -> i64 { %n = luma.array.len %a ... }
After:  luma.func @length(...) attributes {modes = ["borrow"]}

A parameter is owned when an owning use demands it: it is stored, changed, returned or handed to a function that owns
its parameter; and when it is a recursive enum, a struct or a tuple that the function takes apart while it makes values
of the same type, so that these can have its cells (`mem-reuse`) and its parts stay unique. This is the least fixpoint
over all functions (modes only ever go from borrow to own, so it ends). `inout` parameters are always owned; foreign
functions borrow. Expects: monomorphic `luma` functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import BlockArgument
from xdsl.passes import ModulePass

from luma_ir.dialects.luma import CallOp, EnumGetOp, EnumMakeOp, FuncOp, GetOp, StructMakeOp, TupleMakeOp
from luma_ir.ir.fast import operands_of, walk
from luma_ir.ir.intern import array, string_attr
from luma_ir.passes.mem._functions import FunctionTable
from luma_ir.passes.mem._ownership import BORROW, OWN, Mode, operand_modes
from luma_ir.passes.mem._takes import is_consumed

if TYPE_CHECKING:
    from xdsl.context import Context
    from xdsl.ir import Attribute, SSAValue


@dataclass(frozen=True)
class MemInferBorrowsPass(ModulePass):
    """Fill in the `modes` of every `luma.func`."""

    name = "mem-infer-borrows"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        infer_borrows(op)


def infer_borrows(module: ModuleOp) -> None:
    """Write the `modes` attribute of every function of a module."""
    table = FunctionTable(module)
    passed: dict[str, list[tuple[str, int, int]]] = {}
    for function in table.functions.values():
        table.set_modes(function.sym_name.data, _certain_modes(function, table))
    pending: list[tuple[str, int]] = []
    for function in table.bodies():
        pending += _demands(function, table, passed)
    while pending:
        name, index = pending.pop()
        modes = table.modes(name)
        if modes[index] == OWN:
            continue
        table.set_modes(name, (*modes[:index], OWN, *modes[index + 1 :]))
        pending += [(caller, own) for caller, own, at in passed.get(name, ()) if at == index]
    for name, function in table.functions.items():
        managed = [table.types.is_managed(type_) for type_ in function.function_type.inputs.data]
        if any(managed):
            names = [
                string_attr(mode if owned else "none") for mode, owned in zip(table.modes(name), managed, strict=True)
            ]
            function.properties["modes"] = array(names)


def _certain_modes(function: FuncOp, table: FunctionTable) -> tuple[Mode, ...]:
    inout = function.inout_indices
    inputs = function.function_type.inputs.data
    return tuple(
        OWN if index in inout and table.types.is_managed(type_) else BORROW for index, type_ in enumerate(inputs)
    )


def _demands(
    function: FuncOp, table: FunctionTable, passed: dict[str, list[tuple[str, int, int]]]
) -> list[tuple[str, int]]:
    """
    The parameters that ops of the function own for certain; arguments of calls that are parameters are noted in
    `passed`: callee -> (caller, parameter of the caller, parameter of the callee).
    """
    parameters = {arg: arg.index for arg in function.body.block.args if table.is_managed(arg)}
    if not parameters:
        return []
    name = function.sym_name.data
    found = []
    apart: dict[int, SSAValue] = {}
    made: set[Attribute] = set()
    for op in walk(function):
        operands = operands_of(op)
        if isinstance(op, EnumMakeOp | StructMakeOp | TupleMakeOp) and operands:
            made.add(op.result.type)
        if not any(isinstance(value, BlockArgument) and value in parameters for value in operands):
            continue
        if isinstance(op, EnumGetOp) and table.types.is_boxed(op.value.type):
            apart[parameters[op.value]] = op.value  # pyright: ignore[reportArgumentType]
            continue
        if isinstance(op, GetOp) and not op.indices:
            if table.is_managed(op.result) and is_consumed(op.result, table):
                apart[parameters[op.root]] = op.root  # pyright: ignore[reportArgumentType]
            continue
        modes = operand_modes(op, table)
        callee = op.callee.string_value() if isinstance(op, CallOp) else None
        for index, (value, mode) in enumerate(zip(operands, modes, strict=True)):
            if value not in parameters:
                continue
            own = parameters[value]  # pyright: ignore[reportArgumentType]
            if mode == OWN:
                found.append((name, own))
            elif callee is not None:
                passed.setdefault(callee, []).append((name, own, index))
    found += [(name, index) for index, value in apart.items() if value.type in made]
    return found
