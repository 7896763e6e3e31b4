"""
Shows diagnostics to people, with source excerpts, and to programs, as JSON lines.

The text form:

    error[E0013]: `=` assigns; a comparison is `==`
     --> demo.luma:2:10
      |
    2 |     if x = 3 {
      |        - ^
      |        |
      |        expected a condition
      |
    help: write `==`
      |
    2 |     if x == 3 {
      |          ~~

It is coloured when the stream is a terminal and `NO_COLOR` is not set, or `FORCE_COLOR` is.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TextIO

from luma_ir.driver.excerpt import Excerpt, Line, Mark, draw_edit
from luma_ir.ir.diagnostics import Diagnostic, Severity, SourceFile, Span

_STYLES = {
    "error": "bold bright_red",
    "warning": "bold yellow",
    "note": "bold bright_green",
    "remark": "bold bright_magenta",
    "help": "bold bright_cyan",
    "message": "bold",
    "gutter": "bold bright_blue",
    "label": "bold bright_blue",
    "added": "bright_green",
    "removed": "bright_red",
    "plain": "",
}


def render(
    diagnostics: Iterable[Diagnostic],
    *,
    sources: Mapping[str, SourceFile] | None = None,
    stream: TextIO | None = None,
    summary: bool = True,
) -> str:
    """
    All diagnostics as text, with a final line that counts the errors.

    Args:
        sources: where a diagnostic that has only an IR location finds its source line, by file name; the first is the
            file that the final line names.
        stream: where the text will be written, which decides about colours.
        summary: whether to end with the line that counts.
    """
    found = list(diagnostics)
    sources = sources or {}
    lines: list[Line] = []
    for diagnostic in found:
        lines.extend(_draw(diagnostic, sources))
        lines.append([])
    if summary:
        lines.extend(_summary(found, sources))
    while lines and not lines[-1]:
        lines.pop()
    paint = _painter(stream)
    text = "\n".join("".join(paint(text, style) for text, style in line) for line in lines)
    return (text + "\n").encode("utf-8", "replace").decode("utf-8") if lines else ""


def wants_color(stream: TextIO | None) -> bool:
    """Whether text for `stream` is coloured. Source: no-color.org."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


def _painter(stream: TextIO | None) -> Callable[[str, str], str]:
    """A function that puts a style on a text."""
    if not wants_color(stream):
        return lambda text, style: text
    from rich.color import ColorSystem
    from rich.style import Style

    styles = {name: Style.parse(definition) for name, definition in _STYLES.items()}

    def paint(text: str, style: str) -> str:
        return styles[style].render(text, color_system=ColorSystem.STANDARD) if text else ""

    return paint


def _summary(diagnostics: Sequence[Diagnostic], sources: Mapping[str, SourceFile]) -> list[Line]:
    """The line that counts errors and warnings."""
    errors = sum(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)
    warnings = sum(diagnostic.severity is Severity.WARNING for diagnostic in diagnostics)
    emitted = f"{warnings} warning{'s' if warnings != 1 else ''} emitted" if warnings else ""
    if not errors:
        return [[("warning", "warning"), (f": {emitted}", "message")]] if warnings else []
    name = next(iter(sources), None)
    if name is None:
        places = (diagnostic.place() for diagnostic in diagnostics if diagnostic.severity is Severity.ERROR)
        name = next((place[0] for place in places if place), None)
    what = f"could not compile `{name}`" if name else "could not compile"
    due = "1 previous error" if errors == 1 else f"{errors} previous errors"
    text = f": {what} due to {due}" + (f"; {emitted}" if warnings else "")
    return [[("error", "error"), (text, "message")]]


def _draw(diagnostic: Diagnostic, sources: Mapping[str, SourceFile]) -> list[Line]:
    """One diagnostic as lines of styled segments."""
    severity = diagnostic.severity.label
    code = f"[{diagnostic.code}]" if diagnostic.code else ""
    first, *more = diagnostic.message.split("\n")
    lines: list[Line] = [[(severity + code, severity), (f": {first}", "message")]]
    lines.extend([(" " * (len(severity + code) + 2) + text, "message")] for text in more)
    place = diagnostic.place()
    marks = _marks(diagnostic, sources, place)
    edits = [help for help in diagnostic.helps if help.edit is not None]
    digits = _digits(marks, [help.edit.span for help in edits if help.edit])
    if place is not None:
        lines.append([(" " * digits + "--> ", "gutter"), (f"{place[0]}:{place[1]}:{place[2]}", "plain")])
    main = next(iter(marks), None)
    for source, source_marks in marks.items():
        if source is not main:
            line, column = source.line_column(source_marks[0].start)
            lines.append([(" " * digits + "::: ", "gutter"), (f"{source.name}:{line}:{column}", "plain")])
        drawn = Excerpt(source, source_marks, digits).draw()
        lines.extend([(text, severity if style == "primary" else style) for text, style in line] for line in drawn)
    plain_helps = [help.text for help in diagnostic.helps if help.edit is None]
    remarks = [("note", note) for note in diagnostic.notes] + [("help", text) for text in plain_helps]
    if marks and (remarks or edits):
        lines.append([(" " * digits + " |", "gutter")])
    for kind, text in remarks:
        lines.extend(_remark(kind, text, digits))
    for help in edits:
        assert help.edit is not None
        lines.append([("help", "help"), (f": {help.text}", "plain")])
        lines.extend(draw_edit(help.edit, digits))
    return lines


def _remark(kind: str, text: str, digits: int) -> list[Line]:
    """A note or help without an excerpt; its further lines are indented."""
    first, *more = text.split("\n")
    lines: list[Line] = [[(" " * digits + " = ", "gutter"), (kind, "message"), (f": {first}", "plain")]]
    lines.extend([(" " * (digits + 5 + len(kind)) + line, "plain")] for line in more)
    return lines


def _marks(
    diagnostic: Diagnostic, sources: Mapping[str, SourceFile], place: tuple[str, int, int] | None
) -> dict[SourceFile, list[Mark]]:
    """What a diagnostic points at, by source; the one of the diagnostic itself first."""
    marks: dict[SourceFile, list[Mark]] = {}
    if diagnostic.span is not None:
        span = diagnostic.span
        marks[span.source] = [Mark(span.start, span.end, "", True)]
    elif place is not None and (source := sources.get(place[0])) is not None and place[1] <= len(source.line_starts):
        offset = source.offset_of(place[1], place[2])
        marks[source] = [Mark(offset, _word_end(source.text, offset), "", True)]
    for label in diagnostic.labels:
        span = label.span
        present = marks.setdefault(span.source, [])
        if present and present[0].primary and (present[0].start, present[0].end) == (span.start, span.end):
            text = "; ".join(filter(None, (present[0].text, label.text)))
            present[0] = Mark(span.start, span.end, text, True)
        else:
            present.append(Mark(span.start, span.end, label.text, False))
    return marks


def _word_end(text: str, offset: int) -> int:
    """The end of the word at an offset, for places that have no length."""
    end = offset
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    return max(end, offset + 1)


def _digits(marks: Mapping[SourceFile, Sequence[Mark]], edits: Sequence[Span]) -> int:
    """How wide the widest line number is."""
    largest = 1
    for source, source_marks in marks.items():
        for mark in source_marks:
            largest = max(largest, source.line_column(min(mark.end, len(source.text)))[0])
    for span in edits:
        largest = max(largest, span.source.line_column(span.end)[0])
    return len(str(largest))


# ---- JSON


def render_json(diagnostics: Iterable[Diagnostic]) -> str:
    """
    One JSON object a line for each diagnostic.

    Fields: `severity` (`error`, `warning`, `note`, `remark`), `code` (a string or null), `message`, `file`, `line`,
    `column`, `end_line`, `end_column` (null without a place; lines and columns from 1, columns in characters, the end
    exclusive), `labels` (a list of places, each with `message`), `notes` (strings), `helps` (each with `message` and
    `edit`, which is null or a place with `replacement`).
    """
    import json

    return "".join(json.dumps(_to_json(diagnostic), ensure_ascii=True) + "\n" for diagnostic in diagnostics)


def _to_json(diagnostic: Diagnostic) -> dict[str, Any]:
    place: dict[str, Any] = dict.fromkeys(("file", "line", "column", "end_line", "end_column"))
    if diagnostic.span is not None:
        place = _span_to_json(diagnostic.span)
    elif (found := diagnostic.place()) is not None:
        name, line, column = found
        place = {"file": name, "line": line, "column": column, "end_line": line, "end_column": column}
    return {
        "severity": diagnostic.severity.label,
        "code": diagnostic.code,
        "message": diagnostic.message,
        **place,
        "labels": [{**_span_to_json(label.span), "message": label.text} for label in diagnostic.labels],
        "notes": list(diagnostic.notes),
        "helps": [
            {
                "message": help.text,
                "edit": help.edit and {**_span_to_json(help.edit.span), "replacement": help.edit.replacement},
            }
            for help in diagnostic.helps
        ],
    }


def _span_to_json(span: Span) -> dict[str, Any]:
    line, column = span.line_column
    end_line, end_column = span.source.line_column(span.end)
    return {"file": span.source.name, "line": line, "column": column, "end_line": end_line, "end_column": end_column}
