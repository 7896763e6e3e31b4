"""
The dialects of Luma: `luma` (values), `mem` (ownership and memory) and what upstream's `llvm` lacks.

`DIALECTS` tells the registry where each one is, so that none is imported before an op of it is met.
"""

from __future__ import annotations

DIALECTS: dict[str, str] = {
    "luma": "luma_ir.dialects.luma:Luma",
    "mem": "luma_ir.dialects.mem:Mem",
    "llvm": "luma_ir.dialects.llvm_ext:LLVM",
    "func": "luma_ir.dialects.func_ext:Func",
}
"""Name of a dialect -> `module:object`; takes precedence over xDSL's dialect of the same name."""

INTERFACES: dict[str, str] = {
    "luma": "luma_ir.dialects.luma.interfaces",
}
"""Name of a dialect -> module that registers what its ops do (`luma_ir.ir.interfaces`)."""
