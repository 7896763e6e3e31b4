"""
Packages as folders: where the one around a file is, and which programs it has.

This module imports nothing heavy: `luma run` asks it before it looks into the cache.
"""

from __future__ import annotations

from pathlib import Path

from luma_ir.ir.diagnostics import LumaError

MANIFEST = "luma.toml"
"""The file that makes a folder a package: its modules are below `src`, its tests below `tests`."""
SUFFIXES = (".luma", ".ls")
"""Endings of source files."""


def find_project(folder: Path) -> Path | None:
    """The nearest folder, this one or one around it, that is a package."""
    folder = folder.resolve()
    for each in (folder, *folder.parents):
        if (each / MANIFEST).is_file():
            return each
    return None


def source_file(stem: Path) -> Path | None:
    """The source file with a path but for its ending; None when there is none."""
    for suffix in SUFFIXES:
        path = stem.parent / (stem.name + suffix)
        if path.is_file():
            return path
    return None


def shown(path: Path) -> Path:
    """A path relative to the working folder when below it."""
    try:
        return path.resolve().relative_to(Path.cwd())
    except ValueError:
        return path


def programs_of(project: Path) -> dict[str, Path]:
    """The programs of a package by name: `src/main.luma` under the empty name, and each file of `src/bin`."""
    found: dict[str, Path] = {}
    main = source_file(project / "src" / "main")
    if main is not None:
        found[""] = shown(main)
    folder = project / "src" / "bin"
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            if path.suffix in SUFFIXES and not path.name.startswith(".") and path.is_file():
                found.setdefault(path.stem, shown(path))
    return found


def project_at(path: Path) -> Path:
    """
    The package that a command line names by a folder, or the one around the working folder.

    Raises:
        LumaError: there is none.
    """
    if path == Path():
        project = find_project(path)
        if project is None:
            raise LumaError(
                "there is no package here: no `luma.toml` in this folder or one around it",
                helps=["name a source file, or make a package with `luma init`"],
            )
        return project
    if not (path / MANIFEST).is_file():
        raise LumaError(f"`{path}` is a folder without a `luma.toml`", helps=["name a source file in it, or a package"])
    return path.resolve()


def program_of(project: Path, name: str | None) -> Path:
    """
    The file of a program of a package.

    Args:
        name: of a file in `src/bin`; None is `src/main.luma`, or the only one of `src/bin`.
    Raises:
        LumaError: there is no such program, or several and none is named.
    """
    programs = programs_of(project)
    others = [each for each in programs if each]
    listed = ", ".join(f"`{each}`" for each in others)
    if name is not None:
        if name in programs:
            return programs[name]
        raise LumaError(
            f"the package has no program `{name}`",
            helps=[f"its programs in `src/bin` are {listed}" if others else f"it would be `src/bin/{name}.luma`"],
        )
    if "" in programs:
        return programs[""]
    if len(others) == 1:
        return programs[others[0]]
    if others:
        raise LumaError("the package has several programs", helps=[f"name one with `--bin`: {listed}"])
    raise LumaError(
        f"the package in `{shown(project)}` has no program",
        helps=["a program is `src/main.luma` with `func main() { … }`, or a file in `src/bin`"],
    )


def roots_of(project: Path) -> list[Path]:
    """The files that the modules of a package hang on: its library and its programs."""
    library = source_file(project / "src" / "lib")
    return [*([shown(library)] if library is not None else []), *programs_of(project).values()]
