"""
Evaluation of constant expressions: pure operators, casts, aggregates and other constants, on the typed tree.

Integers have the width of their type and overflow is an error; floats are IEEE-754 (f32 rounded after each step).
"""

from __future__ import annotations

import math
import struct

from luma_ir.frontend import hir
from luma_ir.frontend.check.inference import Unifier, resolve, zonk
from luma_ir.frontend.types import (
    BoolType,
    CharType,
    FloatType,
    IntType,
    StructType,
    Type,
)

MAX_ELEMENTS = 1 << 20


class NotConstant(Exception):
    """The expression has no value at compile time; `node` says where, `code` and `message` why."""

    def __init__(self, code: str, message: str, node: hir.Node) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.node = node


def try_integer(value: hir.Expr) -> int | None:
    """The value of an integer expression if it is constant."""
    if isinstance(value, hir.Constant):
        return value.value if isinstance(value.value, int) and not isinstance(value.value, bool) else None
    if not isinstance(value, hir.Binary | hir.Unary | hir.Cast):
        return None
    try:
        found = evaluate(value, Unifier())
    except NotConstant:
        return None
    if isinstance(found, hir.Constant) and isinstance(found.value, int):
        return found.value
    return None


def evaluate_quietly(value: hir.Expr, unifier: Unifier) -> hir.Expr | None:
    """The value of an expression, or None when it is not constant."""
    try:
        return evaluate(value, unifier)
    except NotConstant:
        return None


def evaluate(value: hir.Expr, unifier: Unifier) -> hir.Expr:
    """
    The value of an expression as a `Constant`, or as a tree of `EnumMake`s and aggregates of constants.

    Raises:
        NotConstant: it is not constant, or its evaluation would panic.
    """
    return _Evaluator(unifier).expr(value)


class _Evaluator:
    def __init__(self, unifier: Unifier) -> None:
        self.unifier = unifier

    def expr(self, node: hir.Expr) -> hir.Expr:
        method = _METHODS.get(type(node))
        if method is None:
            raise NotConstant("E0400", "this is not constant", node)
        return method(self, node)

    def scalar(self, node: hir.Expr) -> hir.Constant:
        found = self.expr(node)
        if not isinstance(found, hir.Constant) or isinstance(found.value, list):
            raise NotConstant("E0400", "this is not constant", node)
        return found

    def make(self, node: hir.Node, type_: Type, value: object) -> hir.Constant:
        return hir.Constant(start=node.start, end=node.end, type=type_, value=value)  # type: ignore[arg-type]

    def type(self, node: hir.Expr) -> Type:
        return self.unifier.default(resolve(node.type))

    def constant(self, node: hir.Constant) -> hir.Expr:
        type_ = self.type(node)
        if isinstance(type_, FloatType) and isinstance(node.value, int):
            return self.make(node, type_, float(node.value))
        if type_ is not node.type:
            return self.make(node, type_, node.value)
        return node

    def unary(self, node: hir.Unary) -> hir.Expr:
        operand = self.scalar(node.operand)
        type_ = self.type(node)
        value = operand.value
        if node.operator == "!":
            return self.make(node, type_, not value)
        if node.operator == "~":
            assert isinstance(type_, IntType) and isinstance(value, int)
            return self.make(node, type_, wrap(~value, type_))
        assert isinstance(value, int | float)
        return self.make(node, type_, self.fit(-value, type_, node))

    def fit(self, value: int | float, type_: Type, node: hir.Node) -> int | float:
        """A result in the range of its type."""
        if isinstance(type_, IntType):
            if not type_.minimum <= value <= type_.maximum:
                raise NotConstant("E0401", f"this overflows `{type_}`", node)
            return value
        if isinstance(type_, FloatType) and type_.bits == 32:
            return round_f32(float(value))
        return float(value)

    def binary(self, node: hir.Binary) -> hir.Expr:
        lhs, rhs = self.scalar(node.lhs), self.scalar(node.rhs)
        operator = node.operator
        left, right = lhs.value, rhs.value
        if operator in ("==", "!=", "<", "<=", ">", ">="):
            return self.make(node, self.type(node), _compare(operator, left, right))
        type_ = self.type(node)
        if isinstance(type_, BoolType):
            result = {"&": left and right, "|": left or right, "^": left != right}[operator]
            return self.make(node, type_, bool(result))
        assert isinstance(left, int | float) and isinstance(right, int | float)
        if isinstance(type_, FloatType):
            return self.make(node, type_, self.fit(_float_operation(operator, float(left), float(right)), type_, node))
        assert isinstance(left, int) and isinstance(right, int)
        return self.make(node, type_, self.integer(operator, left, right, type_, node))

    def integer(self, operator: str, left: int, right: int, type_: Type, node: hir.Node) -> int:
        assert isinstance(type_, IntType)
        if operator in ("/", "%"):
            if right == 0:
                raise NotConstant("E0402", "this divides by zero", node)
            quotient = abs(left) // abs(right)
            if (left < 0) != (right < 0):
                quotient = -quotient
            result = quotient if operator == "/" else left - quotient * right
        elif operator in ("<<", ">>"):
            if not 0 <= right < type_.bits:
                raise NotConstant("E0401", f"the shift amount {right} is out of range for `{type_}`", node)
            return wrap(left << right, type_) if operator == "<<" else left >> right
        elif operator == "**":
            if right < 0:
                raise NotConstant("E0401", "an integer cannot be raised to a negative power", node)
            if abs(left) > 1 and right > 64:
                raise NotConstant("E0401", f"this overflows `{type_}`", node)
            result = left ** min(right, 65) if abs(left) > 1 else (left ** (right % 2 + 2) if right else 1)
        else:
            result = {
                "+": left + right,
                "-": left - right,
                "*": left * right,
                "&": left & right,
                "|": left | right,
                "^": left ^ right,
            }[operator]
        return int(self.fit(result, type_, node))

    def logical(self, node: hir.Logical) -> hir.Expr:
        lhs = self.scalar(node.lhs)
        if bool(lhs.value) == (node.operator == "||"):
            return lhs
        return self.scalar(node.rhs)

    def cast(self, node: hir.Cast) -> hir.Expr:
        operand = self.scalar(node.value)
        target = self.type(node)
        value = operand.value
        if isinstance(target, IntType):
            if isinstance(value, str):
                value = ord(value)
            if isinstance(value, float):
                if math.isnan(value):
                    return self.make(node, target, 0)
                bounded = max(min(value, 2.0**65), -(2.0**65))
                return self.make(node, target, max(target.minimum, min(target.maximum, int(bounded))))
            assert isinstance(value, int)
            return self.make(node, target, wrap(int(value), target))
        if isinstance(target, FloatType):
            assert isinstance(value, int | float)
            return self.make(node, target, self.fit(float(value), target, node))
        if isinstance(target, CharType) and isinstance(value, int):
            return self.make(node, target, chr(value & 0xFF))
        if type(value) in (bool, str):
            return self.make(node, target, value)
        raise NotConstant("E0400", "this is not constant", node)

    def aggregate(self, node: hir.TupleMake | hir.ArrayMake) -> hir.Expr:
        elements = [self.expr(element) for element in node.elements]
        return self.collect(node, elements)

    def collect(self, node: hir.TupleMake | hir.ArrayMake | hir.StructMake, elements: list[hir.Expr]) -> hir.Expr:
        if all(isinstance(element, hir.Constant) for element in elements):
            return self.make(node, zonk(self.type(node)), elements)
        if isinstance(node, hir.StructMake):
            return hir.StructMake(
                start=node.start, end=node.end, type=self.type(node), fields=list(enumerate(elements))
            )
        return type(node)(start=node.start, end=node.end, type=self.type(node), elements=elements)

    def struct(self, node: hir.StructMake) -> hir.Expr:
        fields = {number: self.expr(field) for number, field in node.fields}
        return self.collect(node, [fields[number] for number in sorted(fields)])

    def enum(self, node: hir.EnumMake) -> hir.Expr:
        fields = [(number, self.expr(field)) for number, field in node.fields]
        return hir.EnumMake(start=node.start, end=node.end, type=self.type(node), variant=node.variant, fields=fields)

    def fill(self, node: hir.ArrayFill) -> hir.Expr:
        value = self.expr(node.value)
        count = self.scalar(node.count).value
        assert isinstance(count, int)
        if count < 0:
            raise NotConstant("E0400", "an array cannot have a negative number of elements", node)
        if isinstance(value, hir.Constant) and count <= MAX_ELEMENTS:
            return self.make(node, zonk(self.type(node)), [value] * count)
        made = self.make(node.count, self.type(node.count), count)
        return hir.ArrayFill(start=node.start, end=node.end, type=self.type(node), value=value, count=made)

    def project(self, node: hir.Project) -> hir.Expr:
        value = self.expr(node.base)
        for step in node.steps:
            if not isinstance(value, hir.Constant) or not isinstance(value.value, list):
                raise NotConstant("E0400", "this is not constant", node)
            if isinstance(step, hir.FieldStep):
                value = value.value[step.index]
                continue
            index = self.scalar(step.index).value
            assert isinstance(index, int)
            if not 0 <= index < len(value.value):
                message = f"the index {index} is out of range: the length is {len(value.value)}"
                raise NotConstant("E0401", message, step)
            value = value.value[index]
        return value

    def branch(self, node: hir.If) -> hir.Expr:
        condition = self.scalar(node.condition)
        if node.otherwise is None:
            raise NotConstant("E0400", "this is not constant", node)
        return self.expr(node.then if condition.value else node.otherwise)

    def block(self, node: hir.Block) -> hir.Expr:
        if node.statements or node.value is None:
            raise NotConstant("E0400", "statements are not constant", node)
        return self.expr(node.value)

    def closure(self, node: hir.ClosureMake) -> hir.Expr:
        if node.captures:
            raise NotConstant("E0400", "a closure that captures something is not constant", node)
        return node

    def interpolation(self, node: hir.Interpolation) -> hir.Expr:
        text = ""
        for part in node.parts:
            if isinstance(part, str):
                text += part
                continue
            found = self.scalar(part.args[0]) if len(part.args) == 1 else None
            if found is None or not isinstance(found.value, str) or not isinstance(resolve(found.type), StructType):
                raise NotConstant("E0400", "this is not constant", node)
            text += found.value
        return self.make(node, self.type(node), text)


_METHODS = {
    hir.Constant: _Evaluator.constant,
    hir.Unary: _Evaluator.unary,
    hir.Binary: _Evaluator.binary,
    hir.Logical: _Evaluator.logical,
    hir.Cast: _Evaluator.cast,
    hir.TupleMake: _Evaluator.aggregate,
    hir.ArrayMake: _Evaluator.aggregate,
    hir.StructMake: _Evaluator.struct,
    hir.EnumMake: _Evaluator.enum,
    hir.ArrayFill: _Evaluator.fill,
    hir.Project: _Evaluator.project,
    hir.If: _Evaluator.branch,
    hir.Block: _Evaluator.block,
    hir.Interpolation: _Evaluator.interpolation,
    hir.ClosureMake: _Evaluator.closure,
}  # type: ignore[var-annotated]


def wrap(value: int, type_: IntType) -> int:
    """The value modulo the width of its type."""
    value &= (1 << type_.bits) - 1
    return value - (1 << type_.bits) if type_.signed and value > type_.maximum else value


def round_f32(value: float) -> float:
    """The nearest f32."""
    try:
        return struct.unpack("<f", struct.pack("<f", value))[0]
    except OverflowError:
        return math.copysign(math.inf, value)


def _compare(operator: str, left: object, right: object) -> bool:
    if operator == "==":
        return left == right
    if operator == "!=":
        return left != right
    assert isinstance(left, int | float | str) and isinstance(right, int | float | str)
    if operator == "<":
        return left < right  # type: ignore[operator]
    if operator == "<=":
        return left <= right  # type: ignore[operator]
    if operator == ">":
        return left > right  # type: ignore[operator]
    return left >= right  # type: ignore[operator]


def _float_operation(operator: str, left: float, right: float) -> float:
    try:
        if operator == "+":
            return left + right
        if operator == "-":
            return left - right
        if operator == "*":
            return left * right
        if operator == "%":
            return math.fmod(left, right)
        if operator == "**":
            return math.pow(left, right)
        return left / right
    except ZeroDivisionError:
        if left == 0 or math.isnan(left):
            return math.nan
        return math.copysign(math.inf, left) * math.copysign(1.0, right)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan
