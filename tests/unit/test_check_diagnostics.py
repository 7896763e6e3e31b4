"""
What the checker says about wrong programs: `tests/golden/diagnostics/NAME.luma` beside `NAME.stderr`.

`LUMA_UPDATE=1` rewrites the texts; review that diff line by line.
"""

from __future__ import annotations

import os
import random
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


@pytest.mark.parametrize("seed", range(60))
def test_damaged_programs_are_reported_and_nothing_else(seed: int) -> None:
    """Tokens are swapped, dropped and repeated: there are errors or a typed tree, and never an exception."""
    generator = random.Random(seed)
    texts = [path.read_text(encoding="utf-8") for path in PROGRAMS]
    tokens = re.findall(r'\w+|"[^"\n]*"|[^\w\s]|\s+', generator.choice(texts))
    words = [token for token in tokens if not token.isspace()]
    for _ in range(generator.randint(1, 8)):
        at = generator.randrange(len(tokens))
        match generator.randrange(4):
            case 0:
                tokens[at] = generator.choice(words)
            case 1:
                del tokens[at]
            case 2:
                tokens.insert(at, generator.choice(words))
            case _:
                other = generator.randrange(len(tokens))
                tokens[at], tokens[other] = tokens[other], tokens[at]
    engine = DiagnosticEngine()
    source = SourceFile("damaged.luma", "".join(tokens))
    program = check_program(source, Loader(GOLDEN / "errors"), engine, CheckOptions(cfg={"os": "linux"}))
    assert (program is None) == engine.has_errors
    render(engine.diagnostics)
