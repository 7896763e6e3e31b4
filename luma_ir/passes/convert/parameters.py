"""
What is known of pointer parameters, for LLVM: a buffer is never null, and one that is borrowed lives through the call.

A parameter is a buffer when the function uses it as one (`mem.element`, `mem.load_header`, `mem.store_header`). Such a
pointer is valid from the start, whether or not the use is reached: arrays are never null, and raw pointers are never
used this way. What may be a small number instead (an enum with a niche) has the mode "optional" and is left alone.
`dereferenceable` holds for the whole call, so it is only for parameters of mode "borrow".
"""

from __future__ import annotations

from xdsl.dialects import func
from xdsl.dialects.builtin import ArrayAttr, DictionaryAttr, ModuleOp, StringAttr
from xdsl.dialects.llvm import LLVMPointerType
from xdsl.ir import Attribute, SSAValue

from luma_ir.dialects import mem
from luma_ir.dialects.mem import DATA_OFFSET
from luma_ir.ir.fast import block_ops, operands_of, users
from luma_ir.ir.intern import I64, UNIT, int_attr

_BUFFER_OPERAND = {mem.ElementOp: 0, mem.LoadHeaderOp: 0, mem.StoreHeaderOp: 1}
"""Which operand of an op is a buffer."""

_OWNED: dict[str, Attribute] = {"llvm.nonnull": UNIT, "llvm.noundef": UNIT}
_BORROWED: dict[str, Attribute] = {**_OWNED, "llvm.dereferenceable": int_attr(DATA_OFFSET, I64)}


def annotate_parameters(module: ModuleOp) -> None:
    """Add what is known to the parameter attributes of each function of a module that has a body."""
    for op in block_ops(module.body.block):
        if isinstance(op, func.FuncOp):
            _annotate(op)


def _annotate(op: func.FuncOp) -> None:
    entry = op.body.first_block
    if entry is None:
        return
    modes = op.attributes.get("modes")
    found: dict[int, dict[str, Attribute]] = {}
    for arg in entry.args:
        if isinstance(arg.type, LLVMPointerType) and _is_buffer(arg):
            mode = modes.data[arg.index] if isinstance(modes, ArrayAttr) and arg.index < len(modes.data) else None
            kind = mode.data if isinstance(mode, StringAttr) else ""
            if kind != "optional":
                found[arg.index] = _BORROWED if kind == "borrow" else _OWNED
    if not found:
        return
    given = op.properties.get("arg_attrs")
    dictionaries = []
    for index in range(len(entry.args)):
        old = given.data[index] if isinstance(given, ArrayAttr) and index < len(given.data) else None
        entries = dict(old.data) if isinstance(old, DictionaryAttr) else {}
        dictionaries.append(DictionaryAttr({**found.get(index, {}), **entries}))
    op.properties["arg_attrs"] = ArrayAttr(dictionaries)


def _is_buffer(value: SSAValue) -> bool:
    for user in users(value):
        place = _BUFFER_OPERAND.get(type(user))
        if place is not None and operands_of(user)[place] is value:
            return True
    return False
