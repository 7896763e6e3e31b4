"""
`for` loops and comprehensions.

What is iterated over becomes a source. A counted source gives its element from a number that an `scf.for` (or, with
exits, a `luma.for`) over i64 counts; ranges of all integer types, arrays, and pairings of such are counted. Others go
on by a test and a step inside a `luma.loop`: characters, iterators, and what pairs them with something else.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, field
from xdsl.dialects import scf
from xdsl.ir import Attribute, SSAValue

from luma_ir.dialects import luma
from luma_ir.dialects.luma import INDEX_STEP
from luma_ir.frontend import hir
from luma_ir.frontend.lower.analysis import RegionInfo, mentions
from luma_ir.frontend.lower.arithmetic import SLT
from luma_ir.frontend.lower.calls import emit_call
from luma_ir.frontend.lower.control import branch, break_unless, carried_locals, condition_of, current, emit_loop
from luma_ir.frontend.lower.core import FunctionLowering, LoopFrame, lowers
from luma_ir.frontend.lower.patterns import Element, bind, enum_get
from luma_ir.frontend.lower.places import Path, evaluate_path, get, length, read
from luma_ir.frontend.lower.ranges import Counted, count_of, range_source, reversed_source
from luma_ir.ir.fast import append, make, new_block, new_region
from luma_ir.ir.intern import I1, I64, array, dense_i64, int_attr, intern


@define(eq=False)
class Stepped:
    """A source that is advanced by a test and a step; `hidden` locals hold where it stands."""

    hidden: list[hir.Local]
    advance: Callable[[LoopFrame], Element]
    """Emits the test, which breaks out of the loop, and the step, and returns the element."""


Source = Counted | Stepped


def source_of(low: FunctionLowering, node: hir.Iterable) -> Source:
    """Evaluate what a loop runs over, once."""
    match node:
        case hir.RangeIter():
            return range_source(low, node)
        case hir.ArrayIter():
            return _array_source(low, node)
        case hir.EnumerateIter():
            return _enumerate_source(low, node)
        case hir.ZipIter():
            return _zip_source(low, node)
        case hir.CharsIter():
            return _chars_source(low, node)
        case hir.NextIter():
            return _next_source(low, node)
        case hir.InoutIter():
            raise AssertionError("iteration in place is only a loop of its own")


def _array_source(low: FunctionLowering, node: hir.ArrayIter) -> Counted:
    value = low.operand(node.array)
    low.at(node)
    size = length(low, value)
    source = Counted(low.integer(0), size, lambda index: get(low, value, (INDEX_STEP,), [index]))
    return reversed_source(low, source) if node.reverse else source


def _enumerate_source(low: FunctionLowering, node: hir.EnumerateIter) -> Source:
    inner = source_of(low, node.inner)
    low.at(node)
    if isinstance(inner, Counted):
        counted = inner.from_zero(low)
        source = Counted(counted.lower, counted.upper, lambda index: [index, counted.element(index)])
        return reversed_source(low, source) if node.reverse else source
    number = low.hidden("number", low.integer(0))

    def advance(frame: LoopFrame) -> Element:
        element = inner.advance(frame)
        at = low.env[number]
        low.env[number] = _next_number(low, at)
        return [at, element]

    return Stepped([number, *inner.hidden], advance)


def _next_number(low: FunctionLowering, number: SSAValue) -> SSAValue:
    from xdsl.dialects import arith

    return low.value(arith.AddiOp, (number, low.integer(1)), I64)


def _zip_source(low: FunctionLowering, node: hir.ZipIter) -> Source:
    from xdsl.dialects import arith

    inners = [source_of(low, inner) for inner in node.inners]
    low.at(node)
    if all(isinstance(inner, Counted) for inner in inners):
        counted = [inner.from_zero(low) for inner in inners if isinstance(inner, Counted)]
        upper = counted[0].upper
        for inner in counted[1:]:
            upper = low.value(arith.MinSIOp, (upper, inner.upper), I64)
        source = Counted(counted[0].lower, upper, lambda index: [inner.element(index) for inner in counted])
        return reversed_source(low, source) if node.reverse else source
    stepped = [_as_stepped(low, inner) if isinstance(inner, Counted) else inner for inner in inners]
    hidden = [local for inner in stepped for local in inner.hidden]
    return Stepped(hidden, lambda frame: [inner.advance(frame) for inner in stepped])


def _as_stepped(low: FunctionLowering, source: Counted) -> Stepped:
    """A counted source next to one that is not."""
    counted = source.from_zero(low)
    position = low.hidden("position", counted.lower)

    def advance(frame: LoopFrame) -> Element:
        at = low.env[position]
        break_unless(low, low.compare(SLT, at, counted.upper), frame)
        element = counted.element(at)
        low.env[position] = _next_number(low, at)
        return element

    return Stepped([position], advance)


def _chars_source(low: FunctionLowering, node: hir.CharsIter) -> Stepped:
    text = low.operand(node.text)
    low.at(node)
    data = get(low, text, (0,), [])
    size = length(low, data)
    position = low.hidden("position", low.integer(0))

    def advance(frame: LoopFrame) -> Element:
        low.at(node)
        at = low.env[position]
        break_unless(low, low.compare(SLT, at, size), frame)
        decoded, _ = emit_call(low, node.decode, (data, at))
        assert decoded is not None
        low.env[position] = get(low, decoded, (1,), [])
        return get(low, decoded, (0,), [])

    return Stepped([position], advance)


def _next_source(low: FunctionLowering, node: hir.NextIter) -> Stepped:
    state = low.hidden("iterator", low.operand(node.source))

    def advance(frame: LoopFrame) -> Element:
        low.at(node)
        old = low.env[state]
        found, changed = emit_call(low, node.next, (old,), (old,))
        assert found is not None
        low.env[state] = changed[0]
        some = low.value(luma.EnumIsOp, (found,), I1, {"variant": int_attr(0, I64)})
        break_unless(low, some, frame)
        return enum_get(low, found, 0, 0)

    return Stepped([state], advance)


# ---- loops over sources


def run_source(
    low: FunctionLowering,
    source: Source,
    frame: LoopFrame,
    info: RegionInfo,
    body: Callable[[Element], None],
) -> None:
    """Emit the loop over a source; `body` emits what is done with each element."""
    if isinstance(source, Counted):
        run_counted(low, source, frame, info, body)
        return
    frame.carried = [*source.hidden, *frame.carried]
    emit_loop(low, frame, lambda: body(source.advance(frame)), None)


def run_counted(
    low: FunctionLowering, source: Counted, frame: LoopFrame, info: RegionInfo, body: Callable[[Element], None]
) -> None:
    """Emit a counted loop: an `scf.for` unless something leaves the body early or its end is not reached."""
    location = low.location
    step = low.integer(1) if source.step is None else source.step
    inits = current(low, frame)
    kinds = [value.type for value in inits]
    block = new_block((I64, *kinds), location)
    low.env.update(zip(frame.carried, block.args[1:], strict=True))
    low.frames.append(frame)
    early = bool(info.exits)

    def run() -> None:
        body(source.element(block.args[0]))
        if frame.write_back is not None:
            frame.write_back()
        if frame.on_continue is not None:
            frame.on_continue()
        low.location = location
        low.emit(luma.ContinueOp if early else scf.YieldOp, current(low, frame))

    complete = low.into(block, run)[0]
    low.frames.pop()
    low.location = location
    cls = luma.ForOp if early or not complete else scf.ForOp
    operands = (source.lower, source.upper, step, *inits)
    op = append(low.block, make(cls, operands, kinds, regions=[new_region(block)], location=location))
    low.env.update(zip(frame.carried, op.results, strict=True))


@lowers(hir.For)
def lower_for(low: FunctionLowering, node: hir.For) -> None:
    """`for pattern in iterable`."""
    info = low.region_info(node)
    if isinstance(node.iterable, hir.InoutIter):
        _for_in_place(low, node, node.iterable, info)
        return
    source = source_of(low, node.iterable)
    low.at(node)
    frame = LoopFrame(node.loop, carried_locals(low, info), is_counted=isinstance(source, Counted))

    def body(element: Element) -> None:
        bind(low, node.pattern, element)
        low.expr(node.body)

    run_source(low, source, frame, info, body)


@define(eq=False)
class _InPlace:
    """One loop `for x in &place`: each element is moved out for the body and put back when an iteration is left."""

    low: FunctionLowering
    node: hir.For
    root: hir.Local
    path: Path
    is_read: bool
    """Whether the body looks at the array while an element is out; then the element is a copy."""
    index: SSAValue | None = None
    taken: bool = False
    _element: SSAValue | None = field(default=None)

    def begin(self, index: SSAValue) -> SSAValue:
        """Read the element."""
        low = self.low
        self.index = index
        root = low.current(self.root)
        steps = (*self.path.steps, INDEX_STEP)
        definitions = low.shared.definitions
        kind = definitions.place_type(root.type, steps)
        if self.is_read:
            element = read(low, root, self._checked_path())
        elif definitions.is_counted(kind):
            self.taken = True
            op = low.emit(luma.TakeOp, (root, *self.path.indices, index), (kind, root.type), {"path": dense_i64(steps)})
            low.update(self.root, op.results[1])
            element = op.results[0]
        else:
            element = get(low, root, steps, [*self.path.indices, index])
        self._element = element
        return element

    def _checked_path(self) -> Path:
        """The path to the element, with all checks still to do, since the body may have changed any array on it."""
        assert self.index is not None
        indices = [*self.path.indices, self.index]
        return Path((*self.path.steps, INDEX_STEP), indices, [*self.path.unchecked, False])

    def end(self) -> None:
        """Write the element back."""
        low = self.low
        assert self._element is not None and self.index is not None
        value = self._rebuilt(self.node.pattern, self._element)
        root = low.current(self.root)
        steps = (*self.path.steps, INDEX_STEP)
        indices = [*self.path.indices, self.index]
        if self.is_read:
            path = self._checked_path()
            from luma_ir.frontend.lower.places import check_path

            check_path(low, root, path)
            indices = path.indices
        cls = luma.PutOp if self.taken else luma.SetOp
        low.update(self.root, low.value(cls, (root, *indices, value), root.type, {"path": dense_i64(steps)}))

    def _rebuilt(self, pattern: hir.Pattern, value: SSAValue) -> SSAValue:
        """The element's new value from the locals that its pattern has bound."""
        low = self.low
        if isinstance(pattern, hir.BindPattern):
            return low.current(pattern.local)
        if isinstance(pattern, hir.TuplePattern):
            for index, inner in pattern.fields:
                if isinstance(inner, hir.WildcardPattern):
                    continue
                changed = self._rebuilt(inner, get(low, value, (index,), []))
                value = low.value(luma.SetOp, (value, changed), value.type, {"path": dense_i64((index,))})
        return value


def _for_in_place(low: FunctionLowering, node: hir.For, iterable: hir.InoutIter, info: RegionInfo) -> None:
    place = iterable.place
    path = evaluate_path(low, place.steps)
    low.at(node)
    size = length(low, read(low, low.current(place.root), path))
    frame = LoopFrame(node.loop, carried_locals(low, info), is_counted=True)
    state = _InPlace(low, node, place.root, path, mentions(node.body, place.root))

    def write_back() -> None:
        location = low.location
        low.at(node)
        state.end()
        low.location = location

    def body(element: Element) -> None:
        assert isinstance(element, SSAValue)
        bind(low, node.pattern, state.begin(element))
        frame.write_back = write_back
        low.expr(node.body)

    run_counted(low, Counted(low.integer(0), size, lambda index: index), frame, info, body)


# ---- comprehensions


@lowers(hir.Comprehension)
def lower_comprehension(low: FunctionLowering, node: hir.Comprehension) -> SSAValue:
    """A fresh array that nested loops push to, with room for all elements from the start when their number is known."""
    info = low.region_info(node)
    result_type = low.lower_type(node.type)
    first = node.clauses[0]
    assert isinstance(first, hir.ForClause)
    source = source_of(low, first.iterable)
    low.at(node)
    empty: SSAValue = low.value(luma.ArrayMakeOp, (), result_type)
    if len(node.clauses) == 1 and isinstance(source, Counted):
        empty = low.value(luma.ArrayReserveOp, (empty, count_of(low, source)), result_type)
    out = low.hidden("elements", empty)

    def emit(position: int) -> None:
        if position == len(node.clauses):
            value = low.operand(node.element)
            low.at(node)
            low.env[out] = low.value(luma.ArrayPushOp, (low.env[out], value), result_type)
            return
        clause = node.clauses[position]
        if isinstance(clause, hir.ForClause):
            loop(clause, source if position == 0 else source_of(low, clause.iterable), position)
            return
        condition, bind_then = condition_of(low, clause)
        low.at(node)

        def then() -> None:
            if bind_then is not None:
                bind_then()
            emit(position + 1)

        branch(low, condition, then, None, info, also=(out,))

    def loop(clause: hir.ForClause, source: Source, position: int) -> None:
        low.at(node)
        frame = LoopFrame(None, [out, *carried_locals(low, info)], is_counted=isinstance(source, Counted))

        def body(element: Element) -> None:
            bind(low, clause.pattern, element)
            emit(position + 1)

        run_source(low, source, frame, info, body)

    emit(0)
    return low.env[out]


def tuple_type(parts: list[Attribute]) -> Attribute:
    """The type of a tuple of values."""
    return intern(luma.TupleType(array(parts)))
