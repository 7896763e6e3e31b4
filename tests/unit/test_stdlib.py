"""The library's sources: the widths of a type agree, everything public is documented, hello loads little."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from luma_ir.driver.loader import FileLoader
from luma_ir.frontend.check import check_program
from luma_ir.frontend.check.core import CheckOptions
from luma_ir.ir.diagnostics import DiagnosticEngine, SourceFile

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "luma_ir" / "stdlib"


def neutral(name: str) -> str:
    """The text of a number's module with what must differ by width taken out."""
    text = (LIBRARY / f"{name}.luma").read_text()
    bits = name[1:]
    text = re.sub(rf"\b([iuf]){bits}\b", r"\1N", text.replace(f"_{name}", "_N"))
    text = re.sub(rf"\b{bits}\b", "BITS", text)
    return re.sub(r"-?\b\d{3,}\b", "LIMIT", text)


@pytest.mark.parametrize("names", ["i8 i16 i32", "u8 u16 u32"])
def test_the_widths_of_a_type_have_the_same_text(names: str) -> None:
    assert len({neutral(name) for name in names.split()}) == 1


def test_the_floats_have_the_same_functions() -> None:
    texts = [
        re.findall(
            r"^ *(?:#\[.*|pub func.*|impl.*)", neutral(name).replace("i64", "iN").replace(">> 31", ">> 63"), re.M
        )
        for name in ("f32", "f64")
    ]
    assert texts[0] == texts[1] != []


@pytest.mark.parametrize("name", ["i64", "u64"])
def test_the_widest_integers_have_the_methods_of_the_others(name: str) -> None:
    def methods(module: str) -> list[str]:
        return re.findall(r"    pub (?:func|const) (\w+)", (LIBRARY / f"{module}.luma").read_text())

    assert methods(name) == methods(f"{name[0]}32") != []


def public_items(name: str) -> list[tuple[str, bool]]:
    """The public functions and constants of a module with whether they have a `///` line."""
    found: list[tuple[str, bool]] = []
    documented = False
    for line in (LIBRARY / f"{name}.luma").read_text().splitlines():
        text = line.strip()
        if text.startswith("///"):
            documented = True
            continue
        item = re.search(r"^(?:#\[[^\]]*\] *)*pub (?:unsafe )?(?:func|const|struct|enum|trait) (\w+)", text)
        if item:
            found.append((item.group(1), documented))
        if item or not text.startswith("#["):
            documented = False
    return found


@pytest.mark.parametrize("path", sorted(LIBRARY.glob("*.luma")), ids=lambda path: path.stem)
def test_everything_public_is_documented(path: Path) -> None:
    if path.stem in ("sys", "sys_files", "libm"):
        return  # mostly declarations of libc
    assert [name for name, documented in public_items(path.stem) if not documented] == []
    assert path.read_text().startswith("//! ")


def test_hello_loads_only_what_it_needs() -> None:
    loader = FileLoader(Path("/nowhere"))
    program = check_program(
        SourceFile("hello.luma", 'func main() { print("hello"); }'),
        loader,
        DiagnosticEngine(),
        CheckOptions(cfg={"os": "linux"}),
    )
    assert program is not None
    loaded = {path.stem for path in loader.read_files}
    assert loaded.isdisjoint({"f64", "f32", "float_text", "float_powers", "read_float", "fs", "math", "i8", "u16"})
    # The tables of Unicode are loaded by the bodies that name them.
    assert loaded.isdisjoint({"unicode", "unicode_tables", "json", "time", "path", "sys_files"})
    assert {"string", "text"} <= loaded


def test_tables_are_loaded_where_they_are_reached() -> None:
    loader = FileLoader(Path("/nowhere"))
    source = SourceFile("upper.luma", 'func main() { print("hello".to_upper()); }')
    assert check_program(source, loader, DiagnosticEngine(), CheckOptions(cfg={"os": "linux"})) is not None
    assert {"unicode", "unicode_tables"} <= {path.stem for path in loader.read_files}
