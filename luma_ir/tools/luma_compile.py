"""`luma-compile`: source to a binary, or to any stage on the way."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from luma_ir.driver.session import Session

_SUFFIXES = {"obj": ".o"}


def make_parser() -> argparse.ArgumentParser:
    """The command line."""
    from luma_ir.tools.common import add_compile_options

    parser = argparse.ArgumentParser(
        prog="luma-compile", description="Compile a Luma program to a binary, or print any stage on the way."
    )
    parser.add_argument("file", metavar="FILE", nargs="?", help="source file (.luma), or .mlir with the luma dialect")
    parser.add_argument("-o", dest="output", metavar="PATH", help="output (default: beside the source; - is stdout)")
    parser.add_argument(
        "--emit",
        choices=("luma", "luma-opt", "own", "mem", "llvm-dialect", "llvm-ir", "asm", "obj", "exe"),
        default="exe",
        help="what to make (default exe)",
    )
    parser.add_argument("--print-pipeline", action="store_true", help="print what luma-opt -p takes, and stop")
    parser.add_argument("--no-progress", action="store_true", help="show no progress on long builds")
    parser.add_argument(
        "--load-plugin",
        metavar="PLUGIN",
        action="append",
        default=[],
        help="load a plug-in: a file, a project folder or the name of an installed one",
    )
    add_compile_options(parser, 2)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the tool; the result is the exit status."""
    arguments = make_parser().parse_args(argv)
    from luma_ir.driver.startup import prepare

    prepare()
    from luma_ir.driver.session import Session
    from luma_ir.tools.common import guarded, options_of

    session = Session(options_of(arguments))
    if arguments.print_pipeline:
        return guarded(lambda: _print_pipeline(arguments, session), arguments, session)
    if arguments.file is None:
        make_parser().error("the following arguments are required: FILE")
    if not arguments.no_progress and sys.stderr.isatty():
        from luma_ir.driver.progress import Progress

        session.progress = Progress()
    status = guarded(lambda: _run(arguments, session), arguments, session)
    if session.progress is not None:
        session.progress.stop()  # pyright: ignore[reportAttributeAccessIssue]
    if arguments.timing:
        sys.stderr.write(session.timing.render())
    return status


def _load_plugins(arguments: argparse.Namespace, session: Session) -> None:
    if arguments.load_plugin:
        from luma_ir.driver.plugins import load_plugins
        from luma_ir.ir.diagnostics import use_engine

        with use_engine(session.engine):
            load_plugins(arguments.load_plugin)


def _print_pipeline(arguments: argparse.Namespace, session: Session) -> int:
    _load_plugins(arguments, session)
    print(session.pipeline(arguments.emit))
    return 0


def _run(arguments: argparse.Namespace, session: Session) -> int:
    from luma_ir.driver.build import build_executable, link_object, write_output

    _load_plugins(arguments, session)
    path = Path(arguments.file)
    output = _output_path(arguments, path)
    if arguments.emit == "exe" and path.suffix != ".mlir":
        return 0 if build_executable(session, path, _file(output)) else 1
    kind = "obj" if arguments.emit == "exe" else arguments.emit
    if path.suffix == ".mlir":
        module = session.parse_mlir(path)
        result = None if module is None else session.compile_module(module, kind)
    else:
        result = session.compile(path, kind)
    if result is None:
        return 1
    data = result.encode() if isinstance(result, str) else result
    if arguments.emit == "exe":
        link_object(session, data, _file(output))
    elif output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        write_output(output, data)
    return 0


def _file(output: Path | None) -> Path:
    from luma_ir.ir.diagnostics import LumaError

    if output is None:
        raise LumaError("an executable cannot be written to standard output", helps=["name a file with `-o`"])
    return output


def _output_path(arguments: argparse.Namespace, path: Path) -> Path | None:
    """Where the result goes; None is standard output, where readable stages go unless `-o` says otherwise."""
    from luma_ir.ir.diagnostics import LumaError

    if arguments.output == "-":
        return None
    if arguments.output is not None:
        output = Path(arguments.output)
    elif arguments.emit in ("exe", "obj"):
        output = path.with_suffix(_SUFFIXES.get(arguments.emit, ""))
    else:
        return None
    if output == path:
        raise LumaError(f"the output would replace the source `{path}`", helps=["name another file with `-o`"])
    return output


def program() -> NoReturn:
    """The tool as a program of its own."""
    from luma_ir.tools.common import leave

    leave(main())


if __name__ == "__main__":
    program()
