"""
Whole programs by way of upstream: our `llvm` dialect, translated by `mlir-translate` 22, behaves as our own build.

A few programs that use much of the language; they run at -O0, where nothing hides what the conversions wrote.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parent.parent / "programs"
MLIR_TRANSLATE = shutil.which("mlir-translate-22") or shutil.which("/usr/lib/llvm-22/bin/mlir-translate")


@pytest.mark.skipif(MLIR_TRANSLATE is None, reason="mlir-translate 22 is not installed")
@pytest.mark.parametrize("name", ["values", "control_flow", "bubble_sort"])
def test_program_by_way_of_upstream(name: str, tmp_path: Path) -> None:
    """The program prints what it should when upstream translates our output."""
    from luma_ir.backend.codegen import CodegenOptions, optimize_and_emit
    from luma_ir.backend.link import link

    assert MLIR_TRANSLATE is not None
    source = PROGRAMS / f"{name}.luma"
    dialect = tmp_path / f"{name}.mlir"
    command = [sys.executable, "-m", "luma_ir.tools.luma_compile", "-O0", "--emit=llvm-dialect", "-o", str(dialect)]
    built = subprocess.run([*command, str(source)], capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    translated = subprocess.run(
        [MLIR_TRANSLATE, "--mlir-to-llvmir", str(dialect)], capture_output=True, text=True, encoding="utf-8"
    )
    assert translated.returncode == 0, translated.stderr[:2000]
    code = optimize_and_emit(translated.stdout, CodegenOptions(opt_level=1, emit="obj"))
    assert isinstance(code, bytes)
    program = tmp_path / name
    link([code], program)
    ran = subprocess.run([str(program)], capture_output=True, stdin=subprocess.DEVNULL)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == (PROGRAMS / f"{name}.out").read_bytes()
