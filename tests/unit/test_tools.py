"""The command lines `luma` and `luma-compile`: what they make, what they say, and how they fail."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HELLO = 'func main() { print("hello"); }\n'
BROKEN = 'func main() {\n    let x: i64 = "a";\n    prnt(x);\n    let y = 1 +;\n}\n'


def tool(name: str, *arguments: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a tool in a folder, with a cache of its own."""
    variables = {**os.environ, "LUMA_CACHE_DIR": str(cwd / "cache"), **environment}
    command = [sys.executable, "-m", f"luma_ir.tools.{name}", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=variables, capture_output=True, text=True, timeout=120)


@pytest.fixture
def hello(tmp_path: Path) -> Path:
    """A folder with a small program."""
    (tmp_path / "hello.luma").write_text(HELLO)
    return tmp_path


def check_clean_failure(result: subprocess.CompletedProcess[str]) -> None:
    """A failure has status 1 and a message, never a traceback."""
    assert result.returncode == 1, result
    assert "error" in result.stderr
    assert "Traceback" not in result.stderr
    assert "internal error" not in result.stderr


def test_compile_makes_a_binary_beside_the_source(hello: Path) -> None:
    """Without `-o` the binary has the source's name."""
    result = tool("luma_compile", "hello.luma", cwd=hello)
    assert (result.returncode, result.stderr) == (0, "")
    assert subprocess.run([hello / "hello"], capture_output=True, text=True).stdout == "hello\n"


@pytest.mark.parametrize(
    ("kind", "needed"),
    [
        ("luma", "luma.func public @main"),
        ("luma-opt", "luma.func public @main"),
        ("own", "luma.func public @main"),
        ("mem", "func.func public @main"),
        ("llvm-dialect", "llvm.func @main"),
        ("llvm-ir", "define"),
        ("asm", "main:"),
    ],
)
def test_emit_any_stage(hello: Path, kind: str, needed: str) -> None:
    """Each stage is printed on standard output."""
    result = tool("luma_compile", f"--emit={kind}", "hello.luma", cwd=hello)
    assert result.returncode == 0, result.stderr
    assert needed in result.stdout


def test_emit_object(hello: Path) -> None:
    """An object file lies beside the source."""
    assert tool("luma_compile", "--emit=obj", "hello.luma", cwd=hello).returncode == 0
    assert (hello / "hello.o").read_bytes().startswith(b"\x7fELF")


def test_printed_pipeline_is_taken_by_luma_opt(hello: Path) -> None:
    """`luma-opt -p` runs what `luma-compile --print-pipeline` prints, from source to the llvm dialect."""
    pipeline = tool("luma_compile", "--print-pipeline", "-O3", cwd=hello).stdout.strip()
    result = tool("luma_opt", "hello.luma", "-p", pipeline, cwd=hello)
    assert result.returncode == 0, result.stderr
    assert "llvm.func @main" in result.stdout


def test_compile_from_printed_ir(hello: Path) -> None:
    """A module printed at the `luma` level compiles to the same program."""
    text = tool("luma_compile", "--emit=luma", "hello.luma", cwd=hello).stdout
    (hello / "printed.mlir").write_text(text)
    result = tool("luma_compile", "printed.mlir", "-o", "printed", cwd=hello)
    assert result.returncode == 0, result.stderr
    assert subprocess.run([hello / "printed"], capture_output=True, text=True).stdout == "hello\n"


def test_timing_is_a_tree(hello: Path) -> None:
    """`--timing` shows stages and passes on standard error."""
    result = tool("luma_compile", "--timing", "hello.luma", cwd=hello)
    assert "convert-to-llvm" in result.stderr
    assert "link" in result.stderr


def test_debug_info_names_lines(hello: Path) -> None:
    """`-g` leaves the source's name and line table in the assembly."""
    text = tool("luma_compile", "-g", "-O0", "--emit=asm", "hello.luma", cwd=hello).stdout
    assert "hello.luma" in text
    assert ".loc" in text


def test_generic_cpu(hello: Path) -> None:
    """`--cpu` chooses the processor."""
    text = tool("luma_compile", "--cpu=x86-64", "--emit=asm", "hello.luma", cwd=hello)
    assert text.returncode == 0
    assert "zmm" not in text.stdout


def test_all_errors_in_one_run(tmp_path: Path) -> None:
    """Three mistakes give three errors with places, and nothing is written."""
    (tmp_path / "broken.luma").write_text(BROKEN)
    result = tool("luma_compile", "broken.luma", cwd=tmp_path)
    check_clean_failure(result)
    for place in ("broken.luma:2:18", "broken.luma:3:5", "broken.luma:4:16"):
        assert place in result.stderr
    assert "due to 3 previous errors" in result.stderr
    assert not (tmp_path / "broken").exists()


def test_errors_as_json(tmp_path: Path) -> None:
    """`--error-format=json` writes one object a line."""
    (tmp_path / "broken.luma").write_text(BROKEN)
    result = tool("luma", "check", "--error-format=json", "broken.luma", cwd=tmp_path)
    found = [json.loads(line) for line in result.stderr.splitlines()]
    assert [(entry["line"], entry["severity"]) for entry in found] == [(2, "error"), (3, "error"), (4, "error")]
    assert all(entry["code"].startswith("E") for entry in found)


def test_check_says_nothing_about_good_programs(hello: Path) -> None:
    """`luma check` is silent and makes nothing."""
    result = tool("luma", "check", "hello.luma", cwd=hello)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_explain(tmp_path: Path) -> None:
    """`luma explain` knows codes, and says when it does not."""
    assert "Wrong:" in tool("luma", "explain", "E0203", cwd=tmp_path).stdout
    check_clean_failure(tool("luma", "explain", "E9999", cwd=tmp_path))


def test_run_passes_arguments_and_status(tmp_path: Path) -> None:
    """`luma run FILE ARGS` hands the arguments on and ends with the program's status."""
    (tmp_path / "args.luma").write_text("import std.env;\nfunc main() -> i32 {\n    print(env.args());\n    5\n}\n")
    result = tool("luma", "run", "args.luma", "a", "-x", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (5, '["a", "-x"]\n')


def test_run_is_cached_by_content(hello: Path) -> None:
    """A second run uses the cache; a change of the source does not."""
    assert tool("luma", "run", "hello.luma", cwd=hello).stdout == "hello\n"
    entries = sorted(path.name for path in (hello / "cache").iterdir())
    assert tool("luma", "run", "hello.luma", cwd=hello).stdout == "hello\n"
    assert sorted(path.name for path in (hello / "cache").iterdir()) == entries
    (hello / "hello.luma").write_text(HELLO.replace("hello", "changed"))
    assert tool("luma", "run", "hello.luma", cwd=hello).stdout == "changed\n"


def test_run_sees_a_changed_module(tmp_path: Path) -> None:
    """The cache depends on imported files too."""
    (tmp_path / "main.luma").write_text("import part;\nfunc main() { print(part.number()); }\n")
    (tmp_path / "part.luma").write_text("pub func number() -> i64 { 1 }\n")
    assert tool("luma", "run", "main.luma", cwd=tmp_path).stdout == "1\n"
    (tmp_path / "part.luma").write_text("pub func number() -> i64 { 2 }\n")
    assert tool("luma", "run", "main.luma", cwd=tmp_path).stdout == "2\n"


def test_cache_knows_the_processor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Code for one processor is not taken on another, as in a home folder that several machines share."""
    from luma_ir.driver import cache

    here = cache.manifest_key(tmp_path / "a.luma", "")
    assert cache.manifest_key(tmp_path / "a.luma", "") == here
    monkeypatch.setattr(cache, "processor_fingerprint", lambda: "another")
    assert cache.manifest_key(tmp_path / "a.luma", "") != here


def test_run_without_a_linker(hello: Path) -> None:
    """With no C compiler on the machine `luma run` works in memory, with arguments, status and output."""
    empty = hello / "empty"
    empty.mkdir()
    (hello / "three.luma").write_text('func main() -> i32 {\n    print("three");\n    3\n}\n')
    result = tool("luma", "run", "three.luma", cwd=hello, PATH=str(empty), LUMA_CC="")
    assert (result.returncode, result.stdout) == (3, "three\n"), result.stderr


def test_missing_linker_names_the_remedy(hello: Path) -> None:
    """`luma-compile` without a linker says what to install."""
    empty = hello / "empty"
    empty.mkdir()
    result = tool("luma_compile", "hello.luma", cwd=hello, PATH=str(empty), LUMA_CC="")
    check_clean_failure(result)
    assert "ziglang" in result.stderr
    assert not (hello / "hello").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no such file"),
        (b"", "main"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"func main() {", "E0"),
        (b"}}}}", "E0"),
        (b"func f() {}\n", "main"),
    ],
)
def test_bad_files(tmp_path: Path, content: bytes | None, message: str) -> None:
    """Whatever the file holds, the compiler answers with a message."""
    if content is not None:
        (tmp_path / "bad.luma").write_bytes(content)
    result = tool("luma_compile", "bad.luma", cwd=tmp_path)
    check_clean_failure(result)
    assert message in result.stderr
    assert not (tmp_path / "bad").exists()


def test_unwritable_output(hello: Path) -> None:
    """A place that cannot be written is named."""
    result = tool("luma_compile", "hello.luma", "-o", "no/such/folder/hello", cwd=hello)
    check_clean_failure(result)
    assert "no/such/folder/hello" in result.stderr


@pytest.mark.parametrize("kind", ["exe", "llvm-ir"])
def test_a_device_is_written_to(hello: Path, kind: str) -> None:
    """A device as output stays one (a named pipe stands for it here)."""
    pipe = hello / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    # Room for the whole output, so that the writer need not wait for this process to read.
    fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 1 << 20)
    try:
        result = tool("luma_compile", f"--emit={kind}", "hello.luma", "-o", "pipe", cwd=hello)
        assert result.returncode == 0, result.stderr
        assert pipe.is_fifo()
        assert os.read(reader, 4)
    finally:
        os.close(reader)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, which only Linux has")
def test_full_disk(hello: Path) -> None:
    """Output that does not fit gives a message."""
    command = [sys.executable, "-m", "luma_ir.tools.luma_compile", "--emit=llvm-ir", "hello.luma", "-o", "-"]
    with open("/dev/full", "wb") as full:
        result = subprocess.run(command, cwd=hello, stdout=full, stderr=subprocess.PIPE, text=True)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "No space left" in result.stderr
    assert "internal error" not in result.stderr


def test_crash_leaves_a_reproducer(hello: Path) -> None:
    """A bug in a pass is reported as ours, with a file that holds the source and the reason."""
    plugin = "luma_ir.passes.luma.dce"
    code = (
        f"import sys, {plugin} as broken\n"
        "def crash(self, ctx, op): raise ZeroDivisionError('seeded bug')\n"
        "broken.LumaDcePass.apply = crash\n"
        "from luma_ir.tools.luma_compile import main\n"
        "sys.exit(main(['hello.luma', '-O2']))\n"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=hello, capture_output=True, text=True)
    assert result.returncode == 1
    assert "internal error" in result.stderr
    assert "Traceback" not in result.stderr
    place = Path(result.stderr.split("`")[-2])
    report = place.read_text()
    place.unlink()
    assert "seeded bug" in report
    assert HELLO in report
