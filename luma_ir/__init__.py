"""Luma: a multi-level IR compiler framework on xDSL, and the LumaScript language on top of it."""

__version__ = "0.1.0"
