"""
Time each benchmark program in Luma against its twin in C.

Both are built with full optimisation for this machine (`clang-22` where present, else `gcc`; `-O3 -march=native`), must
print the same, and run in turn, C Luma C Luma …, after a warm-up. The figure is the ratio of the medians, below 1 when
Luma is faster. `--smoke` runs small inputs once, as a test that everything builds and agrees.
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
    "json_parse": (["43000", "6"], ["50", "2"]),
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


def measure(name: str, arguments: list[str], runs: int, compiler: str, folder: Path) -> tuple[float, float, float]:
    """Median seconds of C and of Luma, and the spread (max/min - 1) of Luma's runs, after checking equal output."""
    c = [str(build_c(compiler, name, folder)), *arguments]
    luma = [str(build_luma(name, folder)), *arguments]
    (_, expected), (_, found) = run_once(c), run_once(luma)
    if expected != found:
        sys.exit(f"error: {name}: the outputs differ\n  C:    {expected[:200]!r}\n  Luma: {found[:200]!r}")
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        times[0].append(run_once(c)[0])
        times[1].append(run_once(luma)[0])
    return statistics.median(times[0]), statistics.median(times[1]), max(times[1]) / min(times[1]) - 1


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
    print("| program | C, s | Luma, s | Luma / C | spread |")
    print("| --- | --- | --- | --- | --- |")
    ratios: list[float] = []
    with tempfile.TemporaryDirectory(prefix="luma-bench-") as folder:
        for name in arguments.programs or CASES:
            timed, smoke = CASES[name]
            runs = 1 if arguments.smoke else arguments.runs
            c, luma, spread = measure(name, smoke if arguments.smoke else timed, runs, compiler, Path(folder))
            ratios.append(luma / c)
            shown = " ".join([name.replace("_", " "), *(smoke if arguments.smoke else timed)])
            print(f"| {shown} | {c:.3f} | {luma:.3f} | {luma / c:.2f} | {spread:.0%} |", flush=True)
    mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
    print(f"| geometric mean | | | **{mean:.2f}** | |")


if __name__ == "__main__":
    main()
