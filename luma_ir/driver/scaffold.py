"""What `luma new` and `luma init` write: a package that runs and tests from the start."""

from __future__ import annotations

import re
from pathlib import Path

from luma_ir.driver.build import write_output
from luma_ir.ir.diagnostics import LumaError

_MANIFEST = """[package]
name = "{name}"
version = "0.1.0"
edition = "2026"

[dependencies]
"""

_MAIN = """func main() {
    print(greeting("world"));
}

/// What is said to somebody.
func greeting(name: string) -> string { f"Hello, {name}!" }

#[test]
func greets() { assert_eq(greeting("Luma"), "Hello, Luma!"); }
"""

_TEST = """#[test]
func sorts() {
    let numbers = [3, 1, 2];
    numbers.sort();
    assert_eq(numbers, [1, 2, 3]);
}
"""

_FILES = {"luma.toml": _MANIFEST, "src/main.luma": _MAIN, "tests/basics.luma": _TEST, ".gitignore": "/build/\n"}


def package_name(text: str) -> str:
    """
    The name of a package in a folder of this name: letters, digits and `_`, as `import` can name it.

    Raises:
        LumaError: no name can be made of it.
    """
    name = re.sub(r"[-. ]", "_", text)
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) or name == "std":
        raise LumaError(
            f"`{text}` cannot name a package", helps=["a name begins with a letter and has letters, digits and `_`"]
        )
    return name


def make_package(folder: Path, *, into_existing: bool) -> list[Path]:
    """
    Write a new package; the files written. What is there already is never changed.

    Args:
        into_existing: the folder may exist (`luma init`); files that it has are kept.
    Raises:
        LumaError: a bad name, a folder that is there already or is a package already, no right to write.
    """
    name = package_name(folder.resolve().name)
    if folder.exists() and not into_existing:
        raise LumaError(f"`{folder}` exists already", helps=["`luma init` makes a package in a folder that exists"])
    if (folder / "luma.toml").exists():
        raise LumaError(f"`{folder}` is a package already: it has a `luma.toml`")
    written: list[Path] = []
    for place, text in _FILES.items():
        path = folder / place
        if path.exists():
            continue
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LumaError(f"cannot write `{path.parent}`: {error.strerror}") from None
        # Braces are doubled nowhere but in f-strings, so the name is put in by hand.
        write_output(path, text.replace("{name}", name) if place == "luma.toml" else text)
        written.append(path)
    return written
