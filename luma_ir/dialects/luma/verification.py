"""
What the verifiers of several `luma` ops share: types against types, and types against the definitions of the module.

All raise `VerifyException` with a message that names both sides. A struct or enum that the module does not define is
taken on trust, so that a piece of a program can be looked at by itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects.builtin import ArrayAttr, FunctionType, StringAttr
from xdsl.ir import Attribute, Operation, ParametrizedAttribute, TypeAttribute
from xdsl.utils.exceptions import VerifyException

from luma_ir.dialects.luma.layouts import Definitions, erase, is_concrete, nominal_name, type_param_names
from luma_ir.dialects.luma.types import (
    INDEX_STEP,
    ArrayType,
    AssocType,
    ClosureType,
    EnumType,
    FixedType,
    ParamType,
    PtrType,
    StructType,
    TupleType,
)
from luma_ir.ir.interfaces import symbol_table
from luma_ir.ir.symbol_scope import SymbolScope


def definitions_in(scope: SymbolScope) -> Definitions:
    """The structs and enums that ops in a scope may name."""
    return scope.remember(Definitions.of)


def symbols_in(scope: SymbolScope) -> dict[str, Operation]:
    """All symbols that ops in a scope may name."""
    return scope.remember(symbol_table)  # pyright: ignore[reportArgumentType]


def type_list(types: Sequence[Attribute]) -> str:
    """Types as a message shows them."""
    return f"({', '.join(map(str, types))})"


def _fits(found: Attribute, expected: Attribute) -> bool:
    """Whether types are equal, but for associated types of known bases, which `luma-monomorphize` finds out."""
    if found is expected or found == expected:
        return True
    if isinstance(expected, AssocType) or isinstance(found, AssocType):
        return not _has_param(expected) and not _has_param(found)
    if isinstance(expected, ArrayAttr) and isinstance(found, ArrayAttr):
        return len(found.data) == len(expected.data) and all(map(_fits, found.data, expected.data))
    if type(found) is not type(expected) or not isinstance(found, ParametrizedAttribute):
        return False
    return bool(found.parameters) and all(map(_fits, found.parameters, expected.parameters))  # type: ignore[attr-defined]


def _has_param(type: Attribute) -> bool:
    if isinstance(type, AssocType):
        return any(map(_has_param, type.types.data))
    return isinstance(type, ParamType) or not is_concrete(type)


def require_types(what: str, found: Sequence[Attribute], expected: Sequence[Attribute], *details: object) -> None:
    """
    Fail unless two lists of types are equal. `what` says, in the plural, whose types `found` are, with places `{}` for
    the `details`, which are made into text only when needed.
    """
    if len(found) != len(expected):
        types = f"{len(expected)} needed, of types {type_list(expected)}"
        raise VerifyException(f"{what.format(*details)}: {len(found)} given, {types}")
    if tuple(found) != tuple(expected) and not all(map(_fits, found, expected)):
        raise VerifyException(f"{what.format(*details)} have types {type_list(found)}, not {type_list(expected)}")


def require_type(what: str, found: Attribute, expected: Attribute, *details: object) -> None:
    """Fail unless two types are equal; `what` and `details` as for `require_types`."""
    if found is not expected and not _fits(found, expected):
        raise VerifyException(f"{what.format(*details)} has type `{found}`, not `{expected}`")


def element_of(what: str, type: Attribute) -> Attribute:
    """The type of the elements of an array or fixed array; fails for any other type."""
    if not isinstance(type, ArrayType | FixedType):
        raise VerifyException(f"{what} has type `{type}`, which is no array")
    return type.element


def _require_arguments(type: StructType | EnumType, definition: Operation) -> None:
    wanted = len(type_param_names(definition))
    if len(type.args.data) != wanted:
        raise VerifyException(f"`{type}` has {len(type.args.data)} type arguments, its definition takes {wanted}")


def struct_fields(definitions: Definitions, type: StructType) -> tuple[Attribute, ...] | None:
    """The types of a struct's fields; None when the module does not define it."""
    definition = definitions.structs.get(nominal_name(type))
    if definition is None:
        if nominal_name(type) in definitions.enums:
            raise VerifyException(f"`{type}` names an enum")
        return None
    _require_arguments(type, definition)
    return definitions.field_types(type)


def enum_payloads(definitions: Definitions, type: EnumType) -> tuple[tuple[Attribute, ...], ...] | None:
    """The types of the fields of each variant of an enum; None when the module does not define it."""
    definition = definitions.enums.get(nominal_name(type))
    if definition is None:
        if nominal_name(type) in definitions.structs:
            raise VerifyException(f"`{type}` names a struct")
        return None
    _require_arguments(type, definition)
    return definitions.payload_types(type)


def variant_payload(definitions: Definitions, type: EnumType, variant: int) -> tuple[Attribute, ...] | None:
    """The types of the fields of one variant; None when the module does not define the enum."""
    payloads = enum_payloads(definitions, type)
    if payloads is None:
        return None
    if variant >= len(payloads):
        raise VerifyException(f"variant {variant} of `{type}`, which has {len(payloads)} variants")
    return payloads[variant]


def place_type(definitions: Definitions, root: Attribute, steps: Sequence[int]) -> Attribute | None:
    """The type of what a path leads to; None when it passes through a struct that the module does not define."""
    type = root
    for number, step in enumerate(steps):
        if step == INDEX_STEP:
            if not isinstance(type, ArrayType | FixedType):
                raise VerifyException(f"step {number} of the path indexes `{type}`, which is no array")
            type = type.element
            continue
        if isinstance(type, TupleType):
            fields = type.elements.data
        elif isinstance(type, StructType):
            fields = struct_fields(definitions, type)
            if fields is None:
                return None
        else:
            raise VerifyException(f"step {number} of the path selects a field of `{type}`, which has no fields")
        if step >= len(fields):
            raise VerifyException(
                f"step {number} of the path selects field {step} of `{type}`, which has {len(fields)}"
            )
        type = fields[step]
    return type


def require_names(what: str, names: Attribute | None) -> tuple[str, ...]:
    """The strings of a list of names; fails unless they are strings, none of them twice."""
    if names is None:
        return ()
    found: list[str] = []
    for name in names.data if isinstance(names, ArrayAttr) else ():
        if not isinstance(name, StringAttr):
            raise VerifyException(f"`{what}` holds `{name}`, which is no string")
        if name.data in found:
            raise VerifyException(f"`{what}` holds `{name.data}` twice")
        found.append(name.data)
    return tuple(found)


def require_field_types(
    what: str, types: Sequence[Attribute], sources: Sequence[Attribute] | None, params: Sequence[str]
) -> None:
    """
    Check the types of a definition's fields: they are types, use no other type parameters than the definition's, and
    are what the source types, if given, become.
    """
    for type in types:
        if not isinstance(type, TypeAttribute):
            raise VerifyException(f"`{type}` in {what} is no type")
        for name in _param_names(type):
            if name not in params:
                raise VerifyException(f"the type parameter `{name}` in {what} is not declared in `type_params`")
    if sources is not None:
        require_types(f"the source types of {what}", [erase(source) for source in sources], types)


def _param_names(type: Attribute) -> list[str]:
    """The type parameters that occur in a type."""
    if isinstance(type, ParamType):
        return [type.param.data]
    parts: Sequence[Attribute] = ()
    if isinstance(type, ArrayType | FixedType | PtrType):
        parts = (type.element,)
    elif isinstance(type, StructType | EnumType):
        parts = type.args.data
    elif isinstance(type, TupleType):
        parts = type.elements.data
    elif isinstance(type, ClosureType):
        parts = (type.signature,)
    elif isinstance(type, FunctionType):
        parts = (*type.inputs.data, *type.outputs.data)
    return [name for part in parts for name in _param_names(part)]
