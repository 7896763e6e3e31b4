"""Signatures of functions, and the members of traits and impls."""

from __future__ import annotations

from luma_ir.frontend import ast, hir
from luma_ir.frontend.check.definitions import Definitions
from luma_ir.frontend.check.entities import (
    Bound,
    ConstInfo,
    FunctionInfo,
    ImplInfo,
    ModuleInfo,
    ParamInfo,
    TraitInfo,
    TypeScope,
)
from luma_ir.frontend.check.inference import substitute
from luma_ir.frontend.types import (
    ERROR,
    I64,
    NEVER,
    UNIT,
    ArrayType,
    AssocType,
    EnumType,
    FixedType,
    FuncType,
    ParamType,
    PtrType,
    StructType,
    TupleType,
    Type,
)
from luma_ir.ir.diagnostics import Label, SourceFile, Span


def head_of(type_: Type) -> str | None:
    """What a type is at its outside, as a key of tables; None for type parameters and errors."""
    if isinstance(type_, StructType | EnumType):
        return type_.definition.symbol
    if isinstance(type_, ArrayType):
        return "[]"
    if isinstance(type_, FixedType):
        return "[;]"
    if isinstance(type_, TupleType):
        return "()"
    if isinstance(type_, PtrType):
        return "ptr"
    if isinstance(type_, FuncType):
        return "func"
    if isinstance(type_, ParamType | AssocType) or type_ is ERROR:
        return None
    return str(type_)


def symbol_part(type_: Type) -> str:
    """A type's part of a symbol: letters, digits and underscores."""
    if isinstance(type_, StructType | EnumType):
        return "_".join([type_.definition.name, *map(symbol_part, type_.args)])
    if isinstance(type_, ArrayType | FixedType):
        inner = "" if isinstance(type_.element, ParamType) else "_" + symbol_part(type_.element)
        return ("array" if isinstance(type_, ArrayType) else f"fixed{type_.size}") + inner
    if isinstance(type_, PtrType):
        return "ptr"
    if isinstance(type_, TupleType):
        return "tuple" + "".join("_" + symbol_part(element) for element in type_.elements)
    return "".join(c if c.isalnum() else "_" for c in str(type_))


class Signatures(Definitions):
    """Fills in the typed parts of entities, each when it is first asked for."""

    place_methods: set[str]
    """The names of methods that are marked `#[place]`."""
    declared_modules: set[ModuleInfo]
    """The modules whose `impl` blocks are known."""

    # ---- functions

    def function(self, info: FunctionInfo) -> FunctionInfo:
        """A function with its signature."""
        if info.state:
            return info
        info.state = 1
        decl, module = info.decl, info.module
        outer = info.owner.scope if info.owner is not None else None
        if info.owner is not None and isinstance(info.owner, TraitInfo):
            self.trait(info.owner)
            outer = info.owner.scope
        scope = TypeScope(module)
        if outer is not None:
            scope.params = dict(outer.params)
            scope.self_type = outer.self_type
            scope.where = list(outer.where)
            scope.equal = dict(outer.equal)
            scope.impl = outer.impl
            scope.trait = outer.trait
            scope.aliases = outer.aliases
        if info.aliases:
            scope.aliases = info.aliases
        outer_names = list(scope.params)
        info.own_type_params = self.declare_generics(decl.generics, decl.where, scope)
        info.scope = scope
        params = self._parameters(info, scope)
        result = self.resolve_type(decl.result, scope) if decl.result is not None else UNIT
        symbol, display = self._symbol_of(info)
        source = module.source
        inline = self._inline(decl, source)
        function = hir.Function(
            symbol,
            display,
            [*outer_names, *info.own_type_params],
            params,
            result,
            source,
            decl.start,
            decl.end,
            inline=inline,
            cold=decl.attribute("cold") is not None,
            fastmath=decl.attribute("fastmath") is not None,
            track_caller=decl.attribute("track_caller") is not None,
        )
        info.function = function
        self.infos[symbol] = info
        info.is_unsafe = decl.is_unsafe
        self._bindings(info, function, source)
        info.state = 2
        return info

    def _inline(self, decl: ast.FuncDecl, source: SourceFile) -> str | None:
        """What `#[inline]` says: `always`, `never` or nothing."""
        attribute = decl.attribute("inline")
        if attribute is None:
            return None
        if attribute.args:
            value = attribute.args[0].value
            if isinstance(value, ast.NameExpr) and value.name == "never":
                return "never"
            self.error(
                "E0115",
                "the attribute `inline` takes nothing or `never`",
                source,
                attribute.start,
                attribute.end,
            )
        return "always"

    def _parameters(self, info: FunctionInfo, scope: TypeScope) -> list[hir.Param]:
        decl, source = info.decl, info.module.source
        params: list[hir.Param] = []
        names: set[str] = set()
        receiver = decl.receiver
        if receiver is not None:
            if scope.self_type is None:
                self.error(
                    "E0106",
                    "`self` is a parameter of methods only",
                    source,
                    receiver.start,
                    receiver.end,
                    helps=["move the function into an `impl` block"],
                )
            type_ = scope.self_type or ERROR
            info.has_self = scope.self_type is not None
            params.append(hir.Param(hir.Local("self", type_, receiver.start), receiver.is_inout))
            info.params.append(ParamInfo("self", type_, receiver.is_inout, start=receiver.start))
        for param in decl.params:
            name = param.name.text
            type_ = self.resolve_type(param.type, scope)
            if name in names and name != "_":
                self.error(
                    "E0105", f"the parameter `{name}` is declared twice", source, param.name.start, param.name.end
                )
            names.add(name)
            if param.default is not None and param.is_inout:
                self.error(
                    "E0206",
                    "an `inout` parameter cannot have a default value",
                    source,
                    param.default.start,
                    param.default.end,
                )
            params.append(hir.Param(hir.Local(name, type_, param.name.start), param.is_inout))
            info.params.append(ParamInfo(name, type_, param.is_inout, param.default, param.start))
        return params

    def _symbol_of(self, info: FunctionInfo) -> tuple[str, str]:
        module = info.module.name
        owner = info.owner
        if info.parent is not None:
            assert info.parent.function is not None
            outer = info.parent.function
            return self.unique_symbol(f"{outer.symbol}.{info.name}"), info.name
        if owner is None:
            if info.decl.abi is not None:
                return f"{module}.extern.{info.name}", info.name
            return self.unique_symbol(f"{module}.{info.name}"), info.name
        if isinstance(owner, TraitInfo):
            return self.unique_symbol(f"{owner.symbol}.{info.name}"), f"{owner.name}::{info.name}"
        part = symbol_part(owner.self_type)
        if owner.trait is not None:
            part += f".{owner.trait.name}"
        return self.unique_symbol(f"{module}.{part}.{info.name}"), f"{owner.target_name}::{info.name}"

    def _bindings(self, info: FunctionInfo, function: hir.Function, source: object) -> None:
        """The attributes that tie a function to something outside: `op`, `export`, `extern`, `deprecated`."""
        decl, module = info.decl, info.module
        if decl.abi is not None:
            info.is_extern = True
            function.link_name = decl.name.text
            if decl.abi != "C":
                self.error(
                    "E0502",
                    f"the ABI `{decl.abi}` is not known",
                    module.source,
                    decl.start,
                    decl.signature_end,
                    helps=['write `extern "C"`'],
                )
        link_name = self.attribute_text(decl, "export", module.source)
        if link_name is not None:
            function.link_name = link_name
            function.is_public = True
            if function.type_params:
                self.error(
                    "E0502", "a generic function cannot be exported", module.source, decl.start, decl.signature_end
                )
        info.deprecated = None
        if decl.attribute("deprecated") is not None:
            info.deprecated = self.attribute_text(decl, "deprecated", module.source) or ""
        attribute = decl.attribute("op")
        if attribute is not None:
            self._op_binding(info, attribute)
        in_trait = isinstance(info.owner, TraitInfo)
        if decl.is_async:
            self.not_yet("`async` functions", module, decl.name)
        if not decl.has_body and not in_trait and attribute is None and decl.abi is None:
            self.error(
                "E0502",
                f"the function `{info.name}` has no body",
                module.source,
                decl.start,
                decl.signature_end,
                helps=['write `{ … }`, or bind it with `#[op("dialect.op")]`'],
            )
            info.body_state = 2
        elif decl.has_body and (attribute is not None or decl.abi is not None):
            what = "bound to an op" if attribute is not None else "external"
            self.error(
                "E0502",
                f"the function `{info.name}` is {what} and cannot have a body",
                module.source,
                decl.start,
                decl.signature_end,
            )

    def _op_binding(self, info: FunctionInfo, attribute: ast.Attribute) -> None:
        source = info.module.source
        args = attribute.args
        if not args or args[0].name is not None or not isinstance(args[0].value, ast.StringLiteral):
            self.error(
                "E0115",
                'the attribute `op` names an operation: `#[op("dialect.op")]`',
                source,
                attribute.start,
                attribute.end,
            )
            return
        name = args[0].value.value
        context = getattr(self.options, "context", None)
        if context is not None and not info.module.is_library and context.get_optional_op(name) is None:
            self.error("E0115", f"there is no operation `{name}`", source, args[0].value.start, args[0].value.end)
        info.op_name = name
        for arg in args[1:]:
            value = arg.value
            if arg.name is not None and isinstance(
                value, ast.IntLiteral | ast.FloatLiteral | ast.BoolLiteral | ast.StringLiteral
            ):
                info.op_attributes[arg.name.text] = value.value
            elif (
                arg.name is not None
                and isinstance(value, ast.UnaryExpr)
                and value.operator == "-"
                and isinstance(value.operand, ast.IntLiteral | ast.FloatLiteral)
            ):
                info.op_attributes[arg.name.text] = -value.operand.value
            else:
                self.error("E0115", "an attribute of an op is `name = literal`", source, arg.start, arg.end)

    # ---- traits and impls

    def trait(self, info: TraitInfo) -> TraitInfo:
        """A trait with its members."""
        if info.state:
            return info
        info.state = 1
        module = info.module
        scope = info.scope = TypeScope(module, trait=info)
        scope.params["Self"] = [Bound(info)]
        scope.self_type = ParamType("Self")
        info.type_params = self.declare_generics(info.decl.generics, info.decl.where, scope, may_default=True)
        scope.params["Self"] = [Bound(info, tuple([ParamType(name) for name in info.type_params]))]
        info.assoc_types = {
            item.name.text: item
            for item in info.decl.items
            if isinstance(item, ast.TypeDecl) and self.is_active(item, module.source)
        }
        for node in info.decl.bounds:
            bound = self.resolve_bound(node, scope, ParamType("Self"))
            if bound is not None and bound.types is not None:
                message = "what an associated type is stands in the bounds of type parameters and in `where` only"
                self.error("E0106", message, module.source, node.start, node.end)
            if bound is not None:
                info.parents.append(bound)
        for item in info.decl.items:
            if not self.is_active(item, module.source):
                continue
            if isinstance(item, ast.FuncDecl):
                name = item.name.text
                if name in info.methods:
                    self.error(
                        "E0105", f"the method `{name}` is declared twice", module.source, item.name.start, item.name.end
                    )
                    continue
                info.methods[name] = FunctionInfo(module, name, item, True, info)
            elif isinstance(item, ast.ConstDecl):
                info.consts[item.name.text] = ConstInfo(module, item.name.text, item, True, scope=scope, owner=info)
        for name, item in info.assoc_types.items():
            subject = self.assoc_of(info, name)
            bounds = [self.resolve_bound(node, scope, subject) for node in item.bounds]
            info.assoc_bounds[name] = [bound for bound in bounds if bound is not None]
        info.state = 2
        return info

    # ---- associated types

    @staticmethod
    def assoc_of(trait: TraitInfo, name: str) -> AssocType:
        """An associated type of a trait as its methods see it."""
        args = tuple([ParamType(generic.name.text) for generic in trait.decl.generics])
        return AssocType(ParamType("Self"), trait.symbol, name, args)

    def impl_type(self, impl: ImplInfo, name: str) -> Type:
        """What an associated type is in an impl: declared there, or the trait's default; `ERROR` where it lacks it."""
        found = impl.found_types.get(name)
        decl = impl.types.get(name)
        if found is NEVER:
            if decl is not None:
                span = Span(impl.module.source, decl.name.start, decl.name.end)
                self.engine.error("E0214", f"the type `{name}` is defined by itself", span)
            found = impl.found_types[name] = ERROR
        if found is None:
            impl.found_types[name] = NEVER
            trait = impl.trait
            if decl is not None and decl.value is not None:
                found = self.resolve_type(decl.value, impl.scope)
            elif trait is not None and (default := self.trait(trait).assoc_types.get(name)) is not None:
                assert trait.scope is not None
                inner = self.resolve_type(default.value, trait.scope) if default.value is not None else ERROR
                found = substitute(inner, self.trait_mapping(impl))
            if impl.found_types[name] is NEVER:
                impl.found_types[name] = found or ERROR
        return impl.found_types[name]

    def declare_impls(self, module: ModuleInfo) -> None:
        """Find out what the `impl` blocks of a module are for, unless that was done."""
        if module in self.declared_modules:
            return
        self.declared_modules.add(module)
        for item in module.tree.items:
            if isinstance(item, ast.ImplDecl) and self.is_active(item, module.source):
                self._declare_impl(module, item)

    def _declare_impl(self, module: ModuleInfo, item: ast.ImplDecl) -> None:
        scope = TypeScope(module)
        names = self.declare_generics(item.generics, item.where, scope)
        target = self.resolve_type(item.target, scope)
        scope.self_type = target
        bound = None
        if item.trait is not None:
            bound = self.resolve_bound(item.trait, scope, target)
            if bound is None:
                target = ERROR
        name = str(target)
        if isinstance(target, StructType | EnumType):
            name = target.definition.name
        impl = scope.impl = ImplInfo(module, item, scope, target, name, names, bound)
        for member in item.items:
            self._declare_member(impl, member)
        if target is ERROR:
            return
        if bound is None and head_of(target) is None:
            self.error(
                "E0602",
                "an `impl` without a trait is for a type, not a type parameter",
                module.source,
                item.target.start,
                item.target.end,
            )
            return
        module.impls.append(impl)
        self.register_impl(impl)

    def _declare_member(self, impl: ImplInfo, member: ast.Item) -> None:
        module = impl.module
        if not self.is_active(member, module.source):
            return
        self.check_attributes(member, module.source)
        if isinstance(member, ast.FuncDecl):
            name = member.name.text
            if name in impl.methods:
                self.error(
                    "E0105",
                    f"the method `{name}` is declared twice",
                    module.source,
                    member.name.start,
                    member.name.end,
                    labels=[Label(impl.methods[name].span, "the other declaration")],
                )
                return
            impl.methods[name] = FunctionInfo(module, name, member, member.is_public or impl.bound is not None, impl)
            if member.attribute("place") is not None:
                self.place_methods.add(name)
        elif isinstance(member, ast.ConstDecl):
            impl.consts[member.name.text] = ConstInfo(
                module,
                member.name.text,
                member,
                member.is_public or impl.bound is not None,
                scope=impl.scope,
                owner=impl,
            )
        elif isinstance(member, ast.TypeDecl):
            impl.types[member.name.text] = member

    def register_impl(self, impl: ImplInfo) -> None:
        """Enter an impl into the tables; filled in above."""
        raise NotImplementedError

    def trait_mapping(self, impl: ImplInfo) -> dict[str, Type]:
        """What the parameters of a trait, `Self` and its types stand for in an impl."""
        assert impl.bound is not None
        trait = impl.bound.trait
        mapping: dict[str, Type] = {"Self": impl.self_type}
        mapping.update(zip([generic.name.text for generic in trait.decl.generics], impl.bound.args, strict=False))
        return mapping

    def check_main(self, info: FunctionInfo) -> None:
        """`main` takes nothing and gives nothing, an `i32` or a `Result<(), E>`."""
        self.function(info)
        function = info.function
        assert function is not None
        decl, source = info.decl, info.module.source
        if function.params or function.type_params:
            self.error(
                "E0503",
                "`main` takes no parameters",
                source,
                decl.start,
                decl.signature_end,
                helps=["command line arguments are `env.args()` of `std.env`"],
            )
        result = function.result
        allowed = result in (UNIT, ERROR) or str(result) in ("i32", "never")
        is_result = isinstance(result, EnumType) and result.definition.symbol == "std.result.Result"
        if is_result and not (isinstance(result, EnumType) and result.args[0] == UNIT):
            allowed = False
        elif is_result:
            allowed = True
        if not allowed:
            node = decl.result or decl.name
            extra = " (an exit status is an `i32`)" if result == I64 else ""
            self.error(
                "E0503",
                f"`main` cannot give `{result}`{extra}",
                source,
                node.start,
                node.end,
                helps=["it gives nothing, `i32` or `Result<(), E>`"],
            )
