"""Lowering of typed trees that are written by hand: shape of the IR, and that it always verifies."""

from __future__ import annotations

import re

import pytest
from lowering import (
    AT,
    OPTION,
    STRING_TYPE,
    assign,
    binary,
    bind,
    block,
    break_,
    compound,
    const,
    continue_,
    for_,
    function,
    if_,
    let,
    local,
    lower_body,
    place,
    range_,
    read,
    return_,
    run,
    while_,
)

from luma_ir.frontend import hir
from luma_ir.frontend import types as t

ARRAY = t.ArrayType(t.I64)
GRID = t.ArrayType(ARRAY)
OPTION_INT = t.EnumType(OPTION, (t.I64,))


# ---- branches


def test_if_results_are_what_the_branches_change():
    a, b = local("a"), local("b")
    test = binary("<", read(a), read(b))
    ops, text = lower_body(
        run(if_(test, block(assign(a, const(1))), block(assign(a, const(2))))), params=[a, b], value=read(a)
    )
    assert "scf.if" in ops and "luma.if" not in ops
    assert re.search(r"%\w+ = scf.if %\w+ -> \(i64\) \{", text)


def test_branch_that_changes_nothing_has_no_results_and_no_else():
    a = local("a")
    _ops, text = lower_body(run(if_(binary("<", read(a), const(0)), block(run(read(a))))), params=[a])
    assert "else" not in text and "scf.if %" in text


def test_branch_that_returns_makes_a_luma_if():
    a = local("a")
    stop = if_(binary("<", read(a), const(0)), block(run(return_(const(7)))))
    ops, _text = lower_body(run(stop), params=[a], value=read(a))
    assert ops.count("luma.return") == 2
    assert "luma.if" in ops and "scf.if" not in ops


def test_nothing_is_emitted_behind_code_that_does_not_go_on():
    a = local("a")
    both = if_(
        binary("<", read(a), const(0)),
        block(run(return_(const(1)))),
        block(run(return_(const(2)))),
        type_=t.NEVER,
    )
    ops, _ = lower_body(run(both), compound(a, "*", const(99)), params=[a], result=t.I64)
    assert ops[-1] == "luma.unreachable"
    assert "arith.muli" not in ops


def test_panic_only_affects_the_branch_around_it():
    a, i = local("a"), local("i")
    check = if_(binary(">", read(i), const(3)), block(run(hir.Panic(message="too far", type=t.NEVER, **AT))))
    ops, text = lower_body(
        run(for_(i, range_(const(0), read(a)), block(run(check), compound(a, "+", read(i))))), params=[a]
    )
    assert "scf.for" in ops and "luma.for" not in ops
    assert 'luma.panic "too far"' in text


def test_value_and_changed_locals_come_out_together():
    a = local("a")
    value = if_(
        binary("<", read(a), const(0)),
        block(assign(a, const(5)), value=const(1.5, t.F64)),
        block(value=const(2.5, t.F64)),
        type_=t.F64,
    )
    _, text = lower_body(let(x := local("x", t.F64), value), params=[a], value=read(a))
    assert re.search(r"-> \(f64, i64\)", text)
    assert x.name == "x"


@pytest.mark.parametrize(("operator", "op"), [("&&", "arith.andi"), ("||", "arith.ori")])
def test_cheap_right_sides_are_not_branches(operator, op):
    a, b = local("a", t.BOOL), local("b", t.BOOL)
    node = hir.Logical(operator=operator, lhs=read(a), rhs=read(b), type=t.BOOL, **AT)
    ops, _ = lower_body(params=[a, b], value=node)
    assert ops == [op, "luma.return"]


def test_right_side_with_a_check_is_a_branch():
    xs, i = local("xs", ARRAY), local("i")
    rhs = binary("==", read(xs, (read(i), t.I64)), const(0))
    node = hir.Logical(operator="&&", lhs=binary("<", read(i), const(9)), rhs=rhs, type=t.BOOL, **AT)
    ops, _ = lower_body(params=[xs, i], value=node)
    assert ops.index("scf.if") < ops.index("luma.check.bounds")


# ---- loops


def test_while_carries_what_it_assigns():
    a, b = local("a"), local("b")
    loop = while_(binary("<", read(a), read(b)), block(compound(a, "+", const(1))))
    ops, text = lower_body(run(loop), params=[a, b], value=read(a))
    assert "scf.while" in ops
    assert len(re.search(r"scf.while \((.*?)\)", text)[1].split(",")) == 1


def test_break_passes_the_carried_locals():
    a, loop = local("a"), hir.LoopId()
    leave = if_(binary("==", read(a), const(5)), block(assign(a, const(50)), run(break_(loop))))
    ops, text = lower_body(
        run(while_(binary("<", read(a), const(9)), block(run(leave), compound(a, "+", const(1))), loop)),
        params=[a],
        value=read(a),
    )
    assert ops.count("luma.break") == 2 and "luma.loop" in ops
    assert all(line.endswith(": i64") for line in text.splitlines() if line.startswith(("luma.break", "luma.continue")))


def test_exit_of_an_outer_loop_has_a_depth_and_makes_both_luma_loops():
    i, j, s, outer = local("i"), local("j"), local("s"), hir.LoopId()
    inner = for_(
        j, range_(const(0), read(i)), block(run(if_(binary(">", read(s), const(9)), block(run(continue_(outer))))))
    )
    ops, text = lower_body(
        let(s, const(0)),
        run(for_(i, range_(const(0), const(10)), block(compound(s, "+", read(i)), run(inner)), outer)),
        value=read(s),
    )
    assert ops.count("luma.for") == 2 and "scf.for" not in ops
    assert re.search(r"luma.continue %\w+ : i64 \{depth = 1 : i64\}", text)


def test_loop_with_a_value():
    a, loop = local("a"), hir.LoopId()
    body = block(
        compound(a, "+", const(1)),
        run(if_(binary(">", read(a), const(9)), block(run(break_(loop, const(1.0, t.F64)))))),
    )
    node = hir.Loop(loop=loop, body=body, type=t.F64, **AT)
    _, text = lower_body(params=[a], value=node)
    assert re.search(r"luma.loop \(%\w+ = %a : i64\) -> \(f64, i64\)", text)


def test_loop_without_break_ends_the_block():
    ops, _ = lower_body(run(hir.Loop(loop=hir.LoopId(), body=block(), type=t.NEVER, **AT)), result=t.I64)
    assert ops == ["luma.loop", "luma.continue", "luma.unreachable"]


def test_step_of_a_c_style_loop_runs_at_continue_too():
    i, s, loop = local("i"), local("s"), hir.LoopId()
    skip = if_(binary("==", read(i), const(3)), block(run(continue_(loop))))
    node = while_(
        binary("<", read(i), const(9)), block(run(skip), compound(s, "+", read(i))), loop, [compound(i, "+", const(1))]
    )
    ops, _ = lower_body(let(i, const(0)), let(s, const(0)), run(node), value=read(s))
    assert ops.count("arith.addi") == 3


def test_body_that_never_reaches_its_end():
    i = local("i")
    node = for_(i, range_(const(0), const(9)), block(run(hir.Panic(message="no", type=t.NEVER, **AT))))
    ops, _ = lower_body(run(node))
    assert "luma.for" in ops
    a = local("a")
    node = while_(
        binary("<", read(a), const(9)),
        block(compound(a, "+", const(1)), run(hir.Panic(message="no", type=t.NEVER, **AT))),
    )
    ops, _ = lower_body(run(node), params=[a], value=read(a))
    assert "luma.loop" in ops and "scf.while" not in ops
    assert ops.count("arith.addi") == 1


# ---- iteration


def loop_over(iterable, *params, pattern=None):
    element = local("x")
    sink = local("sink")
    ops, text = lower_body(
        let(sink, const(0)), run(for_(pattern or element, iterable, block(assign(sink, const(1))))), params=params
    )
    return ops, text


def test_plain_range_counts_its_elements():
    a, b = local("a"), local("b")
    ops, text = loop_over(range_(read(a), read(b)), a, b)
    assert re.search(r"scf.for %\w+ = %a to %b step", text)
    assert ops.count("arith.constant") == 3  # the sink, the step, the value assigned


def test_inclusive_range_with_constant_start_needs_no_count():
    a = local("a")
    ops, _ = loop_over(range_(const(1), read(a), inclusive=True), a)
    assert "arith.select" not in ops


def test_inclusive_range_of_unknown_bounds_cannot_overflow():
    a, b = local("a"), local("b")
    ops, _ = loop_over(range_(read(a), read(b), inclusive=True), a, b)
    assert "arith.minui" in ops and "arith.select" in ops


def test_unsigned_bytes_are_counted_in_i64():
    ops, _text = loop_over(range_(const(0, t.U8), const(255, t.U8), inclusive=True, type_=t.U8))
    assert ops.count("arith.extui") == 2 and "arith.trunci" in ops


def test_step_is_checked_unless_constant():
    a, b = local("a"), local("b")
    ops, _ = loop_over(range_(const(0), read(a), by=read(b)), a, b)
    assert "luma.assert" in ops
    ops, _ = loop_over(range_(const(0), const(100), by=const(7)))
    assert "luma.assert" not in ops and "arith.divui" not in ops


def test_constant_step_that_is_not_positive_still_panics():
    ops, _ = loop_over(range_(const(0), const(100), by=const(0)))
    assert "luma.assert" in ops


def test_array_is_evaluated_once_and_read_without_a_check():
    xs = local("xs", ARRAY)
    ops, _ = loop_over(hir.ArrayIter(array=read(xs), **AT), xs)
    assert ops.count("luma.array.len") == 1 and ops.count("luma.get") == 1
    assert "luma.check.bounds" not in ops


def test_pairs_are_not_made_unless_wanted_whole():
    xs, number, value = local("xs", ARRAY), local("n"), local("v")
    pair = hir.TuplePattern(fields=[(0, bind(number)), (1, bind(value))], types=[t.I64, t.I64], **AT)
    iterable = hir.EnumerateIter(inner=hir.ArrayIter(array=read(xs), **AT), **AT)
    ops, _ = loop_over(iterable, xs, pattern=pair)
    assert "luma.tuple.make" not in ops
    whole = local("pair", t.TupleType((t.I64, t.I64)))
    ops, _ = loop_over(iterable, xs, pattern=bind(whole))
    assert "luma.tuple.make" in ops


def test_zip_stops_at_the_shortest():
    xs, ys, pair = local("xs", ARRAY), local("ys", ARRAY), local("pair", t.TupleType((t.I64, t.I64)))
    arrays = [hir.ArrayIter(array=read(xs), **AT), hir.ArrayIter(array=read(ys), **AT)]
    ops, _ = loop_over(hir.ZipIter(inners=arrays, **AT), xs, ys, pattern=bind(pair))
    assert ops.count("arith.minsi") == 1 and ops.count("luma.get") == 2


def decode_function():
    data, at = local("data", t.ArrayType(t.U8)), local("at")
    result = t.TupleType((t.CHAR, t.I64))
    made = hir.TupleMake(elements=[const("x", t.CHAR), read(at)], type=result, **AT)
    return function("decode", [data, at], result, block(value=made))


def test_characters_are_decoded_one_after_another():
    s, decode = local("s", STRING_TYPE), decode_function()
    c = local("c", t.CHAR)
    ops, text = lower_body(
        run(for_(c, hir.CharsIter(text=read(s), decode=hir.FunctionRef(decode), **AT), block())),
        params=[s],
        others=[decode],
    )
    assert "luma.loop" in ops and "luma.call @main.decode" in text


def test_numbered_characters():
    s, decode = local("s", STRING_TYPE), decode_function()
    pair = local("pair", t.TupleType((t.I64, t.CHAR)))
    inner = hir.CharsIter(text=read(s), decode=hir.FunctionRef(decode), **AT)
    xs = local("xs", ARRAY)
    zipped = hir.ZipIter(inners=[inner, hir.ArrayIter(array=read(xs), **AT)], **AT)
    for iterable in (hir.EnumerateIter(inner=inner, **AT), zipped):
        kind = t.TupleType((t.CHAR, t.I64)) if iterable is zipped else pair.type
        ops, _ = lower_body(run(for_(local("p", kind), iterable, block())), params=[s, xs], others=[decode])
        assert "luma.loop" in ops


def test_iterator_is_a_hidden_local():
    state = local("self", ARRAY)
    made = hir.EnumMake(variant=1, fields=[], type=OPTION_INT, **AT)
    advance = function("next", [state], OPTION_INT, block(value=made), inout=[state])
    xs, x = local("xs", ARRAY), local("x")
    iterable = hir.NextIter(source=read(xs), next=hir.FunctionRef(advance), **AT)
    ops, text = lower_body(run(for_(x, iterable, block())), params=[xs], others=[advance])
    assert "luma.enum.is" in ops and "luma.enum.get" in ops
    assert re.search(r"luma.loop \(%\w+ = %xs", text)


def test_elements_changed_in_place_are_put_back_on_every_way_out():
    grid, row, loop = local("grid", GRID), local("row", ARRAY), hir.LoopId()
    leave = if_(binary("<", read(row, (const(0), t.I64)), const(0)), block(run(break_(loop))))
    stop = if_(binary("<", read(row, (const(1), t.I64)), const(0)), block(run(return_())))
    again = if_(binary("<", read(row, (const(2), t.I64)), const(0)), block(run(continue_(loop))))
    node = for_(row, hir.InoutIter(place=place(grid), **AT), block(run(leave), run(stop), run(again)), loop)
    ops, _ = lower_body(run(node), params=[grid], inout=[grid])
    assert ops.count("luma.take") == 1
    assert ops.count("luma.put") == 4


def test_array_that_the_body_reads_is_not_moved_out():
    grid, row = local("grid", GRID), local("row", ARRAY)
    node = for_(row, hir.InoutIter(place=place(grid), **AT), block(assign(row, read(grid, (const(0), ARRAY)))))
    ops, _ = lower_body(run(node), params=[grid], inout=[grid])
    assert "luma.take" not in ops and "luma.set" in ops


def test_comprehension_reserves_when_the_length_is_known():
    a, i = local("a"), local("i")
    clause = hir.ForClause(pattern=bind(i), iterable=range_(const(0), read(a)), **AT)
    plain = hir.Comprehension(element=read(i), clauses=[clause], type=ARRAY, **AT)
    ops, _ = lower_body(params=[a], value=plain)
    assert ops.count("luma.array.reserve") == 1 and ops.count("luma.array.push") == 1
    filtered = hir.Comprehension(element=read(i), clauses=[clause, binary(">", read(i), const(3))], type=ARRAY, **AT)
    ops, _ = lower_body(params=[a], value=filtered)
    assert "luma.array.reserve" not in ops and "scf.if" in ops


def test_nested_comprehension():
    a, i, j = local("a"), local("i"), local("j")
    clauses = [
        hir.ForClause(pattern=bind(i), iterable=range_(const(0), read(a)), **AT),
        hir.ForClause(pattern=bind(j), iterable=range_(const(0), read(i)), **AT),
    ]
    node = hir.Comprehension(element=binary("*", read(i), read(j)), clauses=clauses, type=ARRAY, **AT)
    ops, _ = lower_body(params=[a], value=node)
    assert ops.count("scf.for") == 2
