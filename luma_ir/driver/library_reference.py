"""
References of Luma modules in Markdown, made from their `///` comments: the library's, and the user's by `luma doc`.

A page holds what is public in a module: functions, types with their methods, traits, constants, each with signature,
text and examples. The text depends on nothing but the sources.
"""

from __future__ import annotations

import re
from pathlib import Path

from attrs import define, field

from luma_ir.driver.loader import STDLIB
from luma_ir.frontend import ast
from luma_ir.ir.diagnostics import DiagnosticEngine, SourceFile

INTERNAL = frozenset(["rt"])
"""Modules with a public name that programs have no use for."""

_EXAMPLE = re.compile(r"(?m)^\s?```(?:luma\b.*|\s*)$")


@define
class Entry:
    """Something public with its documentation; `name` is qualified by the type for methods."""

    name: str
    kind: str
    """`function`, `method`, `struct`, `enum`, `trait`, `type` or `constant`."""
    signature: str
    doc: str
    line: int
    members: list[Entry] = field(factory=list)
    is_required: bool = False
    """A method of a trait that types must have: the trait's example is one for it too."""

    @property
    def has_example(self) -> bool:
        """Whether its text has an example in Luma."""
        return _EXAMPLE.search(self.doc) is not None


@define
class ModuleReference:
    """The public part of a module. `name` is dotted."""

    name: str
    doc: str
    entries: list[Entry] = field(factory=list)
    """Everything outside of `impl`s."""
    methods: dict[str, list[Entry]] = field(factory=dict)
    """The methods of each type that the module has `impl`s for, by the type as it is written."""
    implemented: dict[str, list[str]] = field(factory=dict)
    """The traits that the module implements, by type."""

    def all_entries(self) -> list[Entry]:
        """Every entry, members after what they belong to."""
        found: list[Entry] = []
        for entry in [*self.entries, *(method for methods in self.methods.values() for method in methods)]:
            found += [entry, *entry.members]
        return found


def library_reference() -> list[ModuleReference]:
    """
    What is public in the library: the modules that programs import, and those that nobody imports but whose methods are
    everywhere, since they are those of builtin types.
    """
    from luma_ir.frontend.check.modules import STANDARD_MODULES

    found: list[ModuleReference] = []
    for path in sorted(STDLIB.glob("*.luma")):
        if path.stem in INTERNAL:
            continue
        source = SourceFile(f"std/{path.name}", path.read_text(encoding="utf-8"))
        reference = module_reference(f"std.{path.stem}", source)
        if path.stem not in STANDARD_MODULES:
            own = {entry.name for entry in reference.entries}
            reference.methods = {of: each for of, each in reference.methods.items() if _base(of) not in own}
            if not reference.methods:
                continue
        found.append(reference)
    return found


def _base(target: str) -> str:
    """The name of the type that an `impl` is for: `Map` of `Map<K, V>`."""
    return re.split(r"\W", target)[0]


def module_reference(name: str, source: SourceFile) -> ModuleReference:
    """What is public in a module; its syntax errors are left to the compiler."""
    from luma_ir.driver.testing.discover import parse

    module = parse(source, DiagnosticEngine())
    reference = ModuleReference(name, clean_doc(module.doc))
    for item in module.items:
        if isinstance(item, ast.ImplDecl):
            _add_impl(reference, item, source)
        elif isinstance(item, ast.ExternDecl):
            reference.entries += [_function(each, source, "", "function") for each in item.items if each.is_public]
        elif item.is_public and not isinstance(item, ast.ImportDecl):
            entry = _entry(item, source)
            if entry is not None:
                reference.entries.append(entry)
    return reference


def clean_doc(doc: str | None) -> str:
    """The text of a comment without the space after its marks."""
    lines = (doc or "").split("\n")
    return "\n".join(line.removeprefix(" ").rstrip() for line in lines).strip("\n")


def _add_impl(reference: ModuleReference, item: ast.ImplDecl, source: SourceFile) -> None:
    target = source.text[item.target.start : item.target.end]
    if item.trait is not None:
        trait = source.text[item.trait.start : item.trait.end]
        traits = reference.implemented.setdefault(target, [])
        if trait not in traits:
            traits.append(trait)
        return
    methods = [each for each in item.items if isinstance(each, ast.FuncDecl) and each.is_public]
    if methods:
        shown = [_function(each, source, f"{target}::", "method") for each in methods]
        reference.methods.setdefault(target, []).extend(shown)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _function(item: ast.FuncDecl, source: SourceFile, owner: str, kind: str) -> Entry:
    signature = _one_line(source.text[item.start : item.signature_end]).removeprefix("pub ").rstrip(" ;{")
    return Entry(owner + item.name.text, kind, signature, clean_doc(item.doc), source.line_column(item.name.start)[0])


def _entry(item: ast.Item, source: SourceFile) -> Entry | None:
    if isinstance(item, ast.FuncDecl):
        return _function(item, source, "", "function")
    name: ast.Name | None = getattr(item, "name", None)
    if name is None:
        return None
    line = source.line_column(name.start)[0]
    doc = clean_doc(item.doc)

    def text(node: ast.Node) -> str:
        return _one_line(source.text[node.start : node.end])

    if isinstance(item, ast.StructDecl):
        fields = [each for each in item.fields if each.is_public]
        hidden = ["…"] if len(fields) < len(item.fields) else []
        shown = ", ".join([f"{each.name.text}: {text(each.type)}" for each in fields] + hidden)
        signature = f"struct {_head(item, source)} {{ {shown} }}" if shown else f"struct {_head(item, source)} {{}}"
        return Entry(name.text, "struct", signature, _with_parts(doc, [(f.name.text, f.doc) for f in fields]), line)
    if isinstance(item, ast.EnumDecl):
        shown = ", ".join(text(each) for each in item.variants)
        signature = f"enum {_head(item, source)} {{ {shown} }}"
        return Entry(
            name.text, "enum", signature, _with_parts(doc, [(v.name.text, v.doc) for v in item.variants]), line
        )
    if isinstance(item, ast.TraitDecl):
        bounds = f": {' + '.join(map(text, item.bounds))}" if item.bounds else ""
        entry = Entry(name.text, "trait", f"trait {_head(item, source)}{bounds}", doc, line)
        for each in item.items:
            if isinstance(each, ast.FuncDecl):
                member = _function(each, source, f"{name.text}::", "method")
                member.is_required = not each.has_body
                entry.members.append(member)
        return entry
    if isinstance(item, ast.TypeDecl):
        return Entry(name.text, "type", text(item).removeprefix("pub ").rstrip(" ;"), doc, line)
    if isinstance(item, ast.ConstDecl):
        return Entry(name.text, "constant", text(item).removeprefix("pub ").rstrip(" ;"), doc, line)
    return None


def _head(item: ast.StructDecl | ast.EnumDecl | ast.TraitDecl, source: SourceFile) -> str:
    """The name with its type parameters."""
    if not item.generics:
        return item.name.text
    parts = [_one_line(source.text[each.start : each.end]) for each in item.generics]
    return f"{item.name.text}<{', '.join(parts)}>"


def _with_parts(doc: str, parts: list[tuple[str, str | None]]) -> str:
    """A type's text, and a list of its fields or variants that have one."""
    lines = [f"- `{name}`: {_one_line(clean_doc(text))}" for name, text in parts if text]
    return "\n".join([doc, "", *lines]) if lines else doc


# Markdown.


def page(reference: ModuleReference) -> str:
    """The page of a module."""
    lines = [f"# `{reference.name}`", "", reference.doc, ""]
    groups = (
        ("Constants", ("constant",)),
        ("Types", ("struct", "enum", "type")),
        ("Traits", ("trait",)),
        ("Functions", ("function",)),
    )
    methods = dict(reference.methods)
    for title, kinds in groups:
        chosen = [entry for entry in reference.entries if entry.kind in kinds]
        if not chosen:
            continue
        lines += [f"## {title}", ""]
        for entry in chosen:
            lines += _section(entry, "###")
            for member in entry.members:
                lines += _section(member, "####")
            own = {*reference.methods, *reference.implemented}
            for target in sorted(each for each in own if _base(each) == entry.name):
                lines += _methods_of(reference, target, methods.pop(target, []), "####")
    for target, found in methods.items():
        lines += [f"## Methods of `{target}`", "", *_methods_of(reference, target, found, "###")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def _methods_of(reference: ModuleReference, target: str, methods: list[Entry], level: str) -> list[str]:
    lines: list[str] = []
    traits = [trait for of, found in reference.implemented.items() if of == target for trait in found]
    if traits:
        lines += [f"Implements {', '.join(f'`{trait}`' for trait in traits)}.", ""]
    for method in methods:
        lines += _section(method, level)
    return lines


def _section(entry: Entry, level: str) -> list[str]:
    name = entry.name.rpartition("::")[2]
    lines = [f"{level} `{name}`", "", "```luma", entry.signature, "```", ""]
    return [*lines, *_text(entry.doc), ""]


def _text(doc: str) -> list[str]:
    """A comment's text: fences without a language are Luma, and their further words are left out."""
    lines: list[str] = []
    inside = False
    for line in doc.split("\n"):
        fence = re.fullmatch(r"\s*```(\S*)(.*)", line)
        if fence and not inside:
            language = "luma" if fence[1].startswith(("luma", "no_run", "should_panic", "ignore")) else fence[1]
            lines.append(f"```{language or 'luma'}")
            inside = True
        else:
            inside = inside and fence is None
            lines.append("```" if fence else line)
    return [*lines, "```"] if inside else lines


def summary(doc: str) -> str:
    """The first sentence of a text, on one line."""
    first = _one_line(doc.split("\n\n")[0])
    return re.split(r"(?<=\.)\s", first)[0]


def index(references: list[ModuleReference], title: str) -> str:
    """The page that leads to the others."""
    lines = [f"# {title}", "", "| module | what it has |", "|---|---|"]
    for reference in references:
        file = reference.name.rpartition(".")[2]
        lines.append(f"| [`{reference.name}`]({file}.md) | {summary(reference.doc).replace('|', '&#124;')} |")
    return "\n".join(lines)


def library_pages() -> dict[str, str]:
    """The pages of the library by their place below the reference's folder."""
    references = library_reference()
    pages = {f"std/{reference.name.rpartition('.')[2]}.md": page(reference) for reference in references}
    pages["std/README.md"] = index(references, "The standard library")
    return pages


def write_user_pages(paths: list[Path], folder: Path) -> list[Path]:
    """
    Write the reference of source files (those below folders too) into a folder; the files written.

    Raises:
        LumaError: a file cannot be read, or a page not written.
    """
    from luma_ir.driver.build import write_output
    from luma_ir.driver.loader import display_path
    from luma_ir.driver.session import read_source
    from luma_ir.driver.testing.sources import find_sources
    from luma_ir.ir.diagnostics import LumaError

    references = []
    for source in find_sources(paths):
        path = source.path.resolve()
        root = next((each for each in source.roots if path.is_relative_to(each.resolve())), path.parent).resolve()
        name = ".".join(path.relative_to(root).with_suffix("").parts)
        file = SourceFile(display_path(source.path), read_source(source.path))
        references.append((name, module_reference(name, file)))
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LumaError(f"cannot write `{folder}`: {error.strerror}") from None
    pages = {f"{name}.md": page(reference) for name, reference in references}
    lines = ["# Modules", ""]
    lines += [f"- [`{name}`]({name}.md): {summary(reference.doc)}".rstrip(": ") for name, reference in references]
    pages["README.md"] = "\n".join(lines)
    for name, text in pages.items():
        write_output(folder / name, text.rstrip() + "\n")
        written.append(folder / name)
    return written
