"""
Places: reading, assigning, and handing them to `inout` parameters.

A place is a local and a path. Its index expressions are evaluated in source order when the place is met; the checks
come later, just before the access, against the arrays as they are then.
"""

from __future__ import annotations

from attrs import define
from xdsl.ir import Attribute, SSAValue

from luma_ir.dialects import luma
from luma_ir.dialects.luma import INDEX_STEP
from luma_ir.frontend import hir, types
from luma_ir.frontend.lower.arithmetic import binary, to_i64
from luma_ir.frontend.lower.core import FunctionLowering, lowers, lowers_statement
from luma_ir.ir.intern import I64, dense_i64, int_attr


@define(eq=False)
class Path:
    """A path whose index expressions have been evaluated to i64 values; they are checked in place."""

    steps: tuple[int, ...]
    indices: list[SSAValue]
    unchecked: list[bool]
    checked_against: SSAValue | None = None
    """The root for which all indices have been checked."""


def evaluate_path(low: FunctionLowering, steps: list[hir.Step]) -> Path:
    """Evaluate the index expressions of a path."""
    numbers: list[int] = []
    indices: list[SSAValue] = []
    unchecked: list[bool] = []
    for step in steps:
        if type(step) is hir.FieldStep:
            numbers.append(step.index)
        else:
            assert isinstance(step, hir.IndexStep)
            for let in step.lets:
                low.statement(let)
            numbers.append(INDEX_STEP)
            indices.append(to_i64(low, low.operand(step.index), step.index.type))
            unchecked.append(step.unchecked)
    return Path(tuple(numbers), indices, unchecked)


def length(low: FunctionLowering, array: SSAValue) -> SSAValue:
    """The number of elements of an array or fixed array."""
    kind = array.type
    if type(kind) is luma.FixedType:
        return low.integer(kind.size.data)
    return low.value(luma.ArrayLenOp, (array,), I64)


def get(low: FunctionLowering, root: SSAValue, steps: tuple[int, ...], indices: list[SSAValue]) -> SSAValue:
    """Read a place of a value; the root itself when there are no steps."""
    if not steps:
        return root
    result = low.shared.definitions.place_type(root.type, steps)
    return low.value(luma.GetOp, (root, *indices), result, {"path": dense_i64(steps)})


def set_value(low: FunctionLowering, root: SSAValue, path: Path, value: SSAValue) -> SSAValue:
    """The root with another value at a place."""
    if not path.steps:
        return value
    return low.value(luma.SetOp, (root, *path.indices, value), root.type, {"path": dense_i64(path.steps)})


def check_path(low: FunctionLowering, root: SSAValue, path: Path) -> None:
    """Check all indices of a path against the arrays inside `root`, unless that has been done."""
    if path.checked_against is root:
        return
    path.checked_against = root
    position = 0
    for depth, step in enumerate(path.steps):
        if step != INDEX_STEP:
            continue
        if not path.unchecked[position]:
            array = get(low, root, path.steps[:depth], path.indices[:position])
            index = path.indices[position]
            path.indices[position] = low.value(luma.CheckBoundsOp, (index, length(low, array)), I64)
        position += 1


def read(low: FunctionLowering, root: SSAValue, path: Path) -> SSAValue:
    """Check a path and read it."""
    check_path(low, root, path)
    return get(low, root, path.steps, path.indices)


@lowers(hir.Read)
def lower_read(low: FunctionLowering, node: hir.Read) -> SSAValue:
    """The current value of a place."""
    place = node.place
    if not place.steps:
        return low.current(place.root)
    path = evaluate_path(low, place.steps)
    low.at(node)
    return read(low, low.current(place.root), path)


@lowers(hir.Project)
def lower_project(low: FunctionLowering, node: hir.Project) -> SSAValue:
    """A part of a value."""
    base = low.operand(node.base)
    path = evaluate_path(low, node.steps)
    low.at(node)
    return read(low, base, path)


@lowers_statement(hir.Assign)
def lower_assign(low: FunctionLowering, node: hir.Assign) -> None:
    """Index expressions, the value, the checks, the store."""
    place = node.place
    path = evaluate_path(low, place.steps)
    value = low.operand(node.value)
    low.at(node)
    if not path.steps:
        low.define(place.root, value)
        return
    root = low.current(place.root)
    check_path(low, root, path)
    low.update(place.root, set_value(low, root, path, value))


@lowers_statement(hir.CompoundAssign)
def lower_compound_assign(low: FunctionLowering, node: hir.CompoundAssign) -> None:
    """Read the place, evaluate the value, combine, store. The checks run again if the value changed the root."""
    place = node.place
    if isinstance(place.type, types.ArrayType | types.FixedType):
        from luma_ir.frontend.lower.elementwise import lower_compound

        lower_compound(low, node)
        return
    path = evaluate_path(low, place.steps)
    low.at(node)
    old = read(low, low.current(place.root), path)
    value = low.operand(node.value)
    low.at(node)
    new = binary(low, node.operator.removesuffix("="), old, value, place.type, node.value.type)
    root = low.current(place.root)
    check_path(low, root, path)
    low.update(place.root, set_value(low, root, path, new))


@define(eq=False)
class InoutPlace:
    """A place on its way through a call: checked, moved out as an operand, put back with its new value."""

    local: hir.Local
    path: Path
    taken: bool = False

    def check(self, low: FunctionLowering) -> None:
        """Check the indices."""
        check_path(low, low.current(self.local), self.path)

    def begin(self, low: FunctionLowering) -> SSAValue:
        """The operand; a counted value inside another is moved out, so that it need not be shared."""
        root = low.current(self.local)
        path = self.path
        if not path.steps:
            return root
        definitions = low.shared.definitions
        kind: Attribute = definitions.place_type(root.type, path.steps)
        if not definitions.is_counted(kind):
            return get(low, root, path.steps, path.indices)
        self.taken = True
        op = low.emit(luma.TakeOp, (root, *path.indices), (kind, root.type), {"path": dense_i64(path.steps)})
        low.update(self.local, op.results[1])
        return op.results[0]

    def end(self, low: FunctionLowering, value: SSAValue) -> None:
        """Store the new value."""
        root = low.current(self.local)
        if self.taken:
            operands = (root, *self.path.indices, value)
            low.update(self.local, low.value(luma.PutOp, operands, root.type, {"path": dense_i64(self.path.steps)}))
        else:
            low.update(self.local, set_value(low, root, self.path, value))


@lowers(hir.AddressOf)
def lower_address_of(low: FunctionLowering, node: hir.AddressOf) -> SSAValue:
    """
    The address of a place: in the memory of a variable, or in that of the last growable array on the way there, which
    becomes this variable's own, so that nobody else sees what is written through the address.
    """
    place = node.place
    path = evaluate_path(low, place.steps)
    low.at(node)
    kinds = [low.lower_type(place.root.type), *[low.lower_type(step.type) for step in place.steps]]
    arrays = [depth for depth, kind in enumerate(kinds) if type(kind) is luma.ArrayType]
    if not arrays:
        check_path(low, low.current(place.root), path)
        return _address_in(low, low.env[place.root], kinds, path, 0)
    depth = arrays[-1]
    check_path(low, low.env[place.root], path)
    count = path.steps[:depth].count(INDEX_STEP)
    array_path = Path(path.steps[:depth], path.indices[:count], path.unchecked[:count], path.checked_against)
    moving = InoutPlace(place.root, array_path)
    owned = low.value(luma.ArrayReserveOp, (moving.begin(low), low.integer(1)), kinds[depth])
    moving.end(low, owned)
    array = get(low, low.env[place.root], array_path.steps, array_path.indices)
    element = low.shared.definitions.place_type(kinds[depth], (INDEX_STEP,))
    first = low.value(luma.ArrayPtrOp, (array,), luma.PtrType(element))
    if depth == len(path.steps):
        return first
    return _address_in(low, _offset(low, first, path.indices[count]), kinds, path, depth + 1)


def _offset(low: FunctionLowering, pointer: SSAValue, index: SSAValue) -> SSAValue:
    return low.value(luma.PtrOffsetOp, (pointer, index), pointer.type)


def _address_in(low: FunctionLowering, pointer: SSAValue, kinds: list[Attribute], path: Path, depth: int) -> SSAValue:
    """The address of what the steps from `depth` on lead to, inside of what `pointer` points to."""
    count = path.steps[:depth].count(INDEX_STEP)
    for number in range(depth, len(path.steps)):
        kind = luma.PtrType(kinds[number + 1])
        if path.steps[number] == INDEX_STEP:
            pointer = _offset(low, low.value(luma.PtrCastOp, (pointer,), kind), path.indices[count])
            count += 1
        else:
            pointer = low.value(luma.PtrFieldOp, (pointer,), kind, {"field": int_attr(path.steps[number], I64)})
    last = kinds[-1]
    if isinstance(last, luma.FixedType):
        return low.value(luma.PtrCastOp, (pointer,), luma.PtrType(last.element))
    return pointer
