"""Random programs behave the same before and after each pass of the `luma` level: results, panics, places, output."""

from __future__ import annotations

import pytest
from passes_luma_machine import Generator, Machine, OutOfFuel
from xdsl.dialects.builtin import ModuleOp

from luma_ir.ir.context import make_context
from luma_ir.ir.diagnostics import DiagnosticEngine
from luma_ir.ir.fast import clone_op
from luma_ir.ir.registry import REGISTRY
from luma_ir.ir.text import parse_module
from luma_ir.ir.verify import verify_module

PASSES = (
    "luma-canonicalize", "luma-inline", "luma-symbol-dce", "luma-canonicalize", "luma-cse", "luma-const-prop",
    "luma-licm", "luma-eliminate-checks", "luma-version-loops", "luma-canonicalize", "luma-cse", "luma-dce",
)  # fmt: skip

INPUTS = (
    [3, 4, (1, 2, 3), ((1, 2), (3, 4, 5))],
    [0, -1, (), ((),)],
    [1, 2, (7, 0, 2, 5, 1), ((1, 1, 1), (2, 2, 2), (3, 3, 3))],
    [-(1 << 63), (1 << 63) - 1, (4, 4), ()],
)


def compare(seed: int) -> int:
    """Run one random program through the pipeline, comparing after each pass; the number of runs compared."""
    text = Generator(seed).program()
    engine = DiagnosticEngine()
    module = parse_module(text, f"seed{seed}", make_context(), engine)
    assert module is not None and verify_module(module, engine), (seed, engine.diagnostics, text)
    expected = [_run(module, values) for values in INPUTS]
    compared = 0
    ctx = make_context()
    for alone in sorted(set(PASSES)):
        copy = clone_op(module)
        _step(ctx, copy, alone, seed, expected)
    for name in PASSES:
        compared += _step(ctx, module, name, seed, expected)
    return compared


def _step(ctx: object, module: ModuleOp, name: str, seed: int, expected: list) -> int:
    pass_class = REGISTRY.find_pass(name)
    assert pass_class is not None
    pass_class().apply(ctx, module)  # type: ignore[arg-type]
    engine = DiagnosticEngine()
    assert verify_module(module, engine), (seed, name, engine.diagnostics)
    compared = 0
    for values, wanted in zip(INPUTS, expected, strict=True):
        if wanted is None:
            continue
        found = _run(module, values)
        if found is not None:
            compared += 1
            assert found == wanted, (seed, name, values)
    return compared


def _run(module: ModuleOp, values: list) -> object:
    try:
        return Machine(module).run("main", list(values))
    except OutOfFuel:
        return None


@pytest.mark.parametrize("seed", range(40))
def test_random_programs(seed: int) -> None:
    """Behaviour does not change, whatever the passes do."""
    compare(seed)


def test_programs_are_compared() -> None:
    """Most random programs run to an end that is compared."""
    assert sum(compare(seed) for seed in range(100, 105)) > 100
