"""
Text, JSON, CSV and dates of the library against Python's.

One program answers questions line by line, so that thousands of cases cost one compilation. A question is a letter and
texts in hexadecimal digits; an answer is one line.
"""

from __future__ import annotations

import csv
import io
import json
import os.path
import random
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

ANSWERS = r"""
import std.csv;
import std.io;
import std.json;
import std.json.{Json};
import std.path;
import std.time.{DateTime};

func decode(hex: string) -> string {
    let bytes: [u8] = [];
    for i in 0..hex.len() / 2 {
        let high = (hex.bytes()[i * 2] as char).to_digit_radix(16).unwrap();
        bytes.push((high * 16 + (hex.bytes()[i * 2 + 1] as char).to_digit_radix(16).unwrap()) as u8);
    }
    string::from_utf8(bytes).unwrap()
}

func place(found: i64?) -> string { f"{found.unwrap_or(-1)}" }

func rows_as_json(rows: [[string]]) -> Json {
    Json::Array([Json::Array([Json::String(field) for field in row]) for row in rows])
}

func rows_of(value: Json) -> [[string]] {
    [[field.as_str().unwrap() for field in row.as_array().unwrap()] for row in value.as_array().unwrap()]
}

func moment(text: string) -> string {
    match text.parse::<DateTime>() {
        Ok(moment) => f"{moment} {moment.date.weekday()} {moment.date.day_of_year()}",
        Err(_) => "error",
    }
}

func answer(kind: string, a: string, b: string) -> string {
    match kind {
        "j" => match json.parse(a) { Ok(value) => value.to_string(), Err(error) => "error: " + error },
        "p" => match json.parse(a) { Ok(value) => Json::String(value.pretty(3)).to_string(), Err(error) => error },
        "c" => match csv.parse(a) { Ok(rows) => rows_as_json(rows).to_string(), Err(error) => error },
        "w" => Json::String(csv.write(rows_of(json.parse(a).unwrap()))).to_string(),
        "n" => path.normalize(a),
        "t" => moment(a),
        "U" => a.to_upper(),
        "L" => a.to_lower(),
        "C" => a.capitalize(),
        "k" => "".join_kinds(a),
        "f" => place(a.find(b)),
        "r" => place(a.rfind(b)),
        "#" => f"{a.count(b)}",
        "/" => f"{a.split(b)}",
        "R" => a.replace(b, "<>"),
        "s" => f"{a.split_whitespace()} [{a.trim()}]",
        "m" => f"[{a.trim_matches(b)}] [{a.trim_start_matches(b)}] [{a.trim_end_matches(b)}]",
        "b" => f"{a.starts_with(b)} {a.ends_with(b)} {a.contains(b)} {a < b} {a == b}",
        "o" => f"{a.split_once(b)} {a.rsplit_once(b)} {a.splitn(b, 2)} {a.reversed()} {a.char_count()}",
        _ => "?",
    }
}

trait Kinds { func join_kinds(self, text: string) -> string; }

impl Kinds for string {
    // One digit for each character: letter 1, number 2, capital 4, small letter 8.
    func join_kinds(self, text: string) -> string {
        let out = "";
        for c in text.chars() {
            let kind = (if c.is_letter() { 1 } else { 0 }) + (if c.is_numeric() { 2 } else { 0 })
                + (if c.is_upper() { 4 } else { 0 }) + (if c.is_lower() { 8 } else { 0 });
            out.push(char::from_digit(kind).unwrap());
        }
        out
    }
}

func main() {
    while let Some(line) = io.read_line() {
        let parts = line.split(" ");
        print(answer(parts[0], decode(parts[1]), decode(parts[2])));
    }
}
"""

Ask = Callable[[list[tuple[str, str, str]]], list[str]]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """A function from questions to answers."""
    folder = tmp_path_factory.mktemp("documents")
    (folder / "program.luma").write_text(ANSWERS)
    tool = [sys.executable, "-m", "luma_ir.tools.luma_compile", "--check-leaks", "--overflow", "trap", "-O1"]
    command = [*tool, str(folder / "program.luma"), "-o", str(folder / "program")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr

    def answer(questions: list[tuple[str, str, str]]) -> list[str]:
        lines = [f"{kind} {first.encode().hex()} {second.encode().hex()}\n" for kind, first, second in questions]
        run = subprocess.run(
            [str(folder / "program")], input="".join(lines), capture_output=True, text=True, timeout=60
        )
        assert run.returncode == 0, run.stderr
        answers = run.stdout.split("\n")[:-1]
        assert len(answers) == len(questions)
        return answers

    return answer


# ---- JSON

CHARACTERS = 'abz "\\/\b\f\n\r\t\x00\x1f\x7fé€日😀\u2028{}[]:,'


def random_value(depth: int) -> object:
    """A JSON value."""
    kind = random.randrange(9 if depth else 6)
    if kind == 0:
        return random.choice([None, True, False])
    if kind == 1:
        return random.choice([0, -1, 7, 2**63 - 1, -(2**63), random.randrange(-(10**18), 10**18)])
    if kind == 2:
        return random.choice([0.1, -0.0, 1e300, 5e-324, 1e16, random.random(), random.uniform(-1e9, 1e9), 2.5**300])
    if kind < 6:
        return "".join(random.choices(CHARACTERS, k=random.randrange(8)))
    if kind == 6:
        return {str(random_value(0)): random_value(depth - 1) for _ in range(random.randrange(20))}
    return [random_value(depth - 1) for _ in range(random.randrange(5))]


def compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def reject(name: str) -> None:
    raise ValueError(name)


def expected_json(text: str) -> str | None:
    """What the library prints of a document; None when it must refuse it."""

    def integer(digits: str) -> int | float:
        return int(digits) if -(2**63) <= int(digits) < 2**63 else float(digits)

    try:
        shown = compact(json.loads(text, parse_constant=reject, parse_int=integer))
        shown.encode()
    except (ValueError, RecursionError):
        return None
    return shown.replace("-Infinity", "null").replace("Infinity", "null")


def test_json_documents(ask: Ask) -> None:
    random.seed(11)
    texts = []
    for number in range(700):
        value = random_value(4)
        texts.append(json.dumps(value, indent=random.choice([None, 1]), ensure_ascii=number % 2 == 0))
    answers = ask([("j", text, "") for text in texts])
    assert answers == [expected_json(text) for text in texts]
    # What is printed is read back as the same.
    assert ask([("j", text, "") for text in answers]) == answers
    pretty = ask([("p", text, "") for text in texts[:100]])
    assert [json.loads(text) for text in pretty] == [
        json.dumps(json.loads(text), indent=3, ensure_ascii=False) for text in texts[:100]
    ]


def test_broken_json_documents(ask: Ask) -> None:
    random.seed(12)
    texts = [
        "",
        "nul",
        "[1,]",
        "{,}",
        '{"a"}',
        "01",
        "-",
        "1.",
        ".1",
        "1e",
        "+1",
        "\\",
        '"\\u12"',
        "[1}",
        "\ufeff1",
        "1 1",
    ]
    for _ in range(1500):
        text = json.dumps(random_value(3), ensure_ascii=random.random() < 0.5)
        for _ in range(random.randrange(1, 3)):
            at = random.randrange(len(text) + 1)
            extra = random.choice(["", "", random.choice('{}[]:,"\\01-+.eE \ntu\x01'), text[at : at + 3]])
            text = text[:at] + extra + text[at + random.randrange(2) :]
        texts.append(text)
    answers = ask([("j", text, "") for text in texts])
    wrong = []
    for text, answer in zip(texts, answers, strict=True):
        wanted = expected_json(text)
        good = answer.startswith("error: line ") if wanted is None else answer == wanted
        if not good:
            wrong.append((text, answer, wanted))
    assert wrong == []
    assert sum(answer.startswith("error") for answer in answers) > 500


# ---- CSV


def random_rows() -> list[list[str]]:
    return [
        ["".join(random.choices('ab,"\n\r é', k=random.randrange(6))) for _ in range(random.randrange(1, 5))]
        for _ in range(random.randrange(1, 6))
    ]


def test_csv(ask: Ask) -> None:
    random.seed(13)
    tables = [random_rows() for _ in range(300)]
    texts = []
    for rows in tables:
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerows(rows)
        texts.append(out.getvalue())
    assert [json.loads(answer) for answer in ask([("c", text, "") for text in texts])] == tables
    written = [json.loads(answer) for answer in ask([("w", json.dumps(rows), "") for rows in tables])]
    assert [list(csv.reader(io.StringIO(text, newline=""), strict=True)) for text in written] == tables


# ---- text


def shown(parts: list[str] | tuple[str, ...]) -> str:
    opening, closing = "[]" if isinstance(parts, list) else "()"
    return opening + ", ".join('"' + part + '"' for part in parts) + closing


def option(parts: tuple[str, str, str], at: int) -> str:
    return f"Some({shown((parts[0], parts[2]))})" if parts[1] else "None"


EXPECTED: dict[str, Callable[[str, str], str]] = {
    "f": lambda a, b: str(a.encode().find(b.encode())),
    "r": lambda a, b: str(a.encode().rfind(b.encode())),
    "#": lambda a, b: str(a.count(b)),
    "/": lambda a, b: shown(a.split(b)),
    "R": lambda a, b: a.replace(b, "<>"),
    "s": lambda a, b: f"{shown(a.split())} [{a.strip()}]",
    "m": lambda a, b: f"[{a.strip(b)}] [{a.lstrip(b)}] [{a.rstrip(b)}]",
    "b": lambda a, b: f"{a.startswith(b)} {a.endswith(b)} {b in a} {a.encode() < b.encode()} {a == b}".replace(
        "T", "t"
    ).replace("F", "f"),
    "o": lambda a, b: (
        f"{option(a.partition(b), 0)} {option(a.rpartition(b), 0)} {shown(a.split(b, 1))} {a[::-1]} {len(a)}"
    ),
}


def test_methods_of_strings(ask: Ask) -> None:
    random.seed(14)
    questions = []
    for _ in range(4000):
        letters = random.choice(["ab", "ab ", "aé日😀", "abcdefgh", "a\u3000\xa0 "])
        text = "".join(random.choices(letters, k=random.choice([0, 1, 3, 10, 60])))
        part = "".join(random.choices(letters, k=random.choice([1, 1, 2, 3, 9])))
        questions.append((random.choice(list(EXPECTED)), text, part))
    wanted = [EXPECTED[kind](text, part) for kind, text, part in questions]
    wrong = [row for row in zip(questions, ask(questions), wanted, strict=True) if row[1] != row[2]]
    assert wrong == []


def test_long_searches_are_linear(ask: Ask) -> None:
    text = "a" * 200_000
    part = "b" + "a" * 50_000
    assert ask([("r", text, part), ("r", text + part, part), ("f", text, part[1:] + "b")]) == ["-1", "200000", "-1"]


SAME_UNICODE = pytest.mark.skipif(
    unicodedata.unidata_version != "14.0.0", reason="this Python has other Unicode tables than the library"
)


@SAME_UNICODE
def test_cases_and_kinds_of_all_characters(ask: Ask) -> None:
    # U+001C to U+001F are line ends for Python only, and U+03A3 looks at its neighbours.
    every = [chr(code) for code in range(0x20, 0x110000) if not 0xD800 <= code < 0xE000]
    chunks = ["".join(every[start : start + 2000]) for start in range(0, len(every), 2000)]
    questions = [("U", chunk, "") for chunk in chunks] + [("L", chunk.replace("Σ", ""), "") for chunk in chunks]
    questions += [("C", c + "É", "") for c in every if c.lower() != c or c.upper() != c]
    wanted = [text.upper() if kind == "U" else text.lower() if kind == "L" else text.capitalize()
              for kind, text, _ in questions]  # fmt: skip
    wrong = [row for row in zip(questions, ask(questions), wanted, strict=True) if row[1] != row[2]]
    assert wrong == []
    digits = "0123456789abcdef"
    kinds = [
        "".join(
            digits[
                (unicodedata.category(c)[0] == "L")
                + 2 * (unicodedata.category(c)[0] == "N")
                + 4 * c.isupper()
                + 8 * c.islower()
            ]
            for c in chunk
        )
        for chunk in chunks
    ]
    assert ask([("k", chunk, "") for chunk in chunks]) == kinds


@SAME_UNICODE
def test_the_tables_are_what_the_script_writes() -> None:
    script = Path(__file__).parents[2] / "scripts" / "make_unicode_tables.py"
    assert subprocess.run([sys.executable, str(script), "--check"]).returncode == 0


def test_final_sigma(ask: Ask) -> None:
    texts = ["ΑΣ", "ΑΣ Σ", "ΣΑΣ.", "ΑΣΑ", "Σ", "ΟΔΥΣΣΕΥΣ ΗΡΩΣ"]
    assert ask([("L", text, "") for text in texts]) == [text.lower() for text in texts]


# ---- paths and moments


def test_paths_are_normalized_as_python_does(ask: Ask) -> None:
    random.seed(15)
    paths = ["/".join(random.choices(["", ".", "..", "a", "b.c"], k=random.randrange(1, 7))) for _ in range(400)]
    # Two slashes at the start have a meaning of their own for Python.
    paths = ["/" + path.lstrip("/") if path.startswith("/") else path for path in paths]
    assert ask([("n", path, "") for path in paths]) == [os.path.normpath(path) for path in paths]


def test_moments(ask: Ask) -> None:
    random.seed(16)
    texts, wanted = [], []
    for _ in range(500):
        moment = datetime(1, 1, 3, tzinfo=UTC) + timedelta(seconds=random.randrange(315_537_000_000))
        local = moment.replace(microsecond=random.choice([0, 500_000, 123_456]))
        offset = timezone(timedelta(minutes=random.choice([0, 0, 60, -330, 845])))
        texts.append(local.astimezone(offset).isoformat(sep=random.choice("T ")))
        fraction = f".{local.microsecond:06}".rstrip("0") if local.microsecond else ""
        start = f"{local.year:04}-{local.month:02}-{local.day:02}T{local:%H:%M:%S}{fraction}Z"
        wanted.append(f"{start} {local.isoweekday()} {local.timetuple().tm_yday}")
    assert ask([("t", text, "") for text in texts]) == wanted
    bad = ["", "2024", "2024-02-30T00:00", "2024-02-29", "2024-02-29T24:00", "2024-02-29T12:60", "2024-02-29T12:30+1"]
    assert ask([("t", text, "") for text in bad]) == ["error"] * len(bad)
