"""
Builds the programs of a test run: one for the tests of each file, one for many examples together.

What is unchanged comes from the cache of `luma run`; the rest is compiled by several processes at once. An example that
does not compile is left out of its program and fails alone.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve

from luma_ir.driver import cache
from luma_ir.driver.program_loader import ProgramLoader, loader_for
from luma_ir.driver.project import find_project
from luma_ir.driver.testing.cases import Built, Case, Source, Unit
from luma_ir.driver.testing.launcher import link_or_wrap
from luma_ir.ir.diagnostics import Diagnostic, DiagnosticEngine, InternalError, LumaError, Severity, SourceFile

if TYPE_CHECKING:
    from luma_ir.driver.session import Options, Session
    from luma_ir.driver.testing.examples import Example

EXAMPLES_PER_PROGRAM = 100
"""A program of so many examples compiles in a few seconds; a mistake in one of them costs one more compilation."""

ROOT_NAME = "examples"


def unit_of_file(source: Source, cases: list[Case], options: Options) -> Unit:
    """The program of a file's tests or benches."""
    roots = repr([str(root) for root in source.roots])
    key = cache.manifest_key(source.path, f"{options.cache_key()} {options.harness} {roots}")
    return Unit(key, options.harness or "test", cases, source.path, source.roots)


def units_of_examples(found: list[tuple[Source, list[Example]]], options: Options) -> list[Unit]:
    """The programs of examples: those of files with the same roots are put together."""
    groups: dict[tuple[Path, ...], list[Example]] = {}
    for source, examples in found:
        roots = () if source.is_library else tuple(root.resolve() for root in source.roots)
        groups.setdefault(roots, []).extend(examples)
    units: list[Unit] = []
    for roots, members in groups.items():
        count = -(-len(members) // EXAMPLES_PER_PROGRAM)
        size = -(-len(members) // max(count, 1)) or 1
        for start in range(0, len(members), size):
            # Examples are numbered anew in each program.
            part = [
                evolve(example, case=evolve(example.case, name=f"example_{number}"))
                for number, example in enumerate(members[start : start + size])
            ]
            texts = repr([(example.case.file, example.case.compile_only, example.text) for example in part])
            key = cache.manifest_key(Path(ROOT_NAME), f"{options.cache_key()} {roots} {texts}")
            units.append(Unit(key, "test", [example.case for example in part], None, roots, part))
    return units


def build_units(
    units: list[Unit],
    options: Options,
    jobs: int,
    progress: Callable[[int, int], None] | None = None,
    error_format: str = "human",
) -> list[Built]:
    """
    Build what is not cached, with up to `jobs` processes.

    Args:
        progress: called with how many programs are done, and how many there are to compile.
        error_format: `human` or `json`, the form of the messages.
    """
    built: dict[int, Built] = {}
    missing: list[int] = []
    for number, unit in enumerate(units):
        found = cache.find(unit.key)
        if found is None:
            missing.append(number)
        else:
            built[number] = Built(unit, found)
    report = progress or (lambda done, total: None)
    if missing:
        report(0, len(missing))
    work = [(number, units[number]) for number in missing]
    for done, (number, result) in enumerate(_build_missing(work, options, jobs, error_format), 1):
        built[number] = result
        report(done, len(missing))
    return [built[number] for number in range(len(units))]


def discard(built: list[Built]) -> None:
    """Remove the programs that are not in the cache: each has a temporary folder of its own."""
    kept = cache.cache_folder()
    for each in built:
        if each.executable is not None and each.executable.parent != kept:
            shutil.rmtree(each.executable.parent, ignore_errors=True)


def _build_missing(
    units: list[tuple[int, Unit]], options: Options, jobs: int, error_format: str
) -> Iterator[tuple[int, Built]]:
    if len(units) < 2 or jobs < 2 or not hasattr(os, "fork"):
        for number, unit in units:
            yield number, build_unit(unit, options, error_format)
        return
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    with ProcessPoolExecutor(min(jobs, len(units)), mp_context=get_context("fork")) as pool:
        futures = {pool.submit(_build_in_worker, each[1], options, error_format): each for each in units}
        for future in as_completed(futures):
            number, unit = futures[future]
            try:
                yield number, future.result()
            except BrokenProcessPool:
                text = "internal error: the compiler's process ended\n"
                yield number, Built(unit, None, text + "  this is a bug in the compiler, not in your program\n")


def _build_in_worker(unit: Unit, options: Options, error_format: str) -> Built:
    from luma_ir.driver import startup

    built = build_unit(unit, options, error_format)
    startup.finish()
    return built


def build_unit(unit: Unit, options: Options, error_format: str = "human") -> Built:
    """Build one program; every failure ends in messages."""
    try:
        return _build_file(unit, options, error_format) if unit.path is not None else _build_examples(unit, options)
    except KeyboardInterrupt:
        raise
    except Exception as error:
        return Built(unit, None, _failure_text(error))


def _failure_text(error: Exception) -> str:
    """A failure of the compiler or the machine as text; whatever it is, the run goes on with the next program."""
    if isinstance(error, LumaError) and not isinstance(error, InternalError):
        return render([error.to_diagnostic()], {})
    if isinstance(error, OSError):
        return f"error: cannot read or write: {error.strerror or error}\n"
    cause = error.__cause__ or error
    what = " ".join(str(cause).split())[:300]
    return f"internal error: {type(cause).__name__}: {what}\n  this is a bug in the compiler, not in your program\n"


def render(diagnostics: list[Diagnostic], sources: dict[str, SourceFile]) -> str:
    """Diagnostics as text, coloured if standard error shows colours."""
    if not diagnostics:
        return ""
    from luma_ir.driver.render import render as render_all

    return render_all(diagnostics, sources=sources, stream=sys.stderr, summary=False)


def _session(options: Options, loader: object) -> Session:
    from luma_ir.driver.session import Session

    # A context remembers what a compilation registered, so each has its own.
    session = Session(evolve(options, context=None))
    session.loader = loader  # pyright: ignore[reportAttributeAccessIssue]
    return session


def _build_file(unit: Unit, options: Options, error_format: str) -> Built:
    assert unit.path is not None
    session = _session(evolve(options, harness=unit.harness), None)
    session.loader = loader_for(unit.path, session.engine, unit.roots)
    content = unit.path.read_bytes()
    code = session.compile(unit.path, "obj", runs=True) if session.loader is not None else None
    executable = None
    if code is not None and session.loader is not None:
        assert isinstance(code, bytes)
        files = {path: text.encode() for path, text in session.loader.read_files.items()}
        executable = _keep(session, code, unit.key, {**files, unit.path: content}, session.loader.missing_files)
    if error_format == "json" and session.engine.diagnostics:
        from luma_ir.driver.render import render_json

        return Built(unit, executable, render_json(session.engine.diagnostics))
    return Built(unit, executable, render(session.engine.diagnostics, session.sources))


# Examples.


class ExampleLoader(ProgramLoader):
    """Finds the modules of examples, by names that no file has, and those that they import."""

    def __init__(self, roots: tuple[Path, ...], examples: list[Example], engine: DiagnosticEngine) -> None:
        project = find_project(roots[0]) if roots else None
        texts: dict[Path, str] = {}
        package = None
        if project is not None:
            from luma_ir.driver.package import open_package

            package = open_package(project, engine, texts)
        super().__init__(roots or (Path(),), package)
        self.read_files.update(texts)
        self.examples = {f"luma_{example.case.name}": example for example in examples}
        self.sources: dict[str, SourceFile] = {}

    def resolve(self, importer: tuple[str, ...] | None, written: tuple[str, ...]) -> list[tuple[str, ...]]:
        """As `ProgramLoader.resolve`."""
        if len(written) == 1 and written[0] in self.examples:
            return [written]
        return super().resolve(importer, written)

    def load(self, name: tuple[str, ...]) -> SourceFile | None:
        """As `ProgramLoader.load`."""
        example = self.examples.get(name[0]) if len(name) == 1 else None
        if example is None:
            return super().load(name)
        source = SourceFile(example.case.file, example.text)
        self.sources[example.case.name] = source
        return source


def _root_text(examples: list[Example]) -> str:
    """The module that runs one of the examples."""
    lines = [f"import luma_{example.case.name};" for example in examples]
    for example in examples:
        name = example.case.name
        lines.append(f"#[test]\nfunc {name}() {{ luma_{name}.example(); }}")
    return "\n".join(lines) + "\n"


def _build_examples(unit: Unit, options: Options) -> Built:
    """All examples that compile as one program; those that do not are found out and left out."""
    broken: dict[str, str] = {}
    remaining: list[Example] = list(unit.examples)
    while remaining:
        try:
            session, loader, executable = _compile_examples(unit, remaining, options, keep=not broken)
        except InternalError as error:
            guilty = _search(remaining, lambda part: _crash_text(unit, part, options))
            guilty = guilty or {example.case.name: _failure_text(error) for example in remaining}
        else:
            if executable is not None:
                return Built(unit, executable, "", broken)
            guilty = _guilty(session, loader)
            if not guilty:  # The errors are in what the examples use.
                guilty = _search(remaining, lambda part: _error_text(unit, part, options))
            if not guilty:
                return Built(unit, None, render(session.engine.diagnostics, session.sources), broken)
        broken |= guilty
        remaining = [example for example in remaining if example.case.name not in broken]
    return Built(unit, None, "", broken)


def _search(examples: list[Example], failure: Callable[[list[Example]], str | None]) -> dict[str, str]:
    """The examples that fail alone, each with its message: halves that do not fail are not looked into."""
    found: dict[str, str] = {}
    waiting = [examples]
    while waiting:
        part = waiting.pop()
        message = failure(part)
        if message is None:
            continue
        if len(part) == 1:
            found[part[0].case.name] = message
        else:
            middle = len(part) // 2
            waiting += [part[:middle], part[middle:]]
    return found


def _crash_text(unit: Unit, examples: list[Example], options: Options) -> str | None:
    """What the compiler says when it fails on examples; None when it does not."""
    try:
        _, _, executable = _compile_examples(unit, examples, options, keep=False)
    except InternalError as error:
        return _failure_text(error)
    if executable is not None:
        shutil.rmtree(executable.parent, ignore_errors=True)
    return None


def _error_text(unit: Unit, examples: list[Example], options: Options) -> str | None:
    """The errors that the frontend has about examples; None without."""
    session = _session(evolve(options, harness="test"), None)
    session.loader = ExampleLoader(unit.roots, examples, session.engine)
    if session.frontend_text(SourceFile(ROOT_NAME, _root_text(examples)), Path(), runs=True) is not None:
        return None
    errors = [found for found in session.engine.diagnostics if found.severity is Severity.ERROR]
    return render(errors, session.sources)


def _guilty(session: Session, loader: ExampleLoader) -> dict[str, str]:
    """The examples whose text has errors, each with the messages about it."""
    found: dict[str, list[Diagnostic]] = {}
    for diagnostic in session.engine.diagnostics:
        if diagnostic.severity is not Severity.ERROR or diagnostic.span is None:
            continue
        for name, source in loader.sources.items():
            if diagnostic.span.source is source:
                found.setdefault(name, []).append(diagnostic)
    return {name: render(diagnostics, session.sources) for name, diagnostics in found.items()}


def _compile_examples(
    unit: Unit, examples: list[Example], options: Options, *, keep: bool
) -> tuple[Session, ExampleLoader, Path | None]:
    """Compile some examples; with `keep` the program goes into the cache, else into a temporary folder."""
    session = _session(evolve(options, harness="test"), None)
    loader = session.loader = ExampleLoader(unit.roots, examples, session.engine)
    root = SourceFile(ROOT_NAME, _root_text(examples))
    module = session.frontend_text(root, Path(), runs=True)
    code = None if module is None else session.compile_module(module, "obj")
    if code is None:
        return session, loader, None
    assert isinstance(code, bytes)
    if keep:
        files = {path: text.encode() for path, text in loader.read_files.items()}
        return session, loader, _keep(session, code, unit.key, files, loader.missing_files)
    executable = Path(tempfile.mkdtemp(prefix="luma-")) / "program"
    link_or_wrap(session, code, executable)
    return session, loader, executable


def _keep(session: Session, code: bytes, key: str, files: dict[Path, bytes], missing: set[Path]) -> Path:
    """Make a program in the cache; in a temporary folder if the cache cannot be written."""
    folder = cache.cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix="build-", dir=folder))
    except OSError:
        place = Path(tempfile.mkdtemp(prefix="luma-"))
    executable = place / "program"
    try:
        link_or_wrap(session, code, executable)
        return cache.store(key, executable, files, missing) or executable
    finally:
        if not executable.exists():
            shutil.rmtree(place, ignore_errors=True)
