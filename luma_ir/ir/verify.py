"""
The verifier: SSA dominance, structure and the constraints of every op, with all errors of a module in one run.

xDSL's own verifier stops at the first error, gives no place for it and does not check dominance. Here the constraints
of ops are memoised on class, types and attributes, which are immutable; traits that look at an op's surroundings and
hand-written `verify_` methods run each time, unless a trait in `symbol_scope` says what they look at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from attrs import define, frozen
from xdsl.ir import Block, Operation, Region, SSAValue
from xdsl.ir.core import OpTraits
from xdsl.irdl import IRDLOperation
from xdsl.traits import (
    IsolatedFromAbove,
    IsTerminator,
    NoTerminator,
    OpTrait,
    ReturnLike,
    SameOperandsAndResultType,
    SymbolTable,
)
from xdsl.utils.exceptions import VerifyException

from luma_ir.ir.dominance import DominanceChecker, explain_use
from luma_ir.ir.fast import operands_of, successors_of
from luma_ir.ir.locations import format_place, is_known
from luma_ir.ir.printing import op_headline
from luma_ir.ir.symbol_scope import SymbolScope, VerifiedByDefinitions, VerifiedByTypes

if TYPE_CHECKING:
    from luma_ir.ir.diagnostics import DiagnosticEngine

# pyright: reportPrivateUsage=false

MAX_ERRORS = 100
"""A run stops reporting after this many errors."""

_CONTEXT_FREE = (SameOperandsAndResultType, ReturnLike)
_CHECKED_HERE = (IsTerminator, IsolatedFromAbove, VerifiedByDefinitions)
_MEMO_LIMIT = 200_000


@frozen
class _OpRules:
    """What the verifier does for an op class, worked out once."""

    is_terminator: bool
    needs_terminator: bool
    constraints: Callable[[Operation], object] | None
    free_traits: tuple[OpTrait, ...]
    """Traits whose check depends on nothing but what the memo key holds."""
    context_traits: tuple[OpTrait, ...]
    free_custom: Callable[[Operation], object] | None
    """A hand-written `verify_` that depends on nothing but what the memo key holds."""
    custom: Callable[[Operation], object] | None
    by_definitions: Callable[[Operation, SymbolScope], None] | None
    is_symbol_table: bool


_rules: dict[type[Operation], _OpRules] = {}
_verified: dict[tuple, tuple] = {}
"""Keys of ops whose constraints held, each with the attributes that its ids stand for, which keeps the ids valid."""


def _rules_of(cls: type[Operation]) -> _OpRules:
    traits = list(cls.traits)
    checked = [
        trait for trait in traits if not isinstance(trait, _CHECKED_HERE) and type(trait).verify is not OpTrait.verify
    ]
    constraints = custom = None
    if issubclass(cls, IRDLOperation):
        definition = replace(cls.get_irdl_definition(), traits=OpTraits(lambda: ()))
        constraints = definition.verify
        custom = _hand_written_verifier(cls)
    elif cls.verify_ is not Operation.verify_:
        custom = cls.verify_
    by_types = any(isinstance(trait, VerifiedByTypes) for trait in traits)
    by_definitions = any(isinstance(trait, VerifiedByDefinitions) for trait in traits)
    # An unregistered op may be anything: a terminator, and a holder of regions that need none.
    unregistered = cls.name == "builtin.unregistered" or (not traits and cls.__name__ == "UnregisteredOpWithName")
    rules = _OpRules(
        is_terminator=unregistered or any(isinstance(trait, IsTerminator) for trait in traits),
        needs_terminator=not unregistered and not any(isinstance(trait, NoTerminator) for trait in traits),
        constraints=constraints,
        free_traits=tuple(trait for trait in checked if isinstance(trait, _CONTEXT_FREE)),
        context_traits=tuple(trait for trait in checked if not isinstance(trait, _CONTEXT_FREE)),
        free_custom=custom if by_types else None,
        custom=None if by_types else custom,
        by_definitions=cls.verify_definitions if by_definitions else None,  # pyright: ignore[reportAttributeAccessIssue]
        is_symbol_table=any(isinstance(trait, SymbolTable) for trait in traits),
    )
    _rules[cls] = rules
    return rules


def _describe_region(region: Region, parts: list) -> int:
    """
    What constraints may ask about a region: the number of arguments of its first block, whose types go to `parts`, and
    the number of its blocks; the former negative, less 2, when there are several, and -1 when there is none.
    """
    first = region.first_block
    if first is None:
        return -1
    parts += [argument.type for argument in first.args]
    return len(first.args) if first is region.last_block else -2 - len(first.args)


def _hand_written_verifier(cls: type[IRDLOperation]) -> Callable[[Operation], object] | None:
    """
    The `verify_` that the class was written with; xDSL wraps it in one that also checks the constraints.

    A class that was derived from a decorated one without being decorated itself keeps its own method as it is.
    """
    found = cls.verify_
    names = found.__code__.co_freevars
    if found.__code__.co_name != "verify_" or "op_def" not in names:
        return found  # pyright: ignore[reportReturnType]
    if "custom_verify" not in names:
        return None
    inner = found.__closure__[names.index("custom_verify")].cell_contents  # pyright: ignore[reportOptionalSubscript]
    return None if inner is Operation.verify_ else inner


@define(eq=False)
class _Verifier:
    engine: DiagnosticEngine
    scope: SymbolScope | None
    """What the ops being checked may refer to."""
    failed: int = 0

    def report(self, op: Operation, message: str, notes: tuple[str, ...] = ()) -> None:
        self.failed += 1
        if self.failed > MAX_ERRORS:
            return
        text = " ".join(message.split())
        if len(text) > 300:
            text = text[:297] + "..."
        self.engine.error(None, f"`{op.name}`: {text}", location=op.location, notes=(f"in `{op_headline(op)}`", *notes))

    def report_use(self, op: Operation, index: int, value: SSAValue) -> None:
        owner = value.owner
        location = getattr(value, "location", None) if isinstance(owner, Block) else owner.location
        notes = (f"the operand is defined at {format_place(location)}",) if is_known(location) else ()
        self.report(op, explain_use(op, index, value), notes)

    def verify_op(self, op: Operation) -> None:
        cls = type(op)
        rules = _rules.get(cls) or _rules_of(cls)
        shape: tuple[int, ...] = ()
        parts = []
        if op.regions:
            outer = self.scope
            if rules.is_symbol_table:
                self.scope = SymbolScope(op)
            for region in op.regions:
                self.verify_region(op, region, rules)
                shape += (_describe_region(region, parts),)
            self.scope = outer
        properties, attributes = op.properties, op.attributes
        parts += [value.type for value in operands_of(op)]
        parts += [result.type for result in op.results]
        parts += properties.values()
        if attributes:
            parts += attributes.values()
        key = (
            cls,
            len(operands_of(op)),
            len(op.results),
            len(successors_of(op)),
            tuple(properties),
            tuple(attributes),
            shape,
            tuple(map(id, parts)),
        )
        if key in _verified:
            if rules.context_traits or rules.custom is not None:
                self.check_surroundings(op, rules)
        elif self.check(op, rules):
            if len(_verified) > _MEMO_LIMIT:
                _verified.clear()
            _verified[key] = tuple(parts)
        else:
            return
        by_definitions, scope = rules.by_definitions, self.scope
        if by_definitions is None or scope is None or key in scope.verified:
            return
        if self.check_definitions(op, by_definitions, scope):
            scope.verified[key] = tuple(parts)

    def check(self, op: Operation, rules: _OpRules) -> bool:
        """Check everything about one op; returns whether its own constraints held."""
        try:
            if rules.constraints is not None:
                rules.constraints(op)
            for trait in rules.free_traits:
                trait.verify(op)
            if rules.free_custom is not None:
                rules.free_custom(op)
        except VerifyException as error:
            self.report(op, str(error))
            return False
        except Exception as error:  # A broken op must not bring down the verifier that is to report it.
            self.report(op, f"its constraints cannot be checked: {type(error).__name__}: {error}")
            return False
        self.check_surroundings(op, rules)
        return True

    def check_surroundings(self, op: Operation, rules: _OpRules) -> None:
        try:
            for trait in rules.context_traits:
                trait.verify(op)
            if rules.custom is not None:
                rules.custom(op)
        except VerifyException as error:
            self.report(op, str(error))
        except Exception as error:  # As above.
            self.report(op, f"it cannot be verified: {type(error).__name__}: {error}")

    def check_definitions(
        self, op: Operation, check: Callable[[Operation, SymbolScope], None], scope: SymbolScope
    ) -> bool:
        try:
            check(op, scope)
        except VerifyException as error:
            self.report(op, str(error))
            return False
        except Exception as error:  # As above.
            self.report(op, f"it cannot be verified: {type(error).__name__}: {error}")
            return False
        return True

    def verify_region(self, parent: Operation, region: Region, rules: _OpRules) -> None:
        if region.parent is not parent:
            self.report(parent, "a region has another parent than the op that holds it")
        block = region.first_block
        while block is not None:
            if block.parent is not region:
                self.report(parent, "a block has another parent than the region that holds it")
            self.verify_block(parent, block, rules.needs_terminator)
            block = block.next_block

    def verify_block(self, parent: Operation, block: Block, needs_terminator: bool) -> None:
        op = block.first_op
        if op is None:
            if needs_terminator:
                self.report(parent, "an empty block, which needs at least a terminator")
            return
        verify_op = self.verify_op
        while op is not None:
            if op.parent is not block:
                self.report(op, "it has another parent than the block that holds it")
            following = op.next_op
            if successors_of(op):
                self.check_successors(op, block)
            cls = type(op)
            rules = _rules.get(cls) or _rules_of(cls)
            if following is None:
                if needs_terminator and not rules.is_terminator:
                    self.report(op, f"it ends a block of `{parent.name}` but is not a terminator")
            elif rules.is_terminator and cls.name != "builtin.unregistered":
                self.report(op, "a terminator must be the last op of its block")
            verify_op(op)
            op = following

    def check_successors(self, op: Operation, block: Block) -> None:
        if op.next_op is not None:
            self.report(op, "an op with successors must be the last op of its block")
        for index, successor in enumerate(successors_of(op)):
            if successor.parent is not block.parent:
                self.report(op, f"successor {index} is a block of a different region")
            elif successor is block.parent.first_block:  # pyright: ignore[reportOptionalMemberAccess]
                self.report(op, f"successor {index} is the entry block of the region")


def verify_module(module: Operation, engine: DiagnosticEngine) -> bool:
    """
    Verify an op (a module, as a rule) with all that is inside it.

    Every violation is reported to `engine` as an error at the location of the op, with the op's text cut to one line as
    a note. At most `MAX_ERRORS` are reported.

    Returns:
        Whether the IR is valid.
    """
    verifier = _Verifier(engine, SymbolScope.around(module))
    DominanceChecker(verifier.report_use).check(module)
    verifier.verify_op(module)
    if verifier.failed > MAX_ERRORS:
        engine.note(f"{verifier.failed - MAX_ERRORS} more verification errors are not shown")
    return verifier.failed == 0
