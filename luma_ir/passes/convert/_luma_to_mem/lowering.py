"""The lowering of one function: its values, and handing every op to the function that lowers it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from xdsl.dialects import func
from xdsl.dialects.builtin import ArrayAttr
from xdsl.dialects.llvm import UndefOp
from xdsl.ir import Attribute, Block, Operation, SSAValue

from luma_ir.dialects import luma, mem
from luma_ir.ir.diagnostics import PassFailure
from luma_ir.ir.fast import (
    append,
    block_ops,
    detach,
    make,
    new_block,
    new_region,
    operands_of,
    set_name,
    set_operands,
    set_result_type,
    users,
)
from luma_ir.ir.intern import I64, UNIT, float_attr, function_type, int_attr, string_attr
from luma_ir.passes.convert._luma_to_mem.counting import Counting, Place
from luma_ir.passes.convert._luma_to_mem.scopes import Scopes

if TYPE_CHECKING:
    from luma_ir.passes.convert._luma_to_mem.glue import Glue
    from luma_ir.passes.convert._luma_to_mem.layouts import Niche
    from luma_ir.passes.mem._functions import FunctionTable
    from luma_ir.passes.mem._uniqueness import Uniqueness

Handler = Callable[["Lowering", Any], None]

HANDLERS: dict[type[Operation], Handler] = {}
"""What lowers each op; the modules of this package fill it in. Other ops move over with new operands."""

_LUMA_TYPES = (
    luma.ArrayType, luma.StructType, luma.EnumType, luma.TupleType, luma.FixedType, luma.PtrType, luma.ClosureType,
    luma.AnyType, luma.ParamType,
)  # fmt: skip

_KEPT_ATTRIBUTES = ("display_name", "link_name", "inline", "cold", "fastmath", "no_return", "variadic", "arg_names")


def lowers(*op_classes: type[Operation]) -> Callable[[Handler], Handler]:
    """Register a function as the lowering of some op classes."""

    def register(handler: Handler) -> Handler:
        for op_class in op_classes:
            HANDLERS[op_class] = handler
        return handler

    return register


class Signature:
    """How a function's parameters and results are passed: indirect results through addresses that come first."""

    def __init__(
        self, inputs: Sequence[Attribute], outputs: Sequence[Attribute], inout: Sequence[int], glue: Glue
    ) -> None:
        indirect = glue.types.is_indirect
        ordinary = len(outputs) - len(inout)
        self.inputs = inputs
        self.outputs = outputs
        self.inout = tuple(inout)
        self.slots: list[int] = [index for index in range(ordinary) if indirect(outputs[index])]
        """The results that the caller has a slot for."""
        self.in_place: dict[int, int] = {
            ordinary + number: index for number, index in enumerate(inout) if indirect(inputs[index])
        }
        """Results that are left where an `inout` parameter was: result -> parameter."""
        value, storage = glue.layouts.value, glue.layouts.storage
        self.direct: list[int] = [index for index in range(len(outputs)) if not indirect(outputs[index])]
        """The results that are results below, too."""
        self.slot_types = [storage(outputs[index]) for index in self.slots]
        self.type = function_type(
            [mem.POINTER] * len(self.slots) + [value(type_) for type_ in inputs],
            [storage(outputs[index]) for index in self.direct],
        )


class Module:
    """What the lowerings of a module's functions share."""

    def __init__(self, table: FunctionTable, glue: Glue) -> None:
        self.table = table
        self.glue = glue
        self.signatures: dict[str, Signature] = {}
        self.uniqueness: Uniqueness | None = None
        """Given when accesses shall be tagged for `mem-alias-scopes`."""
        self.type_numbers: dict[Attribute, int] = {}
        self._methods: dict[str, list[str]] = {}

    def methods(self, type_: Attribute) -> list[str]:
        """
        The methods that an `any` value of a type can be asked for, in the order of its table.

        Raises:
            PassFailure: the module does not define the trait.
        """
        assert isinstance(type_, luma.AnyType)
        name = type_.definition.string_value()
        found = self._methods.get(name)
        if found is None:
            trait = next(
                (op for op in block_ops(self.glue.target) if isinstance(op, luma.TraitOp) and op.sym_name.data == name),
                None,
            )
            if trait is None:
                raise PassFailure(f"the module does not define the trait of `{type_}`")
            found = self._methods[name] = [method.data for method in trait.methods]
        return found

    def signature(self, name: str) -> Signature:
        """
        The signature of a function.

        Raises:
            PassFailure: there is no such function.
        """
        found = self.signatures.get(name)
        if found is None:
            function = self.table.functions.get(name)
            if function is None:
                raise PassFailure(f"call of `{name}`, which the module does not have")
            type_ = function.function_type
            found = Signature(type_.inputs.data, type_.outputs.data, function.inout_indices, self.glue)
            self.signatures[name] = found
        return found


class Lowering(Counting):
    """One function on its way; `values` maps old values to new ones (addresses for indirect types)."""

    def __init__(self, function: luma.FuncOp, module: Module) -> None:
        self.module = module
        self.function = function
        self.signature = module.signature(function.sym_name.data)
        super().__init__(new_block(self.signature.type.inputs.data), module.glue)
        self.values: dict[SSAValue, SSAValue] = {}
        self.result_slots: dict[int, SSAValue] = {}
        self.loops: dict[Operation, Any] = {}
        """For loops that the walk is in, what `control` needs for their exits."""
        self.yielded: dict[Block, dict[int, SSAValue]] = {}
        """For finished branches, the addresses of what they yield of indirect types."""
        self.passed: dict[Operation, list[SSAValue | None]] = {}
        """For `scf.while`, the slots of what the condition hands on."""
        self.taken: dict[SSAValue, SSAValue] = {}
        """For the `rest` of a `luma.take`, where the value was."""
        self.slots.update(self.entry.args)
        self.scopes: Scopes | None = None
        flows = module.uniqueness.flows if module.uniqueness is not None else {}
        flow = flows.get(function.sym_name.data)
        if flow is not None and flow.has_loops:
            self.scopes = Scopes(flow, module.type_numbers)

    def scope_tag(self, root: SSAValue, element: Attribute, *, direct: bool) -> str | None:
        """What an access to elements of an array touches, if that is of interest: see `scopes`."""
        return None if self.scopes is None else self.scopes.tag(root, element, direct=direct)

    def lower(self) -> Operation:
        """Build the `func.func` of the function."""
        signature = self.signature
        arguments = self.entry.args
        count = len(signature.slots)
        self.result_slots = dict(zip(signature.slots, arguments[:count], strict=True))
        if not self.function.is_declaration:
            self.enter(self.function.body.block, arguments[count:])
            self.ops(self.function.body.block)
        body = new_region() if self.function.is_declaration else new_region(self.entry)
        return self._function_op(body)

    def _function_op(self, body: Any) -> Operation:
        function = self.function
        properties: dict[str, Attribute] = {"sym_name": function.sym_name, "function_type": self.signature.type}
        visibility = function.properties.get("sym_visibility")
        if function.is_declaration:
            visibility = string_attr("private")
        if visibility is not None:
            properties["sym_visibility"] = visibility
        attributes = dict(function.attributes)
        for name in _KEPT_ATTRIBUTES:
            if name in function.properties:
                attributes[name] = function.properties[name]
        modes = self._modes()
        if modes is not None:
            attributes["modes"] = ArrayAttr([string_attr("none")] * len(self.signature.slots) + modes)
        return make(func.FuncOp, (), (), properties, attributes=attributes, regions=[body], location=function.location)

    def _modes(self) -> list[Attribute] | None:
        """The parameters' modes below: what may be a small number in place of an address has one of its own."""
        given, inputs = self.function.modes, self.signature.inputs
        optional = [self.layouts.may_be_number(type_) for type_ in inputs]
        if given is None and not any(optional):
            return None
        modes: Sequence[Attribute] = given.data if given is not None else [string_attr("none")] * len(inputs)
        return [string_attr("optional") if flag else mode for flag, mode in zip(optional, modes, strict=True)]

    # Values.

    def get(self, value: SSAValue) -> SSAValue:
        """The new value for an old one."""
        return self.values.get(value, value)

    def get_all(self, values: Sequence[SSAValue]) -> list[SSAValue]:
        """The new values for old ones."""
        found = self.values
        return [found.get(value, value) for value in values]

    def place(self, value: SSAValue) -> Place:
        """The new value for an old one, with whether it is an address."""
        return self.values.get(value, value), self.types.is_indirect(value.type)

    def define(self, old: SSAValue, new: SSAValue) -> None:
        """Note the new value for an old one; it takes over the name."""
        self.values[old] = new
        if new.name_hint is None and old.name_hint is not None:
            set_name(new, old.name_hint)

    def is_dupped(self, value: SSAValue) -> bool:
        """Whether something adds a unit to a value, so that it may outlive what it was read from."""
        return any(isinstance(user, mem.DupOp | mem.DropRestOp | mem.DropReuseOp) for user in users(value))

    def move(self, source: SSAValue, target: SSAValue, type_: Attribute) -> None:
        """Copy an indirect value from address to address, unless it is there."""
        if source is not target:
            self.copy(source, target, self.layouts.storage(type_))

    def move_all(self, moves: Sequence[tuple[SSAValue, SSAValue, Attribute]]) -> None:
        """Copy indirect values (source, target, type) as if at the same time."""
        moves = [move for move in moves if move[0] is not move[1]]
        if len(moves) > 1:
            staged = []
            for source, target, type_ in moves:
                between = self.slot(self.layouts.storage(type_))
                self.move(source, between, type_)
                staged.append((between, target, type_))
            moves = staged
        for source, target, type_ in moves:
            self.move(source, target, type_)

    def put_at(self, value: SSAValue, address: SSAValue, type_: Attribute) -> None:
        """Write an old value to memory."""
        new, indirect = self.place(value)
        if indirect:
            self.move(new, address, type_)
        else:
            self.store(new, address)

    def default(self, type_: Attribute) -> SSAValue:
        """Some value of a type that may be released: zeros and empty arrays."""
        if self.types.is_indirect(type_):
            address = self.slot(self.layouts.storage(type_))
            self.default_at(address, type_)
            return address
        if isinstance(type_, luma.ArrayType):
            return self.value(mem.EmptyOp, (), mem.POINTER)
        if self.types.is_reference(type_):
            return self.default_cell(type_)
        if isinstance(type_, luma.StructType | luma.TupleType) and self.layouts.is_transparent(type_):
            return self.default(self.types.fields(type_)[0])
        return self._default_aggregate(type_)

    def default_cell(self, type_: Attribute) -> SSAValue:
        """A value of a boxed enum, or a function value or `any` value, that is never freed and never looked into."""
        if isinstance(type_, luma.EnumType):
            variants = self.types.variants(type_)
            number = next((number for number, fields in enumerate(variants) if not fields), None)
            if number is not None:
                return self.small_number(number)
        properties: dict[str, Attribute] = {"codes": ArrayAttr([]), "size": int_attr(0, I64), "object": UNIT}
        return self.value(mem.TableOp, (), mem.POINTER, properties)

    def _default_aggregate(self, type_: Attribute) -> SSAValue:
        storage = self.layouts.storage(type_)
        if isinstance(type_, luma.StructType | luma.TupleType):
            value = self.value(UndefOp, (), storage)
            for number, field in enumerate(self.types.fields(type_)):
                value = self.insert(value, number, self.default(field))
            return value
        if isinstance(type_, luma.EnumType):
            variants = self.types.variants(type_)
            # A variant without fields is the least work, and has nothing that is counted.
            variant = next((number for number, fields in enumerate(variants) if not fields), 0)
            return self.make_enum(type_, variant, [self.default(field) for field in variants[variant]])
        return self.zero(storage)

    def default_at(self, address: SSAValue, type_: Attribute) -> None:
        """Write a default value to memory."""
        if isinstance(type_, luma.FixedType):
            storage = self.layouts.storage(type_.element)
            count = self.constant(type_.size.data)
            self.for_(
                self.constant(0), count, lambda i: self.default_at(self.offset(address, i, storage), type_.element)
            )
        elif self.types.is_indirect(type_) and isinstance(type_, luma.StructType | luma.TupleType):
            for number, field in enumerate(self.types.fields(type_)):
                self.default_at(self.part((address, True), type_, number)[0], field)
        elif self.types.is_indirect(type_) and isinstance(type_, luma.EnumType):
            self.store_tag(address, type_, 0)
            for number, field in enumerate(self.types.variants(type_)[0]):
                self.default_at(self.enum_part((address, True), type_, 0, number)[0], field)
        else:
            self.store(self.default(type_), address)

    def zero(self, storage: Attribute) -> SSAValue:
        """The zero of a scalar or pointer."""
        from xdsl.dialects import arith
        from xdsl.dialects.builtin import IntegerType
        from xdsl.dialects.llvm import ZeroOp

        if isinstance(storage, IntegerType):
            return self.constant(0, storage)
        if isinstance(storage, type(mem.POINTER)):
            return self.value(ZeroOp, (), storage)
        return self.value(arith.ConstantOp, (), storage, {"value": float_attr(0.0, storage)})  # pyright: ignore

    def make_enum(self, type_: luma.EnumType, variant: int, fields: Sequence[SSAValue]) -> SSAValue:
        """An enum value in a register."""
        niche = self.layouts.niche(type_)
        if niche is not None:
            return self._make_niche(type_, niche, variant, fields)
        layout = self.layouts.enum(type_)
        tag = self.constant(variant, layout.tag)
        if not layout.slots:
            return tag
        value = self.insert(self.value(UndefOp, (), self.layouts.storage(type_)), 0, tag)
        for slot, field in zip(layout.places[variant], fields, strict=True):
            value = self.insert(value, slot, field)
        return value

    def _make_niche(self, type_: luma.EnumType, niche: Niche, variant: int, fields: Sequence[SSAValue]) -> SSAValue:
        if len(fields) == 1:
            return fields[0]
        if variant != niche.variant and not niche.path:
            return self.small_number(niche.number(variant))
        value = self.value(UndefOp, (), self.layouts.storage(type_))
        if variant != niche.variant:
            return self.insert_at(value, niche.path, self.small_number(niche.number(variant)))
        for number, field in enumerate(fields):
            value = self.insert(value, number, field)
        return value

    def store_tag(self, address: SSAValue, type_: luma.EnumType, variant: int) -> None:
        """Write the tag of an enum in memory."""
        layout = self.layouts.enum(type_)
        target = self.field(address, 0, self.layouts.storage(type_)) if layout.slots else address
        self.store(self.constant(variant, layout.tag), target)

    # The walk.

    def enter(self, block: Block, values: Sequence[SSAValue]) -> None:
        """Let new values stand for the arguments of an old block."""
        for arg, value in zip(block.args, values, strict=True):
            self.define(arg, value)

    def ops(self, block: Block) -> None:
        """Lower the ops of an old block to the end of the current one."""
        handlers = HANDLERS
        for op in block_ops(block):
            self.location = op.location
            handler = handlers.get(type(op))
            if handler is not None:
                handler(self, op)
            else:
                self._keep(op)

    def inner_block(self, old: Block, values: Sequence[SSAValue], types: Sequence[Attribute] = ()) -> Block:
        """Lower an old block to a new one, whose arguments have the given types; return the new one."""
        new = new_block(types)
        self.enter(old, values if values else new.args)
        outer, self.block = self.block, new
        self.ops(old)
        self.block = outer
        return new

    def _keep(self, op: Operation) -> None:
        """Move an op on scalars over as it is, with new operands and result types."""
        if op.regions:
            raise PassFailure(f"nothing says how to lower the regions of `{op.name}`", op)
        if op.name.startswith("luma."):
            raise PassFailure(f"`{op.name}` cannot be lowered to memory", op)
        operands = operands_of(op)
        if operands:
            found = self.values
            renamed = [found.get(value, value) for value in operands]
            if any(new is not old for new, old in zip(renamed, operands, strict=True)):
                set_operands(op, renamed)
        for result in op.results:
            if isinstance(result.type, _LUMA_TYPES):
                set_result_type(result, self.layouts.value(result.type))
        append(self.block, detach(op))
