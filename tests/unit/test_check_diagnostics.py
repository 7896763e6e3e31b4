"""
What the checker says about wrong programs: `tests/golden/diagnostics/NAME.luma` beside `NAME.stderr`.

`LUMA_UPDATE=1` rewrites the texts; review that diff line by line.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from luma_ir.driver.loader import FileLoader
from luma_ir.driver.render import render
from luma_ir.frontend.check import CheckOptions, check_program
from luma_ir.frontend.codes import CODES
from luma_ir.ir.diagnostics import DiagnosticEngine, SourceFile

GOLDEN = Path(__file__).parents[1] / "golden" / "diagnostics"
PROGRAMS = sorted(GOLDEN.glob("*.luma"))


class Loader(FileLoader):
    """Reads modules from the folder of a program; their names do not depend on where the test runs."""

    def load(self, name: tuple[str, ...]) -> SourceFile | None:
        """The source of a module."""
        found = super().load(name)
        return SourceFile("/".join(name) + ".luma", found.text) if found is not None else None


def rendered(path: Path) -> str:
    """What is shown for a program."""
    engine = DiagnosticEngine()
    source = SourceFile(path.name, path.read_text(encoding="utf-8"))
    check_program(source, Loader(path.parent / path.stem), engine, CheckOptions(cfg={"os": "linux"}))
    return render(engine.diagnostics)


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    found = rendered(path)
    expected = path.with_suffix(".stderr")
    if os.environ.get("LUMA_UPDATE"):
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")


def test_every_code_of_the_checker_has_an_example() -> None:
    shown = set(re.findall(r"\[([EW]\d{4})\]", "".join(rendered(path) for path in PROGRAMS)))
    wanted = {code for code in CODES if not code.startswith("E00") and not code.startswith("E07")}
    assert wanted - shown == set()
