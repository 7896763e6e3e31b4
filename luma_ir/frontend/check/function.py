"""Checking one function body, or one expression outside of a function."""

from __future__ import annotations

from luma_ir.frontend import ast, hir
from luma_ir.frontend.check.any_values import own_bound
from luma_ir.frontend.check.entities import Binding, FunctionInfo
from luma_ir.frontend.check.finish import Uses, finish
from luma_ir.frontend.check.function_values import FunctionValues
from luma_ir.frontend.check.inference import TypeVar, has_error, resolve, substitute, zonk
from luma_ir.frontend.check.ranges import range_value
from luma_ir.frontend.types import (
    ERROR,
    NEVER,
    UNIT,
    ArrayType,
    BoolType,
    CharType,
    FixedType,
    FloatType,
    IntType,
    PtrType,
    StructType,
    TupleType,
    Type,
)
from luma_ir.ir.diagnostics import Label, Span


class BodyChecker(FunctionValues):
    """Everything about one body."""

    def expr(self, node: ast.Expression, expected: Type | None = None) -> hir.Expr:
        """Check an expression; `expected` is a hint about its type."""
        value = _EXPRESSIONS[type(node)](self, node, expected)
        if value.type is NEVER:
            self.diverges = True
        return value

    def _not_supported(self, node: ast.Expression, expected: Type | None) -> hir.Expr:
        return self.not_yet(_LATER[type(node)], node)

    def _place_expr(self, node: ast.Expression, expected: Type | None) -> hir.Expr:
        return self.place_value(node, expected)

    def _field_expr(self, node: ast.FieldExpr, expected: Type | None) -> hir.Expr:
        return self.place_value(node, expected)

    def _inout_expr(self, node: ast.InoutExpr, expected: Type | None) -> hir.Expr:
        self.place_or_value(node.place)
        self.error("E0302", "`&place` stands for an `inout` argument or after `in` of a `for`", node)
        return self.error_value(node)

    def _address_of(self, node: ast.AddressOfExpr, expected: Type | None) -> hir.Expr:
        if not self.unsafe_depth:
            self.needs_unsafe("the address of a place", node)
        found = self.place_or_value(node.place)
        if not isinstance(found, hir.Place):
            if not has_error(found.type):
                self.error("E0301", "only a place has an address", node.place)
            return self.error_value(node)
        self.read(found)
        self.modify(found, node.place, "changed")
        type_ = resolve(found.type)
        if has_error(type_):
            return self.error_value(node)
        element = type_.element if isinstance(type_, ArrayType | FixedType) else type_
        kinds = [resolve(found.root.type), *[resolve(step.type) for step in found.steps]]
        if not any(isinstance(kind, ArrayType) for kind in kinds):
            if not self._is_plain(kinds[0]):
                self.error(
                    "E0900",
                    f"the address of a `{kinds[0]}` is not supported yet",
                    node,
                    helps=["numbers, pointers and structs of them have addresses, and so have elements of arrays"],
                )
                return self.error_value(node)
            if not found.root.addressed:
                found.root.addressed = True
                if self.frames:
                    self.frames[-1].function.addressed.append(found.root)
                elif self.info is not None and self.info.function is not None:
                    self.info.function.addressed.append(found.root)
        return hir.AddressOf(start=node.start, end=node.end, type=PtrType(element), place=found)

    def _is_plain(self, type_: Type) -> bool:
        """Whether values of a type are just bytes: nothing in them is counted or shared."""
        if isinstance(type_, StructType):
            self.program.nominal_info(type_)
            mapping = dict(zip(type_.definition.type_params, type_.args, strict=True))
            return all(self._is_plain(resolve(substitute(each, mapping))) for each in type_.definition.field_types)
        if isinstance(type_, TupleType):
            return all(self._is_plain(resolve(each)) for each in type_.elements)
        if isinstance(type_, FixedType):
            return self._is_plain(resolve(type_.element))
        if isinstance(type_, TypeVar):
            return type_.kind in ("int", "float")
        return isinstance(type_, IntType | FloatType | BoolType | CharType | PtrType)

    def _range_expr(self, node: ast.RangeExpr, expected: Type | None) -> hir.Expr:
        return range_value(self, node, expected)

    def _let_condition(self, node: ast.LetCondition, expected: Type | None) -> hir.Expr:
        self.expr(node.value)
        self.error("E0106", "`let P = e` stands as the whole condition of `if` and `while` only", node)
        return self.error_value(node)

    # ---- whole bodies

    def check_body(self, info: FunctionInfo) -> Uses | None:
        """Check the body of a function; None when it has errors."""
        function = info.function
        body = info.decl.body
        assert function is not None and body is not None
        errors = self.program.engine.error_count
        names: list[ast.Name] = [param.name for param in info.decl.params]
        spans: list[ast.Node] = [param.name for param in info.decl.params]
        if info.decl.receiver is not None:
            names.insert(0, ast.Name(0, 0, "self"))
            spans.insert(0, info.decl.receiver)
        for param, name, span in zip(function.params, names, spans, strict=True):
            kind = "inout" if param.inout else "parameter"
            binding = Binding(param.local, kind, span.start, span.end, True)
            self.scopes[-1][name.text] = binding
            self.bindings_of[param.local] = binding
        if info.is_unsafe:
            self.unsafe_depth = 1
        result = function.result
        block = self.block(body, result)
        self._check_result(block, body, info, result)
        uses = self.finish_tree(block)
        if self.program.engine.error_count != errors:
            return None
        for param in function.params:
            uses.add_type(param.local.type)
        uses.add_type(result)
        function.body = block
        self.check_place_method(info)
        return uses

    def _check_result(self, block: hir.Block, body: ast.Block, info: FunctionInfo, result: Type) -> None:
        type_ = resolve(block.type)
        if type_ is NEVER or type_ is ERROR or has_error(result):
            return
        falls_off = isinstance(block.value, hir.If | hir.While | hir.For) and type_ == UNIT and resolve(result) != UNIT
        if block.value is not None and body.value is not None and not falls_off:
            block.value = self.coerce(block.value, result, body.value, "as the result of the function")
            block.type = block.value.type if resolve(block.value.type) is not NEVER else NEVER
            return
        if result == UNIT:
            return
        helps = []
        last = body.statements[-1] if body.statements else None
        if isinstance(last, ast.ExprStmt):
            helps = self._dropped_value(last, block, result)
        where = Span(self.source, body.end - 1, body.end)
        label = info.decl.result
        labels = [Label(self.span(label), "the result is declared here")] if label is not None else []
        tail = body.value if body.value is not None else getattr(last, "value", None)
        if isinstance(tail, ast.IfExpr | ast.WhileExpr | ast.ForExpr) and result is not NEVER:
            word = "if" if isinstance(tail, ast.IfExpr) else "while" if isinstance(tail, ast.WhileExpr) else "for"
            keyword = Span(self.source, tail.start, tail.start + len(word))
            labels.append(Label(keyword, "where this ends without a `return`, the function has no value"))
        if result is NEVER:
            message = f"`{info.name}` never returns, but its body ends"
        else:
            message = f"`{info.name}` gives `{result}`, but its body ends without a value"
        self.program.engine.error("E0215", message, where, labels=labels, helps=helps)

    def _dropped_value(self, last: ast.ExprStmt, block: hir.Block, result: Type) -> list:
        statement = block.statements[-1] if block.statements else None
        if not isinstance(statement, hir.ExprStatement) or not self.unifier.try_unify(statement.value.type, result):
            return []
        return self.semicolon_help(last)

    def finish_tree(self, root: hir.Node) -> Uses:
        """Decide what is left open, check what was put off, and write the final types into a tree."""
        self.finish_closures()
        for variable in self.variables:
            if variable.link is None and variable.kind != "any":
                self.default(variable)
        for obligation in self.obligations:
            if obligation.bound.args:
                self.select(obligation.type, obligation.bound)
        self.check_projections()
        self.settle_literals()
        if self.program.engine.error_count == self.errors_before:
            self.ambiguous()
        self.check_obligations()
        uses = Uses()
        finish(root, uses, self._settle, self._resolve_method)
        for frame in self.all_closures:
            self.finish_closure(frame, self._settle, self._resolve_method)
        return uses

    def _settle(self, type_: Type) -> Type:
        self.default(type_)
        found = zonk(type_)
        from luma_ir.frontend.check.inference import open_variable

        unknown = open_variable(found)
        while isinstance(unknown, TypeVar):
            self.unifier.link(unknown, ERROR)
            if not self.program.engine.has_errors:
                start, end = unknown.origin
                self.program.engine.error(
                    "E0201",
                    f"the type of {unknown.subject or 'this expression'} cannot be found",
                    Span(self.source, start, end),
                )
            found = zonk(found)
            unknown = open_variable(found)
        return found

    def _resolve_method(self, ref: hir.TraitMethodRef) -> hir.Callee:
        """The function of an impl where the type is known; a derived or dependent method stays as it is."""
        from luma_ir.frontend.types import AssocType, ParamType

        if isinstance(ref.self_type, ParamType | AssocType) or has_error(ref.self_type):
            return ref
        if own_bound(self.program, ref.self_type, ref.trait) is not None:
            return ref
        return self.program.implementation(ref, self.scope) or ref

    def check_expression(self, node: ast.Expression, expected: Type | None, why: str = "") -> tuple[hir.Expr, Uses]:
        """Check an expression that stands outside of a body: a constant or a default value."""
        value = self.expr_as(node, expected, why) if expected is not None else self.expr(node)
        self.default(value.type)
        uses = self.finish_tree(value)
        return value, uses


_LATER = {
    ast.SpawnExpr: "`spawn` is",
    ast.AwaitExpr: "`await` is",
    ast.SelectExpr: "`select` is",
}

_EXPRESSIONS = {
    ast.ErrorExpr: BodyChecker.error_expr,
    ast.IntLiteral: BodyChecker.int_literal,
    ast.FloatLiteral: BodyChecker.float_literal,
    ast.BoolLiteral: BodyChecker.bool_literal,
    ast.CharLiteral: BodyChecker.char_literal,
    ast.ByteLiteral: BodyChecker.byte_literal,
    ast.StringLiteral: BodyChecker.string_literal,
    ast.FString: BodyChecker.fstring,
    ast.NameExpr: BodyChecker.name_expr,
    ast.PathExpr: BodyChecker.path_expr,
    ast.UnaryExpr: BodyChecker.unary,
    ast.InoutExpr: BodyChecker._inout_expr,
    ast.AddressOfExpr: BodyChecker._address_of,
    ast.BinaryExpr: BodyChecker.binary,
    ast.RangeExpr: BodyChecker._range_expr,
    ast.CastExpr: BodyChecker.cast,
    ast.TryExpr: BodyChecker.try_expr,
    ast.FieldExpr: BodyChecker._field_expr,
    ast.TupleFieldExpr: BodyChecker._place_expr,
    ast.IndexExpr: BodyChecker._place_expr,
    ast.SliceExpr: BodyChecker.slice,
    ast.CallExpr: BodyChecker.call,
    ast.MethodCallExpr: BodyChecker.method_call,
    ast.TupleExpr: BodyChecker.tuple,
    ast.ArrayExpr: BodyChecker.array,
    ast.ArrayRepeatExpr: BodyChecker.array_repeat,
    ast.ComprehensionExpr: BodyChecker.comprehension,
    ast.StructExpr: BodyChecker.struct_literal,
    ast.ClosureExpr: BodyChecker.closure,
    ast.Block: BodyChecker.block_expr,
    ast.LetElseBlock: BodyChecker.let_else,
    ast.UnsafeExpr: BodyChecker.unsafe,
    ast.LetCondition: BodyChecker._let_condition,
    ast.IfExpr: BodyChecker.if_expr,
    ast.WhileExpr: BodyChecker.while_expr,
    ast.LoopExpr: BodyChecker.loop_expr,
    ast.ForExpr: BodyChecker.for_expr,
    ast.CForExpr: BodyChecker.c_for,
    ast.MatchExpr: BodyChecker.match_expr,
    ast.BreakExpr: BodyChecker.break_expr,
    ast.ContinueExpr: BodyChecker.continue_expr,
    ast.ReturnExpr: BodyChecker.return_expr,
    ast.SpawnExpr: BodyChecker._not_supported,
    ast.AwaitExpr: BodyChecker._not_supported,
    ast.SelectExpr: BodyChecker._not_supported,
}  # type: ignore[var-annotated]
