"""Packages: `luma.toml`, where modules are found, and what the tools make of a package."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from luma_ir.driver.package import open_package, read_manifest
from luma_ir.driver.program_loader import loader_for
from luma_ir.driver.session import Options, Session
from luma_ir.ir.diagnostics import DiagnosticEngine, SourceFile

MANIFEST = '[package]\nname = "{name}"\nversion = "0.1.0"\n'


def package(folder: Path, files: dict[str, str], *dependencies: str) -> Path:
    """Write a package, named as its folder, that depends on folders beside it."""
    lines = "".join(f'{name} = {{ path = "../{name}" }}\n' for name in dependencies)
    write(folder, {"luma.toml": MANIFEST.replace("{name}", folder.name) + f"[dependencies]\n{lines}", **files})
    return folder


def write(folder: Path, files: dict[str, str]) -> None:
    """Write files below a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def checked(path: Path, *, deny_warnings: bool = False) -> list[str]:
    """What is said about a program, without places."""
    session = Session(Options(deny_warnings=deny_warnings))
    session.check(path)
    return [f"{each.severity.label}: {each.message}" for each in session.engine.diagnostics]


def luma(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the tool in a folder."""
    command = [sys.executable, "-m", "luma_ir.tools.luma", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)


def manifest_problems(text: str) -> list[str]:
    """What is said about a `luma.toml`, each with its line and column."""
    engine = DiagnosticEngine()
    read_manifest(SourceFile("luma.toml", text), Path("/nowhere"), engine)
    return [str(each).removeprefix("luma.toml:") for each in engine.diagnostics]


# ---- luma.toml


def test_a_manifest_is_read() -> None:
    engine = DiagnosticEngine()
    text = '[package]\nname = "app"\nversion = "1.2.3"\ndescription = "x"\n[dependencies]\na = { path = "../a" }\n'
    found = read_manifest(SourceFile("luma.toml", text), Path("/p/app"), engine)
    assert engine.diagnostics == []
    assert found is not None
    assert (found.name, found.version, found.description) == ("app", "1.2.3", "x")
    assert found.dependencies == {"a": Path("/p/a")}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "1:1: error: there is no `[package]` in it"),
        ("[package]\nname = 3\nversion = '1.0.0'", "2:1: error: `name` is a text"),
        ("[package]\nversion = '1.0.0'", "1:1: error: the package has no `name`"),
        ("[package]\nname = 'a-b'\nversion = '1.0.0'", "2:1: error: `a-b` cannot name a package"),
        ("[package]\nname = 'std'\nversion = '1.0.0'", "2:1: error: `std` cannot name a package"),
        ("[package]\nname = 'a'\nversion = 'one'", "3:1: error: `one` is no version"),
        ("[package]\nname = 'a'\nversion = '1.0.0'\nedition = '1999'", "4:1: error: there is no edition `1999`"),
        (
            "[package]\nname = 'a'\nversion = '1.0.0'\nauthor = 'me'",
            "4:1: warning: `author` means nothing in `[package]`",
        ),
        ("[package]\nname = 'a'\nversion = '1.0.0'\n[tools]\n", "4:2: warning: `tools` means nothing in a `luma.toml`"),
        (
            "[package]\nname = 'a'\nversion = '1.0.0'\n[dependencies]\nb = '1.0'",
            "5:1: error: the dependency `b` has no path",
        ),
        (
            "[package]\nname = 'a'\nversion = '1.0.0'\n[dependencies]\nb = { path = 'b', git = 'c' }",
            "5:19: warning: `git` means nothing in the dependency `b`",
        ),
    ],
)
def test_mistakes_in_a_manifest_have_a_place(text: str, message: str) -> None:
    assert manifest_problems(text) == [message]


def test_broken_toml_has_a_place() -> None:
    (message,) = manifest_problems('[package]\nname = "a\nversion = "1.0.0"\n')
    assert message.startswith("2:")
    assert "this is no TOML" in message


@pytest.mark.parametrize(
    "text", ["[", "a", "= 3", "[package", '"', "x = [" * 2000, "[[package]]\n", "\x00", "package = 1"]
)
def test_any_text_is_reported_and_nothing_else(text: str) -> None:
    assert manifest_problems(text)


def test_dependencies_that_are_missing_or_circular(tmp_path: Path) -> None:
    a = package(tmp_path / "a", {}, "b", "lost")
    package(tmp_path / "b", {}, "a")
    engine = DiagnosticEngine()
    assert open_package(a, engine, {}) is None
    messages = [each.message for each in engine.diagnostics]
    assert messages[0] == "packages depend on each other in a circle"
    assert messages[1].startswith("the dependency `lost` is not found: there is no folder ")
    assert list(engine.diagnostics[0].notes) == ["`a` → `b` → `a`"]


# ---- where modules are


SHAPES = {
    "src/main.luma": "import geometry;\nimport geometry.shapes;\n"
    "func main() { print(shapes.area(2.0), geometry.NAME, geometry.shapes.Square { side: 1.0 }.side); }\n"
    "pub func unit() -> f64 { 1.0 }\n",
    "src/geometry.luma": 'pub import geometry.shapes;\npub const NAME = "geo";\n',
    "src/geometry/shapes.luma": "import main;\nimport geometry;\npub struct Square { pub side: f64 }\n"
    "pub func area(side: f64) -> f64 { side * side * main.unit() }\n"
    "pub func sum(s: geometry.shapes.Square) -> f64 { s.side }\n",
}


def test_nested_modules_and_circles(tmp_path: Path) -> None:
    app = package(tmp_path / "app", SHAPES)
    assert checked(app / "src/main.luma") == []


def test_a_nested_module_as_the_root_is_loaded_once(tmp_path: Path) -> None:
    app = package(tmp_path / "app", SHAPES)
    path = app / "src/geometry/shapes.luma"
    assert checked(path) == []
    loader = loader_for(path, DiagnosticEngine())
    assert loader is not None
    assert loader.root_path == ("geometry", "shapes")
    assert loader.resolve(("main",), ("geometry", "shapes")) == [("geometry", "shapes")]


def test_modules_of_dependencies(tmp_path: Path) -> None:
    package(tmp_path / "deep", {"src/lib.luma": "pub const DEPTH = 3;", "src/util.luma": "pub const A = 1;"})
    package(
        tmp_path / "vec",
        {
            "src/lib.luma": "import util;\nimport deep;\npub import ops;\n"
            "pub func two() -> i64 { util.A + deep.DEPTH }",
            "src/ops.luma": "import vec;\nimport deep.util as other;\npub func four() -> i64 { vec.two() + other.A }",
            "src/util.luma": "pub const A = 1;\nfunc spare() { let x = 1; }",
        },
        "deep",
    )
    main = "import vec;\nimport vec.ops;\nimport util;\n"
    main += "func main() { print(vec.two(), ops.four(), vec.ops.four(), util.MINE); }"
    app = package(tmp_path / "app", {"src/main.luma": main, "src/util.luma": "pub const MINE = 0;"}, "vec")
    assert checked(app / "src/main.luma") == []
    # What a dependency depends on is not the program's to import.
    write(app, {"src/main.luma": "import deep;\nfunc main() { print(deep.DEPTH); }"})
    assert checked(app / "src/main.luma") == ["error: there is no module `deep`"]


def test_deprecated_types_and_constants(tmp_path: Path) -> None:
    module = '#[deprecated("a")] pub struct S { pub x: i64 }\n#[deprecated("b")] pub const N = 1;\n'
    module += "pub func f(s: S) -> S { s }\n"
    main = "import old.{S, N, f};\nfunc main() { let s: S = f(S { x: N }); print(s.x); }"
    write(tmp_path, {"old.luma": module, "one.luma": main})
    found = checked(tmp_path / "one.luma")
    assert sorted(found) == [
        "warning: `N` is deprecated: b",
        "warning: `S` is deprecated: a",
        "warning: `S` is deprecated: a",
    ]


def test_a_module_and_a_dependency_of_one_name(tmp_path: Path) -> None:
    package(tmp_path / "vec", {"src/lib.luma": "pub const A = 1;"})
    files = {"src/main.luma": "import vec;\nfunc main() { print(vec.A); }", "src/vec.luma": "pub const A = 1;"}
    app = package(tmp_path / "app", files, "vec")
    assert checked(app / "src/main.luma") == ["error: `vec` may mean two modules"]


def test_tests_see_their_own_folder_and_the_package(tmp_path: Path) -> None:
    files = {
        "src/lib.luma": "pub const A = 1;",
        "src/inner.luma": "pub const B = 2;",
        "tests/helper.luma": "pub const C = 3;",
        "tests/all.luma": "import app;\nimport app.inner;\nimport helper;\n"
        "#[test] func adds() { assert_eq(app.A + inner.B, helper.C); }",
    }
    app = package(tmp_path / "app", files)
    assert checked(app / "tests/all.luma") == []


def test_suggestions_for_modules(tmp_path: Path) -> None:
    app = package(tmp_path / "app", {**SHAPES, "src/main.luma": "import shapes;\nimport geometri;\nfunc main() {}"})
    session = Session()
    session.check(app / "src/main.luma")
    helps = [each.helps[0].text for each in session.engine.diagnostics if each.code == "E0102"]
    assert helps == ["did you mean `geometry.shapes`?", "did you mean `geometry`?"]


def test_a_file_outside_of_a_package_imports_beside_it(tmp_path: Path) -> None:
    write(tmp_path, {"one.luma": "import two;\nfunc main() { print(two.A); }", "two.luma": "pub const A = 1;"})
    assert checked(tmp_path / "one.luma") == []


# ---- the tools


def test_tools_in_a_package(tmp_path: Path) -> None:
    files = {**SHAPES, "src/bin/tool.luma": "import geometry;\nfunc main() { print(geometry.NAME); }"}
    app = package(tmp_path / "app", files)
    ran = luma(app / "src/geometry", "run")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "4.0 geo 1.0\n", "")
    assert luma(app, "run", "--bin", "tool").stdout == "geo\n"
    # A change of a module, of a dependency or of `luma.toml` is noticed.
    write(app, {"src/geometry.luma": 'pub import geometry.shapes;\npub const NAME = "new";\n'})
    assert luma(app, "run", ".").stdout == "4.0 new 1.0\n"
    write(app, {"luma.toml": "[package]\n"})
    broken = luma(app, "run")
    assert broken.returncode == 1
    assert "the package has no `name`" in broken.stderr
    assert "Traceback" not in broken.stderr


def test_mistakes_on_the_command_line(tmp_path: Path) -> None:
    for command in (["run"], ["build"], ["check"]):
        found = luma(tmp_path, *command)
        assert found.returncode == 1
        assert "there is no package here" in found.stderr
    app = package(tmp_path / "app", {})
    assert "has no program" in luma(app, "run").stderr
    assert "no program `x`" in luma(app, "run", "--bin", "x").stderr
    assert "neither a program nor a library" in luma(app, "check").stderr


def test_a_cached_program_notices_new_files(tmp_path: Path) -> None:
    write(tmp_path, {"app/one.luma": "func main() { print(1); }"})
    assert luma(tmp_path / "app", "run", "one.luma").stdout == "1\n"
    write(tmp_path, {"luma.toml": "[package]\n"})
    assert "the package has no `name`" in luma(tmp_path / "app", "run", "one.luma").stderr
