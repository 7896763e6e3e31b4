"""
Branches, loops without an iterable, and early exits.

A node whose regions run to their ends becomes an `scf` op. One that something leaves early, or a branch of which does
not go on, becomes a `luma` op. Which locals a branch changes is seen by comparing their values before and after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from attrs import define
from xdsl.dialects import arith, scf
from xdsl.ir import Attribute, Block, SSAValue

from luma_ir.dialects import luma
from luma_ir.frontend import hir, types
from luma_ir.frontend.lower.analysis import NOTHING, RETURN, RegionInfo
from luma_ir.frontend.lower.calls import emit_call
from luma_ir.frontend.lower.core import FunctionLowering, LoopFrame, lowers
from luma_ir.frontend.lower.patterns import bind, enum_get, locals_of, test
from luma_ir.ir.fast import append, erase_block, make, new_block, new_region
from luma_ir.ir.intern import I1, I64, int_attr

Emit = Callable[[], "SSAValue | None"]


def branch(
    low: FunctionLowering,
    condition: SSAValue,
    then: Emit,
    otherwise: Emit | None,
    info: RegionInfo,
    *,
    has_value: bool = False,
    also: Sequence[hir.Local] = (),
) -> SSAValue | None:
    """
    Emit a two-way branch.

    Args:
        then, otherwise: emit the branches and return their values.
        info: what the branches assign and where they exit to.
        also: hidden locals that the branches change.
    Returns:
        The value, when `has_value`.
    Raises:
        Diverged: neither branch goes on.
    """
    location = low.location
    env = low.env
    candidates = [local for local in (*info.assigned, *also) if local in env]
    before = [env[local] for local in candidates]
    ways = []
    for emit in (then, otherwise):
        ways.append(_lower_way(low, emit, candidates, has_value))
        env.update(zip(candidates, before, strict=True))
    low.location = location
    live = [way for way in ways if way.goes_on]
    early = bool(info.exits) or len(live) < 2
    changed = [index for index, old in enumerate(before) if any(way.values[index] is not old for way in live)]
    result_types: list[Attribute] = []
    for way in live:
        operands = [way.values[index] for index in changed]
        if way.value is not None:
            operands.insert(0, way.value)
        append(way.block, make(luma.YieldOp if early else scf.YieldOp, operands, location=location))
        result_types = [operand.type for operand in operands]
    if early or result_types or otherwise is not None:
        regions = [new_region(way.block) for way in ways]
    else:
        regions = [new_region(ways[0].block), new_region()]
    cls = luma.IfOp if early else scf.IfOp
    op = append(low.block, make(cls, (condition,), result_types, regions=regions, location=location))
    if not live:
        low.end(luma.UnreachableOp)
    results = op.results[1:] if has_value else op.results
    for index, result in zip(changed, results, strict=True):
        env[candidates[index]] = result
    return op.results[0] if has_value else None


@define(eq=False)
class _Way:
    """One side of a branch, lowered: where it is, its value, and what the candidates for results are at its end."""

    block: Block
    goes_on: bool
    value: SSAValue | None
    values: list[SSAValue]


def _lower_way(low: FunctionLowering, emit: Emit | None, candidates: list[hir.Local], has_value: bool) -> _Way:
    block = new_block()
    goes_on, value = low.into(block, emit) if emit is not None else (True, None)
    if not (goes_on and has_value):
        value = None
    elif value is None:
        value = low.into(block, low.unit)[1]
    return _Way(block, goes_on, value, [low.env[local] for local in candidates])


# ---- conditions


def condition_of(low: FunctionLowering, node: hir.Expr) -> tuple[SSAValue, Callable[[], None] | None]:
    """
    Lower a condition.

    Returns:
        The truth value, and what binds the pattern's locals where it is true.
    """
    if type(node) is hir.PatternTest:
        value = low.operand(node.value)
        low.at(node)
        found = test(low, node.pattern, value)
        return (low.boolean(True) if found is None else found), lambda: bind(low, node.pattern, value)
    if type(node) is hir.Logical and node.operator == "&&" and _has_pattern(node):
        return _chain(low, node)
    return low.operand(node), None


def _has_pattern(node: hir.Expr) -> bool:
    if type(node) is hir.Logical:
        return _has_pattern(node.lhs) or _has_pattern(node.rhs)
    return type(node) is hir.PatternTest


def _pattern_locals(node: hir.Expr) -> list[hir.Local]:
    if isinstance(node, hir.Logical):
        return _pattern_locals(node.lhs) + _pattern_locals(node.rhs)
    return locals_of(node.pattern) if isinstance(node, hir.PatternTest) else []


def _chain(low: FunctionLowering, node: hir.Logical) -> tuple[SSAValue, Callable[[], None]]:
    """`P = e && c`: the right side sees the locals of the left; all of them come out as results of one branch."""
    bound = [local for local in _pattern_locals(node) if not local.addressed]
    lhs, bind_lhs = condition_of(low, node.lhs)
    low.at(node)
    for local in bound:
        low.env[local] = low.value(luma.UndefOp, (), low.lower_type(local.type))
    outer = {local: low.env[local] for local in bound}

    def then() -> SSAValue:
        if bind_lhs is not None:
            bind_lhs()
        rhs, bind_rhs = condition_of(low, node.rhs)
        if bind_rhs is None:
            return rhs
        branch(low, rhs, bind_rhs, None, NOTHING, also=bound)
        return rhs

    info = low.region_info(node)
    found = branch(low, lhs, then, lambda: low.boolean(False), info, has_value=True, also=bound)
    assert found is not None
    values = {local: low.env[local] for local in bound}
    low.env.update(outer)
    return found, lambda: low.env.update(values)


@lowers(hir.PatternTest)
def lower_pattern_test(low: FunctionLowering, node: hir.PatternTest) -> SSAValue:
    """A pattern as a truth value; its locals stay unbound."""
    return condition_of(low, node)[0]


@lowers(hir.Logical)
def lower_logical(low: FunctionLowering, node: hir.Logical) -> SSAValue | None:
    """`&&` and `||`; a right side that costs nothing and does nothing is evaluated anyway."""
    if node.operator == "&&" and _has_pattern(node):
        return condition_of(low, node)[0]
    lhs = low.operand(node.lhs)
    is_and = node.operator == "&&"
    if is_cheap(node.rhs):
        rhs = low.operand(node.rhs)
        low.at(node)
        return low.value(arith.AndIOp if is_and else arith.OrIOp, (lhs, rhs), I1)
    low.at(node)
    info = low.region_info(node)

    def right() -> SSAValue:
        return low.operand(node.rhs)

    def known() -> SSAValue:
        return low.boolean(not is_and)

    then, otherwise = (right, known) if is_and else (known, right)
    return branch(low, lhs, then, otherwise, info, has_value=True)


def is_cheap(node: hir.Expr, budget: int = 3) -> bool:
    """Tell whether an expression is a few instructions without effects, checks or memory accesses."""
    if budget <= 0:
        return False
    match node:
        case hir.Constant():
            return not isinstance(node.value, list) and not isinstance(node.type, types.StructType)
        case hir.Read():
            return all(type(step) is hir.FieldStep for step in node.place.steps)
        case hir.Unary():
            return node.operator != "-" and is_cheap(node.operand, budget - 1)
        case hir.Binary():
            if node.operator not in ("==", "!=", "<", "<=", ">", ">=", "&", "|", "^"):
                return False
            return is_cheap(node.lhs, budget - 1) and is_cheap(node.rhs, budget - 1)
        case hir.Logical():
            return is_cheap(node.lhs, budget - 1) and is_cheap(node.rhs, budget - 1)
    return False


@lowers(hir.If)
def lower_if(low: FunctionLowering, node: hir.If) -> SSAValue | None:
    """`if`, with the branch's value and the locals that it changes as results."""
    condition, bind_then = condition_of(low, node.condition)
    low.at(node)
    otherwise = node.otherwise

    def then() -> SSAValue | None:
        if bind_then is not None:
            bind_then()
        return low.expr(node.then)

    has_value = node.type != types.UNIT and node.type != types.NEVER
    other = None if otherwise is None else lambda: low.expr(otherwise)
    return branch(low, condition, then, other, low.region_info(node), has_value=has_value)


# ---- loops


def carried_locals(low: FunctionLowering, info: RegionInfo) -> list[hir.Local]:
    """The locals that a loop changes and that live across its iterations."""
    return [local for local in info.assigned if local in low.env]


def current(low: FunctionLowering, frame: LoopFrame) -> list[SSAValue]:
    """The current values of what a loop carries."""
    return [low.env[local] for local in frame.carried]


def emit_loop(
    low: FunctionLowering, frame: LoopFrame, body: Callable[[], None], value_type: Attribute | None
) -> SSAValue | None:
    """
    Emit a `luma.loop` whose body `body` emits; at its end the loop goes on.

    Returns:
        The value that breaks pass, when there is one.
    Raises:
        Diverged: nothing leaves the loop by a break.
    """
    location = low.location
    inits = current(low, frame)
    kinds = [value.type for value in inits]
    block = new_block(kinds, location)
    low.env.update(zip(frame.carried, block.args, strict=True))
    low.frames.append(frame)

    def run() -> None:
        body()
        if frame.on_continue is not None:
            frame.on_continue()
        low.emit(luma.ContinueOp, current(low, frame))

    low.into(block, run)
    low.frames.pop()
    low.location = location
    if not frame.is_broken:
        append(low.block, make(luma.LoopOp, inits, (), regions=[new_region(block)], location=location))
        low.end(luma.UnreachableOp)
    result_types = kinds if value_type is None else [value_type, *kinds]
    op = append(low.block, make(luma.LoopOp, inits, result_types, regions=[new_region(block)], location=location))
    low.env.update(zip(frame.carried, op.results if value_type is None else op.results[1:], strict=True))
    return op.results[0] if value_type is not None else None


def break_unless(low: FunctionLowering, condition: SSAValue, frame: LoopFrame) -> None:
    """Leave the innermost loop when a condition does not hold."""

    def leave() -> None:
        frame.is_broken = True
        low.end(luma.BreakOp, current(low, frame))

    branch(low, condition, lambda: None, leave, NOTHING)


@lowers(hir.Loop)
def lower_loop(low: FunctionLowering, node: hir.Loop) -> SSAValue | None:
    """`loop`; its value is that of its breaks."""
    info = low.region_info(node)
    has_value = node.type != types.UNIT and node.type != types.NEVER
    frame = LoopFrame(node.loop, carried_locals(low, info), has_value)
    low.at(node)
    value_type = low.lower_type(node.type) if has_value else None
    return emit_loop(low, frame, lambda: _run(low, node.body), value_type)


def _run(low: FunctionLowering, node: hir.Expr) -> None:
    low.expr(node)


@lowers(hir.While)
def lower_while(low: FunctionLowering, node: hir.While) -> None:
    """`while`; one with exits, or whose condition binds locals, is a `luma.loop` with a break at its start."""
    info = low.region_info(node)
    low.at(node)
    carried = carried_locals(low, info)
    if not info.exits and not _has_pattern(node.condition) and _plain_while(low, node, carried):
        return
    frame = LoopFrame(node.loop, carried)

    def step() -> None:
        for statement in node.step:
            low.statement(statement)

    if node.step:
        frame.on_continue = step

    def body() -> None:
        condition, bind_body = condition_of(low, node.condition)
        low.at(node)
        break_unless(low, condition, frame)
        if bind_body is not None:
            bind_body()
        low.expr(node.body)

    emit_loop(low, frame, body, None)


def _plain_while(low: FunctionLowering, node: hir.While, carried: list[hir.Local]) -> bool:
    """Emit an `scf.while`; false, with nothing emitted, when its body turns out not to reach its end."""
    location = low.location
    env = low.env
    inits = [env[local] for local in carried]
    kinds = [value.type for value in inits]
    before, after = new_block(kinds, location), new_block(kinds, location)
    env.update(zip(carried, before.args, strict=True))

    def check() -> None:
        condition = low.operand(node.condition)
        low.location = location
        low.emit(scf.ConditionOp, (condition, *[env[local] for local in carried]))

    def run() -> None:
        low.expr(node.body)
        for statement in node.step:
            low.statement(statement)
        low.location = location
        low.emit(scf.YieldOp, [env[local] for local in carried])

    low.frames.append(LoopFrame(node.loop, carried))
    complete = low.into(before, check)[0]
    if complete:
        env.update(zip(carried, after.args, strict=True))
        complete = low.into(after, run)[0]
    low.frames.pop()
    low.location = location
    if not complete:
        erase_block(after)
        erase_block(before)
        env.update(zip(carried, inits, strict=True))
        return False
    regions = [new_region(before), new_region(after)]
    op = append(low.block, make(scf.WhileOp, inits, kinds, regions=regions, location=location))
    env.update(zip(carried, op.results, strict=True))
    return True


# ---- exits


def _leave(low: FunctionLowering, frames: Sequence[LoopFrame]) -> None:
    """Emit what must happen when iterations of loops are left, innermost first."""
    for frame in reversed(frames):
        if frame.write_back is not None:
            frame.write_back()


@contextmanager
def _scratch_env(low: FunctionLowering) -> Iterator[None]:
    """What an exit changes on its way out is not seen by the code after it."""
    outer = low.env
    low.env = dict(outer)
    try:
        yield
    finally:
        low.env = outer


def _target(low: FunctionLowering, loop: hir.LoopId) -> int:
    for index in range(len(low.frames) - 1, -1, -1):
        if low.frames[index].loop is loop:
            return index
    raise AssertionError("an exit names a loop that does not surround it")


def _exit_properties(low: FunctionLowering, index: int) -> dict[str, Attribute] | None:
    depth = len(low.frames) - 1 - index
    return {"depth": int_attr(depth, I64)} if depth else None


@lowers(hir.Break)
def lower_break(low: FunctionLowering, node: hir.Break) -> None:
    """Leave a loop with its value and the current values of what it carries."""
    value = low.operand(node.value) if node.value is not None else None
    low.at(node)
    index = _target(low, node.loop)
    frame = low.frames[index]
    with _scratch_env(low):
        _leave(low, low.frames[index:])
        operands = current(low, frame)
    if frame.has_value:
        operands.insert(0, low.unit() if value is None else value)
    frame.is_broken = True
    low.end(luma.BreakOp, operands, _exit_properties(low, index))


@lowers(hir.Continue)
def lower_continue(low: FunctionLowering, node: hir.Continue) -> None:
    """Go on with the next iteration."""
    low.at(node)
    index = _target(low, node.loop)
    frame = low.frames[index]
    with _scratch_env(low):
        _leave(low, low.frames[index:])
        if frame.on_continue is not None:
            frame.on_continue()
        operands = current(low, frame)
    low.at(node)
    low.end(luma.ContinueOp, operands, _exit_properties(low, index))


@lowers(hir.Return)
def lower_return(low: FunctionLowering, node: hir.Return) -> None:
    """Return a value and the new values of `inout` parameters."""
    value = low.operand(node.value) if node.value is not None else None
    low.at(node)
    emit_return(low, value)


def emit_return(low: FunctionLowering, value: SSAValue | None) -> None:
    """
    Emit the return from anywhere in the function.

    Raises:
        Diverged: always.
    """
    function = low.function
    with _scratch_env(low):
        _leave(low, low.frames)
        operands = [low.current(param.local) for param in function.params if param.inout]
    if function.result != types.UNIT and function.result != types.NEVER:
        operands.insert(0, low.unit() if value is None else value)
    low.end(luma.ReturnOp, operands)


@lowers(hir.Try)
def lower_try(low: FunctionLowering, node: hir.Try) -> SSAValue | None:
    """`?`: the payload of the good variant, or a return of the bad one."""
    value = low.operand(node.value)
    low.at(node)
    assert isinstance(value.type, luma.EnumType)
    good = low.value(luma.EnumIsOp, (value,), I1, {"variant": int_attr(0, I64)})

    def fail() -> None:
        assert isinstance(value.type, luma.EnumType)
        fields: list[SSAValue] = []
        if low.shared.definitions.payload_types(value.type)[1]:
            error = enum_get(low, value, 1, 0)
            if node.convert is not None:
                converted, _ = emit_call(low, node.convert, (error,))
                error = low.unit() if converted is None else converted
            fields.append(error)
        bad = low.value(luma.EnumMakeOp, fields, low.lower_type(node.return_type), {"variant": int_attr(1, I64)})
        emit_return(low, bad)

    info = RegionInfo((), frozenset((RETURN,)))
    return branch(low, good, lambda: enum_get(low, value, 0, 0), fail, info, has_value=True)


__all__ = [
    "branch",
    "break_unless",
    "carried_locals",
    "condition_of",
    "current",
    "emit_loop",
    "emit_return",
]
