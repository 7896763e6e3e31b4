"""How diagnostics look: golden texts in `tests/golden/render`, which `LUMA_UPDATE=1` rewrites."""

# ruff: noqa: E501 - a case of a table stands on one line

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest

from luma_ir.driver.render import render, render_json, wants_color
from luma_ir.frontend.parser import parse_source
from luma_ir.ir.diagnostics import Diagnostic, DiagnosticEngine, Edit, Help, Label, Severity, SourceFile, Span
from luma_ir.ir.locations import file_loc

GOLDEN = Path(__file__).parents[1] / "golden" / "render"


def check(name: str, found: str) -> None:
    """Compare a text with its golden file."""
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("LUMA_UPDATE"):
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


def parsed(text: str) -> str:
    """What is shown for a program."""
    engine = DiagnosticEngine()
    parse_source(SourceFile("demo.luma", text), engine)
    return render(engine.diagnostics)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("insertion", "func main() {\n    let x = 1\n    print(x);\n}\n"),
        ("replacement_with_label", "func main() {\n    if x = 3 {\n    }\n}\n"),
        ("removal", "func main() {\n    f(*p);\n}\n"),
        ("tabs_and_wide_characters", "func main() {\n\tlet 名前 = 1\n\tlet y = é++;\n}\n"),
        ("end_of_file", "func main() {"),
        ("labels_on_other_lines", "func a() {\n    if x {\n        y();\n}\n\nfunc b() {}\n"),
        ("several", "fn main() {\n    i++;\n    f(1 2);\n}\n"),
        ("carriage_returns", "func main() {\r\n    let x = ;\r\n}\r\n"),
        ("control_characters", "func main() {\n    \x1b[31m x;\n}\n"),
    ],
)
def test_parser_diagnostics(name: str, text: str) -> None:
    check(name, parsed(text))


SOURCE = SourceFile("fade.luma", "let a = one + x;\nlet b = (\n    1,\n    2,\n    3,\n    4,\n    5)\nlet c = b;\n")


def span(text: str, length: int | None = None) -> Span:
    """The first place of a text in the example."""
    start = SOURCE.text.index(text)
    return Span(SOURCE, start, start + (len(text) if length is None else length))


def shown(**parts: object) -> str:
    """One error with these parts."""
    fields = {"severity": Severity.ERROR, "code": "E0203", "message": "cannot add `i32` and `f64`", **parts}
    return render([Diagnostic(**fields)])  # type: ignore[arg-type]


def test_several_labels_on_one_line() -> None:
    labels = [
        Label(span("one"), "this is `i32`"),
        Label(span("x;", 1), "this is `f64`"),
        Label(span("+"), "added here"),
    ]
    check(
        "several_labels",
        shown(span=span("one + x"), labels=labels, notes=["first note\nwith two lines"], helps=[Help("convert one")]),
    )


def test_spans_over_several_lines() -> None:
    check(
        "multi_line",
        shown(span=span("(\n    1,\n    2,\n    3,\n    4,\n    5)"), labels=[Label(span("a = one"), "before it")]),
    )
    label = Label(span("(\n    1,\n    2"), "begins here")
    check("multi_line_label", shown(span=span("c = b", 1), labels=[label]))
    outer = Label(Span(SOURCE, 0, len(SOURCE.text)), "all of it")
    check("nested_multi_line", shown(span=span("(\n    1,\n    2"), labels=[outer]))


def test_labels_in_another_file() -> None:
    other = SourceFile("other.luma", "\n\nfunc fade() {}\n")
    check("other_file", shown(span=span("one"), labels=[Label(Span(other, 7, 11), "declared here")]))


def test_edits_of_several_lines() -> None:
    edit = Edit(span("(\n    1,\n    2"), "[\n    0")
    check("multi_line_edit", shown(span=span("c"), helps=[Help("write an array", edit)]))


def test_long_lines_are_cut_around_the_place() -> None:
    source = SourceFile("long.luma", "x" * 400 + " here " + "y" * 400)
    place = Span(source, 401, 405)
    text = render([Diagnostic(Severity.WARNING, "W0001", "look", place, labels=[Label(place, "at this")])])
    assert max(map(len, text.splitlines())) < 200
    line, carets = text.splitlines()[3:5]
    assert line[carets.index("^") : carets.rindex("^") + 1] == "here"
    assert carets.endswith("^^^^ at this")


def test_a_location_of_the_ir_reads_the_source_that_is_given() -> None:
    diagnostic = Diagnostic(Severity.ERROR, None, "op fails", location=file_loc("fade.luma", 1, 9))
    check("location", render([diagnostic], sources={"fade.luma": SOURCE}))
    check("location_without_source", render([diagnostic]))
    assert "-->" not in render([Diagnostic(Severity.ERROR, None, "no place")])


def test_the_last_line_counts() -> None:
    error = Diagnostic(Severity.ERROR, "E0203", "wrong")
    warning = Diagnostic(Severity.WARNING, "W0001", "odd")
    sources = {"a.luma": SOURCE}
    assert render([error], sources=sources).endswith("\nerror: could not compile `a.luma` due to 1 previous error\n")
    text = render([error, warning, error], sources=sources)
    assert text.endswith("\nerror: could not compile `a.luma` due to 2 previous errors; 1 warning emitted\n")
    assert render([warning]).endswith("\nwarning: 1 warning emitted\n")
    assert render([error], summary=False) == "error[E0203]: wrong\n"
    assert render([Diagnostic(Severity.REMARK, None, "done")]) == "remark: done\n"
    assert render([]) == ""


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_colours_are_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    diagnostic = Diagnostic(Severity.ERROR, "E0203", "wrong", span("one"))
    assert wants_color(Terminal()) and not wants_color(io.StringIO()) and not wants_color(None)
    plain = render([diagnostic], stream=io.StringIO())
    coloured = render([diagnostic], stream=Terminal())
    assert "\x1b[" in coloured and "\x1b[" not in plain
    import re

    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
    monkeypatch.setenv("NO_COLOR", "1")
    assert render([diagnostic], stream=Terminal()) == plain
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert render([diagnostic], stream=Terminal()) == plain
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert render([diagnostic]) == coloured


def test_lone_surrogates_do_not_break_the_text() -> None:
    source = SourceFile("s.luma", "a \udc80 b")
    text = render([Diagnostic(Severity.ERROR, "E0001", "unexpected \udc80", Span(source, 2, 3))])
    text.encode("utf-8")


def test_json_lines() -> None:
    edit = Edit(span("+"), "-")
    place = {"file": "fade.luma", "line": 1, "column": 9, "end_line": 1, "end_column": 12}
    diagnostic = Diagnostic(Severity.ERROR, "E0203", "wrong", span("one"), None, [Label(span("one"), "it")], ["n"],
                            [Help("h"), Help("write `-`", edit)])  # fmt: skip
    located = Diagnostic(Severity.REMARK, None, "done", location=file_loc("x.luma", 3, 4))
    lines = render_json([diagnostic, located, Diagnostic(Severity.ERROR, None, "no place")]).splitlines()
    first, second, third = map(json.loads, lines)
    assert first == {
        "severity": "error", "code": "E0203", "message": "wrong", **place, "labels": [{**place, "message": "it"}], "notes": ["n"],
        "helps": [{"message": "h", "edit": None}, {"message": "write `-`", "edit": {
            "file": "fade.luma", "line": 1, "column": 13, "end_line": 1, "end_column": 14, "replacement": "-"}}],
    }  # fmt: skip
    assert (second["severity"], second["file"], second["line"], second["column"]) == ("remark", "x.luma", 3, 4)
    assert third["file"] is None
