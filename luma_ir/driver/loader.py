"""Finds and reads the sources of modules: the library's in this package, the user's beside the root file."""

from __future__ import annotations

from pathlib import Path

from attrs import define, field

from luma_ir.driver.project import SUFFIXES
from luma_ir.ir.diagnostics import SourceFile

STDLIB = Path(__file__).parent.parent / "stdlib"
"""The folder of the standard library."""


@define
class FileLoader:
    """Reads modules by their dotted names; remembers every file that it was asked for."""

    root: Path
    """The folder of the program's root module."""
    library: Path = STDLIB
    read_files: dict[Path, str] = field(factory=dict)
    """Every file read so far with its text: what a cached result depends on."""

    def load(self, name: tuple[str, ...]) -> SourceFile | None:
        """The source of a module such as `("std", "io")` or `("geometry",)`; None when there is no such file."""
        if not name or any(not part.isidentifier() for part in name):
            return None
        if name[0] == "std":
            return self._read(self.library.joinpath(*name[1:]), "std") if len(name) > 1 else None
        return self._read(self.root.joinpath(*name), None)

    def names(self, parent: tuple[str, ...]) -> list[str]:
        """The modules directly below a name, for spelling suggestions."""
        if parent and parent[0] == "std":
            folder = self.library.joinpath(*parent[1:])
        else:
            folder = self.root.joinpath(*parent)
        if not folder.is_dir():
            return []
        return sorted(path.stem for path in folder.iterdir() if path.suffix in SUFFIXES)

    def _read(self, stem: Path, package: str | None) -> SourceFile | None:
        for suffix in SUFFIXES:
            path = stem.with_suffix(suffix)
            if path.is_file():
                text = path.read_text(encoding="utf-8", errors="replace")
                self.read_files[path] = text
                shown = f"{package}/{path.relative_to(self.library)}" if package else display_path(path)
                return SourceFile(shown, text)
        return None


def display_path(path: Path) -> str:
    """A path as diagnostics and panics show it: relative to the working folder when below it."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
