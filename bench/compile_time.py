"""
Time the compiler: hello, nbody, an inventory of 1,000 lines and a generated program of 2,000 lines.

The inventory is `compile/shared.luma` and five departments made of `compile/department.luma`, each with types of its
own: maps, JSON, closures, traits and iterators. Each row is the median over several runs of the whole process, so
start-up counts; the stages are those of `--timing`.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
COMPILE = [sys.executable, "-m", "luma_ir.tools.luma_compile"]
RUN = [sys.executable, "-m", "luma_ir.tools.luma", "run"]


def generated_program(lines: int) -> str:
    """A program of about that many lines: structs with methods, loops over arrays, strings; every function is used."""
    parts: list[str] = []
    calls: list[str] = []
    number = 0
    written = 0
    while written < lines - 10:
        text = f"""struct Item{number} {{ id: i64, weight: f64, name: string }}

impl Item{number} {{
    func new(id: i64) -> Item{number} {{ Item{number} {{ id: id, weight: id as f64 * 0.5, name: f"item-{{id}}" }} }}
    func grow(inout self, by: f64) {{
        self.weight += by;
        if self.weight > 100.0 {{ self.weight = 100.0; }}
    }}
}}

func total{number}(items: [Item{number}], limit: i64) -> f64 {{
    let sum = 0.0;
    for item in items {{
        if item.id % {number % 7 + 2} == 0 {{ continue; }}
        if item.id > limit {{ break; }}
        sum += item.weight;
    }}
    sum
}}

func work{number}(n: i64) -> string {{
    let items = [Item{number}::new(i) for i in 0..n];
    for i in 0..n {{ items[i].grow(i as f64); }}
    let counts = [0; {number % 5 + 3}];
    let k = 1;
    while k < n {{
        counts[k % counts.len()] += k * {number + 1};
        k += 1;
    }}
    let text = "";
    for i in 0..counts.len() {{
        if i > 0 {{ text += ","; }}
        text += f"{{counts[i]:>4}}";
    }}
    f"{{text}} {{total{number}(items, n):.2f}}"
}}

"""
        parts.append(text)
        calls.append(f"    print(work{number}({number % 9 + 5}));")
        written += text.count("\n") + 1
        number += 1
    return "".join(parts) + "func main() {\n" + "\n".join(calls) + "\n}\n"


DEPARTMENTS = (
    ("Garden", "season", 2),
    ("Kitchen", "rebate", 3),
    ("Office", "discount", 1),
    ("Sports", "offer", 4),
    ("Books", "bargain", 5),
)
"""The departments of the inventory: name, the field that the others do not have, and the days that an order takes."""


def inventory_program() -> str:
    """A program of about 1,000 lines with maps, JSON, closures, traits and iterators."""
    parts = [(HERE / "compile" / "shared.luma").read_text()]
    template = (HERE / "compile" / "department.luma").read_text()
    calls = []
    for name, extra, delay in DEPARTMENTS:
        lower = name.lower()
        text = template.replace("NAME", name).replace("LOWER", lower)
        parts.append(text.replace("EXTRA", extra).replace("DELAY", str(delay)))
        calls.append(f"    match {lower}() {{")
        calls.append("        Ok(total) => sum += total,")
        calls.append(f'        Err(problem) => print("{lower}:", problem),\n    }}')
    body = "\n".join(calls)
    return "".join(parts) + f'\nfunc main() {{\n    let sum = 0;\n{body}\n    print("in all", sum);\n}}\n'


def median_seconds(command: list[str], runs: int, **options: object) -> float:
    """Median wall time of a command that must succeed."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **options)  # pyright: ignore[reportArgumentType, reportCallIssue]
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    """Print the table, then the stages of the largest program."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--runs", type=int, default=5, help="runs of each row (default 5)")
    parser.add_argument("--lines", type=int, default=2000, help="size of the generated program (default 2000)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="luma-compile-time-") as name:
        folder = Path(name)
        hello, large, shop = folder / "hello.luma", folder / "large.luma", folder / "inventory.luma"
        shop.write_text(inventory_program())
        hello.write_text('func main() { print("hello, world"); }\n')
        large.write_text(generated_program(arguments.lines))
        nbody = HERE / "programs" / "nbody.luma"
        output = ["-o", str(folder / "program")]
        environment = {**os.environ, "LUMA_CACHE_DIR": str(folder / "cache")}
        rows = [
            ("hello, cold, -O2", [*COMPILE, "-O2", str(hello), *output], 1.0),
            ("hello, `luma run --no-cache`", [*RUN, "--no-cache", str(hello)], 1.0),
            ("hello, `luma run`, unchanged", [*RUN, str(hello)], 0.15),
            ("inventory (994 lines), `luma run --no-cache`", [*RUN, "--no-cache", str(shop)], 4.0),
            ("inventory (994 lines), `luma run`, unchanged", [*RUN, str(shop)], 0.15),
            ("nbody, cold, -O3", [*COMPILE, "-O3", str(nbody), *output], 1.8),
            (f"{large.read_text().count(chr(10))} generated lines, -O3", [*COMPILE, "-O3", str(large), *output], 6.0),
        ]
        for program in (hello, shop):
            subprocess.run([*RUN, str(program)], check=True, env=environment, stdout=subprocess.DEVNULL)
        print("| work | median, s | budget, s |")
        print("| --- | --- | --- |")
        for label, command, budget in rows:
            print(
                f"| {label} | {median_seconds(command, arguments.runs, env=environment):.2f} | {budget} |", flush=True
            )
        print("\nStages of the generated program at -O3:\n", flush=True)
        subprocess.run([*COMPILE, "-O3", "--timing", str(large), *output], check=True)


if __name__ == "__main__":
    main()
