"""The values of literals: numbers, characters, strings with their escapes, f-strings with their specifications."""

from __future__ import annotations

import re

from luma_ir.frontend.ast import (
    ByteLiteral,
    CharLiteral,
    ErrorExpr,
    Expression,
    FloatLiteral,
    FormatSpec,
    FString,
    FStringText,
    FStringValue,
    IntLiteral,
    StringLiteral,
)
from luma_ir.frontend.parser.core import Core, Recover
from luma_ir.ir.diagnostics import Diagnostic, Edit, Help, Severity, Span

INTEGER_TYPES = frozenset(["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"])
FLOAT_TYPES = frozenset(["f32", "f64"])

_INTEGER = re.compile(r"(0[xX][0-9a-fA-F_]*|0[oO][0-9_]*|0[bB][0-9_]*|[0-9][0-9_]*)(.*)", re.DOTALL)
_HEX_SUFFIX = re.compile(r"([iu](?:8|16|32|64))$")
_FLOAT = re.compile(r"([0-9_]+(?:\.[0-9_]+)?(?:[eE][+-]?[0-9_]+)?)(.*)", re.DOTALL)
_ESCAPE = re.compile(r"\\(u\{([^}]*)\}|.|\Z)", re.DOTALL)
_ESCAPE_OR_BRACES = re.compile(r"\\(u\{([^}]*)\}|.|\Z)|\{\{|\}\}", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "\\": "\\", '"': '"', "'": "'"}
_SPEC = re.compile(r"(?:(.)?([<>^=]))?([-+ ])?(#)?(0)?(\d+|{})?(,)?(?:\.(\d+|{}))?([bdefgosxX%])?", re.DOTALL)
_WIDEST = 65535
"""The greatest width and precision of a format specification."""
_BASES = {"x": 16, "o": 8, "b": 2}
_BASE_NAMES = {16: "a hexadecimal", 8: "an octal", 2: "a binary", 10: "a decimal"}


class Literals(Core):
    """Parses the tokens that stand for themselves."""

    def literal_error(self, code: str, message: str, start: int, end: int, helps: list[Help] | None = None) -> None:
        """Report what is wrong inside a literal; each has its own place, so several may be reported."""
        span = Span(self.source, start, end)
        self.diagnostics.append(Diagnostic(Severity.ERROR, code, message, span, None, [], [], helps or []))

    # IntLiteral = (digits | "0x" hex_digits | "0o" octal_digits | "0b" binary_digits) suffix?
    def int_literal(self) -> Expression:
        """An integer, or a float such as `1f32`."""
        position = self.position
        self.position = position + 1
        start, end = self.starts[position], self.ends[position]
        text = self.text[start:end]
        if text.isdecimal() and text.isascii() and len(text) < 19:
            return IntLiteral(start, end, int(text), None)
        match = _INTEGER.fullmatch(text)
        if match is None:
            self.literal_error("E0006", f"`{text}` is not a number", start, end, [Help("digits are `0` to `9`")])
            return ErrorExpr(start, end)
        digits, suffix = match.groups()
        base = _BASES.get(digits[1:2].lower(), 10)
        if base == 16 and (found := _HEX_SUFFIX.search(text)):
            digits, suffix = text[: found.start()], found.group()
        digits = digits.replace("_", "") if base == 10 else digits[2:].replace("_", "")
        if suffix and base != 16 and suffix in FLOAT_TYPES and base == 10:
            return FloatLiteral(start, end, float(digits), suffix)
        if suffix and suffix not in INTEGER_TYPES:
            self.bad_suffix(start, end, suffix, base)
            return ErrorExpr(start, end)
        value = 0
        try:
            value = int(digits, base) if len(digits) <= 1000 else 1 << 64
        except ValueError:
            wrong = "it has no digits" if not digits else f"a digit is out of place in {_BASE_NAMES[base]} number"
            self.literal_error("E0006", f"`{text}` is not a number: {wrong}", start, end)
            return ErrorExpr(start, end)
        if value >= 1 << 64:
            self.literal_error("E0008", "this integer is too large for every integer type", start, end,
                               [Help("the largest is 18446744073709551615, of type `u64`")])  # fmt: skip
            return ErrorExpr(start, end)
        return IntLiteral(start, end, value, suffix or None)

    def bad_suffix(self, start: int, end: int, suffix: str, base: int) -> None:
        """Report a number with something behind it that is no type."""
        at = end - len(suffix)
        if base == 10 and suffix[0] in "eE" and suffix[1:].strip("_") == "":
            self.literal_error("E0006", "the exponent of this number has no digits", start, end)
        elif suffix in ("i128", "u128", "isize", "usize", "int", "uint", "f16", "f", "L", "l", "u", "U", "UL", "ul"):
            meant = {"f": "f32", "f16": "f32"}.get(suffix, "u64" if suffix[0] in "uU" else "i64")
            help = Help(f"did you mean `{meant}`?", Edit(Span(self.source, at, end), meant))
            self.literal_error("E0007", f"`{suffix}` is no suffix of a number", at, end, [help])
        else:
            help = Help("suffixes are the numeric types, such as `u8`, `i32` and `f32`")
            self.literal_error("E0007", f"`{suffix}` is no suffix of a number", at, end, [help])

    # FloatLiteral = digits "." digits exponent? suffix? | digits exponent suffix?
    def float_literal(self) -> Expression:
        """A number with a point or an exponent."""
        position = self.position
        self.position = position + 1
        start, end = self.starts[position], self.ends[position]
        match = _FLOAT.match(self.text[start:end])
        digits, suffix = match.groups() if match else ("", "")
        if suffix and suffix not in FLOAT_TYPES:
            self.bad_suffix(start, end, suffix, 0)
            return ErrorExpr(start, end)
        try:
            return FloatLiteral(start, end, float(digits.replace("_", "")), suffix or None)
        except ValueError:
            self.literal_error("E0006", f"`{self.text[start:end]}` is not a number", start, end)
            return ErrorExpr(start, end)

    # CharLiteral = "'" character "'"
    def char_literal(self) -> Expression:
        """`'c'`."""
        position = self.position
        self.position = position + 1
        start, end = self.starts[position], self.ends[position]
        value = self.unescape(start + 1, end - 1)
        return CharLiteral(start, end, value) if len(value) == 1 else ErrorExpr(start, end)

    # ByteLiteral = "b'" character "'"
    def byte_literal(self) -> Expression:
        """`b'A'`, of an ASCII character."""
        position = self.position
        self.position = position + 1
        start, end = self.starts[position], self.ends[position]
        value = self.unescape(start + 2, end - 1)
        if len(value) == 1 and ord(value) < 128:
            return ByteLiteral(start, end, ord(value))
        if len(value) == 1:
            self.literal_error("E0004", "a byte literal holds an ASCII character", start, end)
        return ErrorExpr(start, end)

    # StringLiteral = '"' … '"' | 'r"' … '"' | '"""' … '"""'
    def string_literal(self) -> Expression:
        """Any string that is not an f-string."""
        position = self.position
        self.position = position + 1
        start, end = self.starts[position], self.ends[position]
        text = self.text
        raw = text[start] == "r"
        first = start + raw
        width = 3 if text.startswith('"""', first) and end - first >= 6 else 1
        closed = end - first >= 2 * width and text.endswith('"' * width, first, end)
        inner, last = first + width, end - width if closed else end
        if raw or "\\" not in text[inner:last]:
            return StringLiteral(start, end, text[inner:last].replace("\r\n", "\n"))
        return StringLiteral(start, end, self.unescape(inner, last).replace("\r\n", "\n"))

    def unescape(self, start: int, end: int, pattern: re.Pattern[str] = _ESCAPE) -> str:
        """The text between two offsets with its escapes replaced; a bad one is reported and left out."""
        text = self.text[start:end]
        if "\\" not in text and pattern is _ESCAPE:
            return text
        parts, position = [], 0
        for match in pattern.finditer(text):
            parts.append(text[position : match.start()])
            position = match.end()
            parts.append(match.group()[0] if match.group(1) is None else self.escape(match, start))
        parts.append(text[position:])
        return "".join(parts)

    def escape(self, match: re.Match[str], offset: int) -> str:
        """What one escape stands for."""
        what, digits = match.group(1), match.group(2)
        start, end = offset + match.start(), offset + match.end()
        if digits is not None:
            try:
                code = int(digits, 16) if digits.isalnum() and len(digits) <= 6 else -1
            except ValueError:
                code = -1
            if 0 <= code < 0xD800 or 0xE000 <= code <= 0x10FFFF:
                return chr(code)
            self.literal_error("E0005", f"`{match.group()}` is no Unicode scalar value", start, end,
                               [Help("write hexadecimal digits, at most `10FFFF`, not `D800` to `DFFF`")])  # fmt: skip
            return "\ufffd"
        if what in _ESCAPED:
            return _ESCAPED[what]
        shown = what if what.isprintable() else f"U+{ord(what):04X}" if what else ""
        helps = [Help(r"escapes are `\n \r \t \0 \\ \" \'` and `\u{…}`")]
        if what == "u":
            helps = [Help(r"a code point is written `\u{1F600}`")]
        elif what == "x":
            helps = [Help(r"a code point is written `\u{41}`")]
        elif what:
            helps.append(Help("a backslash is doubled", Edit(Span(self.source, start, start + 1), "\\\\")))
        self.literal_error("E0005", f"unknown escape `\\{shown}`", start, end, helps)
        return "\ufffd"

    # FString = 'f"' (text | "{" Expression (":" FormatSpec)? "}")* '"'
    def fstring(self) -> Expression:
        """An f-string, whose parts the lexer has told apart."""
        first = self.position
        self.position += 1
        segments: list[FStringText | FStringValue] = []
        kinds = self.kinds
        while True:
            position = self.position
            kind = kinds[position]
            start, end = self.starts[position], self.ends[position]
            if kind == "ftext":
                self.position += 1
                value = self.unescape(start, end, _ESCAPE_OR_BRACES).replace("\r\n", "\n")
                segments.append(FStringText(start, end, value))
            elif kind == "f{":
                segments.append(self.interpolation())
            else:
                self.position += 1
                return FString(self.starts[first], end, segments)

    def interpolation(self) -> FStringValue:
        """One `{expr:spec}`."""
        opening = self.position
        closing = self.brackets.closer[opening]
        self.position += 1
        start = self.starts[opening]
        spec = None
        try:
            if self.kinds[self.position] in ("f}", "fspec"):
                self.fail("E0009", "an interpolation needs an expression", self.span(start, self.ends[closing]),
                          helps=[Help("a literal brace is doubled: `{{`")])  # fmt: skip
            value = self.plain_expression()
            if self.kinds[self.position] == "fspec":
                spec = self.format_spec()
            if self.position != closing:
                self.fail_expected("`:` or `}` after the interpolated expression")
        except Recover:
            value = ErrorExpr(start, self.ends[closing])
        self.position = closing + 1
        return FStringValue(start, self.ends[closing], value, spec)

    # FormatSpec = ((fill)? align)? sign? "#"? "0"? FormatSize? ","? ("." FormatSize)? kind?
    # FormatSize = digits | "{" Expression "}"
    def format_spec(self) -> FormatSpec | None:
        """The format specification tokens; a width or precision in braces is an expression."""
        start, end = self.starts[self.position], self.ends[self.position]
        text = ""
        values: list[Expression] = []
        while self.kinds[self.position] in ("fspec", "f{"):
            end = self.ends[self.position]
            if self.kinds[self.position] == "fspec":
                text += self.text[self.starts[self.position] : end]
                self.position += 1
            else:
                nested = self.interpolation()
                if nested.spec is not None:
                    self.literal_error("E0010", "a width has no format of its own", nested.start, nested.end)
                values.append(nested.value)
                text += "{}"
                end = nested.end
        match = _SPEC.fullmatch(text)
        if match is None or len(text) > 40:
            self.literal_error("E0010", f"`{text}` is no format specification", start, end,
                               [Help("the form is `[[fill]align][sign][#][0][width][,][.precision][kind]`, kind one of `b d e f g o s x X %`")])  # noqa: E501  # fmt: skip
            return None
        fill, align, sign, alternate, zero, width, grouping, precision, kind = match.groups()
        sizes: list[int | Expression | None] = []
        for written in (width, precision):
            sizes.append(values.pop(0) if written == "{}" else int(written) if written else None)
            if isinstance(sizes[-1], int) and sizes[-1] > _WIDEST:
                self.literal_error("E0010", f"`{text}` asks for more than {_WIDEST} characters", start, end)
                return None
        return FormatSpec(start, end, text, fill or " ", align, sign, bool(alternate), bool(zero),
                          sizes[0], bool(grouping), sizes[1], kind)  # fmt: skip
