"""
Building ops one after the other at the end of a block, with constants and stack slots in the entry block.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from xdsl.dialects import arith, func, scf
from xdsl.dialects.builtin import UNKNOWN_LOC, IntegerType
from xdsl.dialects.llvm import ExtractValueOp, InsertValueOp

from luma_ir.dialects import mem
from luma_ir.dialects.mem import HEADER_FIELDS, POINTER
from luma_ir.ir.fast import append, make, new_block, new_region, prepend
from luma_ir.ir.intern import I1, I32, I64, UNIT, dense_i64, int_attr, string_attr, symbol

if TYPE_CHECKING:
    from xdsl.dialects.builtin import LocationAttr
    from xdsl.ir import Attribute, Block, Operation, Region, SSAValue

OpT = TypeVar("OpT", bound="Operation")

_PREDICATES = {"eq": 0, "ne": 1, "slt": 2, "sle": 3, "sgt": 4, "sge": 5, "ult": 6, "ule": 7, "ugt": 8, "uge": 9}


class Builder:
    """Appends ops to `block`, all with the location `location`."""

    def __init__(self, entry: Block) -> None:
        self.entry = entry
        self.block = entry
        self.location: LocationAttr = UNKNOWN_LOC
        self._constants: dict[tuple[int, int], SSAValue] = {}
        self.slots: set[SSAValue] = set()
        """Addresses that are the same throughout the function: stack slots."""
        self.scope: str | None = None
        """The tag that loads, stores and copies get: what they access, for `mem-alias-scopes`."""

    def op(
        self,
        cls: type[OpT],
        operands: Sequence[SSAValue] = (),
        types: Sequence[Attribute] = (),
        properties: dict[str, Attribute] | None = None,
        *,
        attributes: dict[str, Attribute] | None = None,
        regions: Sequence[Region] = (),
    ) -> OpT:
        """Make an op and append it."""
        return append(
            self.block,
            make(cls, operands, types, properties, attributes=attributes, regions=regions, location=self.location),
        )

    def value(
        self,
        cls: type[Operation],
        operands: Sequence[SSAValue],
        type_: Attribute,
        properties: dict[str, Attribute] | None = None,
    ) -> SSAValue:
        """Append an op with one result and return the result."""
        return self.op(cls, operands, (type_,), properties).results[0]

    # Scalars.

    def constant(self, number: int, type_: IntegerType = I64) -> SSAValue:
        """An integer constant; it stands in the entry block, once."""
        key = (number, type_.width.data)
        found = self._constants.get(key)
        if found is None:
            op = make(arith.ConstantOp, (), (type_,), {"value": int_attr(number, type_)}, location=self.location)
            found = self._constants[key] = prepend(self.entry, op).results[0]
        return found

    def compare(self, predicate: str, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
        """An integer comparison, `predicate` as in `arith.cmpi`."""
        properties: dict[str, Attribute] = {"predicate": int_attr(_PREDICATES[predicate], I64)}
        return self.value(arith.CmpiOp, (lhs, rhs), I1, properties)

    def add(self, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
        """An integer sum."""
        return self.value(arith.AddiOp, (lhs, rhs), lhs.type)

    def sub(self, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
        """An integer difference."""
        return self.value(arith.SubiOp, (lhs, rhs), lhs.type)

    def mul(self, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
        """An integer product."""
        return self.value(arith.MuliOp, (lhs, rhs), lhs.type)

    def either(self, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
        """The bits that are set in one or both."""
        return self.value(arith.OrIOp, (lhs, rhs), lhs.type)

    def choose(self, condition: SSAValue, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
        """`lhs` when the condition holds, else `rhs`."""
        return self.value(arith.SelectOp, (condition, lhs, rhs), lhs.type)

    # Aggregates in registers.

    def extract(self, value: SSAValue, number: int, type_: Attribute) -> SSAValue:
        """Field `number` of a struct value."""
        return self.value(ExtractValueOp, (value,), type_, {"position": dense_i64((number,))})

    def insert(self, value: SSAValue, number: int, field: SSAValue) -> SSAValue:
        """A struct value with another field `number`."""
        return self.value(InsertValueOp, (value, field), value.type, {"position": dense_i64((number,))})

    def extract_at(self, value: SSAValue, path: Sequence[int], type_: Attribute) -> SSAValue:
        """What a path of fields leads to in a struct value."""
        return self.value(ExtractValueOp, (value,), type_, {"position": dense_i64(tuple(path))})

    def insert_at(self, value: SSAValue, path: Sequence[int], part: SSAValue) -> SSAValue:
        """A struct value with another part where a path of fields leads."""
        return self.value(InsertValueOp, (value, part), value.type, {"position": dense_i64(tuple(path))})

    # Memory.

    def slot(self, storage: Attribute) -> SSAValue:
        """A stack slot, made in the entry block."""
        op = make(mem.SlotOp, (), (POINTER,), {"element": storage}, location=self.location)
        address = prepend(self.entry, op).results[0]
        self.slots.add(address)
        return address

    def header(self, field: str, buffer: SSAValue) -> SSAValue:
        """A field of a buffer's header."""
        type_ = I32 if HEADER_FIELDS[field][1] == 32 else I64
        return self.value(mem.LoadHeaderOp, (buffer,), type_, {"field": string_attr(field)})

    def set_header(self, field: str, value: SSAValue, buffer: SSAValue) -> None:
        """Write a field of a buffer's header."""
        self.op(mem.StoreHeaderOp, (value, buffer), (), {"field": string_attr(field)})

    def element(self, buffer: SSAValue, index: SSAValue, storage: Attribute) -> SSAValue:
        """The address of an element of a buffer."""
        return self.value(mem.ElementOp, (buffer, index), POINTER, {"element": storage})

    def offset(self, pointer: SSAValue, index: SSAValue, storage: Attribute, inbounds: bool = True) -> SSAValue:
        """The address some elements on."""
        properties: dict[str, Attribute] = {"element": storage}
        if inbounds:
            properties["inbounds"] = UNIT
        return self.value(mem.OffsetOp, (pointer, index), POINTER, properties)

    def field(self, pointer: SSAValue, number: int, storage: Attribute) -> SSAValue:
        """The address of a field of a struct in memory."""
        return self.value(mem.FieldOp, (pointer,), POINTER, {"number": int_attr(number, I64), "aggregate": storage})

    def load(self, pointer: SSAValue, storage: Attribute) -> SSAValue:
        """Read from memory."""
        return self.op(mem.LoadOp, (pointer,), (storage,), attributes=self._scope_attributes()).results[0]

    def store(self, value: SSAValue, pointer: SSAValue) -> None:
        """Write to memory."""
        self.op(mem.StoreOp, (value, pointer), attributes=self._scope_attributes())

    def copy(self, source: SSAValue, target: SSAValue, storage: Attribute, count: SSAValue | None = None) -> None:
        """Copy one value, or some, from memory to memory."""
        operands = (source, target, self.constant(1) if count is None else count)
        self.op(mem.CopyOp, operands, (), {"element": storage})

    def _scope_attributes(self) -> dict[str, Attribute] | None:
        return None if self.scope is None else {mem.SCOPE: string_attr(self.scope)}

    def bytes(self, capacity: SSAValue, size: int) -> SSAValue:
        """The bytes that a buffer takes; more than there is when the number is too large to compute."""
        if size == 0:
            return self.constant(mem.DATA_OFFSET)
        total = self.add(self.mul(capacity, self.constant(size)), self.constant(mem.DATA_OFFSET))
        too_many = self.compare("ugt", capacity, self.constant((1 << 62) // size))
        return self.choose(too_many, self.constant((1 << 63) - 1), total)

    def call(self, name: str, operands: Sequence[SSAValue], types: Sequence[Attribute] = ()) -> Sequence[SSAValue]:
        """Call a function by its symbol."""
        return self.op(func.CallOp, operands, types, {"callee": symbol(name)}).results

    # Control flow.

    def inside(self, block: Block, emit: Callable[[], Sequence[SSAValue]], end: type[Operation]) -> None:
        """Fill a block with what `emit` appends, ended by `end` on what it returns."""
        outer, self.block = self.block, block
        results = emit()
        self.op(end, results)
        self.block = outer

    def if_(
        self,
        condition: SSAValue,
        types: Sequence[Attribute],
        then: Callable[[], Sequence[SSAValue]],
        otherwise: Callable[[], Sequence[SSAValue]] = tuple,
        *,
        unlikely: bool = False,
    ) -> Sequence[SSAValue]:
        """An `scf.if` whose branches append ops and return the results; the first may be marked as unlikely."""
        blocks = new_block(), new_block()
        for block, emit in zip(blocks, (then, otherwise), strict=True):
            self.inside(block, emit, scf.YieldOp)
        attributes: dict[str, Attribute] = {mem.UNLIKELY: UNIT} if unlikely else {}
        regions = [new_region(block) for block in blocks]
        return self.op(scf.IfOp, (condition,), types, attributes=attributes, regions=regions).results

    def for_(self, lower: SSAValue, upper: SSAValue, body: Callable[[SSAValue], None]) -> None:
        """An `scf.for` over i64 with step 1; `body` gets the index."""
        block = new_block((I64,))

        def emit() -> Sequence[SSAValue]:
            body(block.args[0])
            return ()

        step = self.constant(1)
        self.inside(block, emit, scf.YieldOp)
        self.op(scf.ForOp, (lower, upper, step), regions=[new_region(block)])
