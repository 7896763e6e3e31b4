"""Parses operators, access, calls, arrays, tuples and struct literals."""

from __future__ import annotations

from collections.abc import Callable

from luma_ir.frontend.ast import (
    AddressOfExpr,
    AwaitExpr,
    BinaryExpr,
    CallExpr,
    CastExpr,
    ErrorExpr,
    Expression,
    FieldExpr,
    IndexExpr,
    InoutExpr,
    MethodCallExpr,
    Name,
    PathExpr,
    PathSegment,
    RangeExpr,
    SliceExpr,
    SpawnExpr,
    TryExpr,
    TupleFieldExpr,
    UnaryExpr,
)
from luma_ir.frontend.parser.aggregates import Aggregates
from luma_ir.frontend.parser.core import MAX_CHAIN
from luma_ir.frontend.parser.types import FOREIGN_TYPES, PLAIN_TYPES
from luma_ir.ir.diagnostics import Edit, Help, Label

_COMPARISON, _RANGE, _POWER, _CAST = 3, 4, 11, 12
PRECEDENCE = {
    "||": 1, "&&": 2, "==": 3, "!=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3, "..": 4, "..=": 4, "|": 5, "^": 6, "&": 7,
    "<<": 8, ">>": 8, "+": 9, "-": 9, "*": 10, "/": 10, "%": 10, "**": _POWER, "as": _CAST,
}  # fmt: skip
EXPRESSION_STARTS = frozenset([
    "name", "int", "float", "string", "char", "byte", "fstart", "true", "false", "self", "Self", "(", "[", "{", "-",
    "!", "~", "&", "|", "||", "if", "match", "loop", "while", "for", "unsafe", "return", "break", "continue", "spawn",
    "await", "select", "label",
])  # fmt: skip
ASSIGNMENTS = frozenset(["=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="])
_WORD_OPERATORS = {"and": "&&", "or": "||"}
_UNARY_STARTS = frozenset(
    ["name", "int", "float", "string", "char", "byte", "fstart", "true", "false", "self", "(", "["]
)


class Expressions(Aggregates):
    """Everything with a value, but control flow."""

    def plain_expression(self) -> Expression:
        """An expression inside brackets, where struct literals need no parentheses."""
        saved, self.allow_struct = self.allow_struct, True
        found = self.expression()
        self.allow_struct = saved
        return found

    # Expression = Unary (BinaryOperator Unary | "as" Type)* | Expression? (".." | "..=") Expression?
    def expression(self, minimum: int = 0) -> Expression:
        """An expression whose operators bind at least as tightly as `minimum`; see `PRECEDENCE`."""
        kind = self.kinds[self.position]
        self.descend()
        if kind in ("..", "..="):
            lhs = self.range_from(None, self.starts[self.position])
        else:
            lhs = self.unary(kind)
        found = self.operators(lhs, minimum)
        self.nesting -= 1
        return found

    def operators(self, lhs: Expression, minimum: int) -> Expression:
        """The operators and operands after `lhs`."""
        kinds = self.kinds
        count = 0
        while True:
            position = self.position
            operator = kinds[position]
            precedence = PRECEDENCE.get(operator)
            if precedence is None:
                if operator == "name" and self.word_operator(position):
                    continue
                return lhs
            if precedence < minimum or (kinds[position + 1] == "let" and operator in ("&&", "||")):
                return lhs
            count += 1
            if count > MAX_CHAIN:
                self.fail("E0019", f"this expression has more than {MAX_CHAIN} operators in a row",
                          helps=[Help("name a part with `let`")])  # fmt: skip
            if precedence == _CAST:
                self.position = position + 1
                target = self.type()
                lhs = CastExpr(lhs.start, target.end, lhs, target)
                continue
            if precedence == _RANGE:
                lhs = self.range_from(lhs, lhs.start)
                if kinds[self.position] in ("..", "..="):
                    self.error("E0015", "ranges cannot be chained", helps=[Help("write parentheses around the inner one")])  # noqa: E501  # fmt: skip
                continue
            if operator in ("+", "-") and kinds[position + 1] == operator and self.is_increment(lhs, position):
                return lhs
            if precedence == _COMPARISON:
                lhs = self.comparison(lhs, operator)
                continue
            self.position = position + 1
            if kinds[position + 1] == "=" and self.ends[position] == self.starts[position + 1]:
                self.not_an_assignment(operator, lhs)
            rhs = self.expression(precedence if precedence == _POWER else precedence + 1)
            lhs = BinaryExpr(lhs.start, rhs.end, operator, lhs, rhs, self.starts[position])

    def range_from(self, low: Expression | None, start: int) -> Expression:
        """A range, from its operator on."""
        inclusive = self.kinds[self.position] == "..="
        self.position += 1
        high = None
        if self.kinds[self.position] in EXPRESSION_STARTS and self.kinds[self.position] != "{":
            high = self.expression(_RANGE + 1)
        elif inclusive:
            self.fail_expected("the upper bound of `..=`")
        elif self.kinds[self.position] in (".", "<", "="):
            self.fail("E0011", f"`..{self.kinds[self.position]}` is no operator",
                      helps=[Help("`a..b` leaves `b` out, `a..=b` includes it")])  # fmt: skip
        return RangeExpr(start, self.last_end(), low, high, inclusive)

    def comparison(self, lhs: Expression, operator: str) -> Expression:
        """One comparison; a second one after it is an error."""
        position = self.position
        kinds = self.kinds
        if operator == "<" and self.is_forgotten_turbofish(position):
            return self.turbofish(lhs)
        self.position += 1
        following = self.position
        if self.ends[position] == self.starts[following]:
            if kinds[following] == "=" and operator in ("==", "!="):
                self.error("E0016", f"there is no operator `{operator}=`",
                           helps=[self.replace(f"write `{operator}`", following, "")])  # fmt: skip
                self.position += 1
            elif kinds[following] == ">" and operator == "<":
                self.error("E0016", "there is no operator `<>`", self.span(self.starts[position], self.ends[following]),
                           helps=[Help("write `!=`", Edit(self.span(self.starts[position], self.ends[following]), "!="))])  # noqa: E501  # fmt: skip
                self.position += 1
                operator = "!="
        rhs = self.expression(_COMPARISON + 1)
        found = BinaryExpr(lhs.start, rhs.end, operator, lhs, rhs, self.starts[position])
        second = kinds[self.position]
        if PRECEDENCE.get(second) == _COMPARISON:
            middle = self.text[rhs.start : rhs.end]
            here = self.starts[self.position]
            self.error("E0015", "comparisons cannot be chained", self.token_span(self.position),
                       labels=[Label(self.token_span(position), "the first comparison")],
                       helps=[self.insert(f"compare twice: `… {operator} {middle} && {middle} {second} …`", here, f"&& {middle} ")])  # noqa: E501  # fmt: skip
            while PRECEDENCE.get(kinds[self.position]) == _COMPARISON:
                self.position += 1
                rhs = self.expression(_COMPARISON + 1)
            return ErrorExpr(lhs.start, rhs.end)
        return found

    def is_forgotten_turbofish(self, position: int) -> bool:
        """Whether the `<` is one of `f<i64>(x)` or `Stack<T>::new()`, where `::<` is meant."""
        kinds = self.kinds
        if kinds[position - 1] != "name" or kinds[position + 1] != "name" or kinds[position + 2] not in (">", ","):
            return False
        closing = position + 2
        while kinds[closing] == "," and kinds[closing + 1] == "name":
            closing += 2
        if kinds[closing] != ">":
            return False
        text = self.token_text(position + 1)
        is_type = text in PLAIN_TYPES or text in FOREIGN_TYPES or text[0].isupper()
        return is_type and kinds[closing + 1] in ("::", "(")

    def turbofish(self, lhs: Expression) -> Expression:
        """Report type arguments without their `::` and read them."""
        position = self.position
        self.error("E0020", "in an expression, type arguments stand after `::`",
                   helps=[self.insert("write `::<…>`", self.starts[position], "::")])  # fmt: skip
        path = self.as_path(lhs)
        args = self.type_args()
        if path is None:
            return lhs
        path.segments[-1].type_args = args
        path.end = path.segments[-1].end = self.last_end()
        return self.postfix(PathExpr(path.start, path.end, path))

    def word_operator(self, position: int) -> bool:
        """Make `and` and `or` what they mean in Luma, with an error."""
        word = self.token_text(position)
        operator = _WORD_OPERATORS.get(word)
        if operator is None or self.kinds[position + 1] not in EXPRESSION_STARTS:
            return False
        self.error("E0016", f"`{word}` is no operator", helps=[self.replace(f"write `{operator}`", position, operator)])
        self.kinds[position] = operator
        return True

    def is_increment(self, lhs: Expression, position: int) -> bool:
        """Report `x++` and `x--`, and take them."""
        if self.ends[position] != self.starts[position + 1] or self.kinds[position + 2] in _UNARY_STARTS:
            return False
        operator = self.kinds[position]
        place = self.text[lhs.start : lhs.end]
        span = self.span(self.starts[position], self.ends[position + 1])
        self.error("E0016", f"there is no operator `{operator}{operator}`", span,
                   helps=[Help(f"write `{place} {operator}= 1`", Edit(span, f" {operator}= 1"))])  # fmt: skip
        self.position = position + 2
        return True

    def not_an_assignment(self, operator: str, lhs: Expression) -> None:
        """Report `**=`, `&&=` and `||=`, the rest of which is taken."""
        position = self.position - 1
        if operator in ("**", "&&", "||"):
            place = self.text[lhs.start : lhs.end]
            span = self.span(self.starts[position], self.ends[position + 1])
            help_ = Help(f"write `{place} = {place} {operator} …`", Edit(span, f"= {place} {operator}"))
            self.error("E0016", f"there is no operator `{operator}=`", span, helps=[help_])
            self.position += 1

    # Unary = ("-" | "!" | "~" | "&" "unsafe"? | "await" | "spawn") Unary | Postfix
    def unary(self, kind: str) -> Expression:
        """An operand with its prefix operators."""
        position = self.position
        parse = _PRIMARY.get(kind)
        if parse is not None:
            return self.postfix(parse(self))
        start = self.starts[position]
        if kind in ("-", "!", "~"):
            self.position = position + 1
            operand = self.operand()
            return UnaryExpr(start, operand.end, kind, operand)
        if kind == "&":
            self.position = position + 1
            if self.accept("unsafe"):
                operand = self.operand()
                return AddressOfExpr(start, operand.end, operand)
            if self.is_word("mut") and self.kinds[self.position + 1] == "name":
                self.error("E0016", "an `inout` argument is written `&place`",
                           helps=[self.replace("leave out `mut`", self.position, "")])  # fmt: skip
                self.position += 1
            operand = self.operand()
            return InoutExpr(start, operand.end, operand)
        if kind == "await":
            self.position = position + 1
            operand = self.operand()
            return AwaitExpr(start, operand.end, operand)
        if kind == "spawn":
            self.position = position + 1
            operand = self.operand()
            return SpawnExpr(start, operand.end, operand)
        return self.postfix(self.control(kind))

    def operand(self) -> Expression:
        """What a prefix operator applies to."""
        self.descend()
        found = self.unary(self.kinds[self.position])
        self.nesting -= 1
        return found

    # Postfix = Primary ("." Name (("::" TypeArgs)? Args)? | "." IntLiteral | Args | "[" Expression "]" | "?")*
    def postfix(self, base: Expression) -> Expression:
        """Field access, calls, indexing and `?` after a primary expression."""
        kinds = self.kinds
        count = 0
        while True:
            kind = kinds[self.position]
            if kind == ".":
                base = self.member(base)
            elif kind == "(":
                self.position += 1
                args = self.arguments()
                base = CallExpr(base.start, self.ends[self.position - 1], base, args)
            elif kind == "[":
                base = self.index(base)
            elif kind == "?":
                if kinds[self.position + 1] in ("name", "int", "float", "string", "char", "fstart", "true", "false"):
                    self.ternary(base)
                self.position += 1
                base = TryExpr(base.start, self.ends[self.position - 1], base)
            elif kind == "::":
                base = self.path_member(base)
            else:
                return base
            count += 1
            if count > MAX_CHAIN:
                self.fail("E0019", f"this expression has more than {MAX_CHAIN} accesses in a row",
                          helps=[Help("name a part with `let`")])  # fmt: skip

    def ternary(self, condition: Expression) -> None:
        """Report `c ? a : b`."""
        if self.starts_line(self.position + 1) or self.is_word("as", self.position + 1):
            return
        span = self.token_span(self.position)
        self.fail("E0016", "there is no operator `? :`", span,
                  helps=[Help("an `if` has a value: `if condition { 1 } else { 2 }`")])  # fmt: skip

    def member(self, base: Expression) -> Expression:
        """From a `.` on."""
        position = self.position + 1
        kind = self.kinds[position]
        self.position = position
        if kind == "name":
            start, end = self.starts[position], self.ends[position]
            name = Name(start, end, self.text[start:end])
            self.position = position + 1
            following = self.kinds[position + 1]
            if following == "(":
                self.position = position + 2
                args = self.arguments()
                return MethodCallExpr(base.start, self.ends[self.position - 1], base, name, None, args)
            if following == "::" and self.kinds[position + 2] == "<" and not self.is_type_path(base, name):
                self.position = position + 2
                type_args = self.type_args()
                self.expect("(", "the type arguments")
                args = self.arguments()
                return MethodCallExpr(base.start, self.ends[self.position - 1], base, name, type_args, args)
            found_field = FieldExpr(base.start, end, base, name)
            if following == "{" and name.text[:1].isupper() and (path := self.as_path(found_field)) is not None:
                return self.struct_or(found_field, path)
            return found_field
        if kind == "int":
            text = self.token_text(position)
            self.position = position + 1
            if not text.isdecimal() or not text.isascii() or len(text) > 9:
                self.literal_error(
                    "E0006", f"`{text}` is no index of a tuple", self.starts[position], self.ends[position]
                )
                return ErrorExpr(base.start, self.ends[position])
            return TupleFieldExpr(base.start, self.ends[position], base, int(text))
        if kind == "await":
            self.error("E0016", "`await` stands before its task",
                       helps=[Help(f"write `await {self.text[base.start : base.end]}`")])  # fmt: skip
            self.position = position + 1
            return AwaitExpr(base.start, self.ends[position], base)
        found = self.name("the name of a field or method after `.`")
        return FieldExpr(base.start, found.end, base, found)

    def is_type_path(self, base: Expression, name: Name) -> bool:
        """Whether `base.name` is a type of a module rather than a method: `shapes.Stack::<i64>::new`."""
        return name.text[0].isupper() and self.as_path(base) is not None

    # Path = (Name | "Self") ("." Name)* ("::" (Name | TypeArgs))*
    def path_member(self, base: Expression) -> Expression:
        """From a `::` on."""
        position = self.position
        path = self.as_path(base)
        if path is None:
            raise self.fail("E0011", "`::` stands after the name of a type",
                            helps=[self.replace("a value's members are reached with `.`", position, ".")])  # fmt: skip
        self.position = position + 1
        if self.kinds[self.position] == "<":
            path.segments[-1].type_args = self.type_args()
            path.segments[-1].end = self.last_end()
        else:
            name = self.name("the name of a function, constant or variant after `::`")
            path.segments.append(PathSegment(name.start, name.end, "::", name, None))
        path.end = self.last_end()
        found = PathExpr(path.start, path.end, path)
        if self.kinds[self.position] == "{":
            return self.struct_or(found, path)
        return found

    def index(self, base: Expression) -> Expression:
        """From a `[` on: an element or a slice."""
        opening = self.position
        closing = self.brackets.closer[opening]
        self.position = opening + 1
        if self.position == closing:
            self.fail_expected("an index", helps=[Help("a whole array is written without brackets")])
        colon = self.kinds[self.position] in (":", "::")
        index: Expression | None = None
        if not colon:
            index = self.plain_expression()
            colon = self.kinds[self.position] == ":"
        if colon:
            self.fail("E0016", f"a slice is written with `..`, found {self.describe(self.position)}",
                      helps=[self.replace("write `..`", self.position, "..")])  # fmt: skip
        if self.kinds[self.position] == ",":
            self.fail("E0011", "an index is one value",
                      helps=[self.replace("nested arrays are indexed one after the other: `m[i][j]`", self.position, "][")])  # noqa: E501  # fmt: skip
        self.expect("]", "the index")
        end = self.ends[closing]
        assert index is not None
        if type(index) is RangeExpr:
            return SliceExpr(base.start, end, base, index.low, index.high, index.inclusive)
        return IndexExpr(base.start, end, base, index)


_PRIMARY: dict[str, Callable[[Expressions], Expression]] = {
    "name": Expressions.name_expression,
    "int": Expressions.int_literal,
    "(": Expressions.parenthesized,
    "string": Expressions.string_literal,
    "float": Expressions.float_literal,
    "self": Expressions.self_expression,
    "[": Expressions.array,
    "Self": Expressions.self_expression,
    "true": Expressions.bool_literal,
    "false": Expressions.bool_literal,
    "fstart": Expressions.fstring,
    "char": Expressions.char_literal,
    "byte": Expressions.byte_literal,
}
