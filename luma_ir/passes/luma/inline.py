"""
Put the bodies of small functions, and of those called once, in the place of their calls.

Before: %r = luma.call @square(%x) : (f64) -> f64
After:  %r = arith.mulf %x, %x : f64
Expects: verified IR without generics (generic functions are left alone). Leaves: calls of large, cold, recursive and
`inline(never)` functions.

Callees are finished before their callers, so that what is copied is simplified already. A body that returns early is
wrapped in a `luma.loop`, whose returns are breaks; `luma-canonicalize` turns the common ones into conditions. Each
copied op gets the location `callsite(name(callee) at call)`, which panics and debug information read; what comes from
a function with `track_caller`, which is always inlined, the location of the call: it is the caller who panics.

A function that is given a closure made in sight is inlined up to a larger size: inside it the closure is known, so its
calls become direct, and are inlined in a second round.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xdsl.dialects import arith
from xdsl.dialects.builtin import CallSiteLoc
from xdsl.passes import ModulePass

from luma_ir.dialects import luma
from luma_ir.ir.fast import (
    append,
    block_ops,
    clone_op,
    clone_region_into,
    erase,
    erase_block_arg,
    insert_before,
    make,
    new_region,
    operands_of,
    replace_op,
    replace_uses,
    walk,
)
from luma_ir.ir.intern import I64, int_attr
from luma_ir.ir.locations import call_site, name_loc
from luma_ir.passes.analysis.callgraph import RUNTIME_ENTRY_POINTS, CallGraph, Node, in_loop
from luma_ir.passes.analysis.control import LOOPS, LUMA_LOOPS
from luma_ir.passes.analysis.types import TypeTable
from luma_ir.passes.luma.canonicalize import canonicalize
from luma_ir.passes.luma.scalarize import scalarize_and_simplify

if TYPE_CHECKING:
    from xdsl.context import Context
    from xdsl.dialects.builtin import LocationAttr, ModuleOp
    from xdsl.ir import Attribute, Block, Operation, SSAValue


_ROUNDS = 4
"""Closures that are passed on to what a closure calls: so many deep they become direct."""


@dataclass(frozen=True)
class LumaInlinePass(ModulePass):
    """
    Inline calls.

    Options:
        tracked: inline calls of functions with `track_caller` and nothing else.
        threshold: bodies of at most so many ops are inlined everywhere.
        once: private functions with one call are inlined up to this many ops.
        growth: no function grows beyond this many ops, `#[inline]` aside.
        spread: nor beyond this many through calls that stand in no loop, which gain little.
        closures: functions that are given closures, and closures, are inlined up to this many ops.
        hinted: functions with `#[inline]` are inlined outside of loops up to this many ops, and in loops up to `hot`.
        hot: see `hinted`.
        rare: where code runs a few times only, in `main` outside of loops, what has no loops is inlined up to this.
    """

    name = "luma-inline"

    tracked: bool = False
    threshold: int = 48
    once: int = 400
    growth: int = 6000
    spread: int = 1200
    closures: int = 160
    hinted: int = 64
    hot: int = 1000
    rare: int = 8

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        functions = [each for each in block_ops(op.body.block) if isinstance(each, luma.FuncOp)]
        if self.tracked and all(function.track_caller is None for function in functions):
            return
        _Inliner(self, op).run()


class _Inliner:
    """One run over a module."""

    def __init__(self, options: LumaInlinePass, module: ModuleOp):
        self.options = options
        self.graph = CallGraph(module)
        self.types = TypeTable(module)
        self.refused: set[str] = set()

    def run(self) -> None:
        nodes = self.graph.callees_first()
        if not self.options.tracked:
            self.graph.mark_rare(nodes)
        for node in nodes:
            self._visit(node)
        if self.options.tracked:
            for node in nodes:
                function = node.function
                if function.track_caller is not None and not (node.callers or node.referenced) and _private(function):
                    erase(function)
        for name in self.refused - RUNTIME_ENTRY_POINTS:
            # A later inliner is not to do what was refused here.
            self.graph.nodes[name].function.properties.pop("inline", None)

    def _visit(self, node: Node) -> None:
        function = node.function
        if function.is_declaration or function.type_params is not None:
            return
        changed = self._inline_calls(node, node.calls)
        if self.options.tracked:
            return
        if changed and node.closures:
            for _ in range(_ROUNDS):
                # What closures do is known once what takes them stands here.
                seen = {id(op): op for op in walk(function) if type(op) is luma.CallOp}
                canonicalize(function, self.types)
                scalarize_and_simplify(function, self.types)
                calls = [op for op in walk(function) if type(op) is luma.CallOp and id(op) not in seen]
                if not self._inline_calls(node, calls):  # pyright: ignore[reportArgumentType]
                    break
        if changed and node.callers and not node.recursive and node.size <= 4 * self.options.once:
            # What is copied into callers is simplified first, and its size is what is left.
            canonicalize(function, self.types)
            node.size = sum(1 for op in walk(function) if type(op) is not arith.ConstantOp) - 2

    def _inline_calls(self, node: Node, calls: list[luma.CallOp]) -> bool:
        """Inline those of the calls in a function that are worth it; True when there were any."""
        changed = False
        cold = node.function.cold is not None
        for call in calls:
            callee = self.graph.nodes.get(call.callee.string_value())
            if callee is None or callee is node or not self._wanted(node, callee, call, cold):
                continue
            if inline_call(call, callee.function):
                if self.options.tracked:
                    callee.callers -= 1
                node.size += callee.size
                node.closures = node.closures or callee.closures
                node.loops = node.loops or callee.loops
                changed = True
        return changed

    def _wanted(self, caller: Node, callee: Node, call: luma.CallOp, cold: bool) -> bool:
        function = callee.function
        if (
            function.is_declaration
            or callee.recursive
            or function.cold is not None
            or function.no_return is not None
            or function.variadic is not None
            or function.type_params is not None
            or call.type_args is not None
            or (function.fastmath is None) != (caller.function.fastmath is None)
        ):
            return False
        if function.track_caller is not None:
            return True
        if self.options.tracked:
            return False
        wish = function.inline.data if function.inline is not None else ""
        if wish == "never":
            return False
        hinted = wish == "always"
        if hinted and callee.size <= self.options.rare:
            return True
        hot = in_loop(call)
        if caller.rare and not hot and callee.size > self.options.rare and not (callee.loops or callee.made):
            if hinted:
                self.refused.add(callee.function.sym_name.data)
            return False
        if hinted:
            if callee.size <= (self.options.hot if hot else self.options.hinted):
                return True
            self.refused.add(callee.function.sym_name.data)
        size = caller.size + callee.size
        if cold or size > self.options.growth or _on_failing_path(call):
            return False
        if size > self.options.spread and not hot:
            return False
        if callee.size <= self.options.threshold:
            return True
        if callee.size <= self.options.closures and (callee.made or _given_closures(call)):
            return True
        return callee.callers == 1 and not callee.referenced and _private(function) and callee.size <= self.options.once


def _given_closures(call: Operation) -> bool:
    """Whether a call passes a function value that was made in sight."""
    return any(type(value.owner) is luma.ClosureOp for value in operands_of(call))


def _private(function: luma.FuncOp) -> bool:
    return function.sym_visibility is not None and function.sym_visibility.data == "private"


def _on_failing_path(call: Operation) -> bool:
    """Whether a call stands in a block that ends the program, or in conditions inside of such a block."""
    op: Operation | None = call
    while op is not None and type(op) not in LOOPS:
        block = op.parent
        if block is not None and isinstance(block.last_op, luma.PanicOp | luma.UnreachableOp):
            return True
        op = op.parent_op()
    return False


def inline_call(call: luma.CallOp, function: luma.FuncOp) -> bool:
    """
    Replace a call by the body of the function that it calls; False when the body never returns, unless its panics are
    to show the place of the call.
    """
    body = function.body.block
    last = body.last_op
    returns = [op for op in walk(function) if type(op) is luma.ReturnOp]
    if not returns and function.track_caller is None:
        return False
    stamp = _Stamp(_display_name(function), call.location, is_hidden=function.track_caller is not None)
    values: dict[SSAValue, SSAValue] = dict(zip(body.args, operands_of(call), strict=True))
    if len(returns) == 1 and returns[0] is last:
        for op in block_ops(body):
            if op is last:
                break
            copy = clone_op(op, values)
            insert_before(call, copy)
            stamp.apply(copy)
        assert last is not None
        replace_op(call, [values.get(value, value) for value in operands_of(last)])
        return True
    _inline_as_loop(call, function, values, stamp)
    return True


def _display_name(function: luma.FuncOp) -> str:
    name = function.display_name
    return name.data if name is not None else function.sym_name.data


def _inline_as_loop(call: luma.CallOp, function: luma.FuncOp, values: dict[SSAValue, SSAValue], stamp: _Stamp) -> None:
    """Inline a body with early returns: a loop that runs once, left by a break where the body returned."""
    region = new_region()
    clone_region_into(function.body, region, values)
    block = region.block
    # The loop carries nothing: the arguments of the call are known inside of it.
    for argument, value in zip(list(block.args), operands_of(call), strict=True):
        replace_uses(argument, value)
        erase_block_arg(argument)
    loop = make(luma.LoopOp, (), [result.type for result in call.results], regions=(region,), location=call.location)
    insert_before(call, loop)
    for op in block_ops(block):
        stamp.apply(op)
    _returns_to_breaks(block)
    replace_op(call, loop.results)


def _returns_to_breaks(body: Block) -> None:
    pending: list[tuple[Block, int]] = [(body, 0)]
    while pending:
        block, depth = pending.pop()
        last = block.last_op
        if isinstance(last, luma.ReturnOp):
            properties: dict[str, Attribute] = {"depth": int_attr(depth, I64)} if depth else {}
            exit_op = make(luma.BreakOp, operands_of(last), (), properties, location=last.location)
            erase(last)
            append(block, exit_op)
        for op in block_ops(block):
            if type(op) is luma.IfOp:
                pending.extend((region.block, depth) for region in op.regions)
            elif type(op) in LUMA_LOOPS:
                pending.append((op.regions[0].block, depth + 1))


class _Stamp:
    """Gives copied ops the location of the original inside the callee, called at the call's place."""

    def __init__(self, display: str, call_location: LocationAttr, *, is_hidden: bool = False):
        self.display = display
        self.call_location = call_location
        self.is_hidden = is_hidden
        self.known: dict[int, LocationAttr] = {}
        self.kept: list[LocationAttr] = []

    def apply(self, op: Operation) -> None:
        """Stamp an op and everything inside it."""
        if not op.regions:
            op.location = self.of(op.location)
            return
        for inner in walk(op):
            inner.location = self.of(inner.location)

    def of(self, location: LocationAttr) -> LocationAttr:
        """The location that stands for `location` when it is reached through the call."""
        if self.is_hidden:
            return self.call_location
        found = self.known.get(id(location))
        if found is None:
            if type(location) is CallSiteLoc:
                # Calls stack up at the outer end, so that a chain reads from the innermost function outwards.
                found = call_site(location.callee, self.of(location.caller))  # pyright: ignore[reportArgumentType]
            else:
                found = call_site(name_loc(self.display, location), self.call_location)
            self.known[id(location)] = found
            self.kept.append(location)
        return found
