"""What tools do to start and end quickly: generated code is kept, formats are read late, the end is short."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from xdsl.dialects.builtin import i32
from xdsl.irdl import IRDLOperation
from xdsl.utils.exceptions import PyRDLOpDefinitionError

from luma_ir.driver.startup import GeneratedCode
from luma_ir.ir import formats
from luma_ir.ir.registry import REGISTRY

TEXT = "def double(x):\n    return x * 2\n"


def test_generated_code_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "deeper" / "code.bin"
    first = GeneratedCode(path)
    names: dict[str, object] = {}
    first.execute(TEXT, {}, names)
    assert names["double"](21) == 42  # pyright: ignore[reportCallIssue]
    first.save()
    second = GeneratedCode(path)
    again: dict[str, object] = {}
    second.execute(TEXT, {}, again)
    assert again["double"](4) == 8  # pyright: ignore[reportCallIssue]
    assert not second.grown
    # The same text of another file is another code, since tracebacks name the file.
    assert second.compile(TEXT, "other", "exec").co_filename == "other"
    assert second.grown
    assert [file.name for file in path.parent.iterdir()] == ["code.bin"]


def test_text_that_never_comes_back_is_not_kept(tmp_path: Path) -> None:
    code = GeneratedCode(tmp_path / "code.bin")
    code.compile("def __hash__(self):\n    return hash((8349, self.x))\n", "<attrs generated methods C>", "exec")
    assert not code.grown


@pytest.mark.parametrize("content", [b"", b"\0", b"not marshal", b"i\x01\0\0\0"])
def test_damaged_file_is_made_again(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "code.bin"
    path.write_bytes(content)
    code = GeneratedCode(path)
    code.compile(TEXT, "<string>", "exec")
    code.save()
    assert not GeneratedCode(path).grown
    assert GeneratedCode(path).codes.keys() == {("<string>", TEXT)}


def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code = GeneratedCode(tmp_path / "file" / "code.bin")
    code.compile(TEXT, "<string>", "exec")
    code.save()


@pytest.mark.parametrize("dialect", ["luma", "mem", "llvm", "func", "arith", "scf", "cf", "math"])
def test_every_format_can_be_read(dialect: str) -> None:
    definitions = [
        op.get_irdl_definition()
        for op in REGISTRY.dialect_factories()[dialect]().operations
        if issubclass(op, IRDLOperation)
    ]
    assert definitions
    for definition in definitions:
        if definition.assembly_format is not None:
            assert formats.LateFormat(definition.assembly_format, definition).read().stmts


def test_mistake_in_a_format_is_told() -> None:
    from xdsl.irdl.operations import OpDef

    with pytest.raises(PyRDLOpDefinitionError, match=r"cannot read the assembly format of `test.op`"):
        formats.LateFormat("$missing attr-dict", OpDef("test.op")).read()


def test_ops_with_late_formats_are_parsed_and_printed() -> None:
    program = (
        "from luma_ir.driver.startup import prepare\n"
        "prepare()\n"
        "import gc\n"
        "from luma_ir.ir.formats import FormatProgram, LateFormat\n"
        "assert FormatProgram.from_str is LateFormat and not gc.isenabled()\n"
        "from xdsl.parser import Parser\n"
        "from luma_ir.ir.context import make_context\n"
        "text = 'func.func @f(%a : i32) -> i32 {\\n  %b = arith.addi %a, %a : i32\\n  func.return %b : i32\\n}'\n"
        "print(Parser(make_context(), text).parse_module())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert f"arith.addi %a, %a : {i32}" in done.stdout


def test_leaving_writes_all_output_and_runs_what_waits_for_the_end() -> None:
    program = (
        "import atexit, sys\n"
        "from luma_ir.tools.common import leave\n"
        "atexit.register(lambda: print('last'))\n"
        "sys.stdout.write('first ')\n"
        "leave(7)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr, done.returncode) == ("first last\n", "", 7)
