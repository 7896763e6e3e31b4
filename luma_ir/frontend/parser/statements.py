"""Parses blocks and statements, and recognises statements of other languages."""

from __future__ import annotations

from luma_ir.frontend.ast import (
    AssignStmt,
    Block,
    ErrorExpr,
    ErrorPattern,
    Expression,
    ExprStmt,
    ItemStmt,
    LetStmt,
    Pattern,
    Statement,
)
from luma_ir.frontend.parser.control import BLOCK_LIKE, CONTINUATIONS, Control
from luma_ir.frontend.parser.core import Recover
from luma_ir.frontend.parser.expressions import ASSIGNMENTS
from luma_ir.frontend.parser.strangers import STATEMENTS
from luma_ir.frontend.parser.types import FOREIGN_TYPES, PLAIN_TYPES
from luma_ir.ir.diagnostics import Edit, Help

ITEM_STARTS = frozenset(
    ["func", "struct", "enum", "trait", "impl", "import", "extern", "type", "pub", "#", "const", "async"]
)
FOREIGN_ITEMS = {
    "fn": "func", "def": "func", "function": "func", "fun": "func", "proc": "func", "class": "struct",
    "record": "struct",
    "interface": "trait", "protocol": "trait", "use": "import", "using": "import", "include": "import", "union": "enum",
}  # fmt: skip
FOREIGN_LETS = frozenset(["var", "auto", "val", "mut", "dim", "local"])
_STATEMENT_STARTS = frozenset(
    ["let", "const", "if", "while", "for", "loop", "match", "return", "break", "continue", "unsafe", "select"]
)
_LET_STOPS = frozenset([";", "else"])


class Statements(Control):
    """Blocks and what stands in them."""

    # Block = "{" Statement* Expression? "}"
    def block(self) -> Block:
        """A block; the next token is its `{`."""
        opening = self.position
        if self.kinds[opening] != "{":
            raise self.fail_expected("`{`")
        closing = self.brackets.closer[opening]
        saved, self.allow_struct = self.allow_struct, True
        self.position = opening + 1
        statements: list[Statement] = []
        value: Expression | None = None
        nesting = self.nesting
        while self.position < closing:
            before = self.position
            try:
                self.descend()
                found = self.statement_or_value()
                self.nesting -= 1
                if found is None:
                    continue
                if isinstance(found, Statement):
                    statements.append(found)
                else:
                    value = found
            except Recover:
                self.nesting, self.allow_struct = nesting, True
                self.recover_statement(before, closing)
                if self.position >= closing:
                    # What the value of the block would have been is not known.
                    value = ErrorExpr(self.starts[closing], self.starts[closing])
        self.position = closing + 1
        self.allow_struct = saved
        return Block(self.starts[opening], self.ends[closing], statements, value)

    def recover_statement(self, before: int, closing: int) -> None:
        """Skip to what looks like the next statement of the block that ends at `closing`."""
        kinds, closer = self.kinds, self.brackets.closer
        if before >= 0:
            self.surface(before)
        if self.position == before:
            self.position = closer.get(before, before) + 1
        while self.position < closing:
            position = self.position
            kind = kinds[position]
            if kind == ";":
                self.position += 1
                return
            if (kind in _STATEMENT_STARTS or kind in ITEM_STARTS) and self.starts_line(position):
                return
            self.position = closer.get(position, position) + 1
            if kind == "{" and kinds[self.position] != ";" and self.starts_line(self.position):
                return
        self.position = min(self.position, closing)

    # Statement = Let | Item | Assignment ";" | Expression ";" | ";"
    def statement_or_value(self) -> Statement | Expression | None:
        """A statement, or the expression that is the value of the block; None for a lone `;`."""
        position = self.position
        kind = self.kinds[position]
        if kind == ";":
            self.position += 1
            return None
        if kind == "let":
            return self.let_statement()
        if kind in ITEM_STARTS or (kind == "unsafe" and self.kinds[position + 1] != "{"):
            if kind == "#" and self.misplaced_attributes():
                return self.statement_or_value()
            item = self.nested_item()
            return ItemStmt(item.start, item.end, item)
        if kind == "name":
            self.foreign_statement()
            kind = self.kinds[self.position]
            if kind in ITEM_STARTS or kind == "let":
                return self.statement_or_value()
        if kind in BLOCK_LIKE or (kind == "name" and self.kinds[position + 1] == "for" and self.is_word("parallel")):
            found = self.control("parallel" if kind == "name" else kind)
            following = self.kinds[self.position]
            if following in CONTINUATIONS and not (following == "(" or following == "["):
                found = self.operators(self.postfix(found), 0)
            elif following == "}":
                return found
            elif following != ";" and following not in ASSIGNMENTS:
                return ExprStmt(found.start, found.end, found)
        else:
            found = self.expression()
        following = self.kinds[self.position]
        if following == ";":
            self.position += 1
            return ExprStmt(found.start, found.end, found)
        if following == "}":
            return found
        if following in ASSIGNMENTS:
            statement = self.assignment(found)
            self.finish_statement("the assignment")
            return statement
        self.finish_statement("the expression")
        return ExprStmt(found.start, found.end, found)

    def finish_statement(self, what: str) -> None:
        """Take the `;` that ends a statement; after a `}` it may be left out."""
        position = self.position
        kind = self.kinds[position]
        if kind == ";":
            self.position = position + 1
            return
        if self.kinds[position - 1] == "}":
            return
        if kind == "=":
            raise self.fail("E0011", "an assignment has no value, so there is no second `=`",
                            helps=[Help("write two assignments")])  # fmt: skip
        self.misread_statement(position, kind)
        here = self.last_end()
        self.error("E0012", f"expected `;` after {what}, found {self.describe(position)}", self.span(here, here),
                   helps=[self.insert("end the statement with `;`", here, ";")])  # fmt: skip
        if kind != "}" and not self.starts_line(position) and kind not in _STATEMENT_STARTS:
            raise Recover

    def misread_statement(self, position: int, kind: str) -> None:
        """Report what is more than a missing `;`."""
        previous = position - 1
        if kind == ":" and self.kinds[position + 1] == "=" and self.kinds[previous] == "name":
            name = self.token_text(previous)
            span = self.span(self.starts[previous], self.ends[position + 1])
            self.fail("E0016", "there is no operator `:=`", span,
                      helps=[Help(f"declare it: `let {name} = …`", Edit(span, f"let {name} ="))])  # fmt: skip
        if kind == ":" and self.kinds[previous] in ("string", "int", "char"):
            self.fail("E0016", "there are no literals for maps",
                      helps=[Help('a map is made by `Map::from([("a", 1), ("b", 2)])`')])  # fmt: skip
        if kind == "," and self.kinds[previous] in ("string", "int", "char", "float", "name"):
            self.fail("E0011", "a block has one value, found `,`",
                      helps=[Help("several values stand in `[…]`; a set is made by `Set::from([1, 2])`")])  # fmt: skip
        if kind == "in":
            self.fail("E0011", "`in` is no operator", helps=[Help("ask the container: `xs.contains(x)`")])
        if kind == "->" and self.kinds[previous] in (")", "name"):
            self.fail("E0011", "`->` stands in front of the result of a function only",
                      helps=[Help("a closure is written `|x| x + 1`")])  # fmt: skip
        if kind == "=>":
            self.fail("E0011", "`=>` stands in the arms of `match` and `select` only",
                      helps=[Help("a closure is written `|x| x + 1`")])  # fmt: skip
        word = self.token_text(previous)
        if self.kinds[previous] == "name" and not self.starts_line(position):
            if word in STATEMENTS and kind in ("name", "{", "string", "fstart", "int", "self"):
                self.fail("E0016", f"`{word}` is no keyword", self.token_span(previous), helps=[Help(STATEMENTS[word])])
            if kind == "{" and word[:1].isupper():
                self.fail("E0011", "the values in a struct literal have the names of its fields",
                          self.token_span(previous), helps=[Help(f"write `{word} {{ field: value }}`")])  # fmt: skip
        if (
            self.kinds[previous] == "name"
            and not self.starts_line(position)
            and (
                kind in ("string", "int", "float", "fstart", "char")
                or (kind == "name" and self.token_text(previous) == "print")
            )
        ):
            callee = self.token_text(previous)
            gap = self.span(self.ends[previous], self.starts[position])
            self.fail("E0011", f"expected `;` after the expression, found {self.describe(position)}",
                      helps=[Help(f"a call has parentheses: `{callee}(…)`", Edit(gap, "("))])  # fmt: skip
        if word in ("static", "final", "readonly") and kind == "name" and not self.starts_line(position):
            self.fail("E0016", f"`{word}` is no keyword", self.token_span(previous),
                      helps=[self.replace("a constant is declared with `const`", previous, "const")])  # fmt: skip

    # Let = "let" Pattern (":" Type)? ("=" Expression ("else" Block)?)? ";"
    def let_statement(self) -> Statement:
        """A declaration with its `;`."""
        statement = self.let_without_semicolon()
        position = self.position
        if self.kinds[position] != ";" and self.kinds[position - 1] != "}" and self.last_failed():
            # The error in the declaration is reported; what is left of it is skipped.
            self.recover_statement(-1, self.enclosing_end(position))
        else:
            self.finish_statement("the declaration")
        return statement

    def last_failed(self) -> bool:
        """Whether the next token is the one of the last reported error."""
        return self.error_position == self.position

    def enclosing_end(self, position: int) -> int:
        """The closing token of the group that a position is in."""
        kinds, closer = self.kinds, self.brackets.closer
        while kinds[position] not in ("}", ")", "]", "f}", "eof"):
            position = closer.get(position, position) + 1
        return position

    def let_without_semicolon(self) -> Statement:
        """A declaration as it stands in the head of a C-style `for`."""
        start = self.starts[self.position]
        self.position += 1
        pattern: Pattern
        if self.kinds[self.position] in ("=", ":", ";"):
            self.error("E0011", f"expected a name after `let`, found {self.describe(self.position)}")
            pattern = ErrorPattern(self.last_end(), self.last_end())
        else:
            pattern = self.guarded_pattern()
        annotation = self.guarded_type() if self.accept(":") else None
        value: Expression | None = None
        if self.accept("="):
            value = self.guarded(self.expression, ErrorExpr, _LET_STOPS)
        elif self.kinds[self.position] in ASSIGNMENTS or self.kinds[self.position] == "==":
            self.error("E0011", f"expected `=` after the name, found {self.describe(self.position)}",
                       helps=[self.replace("write `=`", self.position, "=")])  # fmt: skip
            self.position += 1
            value = self.guarded(self.expression, ErrorExpr, _LET_STOPS)
        elif isinstance(pattern, ErrorPattern) and self.kinds[self.position] != ";":
            raise Recover
        otherwise = None
        if value is not None and self.kinds[self.position] == "else":
            self.position += 1
            otherwise = self.block()
        return LetStmt(start, self.last_end(), pattern, annotation, value, otherwise)

    # Assignment = Expression ("=" | "+=" | "-=" | "*=" | "/=" | "%=" | "&=" | "|=" | "^=" | "<<=" | ">>=") Expression
    def assignment(self, target: Expression) -> Statement:
        """An assignment from its operator on."""
        operator = self.kinds[self.position]
        self.position += 1
        value = self.expression()
        return AssignStmt(target.start, value.end, operator, target, value)

    # SimpleStatement = Let | Assignment | Expression
    def simple_statement(self) -> Statement:
        """A statement without its `;`."""
        if self.kinds[self.position] == "let":
            return self.let_without_semicolon()
        found = self.expression()
        if self.kinds[self.position] in ASSIGNMENTS:
            return self.assignment(found)
        return ExprStmt(found.start, found.end, found)

    def foreign_statement(self) -> None:
        """Report a keyword of another language at the beginning of a statement, and read it as Luma's."""
        position = self.position
        if self.kinds[position] != "name" or self.kinds[position + 1] not in ("name", "int", "string", "self", "("):
            return
        following = self.kinds[position + 1]
        text = self.token_text(position)
        if following == "name" and text in FOREIGN_LETS:
            self.error("E0016", f"`{text}` is written `let`", helps=[self.replace("write `let`", position, "let")])
            self.kinds[position] = "let"
        elif following == "name" and text in FOREIGN_ITEMS and self.kinds[position + 2] in ("(", "<", "{", ":", ";"):
            meant = FOREIGN_ITEMS[text]
            self.error(
                "E0016", f"`{text}` is written `{meant}`", helps=[self.replace(f"write `{meant}`", position, meant)]
            )
            self.kinds[position] = meant
        elif (text == "switch" and self.kinds[position + 1] != "(") or (text == "switch" and self.is_switch(position)):
            self.error("E0016", "`switch` is written `match`", helps=[self.replace("write `match`", position, "match")])
            self.kinds[position] = "match"
        elif (
            following == "name"
            and self.kinds[position + 2] in ("=", ";")
            and (text in PLAIN_TYPES or text in FOREIGN_TYPES)
        ):
            self.type_before_name(position, text)

    def is_switch(self, position: int) -> bool:
        """Whether a block stands after the parentheses of `switch (…)`."""
        return self.kinds[self.brackets.closer[position + 1] + 1] == "{"

    def type_before_name(self, position: int, text: str) -> None:
        """Report `int x = 5;`, and read it as `let x: i64 = 5;`."""
        meant = FOREIGN_TYPES.get(text, text)
        name = self.token_text(position + 1)
        span = self.span(self.starts[position], self.ends[position + 1])
        self.error("E0016", "the type of a variable stands after its name", span,
                   helps=[Help(f"write `let {name}: {meant} = …`", Edit(span, f"let {name}: {meant}"))])  # fmt: skip
        self.kinds[position] = "let"
