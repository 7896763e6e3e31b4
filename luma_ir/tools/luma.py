"""`luma`: the everyday front door: `luma run`, `luma build`, `luma check`, `luma test`, `luma bench` and the rest."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from luma_ir.driver.session import Session

_MORE = {
    "test": ("run tests and the examples in comments", "luma_test"),
    "bench": ("time `#[bench]` functions", "luma_bench"),
    "new": ("make a package in a new folder", "luma_package"),
    "init": ("make a package in a folder that exists", "luma_package"),
    "doc": ("write a reference made of `///` comments", "luma_package"),
}
"""Commands with a module of their own: what they do, and the module in `luma_ir.tools`, which has
`add_options(command, parser)` and `run(arguments)`."""


def make_parser(command: str | None = None) -> argparse.ArgumentParser:
    """The command line; with a command options of others are left out, since making them takes time at every start."""
    from luma_ir.tools.common import add_compile_options, add_message_options

    parser = argparse.ArgumentParser(prog="luma", description="Run, build, check and test Luma programs.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    run = commands.add_parser("run", help="compile a program and run it", description="Compile a program and run it.")
    run.add_argument("--jit", action="store_true", help="run in this process, without a linker")
    run.add_argument("--no-cache", action="store_true", help="compile again even if nothing has changed")
    run.add_argument("--bin", metavar="NAME", help="the program `src/bin/NAME.luma` of the package")
    add_compile_options(run, 1)
    run.add_argument("file", metavar="FILE", nargs="?", help="source file or package (default: the package around)")
    run.add_argument(
        "arguments", metavar="ARGS", nargs=argparse.REMAINDER, help="the program's own arguments; without FILE after --"
    )

    build = commands.add_parser("build", help="compile a program to a binary")
    build.add_argument("file", metavar="FILE", nargs="?", help="source file or package (default: the package around)")
    build.add_argument("--bin", metavar="NAME", help="only the program `src/bin/NAME.luma` of the package")
    build.add_argument(
        "-o", dest="output", metavar="PATH", help="where to write (default: beside the source; of a package `build/`)"
    )
    add_compile_options(build, 1)

    check = commands.add_parser("check", help="report errors without making code")
    check.add_argument("files", metavar="FILE", nargs="*", help="source files, packages (default: the package around)")
    check.add_argument("--cfg", metavar="NAME[=VALUE]", action="append", default=[], help="set a `#[cfg]` condition")
    add_message_options(check)

    for name, (text, module) in _MORE.items():
        more = commands.add_parser(name, help=text)
        if command in (None, name):
            import_module(f"luma_ir.tools.{module}").add_options(name, more)

    explain = commands.add_parser("explain", help="explain an error code such as E0203")
    explain.add_argument("code", metavar="CODE", help="the code between the brackets of a diagnostic")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the tool; the result is the exit status."""
    given = sys.argv[1:] if argv is None else argv
    parser = make_parser(next((text for text in given if not text.startswith("-")), None))
    own: list[str] | None = None
    if given[:1] == ["run"] and "--" in given:
        # What follows belongs to the program, and so does what stands between its file and this.
        at = given.index("--")
        given, own = given[:at], given[at + 1 :]
    arguments, others = parser.parse_known_args(given)
    if own is not None:
        arguments.arguments += ["--", *own] if arguments.arguments else own
    if arguments.command in ("test", "bench") and not any(text.startswith("-") for text in others):
        # `argparse` takes the positional arguments before the first option only.
        arguments.arguments += others
    elif others:
        parser.error(f"unrecognized arguments: {' '.join(others)}")
    if arguments.command in _MORE:
        return import_module(f"luma_ir.tools.{_MORE[arguments.command][1]}").run(arguments)
    command = {"run": run_command, "build": build_command, "check": check_command, "explain": explain_command}
    return command[arguments.command](arguments)


def run_command(arguments: argparse.Namespace) -> int:
    """`luma run FILE [ARGS]`: through the cache of finished programs, or in this process where there is no linker."""
    from luma_ir.driver import cache

    path = _program_to_run(arguments)
    if path is None:
        return 1
    # Looking into the cache needs nothing of the compiler, so that running an unchanged program starts at once.
    key = cache.manifest_key(path, _options_text(arguments))
    if not arguments.no_cache and not arguments.jit and not arguments.timing:
        found = cache.find(key)
        if found is not None:
            return _execute(found, arguments, path)
    from luma_ir.driver.startup import finish, prepare

    prepare()
    from luma_ir.driver.session import Session
    from luma_ir.tools.common import guarded, options_of

    session = Session(options_of(arguments))
    built: list[Path] = []
    status = guarded(lambda: _build_for_run(arguments, session, path, key, built), arguments, session)
    if arguments.timing:
        sys.stderr.write(session.timing.render())
    if not built:
        return status
    finish()
    return _execute(built[0], arguments, path)


def _is_source(text: str) -> bool:
    """Whether a name on the command line is one of a source file, and not of a package."""
    return not Path(text).is_dir()


def _program_to_run(arguments: argparse.Namespace) -> Path | None:
    """The root file of the program that the command line names, None after a message."""
    if arguments.file is not None and arguments.bin is None and _is_source(arguments.file):
        return Path(arguments.file)
    found: list[Path] = []
    return found[0] if _say_mistakes(lambda: found.append(_named_program(arguments)), arguments) else None


def _named_program(arguments: argparse.Namespace) -> Path:
    """The program of a package that `FILE` and `--bin` name."""
    from luma_ir.driver.project import program_of, project_at
    from luma_ir.ir.diagnostics import LumaError

    if arguments.file is not None and _is_source(arguments.file):
        if not Path(arguments.file).exists():
            raise LumaError(f"no such file or folder: `{arguments.file}`")
        raise LumaError("`--bin` names a program of a package, not of a file")
    return program_of(project_at(Path(arguments.file or "")), arguments.bin)


def _say_mistakes(run: Callable[[], object], arguments: argparse.Namespace) -> bool:
    """Do something that may fail by a mistake on the command line; False after a message."""
    from luma_ir.ir.diagnostics import LumaError

    try:
        run()
    except LumaError as error:
        from luma_ir.driver.session import Session
        from luma_ir.tools.common import report

        session = Session()
        session.engine.emit(error.to_diagnostic())
        report(session, arguments.error_format)
        return False
    return True


def _build_for_run(arguments: argparse.Namespace, session, path: Path, key: str, built: list[Path]) -> int:
    from luma_ir.driver.build import build_cached, can_link

    if arguments.jit or not can_link():
        from luma_ir.driver.jit import run_in_process

        return run_in_process(session, path, [str(path), *_program_arguments(arguments)])
    executable = build_cached(session, path, key)
    if executable is None:
        return 1
    built.append(executable)
    return 0


def _program_arguments(arguments: argparse.Namespace) -> list[str]:
    given = list(arguments.arguments)
    return given[1:] if given[:1] == ["--"] else given


def _execute(executable: Path, arguments: argparse.Namespace, path: Path) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(executable, [str(path), *_program_arguments(arguments)])


def _options_text(arguments: argparse.Namespace) -> str:
    names = ("opt_level", "overflow", "debug_info", "cpu", "target", "cfg", "leak_check", "deny_warnings")
    return repr([getattr(arguments, name) for name in names] + [os.getcwd()])


def build_command(arguments: argparse.Namespace) -> int:
    """`luma build FILE`, or all programs of a package: a debug build unless `--release`."""
    from luma_ir.driver.startup import prepare

    prepare()
    from luma_ir.driver.session import Session
    from luma_ir.tools.common import guarded, options_of

    wanted: list[tuple[Path, Path | None]] = []
    if not _say_mistakes(lambda: wanted.extend(_programs_to_build(arguments)), arguments):
        return 1
    status = 0
    seen: set[tuple[object, ...]] = set()
    for path, output in wanted:
        session = Session(options_of(arguments))

        def run(path: Path = path, output: Path | None = output, session: Session = session) -> int:
            from luma_ir.driver.build import build_executable

            try:
                if output is None:
                    return session.check(path)
                output.parent.mkdir(parents=True, exist_ok=True)
                return 0 if build_executable(session, path, output) else 1
            finally:
                _leave_out_known(session, seen)

        status = max(status, guarded(run, arguments, session))
        if arguments.timing:
            sys.stderr.write(session.timing.render())
    return status


def _programs_to_build(arguments: argparse.Namespace) -> list[tuple[Path, Path | None]]:
    """Root files with the places of their executables; None for a library, which is only checked."""
    if arguments.file is not None and arguments.bin is None and _is_source(arguments.file):
        path = Path(arguments.file)
        return [(path, Path(arguments.output) if arguments.output else path.with_suffix(""))]
    from luma_ir.driver.package import name_of
    from luma_ir.driver.project import programs_of, project_at, roots_of, shown
    from luma_ir.ir.diagnostics import LumaError

    if arguments.bin is not None:
        path = _named_program(arguments)
        project = project_at(Path(arguments.file or ""))
        return [(path, Path(arguments.output or shown(project) / "build" / arguments.bin))]
    project = project_at(Path(arguments.file or ""))
    programs = programs_of(project)
    if not programs:
        roots = roots_of(project)
        if not roots:
            raise LumaError(
                f"the package in `{shown(project)}` has neither a program nor a library",
                helps=["a program is `src/main.luma`, a library `src/lib.luma`"],
            )
        return [(path, None) for path in roots]
    if arguments.output is not None and len(programs) > 1:
        raise LumaError("`-o` names one program, and the package has several", helps=["name one with `--bin`"])
    name = name_of(project)
    folder = shown(project) / "build"
    return [
        (path, Path(arguments.output) if arguments.output else folder / (program or name))
        for program, path in programs.items()
    ]


def _leave_out_known(session: Session, seen: set[tuple[object, ...]]) -> None:
    """Programs of a package share modules: what was said of one of them is not said again."""
    kept = []
    for found in session.engine.diagnostics:
        key = (found.code, found.message, found.place())
        if found.span is None or key not in seen:
            kept.append(found)
            seen.add(key)
    session.engine.diagnostics[:] = kept


def check_command(arguments: argparse.Namespace) -> int:
    """`luma check FILE…`, or the library and all programs of a package: diagnostics only."""
    from luma_ir.driver.startup import prepare

    prepare()
    from luma_ir.driver.session import Options, Session
    from luma_ir.tools.common import guarded

    cfg: dict[str, str | bool] = {}
    for setting in arguments.cfg:
        name, equals, value = setting.partition("=")
        cfg[name] = value.strip('"') if equals else True
    paths: list[Path] = []
    if not _say_mistakes(lambda: paths.extend(_files_to_check(arguments)), arguments):
        return 1
    status = 0
    seen: set[tuple[object, ...]] = set()
    for path in paths:
        session = Session(Options(opt_level=1, cfg=cfg, deny_warnings=arguments.deny_warnings))

        def run(path: Path = path, session: Session = session) -> int:
            try:
                return session.check(path)
            finally:
                _leave_out_known(session, seen)

        status = max(status, guarded(run, arguments, session))
    return status


def _files_to_check(arguments: argparse.Namespace) -> list[Path]:
    """The root files that a command line names."""
    from luma_ir.driver.project import project_at, roots_of, shown
    from luma_ir.ir.diagnostics import LumaError

    found: list[Path] = []
    for file in arguments.files or [""]:
        if file and _is_source(file):
            found.append(Path(file))
            continue
        project = project_at(Path(file))
        roots = roots_of(project)
        if not roots:
            raise LumaError(
                f"the package in `{shown(project)}` has neither a program nor a library",
                helps=["a program is `src/main.luma`, a library `src/lib.luma`"],
            )
        found += roots
    return found


def explain_command(arguments: argparse.Namespace) -> int:
    """`luma explain E0203`: what an error code means, with an example and a way out."""
    from luma_ir.driver.errors import explain

    text = explain(arguments.code)
    if text is None:
        sys.stderr.write(f"error: there is no error code `{arguments.code}`\n")
        return 1
    sys.stdout.write(text if text.endswith("\n") else text + "\n")
    return 0


def program() -> NoReturn:
    """The tool as a program of its own."""
    from luma_ir.tools.common import leave

    leave(main())


if __name__ == "__main__":
    program()
