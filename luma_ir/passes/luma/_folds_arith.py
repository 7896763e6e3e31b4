"""
Rules for scalar arithmetic: identities that hold for wrapping integers and for IEEE floats without any licence.

Constants stand on the right, comparisons with constants are strict, negations move into comparisons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdsl.dialects import arith

from luma_ir.dialects import luma
from luma_ir.ir.fast import operands_of
from luma_ir.ir.intern import I64, int_attr
from luma_ir.passes.analysis.constants import constant_value, int_constant, predicate_of, unsigned, width_of, wrap

if TYPE_CHECKING:
    from xdsl.ir import Operation, SSAValue

    from luma_ir.passes.luma._folder import Folder, RuleTable

EQ, NE, SLT, SLE, SGT, SGE, ULT, ULE, UGT, UGE = range(10)
SWAPPED = (EQ, NE, SGT, SGE, SLT, SLE, UGT, UGE, ULT, ULE)
"""The predicate that says the same with the operands exchanged."""
INVERTED = (NE, EQ, SGE, SGT, SLE, SLT, UGE, UGT, ULE, ULT)
"""The predicate that says the opposite."""

_NO_OVERFLOW = arith.IntegerOverflowAttr("none")


def constant_right(op: Operation, folder: Folder) -> bool:
    """`c + x` -> `x + c` for commutative ops."""
    lhs, rhs = operands_of(op)
    if type(lhs.owner) is not arith.ConstantOp or type(rhs.owner) is arith.ConstantOp:
        return False
    folder.replace_with(op, type(op), [rhs, lhs], dict(op.properties))
    return True


def add_integers(op: Operation, folder: Folder) -> bool:
    """`x + 0`, `(x + a) + b`, `(x - y) + y`."""
    lhs, rhs = operands_of(op)
    inner = lhs.owner
    if type(inner) is arith.SubiOp and operands_of(inner)[1] is rhs:
        folder.replace(op, [operands_of(inner)[0]])
        return True
    right = int_constant(rhs)
    if right is None:
        return False
    if right == 0:
        folder.replace(op, [lhs])
        return True
    if type(inner) is arith.AddiOp:
        left = int_constant(operands_of(inner)[1])
        if left is not None:
            # Two steps without signed overflow in the same direction are one; otherwise the promise is lost.
            keep = (left < 0) == (right < 0) and _nsw(inner) and _nsw(op) and left + right == _wrapped(left + right, op)
            total = folder.constant(left + right, rhs, op.location)
            flags = op.properties["overflowFlags"] if keep else _NO_OVERFLOW
            folder.replace_with(op, arith.AddiOp, [operands_of(inner)[0], total], {"overflowFlags": flags})
            return True
    return False


def _wrapped(value: int, op: Operation) -> int:
    return wrap(value, width_of(op.results[0].type))


def _nsw(op: Operation) -> bool:
    flags = op.properties.get("overflowFlags")
    return isinstance(flags, arith.IntegerOverflowAttr) and arith.IntegerOverflowFlag.NSW in flags.data


def subtract_integers(op: Operation, folder: Folder) -> bool:
    """`x - 0`, `x - x`, `x - c` -> `x + -c`, `(x + y) - x`, `x - (x - y)`."""
    lhs, rhs = operands_of(op)
    if lhs is rhs and width_of(lhs.type):
        folder.replace(op, [folder.constant(0, lhs, op.location)])
        return True
    inner = lhs.owner
    if type(inner) is arith.AddiOp:
        first, second = operands_of(inner)
        if first is rhs or second is rhs:
            folder.replace(op, [second if first is rhs else first])
            return True
    if type(rhs.owner) is arith.SubiOp and operands_of(rhs.owner)[0] is lhs:
        folder.replace(op, [operands_of(rhs.owner)[1]])
        return True
    right = int_constant(rhs)
    if right is None:
        return False
    if right == 0:
        folder.replace(op, [lhs])
        return True
    width = width_of(lhs.type)
    least = -(1 << (width - 1))
    flags = arith.IntegerOverflowAttr([arith.IntegerOverflowFlag.NSW]) if _nsw(op) and right != least else _NO_OVERFLOW
    negated = folder.constant(-right, rhs, op.location)
    folder.replace_with(op, arith.AddiOp, [lhs, negated], {"overflowFlags": flags})
    return True


def multiply_integers(op: Operation, folder: Folder) -> bool:
    """`x * 0`, `x * 1`, `(x * a) * b`."""
    lhs, rhs = operands_of(op)
    right = int_constant(rhs)
    if right is None:
        return False
    if right in (0, 1) and width_of(lhs.type) > 1:
        folder.replace(op, [lhs if right else rhs])
        return True
    inner = lhs.owner
    if type(inner) is arith.MuliOp:
        left = int_constant(operands_of(inner)[1])
        if left is not None:
            product = folder.constant(left * right, rhs, op.location)
            folder.replace_with(op, arith.MuliOp, [operands_of(inner)[0], product], {"overflowFlags": _NO_OVERFLOW})
            return True
    return False


def divide_by_one(op: Operation, folder: Folder) -> bool:
    """`x / 1` -> `x`, `x % 1` -> `0`."""
    lhs, rhs = operands_of(op)
    if int_constant(rhs) != 1 or width_of(lhs.type) == 1:
        return False
    if type(op) in (arith.RemSIOp, arith.RemUIOp):
        folder.replace(op, [folder.constant(0, lhs, op.location)])
    else:
        folder.replace(op, [lhs])
    return True


def combine_bits(op: Operation, folder: Folder) -> bool:
    """`and`, `or`, `xor` with 0, with all ones, with themselves; double negation."""
    lhs, rhs = operands_of(op)
    cls = type(op)
    if lhs is rhs and width_of(lhs.type):
        folder.replace(op, [folder.constant(0, lhs, op.location) if cls is arith.XOrIOp else lhs])
        return True
    right = int_constant(rhs)
    if right is None:
        return False
    if right == 0:
        folder.replace(op, [rhs if cls is arith.AndIOp else lhs])
        return True
    if right == -1 and cls is not arith.XOrIOp:
        folder.replace(op, [lhs if cls is arith.AndIOp else rhs])
        return True
    inner = lhs.owner
    if isinstance(inner, arith.AndIOp | arith.OrIOp | arith.XOrIOp) and type(inner) is cls:
        left = int_constant(operands_of(inner)[1])
        if left is not None:
            value = left & right if cls is arith.AndIOp else left | right if cls is arith.OrIOp else left ^ right
            folder.replace_with(op, cls, [operands_of(inner)[0], folder.constant(value, rhs, op.location)])
            return True
    if right == -1 and type(inner) is arith.CmpiOp:
        predicate = int_attr(INVERTED[predicate_of(inner)], I64)
        folder.replace_with(op, arith.CmpiOp, operands_of(inner), {"predicate": predicate})
        return True
    return False


def shift_by_zero(op: Operation, folder: Folder) -> bool:
    """`x << 0` -> `x`."""
    lhs, rhs = operands_of(op)
    if int_constant(rhs) != 0:
        return False
    folder.replace(op, [lhs])
    return True


def same_operands(op: Operation, folder: Folder) -> bool:
    """`max(x, x)` -> `x`."""
    lhs, rhs = operands_of(op)
    if lhs is not rhs:
        return False
    folder.replace(op, [lhs])
    return True


def compare_integers(op: Operation, folder: Folder) -> bool:
    """Comparisons: equal operands, constants to the right and strict, bools compared with constants."""
    lhs, rhs = operands_of(op)
    predicate = predicate_of(op)
    if lhs is rhs and width_of(lhs.type):
        folder.replace(op, [_bool(folder, predicate in (EQ, SLE, SGE, ULE, UGE), op)])
        return True
    if type(lhs.owner) is arith.ConstantOp and type(rhs.owner) is not arith.ConstantOp:
        _compare(op, folder, SWAPPED[predicate], rhs, lhs)
        return True
    right = int_constant(rhs)
    if right is None:
        return False
    width = width_of(lhs.type)
    if width == 1 and predicate in (EQ, NE):
        if (predicate == EQ) == bool(right):
            folder.replace(op, [lhs])
        else:
            folder.replace_with(op, arith.XOrIOp, [lhs, folder.constant(-1, lhs, op.location)])
        return True
    return _compare_limits(op, folder, predicate, lhs, rhs, right, width)


def _compare_limits(
    op: Operation, folder: Folder, predicate: int, lhs: SSAValue, rhs: SSAValue, right: int, width: int
) -> bool:
    low, high = (-(1 << (width - 1)), (1 << (width - 1)) - 1) if predicate < ULT else (0, (1 << width) - 1)
    value = right if predicate < ULT else unsigned(right, width)
    inner = lhs.owner
    if predicate in (EQ, NE):
        if type(inner) is arith.AddiOp:
            left = int_constant(operands_of(inner)[1])
            if left is not None:
                _compare(op, folder, predicate, operands_of(inner)[0], folder.constant(right - left, rhs, op.location))
                return True
        return False
    # Never true or never false at the ends of the range; lengths are not negative.
    if type(inner) is luma.ArrayLenOp and predicate < ULT:
        low = 0
    if (predicate in (SLT, ULT) and value <= low) or (predicate in (SGT, UGT) and value >= high):
        folder.replace(op, [_bool(folder, False, op)])
        return True
    if (predicate in (SGE, UGE) and value <= low) or (predicate in (SLE, ULE) and value >= high):
        folder.replace(op, [_bool(folder, True, op)])
        return True
    if predicate in (SLE, ULE, SGE, UGE):
        step = 1 if predicate in (SLE, ULE) else -1
        strict = {SLE: SLT, ULE: ULT, SGE: SGT, UGE: UGT}[predicate]
        _compare(op, folder, strict, lhs, folder.constant(value + step, rhs, op.location))
        return True
    return False


def _compare(op: Operation, folder: Folder, predicate: int, lhs: SSAValue, rhs: SSAValue) -> None:
    folder.replace_with(op, arith.CmpiOp, [lhs, rhs], {"predicate": int_attr(predicate, I64)})


def _bool(folder: Folder, value: bool, op: Operation) -> SSAValue:
    return folder.constant(-1 if value else 0, op.results[0], op.location)


def select_value(op: Operation, folder: Folder) -> bool:
    """`select` of a constant, of equal values, of true and false, of a negated condition, of an undefined value."""
    condition, lhs, rhs = operands_of(op)
    known = int_constant(condition)
    if known is not None or lhs is rhs:
        folder.replace(op, [lhs if known is None or known else rhs])
        return True
    for value, other in ((lhs, rhs), (rhs, lhs)):
        if type(value.owner) is luma.UndefOp:
            folder.replace(op, [other])
            return True
    if width_of(lhs.type) == 1:
        left, right = int_constant(lhs), int_constant(rhs)
        if left is not None and right is not None:
            if left:
                folder.replace(op, [condition])
            else:
                folder.replace_with(op, arith.XOrIOp, [condition, folder.constant(-1, condition, op.location)])
            return True
    inner = condition.owner
    if type(inner) is arith.XOrIOp and int_constant(operands_of(inner)[1]) == -1:
        folder.replace_with(op, arith.SelectOp, [operands_of(inner)[0], rhs, lhs])
        return True
    return False


def truncate_integer(op: Operation, folder: Folder) -> bool:
    """A truncation of an extension from the same type, or of another truncation."""
    inner = operands_of(op)[0].owner
    if isinstance(inner, arith.ExtSIOp | arith.ExtUIOp):
        source = operands_of(inner)[0]
        narrow, wanted = width_of(source.type), width_of(op.results[0].type)
        if narrow == wanted:
            folder.replace(op, [source])
        elif narrow < wanted:
            folder.replace_with(op, type(inner), [source])  # pyright: ignore[reportArgumentType]
        else:
            folder.replace_with(op, arith.TruncIOp, [source], dict(op.properties))
        return True
    if type(inner) is arith.TruncIOp:
        folder.replace_with(op, arith.TruncIOp, [operands_of(inner)[0]])
        return True
    return False


def extend_integer(op: Operation, folder: Folder) -> bool:
    """An extension of an extension."""
    inner = operands_of(op)[0].owner
    if type(inner) is type(op) or (type(op) is arith.ExtSIOp and type(inner) is arith.ExtUIOp):
        folder.replace_with(op, type(inner), [operands_of(inner)[0]])  # pyright: ignore[reportArgumentType]
        return True
    return False


def simplify_float(op: Operation, folder: Folder) -> bool:
    """`x * 1`, `x / 1`, `x - 0`, `x + -0`: the identities that hold for every float, zeros and NaN included."""
    lhs, rhs = operands_of(op)
    right = constant_value(rhs)
    if type(right) is not float:
        return False
    cls = type(op)
    neutral = 1.0 if cls in (arith.MulfOp, arith.DivfOp) else 0.0 if cls is arith.SubfOp else -0.0
    if right == neutral and str(right) == str(neutral):
        folder.replace(op, [lhs])
        return True
    return False


def negate_twice(op: Operation, folder: Folder) -> bool:
    """`-(-x)` -> `x`."""
    inner = operands_of(op)[0].owner
    if type(inner) is not arith.NegfOp:
        return False
    folder.replace(op, [operands_of(inner)[0]])
    return True


def check_overflow(op: Operation, folder: Folder) -> bool:
    """Checked `x + 0`, `x - 0`, `x * 1`, `x * 0` cannot overflow."""
    kind = op.properties["kind"].data  # pyright: ignore[reportAttributeAccessIssue]
    lhs, rhs = operands_of(op)
    if kind in ("add", "mul") and type(lhs.owner) is arith.ConstantOp and type(rhs.owner) is not arith.ConstantOp:
        folder.replace_with(op, luma.CheckOverflowOp, [rhs, lhs], dict(op.properties))
        return True
    right = int_constant(rhs)
    if (kind in ("add", "sub") and right == 0) or (kind == "mul" and right == 1 and width_of(lhs.type) > 1):
        folder.replace(op, [lhs])
        return True
    if kind == "mul" and right == 0:
        folder.replace(op, [rhs])
        return True
    return False


def check_division(op: Operation, folder: Folder) -> bool:
    """A divisor that is constant and neither 0 nor (signed) -1 needs no check."""
    right = int_constant(operands_of(op)[1])
    if not right or (right == -1 and "unsigned" not in op.properties):
        return False
    folder.replace(op, [operands_of(op)[1]])
    return True


def check_bounds(op: Operation, folder: Folder) -> bool:
    """A check of a value that the same check has passed."""
    index, length = operands_of(op)
    inner = index.owner
    if type(inner) is luma.CheckBoundsOp and operands_of(inner)[1] is length:
        folder.replace(op, [index])
        return True
    return False


def check_slice(op: Operation, folder: Folder) -> bool:
    """`[0..len]` and constant ends within a constant length need no check."""
    lower, upper, length = operands_of(op)
    low, high, size = (int_constant(value) for value in (lower, upper, length))
    fits = low == 0 and (upper is length and type(length.owner) is luma.ArrayLenOp)
    if low is not None and high is not None and size is not None:
        fits = 0 <= low <= high <= size
    if fits:
        folder.replace(op, [lower, upper])
    return fits


def check_assertion(op: Operation, folder: Folder) -> bool:
    """An assertion that is known to hold."""
    if int_constant(operands_of(op)[0]) != -1:
        return False
    folder.erase(op)
    return True


RULES: RuleTable = {
    arith.AddiOp: (constant_right, add_integers),
    arith.SubiOp: (subtract_integers,),
    arith.MuliOp: (constant_right, multiply_integers),
    arith.DivSIOp: (divide_by_one,),
    arith.DivUIOp: (divide_by_one,),
    arith.RemSIOp: (divide_by_one,),
    arith.RemUIOp: (divide_by_one,),
    arith.AndIOp: (constant_right, combine_bits),
    arith.OrIOp: (constant_right, combine_bits),
    arith.XOrIOp: (constant_right, combine_bits),
    arith.ShLIOp: (shift_by_zero,),
    arith.ShRSIOp: (shift_by_zero,),
    arith.ShRUIOp: (shift_by_zero,),
    arith.MaxSIOp: (same_operands,),
    arith.MinSIOp: (same_operands,),
    arith.MaxUIOp: (same_operands,),
    arith.MinUIOp: (same_operands,),
    arith.CmpiOp: (compare_integers,),
    arith.SelectOp: (select_value,),
    arith.TruncIOp: (truncate_integer,),
    arith.ExtSIOp: (extend_integer,),
    arith.ExtUIOp: (extend_integer,),
    arith.AddfOp: (constant_right, simplify_float),
    arith.SubfOp: (simplify_float,),
    arith.MulfOp: (constant_right, simplify_float),
    arith.DivfOp: (simplify_float,),
    arith.NegfOp: (negate_twice,),
    luma.CheckOverflowOp: (check_overflow,),
    luma.CheckDivOp: (check_division,),
    luma.CheckBoundsOp: (check_bounds,),
    luma.CheckSliceOp: (check_slice,),
    luma.AssertOp: (check_assertion,),
}
