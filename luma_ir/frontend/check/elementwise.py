"""Element-wise arithmetic: operators on arrays of numbers of one length, and on such an array and a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from luma_ir.frontend import ast, hir
from luma_ir.frontend.check.entities import FunctionInfo
from luma_ir.frontend.check.inference import TypeVar, resolve
from luma_ir.frontend.types import ArrayType, FixedType, FloatType, IntType, Type
from luma_ir.ir.diagnostics import Help

if TYPE_CHECKING:
    from luma_ir.frontend.check.expressions import Expressions

ELEMENTWISE = frozenset(["+", "-", "*", "/", "%", "**", "&", "|", "^"])
_BITS = frozenset(["&", "|", "^"])


def _numbers(type_: Type) -> Type | None:
    """The element type of an array of numbers; None for other types."""
    type_ = resolve(type_)
    if not isinstance(type_, ArrayType | FixedType):
        return None
    element = resolve(type_.element)
    is_number = isinstance(element, IntType | FloatType) or (type(element) is TypeVar and element.kind != "any")
    return element if is_number else None


def elementwise(self: Expressions, operator: str, lhs: hir.Expr, rhs: hir.Expr, node: ast.Node) -> hir.Expr | None:
    """An operator on arrays of numbers, or on one and a number; None when the operands are something else."""
    if operator not in ELEMENTWISE:
        return None
    left, right = _numbers(lhs.type), _numbers(rhs.type)
    element = left if left is not None else right
    if element is None:
        return None
    if left is not None and right is not None:
        if not self.unifier.try_unify(lhs.type, rhs.type):
            return None
    else:
        scalar = rhs if left is not None else lhs
        if not self._is_number(resolve(scalar.type)):
            return None
        if not self.unifier.try_unify(scalar.type, element) and not self.adapt(scalar, element):
            return None
    element = resolve(element)
    if operator in _BITS and not (isinstance(element, IntType) or (type(element) is TypeVar and element.kind == "int")):
        return None
    type_ = resolve(lhs.type if left is not None else rhs.type)
    return hir.Elementwise(
        start=node.start,
        end=node.end,
        type=type_,
        operator=operator,
        lhs=lhs,
        rhs=rhs,
        same_length=same_length(self, type_) if left is not None and right is not None else None,
    )


def elementwise_unary(self: Expressions, operator: str, value: hir.Expr, node: ast.Node) -> hir.Expr | None:
    """`-a` and `~a` of an array of numbers; None when the operand is something else."""
    element = _numbers(value.type)
    if element is None:
        return None
    kind = element.kind if type(element) is TypeVar else ""
    is_int = isinstance(element, IntType) or kind == "int"
    if operator == "-":
        fits = not isinstance(element, IntType) or element.signed
    else:
        fits = operator == "~" and is_int
    if not fits:
        return None
    type_ = resolve(value.type)
    return hir.Elementwise(
        start=node.start, end=node.end, type=type_, operator=operator, lhs=value, rhs=None, same_length=None
    )


def elementwise_helps(
    self: Expressions, operator: str, lhs: hir.Expr, rhs: hir.Expr, node: ast.BinaryExpr
) -> list[Help | str]:
    """Ways out for operands of which at least one is an array of numbers, and that do not fit each other."""
    left, right = _numbers(lhs.type), _numbers(rhs.type)
    if operator not in ELEMENTWISE or (left is None and right is None):
        return []
    if left is not None and right is not None:
        kinds = {type(resolve(lhs.type)), type(resolve(rhs.type))}
        if len(kinds) == 2:
            fixed = node.lhs if isinstance(resolve(lhs.type), FixedType) else node.rhs
            return [self.insert("a slice of a fixed array is a growable one", fixed.end, "[..]")]
        if kinds == {FixedType} and left == right:
            return ["arithmetic on arrays needs as many elements of each"]
        other, target = (node.rhs, left) if not isinstance(right, FloatType) else (node.lhs, right)
        return [f"convert the elements: `[x as {target} for x in {self.text(other)}]`"]
    scalar, element = (node.rhs, left) if left is not None else (node.lhs, right)
    value = rhs if left is not None else lhs
    assert element is not None
    return self._conversion(resolve(value.type), element, scalar, value) if self._is_number(resolve(value.type)) else []


def same_length(self: Expressions, type_: Type) -> hir.FunctionRef | None:
    """The library's check that two growable arrays are of one length; None for fixed arrays, whose types say so."""
    if isinstance(type_, FixedType):
        return None
    found = self.program.library_item("std.array", "same_length")
    if not isinstance(found, FunctionInfo):
        return None
    function = self.program.function(found).function
    return hir.FunctionRef(function) if function is not None else None
