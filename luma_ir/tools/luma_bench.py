"""`luma bench`: time `#[bench]` functions, and compare with earlier measurements."""

from __future__ import annotations

import argparse
import os
import sys

from luma_ir.tools.luma_test import positive_count, positive_seconds


def add_options(command: str, parser: argparse.ArgumentParser) -> None:
    """Add the options of `luma bench`."""
    from luma_ir.tools.common import add_compile_options

    parser.description = (
        "Time `#[bench]` functions, optimised, one after the other. "
        "Shown are the median of the time of one run, and half the distance between the quartiles."
    )
    parser.epilog = "Exit status: 0; 1 when a bench failed or a file does not compile. A slower bench is no failure."
    parser.add_argument("arguments", metavar="PATH or FILTER", nargs="*", help="files, folders, and parts of names")
    parser.add_argument("--exact", action="store_true", help="filters are whole names")
    parser.add_argument("--list", dest="lists", action="store_true", help="name the benches, run none")
    parser.add_argument("--save", metavar="NAME", help="keep the measurements under a name")
    parser.add_argument("--baseline", metavar="NAME", help="compare with measurements that were kept")
    parser.add_argument("--json", metavar="FILE", help="write the measurements as JSON (`-`: standard output)")
    parser.add_argument("--time", metavar="SECONDS", type=positive_seconds, default=1.0, help="for each (default: 1)")
    parser.add_argument(
        "--warm-up", metavar="SECONDS", type=positive_seconds, default=0.3, help="before each (default: 0.3)"
    )
    parser.add_argument("--samples", metavar="N", type=positive_count, default=50, help="for each (default: 50)")
    parser.add_argument(
        "--timeout", metavar="SECONDS", type=positive_seconds, default=60.0, help="for each (default: 60)"
    )
    add_compile_options(parser, 3)


def run(arguments: argparse.Namespace) -> int:
    """`luma bench [PATH or FILTER …]`."""
    from luma_ir.driver.startup import finish, prepare

    prepare()
    from luma_ir.driver.session import Session
    from luma_ir.tools.common import guarded, options_of

    session = Session(options_of(arguments))

    def benches() -> int:
        from luma_ir.driver.testing.benches import BenchSettings, run_benches
        from luma_ir.driver.testing.measure import Plan

        settings = BenchSettings(
            arguments.arguments,
            session.options,
            Plan(arguments.warm_up, arguments.time, arguments.samples, arguments.timeout),
            exact=arguments.exact,
            lists=arguments.lists,
            save=arguments.save,
            baseline=arguments.baseline,
            json=arguments.json,
            jobs=os.cpu_count() or 1,
            error_format=arguments.error_format,
            timing=session.timing,
        )
        return run_benches(settings)

    status = guarded(benches, arguments, session)
    if arguments.timing:
        sys.stderr.write(session.timing.render())
    finish()
    return status
