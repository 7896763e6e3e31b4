"""
What every part of the parser stands on: looking at tokens, reporting errors, recovering from them.

An error that leaves no sensible way on raises `Recover`, which the nearest list, statement or item catches; it then
skips to where the next one begins. Brackets are balanced, so skipping takes whole groups and never leaves the enclosing
one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from luma_ir.frontend.ast import Name
from luma_ir.frontend.lexer import KEYWORDS, Tokens
from luma_ir.frontend.parser.brackets import Brackets
from luma_ir.ir.diagnostics import Diagnostic, Edit, Help, Label, Severity, SourceFile, Span

if TYPE_CHECKING:
    from luma_ir.frontend.ast import Block, Expression, Item, Pattern, Statement, TypeExpr

T = TypeVar("T")

MAX_NESTING = 200
MAX_CHAIN = 500

_DESCRIPTIONS = {
    "eof": "the end of the file",
    "int": "a number",
    "float": "a number",
    "string": "a string",
    "char": "a character",
    "byte": "a byte",
    "fstart": "a string",
    "ftext": "text",
    "fspec": "a format specification",
    "f}": "the end of the interpolation",
    "fend": "the end of the string",
}


class Recover(Exception):
    """Unwinds to the nearest place that can go on; the error is already reported. Never leaves the parser."""


class Core:
    """The token stream and the diagnostics of one module."""

    def __init__(self, source: SourceFile, tokens: Tokens, brackets: Brackets, diagnostics: list[Diagnostic]) -> None:
        self.source = source
        self.text = source.text
        self.tokens = tokens
        self.kinds = tokens.kinds
        self.starts = tokens.starts
        self.ends = tokens.ends
        self.brackets = brackets
        self.diagnostics = diagnostics
        self.position = 0
        self.nesting = 0
        self.error_position = -1
        self.allow_struct = True
        self.lazy_bodies = False

    # ---- tokens

    def token_text(self, position: int) -> str:
        """The source text of a token."""
        return self.text[self.starts[position] : self.ends[position]]

    def accept(self, kind: str) -> bool:
        """Take the next token if it is of that kind."""
        if self.kinds[self.position] == kind:
            self.position += 1
            return True
        return False

    def is_word(self, word: str, position: int | None = None) -> bool:
        """Whether a token is the identifier `word`, which is no keyword."""
        position = self.position if position is None else position
        return self.kinds[position] == "name" and self.token_text(position) == word

    def last_end(self) -> int:
        """Where the last taken token ends."""
        return self.ends[self.position - 1] if self.position else 0

    def starts_line(self, position: int) -> bool:
        """Whether a token is the first on its line."""
        return position == 0 or "\n" in self.text[self.ends[position - 1] : self.starts[position]]

    def name(self, what: str) -> Name:
        """Take an identifier; `what` says what it would have been."""
        position = self.position
        if self.kinds[position] != "name":
            kind = self.kinds[position]
            if kind in KEYWORDS:
                found = self.token_text(position)
                self.fail(
                    "E0011",
                    f"expected {what}, found the keyword `{found}`",
                    helps=[self.replace(f"a name that is no keyword: `{found}_`", position, found + "_")],
                )
            self.fail_expected(what)
        self.position = position + 1
        start, end = self.starts[position], self.ends[position]
        return Name(start, end, self.text[start:end])

    def expect(self, kind: str, after: str = "") -> None:
        """Take a token of that kind; when another stands there, report and recover."""
        if self.kinds[self.position] != kind:
            self.fail_expected(f"`{kind}`" + (f" after {after}" if after else ""))
        self.position += 1

    def expect_soft(self, kind: str, after: str) -> None:
        """Take a token of that kind; when another stands there, report and go on as if it had been there."""
        if self.kinds[self.position] == kind:
            self.position += 1
        else:
            here = self.last_end()
            self.error(
                "E0011",
                f"expected `{kind}` after {after}, found {self.describe(self.position)}",
                helps=[Help(f"write `{kind}`", Edit(self.span(here, here), kind if kind in ";,:" else f" {kind}"))],
            )

    def describe(self, position: int) -> str:
        """What a token is, for a message."""
        kind = self.kinds[position]
        start, end = self.starts[position], self.ends[position]
        if start == end:
            return _DESCRIPTIONS.get(kind, f"a missing `{kind}`")
        if kind in KEYWORDS:
            return f"the keyword `{kind}`"
        if kind in _DESCRIPTIONS and (end - start > 20 or "\n" in self.text[start:end]):
            return _DESCRIPTIONS[kind]
        return f"`{self.text[start:end]}`"

    # ---- diagnostics

    def span(self, start: int, end: int) -> Span:
        """A stretch of this module."""
        return Span(self.source, start, end)

    def token_span(self, position: int) -> Span:
        """Where a token is; a missing one and the end of the file are after the last token before."""
        start, end = self.starts[position], self.ends[position]
        if start == end and position:
            start = end = self.ends[position - 1]
        return Span(self.source, start, end)

    def replace(self, text: str, position: int, replacement: str) -> Help:
        """The help to write something else in the place of a token."""
        return Help(text, Edit(self.token_span(position), replacement))

    def insert(self, text: str, offset: int, addition: str) -> Help:
        """The help to write something at an offset."""
        return Help(text, Edit(Span(self.source, offset, offset), addition))

    def error(self, code: str, message: str, span: Span | None = None, *, labels: Sequence[Label] = (),
              notes: Sequence[str] = (), helps: Sequence[Help] = ()) -> None:  # fmt: skip
        """Report an error at `span`, by default the next token; silent where an error was reported already."""
        position = self.position
        if position == self.error_position:
            return
        self.error_position = position
        for first, last in self.brackets.damaged:
            if first < position <= last + 1:
                return
        if span is None:
            span = self.token_span(position)
        self.diagnostics.append(
            Diagnostic(Severity.ERROR, code, message, span, None, list(labels), list(notes), list(helps))
        )

    def warning(self, code: str, message: str, span: Span, *, helps: Sequence[Help] = ()) -> None:
        """Report a warning."""
        self.diagnostics.append(Diagnostic(Severity.WARNING, code, message, span, None, [], [], list(helps)))

    def fail(self, code: str, message: str, span: Span | None = None, *, labels: Sequence[Label] = (),
             notes: Sequence[str] = (), helps: Sequence[Help] = ()) -> Recover:  # fmt: skip
        """Report an error and unwind; typed as if it returned so that `raise self.fail(…)` reads well."""
        self.error(code, message, span, labels=labels, notes=notes, helps=helps)
        raise Recover

    def fail_expected(self, what: str, helps: Sequence[Help] = ()) -> Recover:
        """Report that the next token is not `what`, and unwind."""
        raise self.fail("E0011", f"expected {what}, found {self.describe(self.position)}", helps=helps)

    # ---- nesting

    def descend(self) -> None:
        """Count one level of nesting; `self.nesting -= 1` takes it back. Source that nests too deeply is an error."""
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            self.nesting -= 1
            self.fail("E0019", f"this is nested more than {MAX_NESTING} levels deep",
                      helps=[Help("name an inner part with `let`, or move it to a function of its own")])  # fmt: skip

    # ---- recovery

    def surface(self, start: int) -> None:
        """Leave the groups that were entered since the token `start`: an error inside them has been given up on."""
        kinds, closer = self.kinds, self.brackets.closer
        position = start
        while position < self.position and kinds[position] not in _GROUP_ENDS:
            position = closer.get(position, position) + 1
        self.position = position

    def skip_to(self, stops: frozenset[str], start: int) -> None:
        """Skip whole groups up to a token of `stops`, or to the end of the group that the token `start` is in."""
        kinds, closer = self.kinds, self.brackets.closer
        self.surface(start)
        while True:
            kind = kinds[self.position]
            if kind in stops or kind in _GROUP_ENDS:
                return
            self.position = closer.get(self.position, self.position) + 1

    def comma_list(self, parse: Callable[[], T], closing: str, what: str) -> list[T]:
        """
        The elements up to `closing`, which is taken; the opening bracket has been taken.

        An element that is wrong is left out. A missing comma is reported once, and the next element still read.
        """
        elements: list[T] = []
        kinds, nesting, allow_struct = self.kinds, self.nesting, self.allow_struct
        while kinds[self.position] != closing:
            start = self.position
            try:
                elements.append(parse())
                if kinds[self.position] == ",":
                    self.position += 1
                elif kinds[self.position] != closing:
                    self.missing_comma(closing, what)
            except Recover:
                self.nesting, self.allow_struct = nesting, allow_struct
                self.skip_to(_COMMA, start)
                self.accept(",")
        self.position += 1
        return elements

    def missing_comma(self, closing: str, what: str) -> None:
        """Report what stands between two elements of a list where a comma should."""
        position = self.position
        kind = self.kinds[position]
        here = self.last_end()
        if kind in ELEMENT_STARTS:
            self.error(
                "E0018",
                f"expected `,` or `{closing}` after {what}, found {self.describe(position)}",
                helps=[self.insert("separate them with `,`", here, ",")],
            )
            return
        if kind == ";":
            raise self.fail(
                "E0018",
                f"expected `,` or `{closing}` after {what}, found `;`",
                helps=[self.replace("elements are separated by `,`", position, ",")],
            )
        raise self.fail_expected(f"`,` or `{closing}` after {what}")

    def guarded(self, parse: Callable[[], T], fallback: Callable[[int, int], T], stops: frozenset[str]) -> T:
        """What `parse` gives; after an error skip to `stops` and make a `fallback` node of what was skipped."""
        position = self.position
        start = self.starts[position]
        nesting, allow_struct = self.nesting, self.allow_struct
        try:
            return parse()
        except Recover:
            self.nesting, self.allow_struct = nesting, allow_struct
            self.skip_to(stops, position)
            return fallback(start, max(start, self.last_end()))

    # ---- the rest of the parser, which the layers above fill in

    if TYPE_CHECKING:

        def expression(self, minimum: int = 0) -> Expression: ...
        def plain_expression(self) -> Expression: ...
        def block(self) -> Block: ...
        def type(self) -> TypeExpr: ...
        def bounds(self) -> list[TypeExpr]: ...
        def operand(self) -> Expression: ...
        def type_args(self) -> list[TypeExpr]: ...
        def pattern(self) -> Pattern: ...
        def statement_or_value(self) -> Statement | Expression | None: ...
        def simple_statement(self) -> Statement: ...
        def nested_item(self) -> Item: ...
        def misplaced_attributes(self) -> bool: ...
        def control(self, kind: str) -> Expression: ...
        def closure(self) -> Expression: ...


_GROUP_ENDS = frozenset([")", "]", "}", "f}", "eof"])
_COMMA = frozenset([","])
ELEMENT_STARTS = frozenset(
    [
        "name",
        "int",
        "float",
        "string",
        "char",
        "byte",
        "fstart",
        "true",
        "false",
        "self",
        "Self",
        "(",
        "[",
        "_",
        "if",
        "match",
        "loop",
        "unsafe",
        "!",
        "~",
        "#",
        "pub",
    ]
)
