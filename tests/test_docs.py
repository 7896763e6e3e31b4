"""
The examples of the handwritten pages: a block of Luma that a block of text follows must print that text.

A block without `func main` is the body of one; its imports go in front of it.
"""

from __future__ import annotations

import re
import subprocess
from multiprocessing.pool import Pool
from pathlib import Path

import pytest
from test_programs import TIMEOUT_SECONDS, build, compiler

__all__ = ["compiler"]

DOCS = Path(__file__).parent.parent / "docs"
PAGES = ("tour.md", "language.md")
EXAMPLE = re.compile(r"^```luma\n(?P<source>.*?)^```\n+```text\n(?P<output>.*?)^```$", re.MULTILINE | re.DOTALL)
IMPORT = re.compile(r"^import .*;\n", re.MULTILINE)


def examples() -> list[object]:
    """Every example with its page and line."""
    found: list[object] = []
    for page in PAGES:
        text = (DOCS / page).read_text()
        for match in EXAMPLE.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.append(pytest.param(match["source"], match["output"], id=f"{page}:{line}"))
    return found


def whole(source: str) -> str:
    """The program that an example is."""
    if "func main(" in source:
        return source
    imports = "".join(IMPORT.findall(source))
    return f"{imports}func main() {{\n{IMPORT.sub('', source)}}}\n"


def test_there_are_examples() -> None:
    """The pattern finds the examples of the tour."""
    assert len(examples()) > 12


@pytest.mark.parametrize(("source", "output"), examples())
def test_example(source: str, output: str, tmp_path: Path, compiler: Pool) -> None:
    """Compile, run, compare."""
    (tmp_path / "example.luma").write_text(whole(source))
    binary = tmp_path / "example"
    errors = compiler.apply(build, (tmp_path, Path("example.luma"), 0, binary))
    assert not errors, errors
    result = subprocess.run([str(binary)], capture_output=True, timeout=TIMEOUT_SECONDS, check=False)
    assert result.stdout.decode() == output
    assert result.stderr.decode() == ""
    assert result.returncode == 0
