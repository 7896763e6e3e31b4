"""One run of `luma bench`: find, build, measure one after the other, compare, report."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import asdict, define, evolve, field

from luma_ir.driver.testing.baselines import Change, compare, load_baseline, save_baseline
from luma_ir.driver.testing.cases import Built, Case, Unit
from luma_ir.driver.testing.measure import Measurement, Plan, measure
from luma_ir.driver.testing.programs import build_units, discard, unit_of_file
from luma_ir.driver.testing.sources import find_sources, split_arguments
from luma_ir.ir.diagnostics import LumaError
from luma_ir.ir.timing import Timing

if TYPE_CHECKING:
    from luma_ir.driver.session import Options


@define
class BenchSettings:
    """What a run is asked for."""

    arguments: list[str]
    options: Options
    plan: Plan = field(factory=Plan)
    exact: bool = False
    lists: bool = False
    save: str | None = None
    baseline: str | None = None
    json: str | None = None
    """A file, or `-` for standard output, which then has nothing else."""
    jobs: int = 1
    error_format: str = "human"
    timing: Timing = field(factory=Timing)


@define
class Row:
    """One bench and how it went."""

    case: Case
    measurement: Measurement | None
    reason: str = ""
    output: str = ""
    change: Change | None = None


def run_benches(settings: BenchSettings) -> int:
    """
    Run benches; the result is the exit status: 1 when one failed or a file did not compile.

    Raises:
        LumaError: a path or baseline that does not exist, a place that cannot be written.
    """
    paths, filters = split_arguments(settings.arguments)
    options = evolve(settings.options, harness="bench")
    units, left_out = _find(settings, paths, filters, options)
    if settings.lists:
        for unit in units:
            for case in unit.cases:
                print(case.title)
        return 0
    if not units:
        if filters and left_out:
            raise LumaError(f"no bench matches {', '.join(f'`{each}`' for each in filters)}, out of {left_out}")
        print(
            "no benches: a bench is a function with `#[bench]`", file=sys.stderr if settings.json == "-" else sys.stdout
        )
        return 0
    folder = _folder_of(paths)
    earlier, same_machine = load_baseline(folder, settings.baseline) if settings.baseline else ({}, True)
    with settings.timing.section("build"):
        built = build_units(units, options, settings.jobs, error_format=settings.error_format)
    for each in built:
        sys.stderr.write(each.messages)
    if not same_machine:
        sys.stderr.write(f"warning: the baseline `{settings.baseline}` was measured on another kind of processor\n")
    sys.stderr.flush()
    try:
        with settings.timing.section("measure"):
            rows = _measure_all(settings, built, earlier)
    finally:
        discard(built)
    found = {row.case.title: row.measurement for row in rows if row.measurement is not None}
    _write_json(settings, rows)
    if settings.save:
        place = save_baseline(folder, settings.save, found)
        print(f"saved as `{settings.save}` in {place}", file=sys.stderr if settings.json == "-" else sys.stdout)
    return 1 if len(found) < len(rows) or any(each.executable is None for each in built) else 0


def _find(settings: BenchSettings, paths: list[Path], filters: list[str], options: Options) -> tuple[list[Unit], int]:
    from luma_ir.driver.session import read_source
    from luma_ir.driver.testing.session import known_cases

    units: list[Unit] = []
    left_out = 0
    for source in find_sources(paths):
        text = read_source(source.path)
        if "[bench" not in text or source.is_library:
            continue
        cases, is_readable = known_cases(source, text, options)
        wanted = [case for case in cases if case.matches(filters, settings.exact)]
        left_out += len(cases) - len(wanted)
        if wanted or not (is_readable or filters):
            units.append(unit_of_file(source, wanted, options))
    return units, left_out


def _folder_of(paths: list[Path]) -> Path:
    """The folder that baselines belong to."""
    if not paths:
        return Path()
    return paths[0] if paths[0].is_dir() else paths[0].parent


def _measure_all(settings: BenchSettings, built: list[Built], earlier: dict[str, Measurement]) -> list[Row]:
    rows: list[Row] = []
    table = None if settings.json == "-" else Table(bool(earlier))
    work = [(each, case) for each in built for case in each.unit.cases]
    width = max((len(case.title) for _, case in work), default=0)
    for each, case in work:
        if each.executable is None:
            row = Row(case, None, "its file does not compile")
        else:
            if table is not None:
                table.begin(case.title)
            measurement, reason, output = measure(each.executable, case, settings.plan)
            change = None
            if measurement is not None and case.title in earlier:
                change = compare(earlier[case.title], measurement)
            row = Row(case, measurement, reason, output, change)
        rows.append(row)
        if table is not None:
            table.add(row, width)
    if table is not None:
        table.end()
    for row in rows:
        if row.output:
            sys.stderr.write(f"\n---- {row.case.title}: {row.reason}\n{row.output}")
    return rows


# What is shown.


class Table:
    """A table of measurements: drawn by rich at the end on a terminal, else a line for each as it comes."""

    def __init__(self, compares: bool) -> None:
        self.compares = compares
        self.console: Any = None
        self.rows: list[Row] = []
        self.status: Any = None
        if sys.stdout.isatty():
            from rich.console import Console

            self.console = Console(highlight=False)
            self.status = self.console.status("")
            self.status.start()

    def begin(self, title: str) -> None:
        """A bench begins."""
        if self.status is not None:
            self.status.update(f"measuring {title}")

    def add(self, row: Row, width: int) -> None:
        """A bench has ended."""
        self.rows.append(row)
        if self.console is None:
            print(f"bench {row.case.title:<{width}}  {'  '.join(filter(None, cells(row)))}", flush=True)

    def end(self) -> None:
        """All have ended."""
        if self.console is None:
            return
        from rich.markup import escape
        from rich.table import Table as RichTable

        self.status.stop()
        table = RichTable(box=None, header_style="bold", pad_edge=False)
        table.add_column("bench", overflow="fold")
        for head in ("time", "spread", "rate", *(["change"] if self.compares else [])):
            table.add_column(head, justify="right", no_wrap=True)
        colours = {"faster": "green", "slower": "red", "unchanged": "dim"}
        for row in self.rows:
            shown = [escape(cell) for cell in cells(row)]
            if row.measurement is None:
                shown[0] = f"[bold red]{shown[0]}[/]"
            elif row.change is not None:
                shown[3] = f"[{colours[row.change.verdict]}]{shown[3]}[/]"
            table.add_row(escape(row.case.title), *shown[: len(table.columns) - 1])
        self.console.print(table)


def cells(row: Row) -> list[str]:
    """Time, spread, rate and change of a bench, as text; an empty text for what it does not have."""
    found = row.measurement
    if found is None:
        return [f"FAILED: {row.reason}", "", "", ""]
    spread = (found.high_ns - found.low_ns) / 2 / found.median_ns
    rate = found.rate()
    change = f"{row.change.relative:+.1%} {row.change.verdict}" if row.change is not None else ""
    return [time_text(found.median_ns), f"±{spread:.1%}", scaled(*rate) if rate else "", change]


def time_text(nanoseconds: float) -> str:
    """A time of one run with three digits: `1.24 µs`."""
    for size, unit in ((1e9, "s"), (1e6, "ms"), (1e3, "µs")):
        if nanoseconds >= size:
            return f"{_three(nanoseconds / size)} {unit}"
    return f"{_three(nanoseconds)} ns"


def scaled(value: float, unit: str) -> str:
    """A rate with three digits: `3.2 GB/s`, `12.5 M/s`."""
    for size, prefix in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{_three(value / size)} {prefix}{unit}"
    return f"{_three(value)} {unit}"


def _three(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _write_json(settings: BenchSettings, rows: list[Row]) -> None:
    if settings.json is None:
        return
    benches = []
    for row in rows:
        entry: dict[str, Any] = {"name": row.case.title, "file": row.case.file, "line": row.case.line}
        if row.measurement is None:
            entry["error"] = row.reason
        else:
            entry |= asdict(row.measurement)
        if row.change is not None:
            entry["change"] = asdict(row.change)
        benches.append(entry)
    text = json.dumps({"benches": benches}, indent=1) + "\n"
    if settings.json == "-":
        sys.stdout.write(text)
        return
    from luma_ir.driver.build import write_output

    write_output(Path(settings.json), text)
