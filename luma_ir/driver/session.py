"""
One compilation: options, the stages from source text to object code, and what they share.

The stages only meet here. Each is timed (`--timing`), and each ends in a verified module or in diagnostics.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import define, field

from luma_ir.ir.diagnostics import DiagnosticEngine, Help, LumaError, SourceFile, Span, use_engine
from luma_ir.ir.timing import Timing

if TYPE_CHECKING:
    from xdsl.context import Context
    from xdsl.dialects.builtin import ModuleOp

    from luma_ir.driver.program_loader import ProgramLoader

EMIT_KINDS = ("luma", "luma-opt", "own", "mem", "llvm-dialect", "llvm-ir", "asm", "obj", "exe")
"""What `--emit` takes, in the order of lowering."""


@define
class Options:
    """How to compile. What is None is derived from the rest."""

    opt_level: int = 2
    overflow: str | None = None
    """"trap" or "wrap"; by default builds at level 0 and 1 trap, those above wrap."""
    debug_info: bool = False
    cpu: str | None = None
    """LLVM's name of the processor; None is this machine's."""
    target: str | None = None
    leak_check: bool = False
    verify_each: bool = False
    cfg: dict[str, str | bool] = field(factory=dict)
    harness: str | None = None
    """"test" or "bench": instead of `main` the program runs one such function of the root module, named by its first
    argument."""
    deny_warnings: bool = False
    """Warnings are errors."""
    context: Context | None = None
    """The dialects that `#[op]` may name; made on demand."""

    def __attrs_post_init__(self) -> None:
        if self.overflow is None:
            self.overflow = "trap" if self.opt_level <= 1 else "wrap"
        import platform
        import sys

        derived = {
            "os": "linux"
            if sys.platform.startswith("linux")
            else "macos"
            if sys.platform == "darwin"
            else sys.platform,
            "arch": platform.machine(),
            "debug": self.overflow == "trap",
            "leak_check": self.leak_check,
        }
        self.cfg = {**derived, **self.cfg}

    def cache_key(self) -> str:
        """A text that is equal for options with equal output."""
        machine = (self.cpu, self.target)
        asked = (self.opt_level, self.overflow, self.debug_info, self.deny_warnings)
        return repr((asked, machine, self.harness, sorted(self.cfg.items())))


@define(eq=False)
class Session:
    """State of one compilation."""

    options: Options = field(factory=Options)
    engine: DiagnosticEngine = field(factory=DiagnosticEngine)
    timing: Timing = field(factory=Timing)
    sources: dict[str, SourceFile] = field(factory=dict)
    """Every source by its shown name, for the excerpts of diagnostics."""
    loader: ProgramLoader | None = None
    progress: object = None
    """Called with the name of each stage as it begins, when set."""

    def __attrs_post_init__(self) -> None:
        self.engine.denies_warnings = self.engine.denies_warnings or self.options.deny_warnings

    @property
    def context(self) -> Context:
        """The context with all dialects, made on first use."""
        if self.options.context is None:
            from luma_ir.ir.context import make_context

            self.options.context = make_context()
        return self.options.context

    def frontend(self, path: Path, *, runs: bool = False) -> ModuleOp | None:
        """Source file to `luma` dialect; None after errors, such as a program that runs without `main`."""
        from luma_ir.driver.loader import display_path

        text = read_source(path)
        if not self._find_modules(path):
            return None
        return self.frontend_text(SourceFile(display_path(path), text), path.parent, runs=runs)

    def _find_modules(self, path: Path) -> bool:
        """Make the loader of a root file, unless there is one; False after errors in a `luma.toml`."""
        if self.loader is None:
            from luma_ir.driver.program_loader import loader_for

            with self._stage("find"):
                self.loader = loader_for(path, self.engine)
        return self.loader is not None and not self.engine.has_errors

    def frontend_text(self, source: SourceFile, folder: Path, *, runs: bool = False) -> ModuleOp | None:
        """Source text to `luma` dialect; other modules are looked for in `folder`."""
        program = self.check_text(source, folder)
        if program is None:
            return None
        if runs and program.main is None:
            end = len(source.text)
            self.engine.error(
                None,
                f"there is no `main` function in `{source.name}`",
                Span(source, end, end),
                helps=[Help("a program begins at `func main() { … }`; `luma check` checks a module without it")],
            )
            return None
        with self._stage("lower"), use_engine(self.engine):
            from luma_ir.frontend.lower import lower_program

            _ = self.context
            module = lower_program(program, self.options)  # pyright: ignore[reportArgumentType]
        return None if self.engine.has_errors else module

    def check_text(self, source: SourceFile, folder: Path):
        """Source text to the typed tree; None after errors."""
        from luma_ir.driver.program_loader import ProgramLoader

        self.loader = self.loader or ProgramLoader((folder,))
        self.sources[source.name] = source
        loader = _Recording(self.loader, self.sources)
        with self._stage("check"), use_engine(self.engine):
            from luma_ir.frontend.check import check_program

            _ = self.context
            program = check_program(source, loader, self.engine, self.options)  # pyright: ignore[reportArgumentType]
        return None if self.engine.has_errors else program

    def check(self, path: Path) -> int:
        """Check a source file; the result is 1 after errors, else 0."""
        from luma_ir.driver.loader import display_path

        text = read_source(path)
        if not self._find_modules(path):
            return 1
        return 1 if self.check_text(SourceFile(display_path(path), text), path.parent) is None else 0

    def parse_mlir(self, path: Path) -> ModuleOp | None:
        """A module in MLIR text form; None after errors."""
        from luma_ir.ir.text import parse_module

        text = read_source(path)
        with self._stage("parse"), use_engine(self.engine):
            self.sources[str(path)] = SourceFile(str(path), text)
            module = parse_module(text, str(path), self.context, self.engine)
        return None if self.engine.has_errors else module

    def run_pipeline(self, module: ModuleOp, pipeline: str) -> bool:
        """Run passes over a module; False after errors, which are in the engine."""
        from luma_ir.ir.pass_manager import PassManager, PassManagerOptions

        verify = "each" if self.options.verify_each else "none"
        with self._stage("passes"), use_engine(self.engine):
            manager = PassManager(self.context, self.engine, PassManagerOptions(verify=verify, timing=self.timing))
            return manager.add(pipeline).run(module) and not self.engine.has_errors

    def translate(self, module: ModuleOp) -> str:
        """`llvm` dialect to LLVM IR text."""
        with self._stage("translate"), use_engine(self.engine):
            from luma_ir.backend.translate import translate_module

            return translate_module(
                module,
                debug_info=self.options.debug_info,
                directory=os.getcwd(),
                optimized=self.options.opt_level > 0,
            )

    def emit(self, llvm_ir: str, kind: str) -> bytes | str:
        """LLVM IR text, optimised, as "llvm-ir", "asm" (text) or "obj" (bytes)."""
        with self._stage("llvm"):
            from luma_ir.backend.codegen import CodegenOptions, optimize_and_emit

            options = CodegenOptions(
                opt_level=self.options.opt_level,
                cpu=self.options.cpu or "native",
                triple=self.options.target or "",
                emit=kind,  # pyright: ignore[reportArgumentType]
            )
            return optimize_and_emit(llvm_ir, options)

    def compile(self, path: Path, kind: str, *, runs: bool = False) -> bytes | str | None:
        """A source file as any kind but "exe"; None after errors. With `runs` it must have a `main`."""
        module = self.frontend(path, runs=runs)
        if module is None:
            return None
        return self.compile_module(module, kind)

    def pipeline(self, kind: str) -> str:
        """The passes that lead to a kind of output, as text that `luma-opt -p` takes."""
        from luma_ir.passes.pipelines import STAGES

        return STAGES.get(kind, STAGES["llvm-dialect"])(self.options.opt_level)

    def compile_module(self, module: ModuleOp, kind: str) -> bytes | str | None:
        """A `luma` module as any kind but "exe"; None after errors."""
        from luma_ir.passes.pipelines import STAGES

        if not self.run_pipeline(module, self.pipeline(kind)):
            return None
        if kind in STAGES:
            with self._stage("print"):
                from luma_ir.ir.text import print_module

                parts: list[str] = []
                print_module(module, parts.append, debug_locations=False)
                return "".join(parts)
        text = self.translate(module)
        return self.emit(text, kind)

    def _stage(self, name: str):
        if callable(self.progress):
            self.progress(name)
        return self.timing.section(name)


class _Recording:
    """A loader that notes each source for later excerpts."""

    def __init__(self, inner: ProgramLoader, sources: dict[str, SourceFile]) -> None:
        self.inner = inner
        self.sources = sources

    def load(self, name: tuple[str, ...]) -> SourceFile | None:
        """As `ProgramLoader.load`."""
        source = self.inner.load(name)
        if source is not None:
            self.sources[source.name] = source
        return source

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)


def read_source(path: Path) -> str:
    """
    The text of a source file.

    Raises:
        LumaError: it is missing, unreadable or not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise LumaError(f"no such file: `{path}`") from None
    except IsADirectoryError:
        raise LumaError(f"`{path}` is a folder, not a source file") from None
    except UnicodeDecodeError as error:
        # The decoder counts from behind a byte order mark.
        before = error.object[: error.start]
        line, byte = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        raise LumaError(f"`{path}` is not UTF-8 text (line {line}, byte {byte})") from None
    except OSError as error:
        raise LumaError(f"cannot read `{path}`: {error.strerror}") from None


def load_luma(text: str, name: str, engine: DiagnosticEngine, ctx: Context | None = None) -> ModuleOp | None:
    """Luma source text as a module of the `luma` dialect, for `luma-opt`; None after errors."""
    session = Session(Options(context=ctx), engine)
    return session.frontend_text(SourceFile(name, text), Path(name).parent)
