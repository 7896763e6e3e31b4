"""Runs the lit tests under `tests/lit`, so that `pytest` covers them; each failing one is shown with its output."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SUITE = Path(__file__).parent / "lit"
WORKERS = os.environ.get("LUMA_LIT_WORKERS", "2")


def test_lit_suite() -> None:
    """All lit tests pass, and there are some."""
    command = [sys.executable, "-c", "from lit.main import main; main()", "-v", "-j", WORKERS, "--no-progress-bar"]
    # The passes are covered by unit tests; tracing each of these many short processes would double their time.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    done = subprocess.run([*command, str(SUITE)], cwd=ROOT, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        lines = [line for line in done.stdout.splitlines() if not line.startswith("PASS:")]
        pytest.fail("\n".join([*lines, done.stderr]), pytrace=False)
    assert "PASS:" in done.stdout
