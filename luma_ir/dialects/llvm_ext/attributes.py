"""
Attributes and types of upstream MLIR 22's `llvm` dialect that xDSL lacks.

All `#llvm.foo<key = value, ...>` attributes share one parser and printer (`KeyedAttr`), which reads what `mlir-opt`
prints and prints what it reads: keys in any order when parsing, in declaration order when printing, absent ones left
out. Names and keys are upstream's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from xdsl.dialects.builtin import ArrayAttr, IntAttr, IntegerAttr, NoneAttr, StringAttr
from xdsl.ir import Attribute, ParametrizedAttribute, TypeAttribute
from xdsl.irdl import irdl_attr_definition
from xdsl.parser import AttrParser
from xdsl.printer import Printer
from xdsl.utils.exceptions import VerifyException

NONE = NoneAttr()
"""The value of a parameter that is absent."""


class KeyedAttr(ParametrizedAttribute):
    """
    An attribute written `<key = value, ...>`.

    `OPTIONAL` names the parameters that may be absent, `INTEGERS` those whose value is a bare integer, `KEYWORDS` those
    whose value is a bare word, `NESTED` gives the class of those that may be written without their `#llvm.` prefix.
    """

    KEYS: ClassVar[tuple[str, ...]] = ()
    OPTIONAL: ClassVar[frozenset[str]] = frozenset()
    INTEGERS: ClassVar[frozenset[str]] = frozenset()
    KEYWORDS: ClassVar[frozenset[str]] = frozenset()
    NESTED: ClassVar[dict[str, type[KeyedAttr]]] = {}

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> list[Attribute]:
        """Read `<key = value, ...>`; a key that is missing, repeated or unknown is a parse error."""
        parser.parse_characters("<", f" in `{cls.name}`")
        return cls.parse_opened(parser)

    @classmethod
    def parse_opened(cls, parser: AttrParser) -> list[Attribute]:
        """Read the rest of `<key = value, ...>` whose opening bracket has been read."""
        found: dict[str, Attribute] = {}
        while parser.parse_optional_characters(">") is None:
            if found:
                parser.parse_characters(",", f" in `{cls.name}`")
            key = parser.parse_identifier(f" as a key of `{cls.name}`")
            if key not in cls.KEYS or key in found:
                parser.raise_error(f"unknown or repeated key `{key}` in `{cls.name}`")
            parser.parse_characters("=", f" after `{key}`")
            found[key] = cls._parse_value(key, parser)
        missing = [key for key in cls.KEYS if key not in found and key not in cls.OPTIONAL]
        if missing:
            parser.raise_error(f"`{cls.name}` needs a value for `{missing[0]}`")
        return [found.get(key, NONE) for key in cls.KEYS]

    @classmethod
    def _parse_value(cls, key: str, parser: AttrParser) -> Attribute:
        if key in cls.INTEGERS:
            return IntAttr(parser.parse_integer())
        if key in cls.KEYWORDS:
            return StringAttr(parser.parse_identifier())
        nested = cls.NESTED.get(key)
        if nested is not None and parser.parse_optional_characters("<") is not None:
            return nested.new(nested.parse_opened(parser))
        if parser.parse_optional_keyword("distinct") is not None:
            return parse_distinct(parser)
        return parser.parse_attribute()

    def print_parameters(self, printer: Printer) -> None:
        """Print the parameters that are present."""
        with printer.in_angle_brackets():
            first = True
            for key, value in zip(self.KEYS, self.parameters, strict=True):
                if isinstance(value, NoneAttr):
                    continue
                printer.print_string(f"{key} = " if first else f", {key} = ")
                first = False
                self._print_value(key, value, printer)

    def _print_value(self, key: str, value: Attribute, printer: Printer) -> None:
        if isinstance(value, IntAttr):
            printer.print_int(value.data)
        elif isinstance(value, DistinctAttr):
            printer.print_string(f"distinct[{value.number.data}]<>")
        elif key in self.KEYWORDS and isinstance(value, StringAttr):
            printer.print_string(value.data)
        else:
            printer.print_attribute(value)


@irdl_attr_definition
class DistinctAttr(ParametrizedAttribute):
    """`distinct[3]<>`: equal only to the one with the same number in the same module."""

    name = "llvm.distinct"

    number: IntAttr


def parse_distinct(parser: AttrParser) -> DistinctAttr:
    """Read what follows the word `distinct`: `[number]<>`."""
    with parser.in_square_brackets():
        number = parser.parse_integer()
    parser.parse_characters("<")
    if parser.parse_optional_characters(">") is None:
        parser.parse_attribute()
        parser.parse_characters(">")
    return DistinctAttr(IntAttr(number))


@irdl_attr_definition
class TokenType(ParametrizedAttribute, TypeAttribute):
    """`!llvm.token`, the type of values that tie intrinsics together and that no memory can hold."""

    name = "llvm.token"


@irdl_attr_definition
class ZeroAttr(ParametrizedAttribute):
    """`#llvm.zero`: the zero value of whatever type is asked for."""

    name = "llvm.zero"


@irdl_attr_definition
class UndefAttr(ParametrizedAttribute):
    """`#llvm.undef`: an undefined constant."""

    name = "llvm.undef"


@irdl_attr_definition
class PoisonAttr(ParametrizedAttribute):
    """`#llvm.poison`: a poison constant."""

    name = "llvm.poison"


@irdl_attr_definition
class AliasScopeDomainAttr(KeyedAttr):
    """A set of alias scopes; `id` is a string or `distinct[n]<>`."""

    name = "llvm.alias_scope_domain"
    KEYS: ClassVar[tuple[str, ...]] = ("id", "description")
    OPTIONAL: ClassVar[frozenset[str]] = frozenset({"description"})

    id: StringAttr | DistinctAttr
    description: StringAttr | NoneAttr

    @classmethod
    def get(cls, id_: str, description: str | None = None) -> AliasScopeDomainAttr:
        """A domain named by a string."""
        return cls(StringAttr(id_), NONE if description is None else StringAttr(description))


@irdl_attr_definition
class AliasScopeAttr(KeyedAttr):
    """One scope of a domain: accesses in it do not alias accesses that list it among their `noalias_scopes`."""

    name = "llvm.alias_scope"
    KEYS: ClassVar[tuple[str, ...]] = ("id", "domain", "description")
    OPTIONAL: ClassVar[frozenset[str]] = frozenset({"description"})
    NESTED: ClassVar[dict[str, type[KeyedAttr]]] = {"domain": AliasScopeDomainAttr}

    id: StringAttr | DistinctAttr
    domain: AliasScopeDomainAttr
    description: StringAttr | NoneAttr

    @classmethod
    def get(cls, id_: str, domain: AliasScopeDomainAttr, description: str | None = None) -> AliasScopeAttr:
        """A scope named by a string."""
        return cls(StringAttr(id_), domain, NONE if description is None else StringAttr(description))


@irdl_attr_definition
class AccessGroupAttr(KeyedAttr):
    """Memory accesses of a loop that carry no dependence (`llvm.loop.parallel_accesses`)."""

    name = "llvm.access_group"
    KEYS: ClassVar[tuple[str, ...]] = ("id",)

    id: DistinctAttr


_MEMORY_KINDS = ("none", "read", "write", "readwrite")


@irdl_attr_definition
class MemoryEffectsAttr(KeyedAttr):
    """What a function may do to memory, by kind of location: `none`, `read`, `write` or `readwrite` each."""

    name = "llvm.memory_effects"
    KEYS: ClassVar[tuple[str, ...]] = ("other", "argMem", "inaccessibleMem", "errnoMem", "targetMem0", "targetMem1")
    KEYWORDS: ClassVar[frozenset[str]] = frozenset(KEYS)
    OPTIONAL: ClassVar[frozenset[str]] = frozenset({"errnoMem", "targetMem0", "targetMem1"})

    other: StringAttr
    argMem: StringAttr
    inaccessibleMem: StringAttr
    errnoMem: StringAttr | NoneAttr
    targetMem0: StringAttr | NoneAttr
    targetMem1: StringAttr | NoneAttr

    @classmethod
    def get(cls, *, arg: str = "none", inaccessible: str = "none", other: str = "none") -> MemoryEffectsAttr:
        """Effects on memory reached through arguments, on memory no pointer of the program reaches, on the rest."""
        rest = StringAttr(other)
        return cls(rest, StringAttr(arg), StringAttr(inaccessible), rest, rest, rest)

    def verify(self) -> None:
        """Each effect is one of the four words."""
        for value in self.parameters:
            if isinstance(value, StringAttr) and value.data not in _MEMORY_KINDS:
                raise VerifyException(f"unknown memory effect `{value.data}`")


def _keyed_flag_attr(class_name: str, name: str, keys: tuple[str, ...]) -> type[KeyedAttr]:
    """Define an attribute whose parameters are all optional attributes (flags and counts of loop metadata)."""
    namespace: dict[str, object] = {
        "__doc__": f"`#{name}`: the parameters {', '.join(keys)}, all optional.",
        "__module__": __name__,
        "__annotations__": {
            **dict.fromkeys(keys, Attribute),
            "KEYS": ClassVar[tuple[str, ...]],
            "OPTIONAL": ClassVar[frozenset[str]],
        },
        "name": name,
        "KEYS": keys,
        "OPTIONAL": frozenset(keys),
    }
    return irdl_attr_definition(type(class_name, (KeyedAttr,), namespace))


LoopVectorizeAttr = _keyed_flag_attr(
    "LoopVectorizeAttr",
    "llvm.loop_vectorize",
    ("disable", "predicateEnable", "scalableEnable", "width", "followupVectorized", "followupEpilogue", "followupAll"),
)
LoopInterleaveAttr = _keyed_flag_attr("LoopInterleaveAttr", "llvm.loop_interleave", ("count",))
LoopUnrollAttr = _keyed_flag_attr(
    "LoopUnrollAttr",
    "llvm.loop_unroll",
    ("disable", "count", "runtimeDisable", "full", "followupUnrolled", "followupRemainder", "followupAll"),
)
LoopUnrollAndJamAttr = _keyed_flag_attr(
    "LoopUnrollAndJamAttr",
    "llvm.loop_unroll_and_jam",
    (
        "disable",
        "count",
        "followupOuter",
        "followupInner",
        "followupRemainderOuter",
        "followupRemainderInner",
        "followupAll",
    ),
)
LoopLICMAttr = _keyed_flag_attr("LoopLICMAttr", "llvm.loop_licm", ("disable", "versioningDisable"))
LoopDistributeAttr = _keyed_flag_attr(
    "LoopDistributeAttr",
    "llvm.loop_distribute",
    ("disable", "followupCoincident", "followupSequential", "followupFallback", "followupAll"),
)
LoopPipelineAttr = _keyed_flag_attr("LoopPipelineAttr", "llvm.loop_pipeline", ("disable", "initiationinterval"))
LoopPeeledAttr = _keyed_flag_attr("LoopPeeledAttr", "llvm.loop_peeled", ("count",))
LoopUnswitchAttr = _keyed_flag_attr("LoopUnswitchAttr", "llvm.loop_unswitch", ("partialDisable",))

_LOOP_PARTS: dict[str, type[KeyedAttr]] = {
    "vectorize": LoopVectorizeAttr,
    "interleave": LoopInterleaveAttr,
    "unroll": LoopUnrollAttr,
    "unrollAndJam": LoopUnrollAndJamAttr,
    "licm": LoopLICMAttr,
    "distribute": LoopDistributeAttr,
    "pipeline": LoopPipelineAttr,
    "peeled": LoopPeeledAttr,
    "unswitch": LoopUnswitchAttr,
}


@irdl_attr_definition
class LoopAnnotationAttr(KeyedAttr):
    """
    Hints for the loop whose latch carries it.

        llvm.br ^header {loop_annotation = #llvm.loop_annotation<mustProgress = true>}
    """

    name = "llvm.loop_annotation"
    KEYS: ClassVar[tuple[str, ...]] = (
        "disableNonforced",
        *_LOOP_PARTS,
        "mustProgress",
        "isVectorized",
        "parallelAccesses",
    )
    OPTIONAL: ClassVar[frozenset[str]] = frozenset(KEYS)
    NESTED: ClassVar[dict[str, type[KeyedAttr]]] = _LOOP_PARTS

    disableNonforced: Attribute
    vectorize: Attribute
    interleave: Attribute
    unroll: Attribute
    unrollAndJam: Attribute
    licm: Attribute
    distribute: Attribute
    pipeline: Attribute
    peeled: Attribute
    unswitch: Attribute
    mustProgress: Attribute
    isVectorized: Attribute
    parallelAccesses: Attribute

    @classmethod
    def get(cls, **parts: Attribute) -> LoopAnnotationAttr:
        """An annotation from its parts by name, for example `mustProgress=BoolAttr.from_bool(True)`."""
        unknown = parts.keys() - set(cls.KEYS)
        if unknown:
            raise ValueError(f"`{cls.name}` has no part `{unknown.pop()}`")
        return cls(*(parts.get(key, NONE) for key in cls.KEYS))

    @classmethod
    def _parse_value(cls, key: str, parser: AttrParser) -> Attribute:
        if key == "parallelAccesses":
            return ArrayAttr(
                parser.parse_optional_undelimited_comma_separated_list(
                    parser.parse_optional_attribute, parser.parse_attribute
                )
                or ()
            )
        return super()._parse_value(key, parser)

    def _print_value(self, key: str, value: Attribute, printer: Printer) -> None:
        if key == "parallelAccesses" and isinstance(value, ArrayAttr):
            printer.print_list(value, printer.print_attribute)
        else:
            super()._print_value(key, value, printer)


@irdl_attr_definition
class DereferenceableAttr(KeyedAttr):
    """How many bytes behind a loaded pointer may be read (`mayBeNull`: unless it is null)."""

    name = "llvm.dereferenceable"
    KEYS: ClassVar[tuple[str, ...]] = ("bytes", "mayBeNull")
    OPTIONAL: ClassVar[frozenset[str]] = frozenset({"mayBeNull"})
    INTEGERS: ClassVar[frozenset[str]] = frozenset({"bytes"})

    bytes: IntAttr
    mayBeNull: Attribute


@irdl_attr_definition
class VScaleRangeAttr(KeyedAttr):
    """The range of `vscale` that a function may rely on."""

    name = "llvm.vscale_range"
    KEYS: ClassVar[tuple[str, ...]] = ("minRange", "maxRange")

    minRange: IntegerAttr
    maxRange: IntegerAttr


@irdl_attr_definition
class ConstantRangeAttr(ParametrizedAttribute):
    """`#llvm.constant_range<i64, 0, 10>`: lower <= value < upper, both of the given integer type."""

    name = "llvm.constant_range"

    type: Attribute
    lower: IntAttr
    upper: IntAttr

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> Sequence[Attribute]:
        """Read `<type, lower, upper>`."""
        with parser.in_angle_brackets():
            type_ = parser.parse_type()
            parser.parse_characters(",")
            lower = parser.parse_integer()
            parser.parse_characters(",")
            upper = parser.parse_integer()
        return type_, IntAttr(lower), IntAttr(upper)

    def print_parameters(self, printer: Printer) -> None:
        """Print `<type, lower, upper>`."""
        with printer.in_angle_brackets():
            printer.print_attribute(self.type)
            printer.print_string(f", {self.lower.data}, {self.upper.data}")


class WordAttr(ParametrizedAttribute):
    """An attribute written `<word>`, with the words that are allowed in `WORDS`."""

    WORDS: ClassVar[frozenset[str]] = frozenset()

    word: StringAttr

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> Sequence[Attribute]:
        """Read `<word>`."""
        with parser.in_angle_brackets():
            return (StringAttr(parser.parse_identifier()),)

    def print_parameters(self, printer: Printer) -> None:
        """Print `<word>`."""
        with printer.in_angle_brackets():
            printer.print_string(self.word.data)

    def verify(self) -> None:
        """The word is one of the known ones."""
        if self.word.data not in self.WORDS:
            raise VerifyException(f"unknown word `{self.word.data}` for `{self.name}`")


@irdl_attr_definition
class UWTableKindAttr(WordAttr):
    """Which unwind tables a function needs."""

    name = "llvm.uwtableKind"
    WORDS: ClassVar[frozenset[str]] = frozenset({"none", "sync", "async"})


@irdl_attr_definition
class TBAARootAttr(KeyedAttr):
    """The root of a tree of types for type-based alias analysis."""

    name = "llvm.tbaa_root"
    KEYS: ClassVar[tuple[str, ...]] = ("id",)
    OPTIONAL: ClassVar[frozenset[str]] = frozenset({"id"})

    id: StringAttr | NoneAttr


@irdl_attr_definition
class TBAAMemberAttr(ParametrizedAttribute):
    """One member of a TBAA type: a type descriptor and the offset in bytes."""

    name = "llvm.tbaa_member"

    type_desc: Attribute
    offset: IntAttr

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> Sequence[Attribute]:
        """Read `<type, offset>`."""
        with parser.in_angle_brackets():
            descriptor = parser.parse_attribute()
            parser.parse_characters(",")
            return descriptor, IntAttr(parser.parse_integer())

    def print_parameters(self, printer: Printer) -> None:
        """Print `<type, offset>`."""
        with printer.in_angle_brackets():
            printer.print_attribute(self.type_desc)
            printer.print_string(f", {self.offset.data}")


@irdl_attr_definition
class TBAATypeDescriptorAttr(KeyedAttr):
    """A type of type-based alias analysis with its members by offset."""

    name = "llvm.tbaa_type_desc"
    KEYS: ClassVar[tuple[str, ...]] = ("id", "members")

    id: StringAttr
    members: ArrayAttr[TBAAMemberAttr]

    @classmethod
    def _parse_value(cls, key: str, parser: AttrParser) -> Attribute:
        if key != "members":
            return super()._parse_value(key, parser)
        return ArrayAttr(
            parser.parse_comma_separated_list(
                parser.Delimiter.BRACES, lambda: TBAAMemberAttr.new(TBAAMemberAttr.parse_parameters(parser))
            )
        )

    def _print_value(self, key: str, value: Attribute, printer: Printer) -> None:
        if key != "members":
            super()._print_value(key, value, printer)
            return
        with printer.in_braces():
            printer.print_list(self.members, lambda member: member.print_parameters(printer))


@irdl_attr_definition
class TBAATagAttr(KeyedAttr):
    """What an access touches: `access_type` at `offset` bytes inside `base_type`."""

    name = "llvm.tbaa_tag"
    KEYS: ClassVar[tuple[str, ...]] = ("base_type", "access_type", "offset", "constant")
    OPTIONAL: ClassVar[frozenset[str]] = frozenset({"constant"})
    INTEGERS: ClassVar[frozenset[str]] = frozenset({"offset"})

    base_type: TBAATypeDescriptorAttr
    access_type: TBAATypeDescriptorAttr
    offset: IntAttr
    constant: Attribute


ATTRIBUTES: tuple[type[Attribute], ...] = (
    AccessGroupAttr,
    AliasScopeAttr,
    AliasScopeDomainAttr,
    ConstantRangeAttr,
    DereferenceableAttr,
    DistinctAttr,
    LoopAnnotationAttr,
    *_LOOP_PARTS.values(),
    MemoryEffectsAttr,
    PoisonAttr,
    TBAAMemberAttr,
    TBAARootAttr,
    TBAATagAttr,
    TBAATypeDescriptorAttr,
    TokenType,
    UndefAttr,
    UWTableKindAttr,
    VScaleRangeAttr,
    ZeroAttr,
)
"""Everything of this module that the dialect registers."""
