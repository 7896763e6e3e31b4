"""The diagnostic engine collects, counts and hands on."""

from __future__ import annotations

import pytest
from xdsl.dialects.builtin import ModuleOp

from luma_ir.ir import fast
from luma_ir.ir.diagnostics import (
    Diagnostic,
    DiagnosticEngine,
    Help,
    LumaError,
    PassFailure,
    Severity,
    SourceFile,
    Span,
    current_engine,
    use_engine,
)
from luma_ir.ir.locations import file_loc

SOURCE = SourceFile("a.luma", "let é = 1\r\n\nlet y\n")


@pytest.mark.parametrize(
    ("offset", "place"), [(0, (1, 1)), (6, (1, 7)), (11, (2, 1)), (12, (3, 1)), (17, (3, 6)), (18, (4, 1))]
)
def test_line_and_column(offset: int, place: tuple[int, int]) -> None:
    """Lines and columns count from 1, columns in characters; the way back gives the offset."""
    assert SOURCE.line_column(offset) == place
    assert SOURCE.offset_of(*place) == offset


def test_lines() -> None:
    """The text of a line has no end; a line that does not exist is empty."""
    assert [SOURCE.line_text(line) for line in range(6)] == ["", "let é = 1", "", "let y", "", ""]
    assert SOURCE.offset_of(99, 1) == len(SOURCE.text)


def test_spans() -> None:
    """A span knows its text and place and can be extended."""
    first, second = Span(SOURCE, 4, 5), Span(SOURCE, 8, 9)
    assert (first.text, second.line_column, first.to(second).text) == ("é", (1, 9), "é = 1")


def test_engine_counts_errors_and_calls_handlers() -> None:
    """Only errors count; a handler sees what comes while it is there."""
    engine = DiagnosticEngine()
    seen: list[Diagnostic] = []
    engine.warning("W1", "careful", Span(SOURCE, 0, 3))
    assert not engine.has_errors
    with engine.handler(seen.append):
        engine.error("E1", "wrong", Span(SOURCE, 4, 5), helps=["do this", Help("or that")])
        engine.remark("noted", location=file_loc("b.luma", 7, 8))
    engine.note("later")
    assert engine.error_count == 1
    assert [diagnostic.severity for diagnostic in engine.diagnostics] == [
        Severity.WARNING,
        Severity.ERROR,
        Severity.REMARK,
        Severity.NOTE,
    ]
    assert [str(diagnostic) for diagnostic in seen] == [
        "a.luma:1:5: error[E1]: wrong",
        "b.luma:7:8: remark: noted",
    ]
    assert [help.text for help in seen[0].helps] == ["do this", "or that"]
    assert str(engine.diagnostics[-1]) == "note: later"


def test_current_engine_is_a_stack() -> None:
    """An engine is current inside its `with` block."""
    outer, inner = DiagnosticEngine(), DiagnosticEngine()
    with use_engine(outer):
        with use_engine(inner):
            assert current_engine() is inner
        assert current_engine() is outer
    assert current_engine() is not outer


def test_errors_become_diagnostics() -> None:
    """A `LumaError` says the same as its diagnostic; a pass failure is at its op."""
    error = LumaError("no linker", code="E0901", helps=["install one"])
    diagnostic = error.to_diagnostic()
    assert (diagnostic.code, diagnostic.message, diagnostic.helps[0].text) == ("E0901", "no linker", "install one")
    op = fast.make(ModuleOp, location=file_loc("m.mlir", 4, 2))
    assert str(PassFailure("cannot", op).to_diagnostic()) == "m.mlir:4:2: error: cannot"
    assert PassFailure("cannot").to_diagnostic().place() is None
