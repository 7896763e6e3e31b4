"""
Invariants over the whole pipeline, on real programs.

The IR is the interface: what is printed after any stage, parsed back and carried on gives the same program. Every op
has a location. The same source gives the same IR. What we lower to, upstream's tools accept and translate to a program
that behaves the same.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from xdsl.dialects.builtin import ModuleOp, UnknownLoc

from luma_ir.driver.session import Options, Session
from luma_ir.ir.diagnostics import DiagnosticEngine
from luma_ir.ir.text import parse_module, print_module
from luma_ir.ir.verify import verify_module
from luma_ir.passes import pipelines

PROGRAMS = Path(__file__).parent.parent / "programs"
NAMES = ["any_mem"]
LEVELS = [0, 3]


def stages(level: int) -> list[str]:
    """The pipeline cut where the levels of IR meet."""
    parts = [
        pipelines.luma_instantiate(),
        pipelines.luma_simplify(level),
        pipelines.luma_own(level),
        pipelines.luma_to_mem(level),
        pipelines.to_llvm(),
    ]
    return [part for part in parts if part]


def make_session(level: int) -> Session:
    """A session that verifies after every pass."""
    return Session(Options(opt_level=level, overflow="trap", verify_each=True))


def frontend(name: str, session: Session) -> ModuleOp:
    """A program in the `luma` dialect."""
    module = session.frontend(PROGRAMS / f"{name}.luma")
    assert module is not None, session.engine.diagnostics
    return module


def run(session: Session, module: ModuleOp, pipeline: str) -> None:
    """Run passes that must succeed."""
    assert session.run_pipeline(module, pipeline), [str(found) for found in session.engine.diagnostics]


def text_of(module: ModuleOp) -> str:
    """A module's text with locations."""
    parts: list[str] = []
    print_module(module, parts.append, debug_locations=True)
    return "".join(parts)


def reparse(module: ModuleOp, session: Session) -> ModuleOp:
    """Print a module and parse it back."""
    engine = DiagnosticEngine()
    result = parse_module(text_of(module), "stage.mlir", session.context, engine)
    assert result is not None, [str(found) for found in engine.diagnostics]
    assert verify_module(result, engine), [str(found) for found in engine.diagnostics]
    return result


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", NAMES)
def test_text_between_stages(name: str, level: int) -> None:
    """Printing and parsing between any two stages changes nothing in the LLVM IR that comes out."""
    session = make_session(level)
    direct, through_text = frontend(name, session), frontend(name, make_session(level))
    for part in stages(level):
        run(session, direct, part)
        through_text = reparse(through_text, session)
        run(session, through_text, part)
    through_text = reparse(through_text, session)
    assert session.translate(through_text) == session.translate(direct)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", NAMES)
def test_every_op_has_a_location(name: str, level: int) -> None:
    """After every stage each op of the program says where it comes from; only glue made per type has no source."""
    session = make_session(level)
    module = frontend(name, session)
    for part in ["", *stages(level)]:
        if part:
            run(session, module, part)
        for definition in module.ops:
            if not any(region.blocks for region in definition.regions) or definition.name == "llvm.mlir.global":
                continue
            if str(definition.properties.get("sym_name")).startswith(('"mem.', '"luma.')):
                continue
            lost = {op.name for op in definition.walk() if isinstance(op.location, UnknownLoc)}
            assert not lost, f"after `{part}`: {lost} in {definition.properties.get('sym_name')}"


@pytest.mark.parametrize("name", NAMES)
def test_same_source_same_ir(name: str) -> None:
    """Two compilations give byte-identical LLVM IR."""
    texts = set()
    for _ in range(2):
        session = make_session(3)
        module = frontend(name, session)
        run(session, module, pipelines.luma_pipeline(3))
        texts.add(session.translate(module))
    assert len(texts) == 1


def find_tool(name: str) -> str:
    """An LLVM 22 tool, or a skip that says what to install."""
    for candidate in (f"{name}-22", f"/usr/lib/llvm-22/bin/{name}"):
        path = shutil.which(candidate)
        if path:
            return path
    pytest.skip(f"{name} 22 is not installed (Debian package mlir-22-tools)")


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", NAMES)
def test_upstream_accepts_and_agrees(name: str, level: int, tmp_path: Path) -> None:
    """Our `llvm` dialect goes through mlir-opt and mlir-translate, and that program prints what ours prints."""
    mlir_opt, mlir_translate = find_tool("mlir-opt"), find_tool("mlir-translate")
    session = make_session(level)
    module = frontend(name, session)
    run(session, module, pipelines.luma_pipeline(level))
    parts: list[str] = []
    print_module(module, parts.append, generic=True)
    checked = subprocess.run([mlir_opt], input="".join(parts), capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr[:2000]
    translated = subprocess.run(
        [mlir_translate, "--mlir-to-llvmir"], input=checked.stdout, capture_output=True, text=True
    )
    assert translated.returncode == 0, translated.stderr[:2000]
    from luma_ir.driver.build import link_object

    code = session.emit(translated.stdout, "obj")
    assert isinstance(code, bytes)
    link_object(session, code, tmp_path / "program")
    output = subprocess.run([tmp_path / "program"], capture_output=True, timeout=60)
    assert output.stdout.decode() == (PROGRAMS / f"{name}.out").read_text()
