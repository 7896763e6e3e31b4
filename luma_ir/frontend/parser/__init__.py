"""
The parser: source text to a syntax tree, by recursive descent with precedence climbing.

`parse_source` always returns a tree and never raises for bad source; what is wrong goes to the diagnostic engine.
The layers, each a class on top of the one before it: `core` (tokens, errors, recovery), `literals`, `types`,
`patterns`, `aggregates`, `expressions`, `control` (control flow), `statements`, `functions`, `items`. `brackets` makes
the token stream balanced first.
The grammar is docs/grammar.md; each rule also stands above the method that parses it.
"""

from luma_ir.frontend.parser.items import parse_source

__all__ = ["parse_source"]
