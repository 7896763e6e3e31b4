"""
Functions, methods and variants as values.

What has no function of its own to point to (an `#[op]`, a trait's method, a variant, a builtin) gets a closure around a
call of it: `xs.map(Some)` is `xs.map(|value| Some(value))`.
"""

from __future__ import annotations

from luma_ir.frontend import ast, hir
from luma_ir.frontend.check.closures import Closures
from luma_ir.frontend.check.core import plural
from luma_ir.frontend.check.entities import FunctionInfo, TraitInfo
from luma_ir.frontend.check.inference import has_error, resolve, substitute
from luma_ir.frontend.check.names import BUILTINS, Named
from luma_ir.frontend.types import NEVER, EnumType, FuncType, Type

_VALUE = "value"
"""How the parameters of a closure around a call begin; no name of the source has the `#` that follows."""


class FunctionValues(Closures):
    """Checks names of functions that stand where a value does."""

    def name_expr(self, node: ast.NameExpr, expected: Type | None) -> hir.Expr:
        """A name; that of a builtin function is a value where a function is expected."""
        wanted = resolve(expected) if expected is not None else None
        if (
            isinstance(wanted, FuncType)
            and node.name in BUILTINS
            and node.name != "zip"
            and self.find(node.name) is None
            and self.program.lookup(self.module, node.name) is None
        ):
            return self._around(node, wanted)
        return super().name_expr(node, expected)

    def function_value(self, named: Named, node: ast.Expression, expected: Type | None) -> hir.Expr:
        """A function as a value of its type."""
        info = named.entity
        assert isinstance(info, FunctionInfo)
        if not self.wants_function(expected):
            self.expr_of_other_type(f"the function `{info.display}`", node, expected, "(…)")
            return self.error_value(node)
        if named.kind == "method":
            self.check_visible(info, node)
        self.program.function(info)
        function = info.function
        assert function is not None
        mapping = dict(named.mapping)
        if info.own_type_params:
            self._own_type_args(info, mapping, named.type_args, node)
        elif named.type_args:
            self.error("E0213", f"`{info.display}` takes no type arguments", named.type_args[0])
        params = tuple([substitute(param.type, mapping) for param in info.params])
        inout = tuple([number for number, param in enumerate(info.params) if param.inout])
        type_ = FuncType(params, substitute(function.result, mapping), inout)
        if has_error(type_):
            return self.error_value(node)
        wanted = resolve(expected) if expected is not None else None
        if isinstance(wanted, FuncType):
            if type_.result is NEVER and resolve(wanted.result) is not NEVER:
                return self._around(node, wanted if len(wanted.params) == len(params) else type_)
            self.unifier.try_unify(type_, wanted)
        # A panic of a `#[track_caller]` function is that of the place where its value is made.
        has_no_code = info.op_name is not None or info.is_extern or isinstance(info.owner, TraitInfo)
        if has_no_code or info.is_unsafe or function.track_caller:
            return self._around(node, type_)
        if info.deprecated is not None:
            reason = f": {info.deprecated}" if info.deprecated else ""
            self.warning("W0006", f"`{info.display}` is deprecated{reason}", node.start, node.end)
        self._require_bounds(info, mapping, node, None)
        callee = hir.FunctionRef(function, tuple([mapping[name] for name in function.type_params]))
        return hir.ClosureMake(start=node.start, end=node.end, type=type_, callee=callee, captures=[])

    def variant_value(self, named: Named, node: ast.Expression, expected: Type | None) -> hir.Expr:
        """A variant as a function of its payload."""
        type_ = named.type
        assert isinstance(type_, EnumType)
        definition = type_.definition
        name, payload = definition.variants[named.number], definition.payloads[named.number]
        if definition.payload_names[named.number] is not None:
            helps = [f"write a closure: `|…| {self.text(node)} {{ … }}`"]
            self.error("E0207", f"the fields of the variant `{name}` are given in braces", node, helps=helps)
            return self.error_value(node)
        wanted = resolve(expected) if expected is not None else None
        if isinstance(wanted, FuncType) and len(wanted.params) != len(payload):
            taken = plural(len(payload), "value")
            self.error("E0221", f"the variant `{name}` takes {taken}, but a `{wanted}` is needed", node)
            return self.error_value(node)
        mapping = dict(zip(definition.type_params, type_.args, strict=True))
        made = FuncType(tuple([substitute(each, mapping) for each in payload]), type_)
        if wanted is not None:
            self.unifier.try_unify(made, wanted)
        return self._around(node, made)

    def expr_of_other_type(self, what: str, node: ast.Expression, expected: Type | None, call: str) -> None:
        """Report a function where a value of another type is expected."""
        if expected is None or has_error(expected):
            return
        text = self.text(node)
        helps = [self.replace(f"to call it, write `{text}{call}`", node, f"{text}()")] if call == "()" else []
        self.error(
            "E0200",
            f"expected `{self.default(expected)}`, found {what}",
            node,
            helps=helps or [f"to call it, write `{text}{call}`"],
        )

    def _around(self, node: ast.Expression, type_: FuncType) -> hir.Expr:
        """A closure of a type around a call of what `node` names."""
        start, end = node.start, node.end
        params: list[ast.ClosureParam] = []
        args: list[ast.Argument] = []
        for number in range(len(type_.params)):
            name = ast.Name(start, end, f"{_VALUE}#{number}")
            is_inout = number in type_.inout
            pattern = ast.BindingPattern(start, end, name, None)
            params.append(ast.ClosureParam(start, end, pattern, is_inout, None))
            value: ast.Expression = ast.NameExpr(start, end, name.text)
            args.append(ast.Argument(start, end, None, ast.InoutExpr(start, end, value) if is_inout else value))
        call = ast.CallExpr(start, end, node, args)
        return self.closure(ast.ClosureExpr(start, end, params, None, call), type_)


__all__ = ["FunctionValues"]
