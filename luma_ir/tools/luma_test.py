"""`luma test`: run the tests and the examples of programs and packages."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def add_options(command: str, parser: argparse.ArgumentParser) -> None:
    """Add the options of `luma test`."""
    from luma_ir.tools.common import add_compile_options

    parser.description = "Run `#[test]` functions and the examples in `///` comments, each in a process of its own."
    parser.epilog = "Exit status: 0 when all passed, 1 when a test failed or a file does not compile."
    parser.add_argument("arguments", metavar="PATH or FILTER", nargs="*", help="files, folders, and parts of names")
    parser.add_argument("--exact", action="store_true", help="filters are whole names")
    parser.add_argument("--list", dest="lists", action="store_true", help="name the tests, run none")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--doc", dest="examples", action="store_true", default=None, help="only examples in comments")
    which.add_argument("--no-doc", dest="examples", action="store_false", help="no examples in comments")
    parser.add_argument("--ignored", dest="runs_ignored", action="store_true", help="run `#[ignore]`d tests too")
    parser.add_argument(
        "--jobs", "-j", metavar="N", type=positive_count, help="processes at once (default: one per CPU)"
    )
    parser.add_argument(
        "--timeout", metavar="SECONDS", type=positive_seconds, default=60.0, help="time for each test (default: 60)"
    )
    parser.add_argument("--nocapture", action="store_true", help="show output as it comes")
    parser.add_argument("--show-output", action="store_true", help="show the output of tests that pass, too")
    parser.add_argument("--quiet", "-q", action="store_true", help="show failures and the summary only")
    parser.add_argument("--junit", metavar="FILE", type=Path, help="write a report in JUnit's XML")
    parser.add_argument("--no-leak-check", action="store_true", help="tests that leak memory pass")
    add_compile_options(parser, 1)


def positive_count(text: str) -> int:
    """A whole number above 0, for `argparse`."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"`{text}` is no whole number above 0")
    return value


def positive_seconds(text: str) -> float:
    """A number of seconds above 0, for `argparse`."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e9:
        raise argparse.ArgumentTypeError(f"`{text}` is no number of seconds above 0")
    return value


def run(arguments: argparse.Namespace) -> int:
    """`luma test [PATH or FILTER …]`."""
    from luma_ir.driver.startup import finish, prepare

    prepare()
    from luma_ir.driver.session import Session
    from luma_ir.tools.common import guarded, options_of

    arguments.leak_check = not arguments.no_leak_check
    session = Session(options_of(arguments))

    def tests() -> int:
        from luma_ir.driver.testing.session import Settings, run_tests

        settings = Settings(
            arguments.arguments,
            session.options,
            exact=arguments.exact,
            lists=arguments.lists,
            examples=arguments.examples,
            runs_ignored=arguments.runs_ignored,
            timeout_seconds=arguments.timeout,
            passes_through=arguments.nocapture,
            shows_output=arguments.show_output,
            quiet=arguments.quiet,
            junit=arguments.junit,
            error_format=arguments.error_format,
            timing=session.timing,
        )
        if arguments.jobs:
            settings.jobs = arguments.jobs
        return run_tests(settings)

    status = guarded(tests, arguments, session)
    if arguments.timing:
        sys.stderr.write(session.timing.render())
    finish()
    return status
