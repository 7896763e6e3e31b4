"""
Expand the ops on counted buffers into loads, compares, stores and calls.

Before: %c = mem.own_buffer %b, @mem.copy.8
After:  %rc = mem.load_header "rc" %b : i32
        %shared = arith.cmpi ne, %rc, %zero : i32
        %c = scf.if %shared -> (!llvm.ptr) { call @mem.copy.8 ... } else { ... } {mem.unlikely}

`mem.alloc`, `mem.retain` and `mem.release` become calls of small functions made here, one per size of element or way to
destroy, which LLVM puts inline where that pays: `mem.new.*`, `mem.retain`, `mem.release.*`. Counting a constant one
does nothing, so it is left out. Expects: `convert-luma-to-mem`. Leaves: no op of the counting part of `mem`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from attrs import define, field
from xdsl.dialects import func
from xdsl.dialects.builtin import DictionaryAttr, ModuleOp
from xdsl.ir import Attribute, Block, Operation, SSAValue
from xdsl.passes import ModulePass

from luma_ir.dialects import mem
from luma_ir.dialects.mem import DATA_OFFSET, POINTER
from luma_ir.ir.fast import append, block_ops, erase, insert_before, make, new_block, new_region, replace_op, walk
from luma_ir.ir.intern import I32, I64, UNIT, array, function_type, string_attr, symbol
from luma_ir.passes.mem._builder import Builder
from luma_ir.passes.mem._runtime import declare_runtime

if TYPE_CHECKING:
    from xdsl.context import Context

_COUNTING = (mem.AllocOp, mem.AllocCellOp, mem.FreeOp, mem.FreeCellOp, mem.RetainOp, mem.ReleaseOp, mem.OwnBufferOp)


@dataclass(frozen=True)
class MemExpandRcPass(ModulePass):
    """Expand allocation and reference counts."""

    name = "mem-expand-rc"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        expand_rc(op)


def expand_rc(module: ModuleOp) -> None:
    """Expand all counting ops of a module."""
    expander = _Expander(module.body.block)
    found = False
    for function in list(block_ops(module.body.block)):
        if isinstance(function, func.FuncOp) and function.body.blocks:
            builder = Builder(function.body.blocks[0])
            for op in [op for op in walk(function) if isinstance(op, _COUNTING)]:
                found = True
                expander.expand(op, builder)
    if found:
        declare_runtime(module)


@define
class _Expander:
    """The expansion of one module, with the helper functions made so far."""

    target: Block
    helpers: set[str] = field(factory=set)

    def expand(self, op: Operation, b: Builder) -> None:
        """Replace one op."""
        b.location = op.location
        match op:
            case mem.AllocOp():
                self._alloc(op, b)
            case mem.FreeOp():
                self._call(op, self._free(op.size.value.data), (op.buffer,))
            case mem.AllocCellOp():
                self._call(op, "std.rt.alloc", (b.constant(op.size.value.data),), (POINTER,))
            case mem.FreeCellOp():
                self._call(op, "std.rt.free", (op.cell, b.constant(op.size.value.data)))
            case mem.RetainOp():
                if _is_constant(op.buffer):
                    erase(op)
                else:
                    self._call(op, self._helper("mem.retain", (POINTER,), (), _retain), (op.buffer,))
            case mem.ReleaseOp():
                if _is_constant(op.buffer):
                    erase(op)
                else:
                    self._call(op, self._release(op), (op.buffer,))
            case mem.OwnBufferOp():
                self._own_buffer(op, b)

    def _call(self, op: Operation, name: str, operands: Sequence[SSAValue], types: Sequence[Attribute] = ()) -> None:
        call = make(func.CallOp, operands, types, {"callee": symbol(name)}, location=op.location)
        insert_before(op, call)
        replace_op(op, call.results)

    def _alloc(self, op: mem.AllocOp, b: Builder) -> None:
        size = op.size.value.data

        def emit(b: Builder) -> Sequence[SSAValue]:
            return _new(b, size)

        name = self._helper(f"mem.new.{size}", (I64, I64), (POINTER,), emit, allocates=True)
        length = op.capacity
        if op.filled is None:
            length = b.constant(0)
        self._call(op, name, (op.capacity, length), (POINTER,))

    def _free(self, size: int) -> str:
        return self._helper(f"mem.free.{size}", (POINTER,), (), lambda b: _free(b, size))

    def _release(self, op: mem.ReleaseOp) -> str:
        size, unique = op.size.value.data, op.unique is not None
        destroy = op.destroy.string_value() if op.destroy is not None else None
        suffix = str(size) if destroy is None else destroy.removeprefix("mem.destroy.")
        kind = "mem.end" if unique else "mem.release"

        def emit(b: Builder) -> Sequence[SSAValue]:
            return _release(b, destroy or self._free(size), unique=unique)

        return self._helper(f"{kind}.{suffix}", (POINTER,), (), emit)

    def _own_buffer(self, op: mem.OwnBufferOp, b: Builder) -> None:
        buffer = op.buffer
        if isinstance(buffer.owner, mem.ConstantOp):
            self._call(op, op.copy.string_value(), (buffer,), (POINTER,))
            return
        b.block = new_block()
        shared = b.compare("ne", b.header("rc", buffer), b.constant(0, I32))
        copy = op.copy.string_value()
        (result,) = b.if_(
            shared, (POINTER,), lambda: b.call(copy, (buffer,), (POINTER,)), lambda: (buffer,), unlikely=True
        )
        for new in list(block_ops(b.block)):
            b.block.detach_op(new)
            insert_before(op, new)
        replace_op(op, (result,))

    def _helper(
        self,
        name: str,
        inputs: Sequence[Attribute],
        outputs: Sequence[Attribute],
        emit: Callable[[Builder], Sequence[SSAValue]],
        *,
        allocates: bool = False,
    ) -> str:
        """The name of a helper function, which is made when it is not there yet."""
        if name not in self.helpers:
            self.helpers.add(name)
            block = new_block(inputs)
            b = Builder(block)
            b.op(func.ReturnOp, emit(b))
            properties: dict[str, Attribute] = {
                "sym_name": string_attr(name),
                "function_type": function_type(inputs, outputs),
                "sym_visibility": string_attr("private"),
            }
            attributes: dict[str, Attribute] = {}
            if allocates:
                # A call that stays is known to give memory that nothing else points to.
                properties["res_attrs"] = array((DictionaryAttr({"llvm.noalias": UNIT}),))
                attributes["inline"] = string_attr("never")
            function = make(func.FuncOp, (), (), properties, attributes=attributes, regions=[new_region(block)])
            append(self.target, function)
        return name


def _is_constant(buffer: SSAValue) -> bool:
    """Whether a buffer is known to be immortal."""
    owner = buffer.owner
    return isinstance(owner, mem.ConstantOp | mem.EmptyOp) or (
        isinstance(owner, mem.TableOp) and owner.object is not None
    )


def _used_bytes(b: Builder, capacity: SSAValue, size: int) -> SSAValue:
    return b.add(b.mul(capacity, b.constant(size)), b.constant(DATA_OFFSET))


def _new(b: Builder, size: int) -> Sequence[SSAValue]:
    capacity, length = b.entry.args

    def allocate() -> Sequence[SSAValue]:
        (new,) = b.call("std.rt.alloc", (b.bytes(capacity, size),), (POINTER,))
        zero = b.constant(0, I32)
        b.set_header("rc", zero, new)
        b.set_header("flags", zero, new)
        b.set_header("len", length, new)
        b.set_header("cap", capacity, new)
        return (new,)

    def empty() -> Sequence[SSAValue]:
        return (b.value(mem.EmptyOp, (), POINTER),)

    return b.if_(b.compare("eq", capacity, b.constant(0)), (POINTER,), empty, allocate, unlikely=True)


def _free(b: Builder, size: int) -> Sequence[SSAValue]:
    (dead,) = b.entry.args
    b.call("std.rt.free", (dead, _used_bytes(b, b.header("cap", dead), size)))
    return ()


def _retain(b: Builder) -> Sequence[SSAValue]:
    (buffer,) = b.entry.args
    count = b.header("rc", buffer)

    def add() -> Sequence[SSAValue]:
        b.set_header("rc", b.add(count, b.constant(1, I32)), buffer)
        return ()

    b.if_(b.compare("sge", count, b.constant(0, I32)), (), add)
    return ()


def _release(b: Builder, destroy: str, *, unique: bool) -> Sequence[SSAValue]:
    (buffer,) = b.entry.args

    def end() -> Sequence[SSAValue]:
        b.call(destroy, (buffer,))
        return ()

    if unique:
        # The only unique buffer without memory of its own is the empty one.
        b.if_(b.compare("ne", b.header("cap", buffer), b.constant(0)), (), end)
        return ()
    count = b.header("rc", buffer)

    def share() -> Sequence[SSAValue]:
        b.if_(b.compare("sgt", count, b.constant(0, I32)), (), give_up)
        return ()

    def give_up() -> Sequence[SSAValue]:
        b.set_header("rc", b.sub(count, b.constant(1, I32)), buffer)
        return ()

    b.if_(b.compare("eq", count, b.constant(0, I32)), (), end, share)
    return ()
