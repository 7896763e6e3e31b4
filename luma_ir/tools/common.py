"""What the command lines share: options of a compilation, and the end of a run."""

from __future__ import annotations

import argparse
import atexit
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from luma_ir.driver.session import Options, Session


def add_compile_options(parser: argparse.ArgumentParser, default_level: int) -> None:
    """Add the options that say how to compile."""
    for level in range(4):
        parser.add_argument(
            f"-O{level}",
            dest="opt_level",
            action="store_const",
            const=level,
            default=default_level,
            help="optimise as much as possible" if level == 3 else argparse.SUPPRESS,
        )
    parser.add_argument(
        "--release",
        dest="opt_level",
        action="store_const",
        const=3,
        help=f"-O3; levels are -O0 to -O3 (default -O{default_level})",
    )
    parser.add_argument("-g", dest="debug_info", action="store_true", help="line tables for debuggers")
    parser.add_argument(
        "--overflow", choices=("trap", "wrap"), help="what integer overflow does (default: trap up to -O1, else wrap)"
    )
    parser.add_argument("--cpu", metavar="NAME", help="processor to make code for (default: this machine's)")
    parser.add_argument("--target", metavar="TRIPLE", help="target triple (default: this machine's)")
    parser.add_argument("--cfg", metavar="NAME[=VALUE]", action="append", default=[], help="set a `#[cfg]` condition")
    parser.add_argument(
        "--check-leaks", dest="leak_check", action="store_true", help="count memory; leaks at exit give status 102"
    )
    parser.add_argument("--verify-each", action="store_true", help="verify the IR after every pass")
    parser.add_argument("--timing", action="store_true", help="print the time of each stage to standard error")
    add_message_options(parser)


def add_message_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how to report."""
    parser.add_argument("--error-format", choices=("human", "json"), default="human", help="form of diagnostics")
    parser.add_argument("--deny-warnings", action="store_true", help="warnings are errors")
    parser.add_argument("-D", dest="deny_warnings", choices=("warnings",), action=_Deny, help=argparse.SUPPRESS)
    parser.add_argument("--debug", action="store_true", help="print a traceback for errors inside the compiler")


class _Deny(argparse.Action):
    """`-D warnings`."""

    def __call__(self, parser: object, namespace: argparse.Namespace, values: object, option: object = None) -> None:
        namespace.deny_warnings = True


def options_of(arguments: argparse.Namespace) -> Options:
    """The options that a command line asks for."""
    from luma_ir.driver.session import Options

    cfg: dict[str, str | bool] = {}
    for setting in arguments.cfg:
        name, equals, value = setting.partition("=")
        cfg[name] = value.strip('"') if equals else True
    return Options(
        opt_level=arguments.opt_level,
        overflow=arguments.overflow,
        debug_info=arguments.debug_info,
        cpu=arguments.cpu,
        target=arguments.target,
        leak_check=arguments.leak_check,
        verify_each=arguments.verify_each,
        cfg=cfg,
        deny_warnings=arguments.deny_warnings,
    )


def report(session: Session, error_format: str) -> int:
    """Print the session's diagnostics; the result is 1 when there are errors, else 0."""
    engine = session.engine
    if engine.diagnostics:
        from luma_ir.driver import render

        if error_format == "json":
            sys.stderr.write(render.render_json(engine.diagnostics))
        else:
            # "could not compile" is said of errors in the source, not of a missing file or linker.
            in_source = any(found.span is not None for found in engine.diagnostics)
            text = render.render(engine.diagnostics, sources=session.sources, stream=sys.stderr, summary=in_source)
            sys.stderr.write(text)
    return 1 if engine.has_errors else 0


def guarded(run: Callable[[], int], arguments: argparse.Namespace, session: Session) -> int:
    """Run a tool: every failure ends in a message and status 1, a bug of ours says so and leaves a reproducer."""
    from luma_ir.ir.diagnostics import InternalError, LumaError

    try:
        status = run()
    except InternalError as error:
        return _internal_error(arguments, session, error.__cause__ or error)
    except LumaError as error:
        session.engine.emit(error.to_diagnostic())
        status = 1
    except BrokenPipeError:
        return 1
    except OSError as error:
        # The machine's fault, not ours: a full disk, a place without rights.
        where = f" `{error.filename}`" if error.filename else ""
        session.engine.emit(LumaError(f"cannot read or write{where}: {error.strerror or error}").to_diagnostic())
        status = 1
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return 130
    except RecursionError as error:
        return _internal_error(arguments, session, error)
    except Exception as error:
        return _internal_error(arguments, session, error)
    return max(status, report(session, arguments.error_format)) if status <= 1 else status


def _internal_error(arguments: argparse.Namespace, session: Session, error: BaseException) -> int:
    from luma_ir.driver.reproducer import write_reproducer

    report(session, arguments.error_format)
    if arguments.debug:
        import traceback

        traceback.print_exception(error)
    place = write_reproducer(session, error)
    what = " ".join(str(error).split())[:300]
    sys.stderr.write(f"internal error: {type(error).__name__}: {what}\n")
    sys.stderr.write("  this is a bug in the compiler, not in your program\n")
    if place is not None:
        sys.stderr.write(f"  a reproducer is in `{place}`; please report it\n")
    return 1


def leave(status: int) -> NoReturn:
    """End the process. The objects of a compilation are left to the system; Python would take them apart one by one."""
    from luma_ir.driver import startup

    startup.finish()
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        status = status or 1
    os._exit(status)
