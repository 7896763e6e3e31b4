"""The memory passes: ownership that adds up, mutations that do not, programs that run without leaks."""

from __future__ import annotations

import os

import pytest
from mem_harness import OWN, PLAIN_OWN, TYPES, run_native, run_passes
from mem_programs import all_programs
from xdsl.dialects.builtin import ModuleOp

from luma_ir.dialects import luma, mem
from luma_ir.ir.diagnostics import DiagnosticEngine, use_engine
from luma_ir.ir.fast import erase, insert_before, make, walk
from luma_ir.passes.mem.certify import certify

PROGRAMS = all_programs()
INSERTED = "mem-infer-borrows,mem-insert-rc"


def certified(module: ModuleOp) -> tuple[bool, DiagnosticEngine]:
    """Run the certifier alone."""
    engine = DiagnosticEngine()
    with use_engine(engine):
        return certify(module), engine


def counting_ops(module: ModuleOp) -> list[mem.DupOp | mem.DropOp]:
    """All dups and drops, in textual order."""
    return [op for op in walk(module) if isinstance(op, mem.DupOp | mem.DropOp)]


@pytest.mark.parametrize("name", PROGRAMS)
def test_ownership_adds_up_after_every_pass(name: str) -> None:
    """The certifier accepts what each of the ownership passes leaves."""
    pipeline = OWN.replace(",mem-certify", "").replace("mem-insert-rc,", "mem-insert-rc,mem-certify,")
    pipeline = pipeline.replace("mem-fuse-rc,", "mem-fuse-rc,mem-certify,") + ",mem-certify"
    _, engine = run_passes(TYPES + PROGRAMS[name][0], pipeline)
    assert [str(diagnostic) for diagnostic in engine.diagnostics] == []


@pytest.mark.parametrize("name", PROGRAMS)
def test_certifier_rejects_a_missing_or_extra_unit(name: str) -> None:
    """Without any one of the dups and drops, or with any one of them twice, the units do not add up."""
    text = TYPES + PROGRAMS[name][0]
    count = len(counting_ops(run_passes(text, INSERTED)[0]))
    for number in range(count):
        for change in ("erase", "repeat"):
            module, _ = run_passes(text, INSERTED)
            op = counting_ops(module)[number]
            if change == "erase":
                erase(op)
            else:
                insert_before(op, make(type(op), (op.value,), location=op.location))
            accepted, engine = certified(module)
            assert not accepted, f"{change} {number}"
            assert engine.diagnostics[0].message.startswith("ownership: ")
            assert engine.diagnostics[0].place() is not None


@pytest.mark.parametrize("own", [PLAIN_OWN, OWN], ids=["plain", "optimised"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_run_without_leaks(name: str, own: str) -> None:
    """Native code gives the expected result, and every block is given back; freed memory is poisoned meanwhile."""
    text, expected = PROGRAMS[name]
    assert run_in_child(text, own) == (expected, 0)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("%i = luma.check.bounds %c3 in %c3", 101),
        ("%minus = arith.constant -1 : i64\n%i = luma.check.bounds %minus in %c3", 101),
        ("%i, %j = luma.check.slice %c3 to %c2 in %c10", 102),
        ("%i, %j = luma.check.slice %c2 to %c10 in %c3", 102),
        ('%big = arith.constant 9223372036854775807 : i64\n%i = luma.check.overflow "add" %big, %c1 : i64', 103),
        ('%big = arith.constant -9223372036854775808 : i64\n%i = luma.check.overflow "neg" %big, %big : i64', 103),
        ('%big = arith.constant -9223372036854775808 : i64\n%i = luma.check.overflow "abs" %big, %big : i64', 103),
        ('%far = arith.constant 64 : i64\n%i = luma.check.overflow "shl" %c1, %far : i64', 103),
        ('%i = luma.check.overflow "sub" %c1, %c2 unsigned : i64', 103),
        ("%i = luma.check.div %c1, %c0 : i64", 103),
        (
            "%big = arith.constant -9223372036854775808 : i64\n%minus = arith.constant -1 : i64\n"
            "%i = luma.check.div %big, %minus remainder : i64",
            103,
        ),
        ('%no = arith.constant false\nluma.assert %no, "no"', 103),
    ],
)
def test_checks_panic(body: str, status: int) -> None:
    """Each check ends the program with the panic of its kind."""
    from mem_programs import CONSTANTS

    text = f"luma.func private @test() -> i64 {{{CONSTANTS}{body}\n  luma.return %c0 : i64\n}}\n"
    with pytest.raises(ChildExit) as exit_:
        run_in_child(text, OWN)
    assert exit_.value.status == status


def test_hot_loop_is_one_load_and_one_store() -> None:
    """In a loop over a unique array nothing is counted, tested or reloaded."""
    text = """
luma.func @scale(%a: !luma.array<f64>, %n: i64) -> !luma.array<f64> attributes {inout = array<i64: 0>} {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%x = %a) -> (!luma.array<f64>) : i64 {
    %v = luma.get %x[%i] : !luma.array<f64> -> f64
    %w = arith.addf %v, %v : f64
    %y = luma.set %x[%i] = %w : !luma.array<f64>, f64
    scf.yield %y : !luma.array<f64>
  }
  luma.return %r : !luma.array<f64>
}
"""
    module, _ = run_passes(text, f"{OWN},convert-luma-to-mem,mem-expand-rc")
    (loop,) = [op for op in walk(module) if op.name == "scf.for"]
    names = [op.name for op in loop.regions[0].block.ops]
    assert names == ["mem.element", "mem.load", "arith.addf", "mem.element", "mem.store", "scf.yield"]


def test_push_on_a_borrowed_loop_variable_is_certified() -> None:
    """Functions that call each other own a parameter if one of them needs it."""
    text = """
luma.func private @even(%a: !luma.array<i64>, %n: i64) -> i64 {
  %r = luma.call @odd(%a, %n) : (!luma.array<i64>, i64) -> i64
  luma.return %r : i64
}
luma.func private @odd(%a: !luma.array<i64>, %n: i64) -> i64 {
  %c = arith.constant true
  luma.if %c {
    %b = luma.array.push %a, %n : (!luma.array<i64>, i64) -> !luma.array<i64>
    %m = luma.array.len %b : !luma.array<i64>
    luma.return %m : i64
  }
  %r = luma.call @even(%a, %n) : (!luma.array<i64>, i64) -> i64
  luma.return %r : i64
}
"""
    module, engine = run_passes(text, f"{INSERTED},mem-certify")
    assert not engine.has_errors
    modes = [str(op.modes) for op in walk(module) if isinstance(op, luma.FuncOp)]
    assert modes == ['["own", "none"]'] * 2


class ChildExit(Exception):
    """The child process ended with a status of its own."""

    def __init__(self, status: int) -> None:
        super().__init__(f"exit status {status}")
        self.status = status


def run_in_child(text: str, own: str) -> tuple[int, int]:
    """Run a program in a child process, which a fault or a panic ends."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            result = run_native(text, own)
            os.write(writer, repr(result).encode())
        except BaseException as error:
            os.write(writer, repr(error).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as stream:
        answer = stream.read()
    _, status = os.waitpid(child, 0)
    if status:
        raise ChildExit(os.waitstatus_to_exitcode(status))
    assert answer.startswith("("), answer
    result, live = answer.strip("()").split(",")
    return int(result), int(live)
