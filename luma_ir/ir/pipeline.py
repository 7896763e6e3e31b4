"""
The text of pass pipelines: parsing it, and making passes from it.

    pipeline ::= item (`,` item)*
    item     ::= name options? | anchor `(` pipeline? `)`
    options  ::= `{` (key (`=` value (`,` value)*)?)* `}`
    anchor   ::= an op name such as `builtin.module` or `func.func`, or `any`

A value is a bare word, a number, a string in double quotes, or text in balanced braces; a key without a value is a
boolean that is set. An anchor runs its pipeline on each op of that name directly inside the op at hand.
"""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Iterator
from typing import TYPE_CHECKING

from attrs import define, frozen

from luma_ir.ir.diagnostics import Diagnostic, LumaError, Severity, SourceFile, Span

if TYPE_CHECKING:
    from xdsl.passes import ModulePass

    from luma_ir.ir.registry import Registry

_TOKEN = re.compile(r'\s*([A-Za-z0-9_.+-]+|"(?:[^"\\]|\\.)*"|[(){},=]|\S)')
_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_MAX_EXPANSION = 16


class PipelineError(LumaError):
    """A pipeline that cannot be read or built; `span` points into its text."""

    def __init__(self, message: str, span: Span, *, helps: tuple[str, ...] = (), notes: tuple[str, ...] = ()) -> None:
        super().__init__(message, helps=helps, notes=notes)
        self.span = span

    def to_diagnostic(self) -> Diagnostic:
        """The diagnostic, placed in the text of the pipeline."""
        diagnostic = super().to_diagnostic()
        diagnostic.severity = Severity.ERROR
        diagnostic.span = self.span
        return diagnostic


@frozen
class OptionSpec:
    """One option as written: its values, each with whether it stood in quotes; no values for a bare key."""

    values: tuple[tuple[str, bool], ...]
    span: Span


@frozen
class PassSpec:
    """A pass, or a named pipeline, with its options as written."""

    name: str
    options: dict[str, OptionSpec]
    span: Span

    def __str__(self) -> str:
        if not self.options:
            return self.name
        return f"{self.name}{{{' '.join(_option_text(key, value) for key, value in self.options.items())}}}"


@frozen
class AnchorSpec:
    """A pipeline to run on each op of the name `anchor` (`any` for all) inside the op at hand."""

    anchor: str
    pipeline: Pipeline
    span: Span

    def __str__(self) -> str:
        return f"{self.anchor}({self.pipeline})"


@frozen
class Pipeline:
    """A parsed pipeline; `str` gives its text back."""

    items: tuple[PassSpec | AnchorSpec, ...]

    def __str__(self) -> str:
        return ",".join(map(str, self.items))

    def passes(self) -> Iterator[PassSpec]:
        """All passes in it, those under anchors included, in order."""
        for item in self.items:
            if isinstance(item, AnchorSpec):
                yield from item.pipeline.passes()
            else:
                yield item


def _option_text(key: str, option: OptionSpec) -> str:
    if not option.values:
        return key
    return f"{key}={','.join(_value_text(text, quoted) for text, quoted in option.values)}"


def _value_text(text: str, quoted: bool) -> str:
    if not quoted:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def parse_pipeline(text: str, *, name: str = "<pipeline>") -> Pipeline:
    """
    Parse the text of a pipeline; an outer `builtin.module(...)` is taken off.

    Raises:
        PipelineError: the text is malformed. Whether the passes exist is not checked here.
    """
    parser = _Parser(SourceFile(name, text))
    pipeline = parser.parse_items()
    if parser.token:
        raise parser.error(f"unexpected `{parser.token}` in the pipeline")
    if len(pipeline.items) == 1 and isinstance(pipeline.items[0], AnchorSpec):
        only = pipeline.items[0]
        if only.anchor == "builtin.module":
            return only.pipeline
    return pipeline


@define
class _Parser:
    source: SourceFile
    token: str = ""
    start: int = 0
    end: int = 0

    def __attrs_post_init__(self) -> None:
        self.advance()

    def advance(self) -> str:
        taken = self.token
        match = _TOKEN.match(self.source.text, self.end)
        if match is None:
            self.token, self.start, self.end = "", len(self.source.text), len(self.source.text)
        else:
            self.token, self.start, self.end = match[1], match.start(1), match.end(1)
        return taken

    def span(self) -> Span:
        return Span(self.source, self.start, max(self.end, self.start + 1))

    def error(self, message: str) -> PipelineError:
        return PipelineError(message, self.span())

    def parse_items(self) -> Pipeline:
        items: list[PassSpec | AnchorSpec] = []
        while self.token and self.token != ")":
            items.append(self.parse_item())
            if self.token != ",":
                break
            self.advance()
            if not self.token or self.token == ")":
                raise self.error("expected a pass name after `,`")
        return Pipeline(tuple(items))

    def parse_item(self) -> PassSpec | AnchorSpec:
        span = self.span()
        if not _NAME.fullmatch(self.token):
            raise self.error(f"expected a pass name, found `{self.token}`")
        name = self.advance()
        if self.token == "(":
            self.advance()
            inner = self.parse_items()
            if self.token != ")":
                raise self.error(f"expected `)` to close `{name}(`")
            self.advance()
            return AnchorSpec(name, inner, span)
        options: dict[str, OptionSpec] = {}
        if self.token == "{":
            options = self.parse_options(name)
        return PassSpec(name, options, span)

    def parse_options(self, name: str) -> dict[str, OptionSpec]:
        self.advance()
        options: dict[str, OptionSpec] = {}
        while self.token != "}":
            span = self.span()
            if not self.token:
                raise self.error(f"expected `}}` to close the options of `{name}`")
            if not _NAME.fullmatch(self.token):
                raise self.error(f"expected the name of an option of `{name}`, found `{self.token}`")
            key = self.advance()
            if key in options:
                raise PipelineError(f"option `{key}` of `{name}` is given twice", span)
            values: list[tuple[str, bool]] = []
            if self.token == "=":
                self.advance()
                values.append(self.parse_value(key))
                while self.token == ",":
                    self.advance()
                    values.append(self.parse_value(key))
            options[key] = OptionSpec(tuple(values), span)
        self.advance()
        return options

    def parse_value(self, key: str) -> tuple[str, bool]:
        if self.token.startswith('"') and len(self.token) > 1:
            text = self.advance()[1:-1]
            return re.sub(r"\\(.)", r"\1", text), True
        if self.token == "{":
            return self.parse_braced(), False
        if not self.token or self.token in "(){},=":
            raise self.error(f"expected a value for option `{key}`")
        return self.advance(), False

    def parse_braced(self) -> str:
        depth, begin = 0, self.start
        while self.token:
            depth += (self.token == "{") - (self.token == "}")
            end = self.end
            self.advance()
            if depth == 0:
                return self.source.text[begin + 1 : end - 1]
        raise self.error("expected `}`")


def build_pass(cls: type[ModulePass], spec: PassSpec) -> ModulePass:
    """
    Make a pass from its class and the options as written.

    Options are the fields of the dataclass, with `-` for `_`: `int`, `float`, `bool`, `str`, tuples of them, `Literal`
    and unions with None.

    Raises:
        PipelineError: an option does not exist, its value has the wrong type, or one that is needed is missing.
    """
    fields = {field.name: field for field in dataclasses.fields(cls) if field.init}
    hints = field_types(cls)
    arguments: dict[str, object] = {}
    for key, option in spec.options.items():
        name = key.replace("-", "_")
        if name not in fields:
            raise _unknown_option(spec, key, option, list(fields))
        try:
            arguments[name] = _convert(hints.get(name, str), option)
        except ValueError as error:
            raise PipelineError(f"option `{key}` of `{spec.name}`: {error}", option.span) from None
    for name, field in fields.items():
        needed = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if needed and name not in arguments:
            if type(None) in typing.get_args(hints.get(name)):
                arguments[name] = None
                continue
            raise PipelineError(f"pass `{spec.name}` needs the option `{name.replace('_', '-')}`", spec.span)
    try:
        return cls(**arguments)
    except (TypeError, ValueError) as error:
        raise PipelineError(f"pass `{spec.name}`: {error}", spec.span) from error


def _unknown_option(spec: PassSpec, key: str, option: OptionSpec, known: list[str]) -> PipelineError:
    from difflib import get_close_matches

    names = [name.replace("_", "-") for name in known]
    matches = get_close_matches(key, names, n=1)
    helps = (f"did you mean `{matches[0]}`?",) if matches else ()
    listing = ", ".join(f"`{name}`" for name in names) or "none"
    return PipelineError(
        f"pass `{spec.name}` has no option `{key}`", option.span, helps=helps, notes=(f"its options: {listing}",)
    )


def field_types(cls: type[ModulePass]) -> dict[str, object]:
    """The types of a pass's options by field name."""
    try:
        return typing.get_type_hints(cls)
    except (NameError, TypeError):
        # A hint that exists for type checkers only; the simple ones can still be told by their text.
        simple = {"int": int, "float": float, "bool": bool, "str": str}
        return {field.name: simple.get(str(field.type), field.type) for field in dataclasses.fields(cls)}


def _convert(hint: object, option: OptionSpec) -> object:
    values = option.values
    alternatives = _alternatives(hint)
    if not values:
        if bool in alternatives:
            return True
        if type(None) in alternatives:
            return None
        raise ValueError(f"expected a value of type {type_text(hint)}")
    for alternative in alternatives:
        try:
            return _convert_one(alternative, values)
        except ValueError:
            continue
    found = ",".join(_value_text(*value) for value in values)
    raise ValueError(f"expected {type_text(hint)}, found `{found}`")


def _alternatives(hint: object) -> list[object]:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        # Strings last: everything reads as a string.
        return sorted(typing.get_args(hint), key=lambda alternative: alternative is str)
    return [hint]


def _convert_one(hint: object, values: tuple[tuple[str, bool], ...]) -> object:
    origin = typing.get_origin(hint)
    if origin in (tuple, list):
        element = typing.get_args(hint)[0] if typing.get_args(hint) else str
        converted = [_convert_element(element, value) for value in values]
        return converted if origin is list else tuple(converted)
    if len(values) != 1:
        raise ValueError("expected one value")
    text, quoted = values[0]
    if origin is typing.Literal:
        for choice in typing.get_args(hint):
            if str(choice) == text:
                return choice
        raise ValueError("not one of the choices")
    if hint is str or hint is object:
        return text
    if quoted:
        raise ValueError("a string")
    if hint is bool:
        lowered = text.lower()
        if lowered in ("true", "false"):
            return lowered == "true"
        raise ValueError("not a boolean")
    if hint is int:
        return int(text, 0)
    if hint is float:
        return float(text)
    raise ValueError(f"options of type {type_text(hint)} cannot be written in a pipeline")


def _convert_element(hint: object, value: tuple[str, bool]) -> object:
    for alternative in _alternatives(hint):
        try:
            return _convert_one(alternative, (value,))
        except ValueError:
            continue
    raise ValueError("no alternative fits")


def type_text(hint: object) -> str:
    """The type of an option in words a user reads."""
    if typing.get_origin(hint) is typing.Literal:
        return " or ".join(f"`{choice}`" for choice in typing.get_args(hint))
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return " or ".join(type_text(part) for part in typing.get_args(hint) if part is not type(None))
    if typing.get_origin(hint) in (tuple, list):
        arguments = [part for part in typing.get_args(hint) if part is not Ellipsis]
        return f"a list of {' or '.join(dict.fromkeys(type_text(part) for part in arguments)) or 'str'}"
    return getattr(hint, "__name__", str(hint))


def expand(pipeline: Pipeline, registry: Registry, depth: int = 0) -> Pipeline:
    """
    Replace the names of pipelines by what they stand for.

    Raises:
        PipelineError: a pipeline contains itself, or its options are wrong.
    """
    items: list[PassSpec | AnchorSpec] = []
    for item in pipeline.items:
        if isinstance(item, AnchorSpec):
            items.append(AnchorSpec(item.anchor, expand(item.pipeline, registry, depth), item.span))
            continue
        source = registry.find_pipeline(item.name)
        if source is None:
            items.append(item)
            continue
        if depth >= _MAX_EXPANSION:
            raise PipelineError(f"pipeline `{item.name}` contains itself", item.span)
        text = source if isinstance(source, str) else _call_pipeline(source, item)
        if isinstance(source, str) and item.options:
            raise PipelineError(f"pipeline `{item.name}` takes no options", item.span)
        items.extend(expand(parse_pipeline(text, name=f"<pipeline {item.name}>"), registry, depth + 1).items)
    return Pipeline(tuple(items))


def _call_pipeline(source: typing.Callable[..., str], spec: PassSpec) -> str:
    import inspect

    parameters = inspect.signature(source).parameters
    arguments: dict[str, object] = {}
    hints = typing.get_type_hints(source)
    for key, option in spec.options.items():
        name = key.replace("-", "_")
        if name not in parameters:
            raise _unknown_option(spec, key, option, list(parameters))
        try:
            arguments[name] = _convert(hints.get(name, str), option)
        except ValueError as error:
            raise PipelineError(f"option `{key}` of `{spec.name}`: {error}", option.span) from None
    return source(**arguments)
