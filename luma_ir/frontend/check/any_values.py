"""`any Trait`: of which traits there are such values, what they can do, and turning other values into them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from luma_ir.frontend import ast, hir
from luma_ir.frontend.check.entities import Bound, TraitInfo, TypeScope
from luma_ir.frontend.check.inference import has_error, open_variable, resolve
from luma_ir.frontend.types import ERROR, NEVER, AnyType, Type
from luma_ir.ir.diagnostics import Help, Label, Span

if TYPE_CHECKING:
    from luma_ir.frontend.check.body import BodyCore
    from luma_ir.frontend.check.traits import Traits
    from luma_ir.frontend.check.type_expressions import Holes


def resolve_any(program: Traits, node: ast.AnyTypeExpr, scope: TypeScope, holes: Holes | None) -> Type:
    """The type that `any Trait` means; `any Trait?` is an option. `ERROR` after a report."""
    source = scope.module.source
    if len(node.bounds) > 1:
        program.error(
            "E0604",
            "an `any` type names one trait",
            source,
            node.start,
            node.end,
            helps=["declare a trait that has the others as parents: `trait Both: First + Second {}`"],
        )
        return ERROR
    written, options = node.bounds[0], 0
    while isinstance(written, ast.OptionalTypeExpr):
        written, options = written.element, options + 1
    bound = program.resolve_bound(written, scope)
    if bound is None:
        return ERROR
    trait = bound.trait
    reason = unfit(program, trait)
    if reason is not None:
        text, place = reason
        program.engine.error(
            "E0604",
            f"there are no values of type `any {trait.name}`",
            Span(source, node.start, node.end),
            labels=[Label(place, text)],
            notes=[f"`{trait.name}` {text}, which such a value, whose type is not known, cannot offer"],
            helps=[f"a type parameter `T: {trait.name}` may do instead"],
        )
        return ERROR
    program.any_traits[trait.symbol] = trait
    found: Type = AnyType(trait.symbol, trait.name, bound.args)
    for _ in range(options):
        found = program.option_of(found)
    return found


def unfit(program: Traits, trait: TraitInfo) -> tuple[str, Span] | None:
    """Why there are no `any` values of a trait, and the place of the reason; None when there are."""
    seen: set[str] = set()
    pending = [trait]
    while pending:
        current = pending.pop()
        if current.symbol in seen:
            continue
        seen.add(current.symbol)
        found = _own_reason(current)
        if found is not None:
            text, node = found
            if current is not trait:
                text = f"has the parent `{current.name}`, which {text}"
            return text, Span(current.module.source, node.start, node.end)
        scope = TypeScope(current.module)
        scope.params = {generic.name.text: [] for generic in current.decl.generics}
        for written in current.decl.bounds:
            name = written.path.segments[-1].name.text if isinstance(written, ast.PathTypeExpr) else ""
            parent = program.lookup(current.module, name)
            if isinstance(parent, TraitInfo):
                pending.append(parent)
    return None


def _own_reason(trait: TraitInfo) -> tuple[str, ast.Node] | None:
    for item in trait.decl.items:
        if isinstance(item, ast.TypeDecl):
            return f"has the associated type `{item.name.text}`", item.name
        if isinstance(item, ast.ConstDecl):
            return f"has the constant `{item.name.text}`", item.name
        if not isinstance(item, ast.FuncDecl):
            continue
        name = item.name.text
        if item.receiver is None:
            return f"has the static function `{name}`", item.name
        if item.generics:
            return f"has the method `{name}` with type parameters of its own", item.name
        for param in item.params:
            if _mentions_self(param.type):
                return f"has `Self` among the parameters of `{name}`", param
        if item.result is not None and _mentions_self(item.result):
            return f"has `Self` in the result of `{name}`", item.result
    for generic in trait.decl.generics:
        default = getattr(generic, "default", None)
        if default is not None and _mentions_self(default):
            return f"has the type parameter `{generic.name.text}`, which is `Self` where nothing is written", generic
    return None


def _mentions_self(node: object) -> bool:
    """Whether `Self` occurs in a type that is written."""
    if isinstance(node, ast.PathTypeExpr):
        segments = node.path.segments
        return segments[0].name.text == "Self" or any(
            _mentions_self(arg) for each in segments for arg in each.type_args or ()
        )
    if isinstance(node, ast.OptionalTypeExpr | ast.ArrayTypeExpr | ast.FixedArrayTypeExpr):
        return _mentions_self(node.element)
    if isinstance(node, ast.TupleTypeExpr):
        return any(_mentions_self(element) for element in node.elements)
    if isinstance(node, ast.FuncTypeExpr):
        return any(_mentions_self(param.type) for param in node.params) or _mentions_self(node.result)
    return False


def any_bounds(program: Traits, type_: AnyType) -> list[Bound]:
    """The traits that an `any` value implements by itself: its own and the parents of that, with their arguments."""
    return program.all_bounds([Bound(program.any_traits[type_.trait], type_.args)], type_)


def own_bound(program: Traits, type_: Type, symbol: str) -> Bound | None:
    """The bound that makes an `any` value implement a trait by itself; None for others and other types."""
    if not isinstance(type_, AnyType) or type_.trait not in program.any_traits:
        return None
    return next((bound for bound in any_bounds(program, type_) if bound.trait.symbol == symbol), None)


def as_any(self: BodyCore, value: hir.Expr, target: AnyType, node: ast.Node) -> hir.Expr | None:
    """A value as an `any Trait`; None when its type does not implement the trait."""
    program = self.program
    found = resolve(value.type)
    if found is NEVER or has_error(found):
        return value
    trait = program.any_traits[target.trait]
    bound = Bound(trait, target.args)
    if open_variable(found) is not None:
        found = self.default(found)
    answer = program.satisfies(found, bound, self.scope, self.unifier)
    if answer is False:
        return None
    if answer is None:
        self.require(found, bound, node, f"needed for `{target}`")
    return hir.AnyMake(start=value.start, end=value.end, type=target, value=value)


def not_any(self: BodyCore, found: Type, target: AnyType) -> tuple[str, list[Help | str]]:
    """Why a value does not become an `any Trait`, as the end of a message, and the ways out."""
    bound = Bound(self.program.any_traits[target.trait], target.args)
    if self.program.satisfies(found, bound, self.scope, self.unifier) is not False:
        return "", [f"a place that is changed has exactly this type: declare the variable with `: {target}`"]
    if open_variable(found) is not None:
        return "", []
    from luma_ir.frontend.check.lacking import Blame

    blame = Blame(self.program, self.scope, self.unifier)
    return f", which does not implement `{bound}`", blame.way_out(blame.culprit(found, bound), [bound])


def wider_trait(program: Traits, type_: AnyType, bound: Bound) -> list[Help | str]:
    """How `any` values may implement another trait."""
    if unfit(program, bound.trait) is not None:
        return [f"an `{type_}` may hold a value of any type; compare or combine what its methods give"]
    return [f"make `{bound}` a parent of the trait: `trait {type_.name}: {bound} {{ … }}`"]


def methods_of(program: Traits, bound: Bound) -> list[tuple[Bound, str]]:
    """What an `any` value of a trait can be asked for: the methods of the trait, then those of its parents."""
    type_ = AnyType(bound.trait.symbol, bound.trait.name, bound.args)
    return [(each, name) for each in any_bounds(program, type_) for name in program.trait(each.trait).methods]


def callees_of(program: Traits, target: AnyType, source: Type) -> list[hir.TraitMethodRef]:
    """The methods of a type that an `any` value made of it needs."""
    bound = Bound(program.any_traits[target.trait], target.args)
    return [
        hir.TraitMethodRef(each.trait.symbol, name, source, (), ERROR, each.args)
        for each, name in methods_of(program, bound)
    ]


def trait_def(program: Traits, trait: TraitInfo) -> hir.TraitDef:
    """The definition of a trait that some `any` value names; the name of an inherited method may get its parent's."""
    from luma_ir.frontend.types import ParamType

    program.trait(trait)
    own = Bound(trait, tuple([ParamType(name) for name in trait.type_params]))
    made = hir.TraitDef(trait.symbol, trait.name, list(trait.type_params), [], trait.module.source, trait.decl.start)
    for bound, name in methods_of(program, own):
        slot = name
        if bound.trait is not trait:
            while slot in made.methods:
                slot = f"{bound.trait.name}.{slot}"
            made.inherited[slot] = (bound.trait.symbol, name, bound.args)
        made.methods.append(slot)
    return made
