"""Random programs about values do the same at all levels; `make fuzz` goes through many more of them."""

from __future__ import annotations

import os
import time

import pytest
from levels import attempt, disagreement, shrink, signature
from value_programs import value_program

SEEDS = range(1, 4)


@pytest.mark.parametrize("seed", SEEDS)
def test_levels_agree(seed: int) -> None:
    """Output, status, panic, and that nothing leaks: the same without and with optimisation."""
    text = value_program(seed)
    problem = disagreement(text, (0, 3), verify=False)
    assert problem is None, f"seed {seed}: -O{problem[0]}: {signature(problem)}\n{problem[2][2]}\n{text}"


def test_failures_are_noticed_and_shrunk() -> None:
    """A program that the compiler rejects is a failure, and what has nothing to do with it is left out."""
    program = "func other() -> i64 {\n    3\n}\nfunc main() {\n    let x = 5;\n    print(x);\n    missing();\n}\n"
    problem = disagreement(program)
    assert problem is not None
    assert signature(problem).startswith("compiler:")
    assert disagreement("func main() {\n    print(1);\n}\n", (0, 3)) is None
    assert len(shrink(program, 5).splitlines()) <= len(program.splitlines())


@pytest.mark.skipif("LUMA_FUZZ" not in os.environ, reason="long: run by `make fuzz`")
def test_many_programs() -> None:
    """So many seconds of programs (LUMA_FUZZ_SECONDS), from the seed LUMA_FUZZ_SEED on."""
    seed = int(os.environ.get("LUMA_FUZZ_SEED", str(int(time.time()) % 1_000_000)))
    end = time.monotonic() + float(os.environ.get("LUMA_FUZZ_SECONDS", "300"))
    while time.monotonic() < end:
        _, _, problem = attempt(seed)
        assert problem is None, f"seed {seed}: -O{problem[0]}: {signature(problem)}\n{problem[2][2]}"
        seed += 1
