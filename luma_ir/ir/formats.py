"""
Declarative assembly formats that are read when they are first used.

xDSL turns the text of an op's format into a program when the op is defined. Reading them takes a tenth of the time in
which all dialects are imported, and a compilation from source prints and parses none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xdsl.irdl.declarative_assembly_format import FormatProgram

if TYPE_CHECKING:
    from collections.abc import Callable

    from xdsl.irdl import IRDLOperation, OpDef
    from xdsl.parser import Parser
    from xdsl.printer import Printer

_read: Callable[[str, OpDef], FormatProgram] = FormatProgram.from_str


class LateFormat:
    """Stands for the program of a format and becomes it on first use, which is when mistakes in it are told."""

    __slots__ = ("definition", "program", "text")

    def __init__(self, text: str, definition: OpDef) -> None:
        self.text = text
        self.definition = definition
        self.program: FormatProgram | None = None

    def read(self) -> FormatProgram:
        """
        The program.

        Raises:
            PyRDLOpDefinitionError: the text is not a format of the op.
        """
        if self.program is None:
            from xdsl.utils.exceptions import ParseError, PyRDLOpDefinitionError

            try:
                self.program = _read(self.text, self.definition)
            except ParseError as error:
                raise PyRDLOpDefinitionError(
                    f"cannot read the assembly format of `{self.definition.name}`: ", error.args
                ) from error
        return self.program

    def parse(self, parser: Parser, op_type: type[Any]) -> Any:
        """As `FormatProgram.parse`."""
        return self.read().parse(parser, op_type)

    def print(self, printer: Printer, op: IRDLOperation) -> None:
        """As `FormatProgram.print`."""
        self.read().print(printer, op)


def read_formats_late() -> None:
    """Let the formats of ops that are defined from now on be read on first use."""
    FormatProgram.from_str = LateFormat  # pyright: ignore[reportAttributeAccessIssue]
