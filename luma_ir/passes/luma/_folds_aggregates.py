"""
Rules for structs, tuples, enums, arrays and places inside them.

A rule must not make an array live longer than it was: a root that is read after an op that consumes it would be shared
there, and copied. So a read moves up to the op it looks through, or does not move at all; and an array that was put
into an aggregate is taken out again only where the aggregate goes away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdsl.dialects import arith
from xdsl.dialects.builtin import IntegerType

from luma_ir.dialects import luma
from luma_ir.ir.fast import has_one_use, operands_of, users
from luma_ir.ir.intern import dense_i64
from luma_ir.passes.analysis.constants import int_constant
from luma_ir.passes.analysis.effects import MAY_PANIC, effect_kind
from luma_ir.passes.luma._folder import Folder, RuleTable
from luma_ir.passes.rewriting import ops_between

if TYPE_CHECKING:
    from xdsl.ir import Attribute, Operation, SSAValue

Step = "int | SSAValue"
_DISTANCE = 48
"""How many ops a read is moved over at most."""


# Paths.


def path_of(op: Operation) -> list[int | SSAValue]:
    """The path of a place op: a field number, or the value of an index, per step."""
    steps = op.properties["path"].get_values()  # pyright: ignore[reportAttributeAccessIssue]
    operands = operands_of(op)
    position = 1
    path: list[int | SSAValue] = []
    for step in steps:
        if step == luma.INDEX_STEP:
            path.append(operands[position])
            position += 1
        else:
            path.append(step)
    return path


def plain_index(value: SSAValue) -> tuple[SSAValue | None, int]:
    """An index as `(value, constant to add)`, seen through checks; the value is None for a constant."""
    offset = 0
    for _ in range(16):
        owner = value.owner
        cls = type(owner)
        if cls is luma.CheckBoundsOp:
            value = operands_of(owner)[0]  # pyright: ignore[reportArgumentType]
            continue
        if cls is arith.ConstantOp:
            constant = int_constant(value)
            return (value, offset) if constant is None else (None, offset + constant)
        added = None
        if cls is arith.AddiOp:
            added = int_constant(operands_of(owner)[1])  # pyright: ignore[reportArgumentType]
        elif cls is luma.CheckOverflowOp and "unsigned" not in owner.properties:  # pyright: ignore
            kind = owner.properties["kind"].data  # pyright: ignore
            if kind in ("add", "sub"):
                added = int_constant(operands_of(owner)[1])  # pyright: ignore[reportArgumentType]
                added = -added if added is not None and kind == "sub" else added
        if added is None:
            break
        offset += added
        value = operands_of(owner)[0]  # pyright: ignore[reportArgumentType]
    return value, offset


SAME, DIFFERENT, UNKNOWN = "same", "different", "unknown"


def compare_steps(left: int | SSAValue, right: int | SSAValue) -> str:
    """Whether two steps at the same depth select the same part."""
    if isinstance(left, int) or isinstance(right, int):
        return SAME if left == right else DIFFERENT
    if left is right:
        return SAME
    left_value, left_offset = plain_index(left)
    right_value, right_offset = plain_index(right)
    if left_value is not right_value:
        return UNKNOWN
    return SAME if (left_offset - right_offset) % (1 << 64) == 0 else DIFFERENT


def compare_paths(inner: list[int | SSAValue], outer: list[int | SSAValue]) -> str:
    """Whether `inner` selects the place of `outer`, or a part of it (same), something else, or neither is known."""
    for left, right in zip(inner, outer, strict=False):
        relation = compare_steps(left, right)
        if relation != SAME:
            return relation
    return SAME if len(inner) >= len(outer) else UNKNOWN


def _get(anchor: Operation, folder: Folder, root: SSAValue, path: list[int | SSAValue], like: Operation) -> SSAValue:
    steps = [step if isinstance(step, int) else luma.INDEX_STEP for step in path]
    indices = [step for step in path if not isinstance(step, int)]
    properties: dict[str, Attribute] = {"path": dense_i64(steps)}
    result_type = like.results[0].type
    op = folder.before(anchor, luma.GetOp, [root, *indices], [result_type], properties, location=like.location)
    return op.results[0]


# Reads.


def read_of_make(op: Operation, folder: Folder) -> bool:
    """A field of a struct or tuple that was just made, an element of an array of known elements."""
    maker = operands_of(op)[0].owner
    cls = type(maker)
    if cls not in _MAKERS:
        return False
    assert not isinstance(maker, type(op.parent))
    path = path_of(op)
    first = path[0]
    elements = operands_of(maker)  # pyright: ignore[reportArgumentType]
    if cls is luma.ArrayFillOp:
        number = 0
    elif isinstance(first, int):
        number = first
    else:
        value, number = plain_index(first)
        if value is not None:
            return False
    if cls in (luma.ArrayMakeOp, luma.ArrayFillOp) and folder.addressed.may_change(op):
        return False
    if not 0 <= number < len(elements):
        return False
    element = elements[number]
    if (
        folder.types.is_counted(element.type)
        and not isinstance(element.type, luma.ClosureType)  # Never changed, so sharing one costs no copy.
        and not _only_reads(maker, folder)  # pyright: ignore[reportArgumentType]
    ):
        return False
    folder.replace(op, [_get(op, folder, element, path[1:], op) if len(path) > 1 else element])
    return True


def _only_reads(maker: Operation, folder: Folder) -> bool:
    """Whether an aggregate is only taken apart by constant paths, so that it goes away entirely."""
    if type(maker) in (luma.ArrayMakeOp, luma.ArrayFillOp):
        return False
    return all(type(user) is luma.GetOp for user in users(maker.results[0]))


_MAKERS = frozenset({luma.StructMakeOp, luma.TupleMakeOp, luma.ArrayMakeOp, luma.ArrayFillOp})


def read_of_literal(op: Operation, folder: Folder) -> bool:
    """A constant index into a constant array."""
    owner = operands_of(op)[0].owner
    if type(owner) is not luma.ArrayLiteralOp:
        return False
    path = path_of(op)
    values = owner.values.data
    if len(path) != 1 or isinstance(path[0], int):
        return False
    value, number = plain_index(path[0])
    if value is not None or not 0 <= number < len(values):
        return False
    folder.replace(op, [folder.constant_of(values[number], op.location)])
    return True


def read_of_set(op: Operation, folder: Folder) -> bool:
    """`get(set(a, p, v), p)` is `v`; with a path that is surely different the read looks at `a`, before the set."""
    root = operands_of(op)[0]
    owner = root.owner
    if type(owner) is not luma.SetOp or folder.addressed.may_change(op):
        return False
    read, written = path_of(op), path_of(owner)
    relation = compare_paths(read, written)
    if relation == SAME:
        value = operands_of(owner)[-1]
        if folder.types.is_counted(value.type):
            return False
        rest = read[len(written) :]
        folder.replace(op, [_get(op, folder, value, rest, op) if rest else value])
        return True
    if relation != DIFFERENT:
        return False
    if not folder.types.is_counted(root.type) and all(isinstance(step, int) for step in read):
        folder.replace(op, [_get(op, folder, operands_of(owner)[0], read, op)])
        return True
    if not _can_move_up(op, owner):
        return False
    folder.replace(op, [_get(owner, folder, operands_of(owner)[0], read, op)])
    return True


def _can_move_up(op: Operation, anchor: Operation) -> bool:
    """Whether a read can stand before `anchor`: its indices are known and its checks done there."""
    indices = operands_of(op)[1:]
    if not indices and op.parent is anchor.parent:
        return True
    between = ops_between(anchor, op, _DISTANCE)
    if between is None:
        return False
    inside = {id(inner) for inner in between}
    if any(id(index.owner) in inside or index.owner is anchor for index in indices):
        return False
    return all(effect_kind(type(inner)) < MAY_PANIC and not inner.regions for inner in between)


def read_of_read(op: Operation, folder: Folder) -> bool:
    """`get(get(r, p), q)` -> `get(r, p ++ q)` where the intermediate struct would only be copied to be taken apart."""
    root = operands_of(op)[0]
    inner = root.owner
    if type(inner) is not luma.GetOp or not isinstance(root.type, luma.StructType | luma.TupleType | luma.FixedType):
        return False
    path = path_of(op)
    if any(not isinstance(step, int) for step in path):
        if not has_one_use(root) or not _root_unused_between(inner, op):
            return False
        anchor = op
    else:
        # All reads of the intermediate take fields: each goes to the place of the inner read.
        if not has_one_use(root) and not all(type(user) is luma.GetOp for user in users(root)):
            return False
        anchor = inner
    folder.replace(op, [_get(anchor, folder, operands_of(inner)[0], path_of(inner) + path, op)])
    return True


def _root_unused_between(inner: Operation, op: Operation) -> bool:
    between = ops_between(inner, op, _DISTANCE)
    if between is None:
        return False
    root = operands_of(inner)[0]
    return not any(other.regions or any(value is root for value in operands_of(other)) for other in between)


# Writes.


def write_of_same(op: Operation, folder: Folder) -> bool:
    """Setting a place to the value that it has changes nothing."""
    operands = operands_of(op)
    reader = operands[-1].owner
    if type(reader) is not luma.GetOp or operands_of(reader)[0] is not operands[0]:
        return False
    if folder.addressed.may_change(reader):
        return False
    read, written = path_of(reader), path_of(op)
    if len(read) != len(written) or compare_paths(read, written) != SAME:
        return False
    folder.replace(op, [operands[0]])
    return True


def write_of_write(op: Operation, folder: Folder) -> bool:
    """Of two writes to one place without a use in between, the second one stays."""
    operands = operands_of(op)
    inner = operands[0].owner
    if type(inner) is not luma.SetOp or not has_one_use(operands[0]):
        return False
    first, second = path_of(inner), path_of(op)
    if len(first) < len(second) or compare_paths(first, second) != SAME:
        return False
    folder.replace_with(op, luma.SetOp, [operands_of(inner)[0], *operands[1:]], dict(op.properties))
    return True


def write_of_make(op: Operation, folder: Folder) -> bool:
    """A field set in a struct or tuple that was just made for this is made so at once."""
    operands = operands_of(op)
    maker = operands[0].owner
    if type(maker) not in (luma.StructMakeOp, luma.TupleMakeOp) or not has_one_use(operands[0]):
        return False
    assert isinstance(maker, luma.StructMakeOp | luma.TupleMakeOp)
    path = path_of(op)
    if len(path) != 1 or not isinstance(path[0], int):
        return False
    fields = list(operands_of(maker))
    fields[path[0]] = operands[-1]
    folder.replace_with(op, type(maker), fields)
    return True


# Values moved out and back.


def take_of_put(op: Operation, folder: Folder) -> bool:
    """Taking out what was just put back: the two cancel."""
    root = operands_of(op)[0]
    inner = root.owner
    if not has_one_use(root):
        return False
    if type(inner) is luma.PutOp:
        # The rest below the put has a hole: nothing but one put may use it, and not once for each round of a loop.
        if inner.parent is not op.parent:
            return False
        put, taken = path_of(inner), path_of(op)
        if len(put) != len(taken) or compare_paths(put, taken) != SAME:
            return False
        folder.replace(op, [operands_of(inner)[-1], operands_of(inner)[0]])
        return True
    if type(inner) in (luma.StructMakeOp, luma.TupleMakeOp):
        return _take_of_make(op, inner, folder)  # pyright: ignore[reportArgumentType]
    return False


def _take_of_make(op: Operation, maker: Operation, folder: Folder) -> bool:
    path = path_of(op)
    value, rest = op.results
    if len(path) != 1 or not isinstance(path[0], int) or not has_one_use(rest):
        return False
    put = next(iter(users(rest)))
    if type(put) is not luma.PutOp or path_of(put) != path:
        return False
    fields = list(operands_of(maker))
    folder.replace_value(value, fields[path[0]])
    fields[path[0]] = operands_of(put)[-1]
    folder.replace_with(put, type(maker), fields)
    folder.erase(op)
    return True


def put_of_take(op: Operation, folder: Folder) -> bool:
    """Putting back the value that was taken, unchanged, is the root before."""
    operands = operands_of(op)
    take = operands[0].owner
    if type(take) is not luma.TakeOp or take.results[0] is not operands[-1] or not has_one_use(take.results[0]):
        return False
    folder.replace(op, [operands_of(take)[0]])
    return True


# Enums.


def enum_known(op: Operation, folder: Folder) -> bool:
    """The variant of an enum value that was just made, and its fields."""
    maker = operands_of(op)[0].owner
    if type(maker) is not luma.EnumMakeOp:
        return False
    variant = maker.variant.value.data
    cls = type(op)
    if cls is luma.EnumTagOp:
        folder.replace(op, [folder.constant(variant, op.results[0], op.location)])
        return True
    asked = op.properties["variant"].value.data  # pyright: ignore[reportAttributeAccessIssue]
    if cls is luma.EnumIsOp:
        folder.replace(op, [folder.constant(-1 if asked == variant else 0, op.results[0], op.location)])
        return True
    field = op.properties["field"].value.data  # pyright: ignore[reportAttributeAccessIssue]
    fields = operands_of(maker)
    if asked != variant or field >= len(fields):
        return False
    if folder.types.is_counted(fields[field].type) and not all(
        type(user) in (luma.EnumGetOp, luma.EnumIsOp, luma.EnumTagOp) for user in users(maker.results[0])
    ):
        return False
    folder.replace(op, [fields[field]])
    return True


# Lengths that the array's definition gives.


def length_known(op: Operation, folder: Folder) -> bool:
    """The length of an array whose making says it."""
    array = operands_of(op)[0]
    if isinstance(array.type, luma.FixedType):
        folder.replace(op, [folder.constant(array.type.size.data, op.results[0], op.location)])
        return True
    maker = array.owner
    cls = type(maker)
    if cls not in _SIZED:
        return False
    operands = operands_of(maker)  # pyright: ignore[reportArgumentType]
    if cls is luma.ArrayMakeOp:
        length = folder.constant(len(operands), op.results[0], op.location)
    elif cls is luma.ArrayLiteralOp:
        length = folder.constant(len(maker.properties["values"].data), op.results[0], op.location)  # pyright: ignore
    elif cls is luma.UndefOp:
        length = folder.constant(0, op.results[0], op.location)
    elif cls is luma.ArraySliceOp:
        flags: dict[str, Attribute] = {"overflowFlags": arith.IntegerOverflowAttr([arith.IntegerOverflowFlag.NSW])}
        length = folder.before(op, arith.SubiOp, [operands[2], operands[1]], [op.results[0].type], flags).results[0]
    elif cls is luma.GetOp:
        text = _literal_text(maker)  # pyright: ignore[reportArgumentType]
        if text is None:
            return False
        length = folder.constant(len(text.encode()), op.results[0], op.location)
    else:
        length = operands[1]
    folder.replace(op, [length])
    return True


def _literal_text(reader: Operation) -> str | None:
    """The text whose bytes a read gives, when it is the bytes of a string literal."""
    owner = operands_of(reader)[0].owner
    if type(owner) is not luma.StringLiteralOp or path_of(reader) != [0]:
        return None
    return owner.value.data


def kind_known(op: Operation, folder: Folder) -> bool:
    """The kind of a type that is no parameter."""
    type_ = operands_of(op)[0].type
    if isinstance(type_, luma.ParamType | luma.AssocType):
        return False
    if isinstance(type_, IntegerType):
        kind = type_.width.data
    else:
        kind = -1 if folder.types.is_counted(type_) else 0
    folder.replace(op, [folder.constant(kind, op.results[0], op.location)])
    return True


_SIZED = frozenset(
    {
        luma.ArrayMakeOp,
        luma.ArrayLiteralOp,
        luma.ArrayFillOp,
        luma.ArrayTruncateOp,
        luma.ArraySliceOp,
        luma.UndefOp,
        luma.GetOp,
    }
)

RULES: RuleTable = {
    luma.GetOp: (read_of_make, read_of_literal, read_of_set, read_of_read),
    luma.SetOp: (write_of_same, write_of_write, write_of_make),
    luma.TakeOp: (take_of_put,),
    luma.PutOp: (put_of_take,),
    luma.EnumIsOp: (enum_known,),
    luma.EnumTagOp: (enum_known,),
    luma.EnumGetOp: (enum_known,),
    luma.ArrayLenOp: (length_known,),
    luma.TypeKindOp: (kind_known,),
}
