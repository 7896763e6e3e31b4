"""
What `luma-opt` does, once its command line has been read: read files, run pipelines, check diagnostics, print.
"""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING

from luma_ir.driver.render import render
from luma_ir.ir.diagnostics import (
    Diagnostic,
    DiagnosticEngine,
    InternalError,
    LumaError,
    Severity,
    SourceFile,
    use_engine,
)

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from xdsl.dialects.builtin import ModuleOp

    from luma_ir.ir.pass_manager import PassCrash, PassManager, PassManagerOptions
    from luma_ir.ir.pipeline import Pipeline
    from luma_ir.ir.timing import Timing

SPLIT_MARKER = "// -----"
"""A line that starts with this separates the parts of a file under `--split-input-file`."""
REPRODUCER_HEAD = "// luma-opt reproducer: -p "
"""First words of a reproducer file; the pipeline follows, quoted for Python."""


class _Failure(Exception):
    """The run cannot go on; it has been reported."""


class OptRun:
    """One run of the tool: the parsed options, the arguments that are left, and all flags that there are."""

    def __init__(self, options: argparse.Namespace, rest: list[str], flags: list[str]) -> None:
        self.options = options
        self.rest = rest
        self.flags = flags
        self.sources: dict[str, SourceFile] = {}
        self.timing: Timing | None = None
        self.pieces: list[str] = []

    def run(self) -> int:
        """Do what the command line asks for and return the exit status."""
        engine = DiagnosticEngine()
        try:
            with use_engine(engine), engine.handler(self.show):
                return self.run_with(engine)
        except _Failure:
            return 1
        except LumaError as error:
            if isinstance(error, InternalError) and self.options.debug:
                raise
            self.show(error.to_diagnostic())
            return 1
        except BrokenPipeError:
            raise
        except OSError as error:
            self.complain(f"cannot use `{error.filename}`: {(error.strerror or str(error)).lower()}")
            return 1
        except Exception as error:
            if self.options.debug:
                raise
            text = " ".join(str(error).split())[:300]
            self.complain(f"internal error: {type(error).__name__}: {text}", "run again with `--debug` for a traceback")
            return 1

    def run_with(self, engine: DiagnosticEngine) -> int:
        options = self.options
        if options.load_plugin:
            from luma_ir.driver.plugins import load_plugins

            load_plugins(options.load_plugin)
        if options.list_passes or options.list_dialects or options.list_pipelines or options.help_pass:
            from luma_ir.driver.listing import answer

            sys.stdout.write(answer(options))
            sys.stdout.flush()
            return 0
        if options.timing:
            from luma_ir.ir.timing import Timing

            self.timing = Timing()
        pipelines = self.pipelines()
        status = 0
        for path in options.files or ["-"]:
            text = self.read(path)
            name = "<stdin>" if path == "-" else path
            if options.run_reproducer:
                pipelines = [*pipelines, self.reproducer_pipeline(text, name)]
            for part, first_line in self.parts(text):
                if not self.process(part, name, first_line, pipelines):
                    status = 1
        with self.section("write"):
            self.write()
        if self.timing is not None:
            sys.stderr.write(self.timing.render())
        return status

    # Input.

    def pipelines(self) -> list[Pipeline]:
        """The pipelines of the command line: those of `-p`, then passes given as flags."""
        from luma_ir.ir.pipeline import parse_pipeline
        from luma_ir.ir.registry import REGISTRY

        texts = list(self.options.passes)
        unknown = []
        for argument in self.rest:
            flag, has_options, value = argument.lstrip("-").partition("=")
            if not argument.startswith("--") or not (REGISTRY.find_pass(flag) or REGISTRY.find_pipeline(flag)):
                unknown.append(argument)
            else:
                texts.append(f"{flag}{{{value}}}" if has_options else flag)
        if unknown:
            from difflib import get_close_matches

            name = unknown[0].partition("=")[0]
            matches = get_close_matches(name, self.flags, n=1)
            suggestion = REGISTRY.suggest(name.lstrip("-"))
            hint = matches[0] if matches else f"--{suggestion}" if suggestion else None
            self.complain(f"unknown argument `{unknown[0]}`", *([f"did you mean `{hint}`?"] if hint else []))
            raise SystemExit(2)
        return [parse_pipeline(text) for text in texts]

    def read(self, path: str) -> str:
        data = sys.stdin.buffer.read() if path == "-" else _read_file(path)
        try:
            return data.decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            self.complain(f"`{path}` is not UTF-8 text: byte {error.start} is {data[error.start]:#04x}")
            raise _Failure from error

    def parts(self, text: str) -> list[tuple[str, int]]:
        """The parts of a file, each with the number of its first line."""
        if not self.options.split_input_file:
            return [(text, 1)]
        parts: list[tuple[str, int]] = []
        lines: list[str] = []
        first = 1
        for number, line in enumerate(text.split("\n"), 1):
            if line.startswith(SPLIT_MARKER):
                parts.append(("\n".join(lines), first))
                lines, first = [], number + 1
            else:
                lines.append(line)
        parts.append(("\n".join(lines), first))
        return parts

    def reproducer_pipeline(self, text: str, name: str) -> Pipeline:
        from ast import literal_eval

        from luma_ir.ir.pipeline import parse_pipeline

        head = text.partition("\n")[0]
        if not head.startswith(REPRODUCER_HEAD):
            self.complain(f"`{name}` is not a reproducer: its first line does not start with `{REPRODUCER_HEAD}`")
            raise _Failure
        return parse_pipeline(literal_eval(head.removeprefix(REPRODUCER_HEAD)))

    # The work on one part.

    def process(self, text: str, name: str, first_line: int, pipelines: list[Pipeline]) -> bool:
        """Read, transform and print one part; returns whether all was as it should be."""
        from luma_ir.ir.expectations import check_expectations

        source = SourceFile(name, "\n" * (first_line - 1) + text)
        self.sources[name] = source
        engine = DiagnosticEngine()
        if not self.options.verify_diagnostics:
            engine.add_handler(self.show)
        with use_engine(engine):
            module = self.transform(text, name, first_line, pipelines, engine)
        if module is not None and not engine.has_errors:
            self.print(module)
        if not self.options.verify_diagnostics:
            return module is not None and not engine.has_errors
        problems = check_expectations(source, engine.diagnostics)
        for problem in problems:
            self.show(problem)
        return not problems

    def transform(
        self, text: str, name: str, first_line: int, pipelines: list[Pipeline], engine: DiagnosticEngine
    ) -> ModuleOp | None:
        from luma_ir.ir.context import make_context
        from luma_ir.ir.pass_manager import PassCrash, PassManager

        options = self.options
        ctx = make_context(allow_unregistered=options.allow_unregistered_dialect)
        manager = PassManager(ctx, engine, self.manager_options())
        for pipeline in pipelines:
            manager.add(pipeline)
        self.check_pass_names(manager)
        with self.section("parse"):
            if name.endswith(".luma"):
                module = self.load_program(text, name, engine)
            else:
                from luma_ir.ir.text import parse_module

                module = parse_module(text, name, ctx, engine, first_line=first_line)
        if module is None or engine.has_errors:
            return None
        try:
            with self.section("passes") if pipelines else nullcontext():
                succeeded = manager.run(module)
        except PassCrash as crash:
            self.report_crash(crash, text, name)
            raise _Failure from crash
        if options.pass_statistics:
            sys.stderr.write(manager.render_statistics())
        return module if succeeded else None

    def manager_options(self) -> PassManagerOptions:
        from luma_ir.ir.pass_manager import PassManagerOptions

        options = self.options
        return PassManagerOptions(
            verify=options.verify,
            print_before=_names(options.print_ir_before),
            print_after=_names(options.print_ir_after),
            print_before_all=options.print_ir_before_all,
            print_after_all=options.print_ir_after_all,
            print_after_change=options.print_ir_after_change,
            print_generic=options.print_op_generic,
            debug_locations=options.print_debuginfo,
            sink=sys.stderr.write,
            timing=self.timing,
            statistics=options.pass_statistics,
        )

    def check_pass_names(self, manager: PassManager) -> None:
        """Refuse the name of a pass that does not exist, which would print nothing and say nothing."""
        for name in [*_names(self.options.print_ir_before), *_names(self.options.print_ir_after)]:
            if manager.registry.find_pass(name) is None:
                suggestion = manager.registry.suggest(name)
                self.complain(
                    f"unknown pass `{name}` to print around", *([f"did you mean `{suggestion}`?"] if suggestion else [])
                )
                raise _Failure

    def load_program(self, text: str, name: str, engine: DiagnosticEngine) -> ModuleOp | None:
        from luma_ir.driver.session import load_luma

        return load_luma(text, name, engine)

    # Output.

    def section(self, name: str) -> AbstractContextManager[None]:
        return nullcontext() if self.timing is None else self.timing.section(name)

    def print(self, module: ModuleOp) -> None:
        from luma_ir.ir.printing import module_text

        options = self.options
        with self.section("print"):
            text = module_text(module, debug_locations=options.print_debuginfo, generic=options.print_op_generic)
        self.pieces.append(text)

    def write(self) -> None:
        text = f"\n{SPLIT_MARKER}\n".join(self.pieces)
        if self.options.output and self.options.output != "-":
            with open(self.options.output, "w", encoding="utf-8") as stream:
                stream.write(text)
        else:
            sys.stdout.write(text)
            sys.stdout.flush()

    def complain(self, message: str, *notes: str) -> None:
        """Report an error that has no place in the input."""
        self.show(Diagnostic(Severity.ERROR, None, message, notes=notes))

    def show(self, diagnostic: Diagnostic) -> None:
        """Print a diagnostic to the standard error stream."""
        sys.stdout.flush()
        sys.stderr.write(render([diagnostic], sources=self.sources, stream=sys.stderr, summary=False) + "\n")

    def report_crash(self, crash: PassCrash, text: str, name: str) -> None:
        """Tell of an internal error and leave a file with which it can be had again."""
        from tempfile import NamedTemporaryFile

        if self.options.debug:
            raise crash
        suffix = os.path.splitext(name)[1] or ".mlir"
        head = f"{REPRODUCER_HEAD}{crash.pipeline!r}\n"
        with NamedTemporaryFile("w", suffix=suffix, prefix="luma-crash-", delete=False, encoding="utf-8") as stream:
            stream.write(head + text)
        self.complain(
            f"internal error: {crash}",
            "this is a bug of the compiler, whatever the input was",
            f"to reproduce it: `luma-opt --run-reproducer --debug {stream.name}`",
        )


def _names(values: list[str]) -> list[str]:
    return [name for value in values for name in value.split(",") if name]


def _read_file(path: str) -> bytes:
    with open(path, "rb") as stream:
        return stream.read()
