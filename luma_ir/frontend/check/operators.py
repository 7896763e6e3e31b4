"""Operators: builtin ones on scalars, traits on everything else."""

from __future__ import annotations

from luma_ir.frontend import ast, hir
from luma_ir.frontend.check.elementwise import elementwise, elementwise_helps, elementwise_unary
from luma_ir.frontend.check.entities import Bound, ImplInfo, TraitInfo
from luma_ir.frontend.check.expressions import Expressions
from luma_ir.frontend.check.inference import TypeVar, has_error, resolve, substitute, zonk
from luma_ir.frontend.types import (
    BOOL,
    CHAR,
    F32,
    F64,
    I64,
    NEVER,
    ArrayType,
    BoolType,
    CharType,
    EnumType,
    FloatType,
    IntType,
    ParamType,
    StructType,
    Type,
)
from luma_ir.ir.diagnostics import Label

ARITHMETIC = frozenset(["+", "-", "*", "/", "%", "**"])
BITS = frozenset(["&", "|", "^"])
SHIFTS = frozenset(["<<", ">>"])
EQUALITY = frozenset(["==", "!="])
ORDER = frozenset(["<", "<=", ">", ">="])
OPERATOR_TRAITS = {
    "+": ("Add", "add"),
    "-": ("Sub", "sub"),
    "*": ("Mul", "mul"),
    "/": ("Div", "div"),
    "%": ("Rem", "rem"),
    "&": ("BitAnd", "bit_and"),
    "|": ("BitOr", "bit_or"),
    "^": ("BitXor", "bit_xor"),
    "<<": ("Shl", "shl"),
    ">>": ("Shr", "shr"),
}
_VERBS = {
    "+": "add",
    "-": "subtract",
    "*": "multiply",
    "/": "divide",
    "%": "take the remainder of",
    "**": "raise",
    "&": "combine",
    "|": "combine",
    "^": "combine",
    "<<": "shift",
    ">>": "shift",
}


class Operators(Expressions):
    """Checks operators."""

    # ---- unary

    def unary(self, node: ast.UnaryExpr, expected: Type | None) -> hir.Expr:
        """`-x`, `!x`, `~x`."""
        operator = node.operator
        if operator == "-":
            operand = node.operand
            if type(operand) is ast.IntLiteral:
                return self.integer(-operand.value, operand.suffix, node, expected)
            if type(operand) is ast.FloatLiteral:
                made = self.float_literal(operand, expected)
                assert isinstance(made, hir.Constant) and isinstance(made.value, float)
                made.value = -made.value
                made.start = node.start
                return made
        value = self.expr(node.operand, BOOL if operator == "!" else expected)
        type_ = resolve(value.type)
        if has_error(type_):
            return value
        if type_ is NEVER:
            return value
        kind = type_.kind if type(type_) is TypeVar else ""
        is_int = type(type_) is IntType or kind == "int"
        if operator == "-":
            fits = (type(type_) is IntType and type_.signed) or type(type_) is FloatType or kind in ("int", "float")
        elif operator == "!":
            fits = type(type_) is BoolType
        else:
            fits = is_int
        if not fits:
            made_call = elementwise_unary(self, operator, value, node) or self._unary_trait(operator, value, node)
            if made_call is not None:
                return made_call
            helps = []
            if operator == "!" and is_int:
                helps = [self.replace("the complement of an integer is `~`", node, f"~{self.text(node.operand)}")]
            elif operator == "-" and is_int:
                helps = [f"convert it to a signed type first: `-({self.text(node.operand)} as i64)`"]
            self.error("E0203", f"`{operator}` cannot be applied to `{type_}`", node, helps=helps)
            return self.error_value(node)
        return hir.Unary(start=node.start, end=node.end, type=type_, operator=operator, operand=value)

    def _unary_trait(self, operator: str, value: hir.Expr, node: ast.UnaryExpr) -> hir.Expr | None:
        trait_name, method = {"-": ("Neg", "neg"), "!": ("Not", "not"), "~": ("Not", "not")}[operator]
        return self._operator_call(trait_name, method, value, None, node)

    # ---- binary

    def binary(self, node: ast.BinaryExpr, expected: Type | None) -> hir.Expr:
        """`a + b`."""
        operator = node.operator
        if operator == "&&" or operator == "||":
            return self._logical(node)
        compares = operator in EQUALITY or operator in ORDER
        hint = None if compares else expected
        lhs = self.expr(node.lhs, hint)
        left = resolve(lhs.type)
        if operator in SHIFTS:
            return self._shift(node, lhs, self.expr(node.rhs))
        rhs = self.expr(node.rhs, left if type(left) is not TypeVar or left.kind != "any" else hint)
        return self.binary_values(operator, lhs, rhs, node)

    def binary_values(self, operator: str, lhs: hir.Expr, rhs: hir.Expr, node: ast.BinaryExpr) -> hir.Expr:
        """An operator on two checked operands."""
        compares = operator in EQUALITY or operator in ORDER
        left, right = resolve(lhs.type), resolve(rhs.type)
        if left is NEVER or right is NEVER:
            if left is NEVER and right is NEVER:
                return lhs
            type_ = BOOL if compares else (right if left is NEVER else left)
            return hir.Binary(start=node.start, end=node.end, type=type_, operator=operator, lhs=lhs, rhs=rhs)
        if left is not right and not self.unifier.try_unify(left, right):
            if self.adapt(lhs, right) or self.adapt(rhs, left):
                left = resolve(lhs.type)
            else:
                return self._mixed(operator, lhs, rhs, node)
        type_ = resolve(left)
        if has_error(type_) or has_error(right):
            return (
                hir.Constant(start=node.start, end=node.end, type=BOOL, value=False)
                if compares
                else self.error_value(node)
            )
        kind = type(type_)
        if kind is TypeVar:
            variable_kind = type_.kind  # type: ignore[attr-defined]
            if variable_kind == "any":
                self.known(type_, node, f"to use `{operator}`")
                return self.error_value(node)
            builtin = operator not in BITS or variable_kind == "int"
        elif operator in EQUALITY or operator in ORDER:
            builtin = kind in (IntType, FloatType, BoolType, CharType)
            if operator in ORDER and kind is BoolType:
                builtin = False
        elif operator in ARITHMETIC:
            builtin = kind in (IntType, FloatType)
        else:
            builtin = kind in (IntType, BoolType)
        if builtin:
            if operator == "**" and isinstance(rhs, hir.Constant):
                self.exponents.append(rhs)
            return hir.Binary(
                start=node.start, end=node.end, type=BOOL if compares else type_, operator=operator, lhs=lhs, rhs=rhs
            )
        return self._overloaded(operator, lhs, rhs, node)

    def _logical(self, node: ast.BinaryExpr) -> hir.Expr:
        lhs = self.expr_as(node.lhs, BOOL, f"on the left of `{node.operator}`")
        diverges, unassigned = self.diverges, self.unassigned
        rhs = self.expr_as(node.rhs, BOOL, f"on the right of `{node.operator}`")
        self.diverges, self.unassigned = diverges, unassigned
        return hir.Logical(start=node.start, end=node.end, type=BOOL, operator=node.operator, lhs=lhs, rhs=rhs)

    def _shift(self, node: ast.BinaryExpr, lhs: hir.Expr, rhs: hir.Expr) -> hir.Expr:
        left, right = resolve(lhs.type), resolve(rhs.type)
        if has_error(left) or has_error(right):
            return self.error_value(node)
        if self._is_integer(left) and self._is_integer(right):
            return hir.Binary(start=node.start, end=node.end, type=left, operator=node.operator, lhs=lhs, rhs=rhs)
        found = self._operator_call(*OPERATOR_TRAITS[node.operator], lhs, rhs, node)
        if found is not None:
            return found
        self.error("E0203", f"cannot shift `{left}` by `{right}`", node, helps=["integers are shifted by integers"])
        return self.error_value(node)

    @staticmethod
    def _is_integer(type_: Type) -> bool:
        return type(type_) is IntType or (type(type_) is TypeVar and type_.kind == "int")

    def _mixed(self, operator: str, lhs: hir.Expr, rhs: hir.Expr, node: ast.BinaryExpr) -> hir.Expr:
        """Operands of two types."""
        left, right = resolve(lhs.type), resolve(rhs.type)
        if has_error(left) or has_error(right):
            return self.error_value(node)
        whole = elementwise(self, operator, lhs, rhs, node)
        if whole is not None:
            return whole
        if operator in OPERATOR_TRAITS:
            found = self._operator_call(*OPERATOR_TRAITS[operator], lhs, rhs, node)
            if found is not None:
                return found
        string = self.program.string_type
        helps: list = []
        if operator in EQUALITY or operator in ORDER:
            message = f"cannot compare `{left}` with `{right}`"
        elif operator == "**":
            message = f"cannot raise `{left}` to `{right}`"
        else:
            joint = {"-": "from", "*": "by", "/": "by", "%": "by"}.get(operator, "and")
            if operator == "-":
                message = f"cannot subtract `{right}` from `{left}`"
            else:
                message = f"cannot {_VERBS[operator]} `{left}` {joint} `{right}`"
        if self._is_number(left) and self._is_number(right):
            is_assignment = node.operator_start == node.lhs.end
            float_side = type(left) is FloatType or (type(left) is TypeVar and left.kind == "float")
            if not float_side:
                helps = self._conversion(left, right, node.lhs, lhs)
            if float_side or (is_assignment and "starts as" not in str(helps)):
                helps = self._conversion(right, left, node.rhs, rhs)
        elif CHAR in (left, right) and operator in "+-" and (self._is_integer(left) or self._is_integer(right)):
            character = node.lhs if left == CHAR else node.rhs
            helps = [self.replace("calculate with its code", character, f"{self.text(character)} as i64")]
        elif operator == "+" and string in (left, right):
            other = node.rhs if left == string else node.lhs
            helps = [self.replace("an f-string makes text of a value", other, f'f"{{{self.text(other)}}}"')]
        elif right == string and left == CHAR and isinstance(rhs, hir.Constant) and len(str(rhs.value)) == 1:
            helps = [self.replace("a character has single quotes", node.rhs, f"'{rhs.value}'")]
        elif left == string and right == CHAR:
            helps = [self.replace("a text has double quotes", node.rhs, f'"{self.text(node.rhs)[1:-1]}"')]
        elif isinstance(right, EnumType) and right.definition.symbol == "std.option.Option":
            helps = ["take the value out of the option first: `if let Some(value) = … { … }`"]
        elif isinstance(left, EnumType) and left.definition.symbol == "std.option.Option":
            is_comparison = operator in ORDER or operator in ("==", "!=")
            compared = f"compare with `Some({self.text(node.rhs)})`, or " if is_comparison else ""
            helps = [f"{compared}take the value out of the option: `if let Some(value) = … {{ … }}`, `unwrap_or(…)`"]
        elif self.is_inside(left, right) or self.is_inside(right, left):
            helps = ["take the value out of the result first: `?`, `unwrap_or(…)` or `match`"]
        elif operator in OPERATOR_TRAITS and isinstance(left, StructType | EnumType) and left != string:
            trait = OPERATOR_TRAITS[operator][0]
            helps = [f"`{left}` does not implement `{trait}<{right}>`, the operator `{operator}` for these types"]
        else:
            helps = elementwise_helps(self, operator, lhs, rhs, node)
        labels = [Label(self.span(node.lhs), f"`{left}`"), Label(self.span(node.rhs), f"`{right}`")]
        self.error("E0203", message, node, labels=labels, helps=helps)
        return self.error_value(node)

    def _overloaded(self, operator: str, lhs: hir.Expr, rhs: hir.Expr, node: ast.BinaryExpr) -> hir.Expr:
        """An operator on a type that has no builtin one: through traits."""
        type_ = resolve(lhs.type)
        if operator in EQUALITY:
            return self._trait_compare("Eq", "eq", lhs, rhs, node, negate=operator == "!=", swap=False)
        if operator in ORDER:
            return self._trait_compare(
                "Ord", "less", lhs, rhs, node, negate=operator in ("<=", ">="), swap=operator in (">", "<=")
            )
        if operator == "+" and type_ == self.program.string_type:
            return self._concatenation(lhs, rhs, node)
        whole = elementwise(self, operator, lhs, rhs, node)
        if whole is not None:
            return whole
        if operator in OPERATOR_TRAITS:
            found = self._operator_call(*OPERATOR_TRAITS[operator], lhs, rhs, node)
            if found is not None:
                return found
        verb = _VERBS.get(operator, "combine")
        helps = []
        if isinstance(type_, ArrayType) and operator == "+":
            helps = [f"`{self.text(node.lhs)}.extend({self.text(node.rhs)})` adds the elements of another array"]
        elif isinstance(type_, CharType) and operator in "+-":
            left, right = self.text(node.lhs), self.text(node.rhs)
            helps = [f"calculate with their codes: `{left} as i64 {operator} {right} as i64`"]
        elif isinstance(type_, ParamType) and operator in OPERATOR_TRAITS:
            helps = [f"a type parameter needs a bound for it: `{type_.name}: {OPERATOR_TRAITS[operator][0]}`"]
        elif operator in OPERATOR_TRAITS and isinstance(type_, StructType | EnumType):
            helps = [f"implement the operator: `impl {OPERATOR_TRAITS[operator][0]} for {type_} {{ … }}`"]
        self.error("E0203", f"cannot {verb} values of type `{type_}`", node, helps=helps)
        return self.error_value(node)

    def _trait_compare(
        self, trait: str, method: str, lhs: hir.Expr, rhs: hir.Expr, node: ast.BinaryExpr, *, negate: bool, swap: bool
    ) -> hir.Expr:
        callee = self.trait_callee(trait, method, lhs.type, node, f"needed for `{node.operator}`")
        if callee is None:
            return self.error_value(node)
        first, second = (1, 0) if swap else (0, 1)
        args: list[hir.Arg] = [hir.ValueArg(param=first, value=lhs), hir.ValueArg(param=second, value=rhs)]
        call = hir.Call(start=node.start, end=node.end, type=BOOL, callee=callee, args=args)
        if not negate:
            return call
        return hir.Unary(start=node.start, end=node.end, type=BOOL, operator="!", operand=call)

    def _operator_call(
        self, trait_name: str, method_name: str, lhs: hir.Expr, rhs: hir.Expr | None, node: ast.Expression
    ) -> hir.Expr | None:
        """A call of an operator's trait method, found by the types of both operands; None when there is none."""
        program = self.program
        trait = program.library_trait(trait_name)
        if trait is None:
            return None
        program.trait(trait)
        for subject in self._operand_types(resolve(lhs.type)):
            args = self._operator_args(trait, subject, rhs, node)
            if args is None or not (self.unifier.try_unify(lhs.type, subject) or self.adapt(lhs, subject)):
                continue
            method = program.function(trait.methods[method_name])
            assert method.function is not None
            mapping: dict[str, Type] = {"Self": subject, **dict(zip(trait.type_params, args, strict=True))}
            inout = tuple([param.inout for param in method.params])
            result = substitute(method.function.result, mapping)
            callee = hir.TraitMethodRef(trait.symbol, method_name, subject, inout, result, args)
            values: list[hir.Arg] = [hir.ValueArg(param=0, value=lhs)]
            if rhs is not None:
                values.append(hir.ValueArg(param=1, value=rhs))
            return hir.Call(start=node.start, end=node.end, type=result, callee=callee, args=values)
        return None

    @staticmethod
    def _operand_types(type_: Type) -> tuple[Type, ...]:
        """The types that the left operand may have: a literal may be of several."""
        if type(type_) is not TypeVar:
            return (type_,)
        return {"int": (I64, F64, F32), "float": (F64, F32)}.get(type_.kind, ())

    def _operator_args(
        self, trait: TraitInfo, subject: Type, rhs: hir.Expr | None, node: ast.Expression
    ) -> tuple[Type, ...] | None:
        """The arguments that an operator's trait has for two operands, whose types are made equal to them."""
        program = self.program
        choices = program.trait_choices(subject, trait, self.scope)
        found: list[tuple[ImplInfo | Bound, tuple[Type, ...]]] = []
        for choice in choices:
            mark = self.unifier.mark()
            args = program.match_choice(choice, subject, self.scope, self.unifier)
            if args is not None and (rhs is None or self.unifier.unify(args[0], rhs.type)):
                found.append((choice, tuple(map(zonk, args))))
            self.unifier.undo(mark)
        if len(found) > 1:
            shown = " and ".join(f"`{program.show_bound(Bound(trait, args), subject)}`" for _, args in found[:2])
            self.error("E0201", f"several implementations fit: {shown} for `{subject}`", node)
        if found:
            args = program.match_choice(found[0][0], subject, self.scope, self.unifier)
            if args is not None and rhs is not None:
                self.unifier.unify(args[0], rhs.type)
            return args
        if rhs is None:
            return None
        for choice in choices:
            mark = self.unifier.mark()
            args = program.match_choice(choice, subject, self.scope, self.unifier)
            if args is not None and self.adapt(rhs, args[0]):
                return args
            self.unifier.undo(mark)
        return None

    def _concatenation(self, lhs: hir.Expr, rhs: hir.Expr, node: ast.Expression) -> hir.Expr:
        """`s + t`: a fresh string of both; a chain makes one string."""
        parts: list[str | hir.AppendCall] = []
        for side in (lhs, rhs):
            if isinstance(side, hir.Interpolation):
                parts += side.parts
            elif isinstance(side, hir.Constant):
                parts.append(str(side.value))
            else:
                callee = self.trait_callee("Show", "show", side.type, side, "")
                if callee is None:
                    return self.error_value(node)
                parts.append(hir.AppendCall(callee=callee, args=[side]))
        return hir.Interpolation(start=node.start, end=node.end, type=self.program.string_type, parts=parts)
