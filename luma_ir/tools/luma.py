"""`luma`: the everyday front door: `luma run`, `luma build`, `luma check`, `luma test`, `luma bench` and the rest."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import NoReturn

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
    add_compile_options(run, 1)
    run.add_argument("file", metavar="FILE", help="source file")
    run.add_argument("arguments", metavar="ARGS", nargs=argparse.REMAINDER, help="the program's own arguments")

    build = commands.add_parser("build", help="compile a program to a binary")
    build.add_argument("file", metavar="FILE", help="source file")
    build.add_argument("-o", dest="output", metavar="PATH", help="where to write (default: beside the source)")
    add_compile_options(build, 1)

    check = commands.add_parser("check", help="report errors without making code")
    check.add_argument("files", metavar="FILE", nargs="+", help="source files")
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
    arguments, others = parser.parse_known_args(given)
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

    path = Path(arguments.file)
    # Looking into the cache needs nothing of the compiler, so that running an unchanged program starts at once.
    key = cache.manifest_key(path, _options_text(arguments))
    if not arguments.no_cache and not arguments.jit and not arguments.timing:
        found = cache.find(key)
        if found is not None:
            return _execute(found, arguments)
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
    return _execute(built[0], arguments)


def _build_for_run(arguments: argparse.Namespace, session, path: Path, key: str, built: list[Path]) -> int:
    from luma_ir.driver.build import build_cached, can_link

    if arguments.jit or not can_link():
        from luma_ir.driver.jit import run_in_process

        return run_in_process(session, path, [arguments.file, *_program_arguments(arguments)])
    executable = build_cached(session, path, key)
    if executable is None:
        return 1
    built.append(executable)
    return 0


def _program_arguments(arguments: argparse.Namespace) -> list[str]:
    given = list(arguments.arguments)
    return given[1:] if given[:1] == ["--"] else given


def _execute(executable: Path, arguments: argparse.Namespace) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(executable, [arguments.file, *_program_arguments(arguments)])


def _options_text(arguments: argparse.Namespace) -> str:
    names = ("opt_level", "overflow", "debug_info", "cpu", "target", "cfg", "leak_check")
    return repr([getattr(arguments, name) for name in names] + [os.getcwd()])


def build_command(arguments: argparse.Namespace) -> int:
    """`luma build FILE`: a debug build unless `--release`."""
    from luma_ir.driver.startup import prepare

    prepare()
    from luma_ir.driver.session import Session
    from luma_ir.tools.common import guarded, options_of

    session = Session(options_of(arguments))
    path = Path(arguments.file)

    def run() -> int:
        from luma_ir.driver.build import build_executable

        output = Path(arguments.output) if arguments.output else path.with_suffix("")
        return 0 if build_executable(session, path, output) else 1

    status = guarded(run, arguments, session)
    if arguments.timing:
        sys.stderr.write(session.timing.render())
    return status


def check_command(arguments: argparse.Namespace) -> int:
    """`luma check FILE…`: diagnostics only."""
    from luma_ir.driver.startup import prepare

    prepare()
    from luma_ir.driver.session import Options, Session
    from luma_ir.tools.common import guarded

    cfg: dict[str, str | bool] = {}
    for setting in arguments.cfg:
        name, equals, value = setting.partition("=")
        cfg[name] = value.strip('"') if equals else True
    status = 0
    for file in arguments.files:
        session = Session(Options(opt_level=1, cfg=cfg))
        path = Path(file)
        status = max(status, guarded(lambda path=path, session=session: session.check(path), arguments, session))
    return status


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
