"""
The catalogue of all error and warning codes.

A code never changes its meaning and is never used again for something else. Each has an explanation with a wrong and a
right example in `luma_ir/driver/errors/CODE.md`, which `luma explain CODE` shows; a test holds code, catalogue and
explanations together.

Ranges: E00xx lexical and syntax, E01xx names and imports, E02xx types, E03xx places, `inout`, exclusivity and
initialisation, E04xx constants, E05xx attributes and operations, E06xx traits, E09xx not supported yet, W0xxx warnings.
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
    # Names and imports
    "E0100": "a name that is not declared",
    "E0101": "a type or trait that is not declared",
    "E0102": "a module or library part that does not exist",
    "E0103": "a name that a module does not have",
    "E0104": "a name that is private to its module",
    "E0105": "a name that is declared twice",
    "E0106": "a name of another kind than is needed here",
    "E0109": "a field or element that does not exist",
    "E0110": "a method that does not exist",
    "E0111": "an associated item that does not exist",
    "E0113": "an unknown attribute",
    "E0114": "an attribute on the wrong kind of item",
    "E0115": "wrong arguments of an attribute",
    # Types
    "E0200": "a value of another type than is needed",
    "E0201": "a type that cannot be found out",
    "E0202": "a call of something that is no function",
    "E0203": "an operator that the types do not have",
    "E0204": "a conversion that does not exist",
    "E0205": "a wrong number of arguments",
    "E0206": "a wrong named argument",
    "E0207": "wrong fields in a struct literal",
    "E0208": "a number out of range",
    "E0209": "a condition that is not a `bool`",
    "E0210": "something that a loop cannot run over",
    "E0211": "something that cannot be indexed",
    "E0212": "a trait that a type does not implement",
    "E0213": "a wrong number of type arguments",
    "E0214": "a type alias that is defined by itself",
    "E0215": "a `return` without the function's value",
    "E0216": "`?` where nothing can be returned early",
    "E0217": "a format specification that does not fit the value",
    "E0218": "a pattern that does not fit the type",
    "E0219": "a pattern that may not fit where it must",
    "E0220": "a `match` that misses a value",
    "E0221": "a closure with another number of parameters than is needed",
    "E0222": "a `let` with an `else` that goes on",
    # Places, `inout`, exclusivity, initialisation and jumps
    "E0300": "a constant or parameter that is changed",
    "E0301": "a change of something that is no place",
    "E0302": "a misplaced or missing `&`",
    "E0303": "two changes of places that may be the same",
    "E0304": "a variable that may not have a value yet",
    "E0305": "a jump out of nothing",
    "E0306": "a label that no loop around has",
    "E0307": "a wrong value of a `break`",
    "E0308": "a captured variable that is changed in a closure",
    # Constants
    "E0400": "something that is not constant",
    "E0401": "a constant that overflows",
    "E0402": "a constant that divides by zero",
    "E0403": "a constant that is defined by itself",
    # Attributes, operations and special functions
    "E0500": "an unsafe operation outside of `unsafe`",
    "E0502": "a function with or without a body against its kind",
    "E0503": "a wrong signature of `main`",
    "E0504": "a wrong signature of a test or bench",
    # Traits and their implementations
    "E0600": "an `impl` that lacks something of its trait",
    "E0601": "a method that does not fit its trait",
    "E0602": "an `impl` for a type parameter",
    "E0603": "a trait that is implemented twice",
    "E0604": "an `any` type of a trait that has no such values",
    "E0605": "an `impl` of a stranger's trait for a stranger's type",
    # Not supported yet
    "E0900": "something that is not supported yet",
    "E0901": "a type that contains itself",
    # Warnings
    "W0001": "something that is never used",
    "W0002": "an import that is never used",
    "W0003": "code that is never reached",
    "W0004": "a value that is not used",
    "W0005": "something that is most likely not meant",
    "W0006": "a use of something deprecated",
    "W0007": "an invisible character that reorders text",
}
