"""
Examples in documentation comments as tests.

A block between ```` ``` ```` fences in `///` or `//!` lines is an example if its tag is `luma` or absent; further words
are `no_run`, `should_panic` (or `should_panic("text")`) and `ignore`. Each becomes a module of its own, in which every
line keeps its place, so that messages point into the comment. Imports and declarations at its start stand outside of
the function that the rest becomes; an example with a `main` is a whole program.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from attrs import frozen

from luma_ir.driver.loader import display_path
from luma_ir.driver.testing.cases import Case, Source
from luma_ir.driver.testing.discover import parse
from luma_ir.frontend import ast
from luma_ir.ir.diagnostics import DiagnosticEngine, SourceFile

_DOC = re.compile(r"(\s*)(///|//!)(.*)")
_FENCE = re.compile(r"\s?(\s*)(```+)\s*(.*?)\s*")
_PANIC = re.compile(r'should_panic\(\s*"((?:[^"\\]|\\.)*)"\s*\)')
_ITEM = re.compile(r"(pub\s+)?(unsafe\s+|async\s+)?(import|struct|enum|trait|impl|type|const|func|extern)\b")


@frozen
class Example:
    """An example: its module's text, in which the lines before it are empty."""

    case: Case
    text: str


@frozen
class Block:
    """A fenced block of a comment: lines are (number from 1, text without the comment marks, which became spaces)."""

    open_line: int
    tag: str
    lines: list[tuple[int, str]]
    is_module_doc: bool
    end_line: int


def blocks_of(text: str) -> list[Block]:
    """Every fenced block in the documentation comments of a source text; it ends with its comment at the latest."""
    found: list[Block] = []
    inside: tuple[int, str, str, bool] | None = None
    lines: list[tuple[int, str]] = []
    source = text.split("\n")
    for number, line in enumerate([*source, ""], 1):
        match = _DOC.fullmatch(line.rstrip("\r"))
        fence = _FENCE.fullmatch(match[3]) if match else None
        if inside is not None:
            open_line, marks, tag, is_module = inside
            if match is None or (match[2] == "//!") != is_module or (fence and fence[2] >= marks and not fence[3]):
                found.append(Block(open_line, tag, lines, is_module, number))
                inside = None
                if match is not None and fence:
                    continue
            else:
                lines.append((number, match[1] + "   " + match[3]))
                continue
        if match and fence:
            inside, lines = (number, fence[2], fence[3], match[2] == "//!"), []
    return found


def examples_of(source: Source, text: str) -> list[Example]:
    """The examples of a file, in the order of the source."""
    if "```" not in text:
        return []
    shown = display_path(source.path)
    file = SourceFile(shown, text)
    wanted = [(block, tag) for block in blocks_of(text) if (tag := _tags(block.tag)) is not None]
    if not wanted:
        return []
    names = _documented(file)
    found: list[Example] = []
    for block, words in wanted:
        item = "module"
        if not block.is_module_doc:
            item = _item_at(names, file.offset_of(block.end_line, 1))
        panic = _PANIC.search(block.tag)
        case = Case(
            f"{shown} - {item} (line {block.open_line})",
            f"example_{len(found)}",
            shown,
            block.open_line,
            "doc",
            panics="should_panic" in words,
            panic_text=panic[1] if panic else "",
            ignored="" if "ignore" in words else None,
            compile_only="no_run" in words,
        )
        found.append(Example(case, module_text(block)))
    return found


def _tags(tag: str) -> list[str] | None:
    """The words after the fence; None for a block in another language."""
    words = [word for word in re.split(r"[\s,]+", _PANIC.sub("should_panic", tag)) if word]
    if words and words[0] == "luma":
        return words[1:]
    return words if all(word in ("no_run", "should_panic", "ignore") for word in words) else None


def module_text(block: Block) -> str:
    """The module that an example becomes: `example` runs it. Lines and columns are those of the comment."""
    head, body = _split_items(block.lines)
    lines = [""] * block.end_line
    for number, line in block.lines:
        lines[number - 1] = line
    is_program = not any(line.strip() for _, line in body) and re.search(
        r"(?m)^\s*func\s+main\s*\(\s*\)([^{]*)\{", "\n".join(line for _, line in head)
    )
    first = (head[-1][0] if head else block.open_line) - 1
    if is_program:
        gives_result = "Result" in is_program[1]
        call = 'if let Err(error) = main() { panic(f"{error}"); }' if gives_result else "main();"
        lines[block.end_line - 1] = f"pub func example() {{ {call} }}"
    else:
        lines[first] += " pub func example() {"
        lines[block.end_line - 1] = "}"
    return "\n".join(lines) + "\n"


def _split_items(lines: list[tuple[int, str]]) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """The lines of the declarations at the start of an example, and the rest."""
    position = 0
    while position < len(lines):
        start = position
        while start < len(lines) and (not lines[start][1].strip() or lines[start][1].lstrip().startswith(("//", "#["))):
            start += 1
        if start == len(lines) or not _ITEM.match(lines[start][1].lstrip()):
            break
        end = _item_end(lines, start)
        if end is None:
            break
        position = end
    return lines[:position], lines[position:]


def _item_end(lines: list[tuple[int, str]], start: int) -> int | None:
    """The index behind the last line of the declaration that begins at a line; None when it ends inside a line."""
    depth = 0
    for index in range(start, len(lines)):
        text = _without_literals(lines[index][1])
        for place, character in enumerate(text):
            if character in "([{":
                depth += 1
            elif character in ")]}":
                depth -= 1
            if depth == 0 and (
                character == ";" or (character == "}" and not text[place + 1 :].lstrip().startswith(";"))
            ):
                return index + 1 if not text[place + 1 :].strip() else None
    return None


def _without_literals(line: str) -> str:
    line = re.sub(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)\'', '""', line)
    return line.partition("//")[0]


def _item_at(names: list[tuple[int, int, str]], offset: int) -> str:
    """The item that a comment belongs to: the type around it (it is a field's then), else the next one."""
    for start, end, name in names:
        if start < offset < end:
            return name
    at = bisect_left(names, offset, key=lambda entry: entry[0])
    return names[at][2] if at < len(names) else "module"


def _documented(file: SourceFile) -> list[tuple[int, int, str]]:
    """Where each item of a file starts, its name, and where it ends if it has parts that are documented with it."""
    module = parse(file, DiagnosticEngine())
    found: list[tuple[int, int, str]] = []

    def add(items: list[ast.Item], owner: str) -> None:
        for item in items:
            name = getattr(item, "name", None)
            if isinstance(item, ast.ImplDecl | ast.TraitDecl):
                target = item.target if isinstance(item, ast.ImplDecl) else item.name
                shown = file.text[target.start : target.end]
                found.append((item.start, item.start, shown))
                add(item.items, shown)
            elif isinstance(item, ast.ExternDecl):
                add(list(item.items), owner)
            elif name is not None:
                end = item.end if isinstance(item, ast.StructDecl | ast.EnumDecl) else item.start
                found.append((item.start, end, f"{owner}::{name.text}" if owner else name.text))

    add(module.items, "")
    return sorted(found)
