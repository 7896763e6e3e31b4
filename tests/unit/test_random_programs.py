"""Random programs print what their Python twins print, unoptimised and optimised, and leak nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from random_programs import random_program

FUNCTIONS = 20


@pytest.mark.parametrize("seed", [1, 2])
def test_random_program(seed: int, tmp_path: Path) -> None:
    """Compile with and without optimisation, run both, compare with Python."""
    luma, python = random_program(seed, FUNCTIONS)
    source = tmp_path / "program.luma"
    source.write_text(luma)
    expected = subprocess.run([sys.executable, "-c", python], capture_output=True, text=True, timeout=60)
    assert expected.returncode == 0, expected.stderr
    assert len(expected.stdout.splitlines()) == FUNCTIONS
    for level in ("-O0", "-O3"):
        program = tmp_path / f"program{level}"
        command = [sys.executable, "-m", "luma_ir.tools.luma_compile", str(source), "-o", str(program)]
        compiled = subprocess.run(
            [*command, level, "--overflow=trap", "--check-leaks", "--no-progress"], capture_output=True, text=True
        )
        assert compiled.returncode == 0, compiled.stderr
        found = subprocess.run([str(program)], capture_output=True, text=True, timeout=60)
        assert found.stdout == expected.stdout
        assert (found.returncode, found.stderr) == (0, "")
