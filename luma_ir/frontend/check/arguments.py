"""Arguments of calls: positional and named ones, defaults, receivers, `inout`."""

from __future__ import annotations

from luma_ir.frontend import ast, hir
from luma_ir.frontend.check.aggregates import Aggregates
from luma_ir.frontend.check.core import plural, spelling_help
from luma_ir.frontend.check.entities import (
    FunctionInfo,
    ParamInfo,
)
from luma_ir.frontend.check.inference import has_error, substitute
from luma_ir.frontend.types import (
    Type,
)
from luma_ir.ir.diagnostics import Edit, Help, Label, Span


class Arguments(Aggregates):
    """Checks arguments."""

    def _check_args_anyway(self, args: list[ast.Argument]) -> None:
        """Look at the arguments of a call whose function is not known, for their own errors."""
        for arg in args:
            if isinstance(arg.value, ast.InoutExpr):
                self.place_or_value(arg.value.place)
            else:
                self.expr(arg.value)

    def _arguments(
        self,
        info: FunctionInfo,
        mapping: dict[str, Type],
        receiver: hir.Place | hir.Expr | None,
        args: list[ast.Argument],
        node: ast.Expression,
        name: ast.Node,
    ) -> list[hir.Arg] | None:
        """The arguments in the order of evaluation, with defaults; None after a report."""
        params = info.params
        checked: list[hir.Arg | None] = []
        taken: dict[int, ast.Argument | None] = {}
        failed = False
        if receiver is not None:
            arg = self._receiver(info, params[0], mapping, receiver, node)
            failed = arg is None
            checked.append(arg)
            taken[0] = None
        order: list[tuple[int, ast.Argument, int]] = []
        position = 1 if receiver is not None else 0
        extra: list[ast.Argument] = []
        for arg in args:
            if arg.name is None:
                number = position
                position += 1
            else:
                number = self._named_param(info, arg.name)
                if number < 0:
                    failed = True
                    self._check_args_anyway([arg])
                    continue
            if number >= len(params):
                extra.append(arg)
                continue
            if number in taken:
                self.error("E0206", f"the parameter `{params[number].name}` is given twice", arg)
                failed = True
                continue
            taken[number] = arg
            order.append((number, arg, len(checked)))
            checked.append(None)
        if extra:
            self._check_args_anyway(extra)
            self._wrong_count(info, receiver is not None, len(args), node, name, extra[0])
            failed = True
        for number, arg, slot in sorted(order, key=lambda entry: _turn(entry[1])) if mapping else order:
            value = self._argument(params[number], number, arg, mapping, info)
            if value is None:
                failed = True
            checked[slot] = value
        missing = [number for number in range(len(params)) if number not in taken and params[number].default is None]
        if missing and not failed:
            self._missing(info, receiver is not None, missing, args, node, name)
        if failed or missing:
            return None
        return self._with_defaults(info, [arg for arg in checked if arg is not None], taken, mapping, node)

    def _with_defaults(
        self,
        info: FunctionInfo,
        checked: list[hir.Arg],
        taken: dict[int, ast.Argument | None],
        mapping: dict[str, Type],
        node: ast.Expression,
    ) -> list[hir.Arg] | None:
        """The arguments followed by the default values of the other parameters."""
        for number, param in enumerate(info.params):
            if number not in taken:
                default = self.program.parameter_default(info, number)
                if default is None:
                    return None
                value = self.default_value(default, substitute(param.type, mapping), mapping, node)
                checked.append(hir.ValueArg(param=number, value=value))
        return checked

    def _named_param(self, info: FunctionInfo, name: ast.Name) -> int:
        names = [param.name for param in info.params]
        if name.text in names and name.text != "self":
            return names.index(name.text)
        helps = spelling_help(name.text, names, self.span(name))
        self.error(
            "E0206",
            f"`{info.display}` has no parameter `{name.text}`",
            name,
            helps=helps,
            labels=[Label(info.span, "declared here")],
        )
        return -1

    def _receiver(
        self,
        info: FunctionInfo,
        param: ParamInfo,
        mapping: dict[str, Type],
        receiver: hir.Place | hir.Expr,
        node: ast.Expression,
    ) -> hir.Arg | None:
        wanted = substitute(param.type, mapping)
        if not self.unifier.try_unify(wanted, receiver.type):
            self.mismatch(receiver.type, wanted, node, "as the receiver")
            return None
        base = node.receiver if isinstance(node, ast.MethodCallExpr) else node
        if not param.inout:
            value = self.read(receiver) if isinstance(receiver, hir.Place) else receiver
            return hir.ValueArg(param=0, value=value)
        if not isinstance(receiver, hir.Place):
            virtual = self.virtual_place(receiver)
            if virtual is not None:
                return hir.InoutArg(param=0, place=virtual)
            self.error(
                "E0301",
                f"`{info.name}` changes its receiver, and this is a value, not a place",
                base,
                helps=["bind it to a variable with `let` first"],
            )
            return None
        if not self.modify(receiver, base, "changed"):
            return None
        return hir.InoutArg(param=0, place=receiver)

    def _argument(
        self, param: ParamInfo, number: int, arg: ast.Argument, mapping: dict[str, Type], info: FunctionInfo
    ) -> hir.Arg | None:
        wanted = substitute(param.type, mapping) if mapping else param.type
        node = arg.value
        why = f"for the parameter `{param.name}` of `{info.display}`"
        if not param.inout:
            if isinstance(node, ast.InoutExpr):
                self.place_or_value(node.place)
                edit = Edit(Span(self.source, node.start, node.place.start), "")
                self.error(
                    "E0302",
                    f"the parameter `{param.name}` of `{info.display}` is not `inout`",
                    node,
                    helps=[Help("leave out the `&`", edit)],
                )
                return None
            return hir.ValueArg(param=number, value=self.expr_as(node, wanted, why))
        if not isinstance(node, ast.InoutExpr):
            value = self.place_or_value(node)
            if has_error(value.type):
                return None
            self.error(
                "E0302",
                f"the parameter `{param.name}` of `{info.display}` is `inout`",
                node,
                helps=[self.insert("mark the place that it changes with `&`", node.start, "&")],
            )
            return None
        place = self.inout_place(node.place, f"`{info.name}`")
        if place is None:
            return None
        if not self.unifier.try_unify(place.type, wanted):
            self.mismatch(place.type, wanted, node.place, why)
            return None
        return hir.InoutArg(param=number, place=place)

    def _signature(self, info: FunctionInfo) -> str:
        shown = []
        for param in info.params:
            if param.name == "self":
                shown.append("inout self" if param.inout else "self")
            else:
                default = " = …" if param.default is not None else ""
                shown.append(f"{param.name}: {'inout ' if param.inout else ''}{param.type}{default}")
        return f"{info.name}({', '.join(shown)})"

    def _wrong_count(
        self, info: FunctionInfo, is_method: bool, found: int, node: ast.Expression, name: ast.Node, extra: ast.Node
    ) -> None:
        wanted = len(info.params) - is_method
        required = sum(param.default is None for param in info.params) - is_method
        count = plural(wanted, "argument") if required == wanted else f"at most {plural(wanted, 'argument')}"
        labels = [] if info.module.is_library else [Label(info.span, "declared here")]
        self.error(
            "E0205",
            f"`{info.display}` takes {count}, found {found}",
            extra,
            labels=labels,
            helps=[f"its signature is `{self._signature(info)}`"],
        )

    def _missing(
        self,
        info: FunctionInfo,
        is_method: bool,
        missing: list[int],
        args: list[ast.Argument],
        node: ast.Expression,
        name: ast.Node,
    ) -> None:
        names = ", ".join(f"`{info.params[number].name}`" for number in missing)
        what = "arguments" if len(missing) > 1 else "argument"
        labels = [] if info.module.is_library else [Label(info.span, "declared here")]
        if missing == [0] and info.params[0].name == "self" and not is_method:
            self.error(
                "E0205",
                f"`{info.display}` is a method and needs a receiver",
                node,
                labels=labels,
                helps=[f"call it as `value.{info.name}(…)`"],
            )
            return
        self.error(
            "E0205",
            f"`{info.display}` lacks the {what} {names}",
            node,
            labels=labels,
            helps=[f"its signature is `{self._signature(info)}`"],
        )


def _turn(arg: ast.Argument) -> int:
    """
    When an argument of a generic function is looked at. Bare integer literals come late, so that `min(1, x)` takes the
    type of `x`; closures come last, since what the others are tells the types of their parameters.
    """
    return 2 if isinstance(arg.value, ast.ClosureExpr) else int(isinstance(arg.value, ast.IntLiteral))
