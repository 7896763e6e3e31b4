"""
The engine of `luma-canonicalize`: one worklist over a function, rules found by op class, constants kept in one place.

A rule is a function `(op, folder) -> bool`; it looks, and when it changes something returns True. It may erase its op.
The engine removes what is unused, folds what is constant, and looks again at ops next to a change.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from struct import pack
from typing import TYPE_CHECKING, TypeVar

from xdsl.dialects import arith
from xdsl.ir import Block

from luma_ir.ir.fast import (
    block_ops,
    detach,
    erase,
    has_uses,
    insert_after,
    insert_before,
    make,
    operands_of,
    prepend,
    replace_uses,
    users,
    walk,
)
from luma_ir.passes.analysis.constants import EVALUATORS, Number, attribute_for, evaluate, number_of, width_of
from luma_ir.passes.analysis.control import IFS
from luma_ir.passes.analysis.effects import NESTED, NOTHING_ADDRESSED, READ, addressed_arrays, effect_kind, removable
from luma_ir.passes.rewriting import erase_all

if TYPE_CHECKING:
    from xdsl.dialects.builtin import LocationAttr
    from xdsl.ir import Attribute, Operation, SSAValue

    from luma_ir.passes.analysis.types import TypeTable

OpT = TypeVar("OpT", bound="Operation")
Rule = Callable[["Operation", "Folder"], bool]
RuleTable = dict[type, Sequence[Rule]]

_VISITS_PER_OP = 40
"""Rules make progress by themselves; this bounds the work should two of them ever undo each other."""


class Folder:
    """The state of canonicalizing one function."""

    def __init__(self, function: Operation, rules: RuleTable, types: TypeTable):
        self.function = function
        self.rules = rules
        self.types = types
        self.changed = False
        self.addressed = NOTHING_ADDRESSED
        """The arrays whose contents may change behind their values."""
        self._queue: deque[Operation] = deque()
        self._queued: set[int] = set()
        self._erased: dict[int, Operation] = {}
        self._constants: dict[object, arith.ConstantOp] = {}
        self._last_constant: arith.ConstantOp | None = None
        self._entry = function.regions[0].blocks[0]

    # Running.

    def run(self) -> bool:
        """Apply the rules until none applies; True when anything changed."""
        self.addressed = addressed_arrays(self.function)
        for op in walk(self.function):
            if op is not self.function:
                self._queue.append(op)
                self._queued.add(id(op))
        self.drain()
        self.drop_unused_constants()
        return self.changed

    def drop_unused_constants(self) -> None:
        """Erase the constants that a rule asked for and that are not needed after all."""
        for op in list(self._constants.values()):
            if not has_uses(op.results[0]):
                self.erase(op)

    def drain(self) -> None:
        """Work off the queue."""
        queue, queued, erased = self._queue, self._queued, self._erased
        budget = _VISITS_PER_OP * (len(queue) + 100)
        rules = self.rules
        while queue and budget:
            budget -= 1
            op = queue.popleft()
            queued.discard(id(op))
            if id(op) in erased:
                continue
            cls = type(op)
            if isinstance(op, arith.ConstantOp):
                self._visit_constant(op)
                continue
            if self._remove_unused(op, cls) or (cls in EVALUATORS and self._fold(op)):
                continue
            for rule in rules.get(cls, ()):
                if rule(op, self):
                    self.changed = True
                    self.push(op)
                    break

    def push(self, op: Operation) -> None:
        """Look at an op again."""
        if id(op) not in self._queued and id(op) not in self._erased:
            self._queued.add(id(op))
            self._queue.append(op)

    def push_users(self, value: SSAValue) -> None:
        """Look at the users of a value again."""
        for user in users(value):
            self.push(user)

    def push_inside(self, op: Operation) -> None:
        """Look at everything inside an op again."""
        for inner in walk(op):
            self.push(inner)

    def _remove_unused(self, op: Operation, cls: type[Operation]) -> bool:
        if any(has_uses(result) for result in op.results):
            return False
        kind = effect_kind(cls)
        if kind <= READ or (kind == NESTED and (op.results or cls in IFS)):
            if not op.results and kind != NESTED:
                return False
            if removable(op):
                self.erase(op)
                return True
        return False

    def _fold(self, op: Operation) -> bool:
        numbers: list[Number] = []
        for operand in operands_of(op):
            owner = operand.owner
            if type(owner) is not arith.ConstantOp:
                return False
            number = number_of(owner.properties["value"])
            if number is None:
                return False
            numbers.append(number)
        result = evaluate(op, numbers)
        if result is None:
            return False
        attribute = attribute_for(result, op.results[0].type)
        if attribute is None:
            return False
        self.replace(op, [self.constant_of(attribute, op.location)])
        return True

    # Constants.

    def _visit_constant(self, op: arith.ConstantOp) -> None:
        if not has_uses(op.results[0]):
            self.erase(op)
            return
        key = _constant_key(op.properties["value"])
        known = self._constants.get(key)
        if known is op:
            return
        if known is not None:
            self.replace(op, known.results)
            return
        detach(op)
        self._place_constant(key, op)

    def _place_constant(self, key: object, op: arith.ConstantOp) -> None:
        last = self._last_constant
        if last is None:
            prepend(self._entry, op)
        else:
            insert_after(last, op)
        self._last_constant = op
        self._constants[key] = op

    def constant_of(self, attribute: Attribute, location: LocationAttr) -> SSAValue:
        """The function's constant with the given value; constants stand at the start of the entry block."""
        key = _constant_key(attribute)
        known = self._constants.get(key)
        if known is None:
            type_ = attribute.type  # pyright: ignore[reportAttributeAccessIssue]
            known = make(arith.ConstantOp, (), (type_,), {"value": attribute}, location=location)
            self._place_constant(key, known)
        return known.results[0]

    def constant(self, value: Number | bool, like: SSAValue, location: LocationAttr) -> SSAValue:
        """A constant of the type of another value."""
        attribute = attribute_for(value, like.type)
        assert attribute is not None
        return self.constant_of(attribute, location)

    # Changing.

    def erase(self, op: Operation) -> None:
        """Erase an op without uses; what it used may have become unused."""
        used: list[Operation] = []
        for inner in walk(op) if op.regions else (op,):
            self._erased[id(inner)] = inner
            for operand in operands_of(inner):
                owner = operand.owner
                if not isinstance(owner, Block):
                    used.append(owner)
        self._forget_constant(op)
        erase(op)
        for owner in used:
            self.push(owner)
        self.changed = True

    def _forget_constant(self, op: Operation) -> None:
        if type(op) is not arith.ConstantOp:
            return
        key = _constant_key(op.properties["value"])
        if self._constants.get(key) is op:
            del self._constants[key]
            if self._last_constant is op:
                previous = op.prev_op
                self._last_constant = previous if type(previous) is arith.ConstantOp else None

    def erase_all(self, ops: Sequence[Operation]) -> None:
        """Erase ops that only use each other's results, and everything inside them."""
        used: list[Operation] = []
        for op in ops:
            for inner in walk(op):
                self._erased[id(inner)] = inner
                used.extend(operand.owner for operand in operands_of(inner) if not isinstance(operand.owner, Block))
        erase_all(ops)
        for owner in used:
            self.push(owner)
        self.changed = True

    def replace(self, op: Operation, values: Sequence[SSAValue]) -> None:
        """Replace the results of an op by other values and erase it."""
        for result, value in zip(op.results, values, strict=True):
            self.replace_value(result, value)
        self.erase(op)

    def replace_value(self, old: SSAValue, new: SSAValue) -> None:
        """Let the users of one value use another."""
        if old is new:
            return
        self.push_users(old)
        replace_uses(old, new)
        owner = new.owner
        if not isinstance(owner, Block):
            self.push(owner)
        self.changed = True

    def before(
        self,
        anchor: Operation,
        cls: type[OpT],
        operands: Sequence[SSAValue],
        result_types: Sequence[Attribute],
        properties: dict[str, Attribute] | None = None,
        *,
        location: LocationAttr | None = None,
    ) -> OpT:
        """Make an op before another one, by default with its location, and look at it in turn."""
        op = make(cls, operands, result_types, properties, location=location or anchor.location)
        insert_before(anchor, op)
        self.push(op)
        return op

    def replace_with(
        self,
        old: Operation,
        cls: type[OpT],
        operands: Sequence[SSAValue],
        properties: dict[str, Attribute] | None = None,
    ) -> OpT:
        """Replace an op by a new one with the same result types at its place."""
        new = self.before(old, cls, operands, [result.type for result in old.results], properties)
        self.replace(old, new.results)
        return new

    def added(self, op: Operation) -> None:
        """Look at an op that a rule built by hand, its users and all that is inside it."""
        self.changed = True
        self.push_inside(op)
        for result in op.results:
            self.push_users(result)

    def forget(self, op: Operation) -> None:
        """Note that a rule has erased an op by hand, whose regions are empty or moved."""
        self._erased[id(op)] = op
        self.changed = True


def _constant_key(attribute: Attribute) -> object:
    number = number_of(attribute)
    if type(number) is int:
        type_ = attribute.type  # pyright: ignore[reportAttributeAccessIssue]
        return (number, width_of(type_), type(type_))
    if type(number) is float:
        return (pack("<d", number), attribute.type)  # pyright: ignore[reportAttributeAccessIssue]
    return attribute


def ops_of(block: Block) -> list[Operation]:
    """The ops of a block as a list."""
    return list(block_ops(block))
