"""
`luma.toml`: what a package is called and which packages it depends on.

    [package]
    name = "geometry"
    version = "0.1.0"
    edition = "2026"
    description = "Shapes in the plane."

    [dependencies]
    vectors = { path = "../vectors" }

Mistakes in it are diagnostics with a place in the file, as those in sources are.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from attrs import define, field, frozen

from luma_ir.driver.loader import display_path
from luma_ir.driver.project import MANIFEST
from luma_ir.ir.diagnostics import DiagnosticEngine, Edit, Help, SourceFile, Span

EDITIONS = ("2026",)
"""The editions of the language that there are."""

_KEYS: dict[str, tuple[str, ...]] = {
    "": ("package", "dependencies"),
    "package": ("name", "version", "edition", "description"),
}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_VERSION = re.compile(r"\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?")


@frozen
class Manifest:
    """The contents of a `luma.toml`."""

    folder: Path
    source: SourceFile
    name: str
    version: str
    edition: str
    description: str
    dependencies: dict[str, Path]
    """The folders of the packages that it depends on, by the names that `import` knows them under."""


@define(eq=False)
class Package:
    """A package and those it depends on."""

    manifest: Manifest
    prefix: tuple[str, ...]
    """What the paths of its modules begin with in a program; nothing for the program's own package."""
    dependencies: dict[str, Package] = field(factory=dict)

    @property
    def modules(self) -> Path:
        """The folder of its modules."""
        return self.manifest.folder / "src"


def open_package(folder: Path, engine: DiagnosticEngine, read_files: dict[Path, str]) -> Package | None:
    """
    A package with all those it depends on; None after errors.

    Args:
        read_files: gets every `luma.toml` that was read, with its text.
    """
    opener = _Opener(engine, read_files)
    folder = folder.resolve()
    manifest = opener.read(folder, is_own=True)
    if manifest is None:
        return None
    return opener.open(manifest, (), [])


def name_of(project: Path) -> str:
    """The name of a package, or `program` where its `luma.toml` has none; `open_package` says what is wrong there."""
    try:
        name = tomllib.loads((project / MANIFEST).read_text(encoding="utf-8-sig"))["package"]["name"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        name = None
    # A name that is none is reported when the package is opened.
    return name if isinstance(name, str) and _NAME.fullmatch(name) else "program"


class _Opener:
    """Reads packages, each once."""

    def __init__(self, engine: DiagnosticEngine, read_files: dict[Path, str]) -> None:
        self.engine = engine
        self.read_files = read_files
        self.packages: dict[Path, Package] = {}
        self.prefixes: set[str] = set()

    def read(self, folder: Path, *, is_own: bool) -> Manifest | None:
        path = folder / MANIFEST
        try:
            text = path.read_bytes().decode()
        except UnicodeDecodeError:
            self.engine.error(None, f"`{display_path(path)}` is not UTF-8 text")
            return None
        except OSError as error:
            self.engine.error(None, f"cannot read `{display_path(path)}`: {error.strerror}")
            return None
        self.read_files[path] = text
        source = SourceFile(display_path(path), text.removeprefix("\ufeff"))
        found = read_manifest(source, folder, self.engine, warns=is_own)
        if found is not None and is_own:
            self._reserve_own_names(found)
        return found

    def _reserve_own_names(self, manifest: Manifest) -> None:
        """Modules of the program's own package have no prefix, so no other package's may be the name of one."""
        modules = manifest.folder / "src"
        direct = set(manifest.dependencies)
        if modules.is_dir():
            self.prefixes = {path.stem for path in modules.iterdir()} - direct

    def open(self, manifest: Manifest, prefix: tuple[str, ...], around: list[Manifest]) -> Package | None:
        package = Package(manifest, prefix)
        self.packages[manifest.folder] = package
        is_right = True
        for name, folder in manifest.dependencies.items():
            chain = [*around, manifest]
            place = _locate(manifest.source, "dependencies", name)
            if any(each.folder == folder for each in chain):
                names = [each.name for each in chain]
                first = next(number for number, each in enumerate(chain) if each.folder == folder)
                circle = " → ".join(f"`{each}`" for each in [*names[first:], names[first]])
                self.engine.error(None, "packages depend on each other in a circle", place, notes=[circle])
                is_right = False
                continue
            known = self.packages.get(folder)
            if known is None:
                if not (folder / MANIFEST).is_file():
                    what = f"`{display_path(folder)}` has no `{MANIFEST}`"
                    if not folder.is_dir():
                        what = f"there is no folder `{display_path(folder)}`"
                    self.engine.error(
                        None,
                        f"the dependency `{name}` is not found: {what}",
                        place,
                        helps=[f"the path is relative to the folder of this `{MANIFEST}`"],
                    )
                    is_right = False
                    continue
                inner = self.read(folder, is_own=False)
                known = self.open(inner, (self._prefix(name),), chain) if inner is not None else None
            if known is None:
                is_right = False
            else:
                package.dependencies[name] = known
        return package if is_right else None

    def _prefix(self, name: str) -> str:
        prefix, number = name, 2
        while prefix in self.prefixes:
            prefix = f"{name}_{number}"
            number += 1
        self.prefixes.add(prefix)
        return prefix


def read_manifest(source: SourceFile, folder: Path, engine: DiagnosticEngine, *, warns: bool = True) -> Manifest | None:
    """
    The contents of a `luma.toml`; None after errors.

    Args:
        folder: where it lies; paths in it are relative to that.
        warns: whether entries that mean nothing are told.
    """
    try:
        table = tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        _report_syntax(source, str(error), engine)
        return None
    except RecursionError:
        engine.error(None, f"`{source.name}` is nested too deeply", Span(source, 0, 0))
        return None
    return _Reader(source, folder, engine, warns).read(table)


class _Reader:
    """Checks the entries of one file."""

    def __init__(self, source: SourceFile, folder: Path, engine: DiagnosticEngine, warns: bool) -> None:
        self.source = source
        self.folder = folder
        self.engine = engine
        self.warns = warns
        self.is_right = True

    def error(self, message: str, table: str, key: str | None, *helps: str | Help) -> None:
        self.engine.error(None, message, _locate(self.source, table, key), helps=helps)
        self.is_right = False

    def read(self, contents: dict[str, object]) -> Manifest | None:
        self.unknown("", contents, _KEYS[""])
        package = contents.get("package")
        if not isinstance(package, dict):
            if package is None:
                self.error("there is no `[package]` in it", "", None, 'it begins with `[package]` and `name = "…"`')
            else:
                self.error("`package` is a table: `[package]`", "", "package")
            return None
        self.unknown("package", package, _KEYS["package"])
        name = self.text(package, "name", required=True)
        if name and (not _NAME.fullmatch(name) or name == "std"):
            self.error(
                f"`{name}` cannot name a package",
                "package",
                "name",
                "a name has letters, digits and `_`, and is not `std`",
            )
        version = self.text(package, "version", required=True)
        if version and not _VERSION.fullmatch(version):
            self.error(f"`{version}` is no version", "package", "version", "a version has three numbers: `0.1.0`")
        edition = self.text(package, "edition") or EDITIONS[-1]
        if edition not in EDITIONS:
            known = ", ".join(f"`{each}`" for each in EDITIONS)
            self.error(f"there is no edition `{edition}`", "package", "edition", f"editions are {known}")
        description = self.text(package, "description")
        dependencies = self.dependencies(contents.get("dependencies", {}))
        if not self.is_right:
            return None
        return Manifest(self.folder, self.source, name, version, edition, description, dependencies)

    def text(self, table: dict[str, object], key: str, *, required: bool = False) -> str:
        value = table.get(key)
        if value is None:
            if required:
                example = "0.1.0" if key == "version" else "…"
                self.error(f"the package has no `{key}`", "package", None, f'add `{key} = "{example}"`')
            return ""
        if not isinstance(value, str):
            self.error(f"`{key}` is a text", "package", key, f'write `{key} = "…"`')
            return ""
        if not value and required:
            self.error(f"the `{key}` of the package is empty", "package", key)
        return value

    def dependencies(self, table: object) -> dict[str, Path]:
        if not isinstance(table, dict):
            self.error("`dependencies` is a table: `[dependencies]`", "", "dependencies")
            return {}
        found: dict[str, Path] = {}
        for name, value in table.items():
            example = f'it is written `{name} = {{ path = "../{name}" }}`'
            if not _NAME.fullmatch(name) or name == "std":
                self.error(f"`import` cannot name `{name}`", "dependencies", name, "a name has letters, digits and `_`")
            elif isinstance(value, str):
                self.error(f"the dependency `{name}` has no path", "dependencies", name, example)
            elif not isinstance(value, dict):
                self.error(f"the dependency `{name}` is not a table", "dependencies", name, example)
            elif not isinstance(value.get("path"), str):
                self.error(f"the dependency `{name}` has no path", "dependencies", name, example)
            elif "\0" in value["path"]:
                self.error(f"the path of the dependency `{name}` has a zero in it", "dependencies", name)
            else:
                self.unknown("dependencies", value, ("path",), name)
                found[name] = (self.folder / value["path"]).resolve()
        return found

    def unknown(self, table: str, contents: dict[str, object], known: tuple[str, ...], within: str = "") -> None:
        if not self.warns:
            return
        from luma_ir.frontend.check.core import closest

        for key in contents:
            if key in known:
                continue
            place = _locate(self.source, table, within or key)
            if within and place is not None:
                at = self.source.text.find(key, place.end)
                place = Span(self.source, at, at + len(key)) if at >= 0 else place
            helps: list[Help] = []
            other = closest(key, known)
            if other is not None and place is not None:
                helps.append(Help(f"did you mean `{other}`?", Edit(place, other)))
            where = f"the dependency `{within}`" if within else f"`[{table}]`" if table else f"a `{MANIFEST}`"
            self.engine.warning(None, f"`{key}` means nothing in {where}", place, helps=helps)


def _report_syntax(source: SourceFile, message: str, engine: DiagnosticEngine) -> None:
    """An error of the TOML reader, whose place is at the end of its message."""
    found = re.fullmatch(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", message, re.DOTALL)
    what = message
    place = len(source.text.rstrip())
    if found is not None:
        what = found[1]
        if found[2] is not None:
            place = source.offset_of(int(found[2]), int(found[3]))
    what = what[:1].lower() + what[1:]
    engine.error(None, f"this is no TOML: {what}", Span(source, place, min(place + 1, len(source.text))))


def _locate(source: SourceFile, table: str, key: str | None) -> Span | None:
    """
    Where a key of a table stands, or the table's head without one. `tomllib` keeps no places, so lines are looked at;
    what is written in an unusual form is found as its table, or as the beginning of the file.
    """
    head = re.search(rf"(?m)^\s*(\[\s*{re.escape(table)}\s*\])", source.text) if table else None
    if key is not None:
        quoted = rf"(?:\"{re.escape(key)}\"|'{re.escape(key)}'|{re.escape(key)})"
        if not table:
            found = re.search(rf"(?m)^\s*\[+\s*({quoted})\s*[\].]", source.text)
            found = found or re.search(rf"(?m)^\s*({quoted})\s*[.=]", source.text)
        else:
            found = re.search(rf"(?m)^\s*\[\s*{re.escape(table)}\s*\.\s*({quoted})", source.text)
            if found is None and head is not None:
                end = re.compile(r"(?m)^\s*\[").search(source.text, head.end())
                found = re.compile(rf"(?m)^\s*({quoted})\s*[.=]").search(
                    source.text, head.end(), end.start() if end else len(source.text)
                )
            found = found or re.search(rf"(?m)\b{re.escape(table)}\s*\.\s*({quoted})", source.text)
        if found is not None:
            return Span(source, *found.span(1))
    if head is not None:
        return Span(source, *head.span(1))
    return Span(source, 0, 0)
