"""
Loading plug-ins that the command line names (`--load-plugin`).

A plug-in is named by a Python file (with dictionaries called `DIALECTS`, `PASSES`, `PIPELINES` and `EXTENSIONS`, or an
object `PLUGIN`), by the folder of a Python project (whose `pyproject.toml` lists entry points), or by the name of an
installed entry point.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

from luma_ir.ir.diagnostics import LumaError
from luma_ir.ir.registry import ENTRY_POINT_GROUPS, REGISTRY, load_object

if TYPE_CHECKING:
    from collections.abc import Sequence

_TABLES = ("dialects", "passes", "pipelines", "extensions")


def load_plugins(names: Sequence[str]) -> None:
    """
    Load plug-ins into the registry that the tools use.

    Raises:
        LumaError: one cannot be found or loaded; the error of the plug-in is the cause.
    """
    for name in names:
        try:
            found = _find(name)
            if not found:
                raise LumaError("no such file, project folder or installed plug-in")
            for entry, plugin in found.items():
                REGISTRY.add_plugin(plugin, entry)
        except LumaError as error:
            notes = list(error.to_diagnostic().notes)
            raise LumaError(f"cannot load plug-in `{name}`: {error}", notes=notes) from error
        except Exception as error:  # A plug-in may fail in any way.
            reason = " ".join(str(error).split())
            raise LumaError(f"cannot load plug-in `{name}`: {type(error).__name__}: {reason}") from error


def _find(name: str) -> dict[str, object]:
    """The plug-in objects that a name stands for, each by its own name; none when there is no such thing."""
    path = Path(name)
    if path.is_dir():
        return _from_project(path)
    if path.is_file():
        return {path.stem: _from_file(path)}
    if path.suffix == ".py" or len(path.parts) != 1:
        raise LumaError("no such file")
    from importlib.metadata import entry_points

    found = [entry for group in ENTRY_POINT_GROUPS for entry in entry_points(group=group, name=name)]
    return {entry.name: entry.load() for entry in found[:1]}


def _from_file(path: Path) -> object:
    from runpy import run_path

    found = run_path(str(path))
    return found.get("PLUGIN") or SimpleNamespace(**{key: found.get(key.upper(), {}) for key in _TABLES})


def _from_project(folder: Path) -> dict[str, object]:
    """What the entry points in a `pyproject.toml` name, imported from the project's folder (or its `src`)."""
    import tomllib

    project = folder / "pyproject.toml"
    if not project.is_file():
        raise LumaError("the folder has no `pyproject.toml`")
    groups = tomllib.loads(project.read_text(encoding="utf-8")).get("project", {}).get("entry-points", {})
    entries = {key: value for group in ENTRY_POINT_GROUPS for key, value in groups.get(group, {}).items()}
    if not entries:
        raise LumaError(f"its `pyproject.toml` has no entry point in the group `{ENTRY_POINT_GROUPS[0]}`")
    source = folder / "src"
    sys.path.insert(0, str(source if source.is_dir() else folder))
    return {key: load_object(value) for key, value in entries.items()}
