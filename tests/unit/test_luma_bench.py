"""`luma bench`: measuring, baselines, and what it says."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from luma_ir.driver.testing import baselines
from luma_ir.driver.testing.benches import cells, scaled, time_text
from luma_ir.driver.testing.cases import Case
from luma_ir.driver.testing.measure import Measurement, Sample, summary
from luma_ir.ir.diagnostics import LumaError

BENCHES = """\
import std.test.{black_box};
import std.test;

#[bench]
func sums() -> i64 {
    test.bytes(8000);
    let s = 0;
    for x in black_box([i for i in 0..1000]) { s += x; }
    s
}

#[bench]
func sums_more() -> i64 {
    test.items(10000);
    let s = 0;
    for x in black_box([i for i in 0..10000]) { s += x; }
    s
}

#[bench]
func nothing() {}

#[bench]
func fails() { let xs: [i64] = []; print(xs[black_box(1)]); }
"""

QUICK = ("--time", "0.05", "--warm-up", "0.02", "--samples", "10")


def luma(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run `luma` in a folder, with a cache of its own."""
    variables = {**os.environ, "LUMA_CACHE_DIR": str(cwd / ".cache")}
    command = [sys.executable, "-m", "luma_ir.tools.luma", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=variables, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def benches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a file of benches."""
    folder = tmp_path_factory.mktemp("benches")
    (folder / "b.luma").write_text(BENCHES)
    return folder


def test_measurements_are_plausible(benches: Path) -> None:
    """Ten times the work takes about ten times as long; nothing takes next to nothing; rates follow from times."""
    result = luma("bench", "b.luma", *QUICK, "--json", "-", "sums", "nothing", cwd=benches)
    assert result.returncode == 0, result.stderr
    found = {entry["name"].partition("::")[2]: entry for entry in json.loads(result.stdout)["benches"]}
    assert list(found) == ["sums", "sums_more", "nothing"]
    assert 4 < found["sums_more"]["median_ns"] / found["sums"]["median_ns"] < 25
    assert 0 < found["nothing"]["median_ns"] < 50
    assert 30 < found["sums"]["median_ns"] < 100_000
    for entry in found.values():
        assert entry["low_ns"] <= entry["median_ns"] <= entry["high_ns"]
        assert entry["samples"] >= 10 and entry["runs"] >= entry["samples"]
    assert (found["sums"]["bytes"], found["sums"]["items"]) == (8000, 0)
    assert (found["sums_more"]["bytes"], found["sums_more"]["items"]) == (0, 10000)


def test_lines_and_failures(benches: Path) -> None:
    """Each bench has a line; one that panics fails alone, its output is shown, and the status is 1."""
    result = luma("bench", *QUICK, cwd=benches)
    assert result.returncode == 1
    lines = [line.split() for line in result.stdout.splitlines()]
    assert [line[1] for line in lines] == [
        "b.luma::sums",
        "b.luma::sums_more",
        "b.luma::nothing",
        "b.luma::fails",
    ]
    assert lines[0][3] in ("ns", "µs") and lines[0][4].startswith("±") and lines[0][-1].endswith("B/s")
    assert "FAILED: panicked" in result.stdout
    assert "panic: index out of range" in result.stderr
    assert "at b.luma:24:" in result.stderr


def test_baselines(benches: Path) -> None:
    """Measurements are kept under a name; later ones show the change; a missing name is a mistake that names others."""
    assert luma("bench", "sums", *QUICK, "--save", "first", cwd=benches).returncode == 0
    result = luma("bench", "--baseline", "first", *QUICK, "sums_more", cwd=benches)
    assert result.returncode == 0, result.stderr
    assert any(word in result.stdout for word in ("unchanged", "faster", "slower")) and "%" in result.stdout
    missing = luma("bench", "--baseline", "second", *QUICK, "sums", cwd=benches)
    assert (missing.returncode, missing.stdout) == (1, "")
    assert missing.stderr == "error: there is no baseline `second`\n  = help: there are `first`\n"
    wrong = luma("bench", "--save", "../x", *QUICK, "sums", cwd=benches)
    assert wrong.returncode == 1 and "cannot name a baseline" in wrong.stderr


def test_list_filter_and_errors(benches: Path, tmp_path: Path) -> None:
    """`--list` runs nothing; filters without a match, and files without benches, are said."""
    assert luma("bench", "--list", "sums", cwd=benches).stdout == "b.luma::sums\nb.luma::sums_more\n"
    none = luma("bench", "nope", cwd=benches)
    assert (none.returncode, none.stderr) == (1, "error: no bench matches `nope`, out of 4\n")
    (tmp_path / "a.luma").write_text("func main() {}\n")
    empty = luma("bench", cwd=tmp_path)
    assert (empty.returncode, empty.stdout) == (0, "no benches: a bench is a function with `#[bench]`\n")
    (tmp_path / "a.luma").write_text("#[bench]\nfunc a() { prnt(1); }\n")
    broken = luma("bench", *QUICK, cwd=tmp_path)
    assert broken.returncode == 1 and "error[E0100]" in broken.stderr and "does not compile" in broken.stdout
    (tmp_path / "a.luma").write_text(
        "#[bench]\nfunc a() { let n = 0; loop { n = (n + 1) % 7; if n == 8 { break; } } }\n"
    )
    endless = luma("bench", "--timeout", "1", cwd=tmp_path)
    assert endless.returncode == 1 and "FAILED: timed out after 1 s" in endless.stdout


def test_a_table_on_a_terminal(benches: Path) -> None:
    """On a terminal there is a table with a head."""
    master, slave = pty.openpty()
    variables = {**os.environ, "LUMA_CACHE_DIR": str(benches / ".cache"), "COLUMNS": "100", "TERM": "xterm"}
    command = [sys.executable, "-m", "luma_ir.tools.luma", "bench", "sums", *QUICK]
    process = subprocess.Popen(command, cwd=benches, env=variables, stdout=slave, stderr=subprocess.PIPE)
    os.close(slave)
    text = b""
    try:
        while data := os.read(master, 65536):
            text += data
    except OSError:
        pass  # Linux ends the reading of a terminal that nobody writes to with an error.
    os.close(master)
    assert process.wait() == 0
    assert b"spread" in text and b"b.luma::sums_more" in text


def test_summary() -> None:
    """Median, quartiles and deviation are those of the times of one run."""
    found = summary([Sample(10, 10 * time, 5, 0) for time in (1, 2, 3, 4, 100)])
    assert (found.median_ns, found.low_ns, found.high_ns, found.mad_ns) == (3, 2, 4, 1)
    assert (found.samples, found.runs, found.bytes) == (5, 50, 5)
    assert found.rate() == (5 / 3 * 1e9, "B/s")
    assert summary([Sample(1, 0, 0, 0)]).median_ns > 0


def times(median: float, spread: float) -> Measurement:
    """A measurement with quartiles at that distance from the median."""
    return Measurement(median, median - spread, median + spread, spread, 50, 1000)


def test_verdicts_respect_noise() -> None:
    """A change counts when it is large and the samples do not overlap."""
    assert baselines.compare(times(100, 1), times(120, 1)).verdict == "slower"
    assert baselines.compare(times(100, 1), times(80, 1)).verdict == "faster"
    assert baselines.compare(times(100, 1), times(103, 1)).verdict == "unchanged"
    assert baselines.compare(times(100, 15), times(120, 15)).verdict == "unchanged"
    assert baselines.compare(times(100, 1), times(120, 1)).relative == pytest.approx(0.2)


def test_baseline_files(tmp_path: Path) -> None:
    """They are kept in the package's `build`; saving adds; damaged ones are told."""
    (tmp_path / "luma.toml").write_text('[package]\nname = "x"\n')
    place = baselines.save_baseline(tmp_path, "a", {"one": times(1, 0)})
    assert place == tmp_path / "build" / "bench" / "a.json"
    baselines.save_baseline(tmp_path, "a", {"two": times(2, 0)})
    found, same_machine = baselines.load_baseline(tmp_path, "a")
    assert sorted(found) == ["one", "two"] and found["two"] == times(2, 0) and same_machine
    for text in ("{", "[]", '{"version": 1}', '{"version": 1, "benches": {"a": 3}}', '{"version": 9, "benches": {}}'):
        place.write_text(text)
        with pytest.raises(LumaError):
            baselines.load_baseline(tmp_path, "a")


def test_text_forms() -> None:
    """Times and rates have three digits and a fitting unit."""
    assert [time_text(value) for value in (0.5, 12.34, 1234.5, 2.5e6, 3e9)] == [
        "0.50 ns",
        "12.3 ns",
        "1.23 µs",
        "2.50 ms",
        "3.00 s",
    ]
    assert [scaled(value, "B/s") for value in (5, 1500, 2e6, 123e9)] == [
        "5.00 B/s",
        "1.50 kB/s",
        "2.00 MB/s",
        "123 GB/s",
    ]
    from luma_ir.driver.testing.benches import Row

    assert cells(Row(Case("t", "t", "f", 1), None, "panicked"))[0] == "FAILED: panicked"
