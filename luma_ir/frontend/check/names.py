"""Names and paths in expressions."""

from __future__ import annotations

from attrs import define

from luma_ir.frontend import ast, hir
from luma_ir.frontend.check.body import BodyCore
from luma_ir.frontend.check.core import spelling_help
from luma_ir.frontend.check.entities import (
    AliasInfo,
    Binding,
    ConstInfo,
    Entity,
    EnumInfo,
    FunctionInfo,
    LocalConstant,
    ModuleInfo,
    StructInfo,
    TraitInfo,
    VariantInfo,
)
from luma_ir.frontend.check.foreign import NAMES, variant_help
from luma_ir.frontend.check.inference import resolve, substitute
from luma_ir.frontend.check.signatures import head_of
from luma_ir.frontend.check.type_expressions import LATER_TYPES
from luma_ir.frontend.types import ERROR, PRIMITIVES, EnumType, StructType, Type
from luma_ir.ir.diagnostics import Edit, Help

BUILTINS = frozenset(
    ["print", "eprint", "write", "panic", "assert", "assert_eq", "assert_ne", "zip", "unreachable", "todo"]
)
"""Functions that the checker itself expands."""


@define(eq=False, repr=False)
class Named:
    """What a path means. `mapping` gives the type parameters around a function, variant or constant."""

    kind: str
    entity: Entity | ModuleInfo | Binding | LocalConstant | None
    mapping: dict[str, Type]
    type: Type | None = None
    number: int = 0
    type_args: list[ast.TypeExpr] | None = None


class Names(BodyCore):
    """Finds what names mean."""

    def module_of(self, node: ast.Expression) -> ModuleInfo | None:
        """The module that an expression names (`math`, `std.pointer`), if it names one."""
        if isinstance(node, ast.NameExpr):
            if self.find(node.name) is not None:
                return None
            if self.program.lookup(self.module, node.name) is not None and node.name not in self.module.modules:
                return self.program.lookup_module(self.module, node.name) if node.name == "string" else None
            return self.program.lookup_module(self.module, node.name)
        if isinstance(node, ast.FieldExpr):
            path = [node.name.text]
            base = node.base
            while isinstance(base, ast.FieldExpr):
                path.append(base.name.text)
                base = base.base
            if isinstance(base, ast.NameExpr) and base.name == "std" and self.find("std") is None:
                return self.library_module(("std", *reversed(path)))
            around = self.module_of(node.base) if isinstance(base, ast.NameExpr) else None
            return around.exported_modules.get(node.name.text) if around is not None else None
        return None

    def library_module(self, path: tuple[str, ...]) -> ModuleInfo | None:
        """A module by its full path; the library's own bodies load it: what few programs need costs no other."""
        if self.module.is_library and len(path) > 1:
            self.program.load_library(path)
        return self.program.load_now(path)

    def named(self, node: ast.NameExpr) -> Named | None:
        """What a single name means; None after a report."""
        name = node.name
        found = self.find(name)
        if found is None:
            found = self.program.lookup(self.module, name)
        if found is None:
            return self._unknown(node)
        return self._named_entity(found, None)

    def _named_entity(self, found: Entity | Binding | LocalConstant, segment: ast.PathSegment | None) -> Named:
        type_args = segment.type_args if segment is not None else None
        if isinstance(found, Binding):
            return Named("local", found, {})
        if isinstance(found, LocalConstant):
            return Named("constant", found, {})
        if isinstance(found, FunctionInfo):
            return Named("function", found, {}, type_args=type_args)
        if isinstance(found, VariantInfo):
            info = self.program.enum(found.enum)
            start, end = (segment.start, segment.end) if segment else (0, 0)
            names = info.definition.type_params
            args = [self.resolve_type(arg) for arg in type_args or ()]
            if len(args) != len(names):
                args = [self.hole(start, end, name) for name in names]
            mapping = dict(zip(names, args, strict=True))
            type_ = EnumType(info.definition, tuple(mapping.values()))
            return Named("variant", info, mapping, type_, found.number)
        if isinstance(found, ConstInfo):
            return Named("constant", found, {})
        return Named("type" if isinstance(found, StructInfo | EnumInfo | AliasInfo) else "trait", found, {})

    def _unknown(self, node: ast.NameExpr) -> None:
        name = node.name
        if name == "self":
            self.error(
                "E0100",
                "there is no `self` here",
                node,
                helps=["methods take `self` or `inout self` as their first parameter"],
            )
            return None
        if name in PRIMITIVES or name == "string":
            way = f"convert with `as`: `value as {name}`" if name in PRIMITIVES else "an f-string makes text of a value"
            self.error("E0106", f"`{name}` is a type, not a value", node, helps=[way])
            return None
        if self.program.lookup_module(self.module, name) is not None:
            self.error("E0106", f"`{name}` is a module, not a value", node)
            return None
        if name in LATER_TYPES:
            self.error("E0900", f"the type `{name}` is not supported yet", node)
            return None
        if name in self.module.failed_imports:
            return None
        span = self.span(node)
        helps: list[Help] = []
        is_used_further = self.source.text[node.end : node.end + 1] in ("(", ".", "[")
        if name in NAMES and not (NAMES[name] == "None" and is_used_further):
            other = NAMES[name]
            helps.append(Help(f"it is written `{other}` here", Edit(span, other)))
        elif variant := variant_help(self.module, name, span):
            helps.append(variant)
        else:
            locals_ = [each for scope in self.scopes for each in scope]
            helps = spelling_help(name, [*reversed(locals_), *self.program.visible_names(self.module), *BUILTINS], span)
        if any(frame.own_name == name for frame in self.frames):
            helps = [Help(f"a closure cannot call itself; a function inside of this one can: `func {name}(…) {{ … }}`")]
        if any(isinstance(scope.get(name), Binding) for scope in self.outer_scopes):
            helps = [Help("a function does not see the variables of the one around it; pass it as an argument")]
        if not helps and (("std", name) in self.program.modules or name in ("math", "io", "fs", "env", "time")):
            helps.append(Help(f"import it: `import std.{name};`"))
        if not helps and self.info is not None and self.info.has_self and self.scope.self_type is not None:
            info = self.program.nominal_info(self.scope.self_type)
            if isinstance(info, StructInfo) and name in info.field_numbers:
                helps.append(Help("fields are reached through `self`", Edit(span, f"self.{name}")))
        bound = self.program.import_below(self.module, name)
        if bound is not None:
            helps = [Help(f"`import {bound};` binds the name `{bound.rpartition('.')[2]}`")]
        self.program.engine.error("E0100", f"there is nothing named `{name}` here", span, helps=helps)
        return None

    # ---- paths

    def path(self, path: ast.Path) -> Named | None:
        """What a path means; None after a report."""
        segments = path.segments
        first = segments[0]
        name = first.name.text
        if len(segments) == 1:
            found = self.find(name) or self.program.lookup(self.module, name)
            if found is None:
                return self._unknown(ast.NameExpr(first.name.start, first.name.end, name))
            return self._named_entity(found, first)
        if segments[1].separator == ".":
            module = self.program.lookup_module(self.module, name)
            at = 1
            if module is None and name == "std":
                while at < len(segments) - 1 and module is None:
                    at += 1
                    module = self.library_module(tuple([segment.name.text for segment in segments[:at]]))
            if module is None:
                if self.find(name) is not None:
                    self.error("E0106", f"`{name}` is a value; `::` stands after types", first)
                else:
                    self._unknown(ast.NameExpr(first.start, first.end, name))
                return None
            while at + 1 < len(segments) and segments[at + 1].separator == ".":
                inner = module.exported_modules.get(segments[at].name.text)
                if inner is None:
                    break
                module, at = inner, at + 1
            entity = self.program.public_item(module, segments[at].name, self.module)
            if entity is None:
                return None
            if len(segments) == at + 1:
                return self._named_entity(entity, segments[at])
            return self._member_path(entity, segments[at], segments[at + 1 :], path)
        found = self.find(name)
        entity = found if isinstance(found, Entity) else self.program.lookup(self.module, name)
        if isinstance(entity, FunctionInfo | ConstInfo | VariantInfo):
            entity = None
        module = self.program.lookup_module(self.module, name) if entity is None else None
        if module is not None and name not in PRIMITIVES and name != "string":
            self.error(
                "E0106",
                f"members of the module `{name}` are reached with `.`",
                path,
                helps=[self.replace("write `.`", path, path.text.replace("::", ".", 1))],
            )
            return None
        return self._member_path(entity, first, segments[1:], path)

    def _member_path(
        self, entity: Entity | None, segment: ast.PathSegment, rest: list[ast.PathSegment], path: ast.Path
    ) -> Named | None:
        """`Type::member` and `Trait::method`."""
        member = rest[-1]
        if isinstance(entity, TraitInfo):
            return self._trait_member(entity, segment, member)
        if isinstance(entity, StructInfo | EnumInfo | AliasInfo):
            type_ = self.program._entity_type(entity, segment, path, self.scope, self.hole)
        else:
            type_ = self.program._path_type(ast.Path(segment.start, segment.end, [segment]), self.scope, self.hole)
        for middle in rest[:-1]:
            type_ = ERROR if type_ is ERROR else self.program.member_type(type_, middle.name, self.scope)
        return None if type_ is ERROR else self.static_member(type_, member)

    def static_member(self, type_: Type, member: ast.PathSegment) -> Named | None:
        """A variant, function or constant of a type; None after a report."""
        program = self.program
        name = member.name.text
        info = program.nominal_info(type_)
        if isinstance(info, EnumInfo) and isinstance(type_, EnumType):
            number = info.variant_numbers.get(name)
            if number is not None:
                mapping = dict(zip(info.definition.type_params, type_.args, strict=True))
                return Named("variant", info, mapping, type_, number)
        head = head_of(type_)
        if head is not None:
            program.load_methods(head)
            for impl, const in program.inherent_consts.get(head, {}).get(name, ()):
                mapping = program.instantiate(impl.type_params)
                if self.unifier.try_unify(substitute(impl.self_type, mapping), type_):
                    self.check_visible(const, member)
                    return Named("constant", const, mapping)
        const_of_trait = program.trait_constant(type_, name)
        if const_of_trait is not None:
            return Named("constant", const_of_trait, {})
        method = program.find_method(type_, name, self.scope, self.unifier)
        if method is not None:
            return Named("method", method.info, method.mapping, type_, type_args=member.type_args)
        for bound in program.bounds_of(type_, self.scope):
            const = bound.trait.consts.get(name)
            if const is not None and const.decl.type is not None and bound.trait.scope is not None:
                mapping = {"Self": type_, **dict(zip(bound.trait.type_params, bound.args, strict=False))}
                const_type = substitute(program.resolve_type(const.decl.type, bound.trait.scope), mapping)
                return Named("opaque", const, mapping, const_type)
        candidates = program.method_names(type_, self.scope)
        if isinstance(info, EnumInfo):
            candidates += info.variant_numbers
        if head is not None:
            candidates += program.inherent_consts.get(head, {})
        helps = spelling_help(name, candidates, self.span(member.name))
        what = "variant or function" if isinstance(info, EnumInfo) else "function or constant"
        shown = info.name if info is not None else str(resolve(type_))
        self.error("E0111", f"`{shown}` has no {what} `{name}`", member.name, helps=helps)
        return None

    def _trait_member(self, trait: TraitInfo, segment: ast.PathSegment, member: ast.PathSegment) -> Named | None:
        """`Trait::method`: its `Self` is found from the arguments."""
        program = self.program
        program.trait(trait)
        method = trait.methods.get(member.name.text)
        if method is None:
            helps = spelling_help(member.name.text, trait.methods, self.span(member.name))
            self.error(
                "E0111", f"the trait `{trait.name}` has no method `{member.name.text}`", member.name, helps=helps
            )
            return None
        mapping: dict[str, Type] = {"Self": self.hole(segment.start, member.end, "Self")}
        for name in trait.type_params:
            mapping[name] = self.hole(segment.start, member.end, name)
        return Named("method", method, mapping, mapping["Self"], type_args=member.type_args)

    def check_visible(self, entity: FunctionInfo | ConstInfo, node: ast.Node) -> None:
        """Report the use of a private member of another module's type."""
        module = entity.module.home
        if entity.is_public or module is self.module.home or (module.is_library and self.module.is_library):
            return
        owner = getattr(entity, "owner", None)
        shown = f"{owner.target_name}::{entity.name}" if owner is not None else entity.name
        self.program.report_private(f"`{shown}`", entity.span, entity.decl.start, module, self.module, self.span(node))

    # ---- values of names

    def constant_value(self, named: Named, node: ast.Node) -> hir.Expr:
        """The value of a constant at a use."""
        entity = named.entity
        if isinstance(entity, LocalConstant):
            entity.used = True
            return copy_constant(entity.value, node)
        assert isinstance(entity, ConstInfo)
        self.program.warn_of_deprecated(entity, self.module, node.start, node.end)
        value = self.program.constant(entity)
        if value is None:
            return self.error_value(node)
        return copy_constant(value, node)

    def struct_type(self, named: Named | None) -> StructType | None:
        """The struct that a name stands for."""
        if named is not None and isinstance(named.type, StructType):
            return named.type
        return None


def copy_constant(value: hir.Expr, node: ast.Node | hir.Node) -> hir.Expr:
    """A constant's value as a node at another place."""
    if isinstance(value, hir.Constant):
        return hir.Constant(start=node.start, end=node.end, type=value.type, value=value.value)
    if isinstance(value, hir.ClosureMake):
        return hir.ClosureMake(start=node.start, end=node.end, type=value.type, callee=value.callee, captures=[])
    if isinstance(value, hir.EnumMake):
        fields = [(number, copy_constant(field, node)) for number, field in value.fields]
        return hir.EnumMake(start=node.start, end=node.end, type=value.type, variant=value.variant, fields=fields)
    if isinstance(value, hir.StructMake):
        fields = [(number, copy_constant(field, node)) for number, field in value.fields]
        return hir.StructMake(start=node.start, end=node.end, type=value.type, fields=fields)
    if isinstance(value, hir.TupleMake | hir.ArrayMake):
        elements = [copy_constant(element, node) for element in value.elements]
        return type(value)(start=node.start, end=node.end, type=value.type, elements=elements)
    if isinstance(value, hir.ArrayFill):
        return hir.ArrayFill(
            start=node.start,
            end=node.end,
            type=value.type,
            value=copy_constant(value.value, node),
            count=copy_constant(value.count, node),
        )
    return value
