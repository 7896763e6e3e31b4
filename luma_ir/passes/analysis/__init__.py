"""Analyses that the passes share: effects of operations, structured control flow, types, ranges."""
