"""The example plug-in works end to end, named on the command line or installed; broken ones harm nobody."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PROJECT = ROOT / "examples" / "plugins" / "luma-saturate"
PROGRAM = PROJECT / "saturate.luma"
OUTPUT = "0 2147483400\n1 2147483647\n2 2147483647\n-2147483648\n253 255\n"
SOURCE = """
func.func @f(%a: i32, %b: i8) -> (i32, i8) {
  %0 = sat.addi %a, %a : i32
  %1 = sat.addi %b, %b unsigned : i8
  func.return %0, %1 : i32, i8
}
"""


def run(tool: str, *arguments: str | Path, path: list[Path] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a tool in a process of its own, with more folders that modules are looked for in."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, [ROOT, *(path or [])]))}
    command = [sys.executable, "-m", f"luma_ir.tools.{tool}", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=False)


def install(site: Path, entries: dict[str, str]) -> list[Path]:
    """Make a folder look as if packages with these entry points were installed there; gives the folders of modules."""
    info = site / "test_plugins-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: test-plugins\nVersion: 1.0\n")
    lines = [f"{name} = {value}" for name, value in entries.items()]
    (info / "entry_points.txt").write_text("\n".join(["[luma.plugins]", *lines, ""]))
    return [site, PROJECT]


def entries() -> dict[str, str]:
    """The entry points that the example's project file lists."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    return project["project"]["entry-points"]["luma.plugins"]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A file with ops of the plug-in's dialect."""
    path = tmp_path / "sat.mlir"
    path.write_text(SOURCE)
    return path


def test_project_folder(tmp_path: Path, source: Path) -> None:
    """`--load-plugin FOLDER`: the op reads and prints, the pass lowers it, and programs use both."""
    done = run("luma_opt", source, "--load-plugin", PROJECT)
    assert done.returncode == 0, done.stderr
    assert "sat.addi %b, %b unsigned : i8" in done.stdout
    done = run("luma_opt", source, "--load-plugin", PROJECT, "-p", "sat-lower", "--pass-statistics")
    assert "llvm.intr.sadd.sat(%a, %a) : (i32, i32) -> i32" in done.stdout
    assert "llvm.intr.uadd.sat(%b, %b) : (i8, i8) -> i8" in done.stdout
    assert "saturating additions" in done.stderr
    program = tmp_path / "program"
    done = run("luma_compile", PROGRAM, "--load-plugin", PROJECT, "-o", program)
    assert (done.returncode, done.stderr) == (0, "")
    assert subprocess.run([program], capture_output=True, text=True, check=True).stdout == OUTPUT


def test_installed_plugin_is_found_by_its_dialect(tmp_path: Path, source: Path) -> None:
    """An installed plug-in needs no option: the dialect's name leads to it, and its pass joins the pipeline."""
    path = install(tmp_path / "site", entries())
    assert "llvm.intr.sadd.sat" in run("luma_opt", source, "-p", "sat-lower", path=path).stdout
    program = tmp_path / "program"
    done = run("luma_compile", PROGRAM, "-o", program, "-O0", path=path)
    assert (done.returncode, done.stderr) == (0, "")
    assert subprocess.run([program], capture_output=True, text=True, check=True).stdout == OUTPUT
    assert "sat-lower" in run("luma_opt", "--list-passes", path=path).stdout.split()


def test_installed_plugin_by_name(tmp_path: Path) -> None:
    """`--load-plugin NAME` loads one entry point, so that its extensions count for any program."""
    path = install(tmp_path / "site", {**entries(), "broken": "no_such_module:PLUGIN"})
    plain = run("luma_compile", "--print-pipeline", path=path)
    loaded = run("luma_compile", "--print-pipeline", "--load-plugin", "luma-saturate", path=path)
    assert "sat-lower" not in plain.stdout
    assert "sat-lower,mem-infer-borrows" in loaded.stdout
    assert loaded.stderr == ""


def test_broken_plugin_is_named_and_harms_nobody(tmp_path: Path) -> None:
    """A plug-in that cannot be imported gives a warning; the program that needs another one compiles."""
    path = install(tmp_path / "site", {"broken": "no_such_module:PLUGIN", **entries()})
    done = run("luma_compile", PROGRAM, "--emit", "llvm-ir", "-o", "-", path=path)
    assert done.returncode == 0, done.stderr
    assert "cannot load plug-in `broken` (`no_such_module:PLUGIN`)" in done.stderr
    assert "No module named 'no_such_module'" in done.stderr
    assert "Traceback" not in done.stderr


def test_names_that_exist_already_keep_their_meaning(tmp_path: Path, source: Path) -> None:
    """A plug-in cannot put itself in place of a pass or dialect of ours; it is told so."""
    plugin = tmp_path / "clash.py"
    plugin.write_text(
        "def never():\n    raise SystemExit('the plug-in took over')\n"
        "DIALECTS = {'arith': never}\nPASSES = {'luma-dce': never, 'cse': never}\nPIPELINES = {'luma-own': 'cse'}\n"
    )
    program = tmp_path / "add.mlir"
    program.write_text("func.func @f(%a: i32) {\n  %0 = arith.addi %a, %a : i32\n  func.return\n}\n")
    done = run("luma_opt", program, "--load-plugin", plugin, "-p", "cse,luma-dce")
    assert done.returncode == 0, done.stderr
    what = "dialect `arith`, pass `luma-dce`, pass `cse`, pipeline `luma-own`"
    assert f"warning: plug-in `clash` defines names that exist already: {what}" in done.stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("raise ValueError('no luck')", "ValueError: no luck"),
        ("EXTENSIONS = {'after-lunch': 'cse'}", "there is no extension point `after-lunch`"),
    ],
)
@pytest.mark.parametrize("tool", ["luma_opt", "luma_compile"])
def test_named_plugin_that_fails_is_an_error(tmp_path: Path, tool: str, text: str, message: str) -> None:
    """What the user asked for by name must work, or the run ends with the reason."""
    plugin = tmp_path / "bad.py"
    plugin.write_text(text)
    done = run(tool, PROGRAM, "--load-plugin", plugin)
    assert done.returncode == 1
    assert f"error: cannot load plug-in `{plugin}`: {message}" in done.stderr
    assert "Traceback" not in done.stderr


def test_unknown_pass_in_an_extension(tmp_path: Path) -> None:
    """A plug-in that asks for a pass that does not exist is an error that names the pass."""
    plugin = tmp_path / "wrong.py"
    plugin.write_text("EXTENSIONS = {'before-mem': 'luma-cze'}")
    hello = tmp_path / "hello.luma"
    hello.write_text('func main() { print("hello"); }\n')
    done = run("luma_compile", hello, "--load-plugin", plugin, "--emit", "own")
    assert done.returncode == 1
    assert "luma-cze" in done.stderr and "luma-cse" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["no-such-plugin", "no/such/plugin.py", str(ROOT / "tests")])
def test_plugin_that_is_not_there(name: str) -> None:
    """A name that leads nowhere is an error."""
    done = run("luma_compile", PROGRAM, "--load-plugin", name)
    assert done.returncode == 1
    assert f"cannot load plug-in `{name}`" in done.stderr


def test_ordinary_programs_look_for_no_plugins(tmp_path: Path) -> None:
    """The search for entry points takes longer than it takes to check a small program: hello world must not do it."""
    hello = tmp_path / "hello.luma"
    hello.write_text('func main() { print("hello"); }\n')
    code = (
        "import importlib.metadata as metadata, sys; from luma_ir.tools.luma_compile import main;"
        "metadata.entry_points = None; from luma_ir.ir.registry import REGISTRY;"
        f"assert main([{str(hello)!r}, '--emit', 'llvm-ir', '-o', '-']) == 0; assert not REGISTRY._plugins_read"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
