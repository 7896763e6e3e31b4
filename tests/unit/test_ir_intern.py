"""Interned attributes are identical for equal arguments and distinct for different ones."""

from __future__ import annotations

import math

import pytest
from xdsl.dialects.builtin import (
    ArrayAttr,
    DenseArrayBase,
    FloatAttr,
    FunctionType,
    IntAttr,
    IntegerAttr,
    IntegerType,
    StringAttr,
    SymbolRefAttr,
)
from xdsl.utils.exceptions import VerifyException

from luma_ir.ir import intern


def test_equal_arguments_give_the_identical_object() -> None:
    """Each constructor gives an attribute equal to xDSL's, and the same one again."""
    elements = (intern.string_attr("a"), intern.int_attr(1, intern.I64))
    cases = [
        (lambda: intern.int_type(24), IntegerType(24)),
        (lambda: intern.int_attr(-5, intern.I32), IntegerAttr(-5, IntegerType(32))),
        (lambda: intern.int_attr(5, intern.INDEX), IntegerAttr.from_index_int_value(5)),
        (lambda: intern.bool_attr(True), IntegerAttr.from_bool(True)),
        (lambda: intern.float_attr(0.5, intern.F32), FloatAttr(0.5, intern.F32)),
        (lambda: intern.string_attr("x y"), StringAttr("x y")),
        (lambda: intern.symbol("f"), SymbolRefAttr("f")),
        (lambda: intern.dense_i64([1, 2]), DenseArrayBase.from_list(intern.I64, [1, 2])),
        (lambda: intern.dense_i32((1, 2)), DenseArrayBase.from_list(intern.I32, [1, 2])),
        (lambda: intern.array(elements), ArrayAttr(elements)),
        (lambda: intern.function_type([intern.I1], [intern.F64]), FunctionType.from_lists([intern.I1], [intern.F64])),
    ]
    for build, expected in cases:
        assert build() == expected
        assert build() is build()


def test_different_arguments_stay_distinct() -> None:
    """Width, type, sign of zero and element type all count."""
    assert intern.int_attr(1, intern.I32) != intern.int_attr(1, intern.I64)
    assert intern.float_attr(0.0, intern.F64) is not intern.float_attr(-0.0, intern.F64)
    assert intern.float_attr(math.nan, intern.F64) is intern.float_attr(math.nan, intern.F64)
    assert intern.dense_i32([1]) != intern.dense_i64([1])
    assert intern.function_type([intern.I1], []) is not intern.function_type([], [intern.I1])


def test_value_that_does_not_fit_is_refused() -> None:
    """Interning does not weaken the check of the constructor."""
    with pytest.raises(VerifyException):
        intern.int_attr(300, intern.I8)


def test_intern_of_any_attribute() -> None:
    """`intern` gives the first of equal attributes."""
    first = intern.intern(StringAttr("only here"))
    assert intern.intern(StringAttr("only here")) is first


def test_integers_made_without_verification_equal_those_of_xdsl():
    cases = [(5, intern.I64), (-128, intern.I8), (200, intern.I8), (1, intern.I1), (2**64 - 1, intern.I64)]
    cases += [(-(2**63), intern.I64), (3, intern.INDEX)]
    for value, type_ in cases:
        mine, theirs = intern.int_attr(value, type_), IntegerAttr(value, type_)
        assert mine == theirs and hash(mine) == hash(theirs) and str(mine) == str(theirs)
        mine.verify()
    assert intern.plain_int(7) == IntAttr(7)
