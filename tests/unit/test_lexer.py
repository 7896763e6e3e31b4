"""The lexer: every kind of token, where it is, and what is said about text that is none."""

# ruff: noqa: E501 - a case of a table stands on one line

from __future__ import annotations

import pytest

from luma_ir.frontend.lexer import KEYWORDS, PUNCTUATION, Tokens, tokenize
from luma_ir.ir.diagnostics import Diagnostic, SourceFile


def lex(text: str) -> tuple[Tokens, list[Diagnostic]]:
    """Tokens and diagnostics of a text."""
    diagnostics: list[Diagnostic] = []
    return tokenize(SourceFile("t.luma", text), diagnostics), diagnostics


def pairs(text: str) -> list[tuple[str, str]]:
    """Kind and text of each token of a text without errors, but the last."""
    tokens, diagnostics = lex(text)
    assert diagnostics == []
    assert tokens.kinds[-1] == "eof"
    found = list(zip(tokens.kinds, tokens.starts, tokens.ends, strict=True))[:-1]
    return [(kind, text[start:end]) for kind, start, end in found]


def codes(text: str) -> list[str | None]:
    """The codes that are reported for a text."""
    return [diagnostic.code for diagnostic in lex(text)[1]]


@pytest.mark.parametrize("word", sorted(KEYWORDS) + PUNCTUATION)
def test_keywords_and_punctuation_are_their_own_kind(word: str) -> None:
    assert pairs(f"a {word} b") == [("name", "a"), (word, word), ("name", "b")]


def test_names_may_begin_with_keywords_and_prefixes() -> None:
    text = "iff r b f f1 _x x_ matchless größe"
    assert pairs(text) == [("name", word) for word in text.split()]
    assert pairs("_") == [("_", "_")]


@pytest.mark.parametrize("text", ["42", "1_000", "0xFF", "0o17", "0b1010", "7u8", "1f32", "0xFFu8", "0"])
def test_integers(text: str) -> None:
    assert pairs(text) == [("int", text)]


@pytest.mark.parametrize("text", ["1.5", "2e-9", "2E+9", "1_0.2_5", "1.5f32", "2e9f64", "1.0e10"])
def test_floats(text: str) -> None:
    assert pairs(text) == [("float", text)]


def test_a_point_after_a_number_is_not_always_a_float() -> None:
    assert [kind for kind, _ in pairs("0..10")] == ["int", "..", "int"]
    assert [kind for kind, _ in pairs("0..1.5")] == ["int", "..", "float"]
    assert [kind for kind, _ in pairs("1.abs()")] == ["int", ".", "name", "(", ")"]
    assert [text for _, text in pairs("t.0.1")] == ["t", ".", "0", ".", "1"]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("string", '"a b"'), ("string", '""'), ("string", r'"\" \\ \u{1F600}"'), ("string", r'r"\d+"'), ("string", 'r""'),
        ("string", '"""a\n"b" ""c"""'), ("string", '""""""'), ("string", 'r"""a\\"""'), ("char", "'c'"), ("char", r"'\''"),
        ("char", r"'\u{41}'"), ("char", "'é'"), ("byte", "b'A'"), ("byte", r"b'\n'"), ("label", "'outer"), ("label", "'a"),
    ],
)  # fmt: skip
def test_literals(kind: str, text: str) -> None:
    assert pairs(text + " ;") == [(kind, text), (";", ";")]


def test_labels_and_characters_side_by_side() -> None:
    assert [kind for kind, _ in pairs("'a: 'b' 'c")] == ["label", ":", "char", "label"]


def test_comments_are_skipped() -> None:
    assert pairs("a // b\n/* c /* d */ e */ f //// g\n") == [("name", "a"), ("name", "f")]


def test_documentation_is_kept_beside_the_tokens() -> None:
    text = "//! module\n/// one\n/// two\nfunc"
    tokens, diagnostics = lex(text)
    assert diagnostics == []
    assert tokens.kinds == ["func", "eof"]
    assert [text[start:end] for start, end in tokens.docs[0]] == ["/// one", "/// two"]
    assert [text[start:end] for start, end in tokens.module_docs] == ["//! module"]


def test_fstrings_are_split() -> None:
    assert pairs('f"a{x:>6}{{b}}{y}"') == [
        ("fstart", 'f"'), ("ftext", "a"), ("f{", "{"), ("name", "x"), ("fspec", ">6"), ("f}", "}"), ("ftext", "{{b}}"),
        ("f{", "{"), ("name", "y"), ("f}", "}"), ("fend", '"'),
    ]  # fmt: skip


def test_fstrings_hold_any_expression() -> None:
    kinds = [kind for kind, _ in pairs('f"{m["k"]} {P { x: 1 }.x} {a::b} {f"{x}"} {g(a: 1)}"')]
    assert kinds.count("f{") == kinds.count("f}") == 6
    assert kinds.count("fspec") == 0
    assert kinds.count("::") == 1


def test_multi_line_fstrings() -> None:
    assert [kind for kind, _ in pairs('f"""a\n"{x +\n y}" b"""')] == [
        "fstart", "ftext", "f{", "name", "+", "name", "f}", "ftext", "fend",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a § b", ["E0001"]), ("a §§§ b", ["E0001"]), ("“x”", ["E0001", "E0001"]), ("/* /* */", ["E0002"]), ('"abc\nx', ["E0003"]),
        ('"""abc\nx', ["E0003"]), ('f"abc\nx', ["E0003"]), ("'abc'", ["E0004"]), ("''", ["E0004"]), ("' ", ["E0004"]),
        ("b''", ["E0004"]), ('f"{a', ["E0009"]), ('f"{a\n}"', ["E0009"]), ('f"}"', ["E0009"]), ('f"{a:{w"', ["E0009"]),
        ('f"{a:>5', ["E0009"]), ("f\"{" * 40, ["E0019"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_reported_once(text: str, expected: list[str]) -> None:
    found = codes(text)
    assert found[: len(expected)] == expected
    assert len(found) <= max(len(expected), 20)


def test_lexing_goes_on_after_an_error() -> None:
    tokens, _ = lex('let a = "abc;\nlet b = §2;')
    assert tokens.kinds == ["let", "name", "=", "string", ";", "let", "name", "=", "int", ";", "eof"]


def test_lookalikes_suggest_what_to_write() -> None:
    diagnostic = lex("a “ b")[1][0]
    edit = diagnostic.helps[0].edit
    assert edit is not None
    assert (edit.span.text, edit.replacement) == ("“", '"')


def test_byte_order_mark_and_interpreter_line() -> None:
    assert pairs("\ufeffa") == [("name", "a")]
    assert pairs("#!/usr/bin/env luma\na") == [("name", "a")]
