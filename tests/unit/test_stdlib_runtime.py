"""The run-time system seen from outside: call stacks, when output is written, the exit status."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

STACK = """
#[inline(never)]
func inner(xs: [i64], i: i64) -> i64 { xs[i] }
#[inline(never)]
func outer(n: i64) -> i64 { inner([1, 2], n) + 1 }
func main() { print("before"); print(outer(5)); }
"""


def build(text: str, folder: Path, *options: str) -> Path:
    """The binary of a program."""
    (folder / "program.luma").write_text(text)
    tool = [sys.executable, "-m", "luma_ir.tools.luma_compile", *options, "program.luma", "-o", "program"]
    done = subprocess.run(tool, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return folder / "program"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the symbol table of ELF files")
@pytest.mark.parametrize("level", ["-O0", "-O3"])
def test_a_panic_shows_the_call_stack_when_asked(level: str, tmp_path: Path) -> None:
    binary = build(STACK, tmp_path, level)
    quiet = subprocess.run([str(binary)], capture_output=True, text=True, env={**os.environ, "LUMA_BACKTRACE": "0"})
    loud = subprocess.run([str(binary)], capture_output=True, text=True, env={**os.environ, "LUMA_BACKTRACE": "1"})
    for done in (quiet, loud):
        assert done.returncode == 101
        assert done.stdout == "before\n"
    place = "panic: index out of range: the length is 2 but the index is 5\n at program.luma:3:40 in inner\n"
    assert quiet.stderr == place
    assert loud.stderr.startswith(place + "call stack:\n    program.inner\n    program.outer\n")
    assert loud.stderr.endswith("    main\n")


def test_output_is_in_order_and_complete(tmp_path: Path) -> None:
    text = """
    import std.io;
    func main() {
        for i in 0..30000 { write(f"{i} "); }
        eprint("to standard error");
        print("x".repeat(200000).len());
        write("x".repeat(70000));
        io.flush();
        write("end");
    }
    """
    binary = build(text, tmp_path, "-O2", "--check-leaks")
    done = subprocess.run([str(binary)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    numbers = "".join(f"{i} " for i in range(30000))
    assert done.stdout == numbers + "to standard error\n200000\n" + "x" * 70000 + "end"
    assert done.returncode == 0


def test_output_that_nobody_reads_is_no_trouble(tmp_path: Path) -> None:
    binary = build('func main() { for i in 0..100 { print("x"); } }', tmp_path, "-O0")
    with Path("/dev/full").open("w") as full:
        assert subprocess.run([str(binary)], stdout=full, timeout=20).returncode == 0
