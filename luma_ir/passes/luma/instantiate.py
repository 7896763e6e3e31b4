"""
Make all generic code concrete: instances, implementations and derived traits together, until nothing is left.

Before: luma.func private @main.f<T>, luma.call @main.f(%x) {type_args = [i64]}, luma.trait_call @std.prelude.Show …
After:  luma.func private @"main.f<i64>", luma.call @"main.f<i64>"(%x), luma.call @std.number.show_i64 …
Expects: verified IR. Leaves: no type parameters, trait calls, generic functions or `luma.impl`.

Does what `luma-monomorphize`, `luma-resolve-traits` and `luma-derive` would in several rounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from attrs import define, field
from xdsl.passes import ModulePass

from luma_ir.dialects import luma
from luma_ir.dialects.luma.layouts import is_concrete
from luma_ir.ir.diagnostics import PassFailure
from luma_ir.ir.fast import block_ops, erase, walk
from luma_ir.ir.intern import string_attr, symbol
from luma_ir.ir.locations import is_known
from luma_ir.passes.luma._any_values import call_of_any, fill_methods, slot_for, trait_ops
from luma_ir.passes.luma._closure_instances import instantiate_closure
from luma_ir.passes.luma._derive import METHODS, PRELUDE, Deriver, is_derivable, short_name
from luma_ir.passes.luma._generics import Instances, type_name

if TYPE_CHECKING:
    from xdsl.context import Context
    from xdsl.dialects.builtin import LocationAttr, ModuleOp
    from xdsl.ir import Attribute


@dataclass(frozen=True)
class LumaInstantiatePass(ModulePass):
    """Make all generic code concrete."""

    name = "luma-instantiate"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        instantiate(op)


def instantiate(module: ModuleOp) -> None:
    """
    Make all generic code of a module concrete.

    Raises:
        PassFailure: a trait has no implementation for a type, or instances never end.
    """
    Worker(Instances.of(module), monomorphize=True, resolve=True, derive=True).run()
    for op in list(block_ops(module.body.block)):
        if isinstance(op, luma.ImplOp) or (isinstance(op, luma.FuncOp) and op.type_params is not None):
            erase(op)


_REFERENCES = frozenset({luma.CallOp, luma.TraitCallOp, luma.ClosureOp, luma.AnyMakeOp})
"""The ops that may name generic functions and traits."""


@define(eq=False)
class Worker:
    """Goes through all functions, the new ones included, and does the kinds of work that are switched on."""

    instances: Instances
    monomorphize: bool = False
    resolve: bool = False
    derive: bool = False
    _derived: dict[tuple[str, Attribute], luma.FuncOp] = field(factory=dict)
    traits: dict[str, luma.TraitOp] = field(factory=dict)
    """The traits of which there are `any` values."""
    methods: dict[tuple[str, str, tuple[Attribute, ...]], luma.FuncOp] = field(factory=dict)
    """For each method of such a trait one function that implements it."""
    forwarders: dict[tuple[str, object], luma.FuncOp] = field(factory=dict)
    _wider: list[luma.AnyMakeOp] = field(factory=list)
    """Makers of `any` values from `any` values, which come last."""

    def run(self) -> None:
        """Work until there is nothing more to do."""
        self.traits = trait_ops(self.instances.module)
        pending = self.instances.concrete_functions()
        while pending:
            self.instances.made = []
            for function in pending:
                self.visit(function)
            if not self.instances.made:
                wider, self._wider = self._wider, []
                for op in wider:
                    fill_methods(self, op)
            pending = self.instances.made

    def visit(self, function: luma.FuncOp) -> None:
        """Work on the calls of one function."""
        found = [op for op in walk(function) if type(op) in _REFERENCES]
        for op in found:
            call: luma.CallOp | None
            if isinstance(op, luma.ClosureOp):
                if self.monomorphize and op.type_args is not None:
                    instantiate_closure(self.instances, op)
                continue
            if isinstance(op, luma.AnyMakeOp):
                if isinstance(op.source_type, luma.AnyType):
                    self._wider.append(op)
                elif self.resolve and self.monomorphize:
                    fill_methods(self, op)
                continue
            if isinstance(op, luma.TraitCallOp):
                call = self.visit_trait_call(op)
            else:
                assert isinstance(op, luma.CallOp)
                call = op
            if call is not None and self.monomorphize and call.type_args is not None:
                self.instances.instantiate_call(call)

    def visit_trait_call(self, call: luma.TraitCallOp) -> luma.CallOp | None:
        """Replace a trait call when its implementation is known."""
        if not is_concrete(call.self_type):
            return None
        trait = call.trait.string_value()
        if isinstance(call.self_type, luma.AnyType) and self.resolve and call_of_any(self, call):
            return None
        found = self.instances.find_for_call(call)
        if found is not None:
            return self.instances.call_instead(call, *found) if self.resolve else None
        if is_derivable(self.instances.definitions, trait, call.self_type):
            if not self.derive:
                return None
            return self.instances.call_instead(call, self.derived(trait, call))
        if trait == PRELUDE + "Debug" and self.can("Show", call.self_type):
            # Containers show an element in its plain form where it has no other.
            call.properties["trait"] = symbol(PRELUDE + "Show")
            call.properties["method"] = string_attr(METHODS["Show"])
            return self.visit_trait_call(call)
        if self.resolve:
            name = trait.rpartition(".")[2]
            raise PassFailure(f"`{name}` is not implemented for `{type_name(call.self_type)}`", call)
        return None

    def derived(self, trait: str, call: luma.TraitCallOp) -> luma.FuncOp:
        """The derived implementation of a trait for the type of a call."""
        return self.derived_for(trait, call.self_type, call.location)

    def derived_for(self, trait: str, type_: Attribute, place: LocationAttr) -> luma.FuncOp:
        """The derived implementation of a trait for a type."""
        key = (trait, type_)
        found = self._derived.get(key)
        if found is None:
            name = short_name(trait)
            assert name is not None
            definitions = self.instances.definitions
            location = self._place_of(type_) or place
            deriver = Deriver(definitions, type_, location, self.can)
            found = self._derived[key] = self.instances.add(deriver.function(name))
        return found

    def _place_of(self, type: Attribute) -> LocationAttr | None:
        """The location of a type's definition, when it has one."""
        definitions = self.instances.definitions
        if not isinstance(type, luma.StructType | luma.EnumType):
            return None
        op = definitions.struct_op(type) if isinstance(type, luma.StructType) else definitions.enum_op(type)
        return op.location if is_known(op.location) else None

    def can(self, name: str, type: Attribute) -> bool:
        """Whether a derivable trait has an implementation for a source type, written or derived."""
        trait = PRELUDE + name
        if self.instances.find_impl(trait, METHODS[name], type) is not None:
            return True
        if slot_for(self, type, trait, METHODS[name], ()) is not None:
            return True
        return is_derivable(self.instances.definitions, trait, type)
