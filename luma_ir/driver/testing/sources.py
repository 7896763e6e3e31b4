"""Which source files a test run looks at, and where the modules that they import are."""

from __future__ import annotations

import os
from pathlib import Path

from luma_ir.driver.loader import STDLIB
from luma_ir.driver.project import MANIFEST, SUFFIXES, find_project
from luma_ir.driver.project import shown as _shown
from luma_ir.driver.testing.cases import Source
from luma_ir.ir.diagnostics import LumaError

_SKIPPED = frozenset(["build", "target", "dist", "node_modules", "__pycache__"])


def split_arguments(arguments: list[str]) -> tuple[list[Path], list[str]]:
    """
    Positional arguments as paths and filters: what exists is a path.

    Raises:
        LumaError: something that is written as a path does not exist.
    """
    paths: list[Path] = []
    filters: list[str] = []
    for text in arguments:
        path = Path(text)
        if "::" not in text and path.exists():
            paths.append(path)
        elif text.endswith(SUFFIXES) or (os.sep in text and "::" not in text):
            raise LumaError(f"no such file or folder: `{text}`")
        else:
            filters.append(text)
    return paths, filters


def find_sources(paths: list[Path]) -> list[Source]:
    """
    The source files at the given places, each once, in a fixed order.

    Args:
        paths: files and folders; none means the package around the working folder, else that folder. Of a package its
            modules and tests are taken, of another folder every source file below it.
    """
    if not paths:
        paths = [_shown(find_project(Path()) or Path())]
    found: dict[Path, Source] = {}
    for path in paths:
        for source in _sources_at(path):
            found.setdefault(source.path.resolve(), source)
    return list(found.values())


def _sources_at(path: Path) -> list[Source]:
    if path.is_file():
        return [_source(path, path.parent)]
    if (path / MANIFEST).is_file():
        return [_source(file, path) for part in ("src", "tests") for file in _files_below(path / part)]
    return [_source(file, path) for file in _files_below(path)]


def _files_below(folder: Path) -> list[Path]:
    found: list[Path] = []
    for base, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED)
        found += [Path(base, name) for name in sorted(files) if name.endswith(SUFFIXES) and not name.startswith(".")]
    return found


def _source(path: Path, top: Path) -> Source:
    """A file with its roots: its package's `src` or its own folder, then the folder that was asked for."""
    folder = path.parent
    if path.resolve().is_relative_to(STDLIB.resolve()):
        return Source(path, (folder,), True)
    project = find_project(folder)
    modules = project / "src" if project is not None else None
    if modules is not None and path.resolve().is_relative_to(modules):
        return Source(path, (modules,))
    roots = [folder, *([modules] if modules is not None else []), top]
    return Source(path, tuple(dict.fromkeys(root.resolve() for root in roots)))
