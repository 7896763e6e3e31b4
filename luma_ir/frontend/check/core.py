"""What every part of the checker stands on: options, reporting, spelling suggestions, looking names up in modules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from attrs import define, field

from luma_ir.frontend import ast
from luma_ir.frontend.check.entities import (
    Entity,
    EnumInfo,
    FunctionInfo,
    LocalConstant,
    ModuleInfo,
    StructInfo,
    TraitInfo,
)
from luma_ir.ir.diagnostics import DiagnosticEngine, Edit, Help, Label, SourceFile, Span

IMPLICIT_MODULES = {
    "Error": ("std", "error"),
    "Iterable": ("std", "iter"),
    "Iterator": ("std", "iter"),
    "Map": ("std", "map"),
    "Range": ("std", "iter"),
    "Set": ("std", "set"),
}
"""Types and traits of the library that need no import: the module of each, loaded when the name is first used."""


class Loader(Protocol):
    """
    Finds the text of modules.

    A loader that knows packages has more: `resolve(importer, written)`, the paths of the modules that an import may
    mean; `root_path`, the path of the root module; `importable(importer)`, names for suggestions;
    `is_dependency(path)`, whether a module is another package's; `dependency(importer, name)` and `where(importer)`,
    folders for messages.
    """

    def load(self, path: tuple[str, ...]) -> SourceFile | None:
        """The source of the module with that path (`("std", "io")`), None when there is none."""
        ...


@define
class CheckOptions:
    """What the source may depend on: the `#[cfg]` values (`os`, `arch`, `debug`, …) and what overflow does."""

    cfg: dict[str, str | bool] = field(factory=dict)
    overflow: str = "wrap"
    whole_library: bool = False
    """Check every body of the library's modules too, not only what the program uses."""
    harness: str | None = None
    """`test` or `bench`: the program runs the root module's functions of that kind instead of `main`."""


class Core:
    """State of one run of the checker and its way to report."""

    def __init__(self, loader: Loader | None, engine: DiagnosticEngine, options: CheckOptions) -> None:
        self.loader = loader
        self.engine = engine
        self.options = options
        self.modules: dict[tuple[str, ...], ModuleInfo | None] = {}
        self.prelude: ModuleInfo | None = None
        self.symbols: set[str] = set()
        self.definitions: dict[str, StructInfo | EnumInfo] = {}
        self.infos: dict[str, FunctionInfo] = {}
        self.import_targets: dict[tuple[tuple[str, ...], tuple[str, ...]], list[tuple[str, ...]]] = {}
        """What imports may mean, by the module with the import and what is written."""
        self.local_constants: list[tuple[SourceFile, str, LocalConstant]] = []
        """Constants inside functions of which no use was met before their block ended."""
        self.deprecated_uses: set[tuple[SourceFile, int]] = set()
        self.allowed: list[tuple[SourceFile, int, int, frozenset[str]]] = []
        """The items with `#[allow(…)]`, and the codes that are not reported in them."""
        self.any_traits: dict[str, TraitInfo] = {}
        """The traits of which there are `any` types."""

    # ---- reporting

    def error(
        self,
        code: str,
        message: str,
        source: SourceFile,
        start: int,
        end: int,
        *,
        labels: Sequence[Label] = (),
        notes: Sequence[str] = (),
        helps: Sequence[Help | str] = (),
    ) -> None:
        """Report an error about a stretch of a module."""
        self.engine.error(code, message, Span(source, start, end), labels=labels, notes=notes, helps=helps)

    def warning(
        self,
        code: str,
        message: str,
        source: SourceFile,
        start: int,
        end: int,
        *,
        labels: Sequence[Label] = (),
        notes: Sequence[str] = (),
        helps: Sequence[Help | str] = (),
    ) -> None:
        """Report a warning about a stretch of a module."""
        self.engine.warning(code, message, Span(source, start, end), labels=labels, notes=notes, helps=helps)

    def warn_of_deprecated(self, entity: Entity, user: ModuleInfo, start: int, end: int) -> None:
        """Warn about a use of a type or constant that is marked so, once for each place."""
        attribute = entity.decl.attribute("deprecated") if entity.decl.attributes else None
        if attribute is None or user.is_library or (user.source, start) in self.deprecated_uses:
            return
        self.deprecated_uses.add((user.source, start))
        text = attribute.args[0].value if attribute.args else None
        reason = f": {text.value}" if isinstance(text, ast.StringLiteral) and text.value else ""
        self.warning("W0006", f"`{entity.name}` is deprecated{reason}", user.source, start, end)

    def is_allowed(self, code: str | None, source: SourceFile, place: int) -> bool:
        """Whether an `#[allow(…)]` around a place keeps a warning back."""
        for other, start, end, codes in self.allowed:
            if other is source and start <= place < end and code in codes:
                return True
        return False

    def report_private(
        self, shown: str, declared: Span, start: int | None, home: ModuleInfo, user: ModuleInfo, place: Span
    ) -> None:
        """
        Report the use of something private of another module.

        Args:
            shown: what it is, with backticks.
            declared: its name where it is declared.
            start: where `pub` would stand.
            home: the module that it is private to.
            user: the module with the use.
        """
        helps: list[Help] = []
        if start is not None and not home.is_library and not home.is_dependency:
            edit = Edit(Span(home.source, start, start), "pub ")
            helps.append(Help("declare it `pub` for other modules", edit))
        where = f"the module `{home.name}`"
        if home.is_library and not user.is_library:
            where = "the standard library"
        self.engine.error(
            "E0104",
            f"{shown} is private to {where}",
            place,
            labels=[Label(declared, "declared here without `pub`")],
            helps=helps,
        )

    # ---- names

    def unique_symbol(self, wanted: str) -> str:
        """A symbol that nothing else has."""
        symbol, number = wanted, 2
        while symbol in self.symbols:
            symbol = f"{wanted}.{number}"
            number += 1
        self.symbols.add(symbol)
        return symbol

    def lookup(self, module: ModuleInfo, name: str) -> Entity | None:
        """The item that a name means in a module: its own, an imported one, or the prelude's."""
        found = module.items.get(name)
        if found is not None:
            found.is_mentioned = True
            use = module.import_of.get(name)
            if use is not None:
                use.used = True
            return found
        if self.prelude is not None and self.prelude is not module:
            found = self.prelude.exported_items.get(name)
            if found is not None:
                return found
        path = IMPLICIT_MODULES.get(name)
        if path is None:
            return None
        self.load_library(path)
        library = self.modules.get(path)
        return library.items.get(name) if library is not None else None

    def load_library(self, path: tuple[str, ...]) -> None:
        """Load a module of the library, unless that was done, and declare its impls and those of what it imports."""
        raise NotImplementedError

    def lookup_module(self, module: ModuleInfo, name: str) -> ModuleInfo | None:
        """The module that a name means in a module."""
        found = module.modules.get(name)
        if found is not None:
            use = module.import_of.get(name)
            if use is not None:
                use.used = True
            return found
        if self.prelude is not None:
            found = self.prelude.exported_modules.get(name)
            if found is not None and (module.is_library or name == "string"):
                return found
        return None

    def import_below(self, module: ModuleInfo, name: str) -> str | None:
        """The path of an import that begins with a name and binds another one."""
        for item in module.home.tree.items:
            if not isinstance(item, ast.ImportDecl) or item.names is not None or item.alias is not None:
                continue
            is_bound = item.path[-1].text in module.modules or item.path[-1].text in module.items
            if len(item.path) > 1 and is_bound and item.path[0].text == name != "std":
                return ".".join([part.text for part in item.path])
        return None

    def visible_names(self, module: ModuleInfo) -> list[str]:
        """Every name that an item of a module may use, for suggestions."""
        names = [*module.items, *module.modules]
        if self.prelude is not None:
            names += self.prelude.exported_items
        return names


def closest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `name` most likely misspells, if any."""
    from difflib import get_close_matches

    others = [candidate for candidate in dict.fromkeys(candidates) if candidate != name]
    by_case = [candidate for candidate in others if candidate.lower() == name.lower()]
    if by_case:
        return by_case[0]
    found = get_close_matches(name, others, 1, 0.7 if len(name) > 3 else 0.6)
    return found[0] if found else None


def spelling_help(name: str, candidates: Iterable[str], span: Span) -> list[Help]:
    """`did you mean` with its edit, or nothing."""
    found = closest(name, candidates)
    return [Help(f"did you mean `{found}`?", Edit(span, found))] if found else []


def plural(count: int, noun: str) -> str:
    """`1 argument`, `2 arguments`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
