"""
The reference in Markdown, made from the code: the library, dialects, passes, pipelines and error codes.

`pages()` gives every page by file name. The text depends on nothing but the sources, so equal sources give equal pages;
`docs/reference` holds them, and a test tells when they are out of date.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from luma_ir.driver.constraints import constraint_text
from luma_ir.driver.errors import explain
from luma_ir.driver.library_reference import library_pages
from luma_ir.driver.listing import option_default
from luma_ir.ir.pipeline import field_types, type_text
from luma_ir.ir.registry import REGISTRY, load_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from xdsl.ir import Attribute, Operation
    from xdsl.irdl import OpDef
    from xdsl.passes import ModulePass

NOTICE = "<!-- Made by `make docs` from the sources; edits here are lost. -->"
"""The first line of every page."""

DIALECTS: dict[str, str] = {
    "luma": "luma_ir.dialects.luma",
    "mem": "luma_ir.dialects.mem",
    "llvm": "luma_ir.dialects.llvm_ext",
    "func": "luma_ir.dialects.func_ext",
}
"""Dialects with a page -> the module whose docstring introduces them. Only what is defined in this package is shown."""

PACKAGE = "luma_ir."
_EXAMPLES = ("Before", "After")
"""First words of the lines in the docstring of a pass that show the IR."""


def pages() -> dict[str, str]:
    """All pages of the reference: file name -> text."""
    found = {f"dialect-{name}.md": _dialect_page(name, module) for name, module in DIALECTS.items()}
    found["passes.md"] = _passes_page()
    found["pipelines.md"] = _pipelines_page()
    found["errors.md"] = _errors_page()
    found["README.md"] = _index_page()
    found |= library_pages()
    return {name: f"{NOTICE}\n\n{text.rstrip()}\n" for name, text in sorted(found.items())}


def write_pages(folder: Path) -> list[str]:
    """Write all pages into a folder, remove pages that are no longer made; the names of the files that changed."""
    made = pages()
    changed = []
    for path in sorted(folder.rglob("*.md")):
        name = path.relative_to(folder).as_posix()
        if name not in made and path.read_text(encoding="utf-8").startswith(NOTICE):
            path.unlink()
            changed.append(name)
    for name, text in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(name)
    return changed


def stale_pages(folder: Path) -> list[str]:
    """The names of the pages in a folder that are missing, out of date, or no longer made."""
    made = pages()
    there = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.md")}
    return sorted(name for name in {*made, *there} if made.get(name) != there.get(name))


# Text.


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |" for row in rows]
    return [*lines, ""]


def markdown(text: str, language: str = "mlir") -> str:
    """A docstring as Markdown: indented blocks, and the IR before and after a pass, become fenced code."""
    lines: list[str] = []
    code: list[str] = []
    for line in [*inspect.cleandoc(text).splitlines(), ""]:
        if line.startswith(("    ", *_EXAMPLES)) or (code and line.startswith((" ", "..."))) or (code and not line):
            code.append(line)
            continue
        lines += [*_fenced(code, language), line]
        code = []
    return "\n".join([*lines, *_fenced(code, language)]).rstrip()


def _fenced(code: list[str], language: str) -> list[str]:
    while code and not code[-1]:
        code.pop()
    if not code:
        return []
    if code[0].startswith(_EXAMPLES):
        return ["```text", *code, "```", ""]
    return [f"```{language}", *(line[4:] for line in code), "```", ""]


def _summary(text: str) -> str:
    """The first sentence of a docstring, on one line."""
    first = " ".join(inspect.cleandoc(text).split("\n\n")[0].split())
    return re.split(r"(?<=\.)\s", first)[0]


def _module_doc(module: str) -> str:
    return import_module(module).__doc__ or ""


# Dialects.


def _own(classes: Iterable[type]) -> list[type]:
    return [cls for cls in classes if cls.__module__.startswith(PACKAGE)]


def dialect_ops(name: str) -> list[type[Operation]]:
    """The ops of a dialect that this package defines, by name."""
    dialect = REGISTRY.dialect_factories()[name]()
    return sorted(_own(dialect.operations), key=lambda op: op.name)


def dialect_attributes(name: str) -> list[type[Attribute]]:
    """The types and attributes of a dialect that this package defines, by name."""
    dialect = REGISTRY.dialect_factories()[name]()
    return sorted(_own(dialect.attributes), key=lambda attribute: attribute.name)


def _dialect_page(name: str, module: str) -> str:
    ops, attributes = dialect_ops(name), dialect_attributes(name)
    lines = [f"# The `{name}` dialect", "", markdown(_module_doc(module), "python"), ""]
    if attributes:
        lines += ["## Types and attributes", ""]
        for attribute in attributes:
            lines += [f"### `{attribute.name}`", "", markdown(attribute.__doc__ or ""), ""]
    lines += ["## Ops", ""]
    lines += _table(
        ("op", "what it does"), [(f"[`{op.name}`](#{_anchor(op.name)})", _summary(op.__doc__ or "")) for op in ops]
    )
    for op in ops:
        lines += _describe_op(op)
    return "\n".join(lines)


def _anchor(heading: str) -> str:
    """The name that GitHub gives to the place of a heading."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def _describe_op(op: type[Operation]) -> list[str]:
    lines = [f"### `{op.name}`", "", markdown(op.__doc__ or ""), ""]
    get_definition = getattr(op, "get_irdl_definition", None)
    if get_definition is None:
        return lines
    definition: OpDef = get_definition()
    rows: list[tuple[str, str, str]] = []
    for what, found in (("operand", definition.operands), ("result", definition.results)):
        rows += [(f"`{_spelled(name)}`", _kind(one, what), constraint_text(one.constr)) for name, one in found]
    properties = [*definition.properties.items(), *definition.attributes.items()]
    rows += [(f"`{_spelled(name)}`", _kind(one, "property"), constraint_text(one.constr)) for name, one in properties]
    rows += [(f"`{name}`", _kind(one, "region"), "") for name, one in definition.regions]
    rows += [(f"`{name}`", _kind(one, "successor"), "") for name, one in definition.successors]
    if rows:
        lines += _table(("name", "what", "constraint"), rows)
    traits = sorted({type(trait).__name__ for trait in op.traits})
    if traits:
        lines += [f"Traits: {', '.join(f'`{trait}`' for trait in traits)}", ""]
    return lines


def _spelled(name: str) -> str:
    return name.rstrip("_")


def _kind(definition: object, what: str) -> str:
    name = type(definition).__name__
    if name.startswith("Var"):
        return f"any number of {what}s"
    return f"optional {what}" if name.startswith("Opt") else what


# Passes.


def _passes_page() -> str:
    names = REGISTRY.own_pass_names()
    lines = [
        "# Passes",
        "",
        "What `luma-opt -p` takes, besides the passes of xDSL. `luma-opt --help-pass NAME` says the same of one pass.",
        "",
    ]
    classes = {name: REGISTRY.find_pass(name) for name in names}
    lines += _table(
        ("pass", "what it does"),
        [(f"[`{name}`](#{name})", _summary(_pass_doc(cls))) for name, cls in classes.items() if cls is not None],
    )
    for name, cls in classes.items():
        assert cls is not None, name
        lines += [f"## `{name}`", "", markdown(_pass_doc(cls)), ""]
        options = _options(cls)
        if options:
            lines += _table(("option", "type", "default", ""), options)
        statistics = sorted(_statistics(Path(inspect.getfile(cls)), set()))
        if statistics:
            lines += [f"Statistics: {', '.join(statistics)}", ""]
    return "\n".join(lines)


def _pass_doc(cls: type[ModulePass]) -> str:
    return _module_doc(cls.__module__) or cls.__doc__ or ""


def _options(cls: type[ModulePass]) -> list[tuple[str, str, str, str]]:
    hints = field_types(cls)
    return [
        (
            f"`{field.name.replace('_', '-')}`",
            type_text(hints.get(field.name, field.type)),
            f"`{option_default(field)}`",
            str(field.metadata.get("help", "")),
        )
        for field in dataclasses.fields(cls)
        if field.init
    ]


def _statistics(path: Path, seen: set[Path]) -> set[str]:
    """The names that a pass's file, and files of helpers that it imports, count under."""
    if path in seen or not path.is_file():
        return set()
    seen.add(path)
    found: set[str] = set()
    root = Path(__file__).parent.parent.parent
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "count" and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.add(first.value)
        elif isinstance(node, ast.ImportFrom) and node.module and re.search(r"\.passes\..*\b_\w+", node.module):
            found |= _statistics(root / (node.module.replace(".", "/") + ".py"), seen)
    return found


# Pipelines.


def _pipelines_page() -> str:
    pipelines = load_object("luma_ir.passes.pipelines:PIPELINES")
    stages = load_object("luma_ir.passes.pipelines:STAGES")
    lines = ["# Pipelines", "", markdown(_module_doc("luma_ir.passes.pipelines")), ""]
    for name, source in pipelines.items():
        lines += [f"## `{name}`", ""]
        if isinstance(source, str):
            lines += ["```text", source, "```", ""]
            continue
        lines += [inspect.cleandoc(source.__doc__ or ""), ""]
        levels = list(inspect.signature(source).parameters) == ["opt"]
        variants = {f"{name}{{opt={level}}}": source(level) for level in range(4)} if levels else {name: source()}
        lines += _table(
            ("pipeline", "passes"),
            [(f"`{variant}`", f"`{text}`" if text else "none") for variant, text in variants.items()],
        )
    lines += ["## Stages", "", "What `luma-compile --emit STAGE` runs, at `-O2`.", ""]
    lines += _table(("stage", "passes"), [(f"`{name}`", f"`{make(2)}`") for name, make in stages.items()])
    lines += ["## Extension points", "", "Where plug-ins add passes of their own (`extensions` of a plug-in).", ""]
    points = load_object("luma_ir.passes.pipelines:EXTENSION_POINTS")
    lines += _table(
        ("extension point", "comes before"),
        [(f"`{name}`", f"`{_behind(pipelines['luma-pipeline'], points, name)}`") for name in points],
    )
    return "\n".join(lines)


def _behind(pipeline: Callable[[int], str], points: dict[str, list[str]], name: str) -> str:
    """The pass of a pipeline that follows an extension point."""
    mark = "@"
    points[name].append(mark)
    try:
        _, _, rest = pipeline(2).partition(f"{mark},")
    finally:
        points[name].remove(mark)
    return rest.partition(",")[0]


# Errors.


def _errors_page() -> str:
    codes: dict[str, str] = load_object("luma_ir.frontend.codes:CODES")
    lines = [
        "# Errors and warnings",
        "",
        "`luma explain CODE` shows the same in a terminal. A code never changes its meaning.",
        "",
    ]
    lines += _table(
        ("code", "meaning"),
        [(f"[{code}](#{_anchor(f'{code}: {text}')})", text) for code, text in codes.items()],
    )
    for code in codes:
        text = explain(code)
        if text is not None:
            lines += [f"#{text.rstrip()}", ""]
    return "\n".join(lines)


def _index_page() -> str:
    lines = ["# Reference", "", "Made from the code by `make docs`.", "", "- [The standard library](std/README.md)"]
    for name, module in DIALECTS.items():
        lines.append(f"- [The `{name}` dialect](dialect-{name}.md): {_summary(_module_doc(module))}")
    lines += [
        "- [Passes](passes.md), with options and statistics",
        "- [Pipelines](pipelines.md), stages and extension points",
        "- [Errors and warnings](errors.md)",
    ]
    return "\n".join(lines)
