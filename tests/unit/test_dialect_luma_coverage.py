"""Every op of our dialects has a round-trip example and an example of what its verifier refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from xdsl.irdl import IRDLOperation

from luma_ir.dialects.llvm_ext import OWN_OPS
from luma_ir.dialects.luma import OPS as LUMA_OPS
from luma_ir.dialects.luma import TYPES as LUMA_TYPES
from luma_ir.dialects.mem import OPS as MEM_OPS
from luma_ir.ir import fast
from luma_ir.ir.context import make_context
from luma_ir.ir.diagnostics import DiagnosticEngine
from luma_ir.ir.text import parse_module

SUITE = Path(__file__).parent.parent / "lit" / "dialects"
DIALECTS: dict[str, list[type[IRDLOperation]]] = {
    "luma": list(LUMA_OPS),
    "mem": list(MEM_OPS),
    "llvm_ext": list(OWN_OPS),  # pyright: ignore[reportArgumentType]
}
"""Folder of tests -> ops that need examples there."""

CANNOT_BE_WRONG: dict[str, str] = {"luma.type_kind": "it takes a value of any type and gives an `i64`"}
"""Ops of which no example can be refused, with the reason."""

EXPECTED = re.compile(r"//\s*expected-error(?:@[+-]\d+)?\s*\{\{")
OP_NAME = re.compile(r"(?<![\w.@#!\"])\"?([a-z_]\w*\.[\w.]+)\b")


def files(folder: str, *, invalid: bool) -> list[Path]:
    """The tests of a dialect: those of errors, or those of reading and printing."""
    found = sorted(path for path in (SUITE / folder).glob("*.mlir") if path.stem.startswith("invalid") == invalid)
    assert found, f"no tests in {folder}"
    return found


def shown_ops(folder: str) -> set[str]:
    """The names of all ops in the round-trip tests of a dialect."""
    names: set[str] = set()
    for path in files(folder, invalid=False):
        text = path.read_text()
        assert re.search(r"RUN: luma-opt %s( --print-op-generic)? \| luma-opt \| filecheck %s", text), path
        engine = DiagnosticEngine()
        module = parse_module(text, str(path), make_context(), engine)
        assert module is not None and not engine.has_errors, path
        names.update(op.name for op in fast.walk(module))
    return names


def refused_ops(folder: str) -> set[str]:
    """The ops at which the tests of a dialect expect an error: those on the first line below the expectation."""
    names: set[str] = set()
    for path in files(folder, invalid=True):
        text = path.read_text()
        assert "--verify-diagnostics" in text, path
        lines = text.splitlines()
        for number, line in enumerate(lines):
            if EXPECTED.search(line):
                below = next(each for each in lines[number + 1 :] if not each.lstrip().startswith("//"))
                found = OP_NAME.search(below.split("=", 1)[1] if re.match(r"\s*%", below) else below)
                if found is not None:
                    names.add(found.group(1))
    return names


@pytest.mark.parametrize("folder", DIALECTS)
def test_every_op_has_a_round_trip_example(folder: str) -> None:
    """Each op stands in a test that reads and prints it."""
    missing = {op.name for op in DIALECTS[folder]} - shown_ops(folder)
    assert not missing, f"tests/lit/dialects/{folder} shows no {sorted(missing)}"


@pytest.mark.parametrize("folder", DIALECTS)
def test_every_op_has_an_invalid_example(folder: str) -> None:
    """Each op stands in a test that expects an error at it."""
    missing = {op.name for op in DIALECTS[folder]} - refused_ops(folder) - set(CANNOT_BE_WRONG)
    assert not missing, f"tests/lit/dialects/{folder}/invalid*.mlir refuses no {sorted(missing)}"


def test_every_type_of_luma_has_both_examples() -> None:
    """Each type of the `luma` dialect is read, printed and refused."""
    shown = "\n".join(path.read_text() for path in files("luma", invalid=False))
    refused = (SUITE / "luma" / "invalid_types.mlir").read_text()
    for type in LUMA_TYPES:
        assert f"!{type.name}<" in shown, type.name
        assert f"!{type.name}<" in refused, type.name
