"""
Lowering: the checker's typed tree to the `luma` dialect.

    module = lower_program(program, LowerOptions(overflow="trap"))
"""

from __future__ import annotations

from luma_ir.frontend.lower.core import LowerOptions
from luma_ir.frontend.lower.program import lower_program

__all__ = ["LowerOptions", "lower_program"]
