"""
Clone functions for the closures that calls pass to them, so that calls of those closures become direct.

Before: %f = luma.closure @main.{closure#0}(%n) : (i64) -> !luma.closure<(i64) -> i64>
        %r = luma.call @fold(%xs, %f)                  // inside: luma.call_closure %f(%x)
After:  %r = luma.call @"fold.{specialized#0}"(%xs, %n)  // inside: luma.call @main.{closure#0}(%n, %x)
Expects: verified IR without generics, best after `luma-canonicalize`. Leaves: calls of small functions, which are
inlined anyway; arguments whose making is not in sight; recursion that wraps its closure in ever new ones.

What a clone takes instead of a closure are its captures; structs and tuples that hold closures, such as lazy iterators,
are taken apart likewise. A clone is made once for a function and the closures that it is given, so a function that
passes its parameter on to itself gets one clone, which calls itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from attrs import frozen
from xdsl.passes import ModulePass

from luma_ir.dialects import luma
from luma_ir.ir.fast import (
    add_block_arg,
    block_ops,
    clone_region_into,
    erase_block_arg,
    insert_after,
    insert_before,
    make,
    new_region,
    operands_of,
    replace_op,
    replace_uses,
    walk,
)
from luma_ir.ir.intern import array, dense_i64, function_type, string_attr, symbol
from luma_ir.ir.pass_manager import count
from luma_ir.passes.analysis.callgraph import CallGraph, Node
from luma_ir.passes.analysis.types import TypeTable
from luma_ir.passes.luma.canonicalize import canonicalize

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xdsl.context import Context
    from xdsl.dialects.builtin import ModuleOp
    from xdsl.ir import Attribute, Operation, SSAValue

_DEPTH = 4
"""Closures that capture closures, and structs in structs, are followed so far; what lies deeper is a plain argument."""


@dataclass(frozen=True)
class LumaSpecializeClosuresPass(ModulePass):
    """
    Clone functions for the closures that they are given.

    Options:
        inlined: functions up to this many ops are left to the inliner.
        size: functions beyond this many ops are not cloned.
        clones: at most so many clones of one function.
    """

    name = "luma-specialize-closures"

    inlined: int = 96
    size: int = 1500
    clones: int = 12

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        types = TypeTable(op)
        functions = [each for each in block_ops(op.body.block) if isinstance(each, luma.FuncOp)]
        takers = {each.sym_name.data for each in functions if _takes_closures(each, types)}
        if takers:
            _Specializer(self, op, types, takers).run(functions)


def _takes_closures(function: luma.FuncOp, types: TypeTable) -> bool:
    if function.is_declaration or function.type_params is not None:
        return False
    return any(types.holds_closure(type) for type in function.function_type.inputs.data)


@frozen
class _Shape:
    """What is known of an argument: the op that made it and the shapes of that op's operands; None where nothing is."""

    cls: type
    type: Attribute
    properties: tuple[tuple[str, Attribute], ...]
    parts: tuple[_Shape | None, ...]
    part_types: tuple[Attribute, ...]


class _Specializer:
    """One run over a module."""

    def __init__(self, options: LumaSpecializeClosuresPass, module: ModuleOp, types: TypeTable, takers: set[str]):
        self.options = options
        self.module = module
        self.types = types
        self.takers = takers
        self.graph = CallGraph(module)
        self.order = self.graph.callees_first()
        self.small: dict[str, bool] = {}
        """Whether the inliner will see to a function and to all that it passes closures to."""
        self.made: dict[tuple[str, tuple[_Shape | None, ...]], luma.FuncOp] = {}
        self.number: dict[str, int] = {}
        """How many clones a function has."""

    def run(self, functions: list[luma.FuncOp]) -> None:
        for node in self.order:
            if node.function.sym_name.data in self.takers:
                self.small[node.function.sym_name.data] = self._is_small(node)
        pending = list(functions)
        while pending:
            function = pending.pop()
            if function.is_declaration or function.type_params is not None:
                continue
            for op in [op for op in walk(function) if type(op) is luma.CallOp]:
                clone = self._visit(op)  # pyright: ignore[reportArgumentType]
                if clone is not None:
                    pending.append(clone)

    def _is_small(self, node: Node) -> bool:
        function = node.function
        if node.recursive or node.size > self.options.inlined:
            return False
        if function.cold is not None or (function.inline is not None and function.inline.data == "never"):
            return False
        names = (call.callee.string_value() for call in node.calls)
        return all(self.small.get(name, False) for name in names if name in self.takers)

    def _visit(self, call: luma.CallOp) -> luma.FuncOp | None:
        """Let a call use a clone; the clone when it is a new one."""
        name = call.callee.string_value()
        if name not in self.takers or self.small[name] or call.type_args is not None:
            return None
        function = self.graph.nodes[name].function
        fixed = set(function.inout_indices)
        given = operands_of(call)
        shapes = tuple([None if i in fixed else self._shape(value, 0) for i, value in enumerate(given)])
        if not any(shapes):
            return None
        key = (name, shapes)
        clone, is_new = self.made.get(key), False
        if clone is None:
            if self.graph.nodes[name].size > self.options.size or self.number.get(name, 0) >= self.options.clones:
                return None
            clone, is_new = self._clone(function, shapes), True
            self.made[key] = clone
        arguments: list[SSAValue] = []
        for value, shape in zip(given, shapes, strict=True):
            _flatten(value, shape, arguments)
        properties: dict[str, Attribute] = {"callee": symbol(clone.sym_name.data)}
        types = [result.type for result in call.results]
        new = make(luma.CallOp, arguments, types, properties, location=call.location)
        insert_before(call, new)
        replace_op(call, new.results)
        return clone if is_new else None

    def _shape(self, value: SSAValue, depth: int) -> _Shape | None:
        if depth >= _DEPTH or not self.types.holds_closure(value.type):
            return None
        maker = value.owner
        cls = type(maker)
        if cls not in (luma.ClosureOp, luma.StructMakeOp, luma.TupleMakeOp):
            return None
        operands = operands_of(maker)  # pyright: ignore[reportArgumentType]
        parts = tuple([self._shape(operand, depth + 1) for operand in operands])
        if cls is not luma.ClosureOp and not any(parts):
            return None
        properties = tuple(maker.properties.items())  # pyright: ignore[reportAttributeAccessIssue]
        return _Shape(cls, value.type, properties, parts, tuple([operand.type for operand in operands]))

    def _clone(self, function: luma.FuncOp, shapes: tuple[_Shape | None, ...]) -> luma.FuncOp:
        """Make a clone that takes the leaves of the known arguments, and puts those together itself."""
        origin = function.sym_name.data
        number = self.number.get(origin, 0)
        self.number[origin] = number + 1
        region = new_region()
        clone_region_into(function.body, region)
        block = region.block
        first = block.first_op
        assert first is not None
        old_names = function.arg_names.data if function.arg_names is not None else None
        names: list[Attribute] = []
        places: list[int] = []
        inputs: list[Attribute] = []
        for index, (parameter, shape) in enumerate(zip(list(block.args), shapes, strict=True)):
            if index in function.inout_indices:
                places.append(len(inputs))
            leaves = _leaf_types(parameter.type, shape)
            arguments = [add_block_arg(block, type, parameter.location) for type in leaves]
            inputs.extend(leaves)
            if old_names is not None and shape is None:
                names.append(old_names[index])
            else:
                names.extend([string_attr("")] * len(leaves))
            replace_uses(parameter, _rebuild(shape, iter(arguments), first))
            erase_block_arg(parameter)
        properties = dict(function.properties)
        for key in ("modes", "arg_names", "inout"):
            properties.pop(key, None)
        properties["sym_name"] = string_attr(f"{origin}.{{specialized#{number}}}")
        properties["sym_visibility"] = string_attr("private")
        properties["function_type"] = function_type(inputs, function.function_type.outputs.data)
        if old_names is not None:
            properties["arg_names"] = array(names)
        if places:
            properties["inout"] = dense_i64(places)
        clone = make(luma.FuncOp, (), (), properties, regions=(region,), location=function.location)
        insert_after(function, clone)
        canonicalize(clone, self.types)
        count("functions specialized")
        return clone


def _leaf_types(type: Attribute, shape: _Shape | None) -> list[Attribute]:
    """The types of what is passed instead of an argument of the given shape."""
    if shape is None:
        return [type]
    leaves: list[Attribute] = []
    for part, part_type in zip(shape.parts, shape.part_types, strict=True):
        leaves.extend(_leaf_types(part_type, part))
    return leaves


def _flatten(value: SSAValue, shape: _Shape | None, leaves: list[SSAValue]) -> None:
    """Collect what is passed instead of an argument."""
    if shape is None:
        leaves.append(value)
        return
    for operand, part in zip(operands_of(value.owner), shape.parts, strict=True):  # pyright: ignore
        _flatten(operand, part, leaves)


def _rebuild(shape: _Shape | None, leaves: Iterator[SSAValue], anchor: Operation) -> SSAValue:
    """Put an argument together again, before `anchor`."""
    if shape is None:
        return next(leaves)
    parts = [_rebuild(part, leaves, anchor) for part in shape.parts]
    op = make(shape.cls, parts, (shape.type,), dict(shape.properties), location=anchor.location)
    return insert_before(anchor, op).results[0]
