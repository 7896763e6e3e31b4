"""
The catalogue of all error and warning codes.

A code never changes its meaning and is never used again for something else. Each has an explanation with a wrong and a
right example in `luma_ir/driver/errors/CODE.md`, which `luma explain CODE` shows; a test holds code, catalogue and
explanations together.

Ranges: E00xx lexical and syntax, E01xx names and imports, E02xx types, E03xx places, `inout`, exclusivity and
initialisation, E04xx constants, E05xx attributes and operations, E09xx not supported yet, W0xxx warnings.
"""

from __future__ import annotations

CODES: dict[str, str] = {
    # Lexical and syntax
    "E0001": "a character that begins no token",
    "E0002": "a block comment without an end",
    "E0003": "a string without an end",
    "E0004": "a malformed character or byte literal",
    "E0005": "an unknown escape",
    "E0006": "a malformed number",
    "E0007": "an unknown suffix of a number",
    "E0008": "an integer that no type can hold",
    "E0009": "a malformed interpolation in an f-string",
    "E0010": "a malformed format specification",
    "E0011": "something else was expected here",
    "E0012": "a missing `;`",
    "E0013": "`=` in a condition",
    "E0014": "brackets that do not match",
    "E0015": "chained comparisons or ranges",
    "E0016": "a word or operator of another language",
    "E0017": "a struct literal in the head of a statement",
    "E0018": "a missing or wrong separator in a list",
    "E0019": "source that nests too deeply",
    "E0020": "type arguments without `::` in an expression",
    "E0021": "a positional argument after a named one",
    "E0022": "something that is no item outside functions",
    "E0023": "something that is no pattern",
    "E0024": "a malformed attribute",
    "E0025": "a misplaced `..` in a pattern",
}
