"""The catalogue of codes, the code that reports them and their explanations agree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import luma_ir.driver.errors
from luma_ir.driver.errors import examples, explain
from luma_ir.driver.loader import FileLoader
from luma_ir.frontend.check import CheckOptions, check_program
from luma_ir.frontend.codes import CODES
from luma_ir.frontend.parser import parse_source
from luma_ir.ir.diagnostics import DiagnosticEngine, SourceFile

ROOT = Path(luma_ir.driver.errors.__file__).parents[2]
SYNTAX = sorted(code for code in CODES if code.startswith("E00"))


def codes_in(*folders: str) -> set[str]:
    """Every code that stands in the Python files of some folders of the package."""
    found: set[str] = set()
    for folder in folders:
        for path in (ROOT / folder).rglob("*.py"):
            if path.name != "codes.py":
                found |= set(re.findall(r'"([EW]0\d{3})"', path.read_text(encoding="utf-8")))
    return found


def reported(text: str) -> list[str | None]:
    """The codes that the parser reports for a program."""
    engine = DiagnosticEngine()
    parse_source(SourceFile("example.luma", text), engine)
    return [diagnostic.code for diagnostic in engine.diagnostics]


def checked(text: str) -> list[str | None]:
    """The codes that the checker reports for a program of one file."""
    engine = DiagnosticEngine()
    check_program(SourceFile("example.luma", text), FileLoader(ROOT / "nowhere"), engine, CheckOptions())
    return [diagnostic.code for diagnostic in engine.diagnostics]


def test_every_reported_code_is_in_the_catalogue() -> None:
    assert codes_in("frontend", "passes", "driver", "backend") - set(CODES) == set()


def test_every_code_is_reported_somewhere() -> None:
    assert set(CODES) - codes_in("frontend", "passes", "driver", "backend") == set()


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_has_an_explanation(code: str) -> None:
    text = explain(code)
    assert text is not None
    assert text.startswith(f"# {code}: {CODES[code]}\n")
    wrong, right = examples(text)
    assert wrong != right
    assert reported(right) == []


@pytest.mark.parametrize("code", SYNTAX)
def test_the_wrong_example_gives_exactly_its_code(code: str) -> None:
    text = explain(code)
    assert text is not None
    assert reported(examples(text)[0]) == [code]


@pytest.mark.parametrize("code", sorted(set(CODES) - set(SYNTAX)))
def test_the_checker_gives_the_wrong_example_its_code(code: str) -> None:
    text = explain(code)
    assert text is not None
    wrong, right = examples(text)
    assert checked(wrong) == [code]
    assert checked(right) == []


def test_codes_are_found_in_any_case_and_others_are_not() -> None:
    assert explain("e0013") == explain("E0013")
    assert explain("E9999") is None
    assert explain("../render") is None
