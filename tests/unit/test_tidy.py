"""
House rules as tests: layers, docstrings, sizes, one lit test a pass, every error code explained.

`docs/ARCHITECTURE.md` names the invariants that these tests hold.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "luma_ir"
MODULES = sorted(PACKAGE.rglob("*.py"))
MAX_MODULE_LINES = 650
MAX_FUNCTION_LINES = 60

LONG_FUNCTIONS: set[str] = set()
"""Functions over the limit with a good reason, as `path:name`; this list may only shrink."""

ALLOWED_IMPORTS = {
    "ir": {"ir"},
    "dialects": {"ir", "dialects"},
    "frontend": {"ir", "dialects", "frontend"},
    "passes": {"ir", "dialects", "passes"},
    "backend": {"ir", "dialects", "backend"},
    "driver": {"ir", "dialects", "frontend", "passes", "backend", "driver"},
    "tools": {"ir", "driver", "tools"},
}
"""Folder -> the folders of the package that its modules may import."""
QUIET_LAYERS = ("ir", "dialects", "frontend", "passes")
"""Layers that touch neither files nor environment nor standard output."""


def relative(path: Path) -> str:
    """A path as it is shown."""
    return str(path.relative_to(ROOT))


def imported_modules(tree: ast.AST) -> set[str]:
    """The full names of all modules that a module imports, those inside functions included."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_layers(path: Path) -> None:
    """Each layer imports only what lies below it, and llvmlite appears only in the backend."""
    layer = path.relative_to(PACKAGE).parts[0]
    modules = imported_modules(ast.parse(path.read_text()))
    if layer in ALLOWED_IMPORTS:
        used = {name.split(".")[1] for name in modules if name.startswith("luma_ir.") and name.count(".") >= 1}
        folders = {name for name in used if (PACKAGE / name).is_dir()}
        assert folders <= ALLOWED_IMPORTS[layer], f"{relative(path)} imports {folders - ALLOWED_IMPORTS[layer]}"
    if layer != "backend":
        assert not any(name.split(".")[0] == "llvmlite" for name in modules), relative(path)


@pytest.mark.parametrize("path", [p for p in MODULES if p.relative_to(PACKAGE).parts[0] in QUIET_LAYERS], ids=relative)
def test_quiet_layers(path: Path) -> None:
    """Only driver, tools and backend touch files, environment and standard output."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("print", "open", "input"), f"{relative(path)}:{node.lineno}"
    assert not {"subprocess", "tempfile", "shutil"} & imported_modules(tree), relative(path)


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_docstrings_and_size(path: Path) -> None:
    """Modules, public classes and public functions have docstrings; modules and functions keep to their size."""
    text = path.read_text()
    tree = ast.parse(text)
    assert ast.get_docstring(tree), f"{relative(path)} has no docstring"
    assert text.count("\n") <= MAX_MODULE_LINES, f"{relative(path)} has {text.count(chr(10))} lines"
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{relative(path)}: `{node.name}` has no docstring"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            key = f"{relative(path)}:{node.name}"
            assert size <= MAX_FUNCTION_LINES or key in LONG_FUNCTIONS, f"{key} has {size} lines"


PRIVATE_FIELDS = re.compile(
    r"\b(?!self\b|cls\b)\w+\._(operands|operand_uses|type|name|(next|prev)_(op|block|use)|(first|last)_(op|block)|"
    r"successors|successor_uses)\b"
)


def test_facade_over_private_fields() -> None:
    """Only `ir/fast.py`, with `making`, touches private fields of xDSL's IR classes."""
    for path in MODULES:
        if relative(path) not in ("luma_ir/ir/fast.py", "luma_ir/ir/making.py"):
            found = PRIVATE_FIELDS.search(path.read_text())
            assert found is None, f"{relative(path)} uses `{found.group()}`"


def test_values_have_no_effects() -> None:
    """At the `luma` level only the ops of unsafe code touch memory; all other ops on values are free of effects."""
    from xdsl.traits import NoMemoryEffect

    from luma_ir.dialects.luma import arrays

    effects = {"luma.ptr.load", "luma.ptr.store", "luma.array.ptr", "luma.slot"}
    ops = [value for name, value in vars(arrays).items() if name.endswith("Op") and value.name.startswith("luma.")]
    assert len(ops) > 15
    pure = {op.name for op in ops if hasattr(op, "traits") and any(isinstance(t, NoMemoryEffect) for t in op.traits)}
    found = {op.name for op in ops} - pure
    assert found <= effects, found - effects


def test_operating_system_through_one_module() -> None:
    """Only `std.sys` (and `std.libm`, for mathematics) declares foreign functions."""
    declaring = {path.name for path in (PACKAGE / "stdlib").glob("*.luma") if 'extern "C"' in path.read_text()}
    assert declaring == {"sys.luma", "sys_files.luma", "libm.luma"}


def test_run_time_system_is_written_in_luma() -> None:
    """What lowered code calls at run time is defined in the library, not made by Python."""
    from luma_ir.passes.analysis.callgraph import RUNTIME_ENTRY_POINTS

    source = (PACKAGE / "stdlib" / "rt.luma").read_text()
    assert RUNTIME_ENTRY_POINTS
    for symbol in RUNTIME_ENTRY_POINTS:
        assert f"func {symbol.removeprefix('std.rt.')}(" in source, symbol


def pass_files() -> list[Path]:
    """The files that hold one pass each."""
    return [
        path
        for path in sorted((PACKAGE / "passes").glob("*/*.py"))
        if not path.name.startswith("_") and re.search(r"^    name(: [^=]+)? = \"", path.read_text(), re.M)
    ]


@pytest.mark.parametrize("path", pass_files(), ids=relative)
def test_pass_has_lit_test_and_example(path: Path) -> None:
    """Each pass has a lit test of its own name, and its module shows the IR before and after."""
    lit = ROOT / "tests" / "lit" / path.parent.name / f"{path.stem}.mlir"
    assert lit.exists(), f"{relative(path)} has no {relative(lit)}"
    docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
    assert "Before" in docstring and "After" in docstring, f"{relative(path)} shows no before and after"


def test_lit_tests_check_something() -> None:
    """Every lit test has a RUN line, and checks output, expects diagnostics, or expects failure."""
    for path in sorted((ROOT / "tests" / "lit").rglob("*")):
        if path.suffix in (".mlir", ".luma") and "Inputs" not in path.parts and "Output" not in path.parts:
            text = path.read_text()
            assert "RUN:" in text, relative(path)
            assert re.search(r"check|verify-diagnostics|expected-|diff |cmp ", text, re.IGNORECASE), relative(path)


def test_nothing_local_is_named() -> None:
    """No committed file names a machine's absolute path or a package index's host."""
    # The pattern is put together so that this file does not match itself.
    forbidden = re.compile("/" + "work/|/root" + "/|pypi" + r"\.org|files\.python" + "hosted")
    for folder in ("luma_ir", "tests", "bench", "docs", "examples"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".md", ".luma", ".mlir", ".toml", ".sh", ".c"):
                assert not forbidden.search(path.read_text(errors="replace")), relative(path)
