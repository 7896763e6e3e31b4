"""Functions that the checker expands (`print`, `panic`, `assert`, …), f-strings and format specs."""

from __future__ import annotations

import re

from luma_ir.frontend import ast, hir
from luma_ir.frontend.check.calls import Calls
from luma_ir.frontend.check.entities import Binding, FunctionInfo
from luma_ir.frontend.check.inference import has_error, resolve
from luma_ir.frontend.types import (
    BOOL,
    CHAR,
    F64,
    I64,
    NEVER,
    U8,
    U64,
    UNIT,
    FloatType,
    IntType,
    PtrType,
    TupleType,
    Type,
)

_PRINTERS = {"print": ("print_string", "\n"), "eprint": ("eprint_string", "\n"), "write": ("print_string", "")}

_FORMATTERS = {
    "format_signed": "std.fmt",
    "format_unsigned": "std.fmt",
    "format_text": "std.fmt",
    "format_float": "std.float_text",
}
"""The modules of the functions that format by a spec."""


_BRACED = re.compile(r"(?<!\{)\{([A-Za-z_]\w*)(?::[^{}]*)?\}(?!\})")


class Builtins(Calls):
    """Expands builtin functions."""

    def builtin_call(self, name: str, node: ast.CallExpr, expected: Type | None) -> hir.Expr:
        """A call of one of `BUILTINS`."""
        for arg in node.args:
            if arg.name is not None:
                self.error("E0206", f"`{name}` has no named parameters", arg.name)
            if isinstance(arg.value, ast.InoutExpr):
                self.error("E0302", f"`{name}` changes nothing", arg.value, helps=["leave out the `&`"])
                self._check_args_anyway(node.args)
                return self.error_value(node)
        if name in _PRINTERS:
            return self._print(name, node)
        if name == "panic":
            return self._panic(node)
        if name == "assert":
            return self._assert(node)
        if name in ("assert_eq", "assert_ne"):
            return self._assert_equality(name, node)
        if name in ("unreachable", "todo"):
            return self._stop(name, node)
        self._check_args_anyway(node.args)
        self.error("E0210", f"`{name}` stands only as what a `for` runs over", node)
        return self.error_value(node)

    def run_time(self, name: str, module: str = "std.rt") -> FunctionInfo | None:
        """A function of the library that the language needs."""
        self.program.load_library(tuple(module.split(".")))
        found = self.program.library_item(module, name)
        return self.program.function(found) if isinstance(found, FunctionInfo) else None

    def run_time_call(self, name: str, values: list[hir.Expr], node: ast.Node, module: str = "std.rt") -> hir.Expr:
        """A call of such a function, by value."""
        info = self.run_time(name, module)
        if info is None or info.function is None:
            self.error("E0102", f"the library's `{module}.{name}` is missing", node)
            return self.error_value(node)
        args: list[hir.Arg] = [hir.ValueArg(param=number, value=value) for number, value in enumerate(values)]
        return hir.Call(
            start=node.start, end=node.end, type=info.function.result, callee=hir.FunctionRef(info.function), args=args
        )

    def _wrong_arguments(self, name: str, wanted: str, node: ast.CallExpr) -> hir.Expr:
        self._check_args_anyway(node.args)
        self.error("E0205", f"`{name}` takes {wanted}, found {len(node.args)}", node)
        return self.error_value(node)

    def _print(self, name: str, node: ast.CallExpr) -> hir.Expr:
        function, end = _PRINTERS[name]
        parts: list[str | hir.AppendCall] = []
        failed = False
        for number, arg in enumerate(node.args):
            if number:
                parts.append(" ")
            value = self.expr(arg.value)
            failed = not self.show(value, None, parts, arg.value) or failed
        parts.append(end)
        if failed:
            return hir.Constant(start=node.start, end=node.end, type=UNIT, value=0)
        return self.run_time_call(function, [self.text_of(parts, node)], node)

    def text_of(self, parts: list[str | hir.AppendCall], node: ast.Node) -> hir.Expr:
        """A string made of parts: a constant where it is all literal."""
        joined: list[str | hir.AppendCall] = []
        for part in parts:
            if isinstance(part, str) and joined and isinstance(joined[-1], str):
                joined[-1] += part
            elif part != "":
                joined.append(part)
        string = self.program.string_type
        if not joined:
            return hir.Constant(start=node.start, end=node.end, type=string, value="")
        if len(joined) == 1:
            only = joined[0]
            if isinstance(only, str):
                return hir.Constant(start=node.start, end=node.end, type=string, value=only)
            if only.args and resolve(only.args[0].type) == string and isinstance(only.callee, hir.TraitMethodRef):
                return only.args[0]
        return hir.Interpolation(start=node.start, end=node.end, type=string, parts=joined)

    def _panic(self, node: ast.CallExpr) -> hir.Expr:
        if len(node.args) > 1:
            return self._wrong_arguments("panic", "a message", node)
        self_diverges = True
        if not node.args:
            made: hir.Expr = hir.Panic(start=node.start, end=node.end, type=NEVER, message="explicit panic")
        else:
            text = self.expr_as(node.args[0].value, self.program.string_type, "as the message of a panic")
            if has_error(text.type):
                return self.error_value(node)
            made = self._panic_with(text, node)
        self.diverges = self_diverges
        return made

    def _panic_with(self, text: hir.Expr, node: ast.Node) -> hir.Expr:
        if isinstance(text, hir.Constant):
            return hir.Panic(start=node.start, end=node.end, type=NEVER, message=str(text.value))
        place = hir.Location(start=node.start, end=node.end, type=PtrType(U8))
        return self.run_time_call("panic_string", [text, place], node)

    def _stop(self, name: str, node: ast.CallExpr) -> hir.Expr:
        if node.args:
            return self._wrong_arguments(name, "no arguments", node)
        self.diverges = True
        message = "entered unreachable code" if name == "unreachable" else "not done yet"
        return hir.Panic(start=node.start, end=node.end, type=NEVER, message=message)

    def _assert(self, node: ast.CallExpr) -> hir.Expr:
        if not 1 <= len(node.args) <= 2:
            return self._wrong_arguments("assert", "a condition and perhaps a message", node)
        condition = self.expr_as(node.args[0].value, BOOL, "as a condition")
        if len(node.args) == 1:
            text = " ".join(self.text(node.args[0].value).split())
            message = f"assertion failed: {text}"
            return hir.Assert(start=node.start, end=node.end, type=UNIT, condition=condition, message=message)
        text_value = self.expr_as(node.args[1].value, self.program.string_type, "as the message of an assertion")
        if isinstance(text_value, hir.Constant):
            return hir.Assert(
                start=node.start,
                end=node.end,
                type=UNIT,
                condition=condition,
                message=f"assertion failed: {text_value.value}",
            )
        parts: list[str | hir.AppendCall] = ["assertion failed: "]
        self.show(text_value, None, parts, node.args[1].value)
        return self._unless(condition, self._panic_with(self.text_of(parts, node), node), node)

    def _unless(self, condition: hir.Expr, panic: hir.Expr, node: ast.Node) -> hir.Expr:
        negated = hir.Unary(start=node.start, end=node.end, type=BOOL, operator="!", operand=condition)
        body = hir.Block(
            start=node.start,
            end=node.end,
            type=NEVER,
            statements=[hir.ExprStatement(start=node.start, end=node.end, value=panic)],
            value=None,
        )
        return hir.If(start=node.start, end=node.end, type=UNIT, condition=negated, then=body, otherwise=None)

    def _assert_equality(self, name: str, node: ast.CallExpr) -> hir.Expr:
        """`assert_eq` and `assert_ne`; the library says what differs."""
        if not 2 <= len(node.args) <= 3:
            return self._wrong_arguments(name, "two values and perhaps a message", node)
        lhs_node, rhs_node = node.args[0].value, node.args[1].value
        lhs = self.expr(lhs_node)
        rhs = self.expr(rhs_node, lhs.type)
        comparison = ast.BinaryExpr(lhs_node.start, rhs_node.end, "==", lhs_node, rhs_node, lhs_node.end)
        if not self.unifier.try_unify(lhs.type, rhs.type) and not (
            self.adapt(lhs, rhs.type) or self.adapt(rhs, lhs.type)
        ):
            return self.binary_values("==", lhs, rhs, comparison)
        if has_error(lhs.type):
            return self.error_value(node)
        let_lhs, local_lhs = self.bind_hidden(lhs)
        let_rhs, local_rhs = self.bind_hidden(rhs)
        first = len(self.obligations)
        holds = self.binary_values("==", self.read_local(local_lhs, lhs), self.read_local(local_rhs, rhs), comparison)
        if name == "assert_ne":
            holds = hir.Unary(start=node.start, end=node.end, type=BOOL, operator="!", operand=holds)
        is_text = resolve(lhs.type) == self.program.string_type
        sides = ((local_lhs, lhs, lhs_node), (local_rhs, rhs, rhs_node))
        values: list[hir.Expr] = []
        for local, value, side in sides if name == "assert_eq" else sides[:1]:
            parts: list[str | hir.AppendCall] = []
            if not self.show(self.read_local(local, value), None, parts, side, debug=not is_text):
                return self.error_value(node)
            values.append(self.text_of(parts, side))
        for demand in self.obligations[first:]:
            demand.start, demand.end, demand.reason = node.start, node.end, f"`{name}` needs it"
        values.append(hir.Constant(start=node.start, end=node.end, type=BOOL, value=is_text))
        note: hir.Expr = hir.Constant(start=node.end, end=node.end, type=self.program.string_type, value="")
        if len(node.args) == 3:
            note = self.expr_as(node.args[2].value, self.program.string_type, "as the message of an assertion")
        values += [note, hir.Location(start=node.start, end=node.end, type=PtrType(U8))]
        function = "fail_equal" if name == "assert_eq" else "fail_different"
        check = self._unless(holds, self.run_time_call(function, values, node, "std.assertion"), node)
        statements: list[hir.Statement] = [
            let_lhs,
            let_rhs,
            hir.ExprStatement(start=node.start, end=node.end, value=check),
        ]
        return hir.Block(start=node.start, end=node.end, type=UNIT, statements=statements, value=None)

    # ---- f-strings

    def fstring(self, node: ast.FString, expected: Type | None) -> hir.Expr:
        """`f"…{value:spec}…"`."""
        parts: list[str | hir.AppendCall] = []
        for segment in node.segments:
            if isinstance(segment, ast.FStringText):
                parts.append(segment.value)
            else:
                self.show(self.expr(segment.value), segment.spec, parts, segment.value)
        return self.text_of(parts, node)

    def show(
        self,
        value: hir.Expr,
        spec: ast.FormatSpec | None,
        parts: list[str | hir.AppendCall],
        node: ast.Node,
        debug: bool = False,
    ) -> bool:
        """Add the parts that make text of a value; False after a report."""
        type_ = resolve(value.type)
        if has_error(type_):
            return False
        if type_ is NEVER:
            parts.append(hir.AppendCall(callee=self._never_shown(), args=[value]))
            return True
        if isinstance(type_, TupleType) and not type_.elements:
            self.error("E0212", "this has no value that could be shown", node)
            return False
        if spec is None or not spec.text:
            if isinstance(value, hir.Constant) and isinstance(value.value, str) and not debug:
                if isinstance(node, ast.StringLiteral) and "{" in value.value:
                    self._check_braces(value.value, node)
                parts.append(value.value)
                return True
            if isinstance(value, hir.Interpolation) and not debug:
                parts += value.parts
                return True
            trait, method = ("Debug", "debug") if debug else ("Show", "show")
            callee = self.trait_callee(trait, method, type_, node, "its text is needed here")
            if callee is None:
                return False
            parts.append(hir.AppendCall(callee=callee, args=[value]))
            return True
        return self._formatted(value, spec, parts, node)

    def _check_braces(self, text: str, node: ast.StringLiteral) -> None:
        """Warn about a plain string that looks like an f-string: it has a variable between braces."""
        for name in _BRACED.findall(text):
            if isinstance(self.find(name), Binding) and self.source.text[node.start] == '"':
                message = f"`{{{name}}}` is not replaced in a plain string"
                helps = [self.insert("an f-string shows values", node.start, "f")]
                self.warning("W0005", message, node.start, node.end, helps)
                return

    def _never_shown(self) -> hir.Callee:
        info = self.run_time("print_string")
        assert info is not None and info.function is not None
        return hir.FunctionRef(info.function)

    def _spec_error(self, message: str, spec: ast.FormatSpec, helps: tuple[str, ...] = ()) -> bool:
        self.error("E0217", message, spec, helps=helps)
        return False

    def _formatted(
        self, value: hir.Expr, spec: ast.FormatSpec, parts: list[str | hir.AppendCall], node: ast.Node
    ) -> bool:
        type_ = self.known(value.type, node, "to format it")
        kind = spec.kind
        if isinstance(type_, IntType) and kind in ("e", "f", "g", "%"):
            value = hir.Cast(start=value.start, end=value.end, type=F64, value=value)
            type_ = F64
        if isinstance(type_, IntType):
            return self._format_integer(value, type_, spec, parts)
        if isinstance(type_, FloatType):
            return self._format_float(value, type_, spec, parts)
        return self._format_text(value, type_, spec, parts, node)

    def _format_integer(
        self, value: hir.Expr, type_: IntType, spec: ast.FormatSpec, parts: list[str | hir.AppendCall]
    ) -> bool:
        if spec.kind == "s":
            return self._spec_error(f"the kind `s` is for text, found `{type_}`", spec)
        if spec.precision is not None:
            return self._spec_error("an integer has no precision", spec, ("the kind `f` shows it as a float",))
        wide = I64 if type_.signed else U64
        if type_ != wide:
            value = hir.Cast(start=value.start, end=value.end, type=wide, value=value)
        name = "format_signed" if type_.signed else "format_unsigned"
        args = [
            value,
            self._char(spec, self._fill(spec)),
            self._char(spec, spec.align),
            self._char(spec, spec.sign),
            self._bool(spec, spec.alternate),
            self._bool(spec, spec.zero),
            self._size(spec, spec.width, 0),
            self._bool(spec, spec.grouping),
            self._char(spec, spec.kind),
        ]
        return self._append(name, args, spec, parts)

    def _format_float(
        self, value: hir.Expr, type_: FloatType, spec: ast.FormatSpec, parts: list[str | hir.AppendCall]
    ) -> bool:
        if spec.kind in ("b", "d", "o", "x", "X", "s"):
            wanted = "text" if spec.kind == "s" else "integers"
            return self._spec_error(
                f"the kind `{spec.kind}` is for {wanted}, found `{type_}`",
                spec,
                ("floats have the kinds `e`, `f`, `g` and `%`",),
            )
        if type_ != F64:
            value = hir.Cast(start=value.start, end=value.end, type=F64, value=value)
        args = [
            value,
            self._char(spec, self._fill(spec)),
            self._char(spec, spec.align),
            self._char(spec, spec.sign),
            self._bool(spec, spec.alternate),
            self._bool(spec, spec.zero),
            self._size(spec, spec.width, 0),
            self._bool(spec, spec.grouping),
            self._size(spec, spec.precision, -1),
            self._char(spec, spec.kind),
        ]
        return self._append("format_float", args, spec, parts)

    def _format_text(
        self, value: hir.Expr, type_: Type, spec: ast.FormatSpec, parts: list[str | hir.AppendCall], node: ast.Node
    ) -> bool:
        if spec.kind not in (None, "s"):
            return self._spec_error(f"the kind `{spec.kind}` is for numbers, found `{type_}`", spec)
        if spec.sign is not None or spec.grouping or spec.alternate or spec.align == "=":
            return self._spec_error(f"sign, `#`, `,` and `=` are for numbers, found `{type_}`", spec)
        if type_ != self.program.string_type:
            callee = self.trait_callee("Show", "show", type_, node, "its text is needed here")
            if callee is None:
                return False
            inner: list[str | hir.AppendCall] = [hir.AppendCall(callee=callee, args=[value])]
            value = hir.Interpolation(start=value.start, end=value.end, type=self.program.string_type, parts=inner)
        fill = self._fill(spec) or ("0" if spec.zero else None)
        args = [
            value,
            self._char(spec, fill),
            self._char(spec, spec.align),
            self._size(spec, spec.width, 0),
            self._size(spec, spec.precision, -1),
        ]
        return self._append("format_text", args, spec, parts)

    def _append(self, name: str, args: list[hir.Expr], spec: ast.FormatSpec, parts: list[str | hir.AppendCall]) -> bool:
        info = self.run_time(name, _FORMATTERS[name])
        if info is None or info.function is None or len(info.params) != len(args) + 1:
            self.error("E0102", f"the library's `{_FORMATTERS[name]}.{name}` is missing or has another signature", spec)
            return False
        parts.append(hir.AppendCall(callee=hir.FunctionRef(info.function), args=args))
        return True

    @staticmethod
    def _fill(spec: ast.FormatSpec) -> str | None:
        written = spec.align is not None and spec.text[:1] == spec.fill and spec.text[1:2] == spec.align
        return spec.fill if written else None

    @staticmethod
    def _char(spec: ast.FormatSpec, value: str | None) -> hir.Expr:
        return hir.Constant(start=spec.start, end=spec.end, type=CHAR, value=value or "\0")

    @staticmethod
    def _bool(spec: ast.FormatSpec, value: bool) -> hir.Expr:
        return hir.Constant(start=spec.start, end=spec.end, type=BOOL, value=value)

    def _size(self, spec: ast.FormatSpec, written: int | ast.Expression | None, missing: int) -> hir.Expr:
        """A width or precision: a constant, or an expression of the program."""
        if isinstance(written, ast.Expression):
            return self.expr_as(written, I64, "for a width or precision")
        value = missing if written is None else written
        return hir.Constant(start=spec.start, end=spec.end, type=I64, value=value)
