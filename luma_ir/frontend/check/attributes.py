"""Attributes of items: which there are, what they may stand on, and `#[cfg]`."""

from __future__ import annotations

from luma_ir.frontend import ast
from luma_ir.frontend.check.core import Core, closest
from luma_ir.frontend.codes import CODES
from luma_ir.ir.diagnostics import Edit, Help, SourceFile, Span

_FUNCTION = (ast.FuncDecl,)
_TYPES = (ast.StructDecl, ast.EnumDecl)

KNOWN: dict[str, tuple[type, ...] | None] = {
    "test": _FUNCTION,
    "should_panic": _FUNCTION,
    "ignore": _FUNCTION,
    "bench": _FUNCTION,
    "inline": _FUNCTION,
    "track_caller": _FUNCTION,
    "cold": _FUNCTION,
    "fastmath": _FUNCTION,
    "export": _FUNCTION,
    "op": _FUNCTION,
    "place": _FUNCTION,
    "deprecated": None,
    "cfg": None,
    "derive": _TYPES,
    "allow": None,
}
"""Attribute names with the items they may stand on; None for all."""

DERIVABLE = ("Eq", "Ord", "Hash", "Show", "Debug", "Default")


ALLOWABLE: dict[str, frozenset[str]] = {
    "unused": frozenset(["W0001", "W0002", "W0004"]),
    "unreachable": frozenset(["W0003"]),
    "suspicious": frozenset(["W0005"]),
    "deprecated": frozenset(["W0006"]),
    "warnings": frozenset(code for code in CODES if code.startswith("W")),
}
"""What `#[allow(…)]` takes besides the codes of warnings, and the codes that each stands for."""


class Attributes(Core):
    """Reads attributes."""

    def check_attributes(self, item: ast.Item, source: SourceFile) -> None:
        """Report unknown and misplaced attributes of an item."""
        for attribute in item.attributes:
            name = attribute.name.text
            span = Span(source, attribute.name.start, attribute.name.end)
            if name not in KNOWN:
                found = closest(name, KNOWN)
                helps = [Help(f"did you mean `{found}`?", Edit(span, found))] if found else []
                self.engine.error("E0113", f"unknown attribute `{name}`", span, helps=helps)
                continue
            allowed = KNOWN[name]
            if allowed is not None and not isinstance(item, allowed):
                where = "functions" if allowed is _FUNCTION else "structs and enums"
                self.engine.error("E0114", f"the attribute `{name}` stands on {where} only", span)
            elif name == "allow":
                self._allow(item, attribute, source)

    def _allow(self, item: ast.Item, attribute: ast.Attribute, source: SourceFile) -> None:
        """Note the warnings that are not given in an item."""
        codes: frozenset[str] = frozenset()
        for arg in attribute.args:
            name = arg.value.name if isinstance(arg.value, ast.NameExpr) and arg.name is None else None
            if name in ALLOWABLE:
                codes |= ALLOWABLE[name]
            elif name in ALLOWABLE["warnings"]:
                codes |= {name}
            else:
                span = Span(source, arg.start, arg.end)
                found = closest(name or "", ALLOWABLE)
                helps = [Help(f"did you mean `{found}`?", Edit(span, found))] if found else []
                listed = ", ".join(f"`{each}`" for each in ALLOWABLE)
                notes = [f"there are {listed}, and the codes of warnings such as `W0001`"]
                self.engine.error("E0115", f"`{span.text}` is no kind of warning", span, helps=helps, notes=notes)
        if not attribute.args:
            message = "the attribute `allow` names what is allowed: `#[allow(unused)]`"
            self.error("E0115", message, source, attribute.start, attribute.end)
        self.allowed.append((source, item.start, item.end, codes))

    def is_active(self, item: ast.Item, source: SourceFile) -> bool:
        """Whether every `#[cfg]` of an item holds."""
        for attribute in item.attributes:
            if attribute.name.text == "cfg" and not all(self._holds(arg, source) for arg in attribute.args):
                return False
        return True

    def _holds(self, arg: ast.AttributeArg, source: SourceFile) -> bool:
        """Evaluate one predicate: `debug`, `os = "linux"`, `not(…)`, `all(…)`, `any(…)`."""
        cfg = self.options.cfg
        if arg.args is not None and arg.name is not None:
            inner = [self._holds(part, source) for part in arg.args]
            if arg.name.text == "not" and len(inner) == 1:
                return not inner[0]
            if arg.name.text == "all":
                return all(inner)
            if arg.name.text == "any":
                return any(inner)
        elif arg.name is not None and isinstance(arg.value, ast.StringLiteral):
            return cfg.get(arg.name.text) == arg.value.value
        elif arg.name is not None and isinstance(arg.value, ast.BoolLiteral):
            return bool(cfg.get(arg.name.text)) == arg.value.value
        elif arg.name is None and isinstance(arg.value, ast.NameExpr):
            return bool(cfg.get(arg.value.name))
        self.error(
            "E0115",
            'a `cfg` condition is a name, `name = "value"`, `not(…)`, `all(…)` or `any(…)`',
            source,
            arg.start,
            arg.end,
        )
        return False

    def attribute_text(self, item: ast.Item, name: str, source: SourceFile) -> str | None:
        """The one text argument of an attribute such as `#[export("name")]`."""
        attribute = item.attribute(name)
        if attribute is None:
            return None
        if len(attribute.args) == 1 and isinstance(attribute.args[0].value, ast.StringLiteral):
            return attribute.args[0].value.value
        self.error(
            "E0115", f'the attribute `{name}` takes one text: `#[{name}("…")]`', source, attribute.start, attribute.end
        )
        return None

    def derives(self, item: ast.Item, source: SourceFile) -> list[str]:
        """The traits of the `#[derive]`s of an item."""
        found: list[str] = []
        for attribute in item.attributes:
            if attribute.name.text != "derive":
                continue
            for arg in attribute.args:
                name = arg.value.name if isinstance(arg.value, ast.NameExpr) else None
                if name in DERIVABLE:
                    if name not in found:
                        found.append(name)
                    continue
                span = Span(source, arg.start, arg.end)
                suggestion = closest(name or "", DERIVABLE)
                helps = [Help(f"did you mean `{suggestion}`?", Edit(span, suggestion))] if suggestion else []
                self.engine.error(
                    "E0115",
                    f"`{span.text}` cannot be derived",
                    span,
                    helps=helps,
                    notes=[f"derivable traits are {', '.join(f'`{each}`' for each in DERIVABLE)}"],
                )
        return found
