"""The whole program: modules, then signatures, then bodies, then what is reachable."""

from __future__ import annotations

import sys
from itertools import chain, pairwise

from luma_ir.frontend import ast, hir
from luma_ir.frontend.check.any_values import trait_def
from luma_ir.frontend.check.coherence import Coherence
from luma_ir.frontend.check.constants import NotConstant, evaluate
from luma_ir.frontend.check.core import CheckOptions, Loader
from luma_ir.frontend.check.entities import (
    AliasInfo,
    Binding,
    ConstInfo,
    EnumInfo,
    FunctionInfo,
    ImplInfo,
    ModuleInfo,
    StructInfo,
    TraitInfo,
    TypeScope,
)
from luma_ir.frontend.check.finish import Uses
from luma_ir.frontend.check.function import BodyChecker
from luma_ir.frontend.check.harness import check_harness_functions, is_for_harness, make_entry
from luma_ir.frontend.check.inference import PROJECTIONS, Unifier, has_error, substitute
from luma_ir.frontend.check.lacking import check_derives
from luma_ir.frontend.check.reachability import Reachability
from luma_ir.frontend.check.signatures import head_of
from luma_ir.frontend.check.traits import BUILTIN_MODULES
from luma_ir.frontend.check.unused import warn_of_imports, warn_of_items
from luma_ir.frontend.types import (
    ERROR,
    I64,
    NEVER,
    UNIT,
    EnumType,
    FixedType,
    ParamType,
    StructType,
    TupleType,
    Type,
)
from luma_ir.ir.diagnostics import Diagnostic, DiagnosticEngine, Label, Severity, SourceFile, Span

RUN_TIME = (
    "alloc", "realloc", "free", "start", "finish", "panic_bounds", "panic_slice", "panic_message", "stack_overflow",
)  # fmt: skip
"""Functions of `std.rt` that every program has."""

ECHOES = frozenset(["W0001", "W0002", "W0003", "W0004"])
"""Warnings that are not given beside errors."""

_RECURSION_LIMIT = 20_000


def check_program(
    root: ast.Module | SourceFile, loader: Loader | None, engine: DiagnosticEngine, options: CheckOptions | None = None
) -> hir.Program | None:
    """
    Check a program and everything it imports.

    Args:
        root: the root module, parsed or not.
        loader: finds other modules, the library's among them.
        engine: gets the diagnostics.
    Returns:
        The typed tree of what is reachable, or None when there were errors.
    """
    found = DiagnosticEngine()
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _RECURSION_LIMIT))
    program = None
    checker = ProgramChecker(loader, found, options or CheckOptions())
    PROJECTIONS.find, PROJECTIONS.pending = checker.project, []
    try:
        program = checker.run(root)
    except RecursionError:
        found.error("E0019", "the program nests types, traits or constants too deeply")
    finally:
        sys.setrecursionlimit(limit)
        PROJECTIONS.find = None
    report(found, engine, checker)
    return None if found.has_errors else program


def report(found: DiagnosticEngine, engine: DiagnosticEngine, checker: ProgramChecker) -> None:
    """
    Hand on diagnostics in the order of the source; left out are warnings that an error may have caused, that are
    allowed or that are another package's, and labels that would lead the user into the library.
    """
    modules = [module for module in checker.modules.values() if module is not None]
    library = {module.source for module in modules if module.is_library}
    others = {module.source for module in modules if module.is_dependency}
    files: dict[str, int] = {}
    for diagnostic in found.diagnostics:
        if diagnostic.span is not None:
            files.setdefault(diagnostic.span.source.name, len(files))

    def place(diagnostic: Diagnostic) -> tuple[int, int]:
        span = diagnostic.span
        return (-1, 0) if span is None else (files[span.source.name], span.start)

    for diagnostic in sorted(found.diagnostics, key=place):
        if diagnostic.span is not None and diagnostic.span.source not in library:
            diagnostic.labels = [label for label in diagnostic.labels if label.span.source not in library]
        if diagnostic.severity is Severity.WARNING:
            span = diagnostic.span
            if found.has_errors and diagnostic.code in ECHOES:
                continue
            if span is not None and span.source in others:
                continue
            if span is not None and checker.is_allowed(diagnostic.code, span.source, span.start):
                continue
        engine.emit(diagnostic)


_ERROR = "std.error.Error"
"""The library's error, whose chain of causes `main` prints."""


class ProgramChecker(Coherence):
    """One run of the checker."""

    def run(self, root: ast.Module | SourceFile) -> hir.Program | None:
        """Check everything."""
        self.init_tables()
        self.pending_bodies: list[FunctionInfo] = []
        self.constant_uses: list[Uses] = []
        self.open_constants: list[ConstInfo] = []
        self.root = self.add_root(root)
        self.declare_trait_methods()
        for module in list(self.modules.values()):
            if module is not None:
                self.declare_impls(module)
        whole_library = getattr(self.options, "whole_library", False)
        if whole_library:
            for head in sorted(BUILTIN_MODULES):
                self.load_methods(head)
        modules = [module for module in self.modules.values() if module is not None]
        own = [module for module in modules if not module.is_library or whole_library]
        self.check_coherence(own)
        for module in own:
            self._check_signatures(module)
        main = self.root.items.get("main")
        main_info = main if isinstance(main, FunctionInfo) else None
        if main_info is not None:
            self.check_main(main_info)
        functions: list[FunctionInfo] = []
        for module in own:
            functions += self._own_functions(module)
        check_harness_functions(self, [info for info in functions if not info.module.is_library])
        index = 0
        while index < len(functions) or self.pending_bodies:
            functions += self.pending_bodies
            self.pending_bodies = []
            if index < len(functions):
                self.check_body(functions[index])
                index += 1
        self.check_written_types()
        for module in own:
            warn_of_imports(self, module)
        for source, name, constant in self.local_constants:
            if not constant.used:
                self.warning("W0001", f"the constant `{name}` is never used", source, constant.start, constant.end)
        if self.engine.has_errors:
            return None
        if main_info is not None and self.options.harness is None:
            warn_of_items(self, functions)
        return self._program(main_info, [info for info in functions if not info.module.is_library])

    # ---- signatures of the user's modules

    def _check_signatures(self, module: ModuleInfo) -> None:
        for item in list(module.items.values()):
            if item.module is not module:
                continue
            if isinstance(item, StructInfo):
                self.struct(item)
            elif isinstance(item, EnumInfo):
                self.enum(item)
            elif isinstance(item, TraitInfo):
                self.trait(item)
                for method in item.methods.values():
                    self.function(method)
            elif isinstance(item, AliasInfo):
                self._entity_alias(item)
            elif isinstance(item, FunctionInfo):
                self.function(item)
        items = [item for item in module.items.values() if item.module is module]
        self.check_finite([item for item in items if isinstance(item, StructInfo | EnumInfo)])
        self.check_parents([item for item in items if isinstance(item, TraitInfo)])
        for item in list(module.items.values()):
            if item.module is not module:
                continue
            if isinstance(item, StructInfo | EnumInfo):
                check_derives(self, item)
            if isinstance(item, StructInfo):
                for number in range(len(item.definition.field_names)):
                    self.field_default(item, number)
            elif isinstance(item, ConstInfo):
                self.constant(item)
            elif isinstance(item, FunctionInfo):
                for number, param in enumerate(item.params):
                    if param.default is not None:
                        self.parameter_default(item, number)
        for impl in module.impls:
            self.check_impl(impl)
            for method in list(impl.methods.values()):
                self.function(method)
            for const in impl.consts.values():
                self.constant(const)

    def _entity_alias(self, item: AliasInfo) -> None:
        segment = ast.PathSegment(item.decl.name.start, item.decl.name.end, "", item.decl.name, None)
        self._alias_type(item, segment, TypeScope(item.module), lambda start, end, name: ERROR)

    def _own_functions(self, module: ModuleInfo) -> list[FunctionInfo]:
        """The functions of a module in the order of the source."""
        found: list[FunctionInfo] = []
        for item in module.items.values():
            if item.module is not module:
                continue
            if isinstance(item, FunctionInfo):
                found.append(item)
            elif isinstance(item, TraitInfo):
                found += [method for method in item.methods.values() if method.decl.has_body]
        for impl in module.impls:
            found += [method for method in impl.methods.values() if method.owner is impl]
        return sorted(found, key=lambda info: info.decl.start)

    # ---- bodies

    def declare_items(self, module: ModuleInfo) -> None:
        """Declare the traits and impls among the items of a block."""
        self._declare_trait_methods_of(module)
        self.declare_impls(module)

    def check_items(self, module: ModuleInfo) -> None:
        """Check the signatures of a block's items, whose bodies are checked after it."""
        self.check_coherence([module])
        self._check_signatures(module)
        self.pending_bodies += self._own_functions(module)
        warn_of_imports(self, module)

    def load_for_import(self, module: ModuleInfo, item: ast.ImportDecl) -> None:
        """Load what an `import` inside a block names, and bind its names in the module of the block."""
        known = set(self.modules)
        pending: list[ModuleInfo] = []
        self._request_import(module, item, pending)
        self._follow_imports(pending)
        added = [found for path, found in self.modules.items() if found is not None and path not in known]
        for found in added:
            self._declare_trait_methods_of(found)
        for found in added:
            self.declare_impls(found)
        own = [found for found in added if not found.is_library]
        self.check_coherence(own)
        for found in own:
            self._check_signatures(found)
            self.pending_bodies += self._own_functions(found)
        self._bind_import(module, item)

    def check_body(self, info: FunctionInfo) -> Uses | None:
        """Check the body of a function once; what it uses, None when it has none or errors."""
        if info.body_state == 0:
            info.body_state = 1
            self.function(info)
            function = info.function
            assert function is not None
            if info.decl.has_body and info.op_name is None and not info.is_extern and info.scope is not None:
                checker = BodyChecker(self, info.module, info.scope, function.result, info)
                around, PROJECTIONS.equal = PROJECTIONS.equal, info.scope.equal
                try:
                    info.uses = checker.check_body(info)
                except RecursionError:
                    self.error(
                        "E0019",
                        f"the body of `{info.name}` is nested too deeply",
                        info.module.source,
                        info.decl.name.start,
                        info.decl.name.end,
                    )
                finally:
                    PROJECTIONS.equal = around
            info.body_state = 2
        return info.uses

    def body_of(self, function: hir.Function) -> Uses | None:
        """What the body of a function uses, checked now if it was not before."""
        made = self.generated.get(function.symbol)
        if made is not None:
            return made[1]
        info = self.infos.get(function.symbol)
        if info is None:
            return None
        uses = self.check_body(info)
        while self.pending_bodies:
            self.check_body(self.pending_bodies.pop(0))
        return uses

    # ---- constants and defaults

    def constant(self, info: ConstInfo) -> hir.Expr | None:
        """The value of a constant; None after a report."""
        if info.state == 2:
            return info.value
        decl, source = info.decl, info.module.source
        if info.state == 1:
            circle = [*self.open_constants[self.open_constants.index(info) :], info]
            notes = ["; ".join(f"`{one.name}` needs `{other.name}`" for one, other in pairwise(circle))]
            self.error(
                "E0403",
                f"the constant `{info.name}` is defined by itself",
                source,
                decl.name.start,
                decl.name.end,
                labels=[Label(each.span, "through this one") for each in circle[1:-1]],
                notes=notes if len(circle) > 2 else [],
            )
            return None
        info.state = 1
        self.open_constants.append(info)
        scope = info.scope or TypeScope(info.module)
        type_ = self.resolve_type(decl.type, scope) if decl.type is not None else None
        if decl.value is not None:
            info.value = self._evaluate(decl.value, type_, info.module, scope, f"the constant `{info.name}`")
        self.open_constants.pop()
        info.state = 2
        return info.value

    def _evaluate(
        self, node: ast.Expression, type_: Type | None, module: ModuleInfo, scope: TypeScope, what: str
    ) -> hir.Expr | None:
        errors = self.engine.error_count
        around = scope.local_items
        checker = BodyChecker(self, module, scope, None)
        value, uses = checker.check_expression(node, type_)
        self.constant_uses.append(uses)
        scope.local_items = around
        if self.engine.error_count != errors or has_error(value.type):
            return None
        try:
            return evaluate(value, checker.unifier)
        except NotConstant as failure:
            place = failure.node
            notes = [f"{what} is evaluated at compile time"]
            if failure.code == "E0400":
                notes.append(
                    "constants are made of literals, operators, conversions, other constants and aggregates of these"
                )
            self.error(failure.code, failure.message, module.source, place.start, place.end, notes=notes)
            return None

    def trait_constant(self, type_: Type, name: str) -> ConstInfo | None:
        """The constant of a trait on a type that implements it: the impl's, or the trait's default for it."""
        head = head_of(type_)
        if head is None:
            return None
        for (_, of), impls in self.trait_impls.items():
            if of != head:
                continue
            for impl in impls:
                if not Unifier().unify(substitute(impl.self_type, self.instantiate(impl.type_params)), type_):
                    continue
                found = self.constant_of(impl, name)
                if found is not None:
                    return found
        return None

    def constant_of(self, impl: ImplInfo, name: str) -> ConstInfo | None:
        """A constant of an impl of a trait: its own, or the trait's default for it."""
        if name not in impl.consts:
            trait = impl.trait
            default = self.trait(trait).consts.get(name) if trait is not None else None
            if default is None or default.decl.value is None:
                return None
            impl.consts[name] = ConstInfo(default.module, name, default.decl, True, scope=impl.scope, owner=impl)
        return impl.consts[name]

    def constant_integer(self, node: ast.Expression, scope: TypeScope) -> int | None:
        """The value of a constant expression of type `i64`."""
        if isinstance(node, ast.NameExpr):
            for names in reversed(scope.local_items):
                found = names.get(node.name)
                if isinstance(found, Binding):
                    self.error(
                        "E0400",
                        f"the length of a fixed array is constant, and `{node.name}` is a variable",
                        scope.module.source,
                        node.start,
                        node.end,
                        labels=[Label(Span(scope.module.source, found.start, found.end), "declared here")],
                        helps=["declare it with `const`, or use a growable array: `[T]`"],
                    )
                    found.used = True
                    return None
                if found is not None:
                    break
        value = self._evaluate(node, I64, scope.module, scope, "the length of an array")
        if isinstance(value, hir.Constant) and isinstance(value.value, int):
            return value.value
        return None

    def parameter_default(self, info: FunctionInfo, number: int) -> hir.Constant | hir.Function | None:
        """The default value of a parameter."""
        param = info.params[number]
        if param.default_value is None and param.default is not None:
            function, scope = info.function, info.scope
            assert function is not None and scope is not None
            param.default_value = self._default(
                param.default,
                param.type,
                info.module,
                scope,
                function.type_params,
                f"{function.symbol}.default.{param.name}",
            )
        return param.default_value

    def field_default(self, info: StructInfo, number: int) -> hir.Constant | hir.Function | None:
        """The default value of a field, None when there is none."""
        self.struct(info)
        if number in info.default_values:
            return info.default_values[number]
        name = info.definition.field_names[number]
        for field in info.decl.fields:
            if field.name.text == name and field.default is not None and info.scope is not None:
                made = self._default(
                    field.default,
                    info.definition.field_types[number],
                    info.module,
                    info.scope,
                    info.definition.type_params,
                    f"{info.definition.symbol}.default.{name}",
                )
                if made is not None:
                    info.default_values[number] = made
                return made
        return None

    def _default(
        self,
        node: ast.Expression,
        type_: Type,
        module: ModuleInfo,
        scope: TypeScope,
        type_params: list[str],
        symbol: str,
    ) -> hir.Constant | hir.Function | None:
        """A constant, or a function that computes the value each time."""
        errors = self.engine.error_count
        around = scope.local_items
        checker = BodyChecker(self, module, scope, None)
        value, uses = checker.check_expression(node, type_, "as a default value")
        scope.local_items = around
        if self.engine.error_count != errors or has_error(value.type):
            return hir.Constant(start=node.start, end=node.end, type=ERROR, value=0)
        try:
            found = evaluate(value, checker.unifier)
            if isinstance(found, hir.Constant):
                return found
        except NotConstant as failure:
            if failure.code != "E0400":
                self.error(failure.code, failure.message, module.source, failure.node.start, failure.node.end)
                return None
        body = hir.Block(start=node.start, end=node.end, type=value.type, statements=[], value=value)
        function = hir.Function(
            self.unique_symbol(symbol),
            symbol.rpartition(".")[2],
            list(type_params),
            [],
            type_,
            module.source,
            node.start,
            node.end,
            body,
        )
        self.generated[function.symbol] = (function, uses)
        return function

    # ---- traits

    def parts_of(self, type_: Type) -> list[Type]:
        """The types of the fields, payloads or elements of a type."""
        if isinstance(type_, TupleType):
            return list(type_.elements)
        if isinstance(type_, FixedType):
            return [type_.element]
        if isinstance(type_, StructType | EnumType):
            self.nominal_info(type_)
            definition = type_.definition
            mapping = dict(zip(definition.type_params, type_.args, strict=True))
            types = (
                definition.field_types if isinstance(definition, hir.StructDef) else list(chain(*definition.payloads))
            )
            return [substitute(each, mapping) for each in types]
        return []

    # ---- the result

    def _program(self, main: FunctionInfo | None, own: list[FunctionInfo]) -> hir.Program | None:
        reach = Reachability(self)
        harness = self.options.harness
        if harness is None:
            entry = self._entry(main)
        else:
            entry = make_entry(self, [info for info in own if info.module is self.root], harness)
            if self.engine.has_errors:
                return None
        roots = [
            info
            for info in own
            if info.op_name is None
            and info.function is not None
            and info.decl.has_body
            and not isinstance(info.owner, TraitInfo)
            and not is_for_harness(info)
        ]
        if entry is not None and entry not in roots:
            roots.append(entry)
        for info in roots:
            assert info.function is not None
            if info.body_state == 2 and info.uses is None:
                continue
            reach.add(info.function, tuple([ParamType(name) for name in info.function.type_params]))
        for name in RUN_TIME:
            item = self.library_item("std.rt", name)
            if isinstance(item, FunctionInfo):
                function = self.function(item).function
                assert function is not None
                reach.add(function, ())
        string = self.library_item("std.string", "string")
        if not isinstance(string, StructInfo):
            self.engine.error("E0102", "the library's `string` is missing", Span(self.root.source, 0, 0))
            return None
        self.struct(string)
        reach.run()
        definitions = {string.definition.symbol: string.definition, **reach.definitions}
        structs = [each for each in definitions.values() if isinstance(each, hir.StructDef)]
        enums = [each for each in definitions.values() if isinstance(each, hir.EnumDef)]
        return hir.Program(
            list(reach.functions.values()),
            structs,
            enums,
            list(reach.impls.values()),
            entry.function if entry is not None else None,
            string.definition,
            [trait_def(self, self.any_traits[symbol]) for symbol in reach.any_traits],
            project=self.project,
        )

    def _entry(self, main: FunctionInfo | None) -> FunctionInfo | None:
        """`main`, or a function around it that shows its error."""
        if main is None or main.function is None or main.function.result in (UNIT, NEVER):
            return main
        if not isinstance(main.function.result, EnumType):
            return main
        error = main.function.result.args[-1]
        shown = "error.report()" if isinstance(error, StructType) and error.definition.symbol == _ERROR else "error"
        text = 'func run() -> i32 { if let Err(error) = main() { eprint(f"error: {SHOWN}"); 1 } else { 0 } }'
        source = SourceFile(self.root.source.name, text.replace("SHOWN", shown))
        tree = self._parse(source, lazy=False)
        module = ModuleInfo(self.root.path, source, tree, True, {"main": main})
        info = FunctionInfo(module, "run", tree.items[0], False)  # type: ignore[arg-type]
        self.function(info)
        assert info.function is not None
        info.function.display_name = "main"
        self.check_body(info)
        return info
