"""Lowering of places, calls, scalars, patterns and whole programs, from typed trees that are written by hand."""

from __future__ import annotations

import re

import pytest
from lowering import (
    AT,
    OPTION,
    POINT,
    RESULT,
    STRING_TYPE,
    array,
    assign,
    binary,
    bind,
    block,
    break_,
    call,
    compound,
    const,
    for_,
    function,
    if_,
    let,
    local,
    lower,
    lower_body,
    place,
    program,
    range_,
    read,
    return_,
    run,
    while_,
)

from luma_ir.frontend import hir
from luma_ir.frontend import types as t
from luma_ir.frontend.lower import LowerOptions, lower_program
from luma_ir.frontend.lower.analysis import RETURN, analyze
from luma_ir.ir.fast import walk
from luma_ir.ir.locations import is_known

ARRAY = t.ArrayType(t.I64)
GRID = t.ArrayType(ARRAY)
OPTION_INT = t.EnumType(OPTION, (t.I64,))


# ---- places and calls


def test_assignment_evaluates_the_value_before_the_checks():
    xs, i = local("xs", ARRAY), local("i")
    value = binary("*", read(i), const(2))
    ops, _ = lower_body(assign(xs, value, (read(i), t.I64)), params=[xs, i], inout=[xs])
    assert ops.index("arith.muli") < ops.index("luma.check.bounds") < ops.index("luma.set")


def test_compound_assignment_checks_once():
    xs, i = local("xs", ARRAY), local("i")
    ops, _ = lower_body(compound(xs, "+", const(1), (read(i), t.I64)), params=[xs, i], inout=[xs])
    assert ops.count("luma.check.bounds") == 1


def test_compound_assignment_checks_again_when_the_value_changed_the_array():
    xs, i, target = local("xs", ARRAY), local("i"), local("target", ARRAY)
    shrink = function("shrink", [target], t.I64, block(value=const(1)), inout=[target])
    ops, _ = lower_body(
        compound(xs, "+", call(shrink, place(xs)), (read(i), t.I64)), params=[xs, i], inout=[xs], others=[shrink]
    )
    assert ops.count("luma.check.bounds") == 2


def test_nested_inout_places_are_moved_out_and_back_in_reverse():
    grid, a, b = local("grid", GRID), local("a", ARRAY), local("b", ARRAY)
    both = function("both", [a, b], t.UNIT, block(), inout=[a, b])
    arguments = (place(grid, (const(0), ARRAY)), place(grid, (const(1), ARRAY)))
    ops, text = lower_body(run(call(both, *arguments)), params=[grid], inout=[grid], others=[both])
    assert ops.count("luma.take") == 2 and ops.count("luma.put") == 2
    assert max(i for i, op in enumerate(ops) if op == "luma.check.bounds") < ops.index("luma.take")
    taken = re.findall(r"luma.take %\w+\[(%\w+)\]", text)
    put = re.findall(r"luma.put %\w+\[(%\w+)\]", text)
    assert taken == put[::-1]


def test_scalar_inside_a_struct_is_read_and_set():
    p, x = local("p", t.StructType(POINT)), local("x", t.F64)
    double = function("double", [x], t.UNIT, block(), inout=[x])
    ops, _ = lower_body(run(call(double, place(p, (0, t.F64)))), params=[p], inout=[p], others=[double])
    assert "luma.take" not in ops and ops[:3] == ["luma.get", "luma.call", "luma.set"]


def test_op_calls_build_the_op():
    x = local("x", t.F64)
    node = hir.OpCall(op_name="math.sqrt", attributes={}, args=[hir.ValueArg(param=0, value=read(x))], type=t.F64, **AT)
    ops, _ = lower_body(params=[x], value=node)
    assert ops == ["math.sqrt", "luma.return"]
    pointer = t.PtrType(t.U8)
    node = hir.OpCall(op_name="luma.static", attributes={"symbol": "rt.x", "size": 8}, args=[], type=pointer, **AT)
    _, text = lower_body(value=node)
    assert 'luma.static "rt.x", 8 : !luma.ptr<i8>' in text
    node = hir.OpCall(
        op_name="luma.float_to_int",
        attributes={"unsigned": True},
        args=[hir.ValueArg(param=0, value=read(x))],
        type=t.U32,
        **AT,
    )
    _, text = lower_body(params=[x], value=node)
    assert "unsigned : f64 -> i32" in text


def test_pop_gives_the_value_and_the_array_in_the_order_of_the_op():
    xs = local("xs", ARRAY)
    node = hir.OpCall(
        op_name="luma.array.pop", attributes={}, args=[hir.InoutArg(param=0, place=place(xs))], type=t.I64, **AT
    )
    _, text = lower_body(params=[xs], inout=[xs], value=node)
    rest, value = re.search(r"(%\w+), (%\w+) = luma.array.pop", text).groups()
    assert f"luma.return {value}, {rest}" in text


def test_call_of_a_function_that_does_not_return():
    stop = function("stop", [], t.NEVER, block(run(hir.Panic(message="x", type=t.NEVER, **AT)), type_=t.NEVER))
    ops, _ = lower_body(run(call(stop)), run(read(local("gone"))), others=[stop], result=t.I64)
    assert ops == ["luma.call", "luma.unreachable"]


def test_try_returns_what_inout_parameters_are_by_then():
    xs, r = local("xs", ARRAY), local("r", t.EnumType(RESULT, (t.I64, STRING_TYPE)))
    node = hir.Try(value=read(r), return_type=r.type, type=t.I64, **AT)
    made = hir.EnumMake(variant=0, fields=[(0, node)], type=r.type, **AT)
    _, text = lower_body(assign(xs, array(const(1))), params=[xs, r], inout=[xs], value=made)
    literal = re.search(r"(%\w+) = luma.array.literal", text)[1]
    assert len(re.findall(rf"luma.return %\w+, {literal} :", text)) == 2


# ---- scalars


@pytest.mark.parametrize(
    ("operator", "type_", "op"),
    [
        ("/", t.I32, "arith.divsi"),
        ("/", t.U32, "arith.divui"),
        ("%", t.I64, "arith.remsi"),
        ("%", t.U8, "arith.remui"),
        (">>", t.I64, "arith.shrsi"),
        (">>", t.U64, "arith.shrui"),
        ("<<", t.U16, "arith.shli"),
        ("&", t.BOOL, "arith.andi"),
        ("+", t.F32, "arith.addf"),
        ("%", t.F64, "llvm.frem"),
        ("**", t.F64, "math.powf"),
    ],
)
def test_binary_operators(operator, type_, op):
    a, b = local("a", type_), local("b", type_)
    ops, _ = lower_body(params=[a, b], value=binary(operator, read(a), read(b)))
    assert op in ops
    assert ("luma.check.div" in ops) == (operator in "/%" and isinstance(type_, t.IntType))


@pytest.mark.parametrize(
    ("type_", "predicate"), [(t.I8, "slt"), (t.U8, "ult"), (t.CHAR, "ult"), (t.F64, "olt"), (t.BOOL, "ult")]
)
def test_comparisons(type_, predicate):
    a, b = local("a", type_), local("b", type_)
    _, text = lower_body(params=[a, b], value=binary("<", read(a), read(b)))
    assert f" {predicate}, " in text


def test_not_equal_holds_for_nan():
    a = local("a", t.F64)
    _, text = lower_body(params=[a], value=binary("!=", read(a), read(a)))
    assert "arith.cmpf une" in text


@pytest.mark.parametrize(("operator", "kind"), [("+", "add"), ("-", "sub"), ("*", "mul"), ("<<", "shl"), (">>", "shr")])
def test_overflow_is_checked_in_trapping_builds(operator, kind):
    a, b = local("a", t.U8), local("b", t.U8)
    _, text = lower_body(params=[a, b], value=binary(operator, read(a), read(b)), overflow="trap")
    assert f'luma.check.overflow "{kind}" %a, %b unsigned : i8' in text


def test_wide_shift_amounts_stay_out_of_range_when_cut():
    a, b = local("a", t.I8), local("b", t.I64)
    node = hir.Binary(operator="<<", lhs=read(a), rhs=read(b), type=t.I8, **AT)
    ops, _ = lower_body(params=[a, b], value=node, overflow="trap")
    assert "arith.select" in ops


@pytest.mark.parametrize(
    ("source", "target", "op"),
    [
        (t.I64, t.I8, "arith.trunci"),
        (t.I8, t.I64, "arith.extsi"),
        (t.U8, t.I64, "arith.extui"),
        (t.U8, t.CHAR, "arith.extui"),
        (t.BOOL, t.I64, "arith.extui"),
        (t.I64, t.F64, "arith.sitofp"),
        (t.U64, t.F32, "arith.uitofp"),
        (t.F64, t.I32, "luma.float_to_int"),
        (t.F64, t.F32, "arith.truncf"),
        (t.F32, t.F64, "arith.extf"),
        (t.PtrType(t.U8), t.PtrType(t.I64), "luma.ptr.cast"),
    ],
)
def test_casts(source, target, op):
    a = local("a", source)
    ops, _ = lower_body(params=[a], value=hir.Cast(value=read(a), type=target, **AT))
    assert ops == [op, "luma.return"]


def test_casts_between_equal_ir_types_are_nothing():
    a = local("a", t.U32)
    ops, _ = lower_body(params=[a], value=hir.Cast(value=read(a), type=t.CHAR, **AT))
    assert ops == ["luma.return"]


@pytest.mark.parametrize(
    ("value", "type_", "text"),
    [
        (True, t.BOOL, "true"),
        (255, t.U8, "-1 : i8"),
        ("é", t.CHAR, "233 : i32"),
        ((1 << 64) - 1, t.U64, "-1 : i64"),
        (1.5, t.F32, "1.500000e+00 : f32"),
    ],
)
def test_constants(value, type_, text):
    _, found = lower_body(value=const(value, type_))
    assert text in found


def test_constant_aggregates():
    pair = t.TupleType((t.I64, ARRAY))
    node = const([const(1), const([const(2), const(3)], ARRAY)], pair)
    ops, _ = lower_body(value=node)
    assert ops == ["arith.constant", "luma.array.literal", "luma.tuple.make", "luma.return"]


# ---- patterns


def option_test(pattern):
    return hir.PatternTest(value=read(pattern[0]), pattern=pattern[1], type=t.BOOL, **AT)


def test_if_let_binds_in_its_branch_only():
    o, x = local("o", OPTION_INT), local("x")
    some = hir.VariantPattern(variant=0, fields=[(0, bind(x))], types=[t.I64], **AT)
    node = if_(option_test((o, some)), block(value=read(x)), block(value=const(0)), type_=t.I64)
    ops, text = lower_body(params=[o], value=node)
    assert text.index("scf.if") < text.index("luma.enum.get")
    assert ops.count("luma.enum.is") == 1


def test_payload_is_only_tested_where_the_variant_is_known():
    o = local("o", OPTION_INT)
    seven = hir.ConstantPattern(value=const(7), **AT)
    some = hir.VariantPattern(variant=0, fields=[(0, seven)], types=[t.I64], **AT)
    ops, _ = lower_body(params=[o], value=option_test((o, some)))
    assert ops.index("scf.if") < ops.index("luma.enum.get") < ops.index("arith.cmpi")


def test_guard_sees_the_pattern_s_locals():
    o, x = local("o", OPTION_INT), local("x")
    some = hir.VariantPattern(variant=0, fields=[(0, bind(x))], types=[t.I64], **AT)
    chain = hir.Logical(
        operator="&&", lhs=option_test((o, some)), rhs=binary(">", read(x), const(3)), type=t.BOOL, **AT
    )
    node = if_(chain, block(value=read(x)), block(value=const(0)), type_=t.I64)
    ops, _ = lower_body(params=[o], value=node)
    assert ops.count("scf.if") == 2 and "luma.undef" in ops


def test_while_let_leaves_by_a_break():
    o, x = local("o", OPTION_INT), local("x")
    some = hir.VariantPattern(variant=0, fields=[(0, bind(x))], types=[t.I64], **AT)
    none = hir.EnumMake(variant=1, fields=[], type=OPTION_INT, **AT)
    ops, _ = lower_body(run(while_(option_test((o, some)), block(assign(o, none)))), params=[o])
    assert ops.count("luma.break") == 1 and "luma.loop" in ops


@pytest.mark.parametrize(
    ("pattern", "op"),
    [
        (hir.RangePattern(low=const(1), high=const(5), inclusive=True, **AT), "arith.andi"),
        (
            hir.OrPattern(
                alternatives=[hir.ConstantPattern(value=const(1), **AT), hir.ConstantPattern(value=const(2), **AT)],
                **AT,
            ),
            "arith.ori",
        ),
    ],
)
def test_patterns_on_numbers(pattern, op):
    a = local("a")
    ops, _ = lower_body(params=[a], value=hir.PatternTest(value=read(a), pattern=pattern, type=t.BOOL, **AT))
    assert op in ops and "scf.if" not in ops


def test_tuple_expressions_are_taken_apart_without_a_tuple():
    a, b, x, y = local("a"), local("b"), local("x"), local("y")
    pair = hir.TuplePattern(fields=[(0, bind(x)), (1, bind(y))], types=[t.I64, t.I64], **AT)
    value = hir.TupleMake(elements=[read(b), read(a)], type=t.TupleType((t.I64, t.I64)), **AT)
    ops, text = lower_body(hir.Let(pattern=pair, value=value, **AT), params=[a, b], value=binary("-", read(x), read(y)))
    assert ops == ["arith.subi", "luma.return"]
    assert "arith.subi %b, %a" in text


# ---- programs


def test_every_op_has_a_location():
    a = local("a")
    module = lower_program(program(function("f", [a], t.I64, block(value=binary("+", read(a), const(1))))))
    inside = [op for top in module.body.block.ops if top.regions for op in walk(top)]
    assert inside and all(is_known(op.location) for op in inside)


def test_entry_point_of_a_main_with_a_status():
    main = function("main", [], t.I32, block(value=const(3, t.I32)))
    text = lower(main, main=main)
    assert "luma.func public @main(%argc: i32, %argv: !luma.ptr<!luma.ptr<i8>>) -> i32" in text


def test_equal_programs_give_equal_text():
    def make():
        a, i, s = local("a"), local("i"), local("s")
        body = block(
            let(s, const(0)), run(for_(i, range_(const(0), read(a)), block(compound(s, "+", read(i))))), value=read(s)
        )
        return lower(function("f", [a], t.I64, body))

    assert make() == make()


def test_source_types_keep_signedness_where_impls_are_chosen():
    x = local("x", t.ParamType("T"))
    show = hir.TraitMethodRef("std.prelude.Show", "show", t.ParamType("T"), (False,), t.UNIT)
    generic = function("g", [x], t.UNIT, block(run(call(show, read(x), type_=t.UNIT))), type_params=["T"])
    a = local("a", t.U8)
    user = function("f", [a], t.UNIT, block(run(call(generic, read(a), type_args=[t.U8]))))
    text = lower(generic, user)
    assert "luma.call @main.g(%a) {type_args = [ui8]} : (i8) -> ()" in text


def test_analysis_finds_exits_and_assignments():
    a, i, outer = local("a"), local("i"), hir.LoopId()
    inner = for_(i, range_(const(0), const(3)), block(run(break_(outer)), run(return_())))
    node = for_(i, range_(const(0), const(3)), block(run(inner), compound(a, "+", const(1))), outer)
    info = analyze(block(run(node)))
    assert info[inner].exits == {outer, RETURN} and info[inner].assigned == ()
    assert info[node].exits == {outer, RETURN} and info[node].assigned == (a,)


def test_unknown_overflow_mode_is_trap_only_when_said():
    a = local("a")
    made = function("f", [a], t.I64, block(value=binary("+", read(a), const(1))))
    module = lower_program(program(made), LowerOptions(overflow="wrap"))
    assert "luma.check.overflow" not in {op.name for op in walk(module)}


def test_text_that_is_not_ascii_can_be_read_back():
    from luma_ir.ir.context import make_context
    from luma_ir.ir.diagnostics import DiagnosticEngine
    from luma_ir.ir.text import module_text, parse_module

    text = lower(function("f", [], STRING_TYPE, block(value=const('na\u00efve \U0001f600 "x"\n', STRING_TYPE))))
    engine = DiagnosticEngine()
    module = parse_module(text, "again.mlir", make_context(), engine)
    assert module is not None, engine.diagnostics
    assert module_text(module) == text
