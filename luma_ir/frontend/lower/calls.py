"""Calls: of functions, of trait methods, and of ops that `#[op]` names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from xdsl.dialects.builtin import IntegerAttr, StringAttr, SymbolRefAttr, UnitAttr
from xdsl.ir import Attribute, Operation, SSAValue
from xdsl.irdl import AttrSizedOperandSegments, IRDLOperation, OptOperandDef, VarOperandDef
from xdsl.traits import IsTerminator
from xdsl.utils.exceptions import VerifyException

from luma_ir.dialects import luma
from luma_ir.frontend import hir, types
from luma_ir.frontend.lower.core import FunctionLowering, lowers
from luma_ir.frontend.lower.places import InoutPlace, evaluate_path
from luma_ir.frontend.lower.types import substitute
from luma_ir.ir.diagnostics import Diagnostic, InternalError, Severity, current_engine
from luma_ir.ir.fast import append, make
from luma_ir.ir.intern import (
    F64,
    I64,
    UNIT,
    array,
    bool_attr,
    dense_i32,
    dense_i64,
    float_attr,
    int_attr,
    intern,
    string_attr,
    symbol,
)

if TYPE_CHECKING:
    from xdsl.irdl import OpDef

_INOUT_FIRST: frozenset[type[Operation]] = frozenset({luma.ArrayPopOp})
"""Ops whose results have the changed array in front of the ordinary result."""


def evaluate_args(
    low: FunctionLowering, args: Sequence[hir.Arg]
) -> tuple[list[SSAValue | None], list[InoutPlace | None]]:
    """Evaluate arguments in order; per parameter an operand or the place for it."""
    operands: list[SSAValue | None] = [None] * len(args)
    places: list[InoutPlace | None] = [None] * len(args)
    for arg in args:
        if type(arg) is hir.ValueArg:
            operands[arg.param] = low.operand(arg.value)
        else:
            assert isinstance(arg, hir.InoutArg)
            places[arg.param] = InoutPlace(arg.place.root, evaluate_path(low, arg.place.steps))
    return operands, places


def begin_places(
    low: FunctionLowering, operands: list[SSAValue | None], places: list[InoutPlace | None]
) -> tuple[list[SSAValue], list[InoutPlace]]:
    """Check all places, then move them out; the operands are complete afterwards."""
    inout = [place for place in places if place is not None]
    for place in inout:
        place.check(low)
    complete = [
        place.begin(low) if place is not None else operand for operand, place in zip(operands, places, strict=True)
    ]
    return [value for value in complete if value is not None], inout


def end_places(low: FunctionLowering, inout: list[InoutPlace], values: Sequence[SSAValue]) -> None:
    """Put the new values of places back."""
    # Like parentheses: what was moved out last is put back first.
    for place, value in reversed(list(zip(inout, values, strict=True))):
        place.end(low, value)


def result_of(callee: hir.Callee) -> types.Type:
    """The result type of a callee, with type arguments put in."""
    if isinstance(callee, hir.FunctionRef):
        function = callee.function
        return substitute(function.result, dict(zip(function.type_params, callee.type_args, strict=False)))
    return callee.result


def emit_call(
    low: FunctionLowering,
    callee: hir.Callee,
    operands: Sequence[SSAValue],
    inout: Sequence[SSAValue] = (),
    result: types.Type | None = None,
) -> tuple[SSAValue | None, Sequence[SSAValue]]:
    """
    Emit a call.

    Args:
        operands: all arguments in order, the `inout` ones among them.
        inout: the `inout` ones again.
        result: the type of the value when the caller knows it.
    Returns:
        The value, if there is one, and the new values of the `inout` arguments.
    Raises:
        Diverged: the function does not return.
    """
    declared = callee.function.result if isinstance(callee, hir.FunctionRef) else callee.result
    has_value = declared is not types.UNIT and declared is not types.NEVER
    has_value = has_value and declared != types.UNIT and declared != types.NEVER
    result_types: list[Attribute] = []
    if has_value:
        result_types.append(low.lower_type(result_of(callee) if result is None else result))
    result_types += [value.type for value in inout]
    if isinstance(callee, hir.FunctionRef):
        properties: dict[str, Attribute] = {"callee": symbol(callee.function.symbol)}
        if callee.type_args:
            properties["type_args"] = array([low.shared.types.source(arg) for arg in callee.type_args])
        op = low.emit(luma.CallOp, operands, result_types, properties)
    else:
        properties = {
            "trait": symbol(callee.trait),
            "method": string_attr(callee.method),
            "self_type": low.shared.types.source(callee.self_type),
        }
        for name, args in (("trait_args", callee.trait_args), ("type_args", callee.type_args)):
            if args:
                properties[name] = array([low.shared.types.source(arg) for arg in args])
        if any(callee.inout):
            properties["inout"] = dense_i64([number for number, inout in enumerate(callee.inout) if inout])
        op = low.emit(luma.TraitCallOp, operands, result_types, properties)
    if isinstance(declared, types.NeverType):
        low.end(luma.UnreachableOp)
    return (op.results[0] if has_value else None), op.results[1:] if has_value else op.results


@lowers(hir.Call)
def lower_call(low: FunctionLowering, node: hir.Call) -> SSAValue | None:
    """Arguments in source order, then checks of `inout` places, then the call."""
    operands, places = evaluate_args(low, node.args)
    low.at(node)
    values, inout = begin_places(low, operands, places)
    changed = [values[param] for param, place in enumerate(places) if place is not None]
    result, new = emit_call(low, node.callee, values, changed, node.type)
    end_places(low, inout, new)
    return result


@lowers(hir.OpCall)
def lower_op_call(low: FunctionLowering, node: hir.OpCall) -> SSAValue | None:
    """
    Build the named op: operands are the arguments, results the result and then the `inout` arguments.

    An op with several results gives a tuple of them.
    """
    operands, places = evaluate_args(low, node.args)
    low.at(node)
    values, inout = begin_places(low, operands, places)
    changed = [values[param].type for param, place in enumerate(places) if place is not None]
    cls = op_class(low, node.op_name)
    has_value = node.type != types.UNIT and node.type != types.NEVER
    several = _gives_several(cls, node.type)
    if several:
        assert isinstance(node.type, types.TupleType)
        ordinary = [low.lower_type(element) for element in node.type.elements]
    else:
        ordinary = [low.lower_type(node.type)] if has_value else []
    swapped = cls in _INOUT_FIRST
    result_types = [*changed, *ordinary] if swapped else [*ordinary, *changed]
    if node.op_name.startswith("llvm."):
        values = [_to_llvm(low, value) for value in values]
        made_types = [_llvm_pointer() if isinstance(kind, luma.PtrType) else kind for kind in result_types]
    else:
        made_types = result_types
    properties, attributes = _op_attributes(low, cls, node.attributes, values)
    op = make(cls, values, made_types, properties, attributes=attributes, location=low.location)
    append(low.block, op)
    _verify_bound(low, op, node)
    if any(isinstance(trait, IsTerminator) for trait in cls.traits):
        from luma_ir.frontend.lower.core import Diverged

        raise Diverged
    results = [
        value if value.type is kind else low.value(luma.PtrCastOp, (value,), kind)
        for value, kind in zip(op.results, result_types, strict=True)
    ]
    new = results[: len(changed)] if swapped else results[len(ordinary) :]
    end_places(low, inout, new)
    if node.type == types.NEVER:
        low.end(luma.UnreachableOp)
    if several:
        return low.value(luma.TupleMakeOp, tuple(results[: len(ordinary)]), low.lower_type(node.type))
    return (results[-1] if swapped else results[0]) if has_value else None


def _verify_bound(low: FunctionLowering, op: Operation, node: hir.OpCall) -> None:
    """Report an op that does not accept what the function bound to it declares; each combination is checked once."""
    key = (node.op_name, tuple([value.type for value in op.operands]), tuple([value.type for value in op.results]))
    if key in low.shared.verified_ops:
        return
    low.shared.verified_ops.add(key)
    if any("!luma.param" in str(type_) for type_ in (*key[1], *key[2])):
        return
    try:
        op.verify(verify_nested_ops=False)
    except VerifyException as error:
        reason = str(error).strip().splitlines()[-1]
        message = f"the operation `{node.op_name}` does not accept these operands and results: {reason}"
        current_engine().emit(Diagnostic(Severity.ERROR, "E0115", message, None, low.location))


def _gives_several(cls: type[Operation], type_: types.Type) -> bool:
    """Whether the elements of a tuple are the results of an op, one each."""
    if not isinstance(type_, types.TupleType) or not issubclass(cls, IRDLOperation):
        return False
    return len(cls.get_irdl_definition().results) == len(type_.elements) > 1


def _llvm_pointer() -> Attribute:
    from xdsl.dialects.llvm import LLVMPointerType

    return intern(LLVMPointerType())


def _to_llvm(low: FunctionLowering, value: SSAValue) -> SSAValue:
    """An operand for an op of the `llvm` dialect, which has pointers of its own."""
    return low.value(luma.PtrCastOp, (value,), _llvm_pointer()) if isinstance(value.type, luma.PtrType) else value


def op_class(low: FunctionLowering, name: str) -> type[Operation]:
    """
    The class of an op of any registered dialect.

    Raises:
        InternalError: there is none, which the checker should have reported.
    """
    classes = low.shared.op_classes
    found = classes.get(name)
    if found is None:
        found = low.shared.context.get_optional_op(name)
        if found is None:
            raise InternalError(f"op `{name}` is not registered")
        classes[name] = found
    return found


def _op_attributes(
    low: FunctionLowering,
    cls: type[Operation],
    given: dict[str, int | float | bool | str],
    values: Sequence[SSAValue],
) -> tuple[dict[str, Attribute], dict[str, Attribute]]:
    """The properties and the attributes of an op: what the op defines as a property becomes one."""
    properties: dict[str, Attribute] = {}
    attributes: dict[str, Attribute] = {}
    definition = cls.get_irdl_definition() if issubclass(cls, IRDLOperation) else None
    for name, value in given.items():
        target, constraint = attributes, None
        if definition is not None:
            accessor = definition.accessor_names.get(name, (name, "property"))[0]
            if accessor in definition.properties:
                target, constraint, name = properties, definition.properties[accessor].constr, accessor
            elif name in definition.attributes:
                constraint = definition.attributes[name].constr
        bases = constraint.get_bases() if constraint is not None else None
        attr = _attribute(low, value, bases)
        if attr is not None:
            target[name] = attr
    if definition is not None:
        _add_segments(definition, properties, attributes, len(values))
    return properties, attributes


def _attribute(
    low: FunctionLowering, value: int | float | bool | str, bases: set[type[Attribute]] | None
) -> Attribute | None:
    """A source value as an attribute, of the kind that the op wants; None for a unit attribute that is not set."""
    if isinstance(value, bool):
        if bases is not None and UnitAttr in bases:
            return UNIT if value else None
        return bool_attr(value)
    if isinstance(value, int):
        return int_attr(value, I64)
    if isinstance(value, float):
        return float_attr(value, F64)
    if bases is None or StringAttr in bases:
        return string_attr(value)
    if SymbolRefAttr in bases:
        return symbol(value)
    # Any other attribute is written as IR text, e.g. "#arith.fastmath<fast>" or "3 : i32".
    from xdsl.parser import Parser

    parser = Parser(low.shared.context, value)
    if IntegerAttr not in bases and not value.startswith(("#", "[", "{", "dense", "array")):
        for base in bases:
            parse = getattr(base, "parse_parameter", None)
            if parse is not None:
                return base.new(parse(parser))  # pyright: ignore[reportAttributeAccessIssue]
    return parser.parse_attribute()


def _add_segments(
    definition: OpDef, properties: dict[str, Attribute], attributes: dict[str, Attribute], count: int
) -> None:
    """Say how many operands belong to each group, for ops with several groups; optional ones are filled in order."""
    option = next((each for each in definition.options if isinstance(each, AttrSizedOperandSegments)), None)
    if option is None:
        return
    sizes: list[int] = []
    fixed = sum(not isinstance(each, VarOperandDef) for _, each in definition.operands)
    spare = count - fixed
    for _, each in definition.operands:
        if isinstance(each, OptOperandDef):
            sizes.append(1 if spare > 0 else 0)
            spare -= sizes[-1]
        elif isinstance(each, VarOperandDef):
            sizes.append(max(spare, 0))
            spare = 0
        else:
            sizes.append(1)
    target = properties if option.as_property else attributes
    target[option.attribute_name] = dense_i32(sizes)
