"""The functions of a module with the modes of their parameters, for the ownership passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from luma_ir.dialects.luma import FuncOp
from luma_ir.ir.diagnostics import PassFailure
from luma_ir.ir.fast import block_ops
from luma_ir.passes.mem._ownership import BORROW, OWN, Mode, mode_names
from luma_ir.passes.mem._types import TypeTable

if TYPE_CHECKING:
    from xdsl.dialects.builtin import ModuleOp
    from xdsl.ir import Operation, SSAValue


class FunctionTable:
    """Every `luma.func` of a module by name, with its types and parameter modes."""

    def __init__(self, module: ModuleOp) -> None:
        self.types = TypeTable(module)
        self.functions: dict[str, FuncOp] = {
            op.sym_name.data: op for op in block_ops(module.body.block) if isinstance(op, FuncOp)
        }
        self._modes: dict[str, tuple[Mode, ...]] = {}

    def bodies(self) -> list[FuncOp]:
        """The functions that have a body, in order."""
        return [op for op in self.functions.values() if not op.is_declaration]

    def modes(self, name: str) -> tuple[Mode, ...]:
        """
        The mode of each parameter; plain ones count as borrowed. Without a `modes` attribute, a function with a body
        owns its managed parameters; foreign functions borrow all of theirs.

        Raises:
            PassFailure: there is no such function.
        """
        found = self._modes.get(name)
        if found is None:
            op = self.functions.get(name)
            if op is None:
                raise PassFailure(f"call of `{name}`, which the module does not have")
            found = self._modes[name] = self._initial_modes(op)
        return found

    def set_modes(self, name: str, modes: tuple[Mode, ...]) -> None:
        """Replace the modes of a function in this table (not in the IR)."""
        self._modes[name] = modes

    def _initial_modes(self, op: FuncOp) -> tuple[Mode, ...]:
        inputs = op.function_type.inputs.data
        managed = self.types.is_managed
        if op.modes is not None:
            names = mode_names(op.modes)
            return tuple(OWN if name == "own" else BORROW for name in names)
        if op.is_declaration:
            inout = op.inout_indices
            return tuple(OWN if index in inout and managed(type_) else BORROW for index, type_ in enumerate(inputs))
        return tuple(OWN if managed(type_) else BORROW for type_ in inputs)

    def is_managed(self, value: SSAValue) -> bool:
        """Whether a value is consumed by owning uses."""
        return self.types.is_managed(value.type)

    def has_managed_values(self, function: FuncOp) -> bool:
        """Whether a function has any managed value (most helpers on scalars have none)."""
        managed = self.types.is_managed
        seen: dict[int, bool] = {}
        pending: list[Operation] = [function]
        while pending:
            op = pending.pop()
            for region in op.regions:
                for block in region.blocks:
                    for arg in block.args:
                        if managed(arg.type):
                            return True
                    for inner in block_ops(block):
                        for result in inner.results:
                            type_ = result.type
                            known = seen.get(id(type_))
                            if known is None:
                                known = seen[id(type_)] = managed(type_)
                            if known:
                                return True
                        if inner.regions:
                            pending.append(inner)
        return False
