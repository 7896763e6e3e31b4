"""Literals, operators, aggregates, casts, slices."""

from __future__ import annotations

from luma_ir.frontend import ast, hir
from luma_ir.frontend.check.core import plural, spelling_help
from luma_ir.frontend.check.entities import Bound, FunctionInfo, StructInfo
from luma_ir.frontend.check.inference import TypeVar, has_error, resolve, substitute
from luma_ir.frontend.check.names import Named
from luma_ir.frontend.check.places import Places
from luma_ir.frontend.types import (
    BOOL,
    CHAR,
    ERROR,
    F64,
    I64,
    NEVER,
    PRIMITIVES,
    U8,
    UNIT,
    ArrayType,
    BoolType,
    CharType,
    EnumType,
    FixedType,
    FloatType,
    IntType,
    ParamType,
    PtrType,
    StructType,
    TupleType,
    Type,
)
from luma_ir.ir.diagnostics import Label

ARITHMETIC = frozenset(["+", "-", "*", "/", "%", "**"])
BITS = frozenset(["&", "|", "^"])
SHIFTS = frozenset(["<<", ">>"])
EQUALITY = frozenset(["==", "!="])
ORDER = frozenset(["<", "<=", ">", ">="])
OPERATOR_TRAITS = {
    "+": ("Add", "add"), "-": ("Sub", "sub"), "*": ("Mul", "mul"), "/": ("Div", "div"), "%": ("Rem", "rem"),
    "&": ("BitAnd", "bit_and"), "|": ("BitOr", "bit_or"), "^": ("BitXor", "bit_xor"), "<<": ("Shl", "shl"),
    ">>": ("Shr", "shr"),
}  # fmt: skip
_VERBS = {
    "+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "take the remainder of", "**": "raise",
    "&": "combine", "|": "combine", "^": "combine", "<<": "shift", ">>": "shift",
}  # fmt: skip


class Expressions(Places):
    """Checks expressions without control flow."""

    # ---- literals

    def int_literal(self, node: ast.IntLiteral, expected: Type | None) -> hir.Expr:
        """`42`."""
        return self.integer(node.value, node.suffix, node, expected)

    def integer(self, value: int, suffix: str | None, node: ast.Expression, expected: Type | None) -> hir.Expr:
        """An integer literal, its sign folded in."""
        type_: Type
        if suffix is not None:
            type_ = PRIMITIVES[suffix]
        else:
            type_ = resolve(expected) if expected is not None else UNIT
            kind = type(type_)
            if kind is not IntType and kind is not FloatType and not (kind is TypeVar and type_.kind != "any"):  # type: ignore[attr-defined]
                type_ = self.variable("int", node.start, node.end)
        made = hir.Constant(start=node.start, end=node.end, type=type_, value=value)
        self.literals.append(made)
        return made

    def float_literal(self, node: ast.FloatLiteral, expected: Type | None) -> hir.Expr:
        """`1.5`."""
        if node.suffix is not None:
            type_ = PRIMITIVES[node.suffix]
        else:
            type_ = resolve(expected) if expected is not None else UNIT
            if type(type_) is not FloatType and not (type(type_) is TypeVar and type_.kind == "float"):
                type_ = self.variable("float", node.start, node.end)
        made = hir.Constant(start=node.start, end=node.end, type=type_, value=node.value)
        self.literals.append(made)
        return made

    def bool_literal(self, node: ast.BoolLiteral, expected: Type | None) -> hir.Expr:
        """`true`."""
        return hir.Constant(start=node.start, end=node.end, type=BOOL, value=node.value)

    def char_literal(self, node: ast.CharLiteral, expected: Type | None) -> hir.Expr:
        """`'c'`."""
        return hir.Constant(start=node.start, end=node.end, type=CHAR, value=node.value)

    def byte_literal(self, node: ast.ByteLiteral, expected: Type | None) -> hir.Expr:
        """`b'c'`."""
        return hir.Constant(start=node.start, end=node.end, type=U8, value=node.value)

    def string_literal(self, node: ast.StringLiteral, expected: Type | None) -> hir.Expr:
        """`"text"`."""
        return hir.Constant(start=node.start, end=node.end, type=self.program.string_type, value=node.value)

    def error_expr(self, node: ast.ErrorExpr, expected: Type | None) -> hir.Expr:
        """What the parser has reported."""
        return self.error_value(node)

    # ---- names

    def path_expr(self, node: ast.PathExpr, expected: Type | None) -> hir.Expr:
        """`Shape::Empty`, `i64::MAX`."""
        named = self.path(node.path)
        if named is None:
            return self.error_value(node)
        found = self.value_of_named(named, node, expected)
        return self.read(found) if isinstance(found, hir.Place) else found

    def name_expr(self, node: ast.NameExpr, expected: Type | None) -> hir.Expr:
        """A variable, a constant, a variant without payload."""
        found = self.find(node.name)
        if found is None:
            named = self.named(node)
            if named is None:
                return self.error_value(node)
            value = self.value_of_named(named, node, expected)
            return self.read(value) if isinstance(value, hir.Place) else value
        return self.place_value(node)

    def value_of_named(self, named: object, node: ast.Expression, expected: Type | None) -> hir.Place | hir.Expr:
        """The value that a name stands for."""
        assert isinstance(named, Named)
        if named.kind == "constant":
            return self.constant_value(named, node)
        if named.kind == "variant":
            assert isinstance(named.type, EnumType)
            if expected is not None:
                self.unifier.try_unify(named.type, expected)
            payload = named.type.definition.payloads[named.number]
            if payload:
                name = named.type.definition.variants[named.number]
                self.error("E0205", f"the variant `{name}` takes {plural(len(payload), 'value')}", node,
                           helps=[f"write `{self.text(node)}(…)`"])  # fmt: skip
                return self.error_value(node)
            return hir.EnumMake(start=node.start, end=node.end, type=named.type, variant=named.number, fields=[])
        if named.kind in ("function", "method"):
            assert isinstance(named.entity, FunctionInfo)
            if isinstance(expected, type(None)) or not has_error(expected):
                self.not_yet("function values are", node,
                             helps=[f"to call it, write `{self.text(node)}(…)`"])  # fmt: skip
            return self.error_value(node)
        if named.kind == "local":
            return self.place_or_value(node)
        what = "trait" if named.kind == "trait" else "type"
        helps = []
        if isinstance(named.entity, StructInfo):
            helps = [f"a value of it is written `{named.entity.name} {{ … }}`"]
        self.error("E0106", f"`{self.text(node)}` is a {what}, not a value", node, helps=helps)
        return self.error_value(node)

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
            made_call = self._unary_trait(operator, value, node)
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
            return hir.Binary(start=node.start, end=node.end, type=BOOL if compares else type_, operator=operator,
                              lhs=lhs, rhs=rhs)  # fmt: skip
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
        if operator in OPERATOR_TRAITS:
            if self._is_array_arithmetic(left, right):
                return self.not_yet("element-wise arithmetic on arrays is", node)
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
            helps = ["compare with `Some(…)`, or take the value out: `if let Some(value) = … { … }`"]
        labels = [Label(self.span(node.lhs), f"`{left}`"), Label(self.span(node.rhs), f"`{right}`")]
        self.error("E0203", message, node, labels=labels, helps=helps)
        return self.error_value(node)

    def _is_array_arithmetic(self, left: Type, right: Type) -> bool:
        element = self.element_type(left) or self.element_type(right)
        return element is not None and self._is_number(resolve(element))

    def _overloaded(self, operator: str, lhs: hir.Expr, rhs: hir.Expr, node: ast.BinaryExpr) -> hir.Expr:
        """An operator on a type that has no builtin one: through traits."""
        type_ = resolve(lhs.type)
        if operator in EQUALITY:
            return self._trait_compare("Eq", "eq", lhs, rhs, node, negate=operator == "!=", swap=False)
        if operator in ORDER:
            return self._trait_compare("Ord", "less", lhs, rhs, node, negate=operator in ("<=", ">="),
                                       swap=operator in (">", "<="))  # fmt: skip
        if operator == "+" and type_ == self.program.string_type:
            return self._concatenation(lhs, rhs, node)
        if operator in OPERATOR_TRAITS:
            found = self._operator_call(*OPERATOR_TRAITS[operator], lhs, rhs, node)
            if found is not None:
                return found
            if self._is_array_arithmetic(type_, type_):
                return self.not_yet("element-wise arithmetic on arrays is", node)
        verb = _VERBS.get(operator, "combine")
        helps = []
        if isinstance(type_, ArrayType) and operator == "+":
            helps = [f"`{self.text(node.lhs)}.extend({self.text(node.rhs)})` adds the elements of another array"]
        elif isinstance(type_, ParamType) and operator in OPERATOR_TRAITS:
            helps = [f"a type parameter needs a bound for it: `{type_.name}: {OPERATOR_TRAITS[operator][0]}`"]
        self.error("E0203", f"cannot {verb} values of type `{type_}`", node, helps=helps)
        return self.error_value(node)

    def _trait_compare(self, trait: str, method: str, lhs: hir.Expr, rhs: hir.Expr, node: ast.BinaryExpr, *,
                       negate: bool, swap: bool) -> hir.Expr:  # fmt: skip
        callee = self.trait_callee(trait, method, lhs.type, node, f"needed for `{node.operator}`")
        if callee is None:
            return self.error_value(node)
        first, second = (1, 0) if swap else (0, 1)
        args: list[hir.Arg] = [hir.ValueArg(param=first, value=lhs), hir.ValueArg(param=second, value=rhs)]
        call = hir.Call(start=node.start, end=node.end, type=BOOL, callee=callee, args=args)
        if not negate:
            return call
        return hir.Unary(start=node.start, end=node.end, type=BOOL, operator="!", operand=call)

    def _operator_call(self, trait_name: str, method_name: str, lhs: hir.Expr, rhs: hir.Expr | None,
                       node: ast.Expression) -> hir.Expr | None:  # fmt: skip
        """A call of an operator's trait method, found by the types of both operands; None when there is none."""
        program = self.program
        trait = program.library_trait(trait_name)
        if trait is None:
            return None
        program.trait(trait)
        type_ = resolve(lhs.type)
        args = tuple([rhs.type] * len(trait.type_params)) if rhs is not None else ()
        if isinstance(type_, ParamType):
            bound = program.param_bound(type_, Bound(trait), self.scope)
            if bound is None:
                return None
            method = program.function(trait.methods[method_name])
            assert method.function is not None
            mapping: dict[str, Type] = {"Self": type_, **dict(zip(trait.type_params, bound.args, strict=False))}
            inout = tuple([param.inout for param in method.params])
            result = substitute(method.function.result, mapping)
            callee: hir.Callee = hir.TraitMethodRef(trait.symbol, method_name, type_, inout, result)
        else:
            found = program.find_impl(type_, Bound(trait, args), self.scope, self.unifier)
            if found is None:
                return None
            method = program.function(program.impl_method(found[0], method_name))
            assert method.function is not None
            mapping = found[1]
            result = substitute(method.function.result, mapping)
            callee = hir.FunctionRef(method.function, tuple([mapping[name] for name in method.function.type_params]))
        values = [hir.ValueArg(param=0, value=lhs)]
        if rhs is not None:
            values.append(hir.ValueArg(param=1, value=rhs))
            if not self.unifier.try_unify(substitute(method.params[1].type, mapping), rhs.type):
                return None
        return hir.Call(start=node.start, end=node.end, type=result, callee=callee, args=list(values))

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

    # ---- casts

    def cast(self, node: ast.CastExpr, expected: Type | None) -> hir.Expr:
        """`value as T`."""
        target = self.resolve_type(node.type)
        hint = None
        operand = node.value
        if isinstance(operand, ast.IntLiteral) and operand.suffix is None:
            if isinstance(target, FloatType) or (isinstance(target, IntType) and operand.value <= target.maximum):
                hint = target
            elif operand.value > I64.maximum:  # type: ignore[attr-defined]
                hint = PRIMITIVES["u64"]
        elif isinstance(operand, ast.FloatLiteral) and isinstance(target, FloatType):
            hint = target
        value = self.expr(operand, hint)
        source = resolve(value.type)
        if has_error(source) or target is ERROR:
            return hir.Constant(start=node.start, end=node.end, type=target, value=0)
        if source is NEVER:
            return value
        if type(source) is TypeVar:
            if source.kind == "any":
                source = self.known(source, node.value, "to convert it")
            elif source.kind == "int" and isinstance(target, IntType) and isinstance(value, hir.Read):
                source = I64 if source.kind == "int" else F64
        if isinstance(value, hir.Constant) and source == target:
            value.start, value.end = node.start, node.end
            return value
        if not self._castable(source, target, node):
            return hir.Constant(start=node.start, end=node.end, type=ERROR, value=0)
        return hir.Cast(start=node.start, end=node.end, type=target, value=value)

    def _castable(self, source: Type, target: Type, node: ast.CastExpr) -> bool:
        numeric_source = self._is_number(source)
        numeric_target = isinstance(target, IntType | FloatType)
        if numeric_source and numeric_target:
            return True
        if isinstance(source, BoolType | CharType) and isinstance(target, IntType):
            return True
        if source == target and isinstance(source, BoolType | CharType):
            return True
        if isinstance(target, CharType) and (source == U8 or (type(source) is TypeVar and source.kind == "int")):
            return True
        if (
            (isinstance(source, PtrType)
            and (isinstance(target, PtrType) or target == I64))
            or (source == I64 and isinstance(target, PtrType))
        ):
            if not self.unsafe_depth:
                self.needs_unsafe("a conversion of pointers", node)
            return True
        helps = []
        text = self.text(node.value)
        if target == self.program.string_type:
            helps = [self.replace("an f-string makes text of a value", node, f'f"{{{text}}}"')]
        elif isinstance(target, BoolType) and numeric_source:
            helps = [self.replace("compare with zero", node, f"{text} != 0")]
        elif isinstance(target, CharType) and isinstance(source, IntType):
            helps = [self.replace("only a `u8` converts to a character", node, f"{text} as u8 as char")]
        elif source == self.program.string_type and numeric_target:
            helps = [f"`{text}.parse::<{target}>()` reads a number"]
        elif isinstance(source, CharType | BoolType) and isinstance(target, FloatType):
            helps = [self.replace("convert to an integer first", node, f"{text} as i64 as {target}")]
        self.error("E0204", f"`{source}` cannot be converted to `{target}`", node, helps=helps)
        return False

    def needs_unsafe(self, what: str, node: ast.Node) -> None:
        """Report something that stands outside of `unsafe`."""
        self.error("E0500", f"{what} needs `unsafe`", node, helps=["write `unsafe { … }` around it"])

    # ---- aggregates

    def tuple(self, node: ast.TupleExpr, expected: Type | None) -> hir.Expr:
        """`(a, b)`."""
        wanted = resolve(expected) if expected is not None else None
        hints: tuple[Type | None, ...] = (None,) * len(node.elements)
        if isinstance(wanted, TupleType) and len(wanted.elements) == len(node.elements):
            hints = wanted.elements
        elements = []
        for element, hint in zip(node.elements, hints, strict=True):
            value = self.expr(element, hint)
            if hint is not None:
                self.adapt(value, hint)
            elements.append(value)
        type_ = TupleType(tuple([element.type for element in elements])) if elements else UNIT
        return hir.TupleMake(start=node.start, end=node.end, type=type_, elements=elements)

    def array(self, node: ast.ArrayExpr, expected: Type | None) -> hir.Expr:
        """`[a, b, c]`."""
        wanted = resolve(expected) if expected is not None else None
        hint = wanted.element if isinstance(wanted, ArrayType | FixedType) else None
        elements: list[hir.Expr] = []
        type_: Type | None = None
        for element in node.elements:
            value = self.expr(element, hint if hint is not None else type_)
            found = resolve(value.type)
            if found is NEVER:
                pass
            elif type_ is None:
                type_ = found
            elif not self.unifier.try_unify(type_, found):
                if all(self.adapt(other, found) for other in elements):
                    type_ = found
                elif not self.adapt(value, type_):
                    self.mismatch(found, type_, element, "as the elements before", value)
            elements.append(value)
        if type_ is None:
            type_ = hint or self.variable("any", node.start, node.end, "the elements of this array")
        elif hint is not None and not self.unifier.try_unify(type_, hint):
            for value in elements:
                self.adapt(value, hint)
            if elements and all(self.unifier.try_unify(value.type, hint) for value in elements):
                type_ = hint
        made: Type = ArrayType(type_)
        if isinstance(wanted, FixedType):
            made = FixedType(type_, len(elements))
        return hir.ArrayMake(start=node.start, end=node.end, type=made, elements=elements)

    def array_repeat(self, node: ast.ArrayRepeatExpr, expected: Type | None) -> hir.Expr:
        """`[v; n]`."""
        wanted = resolve(expected) if expected is not None else None
        hint = wanted.element if isinstance(wanted, ArrayType | FixedType) else None
        value = self.expr(node.value, hint)
        if hint is not None:
            value = self.coerce(value, hint, node.value) if not isinstance(resolve(hint), TypeVar) else value
        count = self.expr_as(node.count, I64, "as the number of copies")
        type_: Type = value.type if hint is None else hint
        if hint is not None:
            self.unifier.try_unify(hint, value.type)
        made: Type = ArrayType(type_)
        constant = self.fold(count)
        if isinstance(wanted, FixedType):
            if constant is None:
                self.error("E0400", "the length of a fixed array must be constant", node.count)
            made = FixedType(type_, wanted.size if constant is None else constant)
        if constant is not None and constant < 0:
            self.error("E0208", f"an array cannot have {constant} elements", node.count)
        return hir.ArrayFill(start=node.start, end=node.end, type=made, value=value, count=count)

    def fold(self, value: hir.Expr) -> int | None:
        """The value of a constant integer expression, without a report."""
        from luma_ir.frontend.check.constants import try_integer

        return try_integer(value)

    # ---- slices

    def slice(self, node: ast.SliceExpr, expected: Type | None) -> hir.Expr:
        """`xs[a..b]`."""
        base = self.place_value(node.base)
        type_ = self.known(base.type, node.base, "to slice it")
        low = self.expr_as(node.low, I64, "as a bound of a slice") if node.low is not None else None
        high = self.expr_as(node.high, I64, "as a bound of a slice") if node.high is not None else None
        if isinstance(type_, ArrayType | FixedType):
            return hir.Slice(start=node.start, end=node.end, type=ArrayType(type_.element), base=base, low=low,
                             high=high, inclusive=node.inclusive)  # fmt: skip
        if type_ == self.program.string_type:
            return self._string_slice(node, base, low, high)
        if type_ is not ERROR:
            self.error("E0211", f"`{type_}` cannot be sliced", node)
        return self.error_value(node)

    def _string_slice(
        self, node: ast.SliceExpr, base: hir.Expr, low: hir.Expr | None, high: hir.Expr | None
    ) -> hir.Expr:
        """Through the library's `string.slice`, which checks character boundaries."""
        string = self.program.string_type
        if low is None:
            low = hir.Constant(start=node.start, end=node.end, type=I64, value=0)
        statements: list[hir.Statement] = []
        if high is None:
            # The text is needed twice, for its length too.
            let, local = self.bind_hidden(base)
            statements.append(let)
            if not isinstance(low, hir.Constant):
                let_low, low_local = self.bind_hidden(low)
                statements.append(let_low)
                low = self.read_local(low_local, node)
            base = self.read_local(local, node)
            high = self.library_call(string, "len", [self.read_local(local, node)], node)
        elif node.inclusive:
            one = hir.Constant(start=high.start, end=high.end, type=I64, value=1)
            high = hir.Binary(start=high.start, end=high.end, type=I64, operator="+", lhs=high, rhs=one)
        call = self.library_call(string, "slice", [base, low, high], node)
        if not statements:
            return call
        return hir.Block(start=node.start, end=node.end, type=string, statements=statements, value=call)

    def library_call(self, type_: Type, name: str, values: list[hir.Expr], node: ast.Node) -> hir.Expr:
        """A call of a method of a library type by value."""
        method = self.program.find_method(type_, name, self.scope, self.unifier)
        if method is None:
            self.error("E0110", f"the library's `{type_}` has no method `{name}`", node)
            return self.error_value(node)
        function = self.program.function(method.info).function
        assert function is not None
        args = tuple([method.mapping[param] for param in function.type_params])
        return hir.Call(start=node.start, end=node.end, type=substitute(function.result, method.mapping),
                        callee=hir.FunctionRef(function, args),
                        args=[hir.ValueArg(param=number, value=value) for number, value in enumerate(values)])  # fmt: skip

    # ---- structs

    def struct_literal(self, node: ast.StructExpr, expected: Type | None) -> hir.Expr:
        """`P { x, y: 2 }`, `Shape::Rect { min, max }`."""
        path = node.path
        first = path.segments[0].name.text
        if len(path.segments) == 1 and first == "Self" and self.scope.self_type is not None:
            type_: Type | None = self.scope.self_type
            named = None
        else:
            named = self.path(path)
            if named is None:
                for init in node.fields:
                    self.expr(init.value)
                return self.error_value(node)
            type_ = named.type if named.kind == "variant" else None
            if named.kind == "type":
                type_ = self.program._entity_type(named.entity, path.segments[-1], path, self.scope, self.hole)  # type: ignore[arg-type]
        if named is not None and named.kind == "variant" and isinstance(type_, EnumType):
            names = type_.definition.payload_names[named.number]
            if names is None:
                self.error("E0207", f"the variant `{path.text}` has no named fields", path)
                return self.error_value(node)
            mapping = dict(zip(type_.definition.type_params, type_.args, strict=True))
            types = type_.definition.payloads[named.number]
            fields = self._field_inits(node, path.text, names, types, mapping, type_, expected, None)
            return hir.EnumMake(start=node.start, end=node.end, type=type_, variant=named.number, fields=fields)
        info = self.program.nominal_info(type_) if type_ is not None else None
        if not isinstance(info, StructInfo) or not isinstance(type_, StructType):
            if type_ is not ERROR:
                self.error("E0106", f"`{path.text}` is not a struct", path)
            for init in node.fields:
                self.expr(init.value)
            return self.error_value(node)
        definition = info.definition
        mapping = dict(zip(definition.type_params, type_.args, strict=True))
        fields = self._field_inits(node, info.name, definition.field_names, definition.field_types, mapping, type_,
                                   expected, info)  # fmt: skip
        return hir.StructMake(start=node.start, end=node.end, type=type_, fields=fields)

    def _field_inits(self, node: ast.StructExpr, name: str, names: list[str], types: list[Type],
                     mapping: dict[str, Type], type_: Type, expected: Type | None, info: StructInfo | None) \
            -> list[tuple[int, hir.Expr]]:  # fmt: skip
        if expected is not None and mapping:
            self.unifier.try_unify(type_, expected)
        fields: list[tuple[int, hir.Expr]] = []
        seen: dict[int, ast.FieldInit] = {}
        for init in node.fields:
            field = init.name.text
            if field not in names:
                helps = spelling_help(field, [each for each in names], self.span(init.name))
                self.error("E0109", f"`{name}` has no field `{field}`", init.name, helps=helps)
                self.expr(init.value)
                continue
            number = names.index(field)
            if number in seen:
                self.error("E0207", f"the field `{field}` is given twice", init.name,
                           labels=[Label(self.span(seen[number].name), "given here first")])  # fmt: skip
                self.expr(init.value)
                continue
            seen[number] = init
            if info is not None and info.module is not self.module and field in info.private_fields:
                self._check_private(info, init.name)
            wanted = substitute(types[number], mapping)
            fields.append((number, self.expr_as(init.value, wanted, f"for the field `{field}`")))
        missing: list[str] = []
        for number, field in enumerate(names):
            if number in seen:
                continue
            default = self.program.field_default(info, number) if info is not None else None
            if default is None:
                missing.append(field)
            else:
                fields.append((number, self.default_value(default, substitute(types[number], mapping), mapping, node)))
        if missing and not has_error(type_):
            listed = ", ".join(f"`{field}`" for field in missing)
            self.error(
                "E0207", f"`{name}` needs {'a value' if len(missing) == 1 else 'values'} for {listed}", node.path
            )
        return fields

    def default_value(self, default: hir.Constant | hir.Function, type_: Type, mapping: dict[str, Type],
                      node: ast.Node) -> hir.Expr:  # fmt: skip
        """A default argument or field: a constant, or a call of the function that computes it."""
        if isinstance(default, hir.Constant):
            return hir.Constant(start=node.start, end=node.end, type=default.type, value=default.value)
        args = tuple([mapping.get(name, ERROR) for name in default.type_params])
        return hir.Call(start=node.start, end=node.end, type=type_, callee=hir.FunctionRef(default, args), args=[])
