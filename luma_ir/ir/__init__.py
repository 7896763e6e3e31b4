"""
What Luma adds to xDSL's core: creation, interning, locations, diagnostics, verification, pipelines, conversions.

This package knows xDSL and nothing else of Luma; every other package may import it.
"""
