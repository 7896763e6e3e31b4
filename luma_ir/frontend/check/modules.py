"""Loading modules, declaring their items and binding their imports."""

from __future__ import annotations

import re

from luma_ir.frontend import ast, hir
from luma_ir.frontend.check.attributes import Attributes
from luma_ir.frontend.check.core import closest, spelling_help
from luma_ir.frontend.check.entities import (
    AliasInfo,
    ConstInfo,
    Entity,
    EnumInfo,
    FunctionInfo,
    ImportUse,
    ModuleInfo,
    StructInfo,
    TraitInfo,
    VariantInfo,
)
from luma_ir.ir.diagnostics import Edit, Help, Label, SourceFile, Span

RESERVED_TYPES = frozenset(
    ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64", "bool", "char", "never"]
)


class Modules(Attributes):
    """Knows every module of the program."""

    def add_root(self, root: ast.Module | SourceFile) -> ModuleInfo:
        """Load the root module, the prelude, the run-time system and everything they import."""
        source = root if isinstance(root, SourceFile) else root.source
        tree = root if isinstance(root, ast.Module) else self._parse(source, lazy=False)
        stem = source.name.replace("\\", "/").rsplit("/", 1)[-1].split(".")[0]
        name = "".join(c if c.isalnum() or c == "_" else "_" for c in stem) or "main"
        pending: list[ModuleInfo] = []
        info = self._declare(getattr(self.loader, "root_path", None) or (name,), tree, source, False, pending)
        for path in (("std", "prelude"), ("std", "rt")):
            self._request(path, pending)
        self.prelude = self.modules.get(("std", "prelude"))
        self._follow_imports(pending)
        return info

    def _follow_imports(self, pending: list[ModuleInfo]) -> None:
        """Load what new modules import, and then bind the imports of all of them."""
        added: list[ModuleInfo] = []
        while pending:
            module = pending.pop(0)
            added.append(module)
            for item in module.tree.items:
                if isinstance(item, ast.ImportDecl) and self.is_active(item, module.source):
                    self._request_import(module, item, pending)
        for module in added:
            self._bind_imports(module)

    def load_now(self, path: tuple[str, ...]) -> ModuleInfo | None:
        """
        A module that is named by its full path in the middle of a body (`std.pointer.from_address`).

        The library names so what only few programs need: it is loaded when the body is checked.
        """
        return self.modules.get(path)

    def load_module(self, path: tuple[str, ...]) -> ModuleInfo | None:
        """A module that is needed after the others were loaded; its impls are not declared yet."""
        if path not in self.modules:
            pending: list[ModuleInfo] = []
            self._request(path, pending)
            self._follow_imports(pending)
        return self.modules[path]

    def _parse(self, source: SourceFile, lazy: bool) -> ast.Module:
        from luma_ir.frontend.parser import parse_source

        return parse_source(source, self.engine, lazy_bodies=lazy)

    def _request(self, path: tuple[str, ...], pending: list[ModuleInfo]) -> ModuleInfo | None:
        """The module with a path, loaded when it is new; None when there is none."""
        if path in self.modules:
            return self.modules[path]
        source = self.loader.load(path) if self.loader is not None else None
        if source is None:
            self.modules[path] = None
            return None
        is_library = path[0] == "std"
        return self._declare(path, self._parse(source, is_library), source, is_library, pending)

    def _request_import(self, module: ModuleInfo, item: ast.ImportDecl, pending: list[ModuleInfo]) -> None:
        path = tuple([name.text for name in item.path])
        for target in self._resolve(module, path):
            self._request(target, pending)
        if self._target(module, path) is None and len(path) > 1 and item.names is None:
            for target in self._resolve(module, path[:-1]):
                self._request(target, pending)

    def _resolve(self, module: ModuleInfo, written: tuple[str, ...]) -> list[tuple[str, ...]]:
        """The paths of the modules that an import may mean; a loader without packages has one meaning for each."""
        key = (module.home.path, written)
        found = self.import_targets.get(key)
        if found is None:
            resolve = getattr(self.loader, "resolve", None)
            found = self.import_targets[key] = [written] if resolve is None else resolve(module.home.path, written)
        return found

    def _target(self, module: ModuleInfo, written: tuple[str, ...]) -> ModuleInfo | None:
        """The module that an import means; None when there is none, or several."""
        found = self._resolve(module, written)
        return self.modules.get(found[0]) if len(found) == 1 else None

    # ---- items

    def _declare(
        self, path: tuple[str, ...], tree: ast.Module, source: SourceFile, is_library: bool, pending: list[ModuleInfo]
    ) -> ModuleInfo:
        info = ModuleInfo(path, source, tree, is_library)
        is_dependency = getattr(self.loader, "is_dependency", None)
        info.is_dependency = not is_library and is_dependency is not None and is_dependency(path)
        self.modules[path] = info
        pending.append(info)
        for item in tree.items:
            if not self.is_active(item, source):
                continue
            if not is_library:
                self.check_attributes(item, source)
            if isinstance(item, ast.ExternDecl):
                for function in item.items:
                    if self.is_active(function, source):
                        self._add(info, self.entity_of(info, function))
            elif isinstance(item, ast.ImplDecl | ast.ImportDecl):
                continue
            else:
                self._add(info, self.entity_of(info, item))
        return info

    def entity_of(self, module: ModuleInfo, item: ast.Item) -> Entity | None:
        """The entity of a declaration; None for one without a name."""
        if isinstance(item, ast.FuncDecl):
            return FunctionInfo(module, item.name.text, item, item.is_public)
        if isinstance(item, ast.ConstDecl):
            return ConstInfo(module, item.name.text, item, item.is_public)
        if isinstance(item, ast.TypeDecl):
            return AliasInfo(module, item.name.text, item, item.is_public)
        if isinstance(item, ast.TraitDecl):
            symbol = self.unique_symbol(f"{module.name}.{item.name.text}")
            return TraitInfo(module, item.name.text, item, item.is_public, symbol)
        if isinstance(item, ast.StructDecl):
            name = item.name.text
            params = [generic.name.text for generic in item.generics]
            definition = hir.StructDef(self.unique_symbol(f"{module.name}.{name}"), name, params, [], [])
            definition.source, definition.start = module.source, item.start
            struct = StructInfo(module, name, item, item.is_public, definition)
            self.definitions[definition.symbol] = struct
            return struct
        if isinstance(item, ast.EnumDecl):
            name = item.name.text
            params = [generic.name.text for generic in item.generics]
            definition = hir.EnumDef(self.unique_symbol(f"{module.name}.{name}"), name, params, [], [], [])
            definition.source, definition.start = module.source, item.start
            info = EnumInfo(module, name, item, item.is_public, definition)
            self.definitions[definition.symbol] = info
            for variant in item.variants:
                if variant.name.text in info.variant_numbers:
                    self.error(
                        "E0105",
                        f"the variant `{variant.name.text}` is declared twice",
                        module.source,
                        variant.name.start,
                        variant.name.end,
                    )
                info.variant_numbers.setdefault(variant.name.text, len(definition.variants))
                definition.variants.append(variant.name.text)
            return info
        return None

    def _add(self, module: ModuleInfo, entity: Entity | None) -> None:
        if entity is None:
            return
        span = entity.span
        name = entity.name
        if name in RESERVED_TYPES and not isinstance(entity, FunctionInfo | ConstInfo):
            self.engine.error("E0105", f"`{name}` is a builtin type", span)
            return
        other = module.items.get(name)
        if other is not None:
            self.engine.error(
                "E0105",
                f"`{name}` is declared twice in this module",
                span,
                labels=[Label(other.span, "the other declaration")],
            )
            return
        module.items[name] = entity
        if entity.is_public:
            module.exported_items[name] = entity

    # ---- imports

    def _bind_imports(self, module: ModuleInfo) -> None:
        for item in module.tree.items:
            if isinstance(item, ast.ImportDecl) and self.is_active(item, module.source):
                self._bind_import(module, item)

    def _bind_import(self, module: ModuleInfo, item: ast.ImportDecl) -> None:
        path = tuple([name.text for name in item.path])
        target = self._target(module, path)
        if target is None:
            is_clear = len(self._resolve(module, path)) < 2
            if is_clear and item.names is None and len(path) > 1:
                parent = self._target(module, path[:-1])
                if parent is not None:
                    self._bind_name(module, parent, item.path[-1], item.alias, item)
                    return
            if is_clear:
                self._missing_module(module, item)
            else:
                self._unclear_module(module, item)
            names = [item.alias or item.path[-1]] if item.names is None else [n.alias or n.name for n in item.names]
            module.failed_imports.update(name.text for name in names)
            return
        if item.names is None:
            bound = item.alias or item.path[-1]
            self._bind(module, bound, target, item)
            return
        for imported in item.names:
            self._bind_name(module, target, imported.name, imported.alias, item)

    def _bind_name(
        self, module: ModuleInfo, target: ModuleInfo, name: ast.Name, alias: ast.Name | None, item: ast.ImportDecl
    ) -> None:
        found = self.export_of(target, name.text)
        if found is None:
            module.failed_imports.add((alias or name).text)
            span = Span(module.source, name.start, name.end)
            if name.text in target.items:
                self.report_private_item(target, name.text, module, span)
            else:
                self._missing_name(module, target, name, item, span)
            return
        self._bind(module, alias or name, found, item)

    def report_private_item(self, module: ModuleInfo, name: str, user: ModuleInfo, span: Span) -> None:
        """Report that an item of a module is not for others: it is private, or only imported there."""
        entity = module.items[name]
        if entity.module is module:
            self.report_private(f"`{name}`", entity.span, entity.decl.start, module, user, span)
            return
        use = module.import_of.get(name)
        labels = [] if use is None else [Label(Span(module.source, use.start, use.end), "imported here without `pub`")]
        helps = []
        if entity.is_public and not entity.module.is_dependency:
            helps = [f"import it from where it is declared: `import {entity.module.name}.{{{entity.name}}};`"]
        self.engine.error(
            "E0104", f"`{name}` is private to the module `{module.name}`", span, labels=labels, helps=helps
        )

    def _missing_name(
        self, module: ModuleInfo, target: ModuleInfo, name: ast.Name, item: ast.ImportDecl, span: Span
    ) -> None:
        """Report that a module has nothing of a name."""
        helps = spelling_help(name.text, self.exports(target), span)
        inner = (*[part.text for part in item.path], name.text)
        if item.names is not None and self._resolve(module, inner) and self._request(inner, []) is not None:
            dotted = ".".join(inner)
            edit = Edit(Span(module.source, item.start, item.end), f"import {dotted};")
            helps = [Help(f"`{name.text}` is a module: `import {dotted};`", edit if len(item.names) == 1 else None)]
        self.engine.error("E0103", f"the module `{target.name}` has no `{name.text}`", span, helps=helps)

    def _bind(self, module: ModuleInfo, name: ast.Name, target: Entity | ModuleInfo, item: ast.ImportDecl) -> None:
        text, is_public = name.text, item.is_public
        table = module.modules if isinstance(target, ModuleInfo) else module.items
        if text in table:
            other = module.import_of.get(text)
            if table[text] is not target:
                labels = []
                if other is not None:
                    labels = [Label(Span(module.source, other.start, other.end), "imported here")]
                elif isinstance(known := table[text], Entity):
                    labels = [Label(known.span, "declared here")]
                at = item.end - 1 if item.names is None else name.end
                edit = Edit(Span(module.source, at, at), f" as other_{text}")
                self.error(
                    "E0105",
                    f"`{text}` is already declared in this module",
                    module.source,
                    name.start,
                    name.end,
                    labels=labels,
                    helps=[Help("import it under another name", edit if item.alias is None else None)],
                )
            elif other is not None and not module.is_library:
                self.warning(
                    "W0002",
                    f"`{text}` is imported twice",
                    module.source,
                    name.start,
                    name.end,
                    labels=[Label(Span(module.source, other.start, other.end), "imported here already")],
                )
            return
        table[text] = target  # type: ignore[assignment]
        use = ImportUse(text, name.start, name.end, is_public, item=item)
        module.imports.append(use)
        module.import_of[text] = use
        if is_public:
            if isinstance(target, ModuleInfo):
                module.exported_modules[text] = target
            else:
                module.exported_items[text] = target

    def export_of(
        self, module: ModuleInfo, name: str, seen: frozenset[tuple[str, ...]] = frozenset()
    ) -> Entity | ModuleInfo | None:
        """What a module exports under a name: a public item, a variant of its enums, or a public import."""
        entity = module.items.get(name)
        if entity is not None and entity.is_public:
            return entity
        if name in module.exported_items:
            return module.exported_items[name]
        if module.path in seen:
            return None
        for item in module.tree.items:
            if isinstance(item, ast.ImportDecl) and item.is_public and self.is_active(item, module.source):
                path = tuple([part.text for part in item.path])
                target = self._target(module, path)
                if target is None:
                    parent = self._target(module, path[:-1]) if item.names is None and len(path) > 1 else None
                    if parent is not None and (item.alias or item.path[-1]).text == name:
                        return self.export_of(parent, item.path[-1].text, seen | {module.path})
                    continue
                if item.names is None:
                    if (item.alias or item.path[-1]).text == name:
                        return target
                    continue
                for imported in item.names:
                    if (imported.alias or imported.name).text == name:
                        return self.export_of(target, imported.name.text, seen | {module.path})
        for other in module.items.values():
            if isinstance(other, EnumInfo) and other.module is module and other.is_public:
                number = other.variant_numbers.get(name)
                if number is not None:
                    return VariantInfo(module, name, other.decl, True, other, number)
        return None

    def exports(self, module: ModuleInfo) -> list[str]:
        """Every name that a module exports."""
        own = [name for name, entity in module.items.items() if entity.is_public and entity.module is module]
        return list(dict.fromkeys([*own, *module.exported_items, *module.exported_modules]))

    def _unclear_module(self, module: ModuleInfo, item: ast.ImportDecl) -> None:
        """Report an import that may mean a module of the package or one of another package."""
        path = ".".join(name.text for name in item.path)
        places: list[str] = []
        for target in self._resolve(module, tuple([name.text for name in item.path])):
            found = self.modules.get(target)
            if found is not None:
                places.append(f"`{found.source.name}`")
        self.engine.error(
            "E0105",
            f"`{path}` may mean two modules",
            Span(module.source, item.path[0].start, item.path[-1].end),
            notes=[f"they are {' and '.join(places)}"],
            helps=["rename the module, or the dependency in `luma.toml`"],
        )

    def _missing_module(self, module: ModuleInfo, item: ast.ImportDecl) -> None:
        names = [name.text for name in item.path]
        path = ".".join(names)
        span = Span(module.source, item.path[0].start, item.path[-1].end)
        helps: list[Help] = []
        if names[0] == "std":
            found = closest(path, sorted("std." + name for name in self._library_names()))
            if found:
                helps.append(Help(f"did you mean `{found}`?", Edit(span, found)))
            self.engine.error("E0102", f"the standard library has no module `{path}`", span, helps=helps)
            return
        home = module.home.path
        importable = getattr(self.loader, "importable", None)
        known = self._names_beside() if importable is None else importable(home)
        if path in self._library_names():
            helps.append(Help(f"did you mean `std.{path}`?", Edit(span, f"std.{path}")))
        else:
            ending = [other for other in known if other.endswith("." + path)]
            found = ending[0] if ending else closest(path, known)
            parent = ".".join(names[:-1])
            if found is not None:
                helps.append(Help(f"did you mean `{found}`?", Edit(span, found)))
            elif parent in known or (len(names) > 1 and self._target(module, tuple(names[:-1])) is not None):
                found = parent
            elif (near := closest(path, sorted(self._library_names()))) is not None:
                helps.append(Help(f"did you mean `std.{near}`?", Edit(span, f"std.{near}")))
                found = near
            if found is None or found == parent:
                helps.append(Help(self._wanted_file(module, names)))
        self.engine.error("E0102", f"there is no module `{path}`", span, helps=helps)

    def _library_names(self) -> set[str]:
        """The modules of the library that a user would import."""
        names = getattr(self.loader, "names", None)
        return set(STANDARD_MODULES) if names is None else set(STANDARD_MODULES) & set(names(("std",)))

    def _names_beside(self) -> list[str]:
        names = getattr(self.loader, "names", None)
        return [] if names is None else names(())

    def _wanted_file(self, module: ModuleInfo, names: list[str]) -> str:
        """Where the file of a missing module would be."""
        home = module.home.path
        dependency = getattr(self.loader, "dependency", None)
        folder = dependency(home, names[0]) if dependency is not None else None
        if folder is not None:
            return f"it would be the file `{'/'.join([folder, *(names[1:] or ['lib'])])}.luma`"
        where = getattr(self.loader, "where", None)
        folder = where(home) if where is not None else None
        if folder is not None:
            return f"it would be the file `{'/'.join([folder, *names])}.luma`, or a package under `[dependencies]`"
        return f"it would be the file `{'/'.join(names)}.luma` beside the root file"


STANDARD_MODULES = frozenset(
    re.findall(
        r"\w+",
        """string array map set math io fs path env process time random test fmt iter option result mem thread sync
        channel task net http json csv regex hash crypto log metrics simd ffi sort bits deque heap error prelude rt""",
    )
)
"""The modules that the standard library has or will have, for suggestions."""
