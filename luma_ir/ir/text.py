"""
Reading IR text: xDSL's parser, which here stamps a location on every op and block argument and never raises.

What the parser finds wrong becomes a diagnostic at its place. Printing is in `luma_ir.ir.printing`; its functions are
re-exported here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Block, Operation, Region
from xdsl.parser import Parser
from xdsl.utils.exceptions import MultipleSpansParseError, ParseError
from xdsl.utils.mlir_lexer import MLIRTokenKind

from luma_ir.ir.diagnostics import Diagnostic, Label, Severity, SourceFile, Span
from luma_ir.ir.locations import file_loc, stamp_parsed
from luma_ir.ir.printing import module_text, op_headline, print_module

if TYPE_CHECKING:
    from xdsl.context import Context
    from xdsl.dialects.builtin import LocationAttr
    from xdsl.utils.lexer import Span as XdslSpan

    from luma_ir.ir.diagnostics import DiagnosticEngine

__all__ = ["LocatingParser", "module_text", "op_headline", "parse_module", "print_module"]


class LocatingParser(Parser):
    """xDSL's parser; ops and block arguments get the place of their first token unless the text says another."""

    def __init__(self, ctx: Context, source: SourceFile) -> None:
        self.source = source
        super().__init__(ctx, source.text, source.name)

    def location_at(self, offset: int) -> LocationAttr:
        """The location of an offset in the text."""
        line, column = self.source.line_column(offset)
        return file_loc(self.source.name, line, column)

    def parse_operation(self) -> Operation:
        """Parse an op and stamp it."""
        start = self._current_token.span.start
        op = super().parse_operation()
        line, column = self.source.line_column(start)
        stamp_parsed(op, self.source.name, line, column)
        return op

    def parse_optional_region(self, arguments: Iterable[Parser.Argument] | None = None) -> Region | None:
        """Parse a region; entry arguments without a location get the place of their name."""
        if arguments is not None:
            arguments = list(arguments)
            for argument in arguments:
                if argument.location is None:
                    argument.location = self.location_at(argument.name.start)
        return super().parse_optional_region(arguments)

    def _parse_optional_block_arg_list(self, block: Block) -> Block | None:
        if self._current_token.kind != MLIRTokenKind.L_PAREN:
            return None

        def parse_argument() -> None:
            name = self._parse_token(MLIRTokenKind.PERCENT_IDENT, "block argument expected").span
            self.parse_punctuation(":")
            type = self.parse_attribute()
            location = self.parse_optional_location() or self.location_at(name.start)
            argument = block.insert_arg(type, len(block.args), location)
            self._register_ssa_definition(name.text[1:], (argument,), name)

        self.parse_comma_separated_list(self.Delimiter.PAREN, parse_argument)
        return block

    def parse_file(self) -> ModuleOp:
        """Parse the whole text; one without any op is an empty module."""
        if self._current_token.kind == MLIRTokenKind.EOF:
            module = ModuleOp([])
        else:
            module = self.parse_module()
        stamp_parsed(module, self.source.name, 1, 1)
        return module


def parse_module(
    text: str, filename: str, ctx: Context, engine: DiagnosticEngine, *, first_line: int = 1
) -> ModuleOp | None:
    """
    Parse IR text into a module that has a location on every op.

    Args:
        filename: the name that locations and diagnostics carry.
        first_line: the number of the first line of `text` in the file, when it is a part of one.
    Returns:
        The module, not verified; None when the text is not valid, which has then been reported to `engine`.
    """
    # A part of a file is padded, so that spans and locations count lines alike; the padding is cheap to skip.
    source = SourceFile(filename, "\n" * (first_line - 1) + text)
    parser: LocatingParser | None = None
    try:
        parser = LocatingParser(ctx, source)
        return parser.parse_file()
    except ParseError as error:
        engine.emit(_parse_diagnostic(error, source))
    except RecursionError:
        engine.error(None, "the input is nested too deeply", _here(parser, source))
    except Exception as error:  # Dialects raise all sorts of things from their parsers; all of them mean bad input.
        message = " ".join(str(error).split()) or type(error).__name__
        engine.error(None, message, _here(parser, source))
    return None


def _here(parser: LocatingParser | None, source: SourceFile) -> Span:
    if parser is None:
        return Span(source, 0, min(1, len(source.text)))
    span = parser._current_token.span  # pyright: ignore[reportPrivateUsage]
    return Span(source, span.start, max(span.end, span.start))


def _span(span: XdslSpan[str] | XdslSpan[bytes], source: SourceFile) -> Span:
    return Span(source, span.start, max(span.end, span.start + 1))


def _parse_diagnostic(error: ParseError, source: SourceFile) -> Diagnostic:
    message = error.msg.strip().rstrip(".!").replace("\n", " ")
    if message[:1].isupper() and not message[1:2].isupper():
        message = message[0].lower() + message[1:]
    labels = []
    if isinstance(error, MultipleSpansParseError):
        text = (error.ref_text or "").strip().rstrip(":")
        labels = [Label(_span(span, source), note or text) for span, note in error.refs]
    return Diagnostic(Severity.ERROR, None, message, span=_span(error.span, source), labels=labels)
