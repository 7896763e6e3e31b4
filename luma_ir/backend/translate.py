"""
From the `llvm` dialect to LLVM IR text.

The text is written straight into lists, about three microseconds an op; LLVM parses and verifies it. The parts are
`translate_types`, `translate_constants`, `translate_globals`, `translate_attributes`, `translate_ops`,
`translate_intrinsics`, `translate_function`, `translate_metadata`, `translate_debug` and `translate_module`.
"""

from __future__ import annotations

from xdsl.dialects.builtin import ModuleOp

from luma_ir.backend.translate_module import ModuleWriter


def translate_module(
    module: ModuleOp,
    *,
    debug_info: bool = False,
    keep_names: bool = False,
    directory: str = "",
    optimized: bool = True,
) -> str:
    """
    Write a module of the `llvm` dialect as LLVM IR.

    Args:
        debug_info: add DWARF metadata made from the locations of ops.
        keep_names: call values by their name hints instead of numbers.
        directory: the directory that relative names of source files are relative to, for debuggers.
        optimized: whether the code will be optimised, as told to debuggers.
    Returns:
        The text of an LLVM module; the same module always gives the same text.
    Raises:
        PassFailure: an op, type or attribute has no translation; its `op` is where.
    """
    writer = ModuleWriter(keep_names=keep_names, debug=debug_info, directory=directory, optimized=optimized)
    return writer.module(module)
