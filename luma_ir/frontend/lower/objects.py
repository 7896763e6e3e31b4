"""Values of `any Trait`, and the traits of which there are such values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdsl.ir import Attribute, SSAValue

from luma_ir.dialects import luma
from luma_ir.frontend import hir
from luma_ir.frontend.lower.core import FunctionLowering, lowers
from luma_ir.ir.fast import make
from luma_ir.ir.intern import array, dictionary, string_attr, symbol
from luma_ir.ir.locations import file_loc

if TYPE_CHECKING:
    from luma_ir.frontend.lower.types import TypeLowering


@lowers(hir.AnyMake)
def lower_any_make(low: FunctionLowering, node: hir.AnyMake) -> SSAValue:
    """A value, boxed with its type's implementation of the trait, which `luma-instantiate` finds."""
    value = low.operand(node.value)
    low.at(node)
    properties: dict[str, Attribute] = {"source_type": low.shared.types.source(node.value.type)}
    return low.value(luma.AnyMakeOp, (value,), low.lower_type(node.type), properties)


def trait_op(trait: hir.TraitDef, lowering: TypeLowering) -> luma.TraitOp:
    """The definition of a trait: what its `any` values can be asked for."""
    properties: dict[str, Attribute] = {
        "sym_name": string_attr(trait.symbol),
        "methods": array([string_attr(method) for method in trait.methods]),
    }
    if trait.type_params:
        properties["type_params"] = array([string_attr(name) for name in trait.type_params])
    if trait.inherited:
        properties["inherited"] = dictionary(
            {
                slot: array([symbol(parent), string_attr(method), *[lowering.source(arg) for arg in args]])
                for slot, (parent, method, args) in trait.inherited.items()
            }
        )
    source = trait.source
    location = file_loc(source.name, *source.line_column(trait.start)) if source is not None else None
    return make(luma.TraitOp, properties=properties, location=location)


__all__ = ["lower_any_make", "trait_op"]
