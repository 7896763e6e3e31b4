"""
Source locations of operations: making, nesting and reading them.

Every op carries one from the frontend or parser to the debug information. A pass that makes an op gives it the location
of what it replaces; code that is inlined gets a call-site location, so the chain of callers stays readable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen
from xdsl.dialects.builtin import UNKNOWN_LOC, CallSiteLoc, FileLineColLoc, FusedLoc, NameLoc, UnknownLoc

from luma_ir.ir.intern import plain_int, string_attr
from luma_ir.ir.making import make_file_location

if TYPE_CHECKING:
    from xdsl.dialects.builtin import LocationAttr
    from xdsl.ir import Operation

__all__ = [
    "UNKNOWN_LOC",
    "SourcePlace",
    "call_site",
    "callers",
    "file_loc",
    "format_place",
    "function_loc",
    "fuse",
    "is_known",
    "name_loc",
    "stamp_parsed",
    "unwrap",
]

_file_locations: dict[tuple[str, int, int], LocationAttr] = {}
_call_sites: dict[tuple[int, int], LocationAttr] = {}
_name_locations: dict[tuple[str, int], LocationAttr] = {}


@frozen
class SourcePlace:
    """A place in a source file: line and column count from 1, columns in characters."""

    filename: str
    line: int
    column: int
    function: str | None = None
    """Name of the innermost function, when a name location around the place gives one."""


def file_loc(filename: str, line: int, column: int) -> LocationAttr:
    """The location `filename:line:column`; line and column count from 1."""
    key = (filename, line, column)
    found = _file_locations.get(key)
    if found is None:
        found = make_file_location(string_attr(filename), plain_int(line), plain_int(column))
        _file_locations[key] = found
    return found


def call_site(callee_loc: LocationAttr, caller_loc: LocationAttr) -> LocationAttr:
    """The location of inlined code: `callee_loc`, reached from the call at `caller_loc`."""
    key = (id(callee_loc), id(caller_loc))
    found = _call_sites.get(key)
    if found is None:
        found = _call_sites[key] = CallSiteLoc(callee_loc, caller_loc)
    return found


def name_loc(name: str, loc: LocationAttr) -> LocationAttr:
    """A location with a name, which the debug information takes as the function that the code belongs to."""
    key = (name, id(loc))
    found = _name_locations.get(key)
    if found is None:
        found = _name_locations[key] = NameLoc(string_attr(name), loc)
    return found


def function_loc(function: str, filename: str, line: int, column: int) -> LocationAttr:
    """A file location inside a named function."""
    return name_loc(function, file_loc(filename, line, column))


def fuse(first: LocationAttr, second: LocationAttr) -> LocationAttr:
    """The location of an op made from two others: the known one, else the first."""
    return first if is_known(first) or not is_known(second) else second


def is_known(loc: LocationAttr | None) -> bool:
    """Tell whether a location names a place in a source file."""
    return unwrap(loc) is not None


def unwrap(loc: LocationAttr | None) -> SourcePlace | None:
    """The innermost file, line and column of a location and the name nearest to it; None when there is no place."""
    function: str | None = None
    while True:
        kind = type(loc)
        if kind is FileLineColLoc:
            return SourcePlace(loc.filename.data, loc.line.data, loc.column.data, function)  # pyright: ignore
        if kind is NameLoc:
            function = loc.desc.data  # pyright: ignore
            loc = loc.location  # pyright: ignore
        elif kind is CallSiteLoc:
            # A name around a call site names the caller, not the callee that this place belongs to.
            function = None
            loc = loc.callee  # pyright: ignore
        elif kind is FusedLoc:
            for part in loc.locations:  # pyright: ignore
                place = unwrap(part)
                if place is not None:
                    return place if place.function or function is None else _with_function(place, function)
            return None
        else:
            return None


def _with_function(place: SourcePlace, function: str) -> SourcePlace:
    return SourcePlace(place.filename, place.line, place.column, function)


def callers(loc: LocationAttr | None) -> list[SourcePlace]:
    """The places of a call-site chain, innermost first; one place for a location that was never inlined."""
    if isinstance(loc, NameLoc):
        inner = callers(loc.location)  # pyright: ignore[reportArgumentType]
        if inner and inner[0].function is None and not isinstance(loc.location, CallSiteLoc):
            inner[0] = _with_function(inner[0], loc.desc.data)
        return inner
    if isinstance(loc, CallSiteLoc):
        return callers(loc.callee) + callers(loc.caller)  # pyright: ignore[reportArgumentType]
    place = unwrap(loc)
    return [] if place is None else [place]


def format_place(loc: LocationAttr | None) -> str:
    """`file:line:column` of a location, or `<unknown>`."""
    place = unwrap(loc)
    return "<unknown>" if place is None else f"{place.filename}:{place.line}:{place.column}"


def stamp_parsed(op: Operation, filename: str, line: int, column: int) -> None:
    """Give an op that was just parsed the place of its first token, unless its text had a location of its own."""
    if type(op.location) is UnknownLoc:
        op.location = file_loc(filename, line, column)
