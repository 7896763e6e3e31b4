"""
Merge equal operations: one that is dominated by an equal one takes its results.

Before: %a = arith.addi %x, %y : i64
        %b = arith.addi %y, %x : i64
After:  %a = arith.addi %x, %y : i64      // %b is %a
Expects: verified IR. Leaves: arrays that are made twice apart, since a merged one would be shared and then copied.

Checks merge too: the second of two equal ones cannot panic any more. A table per region holds what was seen, and
inner regions see the outer ones' entries; attributes count as equal by value, looked up once per object.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xdsl.dialects import arith
from xdsl.passes import ModulePass
from xdsl.traits import Commutative, IsolatedFromAbove

from luma_ir.dialects import luma
from luma_ir.ir.fast import block_ops, operands_of, replace_op
from luma_ir.passes.analysis.effects import GUARDED, MAY_PANIC, addressed_arrays, effect_kind, may_share
from luma_ir.passes.rewriting import bodies

if TYPE_CHECKING:
    from xdsl.context import Context
    from xdsl.dialects.builtin import ModuleOp
    from xdsl.ir import Attribute, Block, Operation

_FLOAT_COMMUTATIVE = frozenset({arith.AddfOp, arith.MulfOp, arith.MinSIOp, arith.MaxSIOp, arith.MinUIOp, arith.MaxUIOp})

_FLAGS = "overflowFlags"
_NO_FLAGS = arith.IntegerOverflowAttr("none")


@dataclass(frozen=True)
class LumaCsePass(ModulePass):
    """Merge equal operations."""

    name = "luma-cse"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        numbering = _Numbering()
        for function in bodies(op):
            merge_equal_ops(function, numbering)


class _Numbering:
    """A number per attribute value; objects are looked up by identity, so that each is hashed once."""

    def __init__(self) -> None:
        self._by_object: dict[int, int] = {}
        self._by_value: dict[Attribute, int] = {}
        self._kept: list[Attribute] = []
        self.commutative: dict[type, bool] = {}

    def of(self, attribute: Attribute) -> int:
        """The number of an attribute; equal attributes have equal numbers."""
        found = self._by_object.get(id(attribute))
        if found is None:
            found = self._by_value.setdefault(attribute, len(self._by_value))
            self._by_object[id(attribute)] = found
            self._kept.append(attribute)
        return found

    def is_commutative(self, cls: type[Operation]) -> bool:
        """Whether the order of the two operands of an op does not matter."""
        found = self.commutative.get(cls)
        if found is None:
            found = cls in _FLOAT_COMMUTATIVE or any(isinstance(trait, Commutative) for trait in cls.traits.traits)
            self.commutative[cls] = found
        return found


def merge_equal_ops(function: Operation, numbering: _Numbering | None = None) -> int:
    """Merge equal ops of one function; the number of ops that went."""
    numbers = _Numbering() if numbering is None else numbering
    addressed = addressed_arrays(function)
    merged = 0
    # Each entry: a block, its scope, made of the scopes around it when the block is reached.
    pending: list[tuple[Block, _Scope]] = [(block, _Scope(None)) for block in function.regions[0].blocks]
    if len(pending) > 1:
        # The entry block dominates the others; nothing is known about those among each other.
        entry = pending[0][1]
        pending = [pending[0], *((block, _Scope(entry)) for block, _ in pending[1:])]
    pending.reverse()
    while pending:
        block, scope = pending.pop()
        inner: list[tuple[Block, _Scope]] = []
        for op in block_ops(block):
            cls = type(op)
            if op.regions:
                isolated = op.has_trait(IsolatedFromAbove)
                # A region sees what stands before its op: entries that come later have higher numbers.
                for region in op.regions:
                    for child in region.blocks:
                        inner.append((child, _Scope(None if isolated else scope, len(scope.order))))
                continue
            kind = effect_kind(cls)
            if (kind > GUARDED and kind != MAY_PANIC) or not may_share(op):
                continue
            if cls is luma.GetOp and addressed.may_change(op):
                continue
            key = _key(op, cls, numbers)
            known = scope.find(key)
            if known is None:
                scope.add(key, op)
            elif cls is not luma.LocationOp:
                if _FLAGS in op.properties and op.properties[_FLAGS] != known.properties[_FLAGS]:
                    # One of the two promises less, and the value that stays must promise no more.
                    known.properties[_FLAGS] = _NO_FLAGS
                replace_op(op, known.results)
                merged += 1
        inner.reverse()
        pending.extend(inner)
    return merged


class _Scope:
    """The ops seen in one block, with the part of the enclosing scope that dominates it."""

    __slots__ = ("order", "outer", "table", "visible")

    def __init__(self, outer: _Scope | None, visible: int | None = None):
        self.outer = outer
        self.visible = visible
        self.table: dict[object, tuple[int, Operation]] = {}
        self.order: list[object] = []

    def find(self, key: object) -> Operation | None:
        """The op with this key that dominates the end of this scope as far as it is filled."""
        limit: int | None = None
        scope: _Scope | None = self
        while scope is not None:
            found = scope.table.get(key)
            if found is not None and (limit is None or found[0] < limit):
                return found[1]
            limit = scope.visible
            scope = scope.outer
        return None

    def add(self, key: object, op: Operation) -> None:
        """Enter an op."""
        self.table[key] = (len(self.order), op)
        self.order.append(key)


def _key(op: Operation, cls: type[Operation], numbers: _Numbering) -> object:
    operands = [id(operand) for operand in operands_of(op)]
    if len(operands) == 2 and numbers.is_commutative(cls):
        operands.sort()
    number = numbers.of
    properties = op.properties
    if not properties or (len(properties) == 1 and _FLAGS in properties):
        return (cls, tuple(operands), tuple([number(result.type) for result in op.results]))
    return (
        cls,
        tuple(operands),
        tuple([number(result.type) for result in op.results]),
        tuple([(name, number(properties[name])) for name in sorted(properties)]),
    )
