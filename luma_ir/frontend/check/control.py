"""Blocks, branches, loops and what leaves them."""

from __future__ import annotations

from luma_ir.frontend import ast, hir
from luma_ir.frontend.check.body import LoopFrame
from luma_ir.frontend.check.core import closest
from luma_ir.frontend.check.inference import TypeVar, has_error, resolve
from luma_ir.frontend.check.iteration import Iteration
from luma_ir.frontend.check.local_items import enter_items, leave_items
from luma_ir.frontend.types import (
    BOOL,
    ERROR,
    NEVER,
    UNIT,
    AnyType,
    ArrayType,
    EnumType,
    Type,
)
from luma_ir.ir.diagnostics import Edit, Help, Label, Span


class Control(Iteration):
    """Checks control flow."""

    # ---- blocks

    def block_expr(self, node: ast.Block, expected: Type | None) -> hir.Expr:
        """A block in the place of an expression."""
        return self.block(node, expected)

    def block(self, node: ast.Block, expected: Type | None, *, discard: bool = False) -> hir.Block:
        """
        A block. `expected` is a hint for its value; with `discard` the value is dropped.
        """
        self.push()
        items = enter_items(self, node)
        statements: list[hir.Statement] = []
        reachable = not self.diverges
        for statement in node.statements:
            if not self.diverges:
                self.warned_unreachable = False
            elif reachable:
                reachable = False
                self._unreachable(statement)
            self.statement(statement, statements)
        value = None
        if node.value is not None:
            if reachable and self.diverges:
                self._unreachable(node.value)
            value = self._block_value(node.value, expected, discard, statements)
        leave_items(self, items)
        self.pop()
        if self.diverges:
            type_: Type = NEVER
        else:
            type_ = value.type if value is not None else UNIT
        return hir.Block(start=node.start, end=node.end, type=type_, statements=statements, value=value)

    def _block_value(
        self, node: ast.Expression, expected: Type | None, discard: bool, statements: list[hir.Statement]
    ) -> hir.Expr | None:
        if not discard:
            return self.expr(node, expected)
        value = self.statement_expr(node)
        type_ = resolve(value.type)
        if type_ is NEVER or type_ == UNIT:
            return value
        self.check_unused_value(value, node)
        statements.append(hir.ExprStatement(start=node.start, end=node.end, value=value))
        return None

    def statement(self, node: ast.Statement, into: list[hir.Statement]) -> None:
        """Check a statement; filled in above."""
        raise NotImplementedError

    def check_unused_value(self, value: hir.Expr, node: ast.Expression) -> None:
        """Warn about a dropped value; filled in above."""

    def statement_expr(self, node: ast.Expression) -> hir.Expr:
        """An expression whose value is dropped."""
        if isinstance(node, ast.IfExpr):
            return self.if_expr(node, UNIT, discard=True)
        if isinstance(node, ast.Block):
            return self.block(node, UNIT, discard=True)
        if isinstance(node, ast.UnsafeExpr):
            return self.unsafe(node, UNIT, discard=True)
        if isinstance(node, ast.MatchExpr):
            return self.match(node, UNIT, discard=True)
        return self.expr(node)

    def _unreachable(self, node: ast.Node) -> None:
        if not self.warned_unreachable:
            self.warned_unreachable = True
            self.warning("W0003", "this is never reached", node.start, node.end)

    def unsafe(self, node: ast.UnsafeExpr, expected: Type | None, *, discard: bool = False) -> hir.Expr:
        """`unsafe { … }`."""
        self.unsafe_depth += 1
        try:
            return self.block(node.body, expected, discard=discard)
        finally:
            self.unsafe_depth -= 1

    def let_else(self, node: ast.LetElseBlock, expected: Type | None) -> hir.Expr:
        """The block after the `else` of a `let`, which must not be left at its end."""
        body = self.block(node.body, None, discard=True)
        if resolve(body.type) is not NEVER and not has_error(body.type):
            self.error(
                "E0222",
                "the `else` of a `let` must not go on behind the declaration",
                node.body,
                helps=["end it with `return`, `break`, `continue` or `panic`"],
            )
            body.type = ERROR
        return body

    # ---- branches

    def condition(self, node: ast.Expression) -> hir.Expr:
        """The condition of an `if` or a `while`."""
        if isinstance(node, ast.LetCondition):
            value = self.expr(node.value)
            errors = self.program.engine.error_count
            pattern = self.new_pattern(node.pattern, value.type)
            is_right = self.program.engine.error_count == errors and not has_error(value.type)
            if is_right and self._refutable(pattern, resolve(value.type)) is None:
                self.warning(
                    "W0005",
                    "this pattern always fits",
                    node.pattern.start,
                    node.pattern.end,
                    ["a plain `let` does the same"],
                )
            return hir.PatternTest(start=node.start, end=node.end, type=BOOL, value=value, pattern=pattern)
        if isinstance(node, ast.BinaryExpr) and node.operator == "&&" and has_let(node):
            lhs = self.condition(node.lhs)
            diverges, unassigned = self.diverges, self.unassigned
            rhs = self.condition(node.rhs)
            self.diverges, self.unassigned = diverges, unassigned
            return hir.Logical(start=node.start, end=node.end, type=BOOL, operator="&&", lhs=lhs, rhs=rhs)
        value = self.expr(node, BOOL)
        type_ = resolve(value.type)
        if type_ is not BOOL and type_ is not NEVER and not self.unifier.try_unify(type_, BOOL):
            helps: list[Help | str] = []
            if self._is_number(type_):
                helps = [self.replace("compare with zero", node, f"{self.text(node)} != 0")]
            elif isinstance(type_, EnumType) and type_.definition.symbol == "std.option.Option":
                helps = [self.insert("ask whether there is a value", node.end, ".is_some()")]
            elif isinstance(type_, ArrayType) or type_ == self.program.string_type:
                helps = [self.replace("ask whether it has elements", node, f"!{self.text(node)}.is_empty()")]
            self.error("E0209", f"a condition is a `bool`, found `{type_}`", node, helps=helps)
        return value

    def if_expr(self, node: ast.IfExpr, expected: Type | None, *, discard: bool = False) -> hir.Expr:
        """`if c { … } else { … }`."""
        self.push()
        condition = self.condition(node.condition)
        outer_diverges = self.diverges
        unassigned = self.unassigned
        if expected is not None and expected == UNIT:
            discard = True
        has_else = node.otherwise is not None
        then = self.as_expected(self.block(node.then, expected, discard=discard), expected, node.then)
        then_diverges, then_unassigned = self.diverges, self.unassigned
        self.diverges, self.unassigned = outer_diverges, unassigned
        self.pop()
        otherwise: hir.Expr | None = None
        if node.otherwise is not None:
            then_type = resolve(then.type)
            hint = expected if expected is not None else (None if then_type is NEVER else then_type)
            if isinstance(node.otherwise, ast.IfExpr):
                otherwise = self.if_expr(node.otherwise, hint, discard=discard)
            else:
                otherwise = self.as_expected(self.block(node.otherwise, hint, discard=discard), hint, node.otherwise)
            else_diverges, else_unassigned = self.diverges, self.unassigned
        else:
            else_diverges, else_unassigned = outer_diverges, unassigned
        self._join(outer_diverges, [(then_diverges, then_unassigned), (else_diverges, else_unassigned)])
        type_ = self._branch_type(node, then, otherwise, expected, discard, has_else)
        return hir.If(start=node.start, end=node.end, type=type_, condition=condition, then=then, otherwise=otherwise)

    def as_expected(self, block: hir.Block, expected: Type | None, node: ast.Block) -> hir.Block:
        """A branch whose value becomes an `any` value where that is expected; other branches stay as they are."""
        target = resolve(expected) if expected is not None else None
        if isinstance(target, AnyType) and block.value is not None and resolve(block.type) is not NEVER:
            block.value = self.coerce(block.value, target, node.value or node)
            block.type = block.value.type
        return block

    def _join(self, outer_diverges: bool, ways: list[tuple[bool, frozenset[hir.Local]]]) -> None:
        """The state after several ways come together."""
        open_ways = [unassigned for diverges, unassigned in ways if not diverges]
        if open_ways:
            self.diverges = outer_diverges
            first = open_ways[0]
            self.unassigned = first if all(way is first for way in open_ways) else first.union(*open_ways[1:])
        else:
            self.diverges = True
            self.unassigned = frozenset()

    def _branch_type(
        self,
        node: ast.IfExpr,
        then: hir.Block,
        otherwise: hir.Expr | None,
        expected: Type | None,
        discard: bool,
        has_else: bool,
    ) -> Type:
        then_type = resolve(then.type)
        if not has_else:
            if not discard and then_type is not NEVER and then_type != UNIT and not has_error(then_type):
                value = node.then.value
                self.error(
                    "E0200",
                    f"an `if` without `else` has no value, found `{then_type}`",
                    value or node.then,
                    helps=["add an `else` with the other value", "or drop the value with `;`"],
                )
                return ERROR
            return UNIT
        assert otherwise is not None and node.otherwise is not None
        else_type = resolve(otherwise.type)
        if then_type is NEVER:
            return else_type
        if else_type is NEVER:
            return then_type
        if expected is not None and not discard:
            wanted = resolve(expected)
            self.adapt(then, wanted)
            self.adapt(otherwise, wanted)
        if self.unifier.try_unify(then.type, otherwise.type):
            return resolve(then.type)
        if self.adapt(then, else_type) or self.adapt(otherwise, then_type):
            return resolve(otherwise.type)
        place = (
            node.otherwise.value if isinstance(node.otherwise, ast.Block) and node.otherwise.value else node.otherwise
        )
        first = node.then.value or node.then
        if not has_error(then_type) and not has_error(else_type):
            self.error(
                "E0200",
                f"the branches have different types: `{then_type}` and `{else_type}`",
                place,
                labels=[Label(self.span(first), f"`{then_type}`")],
            )
        return ERROR

    # ---- loops

    def _enter_loop(self, node: ast.Expression, kind: str, label: ast.Name | None) -> LoopFrame:
        if label is not None and any(frame.loop.label == label.text for frame in self.loops):
            self.warning("W0005", f"the label `'{label.text}` hides one of the same name", label.start, label.end)
        frame = LoopFrame(hir.LoopId(label.text if label else None), kind, None)
        self.loops.append(frame)
        return frame

    def while_expr(self, node: ast.WhileExpr, expected: Type | None) -> hir.Expr:
        """`while c { … }`, `while let P = e { … }`; `while true` is a `loop` without a value."""
        if isinstance(node.condition, ast.BoolLiteral) and node.condition.value:
            return self._endless(self._enter_loop(node, "while", node.label), node.body, node)
        frame = self._enter_loop(node, "while", node.label)
        self.push()
        condition = self.condition(node.condition)
        diverges, unassigned = self.diverges, self.unassigned
        body = self.block(node.body, UNIT, discard=True)
        self.pop()
        self.loops.pop()
        self.diverges, self.unassigned = diverges, unassigned
        return hir.While(start=node.start, end=node.end, type=UNIT, loop=frame.loop, condition=condition, body=body)

    def loop_expr(self, node: ast.LoopExpr, expected: Type | None) -> hir.Expr:
        """`loop { … }`."""
        frame = self._enter_loop(node, "loop", node.label)
        frame.result = expected
        return self._endless(frame, node.body, node)

    def _endless(self, frame: LoopFrame, body_node: ast.Block, node: ast.Expression) -> hir.Expr:
        """A loop that only a `break` ends."""
        unassigned = self.unassigned
        outer_diverges = self.diverges
        body = self.block(body_node, UNIT, discard=True)
        self.loops.pop()
        if not frame.loop.has_break:
            self.diverges = True
            return hir.Loop(start=node.start, end=node.end, type=NEVER, loop=frame.loop, body=body)
        self.diverges = outer_diverges
        self.unassigned = unassigned.intersection(frozenset().union(*frame.exits)) if frame.exits else unassigned
        type_ = frame.result if frame.has_value and frame.result is not None else UNIT
        return hir.Loop(start=node.start, end=node.end, type=resolve(type_), loop=frame.loop, body=body)

    def c_for(self, node: ast.CForExpr, expected: Type | None) -> hir.Expr:
        """`for (let i = 0; i < n; i += 1) { … }`."""
        self.push()
        statements: list[hir.Statement] = []
        if node.init is not None:
            self.statement(node.init, statements)
        frame = self._enter_loop(node, "for", node.label)
        if node.condition is not None:
            condition = self.condition(node.condition)
        else:
            condition = hir.Constant(start=node.start, end=node.start, type=BOOL, value=True)
        diverges, unassigned = self.diverges, self.unassigned
        body = self.block(node.body, UNIT, discard=True)
        self.diverges, self.unassigned = diverges, unassigned
        step: list[hir.Statement] = []
        if node.step is not None:
            self.statement(node.step, step)
        self.loops.pop()
        self.diverges, self.unassigned = diverges, unassigned
        self.pop()
        if node.condition is None and not frame.loop.has_break:
            self.diverges = True
        loop = hir.While(
            start=node.start, end=node.end, type=UNIT, loop=frame.loop, condition=condition, body=body, step=step
        )
        if not statements:
            return loop
        return hir.Block(start=node.start, end=node.end, type=UNIT, statements=statements, value=loop)

    def for_expr(self, node: ast.ForExpr, expected: Type | None) -> hir.Expr:
        """`for P in e { … }`."""
        if node.is_parallel:
            return self.not_yet("`parallel for` loops are", node)
        iterable, element = self.iterable(node.iterable)
        frame = self._enter_loop(node, "for", node.label)
        diverges, unassigned = self.diverges, self.unassigned
        self.push()
        opened = 0
        if iterable is None:
            self.new_pattern(node.pattern, ERROR, "loop")
        elif isinstance(iterable, hir.InoutIter) and not isinstance(node.pattern, ast.BindingPattern):
            self.error("E0219", "a loop that changes elements in place binds each to one name", node.pattern)
        made = self.irrefutable(node.pattern, element, "loop") if iterable is not None else None
        if isinstance(iterable, hir.InoutIter):
            self.open_places.append(iterable.place)
            opened = 1
            if isinstance(made, hir.BindPattern):
                self.bindings_of[made.local].used = True
        body = self.block(node.body, UNIT, discard=True)
        if opened:
            self.open_places.pop()
        self.pop()
        self.loops.pop()
        self.diverges, self.unassigned = diverges, unassigned
        if iterable is None or made is None:
            return hir.Constant(start=node.start, end=node.end, type=UNIT, value=0)
        return hir.For(
            start=node.start, end=node.end, type=UNIT, loop=frame.loop, pattern=made, iterable=iterable, body=body
        )

    def comprehension(self, node: ast.ComprehensionExpr, expected: Type | None) -> hir.Expr:
        """`[e for x in xs if c]`."""
        clauses: list[hir.ForClause | hir.Expr] = []
        diverges, unassigned = self.diverges, self.unassigned
        depth = 0
        failed = False
        for clause in node.clauses:
            if isinstance(clause, ast.IfClause):
                clauses.append(self.condition(clause.condition))
                continue
            if clause.is_parallel:
                self.not_yet("`parallel for` clauses are", clause)
                failed = True
            iterable, element = self.iterable(clause.iterable)
            self.push()
            depth += 1
            pattern = self.irrefutable(clause.pattern, element, "loop")
            if iterable is None or isinstance(iterable, hir.InoutIter):
                if iterable is not None:
                    self.error(
                        "E0302",
                        "a comprehension changes nothing in place",
                        clause.iterable,
                        helps=["leave out the `&`"],
                    )
                failed = True
                continue
            clauses.append(hir.ForClause(start=clause.start, end=clause.end, pattern=pattern, iterable=iterable))
        wanted = resolve(expected) if expected is not None else None
        hint = wanted.element if isinstance(wanted, ArrayType) else None
        value = self.expr(node.element, hint)
        if isinstance(resolve(hint) if hint is not None else None, AnyType):
            value = self.coerce(value, hint, node.element)  # pyright: ignore[reportArgumentType]
        elif hint is not None:
            self.adapt(value, hint)
        for _ in range(depth):
            self.pop()
        self.diverges, self.unassigned = diverges, unassigned
        if failed:
            return self.error_value(node)
        return hir.Comprehension(
            start=node.start, end=node.end, type=ArrayType(value.type), element=value, clauses=clauses
        )

    # ---- leaving

    def _target(self, node: ast.BreakExpr | ast.ContinueExpr, word: str) -> LoopFrame | None:
        if node.label is not None:
            for frame in reversed(self.loops):
                if frame.loop.label == node.label.text:
                    return frame
            labels = [frame.loop.label for frame in self.loops if frame.loop.label]
            found = closest(node.label.text, labels)
            helps = [Help(f"did you mean `'{found}`?", Edit(self.span(node.label), f"'{found}"))] if found else []
            self.error(
                "E0306", f"there is no loop with the label `'{node.label.text}` around this", node.label, helps=helps
            )
            return None
        if not self.loops:
            helps = []
            if any(frame.loops for frame in self.frames):
                helps = [f"a closure is a function of its own: `return` leaves it, `{word}` cannot leave it"]
            self.error("E0305", f"`{word}` stands outside of a loop", node, helps=helps)
            return None
        return self.loops[-1]

    def break_expr(self, node: ast.BreakExpr, expected: Type | None) -> hir.Expr:
        """`break`, `break v`."""
        frame = self._target(node, "break")
        value = None
        if node.value is not None:
            value = self.expr(node.value, frame.result if frame is not None else None)
        if frame is None:
            self.diverges = True
            return hir.Constant(start=node.start, end=node.end, type=NEVER, value=0)
        if value is not None and frame.kind != "loop":
            self.error(
                "E0307",
                f"a `{frame.kind}` loop has no value",
                node,
                helps=["only `loop` gives the value of its `break`"],
            )
        elif frame.kind == "loop":
            type_ = value.type if value is not None else UNIT
            if frame.loop.has_break and frame.has_value != (value is not None):
                self.error("E0307", "some `break`s of this loop have a value and some have none", node)
            elif value is not None:
                if frame.result is None:
                    frame.result = type_
                elif node.value is not None:
                    value = self.coerce(value, frame.result, node.value, "as the value of the loop")
                frame.has_value = True
        frame.loop.has_break = True
        frame.exits.append(self.unassigned)
        self.diverges = True
        return hir.Break(start=node.start, end=node.end, type=NEVER, loop=frame.loop, value=value)

    def continue_expr(self, node: ast.ContinueExpr, expected: Type | None) -> hir.Expr:
        """`continue`."""
        frame = self._target(node, "continue")
        self.diverges = True
        if frame is None:
            return hir.Constant(start=node.start, end=node.end, type=NEVER, value=0)
        frame.loop.has_continue = True
        return hir.Continue(start=node.start, end=node.end, type=NEVER, loop=frame.loop)

    def return_expr(self, node: ast.ReturnExpr, expected: Type | None) -> hir.Expr:
        """`return`, `return v`."""
        wanted = self.result
        if wanted is None:
            self.error("E0305", "`return` stands outside of a function", node)
            return hir.Constant(start=node.start, end=node.end, type=NEVER, value=0)
        value = None
        if node.value is not None:
            value = self.expr(node.value, wanted)
            if self.frames and resolve(wanted) == UNIT and resolve(value.type) == UNIT:
                pass
            elif self.frames and resolve(wanted) == UNIT and resolve(value.type) is not NEVER:
                if not has_error(value.type):
                    edit = Edit(Span(self.source, node.start + len("return"), node.value.end), "")
                    message = f"expected nothing, found `{self.default(value.type)}`: the closure gives no value here"
                    self.error("E0200", message, node.value, helps=[Help("leave out the value", edit)])
            elif self.frames and resolve(value.type) is not NEVER:
                value = self.coerce(value, wanted, node.value, "as the result of the closure")
            elif wanted == UNIT and resolve(value.type) != UNIT and resolve(value.type) is not NEVER:
                if not has_error(value.type):
                    labels = []
                    if self.info is not None:
                        at = self.info.decl.signature_end
                        labels = [Label(Span(self.source, self.info.decl.start, at), "this function gives nothing")]
                    self.error(
                        "E0200",
                        f"expected nothing, found `{resolve(value.type)}`",
                        node.value,
                        labels=labels,
                        helps=[f"add `-> {self.default(value.type)}` to the function"],
                    )
            else:
                value = self.coerce(value, wanted, node.value, "as the result of the function")
        elif self.frames and self.unifier.try_unify(wanted, UNIT):
            pass
        elif wanted != UNIT and not has_error(wanted):
            self.error("E0215", f"`return` needs a value of type `{wanted}`", node)
        self.diverges = True
        return hir.Return(start=node.start, end=node.end, type=NEVER, value=value)

    def try_expr(self, node: ast.TryExpr, expected: Type | None) -> hir.Expr:
        """`e?`."""
        value = self.expr(node.value)
        type_ = self.known(value.type, node.value, "for `?`")
        symbol = type_.definition.symbol if isinstance(type_, EnumType) else ""
        if symbol not in ("std.option.Option", "std.result.Result"):
            if not has_error(type_):
                self.error("E0216", f"`?` stands after an option or a result, found `{type_}`", node)
            return self.error_value(node)
        assert isinstance(type_, EnumType)
        result = resolve(self.result) if self.result is not None else UNIT
        if type(result) is TypeVar and result.kind == "any":
            # The result of a closure that nothing has told yet.
            payload = self.variable("any", node.start, node.end, "the result of this closure")
            result = EnumType(type_.definition, (payload, *type_.args[1:]))
            self.unifier.try_unify(self.result or result, result)
        if not isinstance(result, EnumType) or result.definition.symbol != symbol:
            if not has_error(result):
                name = "option" if symbol == "std.option.Option" else "result"
                self.error(
                    "E0216",
                    f"`?` on an {name} returns early, but the function gives `{result}`"
                    if name == "option"
                    else f"`?` on a {name} returns early, but the function gives `{result}`",
                    node,
                    helps=[f"the function would give `{'T?' if name == 'option' else 'Result<T, E>'}`"],
                )
            return self.error_value(node)
        convert = None
        if symbol == "std.result.Result" and not self.unifier.try_unify(type_.args[1], result.args[1]):
            convert = self._error_conversion(type_.args[1], result.args[1], node)
        return hir.Try(
            start=node.start, end=node.end, type=type_.args[0], value=value, return_type=result, convert=convert
        )

    def _error_conversion(self, source: Type, target: Type, node: ast.TryExpr) -> hir.Callee | None:
        from luma_ir.frontend.check.entities import Bound

        program = self.program
        trait = program.library_trait("From")
        if trait is not None:
            program.trait(trait)
            found = program.find_impl(resolve(target), Bound(trait, (source,)), self.scope, self.unifier)
            if found is not None:
                return hir.FunctionRef(*program.impl_function(*found, resolve(target), "from"))
        self.error(
            "E0216",
            f"the error `{source}` does not convert to `{target}`",
            node,
            helps=[f"write `impl From<{source}> for {target} {{ … }}`"],
        )
        return None

    def match(self, node: ast.MatchExpr, expected: Type | None, *, discard: bool = False) -> hir.Expr:
        """`match`; filled in above."""
        raise NotImplementedError


def has_let(node: ast.Expression) -> bool:
    """Whether a condition has a `let` among its terms."""
    while isinstance(node, ast.BinaryExpr) and node.operator == "&&":
        if isinstance(node.rhs, ast.LetCondition):
            return True
        node = node.lhs
    return isinstance(node, ast.LetCondition)
