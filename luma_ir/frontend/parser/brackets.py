"""
Matches brackets before parsing, and mends the token stream where they do not match.

The parser then always sees balanced brackets: a missing one is inserted as an empty token where its absence
becomes clear, a stray one is removed. So recovery can skip a whole group in one step, a function body can be skipped
and parsed later, and a missing bracket is reported at the one that it should have closed, not at the end of the file.
"""

from __future__ import annotations

from attrs import define, field

from luma_ir.frontend.lexer import Tokens
from luma_ir.ir.diagnostics import Diagnostic, Edit, Help, Label, Severity, SourceFile, Span

_CLOSER = {"(": ")", "[": "]", "{": "}", "f{": "f}"}
_CLOSERS = frozenset(_CLOSER.values())
_EDGES = frozenset([*_CLOSER, *_CLOSERS])
_REPORTED = 20
"""How many brackets of one file are reported; the rest are mended in silence."""
_STATEMENT_WORDS = frozenset(["let", "const", "for", "while", "return", "break", "continue"])
_ITEM_WORDS = frozenset(["func", "struct", "enum", "trait", "impl", "import", "extern", "pub", "type"])


@define(eq=False)
class Brackets:
    """
    What is known about the brackets of a balanced token stream.

    `closer` maps the index of each opening token to that of its closing one. `damaged` holds stretches of tokens,
    first and last index, in which a bracket was missing, where the parser does not complain again.
    """

    closer: dict[int, int]
    damaged: list[tuple[int, int]] = field(factory=list)
    has_stray: bool = False


def match_brackets(tokens: Tokens, source: SourceFile, diagnostics: list[Diagnostic]) -> Brackets:
    """The brackets of `tokens`, which are mended in place when something had to be reported."""
    kinds = tokens.kinds
    closer: dict[int, int] = {}
    opened: list[int] = []
    for index, kind in enumerate(kinds):
        if kind in _EDGES:
            if kind in _CLOSER:
                opened.append(index)
            elif opened and _CLOSER[kinds[opened[-1]]] == kind:
                closer[opened.pop()] = index
            else:
                break
    else:
        if not opened:
            return Brackets(closer)
    mender = _Mender(tokens, source, diagnostics)
    mender.run(by_layout=_ends_unclosed(tokens))
    mender.rebuild()
    return Brackets(mender.closer, mender.damaged, mender.has_stray)


def _ends_unclosed(tokens: Tokens) -> bool:
    """Whether there are more opening than closing braces, so that layout must tell where one is missing."""
    return tokens.kinds.count("{") > tokens.kinds.count("}")


class _Mender:
    """One run over an unbalanced token stream: copies it, balanced, to new lists."""

    def __init__(self, tokens: Tokens, source: SourceFile, diagnostics: list[Diagnostic]) -> None:
        self.tokens, self.source, self.diagnostics = tokens, source, diagnostics
        self.kinds: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.new_index: list[int] = []
        self.opened: list[int] = []
        self.closer: dict[int, int] = {}
        self.damaged: list[tuple[int, int]] = []
        self.has_stray = False
        self.reported = 0

    def run(self, *, by_layout: bool) -> None:
        """Copy every token; with `by_layout` an item at the left margin closes all that is open before it."""
        tokens, text = self.tokens, self.source.text
        for kind, start, end in zip(tokens.kinds, tokens.starts, tokens.ends, strict=True):
            if kind == ";" and self.opened:
                self.close_groups_before_semicolon(start)
            elif kind in _STATEMENT_WORDS and self.opened and self.indent_of(start)[1]:
                self.close_groups_before_statement(kind, start)
            elif kind == "eof" or (
                by_layout and kind in _ITEM_WORDS and self.opened and (start == 0 or text[start - 1] == "\n")
            ):
                while self.opened:
                    self.insert_closer(start)
            elif kind in _CLOSERS and not self.close(kind, start, end):
                self.new_index.append(len(self.kinds))
                continue
            self.new_index.append(len(self.kinds))
            if kind in _CLOSER:
                self.opened.append(len(self.kinds))
            elif kind in _CLOSERS:
                self.closer[self.opened.pop()] = len(self.kinds)
            self.copy(kind, start, end)

    def copy(self, kind: str, start: int, end: int) -> None:
        """Append one token to the new stream."""
        self.kinds.append(kind)
        self.starts.append(start)
        self.ends.append(end)

    def close(self, kind: str, start: int, end: int) -> bool:
        """Make the innermost open bracket one that `kind` closes; False when `kind` is stray."""
        depth = len(self.opened) - 1
        while depth >= 0 and _CLOSER[self.kinds[self.opened[depth]]] != kind:
            if self.kinds[self.opened[depth]] == "f{" or (
                kind not in ("}", "f}") and self.kinds[self.opened[depth]] == "{"
            ):
                depth = -1
                break
            depth -= 1
        if depth < 0:
            if kind != "}" and self.opened and self.kinds[self.opened[-1]] in ("(", "["):
                self.exchange(start, end)
            else:
                self.report_stray(start, end)
            return False
        while len(self.opened) - 1 > depth:
            self.insert_closer(start, (start, end))
        return True

    def exchange(self, start: int, end: int) -> None:
        """A `]` where a `)` should be, or the other way round: take it for the right one."""
        opener = self.opened.pop()
        source = self.source
        meant = _CLOSER[self.kinds[opener]]
        span = Span(source, start, end)
        place = Span(source, self.starts[opener], self.ends[opener])
        label = Label(place, f"`{place.text}` is open here")
        self.report(
            f"`{span.text}` does not close `{place.text}`", span, [label], [Help(f"write `{meant}`", Edit(span, meant))]
        )
        self.closer[opener] = len(self.kinds)
        self.copy(meant, start, end)

    def report_stray(self, start: int, end: int) -> None:
        """A closing bracket that closes nothing, or not what is open."""
        source, labels = self.source, []
        text = source.text[start:end]
        if self.opened:
            opener = self.opened[-1]
            place = Span(source, self.starts[opener], self.ends[opener])
            labels.append(Label(place, f"`{place.text}` is open here"))
        else:
            self.has_stray = True
        helps = [Help("remove it", Edit(Span(source, start, end), ""))]
        self.report(f"`{text}` closes nothing", Span(source, start, end), labels, helps)

    def close_groups_before_semicolon(self, start: int) -> None:
        """A `;` ends what it cannot be part of: a group that is neither `for (…)` nor `[v; n]`."""
        while self.opened and self.kinds[self.opened[-1]] == "(":
            opener = self.opened[-1]
            if opener and self.kinds[opener - 1] == "for":
                return
            self.insert_closer(start)
        if self.opened and self.kinds[self.opened[-1]] == "[":
            own = self.own_kinds(self.opened[-1])
            if ";" in own or "," in own or self.starts_new_line(start):
                self.insert_closer(start)

    def close_groups_before_statement(self, kind: str, start: int) -> None:
        """A statement that begins a line is in no parentheses and brackets; `for` may be in a comprehension."""
        closed = ("(",) if kind == "for" else ("(", "[")
        while self.opened and self.kinds[self.opened[-1]] in closed:
            self.insert_closer(start)

    def own_kinds(self, opener: int) -> set[str]:
        """The kinds of the tokens directly inside an open bracket."""
        found: set[str] = set()
        position = opener + 1
        while position < len(self.kinds):
            found.add(self.kinds[position])
            position = self.closer.get(position, position) + 1
        return found

    def starts_new_line(self, start: int) -> bool:
        """Whether a `;` at `start` is the last on its line, so not the one of `[v; n]`."""
        text = self.source.text
        return text[start + 1 : start + 2] in ("\n", "\r", "")

    def insert_closer(self, start: int, found: tuple[int, int] | None = None) -> None:
        """Insert what the innermost open bracket misses, and say so; `found` is the bracket that stands there."""
        opener = self.opened.pop()
        kind = self.kinds[opener]
        if kind != "f{":
            source = self.source
            place = Span(source, self.starts[opener], self.ends[opener])
            labels = []
            if found:
                span = Span(source, *found)
                labels.append(Label(span, f"`{span.text}` does not close it"))
            after = self.ends[-1]
            helps = []
            if kind != "{":
                helps.append(Help(f"close it with `{_CLOSER[kind]}`", Edit(Span(source, after, after), _CLOSER[kind])))
            else:
                helps.append(Help("close it with `}`"))
                shallow = self.suspect(opener)
                if shallow is not None:
                    labels.append(Label(shallow, "this one may miss its `}`: what closes it is not in its column"))
            if not self.is_swallowed(opener, start, found):
                self.report(f"this `{kind}` is never closed", place, labels, helps)
        self.damaged.append((opener, len(self.kinds)))
        self.closer[opener] = len(self.kinds)
        self.copy(_CLOSER[kind], self.ends[-1], self.ends[-1])

    def is_swallowed(self, opener: int, end: int, found: tuple[int, int] | None) -> bool:
        """Whether what closes a bracket is most likely in a string or comment without an end between it and `end`."""
        closer = _CLOSER[self.kinds[opener]]
        return found is None and any(
            diagnostic.code == "E0002" or (diagnostic.code == "E0003" and closer in diagnostic.span.text)
            for diagnostic in self.diagnostics
            if diagnostic.span is not None and self.starts[opener] < diagnostic.span.start <= end
        )

    def suspect(self, opener: int) -> Span | None:
        """The innermost `{` inside an unclosed one whose `}` stands further left than its line begins."""
        found: int | None = None
        for inner, closing in self.closer.items():
            if inner > opener and self.kinds[inner] == "{" and (found is None or inner > found):
                indent, is_first = self.indent_of(self.starts[closing])
                if is_first and indent < self.indent_of(self.starts[inner])[0]:
                    found = inner
        return None if found is None else Span(self.source, self.starts[found], self.ends[found])

    def indent_of(self, offset: int) -> tuple[int, bool]:
        """The indentation of the line of `offset`, and whether `offset` is the first thing on it."""
        text = self.source.text
        begin = text.rfind("\n", 0, offset) + 1
        first = begin
        while first < len(text) and text[first] in " \t":
            first += 1
        return first - begin, first == offset

    def report(self, message: str, span: Span, labels: list[Label], helps: list[Help]) -> None:
        """Add a diagnostic."""
        self.reported += 1
        if self.reported > _REPORTED:
            return
        self.diagnostics.append(Diagnostic(Severity.ERROR, "E0014", message, span, None, labels, [], helps))

    def rebuild(self) -> None:
        """Put the new stream into the old one's lists."""
        tokens = self.tokens
        tokens.docs = {self.new_index[index]: docs for index, docs in tokens.docs.items()}
        tokens.kinds[:], tokens.starts[:], tokens.ends[:] = self.kinds, self.starts, self.ends
