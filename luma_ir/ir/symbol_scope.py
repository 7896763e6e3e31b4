"""
What verification may know about the symbol table around an op, and traits that say what an op's checks look at.

The verifier remembers by these traits what it need not check again; an op without them is checked each time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from attrs import define, field
from xdsl.ir import Operation
from xdsl.traits import OpTrait, SymbolTable

MemoT = TypeVar("MemoT")


class VerifiedByTypes(OpTrait):
    """
    Says that an op's `verify_` looks at nothing but the types of its operands and results, its properties and its
    attributes. What held once is not checked again.
    """


class VerifiedByDefinitions(OpTrait):
    """
    Says that an op has a method `verify_definitions(scope)`, which looks at what `VerifiedByTypes` allows and at what
    the symbol table around the op defines. What held once is not checked again while a module is being verified.
    """

    def verify(self, op: Operation) -> None:
        """Check one op by itself; the verifier of a whole module remembers what the symbol table defines."""
        scope = SymbolScope.around(op)
        if scope is not None:
            op.verify_definitions(scope)  # pyright: ignore[reportAttributeAccessIssue]


@define(eq=False)
class SymbolScope:
    """An op with a symbol table, with what has been worked out about it. It is valid while nobody changes the IR."""

    table: Operation
    _memo: dict[object, Any] = field(factory=dict, init=False)
    verified: dict[tuple, tuple] = field(factory=dict, init=False)
    """What the verifier has found to hold here: keys of ops, each with the attributes that its ids stand for."""

    @classmethod
    def around(cls, op: Operation) -> SymbolScope | None:
        """The scope that an op stands in; None outside of any."""
        parent = op.parent_op()
        while parent is not None and not parent.has_trait(SymbolTable):
            parent = parent.parent_op()
        return None if parent is None else cls(parent)

    def remember(self, make: Callable[[Operation], MemoT]) -> MemoT:
        """What a function says about the op with the symbol table; it is called once."""
        found = self._memo.get(make)
        if found is None:
            found = self._memo[make] = make(self.table)
        return found
