"""Code generation, linking and running: from LLVM IR text to a result."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from luma_ir.backend import link as linking
from luma_ir.backend.codegen import CodegenOptions, optimize_and_emit
from luma_ir.backend.jit import LoadedProgram, load, run_main, runs_in_memory
from luma_ir.backend.link import find_linker, link
from luma_ir.ir.diagnostics import InternalError, LumaError

HELLO = """
@text = private constant [7 x i8] c"hi %s\\0A\\00"
@stdout = external global ptr
declare i32 @printf(ptr, ...)
declare void @exit(i32)
declare double @sin(double)
define i32 @main(i32 %0, ptr %1) {
  %slot = getelementptr ptr, ptr %1, i64 1
  %argument = load ptr, ptr %slot
  %count = call i32 (ptr, ...) @printf(ptr @text, ptr %argument)
  ret i32 %0
}
"""

SUM = """
define i64 @sum(ptr noalias readonly %0, i64 %1) {
entry:
  %empty = icmp eq i64 %1, 0
  br i1 %empty, label %exit, label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %s = phi i64 [ 0, %entry ], [ %t, %loop ]
  %p = getelementptr inbounds i64, ptr %0, i64 %i
  %v = load i64, ptr %p
  %t = add i64 %s, %v
  %next = add nuw i64 %i, 1
  %done = icmp eq i64 %next, %1
  br i1 %done, label %exit, label %loop
exit:
  %r = phi i64 [ 0, %entry ], [ %t, %loop ]
  ret i64 %r
}
"""

needs_cc = pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler to link with")


def object_of(text: str, level: int = 1) -> bytes:
    code = optimize_and_emit(text, CodegenOptions(opt_level=level))
    assert isinstance(code, bytes)
    return code


@needs_cc
def test_an_executable_runs(tmp_path: Path) -> None:
    program = tmp_path / "hello"
    link([object_of(HELLO)], program)
    done = subprocess.run([program, "there"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "hi there\n")
    assert os.listdir(tmp_path) == ["hello"]


@needs_cc
def test_an_executable_is_replaced_in_one_step(tmp_path: Path) -> None:
    program = tmp_path / "hello"
    program.write_text("old")
    link([object_of(HELLO)], program)
    assert program.read_bytes()[:4] == b"\x7fELF"
    broken = HELLO.replace("@sin(double)", "@sin(double)\ndeclare i32 @nowhere()").replace(
        "ret i32 %0", "%n = call i32 @nowhere()\n  ret i32 %n"
    )
    before = program.read_bytes()
    with pytest.raises(LumaError, match="linking failed") as caught:
        link([object_of(broken)], program)
    assert any("nowhere" in note for note in caught.value.notes)
    assert program.read_bytes() == before


@needs_cc
def test_object_files_on_disk_are_linked(tmp_path: Path) -> None:
    (tmp_path / "a.o").write_bytes(object_of(HELLO))
    link([tmp_path / "a.o"], tmp_path / "hello", strip=True)
    assert subprocess.run([tmp_path / "hello", "x"], capture_output=True, check=False).stdout == b"hi x\n"


def test_the_linker_is_the_one_that_is_named() -> None:
    assert find_linker({"LUMA_CC": f"{sys.executable} -x 'a b'", "PATH": ""}) == [sys.executable, "-x", "a b"]
    with pytest.raises(LumaError, match="`LUMA_CC` names `no-such-cc`"):
        find_linker({"LUMA_CC": "no-such-cc", "PATH": "/usr/bin"})


def test_ziglang_links_when_there_is_no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking, "find_spec", lambda name: object() if name == "ziglang" else None)
    assert find_linker({"PATH": ""}) == [sys.executable, "-m", "ziglang", "cc"]
    assert find_linker({"PATH": os.environ["PATH"]}, cross=True)[1:] == ["-m", "ziglang", "cc"]


def test_a_missing_linker_is_explained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(linking, "find_spec", lambda name: None)
    with pytest.raises(LumaError, match="no linker is installed") as caught:
        link([b""], tmp_path / "a", environment={"PATH": str(tmp_path)})
    helps = [str(help) for help in caught.value.helps]
    assert any("luma run" in help for help in helps)
    assert any("pip install ziglang" in help for help in helps)


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(LumaError, match="cannot write"):
        link([b""], tmp_path / "missing" / "a", environment={"LUMA_CC": sys.executable, "PATH": ""})


@pytest.mark.parametrize(
    ("triple", "expected"),
    [
        ("x86_64-unknown-linux-gnu", "x86_64-linux-gnu"),
        ("aarch64-unknown-linux-musl", "aarch64-linux-musl"),
        ("wasm32-unknown-wasi", "wasm32-wasi"),
        ("x86_64-linux-gnu", "x86_64-linux-gnu"),
    ],
)
def test_zig_targets(triple: str, expected: str) -> None:
    assert linking._zig_target(triple) == expected


def test_loops_are_vectorised_from_level_two() -> None:
    def vectors(level: int) -> bool:
        text = optimize_and_emit(SUM, CodegenOptions(opt_level=level, cpu="x86-64-v3", emit="llvm-ir"))
        assert isinstance(text, str)
        return " x i64>" in text

    assert vectors(2)
    assert vectors(3)
    assert not vectors(1)


def test_every_form_of_output() -> None:
    assert object_of(SUM)[:4] == b"\x7fELF"
    assembly = optimize_and_emit(SUM, CodegenOptions(emit="asm"))
    assert isinstance(assembly, str)
    assert "sum:" in assembly
    bitcode = optimize_and_emit(SUM, CodegenOptions(emit="llvm-bc"))
    assert isinstance(bitcode, bytes)
    assert bitcode[:2] == b"BC"


def test_stages_are_announced() -> None:
    stages: list[str] = []
    optimize_and_emit(SUM, CodegenOptions(), on_stage=stages.append)
    assert stages == ["llvm-parse", "llvm-optimize", "llvm-emit"]


def test_code_for_another_machine() -> None:
    code = optimize_and_emit(SUM, CodegenOptions(triple="aarch64-unknown-linux-gnu"))
    assert isinstance(code, bytes)
    # e_machine of the ELF header: 183 is AArch64.
    assert int.from_bytes(code[18:20], "little") == 183


def test_an_unknown_machine_is_refused() -> None:
    with pytest.raises(LumaError, match="no code can be made for the target `abacus"):
        optimize_and_emit(SUM, CodegenOptions(triple="abacus-unknown-none"))


def test_text_that_llvm_refuses_is_our_bug() -> None:
    with pytest.raises(InternalError, match="LLVM refuses"):
        optimize_and_emit("define i32 @f() { ret i64 0 }")


def test_a_program_runs_in_memory(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_main(HELLO, ["program", "you", "and"]) == 3
    assert capfd.readouterr().out == "hi you\n"


def test_a_program_runs_in_this_process(capfd: pytest.CaptureFixture[str]) -> None:
    program = load(HELLO, CodegenOptions(opt_level=0))
    assert program.call_main(["program", "me"]) == 2
    assert program.call_main(["program", "me", "again"]) == 3
    assert capfd.readouterr().out == "hi me\nhi me\n"


def test_exit_ends_only_the_program(capfd: pytest.CaptureFixture[str]) -> None:
    text = HELLO.replace("ret i32 %0", "call void @exit(i32 101)\n  unreachable")
    assert run_main(text, ["program", "x"]) == 101
    # What the program printed before is not lost.
    assert capfd.readouterr().out == "hi x\n"


def test_a_signal_becomes_a_status() -> None:
    text = "declare void @abort()\ndefine i32 @main(i32 %0, ptr %1) {\n  call void @abort()\n  ret i32 0\n}"
    assert run_main(text, ["program"]) == 128 + signal.SIGABRT


def test_helpers_of_the_c_compiler_are_found() -> None:
    """Division of 128-bit integers is a call into libgcc."""
    text = (
        "define i64 @divide(i64 %0, i64 %1) {\n  %a = sext i64 %0 to i128\n  %b = shl i128 %a, 70\n"
        "  %c = sext i64 %1 to i128\n  %d = sdiv i128 %b, %c\n  %e = lshr i128 %d, 64\n"
        "  %f = trunc i128 %e to i64\n  ret i64 %f\n}"
    )
    import ctypes

    program = LoadedProgram(object_of(text), ["divide"])
    function = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)(program.address("divide"))
    assert function(12, 3) == (12 << 70) // 3 >> 64


def test_a_name_that_nothing_defines(capfd: pytest.CaptureFixture[str]) -> None:
    text = "declare void @nowhere()\ndefine i32 @main(i32 %0, ptr %1) {\n  call void @nowhere()\n  ret i32 0\n}"
    with pytest.raises(LumaError, match="nothing defines"):
        load(text)
    assert "nowhere" in capfd.readouterr().err


def test_thread_local_variables_without_threads() -> None:
    text = (
        "@x = internal thread_local global i32 7\n@y = thread_local(initialexec) global i32 8\n"
        "define i32 @main(i32 %0, ptr %1) {\n  %a = load i32, ptr @x\n  %b = load i32, ptr @y\n"
        "  %c = add i32 %a, %b\n  ret i32 %c\n}"
    )
    assert run_main(text, ["program"]) == 15


def test_thread_local_variables_with_threads_need_a_linker() -> None:
    text = "@x = internal thread_local global i32 7\n" + HELLO
    assert runs_in_memory(HELLO)
    assert runs_in_memory(text)
    assert not runs_in_memory("@errno = external thread_local global i32\n" + HELLO)
    with pytest.raises(LumaError, match="thread-local"):
        load(text + "declare i32 @pthread_create(ptr, ptr, ptr, ptr)\n")
