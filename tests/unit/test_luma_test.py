"""`luma test`: what it finds, how it runs it, what it says."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from luma_ir.driver.testing.cases import Case, Source
from luma_ir.driver.testing.examples import examples_of
from luma_ir.driver.testing.execute import KEPT_BYTES, Capture, failure_reason, panic_message

MANY = """\
struct Point { x: i64 }

#[test]
func adds() { assert_eq(1 + 1, 2); }

#[test]
func differs() { print("before"); assert_eq([1, 2], [1, 3], "the reason"); }

#[test]
#[should_panic("out of range")]
func panics() { let xs = [1]; let i = xs.len(); print(xs[i]); }

#[test]
#[should_panic("another text")]
func panics_otherwise() { panic("this text"); }

#[test]
#[should_panic]
func does_not_panic() {}

#[test]
func gives_an_error() -> Result<(), string> { let _n = "12x".parse::<i64>()?; Ok(()) }

#[test]
func gives_none() -> Result<(), string> { let n = "12".parse::<i64>()?; assert_eq(n, 12); Ok(()) }

#[test]
#[ignore("slow")]
func ignored() { panic("never"); }

#[cfg(os = "nowhere")]
#[test]
func elsewhere() { panic("never"); }

func main() { print("not a test"); }
"""


def luma(*arguments: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `luma` in a folder, with a cache of its own."""
    variables = {**os.environ, "LUMA_CACHE_DIR": str(cwd / ".cache"), **environment}
    command = [sys.executable, "-m", "luma_ir.tools.luma", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=variables, capture_output=True, text=True, timeout=120)


def lines_of(result: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """What the run says of each test, without the times."""
    found = {}
    for line in result.stdout.splitlines():
        if line.startswith("test "):
            title, _, rest = line.removeprefix("test ").partition(" ... ")
            found[title] = rest.partition(" (")[0]
    return found


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one file of many tests, which is built once."""
    folder = tmp_path_factory.mktemp("many")
    (folder / "many.luma").write_text(MANY)
    return folder


def test_every_ending(many: Path) -> None:
    """Passing, failing, panicking, erring and ignored tests are told apart, with reasons; the status is 1."""
    result = luma("test", "many.luma", "--junit", "report.xml", cwd=many)
    assert result.returncode == 1, result.stderr
    assert lines_of(result) == {
        "many.luma::adds": "ok",
        "many.luma::differs": "FAILED: panicked",
        "many.luma::panics": "ok",
        "many.luma::panics_otherwise": "FAILED: panicked without `another text` in its message",
        "many.luma::does_not_panic": "FAILED: did not panic",
        "many.luma::gives_an_error": "FAILED: gave an error",
        "many.luma::gives_none": "ok",
        "many.luma::ignored": "ignored: slow",
    }
    assert "error: `12x` is not a number" in result.stdout
    assert "before\npanic: assertion failed: the two sides differ\n  left: [1, 2]\n right: [1, 3]\n" in result.stdout
    assert "  note: the reason\n at many.luma:7:35 in differs" in result.stdout
    assert "3 passed, 4 failed, 1 ignored in" in result.stdout


def test_junit(many: Path) -> None:
    """The report is XML with a suite for the file and the output of what failed."""
    luma("test", "many.luma", "--junit", "report.xml", cwd=many)
    root = ElementTree.parse(many / "report.xml").getroot()
    suite = root.find("testsuite")
    assert suite is not None
    counts = {key: suite.get(key) for key in ("name", "tests", "failures", "errors", "skipped")}
    assert counts == {"name": "many.luma", "tests": "8", "failures": "4", "errors": "0", "skipped": "1"}
    cases = {case.get("name"): case for case in suite.iter("testcase")}
    failure = cases["differs"].find("failure")
    assert failure is not None and "left: [1, 2]" in (failure.text or "")
    assert cases["differs"].get("line") == "7"
    skipped = cases["ignored"].find("skipped")
    assert skipped is not None and skipped.get("message") == "slow"
    assert float(cases["adds"].get("time") or -1) >= 0


def test_filters(many: Path) -> None:
    """Filters are parts of titles; `--exact` takes a name or a title; one without a match is a mistake."""
    assert list(lines_of(luma("test", "gives", cwd=many))) == ["many.luma::gives_an_error", "many.luma::gives_none"]
    assert list(lines_of(luma("test", "many.luma", "--exact", "panics", cwd=many))) == ["many.luma::panics"]
    exact = luma("test", "--exact", "many.luma::adds", cwd=many)
    assert (exact.returncode, list(lines_of(exact))) == (0, ["many.luma::adds"])
    assert "7 filtered out" in exact.stdout
    none = luma("test", "--exact", "panic", cwd=many)
    assert none.returncode == 1
    assert none.stderr.startswith("error: no test matches `panic`, out of 8")


def test_list(many: Path) -> None:
    """`--list` names the tests and runs none."""
    result = luma("test", "--list", cwd=many)
    assert result.returncode == 0
    assert "many.luma::adds\n" in result.stdout
    assert "many.luma::ignored (ignored)\n" in result.stdout
    assert "elsewhere" not in result.stdout
    assert result.stdout.endswith("8 tests, 1 of them ignored\n")


def test_output_of_passing_tests(many: Path) -> None:
    """It is hidden, shown with `--show-output`, and passed through with `--nocapture`."""
    (many / "talks.luma").write_text('#[test]\nfunc talks() { print("said so"); }\n')
    assert "said so" not in luma("test", "talks.luma", cwd=many).stdout
    assert "said so" in luma("test", "talks.luma", "--show-output", cwd=many).stdout
    assert "said so" in luma("test", "talks.luma", "--nocapture", cwd=many).stdout
    quiet = luma("test", "talks.luma", "-q", cwd=many).stdout
    assert lines_of(luma("test", "talks.luma", cwd=many)) and "test " not in quiet
    (many / "talks.luma").unlink()


def test_ignored_tests_on_demand(many: Path) -> None:
    """`--ignored` runs them too."""
    assert lines_of(luma("test", "ignored", "--ignored", cwd=many)) == {"many.luma::ignored": "FAILED: panicked"}


def test_unchanged_tests_are_not_compiled_again(many: Path) -> None:
    """The second run of the same file finds everything in the cache; a changed file is compiled."""
    luma("test", "adds", cwd=many)
    entries = {path: path.stat().st_mtime_ns for path in (many / ".cache").iterdir()}
    start = time.perf_counter()
    assert luma("test", "adds", cwd=many).returncode == 0
    assert time.perf_counter() - start < 5
    assert {path: path.stat().st_mtime_ns for path in (many / ".cache").iterdir()} == entries


def test_a_package(tmp_path: Path) -> None:
    """In a package the modules below `src` and the tests below `tests` are tested, from any folder in it."""
    assert luma("new", "shapes", cwd=tmp_path).returncode == 0
    package = tmp_path / "shapes"
    (package / "src" / "area.luma").write_text(
        "pub func square(a: i64) -> i64 { a * a }\n#[test]\nfunc one() { assert_eq(square(1), 1); }\n"
    )
    (package / "tests" / "area_test.luma").write_text(
        "import area;\n#[test]\nfunc nine() { assert_eq(area.square(3), 9); }\n"
    )
    result = luma("test", "-j", "2", cwd=package)
    assert lines_of(result) == {
        "src/area.luma::one": "ok",
        "src/main.luma::greets": "ok",
        "tests/area_test.luma::nine": "ok",
        "tests/basics.luma::sorts": "ok",
    }, result.stderr
    inner = luma("test", "nine", cwd=package / "src")
    assert inner.returncode == 0, inner.stderr
    # A change of a module is seen by the tests that import it.
    (package / "src" / "area.luma").write_text("pub func square(a: i64) -> i64 { a + a }\n")
    assert "left: 6" in luma("test", "nine", cwd=package).stdout


def test_a_file_that_does_not_compile(tmp_path: Path) -> None:
    """Its errors are shown as usual, the tests of other files run, the status is 1."""
    (tmp_path / "bad.luma").write_text('#[test]\nfunc a() { let x: i64 = "a"; prnt(x); }\n')
    (tmp_path / "good.luma").write_text("#[test]\nfunc b() {}\n")
    result = luma("test", "--junit", "report.xml", cwd=tmp_path)
    assert result.returncode == 1
    assert "error[E0200]" in result.stderr and "bad.luma:2:25" in result.stderr and "error[E0100]" in result.stderr
    assert lines_of(result) == {"good.luma::b": "ok"}
    assert "1 passed, 1 file not compiled" in result.stdout
    errors = [
        case.get("name")
        for case in ElementTree.parse(tmp_path / "report.xml").iter("testcase")
        if case.find("error") is not None
    ]
    assert errors == ["a"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("#[test]\nfunc a(x: i64) { print(x); }\n", "a `#[test]` function takes no parameters"),
        ("#[test]\nfunc a<T>() {}\n", "a `#[test]` function takes no parameters"),
        ("#[test]\nfunc a() -> i64 { 1 }\n", "a `#[test]` function cannot give `i64`"),
        ("#[bench]\nfunc a(x: i64) { print(x); }\n", "a `#[bench]` function takes no parameters"),
        ("struct S { x: i64 }\nimpl S {\n#[test]\nfunc a() {}\n}\n", "stands outside of `impl`"),
        ("#[should_panic]\nfunc a() {}\n", "stands on `#[test]` functions only"),
        ("#[test]\n#[should_panic(3)]\nfunc a() {}\n", "takes one text"),
    ],
)
def test_wrong_signatures(tmp_path: Path, text: str, message: str) -> None:
    """`luma check` reports tests and benches that could not be called."""
    (tmp_path / "wrong.luma").write_text(text)
    result = luma("check", "wrong.luma", cwd=tmp_path)
    assert result.returncode == 1
    assert message in result.stderr


def test_tests_are_checked_but_not_built(tmp_path: Path) -> None:
    """`luma check` looks into tests; `luma run` leaves them out."""
    (tmp_path / "a.luma").write_text("func main() { print(1); }\n#[test]\nfunc t() { missing(); }\n")
    assert "missing" in luma("check", "a.luma", cwd=tmp_path).stderr
    (tmp_path / "a.luma").write_text('func main() { print(1); }\n#[test]\nfunc only_here() { print("secret"); }\n')
    command = [sys.executable, "-m", "luma_ir.tools.luma_compile", "--emit=luma", "a.luma"]
    emitted = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert emitted.returncode == 0
    assert "@main" in emitted.stdout and "only_here" not in emitted.stdout


def test_a_file_that_cannot_be_read_as_luma(tmp_path: Path) -> None:
    """Syntax errors are shown even if no test can be made out."""
    (tmp_path / "bad.luma").write_text("func {{{\n#[test]\nfunc a( }\n")
    result = luma("test", cwd=tmp_path)
    assert result.returncode == 1
    assert "error[E00" in result.stderr and "1 file not compiled" in result.stdout
    (tmp_path / "bad.luma").write_text("#[test] }} (\n#[bench\n")
    assert luma("test", cwd=tmp_path).returncode == 1
    assert luma("bench", cwd=tmp_path).returncode == 1


def test_timeout_and_isolation(tmp_path: Path) -> None:
    """A test that does not end is ended; one that is killed fails alone; what they started ends too."""
    (tmp_path / "wild.luma").write_text(
        "import std.process;\n"
        "#[test]\nfunc endless() { let n = 0; loop { n = (n + 1) % 7; if n == 8 { break; } } }\n"
        "#[test]\nfunc leaves() { process.exit(7); }\n"
        "#[test]\nfunc deep() { print(fall(1)); }\n"
        "func fall(n: i64) -> i64 { fall(n + 1) + n }\n"
        "#[test]\nfunc calm() {}\n"
    )
    start = time.perf_counter()
    result = luma("test", "--timeout", "1", "-O0", cwd=tmp_path)
    assert time.perf_counter() - start < 30
    found = lines_of(result)
    assert found["wild.luma::endless"] == "FAILED: timed out after 1 s"
    assert found["wild.luma::leaves"] == "FAILED: ended with status 7"
    assert found["wild.luma::deep"].startswith("FAILED")
    assert found["wild.luma::calm"] == "ok"
    assert "slowest: wild.luma::endless (1.0" in result.stdout


def test_leaks_fail(tmp_path: Path) -> None:
    """Memory that is still in use at the end fails a test, unless that is not asked for."""
    (tmp_path / "leak.luma").write_text(
        "import std.rt;\n#[test]\nfunc leaks() { let block = rt.alloc(64); unsafe { print(block.is_null()); } }\n"
    )
    result = luma("test", cwd=tmp_path)
    assert lines_of(result) == {"leak.luma::leaks": "FAILED: leaked memory"}, result.stderr
    assert "leak: 1 blocks of memory" in result.stdout
    assert luma("test", "--no-leak-check", cwd=tmp_path).returncode == 0


def test_nothing_to_test(tmp_path: Path) -> None:
    """No tests are no failure, but are said; a path that does not exist is a mistake."""
    empty = luma("test", cwd=tmp_path)
    assert (empty.returncode, empty.stdout) == (0, "no tests: there are no Luma files here\n")
    (tmp_path / "a.luma").write_text("func main() {}\n")
    assert "no tests in 1 file" in luma("test", cwd=tmp_path).stdout
    for arguments in (["missing.luma"], ["some/where"]):
        result = luma("test", *arguments, cwd=tmp_path)
        assert (result.returncode, result.stderr) == (1, f"error: no such file or folder: `{arguments[0]}`\n")
    assert luma("test", "--jobs", "0", cwd=tmp_path).returncode == 2
    (tmp_path / "b.luma").write_bytes(b"\xff\xfe")
    broken = luma("test", cwd=tmp_path)
    assert broken.returncode == 1 and "UTF-8" in broken.stderr and "Traceback" not in broken.stderr


DOCUMENTED = """\
//! About areas.
//!
//! ```
//! assert_eq(1 + 1, 2);
//! ```

/// The area of a square.
///
/// ```luma
/// import areas;
/// assert_eq(areas.square(3), 9);
/// ```
///
/// Wrong:
///
/// ```luma
/// import areas;
/// assert_eq(areas.square(2), 5);
/// ```
///
/// ```luma should_panic("the two sides differ")
/// assert_eq(1, 2);
/// ```
///
/// ```text
/// not code
/// ```
pub func square(a: i64) -> i64 { a * a }

pub struct Shape { pub side: i64 }

impl Shape {
    /// ```luma
    /// let x: i64 = "text";
    /// ```
    pub func broken(self) {}

    /// ```no_run
    /// panic("is not run");
    /// ```
    pub func quiet(self) {}

    /// ```ignore
    /// what is this
    /// ```
    pub func other(self) {}

    /// ```luma
    /// struct Own { x: i64 }
    /// func twice(own: Own) -> i64 { own.x * 2 }
    ///
    /// func main() -> Result<(), string> {
    ///     assert_eq(twice(Own { x: 3 }), 6);
    ///     Err("at the end")
    /// }
    /// ```
    pub func program(self) {}
}
"""


def test_examples_in_comments(tmp_path: Path) -> None:
    """Examples are tests; messages have the places in the comment, and one that does not compile fails alone."""
    (tmp_path / "areas.luma").write_text(DOCUMENTED)
    result = luma("test", cwd=tmp_path)
    assert lines_of(result) == {
        "areas.luma - module (line 3)": "ok",
        "areas.luma - square (line 9)": "ok",
        "areas.luma - square (line 16)": "FAILED: panicked",
        "areas.luma - square (line 21)": "ok",
        "areas.luma - Shape::broken (line 33)": "FAILED: does not compile",
        "areas.luma - Shape::quiet (line 38)": "ok",
        "areas.luma - Shape::other (line 43)": "ignored",
        "areas.luma - Shape::program (line 48)": "FAILED: panicked",
    }, result.stderr
    assert "at areas.luma:18:5 in example" in result.stdout
    assert "areas.luma:34:22" in result.stdout
    assert "panic: at the end" in result.stdout
    assert result.returncode == 1


def test_doc_and_no_doc(tmp_path: Path) -> None:
    """`--doc` runs examples only, `--no-doc` none."""
    (tmp_path / "a.luma").write_text("/// ```\n/// assert(true);\n/// ```\npub func f() {}\n#[test]\nfunc t() {}\n")
    assert list(lines_of(luma("test", "--doc", cwd=tmp_path))) == ["a.luma - f (line 1)"]
    assert list(lines_of(luma("test", "--no-doc", cwd=tmp_path))) == ["a.luma::t"]
    # Examples are kept like programs.
    entries = sorted((tmp_path / ".cache").iterdir())
    luma("test", "--doc", cwd=tmp_path)
    assert sorted((tmp_path / ".cache").iterdir()) == entries


def test_columns_of_examples(tmp_path: Path) -> None:
    """The module of an example keeps lines and columns; declarations at its start stand outside of the function."""
    path = tmp_path / "x.luma"
    lines = [
        "/// Say.",
        "///",
        "/// ```",
        "/// import std.math;",
        "/// #[derive(Eq)]",
        "/// struct P {",
        "///     x: i64,",
    ]
    text = "\n".join([*lines, "/// }", "/// let p = P { x: 1 };", "/// ```", "func f() {}", ""])
    path.write_text(text)
    (example,) = examples_of(Source(path, (tmp_path,)), text)
    assert example.case.line == 3
    assert example.text.split("\n")[3:10] == [
        "    import std.math;",
        "    #[derive(Eq)]",
        "    struct P {",
        "        x: i64,",
        "    } pub func example() {",
        "    let p = P { x: 1 };",
        "}",
    ]


def test_unfinished_examples(tmp_path: Path) -> None:
    """A fence without an end ends with its comment; other languages are left alone."""
    text = "/// ```\n/// f();\nfunc f() {}\n/// ```rust\n/// x\n/// ```\nfunc g() {}\n"
    text += "/// ````luma\n/// ```\n/// ````\nfunc h() {}\n"
    found = examples_of(Source(tmp_path / "x.luma", (tmp_path,)), text)
    assert [(example.case.line, example.case.title.partition(" - ")[2]) for example in found] == [
        (1, "f (line 1)"),
        (8, "h (line 8)"),
    ]


def test_reasons() -> None:
    """Exit status and output say why a test failed."""
    plain, panicking = Case("t", "t", "f", 1), Case("t", "t", "f", 1, panics=True, panic_text="b c")
    assert failure_reason(plain, 0, "") == ""
    assert failure_reason(plain, -11, "") == "ended by signal SIGSEGV"
    assert failure_reason(plain, 103, "") == "is not in the program"
    assert failure_reason(panicking, 101, "x\npanic: a\nb c d\n at f:1:1 in t\n") == ""
    assert (
        failure_reason(panicking, 101, "b c\npanic: a\n at b c:1:1 in t\n") == "panicked without `b c` in its message"
    )
    assert failure_reason(panicking, 1, "") == "gave an error"
    assert panic_message("say panic: no\npanic: yes\n at f:1:1 in t\n") == "yes"
    assert panic_message("nothing") == ""


def test_capture_keeps_both_ends() -> None:
    """Of endless output the start and the end are kept."""
    capture = Capture()
    capture.add(b"start")
    for _ in range(50):
        capture.add(b"x" * 65536)
    capture.add(b"end")
    text = capture.text()
    assert text.startswith("startx") and text.endswith("xend") and "bytes are left out" in text
    assert len(text) < 4 * KEPT_BYTES


def test_new_and_init(tmp_path: Path) -> None:
    """`luma new` makes a package that runs and passes its tests; what exists is never overwritten."""
    assert luma("new", "my-app", cwd=tmp_path).returncode == 0
    package = tmp_path / "my-app"
    assert 'name = "my_app"' in (package / "luma.toml").read_text()
    assert luma("run", "src/main.luma", cwd=package).stdout == "Hello, world!\n"
    again = luma("new", "my-app", cwd=tmp_path)
    assert again.returncode == 1 and "exists already" in again.stderr
    assert "is a package already" in luma("init", cwd=package).stderr
    assert "cannot name a package" in luma("new", "3d", cwd=tmp_path).stderr
    kept = tmp_path / "kept" / "src"
    kept.mkdir(parents=True)
    (kept / "main.luma").write_text("func main() {}\n")
    assert luma("init", "kept", cwd=tmp_path).returncode == 0
    assert (kept / "main.luma").read_text() == "func main() {}\n"
    assert (tmp_path / "kept" / "luma.toml").is_file()


def test_doc_writes_pages(tmp_path: Path) -> None:
    """`luma doc` writes a page for each module and an index."""
    (tmp_path / "areas.luma").write_text(DOCUMENTED)
    result = luma("doc", "areas.luma", "-o", "pages", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (0, "wrote 2 pages into pages\n")
    page = (tmp_path / "pages" / "areas.md").read_text()
    assert "### `square`\n\n```luma\nfunc square(a: i64) -> i64\n```\n\nThe area of a square.\n" in page
    assert "- [`areas`](areas.md): About areas." in (tmp_path / "pages" / "README.md").read_text()


def test_without_a_linker(tmp_path: Path) -> None:
    """On a machine without a C compiler tests are loaded into memory; they still run apart."""
    (tmp_path / "a.luma").write_text('#[test]\nfunc a() { print("x"); }\n#[test]\nfunc b() { panic("here"); }\n')
    (tmp_path / "empty").mkdir()
    result = luma("test", cwd=tmp_path, PATH=str(tmp_path / "empty"), LUMA_CC="")
    assert lines_of(result) == {"a.luma::a": "ok", "a.luma::b": "FAILED: panicked"}, result.stdout + result.stderr
    assert "panic: here\n at a.luma:4:12 in b" in result.stdout


def test_the_chain_of_an_error(tmp_path: Path) -> None:
    """An `Err` of the library's error is shown with its causes."""
    (tmp_path / "a.luma").write_text(
        "#[test]\nfunc a() -> Result<(), Error> {\n"
        '    let n = "x".parse::<i64>().context("reading the age")?;\n    assert_eq(n, 1);\n    Ok(())\n}\n'
    )
    result = luma("test", cwd=tmp_path)
    assert "error: reading the age\n  caused by: `x` is not a number" in result.stdout, result.stderr


def test_interrupted(tmp_path: Path) -> None:
    """Ctrl-C ends the tests that are running, and says so without a traceback."""
    (tmp_path / "a.luma").write_text("import std.time;\n#[test]\nfunc waits() { time.sleep(60.0); }\n")
    assert luma("test", "--timeout", "0.1", cwd=tmp_path).returncode == 1
    variables = {**os.environ, "LUMA_CACHE_DIR": str(tmp_path / ".cache")}
    command = [sys.executable, "-m", "luma_ir.tools.luma", "test"]
    process = subprocess.Popen(command, cwd=tmp_path, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert errors == b"interrupted\n"


def test_messages_as_json_and_timing(tmp_path: Path) -> None:
    """`--error-format=json` is for the compiler's messages; `--timing` shows where the time went."""
    (tmp_path / "a.luma").write_text("#[test]\nfunc a() { missing(); }\n")
    result = luma("test", "--error-format=json", cwd=tmp_path)
    assert json.loads(result.stderr.splitlines()[0])["code"] == "E0100"
    (tmp_path / "a.luma").write_text("#[test]\nfunc a() {}\n")
    timing = luma("test", "--timing", cwd=tmp_path).stderr
    assert all(word in timing for word in ("find", "build", "run"))


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    """Tests run all the same, and nothing is left behind."""
    (tmp_path / "a.luma").write_text(
        "/// ```\n/// assert(true);\n/// ```\nfunc f() {}\n#[test]\n#[bench]\nfunc a() {}\n"
    )
    (tmp_path / "file").write_text("")
    (tmp_path / "temporary").mkdir()
    places = {"LUMA_CACHE_DIR": str(tmp_path / "file"), "TMPDIR": str(tmp_path / "temporary")}
    result = luma("test", "a.luma", cwd=tmp_path, **places)
    assert (result.returncode, result.stderr) == (0, ""), result.stdout
    bench = luma("bench", "a.luma", "--time", "0.01", "--warm-up", "0.01", cwd=tmp_path, **places)
    assert bench.returncode == 0, bench.stdout
    assert list((tmp_path / "temporary").iterdir()) == []
