"""
Checking diagnostics against the expectations written in a test file, with the meaning they have in MLIR.

    // expected-error@+1 {{a part of the message}}
    // expected-note@above {{...}}   expected-warning@-2 {{...}}   expected-remark@below {{...}}
    // expected-error-re@12 {{a regular expression}}   expected-error@unknown {{...}}

Without `@` the diagnostic is expected on the line of the comment; `@above` and `@below` are the nearest lines that hold
no expectation themselves. Every expectation must be met by one diagnostic and every diagnostic must be expected, except
for the notes that are attached to another diagnostic: those may be expected.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from attrs import define, field

from luma_ir.ir.diagnostics import Diagnostic, Severity, SourceFile, Span

_EXPECTATION = re.compile(
    r"expected-(?P<kind>error|warning|note|remark|help)(?P<re>-re)?"
    r"\s*(?:@(?P<where>[+-]?\d+|above|below|unknown))?\s*\{\{(?P<text>.*?)\}\}"
)


@define(eq=False)
class Expectation:
    """One `expected-...` comment: the severity, the line (None for `@unknown`) and the text that is looked for."""

    severity: Severity
    line: int | None
    text: str
    is_regex: bool
    span: Span
    met: bool = field(default=False)

    def matches(self, severity: Severity, line: int | None, message: str) -> bool:
        """Tell whether a message of a severity on a line is what is expected."""
        if severity is not self.severity or line != self.line:
            return False
        return re.search(self.text, message) is not None if self.is_regex else self.text in message


def find_expectations(source: SourceFile) -> list[Expectation]:
    """All expectations in a source text, in order."""
    lines = source.text.split("\n")
    holds_one = [_EXPECTATION.search(line) is not None for line in lines]
    found = []
    for index, line in enumerate(lines):
        if not holds_one[index]:
            continue
        start = source.line_starts[index]
        for match in _EXPECTATION.finditer(line):
            found.append(
                Expectation(
                    Severity[match["kind"].upper()],
                    _target_line(match["where"], index, holds_one),
                    match["text"],
                    match["re"] is not None,
                    Span(source, start + match.start(), start + match.end()),
                )
            )
    return found


def _target_line(where: str | None, index: int, holds_one: list[bool]) -> int | None:
    if where is None:
        return index + 1
    if where == "unknown":
        return None
    if where in ("above", "below"):
        step = 1 if where == "below" else -1
        target = index + step
        while 0 <= target < len(holds_one) and holds_one[target]:
            target += step
        return target + 1
    if where[0] in "+-":
        return index + 1 + int(where)
    return int(where)


def check_expectations(source: SourceFile, diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
    """
    Compare what was reported for a source text with what its comments expect.

    Returns:
        One error for each diagnostic that is missing and each that was not expected; empty when all agree.
    """
    expectations = find_expectations(source)
    problems = []
    for diagnostic in diagnostics:
        place = diagnostic.place()
        line = place[1] if place is not None and place[0] == source.name else None
        message = f"{diagnostic.code}: {diagnostic.message}" if diagnostic.code else diagnostic.message
        if not _meet(expectations, diagnostic.severity, line, message):
            problems.append(
                Diagnostic(
                    Severity.ERROR,
                    None,
                    f"unexpected {diagnostic.severity.label}: {message}",
                    diagnostic.span,
                    diagnostic.location,
                    notes=diagnostic.notes,
                )
            )
        for label in diagnostic.labels:
            _meet(expectations, Severity.NOTE, label.span.line_column[0], label.text)
        for note in diagnostic.notes:
            _meet(expectations, Severity.NOTE, line, note)
        for help in diagnostic.helps:
            _meet(expectations, Severity.HELP, line, help.text)
    for expectation in expectations:
        if not expectation.met:
            message = f'expected {expectation.severity.label} "{expectation.text}" was not produced'
            problems.append(Diagnostic(Severity.ERROR, None, message, expectation.span))
    return problems


def _meet(expectations: list[Expectation], severity: Severity, line: int | None, message: str) -> bool:
    for expectation in expectations:
        if not expectation.met and expectation.matches(severity, line, message):
            expectation.met = True
            return True
    return False
