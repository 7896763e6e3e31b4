"""The functions of the run-time system that lowered memory ops call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdsl.dialects import func

from luma_ir.dialects.mem import POINTER
from luma_ir.ir.fast import append, block_ops, make, new_region, walk
from luma_ir.ir.intern import I64, function_type, string_attr

if TYPE_CHECKING:
    from xdsl.dialects.builtin import ModuleOp

RUNTIME = {
    "std.rt.alloc": function_type((I64,), (POINTER,)),
    "std.rt.realloc": function_type((POINTER, I64, I64), (POINTER,)),
    "std.rt.free": function_type((POINTER, I64), ()),
}
"""The types of the memory functions: sizes in bytes."""


def declare_runtime(module: ModuleOp) -> None:
    """Declare the memory functions that are called but not in the module (as in a test of one pass)."""
    block = module.body.block
    present = {op.sym_name.data for op in block_ops(block) if isinstance(op, func.FuncOp)}
    called = {op.callee.string_value() for op in walk(module) if isinstance(op, func.CallOp)}
    for name, type_ in RUNTIME.items():
        if name in called and name not in present:
            properties = {
                "sym_name": string_attr(name),
                "function_type": type_,
                "sym_visibility": string_attr("private"),
            }
            append(block, make(func.FuncOp, (), (), properties, regions=[new_region()]))
