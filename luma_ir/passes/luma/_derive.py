"""
The bodies of derived traits, as `luma` functions.

Structs, enums, tuples, arrays and fixed arrays are taken apart; parts call the same trait, scalars are compared
directly. Text forms are those of the language: `Point { x: 1.0, y: 2.0 }`, `Circle(1.0)`, `(1, 2)`, `[1, 2]`; parts of
a container are shown with `Debug`, so that strings are quoted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from attrs import define, field
from xdsl.dialects import arith, scf
from xdsl.dialects.builtin import ArrayAttr, Float32Type, Float64Type, IntegerType, Signedness, StringAttr
from xdsl.ir import Attribute, Block, Operation, SSAValue

from luma_ir.dialects import luma
from luma_ir.dialects.luma.layouts import STRING, Definitions, erase
from luma_ir.ir.fast import append, make, new_block, new_region, set_name
from luma_ir.ir.intern import (
    F32,
    F64,
    I1,
    I32,
    I64,
    array,
    bool_attr,
    dense_i64,
    float_attr,
    function_type,
    int_attr,
    int_type,
    intern,
    string_attr,
    symbol,
)
from luma_ir.passes.luma._generics import type_name

if TYPE_CHECKING:
    from xdsl.dialects.builtin import LocationAttr

PRELUDE = "std.prelude."
METHODS = {
    "Show": "show",
    "Debug": "debug",
    "Eq": "eq",
    "Ord": "less",
    "Hash": "hash",
    "Default": "default",
}
"""The traits that can be derived, and their methods."""

_EQ, _NE, _SLT, _ULT = 0, 1, 2, 6
_OEQ, _OLT = 1, 4

Emit = Callable[[], "SSAValue | None"]


def short_name(trait: str) -> str | None:
    """The name of a trait of the prelude that can be derived, None for others."""
    name = trait.removeprefix(PRELUDE)
    return name if name in METHODS and trait.startswith(PRELUDE) else None


def is_derivable(definitions: Definitions, trait: str, type: Attribute) -> bool:
    """Tell whether a trait is derived for a source type. What derives `Show` has the same text as `Debug`."""
    name = short_name(trait)
    if name is None:
        return False
    if isinstance(type, luma.TupleType | luma.ArrayType | luma.FixedType):
        return True
    if isinstance(type, luma.StructType | luma.EnumType):
        table = definitions.structs if isinstance(type, luma.StructType) else definitions.enums
        op = table.get(type.definition.string_value())
        derives = op.derives.data if op is not None and op.derives is not None else ()
        names = {each.data.rpartition(".")[2] for each in derives if isinstance(each, StringAttr)}
        return name in names or (name == "Debug" and "Show" in names)
    return name == "Default" and _is_scalar(type)


def _is_scalar(type: Attribute) -> bool:
    return isinstance(type, IntegerType | Float32Type | Float64Type)


def _is_unsigned(type: Attribute) -> bool:
    return isinstance(type, IntegerType) and (type.signedness.data == Signedness.UNSIGNED or type.width.data == 1)


@define(eq=False)
class Part:
    """A piece of the two values (or the one) that a derived function works on."""

    source: Attribute
    values: tuple[SSAValue, ...]
    name: str | None = None


@define(eq=False)
class Deriver:
    """Makes the function that implements one trait for one type."""

    definitions: Definitions
    type: Attribute
    """The source type."""
    location: LocationAttr
    can: Callable[[str, Attribute], bool]
    """Whether a trait, by its short name, has an implementation for a source type."""
    block: Block = field(factory=Block)

    def function(self, name: str) -> luma.FuncOp:
        """The derived function for a trait given by its short name."""
        value = erase(self.type)
        string = intern(luma.StructType(symbol(STRING), array(())))
        method = METHODS[name]
        inputs, outputs, emit = {
            "Show": ((value, string), (string,), self._show),
            "Debug": ((value, string), (string,), self._show),
            "Eq": ((value, value), (I1,), self._eq),
            "Ord": ((value, value), (I1,), self._less),
            "Hash": ((value, I64), (I64,), self._hash),
            "Default": ((), (value,), self._default),
        }[name]
        self.block = new_block(inputs, self.location)
        names = {"Show": ("self", "out"), "Debug": ("self", "out"), "Hash": ("self", "state")}.get(
            name, ("self", "other")
        )
        for argument, argument_name in zip(self.block.args, names, strict=False):
            set_name(argument, argument_name)
        entry = self.block
        emit(self.block.args)
        properties: dict[str, Attribute] = {
            "sym_name": string_attr(f"{type_name(self.type)}.{name}.{method}"),
            "function_type": function_type(inputs, outputs),
            "sym_visibility": string_attr("private"),
            "display_name": string_attr(f"{self._display_name()}::{method}"),
        }
        if name in ("Show", "Debug"):
            properties["inout"] = dense_i64((1,))
        return make(luma.FuncOp, properties=properties, regions=[new_region(entry)], location=self.location)

    def _display_name(self) -> str:
        if isinstance(self.type, luma.StructType | luma.EnumType):
            op = self._definition()
            return op.display_name.data if op.display_name is not None else op.sym_name.data
        return type_name(self.type)

    def _definition(self) -> luma.StructOp | luma.EnumOp:
        if isinstance(self.type, luma.StructType):
            return self.definitions.struct_op(self.type)
        assert isinstance(self.type, luma.EnumType)
        return self.definitions.enum_op(self.type)

    # Emitting ops.

    def _emit(
        self,
        cls: type[Operation],
        operands: Sequence[SSAValue] = (),
        types: Sequence[Attribute] = (),
        properties: dict[str, Attribute] | None = None,
    ) -> Operation:
        return append(self.block, make(cls, operands, types, properties, location=self.location))

    def _value(
        self,
        cls: type[Operation],
        operands: Sequence[SSAValue],
        type: Attribute,
        properties: dict[str, Attribute] | None = None,
    ) -> SSAValue:
        return self._emit(cls, operands, (type,), properties).results[0]

    def _constant(self, attr: Attribute, type: Attribute) -> SSAValue:
        return self._value(arith.ConstantOp, (), type, {"value": attr})

    def _integer(self, value: int) -> SSAValue:
        return self._constant(int_attr(value, I64), I64)

    def _bool(self, value: bool) -> SSAValue:
        return self._constant(bool_attr(value), I1)

    def _compare(self, predicate: int, lhs: SSAValue, rhs: SSAValue) -> SSAValue:
        return self._value(arith.CmpiOp, (lhs, rhs), I1, {"predicate": int_attr(predicate, I64)})

    def _into(self, block: Block, emit: Callable[[], object]) -> Block:
        outer, self.block = self.block, block
        emit()
        self.block = outer
        return block

    def _choose(self, condition: SSAValue, then: Emit, otherwise: Emit, type: Attribute) -> SSAValue:
        """An `scf.if` with a value."""
        regions = []
        for emit in (then, otherwise):
            regions.append(new_region(self._into(new_block(), lambda emit=emit: self._emit(scf.YieldOp, (emit(),)))))  # pyright: ignore
        op = append(self.block, make(scf.IfOp, (condition,), (type,), regions=regions, location=self.location))
        return op.results[0]

    def _exit_if(self, condition: SSAValue, then: Callable[[], object], negated: bool = False) -> None:
        """A `luma.if` one side of which leaves the function."""
        leave = new_region(self._into(new_block(), then))
        stay = new_region(self._into(new_block(), lambda: self._emit(luma.YieldOp)))
        regions = [stay, leave] if negated else [leave, stay]
        append(self.block, make(luma.IfOp, (condition,), (), regions=regions, location=self.location))

    def _return(self, *values: SSAValue) -> None:
        self._emit(luma.ReturnOp, values)

    def _trait_call(self, name: str, source: Attribute, operands: Sequence[SSAValue], result: Attribute) -> SSAValue:
        properties: dict[str, Attribute] = {
            "trait": symbol(PRELUDE + name),
            "method": string_attr(METHODS[name]),
            "self_type": source,
        }
        if name in ("Show", "Debug"):
            properties["inout"] = dense_i64((1,))  # The text that is appended to.
        return self._value(luma.TraitCallOp, operands, result, properties)

    # Taking values apart.

    def _get(self, value: SSAValue, step: int, type: Attribute, index: SSAValue | None = None) -> SSAValue:
        operands = (value,) if index is None else (value, index)
        return self._value(luma.GetOp, operands, erase(type), {"path": dense_i64((step,))})

    def _fields(self, values: Sequence[SSAValue]) -> list[Part]:
        """The fields of structs or tuples."""
        assert isinstance(self.type, luma.StructType | luma.TupleType)
        sources = self.definitions.source_field_types(self.type)
        names: Sequence[str | None] = [None] * len(sources)
        if isinstance(self.type, luma.StructType):
            names = [each.data for each in self.definitions.struct_op(self.type).field_names.data]
        return [
            Part(source, tuple([self._get(value, index, source) for value in values]), names[index])
            for index, source in enumerate(sources)
        ]

    def _payload(self, values: Sequence[SSAValue], variant: int) -> list[Part]:
        """The fields of enum values that are known to be of a variant."""
        assert isinstance(self.type, luma.EnumType)
        op = self.definitions.enum_op(self.type)
        sources = self.definitions.source_payload_types(self.type)[variant]
        names: Sequence[str | None] = [None] * len(sources)
        if op.payload_names is not None:
            given = op.payload_names.data[variant]
            assert isinstance(given, ArrayAttr)
            if given.data:
                names = [each.data for each in given.data if isinstance(each, StringAttr)]
        parts = []
        for index, source in enumerate(sources):
            properties: dict[str, Attribute] = {"variant": int_attr(variant, I64), "field": int_attr(index, I64)}
            read = [self._value(luma.EnumGetOp, (value,), erase(source), dict(properties)) for value in values]
            parts.append(Part(source, tuple(read), names[index]))
        return parts

    def _variants(self) -> list[int]:
        """The numbers of the variants that have fields."""
        assert isinstance(self.type, luma.EnumType)
        return [index for index, each in enumerate(self.definitions.source_payload_types(self.type)) if each]

    def _is(self, value: SSAValue, variant: int) -> SSAValue:
        return self._value(luma.EnumIsOp, (value,), I1, {"variant": int_attr(variant, I64)})

    def _tag(self, value: SSAValue) -> SSAValue:
        return self._value(luma.EnumTagOp, (value,), I32)

    def _length(self, value: SSAValue) -> SSAValue:
        if isinstance(self.type, luma.FixedType):
            return self._integer(self.type.size.data)
        return self._value(luma.ArrayLenOp, (value,), I64)

    def _element(self) -> Attribute:
        assert isinstance(self.type, luma.ArrayType | luma.FixedType)
        return self.type.element

    # Eq.

    def _eq(self, values: Sequence[SSAValue]) -> None:
        if isinstance(self.type, luma.EnumType):
            same = self._compare(_EQ, self._tag(values[0]), self._tag(values[1]))
            variants = self._variants()
            result = self._choose(same, lambda: self._eq_variants(values, variants), lambda: self._bool(False), I1)
            self._return(result)
        elif isinstance(self.type, luma.ArrayType | luma.FixedType):
            self._eq_elements(values)
        else:
            self._return(self._eq_parts(self._fields(values)))

    def _eq_variants(self, values: Sequence[SSAValue], variants: list[int]) -> SSAValue:
        if not variants:
            return self._bool(True)
        first, rest = variants[0], variants[1:]
        return self._choose(
            self._is(values[0], first),
            lambda: self._eq_parts(self._payload(values, first)),
            lambda: self._eq_variants(values, rest),
            I1,
        )

    def _eq_parts(self, parts: list[Part]) -> SSAValue:
        """Equal scalars in a row are tested together; what is behind a call is only looked at when it says yes."""
        found: SSAValue | None = None
        for position, part in enumerate(parts):
            if _is_scalar(part.source):
                same = self._eq_part(part)
                found = same if found is None else self._value(arith.AndIOp, (found, same), I1)
                continue

            def go_on(position: int = position, part: Part = part) -> SSAValue:
                same = self._eq_part(part)
                rest = parts[position + 1 :]
                if not rest:
                    return same
                return self._choose(same, lambda: self._eq_parts(rest), lambda: self._bool(False), I1)

            if found is None:
                return go_on()
            return self._choose(found, go_on, lambda: self._bool(False), I1)
        return self._bool(True) if found is None else found

    def _eq_part(self, part: Part) -> SSAValue:
        if isinstance(part.source, IntegerType):
            return self._compare(_EQ, *part.values)
        if _is_scalar(part.source):
            return self._value(arith.CmpfOp, part.values, I1, {"predicate": int_attr(_OEQ, I64)})
        return self._trait_call("Eq", part.source, part.values, I1)

    def _eq_elements(self, values: Sequence[SSAValue]) -> None:
        length = self._length(values[0])
        if isinstance(self.type, luma.ArrayType):
            differ = self._compare(_NE, length, self._length(values[1]))
            self._exit_if(differ, lambda: self._return(self._bool(False)))

        def body(part: Part) -> None:
            self._exit_if(self._eq_part(part), lambda: self._return(self._bool(False)), negated=True)

        self._each(values, length, body)
        self._return(self._bool(True))

    def _each(self, values: Sequence[SSAValue], length: SSAValue, body: Callable[[Part], None]) -> None:
        """A loop over the elements of arrays that carries nothing and may return."""
        block = new_block((I64,), self.location)
        index = block.args[0]
        source = self._element()

        def run() -> None:
            body(Part(source, tuple([self._get(value, luma.INDEX_STEP, source, index) for value in values])))
            self._emit(luma.ContinueOp)

        bounds = (self._integer(0), length, self._integer(1))
        self._into(block, run)
        append(self.block, make(luma.ForOp, bounds, (), regions=[new_region(block)], location=self.location))

    # Ord.

    def _less(self, values: Sequence[SSAValue]) -> None:
        if isinstance(self.type, luma.EnumType):
            tags = [self._tag(value) for value in values]
            differ = self._compare(_NE, *tags)
            self._exit_if(differ, lambda: self._return(self._compare(_ULT, *tags)))
            for variant in self._variants():
                self._exit_if(
                    self._is(values[0], variant),
                    lambda variant=variant: self._less_parts(self._payload(values, variant)),
                )
            self._return(self._bool(False))
        elif isinstance(self.type, luma.ArrayType | luma.FixedType):
            lengths = [self._length(value) for value in values]
            shorter = self._value(arith.MinSIOp, lengths, I64)
            self._each(values, shorter, self._less_decides)
            self._return(self._compare(_SLT, *lengths))
        else:
            self._less_parts(self._fields(values))

    def _less_parts(self, parts: list[Part]) -> None:
        if not parts:
            self._return(self._bool(False))
            return
        for part in parts[:-1]:
            self._less_decides(part)
        self._return(self._less_part(parts[-1].source, parts[-1].values))

    def _less_decides(self, part: Part) -> None:
        """Return when one part is less than the other."""
        lhs, rhs = part.values
        for values, answer in (((lhs, rhs), True), ((rhs, lhs), False)):
            less = self._less_part(part.source, values)
            self._exit_if(less, lambda answer=answer: self._return(self._bool(answer)))

    def _less_part(self, source: Attribute, values: Sequence[SSAValue]) -> SSAValue:
        if isinstance(source, IntegerType):
            return self._compare(_ULT if _is_unsigned(source) else _SLT, *values)
        if _is_scalar(source):
            return self._value(arith.CmpfOp, values, I1, {"predicate": int_attr(_OLT, I64)})
        return self._trait_call("Ord", source, values, I1)

    # Show and Debug.

    def _show(self, values: Sequence[SSAValue]) -> None:
        value, out = values
        if isinstance(self.type, luma.EnumType):
            self._return(self._show_variants(value, out, 0))
        elif isinstance(self.type, luma.StructType):
            op = self.definitions.struct_op(self.type)
            name = op.display_name.data if op.display_name is not None else op.sym_name.data
            self._return(self._show_parts(name, self._fields((value,)), out))
        elif isinstance(self.type, luma.TupleType):
            self._return(self._show_parts("", self._fields((value,)), out))
        else:
            self._return(self._show_elements(value, out))

    def _show_variants(self, value: SSAValue, out: SSAValue, variant: int) -> SSAValue:
        assert isinstance(self.type, luma.EnumType)
        variants = self.definitions.enum_op(self.type).variants.data
        if not variants:
            return out
        name = variants[variant].data

        def show() -> SSAValue:
            parts = self._payload((value,), variant)
            return self._show_parts(name, parts, out) if parts else self._text(out, name)

        if variant == len(variants) - 1:
            return show()
        rest = variant + 1
        return self._choose(self._is(value, variant), show, lambda: self._show_variants(value, out, rest), out.type)

    def _show_parts(self, name: str, parts: list[Part], out: SSAValue) -> SSAValue:
        is_tuple = not name
        named = any(part.name is not None for part in parts)
        if not parts:
            return self._text(out, "()" if is_tuple else name)
        opening = f"{name} {{ " if named else f"{name}("
        for position, part in enumerate(parts):
            label = f"{part.name}: " if part.name is not None else ""
            out = self._text(out, (", " if position else opening) + label)
            out = self._show_part(part, out)
        closing = " }" if named else ",)" if is_tuple and len(parts) == 1 else ")"
        return self._text(out, closing)

    def _show_part(self, part: Part, out: SSAValue) -> SSAValue:
        name = "Debug" if self.can("Debug", part.source) or not self.can("Show", part.source) else "Show"
        return self._trait_call(name, part.source, (*part.values, out), out.type)

    def _show_elements(self, value: SSAValue, out: SSAValue) -> SSAValue:
        length = self._length(value)
        out = self._text(out, "[")
        block = new_block((I64, out.type), self.location)
        index, inner = block.args
        source = self._element()
        zero = self._integer(0)

        def body() -> None:
            first = self._compare(_EQ, index, zero)
            text = self._choose(first, lambda: inner, lambda: self._text(inner, ", "), inner.type)
            element = self._get(value, luma.INDEX_STEP, source, index)
            self._emit(scf.YieldOp, (self._show_part(Part(source, (element,)), text),))

        self._into(block, body)
        operands = (zero, length, self._integer(1), out)
        loop = make(scf.ForOp, operands, (out.type,), regions=[new_region(block)], location=self.location)
        return self._text(append(self.block, loop).results[0], "]")

    def _text(self, out: SSAValue, text: str) -> SSAValue:
        """The string with constant text behind it, grown in place."""
        literal = self._value(luma.StringLiteralOp, (), out.type, {"value": string_attr(text)})
        data = self.definitions.place_type(out.type, (0,))
        path = dense_i64((0,))
        take = self._emit(luma.TakeOp, (out,), (data, out.type), {"path": path})
        more = self._value(luma.GetOp, (literal,), data, {"path": path})
        grown = self._value(luma.ArrayAppendOp, (take.results[0], more), data)
        return self._value(luma.PutOp, (take.results[1], grown), out.type, {"path": path})

    # Hash.

    def _hash(self, values: Sequence[SSAValue]) -> None:
        value, state = values
        if isinstance(self.type, luma.EnumType):
            tag = self._value(arith.ExtUIOp, (self._tag(value),), I64)
            state = self._trait_call("Hash", I64, (tag, state), I64)
            self._return(self._hash_variants(value, state, self._variants()))
        elif isinstance(self.type, luma.ArrayType | luma.FixedType):
            self._return(self._hash_elements(value, state))
        else:
            self._return(self._hash_parts(self._fields((value,)), state))

    def _hash_variants(self, value: SSAValue, state: SSAValue, variants: list[int]) -> SSAValue:
        if not variants:
            return state
        first, rest = variants[0], variants[1:]
        return self._choose(
            self._is(value, first),
            lambda: self._hash_parts(self._payload((value,), first), state),
            lambda: self._hash_variants(value, state, rest),
            I64,
        )

    def _hash_parts(self, parts: list[Part], state: SSAValue) -> SSAValue:
        for part in parts:
            state = self._trait_call("Hash", part.source, (*part.values, state), I64)
        return state

    def _hash_elements(self, value: SSAValue, state: SSAValue) -> SSAValue:
        length = self._length(value)
        state = self._trait_call("Hash", I64, (length, state), I64)
        block = new_block((I64, I64), self.location)
        index, inner = block.args
        source = self._element()

        def body() -> None:
            element = self._get(value, luma.INDEX_STEP, source, index)
            self._emit(scf.YieldOp, (self._trait_call("Hash", source, (element, inner), I64),))

        self._into(block, body)
        operands = (self._integer(0), length, self._integer(1), state)
        loop = make(scf.ForOp, operands, (I64,), regions=[new_region(block)], location=self.location)
        return append(self.block, loop).results[0]

    # Default.

    def _default(self, values: Sequence[SSAValue]) -> None:
        self._return(self._default_value())

    def _default_value(self) -> SSAValue:
        type, value = self.type, erase(self.type)
        if isinstance(type, IntegerType):
            width = 32 if value is I32 else type.width.data
            return self._constant(int_attr(0, int_type(width)), value)
        if isinstance(type, Float32Type | Float64Type):
            return self._constant(float_attr(0.0, F32 if isinstance(type, Float32Type) else F64), value)
        if isinstance(type, luma.ArrayType):
            return self._value(luma.ArrayMakeOp, (), value)
        if isinstance(type, luma.FixedType):
            element = self._trait_call("Default", type.element, (), erase(type.element))
            return self._value(luma.ArrayFillOp, (element, self._integer(type.size.data)), value)
        if isinstance(type, luma.EnumType):
            sources = self.definitions.source_payload_types(type)
            # The simplest variant: the first without fields, if there is one.
            variant = next((index for index, payload in enumerate(sources) if not payload), 0)
            fields = [self._trait_call("Default", source, (), erase(source)) for source in sources[variant]]
            return self._value(luma.EnumMakeOp, fields, value, {"variant": int_attr(variant, I64)})
        assert isinstance(type, luma.StructType | luma.TupleType)
        sources = self.definitions.source_field_types(type)
        fields = [self._trait_call("Default", source, (), erase(source)) for source in sources]
        return self._value(luma.StructMakeOp if isinstance(type, luma.StructType) else luma.TupleMakeOp, fields, value)
