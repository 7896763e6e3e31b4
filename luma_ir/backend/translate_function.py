"""
The body of a function as LLVM IR text.

Blocks are laid out in reverse postorder, so a value stands before its uses; block arguments become phi nodes whose
entries are filled in when the whole body is written. When two edges from one block reach another with different
operands, as phi nodes cannot tell them apart, all but the first go through a block of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from xdsl.ir import Attribute, Block, Operation, SSAValue

from luma_ir.backend.translate_attributes import value_attributes
from luma_ir.backend.translate_types import quoted
from luma_ir.dialects import llvm_ext as llvm
from luma_ir.ir.diagnostics import PassFailure
from luma_ir.ir.fast import block_ops, operands_of, successors_of

if TYPE_CHECKING:
    from luma_ir.backend.translate_debug import DebugScope
    from luma_ir.backend.translate_module import ModuleWriter

Emitter = Callable[["FunctionWriter", Operation], None]

Edge = tuple[Block, Sequence[SSAValue]]


class FunctionWriter:
    """
    Writes one function body.

    Attributes:
        out: the lines of the body so far.
        names: what stands for each value: `%5`, or the text of a constant.
        typed: the same with the type before it.
    """

    def __init__(self, module: ModuleWriter, op: Operation, *, keep_names: bool, scope: DebugScope | None) -> None:
        self.module = module
        self.op = op
        self.out: list[str] = []
        self.names: dict[SSAValue, str] = {}
        self.typed: dict[SSAValue, str] = {}
        self.type_text = module.types.text
        self._count = 0
        self._keep_names = keep_names
        self._used: set[str] = set()
        self._scope = scope
        self._labels: dict[Block, str] = {}
        self._edge_labels: dict[tuple[Operation, int], str] = {}
        self._incoming: dict[Block, list[tuple[str, Sequence[SSAValue]]]] = {}
        self._phis: list[tuple[int, Block]] = []

    def define(self, value: SSAValue) -> str:
        """Give a new instruction's value its name."""
        if self._keep_names and value.name_hint:
            name = f"%{quoted(self._unique(value.name_hint))}"
        else:
            name = f"%{self._count}"
            self._count += 1
        self.names[value] = name
        self.typed[value] = f"{self.type_text(value.type)} {name}"
        return name

    def constant(self, value: SSAValue, text: str) -> None:
        """Let a value stand for a constant."""
        self.names[value] = text
        self.typed[value] = f"{self.type_text(value.type)} {text}"

    def _unique(self, hint: str) -> str:
        name, number = hint, 1
        while name in self._used:
            name, number = f"{hint}.{number}", number + 1
        self._used.add(name)
        return name

    def label(self, op: Operation, index: int) -> str:
        """The label that the edge to a terminator's successor goes to, after `label %`."""
        split = self._edge_labels.get((op, index))
        return self._labels[successors_of(op)[index]] if split is None else split

    def parameters(self, block: Block | None, types: Sequence[Attribute], attributes: Attribute | None) -> list[str]:
        """The parameter list of the function: names too when it has a body."""
        from luma_ir.backend.translate_attributes import dictionary

        texts: list[str] = []
        for index, type_ in enumerate(types):
            entry = dictionary(attributes, index)
            text = self.type_text(type_) + (value_attributes(entry, self.module.types, self.op) if entry else "")
            texts.append(text if block is None else f"{text} {self.define(block.args[index])}")
        return texts

    def body(self, blocks: Sequence[Block], emitters: dict[type[Operation], Emitter]) -> None:
        """
        Write all blocks that can be reached.

        Raises:
            PassFailure: an op that has no translation, or a use of a value that is not defined before it.
        """
        order = self._order(blocks[0])
        out, scope = self.out, self._scope
        for block in order:
            out.append(f"{self._labels[block]}:")
            if block is not order[0] and block.args:
                for argument in block.args:
                    self._phis.append((len(out), block))
                    name = self.define(argument)
                    out.append(f"  {name} = phi {self.type_text(argument.type)} ")
            op: Operation | None = None
            try:
                for op in block_ops(block):
                    emit = emitters.get(type(op))
                    if emit is None:
                        emit = self.module.emitter(op)
                    before = len(out)
                    emit(self, op)
                    if scope is not None and len(out) > before:
                        out[-1] += scope.suffix(op)
            except KeyError as error:
                raise self._undefined(error, op) from error
            except PassFailure as failure:
                if failure.op is None:
                    failure.op = op
                raise
            self._write_splits(block)
        self._fill_phis()

    def _undefined(self, error: KeyError, op: Operation | None) -> Exception:
        value = error.args[0] if error.args else None
        if isinstance(value, SSAValue):
            return PassFailure("an operand is used where its definition does not dominate", op)
        return error

    def _order(self, entry: Block) -> list[Block]:
        """Reverse postorder of the reachable blocks; also names blocks and collects the entries of phi nodes."""
        postorder: list[Block] = []
        seen = {entry}
        stack = [(entry, iter(self._successors(entry)))]
        while stack:
            block, rest = stack[-1]
            for following in rest:
                if following not in seen:
                    seen.add(following)
                    stack.append((following, iter(self._successors(following))))
                    break
            else:
                postorder.append(block)
                stack.pop()
        order = postorder[::-1]
        for number, block in enumerate(order):
            self._labels[block] = label = f"b{number}" if number else "entry"
            self._used.add(label)
        for block in order:
            self._edges(block)
        if entry in self._incoming:
            raise PassFailure("the entry block of a function cannot be branched to", self.op)
        return order

    def _successors(self, block: Block) -> tuple[Block, ...]:
        last = block.last_op
        if last is None:
            raise PassFailure("a block without a terminator", self.op)
        # Reversed, so that the first successor of a branch is laid out next to it.
        return successors_of(last)[::-1]

    def _edges(self, block: Block) -> None:
        """Record the edges out of a block, and decide which of them need a block of their own."""
        op = block.last_op
        assert op is not None
        seen: dict[Block, Sequence[SSAValue]] = {}
        for index, (target, operands) in enumerate(edges_of(op)):
            entries = self._incoming.setdefault(target, [])
            label = self._labels[block]
            if target in seen and list(seen[target]) != list(operands):
                label = f"{label}.{index}"
                self._edge_labels[op, index] = label
                self._used.add(label)
            else:
                seen[target] = operands
            entries.append((label, operands))

    def _write_splits(self, block: Block) -> None:
        op = block.last_op
        assert op is not None
        for index, target in enumerate(successors_of(op)):
            label = self._edge_labels.get((op, index)) if self._edge_labels else None
            if label is not None:
                self.out.append(f"{label}:")
                suffix = self._scope.suffix(op) if self._scope is not None else ""
                self.out.append(f"  br label %{self._labels[target]}{suffix}")

    def _fill_phis(self) -> None:
        position = 0
        current: Block | None = None
        try:
            for line, block in self._phis:
                position = position + 1 if block is current else 0
                current = block
                entries = [
                    f"[ {self.names[operands[position]]}, %{label} ]" for label, operands in self._incoming[block]
                ]
                self.out[line] += ", ".join(entries)
        except KeyError as error:
            raise self._undefined(error, self.op) from error


def edges_of(op: Operation) -> list[Edge]:
    """The successors of a terminator with the operands that it passes to them."""
    successors = successors_of(op)
    if not successors:
        return []
    operands = operands_of(op)
    sizes = op.properties.get("operandSegmentSizes")
    if op.name == "llvm.br":
        return [(successors[0], operands)]
    if sizes is None or op.name not in ("llvm.cond_br", "llvm.switch", "llvm.invoke"):
        raise PassFailure(f"`{op.name}` is not a branch that can be translated", op)
    groups = split_operands(op)
    if op.name == "llvm.cond_br":
        return [(successors[0], groups[1]), (successors[1], groups[2])]
    if op.name == "llvm.invoke":
        return [(successors[0], groups[1]), (successors[1], groups[2])]
    assert isinstance(op, llvm.SwitchOp)
    return [(successors[0], groups[1]), *zip(successors[1:], op.case_arguments(), strict=True)]


def split_operands(op: Operation) -> list[Sequence[SSAValue]]:
    """The operands of an op in the groups of its `operandSegmentSizes`."""
    operands = operands_of(op)
    result: list[Sequence[SSAValue]] = []
    position = 0
    for size in op.properties["operandSegmentSizes"].iter_values():  # pyright: ignore[reportAttributeAccessIssue]
        result.append(operands[position : position + size])
        position += size
    return result
