"""Tuples, arrays, slices and structs."""

from __future__ import annotations

from luma_ir.frontend import ast, hir
from luma_ir.frontend.check.core import spelling_help
from luma_ir.frontend.check.entities import StructInfo
from luma_ir.frontend.check.inference import TypeVar, has_error, resolve, substitute
from luma_ir.frontend.check.operators import Operators
from luma_ir.frontend.types import (
    ERROR,
    I64,
    NEVER,
    UNIT,
    AnyType,
    ArrayType,
    EnumType,
    FixedType,
    StructType,
    TupleType,
    Type,
)
from luma_ir.ir.diagnostics import Label


class Aggregates(Operators):
    """Checks expressions that make or cut aggregates."""

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
            if hint is not None and isinstance(resolve(hint), AnyType):
                value = self.coerce(value, hint, element)
            elif hint is not None:
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
            so_far = hint if hint is not None else type_
            target = resolve(so_far) if so_far is not None else None
            if isinstance(target, AnyType):
                value = self.coerce(value, target, element)
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
            return hir.Slice(
                start=node.start,
                end=node.end,
                type=ArrayType(type_.element),
                base=base,
                low=low,
                high=high,
                inclusive=node.inclusive,
            )
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
        return hir.Call(
            start=node.start,
            end=node.end,
            type=substitute(function.result, method.mapping),
            callee=hir.FunctionRef(function, args),
            args=[hir.ValueArg(param=number, value=value) for number, value in enumerate(values)],
        )

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
        fields = self._field_inits(
            node, info.name, definition.field_names, definition.field_types, mapping, type_, expected, info
        )
        return hir.StructMake(start=node.start, end=node.end, type=type_, fields=fields)

    def _field_inits(
        self,
        node: ast.StructExpr,
        name: str,
        names: list[str],
        types: list[Type],
        mapping: dict[str, Type],
        type_: Type,
        expected: Type | None,
        info: StructInfo | None,
    ) -> list[tuple[int, hir.Expr]]:
        if expected is not None and mapping:
            self.unifier.try_unify(type_, expected)
        fields: list[tuple[int, hir.Expr]] = []
        seen: dict[int, ast.FieldInit] = {}
        misspelt = False
        for init in node.fields:
            field = init.name.text
            if field not in names:
                misspelt = True
                helps = spelling_help(field, list(names), self.span(init.name))
                self.error("E0109", f"`{name}` has no field `{field}`", init.name, helps=helps)
                self.expr(init.value)
                continue
            number = names.index(field)
            if number in seen:
                self.error(
                    "E0207",
                    f"the field `{field}` is given twice",
                    init.name,
                    labels=[Label(self.span(seen[number].name), "given here first")],
                )
                self.expr(init.value)
                continue
            seen[number] = init
            if info is not None and info.module.home is not self.module.home and field in info.private_fields:
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
        if missing and not misspelt and not has_error(type_):
            listed = ", ".join(f"`{field}`" for field in missing)
            self.error(
                "E0207", f"`{name}` needs {'a value' if len(missing) == 1 else 'values'} for {listed}", node.path
            )
        return fields

    def default_value(
        self, default: hir.Constant | hir.Function, type_: Type, mapping: dict[str, Type], node: ast.Node
    ) -> hir.Expr:
        """A default argument or field: a constant, or a call of the function that computes it."""
        if isinstance(default, hir.Constant):
            return hir.Constant(start=node.start, end=node.end, type=default.type, value=default.value)
        args = tuple([mapping.get(name, ERROR) for name in default.type_params])
        return hir.Call(start=node.start, end=node.end, type=type_, callee=hir.FunctionRef(default, args), args=[])
