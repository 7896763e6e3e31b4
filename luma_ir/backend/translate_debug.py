"""
DWARF from op locations: compile unit, files, subprograms, line locations, inlined calls.

Nothing in the `llvm` dialect describes debug information here; a function's location gives its subprogram, the location
of each op its line. A `NameLoc` around a file location names the function as the source does; a `CallSiteLoc` becomes a
location inside the callee's subprogram, inlined at the caller's.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from xdsl.dialects.builtin import CallSiteLoc, FileLineColLoc, StringAttr
from xdsl.ir import Attribute, Operation

from luma_ir.backend.translate_types import escape
from luma_ir.ir.locations import SourcePlace, unwrap

if TYPE_CHECKING:
    from luma_ir.backend.translate_metadata import MetadataWriter

_DWARF_VERSION = 5


def _string(text: str) -> str:
    return f'"{escape(text.encode())}"'


class DebugWriter:
    """
    Writes the debug metadata of a module.

    Args:
        metadata: where nodes go.
        directory: the directory that relative file names are relative to.
        optimized: whether the code will be optimised, which debuggers ask.
    """

    def __init__(self, metadata: MetadataWriter, directory: str, *, optimized: bool) -> None:
        self.metadata = metadata
        self._directory = directory
        self._optimized = optimized
        self._unit: str | None = None
        self._files: dict[str, str] = {}
        self._subprograms: dict[tuple[str, str], str] = {}
        self._taken: set[str] = set()
        self._scopes: dict[Operation, DebugScope] = {}
        self._signature = ""

    def file(self, name: str) -> str:
        """The node of a source file."""
        found = self._files.get(name)
        if found is None:
            directory, base = posixpath.split(name) if posixpath.isabs(name) else (self._directory, name)
            text = f"!DIFile(filename: {_string(base)}, directory: {_string(directory)})"
            found = self._files[name] = self.metadata.node(text)
        return found

    def unit(self, filename: str) -> str:
        """The compile unit; the first file that is seen names it."""
        if self._unit is None:
            optimized = "true" if self._optimized else "false"
            # Debuggers know C best; nothing that we describe depends on the language.
            text = (
                f"distinct !DICompileUnit(language: DW_LANG_C11, file: {self.file(filename)}, producer: "
                f'"luma", isOptimized: {optimized}, runtimeVersion: 0, emissionKind: FullDebug)'
            )
            self._unit = self.metadata.node(text)
        return self._unit

    def subprogram(self, name: str, place: SourcePlace, *, local: bool = True) -> str:
        """
        The subprogram of a function, by its source name and file; made when first asked for.

        It has no linkage name, as debuggers would show and ask for that one instead of the source's.
        """
        key = (name, place.filename)
        found = self._subprograms.get(key)
        if found is None:
            found = self._subprograms[key] = self._make_subprogram(name, place, local=local)
        return found

    def _make_subprogram(self, name: str, place: SourcePlace, *, local: bool) -> str:
        if not self._signature:
            self._signature = self.metadata.node(f"!DISubroutineType(types: {self.metadata.node('!{null}')})")
        file, unit = self.file(place.filename), self.unit(place.filename)
        flags = ["DISPFlagDefinition", *(["DISPFlagLocalToUnit"] if local else [])]
        if self._optimized:
            flags.append("DISPFlagOptimized")
        reference = self.metadata.reserve()
        text = (
            f"distinct !DISubprogram(name: {_string(name)}, scope: {file}, file: {file}, line: {place.line}, "
            f"type: {self._signature}, scopeLine: {place.line}, spFlags: {' | '.join(flags)}, unit: {unit})"
        )
        self.metadata.define(reference, text)
        return reference

    def declare(self, op: Operation) -> None:
        """Make the scope of a function, before any other function's inlined code can ask for its subprogram."""
        place = unwrap(op.location)
        if place is None:
            return
        symbol = op.properties["sym_name"]
        assert isinstance(symbol, StringAttr)
        linkage = op.properties["linkage"].linkage.data  # pyright: ignore[reportAttributeAccessIssue]
        name, local = place.function or symbol.data, linkage in ("internal", "private")
        reference = self._subprograms.get((name, place.filename))
        if reference in self._taken:
            # Instances of one generic function have one name and place; LLVM wants a subprogram each.
            reference = self._make_subprogram(name, place, local=local)
        else:
            reference = self.subprogram(name, place, local=local)
        self._taken.add(reference)
        self._scopes[op] = DebugScope(self, reference, place)

    def scope(self, op: Operation) -> DebugScope | None:
        """What a declared function's lines belong to; None when it has no place in a source file."""
        return self._scopes.get(op)

    def flags(self) -> list[str]:
        """The module flags that tell LLVM what it reads; none without debug information."""
        if self._unit is None:
            return []
        return [
            self.metadata.node(f'!{{i32 7, !"Dwarf Version", i32 {_DWARF_VERSION}}}'),
            self.metadata.node('!{i32 2, !"Debug Info Version", i32 3}'),
        ]

    @property
    def units(self) -> list[str]:
        """The compile units, for `!llvm.dbg.cu`."""
        return [] if self._unit is None else [self._unit]


class DebugScope:
    """The subprogram of one function, and the locations inside it."""

    def __init__(self, writer: DebugWriter, subprogram: str, place: SourcePlace) -> None:
        self._writer = writer
        self.subprogram = subprogram
        self._place = place
        self._known: dict[int, tuple[Attribute, str]] = {}

    def suffix(self, op: Operation) -> str:
        """`, !dbg !N` for an instruction made from `op`."""
        location = op.location
        known = self._known.get(id(location))
        if known is None:
            known = self._known[id(location)] = (location, f", !dbg {self._location(location)}")
        return known[1]

    def _location(self, location: Attribute) -> str:
        """The node of a location; an op without one gets line 0, as calls must have some location."""
        call = _call_site(location)
        if call is not None:
            caller = self._location(call.caller)
            place = unwrap(call.callee)  # pyright: ignore[reportArgumentType]
            if place is not None:
                name = place.function or "inlined"
                inner = self._writer.subprogram(name, place)
                at = self._writer.metadata.node(f"distinct {self._node_text(caller)}")
                return self._line(place, inner, at)
            return caller
        place = unwrap(location)  # pyright: ignore[reportArgumentType]
        if place is None:
            return self._writer.metadata.node(f"!DILocation(line: 0, scope: {self.subprogram})")
        scope = self.subprogram
        if place.filename != self._place.filename:
            file = self._writer.file(place.filename)
            scope = self._writer.metadata.node(
                f"!DILexicalBlockFile(scope: {self.subprogram}, file: {file}, discriminator: 0)"
            )
        return self._line(place, scope, "")

    def _line(self, place: SourcePlace, scope: str, inlined_at: str) -> str:
        at = f", inlinedAt: {inlined_at}" if inlined_at else ""
        # DWARF columns are 16 bits wide.
        column = place.column if place.column < 1 << 16 else 0
        return self._writer.metadata.node(f"!DILocation(line: {place.line}, column: {column}, scope: {scope}{at})")

    def _node_text(self, reference: str) -> str:
        """The text of an existing node, to make a distinct copy of it."""
        return self._writer.metadata.lines[int(reference[1:])].partition(" = ")[2]


def _call_site(location: Attribute) -> CallSiteLoc | None:
    """The call site of a location, seen through names and fused locations."""
    while not isinstance(location, CallSiteLoc | FileLineColLoc):
        inner = getattr(location, "location", None)
        if inner is None:
            parts = getattr(location, "locations", None)
            inner = next(iter(parts), None) if parts is not None else None
        if inner is None:
            return None
        location = inner
    return location if isinstance(location, CallSiteLoc) else None
