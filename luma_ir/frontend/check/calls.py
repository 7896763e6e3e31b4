"""Calls of functions, methods and variants: arguments, type arguments, defaults."""

from __future__ import annotations

from luma_ir.frontend import ast, hir
from luma_ir.frontend.check.arguments import Arguments
from luma_ir.frontend.check.core import plural, spelling_help
from luma_ir.frontend.check.entities import (
    AliasInfo,
    Bound,
    EnumInfo,
    FunctionInfo,
    ModuleInfo,
    StructInfo,
    TraitInfo,
)
from luma_ir.frontend.check.foreign import call_help, inner_helps, method_helps, unimplemented_helps
from luma_ir.frontend.check.inference import PROJECTIONS, has_error, resolve, substitute, zonk
from luma_ir.frontend.check.names import BUILTINS, Named
from luma_ir.frontend.check.traits import Method
from luma_ir.frontend.types import (
    ERROR,
    I64,
    NEVER,
    PRIMITIVES,
    ArrayType,
    EnumType,
    FixedType,
    FuncType,
    ParamType,
    Type,
)
from luma_ir.ir.diagnostics import Edit, Help, Label, Span


class Calls(Arguments):
    """Checks calls."""

    call_place = (0, 0)

    def call(self, node: ast.CallExpr, expected: Type | None) -> hir.Expr:
        """`f(x)`, `Type::f(x)`, `Some(x)`."""
        callee = node.callee
        if isinstance(callee, ast.NameExpr):
            name = callee.name
            found = self.find(name) or self.program.lookup(self.module, name)
            if found is None and name in BUILTINS:
                return self.builtin_call(name, node, expected)
            if found is None and (help_ := call_help(self, name, node)) is not None:
                self._check_args_anyway(node.args)
                if name in PRIMITIVES or name == "string":
                    self.error("E0106", f"`{name}` is a type, not a function", callee, helps=[help_])
                else:
                    self.error("E0100", f"there is no function `{name}` here", callee, helps=[help_])
                return self.error_value(node)
            named = self.named(callee)
        elif isinstance(callee, ast.PathExpr):
            named = self.path(callee.path)
        elif isinstance(callee, ast.FieldExpr) and (module := self.module_of(callee.base)) is not None:
            return self._module_call(module, callee.name, node, expected)
        else:
            return self.call_value(self.expr(callee), node.args, node, expected)
        if named is None:
            self._check_args_anyway(node.args)
            return self.error_value(node)
        return self.call_named(named, node, expected)

    def builtin_call(self, name: str, node: ast.CallExpr, expected: Type | None) -> hir.Expr:
        """A function that the checker expands; filled in above."""
        raise NotImplementedError

    def call_value(
        self, function: hir.Expr, args: list[ast.Argument], node: ast.Expression, expected: Type | None
    ) -> hir.Expr:
        """A call of a function value; filled in above."""
        raise NotImplementedError

    def call_named(self, named: Named, node: ast.CallExpr, expected: Type | None) -> hir.Expr:
        """A call of what a name means."""
        if named.kind in ("function", "method"):
            info = named.entity
            assert isinstance(info, FunctionInfo)
            if named.kind == "method":
                self.check_visible(info, node.callee)
            return self.call_function(
                info,
                dict(named.mapping),
                None,
                node.args,
                node,
                node.callee,
                expected,
                named.type_args,
                self_type=named.type,
            )
        if named.kind == "variant":
            return self._variant_call(named, node, expected)
        if named.kind in ("local", "constant"):
            return self.call_value(self.expr(node.callee), node.args, node, expected)
        self._check_args_anyway(node.args)
        text = self.text(node.callee)
        helps = []
        if isinstance(named.entity, StructInfo):
            names = ", ".join(f"{field}: …" for field in self.program.struct(named.entity).definition.field_names)
            helps = [f"a struct is made by `{text} {{ {names} }}`"]
        kind = named.entity.kind if isinstance(named.entity, StructInfo | EnumInfo | AliasInfo | TraitInfo) else "name"
        self.error("E0202", f"the {kind} `{text}` cannot be called", node.callee, helps=helps)
        return self.error_value(node)

    def _variant_call(self, named: Named, node: ast.CallExpr, expected: Type | None) -> hir.Expr:
        type_ = named.type
        assert isinstance(type_, EnumType)
        if expected is not None:
            self.unifier.try_unify(type_, expected)
        definition = type_.definition
        name = definition.variants[named.number]
        payload = definition.payloads[named.number]
        if definition.payload_names[named.number] is not None:
            self.error(
                "E0207",
                f"the fields of the variant `{name}` are given in braces",
                node,
                helps=[f"write `{self.text(node.callee)} {{ … }}`"],
            )
            return self.error_value(node)
        if len(node.args) != len(payload):
            self._check_args_anyway(node.args)
            self.error(
                "E0205", f"the variant `{name}` takes {plural(len(payload), 'value')}, found {len(node.args)}", node
            )
            return self.error_value(node)
        mapping = dict(zip(definition.type_params, type_.args, strict=True))
        fields: list[tuple[int, hir.Expr]] = []
        for number, (arg, wanted) in enumerate(zip(node.args, payload, strict=True)):
            if arg.name is not None:
                self.error("E0206", "the values of a variant have no names", arg.name)
            fields.append((number, self.expr_as(arg.value, substitute(wanted, mapping), f"for `{name}`")))
        return hir.EnumMake(start=node.start, end=node.end, type=type_, variant=named.number, fields=fields)

    # ---- methods

    def method_call(
        self, node: ast.MethodCallExpr, expected: Type | None, receiver: hir.Place | hir.Expr | None = None
    ) -> hir.Expr:
        """`receiver.method(args)`, `module.function(args)`; `receiver` where that is checked already."""
        module = self.module_of(node.receiver) if receiver is None else None
        if module is not None:
            return self._module_call(module, node.method, node, expected)
        if receiver is None:
            receiver = self.place_or_value(node.receiver)
        name = node.method.text
        type_ = self.known(receiver.type, node.receiver, f"to call `{name}`")
        if type_ is ERROR or type_ is NEVER:
            self._check_args_anyway(node.args)
            return self.error_value(node)
        method = self.program.find_method(type_, name, self.scope, self.unifier)
        if method is None and isinstance(type_, FixedType):
            found = self._fixed_method(node, receiver, type_)
            if found is not None:
                return found
        if method is None:
            field = self.field_of(receiver, type_, node.method) if self._may_hold_function(type_, name) else None
            if field is not None and isinstance(resolve(field.type), FuncType):
                value = self.read(field) if isinstance(field, hir.Place) else field
                return self.call_value(value, node.args, node, expected)
            self._check_args_anyway(node.args)
            self._no_method(type_, node)
            return self.error_value(node)
        self.check_visible(method.info, node.method)
        if not method.info.decl.receiver:
            self._check_args_anyway(node.args)
            self.error(
                "E0110",
                f"`{method.info.display}` is a static function without `self`",
                node.method,
                labels=[Label(method.info.span, "declared here")],
                helps=[
                    self.replace(
                        "call it through the type",
                        node,
                        f"{type_}::{name}({', '.join(self.text(arg) for arg in node.args)})",
                    )
                ],
            )
            return self.error_value(node)
        return self.call_function(
            method.info,
            dict(method.mapping),
            receiver,
            node.args,
            node,
            node.method,
            expected,
            node.type_args,
            method=method,
            self_type=type_,
        )

    def _module_call(
        self, module: ModuleInfo, name: ast.Name, node: ast.CallExpr | ast.MethodCallExpr, expected: Type | None
    ) -> hir.Expr:
        entity = self.program.public_item(module, name, self.module)
        if entity is None:
            self._check_args_anyway(node.args)
            return self.error_value(node)
        if isinstance(entity, FunctionInfo):
            type_args = node.type_args if isinstance(node, ast.MethodCallExpr) else None
            return self.call_function(entity, {}, None, node.args, node, name, expected, type_args)
        named = self._named_entity(entity, None)
        callee = ast.PathExpr(
            node.start,
            name.end,
            ast.Path(name.start, name.end, [ast.PathSegment(name.start, name.end, "", name, None)]),
        )
        return self.call_named(named, ast.CallExpr(node.start, node.end, callee, node.args), expected)

    def _fixed_method(
        self, node: ast.MethodCallExpr, receiver: hir.Place | hir.Expr, type_: FixedType
    ) -> hir.Expr | None:
        """Methods of arrays on fixed ones: the length is constant, by-value methods work on a slice."""
        name = node.method.text
        if name == "len" and not node.args:
            if isinstance(receiver, hir.Place):
                self.read(receiver)
            return hir.Constant(start=node.start, end=node.end, type=I64, value=type_.size)
        method = self.program.find_method(ArrayType(type_.element), name, self.scope, self.unifier)
        if method is None or not method.info.decl.receiver:
            return None
        if method.info.decl.receiver.is_inout:
            if name == "swap" and len(node.args) == 2 and isinstance(receiver, hir.Place):
                return self._fixed_swap(node, receiver, type_)
            self._check_args_anyway(node.args)
            self.error(
                "E0110",
                f"`{name}` changes a growable array, found `{type_}`",
                node.method,
                helps=["work on a growable copy: `let copy = array[..];`"],
            )
            return self.error_value(node)
        value = self.read(receiver) if isinstance(receiver, hir.Place) else receiver
        array = hir.Slice(
            start=value.start,
            end=value.end,
            type=ArrayType(type_.element),
            base=value,
            low=None,
            high=None,
            inclusive=False,
        )
        return self.call_function(
            method.info,
            dict(method.mapping),
            array,
            node.args,
            node,
            node.method,
            None,
            node.type_args,
            method=method,
            self_type=array.type,
        )

    def _fixed_swap(self, node: ast.MethodCallExpr, place: hir.Place, type_: FixedType) -> hir.Expr:
        self.modify(place, node.receiver, "changed")
        indices = [self.expr_as(arg.value, I64, "as an index") for arg in node.args]
        statements: list[hir.Statement] = []
        places: list[hir.Place] = []
        for index in indices:
            let, local = self.bind_hidden(index)
            statements.append(let)
            step = hir.IndexStep(
                start=index.start, end=index.end, index=self.read_local(local, index), type=type_.element
            )
            places.append(
                hir.Place(
                    start=place.start, end=index.end, root=place.root, steps=[*place.steps, step], type=type_.element
                )
            )
        values = []
        for each in places:
            let, local = self.bind_hidden(hir.Read(start=node.start, end=node.end, type=type_.element, place=each))
            statements.append(let)
            values.append(self.read_local(local, node))
        for each, value in zip(places, reversed(values), strict=True):
            statements.append(hir.Assign(start=node.start, end=node.end, place=each, value=value))
        from luma_ir.frontend.types import UNIT

        return hir.Block(start=node.start, end=node.end, type=UNIT, statements=statements, value=None)

    def _may_hold_function(self, type_: Type, name: str) -> bool:
        """Whether a struct has a field of that name that may be called."""
        info = self.program.nominal_info(type_)
        number = info.field_numbers.get(name) if isinstance(info, StructInfo) else None
        return number is not None and isinstance(info.definition.field_types[number], FuncType | ParamType)  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue]

    def _no_method(self, type_: Type, node: ast.MethodCallExpr) -> None:
        name = node.method
        program = self.program
        info = program.nominal_info(type_)
        candidates = program.method_names(type_, self.scope)
        if isinstance(info, StructInfo):
            definition = info.definition
            candidates += [
                field
                for field, kind in zip(definition.field_names, definition.field_types, strict=True)
                if isinstance(kind, FuncType)
            ]
        helps: list[Help | str] = list(spelling_help(name.text, candidates, self.span(name)))
        if isinstance(info, StructInfo) and name.text in info.field_numbers and not info.module.is_library:
            helps = [
                Help("a field is read without parentheses", Edit(Span(self.source, name.start, node.end), name.text))
            ]
        elif foreign := method_helps(self, type_, node) or inner_helps(self, type_, name.text):
            helps = foreign
        elif isinstance(type_, FuncType) and name.text in ("call", "invoke", "apply", "run"):
            args = ", ".join(self.text(arg) for arg in node.args)
            helps = [self.replace("a function value is called as it is", node, f"{self.text(node.receiver)}({args})")]
        elif isinstance(type_, ParamType):
            for trait in program.traits_with.get(name.text, ()):
                helps = [f"add the bound that has it: `{type_.name}: {trait.name}`"]
        if not helps:
            helps = unimplemented_helps(self, type_, name.text)
        self.error("E0110", f"`{type_}` has no method `{name.text}`", name, helps=helps)

    # ---- functions

    def call_function(
        self,
        info: FunctionInfo,
        mapping: dict[str, Type],
        receiver: hir.Place | hir.Expr | None,
        args: list[ast.Argument],
        node: ast.Expression,
        name: ast.Node,
        expected: Type | None,
        type_args: list[ast.TypeExpr] | None,
        *,
        method: Method | None = None,
        self_type: Type | None = None,
    ) -> hir.Expr:
        """
        A call of a function. `mapping` gives the type parameters of its impl or trait; its own ones are inferred
        or come from `type_args`. `receiver` is what stands before a method's dot.
        """
        self.program.function(info)
        function = info.function
        assert function is not None
        if info.own_type_params:
            self._own_type_args(info, mapping, type_args, node)
        elif type_args:
            self.error("E0213", f"`{info.display}` takes no type arguments", type_args[0])
        PROJECTIONS.place = (node.start, node.end)
        result = substitute(function.result, mapping) if mapping else function.result
        if expected is not None and mapping:
            self._hint(result, expected)
        self._may_call(info, node, name)
        mark = self.virtual_mark()
        PROJECTIONS.place = (node.start, node.end)
        checked = self._arguments(info, mapping, receiver, args, node, name)
        if checked is None:
            return hir.Constant(start=node.start, end=node.end, type=ERROR if mapping else _quiet(result), value=0)
        if sum(isinstance(arg, hir.InoutArg) for arg in checked) > 1:
            self.check_exclusive(checked, node)
        self._require_bounds(info, mapping, node, method)
        self.call_place = (node.start, node.end)
        if result is NEVER:
            self.diverges = True
        if info.op_name is not None:
            op_call = hir.OpCall(
                start=node.start,
                end=node.end,
                type=result,
                op_name=info.op_name,
                attributes=info.op_attributes,
                args=checked,
            )
            return self.with_write_backs(mark, op_call)
        callee = self._callee(info, mapping, method, self_type)
        call = hir.Call(start=node.start, end=node.end, type=result, callee=callee, args=checked)
        return self.with_write_backs(mark, call)

    def _may_call(self, info: FunctionInfo, node: ast.Expression, name: ast.Node) -> None:
        """Report a call outside of `unsafe` that needs it, and one of what is deprecated."""
        if (info.is_unsafe or info.is_extern) and not self.unsafe_depth:
            unsafe = f"a call of the unsafe function `{info.display}`"
            self.needs_unsafe("a call of an external function" if info.is_extern else unsafe, node)
        if info.deprecated is not None:
            reason = f": {info.deprecated}" if info.deprecated else ""
            self.warning("W0006", f"`{info.display}` is deprecated{reason}", name.start, name.end)

    def _callee(
        self, info: FunctionInfo, mapping: dict[str, Type], method: Method | None, self_type: Type | None
    ) -> hir.Callee:
        function = info.function
        assert function is not None
        if isinstance(info.owner, TraitInfo):
            subject = self_type if self_type is not None else mapping["Self"]
            result = substitute(function.result, mapping)
            inout = tuple([param.inout for param in info.params])
            trait_args = tuple([mapping[name] for name in info.owner.type_params])
            type_args = tuple([mapping[name] for name in info.own_type_params])
            return hir.TraitMethodRef(info.owner.symbol, info.name, subject, inout, result, trait_args, type_args)
        return hir.FunctionRef(function, tuple([mapping[name] for name in function.type_params]))

    def _own_type_args(
        self, info: FunctionInfo, mapping: dict[str, Type], type_args: list[ast.TypeExpr] | None, node: ast.Expression
    ) -> None:
        names = info.own_type_params
        if type_args:
            if len(type_args) != len(names):
                self.error(
                    "E0213",
                    f"`{info.display}` takes {plural(len(names), 'type argument')}, found {len(type_args)}",
                    node,
                )
                mapping.update(dict.fromkeys(names, ERROR))
            else:
                for name, arg in zip(names, type_args, strict=True):
                    mapping[name] = self.resolve_type(arg)
            return
        for name in names:
            mapping[name] = self.variable("any", node.start, node.end, f"the type argument `{name}` of `{info.name}`")

    def _hint(self, result: Type, expected: Type) -> None:
        """Let the expected type decide type arguments where that is possible without harm."""
        wanted = resolve(expected)
        if wanted is not ERROR and wanted is not NEVER and not has_error(wanted):
            self.unifier.try_unify(result, wanted)

    def _require_bounds(
        self, info: FunctionInfo, mapping: dict[str, Type], node: ast.Node, method: Method | None
    ) -> None:
        if info.scope is None or not mapping:
            return
        for name, type_ in mapping.items():
            for bound in info.scope.params.get(name, ()):
                if method is not None and method.bound is not None and name == "Self":
                    if method.bound.args:
                        self.require(type_, method.bound, node, "")
                    continue
                wanted = bound
                if bound.args:
                    wanted = Bound(bound.trait, tuple([substitute(arg, mapping) for arg in bound.args]))
                self.require(type_, wanted, node, f"`{info.display}` needs it")
        for projection, type_ in info.scope.equal.items():
            found, needed = substitute(projection, mapping), substitute(type_, mapping)
            if not self.unifier.try_unify(found, needed):
                shown = f"`{zonk(substitute(projection.base, mapping))}::{projection.name}`"
                message = f"{shown} is `{zonk(found)}`, and `{info.display}` needs `{zonk(needed)}`"
                self.error("E0200", message, node)
        for subject, bound in info.scope.where:
            wanted = Bound(bound.trait, tuple([substitute(arg, mapping) for arg in bound.args]))
            self.require(substitute(subject, mapping), wanted, node, f"`{info.display}` needs it")


def _quiet(type_: Type) -> Type:
    """The result type of a call that failed: what follows may still be checked against it."""
    return ERROR if type_ is NEVER else type_
