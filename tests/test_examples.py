"""
The programs in `examples/`: each prints what the file of its name with `.out` holds, and its tests pass.

`LUMA_UPDATE=1` rewrites the `.out` files.
"""

from __future__ import annotations

import os
import subprocess
import sys
from multiprocessing.pool import Pool
from pathlib import Path

import pytest
from test_programs import TIMEOUT_SECONDS, build, compiler

__all__ = ["compiler"]

EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.mark.parametrize("name", sorted(path.stem for path in EXAMPLES.glob("*.luma")))
def test_example(name: str, tmp_path: Path, compiler: Pool) -> None:
    """Compile, run, compare."""
    binary = tmp_path / name
    errors = compiler.apply(build, (EXAMPLES, Path(f"{name}.luma"), 3, binary))
    assert not errors, errors
    result = subprocess.run([str(binary)], capture_output=True, timeout=TIMEOUT_SECONDS, check=False)
    expected = EXAMPLES / f"{name}.out"
    if os.environ.get("LUMA_UPDATE") == "1":
        expected.write_bytes(result.stdout)
    assert result.stdout.decode() == expected.read_text()
    assert result.stderr.decode() == ""
    assert result.returncode == 0


def test_tests_of_examples() -> None:
    """`luma test` finds the tests of the game of life."""
    command = [sys.executable, "-m", "luma_ir.tools.luma", "test", "life.luma"]
    result = subprocess.run(command, cwd=EXAMPLES, capture_output=True, timeout=TIMEOUT_SECONDS, check=False)
    assert result.returncode == 0, result.stderr.decode()
    assert "1 passed" in result.stdout.decode()
