"""`luma-compile`: source to a binary, or to any stage on the way."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

_SUFFIXES = {"asm": ".s", "obj": ".o", "llvm-ir": ".ll"}


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
    add_compile_options(parser, 2)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the tool; the result is the exit status."""
    arguments = make_parser().parse_args(argv)
    from luma_ir.driver.session import Session, quiet_collector
    from luma_ir.tools.common import guarded, options_of

    quiet_collector()
    session = Session(options_of(arguments))
    if arguments.print_pipeline:
        from luma_ir.passes.pipelines import STAGES

        print(STAGES.get(arguments.emit, STAGES["llvm-dialect"])(session.options.opt_level))
        return 0
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


def _run(arguments: argparse.Namespace, session) -> int:
    from luma_ir.driver.build import build_executable, link_object, write_output

    path = Path(arguments.file)
    output = _output_path(arguments, path)
    if path.suffix == ".mlir":
        module = session.parse_mlir(path)
        if module is None:
            return 1
        kind = "obj" if arguments.emit == "exe" else arguments.emit
        result = session.compile_module(module, kind)
        if result is not None and arguments.emit == "exe":
            link_object(session, result, output)
            return 0
    elif arguments.emit == "exe":
        return 0 if build_executable(session, path, output) else 1
    else:
        result = session.compile(path, arguments.emit)
    if result is None:
        return 1
    if output is None:
        data = result.encode() if isinstance(result, str) else result
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        write_output(output, result)
    return 0


def _output_path(arguments: argparse.Namespace, path: Path) -> Path | None:
    """Where the result goes; None is standard output, where readable stages go unless `-o` says otherwise."""
    if arguments.output == "-":
        return None
    if arguments.output is not None:
        return Path(arguments.output)
    if arguments.emit == "exe":
        return path.with_suffix("")
    if arguments.emit == "obj":
        return path.with_suffix(_SUFFIXES["obj"])
    return None


if __name__ == "__main__":
    sys.exit(main())
