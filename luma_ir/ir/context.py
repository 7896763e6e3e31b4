"""The xDSL context with every dialect registered, none of them loaded before it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdsl.context import Context

from luma_ir.ir.registry import REGISTRY, Registry

if TYPE_CHECKING:
    from xdsl.ir import Attribute, Operation, TypeAttribute


class LumaContext(Context):
    """A context that looks for a dialect among plug-ins when it is not built in."""

    registry: Registry = REGISTRY

    def _plugin_dialect(self, name: str) -> bool:
        """Register the plug-in dialect that `name` belongs to; True when that is news."""
        dialect = name.partition(".")[0]
        if "." not in name or dialect in self.registered_dialect_names:
            return False
        self.registry.read_plugins()
        factory = self.registry.dialect_factories().get(dialect)
        if factory is None:
            return False
        self.register_dialect(dialect, factory)
        return True

    def get_optional_op(self, name: str, *, dialect_stack: object = ()) -> type[Operation] | None:
        """The op class of a name, as xDSL finds it, then from plug-ins."""
        self._plugin_dialect(name)
        return super().get_optional_op(name, dialect_stack=dialect_stack)  # pyright: ignore[reportArgumentType]

    def get_optional_type(self, name: str) -> type[TypeAttribute] | None:
        """The type class of a name, as xDSL finds it, then from plug-ins."""
        self._plugin_dialect(name)
        return super().get_optional_type(name)

    def get_optional_attr(self, name: str) -> type[Attribute] | None:
        """The attribute class of a name, as xDSL finds it, then from plug-ins."""
        self._plugin_dialect(name)
        return super().get_optional_attr(name)


def make_context(*, allow_unregistered: bool = False, registry: Registry = REGISTRY) -> Context:
    """A fresh context with all dialects registered lazily; ops of unknown dialects are refused unless allowed."""
    ctx = LumaContext(allow_unregistered)
    ctx.registry = registry
    for name, factory in registry.dialect_factories().items():
        ctx.register_dialect(name, factory)
    return ctx
