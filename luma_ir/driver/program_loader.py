"""
Finds the modules of a program: its own, those of its package and of the packages that it depends on, the library's.

What `import` writes means different files in different packages, so a path is resolved first: to the path that the
module has in the whole program, which no other module has. Modules of the program's own package are known by their
place below `src`, those of another package by its name and that.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from luma_ir.driver.loader import STDLIB, display_path
from luma_ir.driver.package import Package, open_package
from luma_ir.driver.project import MANIFEST, SUFFIXES, find_project
from luma_ir.ir.diagnostics import DiagnosticEngine, SourceFile

ModulePath = tuple[str, ...]

_MOST_SUGGESTED = 2000
"""Files that are looked at for suggestions: more are no help to anybody."""


class ProgramLoader:
    """Reads modules; remembers every file that it was asked for, and where it found none."""

    def __init__(self, roots: tuple[Path, ...], package: Package | None = None, main: Path | None = None) -> None:
        """
        Args:
            roots: the folders of the program's own modules; the first that has one wins.
            package: the package that the program belongs to, if any.
            main: the file of the root module, if it is one.
        """
        self.roots = tuple([root.resolve() for root in roots])
        self.package = package
        self.library = STDLIB
        self.read_files: dict[Path, str] = {}
        """Every file read so far with its text: what a cached result depends on."""
        self.missing_files: set[Path] = set()
        """Files that were looked for and are not there: a cached result depends on that too."""
        self._files: dict[ModulePath, Path] = {}
        self._paths: dict[Path, ModulePath] = {}
        self._packages: dict[str, Package] = {}
        self._note_packages(package)
        self.root_path: ModulePath | None = None
        """The path of the root module."""
        if main is not None:
            self.root_path = self._path_of_main(main)

    def _note_packages(self, package: Package | None) -> None:
        for other in package.dependencies.values() if package is not None else ():
            if other.prefix[0] not in self._packages:
                self._packages[other.prefix[0]] = other
                self._note_packages(other)

    def _path_of_main(self, main: Path) -> ModulePath:
        file = main.resolve()
        for root in self.roots:
            if file.is_relative_to(root):
                parts = file.relative_to(root).with_suffix("").parts
                if all(part.isidentifier() for part in parts):
                    return self._enter(file, parts)
        name = "".join(c if c.isalnum() or c == "_" else "_" for c in file.stem) or "main"
        return self._enter(file, (name if name.isidentifier() else f"_{name}",))

    def _enter(self, file: Path, wanted: ModulePath) -> ModulePath:
        """The path of the module in a file: the wanted one unless another file has it."""
        known = self._paths.get(file)
        if known is not None:
            return known
        path, number = wanted, 2
        while self._files.get(path, file) != file:
            path = (*wanted[:-1], f"{wanted[-1]}_{number}")
            number += 1
        self._files[path] = file
        self._paths[file] = path
        return path

    # ---- what the checker asks

    def resolve(self, importer: ModulePath | None, written: ModulePath) -> list[ModulePath]:
        """
        The modules that an import may mean, none when there is no such module, several when that is not clear.

        Args:
            importer: the path of the module with the import; None is one of the program's own.
        """
        if any(not part.isidentifier() for part in written):
            return []
        if written[0] == "std":
            return [written]
        home = self._home(importer)
        found: dict[ModulePath, None] = {}
        own = self._own_module(home, written)
        if own is not None:
            found[own] = None
        package = home or self.package
        if package is None:
            return list(found)
        other = package.dependencies.get(written[0])
        if other is not None:
            module = self._module_of(other, written[1:])
            if module is not None:
                found[module] = None
        elif own is None and written[0] == package.manifest.name:
            module = self._module_of(package, written[1:])
            if module is not None:
                found[module] = None
        return list(found)

    def load(self, name: ModulePath) -> SourceFile | None:
        """The source of a module by its path in the program; None when there is no such file."""
        if not name or any(not part.isidentifier() for part in name):
            return None
        if name[0] == "std":
            file = self._source_file(self.library.joinpath(*name[1:]), notes=False) if len(name) > 1 else None
            return None if file is None else self._read(file, f"std/{file.relative_to(self.library)}")
        file = self._files.get(name)
        if file is None:
            found = self.resolve(None, name)
            file = self._files.get(found[0]) if found else None
        return None if file is None else self._read(file, display_path(file))

    def names(self, parent: ModulePath) -> list[str]:
        """The modules directly below one, for suggestions."""
        if parent and parent[0] == "std":
            folders = [self.library.joinpath(*parent[1:])]
        else:
            folders = [root.joinpath(*parent) for root in self.roots]
        return sorted({stem for folder in folders for stem in _stems(folder)})

    def importable(self, importer: ModulePath | None) -> list[str]:
        """The dotted names of the modules that a module may import, without the library's, for suggestions."""
        home = self._home(importer)
        found: dict[str, None] = {}
        for folder in [home.modules] if home is not None else self.roots:
            found.update(dict.fromkeys(_modules_below(folder)))
        package = home or self.package
        for name, other in package.dependencies.items() if package is not None else ():
            for module in _modules_below(other.modules):
                found[name if module == "lib" else f"{name}.{module}"] = None
        return list(found)

    def is_dependency(self, path: ModulePath) -> bool:
        """Whether a module belongs to a package that the program depends on."""
        return bool(path) and path[0] in self._packages and self._home(path) is not None

    def dependency(self, importer: ModulePath | None, name: str) -> str | None:
        """The folder of a dependency's modules, as messages show it; None when there is no dependency of that name."""
        package = self._home(importer) or self.package
        other = package.dependencies.get(name) if package is not None else None
        return None if other is None else display_path(other.modules)

    def where(self, importer: ModulePath | None) -> str | None:
        """The folder of the package's modules, as messages show it; None outside of packages."""
        package = self._home(importer) or self.package
        return None if package is None else display_path(package.modules)

    # ---- places

    def _home(self, importer: ModulePath | None) -> Package | None:
        """The package of a module; None for the program's own."""
        if not importer or importer == self.root_path:
            return None
        package = self._packages.get(importer[0])
        file = self._files.get(importer)
        if package is None or file is None or not file.is_relative_to(package.modules):
            return None
        return package

    def _own_module(self, home: Package | None, written: ModulePath) -> ModulePath | None:
        if home is not None:
            return self._module_of(home, written, needs_name=True)
        for root in self.roots:
            file = self._source_file(root.joinpath(*written))
            if file is not None:
                return self._enter(file.resolve(), written)
        return None

    def _module_of(self, package: Package, rest: ModulePath, *, needs_name: bool = False) -> ModulePath | None:
        """A module of a package; its library for the empty path."""
        if not rest and needs_name:
            return None
        file = self._source_file(package.modules.joinpath(*(rest or ("lib",))))
        if file is None:
            return None
        if package is self.package:
            return self._enter(file.resolve(), rest or ("lib",))
        return self._enter(file.resolve(), package.prefix if rest == ("lib",) else (*package.prefix, *rest))

    def _source_file(self, stem: Path, *, notes: bool = True) -> Path | None:
        for suffix in SUFFIXES:
            path = stem.parent / (stem.name + suffix)
            if path.is_file() and _has_spelling(path):
                return path
            if notes:
                self.missing_files.add(path)
        return None

    def _read(self, file: Path, name: str) -> SourceFile:
        text = self.read_files.get(file)
        if text is None:
            text = self.read_files[file] = file.read_bytes().decode(errors="replace")
        return SourceFile(name, text.removeprefix("\ufeff"))


def loader_for(path: Path, engine: DiagnosticEngine, extra: tuple[Path, ...] = ()) -> ProgramLoader | None:
    """
    The loader of a program: for a file of a package with what that depends on, else with the modules beside the file.

    Args:
        path: the root module's file.
        extra: further folders of modules, after the others.
    Returns:
        None after errors in a `luma.toml`.
    """
    folder = path.parent
    project = find_project(folder)
    if project is None or path.resolve().is_relative_to(STDLIB.resolve()):
        loader = ProgramLoader(tuple(dict.fromkeys((folder, *extra))), None, path)
        loader.missing_files.update(each / MANIFEST for each in (folder.resolve(), *folder.resolve().parents))
        return loader
    read_files: dict[Path, str] = {}
    package = open_package(project, engine, read_files)
    if package is None:
        return None
    modules = package.modules
    roots = (modules,) if path.resolve().is_relative_to(modules) else (folder, modules, *extra)
    loader = ProgramLoader(tuple(dict.fromkeys(roots)), package, path)
    loader.read_files.update(read_files)
    for each in (folder.resolve(), *folder.resolve().parents):
        if each == project:
            break
        loader.missing_files.add(each / MANIFEST)
    return loader


def _has_spelling(path: Path) -> bool:
    """Whether a file is written just so: some file systems find `Shapes.luma` under `shapes.luma`."""
    return os.name == "posix" or path.resolve().name == path.name


def _stems(folder: Path) -> Iterator[str]:
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    for path in entries:
        if path.suffix in SUFFIXES and path.stem.isidentifier():
            yield path.stem


def _modules_below(folder: Path) -> list[str]:
    """The dotted names of the modules in a folder."""
    found: list[str] = []
    for base, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name.isidentifier())
        inner = Path(base).relative_to(folder).parts
        for name in sorted(files):
            path = Path(name)
            if path.suffix in SUFFIXES and path.stem.isidentifier():
                found.append(".".join([*inner, path.stem]))
        if len(found) >= _MOST_SUGGESTED or len(inner) > 6:
            break
    return found
