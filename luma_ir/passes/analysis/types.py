"""What the definitions of a module say about types: whether values of a type are counted (hold an array)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdsl.dialects.builtin import ArrayAttr, StringAttr

from luma_ir.dialects import luma
from luma_ir.dialects.luma.layouts import Definitions
from luma_ir.ir.fast import block_ops
from luma_ir.passes.analysis.effects import is_scalar

if TYPE_CHECKING:
    from xdsl.dialects.builtin import ModuleOp
    from xdsl.ir import Attribute


class TypeTable:
    """The struct and enum definitions of a module, and what follows from them."""

    def __init__(self, module: ModuleOp | None):
        self._definitions: dict[str, luma.StructOp | luma.EnumOp] = {}
        self._counted: dict[Attribute, bool] = {}
        self._by_object: dict[int, tuple[Attribute, bool]] = {}
        self._module = module
        self._parts: Definitions | None = None
        self._closures: dict[int, tuple[Attribute, bool]] = {}
        if module is not None:
            for op in block_ops(module.body.block):
                if isinstance(op, luma.StructOp | luma.EnumOp):
                    self._definitions[op.sym_name.data] = op

    def is_counted(self, type_: Attribute) -> bool:
        """Whether values of a type hold an array somewhere; True where that is not known."""
        if is_scalar(type_) or isinstance(type_, luma.PtrType):
            return False
        known = self._by_object.get(id(type_))
        if known is None:
            known = self._by_object[id(type_)] = (type_, self._compute(type_, {}, 0))
        return known[1]

    def holds_closure(self, type_: Attribute) -> bool:
        """Whether values of a concrete type hold a function value inline: in a field, at any depth, or themselves."""
        known = self._closures.get(id(type_))
        if known is None:
            self._closures[id(type_)] = (type_, False)  # What contains itself is boxed.
            known = self._closures[id(type_)] = (type_, self._find_closure(type_))
        return known[1]

    def _find_closure(self, type_: Attribute) -> bool:
        if isinstance(type_, luma.ClosureType):
            return True
        if isinstance(type_, luma.TupleType):
            return any(self.holds_closure(element) for element in type_.elements)
        if isinstance(type_, luma.StructType):
            try:
                fields = self.definitions.field_types(type_)
            except KeyError:
                return False
            return any(self.holds_closure(field) for field in fields)
        return False

    @property
    def definitions(self) -> Definitions:
        """What the definitions of the module say of fields and payloads."""
        if self._parts is None:
            self._parts = Definitions() if self._module is None else Definitions.of(self._module)
        return self._parts

    def _compute(self, type_: Attribute, env: dict[str, Attribute], depth: int) -> bool:
        if is_scalar(type_) or isinstance(type_, luma.PtrType):
            return False
        if depth > 32:
            return True
        if isinstance(type_, luma.FixedType):
            return self._compute(type_.element, env, depth + 1)
        if isinstance(type_, luma.TupleType):
            return any(self._compute(element, env, depth + 1) for element in type_.elements)
        if isinstance(type_, luma.ParamType):
            bound = env.get(type_.param.data)
            return bound is None or self._compute(bound, {}, depth + 1)
        if isinstance(type_, luma.StructType | luma.EnumType):
            return self._compute_nominal(type_, env, depth)
        return True

    def _compute_nominal(self, type_: luma.StructType | luma.EnumType, env: dict[str, Attribute], depth: int) -> bool:
        definition = self._definitions.get(type_.definition.string_value())
        if definition is None:
            return True
        known = self._counted.get(type_) if not env else None
        if known is not None:
            return known
        self._counted[type_] = True  # A type that contains itself is boxed, and so counted.
        params = definition.type_params
        names = [param.data for param in params.data if isinstance(param, StringAttr)] if params is not None else []
        inner: dict[str, Attribute] = {}
        for name, argument in zip(names, type_.args.data, strict=False):
            bound = env.get(argument.param.data) if isinstance(argument, luma.ParamType) else argument
            if bound is not None:
                inner[name] = bound
        fields: list[Attribute] = []
        if isinstance(definition, luma.StructOp):
            fields.extend(definition.field_types.data)
        else:
            for payload in definition.payloads.data:
                if isinstance(payload, ArrayAttr):
                    fields.extend(payload.data)
        result = any(self._compute(field, inner, depth + 1) for field in fields)
        if env:
            del self._counted[type_]
        else:
            self._counted[type_] = result
        return result
