"""
Closures and function values: what they capture, how their types are found, calls of them.

A closure is checked together with the function around it, since each may decide types of the other. Where the types
of its parameters are not known yet (`let add = |a, b| a + b;`), its body waits until a use decides them.
"""

from __future__ import annotations

from luma_ir.frontend import ast, hir
from luma_ir.frontend.ast.visit import walk
from luma_ir.frontend.check.body import OWN_PARAMETER, ClosureFrame
from luma_ir.frontend.check.core import plural
from luma_ir.frontend.check.entities import Binding
from luma_ir.frontend.check.finish import Uses, finish
from luma_ir.frontend.check.inference import TypeVar, has_error, occurs, open_variable, resolve, zonk
from luma_ir.frontend.check.matching import Matching
from luma_ir.frontend.types import ERROR, NEVER, UNIT, FuncType, Type
from luma_ir.ir.diagnostics import Edit, Help, Label, Span


class Closures(Matching):
    """Checks closures and function values."""

    # ---- the state of a closure

    def closure(self, node: ast.ClosureExpr, expected: Type | None) -> hir.Expr:
        """`|x, y| x + y`; `expected` tells the types of the parameters where the closure does not."""
        wanted = resolve(expected) if expected is not None else None
        signature = wanted if isinstance(wanted, FuncType) else None
        failed = wanted is not None and signature is None and type(wanted) is not TypeVar
        if failed and not has_error(wanted or ERROR):
            self.error("E0200", f"expected `{wanted}`, found a closure", node)
        elif signature is not None and len(signature.params) != len(node.params):
            self._wrong_parameters(node, signature)
            failed = True
        if failed:
            signature = FuncType((ERROR,) * len(node.params), ERROR, _written_inout(node))
        errors = self.program.engine.error_count
        type_ = self._signature_of(node, signature)
        failed = failed or self.program.engine.error_count != errors
        frame = self._frame(node, type_)
        unknown = [open_variable(param) for param in type_.params]
        if any(variable is not None and variable.kind == "any" for variable in unknown):
            self._note_reads(node)
            self.waiting.append(frame)
        else:
            self._check(frame)
        return self.error_value(node) if failed or has_error(type_) else frame.make

    def _frame(self, node: ast.ClosureExpr, type_: FuncType) -> ClosureFrame:
        outer = self.frames[-1].function if self.frames else (self.info.function if self.info is not None else None)
        number = self.closures_made
        if self.frames:
            number = self.frames[-1].inner
            self.frames[-1].inner += 1
        else:
            self.closures_made += 1
        type_params = list(outer.type_params) if outer is not None else list(self.scope.params)
        around = outer.symbol if outer is not None else f"{self.module.name}.constant"
        display = outer.display_name if outer is not None else self.module.name
        symbol = self.program.unique_symbol(f"{around}.{{closure#{number}}}")
        function = hir.Function(
            symbol, f"{display}::{{closure}}", type_params, [], type_.result, self.source, node.start, node.end
        )
        if outer is not None:
            function.fastmath = outer.fastmath
        from luma_ir.frontend.types import ParamType

        callee = hir.FunctionRef(function, tuple([ParamType(name) for name in type_params]))
        make = hir.ClosureMake(start=node.start, end=node.end, type=type_, callee=callee, captures=[])
        frame = ClosureFrame(
            node,
            function,
            make,
            type_,
            self.declared_name,
            [dict(scope) for scope in self.scopes],
            self.unassigned,
            self.open_places,
            list(self.frames),
            self.unsafe_depth,
            bool(self.loops) or any(each.loops for each in self.frames),
            self.module,
        )
        self.all_closures.append(frame)
        return frame

    def _signature_of(self, node: ast.ClosureExpr, wanted: FuncType | None) -> FuncType:
        """The type of a closure as far as it is known before its body."""
        params: list[Type] = []
        inout = list(_written_inout(node))
        failed = False
        for number, param in enumerate(node.params):
            subject = f"{OWN_PARAMETER}`{self.text(param.pattern)}`"
            hint = wanted.params[number] if wanted is not None else None
            if param.type is not None:
                written = self.resolve_type(param.type)
                if hint is not None and not self.unifier.try_unify(written, hint):
                    failed = self._other_type(written, hint, param.type, "for this parameter of the closure")
                params.append(written)
            else:
                type_ = hint if hint is not None else self.variable("any", param.start, param.end, subject)
                unknown = resolve(type_)
                if type(unknown) is TypeVar and unknown.kind == "any":
                    unknown.origin, unknown.subject = (param.start, param.end), subject
                params.append(type_)
            if wanted is not None and not has_error(wanted):
                self._check_inout(param, number, wanted, inout)
        result: Type | None = wanted.result if wanted is not None else None
        if node.result is not None:
            written = self.resolve_type(node.result)
            if result is not None and result is not NEVER and not self.unifier.try_unify(written, result):
                failed = self._other_type(written, result, node.result, "as the result of the closure")
            result = written
        elif result is None:
            result = self.variable("any", node.body.start, node.body.end, "the result of this closure")
        # With a wrong parameter the body may well have a result of another type, which is not worth a word.
        return FuncType(tuple(params), ERROR if failed else result, tuple(inout))

    def _other_type(self, written: Type, wanted: Type, node: ast.TypeExpr, what: str) -> bool:
        """Report a type in the head of a closure that is not the one that its place asks for."""
        written, wanted = zonk(written), zonk(wanted)
        if has_error(written) or has_error(wanted):
            return True
        message = f"expected `{wanted}`, found `{written}` {what}"
        helps = [self.replace(f"write `{wanted}`, or leave it out", node, str(wanted))]
        self.error("E0200", message, node, helps=helps)
        return True

    def _check_inout(self, param: ast.ClosureParam, number: int, wanted: FuncType, inout: list[int]) -> None:
        """Compare a parameter's `inout` with what is wanted; `inout` is mended."""
        if (number in wanted.inout) == param.is_inout:
            return
        wanted = zonk(wanted)  # type: ignore[assignment]
        name = self.text(param.pattern)
        if param.is_inout:
            inout.remove(number)
            at = self.source.text.find("inout", param.start)
            edit = Edit(Span(self.source, at, at + 5 + (self.source.text[at + 5 : at + 6] == " ")), "")
            self.error(
                "E0302",
                f"the parameter `{name}` of the closure is not `inout` here: a `{wanted}` is needed",
                param,
                helps=[Help("leave out the `inout`", edit)],
            )
            return
        inout.append(number)
        inout.sort()
        self.error(
            "E0302",
            f"the parameter `{name}` of the closure is `inout` here: a `{wanted}` is needed",
            param,
            helps=[self.insert("say that the closure changes it in place", param.start, "inout ")],
        )

    def _wrong_parameters(self, node: ast.ClosureExpr, wanted: FuncType) -> None:
        wanted = zonk(wanted)  # type: ignore[assignment]
        count = len(wanted.params)
        found = plural(len(node.params), "parameter")
        head_end = node.params[-1].end if node.params else node.start + 2
        helps: list[Help | str] = []
        names = [self.text(param) for param in node.params]
        if len(names) < count:
            shown = ", ".join([*names, *["_"] * (count - len(names))])
            head = self.source.text.find("|", head_end) + 1 if names else head_end
            edit = Edit(Span(self.source, node.start, head), f"|{shown}|")
            helps = [Help("`_` stands for a parameter that is not used", edit)]
        span = Span(self.source, node.start, head_end)
        self.program.engine.error(
            "E0221",
            f"this closure has {found}, but a `{wanted}` with {count} is needed",
            span,
            helps=helps,
        )

    def _note_reads(self, node: ast.ClosureExpr) -> None:
        """Count variables that a closure mentions as used, since its body is looked at later."""
        for inner in walk(node.body):
            if isinstance(inner, ast.NameExpr):
                found = self.find(inner.name)
                if isinstance(found, Binding):
                    found.used = True

    # ---- bodies

    def _check(self, frame: ClosureFrame) -> None:
        """Check the body of a closure where it is made, whatever has been looked at since."""
        saved = (
            self.scopes, self.frames, self.result, self.loops, self.diverges, self.unassigned, self.open_places,
            self.unsafe_depth, self.declared_name, self.warned_unreachable, self.module,
        )  # fmt: skip
        self.module = self.scope.module = frame.module or self.module
        self.scopes = [*frame.scopes, {}]
        self.scope.local_items = self.scopes
        self.frames = [*frame.frames, frame]
        self.result = frame.type.result
        self.loops, self.diverges, self.unassigned, self.open_places = [], False, frame.unassigned, []
        self.unsafe_depth, self.declared_name = frame.unsafe_depth, None
        try:
            statements = self._bind_params(frame)
            frame.function.body = self._body(frame, statements)
            self.pop()
        finally:
            (
                self.scopes, self.frames, self.result, self.loops, self.diverges, self.unassigned, self.open_places,
                self.unsafe_depth, self.declared_name, self.warned_unreachable, self.module,
            ) = saved  # fmt: skip
            self.scope.module = self.module
            self.scope.local_items = self.scopes

    def _bind_params(self, frame: ClosureFrame) -> list[hir.Statement]:
        """Declare the parameters; a pattern is taken apart by the statements that are returned."""
        statements: list[hir.Statement] = []
        names: dict[str, ast.Name] = {}
        for number, (param, type_) in enumerate(zip(frame.node.params, frame.type.params, strict=True)):
            pattern = param.pattern
            is_inout = number in frame.type.inout
            if isinstance(pattern, ast.BindingPattern) and pattern.pattern is None:
                name = pattern.name
                if name.text in names:
                    self.error("E0105", f"the parameter `{name.text}` is declared twice", name)
                names[name.text] = name
                kind = "inout" if is_inout else "parameter"
                local = self.declare(name.text, type_, name.start, name.end, kind)
            else:
                local = self.hidden_local(type_, param.start)
                if not isinstance(pattern, ast.WildcardPattern):
                    if is_inout:
                        self.error("E0219", "an `inout` parameter is a single name", pattern)
                    made = self.irrefutable(pattern, type_, "parameter")
                    value = self.read_local(local, pattern)
                    statements.append(hir.Let(start=pattern.start, end=pattern.end, pattern=made, value=value))
            frame.own_params.append(hir.Param(local, is_inout))
        return statements

    def _body(self, frame: ClosureFrame, statements: list[hir.Statement]) -> hir.Block:
        node, result = frame.node.body, frame.type.result
        wanted = resolve(result)
        if wanted == UNIT:
            if isinstance(node, ast.Block):
                value: hir.Expr = self.block(node, UNIT, discard=True)
            else:
                value = self.statement_expr(node)
                self.check_unused_value(value, node)
        else:
            value = self.expr(node, result)
            found = resolve(value.type)
            if found is NEVER:
                if type(wanted) is TypeVar:
                    self.never_results.append(wanted)
            else:
                last = node.value if isinstance(node, ast.Block) and node.value is not None else node
                if found == UNIT and isinstance(last, ast.IfExpr | ast.ForExpr | ast.WhileExpr) and last is not node:
                    self._no_value(result, node)
                else:
                    value = self.coerce(value, result, last, self._result_of(frame))
        type_ = NEVER if resolve(value.type) is NEVER else result
        if wanted == UNIT and resolve(value.type) is not NEVER:
            statements.append(hir.ExprStatement(start=value.start, end=value.end, value=value))
            return hir.Block(start=node.start, end=node.end, type=UNIT, statements=statements, value=None)
        return hir.Block(start=node.start, end=node.end, type=type_, statements=statements, value=value)

    def _result_of(self, frame: ClosureFrame) -> str:
        if frame.node.start == frame.node.body.start:
            # Nobody wrote this closure: it is around a call of a function that is handed on.
            return f"as the result of `{self.text(frame.node)}`"
        return "as the result of the closure"

    def _no_value(self, result: Type, node: ast.Node) -> None:
        """Report a body that ends with something that gives no value."""
        wanted = zonk(result)
        if self.unifier.try_unify(result, UNIT) or has_error(wanted):
            return
        span = Span(self.source, node.end - 1, node.end)
        message = f"the closure gives `{wanted}`, but its body ends without a value"
        self.program.engine.error("E0215", message, span)

    def captured(self, binding: Binding, node: ast.Node) -> Binding:
        """The parameter of the innermost closure that holds a variable of a function around it."""
        for frame in self.frames[binding.depth :]:
            known = frame.captures.get(binding.local)
            if known is None:
                known = self._capture(frame, binding, node)
            binding = known
        return binding

    def _capture(self, frame: ClosureFrame, binding: Binding, node: ast.Node) -> Binding:
        outer = binding.local
        binding.used = True
        local = hir.Local(outer.name, outer.type, outer.start)
        known = Binding(local, "capture", binding.start, binding.end, True, depth=len(frame.frames) + 1)
        frame.captures[outer] = known
        frame.capture_params.append(hir.Param(local, False))
        self.bindings_of[local] = known
        at = hir.Place(start=node.start, end=node.end, root=outer, steps=[], type=outer.type)
        frame.make.captures.append(hir.Read(start=node.start, end=node.end, type=outer.type, place=at))
        if outer in frame.unassigned:
            frame.unassigned -= {outer}
            self.error(
                "E0304",
                f"the variable `{outer.name}` may not have a value yet when the closure captures it",
                node,
                labels=[Label(Span(self.source, binding.start, binding.end), "declared here without a value")],
                helps=["assign it before the closure is made"],
            )
        if frame.open_places:
            current = self.open_places
            self.open_places = frame.open_places
            self._check_open(at, "captured")
            self.open_places = current
        return known

    # ---- bodies that wait

    def progress(self) -> None:
        """Check the closures that wait and whose parameters are known by now."""
        while self.waiting:
            ready = next((frame for frame in self.waiting if not _unknown_params(frame)), None)
            if ready is None:
                return
            self.waiting.remove(ready)
            self._check(ready)

    def force(self, variable: TypeVar | None) -> bool:
        """
        Check the closures that wait and on which a type variable depends, all of them when it is None. False when
        there were none.
        """
        if not self.waiting:
            return False
        self.progress()
        found = [frame for frame in self.waiting if variable is None or _decides(frame, variable)]
        for frame in found:
            if frame in self.waiting:
                self.waiting.remove(frame)
                self._check(frame)
        if variable is None and self.waiting:
            self.force(None)
        return bool(found) or variable is None or variable.link is not None

    def known(self, type_: Type, node: ast.Node | hir.Node, what: str) -> Type:
        """As for every body, but a closure that waits may tell."""
        found = resolve(type_)
        if type(found) is TypeVar and found.kind == "any":
            if self.waiting:
                self.force(found)
            found = resolve(type_)
            if type(found) is TypeVar and found.kind == "any" and found.subject.startswith(OWN_PARAMETER):
                self._unknown_parameter(found, node, what)
                return ERROR
        return super().known(found, node, what)

    def _unknown_parameter(self, variable: TypeVar, node: ast.Node | hir.Node, what: str) -> None:
        start, end = variable.origin
        name = variable.subject.removeprefix(OWN_PARAMETER)
        self.error(
            "E0201",
            f"the type of the closure's parameter {name} must be known {what}",
            node,
            labels=[Label(Span(self.source, start, end), "nothing before this tells its type")],
            helps=[self.insert("write the type of the parameter", end, ": T")],
        )
        self.unifier.link(variable, ERROR)

    def finish_closures(self) -> None:
        """Decide what closures left open; called before the types of a body are settled."""
        self.force(None)
        for variable in self.never_results:
            if variable.link is None and variable.kind == "any":
                self.unifier.link(variable, UNIT)

    def finish_closure(self, frame: ClosureFrame, settle: object, resolve_method: object) -> None:
        """Write the final types into a closure's function, and hand it to the program."""
        function = frame.function
        if function.body is None:
            return
        function.params = [*frame.capture_params, *frame.own_params]
        uses = Uses()
        parts: list = [[param.local for param in function.params], function.body]
        finish(parts, uses, settle, resolve_method)  # pyright: ignore[reportArgumentType]
        make = frame.make
        make.type = settle(make.type)  # pyright: ignore[reportCallIssue]
        assert isinstance(make.type, FuncType)
        function.result = make.type.result
        uses.add_type(make.type)
        self.program.generated[function.symbol] = (function, uses)

    # ---- calls of function values

    def call_value(
        self, function: hir.Expr, args: list[ast.Argument], node: ast.Expression, expected: Type | None
    ) -> hir.Expr:
        """A call of a value; `function` is what is called."""
        type_ = resolve(function.type)
        if type(type_) is TypeVar and type_.kind == "any":
            self.force(type_)
            type_ = resolve(type_)
            if type(type_) is TypeVar and type_.kind == "any":
                type_ = self._called_type(type_, args, node)
        if type_ is ERROR or type_ is NEVER or has_error(type_):
            self._check_args_anyway(args)
            return self.error_value(node)
        if not isinstance(type_, FuncType):
            self._check_args_anyway(args)
            helps = []
            if isinstance(function, hir.Read) and not args:
                helps = ["without the parentheses it is the value"]
            self.error("E0202", f"a value of type `{type_}` cannot be called", node, helps=helps)
            return self.error_value(node)
        if len(args) != len(type_.params):
            self._check_args_anyway(args)
            what = plural(len(type_.params), "argument")
            shown = f"the function value is a `{zonk(type_)}`" if open_variable(type_) is None else ""
            self.error(
                "E0205",
                f"`{self.text(function)}` takes {what}, found {len(args)}",
                node,
                helps=[shown] if shown else [],
            )
            return self.error_value(node)
        if expected is not None and open_variable(type_.result) is not None:
            self._hint(type_.result, expected)
        mark = self.virtual_mark()
        checked = self._value_args(function, type_, args)
        if checked is None:
            return self.error_value(node)
        if len(type_.inout) > 1:
            self.check_exclusive(checked, node)
        self.progress()
        result = resolve(type_.result)
        if result is NEVER:
            self.diverges = True
        call = hir.CallValue(start=node.start, end=node.end, type=result, function=function, args=checked)
        return self.with_write_backs(mark, call)

    def _called_type(self, variable: TypeVar, args: list[ast.Argument], node: ast.Expression) -> Type:
        """The type of something unknown that is called: a function value of as many parameters as there are."""
        params = tuple([self.variable("any", arg.start, arg.end, "this argument") for arg in args])
        result = self.variable("any", node.start, node.end, "the result of this call")
        inout = tuple([number for number, arg in enumerate(args) if isinstance(arg.value, ast.InoutExpr)])
        made = FuncType(params, result, inout)
        self.unifier.link(variable, made)
        return made

    def _value_args(self, function: hir.Expr, type_: FuncType, args: list[ast.Argument]) -> list[hir.Arg] | None:
        """The arguments of a call of a value in the order of evaluation; None after a report."""
        checked: list[hir.Arg | None] = [None] * len(args)
        name = self.text(function)
        # As in calls of functions, closures come last: the other arguments may tell the types of their parameters.
        order = sorted(range(len(args)), key=lambda number: isinstance(args[number].value, ast.ClosureExpr))
        for number in order:
            arg, wanted = args[number], type_.params[number]
            if arg.name is not None:
                self.error("E0206", "the parameters of a function value have no names", arg.name)
            value = arg.value
            if number not in type_.inout:
                if isinstance(value, ast.InoutExpr):
                    self.place_or_value(value.place)
                    edit = Edit(Span(self.source, value.start, value.place.start), "")
                    message = f"this parameter of `{name}` is not `inout`: it is a `{zonk(type_)}`"
                    self.error("E0302", message, value, helps=[Help("leave out the `&`", edit)])
                    continue
                checked[number] = hir.ValueArg(param=number, value=self.expr_as(value, wanted, f"for `{name}`"))
                continue
            if not isinstance(value, ast.InoutExpr):
                found = self.place_or_value(value)
                if not has_error(found.type):
                    helps = [self.insert("mark the place that it changes with `&`", value.start, "&")]
                    message = f"this parameter of `{name}` is `inout`: it is a `{zonk(type_)}`"
                    self.error("E0302", message, value, helps=helps)
                continue
            place = self.inout_place(value.place, f"`{name}`")
            if place is None:
                continue
            if not self.unifier.try_unify(place.type, wanted):
                self.mismatch(place.type, wanted, value.place, f"for `{name}`")
                continue
            checked[number] = hir.InoutArg(param=number, place=place)
        complete = [arg for arg in checked if arg is not None]
        return complete if len(complete) == len(args) else None


def _written_inout(node: ast.ClosureExpr) -> tuple[int, ...]:
    return tuple([number for number, param in enumerate(node.params) if param.is_inout])


def _unknown_params(frame: ClosureFrame) -> bool:
    found = [open_variable(param) for param in frame.type.params]
    return any(variable is not None and variable.kind == "any" for variable in found)


def _decides(frame: ClosureFrame, variable: TypeVar) -> bool:
    return occurs(variable, frame.type.result)


__all__ = ["ClosureFrame", "Closures"]
