"""A plug-in with passes that go wrong in every way that a pass can."""

from dataclasses import dataclass

from xdsl.context import Context
from xdsl.dialects import arith
from xdsl.dialects.builtin import ModuleOp
from xdsl.passes import ModulePass

from luma_ir.ir import fast
from luma_ir.ir.diagnostics import PassFailure, current_engine
from luma_ir.ir.pass_manager import count


@dataclass(frozen=True)
class PluginCrashPass(ModulePass):
    """Divide by zero."""

    name = "plugin-crash"
    depth: int = 1

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        1 / (self.depth - self.depth)


@dataclass(frozen=True)
class PluginFailPass(ModulePass):
    """Give up on the first addition."""

    name = "plugin-fail"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        for inner in fast.walk(op):
            if isinstance(inner, arith.AddiOp):
                raise PassFailure("cannot deal with an addition", inner)


@dataclass(frozen=True)
class PluginReportPass(ModulePass):
    """Report every addition, by `severity`, and count them."""

    name = "plugin-report"
    severity: str = "error"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        engine = current_engine()
        for inner in fast.walk(op):
            if isinstance(inner, arith.AddiOp):
                count("additions")
                if self.severity == "error":
                    engine.error(None, "here is an addition", location=inner.location)
                elif self.severity == "warning":
                    engine.warning(None, "here is an addition", location=inner.location)
                else:
                    engine.remark("here is an addition", location=inner.location)


@dataclass(frozen=True)
class PluginBreakPass(ModulePass):
    """Move each addition to the end of its block, behind the terminator."""

    name = "plugin-break"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        for inner in list(fast.walk(op)):
            if isinstance(inner, arith.AddiOp):
                block = inner.parent
                fast.append(block, fast.detach(inner))


PASSES = {
    cls.name: (lambda cls=cls: cls) for cls in (PluginCrashPass, PluginFailPass, PluginReportPass, PluginBreakPass)
}
PIPELINES = {"plugin-twice": "cse,cse", "plugin-loop": "plugin-loop"}
