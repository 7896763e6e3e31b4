"""
Printing IR as text: xDSL's syntax exactly, several times faster.

Text collects in a list; the text of types and attributes is remembered; the generic form of an op is written without a
call per token. `tests/unit/test_ir_text.py` compares the output with that of xDSL's own printer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from xdsl.dialects.builtin import (
    CallSiteLoc,
    DenseResourceAttr,
    FileLineColLoc,
    FunctionType,
    FusedLoc,
    NameLoc,
    UnitAttr,
    UnknownLoc,
    UnregisteredOp,
)
from xdsl.ir import Attribute, BlockArgument, Operation, Region, SSAValue
from xdsl.printer import Printer
from xdsl.traits import IsolatedFromAbove
from xdsl.utils.mlir_lexer import MLIRLexer

from luma_ir.ir.fast import operands_of, successors_of

if TYPE_CHECKING:
    pass

# pyright: reportPrivateUsage=false

HEADLINE_LENGTH = 160
"""Longest text that `op_headline` gives, in characters."""

_TEXTS_LIMIT = 100_000
_texts: dict[int, tuple[Attribute, str]] = {}
"""Text of attributes by identity, each with its attribute, which keeps the identity valid."""
_isolated: dict[type[Operation], bool] = {}
# What prints differently depending on the state of the printer is never remembered.
_UNCACHED = (CallSiteLoc, DenseResourceAttr, FileLineColLoc, FusedLoc, NameLoc, UnknownLoc)


class TextPrinter(Printer):
    """xDSL's printer, writing into a list of strings; `text` gives the result."""

    def __init__(self, *, generic: bool = False, debug_locations: bool = False) -> None:
        super().__init__(None, print_generic_format=generic, print_debuginfo=debug_locations)
        self._pieces: list[str] = []

    def text(self) -> str:
        """All that was printed so far."""
        return "".join(self._pieces)

    def print_string(self, text: str, *, indent: int | None = None) -> None:
        """Print text; lines after the first get the current indentation."""
        if "\n" in text:
            depth = self._indent if indent is None else indent
            text = text.replace("\n", "\n" + " " * (depth * self.indent_num_spaces))
        self._pieces.append(text)

    def _print_new_line(self, indent: int | None = None, print_message: bool = True) -> None:
        depth = self._indent if indent is None else indent
        self._pieces.append("\n" + " " * (depth * self.indent_num_spaces))

    def print_attribute(self, attribute: Attribute) -> None:
        """Print an attribute or type, from memory where possible."""
        known = _texts.get(id(attribute))
        if known is not None:
            self._pieces.append(known[1])
        else:
            self._pieces.append(self._attribute_text(attribute))

    def _attribute_text(self, attribute: Attribute) -> str:
        known = _texts.get(id(attribute))
        if known is not None:
            return known[1]
        outer = self._pieces
        resources = len(self._dialect_resources)
        self._pieces = []
        try:
            super().print_attribute(attribute)
            text = "".join(self._pieces)
        finally:
            self._pieces = outer
        cacheable = not isinstance(attribute, _UNCACHED) and not self.printing_location and "loc(" not in text
        if cacheable and len(self._dialect_resources) == resources and "dense_resource" not in text:
            if len(_texts) > _TEXTS_LIMIT:
                _texts.clear()
            _texts[id(attribute)] = attribute, text
        return text

    def print_bytes_literal(self, bytestring: bytes) -> None:
        """Print a string literal, escaping what is not printable ASCII."""
        text = bytestring.decode("latin-1")
        if not text.isascii() or not text.isprintable() or '"' in text or "\\" in text:
            text = "".join([_ESCAPES.get(byte) or chr(byte) for byte in bytestring])
        self._pieces.append(f'"{text}"')

    def print_op(self, op: Operation) -> None:
        """Print an op without its line end, in the custom syntax unless the printer is generic."""
        cls = type(op)
        unregistered = isinstance(op, UnregisteredOp)
        if not unregistered and not self.print_generic_format and cls.print is not Operation.print:
            self._print_custom(op, cls)
            return
        isolated = _isolated.get(cls)
        if isolated is None:
            isolated = _isolated[cls] = any(isinstance(trait, IsolatedFromAbove) for trait in cls.traits)
        results = ", ".join([self._value_name(result) for result in op.results])
        if isolated:
            self.enter_scope()
        attributes = op.attributes
        if unregistered:
            name = op.op_name.data
            attributes = {key: value for key, value in attributes.items() if key != "op_name__"}
        else:
            name = op.name
        self._print_generic(op, f'{results} = "{name}"(' if results else f'"{name}"(', attributes)
        if isolated:
            self.exit_scope()

    def _print_custom(self, op: Operation, cls: type[Operation]) -> None:
        isolated = _isolated.get(cls)
        if isolated is None:
            isolated = _isolated[cls] = any(isinstance(trait, IsolatedFromAbove) for trait in cls.traits)
        if op.results:
            self._pieces.append(", ".join([self._value_name(result) for result in op.results]))
            self._pieces.append(" = ")
        if isolated:
            self.enter_scope()
        self._pieces.append(op.name)
        op.print(self)
        if self.print_debuginfo:
            self._pieces.append(" ")
            self.print_attribute(op.location)
        if isolated:
            self.exit_scope()

    def print_block_argument(self, arg: BlockArgument, print_type: bool = True) -> None:
        """
        Print a block argument, with its location unless a function's argument attributes follow.

        xDSL prints those attributes behind the location and reads them only in front of it.
        """
        parent = arg.block.parent_op()
        if self.print_debuginfo and parent is not None and "arg_attrs" in parent.properties:
            self.print_ssa_value(arg)
            if print_type:
                self.print_string(": ")
                self.print_attribute(arg.type)
            return
        super().print_block_argument(arg, print_type)

    def print_operation_type(self, op: Operation) -> None:
        """
        Print the types of operands and results.

        xDSL's own adds the location, which `scf.while` then has in the middle of its text, where no parser expects it;
        ours stands at the end of every op.
        """
        self.print_function_type(op.operand_types, op.result_types)

    def print_ssa_value(self, value: SSAValue) -> str:
        """Print the name of a value, giving it one if it has none yet; returns the name without `%`."""
        text = self._value_name(value)
        self._pieces.append(text)
        return text[1:]

    def _value_name(self, value: SSAValue) -> str:
        name = self._ssa_values.get(value)
        if name is None:
            hint = value.name_hint
            if hint:
                names = self._ssa_names[-1]
                count = names.get(hint, 0)
                names[hint] = count + 1
                name = f"{hint}_{count}" if count else hint
            else:
                name = self._get_new_valid_name_id()
            self._ssa_values[value] = name
        return "%" + name

    def _print_generic(self, op: Operation, head: str, attributes: dict[str, Attribute]) -> None:
        pieces = self._pieces
        attribute_text = self._attribute_text
        value_name = self._value_name
        head += ", ".join([value_name(value) for value in operands_of(op)]) + ")"
        if successors_of(op):
            head += " [" + ", ".join(["^" + self._get_block_name(block) for block in successors_of(op)]) + "]"
        if op.properties:
            head += f" <{self._entries_text(op.properties)}>"
        if op.regions:
            pieces.append(head + " (")
            for index, region in enumerate(op.regions):
                if index:
                    pieces.append(", ")
                self.print_region(region)
            head = ")"
        if attributes:
            head += " " + self._entries_text(attributes)
        outputs = [result.type for result in op.results]
        results = ", ".join([attribute_text(type) for type in outputs])
        if len(outputs) != 1 or isinstance(outputs[0], FunctionType):
            results = f"({results})"
        operands = ", ".join([attribute_text(value.type) for value in operands_of(op)])
        pieces.append(f"{head} : ({operands}) -> {results}")
        if self.print_debuginfo:
            pieces.append(" ")
            self.print_attribute(op.location)

    def _entries_text(self, entries: dict[str, Attribute]) -> str:
        texts = []
        for name, value in entries.items():
            key = name if MLIRLexer.bare_identifier_regex.fullmatch(name) else self._literal_text(name)
            texts.append(key if isinstance(value, UnitAttr) else f"{key} = {self._attribute_text(value)}")
        return "{" + ", ".join(texts) + "}"

    def _literal_text(self, text: str) -> str:
        outer = self._pieces
        self._pieces = []
        self.print_string_literal(text)
        literal = "".join(self._pieces)
        self._pieces = outer
        return literal


_ESCAPES = {byte: f"\\{byte:02X}" for byte in range(256) if not 0x20 <= byte <= 0x7E or byte == 0x22}
_ESCAPES[0x5C] = "\\\\"


class _HeadlinePrinter(TextPrinter):
    """Prints regions as `{...}`."""

    def print_region(
        self,
        region: Region,
        print_entry_block_args: bool = True,
        print_empty_block: bool = True,
        print_block_terminators: bool = True,
    ) -> None:
        self.print_string("{...}")


def op_headline(op: Operation) -> str:
    """The text of an op on one line, cut to `HEADLINE_LENGTH` characters, with `{...}` in place of regions."""
    printer = _HeadlinePrinter()
    try:
        printer.print_op(op)
        text = printer.text()
    except Exception:  # The custom syntax of an invalid op may be unprintable; its generic form is not.
        printer = _HeadlinePrinter(generic=True)
        try:
            printer.print_op(op)
            text = printer.text()
        except Exception:  # Not even that: the operands are broken.
            text = f'"{op.name}"'
    text = " ".join(text.split())
    return text if len(text) <= HEADLINE_LENGTH else text[: HEADLINE_LENGTH - 3] + "..."


def module_text(module: Operation, *, debug_locations: bool = False, generic: bool = False) -> str:
    """The text of a module, ending in a newline."""
    printer = TextPrinter(generic=generic, debug_locations=debug_locations)
    printer.print_op(module)
    if printer._dialect_resources:
        # Resources are rare and live in the dialects; xDSL's printer knows how to collect them.
        from io import StringIO

        from luma_ir.ir.context import make_context

        stream = StringIO()
        upstream = Printer(stream, print_generic_format=generic, print_debuginfo=debug_locations)
        upstream.print_op(module)
        ctx = make_context()
        upstream.print_metadata([ctx.get_dialect(name) for name in upstream._dialect_resources])
        return stream.getvalue() + "\n"
    return printer.text() + "\n"


def print_module(
    module: Operation, sink: Callable[[str], object], *, debug_locations: bool = False, generic: bool = False
) -> None:
    """Hand the text of a module to `sink`, ending in a newline."""
    sink(module_text(module, debug_locations=debug_locations, generic=generic))
