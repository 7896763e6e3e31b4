"""
Values whose code is only known when the program runs: function values and `any Trait`.

Both are values like all others: what they hold is copied when they are made, and nobody sees another's changes.
"""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects.builtin import (
    ArrayAttr,
    DenseArrayBase,
    DictionaryAttr,
    FlatSymbolRefAttrConstr,
    FunctionType,
    StringAttr,
    SymbolNameConstraint,
    SymbolRefAttr,
    i64,
)
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import (
    IRDLOperation,
    ParsePropInAttrDict,
    irdl_op_definition,
    operand_def,
    opt_prop_def,
    prop_def,
    result_def,
    traits_def,
    var_operand_def,
    var_result_def,
)
from xdsl.traits import Pure, SymbolOpInterface
from xdsl.utils.exceptions import VerifyException

from luma_ir.dialects.luma.definitions import UsesSymbols, instantiate_signature
from luma_ir.dialects.luma.layouts import is_unit
from luma_ir.dialects.luma.types import AnyType, ClosureType
from luma_ir.dialects.luma.verification import require_names, require_type, require_types, symbols_in
from luma_ir.ir.symbol_scope import SymbolScope, VerifiedByTypes


def _verify_inout(inout: Attribute | None, inputs: Sequence[Attribute], outputs: Sequence[Attribute]) -> None:
    """Check that the last results are the new values of the arguments that `inout` numbers."""
    places: list[int] = list(inout.iter_values()) if isinstance(inout, DenseArrayBase) else []  # pyright: ignore[reportAssignmentType]
    if places != sorted(set(places)):
        raise VerifyException("`inout` is not in ascending order")
    if len(places) > len(outputs):
        raise VerifyException("fewer results than `inout` arguments")
    for place, output in zip(places, outputs[len(outputs) - len(places) :], strict=True):
        if not 0 <= place < len(inputs):
            raise VerifyException(f"`inout` names argument {place} of {len(inputs)}")
        require_type("the result for `inout` argument {}", inputs[place], output, place)


@irdl_op_definition
class ClosureOp(IRDLOperation):
    """
    Make a function value of a function and values for its first parameters, all by value.

        %f = luma.closure @main.add_to(%n) : (i64) -> !luma.closure<(i64) -> i64>
    """

    name = "luma.closure"
    callee = prop_def(FlatSymbolRefAttrConstr)
    type_args = opt_prop_def(ArrayAttr)
    captures = var_operand_def()
    result = result_def(ClosureType)
    traits = traits_def(Pure(), UsesSymbols())
    irdl_options = (ParsePropInAttrDict(),)
    assembly_format = "$callee `(` $captures `)` attr-dict `:` functional-type($captures, $result)"

    def __init__(
        self, callee: str, captures: Sequence[SSAValue], type_: ClosureType, type_args: Sequence[Attribute] = ()
    ):
        super().__init__(
            operands=[captures],
            result_types=[type_],
            properties={"callee": SymbolRefAttr(callee), "type_args": ArrayAttr(type_args) if type_args else None},
        )

    def verify_definitions(self, scope: SymbolScope) -> None:
        """Check the captures and the type of the value against the callee's signature."""
        name = self.callee.root_reference.data
        callee = symbols_in(scope).get(name)
        if callee is None:
            raise VerifyException(f"there is no function `@{name}`")
        signature = callee.properties.get("function_type")
        if not isinstance(signature, FunctionType):
            raise VerifyException(f"`@{name}` is a `{callee.name}`, not a function")
        inputs, outputs = instantiate_signature(name, signature, callee, self.type_args)
        count = len(self.captures)
        require_types("the captures of `@{}`", self.captures.types, inputs[:count], name)
        type = self.result.type.signature
        assert isinstance(type, FunctionType)
        require_types("the parameters of `@{}` behind the captures", type.inputs.data, inputs[count:], name)
        if len(outputs) > len(type.outputs.data) and self.type_args is not None and is_unit(outputs[0]):
            # A type parameter stands for unit: the instance will have no such result.
            outputs = outputs[1:]
        require_types("the results of `@{}`", type.outputs.data, outputs, name)


@irdl_op_definition
class CallClosureOp(IRDLOperation):
    """
    Call a function value. `inout` numbers the arguments that are changed in place: their new values are the last
    results.

        %r = luma.call_closure %f(%x) : !luma.closure<(i64) -> i64>
    """

    name = "luma.call_closure"
    inout = opt_prop_def(DenseArrayBase)
    function = operand_def(ClosureType)
    arguments = var_operand_def()
    res = var_result_def()
    traits = traits_def(VerifiedByTypes())
    irdl_options = (ParsePropInAttrDict(),)
    assembly_format = "$function `(` $arguments `)` attr-dict `:` type($function) `,` functional-type($arguments, $res)"

    def __init__(
        self,
        function: SSAValue,
        arguments: Sequence[SSAValue],
        result_types: Sequence[Attribute],
        inout: Sequence[int] = (),
    ):
        super().__init__(
            operands=[function, arguments],
            result_types=[result_types],
            properties={"inout": DenseArrayBase.from_list(i64, list(inout)) if inout else None},
        )

    def verify_(self) -> None:
        type = self.function.type
        assert isinstance(type, ClosureType) and isinstance(type.signature, FunctionType)
        inputs, outputs = type.signature.inputs.data, type.signature.outputs.data
        require_types("the arguments of a `{}`", self.arguments.types, inputs, type)
        require_types("the results of a `{}`", self.res.types, outputs, type)
        _verify_inout(self.inout, inputs, outputs)


@irdl_op_definition
class TraitOp(IRDLOperation):
    """
    Define a trait of which there are `any` values: `methods` are those that such a value can be asked for, in order.
    `inherited` has those of parents: the parent, the method's name there, and the parent's arguments.

        luma.trait @main.Shape {methods = ["area", "name"]}
        luma.trait @main.Named {methods = ["name", "show"], inherited = {show = [@std.prelude.Show, "show"]}}
    """

    name = "luma.trait"
    sym_name = prop_def(SymbolNameConstraint())
    methods = prop_def(ArrayAttr[StringAttr])
    type_params = opt_prop_def(ArrayAttr)
    inherited = opt_prop_def(DictionaryAttr)
    traits = traits_def(SymbolOpInterface())
    irdl_options = (ParsePropInAttrDict(),)
    assembly_format = "$sym_name attr-dict"

    def verify_(self) -> None:
        require_names("methods", self.methods)
        for slot, origin in self.inherited.data.items() if self.inherited is not None else ():
            if StringAttr(slot) not in self.methods.data:
                raise VerifyException(f"`inherited` names `{slot}`, which is not among the methods")
            parts = origin.data if isinstance(origin, ArrayAttr) else ()
            if len(parts) < 2 or not isinstance(parts[0], SymbolRefAttr) or not isinstance(parts[1], StringAttr):
                raise VerifyException(f"the origin of `{slot}` is not a trait, a method and the trait's arguments")
        require_names("type_params", self.type_params)


@irdl_op_definition
class AnyMakeOp(IRDLOperation):
    """
    Make an `any Trait` of a value. `source_type` is the value's source type; `luma-instantiate` finds the methods of
    its implementation, in the order of the `luma.trait`, and leaves them in `methods`.

        %a = luma.any.make %s for !luma.struct<@main.Square> : (!luma.struct<@main.Square>) -> !luma.any<@main.Shape>
        %a = luma.any.make %s for !luma.struct<@main.Square> {methods = {area = @main.Square.area}} : ...
    """

    name = "luma.any.make"
    source_type = prop_def(Attribute)
    methods = opt_prop_def(DictionaryAttr)
    value = operand_def()
    result = result_def(AnyType)
    traits = traits_def(Pure(), UsesSymbols())
    irdl_options = (ParsePropInAttrDict(),)
    assembly_format = "$value `for` $source_type attr-dict `:` functional-type($value, $result)"

    def __init__(self, value: SSAValue, source_type: Attribute, type_: AnyType):
        super().__init__(operands=[value], result_types=[type_], properties={"source_type": source_type})

    def verify_definitions(self, scope: SymbolScope) -> None:
        """Check that the methods are functions of the module that take the value first."""
        symbols = symbols_in(scope)
        for name, function in self.methods.data.items() if self.methods is not None else ():
            if not isinstance(function, SymbolRefAttr):
                raise VerifyException(f"the method `{name}` is `{function}`, which is no symbol of a function")
            symbol = function.root_reference.data
            found = symbols.get(symbol)
            signature = found.properties.get("function_type") if found is not None else None
            if not isinstance(signature, FunctionType):
                raise VerifyException(f"the method `{name}` is `@{symbol}`, but there is no such function")
            if not signature.inputs.data or signature.inputs.data[0] != self.value.type:
                raise VerifyException(f"the method `{name}`, `@{symbol}`, does not take a `{self.value.type}` first")


@irdl_op_definition
class AnyCallOp(IRDLOperation):
    """
    Call a method of an `any Trait`; the value comes first in `arguments`. `inout` numbers the arguments (the value is
    number 0) that are changed in place: their new values are the last results.

        %r = luma.any.call "area"(%a) : (!luma.any<@main.Shape>) -> f64
    """

    name = "luma.any.call"
    method = prop_def(StringAttr)
    inout = opt_prop_def(DenseArrayBase)
    arguments = var_operand_def()
    res = var_result_def()
    traits = traits_def(VerifiedByTypes(), UsesSymbols())
    irdl_options = (ParsePropInAttrDict(),)
    assembly_format = "$method `(` $arguments `)` attr-dict `:` functional-type($arguments, $res)"

    def __init__(
        self, method: str, arguments: Sequence[SSAValue], result_types: Sequence[Attribute], inout: Sequence[int] = ()
    ):
        super().__init__(
            operands=[arguments],
            result_types=[result_types],
            properties={
                "method": StringAttr(method),
                "inout": DenseArrayBase.from_list(i64, list(inout)) if inout else None,
            },
        )

    def verify_(self) -> None:
        types = self.arguments.types
        if not types or not isinstance(types[0], AnyType):
            raise VerifyException("the first argument is an `any` value")
        _verify_inout(self.inout, types, self.res.types)

    def verify_definitions(self, scope: SymbolScope) -> None:
        """Check that the trait is defined and has the method."""
        type = self.arguments[0].type
        assert isinstance(type, AnyType)
        name = type.definition.root_reference.data
        trait = symbols_in(scope).get(name)
        if not isinstance(trait, TraitOp):
            raise VerifyException(f"there is no trait `@{name}`")
        if self.method not in trait.methods.data:
            raise VerifyException(f"`@{name}` has no method `{self.method.data}`")
