"""
Texts of numbers against Python's: shortest float texts, float parsing, format specs.

One program answers questions line by line, so that thousands of values cost one compilation. The references are
Python's `repr`, `float` and `format`; for single precision, exact fractions.
"""

from __future__ import annotations

import random
import struct
import subprocess
import sys
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path

import pytest

ANSWERS = """
import std.io;

func main() {
    while let Some(line) = io.read_line() {
        let text = line[2..];
        if line.starts_with("d ") {
            print(f64::from_bits(text.parse::<u64>().unwrap()));
        } else if line.starts_with("s ") {
            print(f32::from_bits(text.parse::<u32>().unwrap()));
        } else if line.starts_with("D ") {
            match text.parse::<f64>() { Ok(x) => print(x.to_bits()), Err(error) => print(error) }
        } else {
            match text.parse::<f32>() { Ok(x) => print(x.to_bits()), Err(error) => print(error) }
        }
    }
}
"""


def build(text: str, folder: Path, *options: str) -> Path:
    """The binary of a program, compiled with overflow checks and counted memory."""
    source = folder / "program.luma"
    source.write_text(text)
    binary = folder / "program"
    tool = [sys.executable, "-m", "luma_ir.tools.luma_compile", "--check-leaks", "--overflow", "trap", *options]
    done = subprocess.run([*tool, str(source), "-o", str(binary)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return binary


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory):
    """A function from questions to answers."""
    binary = build(ANSWERS, tmp_path_factory.mktemp("answers"), "-O2")

    def ask(questions: list[str]) -> list[str]:
        done = subprocess.run([str(binary)], input="\n".join(questions), capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return ask


def lcg(seed: int):
    """An endless row of 64-bit numbers (Knuth's MMIX generator, with its upper bits folded down)."""
    state = seed
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield state ^ state >> 29


def double_bits() -> list[int]:
    """Bit patterns of every kind."""
    row = lcg(1)
    bits = [next(row) for _ in range(1500)]
    bits += [next(row) >> (12 + next(row) % 52) for _ in range(300)]
    bits += [exponent << 52 for exponent in range(0, 2048, 3)]
    bits += [(exponent << 52) + delta for exponent in range(1, 2047, 60) for delta in (-1, 1)]
    values = [10.0**k for k in range(-307, 309)] + [float(k) for k in range(200)] + [k / 2 for k in range(-99, 99)]
    values += (
        [k / 100 for k in range(300)] + [2.0**53 + k for k in range(-8, 8)] + [1e15 + 0.5, 1e16 - 2, 123456789.125]
    )
    values += [0.0, -0.0, float("inf"), float("-inf"), float("nan"), 5e-324, sys.float_info.max, sys.float_info.min]
    return bits + [struct.unpack("<Q", struct.pack("<d", value))[0] for value in values]


def to_double(bits: int) -> float:
    return struct.unpack("<d", struct.pack("<Q", bits))[0]


def to_single(bits: int) -> float:
    return struct.unpack("<f", struct.pack("<I", bits))[0]


def test_the_text_of_a_double_is_pythons(answers) -> None:
    bits = double_bits()
    assert len(bits) > 3000
    assert answers([f"d {each}" for each in bits]) == [repr(to_double(each)) for each in bits]


def round_to_single(value: Fraction) -> int:
    """The bits of the single nearest to a value that is not negative, ties to even."""
    if value == 0:
        return 0
    exponent = value.numerator.bit_length() - value.denominator.bit_length()
    while Fraction(2) ** exponent > value:
        exponent -= 1
    while Fraction(2) ** (exponent + 1) <= value:
        exponent += 1
    unit = max(exponent - 23, -149)
    scaled = round(value / Fraction(2) ** unit)
    if scaled == 1 << 24:
        scaled, unit = 1 << 23, unit + 1
    bits = scaled if scaled < 1 << 23 else ((unit + 150) << 23) + scaled - (1 << 23)
    return min(bits, 0x7F800000)


def single_text(bits: int) -> str:
    """The shortest text that rounds to a single, the nearest of those, laid out as `repr` does."""
    value = to_single(bits)
    if value != value or value in (float("inf"), float("-inf")) or value == 0:
        return repr(value)
    size = Fraction(abs(value))
    for digits in range(1, 10):
        with localcontext() as context:
            context.prec = digits
            near = Decimal(size.numerator) / Decimal(size.denominator)
            step = Decimal(1).scaleb(near.adjusted() - digits + 1)
        with localcontext() as context:
            context.prec = 60
            candidates = [near, near + step, near - step]
        fitting = [each for each in candidates if each > 0 and round_to_single(Fraction(each)) == bits & 0x7FFFFFFF]
        if fitting:
            best = min(fitting, key=lambda each: abs(Fraction(each) - size))
            return repr(float(best) * (-1 if bits >> 31 else 1))
    raise AssertionError


def test_the_text_of_a_single_is_the_shortest(answers) -> None:
    row = lcg(2)
    bits = [next(row) & 0xFFFFFFFF for _ in range(1200)] + [next(row) & 0x7FFFFF for _ in range(100)]
    bits += [exponent << 23 for exponent in range(256)]
    bits += [round_to_single(Fraction(10) ** k) for k in range(-45, 39)]
    bits += [0x7F7FFFFF, 0x80000000, 0x80000001, 0xFF800000, 0x7FC00000, 1]
    assert answers([f"s {each}" for each in bits]) == [single_text(each) for each in bits]


def hard_texts() -> list[str]:
    """Texts of numbers that are hard to round: halfway points, their neighbours, many digits, extreme exponents."""
    random.seed(3)
    texts = [repr(to_double(bits & (2**63 - 1))) for bits in double_bits()[:800]]
    row = lcg(4)
    with localcontext() as context:
        context.prec = 1100
        for _ in range(120):
            bits = next(row) % (2046 << 52)
            middle = (Decimal(to_double(bits)) + Decimal(to_double(bits + 1))) / 2
            text = f"{middle:e}"
            mantissa, exponent = text.split("e")
            texts += [text, f"{mantissa}0001e{exponent}", f"{middle - middle.scaleb(-760):e}"]
    for _ in range(800):
        digits = "".join(random.choices("0123456789", k=random.randint(1, 40)))
        point = random.randint(0, len(digits))
        texts.append(f"{digits[:point]}.{digits[point:]}e{random.randint(-340, 330)}")
        texts.append(f"{digits[:point]}.{digits[point:]}")
    texts += [
        "1" + "0" * 400,
        "0." + "0" * 400 + "1",
        "0" * 50 + "1",
        "1e99999999999999999999",
        "1e-99999999999999999999",
    ]
    texts += ["0e999", "00.00", ".5", "5.", "1E5", "1e+5", "+1.5", "9007199254740993", "9007199254740993.00000001"]
    texts += ["1.7976931348623158e308", "1.7976931348623159e308", "4.9e-324", "2.4703282292062327e-324"]
    return [*texts, "inf", "-Infinity", "nan", "2.4703282292062328e-324", "2.2250738585072011e-308"]


def test_doubles_are_read_as_python_reads_them(answers) -> None:
    texts = hard_texts()
    expected = [struct.unpack("<Q", struct.pack("<d", float(text)))[0] for text in texts]
    got = answers([f"D {text}" for text in texts])
    assert [(text, answer) for text, answer, wanted in zip(texts, got, expected, strict=True)
            if answer != str(wanted)] == []  # fmt: skip


def test_singles_are_read_to_the_nearest(answers) -> None:
    texts = [
        text for text in hard_texts() if text[-1] in "0123456789." and "-99999" not in text and "e9999" not in text
    ]
    row = lcg(5)
    with localcontext() as context:
        context.prec = 300
        for _ in range(300):
            bits = next(row) % (254 << 23)
            texts.append(f"{(Decimal(to_single(bits)) + Decimal(to_single(bits + 1))) / 2:e}")
    got = answers([f"S {text}" for text in texts])
    wrong = [
        text
        for text, answer in zip(texts, got, strict=True)
        if answer != str(round_to_single(Fraction(text if text[-1] != "." else text + "0")))
    ]
    assert wrong == [], "\n".join(map(repr, wrong))


@pytest.mark.parametrize("kind", ["D", "S"])
def test_what_is_no_float(answers, kind: str) -> None:
    texts = ["", "-", "+", ".", "e5", "1e", "1e+", "1.2.3", "1 ", " 1", "0x10", "1_0", "infin", "--1", "1e5.0", "12a"]
    name = {"D": "f64", "S": "f32"}[kind]
    expected = [f"`{text}` is not a number of type {name}" if text else f"empty text is not a number of type {name}"
                for text in texts]  # fmt: skip
    assert answers([f"{kind} {text}" for text in texts]) == expected


# ---- format specs


def random_spec(kinds: list[str], with_precision: bool) -> str:
    """A spec of Python's language."""
    spec = random.choice(["", "", "<", ">", "^", "=", "*<", "0>", "é^", " ="])
    spec += random.choice(["", "", "+", "-", " "])
    kind = random.choice(kinds)
    spec += random.choice(["", "", "#"]) + random.choice(["", "", "0"]) + random.choice(["", "1", "7", "12", "25"])
    if kind in ("", "d", "e", "f", "g", "%"):
        spec += random.choice(["", ","])
    if with_precision:
        spec += random.choice(["", ".0", ".1", ".2", ".3", ".6", ".10", ".17", ".25"])
    return spec + kind


def literal(value: float | int | str) -> str:
    """A value in Luma's source."""
    if isinstance(value, str):
        return '"' + value + '"'
    if isinstance(value, float) and value != value:
        return "f64::NAN"
    if value in (float("inf"), float("-inf")):
        return ("-" if value < 0 else "") + "f64::INFINITY"
    return repr(value)


def cases() -> list[tuple[float | int | str, str]]:
    """Values with specs."""
    random.seed(6)
    found: list[tuple[float | int | str, str]] = []
    integers = [0, 1, -1, 7, -42, 255, 1000, 999999, -1234567, 2**63 - 1, -(2**63)]
    floats = [0.0, -0.0, 1.0, -2.5, 0.5, 0.05, 1e-7, 123456.789, 1e15, 1e16, 1e22, 999999.5, 9.995, 0.1, 5e-324]
    floats += [sys.float_info.max, 2.675, 1e100, -1234.5, float("inf"), float("-inf"), float("nan"), 99.995, 0.00012345]
    texts = ["", "a", "hello", "äöü€", "日本語", "x" * 30]
    for _ in range(130):
        found.append((random.choice(integers), random_spec(["", "d", "x", "X", "b", "o"], False)))
    for _ in range(230):
        found.append((random.choice(floats), random_spec(["", "e", "f", "g", "%"], True)))
    for _ in range(60):
        align, width = random.choice(["", "<", ">", "^", "*^", "é>"]), random.choice(["", "1", "8", "20"])
        found.append(
            (random.choice(texts), align + width + random.choice(["", ".0", ".3", ".10"]) + random.choice(["", "s"]))
        )
    return found


def test_format_specs_are_pythons(tmp_path: Path) -> None:
    # A comma with a spec that Python refuses, or that our checker refuses with reason, is left out.
    chosen: list[tuple[float | int | str, str, str]] = []
    for value, spec in cases():
        try:
            chosen.append((value, spec, format(value, spec)))
        except ValueError:
            continue
    assert len(chosen) > 380
    groups = [chosen[start : start + 40] for start in range(0, len(chosen), 40)]
    parts = []
    for number, group in enumerate(groups):
        lines = [
            f'    let v{at} = {literal(value)}; print(f"{{v{at}:{spec}}}");'
            for at, (value, spec, _) in enumerate(group)
        ]
        parts.append(f"func part{number}() {{\n" + "\n".join(lines) + "\n}\n")
    calls = "".join(f"    part{number}();\n" for number in range(len(groups)))
    binary = build("".join(parts) + "func main() {\n" + calls + "}\n", tmp_path, "-O0")
    done = subprocess.run([str(binary)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    got = done.stdout.split("\n")[:-1]
    wrong = [(value, spec, answer, wanted) for (value, spec, wanted), answer in zip(chosen, got, strict=True)
             if answer != wanted]  # fmt: skip
    assert wrong == [], "\n".join(map(repr, wrong))
