"""What the definitions of a module say about types: whether values of a type are counted (hold an array)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from luma_ir.dialects import luma
from luma_ir.dialects.luma.layouts import Definitions
from luma_ir.passes.analysis.effects import is_scalar

if TYPE_CHECKING:
    from xdsl.dialects.builtin import ModuleOp
    from xdsl.ir import Attribute


class TypeTable:
    """The struct and enum definitions of a module, and what follows from them."""

    def __init__(self, module: ModuleOp | None):
        self._by_object: dict[int, tuple[Attribute, bool]] = {}
        self._module = module
        self._parts: Definitions | None = None
        self._closures: dict[int, tuple[Attribute, bool]] = {}

    def is_counted(self, type_: Attribute) -> bool:
        """Whether values of a type hold an array somewhere; True where that is not known."""
        if is_scalar(type_) or isinstance(type_, luma.PtrType):
            return False
        known = self._by_object.get(id(type_))
        if known is None:
            known = self._by_object[id(type_)] = (type_, self._find_counted(type_))
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

    def _find_counted(self, type_: Attribute) -> bool:
        try:
            return self.definitions.is_counted(type_)
        except KeyError:
            return True
