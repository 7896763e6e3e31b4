"""What `luma-opt` answers to `--list-passes`, `--list-dialects`, `--list-pipelines` and `--help-pass`."""

from __future__ import annotations

import argparse
import dataclasses
import inspect
from typing import TYPE_CHECKING

from luma_ir.ir.diagnostics import LumaError
from luma_ir.ir.registry import REGISTRY

if TYPE_CHECKING:
    from xdsl.passes import ModulePass


def answer(options: argparse.Namespace) -> str:
    """The text that the listing options ask for."""
    parts = []
    if options.list_passes:
        parts.append("\n".join(REGISTRY.pass_names()))
    if options.list_dialects:
        parts.append("\n".join(REGISTRY.dialect_names()))
    if options.list_pipelines:
        parts.append("\n".join(_pipeline_line(name) for name in REGISTRY.pipeline_names()))
    if options.help_pass:
        parts.append(describe_pass(options.help_pass))
    return "\n".join(part for part in parts if part) + "\n"


def _pipeline_line(name: str) -> str:
    source = REGISTRY.find_pipeline(name)
    if isinstance(source, str):
        return f"{name} = {source}"
    parameters = inspect.signature(source).parameters.values() if source is not None else ()
    names = " ".join(
        parameter.name.replace("_", "-")
        + (f"={parameter.default}" if parameter.default is not inspect.Parameter.empty else "")
        for parameter in parameters
    )
    return f"{name}{{{names}}}" if names else name


def describe_pass(name: str) -> str:
    """
    The description of a pass and its options.

    Raises:
        LumaError: there is no pass of this name.
    """
    cls = REGISTRY.find_pass(name)
    if cls is None:
        pipeline = REGISTRY.find_pipeline(name)
        if pipeline is not None:
            return _pipeline_line(name)
        suggestion = REGISTRY.suggest(name)
        helps = [f"did you mean `{suggestion}`?"] if suggestion else []
        raise LumaError(f"unknown pass `{name}`", helps=helps)
    lines = [name, ""]
    text = _description(cls)
    if text:
        lines += [*(f"  {line}".rstrip() for line in text.splitlines()), ""]
    fields = [field for field in dataclasses.fields(cls) if field.init]
    if not fields:
        lines.append("options: none")
        return "\n".join(lines)
    from luma_ir.ir.pipeline import field_types, type_text

    hints = field_types(cls)
    lines.append("options:")
    for field in fields:
        default = option_default(field)
        default = default if default == "needed" else f"default {default}"
        option = field.name.replace("_", "-")
        line = f"  {option}: {type_text(hints.get(field.name, field.type))} ({default})"
        lines.append(f"{line} {field.metadata.get('help', '')}".rstrip())
    return "\n".join(lines)


def option_default(field: dataclasses.Field) -> str:
    """The default of a pass option as it is written in a pipeline; "needed" when there is none."""
    if field.default is not dataclasses.MISSING:
        return _option_value(field.default)
    if field.default_factory is not dataclasses.MISSING:
        return _option_value(field.default_factory())
    return "needed"


def _option_value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple | list):
        return ",".join(map(_option_value, value)) or "empty"
    return "none" if value is None else str(value)


def _description(cls: type[ModulePass]) -> str:
    """The docstring of the pass; a dataclass without one has a made-up one, and then that of its file serves."""
    own = cls.__doc__ or ""
    if own and not own.startswith(f"{cls.__name__}("):
        return inspect.cleandoc(own)
    module = inspect.getmodule(cls)
    return inspect.cleandoc(module.__doc__) if module is not None and module.__doc__ else ""
