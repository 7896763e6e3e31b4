"""
LLVM intrinsics as ops, named `llvm.intr.*` as upstream names them.

`INTRINSICS` says for each op class how the call is spelled in LLVM IR: the name of the intrinsic, which types are part
of its name, and which properties become further arguments. The translator works from that table alone.
"""

from __future__ import annotations

from abc import ABC

from attrs import frozen
from xdsl.dialects.builtin import BoolAttr
from xdsl.dialects.llvm import FastMathAttr
from xdsl.ir import Attribute, Operation, SSAValue
from xdsl.irdl import (
    IRDLOperation,
    irdl_op_definition,
    operand_def,
    prop_def,
    result_def,
    traits_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import Pure
from xdsl.utils.exceptions import VerifyException

from luma_ir.dialects.llvm_ext.assembly import NO_FAST_MATH, parse_functional, print_functional


class FunctionalOp(IRDLOperation, ABC):
    """An intrinsic written `(%a, %b) {attributes} : (types) -> type`."""

    @classmethod
    def parse(cls, parser: Parser) -> Operation:
        """Read the functional form."""
        return parse_functional(cls, parser)

    def print(self, printer: Printer) -> None:
        """Print the functional form."""
        print_functional(self, printer)


def verify_same(op: Operation, what: str) -> None:
    """Check that operands and results have one type."""
    types = {value.type for value in (*op.operands, *op.results)}
    if len(types) > 1:
        raise VerifyException(f"`{op.name}` needs {what} of one type, got {', '.join(sorted(map(str, types)))}")


class UnaryIntrinsic(FunctionalOp, ABC):
    """One operand, a result of its type."""

    in_ = operand_def()
    res = result_def()
    traits = traits_def(Pure())

    def __init__(self, value: SSAValue) -> None:
        super().__init__(operands=[value], result_types=[value.type])

    def verify_(self) -> None:
        verify_same(self, "operand and result")


class BinaryIntrinsic(FunctionalOp, ABC):
    """Two operands of one type, a result of the same."""

    a = operand_def()
    b = operand_def()
    res = result_def()
    traits = traits_def(Pure())

    def __init__(self, lhs: SSAValue, rhs: SSAValue) -> None:
        super().__init__(operands=[lhs, rhs], result_types=[lhs.type])

    def verify_(self) -> None:
        verify_same(self, "operands and result")


class TernaryIntrinsic(FunctionalOp, ABC):
    """Three operands of one type, a result of the same."""

    a = operand_def()
    b = operand_def()
    c = operand_def()
    res = result_def()
    traits = traits_def(Pure())

    def __init__(self, a: SSAValue, b: SSAValue, c: SSAValue) -> None:
        super().__init__(operands=[a, b, c], result_types=[a.type])

    def verify_(self) -> None:
        verify_same(self, "operands and result")


class UnaryFloatIntrinsic(UnaryIntrinsic, ABC):
    """A function of one float."""

    fastmathFlags = prop_def(FastMathAttr, default_value=NO_FAST_MATH)


class BinaryFloatIntrinsic(BinaryIntrinsic, ABC):
    """A function of two floats."""

    fastmathFlags = prop_def(FastMathAttr, default_value=NO_FAST_MATH)


class TernaryFloatIntrinsic(TernaryIntrinsic, ABC):
    """A function of three floats."""

    fastmathFlags = prop_def(FastMathAttr, default_value=NO_FAST_MATH)


class OverflowIntrinsic(IRDLOperation, ABC):
    """Integer arithmetic whose result is a struct of the wrapped value and whether it overflowed."""

    lhs = operand_def()
    rhs = operand_def()
    res = result_def()
    traits = traits_def(Pure())

    def __init__(self, lhs: SSAValue, rhs: SSAValue, result_type: Attribute) -> None:
        super().__init__(operands=[lhs, rhs], result_types=[result_type])


class ReduceIntrinsic(IRDLOperation, ABC):
    """One value from all elements of a vector."""

    in_ = operand_def()
    res = result_def()
    traits = traits_def(Pure())

    def __init__(self, vector: SSAValue, result_type: Attribute) -> None:
        super().__init__(operands=[vector], result_types=[result_type])


class FlaggedIntrinsic(IRDLOperation, ABC):
    """One integer, a flag for the case that has no result, a result of the same type."""

    in_ = operand_def()
    res = result_def()
    traits = traits_def(Pure())

    def __init__(self, value: SSAValue, flag: bool) -> None:
        (name,) = self.get_irdl_definition().properties
        super().__init__(operands=[value], result_types=[value.type], properties={name: BoolAttr.from_bool(flag)})

    def verify_(self) -> None:
        verify_same(self, "operand and result")


class ReduceFloatIntrinsic(FunctionalOp, ReduceIntrinsic, ABC):
    """One float from all elements of a vector."""

    fastmathFlags = prop_def(FastMathAttr, default_value=NO_FAST_MATH)


class StartReduceIntrinsic(IRDLOperation, ABC):
    """One float from a start value and all elements of a vector, in order unless `reassoc`."""

    start_value = operand_def()
    in_ = operand_def()
    fastmathFlags = prop_def(FastMathAttr, default_value=NO_FAST_MATH)
    res = result_def()
    traits = traits_def(Pure())

    def __init__(self, start: SSAValue, vector: SSAValue) -> None:
        super().__init__(operands=[start, vector], result_types=[start.type])


class EffectIntrinsic(IRDLOperation, ABC):
    """No operands, no result."""

    @classmethod
    def parse(cls, parser: Parser) -> Operation:
        """Read an optional attribute dictionary."""
        return cls.create(attributes=parser.parse_optional_attr_dict())

    def print(self, printer: Printer) -> None:
        """Print the attribute dictionary, if there is one."""
        printer.print_op_attributes(self.attributes)


@frozen
class Spelling:
    """
    How an intrinsic op is written in LLVM IR.

    Attributes:
        intrinsic: the name without type suffix.
        overloads: what the suffix is made of: `r` the result type, digits the types of these operands.
        immediates: properties passed as further arguments: (name, type text).
    """

    intrinsic: str
    overloads: str
    immediates: tuple[tuple[str, str], ...] = ()


INTRINSICS: dict[type[Operation], Spelling] = {}
"""The spelling of every intrinsic op of this module."""

BY_NAME: dict[str, Spelling] = {}
"""The same by op name, for xDSL's own classes of these ops."""


def _define(
    class_name: str,
    base: type[IRDLOperation],
    intrinsic: str,
    text: str,
    overloads: str = "r",
    immediates: tuple[tuple[str, str], ...] = (),
) -> type[IRDLOperation]:
    """Define the op `llvm.intr.<intrinsic>`, whose shape is that of `base`."""
    name = f"llvm.intr.{intrinsic}"
    namespace: dict[str, object] = {
        "__doc__": f"{text[0].upper()}{text[1:]} (`llvm.{intrinsic}`).",
        "__module__": __name__,
        "name": name,
    }
    for property_name, _ in immediates:
        namespace[property_name] = prop_def(BoolAttr)
    cls = irdl_op_definition(type(class_name, (base,), namespace))
    INTRINSICS[cls] = BY_NAME[name] = Spelling(f"llvm.{intrinsic}", overloads, immediates)
    return cls


# The tables below define one class a line; the shape of each is its base class.
_F1, _F2, _F3 = UnaryFloatIntrinsic, BinaryFloatIntrinsic, TernaryFloatIntrinsic
_I1, _I2, _I3 = UnaryIntrinsic, BinaryIntrinsic, TernaryIntrinsic
_RI, _RF, _RS, _O2 = ReduceIntrinsic, ReduceFloatIntrinsic, StartReduceIntrinsic, OverflowIntrinsic

FAbsOp = _define("FAbsOp", _F1, "fabs", "the absolute value of a float")
FCeilOp = _define("FCeilOp", _F1, "ceil", "round up to an integral float")
FFloorOp = _define("FFloorOp", _F1, "floor", "round down to an integral float")
FTruncOp = _define("FTruncOp", _F1, "trunc", "round towards zero to an integral float")
RintOp = _define("RintOp", _F1, "rint", "round to an integral float in the current mode, with the inexact flag")
NearbyIntOp = _define("NearbyIntOp", _F1, "nearbyint", "round to an integral float in the current mode")
RoundOp = _define("RoundOp", _F1, "round", "round to the nearest integral float, halves away from zero")
RoundEvenOp = _define("RoundEvenOp", _F1, "roundeven", "round to the nearest integral float, halves to even")
SqrtOp = _define("SqrtOp", _F1, "sqrt", "the square root")
ExpOp = _define("ExpOp", _F1, "exp", "the power of e")
Exp2Op = _define("Exp2Op", _F1, "exp2", "the power of two")
Exp10Op = _define("Exp10Op", _F1, "exp10", "the power of ten")
LogOp = _define("LogOp", _F1, "log", "the natural logarithm")
Log2Op = _define("Log2Op", _F1, "log2", "the binary logarithm")
Log10Op = _define("Log10Op", _F1, "log10", "the decimal logarithm")
SinOp = _define("SinOp", _F1, "sin", "the sine")
CosOp = _define("CosOp", _F1, "cos", "the cosine")
TanOp = _define("TanOp", _F1, "tan", "the tangent")
ASinOp = _define("ASinOp", _F1, "asin", "the inverse sine")
ACosOp = _define("ACosOp", _F1, "acos", "the inverse cosine")
ATanOp = _define("ATanOp", _F1, "atan", "the inverse tangent")
SinhOp = _define("SinhOp", _F1, "sinh", "the hyperbolic sine")
CoshOp = _define("CoshOp", _F1, "cosh", "the hyperbolic cosine")
TanhOp = _define("TanhOp", _F1, "tanh", "the hyperbolic tangent")
PowOp = _define("PowOp", _F2, "pow", "one float to the power of another")
ATan2Op = _define("ATan2Op", _F2, "atan2", "the angle of a point")
CopySignOp = _define("CopySignOp", _F2, "copysign", "the first operand with the sign of the second")
MinNumOp = _define("MinNumOp", _F2, "minnum", "the smaller, a number rather than NaN")
MaxNumOp = _define("MaxNumOp", _F2, "maxnum", "the larger, a number rather than NaN")
MinimumOp = _define("MinimumOp", _F2, "minimum", "the smaller, NaN if either is NaN")
MaximumOp = _define("MaximumOp", _F2, "maximum", "the larger, NaN if either is NaN")
FMAOp = _define("FMAOp", _F3, "fma", "a product and a sum, rounded once")
FMulAddOp = _define("FMulAddOp", _F3, "fmuladd", "a product and a sum, rounded once or twice")
BitReverseOp = _define("BitReverseOp", _I1, "bitreverse", "bits in reverse order")
ByteSwapOp = _define("ByteSwapOp", _I1, "bswap", "bytes in reverse order")
CtPopOp = _define("CtPopOp", _I1, "ctpop", "the number of bits that are set")
SMaxOp = _define("SMaxOp", _I2, "smax", "the larger signed integer")
SMinOp = _define("SMinOp", _I2, "smin", "the smaller signed integer")
UMaxOp = _define("UMaxOp", _I2, "umax", "the larger unsigned integer")
UMinOp = _define("UMinOp", _I2, "umin", "the smaller unsigned integer")
SAddSatOp = _define("SAddSatOp", _I2, "sadd.sat", "a signed sum that saturates")
UAddSatOp = _define("UAddSatOp", _I2, "uadd.sat", "an unsigned sum that saturates")
SSubSatOp = _define("SSubSatOp", _I2, "ssub.sat", "a signed difference that saturates")
USubSatOp = _define("USubSatOp", _I2, "usub.sat", "an unsigned difference that saturates")
SShlSatOp = _define("SShlSatOp", _I2, "sshl.sat", "a signed shift to the left that saturates")
UShlSatOp = _define("UShlSatOp", _I2, "ushl.sat", "an unsigned shift to the left that saturates")
FshlOp = _define("FshlOp", _I3, "fshl", "the high half of two joined integers shifted left")
FshrOp = _define("FshrOp", _I3, "fshr", "the low half of two joined integers shifted right")

AbsOp = _define("AbsOp", FlaggedIntrinsic, "abs", "the absolute value", "r", (("is_int_min_poison", "i1"),))
CtlzOp = _define("CtlzOp", FlaggedIntrinsic, "ctlz", "the number of leading zeros", "r", (("is_zero_poison", "i1"),))
CttzOp = _define("CttzOp", FlaggedIntrinsic, "cttz", "the number of trailing zeros", "r", (("is_zero_poison", "i1"),))

SAddWithOverflowOp = _define(
    "SAddWithOverflowOp", OverflowIntrinsic, "sadd.with.overflow", "a signed sum and whether it overflowed", "0"
)
SSubWithOverflowOp = _define(
    "SSubWithOverflowOp", OverflowIntrinsic, "ssub.with.overflow", "a signed difference and whether it overflowed", "0"
)
SMulWithOverflowOp = _define(
    "SMulWithOverflowOp", OverflowIntrinsic, "smul.with.overflow", "a signed product and whether it overflowed", "0"
)
UAddWithOverflowOp = _define(
    "UAddWithOverflowOp", OverflowIntrinsic, "uadd.with.overflow", "a unsigned sum and whether it overflowed", "0"
)
USubWithOverflowOp = _define(
    "USubWithOverflowOp",
    OverflowIntrinsic,
    "usub.with.overflow",
    "a unsigned difference and whether it overflowed",
    "0",
)
UMulWithOverflowOp = _define(
    "UMulWithOverflowOp", OverflowIntrinsic, "umul.with.overflow", "a unsigned product and whether it overflowed", "0"
)
VectorReduceAddOp = _define("VectorReduceAddOp", _RI, "vector.reduce.add", "the add of the elements", "0")
VectorReduceMulOp = _define("VectorReduceMulOp", _RI, "vector.reduce.mul", "the mul of the elements", "0")
VectorReduceAndOp = _define("VectorReduceAndOp", _RI, "vector.reduce.and", "the and of the elements", "0")
VectorReduceOrOp = _define("VectorReduceOrOp", _RI, "vector.reduce.or", "the or of the elements", "0")
VectorReduceXOrOp = _define("VectorReduceXOrOp", _RI, "vector.reduce.xor", "the xor of the elements", "0")
VectorReduceSMaxOp = _define(
    "VectorReduceSMaxOp", ReduceIntrinsic, "vector.reduce.smax", "the smax of all elements", "0"
)
VectorReduceSMinOp = _define(
    "VectorReduceSMinOp", ReduceIntrinsic, "vector.reduce.smin", "the smin of all elements", "0"
)
VectorReduceUMaxOp = _define(
    "VectorReduceUMaxOp", ReduceIntrinsic, "vector.reduce.umax", "the umax of all elements", "0"
)
VectorReduceUMinOp = _define(
    "VectorReduceUMinOp", ReduceIntrinsic, "vector.reduce.umin", "the umin of all elements", "0"
)
VectorReduceFMaxOp = _define(
    "VectorReduceFMaxOp", ReduceFloatIntrinsic, "vector.reduce.fmax", "the fmax of all elements", "0"
)
VectorReduceFMinOp = _define(
    "VectorReduceFMinOp", ReduceFloatIntrinsic, "vector.reduce.fmin", "the fmin of all elements", "0"
)
VectorReduceFMaximumOp = _define(
    "VectorReduceFMaximumOp", ReduceFloatIntrinsic, "vector.reduce.fmaximum", "the fmaximum of all elements", "0"
)
VectorReduceFMinimumOp = _define(
    "VectorReduceFMinimumOp", ReduceFloatIntrinsic, "vector.reduce.fminimum", "the fminimum of all elements", "0"
)
VectorReduceFAddOp = _define(
    "VectorReduceFAddOp", StartReduceIntrinsic, "vector.reduce.fadd", "the sum of all elements", "1"
)
VectorReduceFMulOp = _define(
    "VectorReduceFMulOp", StartReduceIntrinsic, "vector.reduce.fmul", "the product of all elements", "1"
)
TrapOp = _define("TrapOp", EffectIntrinsic, "trap", "stop the program", "")
DebugTrapOp = _define("DebugTrapOp", EffectIntrinsic, "debugtrap", "stop in a debugger", "")


INTRINSIC_OPS = tuple(INTRINSICS)
"""The ops of this module."""

__all__ = [op.__name__ for op in INTRINSIC_OPS] + ["BY_NAME", "INTRINSICS", "Spelling"]
