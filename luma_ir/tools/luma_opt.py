"""
`luma-opt`: run pipelines of passes over IR text (`.mlir`) or programs (`.luma`) and print the result.

Exit status: 0 when all went well, 1 when an error was reported, 2 for a wrong command line.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

RECURSION_LIMIT = 12_000


def build_parser() -> argparse.ArgumentParser:
    """The command line of `luma-opt`."""
    parser = argparse.ArgumentParser(
        prog="luma-opt",
        description="Run passes over IR text (.mlir) or Luma programs (.luma) and print the resulting IR.",
        epilog="A pipeline is a list of passes, `a,b{option=1 flag},func.func(c)`. Passes may also be given as flags, "
        "`--luma-cse`, in the order in which they run.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("files", nargs="*", metavar="FILE", help="input files; standard input when there is none, or for `-`")
    add("-p", "--passes", "--pass-pipeline", metavar="PIPELINE", action="append", default=[], help="passes to run")
    add("-o", "--output", metavar="FILE", help="where to write the result instead of standard output")
    add("--split-input-file", action="store_true", help="treat each part between `// -----` lines as a file of its own")
    add("--verify-diagnostics", action="store_true", help="check diagnostics against `expected-error {{...}}` comments")
    add("--allow-unregistered-dialect", action="store_true", help="accept ops of dialects that are not known")
    verify = parser.add_argument_group("verification")
    verify.add_argument(
        "--verify-each", dest="verify", action="store_const", const="each", help="after each pass (default)"
    )
    verify.add_argument("--verify-ends", dest="verify", action="store_const", const="ends", help="before and after all")
    verify.add_argument("--no-verify", dest="verify", action="store_const", const="none", help="never")
    parser.set_defaults(verify="each")
    printing = parser.add_argument_group("printing")
    add = printing.add_argument
    add("--print-op-generic", action="store_true", help="print all ops in the generic syntax")
    add("--print-debuginfo", action="store_true", help="print source locations")
    add("--print-ir-before", metavar="P", action="append", default=[], help="print the IR before these passes (stderr)")
    add("--print-ir-after", metavar="P", action="append", default=[], help="print the IR after these passes (stderr)")
    add("--print-ir-before-all", action="store_true", help="print the IR before each pass (stderr)")
    add("--print-ir-after-all", action="store_true", help="print the IR after each pass (stderr)")
    add("--print-ir-after-change", action="store_true", help="print the IR after each pass that changed it (stderr)")
    add("--timing", action="store_true", help="print a tree of execution times (stderr)")
    add("--pass-statistics", action="store_true", help="print what the passes counted (stderr)")
    asking = parser.add_argument_group("asking")
    add = asking.add_argument
    add("--list-passes", action="store_true", help="list all passes and leave")
    add("--list-dialects", action="store_true", help="list all dialects and leave")
    add("--list-pipelines", action="store_true", help="list all named pipelines and leave")
    add("--help-pass", metavar="NAME", help="explain a pass and its options and leave")
    trouble = parser.add_argument_group("trouble")
    add = trouble.add_argument
    add("--debug", action="store_true", help="show the traceback of an internal error")
    add("--run-reproducer", action="store_true", help="run the pipeline that the input, a reproducer, names")
    add(
        "--load-plugin",
        metavar="PLUGIN",
        action="append",
        default=[],
        help="load a plug-in: a file, a project folder or the name of an installed one",
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `luma-opt` and return its exit status."""
    parser = build_parser()
    options, rest = parser.parse_known_args(arguments)
    from luma_ir.driver.startup import prepare

    prepare()
    sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION_LIMIT))
    from luma_ir.driver.opt import OptRun

    flags = [flag for action in parser._actions for flag in action.option_strings]
    try:
        return OptRun(options, rest, flags).run()
    except BrokenPipeError:
        # The reader has gone; what is left in the buffer must not fail again when Python exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except KeyboardInterrupt:
        return 130


def program() -> NoReturn:
    """The tool as a program of its own."""
    from luma_ir.tools.common import leave

    leave(main())


if __name__ == "__main__":
    program()
