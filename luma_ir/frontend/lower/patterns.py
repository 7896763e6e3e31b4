"""
Patterns: testing a value, then binding its parts.

Testing emits no code that is undefined for values that do not match: the payload of a variant is only looked at in the
branch where the variant is known.
"""

from __future__ import annotations

from collections.abc import Callable

from xdsl.dialects import arith, scf
from xdsl.ir import Attribute, SSAValue

from luma_ir.dialects import luma
from luma_ir.frontend import hir, types
from luma_ir.frontend.lower.arithmetic import EQ, SGE, binary, scalar
from luma_ir.frontend.lower.calls import emit_call
from luma_ir.frontend.lower.core import FunctionLowering
from luma_ir.frontend.lower.places import get, length
from luma_ir.ir.fast import new_block, new_region
from luma_ir.ir.intern import I1, I64, array, int_attr, intern

Element = SSAValue | list["Element"]
"""A value, or a tuple of them that is only made when somebody wants it whole."""


def element_of(low: FunctionLowering, node: hir.Expr) -> Element:
    """Lower an expression that will be taken apart: a tuple expression is not made into a tuple."""
    if type(node) is hir.TupleMake and node.elements:
        return [element_of(low, element) for element in node.elements]
    return low.operand(node)


def whole(low: FunctionLowering, element: Element) -> SSAValue:
    """The element as one value."""
    if not isinstance(element, list):
        return element
    parts = [whole(low, part) for part in element]
    kind = intern(luma.TupleType(array([part.type for part in parts])))
    return low.value(luma.TupleMakeOp, parts, kind)


def bind(low: FunctionLowering, pattern: hir.Pattern, element: Element) -> None:
    """Bind the locals of a pattern that is known to match."""
    kind = type(pattern)
    if kind is hir.BindPattern:
        assert isinstance(pattern, hir.BindPattern)
        value = whole(low, element)
        low.define(pattern.local, value)
        if pattern.inner is not None:
            bind(low, pattern.inner, value)
    elif kind is hir.TuplePattern:
        assert isinstance(pattern, hir.TuplePattern)
        for index, inner in pattern.fields:
            if type(inner) is not hir.WildcardPattern:
                bind(low, inner, part(low, pattern, element, index))
    elif kind is hir.VariantPattern:
        assert isinstance(pattern, hir.VariantPattern)
        for index, inner in pattern.fields:
            if _binds(inner):
                bind(low, inner, payload(low, pattern, whole(low, element), index))
    elif kind is hir.ArrayPattern:
        assert isinstance(pattern, hir.ArrayPattern)
        _bind_elements(low, pattern, whole(low, element))
    elif kind is hir.OrPattern:
        assert isinstance(pattern, hir.OrPattern)
        if _binds(pattern):
            _bind_alternative(low, pattern.alternatives, whole(low, element))


def _bind_elements(low: FunctionLowering, pattern: hir.ArrayPattern, array: SSAValue) -> None:
    """Bind the elements and the rest of an array that is known to be long enough."""
    for number, inner in _element_fields(pattern):
        if _binds(inner):
            low.at(inner)
            bind(low, inner, element_at(low, array, number))
    if pattern.rest is not None and _binds(pattern.rest):
        low.at(pattern.rest)
        end = length(low, array)
        if pattern.after:
            end = low.value(arith.SubiOp, (end, low.integer(len(pattern.after))), I64)
        kind = intern(luma.ArrayType(array.type.element))  # pyright: ignore[reportAttributeAccessIssue]
        bind(low, pattern.rest, low.value(luma.ArraySliceOp, (array, low.integer(len(pattern.before)), end), kind))


def _bind_alternative(low: FunctionLowering, alternatives: list[hir.Pattern], value: SSAValue) -> None:
    """Bind by the first alternative that matches; the tests before are repeated, which costs nothing in the end."""
    from luma_ir.frontend.lower.analysis import NOTHING
    from luma_ir.frontend.lower.control import branch

    first, *rest = alternatives
    found = test(low, first, value) if rest else None
    if found is None:
        bind(low, first, value)
        return
    bound = [local for local in locals_of(first) if not local.addressed]
    for local in bound:
        low.env[local] = low.value(luma.UndefOp, (), low.lower_type(local.type))

    def then() -> None:
        bind(low, first, value)

    def otherwise() -> None:
        _bind_alternative(low, rest, value)

    branch(low, found, then, otherwise, NOTHING, also=bound)


def _element_fields(pattern: hir.ArrayPattern) -> list[tuple[int, hir.Pattern]]:
    """The patterns of elements with their places, from the end where that is negative."""
    count = len(pattern.after)
    return [*enumerate(pattern.before), *[(number - count, inner) for number, inner in enumerate(pattern.after)]]


def element_at(low: FunctionLowering, array: SSAValue, number: int) -> SSAValue:
    """An element of an array that has it; counted from the end when `number` is negative."""
    if number >= 0:
        index = low.integer(number)
    elif isinstance(array.type, luma.FixedType):
        index = low.integer(array.type.size.data + number)
    else:
        index = low.value(arith.SubiOp, (length(low, array), low.integer(-number)), I64)
    return get(low, array, (luma.INDEX_STEP,), [index])


def part(low: FunctionLowering, pattern: hir.TuplePattern, element: Element, index: int) -> Element:
    """A field of a tuple or struct."""
    if isinstance(element, list):
        return element[index]
    low.at(pattern)
    return get(low, element, (index,), [])


def payload(low: FunctionLowering, pattern: hir.VariantPattern, value: SSAValue, index: int) -> SSAValue:
    """A field of the variant that a value is known to be."""
    low.at(pattern)
    return enum_get(low, value, pattern.variant, index)


def enum_get(low: FunctionLowering, value: SSAValue, variant: int, index: int) -> SSAValue:
    """A field of an enum value of a known variant."""
    assert isinstance(value.type, luma.EnumType)
    result = low.shared.definitions.payload_types(value.type)[variant][index]
    properties: dict[str, Attribute] = {"variant": int_attr(variant, I64), "field": int_attr(index, I64)}
    return low.value(luma.EnumGetOp, (value,), result, properties)


def _binds(pattern: hir.Pattern) -> bool:
    """Tell whether a pattern has locals."""
    if isinstance(pattern, hir.TuplePattern | hir.VariantPattern):
        return any(_binds(inner) for _, inner in pattern.fields)
    if isinstance(pattern, hir.ArrayPattern):
        return any(map(_binds, _parts(pattern)))
    if isinstance(pattern, hir.OrPattern):
        return _binds(pattern.alternatives[0])
    return isinstance(pattern, hir.BindPattern)


def _parts(pattern: hir.ArrayPattern) -> list[hir.Pattern]:
    rest = [pattern.rest] if pattern.rest is not None else []
    return [*pattern.before, *rest, *pattern.after]


def locals_of(pattern: hir.Pattern) -> list[hir.Local]:
    """The locals that a pattern binds, in order."""
    if isinstance(pattern, hir.BindPattern):
        return [pattern.local, *(locals_of(pattern.inner) if pattern.inner is not None else ())]
    if isinstance(pattern, hir.TuplePattern | hir.VariantPattern):
        return [local for _, inner in pattern.fields for local in locals_of(inner)]
    if isinstance(pattern, hir.ArrayPattern):
        return [local for inner in _parts(pattern) for local in locals_of(inner)]
    return locals_of(pattern.alternatives[0]) if isinstance(pattern, hir.OrPattern) else []


def test(low: FunctionLowering, pattern: hir.Pattern, value: SSAValue) -> SSAValue | None:
    """Emit the test whether a value matches; None when every value does."""
    match pattern:
        case hir.BindPattern():
            return test(low, pattern.inner, value) if pattern.inner is not None else None
        case hir.TuplePattern():
            return _test_fields(low, pattern.fields, lambda index: get(low, value, (index,), []), None)
        case hir.VariantPattern():
            low.at(pattern)
            found = low.value(luma.EnumIsOp, (value,), I1, {"variant": int_attr(pattern.variant, I64)})
            return _test_fields(low, pattern.fields, lambda index: payload(low, pattern, value, index), found)
        case hir.ConstantPattern():
            low.at(pattern)
            return _equals(low, pattern, value)
        case hir.RangePattern():
            low.at(pattern)
            return _in_range(low, pattern, value)
        case hir.OrPattern():
            return _any(low, pattern.alternatives, value)
        case hir.ArrayPattern():
            low.at(pattern)
            return _test_array(low, pattern, value)
    return None


def _test_array(low: FunctionLowering, pattern: hir.ArrayPattern, array: SSAValue) -> SSAValue | None:
    """First the length, then, where it fits, the elements."""
    fits: SSAValue | None = None
    count = len(pattern.before) + len(pattern.after)
    if not isinstance(array.type, luma.FixedType) and (count or pattern.rest is None):
        predicate = EQ if pattern.rest is None else SGE
        fits = low.compare(predicate, length(low, array), low.integer(count))
    return _test_fields(low, _element_fields(pattern), lambda number: element_at(low, array, number), fits)


def _test_fields(
    low: FunctionLowering,
    fields: list[tuple[int, hir.Pattern]],
    read: Callable[[int], SSAValue],
    known: SSAValue | None,
) -> SSAValue | None:
    """Test sub-patterns one inside the other; `known` is what must hold before a field may be read."""
    for position, (index, inner) in enumerate(fields):
        if irrefutable(inner):
            continue
        rest = fields[position + 1 :]

        def emit(index: int = index, inner: hir.Pattern = inner, rest: list = rest) -> SSAValue | None:
            first = test(low, inner, read(index))
            return _test_fields(low, rest, read, first)

        return emit() if known is None else _and_then(low, known, emit)
    return known


def irrefutable(pattern: hir.Pattern) -> bool:
    """Tell whether a pattern matches every value."""
    match pattern:
        case hir.WildcardPattern():
            return True
        case hir.BindPattern():
            return pattern.inner is None or irrefutable(pattern.inner)
        case hir.TuplePattern():
            return all(irrefutable(inner) for _, inner in pattern.fields)
    return False


def _and_then(low: FunctionLowering, condition: SSAValue, emit: Callable[[], SSAValue | None]) -> SSAValue:
    return _choose(low, condition, emit, lambda: low.boolean(False))


def _choose(
    low: FunctionLowering,
    condition: SSAValue,
    then: Callable[[], SSAValue | None],
    otherwise: Callable[[], SSAValue | None],
) -> SSAValue:
    """An `scf.if` with a truth value."""
    regions = []
    for emit in (then, otherwise):
        block = new_block()

        def run(emit: Callable[[], SSAValue | None] = emit) -> None:
            value = emit()
            low.emit(scf.YieldOp, (low.boolean(True) if value is None else value,))

        low.into(block, run)
        regions.append(new_region(block))
    from luma_ir.ir.fast import append, make

    op = append(low.block, make(scf.IfOp, (condition,), (I1,), regions=regions, location=low.location))
    return op.results[0]


def _any(low: FunctionLowering, alternatives: list[hir.Pattern], value: SSAValue) -> SSAValue | None:
    first, *rest = alternatives
    found = test(low, first, value)
    if found is None or not rest:
        return found
    if all(isinstance(each, hir.ConstantPattern) and each.equal is None for each in rest):
        for each in rest:
            more = test(low, each, value)
            assert more is not None
            found = low.value(arith.OrIOp, (found, more), I1)
        return found
    return _choose(low, found, lambda: low.boolean(True), lambda: _any(low, rest, value))


def _equals(low: FunctionLowering, pattern: hir.ConstantPattern, value: SSAValue) -> SSAValue:
    from luma_ir.frontend.lower.values import constant

    expected = constant(low, pattern.value)
    if pattern.equal is not None:
        found, _ = emit_call(low, pattern.equal, (value, expected), (), types.BOOL)
        assert found is not None
        return found
    return binary(low, "==", value, expected, pattern.value.type, pattern.value.type)


def _in_range(low: FunctionLowering, pattern: hir.RangePattern, value: SSAValue) -> SSAValue:
    found: SSAValue | None = None
    for bound, operator in ((pattern.low, ">="), (pattern.high, "<=" if pattern.inclusive else "<")):
        if bound is None:
            continue
        limit = scalar(low, bound.value, bound.type)  # pyright: ignore[reportArgumentType]
        holds = binary(low, operator, value, limit, bound.type, bound.type)
        found = holds if found is None else low.value(arith.AndIOp, (found, holds), I1)
    return low.boolean(True) if found is None else found
