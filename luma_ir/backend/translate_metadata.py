"""
Metadata of LLVM IR: numbering, alias scopes, TBAA, loop hints, branch weights.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xdsl.dialects.builtin import ArrayAttr, DenseArrayBase, IntegerAttr, NoneAttr, StringAttr
from xdsl.ir import Attribute, Operation

from luma_ir.backend.translate_types import escape
from luma_ir.dialects import llvm_ext as llvm
from luma_ir.ir.diagnostics import PassFailure

# What each part of `#llvm.loop_annotation` is called in LLVM; a part whose value is true disables or enables.
_LOOP_FLAGS: dict[tuple[str, str], str] = {
    ("vectorize", "predicateEnable"): "llvm.loop.vectorize.predicate.enable",
    ("vectorize", "scalableEnable"): "llvm.loop.vectorize.scalable.enable",
    ("vectorize", "width"): "llvm.loop.vectorize.width",
    ("interleave", "count"): "llvm.loop.interleave.count",
    ("unroll", "count"): "llvm.loop.unroll.count",
    ("unroll", "runtimeDisable"): "llvm.loop.unroll.runtime.disable",
    ("unroll", "full"): "llvm.loop.unroll.full",
    ("unrollAndJam", "count"): "llvm.loop.unroll_and_jam.count",
    ("licm", "disable"): "llvm.licm.disable",
    ("licm", "versioningDisable"): "llvm.loop.licm_versioning.disable",
    ("pipeline", "disable"): "llvm.loop.pipeline.disable",
    ("pipeline", "initiationinterval"): "llvm.loop.pipeline.initiationinterval",
    ("peeled", "count"): "llvm.loop.peeled.count",
    ("unswitch", "partialDisable"): "llvm.loop.unswitch.partial.disable",
}
# Parts whose `disable` flag chooses between two words.
_LOOP_SWITCHES: dict[str, tuple[str, str]] = {
    "vectorize": ("llvm.loop.vectorize.enable", "llvm.loop.vectorize.enable"),
    "unroll": ("llvm.loop.unroll.disable", "llvm.loop.unroll.enable"),
    "unrollAndJam": ("llvm.loop.unroll_and_jam.disable", "llvm.loop.unroll_and_jam.enable"),
    "distribute": ("llvm.loop.distribute.enable", "llvm.loop.distribute.enable"),
}
_BARE = frozenset(
    {
        "llvm.loop.unroll.full",
        "llvm.loop.unroll.runtime.disable",
        "llvm.licm.disable",
        "llvm.loop.licm_versioning.disable",
        "llvm.loop.unswitch.partial.disable",
    }
)


class MetadataWriter:
    """Numbers metadata nodes; equal nodes that are not distinct are written once."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._nodes: dict[str, str] = {}
        self._attributes: dict[Attribute, str] = {}
        self._lists: dict[int, tuple[Attribute, str]] = {}

    def node(self, text: str) -> str:
        """The reference `!N` of the node with this text."""
        found = self._nodes.get(text)
        if found is None:
            found = self._nodes[text] = f"!{len(self.lines)}"
            self.lines.append(f"{found} = {text}")
        return found

    def reserve(self) -> str:
        """The reference of a node whose text is given later with `define`."""
        reference = f"!{len(self.lines)}"
        self.lines.append("")
        return reference

    def define(self, reference: str, text: str) -> None:
        """Give a reserved node its text."""
        self.lines[int(reference[1:])] = f"{reference} = {text}"

    def tuple_of(self, references: Iterable[str]) -> str:
        """The node `!{...}` of references."""
        return self.node(f"!{{{', '.join(references)}}}")

    def scopes(self, attribute: Attribute) -> str:
        """The list of alias scopes or access groups of an access."""
        known = self._lists.get(id(attribute))
        if known is not None:
            return known[1]
        assert isinstance(attribute, ArrayAttr)
        reference = self.tuple_of(self._scope(scope) for scope in attribute)
        self._lists[id(attribute)] = (attribute, reference)
        return reference

    def _scope(self, attribute: Attribute) -> str:
        found = self._attributes.get(attribute)
        if found is not None:
            return found
        reference = self._attributes[attribute] = self.reserve()
        if isinstance(attribute, llvm.AliasScopeDomainAttr):
            parts = []
        elif isinstance(attribute, llvm.AliasScopeAttr):
            parts = [self._scope(attribute.domain)]
        elif isinstance(attribute, llvm.AccessGroupAttr):
            self.define(reference, "distinct !{}")
            return reference
        else:
            raise PassFailure(f"`{attribute}` is not an alias scope")
        name = attribute.description if isinstance(attribute.description, StringAttr) else attribute.id
        identity = attribute.id
        first = f'!"{escape(identity.data.encode())}"' if isinstance(identity, StringAttr) else reference
        if isinstance(name, StringAttr) and name is not identity:
            parts.append(f'!"{escape(name.data.encode())}"')
        distinct = "" if isinstance(identity, StringAttr) else "distinct "
        self.define(reference, f"{distinct}!{{{', '.join([first, *parts])}}}")
        return reference

    def tbaa(self, attribute: Attribute) -> str:
        """The tag of an access, or a type of the tree it points into."""
        if isinstance(attribute, ArrayAttr):
            if len(attribute) != 1:
                raise PassFailure(f"an access has one TBAA tag, got {len(attribute)}")
            attribute = attribute.data[0]
        found = self._attributes.get(attribute)
        if found is None:
            found = self._attributes[attribute] = self._make_tbaa(attribute)
        return found

    def _make_tbaa(self, attribute: Attribute) -> str:
        if isinstance(attribute, llvm.TBAARootAttr):
            if isinstance(attribute.id, NoneAttr):
                reference = self.reserve()
                self.define(reference, f"distinct !{{{reference}}}")
                return reference
            return self.node(f'!{{!"{escape(attribute.id.data.encode())}"}}')
        if isinstance(attribute, llvm.TBAATypeDescriptorAttr):
            parts = [f'!"{escape(attribute.id.data.encode())}"']
            for member in attribute.members:
                parts += [self.tbaa(member.type_desc), f"i64 {member.offset.data}"]
            return self.tuple_of(parts)
        if isinstance(attribute, llvm.TBAATagAttr):
            parts = [self.tbaa(attribute.base_type), self.tbaa(attribute.access_type), f"i64 {attribute.offset.data}"]
            if isinstance(attribute.constant, IntegerAttr) and attribute.constant.value.data:
                parts.append("i64 1")
            return self.tuple_of(parts)
        raise PassFailure(f"`{attribute}` is not a TBAA tag")

    def weights(self, attribute: DenseArrayBase) -> str:
        """The node of branch weights."""
        parts = ['!"branch_weights"', *(f"i32 {weight}" for weight in llvm.integers(attribute))]
        return self.tuple_of(parts)

    def loop(self, attribute: llvm.LoopAnnotationAttr, locations: Sequence[str] = ()) -> str:
        """A new distinct node for one loop."""
        reference = self.reserve()
        parts = [reference, *locations]
        for key, value in zip(attribute.KEYS, attribute.parameters, strict=True):
            if isinstance(value, NoneAttr):
                continue
            if key == "disableNonforced":
                parts += self._flag("llvm.loop.disable_nonforced", value, bare=True)
            elif key == "mustProgress":
                parts += self._flag("llvm.loop.mustprogress", value, bare=True)
            elif key == "isVectorized":
                parts += self._flag("llvm.loop.isvectorized", value, bare=False)
            elif key == "parallelAccesses":
                assert isinstance(value, ArrayAttr)
                groups = ", ".join(self._scope(access) for access in value)
                parts.append(self.node(f'!{{!"llvm.loop.parallel_accesses", {groups}}}'))
            else:
                parts += self._loop_part(key, value)
        self.define(reference, f"distinct !{{{', '.join(parts)}}}")
        return reference

    def _loop_part(self, key: str, value: Attribute) -> list[str]:
        assert isinstance(value, llvm.KeyedAttr)
        parts: list[str] = []
        for name, setting in zip(value.KEYS, value.parameters, strict=True):
            if isinstance(setting, NoneAttr):
                continue
            if name == "disable" and key in _LOOP_SWITCHES:
                assert isinstance(setting, IntegerAttr)
                off, on = _LOOP_SWITCHES[key]
                disabled = bool(setting.value.data)
                word = off if disabled else on
                suffix = f", i1 {'false' if disabled else 'true'}" if off == on else ""
                parts.append(self.node(f'!{{!"{word}"{suffix}}}'))
            elif (key, name) in _LOOP_FLAGS:
                word = _LOOP_FLAGS[key, name]
                parts += self._flag(word, setting, bare=word in _BARE)
            else:
                raise PassFailure(f"loop hint `{key}.{name}` is not supported")
        return parts

    def _flag(self, word: str, value: Attribute, *, bare: bool) -> list[str]:
        assert isinstance(value, IntegerAttr)
        number = value.value.data
        if bare:
            return [self.node(f'!{{!"{word}"}}')] if number else []
        width = getattr(value.type, "width", None)
        if width is not None and width.data == 1:
            return [self.node(f'!{{!"{word}", i1 {"true" if number else "false"}}}')]
        return [self.node(f'!{{!"{word}", i32 {number}}}')]

    def access(self, op: Operation) -> str:
        """The metadata of a memory access or call: alias scopes, TBAA, groups, and what a loaded value is."""
        properties = op.properties
        parts: list[str] = []
        for name, label in _SCOPE_LISTS:
            value = properties.get(name)
            if value is not None and value.data:  # pyright: ignore[reportAttributeAccessIssue]
                parts.append(f", !{label} {self.scopes(value)}")
        if "tbaa" in properties:
            parts.append(f", !tbaa {self.tbaa(properties['tbaa'])}")
        if "nontemporal" in properties:
            parts.append(f", !nontemporal {self.node('!{i32 1}')}")
        if "invariant" in properties:
            parts.append(f", !invariant.load {self.node('!{}')}")
        if "invariantGroup" in properties:
            parts.append(f", !invariant.group {self.node('!{}')}")
        dereferenceable = properties.get("dereferenceable")
        if isinstance(dereferenceable, llvm.DereferenceableAttr):
            word = "dereferenceable"
            if isinstance(dereferenceable.mayBeNull, IntegerAttr) and dereferenceable.mayBeNull.value.data:
                word = "dereferenceable_or_null"
            parts.append(f", !{word} {self.node(f'!{{i64 {dereferenceable.bytes.data}}}')}")
        if op.attributes:
            parts += self._facts(op.attributes)
        return "".join(parts)

    def _facts(self, attributes: dict[str, Attribute]) -> list[str]:
        """What discardable attributes say about a loaded value: `llvm.range`, `llvm.nonnull`, `llvm.noundef`."""
        parts: list[str] = []
        bounds = attributes.get("llvm.range")
        if isinstance(bounds, llvm.ConstantRangeAttr):
            width = f"i{bounds.type.width.data}"  # pyright: ignore[reportAttributeAccessIssue]
            node = self.node(f"!{{{width} {bounds.lower.data}, {width} {bounds.upper.data}}}")
            parts.append(f", !range {node}")
        for name in ("nonnull", "noundef"):
            if f"llvm.{name}" in attributes:
                parts.append(f", !{name} {self.node('!{}')}")
        return parts


_SCOPE_LISTS = (
    ("alias_scopes", "alias.scope"),
    ("noalias_scopes", "noalias"),
    ("access_groups", "llvm.access.group"),
)
