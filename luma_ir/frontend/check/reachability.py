"""
What a program needs: from the roots along calls, with the types that generic functions are used with.

Instances are pairs of a function and its type arguments; the walk finds which impls a trait's methods come from after
monomorphization, so that the lowering gets them and nothing else of the library.
"""

from __future__ import annotations

from collections import deque
from itertools import chain
from typing import TYPE_CHECKING

from luma_ir.frontend import hir
from luma_ir.frontend.check.any_values import callees_of, own_bound
from luma_ir.frontend.check.entities import Bound, ImplInfo, TraitInfo, TypeScope
from luma_ir.frontend.check.finish import Uses, put_in
from luma_ir.frontend.check.inference import Unifier, has_param, parts, substitute
from luma_ir.frontend.types import I64, AnyType, AssocType, EnumType, ErrorType, FixedType, ParamType, StructType, Type

if TYPE_CHECKING:
    from luma_ir.frontend.check.program import ProgramChecker

MAX_TYPE_DEPTH = 120
MAX_TYPE_PARTS = 2500


class Reachability:
    """The walk; its results are the lists."""

    def __init__(self, program: ProgramChecker) -> None:
        self.program = program
        self.functions: dict[str, hir.Function] = {}
        self.impls: dict[int, hir.ImplDef] = {}
        self.definitions: dict[str, hir.StructDef | hir.EnumDef] = {}
        self.any_traits: dict[str, None] = {}
        """The symbols of the traits that `any` types name."""
        self._instances: set[tuple[str, tuple[Type, ...]]] = set()
        self._method_uses: set[tuple[str, str, Type, tuple[Type, ...], tuple[Type, ...]]] = set()
        self._derived_impls: dict[tuple[str, Type], hir.ImplDef] = {}
        self._queue: deque[tuple[hir.Function, tuple[Type, ...]]] = deque()
        self._unifier = Unifier()
        self._traits = program.traits_by_symbol

    def add(self, function: hir.Function, args: tuple[Type, ...]) -> None:
        """Note that a function is needed with some type arguments."""
        if any(map(_is_large, args)):
            self.functions.setdefault(function.symbol, function)
            return
        key = (function.symbol, args)
        if key not in self._instances:
            self._instances.add(key)
            self._queue.append((function, args))

    def run(self) -> None:
        """Follow everything that was added."""
        queue = self._queue
        while queue:
            function, args = queue.popleft()
            uses = self.program.body_of(function)
            self.functions.setdefault(function.symbol, function)
            if uses is None:
                uses = Uses()
                for param in function.params:
                    uses.add_type(param.local.type)
                uses.add_type(function.result)
            for symbol, definition in uses.definitions.items():
                self._define(symbol, definition)
            mapping = dict(zip(function.type_params, args, strict=False))
            for callee in uses.callees:
                if isinstance(callee, hir.FunctionRef):
                    inner = callee.type_args
                    self.add(callee.function, tuple([substitute(arg, mapping) for arg in inner]) if inner else ())
                else:
                    self.method_use(
                        callee.trait,
                        callee.method,
                        substitute(callee.self_type, mapping),
                        tuple([substitute(arg, mapping) for arg in callee.trait_args]),
                        tuple([substitute(arg, mapping) for arg in callee.type_args]),
                    )
            for projection in uses.projections:
                self._projection(put_in(projection, mapping))
            self.any_traits.update(uses.any_traits)
            for made in uses.any_makes:
                target = substitute(made.type, mapping)
                assert isinstance(target, AnyType)
                for callee in callees_of(self.program, target, substitute(made.value.type, mapping)):
                    self.method_use(callee.trait, callee.method, callee.self_type, callee.trait_args)

    def _define(self, symbol: str, definition: hir.StructDef | hir.EnumDef) -> None:
        if symbol in self.definitions:
            return
        info = self.program.definitions.get(symbol)
        if info is not None:
            from luma_ir.frontend.check.entities import StructInfo

            if isinstance(info, StructInfo):
                self.program.struct(info)
            else:
                self.program.enum(info)
        self.definitions[symbol] = definition
        types = definition.field_types if isinstance(definition, hir.StructDef) else list(chain(*definition.payloads))
        self._define_types(types)

    def _define_types(self, types: list[Type]) -> None:
        pending = list(types)
        while pending:
            type_ = pending.pop()
            if isinstance(type_, StructType | EnumType):
                self._define(type_.definition.symbol, type_.definition)
            elif isinstance(type_, AnyType):
                self.any_traits[type_.trait] = None
            pending.extend(parts(type_))

    def _find(
        self, trait: TraitInfo, type_: Type, trait_args: tuple[Type, ...]
    ) -> tuple[ImplInfo, dict[str, Type]] | None:
        return self.program.find_impl(type_, Bound(trait, trait_args), TypeScope(trait.module), self._unifier)

    def _projection(self, type_: AssocType) -> None:
        """An associated type is needed, and with it the impl that has it."""
        base = type_.base
        if isinstance(base, AssocType):
            self._projection(base)
            base = substitute(base, {"": base})
        trait = self._traits.get(type_.trait)
        if trait is None or isinstance(base, ParamType | AssocType | ErrorType) or _is_large(base):
            return
        found = self._find(trait, base, type_.trait_args)
        if found is not None:
            self._impl(found[0])

    def method_use(
        self,
        symbol: str,
        method: str,
        type_: Type,
        trait_args: tuple[Type, ...] = (),
        type_args: tuple[Type, ...] = (),
    ) -> None:
        """A method of a trait is needed on a type."""
        if isinstance(type_, ParamType | AssocType | ErrorType):
            return
        if any(map(_is_large, (type_, *trait_args, *type_args))):
            return
        key = (symbol, method, type_, trait_args, type_args)
        if key in self._method_uses:
            return
        self._method_uses.add(key)
        program = self.program
        if own_bound(program, type_, symbol) is not None:
            return
        trait = self._traits[symbol]
        if program.is_derived(type_, trait) is not None:
            self._derived_use(trait, method, type_, trait_args, type_args)
            return
        found = self._find(trait, type_, trait_args)
        if found is None:
            show = program.plain_form(trait)
            if show is not None:
                self.method_use(show.symbol, "show", type_)
            return
        impl, mapping = found
        definition = self._impl(impl)
        function, args = program.impl_function(impl, mapping, type_, method, type_args)
        definition.methods[method] = function.symbol
        self.add(function, args)

    def _derived_use(
        self,
        trait: TraitInfo,
        method: str,
        type_: Type,
        trait_args: tuple[Type, ...],
        type_args: tuple[Type, ...],
    ) -> None:
        """What a derived implementation calls: the trait on the parts; `Show` shows parts as `Debug` does."""
        program = self.program
        declared = trait.methods.get(method)
        if declared is not None and declared.decl.has_body:
            # The default method of the trait, for which the IR gets an impl beside what is derived.
            function = program.function(declared).function
            assert function is not None
            known = self._derived_impls.get((trait.symbol, type_))
            if known is None and not has_param(type_):
                known = hir.ImplDef(trait.symbol, type_, [], {}, trait.module.source, trait.decl.start)
                self._derived_impls[(trait.symbol, type_)] = self.impls[id(known)] = known
            if known is not None:
                known.methods[method] = function.symbol
            self.add(function, (type_, *trait_args, *type_args))
            return
        debug = program.library_trait("Debug") if trait.name == "Show" else None
        name = "debug" if debug is not None else method
        if trait.name == "Hash" and isinstance(type_, EnumType | FixedType):
            # The number of the variant, or of the elements, is mixed in like a field.
            self.method_use(trait.symbol, method, I64)
        for part in program.parts_of(type_):
            self.method_use(debug.symbol if debug is not None else trait.symbol, name, part)

    def _impl(self, impl: ImplInfo) -> hir.ImplDef:
        """The definition of an impl for the IR; its methods are entered when they are needed."""
        program = self.program
        found = self.impls.get(id(impl))
        if found is None:
            program.check_impl(impl)
            assert impl.bound is not None
            trait = impl.bound.trait
            found = self.impls[id(impl)] = hir.ImplDef(
                trait.symbol, impl.self_type, impl.type_params, {}, impl.module.source, impl.decl.start
            )
            found.trait_args = impl.bound.args
            found.types = {name: program.impl_type(impl, name) for name in trait.assoc_types}
            types = [impl.self_type, *impl.bound.args, *found.types.values()]
            self._define_types(types)
            uses = Uses()
            for type_ in types:
                uses.add_type(type_)
            for projection in uses.projections:
                self._projection(projection)
        return found


def _is_large(type_: Type) -> bool:
    """
    Whether a type is nested so deeply, or has so many parts, that it comes from instances that never end. They are
    reported when instances are made; a type like `(T, T)` doubles each time, so nothing may look at all of a large one.
    """
    count = 0
    pending = [(type_, 1)]
    while pending:
        current, depth = pending.pop()
        count += 1
        if depth >= MAX_TYPE_DEPTH or count >= MAX_TYPE_PARTS:
            return True
        pending.extend([(part, depth + 1) for part in parts(current)])
    return False
