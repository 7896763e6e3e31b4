"""Parses patterns."""

from __future__ import annotations

from luma_ir.frontend.ast import (
    ArrayPattern,
    BindingPattern,
    BoolLiteral,
    ErrorPattern,
    Expression,
    FieldPattern,
    FloatLiteral,
    IntLiteral,
    LiteralPattern,
    Name,
    NameExpr,
    OrPattern,
    Path,
    PathExpr,
    PathPattern,
    PathSegment,
    Pattern,
    RangePattern,
    RestPattern,
    StructPattern,
    TuplePattern,
    UnaryExpr,
    VariantPattern,
    WildcardPattern,
)
from luma_ir.frontend.parser.types import Types

_LITERAL_STARTS = frozenset(["int", "float", "string", "char", "byte", "true", "false", "-", "fstart"])
_RANGES = ("..", "..=")
_PATTERN_STOPS = frozenset([",", "=", "=>", "in", ";", "|", ":", "if"])


class Patterns(Types):
    """What stands after `let`, `for`, `|` and in the arms of `match`."""

    # Pattern = "|"? SinglePattern ("|" SinglePattern)*
    def pattern(self) -> Pattern:
        """A pattern, alternatives included."""
        self.accept("|")
        first = self.single_pattern()
        if self.kinds[self.position] != "|":
            return first
        alternatives = [first]
        while self.accept("|"):
            alternatives.append(self.single_pattern())
        return OrPattern(first.start, alternatives[-1].end, alternatives)

    def guarded_pattern(self) -> Pattern:
        """A pattern, or an `ErrorPattern` after one that is wrong."""
        return self.guarded(self.pattern, ErrorPattern, _PATTERN_STOPS)

    # SinglePattern = "_" | Binding | LiteralPattern | RangePattern | Path | VariantPattern | GroupPattern
    # GroupPattern = StructPattern | "(" Patterns ")" | "[" Patterns "]" | Rest
    def single_pattern(self) -> Pattern:
        """A pattern without alternatives."""
        position = self.position
        kind = self.kinds[position]
        if kind == "name":
            return self.name_pattern()
        if kind == "_":
            self.position += 1
            return WildcardPattern(self.starts[position], self.ends[position])
        if kind in _LITERAL_STARTS:
            return self.literal_pattern()
        self.descend()
        found = self.grouped_pattern(kind)
        self.nesting -= 1
        return found

    def grouped_pattern(self, kind: str) -> Pattern:
        """A pattern that begins with punctuation or `Self`."""
        position = self.position
        start = self.starts[position]
        if kind == "Self":
            return self.path_pattern(self.pattern_path())
        if kind == "(":
            self.position += 1
            elements = self.comma_list(self.pattern, ")", "the pattern")
            if len(elements) == 1 and self.kinds[self.position - 2] != "," and not isinstance(elements[0], RestPattern):
                return elements[0]
            self.check_rests(elements)
            return TuplePattern(start, self.last_end(), elements)
        if kind == "[":
            self.position += 1
            elements = self.comma_list(self.pattern, "]", "the pattern")
            self.check_rests(elements)
            return ArrayPattern(start, self.last_end(), elements)
        if kind in _RANGES:
            return self.range_or_rest()
        if kind == "inout":
            self.fail("E0011", "`inout` stands before a parameter, not before a pattern",
                      helps=[self.replace("leave it out", position, "")])  # fmt: skip
        if kind in ("&", "*"):
            self.error("E0016", f"a pattern does not begin with `{kind}`",
                       notes=["every value is its own, so there are no references"],
                       helps=[self.replace("leave it out", position, "")])  # fmt: skip
            self.position += 1
            return self.single_pattern()
        raise self.fail_expected("a pattern")

    # Binding = Name ("@" SinglePattern)?
    def name_pattern(self) -> Pattern:
        """A pattern that begins with a name: a binding, a path, a variant or a struct."""
        position = self.position
        start, end = self.starts[position], self.ends[position]
        following = self.kinds[position + 1]
        text = self.text[start:end]
        simple = following not in ("(", "{", ".", "::") and following not in _RANGES
        if following == "{" and not self.looks_like_struct_body(position + 1):
            simple = True
        if simple and not (text[0].isupper() or text.isupper()):
            if text == "mut" and following == "name":
                self.error("E0016", "variables need no `mut`: every `let` may be assigned again",
                           helps=[self.replace("leave it out", position, "")])  # fmt: skip
                self.position += 1
                return self.name_pattern()
            self.position += 1
            name = Name(start, end, text)
            inner = self.single_pattern() if self.accept("@") else None
            return BindingPattern(start, self.last_end(), name, inner)
        self.descend()
        found = self.path_pattern(self.pattern_path())
        self.nesting -= 1
        return found

    def pattern_path(self) -> Path:
        """A path, as in `shapes.Shape::Empty`."""
        start, end = self.starts[self.position], self.ends[self.position]
        segments = [PathSegment(start, end, "", Name(start, end, self.text[start:end]), None)]
        self.position += 1
        while (separator := self.kinds[self.position]) in (".", "::"):
            self.position += 1
            if separator == "::" and self.kinds[self.position] == "<":
                segments[-1].type_args = self.type_args()
                continue
            name = self.name("a name")
            segments.append(PathSegment(name.start, name.end, separator, name, None))
        return Path(start, self.last_end(), segments)

    # VariantPattern = Path "(" Patterns ")"
    # StructPattern = Path "{" FieldPatterns "}"
    # Patterns = (Pattern ("," Pattern)* ","?)?
    def path_pattern(self, path: Path) -> Pattern:
        """What follows a path in a pattern."""
        kind = self.kinds[self.position]
        if kind == "(":
            self.position += 1
            elements = self.comma_list(self.pattern, ")", "the pattern")
            self.check_rests(elements)
            return VariantPattern(path.start, self.last_end(), path, elements)
        if kind == "{" and self.looks_like_struct_body(self.position):
            return self.struct_pattern(path)
        if kind in _RANGES:
            return self.range_pattern(self.path_value(path))
        return PathPattern(path.start, path.end, path)

    def looks_like_struct_body(self, opening: int) -> bool:
        """Whether the `{` at a position begins field patterns rather than a block."""
        kinds = self.kinds
        first, second = kinds[opening + 1], kinds[min(opening + 2, len(kinds) - 1)]
        if first == "}":
            # `for X {}` has no `in`, `match X {}` is not a pattern: an empty body belongs to the path.
            return True
        return first == ".." or (first == "name" and second in (":", ",", "}"))

    # FieldPatterns = (FieldPattern ("," FieldPattern)*)? (","? "..")? ","? ; FieldPattern = Name (":" Pattern)?
    def struct_pattern(self, path: Path) -> Pattern:
        """The braces of a struct pattern."""
        closing = self.brackets.closer[self.position]
        self.position += 1
        rest = False

        def field_pattern() -> FieldPattern | None:
            nonlocal rest
            if self.kinds[self.position] == "..":
                if self.kinds[self.position + 1] == "name":
                    self.error("E0025", "the rest of a struct's fields has no name",
                               helps=[self.replace("write `..` alone", self.position + 1, "")])  # fmt: skip
                    self.position += 1
                rest = True
                self.position += 1
                if self.position != closing and not (self.kinds[self.position] == "," and self.position + 1 == closing):
                    self.error("E0025", "`..` stands at the end of the fields")
                return None
            name = self.name("the name of a field")
            if self.accept(":"):
                found = self.pattern()
                return FieldPattern(name.start, found.end, name, found)
            binding = BindingPattern(name.start, name.end, name, None)
            return FieldPattern(name.start, name.end, name, binding)

        fields = self.comma_list(field_pattern, "}", "the field")
        return StructPattern(path.start, self.last_end(), path, [field for field in fields if field], rest)

    # Rest = ".." Name?
    def range_or_rest(self) -> Pattern:
        """`..`, `..rest`, or a range without a lower bound."""
        position = self.position
        start = self.starts[position]
        following = self.kinds[position + 1]
        if following in _LITERAL_STARTS or self.kinds[position] == "..=":
            return self.range_pattern(None)
        self.position += 1
        name = None
        if following == "name":
            # The rest of an array has a variable's name; a constant's name is a bound.
            text = self.token_text(position + 1)
            if self.kinds[position + 2] in (".", "::") or text[0].isupper():
                self.position -= 1
                return self.range_pattern(None)
            name = self.name("a name")
        return RestPattern(start, self.last_end(), name)

    # LiteralPattern = "-"? (IntLiteral | FloatLiteral) | StringLiteral | CharLiteral | ByteLiteral | "true" | "false"
    def literal_pattern(self) -> Pattern:
        """A literal, or a range that begins with one."""
        value = self.pattern_literal()
        if self.kinds[self.position] in _RANGES:
            return self.range_pattern(value)
        return LiteralPattern(value.start, value.end, value)

    # RangePattern = Bound? (".." | "..=") Bound? ; Bound = LiteralPattern | Path
    def range_pattern(self, low: Expression | None) -> Pattern:
        """From the operator on."""
        start = low.start if low else self.starts[self.position]
        inclusive = self.kinds[self.position] == "..="
        self.position += 1
        high = None
        kind = self.kinds[self.position]
        if kind in _LITERAL_STARTS:
            high = self.pattern_literal()
        elif kind in ("name", "Self"):
            high = self.path_value(self.pattern_path())
        elif inclusive:
            self.fail_expected("the upper bound of the range")
        return RangePattern(start, self.last_end(), low, high, inclusive)

    def path_value(self, path: Path) -> Expression:
        """A path as an expression."""
        if len(path.segments) == 1 and path.segments[0].type_args is None:
            return NameExpr(path.start, path.end, path.segments[0].name.text)
        return PathExpr(path.start, path.end, path)

    def pattern_literal(self) -> Expression:
        """A literal with its sign."""
        position = self.position
        kind = self.kinds[position]
        start = self.starts[position]
        if kind == "-":
            self.position += 1
            if self.kinds[self.position] not in ("int", "float"):
                self.fail_expected("a number after `-`")
            value = self.pattern_literal()
            if isinstance(value, IntLiteral):
                return IntLiteral(start, value.end, -value.value, value.suffix)
            if isinstance(value, FloatLiteral):
                return FloatLiteral(start, value.end, -value.value, value.suffix)
            return UnaryExpr(start, value.end, "-", value)
        if kind == "int":
            return self.int_literal()
        if kind == "float":
            return self.float_literal()
        if kind == "string":
            return self.string_literal()
        if kind == "char":
            return self.char_literal()
        if kind == "byte":
            return self.byte_literal()
        if kind == "fstart":
            span = self.token_span(position)
            self.fstring()
            self.error("E0023", "an f-string is no pattern", self.span(span.start, self.last_end()))
            return self.error_literal(start)
        self.position += 1
        return BoolLiteral(start, self.ends[position], kind == "true")

    def error_literal(self, start: int) -> Expression:
        """Stands for a literal that was wrong."""
        from luma_ir.frontend.ast import ErrorExpr

        return ErrorExpr(start, self.last_end())

    def check_rests(self, elements: list[Pattern]) -> None:
        """Report a second `..` in one pattern."""
        rests = [element for element in elements if isinstance(element, RestPattern)]
        if len(rests) > 1:
            self.literal_error("E0025", "a pattern holds one `..` at most", rests[1].start, rests[1].end)
