"""
Ops of the `llvm` dialect that make values from values: constants, conversions, comparisons, vectors, `freeze`.

They either are absent from xDSL 0.74 or refuse what upstream allows there (pointer comparisons, string constants,
vector conditions); then they carry the upstream name and replace xDSL's class in the dialect.
"""

from __future__ import annotations

from abc import ABC

from xdsl.dialects.builtin import (
    IntegerAttr,
    IntegerType,
    UnitAttr,
    VectorType,
)
from xdsl.dialects.llvm import (
    FastMathAttr,
    FCmpPredicateFlag,
    ICmpPredicateFlag,
    LLVMPointerType,
)
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import (
    IRDLOperation,
    irdl_op_definition,
    operand_def,
    opt_prop_def,
    prop_def,
    result_def,
    traits_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import Pure
from xdsl.utils.exceptions import VerifyException

from luma_ir.dialects.llvm_ext.assembly import (
    I32,
    NO_FAST_MATH,
    i64_attr,
    parse_attributes,
    print_attributes,
)

I1 = IntegerType(1)

OVERFLOW_NSW = 1
OVERFLOW_NUW = 2
_OVERFLOW_WORDS = {"nsw": OVERFLOW_NSW, "nuw": OVERFLOW_NUW}


@irdl_op_definition
class ConstantOp(IRDLOperation):
    """
    A constant: integer, float, string, dense elements, or an array of attributes for arrays and structs.

        %0 = llvm.mlir.constant(42 : i32) : i32
    """

    name = "llvm.mlir.constant"
    value = prop_def()
    result = result_def()
    traits = traits_def(Pure())

    def __init__(self, value: Attribute, value_type: Attribute) -> None:
        super().__init__(properties={"value": value}, result_types=[value_type])

    @classmethod
    def parse(cls, parser: Parser) -> ConstantOp:
        """Read `(value) : type`; a value without a type of its own takes the result's."""
        with parser.in_parens():
            value = parser.parse_attribute()
        attributes = parser.parse_optional_attr_dict()
        if parser.parse_optional_punctuation(":") is not None:
            result_type = parser.parse_type()
        else:
            result_type = getattr(value, "type", I1)
        op = cls(value, result_type)
        op.attributes.update(attributes)
        return op

    def print(self, printer: Printer) -> None:
        """Print `(value) : type`."""
        with printer.in_parens():
            printer.print_attribute(self.value)
        printer.print_op_attributes(self.attributes)
        printer.print_string(" : ")
        printer.print_attribute(self.result.type)


class _NullaryOp(IRDLOperation, ABC):
    """A constant that its type alone determines."""

    res = result_def()
    traits = traits_def(Pure())

    def __init__(self, result_type: Attribute) -> None:
        super().__init__(result_types=[result_type])

    @classmethod
    def parse(cls, parser: Parser) -> _NullaryOp:
        """Read `{attributes} : type`."""
        attributes = parser.parse_optional_attr_dict()
        parser.parse_punctuation(":")
        op = cls(parser.parse_type())
        op.attributes.update(attributes)
        return op

    def print(self, printer: Printer) -> None:
        """Print `{attributes} : type`."""
        printer.print_op_attributes(self.attributes)
        printer.print_string(" : ")
        printer.print_attribute(self.res.type)


@irdl_op_definition
class PoisonOp(_NullaryOp):
    """
    The poison value of a type.

        %0 = llvm.mlir.poison : i32
    """

    name = "llvm.mlir.poison"


@irdl_op_definition
class ZeroOp(_NullaryOp):
    """
    The zero of any type: null, 0, an aggregate of zeros.

        %0 = llvm.mlir.zero : !llvm.ptr
    """

    name = "llvm.mlir.zero"


@irdl_op_definition
class NoneTokenOp(_NullaryOp):
    """
    The token `none`.

        %0 = llvm.mlir.none : !llvm.token
    """

    name = "llvm.mlir.none"


@irdl_op_definition
class FreezeOp(IRDLOperation):
    """
    Turn undef and poison into some fixed value.

        %1 = llvm.freeze %0 : i32
    """

    name = "llvm.freeze"
    val = operand_def()
    res = result_def()
    traits = traits_def(Pure())

    def __init__(self, value: SSAValue) -> None:
        super().__init__(operands=[value], result_types=[value.type])

    @classmethod
    def parse(cls, parser: Parser) -> FreezeOp:
        """Read `%value {attributes} : type`."""
        operand = parser.parse_unresolved_operand()
        attributes = parser.parse_optional_attr_dict()
        parser.parse_punctuation(":")
        op = cls(parser.resolve_operand(operand, parser.parse_type()))
        op.attributes.update(attributes)
        return op

    def print(self, printer: Printer) -> None:
        """Print `%value {attributes} : type`."""
        printer.print_string(" ")
        printer.print_ssa_value(self.val)
        printer.print_op_attributes(self.attributes)
        printer.print_string(" : ")
        printer.print_attribute(self.val.type)

    def verify_(self) -> None:
        if self.val.type != self.res.type:
            raise VerifyException(f"result type {self.res.type} differs from operand type {self.val.type}")


def _shape(type_: Attribute) -> tuple[int, ...] | None:
    return type_.get_shape() if isinstance(type_, VectorType) else None


class CastOp(IRDLOperation, ABC):
    """A conversion written `%value : type to type`, element by element on vectors."""

    arg = operand_def()
    res = result_def()
    traits = traits_def(Pure())

    def __init__(self, value: SSAValue, result_type: Attribute) -> None:
        super().__init__(operands=[value], result_types=[result_type])

    @classmethod
    def parse(cls, parser: Parser) -> CastOp:
        """Read `[flags] %value {attributes} : type to type`."""
        properties = cls._parse_flags(parser)
        operand = parser.parse_unresolved_operand()
        properties.update(cls._parse_late_flags(parser))
        more, attributes = parse_attributes(cls, parser)
        parser.parse_punctuation(":")
        source = parser.parse_type()
        parser.parse_keyword("to")
        return cls.create(
            operands=[parser.resolve_operand(operand, source)],
            result_types=[parser.parse_type()],
            properties={**properties, **more},
            attributes=attributes,
        )

    @classmethod
    def _parse_flags(cls, parser: Parser) -> dict[str, Attribute]:
        if "nonNeg" in cls.get_irdl_definition().properties and parser.parse_optional_keyword("nneg") is not None:
            return {"nonNeg": UnitAttr()}
        return {}

    @classmethod
    def _parse_late_flags(cls, parser: Parser) -> dict[str, Attribute]:
        return {}

    def print(self, printer: Printer) -> None:
        """Print `[flags] %value {attributes} : type to type`."""
        printer.print_string(" nneg " if "nonNeg" in self.properties else " ")
        printer.print_ssa_value(self.arg)
        self._print_late_flags(printer)
        print_attributes(printer, self, ("nonNeg", "overflowFlags"))
        printer.print_string(" : ")
        printer.print_attribute(self.arg.type)
        printer.print_string(" to ")
        printer.print_attribute(self.res.type)

    def _print_late_flags(self, printer: Printer) -> None:
        return

    def verify_(self) -> None:
        if _shape(self.arg.type) != _shape(self.res.type):
            raise VerifyException(f"cannot convert {self.arg.type} to {self.res.type}: the shapes differ")


@irdl_op_definition
class TruncOp(CastOp):
    """
    Drop the high bits of an integer.

        %1 = llvm.trunc %0 overflow<nsw> : i64 to i32
    """

    name = "llvm.trunc"
    overflowFlags = prop_def(IntegerAttr, default_value=IntegerAttr(0, I32))

    @classmethod
    def _parse_late_flags(cls, parser: Parser) -> dict[str, Attribute]:
        flags = 0
        if parser.parse_optional_keyword("overflow") is not None:
            for word in parser.parse_comma_separated_list(parser.Delimiter.ANGLE, parser.parse_identifier):
                if word not in (*_OVERFLOW_WORDS, "none"):
                    parser.raise_error(f"unknown overflow flag `{word}`")
                flags |= _OVERFLOW_WORDS.get(word, 0)
        return {"overflowFlags": IntegerAttr(flags, I32)}

    def _print_late_flags(self, printer: Printer) -> None:
        flags = self.overflowFlags.value.data
        words = [word for word, bit in _OVERFLOW_WORDS.items() if flags & bit]
        if words:
            printer.print_string(f" overflow<{', '.join(words)}>")


@irdl_op_definition
class FPToSIOp(CastOp):
    """
    Truncate a float towards zero to a signed integer; poison when it does not fit.

        %1 = llvm.fptosi %0 : f64 to i64
    """

    name = "llvm.fptosi"


@irdl_op_definition
class FPToUIOp(CastOp):
    """
    Truncate a float towards zero to an unsigned integer; poison when it does not fit.

        %1 = llvm.fptoui %0 : f64 to i64
    """

    name = "llvm.fptoui"


@irdl_op_definition
class UIToFPOp(CastOp):
    """
    An unsigned integer as a float.

        %1 = llvm.uitofp nneg %0 : i64 to f64
    """

    name = "llvm.uitofp"
    nonNeg = opt_prop_def(UnitAttr)


@irdl_op_definition
class AddrSpaceCastOp(CastOp):
    """
    A pointer as a pointer of another address space.

        %1 = llvm.addrspacecast %0 : !llvm.ptr<1> to !llvm.ptr
    """

    name = "llvm.addrspacecast"


_ICMP_WORDS = [flag.value for flag in ICmpPredicateFlag]
_FCMP_WORDS = [flag.value for flag in FCmpPredicateFlag]


class _CompareOp(IRDLOperation, ABC):
    """A comparison of two values of one type, element by element on vectors."""

    lhs = operand_def()
    rhs = operand_def()
    predicate = prop_def(IntegerAttr)
    res = result_def()
    traits = traits_def(Pure())

    @classmethod
    def _words(cls) -> list[str]:
        raise NotImplementedError

    @classmethod
    def parse(cls, parser: Parser) -> _CompareOp:
        """Read `"predicate" %a, %b {attributes} : type`."""
        position = parser.pos
        word = parser.parse_str_literal()
        if word not in cls._words():
            parser.raise_error(f"unknown predicate `{word}`", position)
        lhs = parser.parse_unresolved_operand()
        parser.parse_punctuation(",")
        rhs = parser.parse_unresolved_operand()
        properties, attributes = parse_attributes(cls, parser)
        parser.parse_punctuation(":")
        type_ = parser.parse_type()
        properties["predicate"] = i64_attr(cls._words().index(word))
        return cls.create(
            operands=[parser.resolve_operand(lhs, type_), parser.resolve_operand(rhs, type_)],
            result_types=[comparison_type(type_)],
            properties=properties,
            attributes=attributes,
        )

    def print(self, printer: Printer) -> None:
        """Print `"predicate" %a, %b {attributes} : type`."""
        printer.print_string(f' "{self._words()[self.predicate.value.data]}" ')
        printer.print_ssa_value(self.lhs)
        printer.print_string(", ")
        printer.print_ssa_value(self.rhs)
        print_attributes(printer, self, ("predicate",))
        printer.print_string(" : ")
        printer.print_attribute(self.lhs.type)

    def verify_(self) -> None:
        if self.lhs.type != self.rhs.type:
            raise VerifyException(f"cannot compare {self.lhs.type} with {self.rhs.type}")
        expected = comparison_type(self.lhs.type)
        if self.res.type != expected:
            raise VerifyException(f"result type is {self.res.type}, expected {expected}")
        if not 0 <= self.predicate.value.data < len(self._words()):
            raise VerifyException(f"unknown predicate {self.predicate.value.data}")


def comparison_type(type_: Attribute) -> Attribute:
    """The type of a comparison of two `type_`: `i1`, or a vector of `i1` of the same shape."""
    if isinstance(type_, VectorType):
        return VectorType(I1, type_.get_shape(), type_.scalable_dims)
    return I1


@irdl_op_definition
class ICmpOp(_CompareOp):
    """
    Compare integers or pointers.

        %2 = llvm.icmp "ult" %0, %1 : i64
    """

    name = "llvm.icmp"

    def __init__(self, lhs: SSAValue, rhs: SSAValue, predicate: int) -> None:
        super().__init__(
            operands=[lhs, rhs],
            result_types=[comparison_type(lhs.type)],
            properties={"predicate": i64_attr(predicate)},
        )

    @classmethod
    def _words(cls) -> list[str]:
        return _ICMP_WORDS

    def verify_(self) -> None:
        super().verify_()
        element = self.lhs.type.element_type if isinstance(self.lhs.type, VectorType) else self.lhs.type
        if not isinstance(element, IntegerType | LLVMPointerType):
            raise VerifyException(f"cannot compare {self.lhs.type} with `llvm.icmp`")


@irdl_op_definition
class FCmpOp(_CompareOp):
    """
    Compare floats; `o` predicates are false, `u` predicates true when an operand is NaN.

        %2 = llvm.fcmp "olt" %0, %1 : f64
    """

    name = "llvm.fcmp"
    fastmathFlags = prop_def(FastMathAttr, default_value=NO_FAST_MATH)

    def __init__(self, lhs: SSAValue, rhs: SSAValue, predicate: int, fastmath: FastMathAttr = NO_FAST_MATH) -> None:
        super().__init__(
            operands=[lhs, rhs],
            result_types=[comparison_type(lhs.type)],
            properties={"predicate": i64_attr(predicate), "fastmathFlags": fastmath},
        )

    @classmethod
    def _words(cls) -> list[str]:
        return _FCMP_WORDS


@irdl_op_definition
class SelectOp(IRDLOperation):
    """
    Choose between two values, without a branch.

        %3 = llvm.select %0, %1, %2 : i1, i64
    """

    name = "llvm.select"
    condition = operand_def()
    trueValue = operand_def()
    falseValue = operand_def()
    fastmathFlags = prop_def(FastMathAttr, default_value=NO_FAST_MATH)
    res = result_def()
    traits = traits_def(Pure())

    def __init__(self, condition: SSAValue, true_value: SSAValue, false_value: SSAValue) -> None:
        super().__init__(operands=[condition, true_value, false_value], result_types=[true_value.type])

    @classmethod
    def parse(cls, parser: Parser) -> SelectOp:
        """Read `%c, %a, %b {attributes} : condition type, type`."""
        operands = [parser.parse_unresolved_operand()]
        for _ in range(2):
            parser.parse_punctuation(",")
            operands.append(parser.parse_unresolved_operand())
        properties, attributes = parse_attributes(cls, parser)
        parser.parse_punctuation(":")
        condition = parser.parse_type()
        parser.parse_punctuation(",")
        type_ = parser.parse_type()
        return cls.create(
            operands=parser.resolve_operands(operands, [condition, type_, type_], parser.pos),
            result_types=[type_],
            properties=properties,
            attributes=attributes,
        )

    def print(self, printer: Printer) -> None:
        """Print `%c, %a, %b {attributes} : condition type, type`."""
        printer.print_string(" ")
        printer.print_list(self.operands, printer.print_ssa_value)
        print_attributes(printer, self)
        printer.print_string(" : ")
        printer.print_attribute(self.condition.type)
        printer.print_string(", ")
        printer.print_attribute(self.trueValue.type)

    def verify_(self) -> None:
        if not self.trueValue.type == self.falseValue.type == self.res.type:
            raise VerifyException(f"cannot select between {self.trueValue.type} and {self.falseValue.type}")


@irdl_op_definition
class ExtractElementOp(IRDLOperation):
    """
    One element of a vector.

        %2 = llvm.extractelement %0[%1 : i32] : vector<4xf32>
    """

    name = "llvm.extractelement"
    vector = operand_def(VectorType)
    position = operand_def(IntegerType)
    res = result_def()
    traits = traits_def(Pure())

    def __init__(self, vector: SSAValue, position: SSAValue) -> None:
        assert isinstance(vector.type, VectorType)
        super().__init__(operands=[vector, position], result_types=[vector.type.element_type])

    @classmethod
    def parse(cls, parser: Parser) -> ExtractElementOp:
        """Read `%vector[%index : type] {attributes} : type`."""
        vector = parser.parse_unresolved_operand()
        with parser.in_square_brackets():
            position = parser.parse_unresolved_operand()
            parser.parse_punctuation(":")
            index = parser.resolve_operand(position, parser.parse_type())
        attributes = parser.parse_optional_attr_dict()
        parser.parse_punctuation(":")
        op = cls(parser.resolve_operand(vector, parser.parse_type()), index)
        op.attributes.update(attributes)
        return op

    def print(self, printer: Printer) -> None:
        """Print `%vector[%index : type] {attributes} : type`."""
        printer.print_string(" ")
        printer.print_ssa_value(self.vector)
        with printer.in_square_brackets():
            printer.print_ssa_value(self.position)
            printer.print_string(" : ")
            printer.print_attribute(self.position.type)
        printer.print_op_attributes(self.attributes)
        printer.print_string(" : ")
        printer.print_attribute(self.vector.type)

    def verify_(self) -> None:
        assert isinstance(self.vector.type, VectorType)
        if self.res.type != self.vector.type.element_type:
            raise VerifyException(f"an element of {self.vector.type} is not a {self.res.type}")


VALUE_OPS = (
    AddrSpaceCastOp,
    ConstantOp,
    ExtractElementOp,
    FCmpOp,
    FPToSIOp,
    FPToUIOp,
    FreezeOp,
    ICmpOp,
    NoneTokenOp,
    PoisonOp,
    SelectOp,
    TruncOp,
    UIToFPOp,
    ZeroOp,
)
"""The ops of this module."""

__all__ = [op.__name__ for op in VALUE_OPS] + ["CastOp", "comparison_type"]
