"""
`let P = e else { … };`: the `match` that it stands for.

    let Some(x) = f() else { return; };      let x = match f() { Some(x) => x, _ => { return; } };
"""

from __future__ import annotations

from collections.abc import Iterator

from luma_ir.frontend import ast


def as_match(node: ast.LetStmt) -> ast.LetStmt:
    """A declaration without `else` that means the same: a tuple of the pattern's names gets what a `match` gives."""
    assert node.value is not None and node.otherwise is not None
    names = list(_names(node.pattern))
    start, end = node.pattern.start, node.pattern.end
    values: list[ast.Expression] = [ast.NameExpr(each.start, each.end, each.text) for each in names]
    bindings: list[ast.Pattern] = [ast.BindingPattern(each.start, each.end, each, None) for each in names]
    value = values[0] if len(values) == 1 else ast.TupleExpr(start, end, values)
    pattern = bindings[0] if len(bindings) == 1 else ast.TuplePattern(start, end, bindings)
    block = node.otherwise
    otherwise = ast.LetElseBlock(block.start, block.end, block)
    arms = [
        ast.MatchArm(start, end, node.pattern, None, value),
        ast.MatchArm(block.start, block.end, ast.WildcardPattern(block.start, block.start), None, otherwise),
    ]
    matched = ast.MatchExpr(node.value.start, node.value.end, _typed(node), arms)
    return ast.LetStmt(node.start, node.end, pattern, None, matched)


def _typed(node: ast.LetStmt) -> ast.Expression:
    """The value, in a variable of the written type if there is one."""
    value = node.value
    assert value is not None
    if node.type is None:
        return value
    name = ast.Name(value.start, value.end, "value")
    declared = ast.LetStmt(
        value.start, value.end, ast.BindingPattern(name.start, name.end, name, None), node.type, value
    )
    return ast.Block(value.start, value.end, [declared], ast.NameExpr(value.start, value.end, "value"))


def _names(pattern: ast.Pattern) -> Iterator[ast.Name]:
    """The names that a pattern binds, from left to right; those of alternatives once."""
    if isinstance(pattern, ast.BindingPattern):
        yield pattern.name
        if pattern.pattern is not None:
            yield from _names(pattern.pattern)
    elif isinstance(pattern, ast.TuplePattern | ast.VariantPattern | ast.ArrayPattern):
        for element in pattern.elements:
            yield from _names(element)
    elif isinstance(pattern, ast.StructPattern):
        for field in pattern.fields:
            yield from _names(field.pattern)
    elif isinstance(pattern, ast.RestPattern):
        if pattern.name is not None:
            yield pattern.name
    elif isinstance(pattern, ast.OrPattern):
        yield from _names(pattern.alternatives[0])
