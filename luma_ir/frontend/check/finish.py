"""The last step of a body: type variables are replaced by what they stand for, calls of trait methods by functions."""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, field, fields

from luma_ir.frontend import hir
from luma_ir.frontend.check.inference import LEAVES, TypeVar, parts, zonk
from luma_ir.frontend.types import EnumType, StructType, Type


@define(eq=False)
class Uses:
    """What a body refers to: callees in a fixed order, and definitions of types."""

    callees: list[hir.FunctionRef | hir.TraitMethodRef] = field(factory=list)
    definitions: dict[str, hir.StructDef | hir.EnumDef] = field(factory=dict)
    seen_types: set[Type] = field(factory=set)

    def add_type(self, type_: Type) -> None:
        """Note the definitions in a type."""
        if type(type_) in LEAVES or type_ in self.seen_types:
            return
        self.seen_types.add(type_)
        if isinstance(type_, StructType | EnumType):
            self.definitions.setdefault(type_.definition.symbol, type_.definition)
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
    known: dict[int, Type] = {}
    stack: list[object] = [root]
    done: set[int] = set()

    def final(type_: Type) -> Type:
        if type(type_) in LEAVES:
            return type_
        found = known.get(id(type_))
        if found is None:
            found = zonk(type_)
            if _has_variable(found):
                found = settle(found)
            keep.append(type_)
            known[id(type_)] = found
            uses.add_type(found)
        return found

    keep: list[Type] = []

    def callee(value: hir.Callee) -> hir.Callee:
        if isinstance(value, hir.TraitMethodRef):
            value.self_type = final(value.self_type)
            value.result = final(value.result)
            value = resolve_method(value)
        if isinstance(value, hir.FunctionRef) and value.type_args:
            value.type_args = tuple([final(arg) for arg in value.type_args])
        uses.callees.append(value)
        return value

    while stack:
        node = stack.pop()
        kind = type(node)
        if kind is list:
            stack.extend(reversed(node))  # type: ignore[call-overload]
            continue
        if kind is tuple:
            stack.extend(node)  # type: ignore[arg-type]
            continue
        if kind is str or kind is int or node is None or kind is bool or kind is float:
            continue
        if kind is hir.Local:
            if id(node) not in done:
                done.add(id(node))
                node.type = final(node.type)  # type: ignore[attr-defined]
            continue
        for name in reversed(_plan(kind)):
            value = getattr(node, name)
            value_kind = type(value)
            if name == "type" or name == "return_type":
                if value_kind not in LEAVES:
                    setattr(node, name, final(value))
            elif name == "types":
                node.types = [final(each) for each in value]  # type: ignore[attr-defined]
            elif value_kind is hir.FunctionRef or value_kind is hir.TraitMethodRef:
                setattr(node, name, callee(value))
            elif value is not None and value_kind is not bool:
                stack.append(value)


def _has_variable(type_: Type) -> bool:
    return type(type_) is TypeVar or any(_has_variable(part) for part in parts(type_))
