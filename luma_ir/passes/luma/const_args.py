"""
Put integers that all callers pass alike into the functions that they are passed to.

Before: luma.call @scale(%x, %two) ...  luma.call @scale(%y, %two)      with %two = arith.constant 2 : i64
        luma.func private @scale(%v: i64, %by: i64) -> i64 { %p = arith.muli %v, %by ... }
After:  luma.func private @scale(%v: i64, %by: i64) -> i64 { %two = arith.constant 2  %p = arith.muli %v, %two ... }
Expects: verified IR without generics. Leaves: parameters that are known to be a constant without uses.

Callers are visited before their callees and simplified at once, so that calls on ways that are not taken do not count.
A format function of the library so loses the kinds of formats that a program has not, with all that they need. Public
functions, those that may call themselves and those whose name is used otherwise than in calls are left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xdsl.dialects import arith
from xdsl.dialects.builtin import IntegerAttr
from xdsl.passes import ModulePass

from luma_ir.dialects import luma
from luma_ir.ir.fast import has_uses, make, operands_of, prepend, replace_uses, walk
from luma_ir.ir.pass_manager import count
from luma_ir.passes.analysis.callgraph import RUNTIME_ENTRY_POINTS, CallGraph, Node
from luma_ir.passes.analysis.types import TypeTable
from luma_ir.passes.luma.canonicalize import canonicalize
from luma_ir.passes.luma.symbol_dce import calls_by_trait

if TYPE_CHECKING:
    from xdsl.context import Context
    from xdsl.dialects.builtin import ModuleOp
    from xdsl.ir import SSAValue


@dataclass(frozen=True)
class LumaConstArgsPass(ModulePass):
    """Put integers that all callers pass alike into the functions that they are passed to."""

    name = "luma-const-args"

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        if not calls_by_trait(op):
            _Propagation(op).run()


class _Propagation:
    """One run over a module."""

    def __init__(self, module: ModuleOp) -> None:
        self.graph = CallGraph(module)
        self.types = TypeTable(module)
        self.passed: dict[str, list[IntegerAttr | None]] = {}
        """What the calls seen so far pass to a function, by parameter; None where it differs or is not known."""

    def run(self) -> None:
        """Visit every function after its callers."""
        for node in reversed(self.graph.callees_first()):
            function = node.function
            if self._all_callers_known(node):
                constants = self.passed.get(function.sym_name.data)
                if constants is None:
                    continue  # Nothing calls it any more, so what it calls does not count.
                self._specialize(function, constants)
            for op in walk(function):
                if type(op) is luma.CallOp:
                    self._note(op)  # pyright: ignore[reportArgumentType]

    def _all_callers_known(self, node: Node) -> bool:
        function = node.function
        visibility = function.sym_visibility
        return (
            visibility is not None
            and visibility.data == "private"
            and not node.referenced
            and not node.recursive
            and not function.is_declaration
            and function.link_name is None
            and function.type_params is None
            and function.sym_name.data not in RUNTIME_ENTRY_POINTS
        )

    def _note(self, call: luma.CallOp) -> None:
        name = call.callee.string_value()
        given = [_constant(value) for value in operands_of(call)]
        known = self.passed.get(name)
        if known is None:
            self.passed[name] = given
        else:
            self.passed[name] = [old if old == new else None for old, new in zip(known, given, strict=True)]

    def _specialize(self, function: luma.FuncOp, constants: list[IntegerAttr | None]) -> None:
        block = function.body.block
        changed = False
        for parameter, value in zip(block.args, constants, strict=True):
            if value is not None and has_uses(parameter):
                constant = make(arith.ConstantOp, (), (parameter.type,), {"value": value}, location=function.location)
                prepend(block, constant)
                replace_uses(parameter, constant.results[0])
                count("arguments known")
                changed = True
        if changed:
            canonicalize(function, self.types)


def _constant(value: SSAValue) -> IntegerAttr | None:
    owner = value.owner
    if type(owner) is not arith.ConstantOp:
        return None
    found = owner.properties["value"]  # pyright: ignore[reportAttributeAccessIssue]
    return found if type(found) is IntegerAttr else None
