"""
Programs compiled at every level in this process, run, and compared; failing ones are made small.

From the command line: `python tests/unit/levels.py [SEED [COUNT [SECONDS]]]` goes through random programs, tells the
seeds of those whose levels disagree, and stores them, shrunk, in the folder that LUMA_FUZZ_FOLDER names, `build/fuzz`
without it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
import traceback
from multiprocessing import Pool
from pathlib import Path

from value_programs import value_program

from luma_ir.driver.build import link_object
from luma_ir.driver.session import Options, Session
from luma_ir.ir.diagnostics import SourceFile

LEVELS = (0, 1, 2, 3)
SECONDS = 10
Outcome = tuple[int, str, str]
"""Status, standard output and standard error; status -1000 means that the compiler failed, -1001 that time was up."""
Problem = tuple[int, Outcome, Outcome]
"""A level, the outcome at the first level, and that at this one."""


def pipeline_of(session: Session) -> str:
    """The passes of a level, with the check of ownership after each pass that is about it."""
    text = session.pipeline("obj")
    return re.sub(r"(mem-(insert-rc|fuse-rc|reuse|insert-unique|hoist-unique)(\{[^}]*\})?)", r"\1,mem-certify", text)


def outcome(text: str, level: int, overflow: str = "trap", verify: bool = True, runs: bool = True) -> Outcome:
    """Compile and run a program at a level; without `runs`, only as far as the `llvm` dialect."""
    session = Session(Options(opt_level=level, overflow=overflow, leak_check=True, verify_each=verify))
    with tempfile.TemporaryDirectory(prefix="luma-fuzz-") as folder:
        try:
            module = session.frontend_text(SourceFile("program.luma", text), Path(folder), runs=True)
            if module is None or not session.run_pipeline(module, pipeline_of(session)):
                return -1000, "", "\n".join(_errors(session))[:3000]
            if not runs:
                return 0, "", ""
            code = session.emit(session.translate(module), "obj")
        except Exception:
            return -1000, "", traceback.format_exc()[-3000:]
        assert isinstance(code, bytes)
        program = Path(folder) / "program"
        link_object(session, code, program)
        try:
            found = subprocess.run([str(program)], capture_output=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return -1001, "", "takes too long"
        return found.returncode, found.stdout.decode(errors="replace"), found.stderr.decode(errors="replace")


def _errors(session: Session) -> list[str]:
    return [f"{each}; {'; '.join(map(str, each.notes))}" for each in session.engine.diagnostics if "error" in str(each)]


def disagreement(text: str, levels: tuple[int, ...] = LEVELS, verify: bool = True) -> Problem | None:
    """The first level that differs from the first of the levels, and both outcomes; None when all agree."""
    reference = outcome(text, levels[0], verify=verify)
    if reference[0] not in (0, 101):
        return levels[0], reference, reference
    for level in levels[1:]:
        found = outcome(text, level, verify=verify)
        if found != reference:
            return level, reference, found
    return None


def signature(problem: Problem | None) -> str:
    """What stays while a failing program is made smaller."""
    if problem is None:
        return ""
    _, reference, found = problem
    if found[0] == -1000:
        lines = [line for line in found[2].splitlines() if line.strip()]
        told = lines[-1 if "Traceback" in found[2] else 0] if lines else ""
        return "compiler: " + re.sub(r"[`'%].*|\d+", "", told)
    if reference[0] == found[0] == 0:
        return "output"
    return f"status {reference[0]} {found[0]}"


def _statement_end(lines: list[str], start: int) -> int | None:
    """The line behind the statement or item that a line begins; None where none begins."""
    depth = 0
    for end in range(start, len(lines)):
        depth += lines[end].count("{") - lines[end].count("}")
        if depth < 0 or (end == start and lines[end].lstrip().startswith("}")):
            return None
        if depth == 0:
            return end + 1
    return None


def shrink(text: str, seconds: float = 120) -> str:
    """A shorter program that fails in the same way: statements and items are left out, one after the other."""
    problem = disagreement(text, (0, 3), False) or disagreement(text)
    wanted = signature(problem)
    if problem is None:
        return text

    def still_fails(lines: list[str]) -> bool:
        if not _checks(lines):
            return False
        shorter = "\n".join(lines) + "\n"
        if wanted.startswith("compiler"):
            found = outcome(shorter, problem[0], runs=False)
            return signature((problem[0], found, found)) == wanted
        return signature(disagreement(shorter, (0, problem[0]), False)) == wanted

    end = time.monotonic() + seconds
    lines = text.splitlines()
    smallest = 8
    while smallest >= 1:
        before = len(lines)
        for start in range(len(lines) - 1, -1, -1):
            stop = _statement_end(lines, start) if start < len(lines) else None
            if stop is None or stop - start < smallest or time.monotonic() > end:
                continue
            fewer = lines[:start] + lines[stop:]
            unwrapped = lines[:start] + lines[start + 1 : stop - 1] + lines[stop:]
            for shorter in (fewer, unwrapped) if stop - start > 2 else (fewer,):
                if still_fails(shorter):
                    lines = shorter
                    break
        if len(lines) == before or time.monotonic() > end:
            smallest = smallest // 8 if smallest > 1 else 0
    return "\n".join(lines) + "\n"


def _checks(lines: list[str]) -> bool:
    session = Session(Options(opt_level=0, overflow="trap", leak_check=True))
    try:
        checked = session.check_text(SourceFile("program.luma", "\n".join(lines) + "\n"), Path("/nonexistent"))
        return checked is not None and checked.main is not None
    except Exception:
        return False


def attempt(seed: int) -> tuple[int, str, Problem | None]:
    """Run one random program at every level."""
    text = value_program(seed)
    levels = (0, 1, 2, 3) if seed % 5 == 0 else (0, 3)
    return seed, text, disagreement(text, levels, verify=seed % 10 == 0)


def main() -> int:
    """The command line; the status is 1 when some program fails."""
    numbers = [int(each) for each in sys.argv[1:]]
    first, count, seconds = [*numbers, *(int(time.time()) % 1_000_000, 100_000, 600)[len(numbers) :]]
    folder = Path(os.environ.get("LUMA_FUZZ_FOLDER", "build/fuzz"))
    end, done, failed = time.monotonic() + seconds, 0, 0
    print(f"seeds from {first}, at most {count} programs, {seconds} s")
    with Pool(int(os.environ.get("LUMA_FUZZ_JOBS", "2"))) as pool:
        for seed, text, problem in pool.imap_unordered(attempt, range(first, first + count)):
            done += 1
            if problem is not None:
                failed += 1
                folder.mkdir(parents=True, exist_ok=True)
                level, reference, found = problem
                print(f"seed {seed}: -O{level} differs: {signature(problem)}", flush=True)
                (folder / f"{seed}.luma").write_text(text)
                (folder / f"{seed}.small.luma").write_text(shrink(text))
                (folder / f"{seed}.txt").write_text(f"-O{level}\n{reference}\n{found}\n")
            if time.monotonic() > end:
                pool.terminate()
                break
    print(f"{done} programs, {failed} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
