"""
Atomic ops of the `llvm` dialect: read-modify-write, compare-exchange, fences.
"""

from __future__ import annotations

from xdsl.dialects.builtin import IntegerAttr, StringAttr, UnitAttr
from xdsl.dialects.llvm import (
    LLVMPointerType,
    LLVMStructType,
)
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import (
    IRDLOperation,
    irdl_op_definition,
    operand_def,
    opt_prop_def,
    prop_def,
    result_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.utils.exceptions import VerifyException

from luma_ir.dialects.llvm_ext.assembly import (
    i64_attr,
    parse_attributes,
    parse_optional_syncscope,
    parse_ordering,
    print_attributes,
    print_ordering,
)
from luma_ir.dialects.llvm_ext.memory import AliasedOp, parse_access_flags

ATOMIC_OPERATIONS: tuple[str, ...] = (
    *("xchg", "add", "sub", "_and", "nand", "_or", "_xor", "max", "min", "umax", "umin"),
    *("fadd", "fsub", "fmax", "fmin", "uinc_wrap", "udec_wrap", "usub_cond", "usub_sat", "fmaximum", "fminimum"),
)
"""The operations of `llvm.atomicrmw`, by their number."""


@irdl_op_definition
class AtomicRMWOp(AliasedOp):
    """
    Read, modify and write in one step; the result is the old value.

        %2 = llvm.atomicrmw add %0, %1 acq_rel : !llvm.ptr, i64
    """

    name = "llvm.atomicrmw"
    ptr = operand_def(LLVMPointerType)
    val = operand_def()
    bin_op = prop_def(IntegerAttr)
    ordering = prop_def(IntegerAttr)
    syncscope = opt_prop_def(StringAttr)
    alignment = opt_prop_def(IntegerAttr)
    volatile_ = opt_prop_def(UnitAttr)
    res = result_def()

    def __init__(self, operation: str, ptr: SSAValue, value: SSAValue, ordering: int) -> None:
        super().__init__(
            operands=[ptr, value],
            result_types=[value.type],
            properties={
                "bin_op": i64_attr(ATOMIC_OPERATIONS.index(operation)),
                "ordering": i64_attr(ordering),
            },
        )

    @classmethod
    def parse(cls, parser: Parser) -> AtomicRMWOp:
        """Read `[volatile] operation %ptr, %value [syncscope] ordering {attributes} : pointer type, type`."""
        properties = parse_access_flags(parser)
        position = parser.pos
        word = parser.parse_identifier()
        if word not in ATOMIC_OPERATIONS:
            parser.raise_error(f"unknown atomic operation `{word}`", position)
        properties["bin_op"] = i64_attr(ATOMIC_OPERATIONS.index(word))
        pointer = parser.parse_unresolved_operand()
        parser.parse_punctuation(",")
        value = parser.parse_unresolved_operand()
        parse_optional_syncscope(parser, properties)
        properties["ordering"] = parse_ordering(parser)
        more, attributes = parse_attributes(cls, parser)
        parser.parse_punctuation(":")
        pointer_type = parser.parse_type()
        parser.parse_punctuation(",")
        type_ = parser.parse_type()
        return cls.create(
            operands=[parser.resolve_operand(pointer, pointer_type), parser.resolve_operand(value, type_)],
            result_types=[type_],
            properties={**properties, **more},
            attributes=attributes,
        )

    def print(self, printer: Printer) -> None:
        """Print what `parse` reads."""
        printer.print_string(" volatile " if self.volatile_ is not None else " ")
        printer.print_string(f"{ATOMIC_OPERATIONS[self.bin_op.value.data]} ")
        printer.print_list(self.operands, printer.print_ssa_value)
        print_ordering(printer, self.ordering, self.syncscope)
        print_attributes(printer, self, ("volatile_", "bin_op", "ordering", "syncscope"))
        printer.print_string(" : ")
        printer.print_list(self.operand_types, printer.print_attribute)

    def verify_(self) -> None:
        if not 0 <= self.bin_op.value.data < len(ATOMIC_OPERATIONS):
            raise VerifyException(f"unknown atomic operation {self.bin_op.value.data}")
        if self.ordering.value.data < 2:
            raise VerifyException("expected at least `monotonic` ordering")
        if self.val.type != self.res.type:
            raise VerifyException(f"result type {self.res.type} differs from value type {self.val.type}")


@irdl_op_definition
class AtomicCmpXchgOp(AliasedOp):
    """
    Compare and exchange; the result is the old value and whether the exchange took place.

        %3 = llvm.cmpxchg %0, %1, %2 acq_rel monotonic : !llvm.ptr, i64
    """

    name = "llvm.cmpxchg"
    ptr = operand_def(LLVMPointerType)
    cmp = operand_def()
    val = operand_def()
    success_ordering = prop_def(IntegerAttr)
    failure_ordering = prop_def(IntegerAttr)
    syncscope = opt_prop_def(StringAttr)
    alignment = opt_prop_def(IntegerAttr)
    weak = opt_prop_def(UnitAttr)
    volatile_ = opt_prop_def(UnitAttr)
    res = result_def()

    def __init__(self, ptr: SSAValue, compare: SSAValue, value: SSAValue, success: int, failure: int) -> None:
        super().__init__(
            operands=[ptr, compare, value],
            result_types=[LLVMStructType.from_type_list([value.type, IntegerAttr(0, 1).type])],
            properties={"success_ordering": i64_attr(success), "failure_ordering": i64_attr(failure)},
        )

    @classmethod
    def parse(cls, parser: Parser) -> AtomicCmpXchgOp:
        """Read `[weak] [volatile] %ptr, %compare, %value [syncscope] success failure {attributes} : types`."""
        properties: dict[str, Attribute] = {}
        if parser.parse_optional_keyword("weak") is not None:
            properties["weak"] = UnitAttr()
        properties.update(parse_access_flags(parser))
        operands = [parser.parse_unresolved_operand()]
        for _ in range(2):
            parser.parse_punctuation(",")
            operands.append(parser.parse_unresolved_operand())
        parse_optional_syncscope(parser, properties)
        properties["success_ordering"] = parse_ordering(parser)
        properties["failure_ordering"] = parse_ordering(parser)
        more, attributes = parse_attributes(cls, parser)
        parser.parse_punctuation(":")
        pointer_type = parser.parse_type()
        parser.parse_punctuation(",")
        type_ = parser.parse_type()
        return cls.create(
            operands=parser.resolve_operands(operands, [pointer_type, type_, type_], parser.pos),
            result_types=[LLVMStructType.from_type_list([type_, IntegerAttr(0, 1).type])],
            properties={**properties, **more},
            attributes=attributes,
        )

    def print(self, printer: Printer) -> None:
        """Print what `parse` reads."""
        printer.print_string(" weak" if self.weak is not None else "")
        printer.print_string(" volatile " if self.volatile_ is not None else " ")
        printer.print_list(self.operands, printer.print_ssa_value)
        print_ordering(printer, self.success_ordering, self.syncscope)
        print_ordering(printer, self.failure_ordering)
        elided = ("weak", "volatile_", "success_ordering", "failure_ordering", "syncscope")
        print_attributes(printer, self, elided)
        printer.print_string(" : ")
        printer.print_list(self.operand_types[:2], printer.print_attribute)

    def verify_(self) -> None:
        if self.cmp.type != self.val.type:
            raise VerifyException(f"cannot compare {self.cmp.type} with {self.val.type}")
        if self.success_ordering.value.data < 2 or self.failure_ordering.value.data < 2:
            raise VerifyException("expected at least `monotonic` ordering")
        if self.failure_ordering.value.data in (5, 6):
            raise VerifyException("failure ordering cannot be `release` or `acq_rel`")


@irdl_op_definition
class FenceOp(IRDLOperation):
    """
    Order memory accesses.

        llvm.fence syncscope("agent") seq_cst
    """

    name = "llvm.fence"
    ordering = prop_def(IntegerAttr)
    syncscope = opt_prop_def(StringAttr)

    def __init__(self, ordering: int) -> None:
        super().__init__(properties={"ordering": i64_attr(ordering)})

    @classmethod
    def parse(cls, parser: Parser) -> FenceOp:
        """Read `[syncscope("name")] ordering {attributes}`."""
        properties: dict[str, Attribute] = {}
        parse_optional_syncscope(parser, properties)
        properties["ordering"] = parse_ordering(parser)
        more, attributes = parse_attributes(cls, parser)
        return cls.create(properties={**properties, **more}, attributes=attributes)

    def print(self, printer: Printer) -> None:
        """Print what `parse` reads."""
        print_ordering(printer, self.ordering, self.syncscope)
        print_attributes(printer, self, ("ordering", "syncscope"))

    def verify_(self) -> None:
        if self.ordering.value.data < 4:
            raise VerifyException("a fence needs `acquire`, `release`, `acq_rel` or `seq_cst` ordering")


ATOMIC_OPS = (AtomicCmpXchgOp, AtomicRMWOp, FenceOp)
"""The ops of this module."""

__all__ = [op.__name__ for op in ATOMIC_OPS] + ["ATOMIC_OPERATIONS"]
