"""Parses control flow, closures and blocks' expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from luma_ir.frontend.ast import (
    BinaryExpr,
    Block,
    BreakExpr,
    CForExpr,
    ClosureExpr,
    ClosureParam,
    ContinueExpr,
    ErrorExpr,
    Expression,
    ForExpr,
    IfExpr,
    LetCondition,
    LoopExpr,
    MatchArm,
    MatchExpr,
    Name,
    ReturnExpr,
    SelectArm,
    SelectExpr,
    Statement,
    UnsafeExpr,
    WhileExpr,
    WildcardPattern,
)
from luma_ir.frontend.parser.core import MAX_CHAIN, Recover
from luma_ir.frontend.parser.expressions import ASSIGNMENTS, EXPRESSION_STARTS, PRECEDENCE, Expressions
from luma_ir.frontend.parser.strangers import indented_block
from luma_ir.ir.diagnostics import Edit, Help, Label

Arm = TypeVar("Arm")

BLOCK_LIKE = frozenset(["if", "match", "while", "for", "loop", "unsafe", "{", "select", "label"])
# What may go on after the `}` of a control-flow expression without beginning a new statement or pattern.
CONTINUATIONS = frozenset(PRECEDENCE) - {"-", "&", "|", "||", "..", "..="} | {".", "?"}
_ELSE_IF_WORDS = frozenset(["elif", "elsif", "elseif"])
_BRACE = frozenset(["{"])
_HEAD_STOPS = frozenset(["{", ";"])
_ARM_STOPS = frozenset([",", "{"])


class Control(Expressions):
    """`if`, loops, `match`, jumps, closures."""

    # Control = If | Labelled | While | Loop | For | CFor | Match | Select | Jump | Block | "unsafe" Block
    def control(self, kind: str) -> Expression:
        """An expression that begins with a keyword, a brace, a bar or a label; reports what begins none."""
        parse = _CONTROL.get(kind)
        if parse is None:
            return self.no_expression(kind)
        self.descend()
        found = parse(self)
        self.nesting -= 1
        return found

    def no_expression(self, kind: str) -> Expression:
        """Report a token that begins no expression."""
        position = self.position
        helps: list[Help] = []
        if kind == "let":
            raise self.fail("E0011", "`let` stands at the beginning of a statement or of a condition",
                            notes=["a condition is `let P = e`, alone or with others behind `&&`"])  # fmt: skip
        if kind == "+":
            text = "x += 1" if self.kinds[position + 1] == "+" else "the operand alone"
            raise self.fail("E0016", "there is no prefix `+`", helps=[Help(f"write {text}" if text[0] == "t" else f"write `{text}`")])  # noqa: E501  # fmt: skip
        if kind == "*":
            raise self.fail("E0016", "there is no prefix `*`", notes=["every value is its own, so there are no references; a `ptr<T>` is read with `p.load()`"],  # noqa: E501
                            helps=[self.replace("leave it out", position, "")])  # fmt: skip
        if kind == "else":
            raise self.fail("E0011", "`else` without an `if` before it", notes=["no `;` stands between the `}` and the `else`"])  # noqa: E501  # fmt: skip
        if kind == "_":
            raise self.fail("E0011", "`_` is a pattern, not an expression", helps=[Help("a value is thrown away with `let _ = …;`")])  # noqa: E501  # fmt: skip
        if kind == "func":
            helps = [Help("a function value is a closure: `|x| x + 1`")]
        elif kind == "=" or kind == "=>":
            helps = [Help("a value stands on both sides")]
        raise self.fail_expected("an expression", helps)

    def block_or_missing(self, what: str) -> Block:
        """The block after a head; `what` names the head."""
        position = self.position
        kind = self.kinds[position]
        if kind == "{":
            return self.block()
        here = self.last_end()
        if kind == ":" and indented_block(self, what.removeprefix("the ") if what == "`else`" else "this statement"):
            return Block(here, self.last_end(), [], ErrorExpr(here, here))
        if kind == ":" or self.is_word("then") or self.is_word("do"):
            self.error("E0016", f"expected a block in braces after {what}, found {self.describe(position)}",
                       helps=[Help("write `{ … }`", Edit(self.span(here, self.ends[position]), " {"))])  # fmt: skip
            self.position += 1
            if self.kinds[self.position] == "{":
                return self.block()
        else:
            self.error("E0011", f"expected a block in braces after {what}, found {self.describe(position)}",
                       helps=[Help("write `{ … }`")])  # fmt: skip
            if kind != ";" and kind in EXPRESSION_STARTS and self.starts[position] > here:
                statement = self.simple_statement()
                self.accept(";")
                return Block(statement.start, statement.end, [statement], None)
        raise Recover

    def head(self, what: str, beginning: int) -> Expression:
        """The condition or subject of a control-flow expression: no struct literal outside parentheses."""
        saved, self.allow_struct = self.allow_struct, False
        if self.kinds[self.position] == "{" and self.kinds[self.position + 1] != "}":
            self.error("E0011", f"expected {what}, found `{{`")
            self.allow_struct = saved
            return ErrorExpr(self.last_end(), self.last_end())
        found = self.guarded(lambda: self.condition(what), ErrorExpr, _HEAD_STOPS)
        self.allow_struct = saved
        if self.kinds[self.position] not in _BRACE and isinstance(found, ErrorExpr):
            raise Recover
        return found

    # Condition = ConditionTerm ("&&" ConditionTerm)* ; ConditionTerm = Expression | "let" Pattern "=" Expression
    def condition(self, what: str) -> Expression:
        """What `head` reads; a chain with a `let` in it groups to the left."""
        found = self.condition_term(what)
        while self.kinds[self.position] in ("&&", "||") and (
            isinstance(found, LetCondition | BinaryExpr) or self.kinds[self.position + 1] == "let"
        ):
            position = self.position
            if self.kinds[position] == "||" or (isinstance(found, BinaryExpr) and found.operator == "||"):
                at = position if self.kinds[position] == "||" else None
                span = self.token_span(at) if at is not None else self.span(found.start, found.end)
                self.error("E0011", "`let` conditions are joined by `&&` only", span,
                           helps=[Help("write two `if`s, or parentheses around the `||`")])  # fmt: skip
            self.position += 1
            rhs = self.condition_term(what)
            found = BinaryExpr(found.start, rhs.end, "&&", found, rhs, self.starts[position])
        return found

    def condition_term(self, what: str) -> Expression:
        """One part of a condition."""
        position = self.position
        if self.accept("let"):
            pattern = self.pattern()
            if self.kinds[self.position] == "==":
                self.error("E0011", "expected `=` after the pattern, found `==`",
                           helps=[self.replace("write `=`", self.position, "=")])  # fmt: skip
                self.position += 1
            else:
                self.expect("=", "the pattern")
            value = self.expression(PRECEDENCE["&&"] + 1)
            return LetCondition(self.starts[position], value.end, pattern, value)
        found = self.expression()
        if self.kinds[self.position] == "=":
            self.error("E0013", "`=` assigns; a comparison is `==`", labels=[Label(self.span(found.start, found.end), f"expected {what}")],  # noqa: E501
                       helps=[self.replace("write `==`", self.position, "==")])  # fmt: skip
            operator = self.starts[self.position]
            self.position += 1
            rhs = self.expression()
            # What was meant is a comparison, so the left side is not told to be no condition.
            return BinaryExpr(found.start, rhs.end, "==", found, rhs, operator)
        return found

    def guard(self) -> Expression:
        """The condition after `if` in an arm."""
        saved, self.allow_struct = self.allow_struct, True
        found = self.condition("a guard")
        self.allow_struct = saved
        return found

    # If = "if" Condition Block ("else" "if" Condition Block)* ("else" Block)?
    def if_expression(self) -> Expression:
        """An `if` with all its branches."""
        branches: list[tuple[int, Expression, Block]] = []
        otherwise: Block | None = None
        start = self.starts[self.position]
        while True:
            self.position += 1
            condition = self.head("a condition", start)
            branches.append((start, condition, self.block_or_missing("the condition")))
            if len(branches) > MAX_CHAIN:
                self.fail(
                    "E0019", f"this `if` has more than {MAX_CHAIN} branches", helps=[Help("use `match` or a table")]
                )
            kind = self.kinds[self.position]
            if kind == "name" and self.token_text(self.position) in _ELSE_IF_WORDS:
                word = self.token_text(self.position)
                self.error("E0016", f"`{word}` is written `else if`", helps=[self.replace("write `else if`", self.position, "else if")])  # noqa: E501  # fmt: skip
                start = self.starts[self.position]
                continue
            if kind != "else":
                break
            self.position += 1
            start = self.starts[self.position]
            if self.kinds[self.position] != "if":
                otherwise = self.block_or_missing("`else`")
                break
        result: Block | IfExpr | None = otherwise
        end = self.last_end()
        for start, condition, then in reversed(branches):
            result = IfExpr(start, end, condition, then, result)
        assert isinstance(result, IfExpr)
        return result

    # Labelled = Label ":" (While | Loop | For | CFor) ; Label = "'" Name
    def labelled(self) -> Expression:
        """A loop with a label."""
        label = self.label()
        self.expect_soft(":", "the label")
        kind = self.kinds[self.position]
        parallel = kind == "name" and self.is_word("parallel") and self.kinds[self.position + 1] == "for"
        if kind not in ("for", "while", "loop") and not parallel:
            raise self.fail_expected("`for`, `while` or `loop` after the label")
        found = self.control("parallel" if parallel else kind)
        if isinstance(found, ForExpr | CForExpr | WhileExpr | LoopExpr):
            found.label, found.start = label, label.start
        return found

    def label(self) -> Name:
        """The label token, without its quote."""
        position = self.position
        self.position += 1
        start, end = self.starts[position], self.ends[position]
        return Name(start, end, self.text[start + 1 : end])

    # While = "while" Condition Block
    def while_loop(self) -> Expression:
        """`while c { … }`, `while let P = e { … }`."""
        start = self.starts[self.position]
        self.position += 1
        condition = self.head("a condition", start)
        body = self.block_or_missing("the condition")
        return WhileExpr(start, body.end, None, condition, body)

    # Loop = "loop" Block
    def loop(self) -> Expression:
        """`loop { … }`."""
        start = self.starts[self.position]
        self.position += 1
        body = self.block_or_missing("`loop`")
        return LoopExpr(start, body.end, None, body)

    # For = "parallel"? "for" Pattern "in" Expression Block
    def for_loop(self) -> Expression:
        """A `for` over something, or in the style of C."""
        start = self.starts[self.position]
        is_parallel = self.kinds[self.position] == "name"
        self.position += 1 + is_parallel
        position = self.position
        if self.kinds[position] == "(" and self.kinds[self.brackets.closer[position] + 1] != "in":
            if self.is_c_style(position):
                return self.c_style_for(start)
            if not any(kind == "in" for kind in self.kinds[position : self.brackets.closer[position]]):
                self.fail("E0011", "expected `for pattern in values` or `for (init; condition; step)`")
            self.error("E0016", "the head of this `for` stands without parentheses",
                       self.span(self.starts[position], self.ends[self.brackets.closer[position]]))  # fmt: skip
            self.position += 1
            pattern = self.guarded_pattern()
            self.expect("in", "the pattern")
            iterable = self.plain_expression()
            self.expect(")", "the values")
            body = self.block_or_missing("the values")
            return ForExpr(start, body.end, None, pattern, iterable, body, is_parallel)
        pattern = self.guarded_pattern()
        if self.kinds[self.position] in ("=", ":") or self.is_word("of"):
            self.error("E0016", f"expected `in` after the pattern, found {self.describe(self.position)}",
                       helps=[self.replace("write `in`", self.position, "in")])  # fmt: skip
            self.position += 1
        else:
            self.expect("in", "the pattern")
        iterable = self.head("the values to run over", start)
        body = self.block_or_missing("the values")
        return ForExpr(start, body.end, None, pattern, iterable, body, is_parallel)

    def is_c_style(self, opening: int) -> bool:
        """Whether a parenthesis holds a `;` of its own."""
        kinds, closer = self.kinds, self.brackets.closer
        position, end = opening + 1, closer[opening]
        while position < end:
            if kinds[position] == ";":
                return True
            position = closer.get(position, position) + 1
        return False

    # CFor = "for" "(" SimpleStatement? ";" Expression? ";" SimpleStatement? ")" Block
    def c_style_for(self, start: int) -> Expression:
        """`for (let i = 0; i < n; i += 1) { … }`."""
        closing = self.brackets.closer[self.position]
        self.position += 1
        saved, self.allow_struct = self.allow_struct, True
        init: Statement | None = None
        condition: Expression | None = None
        step: Statement | None = None
        nesting = self.nesting
        try:
            if self.kinds[self.position] != ";":
                self.foreign_statement()
                init = self.simple_statement()
            self.expect(";", "the first part of `for`")
            if self.kinds[self.position] != ";":
                condition = self.condition("a condition")
            self.expect(";", "the condition")
            if self.position != closing:
                step = self.simple_statement()
            if self.position != closing:
                self.fail_expected("`)` after the step")
        except Recover:
            self.nesting = nesting
            condition = ErrorExpr(self.starts[closing], self.starts[closing])
        self.allow_struct = saved
        self.position = closing + 1
        body = self.block_or_missing("the head of the loop")
        return CForExpr(start, body.end, None, init, condition, step, body)

    def foreign_statement(self) -> None:
        """Deal with a word of another language at the beginning of a statement; filled in by the statements."""

    # Match = "match" Expression "{" (MatchArm ","?)* "}"
    def match_expression(self) -> Expression:
        """`match e { … }`."""
        start = self.starts[self.position]
        self.position += 1
        scrutinee = self.head("the value to match", start)
        arms = self.arms(self.match_arm, "the value")
        return MatchExpr(start, self.last_end(), scrutinee, arms)

    def arms(self, parse: Callable[[], Arm], after: str) -> list[Arm]:
        """The arms between braces; after one that ends in `}` the comma may be left out."""
        if self.kinds[self.position] != "{":
            self.fail_expected(f"`{{` after {after}")
        closing = self.brackets.closer[self.position]
        self.position += 1
        saved, self.allow_struct = self.allow_struct, True
        found: list[Arm] = []
        nesting = self.nesting
        while self.position < closing:
            before = self.position
            try:
                found.append(parse())
                if not self.accept(",") and self.position < closing and self.kinds[self.position - 1] != "}":
                    self.missing_comma("}", "the arm")
            except Recover:
                self.nesting, self.allow_struct = nesting, True
                self.skip_to(_ARM_STOPS, before)
                if self.kinds[self.position] == "{":
                    self.position = self.brackets.closer[self.position] + 1
                self.accept(",")
        self.position = closing + 1
        self.allow_struct = saved
        return found

    # MatchArm = Pattern ("if" Condition)? "=>" ArmBody
    def match_arm(self) -> MatchArm:
        """One arm of a `match`."""
        position = self.position
        start = self.starts[position]
        if self.is_word("case") and self.kinds[position + 1] not in ("=>", "|", "@", "if"):
            self.error(
                "E0016", "an arm begins with its pattern", helps=[self.replace("leave out `case`", position, "")]
            )
            self.position += 1
        if (self.is_word("default") and self.kinds[position + 1] in (":", "=>", "->")) or self.kinds[
            position
        ] == "else":
            self.error("E0016", "the arm for everything else is `_`", helps=[self.replace("write `_`", position, "_")])
            self.position += 1
            pattern = WildcardPattern(start, self.last_end())
        else:
            pattern = self.pattern()
        guard = self.guard() if self.accept("if") else None
        self.arrow()
        body = self.arm_body()
        return MatchArm(start, body.end, pattern, guard, body)

    def arrow(self) -> None:
        """The `=>` of an arm."""
        position = self.position
        if self.kinds[position] in ("->", ":", "="):
            self.error("E0011", f"expected `=>` after the pattern, found {self.describe(position)}",
                       helps=[self.replace("write `=>`", position, "=>")])  # fmt: skip
            self.position += 1
            return
        self.expect("=>", "the pattern")

    # ArmBody = Expression | Assignment
    def arm_body(self) -> Expression:
        """The value of an arm or closure; an assignment is wrapped in a block."""
        kind = self.kinds[self.position]
        if kind in BLOCK_LIKE:
            self.descend()
            found = self.control(kind)
            if self.kinds[self.position] in CONTINUATIONS:
                found = self.operators(self.postfix(found), 0)
            self.nesting -= 1
        else:
            found = self.expression()
        if self.kinds[self.position] in ASSIGNMENTS:
            statement = self.assignment(found)
            return Block(statement.start, statement.end, [statement], None)
        return found

    def assignment(self, target: Expression) -> Statement:
        """An assignment from its operator on; filled in by the statements."""
        raise NotImplementedError

    # Select = "select" "{" (SelectArm ","?)* "}" ; SelectArm = (Pattern "=")? Expression "=>" ArmBody
    def select(self) -> Expression:
        """`select { … }`."""
        start = self.starts[self.position]
        self.position += 1
        arms = self.arms(self.select_arm, "`select`")
        return SelectExpr(start, self.last_end(), arms)

    def select_arm(self) -> SelectArm:
        """One arm of a `select`."""
        start = self.starts[self.position]
        pattern = None
        ahead = self.position
        while self.kinds[ahead] not in ("=", "=>", ",", ";", "}", "eof"):
            ahead = self.brackets.closer.get(ahead, ahead) + 1
        if self.kinds[ahead] == "=":
            self.accept("let")
            pattern = self.pattern()
            self.expect("=", "the pattern")
        operation = self.plain_expression()
        self.arrow()
        body = self.arm_body()
        return SelectArm(start, body.end, pattern, operation, body)

    # Jump = "return" Expression? | "break" Label? Expression? | "continue" Label?
    def return_expression(self) -> Expression:
        """`return`, `return v`."""
        start = self.starts[self.position]
        self.position += 1
        value = self.jump_value()
        return ReturnExpr(start, self.last_end(), value)

    def jump_value(self) -> Expression | None:
        """The value of a jump, when there is one."""
        kind = self.kinds[self.position]
        if kind in EXPRESSION_STARTS and (kind != "{" or self.allow_struct) and kind != "label":
            return self.expression()
        return None

    def break_expression(self) -> Expression:
        """`break`, `break 'label`, `break v`."""
        start = self.starts[self.position]
        self.position += 1
        label = self.jump_label()
        value = self.jump_value()
        return BreakExpr(start, self.last_end(), label, value)

    def continue_expression(self) -> Expression:
        """`continue`, `continue 'label`."""
        start = self.starts[self.position]
        self.position += 1
        label = self.jump_label()
        return ContinueExpr(start, self.last_end(), label)

    def jump_label(self) -> Name | None:
        """The label of a jump, when there is one."""
        return self.label() if self.kinds[self.position] == "label" else None

    def unsafe_block(self) -> Expression:
        """`unsafe { … }`."""
        start = self.starts[self.position]
        self.position += 1
        body = self.block_or_missing("`unsafe`")
        return UnsafeExpr(start, body.end, body)

    # Closure = "|" (ClosureParam ("," ClosureParam)* ","?)? "|" (ArmBody | "->" Type Block)
    def closure(self) -> Expression:
        """`|x, y| x + y`; `||` has no parameters."""
        start = self.starts[self.position]
        params: list[ClosureParam] = []
        if not self.accept("||"):
            self.position += 1
            while self.kinds[self.position] != "|":
                params.append(self.closure_param())
                if not self.accept(","):
                    break
            self.expect("|", "the parameters of the closure")
        result = self.type() if self.accept("->") else None
        body = self.closure_body(result is not None)
        return ClosureExpr(start, body.end, params, result, body)

    def closure_body(self, needs_block: bool) -> Expression:
        """What follows the head of a closure."""
        kind = self.kinds[self.position]
        here = self.last_end()
        if kind == "=>":
            self.error("E0016", "a closure has no `=>`: its value follows the parameters",
                       helps=[self.replace("leave it out", self.position, "")])  # fmt: skip
            self.position += 1
        elif kind in _CLOSURE_ENDS:
            self.error("E0011", "this closure has no body", self.span(here, here),
                       helps=[Help("its value follows the parameters: `|x| x + 1`")])  # fmt: skip
            return ErrorExpr(here, here)
        elif needs_block and kind != "{":
            self.error("E0011", f"a closure with a written result has a block, found {self.describe(self.position)}",
                       helps=[Help("write `{ … }` around its value, or leave out the type of the result")])  # fmt: skip
        return self.arm_body()

    # ClosureParam = "inout"? SinglePattern (":" "inout"? Type)?
    def closure_param(self) -> ClosureParam:
        """One parameter of a closure."""
        start = self.starts[self.position]
        is_inout = self.accept("inout")
        pattern = self.single_pattern()
        found = None
        if self.accept(":"):
            is_inout = self.accept("inout") or is_inout
            found = self.type()
        return ClosureParam(start, self.last_end(), pattern, is_inout, found)


_CLOSURE_ENDS = frozenset([")", "]", "}", ",", ";", "eof"])
"""The tokens that cannot begin the body of a closure and often stand where it is missing."""

_CONTROL: dict[str, Callable[[Control], Expression]] = {
    "if": Control.if_expression,
    "{": lambda parser: parser.block(),
    "for": Control.for_loop,
    "parallel": Control.for_loop,
    "while": Control.while_loop,
    "loop": Control.loop,
    "match": Control.match_expression,
    "return": Control.return_expression,
    "break": Control.break_expression,
    "continue": Control.continue_expression,
    "unsafe": Control.unsafe_block,
    "|": Control.closure,
    "||": Control.closure,
    "label": Control.labelled,
    "select": Control.select,
}
