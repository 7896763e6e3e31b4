"""
Time each benchmark program in Luma against its twin in C.

Both are built with full optimisation for this machine (`clang-22` where present, else `gcc`; `-O3 -march=native`), must
print the same, and run in turn, C Luma C Luma …, after a warm-up. The figure is the ratio of the medians, below 1 when
Luma is faster. Programs with a twin in Rust are timed against that too where `rustc` is found. `--smoke` runs small
inputs once, as a test that everything builds and agrees.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
PROGRAMS = HERE / "programs"

CASES: dict[str, tuple[list[str], list[str]]] = {
    "nbody": (["5000000"], ["1000"]),
    "spectral_norm": (["2000"], ["60"]),
    "fannkuch": (["10"], ["7"]),
    "mandelbrot": (["2000"], ["60"]),
    "matmul": (["512"], ["40"]),
    "sieve": (["50000000"], ["5000"]),
    "nqueens": (["12"], ["6"]),
    "levenshtein": (["5000"], ["200"]),
    "stencil": (["2000", "50"], ["30", "5"]),
    "quicksort": (["5000000"], ["2000"]),
    "sort_i64": (["5000000"], ["3000"]),
    "word_count": (["20000000", "3"], ["30000", "1"]),
    "json_parse": (["43000", "6"], ["50", "2"]),
    "chains": (["200000", "1000"], ["300", "5"]),
    "string_building": (["1000000", "10"], ["300", "2"]),
}
"""Program -> arguments of the timed run, and of the smoke run."""


def find_c_compiler() -> str:
    """The C compiler to compare with: clang-22 is the fair twin of the LLVM that Luma uses."""
    for name in ("clang-22", "clang", "gcc", "cc"):
        if shutil.which(name):
            return name
    sys.exit("error: no C compiler found; install clang-22 or gcc")


def build_c(compiler: str, name: str, folder: Path) -> Path:
    """Compile the C twin."""
    output = folder / f"{name}-c"
    flags = ["-O3", "-march=native", "-o", str(output), str(PROGRAMS / f"{name}.c"), "-lm"]
    subprocess.run([compiler, *flags], check=True)
    return output


def find_rust_compiler() -> str | None:
    """The Rust compiler, if there is one."""
    beside = Path.home() / ".cargo" / "bin" / "rustc"
    return shutil.which("rustc") or (str(beside) if beside.exists() else None)


def build_rust(compiler: str, name: str, folder: Path) -> Path:
    """Compile the Rust twin."""
    output = folder / f"{name}-rust"
    flags = ["-C", "opt-level=3", "-C", "target-cpu=native", "--edition", "2021", "-o", str(output)]
    subprocess.run([compiler, *flags, str(PROGRAMS / f"{name}.rs")], check=True)
    return output


def build_luma(name: str, folder: Path) -> Path:
    """Compile the Luma program."""
    output = folder / f"{name}-luma"
    tool = [sys.executable, "-m", "luma_ir.tools.luma_compile"]
    subprocess.run([*tool, "-O3", str(PROGRAMS / f"{name}.luma"), "-o", str(output)], check=True)
    return output


def run_once(command: list[str]) -> tuple[float, bytes]:
    """Wall time in seconds, and standard output, of one run."""
    start = time.perf_counter()
    result = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return time.perf_counter() - start, result.stdout


@dataclass
class Measured:
    """Median seconds of each side, and the spread (max/min - 1) of Luma's runs."""

    c: float
    luma: float
    rust: float | None
    spread: float


def measure(name: str, arguments: list[str], runs: int, compiler: str, folder: Path) -> Measured:
    """Time a program's sides in turn, after checking that they print the same."""
    commands = {"C": [str(build_c(compiler, name, folder)), *arguments]}
    rustc = find_rust_compiler()
    if rustc is not None and (PROGRAMS / f"{name}.rs").exists():
        commands["Rust"] = [str(build_rust(rustc, name, folder)), *arguments]
    commands["Luma"] = [str(build_luma(name, folder)), *arguments]
    outputs = {side: run_once(command)[1] for side, command in commands.items()}
    for side, output in outputs.items():
        if output != outputs["Luma"]:
            sys.exit(
                f"error: {name}: the outputs differ\n  {side}: {output[:200]!r}\n  Luma: {outputs['Luma'][:200]!r}"
            )
    times: dict[str, list[float]] = {side: [] for side in commands}
    for _ in range(runs):
        for side, command in commands.items():
            times[side].append(run_once(command)[0])
    rust = statistics.median(times["Rust"]) if "Rust" in times else None
    luma = times["Luma"]
    return Measured(statistics.median(times["C"]), statistics.median(luma), rust, max(luma) / min(luma) - 1)


def describe_machine(compiler: str) -> str:
    """One line on the machine, the date and the compilers."""
    model = platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    except OSError:
        pass
    version = subprocess.run([compiler, "--version"], check=True, capture_output=True, text=True).stdout.splitlines()[0]
    return f"{date.today()}, {os.cpu_count()} CPUs, {model}; {version}; -O3 -march=native"


def main() -> None:
    """Run the benchmarks and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("programs", nargs="*", metavar="PROGRAM", help="only these (default: all)")
    parser.add_argument("--runs", type=int, default=7, help="timed runs of each side (default 7)")
    parser.add_argument("--smoke", action="store_true", help="small inputs, one run, only check that outputs agree")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.programs if name not in CASES]
    if unknown:
        sys.exit(f"error: no such program: {', '.join(unknown)}; there are {', '.join(CASES)}")
    compiler = find_c_compiler()
    print(describe_machine(compiler))
    print()
    print("| program | C, s | Rust, s | Luma, s | Luma / C | Luma / Rust | spread |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    ratios: list[float] = []
    with tempfile.TemporaryDirectory(prefix="luma-bench-") as folder:
        for name in arguments.programs or CASES:
            timed, smoke = CASES[name]
            runs = 1 if arguments.smoke else arguments.runs
            found = measure(name, smoke if arguments.smoke else timed, runs, compiler, Path(folder))
            c, luma = found.c, found.luma
            ratios.append(luma / c)
            rust, ratio = ("", "") if found.rust is None else (f"{found.rust:.3f}", f"{luma / found.rust:.2f}")
            shown = " ".join([name.replace("_", " "), *(smoke if arguments.smoke else timed)])
            print(
                f"| {shown} | {c:.3f} | {rust} | {luma:.3f} | {luma / c:.2f} | {ratio} | {found.spread:.0%} |",
                flush=True,
            )
    mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
    print(f"| geometric mean | | | | **{mean:.2f}** | | |")


if __name__ == "__main__":
    main()
