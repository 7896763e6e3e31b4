"""Locations are memoised, nest, and are read back from any nesting."""

from __future__ import annotations

from xdsl.dialects.builtin import ArrayAttr, FileLineColLoc, FusedLoc, IntAttr, NoneAttr, StringAttr

from luma_ir.ir import locations
from luma_ir.ir.locations import UNKNOWN_LOC, SourcePlace


def test_file_locations_equal_those_of_xdsl_and_are_memoised() -> None:
    """The unverified construction gives a proper attribute."""
    made = locations.file_loc("a.luma", 3, 7)
    assert made == FileLineColLoc(StringAttr("a.luma"), IntAttr(3), IntAttr(7))
    assert hash(made) == hash(FileLineColLoc(StringAttr("a.luma"), IntAttr(3), IntAttr(7)))
    assert made is locations.file_loc("a.luma", 3, 7)
    assert str(made) == 'loc("a.luma":3:7)'


def test_unwrap_finds_the_innermost_place_and_its_function() -> None:
    """A name belongs to the place inside it, and never to the callee of a call site."""
    callee = locations.function_loc("inner", "lib.luma", 1, 2)
    caller = locations.function_loc("outer", "main.luma", 9, 5)
    inlined = locations.call_site(callee, caller)
    assert locations.unwrap(callee) == SourcePlace("lib.luma", 1, 2, "inner")
    assert locations.unwrap(inlined) == SourcePlace("lib.luma", 1, 2, "inner")
    assert locations.unwrap(
        locations.name_loc("outer", locations.call_site(locations.file_loc("x", 1, 1), caller))
    ) == (SourcePlace("x", 1, 1))
    assert inlined is locations.call_site(callee, caller)
    assert locations.unwrap(UNKNOWN_LOC) is None
    assert locations.unwrap(None) is None


def test_fused_locations() -> None:
    """The first part that is known is the place."""
    fused = FusedLoc(ArrayAttr([UNKNOWN_LOC, locations.file_loc("f", 2, 2)]), NoneAttr())
    assert locations.unwrap(fused) == SourcePlace("f", 2, 2)
    assert locations.unwrap(locations.name_loc("g", fused)) == SourcePlace("f", 2, 2, "g")
    assert locations.unwrap(FusedLoc(ArrayAttr([UNKNOWN_LOC]), NoneAttr())) is None


def test_callers_lists_the_chain() -> None:
    """The innermost place comes first."""
    inner = locations.function_loc("a", "f", 1, 1)
    middle = locations.function_loc("b", "f", 2, 2)
    outer = locations.function_loc("c", "f", 3, 3)
    chain = locations.call_site(locations.call_site(inner, middle), outer)
    assert [place.function for place in locations.callers(chain)] == ["a", "b", "c"]
    assert locations.callers(UNKNOWN_LOC) == []


def test_fuse_and_format() -> None:
    """The known of two locations wins, the first one if both are."""
    here, there = locations.file_loc("f", 1, 1), locations.file_loc("f", 2, 1)
    assert locations.fuse(UNKNOWN_LOC, here) is here
    assert locations.fuse(here, there) is here
    assert locations.fuse(UNKNOWN_LOC, UNKNOWN_LOC) is UNKNOWN_LOC
    assert locations.format_place(there) == "f:2:1"
    assert locations.format_place(UNKNOWN_LOC) == "<unknown>"
