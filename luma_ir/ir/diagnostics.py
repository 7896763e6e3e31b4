"""
The diagnostic engine: what the frontend, the verifier, passes and tools have to say to the user.

A diagnostic is a record with a severity, a message and a place; the place is a span of source text or an IR location.
Nothing here prints: the driver renders what an engine has collected, and tools add handlers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from typing import TYPE_CHECKING

from attrs import define, field, frozen

if TYPE_CHECKING:
    from xdsl.dialects.builtin import LocationAttr
    from xdsl.ir import Operation


class Severity(IntEnum):
    """How bad a diagnostic is; only errors make a tool fail."""

    ERROR = 0
    WARNING = 1
    NOTE = 2
    REMARK = 3
    HELP = 4

    @property
    def label(self) -> str:
        """The word that stands before the message: `error`, `warning`, `note`, `remark` or `help`."""
        return self.name.lower()


@define(eq=False)
class SourceFile:
    """A source text with its name; knows where its lines start."""

    name: str
    text: str
    _line_starts: list[int] | None = field(default=None, init=False, repr=False)

    @property
    def line_starts(self) -> list[int]:
        """Offsets in characters at which lines begin; the first is 0."""
        starts = self._line_starts
        if starts is None:
            starts = [0]
            position = self.text.find("\n")
            while position >= 0:
                starts.append(position + 1)
                position = self.text.find("\n", position + 1)
            self._line_starts = starts
        return starts

    def line_column(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1 and columns in characters, of an offset in characters."""
        starts = self.line_starts
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def line_text(self, line: int) -> str:
        """The text of a line counted from 1, without its end; empty when there is no such line."""
        starts = self.line_starts
        if not 1 <= line <= len(starts):
            return ""
        end = starts[line] - 1 if line < len(starts) else len(self.text)
        return self.text[starts[line - 1] : end].rstrip("\r")

    def offset_of(self, line: int, column: int) -> int:
        """The offset in characters of a line and column, both from 1, clamped to the text."""
        starts = self.line_starts
        if line > len(starts):
            return len(self.text)
        return min(starts[max(line, 1) - 1] + column - 1, len(self.text))


@frozen
class Span:
    """A stretch of source text: offsets in characters, `end` excluded."""

    source: SourceFile
    start: int
    end: int

    @property
    def text(self) -> str:
        """The source text of the span."""
        return self.source.text[self.start : self.end]

    @property
    def line_column(self) -> tuple[int, int]:
        """Line and column at which the span starts, both from 1."""
        return self.source.line_column(self.start)

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of `other`."""
        return Span(self.source, self.start, max(self.end, other.end))


@frozen
class Label:
    """A remark about a second place that a diagnostic points at."""

    span: Span
    text: str


@frozen
class Edit:
    """A change of the source text that would help: replace the text of `span` by `replacement`."""

    span: Span
    replacement: str


@frozen
class Help:
    """A way out of the problem, with the edit that does it where there is one."""

    text: str
    edit: Edit | None = None


@define(eq=False)
class Diagnostic:
    """One message for the user. `span` or `location` says where; notes and helps belong to it."""

    severity: Severity
    code: str | None
    message: str
    span: Span | None = None
    location: LocationAttr | None = None
    labels: Sequence[Label] = ()
    notes: Sequence[str] = ()
    helps: Sequence[Help] = ()

    def place(self) -> tuple[str, int, int] | None:
        """File name, line and column of the diagnostic, both from 1; None when it has no place."""
        if self.span is not None:
            return (self.span.source.name, *self.span.line_column)
        if self.location is not None:
            from luma_ir.ir.locations import unwrap

            found = unwrap(self.location)
            if found is not None:
                return found.filename, found.line, found.column
        return None

    def __str__(self) -> str:
        """The plain one-line form `file:line:column: error[code]: message`."""
        place = self.place()
        prefix = f"{place[0]}:{place[1]}:{place[2]}: " if place else ""
        code = f"[{self.code}]" if self.code else ""
        return f"{prefix}{self.severity.label}{code}: {self.message}"


Handler = Callable[[Diagnostic], object]


@define(eq=False)
class DiagnosticEngine:
    """Collects diagnostics in order and passes each one to the handlers."""

    diagnostics: list[Diagnostic] = field(factory=list)
    error_count: int = 0
    denies_warnings: bool = False
    """Whether warnings are errors."""
    _handlers: list[Handler] = field(factory=list, init=False, repr=False)

    @property
    def has_errors(self) -> bool:
        """Tell whether an error was reported."""
        return self.error_count > 0

    def emit(self, diagnostic: Diagnostic) -> Diagnostic:
        """Record a diagnostic, tell the handlers, and return it."""
        if self.denies_warnings and diagnostic.severity is Severity.WARNING:
            diagnostic.severity = Severity.ERROR
        self.diagnostics.append(diagnostic)
        if diagnostic.severity is Severity.ERROR:
            self.error_count += 1
        for handler in self._handlers:
            handler(diagnostic)
        return diagnostic

    def error(
        self,
        code: str | None,
        message: str,
        span: Span | None = None,
        *,
        location: LocationAttr | None = None,
        labels: Sequence[Label] = (),
        notes: Sequence[str] = (),
        helps: Sequence[Help | str] = (),
    ) -> Diagnostic:
        """Report an error; `helps` may be plain strings."""
        return self._report(Severity.ERROR, code, message, span, location, labels, notes, helps)

    def warning(
        self,
        code: str | None,
        message: str,
        span: Span | None = None,
        *,
        location: LocationAttr | None = None,
        labels: Sequence[Label] = (),
        notes: Sequence[str] = (),
        helps: Sequence[Help | str] = (),
    ) -> Diagnostic:
        """Report a warning."""
        return self._report(Severity.WARNING, code, message, span, location, labels, notes, helps)

    def note(
        self,
        message: str,
        span: Span | None = None,
        *,
        location: LocationAttr | None = None,
        notes: Sequence[str] = (),
    ) -> Diagnostic:
        """Report a note that stands alone."""
        return self._report(Severity.NOTE, None, message, span, location, (), notes, ())

    def remark(
        self,
        message: str,
        span: Span | None = None,
        *,
        location: LocationAttr | None = None,
        notes: Sequence[str] = (),
    ) -> Diagnostic:
        """Report what a pass did or could not do."""
        return self._report(Severity.REMARK, None, message, span, location, (), notes, ())

    def _report(
        self,
        severity: Severity,
        code: str | None,
        message: str,
        span: Span | None,
        location: LocationAttr | None,
        labels: Sequence[Label],
        notes: Sequence[str],
        helps: Iterable[Help | str],
    ) -> Diagnostic:
        found = tuple([Help(help) if isinstance(help, str) else help for help in helps])
        return self.emit(Diagnostic(severity, code, message, span, location, tuple(labels), tuple(notes), found))

    def add_handler(self, handler: Handler) -> None:
        """Call `handler` with every diagnostic from now on."""
        self._handlers.append(handler)

    def remove_handler(self, handler: Handler) -> None:
        """Stop calling a handler."""
        self._handlers.remove(handler)

    @contextmanager
    def handler(self, handler: Handler) -> Iterator[DiagnosticEngine]:
        """Call `handler` with every diagnostic inside a `with` block."""
        self.add_handler(handler)
        try:
            yield self
        finally:
            self.remove_handler(handler)


_engines: list[DiagnosticEngine] = []


def current_engine() -> DiagnosticEngine:
    """The engine that the running tool or pass manager uses; a fresh one becomes current where there is none."""
    if not _engines:
        _engines.append(DiagnosticEngine())
    return _engines[-1]


@contextmanager
def use_engine(engine: DiagnosticEngine) -> Iterator[DiagnosticEngine]:
    """Make an engine the current one inside a `with` block."""
    _engines.append(engine)
    try:
        yield engine
    finally:
        _engines.pop()


class LumaError(Exception):
    """A failure that is reported to the user as a diagnostic, never as a traceback."""

    def __init__(
        self, message: str, *, code: str | None = None, notes: Sequence[str] = (), helps: Sequence[Help | str] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.notes = tuple(notes)
        self.helps = tuple(helps)

    def to_diagnostic(self) -> Diagnostic:
        """The diagnostic that says the same."""
        helps = [Help(help) if isinstance(help, str) else help for help in self.helps]
        return Diagnostic(Severity.ERROR, self.code, self.message, notes=self.notes, helps=helps)


class PassFailure(LumaError):
    """A pass cannot do its work on this input; `op` is where."""

    def __init__(self, message: str, op: Operation | None = None, *, notes: Sequence[str] = ()) -> None:
        super().__init__(message, notes=notes)
        self.op = op

    def to_diagnostic(self) -> Diagnostic:
        """The diagnostic, at the location of the op."""
        diagnostic = super().to_diagnostic()
        if self.op is not None:
            diagnostic.location = self.op.location
        return diagnostic


class InternalError(LumaError):
    """Something that must not happen did: a bug of the compiler, whatever the input was."""
