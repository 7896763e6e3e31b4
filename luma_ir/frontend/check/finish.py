"""The last step of a body: type variables are replaced by what they stand for, calls of trait methods by functions."""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, field, fields

from luma_ir.frontend import hir
from luma_ir.frontend.check.inference import LEAVES, open_variable, parts, substitute, zonk
from luma_ir.frontend.types import AnyType, AssocType, EnumType, StructType, Type


def put_in(type_: AssocType, mapping: dict[str, Type]) -> AssocType:
    """An associated type with type parameters replaced, whatever it stands for."""
    args = tuple([substitute(arg, mapping) for arg in type_.trait_args])
    return AssocType(substitute(type_.base, mapping), type_.trait, type_.name, args)


@define(eq=False, repr=False)
class Uses:
    """What a body refers to: callees in a fixed order, and definitions of types."""

    callees: list[hir.FunctionRef | hir.TraitMethodRef] = field(factory=list)
    definitions: dict[str, hir.StructDef | hir.EnumDef] = field(factory=dict)
    seen_types: set[Type] = field(factory=set)
    any_makes: list[hir.AnyMake] = field(factory=list)
    any_traits: dict[str, None] = field(factory=dict)
    """The symbols of the traits that `any` types name."""
    projections: list[AssocType] = field(factory=list)

    def add_type(self, type_: Type) -> None:
        """Note the definitions in a type."""
        if type(type_) in LEAVES or type_ in self.seen_types:
            return
        self.seen_types.add(type_)
        if isinstance(type_, StructType | EnumType):
            self.definitions.setdefault(type_.definition.symbol, type_.definition)
            if type_.definition.assoc_params:
                mapping = dict(zip(type_.definition.type_params, type_.args, strict=True))
                for projection in type_.definition.assoc_params:
                    self.projections.append(put_in(projection, mapping))
        elif isinstance(type_, AssocType):
            self.projections.append(type_)
        elif isinstance(type_, AnyType):
            self.any_traits[type_.trait] = None
        for part in parts(type_):
            self.add_type(part)


_SKIPPED = {
    "start",
    "end",
    "loop",
    "operator",
    "message",
    "index_",
    "op_name",
    "attributes",
    "inclusive",
    "reverse",
    "variant",
    "unchecked",
    "param",
}
_plans: dict[type, tuple[str, ...]] = {}


def _plan(kind: type) -> tuple[str, ...]:
    plan = _plans.get(kind)
    if plan is None:
        names = [each.name for each in fields(kind) if each.name not in _SKIPPED]
        if kind is hir.FieldStep:
            names.remove("index")
        plan = _plans[kind] = tuple(names)
    return plan


def finish(
    root: hir.Node,
    uses: Uses,
    settle: Callable[[Type], Type],
    resolve_method: Callable[[hir.TraitMethodRef], hir.Callee],
) -> None:
    """
    Replace the types in a tree by their final forms and note what it uses.

    Args:
        settle: the final form of a type that still has variables.
        resolve_method: the function that a trait method is, when that is known now.
    """
    _Finisher(uses, settle, resolve_method).run(root)


class _Finisher:
    """The walk over one tree."""

    def __init__(
        self, uses: Uses, settle: Callable[[Type], Type], resolve_method: Callable[[hir.TraitMethodRef], hir.Callee]
    ) -> None:
        self.uses = uses
        self.settle = settle
        self.resolve_method = resolve_method
        # Types are looked up by identity, so each is kept alive with its final form.
        self.known: dict[int, tuple[Type, Type]] = {}

    def final(self, type_: Type) -> Type:
        """The final form of a type."""
        if type(type_) in LEAVES:
            return type_
        found = self.known.get(id(type_))
        if found is not None:
            return found[1]
        made = zonk(type_)
        if open_variable(made) is not None:
            made = self.settle(made)
        self.known[id(type_)] = (type_, made)
        self.uses.add_type(made)
        return made

    def callee(self, value: hir.Callee) -> hir.Callee:
        """The final form of a callee, which is noted as used."""
        if isinstance(value, hir.TraitMethodRef):
            value.self_type = self.final(value.self_type)
            value.result = self.final(value.result)
            value.trait_args = tuple([self.final(arg) for arg in value.trait_args])
            value.type_args = tuple([self.final(arg) for arg in value.type_args])
            value = self.resolve_method(value)
        if isinstance(value, hir.FunctionRef) and value.type_args:
            value.type_args = tuple([self.final(arg) for arg in value.type_args])
        self.uses.callees.append(value)
        return value

    def run(self, root: hir.Node) -> None:
        """Visit every node, parents first, with a stack of its own: trees may be deep."""
        stack: list[object] = [root]
        locals_done: set[int] = set()
        while stack:
            node = stack.pop()
            kind = type(node)
            if kind is list or kind is tuple:
                stack.extend(reversed(node))  # type: ignore[call-overload]
            elif isinstance(node, hir.Local):
                if id(node) not in locals_done:
                    locals_done.add(id(node))
                    node.type = self.final(node.type)
            elif kind is not str and kind is not int and kind is not float:
                self.node(node, stack)

    def node(self, node: object, stack: list[object]) -> None:
        """Finish the types and callees of one node, and put its parts on the stack."""
        if type(node) is hir.AnyMake:
            self.uses.any_makes.append(node)  # type: ignore[arg-type]
        for name in reversed(_plan(type(node))):
            value = getattr(node, name)
            value_kind = type(value)
            if name == "type" or name == "return_type" or (name == "element" and isinstance(value, Type)):
                if value_kind not in LEAVES:
                    setattr(node, name, self.final(value))
            elif name == "types":
                node.types = [self.final(each) for each in value]  # type: ignore[attr-defined]
            elif value_kind is hir.FunctionRef or value_kind is hir.TraitMethodRef:
                setattr(node, name, self.callee(value))
            elif value is not None and value_kind is not bool:
                stack.append(value)
