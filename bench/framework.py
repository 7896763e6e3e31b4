"""
Times the framework against xDSL on one generated module: reading, printing, verifying, cloning; microseconds an op.

    python bench/framework.py [--functions N] [--runs N] [--json]
"""

from __future__ import annotations

import argparse
import gc
import json
from collections.abc import Callable
from io import StringIO
from time import perf_counter

from xdsl.parser import Parser
from xdsl.printer import Printer

from luma_ir.ir import fast
from luma_ir.ir.context import make_context
from luma_ir.ir.diagnostics import DiagnosticEngine
from luma_ir.ir.text import module_text, parse_module
from luma_ir.ir.verify import verify_module

BLOCK = """
    %k{i} = arith.constant {value} : i64
    %s{i} = arith.addi %x{i}, %b : i64
    %p{i} = arith.muli %s{i}, %k{i} : i64
    %c{i} = arith.cmpi slt, %p{i}, %b : i64
    %x{next} = arith.select %c{i}, %p{i}, %a : i64"""


def generate(functions: int) -> str:
    """A module of functions of 41 ops each."""
    body = "".join(BLOCK.format(i=i, next=i + 1, value=i % 4) for i in range(1, 8))
    first = BLOCK.format(i="", next=1, value=0).replace("%x,", "%a,")
    return "".join(
        f"func.func @f{index}(%a: i64, %b: i64) -> i64 {{{first}{body}\n    func.return %x8 : i64\n}}\n"
        for index in range(functions)
    )


def best(action: Callable[[], object], runs: int) -> float:
    """Seconds of the fastest of several runs."""
    times = []
    for _ in range(runs):
        start = perf_counter()
        action()
        times.append(perf_counter() - start)
    return min(times)


def measure(functions: int, runs: int) -> dict[str, tuple[float, float]]:
    """Microseconds an op of each job: ours, and xDSL's own."""
    ctx = make_context()
    text = generate(functions)

    def read(source: str) -> object:
        engine = DiagnosticEngine()
        module = parse_module(source, "bench.mlir", ctx, engine)
        assert module is not None, [str(diagnostic) for diagnostic in engine.diagnostics]
        return module

    def upstream_print(generic: bool) -> str:
        stream = StringIO()
        Printer(stream, print_generic_format=generic).print_op(module)
        return stream.getvalue()

    module = Parser(ctx, text).parse_module()
    generic = module_text(module, generic=True)
    ops = sum(1 for _ in fast.walk(module))
    jobs: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "read custom syntax": (lambda: read(text), lambda: Parser(ctx, text).parse_module()),
        "read generic syntax": (lambda: read(generic), lambda: Parser(ctx, generic).parse_module()),
        "print custom syntax": (lambda: module_text(module), lambda: upstream_print(False)),
        "print generic syntax": (lambda: module_text(module, generic=True), lambda: upstream_print(True)),
        "verify": (lambda: verify_module(module, DiagnosticEngine()), module.verify),
        "clone": (lambda: fast.clone_op(module), module.clone),
    }
    return {name: (best(a, runs) / ops * 1e6, best(b, runs) / ops * 1e6) for name, (a, b) in jobs.items()}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--functions", type=int, default=200, help="functions of 42 ops each")
    parser.add_argument("--runs", type=int, default=5, help="runs of which the best counts")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    gc.disable()
    results = measure(options.functions, options.runs)
    if options.json:
        print(json.dumps({name: {"luma": ours, "xdsl": theirs} for name, (ours, theirs) in results.items()}))
        return
    print("| Job | Luma | xDSL | ratio |\n|---|---|---|---|")
    for name, (ours, theirs) in results.items():
        print(f"| {name} | {ours:.1f} | {theirs:.1f} | {theirs / ours:.1f} |")


if __name__ == "__main__":
    main()
