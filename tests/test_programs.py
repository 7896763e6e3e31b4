"""
Whole programs: each `tests/programs/NAME.luma` is compiled and run, and must print what `NAME.out` holds.

Beside it may lie `NAME.in` (standard input), `NAME.args` (one argument a line), `NAME.err` (what standard error must
contain, one needed text a line) and `NAME.status` (the exit status). Every program counts its memory: one that
leaks ends with status 102 and so fails. Those in folders run unoptimised and fully optimised, with overflow checks; of
the others, for the time that it takes, one half runs unoptimised and one half optimised, unless `LUMA_ALL_LEVELS=1`.
`LUMA_UPDATE=1` rewrites `.out` from the optimised run.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
from collections.abc import Iterator
from multiprocessing.pool import Pool
from pathlib import Path

import pytest

from luma_ir.driver.build import build_executable
from luma_ir.driver.render import render
from luma_ir.driver.session import Options, Session

PROGRAMS = Path(__file__).parent / "programs"
LEVELS = {"debug": 0, "release": 3}
TIMEOUT_SECONDS = 60


def program_names() -> list[str]:
    """Every program with its folder, relative to `tests/programs`."""
    return sorted(
        str(path.relative_to(PROGRAMS).with_suffix("")) for path in PROGRAMS.rglob("*.luma") if "lib" not in path.parts
    )


def read_lines(path: Path) -> list[str]:
    """The lines of a file that may be missing."""
    return path.read_text().splitlines() if path.exists() else []


def build(folder: Path, source: Path, level: int, binary: Path) -> str:
    """Compile a program; the result is what the compiler had to say about errors."""
    # Panics show the path of the source as it is seen from the working folder.
    os.chdir(folder)
    session = Session(Options(opt_level=level, overflow="trap", leak_check=True))
    made = build_executable(session, source, binary)
    return "" if made else render(session.engine.diagnostics, sources=session.sources)


@pytest.fixture(scope="module")
def compiler() -> Iterator[Pool]:
    """A process that compiles one program after another: the compiler starts once, and is not slowed by coverage."""
    watched = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("COVERAGE_")}
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        pool.apply(os.getpid)
        os.environ.update(watched)
        yield pool


def runs() -> list[tuple[str, str]]:
    """Every program with a level to run it at."""
    every = "LUMA_ALL_LEVELS" in os.environ or "LUMA_UPDATE" in os.environ
    return [
        (name, level)
        for number, name in enumerate(program_names())
        for parity, level in enumerate(LEVELS)
        if every or "/" in name or number % 2 == parity
    ]


@pytest.mark.parametrize(("name", "level"), runs())
def test_program(name: str, level: str, tmp_path: Path, compiler: Pool) -> None:
    """Compile, run, compare."""
    source = PROGRAMS / f"{name}.luma"
    binary = tmp_path / "program"
    errors = compiler.apply(build, (source.parent, Path(source.name), LEVELS[level], binary))
    assert not errors, errors
    given = source.with_suffix(".in")
    result = subprocess.run(
        [str(binary), *read_lines(source.with_suffix(".args"))],
        input=given.read_bytes() if given.exists() else b"",
        capture_output=True,
        timeout=TIMEOUT_SECONDS,
    )
    errors = result.stderr.decode()
    expected_status = int("".join(read_lines(source.with_suffix(".status"))) or 0)
    expected_output = source.with_suffix(".out")
    if os.environ.get("LUMA_UPDATE") == "1" and level == "release":
        expected_output.write_bytes(result.stdout)
    assert result.stdout == expected_output.read_bytes()
    for text in read_lines(source.with_suffix(".err")):
        assert text in errors
    assert result.returncode == expected_status, errors
    if expected_status == 0 and not source.with_suffix(".err").exists():
        assert errors == ""
