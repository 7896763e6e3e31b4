"""
Declarations inside a block: functions, types, traits, impls, aliases and imports.

A block that has such items gets a module of its own, in which those of the module around are known too; types, paths
and the bodies of its functions look names up there. What belongs to whom (private fields and methods) goes by the
module of the file, its `home`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define

from luma_ir.frontend import ast
from luma_ir.frontend.check.entities import Entity, FunctionInfo, ModuleInfo
from luma_ir.ir.diagnostics import Label

if TYPE_CHECKING:
    from luma_ir.frontend.check.body import BodyCore
    from luma_ir.frontend.check.program import ProgramChecker


@define(eq=False)
class LocalModule:
    """The module of a block, and the one around it."""

    module: ModuleInfo
    outer: ModuleInfo


def enter_items(self: BodyCore, node: ast.Block) -> LocalModule | None:
    """Declare the items of a block, which are known in all of it; None when there are none but constants."""
    items = [each.item for each in node.statements if isinstance(each, ast.ItemStmt)]
    items = [each for each in items if not isinstance(each, ast.ConstDecl)]
    if not items:
        return None
    program, outer = self.program, self.module
    items = [each for each in items if program.is_active(each, self.source)]
    name = self.info.name if self.info is not None else "block"
    module = ModuleInfo(
        (*outer.path, name),
        outer.source,
        ast.Module(node.start, node.end, outer.source, None, items),
        outer.is_library,
        dict(outer.items),
        dict(outer.modules),
        import_of=dict(outer.import_of),
        failed_imports=set(outer.failed_imports),
        is_dependency=outer.is_dependency,
        outer=outer,
        local_items=list(self.scopes),
        hidden_params=frozenset(self.scope.params) | outer.hidden_params,
    )
    self.module = self.scope.module = module
    for item in items:
        program.check_attributes(item, self.source)
        if isinstance(item, ast.ImportDecl):
            _import(program, module, item)
        elif isinstance(item, ast.ExternDecl):
            for function in item.items:
                _add(self, module, FunctionInfo(module, function.name.text, function, False))
        elif isinstance(item, ast.FuncDecl):
            _add(self, module, FunctionInfo(module, item.name.text, item, False, None, self.info))
        elif not isinstance(item, ast.ImplDecl):
            entity = program.entity_of(module, item)
            if entity is not None:
                _add(self, module, entity)
    program.declare_items(module)
    return LocalModule(module, outer)


def leave_items(self: BodyCore, entered: LocalModule | None) -> None:
    """Check the signatures of a block's items; their bodies come later."""
    if entered is None:
        return
    self.program.check_items(entered.module)
    self.module = self.scope.module = entered.outer


def _add(self: BodyCore, module: ModuleInfo, entity: Entity) -> None:
    name, scope = entity.name, self.scopes[-1]
    other = module.items.get(name)
    if other is not None and other.module is module:
        self.program.engine.error(
            "E0105",
            f"`{name}` is declared twice in this block",
            entity.span,
            labels=[Label(other.span, "the other declaration")],
        )
        return
    module.items[name] = entity
    module.import_of.pop(name, None)
    scope[name] = entity


def _import(program: ProgramChecker, module: ModuleInfo, item: ast.ImportDecl) -> None:
    """Bind an import of a block; what it imports is loaded now."""
    outer = module.outer
    assert outer is not None
    for name in (
        [item.alias or item.path[-1]] if item.names is None else [each.alias or each.name for each in item.names]
    ):
        # An import hides what the names mean around the block.
        for table, around in ((module.items, outer.items), (module.modules, outer.modules)):
            if name.text in table and table[name.text] is around.get(name.text):
                del table[name.text]
        module.import_of.pop(name.text, None)
    program.load_for_import(module, item)
