"""Literals, names as values, casts."""

from __future__ import annotations

from luma_ir.frontend import ast, hir
from luma_ir.frontend.check.core import plural
from luma_ir.frontend.check.entities import Binding, ConstInfo, FunctionInfo, StructInfo, TraitInfo
from luma_ir.frontend.check.inference import TypeVar, has_any, has_error, resolve
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
    BoolType,
    CharType,
    EnumType,
    FloatType,
    FuncType,
    IntType,
    PtrType,
    Type,
)
from luma_ir.ir.diagnostics import Edit, Help, Span


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
        if type(found) is not Binding:
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
            if payload and self.wants_function(expected):
                return self.variant_value(named, node, expected)
            if payload:
                name = named.type.definition.variants[named.number]
                self.error(
                    "E0205",
                    f"the variant `{name}` takes {plural(len(payload), 'value')}",
                    node,
                    helps=[f"write `{self.text(node)}(…)`"],
                )
                return self.error_value(node)
            return hir.EnumMake(start=node.start, end=node.end, type=named.type, variant=named.number, fields=[])
        if named.kind in ("function", "method"):
            assert isinstance(named.entity, FunctionInfo)
            return self.function_value(named, node, expected)
        if named.kind == "opaque" and named.type is not None:
            # A constant of a type that is not known yet is a method without parameters.
            assert isinstance(named.entity, ConstInfo)
            trait = named.entity.owner
            assert isinstance(trait, TraitInfo)
            args = tuple([named.mapping[name] for name in trait.type_params])
            callee = hir.TraitMethodRef(trait.symbol, named.entity.name, named.mapping["Self"], (), named.type, args)
            return hir.Call(start=node.start, end=node.end, type=named.type, callee=callee, args=[])
        if named.kind == "local":
            return self.place_or_value(node)
        what = "trait" if named.kind == "trait" else "type"
        helps: list[Help | str] = []
        if isinstance(named.entity, StructInfo):
            helps = [f"a value of it is written `{named.entity.name} {{ … }}`"]
        if self.source.text[node.end : node.end + 1] == ".":
            helps = [
                Help("members of types are reached with `::`", Edit(Span(self.source, node.end, node.end + 1), "::"))
            ]
        self.error("E0106", f"`{self.text(node)}` is a {what}, not a value", node, helps=helps)
        return self.error_value(node)

    def wants_function(self, expected: Type | None) -> bool:
        """Whether a function value may stand where something of a type is expected."""
        found = resolve(expected) if expected is not None else None
        return found is None or isinstance(found, FuncType) or (type(found) is TypeVar and found.kind == "any")

    def variant_value(self, named: Named, node: ast.Expression, expected: Type | None) -> hir.Expr:
        """A variant as a function value; filled in above."""
        raise NotImplementedError

    def function_value(self, named: Named, node: ast.Expression, expected: Type | None) -> hir.Expr:
        """A function as a value; filled in above."""
        raise NotImplementedError

    # ---- casts

    def cast(self, node: ast.CastExpr, expected: Type | None) -> hir.Expr:
        """`value as T`."""
        target = self.resolve_type(node.type)
        if has_any(target):
            return self.coerce(self.expr(node.value, target), target, node.value)
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
            elif source.kind == "int" and isinstance(target, CharType):
                self.unifier.try_unify(source, U8)
                source = U8
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
        if isinstance(target, CharType) and source == U8:
            return True
        if (isinstance(source, PtrType) and (isinstance(target, PtrType) or target == I64)) or (
            source == I64 and isinstance(target, PtrType)
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
