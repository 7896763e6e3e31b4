"""
Types of the `llvm` dialect as LLVM IR text, and the parts of intrinsic names that they make.
"""

from __future__ import annotations

import re

from xdsl.dialects.builtin import (
    BFloat16Type,
    Float16Type,
    Float32Type,
    Float64Type,
    Float80Type,
    Float128Type,
    IntAttr,
    IntegerType,
    VectorType,
)
from xdsl.ir import Attribute

from luma_ir.dialects import llvm_ext as llvm
from luma_ir.ir.diagnostics import PassFailure

FLOATS: dict[type[Attribute], tuple[str, str]] = {
    Float16Type: ("half", "f16"),
    BFloat16Type: ("bfloat", "bf16"),
    Float32Type: ("float", "f32"),
    Float64Type: ("double", "f64"),
    Float80Type: ("x86_fp80", "f80"),
    Float128Type: ("fp128", "f128"),
}
"""LLVM's name of each float type, and its suffix in the names of intrinsics."""

_PLAIN_NAME = re.compile(r"[-a-zA-Z$._][-a-zA-Z$._0-9]*\Z")


def escape(data: bytes) -> str:
    """Bytes as the inside of a quoted LLVM string."""
    return "".join(chr(b) if 32 <= b < 127 and b not in (34, 92) else f"\\{b:02X}" for b in data)


def quoted(name: str) -> str:
    """A name after `@`, `%` or `$`, in quotes when it needs them."""
    return name if _PLAIN_NAME.match(name) else f'"{escape(name.encode())}"'


class TypeWriter:
    """
    Turns types into text, once each.

    Attributes:
        definitions: the bodies of named structs by name, in order of first use.
    """

    def __init__(self) -> None:
        self._by_id: dict[int, str] = {}
        self._kept: list[Attribute] = []
        self.definitions: dict[str, str] = {}

    def text(self, type_: Attribute) -> str:
        """
        LLVM's text for a type.

        Raises:
            PassFailure: the type has no counterpart in LLVM IR.
        """
        found = self._by_id.get(id(type_))
        if found is None:
            found = self._by_id[id(type_)] = self._make(type_)
            # The key is the address of the object, so the object must stay alive.
            self._kept.append(type_)
        return found

    def _make(self, type_: Attribute) -> str:
        if isinstance(type_, IntegerType):
            return f"i{type_.width.data}"
        if type(type_) in FLOATS:
            return FLOATS[type(type_)][0]
        if isinstance(type_, llvm.LLVMPointerType):
            space = type_.addr_space
            return f"ptr addrspace({space.data})" if isinstance(space, IntAttr) and space.data else "ptr"
        if isinstance(type_, llvm.LLVMVoidType):
            return "void"
        if isinstance(type_, llvm.LLVMArrayType):
            return f"[{type_.size.data} x {self.text(type_.type)}]"
        if isinstance(type_, llvm.LLVMStructType):
            return self._struct(type_)
        if isinstance(type_, VectorType):
            scalable = bool(type_.get_num_scalable_dims())
            (count,) = type_.get_shape()
            return f"<{'vscale x ' if scalable else ''}{count} x {self.text(type_.element_type)}>"
        if isinstance(type_, llvm.LLVMFunctionType):
            return self.function(type_)
        if isinstance(type_, llvm.TokenType):
            return "token"
        raise PassFailure(f"type `{type_}` has no counterpart in LLVM IR")

    def _struct(self, type_: llvm.LLVMStructType) -> str:
        fields = ", ".join(self.text(field) for field in type_.types)
        body = f"{{ {fields} }}" if fields else "{}"
        name = type_.struct_name.data
        if not name:
            return body
        if self.definitions.setdefault(name, body) != body:
            raise PassFailure(f"the struct `{name}` has two different bodies")
        return f"%{quoted(name)}"

    def function(self, type_: llvm.LLVMFunctionType) -> str:
        """`result (arguments)`."""
        arguments = [self.text(argument) for argument in type_.inputs]
        if type_.is_variadic:
            arguments.append("...")
        return f"{self.text(type_.output)} ({', '.join(arguments)})"

    def mangled(self, type_: Attribute) -> str:
        """The suffix that a type adds to the name of an overloaded intrinsic."""
        if isinstance(type_, IntegerType):
            return f"i{type_.width.data}"
        if type(type_) in FLOATS:
            return FLOATS[type(type_)][1]
        if isinstance(type_, llvm.LLVMPointerType):
            space = type_.addr_space
            return f"p{space.data if isinstance(space, IntAttr) else 0}"
        if isinstance(type_, VectorType):
            prefix = "nxv" if type_.get_num_scalable_dims() else "v"
            return f"{prefix}{type_.get_shape()[0]}{self.mangled(type_.element_type)}"
        raise PassFailure(f"type `{type_}` cannot be an argument of an intrinsic")
