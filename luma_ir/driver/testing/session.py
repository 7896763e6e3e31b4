"""One run of `luma test`: find, build, run, report."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import define, evolve, field

from luma_ir.driver import cache
from luma_ir.driver.testing import junit
from luma_ir.driver.testing.cases import Built, Case, Outcome, Result, Source, Unit
from luma_ir.driver.testing.discover import functions_of
from luma_ir.driver.testing.execute import Runner
from luma_ir.driver.testing.programs import build_units, discard, unit_of_file, units_of_examples
from luma_ir.driver.testing.report import Report
from luma_ir.driver.testing.sources import find_sources, split_arguments
from luma_ir.ir.timing import Timing

if TYPE_CHECKING:
    from luma_ir.driver.session import Options


@define
class Settings:
    """What a run is asked for."""

    arguments: list[str]
    """Paths and filters."""
    options: Options
    exact: bool = False
    lists: bool = False
    """Only name the tests."""
    examples: bool | None = None
    """True: only the examples of comments; False: all but those; None: both."""
    runs_ignored: bool = False
    jobs: int = field(factory=lambda: os.cpu_count() or 1)
    timeout_seconds: float = 60.0
    passes_through: bool = False
    shows_output: bool = False
    quiet: bool = False
    junit: Path | None = None
    error_format: str = "human"
    timing: Timing = field(factory=Timing)


@define
class _Found:
    """Tests by program, and how many the filters left out."""

    units: list[Unit] = field(factory=list)
    filtered: int = 0


def run_tests(settings: Settings) -> int:
    """
    Run tests; the result is the exit status: 0 when all passed, 1 when one failed or a file did not compile.

    Raises:
        LumaError: a path that does not exist, a report that cannot be written.
    """
    start = time.perf_counter()
    paths, filters = split_arguments(settings.arguments)
    sources = find_sources(paths)
    with settings.timing.section("find"):
        found = _find(settings, sources, filters)
    cases = [case for unit in found.units for case in unit.cases]
    if settings.lists:
        return _list(cases)
    if not found.units:
        return _nothing(settings, sources, filters, found.filtered)
    report = Report(settings.shows_output and not settings.passes_through, settings.quiet)
    runner = Runner(settings.jobs, settings.timeout_seconds, settings.passes_through)
    built: list[Built] = []
    try:
        with settings.timing.section("build"):
            built = build_units(found.units, settings.options, settings.jobs, report.building, settings.error_format)
        for each in built:
            if each.messages:
                report.messages(each.messages)
        with settings.timing.section("run"):
            outcomes, broken = _run(settings, built, report, runner)
    finally:
        report.end()
        discard(built)
    if not settings.passes_through:
        report.outputs(outcomes)
    seconds = time.perf_counter() - start
    report.summary(outcomes, found.filtered, broken, seconds)
    if settings.junit is not None:
        junit.write_junit(settings.junit, outcomes, seconds)
    return 1 if broken or any(outcome.result in (Result.FAILED, Result.NOT_BUILT) for outcome in outcomes) else 0


def _find(settings: Settings, sources: list[Source], filters: list[str]) -> _Found:
    """The tests of the sources as programs to build. A program without a test that is wanted is not built."""
    found = _Found()
    options = evolve(settings.options, harness="test")
    documented: list[tuple[Source, list]] = []
    for source in sources:
        text = _read(source.path)
        if settings.examples is not True and not source.is_library and "[test" in text:
            cases, is_readable = known_cases(source, text, options)
            wanted = [case for case in cases if case.matches(filters, settings.exact)]
            found.filtered += len(cases) - len(wanted)
            if wanted or not (is_readable or filters):
                found.units.append(unit_of_file(source, wanted, options))
        if settings.examples is not False and "```" in text:
            from luma_ir.driver.testing.examples import examples_of

            examples = examples_of(source, text)
            kept = [example for example in examples if example.case.matches(filters, settings.exact)]
            found.filtered += len(examples) - len(kept)
            if kept:
                documented.append((source, kept))
    found.units += units_of_examples(documented, options)
    return found


def _read(path: Path) -> str:
    from luma_ir.driver.session import read_source

    return read_source(path)


def known_cases(source: Source, text: str, options: Options) -> tuple[list[Case], bool]:
    """As `discover.functions_of`, from the cache when the file is as it was: reading them needs the compiler."""
    import hashlib

    digest = hashlib.blake2b(text.encode(), digest_size=20).hexdigest()
    unit = unit_of_file(source, [], options)
    place = cache.cache_folder() / f"{unit.key}.cases"
    try:
        kept = json.loads(place.read_bytes())
        if kept["digest"] == digest:
            return [Case(**entry) for entry in kept["cases"]], True
    except (OSError, ValueError, KeyError, TypeError):
        pass  # Not there yet, or damaged: then they are read again.
    from attrs import asdict

    from luma_ir.driver.build import write_output
    from luma_ir.ir.diagnostics import LumaError

    cases, is_readable = functions_of(source, text, options.harness or "test", options)
    if not is_readable:
        return cases, False
    try:
        cache.cache_folder().mkdir(parents=True, exist_ok=True)
        write_output(place, json.dumps({"digest": digest, "cases": [asdict(case) for case in cases]}))
    except (OSError, LumaError):
        pass  # A cache that cannot be written costs time only.
    return cases, True


def _list(cases: list[Case]) -> int:
    for case in cases:
        ending = " (ignored)" if case.ignored is not None else ""
        print(f"{case.title}{ending}")
    ignored = sum(case.ignored is not None for case in cases)
    print(
        f"{len(cases)} {'test' if len(cases) == 1 else 'tests'}" + (f", {ignored} of them ignored" if ignored else "")
    )
    return 0


def _nothing(settings: Settings, sources: list[Source], filters: list[str], filtered: int) -> int:
    """Say that there is nothing to run: a mistake in a filter must not look like success, an empty package may."""
    from luma_ir.ir.diagnostics import LumaError

    if filters and filtered:
        names = ", ".join(f"`{text}`" for text in filters)
        raise LumaError(
            f"no test matches {names}, out of {filtered}",
            helps=["`luma test --list` shows their names"],
        )
    if not sources:
        print("no tests: there are no Luma files here")
    else:
        files = "1 file" if len(sources) == 1 else f"{len(sources)} files"
        print(f"no tests in {files}: a test is a function with `#[test]`, or an example in a `///` comment")
    if settings.junit is not None:
        junit.write_junit(settings.junit, [], 0.0)
    return 0


def _run(settings: Settings, built: list[Built], report: Report, runner: Runner) -> tuple[list[Outcome], int]:
    """Run the tests of all programs; the outcomes in order, and how many files were not compiled."""
    outcomes: dict[int, Outcome] = {}
    waiting: list[tuple[int, Case, Path]] = []
    number = 0
    broken = 0
    for each in built:
        if each.executable is None and not each.broken:
            broken += 1
        for case in each.unit.cases:
            outcome = _without_running(settings, each, case)
            if outcome is not None:
                outcomes[number] = outcome
            else:
                assert each.executable is not None
                waiting.append((number, case, each.executable))
            number += 1
    report.running(len(waiting))
    for place, outcome in outcomes.items():
        report.finished(place, outcome)
    results = runner.run(
        [(case, program) for _, case, program in waiting],
        lambda index, outcome: report.finished(waiting[index][0], outcome),
    )
    for (place, _, _), outcome in zip(waiting, results, strict=True):
        outcomes[place] = outcome
    return [outcomes[place] for place in range(number)], broken


def _without_running(settings: Settings, built: Built, case: Case) -> Outcome | None:
    """The outcome of a test that is not run, None for the others."""
    if case.ignored is not None and not settings.runs_ignored:
        return Outcome(case, Result.IGNORED, reason=case.ignored)
    if case.name in built.broken:
        return Outcome(case, Result.FAILED, reason="does not compile", output=built.broken[case.name])
    if built.executable is None:
        return Outcome(case, Result.NOT_BUILT, reason="its file does not compile")
    if case.compile_only:
        return Outcome(case, Result.PASSED)
    return None
