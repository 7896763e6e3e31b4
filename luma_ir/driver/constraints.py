"""Constraints of op definitions as a reader of the reference sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdsl.dialects.builtin import ArrayOfConstraint
from xdsl.ir import Attribute, TypeAttribute
from xdsl.irdl import (
    AllOf,
    AnyAttr,
    AnyOf,
    AttrConstraint,
    BaseAttr,
    EqAttrConstraint,
    MessageConstraint,
    ParamAttrConstraint,
    RangeConstraint,
    RangeLengthConstraint,
    RangeOf,
    VarConstraint,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

_PLAIN = {
    "ArrayAttr": "array",
    "DenseArrayBase": "dense array",
    "DenseIntOrFPElementsAttr": "dense elements",
    "DictionaryAttr": "dictionary",
    "FloatAttr": "float",
    "FunctionType": "function type",
    "IntegerAttr": "integer",
    "IntegerType": "integer type",
    "StringAttr": "string",
    "SymbolNameConstraint": "symbol name",
    "SymbolRefAttr": "symbol",
    "UnitAttr": "flag",
    "VectorType": "vector",
}
_FLOATS = {"BFloat16Type", "Float16Type", "Float32Type", "Float64Type", "Float80Type", "Float128Type"}


def constraint_text(constraint: AttrConstraint | RangeConstraint) -> str:
    """A constraint in words and types; "any" where everything is allowed."""
    if isinstance(constraint, RangeLengthConstraint):
        return constraint_text(constraint.constraint)
    if isinstance(constraint, RangeOf):
        return constraint_text(constraint.constr)
    if isinstance(constraint, AnyAttr):
        return "any"
    if isinstance(constraint, EqAttrConstraint):
        return f"`{constraint.attr}`"
    if isinstance(constraint, BaseAttr):
        return _class_text(constraint.attr)
    if isinstance(constraint, VarConstraint):
        return f"{constraint_text(constraint.constraint)}, the same as every `{constraint.name}`"
    if isinstance(constraint, MessageConstraint):
        return constraint_text(constraint.constr)
    if isinstance(constraint, AnyOf):
        return _choices(constraint.attr_constrs)
    if isinstance(constraint, AllOf):
        equal = [one for one in constraint.attr_constrs if isinstance(one, EqAttrConstraint)]
        return " and ".join(map(constraint_text, equal or constraint.attr_constrs))
    if isinstance(constraint, ArrayOfConstraint):
        return f"array of {constraint_text(constraint.elem_range_constraint)}"
    if isinstance(constraint, ParamAttrConstraint):
        return _with_parameters(constraint)
    return _PLAIN.get(type(constraint).__name__, type(constraint).__name__)


def _choices(constraints: Iterable[AttrConstraint]) -> str:
    constraints = list(constraints)
    bases = {one.attr.__name__ for one in constraints if isinstance(one, BaseAttr)}
    equal = {type(one.attr).__name__ for one in constraints if isinstance(one, EqAttrConstraint)}
    if len(bases | equal) == len(constraints) and bases | equal <= _FLOATS:
        return "float type"
    return " or ".join(dict.fromkeys(map(constraint_text, constraints)))


def _with_parameters(constraint: ParamAttrConstraint) -> str:
    base = _class_text(constraint.base_attr)
    if base != "integer":
        return base
    type_text = constraint_text(constraint.param_constrs[1])
    return base if type_text == "any" else f"{base} of type {type_text}"


def _class_text(cls: type[Attribute]) -> str:
    plain = _PLAIN.get(cls.__name__)
    if plain is not None:
        return plain
    sigil = "!" if issubclass(cls, TypeAttribute) else "#"
    return f"`{sigil}{cls.name}`"
