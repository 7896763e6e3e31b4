"""
Running pipelines over modules: verification, printing around passes, timing, statistics and failure reports.

A pass is an `xdsl.passes.ModulePass`: a frozen dataclass with a `name`, whose fields are its options. It fails by
raising `PassFailure`, or by reporting errors to `current_engine()`. It counts what it does with `count`.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import nullcontext
from typing import TYPE_CHECKING, Literal

from attrs import define, field
from xdsl.dialects.builtin import ModuleOp
from xdsl.utils.exceptions import DiagnosticException, PassFailedException, VerifyException

from luma_ir.ir import fast
from luma_ir.ir.diagnostics import DiagnosticEngine, InternalError, LumaError, PassFailure, use_engine
from luma_ir.ir.pipeline import AnchorSpec, PassSpec, Pipeline, PipelineError, build_pass, expand, parse_pipeline
from luma_ir.ir.printing import module_text
from luma_ir.ir.registry import REGISTRY, Registry
from luma_ir.ir.timing import Timing
from luma_ir.ir.verify import verify_module

if TYPE_CHECKING:
    from xdsl.context import Context
    from xdsl.ir import Operation
    from xdsl.passes import ModulePass

__all__ = [
    "PassCrash",
    "PassManager",
    "PassManagerOptions",
    "Pipeline",
    "PipelineError",
    "count",
    "parse_pipeline",
]

RECURSION_LIMIT = 20_000
"""Python's limit of nested calls while passes run."""

VerifyPolicy = Literal["each", "ends", "none"]


class PassCrash(InternalError):
    """A pass raised an exception that it must not raise; the cause is the exception."""

    def __init__(self, pass_name: str, pipeline: str, error: Exception) -> None:
        message = " ".join(str(error).split())
        super().__init__(f"pass `{pass_name}` crashed: {type(error).__name__}: {message[:300]}")
        self.pass_name = pass_name
        self.pipeline = pipeline


@define(eq=False)
class PassManagerOptions:
    """What a pass manager does around the passes."""

    verify: VerifyPolicy = "each"
    """When to verify: before and after all passes and between them, only before and after, or never."""
    print_before: Collection[str] = ()
    print_after: Collection[str] = ()
    print_before_all: bool = False
    print_after_all: bool = False
    print_after_change: bool = False
    """Print after each pass that changed the text of the module."""
    print_generic: bool = False
    debug_locations: bool = False
    sink: Callable[[str], object] = field(default=lambda text: None)
    """Takes the text of `print_before` and the like."""
    timing: Timing | None = None
    statistics: bool = False
    after_pass: Callable[[ModulePass, Operation], object] | None = None
    """Called after each pass, for instrumentation."""

    @property
    def prints(self) -> bool:
        """Tell whether anything is printed around passes."""
        return bool(
            self.print_before
            or self.print_after
            or self.print_before_all
            or self.print_after_all
            or self.print_after_change
        )


_counters: list[Counter[str]] = []


def count(name: str, amount: int = 1) -> None:
    """Add to a statistic of the pass that is running, e.g. `count("checks removed")`; does nothing outside of one."""
    if _counters:
        _counters[-1][name] += amount


@define
class _Step:
    """A pass that is ready to run, or an anchor over further steps."""

    spec: PassSpec | AnchorSpec
    instance: ModulePass | None = None
    inner: tuple[_Step, ...] = ()


@define(eq=False)
class PassManager:
    """Builds a pipeline once and runs it over modules."""

    ctx: Context
    engine: DiagnosticEngine
    options: PassManagerOptions = field(factory=PassManagerOptions)
    registry: Registry = REGISTRY
    statistics: dict[str, Counter[str]] = field(factory=dict, init=False)
    """Counters of each pass by name, in the order of first run."""
    passes_run: list[str] = field(factory=list, init=False)
    """Texts of the passes that have started, in order; the last one is where a failure happened."""
    _steps: tuple[_Step, ...] = field(default=(), init=False)
    _depth: int = field(default=0, init=False)
    """How many anchors the running pass is under."""

    def add(self, pipeline: Pipeline | str) -> PassManager:
        """
        Append a pipeline.

        Raises:
            PipelineError: malformed text, an unknown pass, or wrong options.
        """
        parsed = parse_pipeline(pipeline) if isinstance(pipeline, str) else pipeline
        self._steps += self._build(expand(parsed, self.registry))
        return self

    def add_pass(self, instance: ModulePass) -> PassManager:
        """Append a pass object."""
        pipeline = parse_pipeline(instance.name)
        self._steps += (_Step(pipeline.items[0], instance),)
        return self

    def _build(self, pipeline: Pipeline) -> tuple[_Step, ...]:
        steps = []
        for item in pipeline.items:
            if isinstance(item, AnchorSpec):
                self._check_anchor(item)
                steps.append(_Step(item, None, self._build(item.pipeline)))
                continue
            cls = self.registry.find_pass(item.name)
            if cls is None:
                raise self._unknown_pass(item)
            steps.append(_Step(item, build_pass(cls, item)))
        return tuple(steps)

    def _check_anchor(self, item: AnchorSpec) -> None:
        if item.anchor == "any":
            return
        if "." not in item.anchor:
            helps = (f"options are written in braces: `{item.anchor}{{...}}`",)
            raise PipelineError(f"`{item.anchor}` is not the name of an op to run passes on", item.span, helps=helps)
        if self.ctx.get_optional_op(item.anchor) is None:
            raise PipelineError(f"there is no op `{item.anchor}` to run passes on", item.span)

    def _unknown_pass(self, item: PassSpec) -> PipelineError:
        suggestion = self.registry.suggest(item.name)
        helps = [f"did you mean `{suggestion}`?"] if suggestion else []
        helps.append("`luma-opt --list-passes` and `--list-pipelines` show all names")
        return PipelineError(f"unknown pass or pipeline `{item.name}`", item.span, helps=tuple(helps))

    def run(self, module: Operation) -> bool:
        """
        Run all passes over a module, in place.

        Returns:
            Whether all went well; what did not has been reported to the engine.
        Raises:
            PassCrash: a pass has a bug.
        """
        # Passes recurse over nested regions: a long chain of `else if` is as deep as it is long.
        sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION_LIMIT))
        with use_engine(self.engine):
            verify = self.options.verify
            if verify != "none" and not self._verify(module, None):
                return False
            for step in self._steps:
                if not self._run_step(step, module):
                    return False
            return not (verify == "ends" and self._steps) or self._verify(module, "the pipeline")

    def _section(self, name: str):
        timing = self.options.timing
        return nullcontext() if timing is None else timing.section(name)

    def _verify(self, module: Operation, after: str | None) -> bool:
        with self._section("(verify)"):
            if verify_module(module, self.engine):
                return True
        if after is not None:
            self.engine.error(
                None, f"{after} left invalid IR behind", notes=["this is a bug of the pass, not of its input"]
            )
        return False

    def _run_step(self, step: _Step, op: Operation) -> bool:
        if step.instance is not None:
            return self._run_pass(step.instance, str(step.spec), op)
        anchor = step.spec.anchor  # pyright: ignore[reportAttributeAccessIssue]
        self._depth += 1
        try:
            with self._section(f"'{anchor}' pipeline"):
                for region in op.regions:
                    for block in fast.region_blocks(region):
                        for child in list(fast.block_ops(block)):
                            wanted = child.name == anchor or (anchor == "any" and bool(child.regions))
                            if wanted and child.parent is block and not self._run_nested(step, child):
                                return False
        finally:
            self._depth -= 1
        # An op that is run on stands alone meanwhile, so its symbols can be checked only now.
        return self._depth > 0 or self.options.verify != "each" or self._verify(op, f"pipeline `{step.spec}`")

    def _run_nested(self, step: _Step, op: Operation) -> bool:
        """Run the steps under an anchor on one op, which stands alone in a module of its own meanwhile."""
        if isinstance(op, ModuleOp):
            return all(self._run_step(inner, op) for inner in step.inner)
        marker = fast.insert_before(op, fast.make(ModuleOp, location=op.location))
        shell = fast.make(ModuleOp, regions=[fast.new_region(fast.new_block())], location=op.location)
        fast.append(shell.body.block, fast.detach(op))
        try:
            return all(self._run_step(inner, shell) for inner in step.inner)
        finally:
            for child in list(fast.block_ops(shell.body.block)):
                fast.insert_before(marker, fast.detach(child))
            fast.erase(marker)

    def _run_pass(self, instance: ModulePass, text: str, module: Operation) -> bool:
        options = self.options
        name = instance.name
        self.passes_run.append(text)
        before = module_text(module) if options.print_after_change else ""
        if options.print_before_all or name in options.print_before:
            self._print(f"before pass {text}", module)
        errors = self.engine.error_count
        counter = self.statistics.setdefault(name, Counter())
        _counters.append(counter)
        try:
            with self._section(name):
                instance.apply(self.ctx, module)  # pyright: ignore[reportArgumentType]
        except LumaError as error:
            if isinstance(error, InternalError):
                raise
            self._report_failure(error, text)
        except (PassFailedException, VerifyException, DiagnosticException) as error:
            self._report_failure(PassFailure(" ".join(str(error).split())[:500], module), text)
        except Exception as error:
            raise PassCrash(name, ",".join(self.passes_run), error) from error
        finally:
            _counters.pop()
            counter.update(getattr(instance, "statistics", None) or {})
        if self.engine.error_count > errors:
            return False
        if options.print_after_all or name in options.print_after:
            self._print(f"after pass {text}", module)
        elif options.print_after_change:
            if module_text(module) != before:
                self._print(f"after pass {text}", module)
            else:
                options.sink(f"// -----// after pass {text}: no change //----- //\n")
        if options.after_pass is not None:
            options.after_pass(instance, module)
        return self._depth > 0 or options.verify != "each" or self._verify(module, f"pass `{text}`")

    def _report_failure(self, error: LumaError, text: str) -> None:
        diagnostic = error.to_diagnostic()
        diagnostic.notes = (*diagnostic.notes, f"in pass `{text}`")
        self.engine.emit(diagnostic)

    def _print(self, title: str, module: Operation) -> None:
        options = self.options
        options.sink(f"// -----// {title} //----- //\n")
        options.sink(module_text(module, debug_locations=options.debug_locations, generic=options.print_generic))

    def render_statistics(self) -> str:
        """The counters of all passes as text, ending in a newline."""
        lines = ["===- pass statistics report -==="]
        for name, counter in self.statistics.items():
            lines.append(name)
            width = max((len(str(amount)) for amount in counter.values()), default=0)
            lines.extend(f"  (S) {amount:>{width}} {what}" for what, amount in counter.items())
        return "\n".join(lines) + "\n"
