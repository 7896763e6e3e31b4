"""What `for` and comprehensions run over."""

from __future__ import annotations

from luma_ir.frontend import ast, hir
from luma_ir.frontend.check.entities import Binding
from luma_ir.frontend.check.inference import TypeVar, has_error, resolve, substitute
from luma_ir.frontend.check.patterns import Patterns
from luma_ir.frontend.check.ranges import is_range, range_iter
from luma_ir.frontend.types import (
    CHAR,
    ERROR,
    I64,
    NEVER,
    U8,
    ArrayType,
    CharType,
    EnumType,
    FixedType,
    IntType,
    StructType,
    TupleType,
    Type,
)
from luma_ir.ir.diagnostics import Help


class Iteration(Patterns):
    """Checks iterables."""

    # ---- what `for` runs over

    def iterable(self, node: ast.Expression) -> tuple[hir.Iterable | None, Type]:
        """What a `for` runs over and the type of its elements; (None, error) after a report."""
        if isinstance(node, ast.RangeExpr):
            return self._range(node)
        if isinstance(node, ast.InoutExpr):
            return self._inout_iter(node)
        if isinstance(node, ast.MethodCallExpr) and self.module_of(node.receiver) is None:
            found = self._adapter(node)
            if found is not None:
                return found
        if (
            isinstance(node, ast.CallExpr)
            and isinstance(node.callee, ast.NameExpr)
            and node.callee.name == "zip"
            and (self.find("zip") is None and self.program.lookup(self.module, "zip") is None)
        ):
            return self._zip(node, [arg.value for arg in node.args])
        value = self.expr(node)
        return self._value_iter(value, node)

    def _value_iter(self, value: hir.Expr, node: ast.Expression) -> tuple[hir.Iterable | None, Type]:
        type_ = self.known(value.type, node, "to loop over it")
        if isinstance(type_, ArrayType | FixedType):
            return hir.ArrayIter(start=node.start, end=node.end, array=value), type_.element
        if type_ is ERROR or type_ is NEVER:
            return None, ERROR
        if is_range(type_):
            return range_iter(self, value, node)
        method = self.program.find_method(type_, "next", self.scope, self.unifier)
        if method is not None:
            found = self._next_iter(value, type_, method, node)
            if found is not None:
                return found
        made = self._iterator_of(value, type_, node)
        if made is not None:
            return self._value_iter(made, node)
        helps: list[Help | str] = []
        if type_ == self.program.string_type:
            helps = [
                self.insert("loop over its characters", node.end, ".chars()"),
                self.insert("or over its bytes", node.end, ".bytes()"),
            ]
        elif isinstance(type_, IntType):
            helps = [self.replace("a range counts", node, f"0..{self.text(node)}")]
        elif isinstance(type_, TupleType):
            helps = ["the elements of a tuple are selected one by one: `t.0`"]
        elif method is not None:
            helps = ["the `next` of what a loop runs over is `func next(inout self) -> T?`"]
        elif self.program.find_method(type_, "iter", self.scope, self.unifier) is not None:
            helps = ["its `iter` would give an array, or something with `func next(inout self) -> T?`"]
        elif (info := self.program.nominal_info(type_)) is not None and not info.module.is_library:
            helps = ["a loop runs over what has `func next(inout self) -> T?`, or `func iter(self)` that gives it"]
        self.error("E0210", f"`for` cannot run over `{type_}`", node, helps=helps)
        return None, ERROR

    def _iterator_of(self, value: hir.Expr, type_: Type, node: ast.Expression) -> hir.Expr | None:
        """`value.iter()` where the type has such a method, whose result is an iterator or an array; else None."""
        method = self.program.find_method(type_, "iter", self.scope, self.unifier)
        if method is None:
            return None
        info = self.program.function(method.info)
        if len(info.params) != 1 or not info.has_self or info.params[0].inout:
            return None
        name = ast.Name(node.start, node.end, "iter")
        made = self.call_function(
            method.info, dict(method.mapping), value, [], node, name, None, None, method=method, self_type=type_
        )
        result = resolve(made.type)
        if isinstance(result, ArrayType | FixedType) or is_range(result):
            return made
        has_next = self.program.find_method(result, "next", self.scope, self.unifier) is not None
        return made if has_next and result != type_ else None

    def _next_iter(
        self, value: hir.Expr, type_: Type, method: object, node: ast.Expression
    ) -> tuple[hir.Iterable | None, Type] | None:
        from luma_ir.frontend.check.traits import Method

        assert isinstance(method, Method)
        info = self.program.function(method.info)
        assert info.function is not None
        if len(info.params) != 1 or not info.has_self or not info.params[0].inout:
            return None
        result = resolve(substitute(info.function.result, method.mapping))
        if not (isinstance(result, EnumType) and result.definition.symbol == "std.option.Option"):
            return None
        callee = self._callee(info, dict(method.mapping), method, type_)
        return hir.NextIter(start=node.start, end=node.end, source=value, next=callee), result.args[0]

    def _range(
        self, node: ast.RangeExpr, step: ast.Expression | None = None, reverse: bool = False
    ) -> tuple[hir.Iterable | None, Type]:
        if node.low is None or node.high is None:
            self.error("E0210", "a range that is looped over has both bounds", node)
            return None, ERROR
        low = self.expr(node.low)
        high = self.expr(node.high, low.type)
        if not self.unifier.try_unify(low.type, high.type):
            self.mismatch(high.type, low.type, node.high, "as the other bound of the range", high)
            return None, ERROR
        type_ = resolve(low.type)
        if has_error(type_):
            return None, ERROR
        if not isinstance(type_, IntType | CharType) and not (type(type_) is TypeVar and type_.kind == "int"):
            self.error("E0210", f"a range runs over integers or characters, found `{type_}`", node)
            return None, ERROR
        step_value = None
        if step is not None:
            step_value = self.expr_as(step, I64 if isinstance(type_, CharType) else type_, "as the step of a range")
            if isinstance(step_value, hir.Constant) and isinstance(step_value.value, int) and step_value.value <= 0:
                self.error("E0208", "the step of a range is positive", step, helps=["`(a..b).rev()` runs downwards"])
        return hir.RangeIter(
            start=node.start,
            end=node.end,
            low=low,
            high=high,
            inclusive=node.inclusive,
            step=step_value,
            reverse=reverse,
            type=type_,
        ), type_

    def _inout_iter(self, node: ast.InoutExpr) -> tuple[hir.Iterable | None, Type]:
        place = self.inout_place(node.place, "the loop")
        if place is None:
            return None, ERROR
        type_ = self.known(place.type, node.place, "to loop over it")
        if not isinstance(type_, ArrayType | FixedType):
            if type_ is not ERROR:
                self.error("E0210", f"only the elements of arrays are changed in place, found `{type_}`", node)
            return None, ERROR
        return hir.InoutIter(start=node.start, end=node.end, place=place), type_.element

    def _adapter(self, node: ast.MethodCallExpr) -> tuple[hir.Iterable | None, Type] | None:
        """`.step(k)`, `.rev()`, `.enumerate()`, `.chars()`, `.bytes()`, `.zip(ys)`; None when it is another method."""
        name = node.method.text
        receiver = node.receiver
        while isinstance(receiver, ast.TupleExpr) and len(receiver.elements) == 1:
            receiver = receiver.elements[0]
        if name in ("step", "rev", "reverse", "reversed", "step_by"):
            return self._range_adapter(node, name)
        if name in ("enumerate", "zip") and self._has_own(receiver, name):
            return self._plain_call_iter(node)
        if name == "enumerate" and not node.args:
            inner, element = self.iterable(receiver)
            if inner is None:
                return None, ERROR
            return hir.EnumerateIter(start=node.start, end=node.end, inner=inner), TupleType((I64, element))
        if name == "zip" and len(node.args) == 1:
            return self._zip(node, [receiver, node.args[0].value])
        if name == "chars" and not node.args:
            return self._chars(node, receiver)
        if name == "bytes" and not node.args:
            value = self.expr(receiver)
            type_ = self.known(value.type, receiver, "to loop over it")
            if type_ == self.program.string_type and isinstance(type_, StructType):
                bytes_type = ArrayType(U8)
                step = hir.FieldStep(start=node.start, end=node.end, index=0, type=bytes_type)
                part = self.extend(value.place if isinstance(value, hir.Read) else value, step)
                if isinstance(part, hir.Place):
                    part = hir.Read(start=part.start, end=part.end, type=bytes_type, place=part)
                return hir.ArrayIter(start=node.start, end=node.end, array=part), U8
            return self._value_iter(value, node) if has_error(type_) else self._plain_call_iter(node)
        return None

    def _has_own(self, receiver: ast.Expression, name: str) -> bool:
        """Whether a place is nothing that a loop runs over, but has a method of that name."""
        type_ = self._type_of_place(receiver)
        if not isinstance(type_, StructType | EnumType) or is_range(type_) or type_ == self.program.string_type:
            return False
        program = self.program
        if any(program.find_method(type_, other, self.scope, self.unifier) for other in ("next", "iter")):
            return False
        return program.find_method(type_, name, self.scope, self.unifier) is not None

    def _type_of_place(self, node: ast.Expression) -> Type | None:
        """The type of a variable or of a field in one, without a report; None for anything else."""
        if isinstance(node, ast.NameExpr):
            found = self.find(node.name)
            return resolve(found.local.type) if isinstance(found, Binding) else None
        base = self._type_of_place(node.base) if isinstance(node, ast.FieldExpr) else None
        if not isinstance(node, ast.FieldExpr) or not isinstance(base, StructType):
            return None
        self.program.nominal_info(base)
        definition = base.definition
        if node.name.text not in definition.field_names:
            return None
        mapping = dict(zip(definition.type_params, base.args, strict=True))
        return resolve(substitute(definition.field_types[definition.field_names.index(node.name.text)], mapping))

    def _plain_call_iter(self, node: ast.MethodCallExpr) -> tuple[hir.Iterable | None, Type]:
        return self._value_iter(self.expr(node), node)

    def _range_adapter(self, node: ast.MethodCallExpr, name: str) -> tuple[hir.Iterable | None, Type] | None:
        receiver: ast.Expression = node.receiver
        step: ast.Expression | None = None
        reverse = False
        calls = [node]
        while isinstance(receiver, ast.MethodCallExpr) and receiver.method.text in ("step", "rev"):
            calls.append(receiver)
            receiver = receiver.receiver
        if isinstance(receiver, ast.RangeExpr):
            for call in reversed(calls):
                method = call.method.text
                if method == "step" and len(call.args) == 1 and step is None:
                    step = call.args[0].value
                    if reverse:
                        return self.not_yet_iter("`rev()` before `step`", node)
                elif method == "rev" and not call.args:
                    reverse = not reverse
                else:
                    meant = {"step_by": "step", "reverse": "rev", "reversed": "rev"}.get(method)
                    if meant is None:
                        self.error("E0205", f"`{method}` takes {'one number' if method == 'step' else 'nothing'}", call)
                    else:
                        self.error(
                            "E0110",
                            f"ranges have no method `{method}`",
                            call.method,
                            helps=[self.replace(f"did you mean `{meant}`?", call.method, meant)],
                        )
                    return None, ERROR
            return self._range(receiver, step, reverse)
        return self._reversed(node) if name == "rev" and not node.args else None

    def _reversed(self, node: ast.MethodCallExpr) -> tuple[hir.Iterable | None, Type]:
        """`.rev()` of an array, of a range that is a value, or of anything that has this method."""
        receiver = node.receiver
        if isinstance(receiver, ast.MethodCallExpr) and receiver.method.text in ("bytes", "rev", "enumerate", "zip"):
            inner, element = self.iterable(receiver)
        else:
            value = self.expr(receiver)
            type_ = self.known(value.type, receiver, "to loop over it")
            if not isinstance(type_, ArrayType | FixedType) and not is_range(type_):
                return self._value_iter(self._method_on(value, type_, node), node)
            inner, element = self._value_iter(value, receiver)
        if isinstance(inner, hir.ArrayIter | hir.RangeIter) or (inner is not None and _is_counted(inner)):
            assert isinstance(inner, hir.ArrayIter | hir.RangeIter | hir.EnumerateIter | hir.ZipIter)
            inner.reverse = not inner.reverse
            return inner, element
        return (None, ERROR) if inner is None else self.not_yet_iter("`rev()` here", node)

    def _method_on(self, value: hir.Expr, type_: Type, node: ast.MethodCallExpr) -> hir.Expr:
        """A method call whose receiver has been checked."""
        if has_error(type_):
            return self.error_value(node)
        method = self.program.find_method(type_, node.method.text, self.scope, self.unifier)
        if method is None:
            self._no_method(type_, node)
            return self.error_value(node)
        return self.call_function(
            method.info, dict(method.mapping), value, node.args, node, node.method, None, None,
            method=method, self_type=type_,
        )  # fmt: skip

    def not_yet_iter(self, what: str, node: ast.Expression) -> tuple[None, Type]:
        """Report an iteration that is not supported yet."""
        self.not_yet(f"{what} is", node)
        return None, ERROR

    def _chars(self, node: ast.MethodCallExpr, receiver: ast.Expression) -> tuple[hir.Iterable | None, Type]:
        value = self.expr(receiver)
        type_ = self.known(value.type, receiver, "to loop over it")
        if type_ != self.program.string_type:
            return self._value_iter(self._method_on(value, type_, node), node)
        decode = self.run_time("decode", "std.string")
        if decode is None or decode.function is None:
            self.error("E0102", "the library's `std.string.decode` is missing", node)
            return None, ERROR
        return hir.CharsIter(start=node.start, end=node.end, text=value, decode=hir.FunctionRef(decode.function)), CHAR

    def _zip(self, node: ast.Expression, parts: list[ast.Expression]) -> tuple[hir.Iterable | None, Type]:
        found = [self.iterable(part) for part in parts]
        if len(found) < 2:
            self.error("E0205", f"`zip` takes two arguments or more, found {len(found)}", node)
            return None, ERROR
        inners = [inner for inner, _ in found if inner is not None]
        if len(inners) != len(found):
            return None, ERROR
        return hir.ZipIter(start=node.start, end=node.end, inners=inners), TupleType(
            tuple([type_ for _, type_ in found])
        )


def _is_counted(iterable: hir.Iterable) -> bool:
    """Whether the number of elements is known in front of a loop, so that it may run backwards."""
    if isinstance(iterable, hir.EnumerateIter):
        return _is_counted(iterable.inner)
    if isinstance(iterable, hir.ZipIter):
        return all(map(_is_counted, iterable.inners))
    return isinstance(iterable, hir.ArrayIter | hir.RangeIter)
