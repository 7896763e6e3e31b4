"""
Draws source excerpts: numbered lines with carets, labels and the bars of spans over several lines.

A drawn line is a list of segments, each a text and the name of a style. Columns are terminal cells: a tab is four,
an East Asian wide character two, a combining one none; control characters are shown as pictures.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from attrs import define, frozen

from luma_ir.ir.diagnostics import Edit, SourceFile

Segment = tuple[str, str]
Line = list[Segment]

TAB_WIDTH = 4
MAX_WIDTH = 160
_SHOWN_BEFORE_GAP = 2


@frozen
class Mark:
    """What an excerpt points at: offsets in characters, a text, and whether it is what the diagnostic is about."""

    start: int
    end: int
    text: str
    primary: bool

    @property
    def character(self) -> str:
        """What it is underlined with."""
        return "^" if self.primary else "-"

    @property
    def style(self) -> str:
        """The style it is drawn in."""
        return "primary" if self.primary else "label"


def shown(text: str) -> str:
    """Text as it may be written to a terminal: tabs as spaces, control characters as pictures."""
    if text.isprintable():
        return text
    return "".join(_picture(character) for character in text)


def _picture(character: str) -> str:
    if character == "\t":
        return " " * TAB_WIDTH
    code = ord(character)
    if code < 32:
        return chr(0x2400 + code)
    if code == 127:
        return "\u2421"
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"):
        return "\ufffd"
    return character


def width(text: str) -> int:
    """How many terminal cells a text takes when it is `shown`."""
    if text.isascii() and text.isprintable():
        return len(text)
    total = 0
    for character in text:
        if character == "\t":
            total += TAB_WIDTH
        elif unicodedata.east_asian_width(character) in ("W", "F"):
            total += 2
        elif not unicodedata.combining(character):
            total += 1
    return total


@define
class _Placed:
    """A mark with its lines and cells."""

    mark: Mark
    first_line: int
    last_line: int
    start: int
    end: int


class Excerpt:
    """Draws the lines of one source that some marks touch; `digits` is how wide line numbers are."""

    def __init__(self, source: SourceFile, marks: Sequence[Mark], digits: int) -> None:
        self.source = source
        self.digits = digits
        self.placed = [self.place(mark) for mark in marks]
        self.spanning = [placed for placed in self.placed if placed.first_line != placed.last_line]
        self.spanning.sort(key=lambda placed: (placed.first_line, -placed.last_line))
        self.lines: list[Line] = []

    def place(self, mark: Mark) -> _Placed:
        """Where a mark is, in lines and cells from 0."""
        source = self.source
        start = min(max(mark.start, 0), len(source.text))
        end = min(max(mark.end, start), len(source.text))
        first_line, first = source.line_column(start)
        last_line, last = source.line_column(end)
        if last_line > first_line and last == 1:
            # A span that ends with a line break ends on the line before.
            last_line -= 1
            last = len(source.line_text(last_line)) + 1
        begin = width(source.line_text(first_line)[: first - 1])
        stop = width(source.line_text(last_line)[: last - 1])
        if first_line == last_line:
            stop = max(stop, begin + 1)
        return _Placed(mark, first_line, last_line, begin, max(stop, 1))

    def draw(self) -> list[Line]:
        """The lines of the excerpt, the empty gutter line on top included."""
        self.row([], None)
        previous = 0
        for line in self.wanted():
            if previous and line == previous + 2:
                self.source_line(previous + 1)
            elif previous and line > previous + 2:
                margin = self.margin_text(previous + 1).rstrip()
                gap = f"{'...':<{self.digits + 3}}" if margin else "..."
                self.lines.append([(gap, "gutter"), (margin, "label")])
            self.source_line(line)
            self.underline(line)
            previous = line
        return self.lines

    def wanted(self) -> list[int]:
        """The lines to show: where marks begin and end, and a little of what long ones hold."""
        lines: set[int] = set()
        for placed in self.placed:
            lines.update((placed.first_line, placed.last_line))
            inner = range(placed.first_line + 1, min(placed.first_line + 1 + _SHOWN_BEFORE_GAP, placed.last_line))
            lines.update(inner)
        return sorted(lines)

    # ---- rows

    def row(self, segments: Line, number: int | None) -> None:
        """One line with its gutter."""
        gutter = f"{number if number is not None else '':>{self.digits}} |"
        while segments and not segments[-1][0].strip():
            segments.pop()
        if segments:
            gutter += " "
            segments[-1] = (segments[-1][0].rstrip(), segments[-1][1])
        self.lines.append([(gutter, "gutter"), *segments])

    def margin_text(self, line: int) -> str:
        """The bars of the spans that go on over a line."""
        return "".join("| " if placed.first_line < line <= placed.last_line else "  " for placed in self.spanning)

    def window(self, line: int) -> int:
        """The first character of a line that is shown: 0 unless the line is very long."""
        text = self.source.line_text(line)
        if len(text) <= MAX_WIDTH:
            return 0
        starts = [
            self.source.line_column(placed.mark.start)[1] - 1 for placed in self.placed if placed.first_line == line
        ]
        return max(0, min([*starts, len(text)]) - MAX_WIDTH // 3)

    def shift(self, line: int) -> int:
        """How many cells are cut off on the left of a line."""
        first = self.window(line)
        return width(self.source.line_text(line)[:first]) - 3 if first else 0

    def source_line(self, line: int) -> None:
        """A line of the source."""
        first = self.window(line)
        text = self.source.line_text(line)
        cut = text[first : first + MAX_WIDTH]
        visible = ("..." if first else "") + shown(cut) + ("..." if first + MAX_WIDTH < len(text) else "")
        self.row([(self.margin_text(line), "primary"), (visible, "plain")], line)

    def underline(self, line: int) -> None:
        """Everything that stands under a line: carets, labels, the beginnings and ends of long spans."""
        for placed in self.spanning:
            if placed.first_line == line:
                self.span_edge(line, placed, placed.start, is_end=False)
        self.carets(line)
        for placed in self.spanning:
            if placed.last_line == line:
                self.span_edge(line, placed, placed.end - 1, is_end=True)

    def span_edge(self, line: int, placed: _Placed, cell: int, *, is_end: bool) -> None:
        """The line from the margin to where a long span begins or ends."""
        cell = min(max(cell - self.shift(line), 0), MAX_WIDTH + 6)
        index = self.spanning.index(placed)
        margin = list(self.margin_text(line))
        margin[2 * index] = "|" if is_end else " "
        for position in range(2 * index + 1, len(margin)):
            margin[position] = "_" if margin[position] == " " else margin[position]
        text = "".join(margin) + "_" * cell + placed.mark.character
        if is_end and placed.mark.text:
            text += " " + placed.mark.text
        self.row([(text, placed.mark.style)], None)

    def carets(self, line: int) -> None:
        """The carets and labels of the marks that lie within a line."""
        here = [placed for placed in self.placed if placed.first_line == placed.last_line == line]
        if not here:
            return
        shift = self.shift(line)
        cells: list[tuple[str, str]] = []
        # Shorter marks are drawn over longer ones, so that all can be seen.
        for placed in sorted(here, key=lambda placed: (placed.start - placed.end, placed.mark.primary)):
            start, end = max(placed.start - shift, 0), max(placed.end - shift, 1)
            end = min(end, MAX_WIDTH + 6)
            cells.extend([(" ", "plain")] * (end - len(cells)))
            for cell in range(start, end):
                cells[cell] = (placed.mark.character, placed.mark.style)
        texts = sorted((placed for placed in here if placed.mark.text), key=lambda placed: -placed.start)
        segments: Line = [(self.margin_text(line), "primary"), *_joined(cells)]
        if texts and texts[0].end >= max(placed.end for placed in here):
            segments.append((" " + texts[0].mark.text, texts[0].mark.style))
            texts = texts[1:]
        self.row(segments, None)
        if texts:
            self.bars(line, texts, shift, None)
        for index, placed in enumerate(texts):
            self.bars(line, texts[index + 1 :], shift, placed)

    def bars(self, line: int, pending: list[_Placed], shift: int, labelled: _Placed | None) -> None:
        """A row of bars down to labels, with the text of one label at its end."""
        drawn = {max(placed.start - shift, 0): ("|", placed.mark.style) for placed in pending}
        last = max(drawn, default=-1)
        segments: Line = [(self.margin_text(line), "primary")]
        stop = last + 1
        if labelled is not None:
            stop = max(labelled.start - shift, 0)
        cells = [drawn.get(cell, (" ", "plain")) for cell in range(stop)]
        segments.extend(_joined(cells))
        if labelled is not None:
            segments.append((labelled.mark.text, labelled.mark.style))
        self.row(segments, None)


def _joined(cells: Sequence[Segment]) -> Line:
    """Neighbouring cells of one style as one segment."""
    line: Line = []
    for text, style in cells:
        if line and line[-1][1] == style:
            line[-1] = (line[-1][0] + text, style)
        else:
            line.append((text, style))
    return line


_LONGEST_EDIT = 400
"""How many characters the parts of an edited line may have to be shown whole."""


def draw_edit(edit: Edit, digits: int) -> list[Line]:
    """The lines that an edit changes, as they would be: additions marked with `+`, replacements with `~`."""
    source, start, end = edit.span.source, edit.span.start, edit.span.end
    first_line, first = source.line_column(start)
    last_line, last = source.line_column(end)
    before = source.line_text(first_line)[: first - 1]
    after = source.line_text(last_line)[last - 1 :]
    replaced = (before + edit.replacement + after).split("\n")
    if max(len(before), len(after), len(edit.replacement)) > _LONGEST_EDIT:
        return []
    blank = [(f"{'':>{digits}} |", "gutter")]
    if edit.replacement == "" or len(replaced) > 1 or first_line != last_line:
        lines: list[Line] = [blank]
        if edit.replacement == "" and not before and last == 1 and last_line > first_line:
            # Whole lines go; the one after them stays as it is.
            last_line, replaced = last_line - 1, []
        for number in range(first_line, last_line + 1):
            lines.append(
                [(f"{number:>{digits}} ", "gutter"), (("- " + shown(source.line_text(number))).rstrip(), "removed")]
            )
        for offset, text in enumerate(replaced):
            lines.append([(f"{first_line + offset:>{digits}} ", "gutter"), (("+ " + shown(text)).rstrip(), "added")])
        return lines
    marker = "+" if start == end else "~"
    lead = len(edit.replacement) - len(edit.replacement.lstrip())
    column = width(before + edit.replacement[:lead])
    length = max(1, width(edit.replacement.strip()))
    return [
        blank,
        [(f"{first_line:>{digits}} | ", "gutter"), (shown(replaced[0]), "plain")],
        [(f"{'':>{digits}} | ", "gutter"), (" " * column + marker * length, "added")],
    ]
