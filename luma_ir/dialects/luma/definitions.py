"""
Definitions of the `luma` dialect: functions, structs, enums, traits' implementations; and calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Self

from xdsl.dialects.builtin import (
    ArrayAttr,
    DenseArrayBase,
    DictionaryAttr,
    FlatSymbolRefAttrConstr,
    FunctionType,
    StringAttr,
    SymbolNameConstraint,
    SymbolRefAttr,
    UnitAttr,
)
from xdsl.dialects.func import FuncOp as LoweredFuncOp
from xdsl.dialects.utils import parse_func_op_like, print_func_op_like
from xdsl.ir import Attribute, Operation, Region, SSAValue, TypeAttribute
from xdsl.irdl import (
    IRDLOperation,
    ParsePropInAttrDict,
    irdl_op_definition,
    opt_prop_def,
    prop_def,
    region_def,
    traits_def,
    var_operand_def,
    var_result_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import IsolatedFromAbove, IsTerminator, SymbolOpInterface, SymbolUserOpInterface
from xdsl.utils.exceptions import VerifyException

from luma_ir.dialects.luma.layouts import erase, substitute, type_param_names
from luma_ir.dialects.luma.traits import EarlyExit
from luma_ir.dialects.luma.verification import (
    require_field_types,
    require_names,
    require_types,
    symbols_in,
    type_list,
)
from luma_ir.ir.fast import block_ops
from luma_ir.ir.symbol_scope import SymbolScope, VerifiedByDefinitions, VerifiedByTypes

PARAMETER_MODES = ("own", "borrow", "none")
"""What `modes` of a `luma.func` says of a parameter: consumed, only read, or nothing that is owned."""
INLINING = ("always", "never")
"""What `inline` of a `luma.func` may ask for."""


class UsesSymbols(VerifiedByDefinitions, SymbolUserOpInterface):
    """The op names symbols; its `verify_definitions` checks them."""


@irdl_op_definition
class FuncOp(IRDLOperation):
    """
    A function. Without a body it is a declaration of a foreign function (`link_name`).

    `inout` lists the parameters that are changed in place for the caller: their new values are the last results, in
    order. `type_params` names the type parameters of a generic function; they stand in types as `!luma.param<"T">`.
    `modes`, one of "own"/"borrow"/"none" per parameter, is filled in by `mem-infer-borrows`.

        luma.func @geo.scale(%p: !luma.struct<@geo.Point>, %k: f64) -> !luma.struct<@geo.Point>
            attributes {inout = array<i64: 0>, display_name = "Point::scale"} { ... luma.return %q : ... }
    """

    name = "luma.func"
    sym_name = prop_def(SymbolNameConstraint())
    function_type = prop_def(FunctionType)
    sym_visibility = opt_prop_def(StringAttr)
    type_params = opt_prop_def(ArrayAttr)
    inout = opt_prop_def(DenseArrayBase)
    arg_names = opt_prop_def(ArrayAttr)
    modes = opt_prop_def(ArrayAttr)
    display_name = opt_prop_def(StringAttr)
    link_name = opt_prop_def(StringAttr)
    inline = opt_prop_def(StringAttr)
    """ "always" for `#[inline]`, "never" for `#[inline(never)]`."""
    cold = opt_prop_def(UnitAttr)
    fastmath = opt_prop_def(UnitAttr)
    track_caller = opt_prop_def(UnitAttr)
    no_return = opt_prop_def(UnitAttr)
    variadic = opt_prop_def(UnitAttr)
    body = region_def()
    traits = traits_def(IsolatedFromAbove(), SymbolOpInterface())

    OWN_PROPERTIES: ClassVar[tuple[str, ...]] = (
        "type_params",
        "inout",
        "arg_names",
        "modes",
        "display_name",
        "link_name",
        "inline",
        "cold",
        "fastmath",
        "track_caller",
        "no_return",
        "variadic",
    )

    def __init__(
        self,
        name: str,
        function_type: FunctionType,
        body: Region | None = None,
        *,
        visibility: str | None = None,
        properties: dict[str, Attribute] | None = None,
    ):
        super().__init__(
            properties={
                "sym_name": StringAttr(name),
                "function_type": function_type,
                "sym_visibility": StringAttr(visibility) if visibility else None,
                **(properties or {}),
            },
            regions=[body if body is not None else Region()],
        )

    @property
    def is_declaration(self) -> bool:
        """Whether the function has no body."""
        return not self.body.blocks

    @property
    def inout_indices(self) -> tuple[int, ...]:
        """The numbers of the `inout` parameters, ascending."""
        inout = self.properties.get("inout")
        return tuple(inout.get_values()) if isinstance(inout, DenseArrayBase) else ()  # pyright: ignore[reportReturnType]

    def verify_(self) -> None:
        self._verify_signature()
        if self.is_declaration:
            return
        if len(self.body.blocks) != 1:
            raise VerifyException("the body of `luma.func` is one block")
        block = self.body.block
        require_types("the arguments of the entry block", block.arg_types, self.function_type.inputs.data)
        last = block.last_op
        if last is not None and last.has_trait(IsTerminator) and not last.has_trait(EarlyExit):
            raise VerifyException(
                f"the body of `luma.func` ends in `luma.return` or another exit, not in `{last.name}`"
            )

    def _verify_signature(self) -> None:
        inputs, outputs = self.function_type.inputs.data, self.function_type.outputs.data
        places = self.inout_indices
        if list(places) != sorted(set(places)):
            raise VerifyException(f"`inout` is not in ascending order: {', '.join(map(str, places))}")
        if len(places) > len(outputs):
            raise VerifyException("fewer results than `inout` parameters")
        for place, output in zip(places, outputs[len(outputs) - len(places) :], strict=True):
            if not 0 <= place < len(inputs):
                raise VerifyException(f"`inout` names parameter {place} of {len(inputs)}")
            if inputs[place] != output:
                raise VerifyException(
                    f"the result for `inout` parameter {place} has type `{output}`, the parameter `{inputs[place]}`"
                )
        require_names("type_params", self.type_params)
        for name in ("arg_names", "modes"):
            found = self.properties.get(name)
            if isinstance(found, ArrayAttr) and len(found.data) != len(inputs):
                raise VerifyException(f"`{name}` has {len(found.data)} entries for {len(inputs)} parameters")
        _require_words("modes", self.modes.data if self.modes is not None else (), PARAMETER_MODES)
        _require_words("inline", (self.inline,) if self.inline is not None else (), INLINING)

    def print(self, printer: Printer) -> None:
        if self.sym_visibility is not None:
            printer.print_string(f" {self.sym_visibility.data}")
        shown = {key: self.properties[key] for key in self.OWN_PROPERTIES if key in self.properties}
        print_func_op_like(
            printer,
            self.sym_name,
            self.function_type,
            self.body,
            shown | self.attributes,
            reserved_attr_names=("sym_name", "function_type", "sym_visibility"),
        )

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        visibility = parser.parse_optional_visibility_keyword()
        name, inputs, outputs, region, extra, _, _ = parse_func_op_like(
            parser, reserved_attr_names=("sym_name", "function_type", "sym_visibility")
        )
        attributes = dict(extra.data) if extra is not None else {}
        own = {key: attributes.pop(key) for key in cls.OWN_PROPERTIES if key in attributes}
        op = cls(
            name,
            FunctionType.from_lists(inputs, outputs),
            region,
            visibility=visibility.data if visibility is not None else None,
            properties=own,
        )
        op.attributes.update(attributes)
        return op


@irdl_op_definition
class ReturnOp(IRDLOperation):
    """
    Return from the function; it may stand in nested `luma.if`, `luma.loop` and `luma.for` regions.

        luma.return %a, %b : i64, f64
    """

    name = "luma.return"
    arguments = var_operand_def()
    traits = traits_def(IsTerminator(), EarlyExit())
    assembly_format = "($arguments^ `:` type($arguments))? attr-dict"

    def __init__(self, *arguments: SSAValue):
        super().__init__(operands=[arguments])

    def verify_(self) -> None:
        parent = self.parent_op()
        while parent is not None and not isinstance(parent, FuncOp | LoweredFuncOp):
            if parent.name not in ("luma.if", "luma.loop", "luma.for"):
                raise VerifyException(f"`luma.return` cannot leave `{parent.name}`")
            parent = parent.parent_op()
        if parent is None:
            raise VerifyException("`luma.return` outside of a function")
        expected = parent.function_type.outputs.data
        found = tuple(value.type for value in self.arguments)
        if found != expected:
            raise VerifyException(f"returns {type_list(found)} from a function with results {type_list(expected)}")


@irdl_op_definition
class CallOp(IRDLOperation):
    """
    Call a function by its symbol; `type_args` instantiate a generic one. Results as in `luma.func`, `inout` ones last.

        %r = luma.call @f(%a, %b) : (i64, f64) -> f64
        %s = luma.call @std.array.push(%a, %v) {type_args = [i64]} : (...) -> (...)
    """

    name = "luma.call"
    callee = prop_def(FlatSymbolRefAttrConstr)
    type_args = opt_prop_def(ArrayAttr)
    arguments = var_operand_def()
    res = var_result_def()
    traits = traits_def(UsesSymbols())
    irdl_options = (ParsePropInAttrDict(),)
    assembly_format = "$callee `(` $arguments `)` attr-dict `:` functional-type($arguments, $res)"

    def __init__(
        self,
        callee: str,
        arguments: Sequence[SSAValue],
        result_types: Sequence[Attribute],
        type_args: Sequence[Attribute] = (),
    ):
        super().__init__(
            operands=[arguments],
            result_types=[result_types],
            properties={"callee": SymbolRefAttr(callee), "type_args": ArrayAttr(type_args) if type_args else None},
        )

    def verify_definitions(self, scope: SymbolScope) -> None:
        """Check that the callee is a function, and its type, with type arguments put in, against the call's."""
        name = self.callee.root_reference.data
        callee = symbols_in(scope).get(name)
        if callee is None:
            raise VerifyException(f"there is no function `@{name}`")
        signature = callee.properties.get("function_type")
        if not isinstance(signature, FunctionType):
            raise VerifyException(f"`@{name}` is a `{callee.name}`, not a function")
        inputs, outputs = instantiate_signature(name, signature, callee, self.type_args)
        arguments = self.arguments.types
        if callee.properties.get("variadic") is not None:
            arguments = arguments[: len(inputs)]
        require_types("the arguments of `@{}`", arguments, inputs, name)
        require_types("the results of `@{}`", self.res.types, outputs, name)


@irdl_op_definition
class TraitCallOp(IRDLOperation):
    """
    Call a trait's method on a type that may still be a parameter: `trait` and `method` name it, `self_type` is the
    implementing type. `luma-resolve-traits` turns it into a `luma.call` once the type is known.

        %b = luma.trait_call @std.prelude.Ord "less" for !luma.param<"T"> (%x, %y) : (...) -> i1
    """

    name = "luma.trait_call"
    trait = prop_def(FlatSymbolRefAttrConstr)
    method = prop_def(StringAttr)
    self_type = prop_def(Attribute)
    trait_args = opt_prop_def(ArrayAttr)
    """What the trait's own type parameters stand for (`From<A>`)."""
    type_args = opt_prop_def(ArrayAttr)
    inout = opt_prop_def(DenseArrayBase)
    """The numbers of the arguments that are changed in place, where there are any."""
    arguments = var_operand_def()
    res = var_result_def()
    traits = traits_def(VerifiedByTypes(), UsesSymbols())
    irdl_options = (ParsePropInAttrDict(),)
    assembly_format = (
        "$trait $method `for` $self_type `(` $arguments `)` attr-dict `:` functional-type($arguments, $res)"
    )

    def __init__(
        self,
        trait: str,
        method: str,
        self_type: Attribute,
        arguments: Sequence[SSAValue],
        result_types: Sequence[Attribute],
    ):
        super().__init__(
            operands=[arguments],
            result_types=[result_types],
            properties={"trait": SymbolRefAttr(trait), "method": StringAttr(method), "self_type": self_type},
        )

    def verify_(self) -> None:
        _require_type("the type that implements the trait", self.self_type)

    def verify_definitions(self, scope: SymbolScope) -> None:
        """Check that the trait has the method, as far as implementations in the module show."""
        trait, method = self.trait.root_reference.data, self.method.data
        methods = scope.remember(_methods_of_traits).get(trait)
        if methods is not None and method not in methods:
            raise VerifyException(f"no implementation of `@{trait}` has a method `{method}`")


@irdl_op_definition
class StructOp(IRDLOperation):
    """
    Define a struct: names and types of its fields, its type parameters, and the traits to derive. `source_types` has
    the fields' types with the signedness of integers, where that says more (see `layouts`).

        luma.struct @geo.Point {field_names = ["x", "y"], field_types = [f64, f64]}
    """

    name = "luma.struct"
    sym_name = prop_def(SymbolNameConstraint())
    field_names = prop_def(ArrayAttr[StringAttr])
    field_types = prop_def(ArrayAttr)
    source_types = opt_prop_def(ArrayAttr)
    type_params = opt_prop_def(ArrayAttr)
    derives = opt_prop_def(ArrayAttr)
    display_name = opt_prop_def(StringAttr)
    traits = traits_def(SymbolOpInterface(), VerifiedByTypes())
    irdl_options = (ParsePropInAttrDict(),)
    assembly_format = "$sym_name attr-dict"

    def verify_(self) -> None:
        if len(self.field_names.data) != len(self.field_types.data):
            raise VerifyException("as many field names as field types are needed")
        require_names("field_names", self.field_names)
        params = require_names("type_params", self.type_params)
        require_names("derives", self.derives)
        sources = self.source_types.data if self.source_types is not None else None
        require_field_types("`field_types`", self.field_types.data, sources, params)


@irdl_op_definition
class EnumOp(IRDLOperation):
    """
    Define an enum: the names of its variants, and per variant the types (and names, if any) of its fields.

        luma.enum @std.option.Option {variants = ["Some", "None"], payloads = [[!luma.param<"T">], []],
                                      type_params = ["T"]}
    """

    name = "luma.enum"
    sym_name = prop_def(SymbolNameConstraint())
    variants = prop_def(ArrayAttr[StringAttr])
    payloads = prop_def(ArrayAttr[ArrayAttr])
    payload_names = opt_prop_def(ArrayAttr[ArrayAttr])
    source_payloads = opt_prop_def(ArrayAttr)
    type_params = opt_prop_def(ArrayAttr)
    derives = opt_prop_def(ArrayAttr)
    display_name = opt_prop_def(StringAttr)
    traits = traits_def(SymbolOpInterface(), VerifiedByTypes())
    irdl_options = (ParsePropInAttrDict(),)
    assembly_format = "$sym_name attr-dict"

    def verify_(self) -> None:
        variants = require_names("variants", self.variants)
        if len(variants) != len(self.payloads.data):
            raise VerifyException("as many variants as payloads are needed")
        params = require_names("type_params", self.type_params)
        require_names("derives", self.derives)
        for name in ("payload_names", "source_payloads"):
            found = self.properties.get(name)
            if isinstance(found, ArrayAttr) and len(found.data) != len(variants):
                raise VerifyException(f"`{name}` has {len(found.data)} entries for {len(variants)} variants")
        names = self.payload_names.data if self.payload_names is not None else ()
        sources = self.source_payloads.data if self.source_payloads is not None else ()
        for number, (variant, payload) in enumerate(zip(variants, self.payloads.data, strict=True)):
            if names and len(names[number].data) not in (0, len(payload.data)):
                raise VerifyException(f"{len(names[number].data)} names for {len(payload.data)} fields of `{variant}`")
            source = sources[number] if sources else None
            found = source.data if isinstance(source, ArrayAttr) else None
            require_field_types(f"the payload of `{variant}`", payload.data, found, params)


@irdl_op_definition
class ImplOp(IRDLOperation):
    """
    Say which functions implement a trait for a type (a pattern with `type_params`).

        luma.impl @std.prelude.Show for i64 {methods = {show = @std.fmt.show_i64}}
        luma.impl @std.iter.Iterator for !luma.struct<@main.Countdown> {methods = {...}, types = {Item = i64}}
    """

    name = "luma.impl"
    trait = prop_def(FlatSymbolRefAttrConstr)
    self_type = prop_def(Attribute)
    methods = prop_def(DictionaryAttr)
    trait_args = opt_prop_def(ArrayAttr)
    types = opt_prop_def(DictionaryAttr)
    """The associated types (source types) by name."""
    type_params = opt_prop_def(ArrayAttr)
    traits = traits_def(VerifiedByTypes(), UsesSymbols())
    irdl_options = (ParsePropInAttrDict(),)
    assembly_format = "$trait `for` $self_type attr-dict"

    def verify_(self) -> None:
        _require_type("the type that implements the trait", self.self_type)
        require_names("type_params", self.type_params)
        for name, function in self.methods.data.items():
            if not isinstance(function, SymbolRefAttr):
                raise VerifyException(f"the method `{name}` is `{function}`, which is no symbol of a function")

    def verify_definitions(self, scope: SymbolScope) -> None:
        """Check that the methods are functions of the module."""
        symbols = symbols_in(scope)
        for name, function in self.methods.data.items():
            assert isinstance(function, SymbolRefAttr)
            symbol = function.root_reference.data
            found = symbols.get(symbol)
            if found is None or not isinstance(found.properties.get("function_type"), FunctionType):
                raise VerifyException(f"the method `{name}` is `@{symbol}`, but there is no such function")


def _methods_of_traits(module: Operation) -> dict[str, set[str]]:
    """The methods that implementations in a module have, by the symbol of their trait."""
    methods: dict[str, set[str]] = {}
    for op in block_ops(module.regions[0].block):
        if isinstance(op, ImplOp):
            methods.setdefault(op.trait.root_reference.data, set()).update(op.methods.data)
        elif op.name == "luma.trait":
            names, inherited = op.properties["methods"], op.properties.get("inherited")
            assert isinstance(names, ArrayAttr)
            methods.setdefault(op.properties["sym_name"].data, set()).update([name.data for name in names.data])  # pyright: ignore
            for origin in inherited.data.values() if isinstance(inherited, DictionaryAttr) else ():
                parent, method = origin.data[:2]  # pyright: ignore[reportAttributeAccessIssue]
                methods.setdefault(parent.root_reference.data, set()).add(method.data)
    return methods


def instantiate_signature(
    name: str, signature: FunctionType, callee: Operation, type_args: ArrayAttr | None
) -> tuple[Sequence[Attribute], Sequence[Attribute]]:
    """The types of the arguments and results of a call, with type arguments put in."""
    params = type_param_names(callee)
    args = type_args.data if type_args is not None else ()
    if len(params) != len(args):
        raise VerifyException(f"`@{name}` takes {len(params)} type arguments, not {len(args)}")
    inputs, outputs = signature.inputs.data, signature.outputs.data
    if not params:
        return inputs, outputs
    chosen = {param: erase(arg) for param, arg in zip(params, args, strict=True)}
    return [substitute(type, chosen) for type in inputs], [substitute(type, chosen) for type in outputs]


def _require_words(what: str, found: Sequence[Attribute], known: Sequence[str]) -> None:
    for word in found:
        if not isinstance(word, StringAttr) or word.data not in known:
            raise VerifyException(f"`{what}` is {word}, expected one of {', '.join(known)}")


def _require_type(what: str, found: Attribute) -> None:
    if not isinstance(found, TypeAttribute):
        raise VerifyException(f"{what} is `{found}`, which is no type")
