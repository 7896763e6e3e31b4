"""Habits from other languages that need more than another word: macros, indented blocks, statements without a like."""

from __future__ import annotations

from luma_ir.frontend.ast import ErrorExpr, Expression
from luma_ir.frontend.parser.core import Core
from luma_ir.ir.diagnostics import Edit, Help

_MACROS = {
    "println": "print", "print": "write", "eprintln": "eprint", "dbg": "print", "writeln": "print",
}  # fmt: skip
"""Macros of Rust that have another name here."""

STATEMENTS = {
    "do": "a loop that tests at its end is `loop { …; if !condition { break; } }`",
    "repeat": "a loop that tests at its end is `loop { …; if condition { break; } }`",
    "try": "what may fail gives a `Result`: `match f() { Ok(value) => …, Err(error) => … }`, or `f()?`",
    "unless": "write `if !(…) { … }`",
    "until": "write `while !(…) { … }`",
    "foreach": "write `for x in xs { … }`",
    "with": "what is opened is closed by itself; write `let file = …;`",
    "defer": "write it at the end of the block",
    "except": "what may fail gives a `Result`: `match f() { Ok(value) => …, Err(error) => … }`",
    "catch": "what may fail gives a `Result`: `match f() { Ok(value) => …, Err(error) => … }`",
    "finally": "write it after the `match` of the `Result`",
    "new": "a struct is made by its literal or a static function: `Point { x: 1 }`, `Point::new(1)`",
    "delete": "memory is given back by itself",
    "del": "memory is given back by itself; a map's entry goes with `m.remove(k)`",
    "throw": "an error is returned: `return Err(e);`, or `panic(\"…\");`",
    "raise": "an error is returned: `return Err(e);`, or `panic(\"…\");`",
    "yield": "implement `Iterator`, or collect into an array",
    "goto": "loops have labels: `break 'outer;`",
    "pass": "an empty block is `{}`",
}  # fmt: skip
"""Words that begin statements elsewhere, and what is written for them."""


def macro(parser: Core, name: int) -> Expression:
    """Report `println!(…)`, where `name` is the position of the name, and skip the call."""
    kinds, starts, ends = parser.kinds, parser.starts, parser.ends
    text = parser.token_text(name)
    bang = parser.span(starts[name], ends[name + 1])
    opening = name + 2
    closing = parser.brackets.closer.get(opening, opening)
    whole = parser.span(starts[name], ends[closing])
    meant = _MACROS.get(text, text)
    first = parser.token_text(opening + 1) if kinds[opening + 1] == "string" else ""
    if text == "vec":
        inside = parser.text[ends[opening] : starts[closing]]
        help_ = Help("an array is written in brackets", Edit(whole, f"[{inside}]"))
    elif text == "format":
        help_ = Help('values stand inside an f-string: `f"…{value}…"`')
    elif "{" in first:
        help_ = Help(f'values stand inside an f-string: `{meant}(f"…{{value}}…")`')
    else:
        help_ = Help(f"write `{meant}`", Edit(bang, meant))
    helps = [help_]
    parser.error("E0016", f"there are no macros such as `{text}!`", bang, helps=helps)
    parser.position = closing + 1
    return ErrorExpr(starts[name], ends[closing])


def indented_block(parser: Core, what: str) -> bool:
    """
    Report the block of a language without braces and skip it; False when there is none.

    The next token is the `:` at the end of the head's line. What is indented deeper than that line is the block.
    """
    colon = parser.position
    if parser.kinds[colon] != ":" or not parser.starts_line(colon + 1):
        return False
    text = parser.text
    parser.error("E0016", f"the block of {what} stands in braces",
                 helps=[Help("write `{` here, and `}` at its end", Edit(parser.token_span(colon), " {"))])  # fmt: skip
    line = text.rfind("\n", 0, parser.starts[colon]) + 1
    indentation = len(text[line:]) - len(text[line:].lstrip())
    parser.position = colon + 1
    while parser.kinds[parser.position] not in ("eof", "}", ")", "]", "f}"):
        position = parser.position
        if parser.starts_line(position):
            start = parser.starts[position]
            if start - text.rfind("\n", 0, start) - 1 <= indentation:
                break
        parser.position = parser.brackets.closer.get(position, position) + 1
    return True
