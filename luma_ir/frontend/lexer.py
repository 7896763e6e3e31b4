"""
Splits Luma source text into tokens.

One compiled regular expression finds a token and the white space and line comments before it; the few tokens that
a regular expression cannot find (nested block comments, f-strings with expressions in them) and those that are wrong
leave the fast loop. Tokens are three parallel lists, so that the parser's look at the next kind is one index.

A kind is a string: keywords and punctuation are their own text; the others are `name`, `int`, `float`, `string`,
`char`, `byte`, `label` and `eof`. An f-string becomes `fstart`, then `ftext` and `f{` … tokens … `f}` in turn, then
`fend`; in front of `f}` may stand a `fspec`, in parts when there are interpolations in it. Literals are checked for
their extent only; the parser computes their values.

The lexer never fails: it reports a diagnostic for what is not a token and goes on after it.
"""

from __future__ import annotations

import re

from attrs import define, field

from luma_ir.ir.diagnostics import Diagnostic, Edit, Help, Label, Severity, SourceFile, Span

KEYWORDS = frozenset(
    [
        "as",
        "async",
        "await",
        "break",
        "const",
        "continue",
        "else",
        "enum",
        "extern",
        "false",
        "for",
        "func",
        "if",
        "impl",
        "import",
        "in",
        "inout",
        "let",
        "loop",
        "match",
        "pub",
        "return",
        "select",
        "Self",
        "self",
        "spawn",
        "struct",
        "trait",
        "true",
        "type",
        "unsafe",
        "where",
        "while",
    ]
)
PUNCTUATION = [
    "<<=",
    ">>=",
    "..=",
    "::",
    "->",
    "=>",
    "==",
    "!=",
    "<=",
    ">=",
    "&&",
    "||",
    "+=",
    "-=",
    "*=",
    "/=",
    "%=",
    "&=",
    "|=",
    "^=",
    "<<",
    ">>",
    "**",
    "..",
    "+",
    "-",
    "*",
    "/",
    "%",
    "&",
    "|",
    "^",
    "~",
    "!",
    "<",
    ">",
    "=",
    ".",
    ",",
    ";",
    ":",
    "?",
    "@",
    "#",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
]

_NAME, _PUNCTUATION, _INT, _STRING, _FLOAT, _CHAR, _BYTE, _LABEL, _EOF = range(1, 10)
_SIMPLE_KINDS = (None, None, None, "int", "string", "float", "char", "byte", "label", "eof")
_DOC, _BLOCK_COMMENT, _FSTRING, _OPEN_STRING, _QUOTE, _BAD = range(10, 16)

_KIND_OF = {text: text for text in [*KEYWORDS, *PUNCTUATION]}
_WORD_KIND = {**_KIND_OF, "_": "_"}

_MASTER = re.compile(
    r"""
    (?:[ \t\r\n\f\v]++ | //(?![/!])[^\n]*+ | ////[^\n]*+)*+          # white space and comments
    (?:
      ( (?![rf]"|b') [^\W\d]\w*+ )                                   # 1 name or keyword
    | ( (?!/[/*]) (?: <<= | >>= | \.\.= | :: | -> | => | == | != | <= | >= | && | \|\| | \+= | -= | \*= | /= | %= | &=
        | \|= | \^= | << | >> | \*\* | \.\. | [-+*/%&|^~!<>=.,;:?@\#()\[\]{}] ) )   # 2 punctuation
    | ( (?! (?<![^.]\.) \d[\d_]*+ (?: \.\d | [eE][+-]?\d ) ) \d\w*+ )                # 3 integer, checked later
    | ( r?\"\"\"(?:(?<=r\"\"\")(?:[^"]|"(?!""))*+|(?<!r\"\"\")(?:[^"\\]|\\.|"(?!""))*+)\"\"\"
      | "(?!"")(?:[^"\\\n]|\\[^\n])*+" | r"(?!"")[^"\n]*+" | r?""(?!") )             # 4 string
    | ( \d[\d_]*+ (?: \.\d[\d_]*+ (?: [eE][+-]?\d[\d_]*+ )? | [eE][+-]?\d[\d_]*+ ) \w*+ )   # 5 float
    | ( '(?:[^'\\\n]|\\(?:u\{[^}'\n]*+\}|[^\n]))' )                  # 6 character
    | ( b'(?:[^'\\\n]|\\(?:u\{[^}'\n]*+\}|[^\n]))' )                 # 7 byte
    | ( '[^\W\d]\w*+(?!') )                                          # 8 label
    | ( \Z )                                                         # 9 end of text
    | ( //[/!][^\n]*+ )                                              # 10 documentation
    | ( /\* )                                                        # 11 block comment
    | ( f"(?:"")? )                                                  # 12 f-string
    | ( r?" )                                                        # 13 string without an end
    | ( b?' )                                                        # 14 malformed character
    | ( . )                                                          # 15 not a token
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_FTEXT = {
    False: re.compile(r"(?:[^\"\\\n{}]|\\u\{[^}\n\"]*+\}|\\[^\n]|\{\{|\}\})*+"),
    True: re.compile(r"(?:[^\"\\{}]|\\u\{[^}\n\"]*+\}|\\.|\{\{|\}\}|\"(?!\"\"))*+", re.DOTALL),
}
_FSPEC = {False: re.compile(r"[^{}\"\n]*+"), True: re.compile(r"[^{}\n\"]*+")}
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_MAX_FSTRING_NESTING = 16

# What word processors and other keyboards write in the place of ASCII, by its number.
_LOOKALIKES = {
    "\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'", "\u00d7": "*", "\u00f7": "/", "\u2212": "-",
    "\u2013": "-", "\u2014": "-", "\u2264": "<=", "\u2265": ">=", "\u2260": "!=", "\u2192": "->", "\u21d2": "=>",
    "\u2026": "..", "\uff0c": ",",
    "\uff1b": ";", "\uff1a": ":", "\uff08": "(", "\uff09": ")", "\u00a0": " ", "\u200b": "", "\ufeff": "",
}  # fmt: skip


@define(eq=False)
class Tokens:
    """
    The tokens of a text: `kinds[i]` spans the characters `starts[i]` up to `ends[i]`; the last kind is `eof`.

    `docs` maps a token to the `///` comments before it, `module_docs` are the `//!` comments, both as offsets.
    """

    kinds: list[str] = field(factory=list)
    starts: list[int] = field(factory=list)
    ends: list[int] = field(factory=list)
    docs: dict[int, list[tuple[int, int]]] = field(factory=dict)
    module_docs: list[tuple[int, int]] = field(factory=list)


def tokenize(source: SourceFile, diagnostics: list[Diagnostic]) -> Tokens:
    """The tokens of `source`; what is wrong with it is appended to `diagnostics`."""
    lexer = _Lexer(source, diagnostics)
    lexer.run()
    if not source.text.isascii():
        warn_of_directions(source, diagnostics)
    return lexer.tokens


def warn_of_directions(source: SourceFile, diagnostics: list[Diagnostic]) -> None:
    """Report characters that change the direction of text: what is shown is not what is compiled."""
    for match in _DIRECTIONS.finditer(source.text):
        start, end = match.span()
        if any(each.span is not None and each.span.start <= start < each.span.end for each in diagnostics):
            continue
        number = f"{ord(match.group()):04X}"
        help = Help(f"leave it out, or write `\\u{{{number}}}` in a string")
        message = f"the invisible character U+{number} changes the order in which text is shown"
        span = Span(source, start, end)
        diagnostics.append(Diagnostic(Severity.WARNING, "W0007", message, span, None, [], [], [help]))


class _Lexer:
    """The state of one run over a text."""

    def __init__(self, source: SourceFile, diagnostics: list[Diagnostic]) -> None:
        self.source = source
        self.text = source.text
        self.diagnostics = diagnostics
        self.tokens = Tokens()
        self.nesting = 0
        self.last_bad_end = -1
        self.is_broken = False

    def run(self) -> None:
        """Tokenize the whole text."""
        text, tokens = self.text, self.tokens
        add_kind, add_start, add_end = tokens.kinds.append, tokens.starts.append, tokens.ends.append
        kind_of, simple_kinds = _WORD_KIND.get, _SIMPLE_KINDS
        position = 1 if text.startswith("\ufeff") else 0
        if text.startswith("#!") and not text.startswith("#!["):
            position = max(text.find("\n"), 0) or len(text)
        while True:
            for match in _MASTER.finditer(text, position):
                group = match.lastindex
                start, end = match.span(group)  # type: ignore[arg-type]
                if group <= 2:  # type: ignore[operator]
                    add_kind(kind_of(text[start:end], "name"))
                elif group <= 9:  # type: ignore[operator]
                    add_kind(simple_kinds[group])  # type: ignore[arg-type,index]
                    if group == _EOF:
                        add_start(start)
                        add_end(end)
                        return
                else:
                    position = self.special(group, start, end)  # type: ignore[arg-type]
                    break
                add_start(start)
                add_end(end)

    def special(self, group: int, start: int, end: int) -> int:
        """Deal with a token outside the fast loop; returns where to go on."""
        if group == _DOC:
            if self.text[start + 2] == "!":
                self.tokens.module_docs.append((start, end))
            else:
                self.tokens.docs.setdefault(len(self.tokens.kinds), []).append((start, end))
            return end
        if group == _BLOCK_COMMENT:
            return self.block_comment(start)
        if group == _FSTRING:
            return self.fstring(start, end)
        if group == _OPEN_STRING:
            return self.open_string(start, end)
        if group == _QUOTE:
            return self.bad_character(start, end)
        return self.bad(start, end)

    def add(self, kind: str, start: int, end: int) -> None:
        """Append one token."""
        self.tokens.kinds.append(kind)
        self.tokens.starts.append(start)
        self.tokens.ends.append(end)

    def error(self, code: str, message: str, start: int, end: int, *, label: tuple[int, int, str] | None = None,
              help: str | None = None, edit: tuple[int, int, str] | None = None) -> None:  # fmt: skip
        """Report an error about the characters `start` to `end`."""
        source = self.source
        labels = [Label(Span(source, label[0], label[1]), label[2])] if label else []
        suggested = Edit(Span(source, edit[0], edit[1]), edit[2]) if edit else None
        helps = [Help(help, suggested)] if help else []
        span = Span(source, start, end)
        self.diagnostics.append(Diagnostic(Severity.ERROR, code, message, span, None, labels, [], helps))

    def block_comment(self, start: int) -> int:
        """Skip a block comment, which may hold others."""
        depth, position = 0, start
        while edge := _COMMENT_EDGE.search(self.text, position):
            depth += 1 if edge.group() == "/*" else -1
            position = edge.end()
            if depth == 0:
                return position
        self.error("E0002", "this block comment has no end", start, start + 2, help="close it with `*/`")
        return len(self.text)

    def open_string(self, start: int, end: int) -> int:
        """A string that its line, or the text, ends before it does."""
        triple = self.text.startswith('"""', end - 1)
        if triple:
            stop = len(self.text)
            self.error("E0003", "this multi-line string has no end", start, end + 2, help='close it with `"""`')
        else:
            stop = self.line_end(start)
            self.error("E0003", "this string has no end on its line", start, stop, help='close it with `"`, or write a multi-line string `"""…"""`')  # noqa: E501  # fmt: skip
            # What follows on the line is most often the rest of the statement's punctuation.
            while stop > end and self.text[stop - 1] in ";,) \t\r":
                stop -= 1
        self.add("string", start, stop)
        return stop

    def bad_character(self, start: int, end: int) -> int:
        """A quote that begins neither a character nor a label."""
        closing = self.text.find("'", end, self.line_end(start))
        content = self.text[end:closing] if closing >= 0 else ""
        kind = "byte" if end - start == 2 else "char"
        if closing == end:
            self.error("E0004", "a character literal is empty", start, end + 1, help='an empty string is `""`')
        elif closing >= 0 and len(content) <= 40:
            edit = None if kind == "byte" or '"' in content else (start, closing + 1, f'"{content}"')
            self.error("E0004", "a character literal holds more than one character", start, closing + 1,
                       help="a string is written with double quotes", edit=edit)  # fmt: skip
        else:
            self.error("E0004", "this character literal has no end", start, end, help="close it with `'`")
            return end
        self.add(kind, start, closing + 1)
        return closing + 1

    def bad(self, start: int, end: int) -> int:
        """A character that begins no token; neighbours are reported once."""
        if start != self.last_bad_end:
            character = self.text[start]
            shown = f"`{character}`" if character.isprintable() else f"U+{ord(character):04X}"
            replacement = _LOOKALIKES.get(character)
            if replacement is None:
                self.error("E0001", f"unexpected character {shown}", start, end)
            else:
                meant = f"`{replacement}`" if replacement.strip() else "a plain space or nothing"
                self.error("E0001", f"unexpected character {shown} (U+{ord(character):04X})", start, end,
                           help=f"write {meant}", edit=(start, end, replacement))  # fmt: skip
        self.last_bad_end = end
        return end

    def line_end(self, start: int) -> int:
        """Where the line of `start` ends."""
        found = self.text.find("\n", start)
        return len(self.text) if found < 0 else found

    def fstring(self, start: int, end: int) -> int:
        """The parts of an f-string, from after its opening quotes to after its closing ones."""
        multiline = end - start == 4
        quotes = '"""' if multiline else '"'
        self.add("fstart", start, end)
        self.nesting += 1
        position = end
        self.is_broken = False
        while True:
            stop = _FTEXT[multiline].match(self.text, position).end()  # type: ignore[union-attr]
            if stop > position:
                self.add("ftext", position, stop)
            if self.text.startswith(quotes, stop):
                position = stop + len(quotes)
                self.add("fend", stop, position)
                break
            found = self.text[stop : stop + 1]
            if found == "{":
                position = self.interpolation(stop, multiline)
            elif found == "}":
                self.error("E0009", "a single `}` in an f-string", stop, stop + 1, help="a literal brace is doubled",
                           edit=(stop, stop + 1, "}}"))  # fmt: skip
                position = stop + 1
            else:
                if not multiline and not self.is_broken:
                    stop = self.without_punctuation(position, stop)
                if not self.is_broken:
                    last = end if multiline else stop
                    self.error("E0003", "this f-string has no end", start, last, help=f"close it with `{quotes}`")
                self.is_broken = True
                self.add("fend", stop, stop)
                position = stop
                break
        self.nesting -= 1
        return position

    def without_punctuation(self, position: int, stop: int) -> int:
        """Where the text of an f-string without an end stops: in front of what most likely ends the statement."""
        while stop > position and self.text[stop - 1] in ";,) \t\r":
            stop -= 1
        if self.tokens.kinds[-1] == "ftext":
            self.tokens.ends[-1] = max(stop, self.tokens.starts[-1] + 1)
        return stop

    def interpolation(self, start: int, multiline: bool) -> int:
        """`{expr}` or `{expr:spec}` inside an f-string, from its opening brace; returns where its text goes on."""
        if self.nesting > _MAX_FSTRING_NESTING:
            self.error(
                "E0019", "f-strings are nested too deeply", start, start + 1, help="name the inner text with `let`"
            )
            self.is_broken = True
            return self.line_end(start)
        self.add("f{", start, start + 1)
        opened: list[str] = []
        position = start + 1
        text = self.text
        while True:
            match = _MASTER.match(text, position)
            group = match.lastindex  # type: ignore[union-attr]
            first, last = match.span(group)  # type: ignore[union-attr,arg-type]
            at_end = group == _EOF or (not multiline and "\n" in text[position:first])
            if at_end or (group == _OPEN_STRING and not opened):
                stop = position if at_end else first
                if not self.is_broken:
                    self.error("E0009", "this interpolation has no end", start, start + 1,
                               help="close it with `}`; a literal brace is doubled, `{{`")  # fmt: skip
                self.is_broken = True
                self.add("f}", stop, stop)
                return stop
            if group > 2:  # type: ignore[operator]
                if group <= 9:  # type: ignore[operator]
                    self.add(_SIMPLE_KINDS[group], first, last)  # type: ignore[arg-type,index]
                    position = last
                else:
                    position = self.special(group, first, last)  # type: ignore[arg-type]
                continue
            word = text[first:last]
            if word == "}" and "{" not in opened:
                self.add("f}", first, last)
                return last
            if word == ":" and not opened:
                return self.format_spec(start, last, multiline)
            if word in ("(", "[", "{"):
                opened.append(word)
            elif word in (")", "]", "}") and opened:
                opened.pop()
            self.add(_WORD_KIND.get(word, "name"), first, last)
            position = last

    def format_spec(self, start: int, position: int, multiline: bool) -> int:
        """The text after the colon of an interpolation, with interpolations of its own, up to its brace."""
        while True:
            stop = _FSPEC[multiline].match(self.text, position).end()  # type: ignore[union-attr]
            self.add("fspec", position, stop)
            if not self.text.startswith("{", stop):
                break
            position = self.interpolation(stop, multiline)
        if self.text.startswith("}", stop):
            self.add("f}", stop, stop + 1)
            return stop + 1
        if not self.is_broken:
            self.error("E0009", "this interpolation has no end", start, start + 1, help="close it with `}`")
            self.is_broken = True
        self.add("f}", stop, stop)
        return stop
