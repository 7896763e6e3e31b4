"""
Reading and printing IR text, for those who need no more than that: errors are diagnostics, never exceptions.

The parser is in `luma_ir.ir.parsing`, the printer in `luma_ir.ir.printing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdsl.utils.exceptions import MultipleSpansParseError, ParseError

from luma_ir.ir.diagnostics import Diagnostic, Label, Severity, SourceFile, Span
from luma_ir.ir.parsing import LocatingParser
from luma_ir.ir.printing import module_text, op_headline, print_module

if TYPE_CHECKING:
    from xdsl.context import Context
    from xdsl.dialects.builtin import ModuleOp
    from xdsl.utils.lexer import Span as XdslSpan

    from luma_ir.ir.diagnostics import DiagnosticEngine

__all__ = ["LocatingParser", "module_text", "op_headline", "parse_module", "print_module"]


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
