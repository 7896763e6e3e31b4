"""Source files of every kind: whatever the bytes are, the compiler says what is wrong and where, and ends with 1."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

WRONG: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "there is no `main` function"),
    "no_main": (b"func helper() -> i64 { 1 }\n", "there is no `main` function"),
    "not_utf8": (b'func main() {\n    print("caf\xe9");\n}\n', "not UTF-8 text (line 2, byte 15)"),
    "binary": (bytes(range(128, 256)) * 20, "not UTF-8 text (line 1, byte 1)"),
    "nul": (b"func main() {\0 print(1); }\n", "unexpected character U+0000"),
    "crlf": (b'func main() {\r\n    let x: i64 = "a";\r\n}\r\n', "program.luma:2:18"),
    "byte_order_mark": (b'\xef\xbb\xbffunc main() { let x: i64 = "a"; }\n', "program.luma:1:28"),
    "opening": (b"(" * 100_000, "this `(` is never closed"),
    "closing": (b")" * 100_000, "`)` closes nothing"),
    "quotes": (b'"' * 9_999, "expected an item"),
    "comments": (b"/*" * 10_000, "this block comment has no end"),
    "deep_parentheses": (b"func main() { print(" + b"(" * 5_000 + b"1" + b")" * 5_000 + b"); }", "200 levels deep"),
    "deep_blocks": (b"func main() { " + b"{" * 5_000 + b"}" * 5_000 + b" }", "200 levels deep"),
    "deep_types": (b"func main() { let x: " + b"[" * 3_000 + b"i64" + b"]" * 3_000 + b" = []; }", "200 levels deep"),
    "long_sum": (b"func main() { print(" + b"1 + " * 20_000 + b"1); }", "more than 500 operators"),
    "long_number": (b"func main() { print(" + b"9" * 100_000 + b"); }", "too large for every integer type"),
    "unknown_op": (b'#[op("no.such")] func f();\nfunc main() { f(); }\n', "there is no operation `no.such`"),
    "misfit_op": (b'#[op("arith.addi")] func f(a: f64, b: f64) -> f64;\nfunc main() { print(f(1.0, 2.0)); }\n',
                  "the operation `arith.addi` does not accept"),
    "few_operands": (b'#[op("arith.addi")] func f(a: i64) -> i64;\nfunc main() { print(f(1)); }\n',
                     "the operation `arith.addi` does not accept"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_wrong_source(name: str, tmp_path: Path) -> None:
    content, message = WRONG[name]
    (tmp_path / "program.luma").write_bytes(content)
    tool = [sys.executable, "-m", "luma_ir.tools.luma_compile", "program.luma", "-O0", "-o", "program"]
    result = subprocess.run(tool, cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False)
    assert result.returncode == 1
    assert message in result.stderr
    assert "internal error" not in result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr) < 30_000
    assert not (tmp_path / "program").exists()
