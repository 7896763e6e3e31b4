"""
What `luma-monomorphize`, `luma-resolve-traits`, `luma-derive` and `luma-instantiate` share: instances of generic
functions, and which implementation a trait call means.

Type arguments and `self_type`s are source types (see `luma_ir.dialects.luma.layouts`); the values of an instance have
the erased ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from attrs import define, field
from xdsl.dialects.builtin import (
    ArrayAttr,
    Float32Type,
    Float64Type,
    FunctionType,
    IntegerType,
    Signedness,
    SymbolRefAttr,
)
from xdsl.ir import Attribute

from luma_ir.dialects import luma
from luma_ir.dialects.luma.layouts import (
    SOURCE_CHAR,
    Definitions,
    erase,
    is_concrete,
    map_assoc_types,
    nominal_name,
    substitute,
    type_param_names,
)
from luma_ir.ir.diagnostics import PassFailure
from luma_ir.ir.fast import (
    append,
    block_ops,
    clone_op,
    insert_before,
    make,
    operands_of,
    region_blocks,
    replace_op,
    set_result_type,
    walk,
)
from luma_ir.ir.fast import erase as erase_op
from luma_ir.ir.intern import array, string_attr, symbol
from luma_ir.passes.luma._closure_instances import drop_unit_result

if TYPE_CHECKING:
    from xdsl.dialects.builtin import ModuleOp
    from xdsl.ir import Operation

DEPTH_LIMIT = 100
"""How deeply type arguments may nest before instantiation counts as endless."""
PARTS_LIMIT = 2000
"""How many parts a type argument may have before instantiation counts as endless."""


def type_name(type: Attribute) -> str:
    """A source type as it stands in symbols and messages."""
    if isinstance(type, IntegerType):
        if type == SOURCE_CHAR:
            return "char"
        width = type.width.data
        if width == 1:
            return "bool"
        return f"{'u' if type.signedness.data == Signedness.UNSIGNED else 'i'}{width}"
    if isinstance(type, Float32Type | Float64Type):
        return "f32" if isinstance(type, Float32Type) else "f64"
    if isinstance(type, luma.ArrayType):
        return f"[{type_name(type.element)}]"
    if isinstance(type, luma.FixedType):
        return f"[{type_name(type.element)}; {type.size.data}]"
    if isinstance(type, luma.TupleType):
        return f"({', '.join(map(type_name, type.elements.data))})"
    if isinstance(type, luma.StructType | luma.EnumType):
        return nominal_name(type) + args_name(type.args.data)
    if isinstance(type, luma.PtrType):
        return f"ptr<{type_name(type.element)}>"
    if isinstance(type, luma.ParamType):
        return type.param.data
    if isinstance(type, luma.ClosureType) and isinstance(type.signature, FunctionType):
        inputs = ", ".join(map(type_name, type.signature.inputs.data))
        outputs = ", ".join(map(type_name, type.signature.outputs.data))
        return f"func({inputs}) -> ({outputs})"
    return str(type)


def args_name(args: Sequence[Attribute]) -> str:
    """Type arguments in angle brackets; nothing when there are none."""
    return f"<{', '.join(map(type_name, args))}>" if args else ""


def is_endless(type: Attribute) -> bool:
    """
    Tell whether a type is nested so deeply, or has so many parts, that instances for such types never end. A type like
    `(T, T)` doubles with each instance, so nothing may look at all of a large one.
    """
    count = 0
    pending: list[tuple[Attribute, int]] = [(type, 1)]
    while pending:
        current, depth = pending.pop()
        count += 1
        if depth > DEPTH_LIMIT or count > PARTS_LIMIT:
            return True
        pending.extend([(part, depth + 1) for part in _type_parts(current)])
    return False


def _type_parts(type: Attribute) -> Sequence[Attribute]:
    if isinstance(type, luma.ArrayType | luma.FixedType | luma.PtrType):
        return (type.element,)
    if isinstance(type, luma.StructType | luma.EnumType | luma.AnyType):
        return type.args.data
    if isinstance(type, luma.TupleType):
        return type.elements.data
    if isinstance(type, luma.ClosureType) and isinstance(type.signature, FunctionType):
        return (*type.signature.inputs.data, *type.signature.outputs.data)
    return ()


def match_type(pattern: Attribute, type: Attribute, binding: dict[str, Attribute]) -> bool:
    """Match a type against a pattern with parameters, which are entered into `binding`; False when it does not fit."""
    if isinstance(pattern, luma.ParamType):
        name = pattern.param.data
        return binding.setdefault(name, type) == type
    if isinstance(pattern, luma.AssocType):
        return True  # follows from what the parameters in it stand for
    if isinstance(pattern, luma.ArrayType) and isinstance(type, luma.ArrayType):
        return match_type(pattern.element, type.element, binding)
    if isinstance(pattern, luma.FixedType) and isinstance(type, luma.FixedType):
        return pattern.size == type.size and match_type(pattern.element, type.element, binding)
    if isinstance(pattern, luma.PtrType) and isinstance(type, luma.PtrType):
        return match_type(pattern.element, type.element, binding)
    if isinstance(pattern, luma.ClosureType) and isinstance(type, luma.ClosureType):
        return _match_signatures(pattern.signature, type.signature, binding)
    pairs: tuple[Sequence[Attribute], Sequence[Attribute]] | None = None
    if isinstance(pattern, luma.TupleType) and isinstance(type, luma.TupleType):
        pairs = pattern.elements.data, type.elements.data
    elif isinstance(pattern, luma.StructType | luma.EnumType) and isinstance(type, luma.StructType | luma.EnumType):
        if pattern.name == type.name and pattern.definition == type.definition:
            pairs = pattern.args.data, type.args.data
    else:
        return pattern == type
    if pairs is None or len(pairs[0]) != len(pairs[1]):
        return False
    return all(match_type(mine, theirs, binding) for mine, theirs in zip(*pairs, strict=True))


def _match_signatures(pattern: Attribute, type: Attribute, binding: dict[str, Attribute]) -> bool:
    """Match the signatures of function values; a result that is a parameter fits none, which is unit."""
    assert isinstance(pattern, FunctionType) and isinstance(type, FunctionType)
    results, found = pattern.outputs.data, type.outputs.data
    if len(results) == len(found) + 1 and isinstance(results[0], luma.ParamType):
        found = (luma.TupleType(array(())), *found)
    if len(pattern.inputs.data) != len(type.inputs.data) or len(results) != len(found):
        return False
    mine, theirs = (*pattern.inputs.data, *results), (*type.inputs.data, *found)
    return all(match_type(part, other, binding) for part, other in zip(mine, theirs, strict=True))


@define(eq=False)
class Instances:
    """The functions and implementations of a module, and the instances that were made of generic ones."""

    module: ModuleOp
    definitions: Definitions
    functions: dict[str, luma.FuncOp] = field(factory=dict)
    impls: dict[str, list[luma.ImplOp]] = field(factory=dict)
    made: list[luma.FuncOp] = field(factory=list)
    """New functions, in the order in which they were made."""
    _instances: dict[tuple[str, tuple[Attribute, ...]], luma.FuncOp] = field(factory=dict)
    _normal: dict[Attribute, Attribute] = field(factory=dict)
    has_assoc_types: bool = False
    """Whether any implementation has associated types."""

    @classmethod
    def of(cls, module: ModuleOp) -> Instances:
        """Index a module."""
        found = cls(module, Definitions.of(module))
        for op in block_ops(module.body.block):
            if isinstance(op, luma.FuncOp):
                found.functions[op.sym_name.data] = op
            elif isinstance(op, luma.ImplOp):
                found.impls.setdefault(op.trait.string_value(), []).append(op)
                found.has_assoc_types = found.has_assoc_types or op.types is not None
        return found

    def concrete_functions(self) -> list[luma.FuncOp]:
        """The functions with a body that are not generic."""
        return [
            function
            for function in self.functions.values()
            if function.type_params is None and not function.is_declaration
        ]

    def add(self, function: luma.FuncOp) -> luma.FuncOp:
        """Enter a new function, at the end of the module; its symbol is made unique."""
        name = unique = function.sym_name.data
        number = 1
        while unique in self.functions:
            number += 1
            unique = f"{name}.{number}"
        if unique != name:
            function.properties["sym_name"] = string_attr(unique)
        self.functions[unique] = function
        append(self.module.body.block, function)
        self.made.append(function)
        return function

    # Instances.

    def instance(self, name: str, args: tuple[Attribute, ...], at: Operation) -> luma.FuncOp:
        """
        The instance of a generic function for type arguments, made when it is first asked for.

        Raises:
            PassFailure: the function is not there or not generic in this way, or there would be endless instances.
        """
        generic = self.functions.get(name)
        if generic is not None and any(map(is_endless, args)):
            self._fail_endless(generic, args, at)
        key = (name, args)
        found = self._instances.get(key)
        if found is not None:
            return found
        if generic is None:
            raise PassFailure(f"call of unknown function `{name}`", at)
        params = type_param_names(generic)
        if len(params) != len(args):
            raise PassFailure(f"`{name}` has {len(params)} type parameters but is given {len(args)}", at)
        function = self._clone(generic, f"{name}{args_name(args)}", dict(zip(params, args, strict=True)))
        self._instances[key] = function
        return self.add(function)

    def _fail_endless(self, generic: luma.FuncOp, args: tuple[Attribute, ...], at: Operation) -> NoReturn:
        name = generic.sym_name.data
        shown = generic.display_name.data if generic.display_name is not None else name
        made = [types for symbol, types in self._instances if symbol == name]
        notes = [f"it is instantiated for `{args_name(types)[1:-1]}`" for types in made[:3]]
        raise PassFailure(
            f"instances of `{shown}` never end: each needs one for a larger type",
            at,
            notes=(*notes, "and so on; a generic function calls itself with the type arguments that it has"),
        )

    def _clone(self, generic: luma.FuncOp, name: str, args: dict[str, Attribute]) -> luma.FuncOp:
        function = clone_op(generic)
        memo: dict[int, Attribute] = {}
        kept: list[Attribute] = []

        def change(type: Attribute) -> Attribute:
            found = memo.get(id(type))
            if found is None:
                found = memo[id(type)] = erase(self.normalize(substitute(type, args), generic))
                kept.append(type)
            return found

        properties = function.properties
        properties["sym_name"] = string_attr(name)
        properties["sym_visibility"] = string_attr("private")
        properties["function_type"] = change(function.function_type)
        del properties["type_params"]
        places: list[Operation] = []
        value_calls: list[luma.CallClosureOp] = []
        for op in walk(function):
            for result in op.results:
                set_result_type(result, change(result.type))
            for region in op.regions:
                for block in region_blocks(region):
                    for argument in block.args:
                        set_result_type(argument, change(argument.type))
            if isinstance(op, luma.CallOp | luma.TraitCallOp | luma.ClosureOp | luma.AnyMakeOp):
                self._substitute_properties(op, args)
            elif isinstance(op, luma.TakeOp):
                places.append(op)
            elif isinstance(op, luma.CallClosureOp):
                value_calls.append(op)
        for take in places:
            self._relax(take)
        for call in value_calls:
            drop_unit_result(call)
        return function

    def _relax(self, take: Operation) -> None:
        """Turn moving a value out and back into reading and writing it when its type turns out not to be counted."""
        if self.definitions.is_counted(take.results[0].type):
            return
        operands = operands_of(take)
        rest = take.results[1]
        for put in [use.operation for use in rest.uses]:
            if isinstance(put, luma.PutOp):
                properties = dict(put.properties)
                new = make(
                    luma.SetOp,
                    operands_of(put),
                    [put.results[0].type],
                    properties,
                    location=put.location,
                )
                insert_before(put, new)
                replace_op(put, new.results)
        get = make(luma.GetOp, operands, [take.results[0].type], dict(take.properties), location=take.location)
        insert_before(take, get)
        replace_op(take, [get.results[0], operands[0]])

    def instantiate_call(self, call: luma.CallOp) -> None:
        """Let a call with type arguments call the instance."""
        args = call.type_args
        if args is None or not all(map(is_concrete, args.data)):
            return
        name = call.callee.string_value()
        function = self.instance(name, tuple(args.data), call)
        call.properties["callee"] = symbol(function.sym_name.data)
        del call.properties["type_args"]

    def _substitute_properties(self, op: Operation, args: dict[str, Attribute]) -> None:
        """Put type arguments into the properties of an op that are types."""
        properties = op.properties
        for name in ("type_args", "trait_args"):
            given = properties.get(name)
            if isinstance(given, ArrayAttr):
                properties[name] = array([self.normalize(substitute(each, args), op) for each in given.data])
        for name in ("self_type", "source_type"):
            type = properties.get(name)
            if type is not None:
                properties[name] = self.normalize(substitute(type, args), op)

    # Associated types.

    def normalize(self, type: Attribute, at: Operation) -> Attribute:
        """
        A type with the associated types in it replaced by what they stand for, where their base is known.

        Raises:
            PassFailure: there is no implementation that has the associated type.
        """
        if not self.has_assoc_types:
            return type
        found = self._normal.get(type)
        if found is None:
            found = map_assoc_types(type, lambda each: self._assoc_type(each, at))
            self._normal[type] = found
        return found

    def _assoc_type(self, type: luma.AssocType, at: Operation) -> Attribute:
        base, *trait_args = type.types.data
        if not all(map(is_concrete, type.types.data)):
            return type
        trait, member = type.trait.string_value(), type.member.data
        for impl in self.impls.get(trait, ()):
            types = impl.types.data if impl.types is not None else {}
            binding = match_impl(impl, base, trait_args)
            if member in types and binding is not None:
                return self.normalize(substitute(types[member], binding), at)
        shown = f"`{trait.rpartition('.')[2]}` is not implemented for `{type_name(base)}`"
        raise PassFailure(f"{shown}, so it has no `{member}`", at)

    # Implementations.

    def find_impl(
        self,
        trait: str,
        method: str,
        self_type: Attribute,
        trait_args: Sequence[Attribute] = (),
        type_args: Sequence[Attribute] = (),
    ) -> tuple[luma.FuncOp, tuple[Attribute, ...]] | None:
        """
        The function that implements a trait's method for a type, and its type arguments.

        One for a concrete head of the type goes before one for every type.

        Args:
            trait_args: what the trait's own type parameters stand for, which tell its implementations for one type
                apart.
            type_args: what the type parameters of the method itself stand for.
        """
        found: list[tuple[bool, luma.FuncOp, tuple[Attribute, ...]]] = []
        for impl in self.impls.get(trait, ()):
            reference = impl.methods.data.get(method)
            if not isinstance(reference, SymbolRefAttr):
                continue
            binding = match_impl(impl, self_type, trait_args)
            function = self.functions.get(reference.string_value())
            if binding is None or function is None:
                continue
            args = _function_args(function, impl, binding, self_type, type_args)
            if args is not None:
                found.append((isinstance(impl.self_type, luma.ParamType), function, args))
        if not found:
            return None
        _, function, args = min(found, key=lambda each: each[0])
        return function, args

    def find_for_call(self, call: luma.TraitCallOp) -> tuple[luma.FuncOp, tuple[Attribute, ...]] | None:
        """The function that a trait call means, and its type arguments; None when there is none."""
        trait_args = call.trait_args.data if call.trait_args is not None else ()
        type_args = call.type_args.data if call.type_args is not None else ()
        return self.find_impl(call.trait.string_value(), call.method.data, call.self_type, trait_args, type_args)

    def resolve(self, call: luma.TraitCallOp) -> luma.CallOp | None:
        """Turn a trait call into a call of the implementation; None when there is none."""
        found = self.find_for_call(call)
        return None if found is None else self.call_instead(call, found[0], found[1])

    def call_instead(
        self, call: luma.TraitCallOp, function: luma.FuncOp, args: Sequence[Attribute] = ()
    ) -> luma.CallOp:
        """Replace a trait call by the call of a function."""
        properties: dict[str, Attribute] = {"callee": symbol(function.sym_name.data)}
        if args:
            properties["type_args"] = array(args)
        types = [result.type for result in call.results]
        # A method whose result is a type parameter that stands for unit has a result that the function has not.
        has_unit = len(function.function_type.outputs.data) < len(types)
        new = make(luma.CallOp, operands_of(call), types[has_unit:], properties, location=call.location)
        insert_before(call, new)
        results = list(new.results)
        if has_unit:
            unit = make(luma.TupleMakeOp, (), types[:1], location=call.location)
            insert_before(call, unit)
            results.insert(0, unit.results[0])
        replace_op(call, results)
        return new

    def remove_generic(self) -> None:
        """Remove generic functions that no implementation names any more."""
        named = {
            reference.string_value()
            for impls in self.impls.values()
            for impl in impls
            for reference in impl.methods.data.values()
            if isinstance(reference, SymbolRefAttr)
        }
        for name, function in list(self.functions.items()):
            if function.type_params is not None and name not in named:
                erase_op(function)
                del self.functions[name]


def match_impl(
    impl: luma.ImplOp, self_type: Attribute, trait_args: Sequence[Attribute] = ()
) -> dict[str, Attribute] | None:
    """What the type parameters of an implementation stand for when it is used for a type; None when it does not fit."""
    binding: dict[str, Attribute] = {}
    if not match_type(impl.self_type, self_type, binding):
        return None
    patterns = impl.trait_args.data if impl.trait_args is not None else ()
    if trait_args and not all(
        match_type(pattern, arg, binding) for pattern, arg in zip(patterns, trait_args, strict=False)
    ):
        return None
    return binding


def _function_args(
    function: luma.FuncOp,
    impl: luma.ImplOp,
    binding: dict[str, Attribute],
    self_type: Attribute,
    type_args: Sequence[Attribute],
) -> tuple[Attribute, ...] | None:
    """
    The type arguments for a function that an implementation names: its own function has the parameters of the `impl`,
    a default one of the trait has `Self` and the parameters of the trait; those of the method itself come last.
    """
    params = type_param_names(function)
    outer = len(params) - len(type_args)
    if outer and params[0] == "Self":
        patterns = impl.trait_args.data if impl.trait_args is not None else ()
        given = (self_type, *[substitute(pattern, binding) for pattern in patterns])
        return (*given, *type_args) if len(given) == outer else None
    if outer < 0 or any(param not in binding for param in params[:outer]):
        return None
    return (*[binding[param] for param in params[:outer]], *type_args)
