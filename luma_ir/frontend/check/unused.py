"""
Warnings about what nothing uses: imports, and in a program private functions, types, traits and constants.

A function counts as used when something reaches it that may run: `main`, what is `pub`, tests and benches, the methods
of traits, and what is allowed to be unused. Of other items it is enough that their name is used anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from luma_ir.frontend import ast, hir
from luma_ir.frontend.check.entities import Entity, FunctionInfo, ImplInfo, ImportUse, ModuleInfo
from luma_ir.frontend.check.finish import Uses
from luma_ir.frontend.check.harness import is_for_harness
from luma_ir.ir.diagnostics import Edit, Help, SourceFile, Span

if TYPE_CHECKING:
    from luma_ir.frontend.check.program import ProgramChecker

_ALLOW = "put `#[allow(unused)]` before it if that is on purpose"


def warn_of_imports(program: ProgramChecker, module: ModuleInfo) -> None:
    """Warn about the imports of a module that nothing uses, each with the edit that takes it away."""
    if module.is_library or module.is_dependency:
        return
    by_item: dict[int, list[ImportUse]] = {}
    for use in module.imports:
        by_item.setdefault(use.item.start if use.item is not None else use.start, []).append(use)
    for uses in by_item.values():
        item = uses[0].item
        spare = [use for use in uses if not use.used and not use.is_public]
        if item is None or not spare:
            continue
        is_whole = item.names is None or len(spare) == len(item.names)
        if is_whole and len(spare) > 1:
            listed = ", ".join(f"`{use.name}`" for use in spare[:-1]) + f" and `{spare[-1].name}`"
            message = f"the imports {listed} are never used"
            _warn_of_import(program, module, message, spare[0].start, spare[-1].end, item)
            continue
        for use in spare:
            message = f"the import `{use.name}` is never used"
            _warn_of_import(program, module, message, use.start, use.end, item if is_whole else None, use)


def _warn_of_import(
    program: ProgramChecker,
    module: ModuleInfo,
    message: str,
    start: int,
    end: int,
    item: ast.ImportDecl | None,
    use: ImportUse | None = None,
) -> None:
    source = module.source
    if item is not None:
        span = _whole_import(source, item)
    else:
        assert use is not None and use.item is not None
        span = _name_in_list(source, use.item, use)
    program.warning("W0002", message, source, start, end, helps=[Help("take it away", Edit(span, ""))])


def _whole_import(source: SourceFile, item: ast.ImportDecl) -> Span:
    """An import with its `;`, and with the rest of its line where there is nothing else."""
    text, end = source.text, item.end
    semicolon = text.find(";", end)
    if semicolon >= 0 and not text[end:semicolon].strip():
        end = semicolon + 1
    line_end = text.find("\n", end)
    begins_line = not text[text.rfind("\n", 0, item.start) + 1 : item.start].strip()
    if begins_line and line_end >= 0 and not text[end:line_end].strip():
        end = line_end + 1
    return Span(source, item.start, end)


def _name_in_list(source: SourceFile, item: ast.ImportDecl, use: ImportUse) -> Span:
    """A name between the braces of an import, with the comma that goes with it."""
    names = item.names or []
    at = next(number for number, name in enumerate(names) if name.start <= use.start < max(name.end, name.start + 1))
    if at + 1 < len(names):
        return Span(source, names[at].start, names[at + 1].start)
    return Span(source, names[at - 1].end, names[at].end)


def warn_of_items(program: ProgramChecker, functions: list[FunctionInfo]) -> None:
    """Warn about private items that the program never uses; called when there are no errors."""
    spare = [info for info in functions if _may_be_unused(program, info)]
    spare_set = set(spare)
    used = _reached(program, [info for info in functions if info not in spare_set])
    for info in spare:
        assert info.function is not None
        if info.function.symbol not in used:
            what = "function" if info.owner is None else "method" if info.has_self else "static function"
            _warn(program, info, f"the {what} `{info.display}` is never used")
    for module in program.modules.values():
        if module is None or module.is_library or module.is_dependency:
            continue
        for item in module.items.values():
            if item.module is not module or item.is_public or item.is_mentioned or item.name.startswith("_"):
                continue
            if not isinstance(item, FunctionInfo):
                _warn(program, item, f"the {item.kind} `{item.name}` is never used")


def _warn(program: ProgramChecker, item: Entity, message: str) -> None:
    span = item.span
    program.warning("W0001", message, span.source, span.start, span.end, helps=[_ALLOW])


def _may_be_unused(program: ProgramChecker, info: FunctionInfo) -> bool:
    """Whether a function is one that only calls keep in the program."""
    owner = info.owner
    if info.is_public or info.name.startswith("_") or info.module.is_library or info.module.is_dependency:
        return False
    if info.function is None or info.op_name is not None or info.is_extern or not info.decl.has_body:
        return False
    if owner is not None and (not isinstance(owner, ImplInfo) or owner.trait is not None):
        return False
    if owner is None and info.name == "main" and info.module is program.root:
        return False
    span = info.span
    if owner is not None and info.is_mentioned:
        # A `#[place]` method that stands for a place is not called.
        return False
    if is_for_harness(info) or info.function.link_name is not None:
        return False
    return not program.is_allowed("W0001", span.source, span.start)


def _reached(program: ProgramChecker, roots: list[FunctionInfo]) -> set[str]:
    """The symbols of all functions that are reached from some, from constants and from default values."""
    found: set[str] = set()
    waiting: list[Uses] = [info.uses for info in roots if info.uses is not None]
    # A closure is reached from the function around it; other functions that the checker makes stand for themselves.
    waiting += [uses for symbol, (_, uses) in program.generated.items() if "{closure" not in symbol]
    waiting += program.constant_uses
    while waiting:
        for callee in waiting.pop().callees:
            if not isinstance(callee, hir.FunctionRef) or callee.function.symbol in found:
                continue
            symbol = callee.function.symbol
            found.add(symbol)
            made = program.generated.get(symbol)
            if made is not None:
                waiting.append(made[1])
            elif (info := program.infos.get(symbol)) is not None and info.uses is not None:
                waiting.append(info.uses)
    return found
