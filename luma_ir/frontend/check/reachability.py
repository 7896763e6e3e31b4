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
from luma_ir.frontend.check.entities import Bound, ImplInfo, TraitInfo, TypeScope
from luma_ir.frontend.check.finish import Uses
from luma_ir.frontend.check.inference import Unifier, parts, substitute, zonk
from luma_ir.frontend.types import EnumType, ErrorType, ParamType, StructType, Type

if TYPE_CHECKING:
    from luma_ir.frontend.check.program import ProgramChecker

MAX_TYPE_DEPTH = 40


class Reachability:
    """The walk; its results are the lists."""

    def __init__(self, program: ProgramChecker) -> None:
        self.program = program
        self.functions: dict[str, hir.Function] = {}
        self.impls: dict[int, hir.ImplDef] = {}
        self.definitions: dict[str, hir.StructDef | hir.EnumDef] = {}
        self._instances: set[tuple[str, tuple[Type, ...]]] = set()
        self._trait_uses: set[tuple[str, Type, tuple[Type, ...]]] = set()
        self._queue: deque[tuple[hir.Function, tuple[Type, ...]]] = deque()
        self._unifier = Unifier()
        self._traits = {
            item.symbol: item
            for module in program.modules.values()
            if module is not None
            for item in module.items.values()
            if isinstance(item, TraitInfo)
        }

    def add(self, function: hir.Function, args: tuple[Type, ...]) -> None:
        """Note that a function is needed with some type arguments."""
        key = (function.symbol, args)
        if key not in self._instances:
            self._instances.add(key)
            if all(_depth(arg) < MAX_TYPE_DEPTH for arg in args):
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
                    trait_args = tuple([substitute(arg, mapping) for arg in callee.trait_args])
                    self._trait_use(callee.trait, substitute(callee.self_type, mapping), trait_args)

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
            pending.extend(parts(type_))

    def _trait_use(self, symbol: str, type_: Type, trait_args: tuple[Type, ...] = ()) -> None:
        """A method of a trait is needed on a type."""
        key = (symbol, type_, trait_args)
        if key in self._trait_uses or isinstance(type_, ParamType | ErrorType) or _depth(type_) >= MAX_TYPE_DEPTH:
            return
        self._trait_uses.add(key)
        program = self.program
        trait = self._traits[symbol]
        derived = program.is_derived(type_, trait)
        if derived is not None:
            self._derived_use(trait, type_)
            return
        found = program.find_impl(type_, Bound(trait, trait_args), TypeScope(trait.module), self._unifier)
        if found is None:
            return
        impl, mapping = found
        args = tuple([zonk(mapping[name]) for name in impl.type_params])
        self._impl(impl, args)

    def _derived_use(self, trait: TraitInfo, type_: Type) -> None:
        """What a derived implementation calls: the trait on the parts; `Show` shows parts as `Debug` does."""
        program = self.program
        symbol = trait.symbol
        if trait.name == "Show":
            debug = program.library_trait("Debug")
            symbol = debug.symbol if debug is not None else symbol
        for part in program.parts_of(type_):
            self._trait_use(symbol, part)

    def _impl(self, impl: ImplInfo, args: tuple[Type, ...]) -> None:
        program = self.program
        program.check_impl(impl)
        trait = impl.trait
        assert trait is not None
        known = self.impls.get(id(impl))
        methods = {name: program.function(program.impl_method(impl, name)) for name in trait.methods}
        if known is None:
            symbols = {name: info.function.symbol for name, info in methods.items() if info.function is not None}
            self.impls[id(impl)] = hir.ImplDef(
                trait.symbol, impl.self_type, impl.type_params, symbols, impl.module.source, impl.decl.start
            )
            assert impl.bound is not None
            self.impls[id(impl)].trait_args = impl.bound.args
            self._define_types([impl.self_type])
        for info in methods.values():
            if info.function is not None and not info.own_type_params:
                self.add(info.function, args)


def _depth(type_: Type) -> int:
    inner = parts(type_)
    return 1 + max(map(_depth, inner)) if inner else 0
