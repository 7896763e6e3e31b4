"""
The parser of IR text: xDSL's grammar, with locations, and with short cuts that make large files bearable.

- Tokens come from one regular expression; where it does not match, xDSL's lexer decides (and reports).
- An op on one line without regions is parsed once for each wording: what it is depends on its text, but for the names
  of values and blocks, and on the types of the values. The second op of the same wording is made from what the first
  one gave. Whatever is unusual about an op sends it down the ordinary way.
- Builtin types of one word are looked up.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from attrs import frozen
from xdsl.dialects.builtin import ModuleOp, UnknownLoc
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue, TypeAttribute
from xdsl.parser import Parser, ParserState
from xdsl.utils.exceptions import ParseError
from xdsl.utils.lexer import Input, Span, Token
from xdsl.utils.mlir_lexer import KIND_BY_PUNCTUATION_SPELLING, MLIRLexer, MLIRTokenKind, StringLiteral

from luma_ir.ir.diagnostics import SourceFile
from luma_ir.ir.fast import append, make, operands_of, set_name, successors_of
from luma_ir.ir.intern import F32, F64, I1, I8, I16, I32, I64, INDEX, int_type
from luma_ir.ir.locations import file_loc, stamp_parsed

if TYPE_CHECKING:
    from xdsl.context import Context
    from xdsl.dialects.builtin import LocationAttr

# pyright: reportPrivateUsage=false

_TOKEN = re.compile(
    r"(?:[ \t\n\r\f\v]++|//[^\n]*+)*+"  # possessive, so that no token is found inside a comment
    r"(?:([A-Za-z_][A-Za-z0-9_$.]*)"  # 1 bare identifier
    r"|(%(?:[0-9]+|[a-zA-Z$._-][a-zA-Z0-9$._-]*))"  # 2
    r"|([:,()}\[\]<>=+/*?|]|->|\{(?!-#)|-)"  # 3 punctuation
    r"|([0-9]+(?![0-9x]|\.)|0x[0-9a-fA-F]+)"  # 4 integer
    r'|("[^"\\\n\v\f]*")'  # 5 string without escapes
    r"|(![a-zA-Z$._-][a-zA-Z0-9$._-]*)"  # 6
    r"|(@[A-Za-z_][A-Za-z0-9_$.]*)"  # 7
    r"|(\^(?:[0-9]+|[a-zA-Z$._-][a-zA-Z0-9$._-]*))"  # 8
    r"|([0-9]+\.[0-9]*(?:[eE][+-]?[0-9]+)?)"  # 9 float
    r"|(#(?!-\})(?:[0-9]+|[a-zA-Z$._-][a-zA-Z0-9$._-]*))"  # 10
    r")"
)
_SPACE = re.compile(r"(?:[ \t\n\r\f\v]++|//[^\n]*+)*+")
_STRING = re.compile(r'"(?:[^"\\\n\v\f]++|\\(?:["nt\\]|[0-9A-Fa-f]{2}))*+"')
_KINDS = (
    MLIRTokenKind.EOF,
    MLIRTokenKind.BARE_IDENT,
    MLIRTokenKind.PERCENT_IDENT,
    MLIRTokenKind.EOF,
    MLIRTokenKind.INTEGER_LIT,
    MLIRTokenKind.STRING_LIT,
    MLIRTokenKind.EXCLAMATION_IDENT,
    MLIRTokenKind.AT_IDENT,
    MLIRTokenKind.CARET_IDENT,
    MLIRTokenKind.FLOAT_LIT,
    MLIRTokenKind.HASH_IDENT,
)
_OP_START = (MLIRTokenKind.PERCENT_IDENT, MLIRTokenKind.BARE_IDENT, MLIRTokenKind.STRING_LIT)
_PUNCTUATION = 3
_new = object.__new__

_LINE = re.compile(r'(?:(%[\w$.-]+(?:, %[\w$.-]+)*) = )?(["A-Za-z_][^\n]*)')
_REFERENCE = re.compile(r"([%^][\w$.-]+(?:#\d+)?)")
# What may stand after an op that is complete: never something that could belong to it.
_NEXT_OP = re.compile(r'%[\w$.-]+(?::\d+)?\s*[,=]|"[^"\n]*"\(|[A-Za-z_][\w$]*\.[\w$.]+')
_WORD_TYPES: dict[str, TypeAttribute] = {
    "i1": I1,
    "i8": I8,
    "i16": I16,
    "i32": I32,
    "i64": I64,
    "index": INDEX,
    "f32": F32,
    "f64": F64,
}
_INT_TYPE = re.compile(r"i([1-9][0-9]{0,6})")
_hints: dict[str, str | None] = {}
"""The name hint that each spelling of a value's name gives."""


class _Token(Token[MLIRTokenKind, str]):
    """A token that makes its span only when it is asked for."""

    kind: MLIRTokenKind
    start: int
    end: int
    source: Input[str]

    @property
    def span(self) -> Span[str]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Where the token stands."""
        return Span(self.start, self.end, self.source)

    @property
    def text(self) -> str:
        """The token's text."""
        return self.source.content[self.start : self.end]


class FastLexer(MLIRLexer):
    """xDSL's lexer with one regular expression for the usual tokens."""

    def lex(self) -> Token[MLIRTokenKind, str]:
        """The next token."""
        match = _TOKEN.match(self.input.content, self.pos)
        if match is None:
            return self._lex_unusual()
        group: int = match.lastindex  # pyright: ignore[reportAssignmentType]
        token = _new(_Token)
        start, end = match.span(group)
        if group == _PUNCTUATION:
            token.kind = KIND_BY_PUNCTUATION_SPELLING[match[group]]
        else:
            token.kind = _KINDS[group]
        token.start = start
        token.end = end
        token.source = self.input
        self.pos = end
        return token

    def _lex_unusual(self) -> Token[MLIRTokenKind, str]:
        text = self.input.content
        start = _SPACE.match(text, self.pos).end()  # pyright: ignore[reportOptionalMemberAccess]
        quote = start + 1 if text.startswith('@"', start) else start
        if text.startswith('"', quote) and _STRING.match(text, quote) is None:
            # xDSL's lexer takes time exponential in the length of the line for these.
            span = Span(start, quote + 1, self.input)
            raise ParseError(span, "string literal without an end on its line, or with an unknown escape")
        token: Any = super().lex()
        token.start = token.span.start
        if token.kind is MLIRTokenKind.BYTES_LIT and _is_utf8(token.span):
            # Text that is not ASCII prints with escapes; it is a string all the same.
            token.kind = MLIRTokenKind.STRING_LIT
        return token


def _is_utf8(span: Any) -> bool:
    try:
        StringLiteral.from_span(span).bytes_contents.decode()
    except UnicodeDecodeError:
        return False
    return True


@frozen
class _Wording:
    """What the ops of one wording have in common, given the types of the values that they name."""

    cls: type[Operation]
    operands: tuple[int, ...]
    """For each operand its index among the names in the text."""
    successors: tuple[int, ...]
    result_types: tuple[Attribute, ...]
    properties: dict[str, Attribute]
    attributes: dict[str, Attribute]
    referents: tuple[SSAValue | Block, ...]
    """What the first op named; keeps alive the types that the key tells apart by identity."""


class LocatingParser(Parser):
    """xDSL's parser; ops and block arguments get the place of their first token unless the text says another."""

    def __init__(self, ctx: Context, source: SourceFile) -> None:
        self.source = source
        # Past `Parser.__init__`, which would read the first token with xDSL's own lexer.
        super(Parser, self).__init__(ParserState(FastLexer(Input(source.text, source.name))), ctx)
        self.ssa_values = {}
        self.blocks = {}
        self.forward_block_references = defaultdict(list)
        self.forward_ssa_references = {}
        self._wordings: dict[str, dict[tuple[int, ...], _Wording]] = {}

    def location_at(self, offset: int) -> LocationAttr:
        """The location of an offset in the text."""
        line, column = self.source.line_column(offset)
        return file_loc(self.source.name, line, column)

    def parse_file(self) -> ModuleOp:
        """Parse the whole text; one without any op is an empty module."""
        if self._current_token.kind is MLIRTokenKind.EOF:
            module = ModuleOp([])
        else:
            module = self.parse_module()
        stamp_parsed(module, self.source.name, 1, 1)
        return module

    # Ops.

    def parse_operation(self) -> Operation:
        """Parse an op and stamp it."""
        token: Any = self._parser_state.current_token
        start: int = token.start
        match = _LINE.match(self.source.text, start)
        if match is None or self.source.text[match.end() - 1] == "{":
            return self._stamped(super().parse_operation(), start)
        results, body = match.groups()
        pieces = _REFERENCE.split(body)
        wording = "%".join(pieces[::2])
        referents = self._referents(pieces[1::2])
        if referents is None:
            return self._stamped(super().parse_operation(), start)
        key = tuple([id(getattr(referent, "_type", None)) for referent in referents])
        known = self._wordings.get(wording)
        if known is not None and key in known:
            op = self._reworded(known[key], results, referents, match)
            if op is not None:
                return op
        resources = len(self.dialect_resources)
        op = super().parse_operation()
        if len(self.dialect_resources) == resources and self._parser_state.current_token.span.start > match.end():
            self._learn(op, wording, key, referents, results)
        return self._stamped(op, start)

    def _stamped(self, op: Operation, start: int) -> Operation:
        line, column = self.source.line_column(start)
        stamp_parsed(op, self.source.name, line, column)
        return op

    def _referents(self, names: list[str]) -> list[SSAValue | Block] | None:
        """The values and blocks that names in the text stand for; None when one is not known yet."""
        values, blocks = self.ssa_values, self.blocks
        referents: list[SSAValue | Block] = []
        for name in names:
            if name[0] == "^":
                block = blocks.get(name[1:])
                if block is None:
                    return None
                referents.append(block[0])
                continue
            found = values.get(name[1:])
            if found is not None:
                referents.append(found[0])
                continue
            base, _, number = name[1:].partition("#")
            found = values.get(base)
            if found is None or not number or int(number) >= len(found):
                return None
            referents.append(found[int(number)])
        return referents

    def _reworded(
        self, wording: _Wording, results: str | None, referents: list[SSAValue | Block], match: re.Match[str]
    ) -> Operation | None:
        """The op of a known wording with other values; None when what follows might belong to it."""
        names = results.split(", ") if results else ()
        if len(names) != len(wording.result_types) and names:
            return None
        known = self.ssa_values
        for name in names:
            if name[1:] in known:
                return None
        state = self._parser_state
        lexer = state.lexer
        position, lexer.pos = lexer.pos, match.end()
        following: Any = lexer.lex()
        kind = following.kind
        if (
            kind is not MLIRTokenKind.R_BRACE
            and kind is not MLIRTokenKind.CARET_IDENT
            and kind is not MLIRTokenKind.EOF
            and _NEXT_OP.match(self.source.text, following.start) is None
        ):
            lexer.pos = position
            return None
        state.current_token = following
        op = make(
            wording.cls,
            [referents[index] for index in wording.operands],  # pyright: ignore[reportArgumentType]
            wording.result_types,
            wording.properties.copy(),
            attributes=wording.attributes.copy(),
            successors=[referents[index] for index in wording.successors],  # pyright: ignore[reportArgumentType]
            location=self.location_at(match.start()),
        )
        for name, value in zip(names, op.results, strict=False):
            name = name[1:]
            if name in self.forward_ssa_references:
                self._register_ssa_definition(name, (value,), Span(match.start(), match.end(), lexer.input))
            else:
                known[name] = (value,)
                set_name(value, _hint(name))
        return op

    def _learn(
        self,
        op: Operation,
        wording: str,
        key: tuple[int, ...],
        referents: list[SSAValue | Block],
        results: str | None,
    ) -> None:
        """Remember what an op of this wording is, if its text tells all about it."""
        if op.regions or type(op.location) is not UnknownLoc:
            return
        # A name without its dialect means another op inside another parent.
        if wording[0] != '"' and not wording.startswith(op.name):
            return
        if results is not None and len(results.split(", ")) != len(op.results):
            return
        places = {id(referent): index for index, referent in enumerate(referents)}
        operands = [places.get(id(value)) for value in operands_of(op)]
        successors = [places.get(id(block)) for block in successors_of(op)]
        used = [*operands, *successors]
        # Each name in the text has to be one operand or successor; the same value twice would leave their order open.
        if len(places) != len(referents) or None in used or len(used) != len(referents) or len({*used}) != len(used):
            return
        self._wordings.setdefault(wording, {})[key] = _Wording(
            type(op),
            tuple(operands),  # pyright: ignore[reportArgumentType]
            tuple(successors),  # pyright: ignore[reportArgumentType]
            tuple([result.type for result in op.results]),
            op.properties.copy(),
            op.attributes.copy(),
            tuple(referents),
        )

    def _get_op_by_name(self, name: str) -> type[Operation]:
        found = self.ctx.get_optional_op(name, dialect_stack=self._parser_state.dialect_stack)
        if found is not None:
            return found
        # The name has been consumed; the error belongs to it, not to what follows.
        end = self._parser_state.current_token.span.start
        begin = self.source.text.rfind(name, 0, end)
        span = Span(begin, begin + len(name), self.lexer.input) if begin >= 0 else None
        raise ParseError(span or self._current_token.span, f"op `{name}` is not registered")

    def _register_ssa_definition(self, name: str, values: Sequence[SSAValue], span: Span) -> None:
        if name in self.ssa_values or name in self.forward_ssa_references:
            super()._register_ssa_definition(name, values, span)
            return
        self.ssa_values[name] = tuple(values)
        hint = _hint(name)
        for value in values:
            set_name(value, hint)

    # Types of one word.

    def parse_optional_type(self) -> TypeAttribute | None:
        """Parse a type, if there is one."""
        token = self._parser_state.current_token
        if token.kind is MLIRTokenKind.BARE_IDENT:
            found = _word_type(token.text)
            if found is not None:
                self._parser_state.current_token = self._parser_state.lexer.lex()
                return found
        return super().parse_optional_type()

    def parse_optional_attribute(self) -> Attribute | None:
        """Parse an attribute or type, if there is one."""
        token = self._parser_state.current_token
        if token.kind is MLIRTokenKind.BARE_IDENT:
            found = _word_type(token.text)
            if found is not None:
                self._parser_state.current_token = self._parser_state.lexer.lex()
                return found
        return super().parse_optional_attribute()

    # Regions.

    def parse_optional_region(self, arguments: Iterable[Parser.Argument] | None = None) -> Region | None:
        """Parse a region; entry arguments without a location get the place of their name."""
        if arguments is not None:
            arguments = list(arguments)
            for argument in arguments:
                if argument.location is None:
                    argument.location = self.location_at(argument.name.start)
        return super().parse_optional_region(arguments)

    def _parse_block_body(self, block: Block) -> None:
        state = self._parser_state
        while state.current_token.kind in _OP_START:
            append(block, self.parse_operation())

    def _parse_optional_block_arg_list(self, block: Block) -> Block | None:
        if self._current_token.kind is not MLIRTokenKind.L_PAREN:
            return None

        def parse_argument() -> None:
            name = self._parse_token(MLIRTokenKind.PERCENT_IDENT, "block argument expected").span
            self.parse_punctuation(":")
            type = self.parse_attribute()
            location = self.parse_optional_location() or self.location_at(name.start)
            argument = block.insert_arg(type, len(block.args), location)
            self._register_ssa_definition(name.text[1:], (argument,), name)

        self.parse_comma_separated_list(self.Delimiter.PAREN, parse_argument)
        return block


def _word_type(word: str) -> TypeAttribute | None:
    found = _WORD_TYPES.get(word)
    if found is None:
        match = _INT_TYPE.fullmatch(word)
        if match is not None:
            found = _WORD_TYPES[word] = int_type(int(match[1]))
    return found


def _hint(name: str) -> str | None:
    try:
        return _hints[name]
    except KeyError:
        hint = SSAValue.extract_valid_name(name) if SSAValue.is_valid_name(name) else None
        if len(_hints) < 100_000:
            _hints[name] = hint
        return hint
