"""
What the conversions to `llvm` share: the ops of that dialect by name, the types, flags, and how a pass runs a table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from xdsl.dialects.builtin import (
    FunctionType,
    IndexType,
    IntegerType,
    ModuleOp,
    UnrealizedConversionCastOp,
    VectorType,
)
from xdsl.dialects.llvm import (
    CallingConventionAttr,
    FastMathAttr,
    LinkageAttr,
    LLVMArrayType,
    LLVMStructType,
)
from xdsl.ir import Attribute, Operation, Region, SSAValue

from luma_ir.dialects.llvm_ext import LLVM, PTR
from luma_ir.ir.conversion import (
    Conversion,
    ConversionPlan,
    ConversionTable,
    TypeConverter,
    UnsupportedType,
    block_types_kept,
    convert_unrealized_cast,
)
from luma_ir.ir.fast import append, make
from luma_ir.ir.intern import I1, I32, I64, array, dense_i32, dense_i64, float_attr, int_attr, string_attr, symbol

if TYPE_CHECKING:
    from xdsl.dialects.builtin import LocationAttr
    from xdsl.ir import Block

LLVM_OPS: dict[str, type[Operation]] = {op.name: op for op in LLVM.operations}
"""The ops of the `llvm` dialect by name."""

C_CONVENTION = CallingConventionAttr("ccc")
EXTERNAL = LinkageAttr("external")
INTERNAL = LinkageAttr("internal")
NO_FLAGS = int_attr(0, I32)
NSW = int_attr(1, I32)
NO_FAST_MATH = FastMathAttr("none")
COLD_WEIGHT = 1
"""Branch weight of the way that is taken next to never, as LLVM has it for `llvm.expect`."""
HOT_WEIGHT = 2000

AddOp = LLVM_OPS["llvm.add"]
SubOp = LLVM_OPS["llvm.sub"]
MulOp = LLVM_OPS["llvm.mul"]
ICmpOp = LLVM_OPS["llvm.icmp"]
ConstantOp = LLVM_OPS["llvm.mlir.constant"]
ExtractValueOp = LLVM_OPS["llvm.extractvalue"]
InsertValueOp = LLVM_OPS["llvm.insertvalue"]
ExtractElementOp = LLVM_OPS["llvm.extractelement"]
InsertElementOp = LLVM_OPS["llvm.insertelement"]
PoisonOp = LLVM_OPS["llvm.mlir.poison"]
CallOp = LLVM_OPS["llvm.call"]
FuncOp = LLVM_OPS["llvm.func"]
UnreachableOp = LLVM_OPS["llvm.unreachable"]


def convert_index(_type: IndexType, _types: TypeConverter) -> Attribute:
    """`index` is a 64-bit integer."""
    return I64


def convert_vector(type_: VectorType, types: TypeConverter) -> Attribute:
    """
    A vector of converted elements.

    Raises:
        UnsupportedType: the vector has several dimensions.
    """
    if len(type_.shape.data) != 1:
        raise UnsupportedType(type_, "split it into vectors of one dimension")
    element = types.convert(type_.element_type)
    if element is type_.element_type:
        return type_
    return VectorType(element, type_.shape, type_.scalable_dims)


def convert_function_type(_type: FunctionType, _types: TypeConverter) -> Attribute:
    """A function as a value is a pointer to its code."""
    return PTR


def convert_struct(type_: LLVMStructType, types: TypeConverter) -> Attribute:
    """A structure of converted fields."""
    fields = types.convert_all(type_.types.data)
    if all(new is old for new, old in zip(fields, type_.types.data, strict=True)):
        return type_
    return LLVMStructType.from_type_list(fields)


def convert_array(type_: LLVMArrayType, types: TypeConverter) -> Attribute:
    """An array of converted elements."""
    element = types.convert(type_.type)
    return type_ if element is type_.type else LLVMArrayType(type_.size, element)


TYPE_RULES: dict[type[Attribute], Callable[[Any, TypeConverter], Attribute | None]] = {
    IndexType: convert_index,
    VectorType: convert_vector,
    FunctionType: convert_function_type,
    LLVMStructType: convert_struct,
    LLVMArrayType: convert_array,
}
"""How types are converted; all others stay (the `mem` level already speaks of `llvm` pointers and structures)."""


def llvm_types() -> TypeConverter:
    """A fresh converter to the types of the `llvm` dialect."""
    return TypeConverter(TYPE_RULES)


def run_partial(
    module: ModuleOp,
    table: ConversionTable,
    types: TypeConverter | None = None,
    *,
    converts_block: Callable[[Block], bool] = block_types_kept,
) -> Conversion:
    """Convert the ops of one table and leave the others, with casts where types meet that differ."""
    whole: ConversionTable = {**table, UnrealizedConversionCastOp: convert_unrealized_cast}
    conversion = Conversion(
        module,
        ConversionPlan(whole, llvm_types() if types is None else types, converts_block=converts_block),
    )
    conversion.run()
    return conversion


def rename(target: type[Operation]) -> Callable[[Any, Conversion], None]:
    """A handler that makes an op with the same operands and one converted result, without properties."""

    def convert(op: Operation, state: Conversion) -> None:
        (old,) = op.results
        new = append(
            state.block,
            make(target, state.operands(op), (state.types.convert(old.type),), location=op.location),
        )
        state.define(old, new.results[0])

    return convert


_fast_math: dict[object, FastMathAttr] = {}


def fast_math(attr: Attribute | None) -> FastMathAttr:
    """`#llvm.fastmath` with the flags of `#arith.fastmath`."""
    flags = getattr(attr, "data", None)
    if not flags:
        return NO_FAST_MATH
    found = _fast_math.get(flags)
    if found is None:
        found = _fast_math[flags] = FastMathAttr(flags)
    return found


def element_type(type_: Attribute) -> Attribute:
    """The element type of a vector type, or the type itself."""
    return type_.element_type if isinstance(type_, VectorType) else type_


def with_element(type_: Attribute, element: Attribute) -> Attribute:
    """A type shaped as `type_` with another element type."""
    if isinstance(type_, VectorType):
        return VectorType(element, type_.shape, type_.scalable_dims)
    return element


def bit_width(type_: Attribute) -> int:
    """Width in bits of an integer (element) type; `index` has 64."""
    element = element_type(type_)
    return element.width.data if isinstance(element, IntegerType) else 64


class Builder:
    """Short-hand for handlers that need several ops: each method appends one op and gives its result."""

    def __init__(self, state: Conversion, location: LocationAttr) -> None:
        self.state = state
        self.location = location

    def op(
        self,
        cls: type[Operation],
        operands: Sequence[SSAValue],
        type_: Attribute,
        properties: dict[str, Attribute] | None = None,
    ) -> SSAValue:
        """Append an op with one result."""
        new = append(self.state.block, make(cls, operands, (type_,), properties, location=self.location))
        (result,) = new.results
        return result

    def unary(self, name: str, value: SSAValue, type_: Attribute | None = None) -> SSAValue:
        """An op by name with one operand; the result has its type unless another is given."""
        return self.op(LLVM_OPS[name], (value,), value.type if type_ is None else type_)

    def binary(self, name: str, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
        """An op by name on two values of one type."""
        return self.op(LLVM_OPS[name], (lhs, rhs), lhs.type)

    def compare(self, predicate: int, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
        """Compare two integers (predicates as in `arith.cmpi`)."""
        return self.op(ICmpOp, (lhs, rhs), with_element(lhs.type, I1), {"predicate": int_attr(predicate, I64)})

    def select(self, condition: SSAValue, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
        """Choose between two values."""
        return self.op(LLVM_OPS["llvm.select"], (condition, lhs, rhs), lhs.type)

    def constant(self, value: int | float, type_: Attribute) -> SSAValue:
        """A constant of a scalar or vector type, the same in each lane."""
        return self.op(ConstantOp, (), type_, {"value": constant_attr(value, type_)})

    def extract(self, aggregate: SSAValue, index: int, type_: Attribute) -> SSAValue:
        """A field of a structure."""
        return self.op(ExtractValueOp, (aggregate,), type_, {"position": dense_i64((index,))})

    def insert(self, aggregate: SSAValue, value: SSAValue, index: int) -> SSAValue:
        """A structure with one field replaced."""
        return self.op(InsertValueOp, (aggregate, value), aggregate.type, {"position": dense_i64((index,))})

    def pack(self, type_: Attribute, values: Sequence[SSAValue]) -> SSAValue:
        """A structure of the given values."""
        aggregate = self.op(PoisonOp, (), type_)
        for index, value in enumerate(values):
            aggregate = self.insert(aggregate, value, index)
        return aggregate

    def call(self, callee: str, operands: Sequence[SSAValue], type_: Attribute | None) -> SSAValue | None:
        """Call a function by its symbol."""
        op = append(
            self.state.block,
            make(
                CallOp,
                operands,
                () if type_ is None else (type_,),
                {"callee": symbol(callee), "operandSegmentSizes": dense_i32((len(operands), 0))},
                location=self.location,
            ),
        )
        return op.results[0] if type_ is not None else None


def constant_attr(value: int | float, type_: Attribute) -> Attribute:
    """The attribute of a constant; a splat for a vector type."""
    if isinstance(type_, VectorType):
        from xdsl.dialects.builtin import DenseIntOrFPElementsAttr

        return DenseIntOrFPElementsAttr.from_list(type_, [value])  # pyright: ignore
    if isinstance(type_, IntegerType):
        return int_attr(int(value), type_)
    return float_attr(float(value), type_)  # pyright: ignore[reportArgumentType]


def declare(state: Conversion, name: str, function_type: Attribute, passthrough: Sequence[str] = ()) -> None:
    """Make sure that the module declares an external function."""
    known = state.data.get("declared")
    if known is None:
        known = state.data["declared"] = set()
        for op in state.module.body.block.ops:
            symbol = op.properties.get("sym_name")
            if symbol is not None:
                known.add(symbol.data)  # pyright: ignore[reportAttributeAccessIssue]
    if name in known:
        return
    known.add(name)
    add_function(state, name, function_type, linkage=EXTERNAL, passthrough=passthrough)


def add_function(
    state: Conversion,
    name: str,
    function_type: Attribute,
    *,
    linkage: Attribute,
    passthrough: Sequence[str] = (),
    body: Any = None,
) -> Operation:
    """Append a function to the module."""
    properties: dict[str, Attribute] = {
        "sym_name": string_attr(name),
        "function_type": function_type,
        "linkage": linkage,
        "CConv": C_CONVENTION,
    }
    if passthrough:
        properties["passthrough"] = array([string_attr(word) for word in passthrough])
    region = body if body is not None else Region()
    op = make(FuncOp, (), (), properties, regions=(region,), location=state.module.location)
    return append(state.module.body.block, op)


def can_split(state: Conversion) -> bool:
    """Whether the block being filled may be followed by others: it belongs to a function."""
    parent = state.block.parent_op()
    return parent is not None and parent.name in ("func.func", "llvm.func")
