"""
Write `luma_ir/stdlib/unicode_tables.luma` from Python's `unicodedata`.

    python scripts/make_unicode_tables.py            # rewrites the file
    python scripts/make_unicode_tables.py --check    # status 1 when it is not what this script writes

A table is one raw string of entries of equal size in rows of equal size, so that it costs the compiler one token and is
searched in place. A number is written in digits of base 64: the lower six bits of a byte, most significant digit first.

- A run is the first character (4 digits), its extent up to the last one (3) and the step between its characters (1).
- A mapping is a run with what is added to a character's number, plus 2^23 (4).
- A special case is a character (4) and up to three others (12), zeros at the end.
"""

from __future__ import annotations

import argparse
import sys
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path

TARGET = Path(__file__).parent.parent / "luma_ir" / "stdlib" / "unicode_tables.luma"
ROW = 112
"""The greatest number of digits in a row."""
BIAS = 1 << 23

CHARACTERS = [chr(code) for code in range(0x80, 0x110000) if not 0xD800 <= code < 0xE000]
"""Every character beyond ASCII."""


def digits(number: int, size: int) -> str:
    """`number` in `size` digits; of the bytes with the same lower six bits, one that is no quote mark is taken."""
    found = ""
    for place in reversed(range(size)):
        digit = number >> 6 * place & 63
        found += chr(digit + 64) if digit < 63 else "?"
    return found


def runs(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    """`(first, last, step, delta)` of characters in order with what is added to them."""
    found: list[tuple[int, int, int, int]] = []
    for code, delta in pairs:
        if found:
            first, last, step, other = found[-1]
            fits = code - last in (1, 2) if first == last else code - last == step
            if delta == other and fits and code - first < 1 << 18:
                found[-1] = (first, code, code - last, delta)
                continue
        found.append((code, code, 1, delta))
    return found


def table(name: str, comment: str, entries: list[str]) -> str:
    """The declaration of a table."""
    per_row = ROW // len(entries[0])
    rows = ["".join(entries[start : start + per_row]) for start in range(0, len(entries), per_row)]
    return f'/// {comment}\npub const {name}: string = r"""' + "\n".join(rows) + '""";\n'


def members(name: str, comment: str, belongs: Callable[[str], bool]) -> str:
    """The table of a set of characters."""
    found = runs((ord(c), 0) for c in CHARACTERS if belongs(c))
    return table(name, comment, [digits(first, 4) + digits(last - first, 3) + digits(step, 1)
                                 for first, last, step, _ in found])  # fmt: skip


def mappings(name: str, comment: str, convert: Callable[[str], str]) -> str:
    """The table of the characters that become one other character."""
    pairs = [(ord(c), ord(convert(c)) - ord(c)) for c in CHARACTERS if len(convert(c)) == 1 and convert(c) != c]
    return table(name, comment, [digits(first, 4) + digits(last - first, 3) + digits(step, 1) + digits(delta + BIAS, 4)
                                 for first, last, step, delta in runs(pairs)])  # fmt: skip


def specials(name: str, comment: str, convert: Callable[[str], str], usual: Callable[[str], str]) -> str:
    """The table of the characters that become several, or another than `usual` says."""
    found = [c for c in CHARACTERS if convert(c) != usual(c) or (convert is usual and len(convert(c)) > 1)]
    entries = ["".join(digits(ord(each), 4) for each in c + convert(c)) for c in found]
    return table(name, comment, [entry.ljust(16, "@") for entry in entries])


def module_text() -> str:
    """The whole module."""
    category = unicodedata.category
    return "\n".join([
        "//! Tables for `std.unicode`, written by scripts/make_unicode_tables.py, which says how they are laid out:\n"
        f"//! Unicode {unicodedata.unidata_version}, characters beyond ASCII.\n",
        members("LETTERS", "Letters.", lambda c: category(c)[0] == "L"),
        members("NUMBERS", "Digits and other numbers.", lambda c: category(c)[0] == "N"),
        members("CAPITALS", "Characters with the property Uppercase.", str.isupper),
        members("SMALL", "Characters with the property Lowercase.", str.islower),
        mappings("UPPER", "To capitals, one to one.", str.upper),
        mappings("LOWER", "To small letters, one to one.", str.lower),
        specials("UPPER_SPECIAL", "Capitals of more than one character.", str.upper, str.upper),
        specials("TITLE_SPECIAL", "First letters of words that are not as capitals are.", str.title, str.upper),
    ])  # fmt: skip


def main() -> int:
    """Write or check the file."""
    parser = argparse.ArgumentParser(description="write the Unicode tables of the library")
    parser.add_argument("--check", action="store_true", help="write nothing; status 1 when the file is out of date")
    arguments = parser.parse_args()
    text = module_text()
    if arguments.check:
        return 0 if TARGET.read_text() == text else 1
    TARGET.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
