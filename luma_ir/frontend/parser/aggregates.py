"""Parses what holds expressions in brackets: arguments, tuples, arrays, struct literals; and plain names."""

from __future__ import annotations

from luma_ir.frontend.ast import (
    Argument,
    ArrayExpr,
    ArrayRepeatExpr,
    BoolLiteral,
    ComprehensionExpr,
    ErrorExpr,
    Expression,
    FieldExpr,
    FieldInit,
    ForClause,
    IfClause,
    Name,
    NameExpr,
    Path,
    PathExpr,
    PathSegment,
    StructExpr,
    TupleExpr,
    UnaryExpr,
)
from luma_ir.frontend.parser.patterns import Patterns
from luma_ir.frontend.parser.strangers import macro
from luma_ir.ir.diagnostics import Edit, Help

_FUNCTION_WORDS = frozenset(["move", "lambda", "fn", "fun", "function"])
"""What function values of other languages begin with."""

_ARGUMENT_STARTS = frozenset(
    ["name", "int", "float", "string", "char", "byte", "fstart", "true", "false", "self", "Self", "[", "("]
)


class Aggregates(Patterns):
    """Primary expressions that are neither literals nor control flow, and lists of arguments."""

    def as_path(self, base: Expression) -> Path | None:
        """A chain of names as a path; None for any other expression."""
        if isinstance(base, PathExpr):
            return base.path
        if isinstance(base, NameExpr):
            start, end = base.start, base.end
            return Path(start, end, [PathSegment(start, end, "", Name(start, end, base.name), None)])
        if isinstance(base, FieldExpr):
            path = self.as_path(base.base)
            if path is not None:
                name = base.name
                path.segments.append(PathSegment(name.start, name.end, ".", name, None))
                path.end = base.end
            return path
        return None

    # Args = "(" (Argument ("," Argument)* ","?)? ")"
    def arguments(self) -> list[Argument]:
        """The arguments of a call, after its `(`."""
        if self.kinds[self.position] == ")":
            self.position += 1
            return []
        saved, self.allow_struct = self.allow_struct, True
        args = self.comma_list(self.argument, ")", "the argument")
        self.allow_struct = saved
        named: Argument | None = None
        for arg in args:
            if arg.name is not None:
                named = arg
            elif named is not None and not isinstance(arg.value, ErrorExpr):
                self.literal_error("E0021", "a positional argument stands after a named one", arg.start, arg.end,
                                   [Help("name it too, or put it first")])  # fmt: skip
        return args

    # Argument = (Name ":")? Expression
    def argument(self) -> Argument:
        """One argument of a call."""
        position = self.position
        if self.kinds[position] == "name":
            following = self.kinds[position + 1]
            if following == ":" or following == "=":
                start, end = self.starts[position], self.ends[position]
                name = Name(start, end, self.text[start:end])
                if following == "=":
                    self.error("E0016", "a named argument is written with `:`", self.token_span(position + 1),
                               helps=[Help(f"write `{name.text}: …`", Edit(self.span(end, self.ends[position + 1]), ":"))])  # noqa: E501  # fmt: skip
                self.position = position + 2
                value = self.expression()
                return Argument(start, value.end, name, value)
        if self.kinds[position] == "inout":
            self.error("E0016", "an `inout` argument is written `&place` at the call",
                       helps=[self.replace("write `&`", position, "&")])  # fmt: skip
            self.position += 1
        value = self.expression()
        return Argument(value.start, value.end, None, value)

    # Primary = Literal | Path | "self" | StructLiteral | Tuple | Array | Closure | Control
    # Literal = IntLiteral | FloatLiteral | CharLiteral | ByteLiteral | StringLiteral | FString | "true" | "false"
    def name_expression(self) -> Expression:
        """A name, a struct literal, or `parallel for`."""
        position = self.position
        start, end = self.starts[position], self.ends[position]
        text = self.text[start:end]
        self.position = position + 1
        following = self.kinds[position + 1]
        found = NameExpr(start, end, text)
        if following == "{":
            return self.struct_or(found, None)
        if following == "!" and self.kinds[position + 2] in ("(", "[", "{") and end == self.starts[position + 1]:
            return macro(self, position)
        if following == "for" and text == "parallel":
            self.position = position
            return self.control("parallel")
        if text in _FUNCTION_WORDS and self.is_foreign_closure(text, following):
            return self.foreign_closure(text)
        if text == "not" and following in _ARGUMENT_STARTS and following not in ("(", "["):
            self.error("E0016", "`not` is no operator", self.token_span(position),
                       helps=[Help("write `!`", Edit(self.span(start, self.starts[position + 1]), "!"))])  # fmt: skip
            operand = self.operand()
            return UnaryExpr(start, operand.end, "!", operand)
        return found

    def is_foreign_closure(self, word: str, following: str) -> bool:
        """Whether a function value is written as in another language: `move |x| …`, `lambda x: …`, `fn(x) { … }`."""
        position = self.position
        if word == "move":
            at = self.starts[position]
            return following == "|" and self.text[at - 1 : at] == " " and not self.text[at + 1 : at + 2].isspace()
        if word == "lambda":
            return following == "name"
        closer = self.brackets.closer.get(position) if following == "(" else None
        after = self.kinds[closer + 1] if closer is not None else ""
        return after == "->" or (after == "{" and self.allow_struct)

    def foreign_closure(self, word: str) -> Expression:
        """Report such a function value."""
        if word == "move":
            span = self.span(self.starts[self.position - 1], self.starts[self.position])
            self.error("E0016", "every closure captures by value; there is no `move`", span,
                       helps=[Help("leave it out", Edit(span, ""))])  # fmt: skip
            return self.control("|")
        raise self.fail("E0016", f"a function value is not written with `{word}`", self.token_span(self.position - 1),
                        helps=[Help("it is a closure: `|x| x + 1`, `|x: i64| -> i64 { … }`")])  # fmt: skip

    # StructLiteral = Path "{" (FieldInit ("," FieldInit)* ","?)? "}"
    def struct_or(self, base: NameExpr | PathExpr | FieldExpr, path: Path | None) -> Expression:
        """A struct literal when a `{` after a name begins one, else the name."""
        opening = self.position
        kinds = self.kinds
        first, second = kinds[opening + 1], kinds[min(opening + 2, len(kinds) - 1)]
        is_literal = first == "}" or (first == "name" and second in (":", ",", "}")) or first == ".."
        if first == "name" and second == "=" and self.allow_struct and self.text[base.start].isupper():
            is_literal = True
        if not is_literal:
            return base
        if not self.allow_struct:
            if not (first == "name" and second == ":") or self.starts_line(opening):
                return base
            end = self.ends[self.brackets.closer[opening]]
            text = self.text[base.start : end]
            span = self.span(base.start, end)
            shown = text if len(text) < 40 and "\n" not in text else f"{self.text[base.start : base.end]} {{ … }}"
            self.error("E0017", "a struct literal in the head of a statement stands in parentheses", span,
                       helps=[Help(f"write `({shown})`", Edit(span, f"({text})"))])  # fmt: skip
        path = path or self.as_path(base)
        if path is None:
            return base
        self.position = opening + 1
        saved, self.allow_struct = self.allow_struct, True
        fields = self.comma_list(self.field_init, "}", "the field")
        self.allow_struct = saved
        return StructExpr(base.start, self.last_end(), path, fields)

    # FieldInit = Name (":" Expression)?
    def field_init(self) -> FieldInit:
        """`y: 2`, or `x` for `x: x`."""
        if self.kinds[self.position] == "..":
            self.fail("E0011", "a struct literal names every field",
                      helps=[Help("copy the other value to a variable and assign the fields that differ")])  # fmt: skip
        name = self.name("the name of a field")
        kind = self.kinds[self.position]
        if kind == ":" or kind == "=":
            if kind == "=":
                self.error("E0016", "the value of a field is written after `:`",
                           helps=[self.replace("write `:`", self.position, ":")])  # fmt: skip
            self.position += 1
            value = self.expression()
            return FieldInit(name.start, value.end, name, value)
        return FieldInit(name.start, name.end, name, NameExpr(name.start, name.end, name.text))

    def self_expression(self) -> Expression:
        """`self`, `Self`."""
        position = self.position
        start, end = self.starts[position], self.ends[position]
        self.position = position + 1
        found = NameExpr(start, end, self.text[start:end])
        if self.kinds[position + 1] == "{" and self.kinds[position] == "Self":
            return self.struct_or(found, None)
        return found

    def bool_literal(self) -> Expression:
        """`true`, `false`."""
        position = self.position
        self.position = position + 1
        return BoolLiteral(self.starts[position], self.ends[position], self.kinds[position] == "true")

    # Tuple = "(" (Expression ("," Expression)* ","?)? ")"
    def parenthesized(self) -> Expression:
        """Parentheses, a tuple or unit. An expression in parentheses spans them."""
        start = self.starts[self.position]
        self.position += 1
        saved, self.allow_struct = self.allow_struct, True
        errors = self.error_position
        elements = self.comma_list(self.expression, ")", "the expression")
        self.allow_struct = saved
        end = self.last_end()
        if not elements and self.error_position != errors:
            return ErrorExpr(start, end)
        if len(elements) == 1 and self.kinds[self.position - 2] != ",":
            inner = elements[0]
            if not isinstance(inner, NameExpr):
                inner.start, inner.end = start, end
            return inner
        return TupleExpr(start, end, elements)

    # Array = "[" (ArrayElements | Expression ";" Expression | Expression Clause+)? "]"
    # ArrayElements = Expression ("," Expression)* ","?
    # Clause = "parallel"? "for" Pattern "in" Expression | "if" Expression
    def array(self) -> Expression:
        """An array: listed, repeated or computed."""
        opening = self.position
        start = self.starts[opening]
        end = self.ends[self.brackets.closer[opening]]
        self.position += 1
        if self.accept("]"):
            return ArrayExpr(start, end, [])
        saved, self.allow_struct = self.allow_struct, True
        first = self.guarded(self.expression, ErrorExpr, frozenset([",", ";", "for"]))
        kind = self.kinds[self.position]
        found: Expression
        if kind == ";":
            self.position += 1
            count = self.expression()
            self.expect("]", "the number of elements")
            found = ArrayRepeatExpr(start, end, first, count)
        elif kind == "for" or (kind == "name" and self.kinds[self.position + 1] == "for"):
            found = ComprehensionExpr(start, end, first, self.clauses())
        else:
            if kind != "]":
                if not self.accept(","):
                    self.missing_comma("]", "the element")
                elements = [first, *self.comma_list(self.expression, "]", "the element")]
            else:
                self.position += 1
                elements = [first]
            found = ArrayExpr(start, end, elements)
        self.allow_struct = saved
        return found

    def clauses(self) -> list[ForClause | IfClause]:
        """The `for` and `if` parts of a comprehension, up to its `]`."""
        clauses: list[ForClause | IfClause] = []
        while not self.accept("]"):
            start = self.starts[self.position]
            if self.accept("if"):
                condition = self.expression()
                clauses.append(IfClause(start, condition.end, condition))
                continue
            is_parallel = self.is_word("parallel") and self.kinds[self.position + 1] == "for"
            self.position += is_parallel
            if not self.accept("for"):
                self.fail_expected("`for`, `if` or `]`")
            pattern = self.pattern()
            self.expect("in", "the pattern")
            iterable = self.expression()
            clauses.append(ForClause(start, iterable.end, pattern, iterable, is_parallel))
        return clauses
