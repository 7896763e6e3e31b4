"""Runs a program inside the compiler's process, for machines without a linker."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from luma_ir.ir.diagnostics import LumaError

if TYPE_CHECKING:
    from luma_ir.driver.session import Session


def run_in_process(session: Session, path: Path, argv: list[str]) -> int:
    """Compile a program and run its `main` in a child of this process; the result is its exit status."""
    from luma_ir.passes.pipelines import STAGES

    module = session.frontend(path, runs=True)
    if module is None or not session.run_pipeline(module, STAGES["llvm-dialect"](session.options.opt_level)):
        return 1
    text = session.translate(module)
    from luma_ir.backend.codegen import CodegenOptions
    from luma_ir.backend.jit import run_main, runs_in_memory

    if not runs_in_memory(text):
        raise LumaError(
            "cannot run in memory: the program starts threads and has thread-local variables",
            helps=["install a C compiler or `pip install ziglang`, so that it can be linked"],
        )

    options = CodegenOptions(opt_level=session.options.opt_level, cpu=session.options.cpu or "native")
    return run_main(text, argv, options)
