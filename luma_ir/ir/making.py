"""
Creation of operations and locations by filling their fields; `luma_ir.ir.fast` re-exports `make`.

See there for what may be relied on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from xdsl.dialects.builtin import UNKNOWN_LOC, FileLineColLoc, IntAttr, IntegerAttr, IntegerType, StringAttr
from xdsl.ir import Attribute, Block, Operation, OpResult, Region, SSAValue, Use
from xdsl.ir.core import SSAValues
from xdsl.irdl import IRDLOperation, OptionalDef

if TYPE_CHECKING:
    from xdsl.dialects.builtin import LocationAttr

# pyright: reportPrivateUsage=false, reportAttributeAccessIssue=false, reportArgumentType=false

OpT = TypeVar("OpT", bound=Operation)

_new = object.__new__
_setattr = object.__setattr__
_NO_VALUES: SSAValues = SSAValues()

_Entries = tuple[tuple[str, Attribute], ...]
_defaults: dict[type[Operation], tuple[_Entries, _Entries] | None] = {}
"""Default properties and attributes of each op class seen, None for classes that have none."""


def _compute_defaults(cls: type[Operation]) -> tuple[_Entries, _Entries] | None:
    result = None
    if issubclass(cls, IRDLOperation):
        definition = cls.get_irdl_definition()
        properties, attributes = (
            tuple(
                (name, field.default_value)
                for name, field in fields.items()
                if not isinstance(field, OptionalDef) and field.default_value is not None
            )
            for fields in (definition.properties, definition.attributes)
        )
        if properties or attributes:
            result = properties, attributes
    _defaults[cls] = result
    return result


def make(
    cls: type[OpT],
    operands: Sequence[SSAValue] = (),
    result_types: Sequence[Attribute] = (),
    properties: dict[str, Attribute] | None = None,
    *,
    attributes: dict[str, Attribute] | None = None,
    regions: Sequence[Region] = (),
    successors: Sequence[Block] = (),
    location: LocationAttr | None = None,
) -> OpT:
    """
    Create a detached operation by filling its fields.

    Default properties of the op definition are filled in, as `Operation.create` does; nothing is verified.

    Args:
        properties: taken over, not copied; the caller gives up the dictionary.
        attributes: taken over, not copied.
        regions: detached regions, which get the new operation as parent.
        location: `loc(unknown)` when absent.
    """
    op = _new(cls)
    if operands:
        op._operands = SSAValues(operands)
        op._operand_uses = _make_uses(op, operands)
    else:
        op._operands = _NO_VALUES
        op._operand_uses = ()
    op.results = _make_results(op, result_types) if result_types else _NO_VALUES
    if successors:
        _fill_successors(op, successors)
    else:
        op._successors = ()
        op._successor_uses = ()
    op.properties = {} if properties is None else properties
    op.attributes = {} if attributes is None else attributes
    op.location = UNKNOWN_LOC if location is None else location
    if regions:
        _fill_regions(op, regions)
    else:
        op.regions = ()
    # The links (`parent`, `_next_op`, `_prev_op`) are None by their class.
    try:
        defaults = _defaults[cls]
    except KeyError:
        defaults = _compute_defaults(cls)
    if defaults is not None:
        _fill_defaults(op.properties, defaults[0])
        _fill_defaults(op.attributes, defaults[1])
    return op


def _make_uses(op: Operation, operands: Sequence[SSAValue]) -> tuple[Use, ...]:
    uses = []
    for index, value in enumerate(operands):
        use = _new(Use)
        use._operation = op
        use._index = index
        use._prev_use = None
        first = value.first_use
        use._next_use = first
        if first is not None:
            first._prev_use = use
        value.first_use = use
        uses.append(use)
    return tuple(uses)


def _make_results(op: Operation, result_types: Sequence[Attribute]) -> SSAValues[OpResult]:
    results = []
    for index, result_type in enumerate(result_types):
        result = _new(OpResult)
        result.first_use = None
        result._name = None
        result._type = result_type
        result.op = op
        result.index = index
        results.append(result)
    return SSAValues(results)


def _fill_successors(op: Operation, successors: Sequence[Block]) -> None:
    uses = []
    for index, block in enumerate(successors):
        use = Use(op, index)
        block.add_use(use)
        uses.append(use)
    op._successors = tuple(successors)
    op._successor_uses = tuple(uses)


def _fill_regions(op: Operation, regions: Sequence[Region]) -> None:
    op.regions = tuple(regions)
    for region in regions:
        if region.parent is not None:
            raise ValueError(f"a region given to `{op.name}` already belongs to `{region.parent.name}`")
        region.parent = op


def _fill_defaults(filled: dict[str, Attribute], defaults: _Entries) -> None:
    for name, value in defaults:
        if name not in filled:
            filled[name] = value


def make_file_location(filename: StringAttr, line: IntAttr, column: IntAttr) -> LocationAttr:
    """Create a file location without verifying its parameters; call `locations.file_loc`, which memoises it."""
    location = _new(FileLineColLoc)
    _setattr(location, "filename", filename)
    _setattr(location, "line", line)
    _setattr(location, "column", column)
    return location


def make_plain_int(value: int) -> IntAttr:
    """Create an untyped integer without verifying it; call `intern.plain_int`, which memoises it."""
    attr = _new(IntAttr)
    _setattr(attr, "data", value)
    return attr


def make_integer_attr(value: IntAttr, type: IntegerType) -> IntegerAttr:
    """Create an integer constant that is known to fit its type; call `intern.int_attr`, which checks that."""
    attr = _new(IntegerAttr)
    _setattr(attr, "value", value)
    _setattr(attr, "type", type)
    return attr
