"""Expected diagnostics: what is met, what is missing, what is too much."""

from __future__ import annotations

import pytest

from luma_ir.ir.diagnostics import Diagnostic, DiagnosticEngine, Label, Severity, SourceFile, Span
from luma_ir.ir.expectations import check_expectations, find_expectations
from luma_ir.ir.locations import file_loc

TEXT = """\
one // expected-error {{first}}
// expected-warning@+1 {{second}} expected-remark@+1 {{third}}
two
// expected-error@below {{fourth}}
// expected-note@below {{a note}}
three
four
// expected-error-re@above {{fi[fv]th}}
// expected-error@-2 {{sixth}}
// expected-error@7 {{seventh}}
// expected-error@unknown {{eighth}}
"""
SOURCE = SourceFile("f", TEXT)


def diagnostic(severity: Severity, line: int | None, message: str, **more: object) -> Diagnostic:
    """A diagnostic on a line of the file."""
    location = None if line is None else file_loc("f", line, 1)
    return Diagnostic(severity, None, message, location=location, **more)  # pyright: ignore


def everything() -> list[Diagnostic]:
    """Exactly what the text expects."""
    error = Severity.ERROR
    return [
        diagnostic(error, 1, "the first thing"),
        diagnostic(Severity.REMARK, 3, "third"),
        diagnostic(Severity.WARNING, 3, "second"),
        diagnostic(error, 6, "fourth", notes=("a note",)),
        diagnostic(error, 7, "fifth"),
        diagnostic(error, 7, "sixth"),
        diagnostic(error, 7, "seventh"),
        diagnostic(error, None, "eighth"),
    ]


def test_lines_of_expectations() -> None:
    """`@` counts from the comment, `above` and `below` skip other expectations."""
    assert [expectation.line for expectation in find_expectations(SOURCE)] == [1, 3, 3, 6, 6, 7, 7, 7, None]


def test_everything_met() -> None:
    """No problem when all agree, in any order."""
    assert check_expectations(SOURCE, everything()) == []
    assert check_expectations(SOURCE, everything()[::-1]) == []


@pytest.mark.parametrize("missing", range(8))
def test_missing(missing: int) -> None:
    """Each diagnostic that does not come is a problem at its comment."""
    found = everything()
    gone = found.pop(missing)
    problems = check_expectations(SOURCE, found)
    assert len(problems) == (2 if gone.notes else 1)
    assert all("was not produced" in problem.message for problem in problems)
    assert problems[0].span is not None


@pytest.mark.parametrize(
    "extra",
    [
        diagnostic(Severity.ERROR, 2, "first"),
        diagnostic(Severity.ERROR, 1, "first once more"),
        diagnostic(Severity.WARNING, 1, "first"),
        diagnostic(Severity.NOTE, 1, "a note of its own"),
        Diagnostic(Severity.ERROR, None, "first", location=file_loc("another file", 1, 1)),
    ],
)
def test_unexpected(extra: Diagnostic) -> None:
    """One diagnostic too many, on another line, of another severity or in another file is a problem."""
    problems = check_expectations(SOURCE, [*everything(), extra])
    assert [problem.message for problem in problems] == [f"unexpected {extra.severity.label}: {extra.message}"]


def test_attached_notes_may_be_expected() -> None:
    """Notes and labels of a diagnostic can be expected, and need not be."""
    source = SourceFile("f", "x // expected-error {{E0001: wrong}}\ny // expected-note {{here}}\n")
    engine = DiagnosticEngine()
    labels = [Label(Span(source, source.text.index("y"), source.text.index("y") + 1), "here it is")]
    engine.error("E0001", "wrong", Span(source, 0, 1), labels=labels, notes=["not expected"], helps=["nor this"])
    assert check_expectations(source, engine.diagnostics) == []
    assert len(check_expectations(source, [])) == 2
