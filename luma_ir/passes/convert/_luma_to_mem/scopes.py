"""
Which accesses to arrays cannot touch the same memory.

Each access to the elements of a growable array gets a tag `<type>:<kind>`. Elements of different types are never at the
same place. Among those of one type there are three kinds:

- `r`, read through a borrowed parameter (or a view of one): the caller holds that array during the whole call, so it
  is never unique here and nothing writes to it;
- `u<n>`, through a value that is unique and that never goes into another value, a call or unsafe code: the values that
  flow into each other are one class, and two classes are never the same array;
- `x`, everything else: it may be the same array as any `x` or `u`.

`mem-alias-scopes` makes alias scopes of the tags.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

from luma_ir.dialects import luma, mem
from luma_ir.ir.fast import operands_of, users
from luma_ir.passes.mem._ownership import OWN, operand_modes, ownership_of

if TYPE_CHECKING:
    from xdsl.ir import Attribute, Operation, SSAValue

    from luma_ir.passes.mem._uniqueness import Flow

_CHAIN = (
    luma.SetOp,
    luma.PutOp,
    luma.TakeOp,
    luma.ArrayPushOp,
    luma.ArrayPopOp,
    luma.ArrayTruncateOp,
    luma.ArrayReserveOp,
    luma.ArrayAppendOp,
    mem.MakeUniqueAtOp,
)
"""Ops that consume an array (operand 0) and yield it, changed."""

_ENDS = (luma.ReturnOp, mem.DropOp, mem.MakeUniqueOp)
"""Ops that consume an array without making it part of something that this function sees again."""


@define
class Scopes:
    """The tags of one function's accesses."""

    flow: Flow
    type_numbers: dict[Attribute, int]
    _classes: dict[SSAValue, SSAValue] = field(factory=dict)
    _numbers: dict[SSAValue, int] = field(factory=dict)
    _bad: set[SSAValue] = field(factory=set)

    def __attrs_post_init__(self) -> None:
        facts = self.flow.solved()
        arrays = [value for value in facts if isinstance(value.type, luma.ArrayType)]
        for target, values in self.flow.sources.items():
            for value in values:
                self._unite(target, value)
        for op in self.flow.definitions:
            if isinstance(op, _CHAIN):
                result = op.results[1] if isinstance(op, luma.TakeOp) else op.results[0]
                self._unite(result, operands_of(op)[0])
        for value in arrays:
            if () not in facts[value] or any(self._escapes(user, value) for user in users(value)):
                self._bad.add(self._find(value))

    def tag(self, root: SSAValue, element: Attribute, *, direct: bool) -> str:
        """The tag of an access to elements of a type, in the array that a value is (`direct`) or somewhere inside."""
        number = self.type_numbers.setdefault(element, len(self.type_numbers))
        return f"{number}:{self._kind(root, direct)}"

    def _kind(self, root: SSAValue, direct: bool) -> str:
        if self._is_borrowed(root):
            return "r"
        if not direct:
            return "x"
        found = self._find(root)
        if found in self._bad or not isinstance(root.type, luma.ArrayType) or self._is_view(root):
            return "x"
        return f"u{self._numbers.setdefault(found, len(self._numbers))}"

    def _is_view(self, value: SSAValue) -> bool:
        owner = value.owner
        row = None if hasattr(owner, "args") else ownership_of(owner)  # pyright: ignore[reportArgumentType]
        return row is not None and row.projects

    def _is_borrowed(self, value: SSAValue) -> bool:
        """Whether a value is a borrowed parameter or was read from one."""
        while self._is_view(value):
            value = operands_of(value.owner)[0]  # pyright: ignore[reportArgumentType]
        function = self.flow.function
        if value.owner is not function.body.block:
            return False
        modes = self.flow.module.table.modes(function.sym_name.data)
        return modes[value.index] != OWN  # pyright: ignore[reportAttributeAccessIssue]

    def _escapes(self, op: Operation, value: SSAValue) -> bool:
        """Whether a use makes an array part of something else, or lets others keep it."""
        if isinstance(op, _ENDS):
            return False
        operands = operands_of(op)
        if isinstance(op, _CHAIN):
            return any(operand is value for operand in operands[1:]) and not isinstance(op, luma.ArrayAppendOp)
        if value in self._flowing(op):
            return False
        modes = operand_modes(op, self.flow.module.table)
        return isinstance(op, mem.DupOp | luma.ArrayPtrOp) or any(
            mode == OWN for operand, mode in zip(operands, modes, strict=True) if operand is value
        )

    def _flowing(self, op: Operation) -> tuple[SSAValue, ...]:
        """The operands of control flow, which become values that are united with them."""
        name = op.name
        if op.regions or name in ("scf.yield", "scf.condition", "luma.yield", "luma.break", "luma.continue"):
            return tuple(operands_of(op))
        return ()

    def _find(self, value: SSAValue) -> SSAValue:
        root = value
        while (parent := self._classes.get(root)) is not None:
            root = parent
        while value is not root:
            self._classes[value], value = root, self._classes[value]
        return root

    def _unite(self, first: SSAValue, second: SSAValue) -> None:
        first, second = self._find(first), self._find(second)
        if first is not second:
            self._classes[first] = second
