"""Finds the tests and benches of a source file, without compiling it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from luma_ir.driver.loader import display_path
from luma_ir.driver.testing.cases import Case, Source
from luma_ir.ir.diagnostics import DiagnosticEngine, SourceFile, use_engine

if TYPE_CHECKING:
    from luma_ir.driver.session import Options
    from luma_ir.frontend import ast


def functions_of(source: Source, text: str, kind: str, options: Options) -> tuple[list[Case], bool]:
    """
    The tests or benches of a file, in the order of the source.

    Args:
        kind: `test` or `bench`.
    Returns:
        Those whose `#[cfg]` holds, and whether the whole file is readable. With syntax errors it may have more than was
        found; building it reports them.
    """
    if source.is_library or f"[{kind}" not in text:
        return [], True
    from luma_ir.frontend import ast
    from luma_ir.frontend.check.attributes import Attributes

    shown = display_path(source.path)
    file = SourceFile(shown, text)
    engine = DiagnosticEngine()
    module = parse(file, engine)
    attributes = Attributes(None, engine, options)  # pyright: ignore[reportArgumentType]
    found: list[Case] = []
    for item in module.items:
        if isinstance(item, ast.FuncDecl) and item.attribute(kind) is not None and attributes.is_active(item, file):
            line, _ = file.line_column(item.name.start)
            panics = item.attribute("should_panic")
            found.append(
                Case(
                    f"{shown}::{item.name.text}",
                    item.name.text,
                    shown,
                    line,
                    kind,
                    panics=panics is not None,
                    panic_text=_text_of(panics),
                    ignored=None if item.attribute("ignore") is None else _text_of(item.attribute("ignore")),
                )
            )
    return found, not engine.has_errors


def parse(file: SourceFile, engine: DiagnosticEngine) -> ast.Module:
    """A file's declarations; bodies are not read."""
    from luma_ir.frontend.parser import parse_source

    with use_engine(engine):
        return parse_source(file, engine, lazy_bodies=True)


def _text_of(attribute: ast.Attribute | None) -> str:
    """The text argument of an attribute; empty without one (the checker reports other arguments)."""
    from luma_ir.frontend import ast

    if attribute is None or len(attribute.args) != 1 or not isinstance(attribute.args[0].value, ast.StringLiteral):
        return ""
    return attribute.args[0].value.value
