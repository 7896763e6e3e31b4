"""
Attributes of functions, parameters and results as LLVM IR text.
"""

from __future__ import annotations

from collections.abc import Mapping

from xdsl.dialects.builtin import ArrayAttr, DictionaryAttr, IntegerAttr, StringAttr, UnitAttr
from xdsl.ir import Attribute, Operation

from luma_ir.backend.translate_types import TypeWriter, escape
from luma_ir.dialects import llvm_ext as llvm
from luma_ir.ir.diagnostics import PassFailure

# Parameter and result attributes without a value; `nocapture` is what upstream still calls `captures(none)`.
_FLAGS: dict[str, str] = {
    name: name
    for name in (
        *("noalias", "nonnull", "noundef", "nofree", "nest", "readonly", "readnone", "writeonly", "returned"),
        *("signext", "zeroext", "noext", "inreg", "immarg", "swiftself", "swiftasync", "swifterror", "writable"),
        *("allocalign", "allocptr", "dead_on_unwind", "dead_on_return"),
    )
} | {"nocapture": "captures(none)"}

_INTEGERS: dict[str, str] = {
    "align": "align {}",
    "dereferenceable": "dereferenceable({})",
    "dereferenceable_or_null": "dereferenceable_or_null({})",
    "stackalignment": "alignstack({})",
}

_TYPES = frozenset({"sret", "byval", "byref", "inalloca", "preallocated", "elementtype", "elem_type"})

# Enum attributes of functions that stand alone; every other word is a string attribute.
FUNCTION_WORDS = frozenset(
    "alwaysinline builtin cold convergent coro_elide_safe coro_only_destroy_when_complete "  # noqa: SIM905
    "disable_sanitizer_instrumentation fn_ret_thunk_extern hot hybrid_patchable inlinehint jumptable minsize "
    "mustprogress naked nobuiltin nocallback nocf_check nodivergencesource noduplicate nofree noimplicitfloat "
    "noinline nomerge nonlazybind noprofile norecurse noredzone noreturn nosanitize_bounds nosanitize_coverage nosync "
    "nounwind null_pointer_is_valid optdebug optforfuzzing optnone optsize presplitcoroutine returns_twice safestack "
    "sanitize_address sanitize_hwaddress sanitize_memory sanitize_memtag sanitize_numerical_stability "
    "sanitize_realtime sanitize_realtime_blocking sanitize_thread sanitize_type shadowcallstack skipprofile "
    "speculatable speculative_load_hardening ssp sspreq sspstrong strictfp uwtable willreturn".split()
)

_FUNCTION_FLAGS = {
    "always_inline": "alwaysinline",
    "inline_hint": "inlinehint",
    "no_inline": "noinline",
    "no_unwind": "nounwind",
    "will_return": "willreturn",
    "optimize_none": "optnone",
    "convergent": "convergent",
    "noreturn": "noreturn",
}

_MEMORY_KEYS = {
    "argMem": "argmem",
    "inaccessibleMem": "inaccessiblemem",
    "errnoMem": "errnomem",
    "targetMem0": "target_mem0",
    "targetMem1": "target_mem1",
}

_ALLOC_KINDS = ("alloc", "realloc", "free", "uninitialized", "zeroed", "aligned")


def value_attributes(attributes: Mapping[str, Attribute], types: TypeWriter, op: Operation) -> str:
    """
    Attributes of a parameter or result, each with a blank before it.

    Raises:
        PassFailure: an `llvm.` attribute that LLVM does not know; those of other dialects say nothing to LLVM.
    """
    parts: list[str] = []
    for name, value in attributes.items():
        if not name.startswith("llvm."):
            continue
        key = name[5:]
        if key in _FLAGS:
            parts.append(_FLAGS[key])
        elif key in _INTEGERS and isinstance(value, IntegerAttr):
            parts.append(_INTEGERS[key].format(value.value.data))
        elif key in _TYPES:
            parts.append(f"{'elementtype' if key == 'elem_type' else key}({types.text(value)})")
        elif key == "range" and isinstance(value, llvm.ConstantRangeAttr):
            parts.append(f"range({types.text(value.type)} {value.lower.data}, {value.upper.data})")
        elif key == "nofpclass" and isinstance(value, IntegerAttr):
            parts.append(f"nofpclass({_float_classes(value.value.data)})")
        else:
            raise PassFailure(f"unknown attribute `{name}` on a parameter or result", op)
    return "".join(f" {part}" for part in parts)


def _float_classes(mask: int) -> str:
    words = ("snan", "qnan", "ninf", "nnorm", "nsub", "nzero", "pzero", "psub", "pnorm", "pinf")
    return " ".join(word for bit, word in enumerate(words) if mask >> bit & 1)


def dictionary(attributes: Attribute | None, index: int) -> Mapping[str, Attribute]:
    """The dictionary of one parameter or result out of `arg_attrs` or `res_attrs`."""
    if isinstance(attributes, ArrayAttr) and index < len(attributes):
        entry = attributes.data[index]
        if isinstance(entry, DictionaryAttr):
            return entry.data
    return {}


def memory_text(effects: llvm.MemoryEffectsAttr) -> str:
    """`memory(...)`: the default for other memory first, then what differs from it."""
    other = effects.other.data
    parts = [] if other == "none" else [other]
    for key, value in zip(effects.KEYS[1:], effects.parameters[1:], strict=True):
        if isinstance(value, StringAttr) and value.data != other:
            parts.append(f"{_MEMORY_KEYS[key]}: {value.data}")
    return f"memory({', '.join(parts) or 'none'})"


def _passthrough(entry: Attribute, op: Operation) -> str:
    if isinstance(entry, StringAttr):
        return entry.data if entry.data in FUNCTION_WORDS else f'"{escape(entry.data.encode())}"'
    if isinstance(entry, ArrayAttr) and len(entry) == 2:
        key, value = entry.data
        if isinstance(key, StringAttr) and isinstance(value, StringAttr):
            return _keyed(key.data, value.data)
    raise PassFailure(f"`{entry}` is not a function attribute", op)


def _keyed(key: str, value: str) -> str:
    """A function attribute with a value; integers are in the encoding of LLVM's C++ interface."""
    if key == "allocsize":
        if not value.isdigit():
            return f"allocsize({value})"
        size, count = int(value) >> 32, int(value) & 0xFFFFFFFF
        return f"allocsize({size})" if count == 0xFFFFFFFF else f"allocsize({size},{count})"
    if key == "allockind":
        if value.isdigit():
            value = ",".join(word for bit, word in enumerate(_ALLOC_KINDS) if int(value) >> bit & 1)
        return f'allockind("{value}")'
    if key == "alignstack":
        return f"alignstack={value}"
    if key == "uwtable":
        return "uwtable(sync)" if value == "1" else "uwtable"
    return f'"{escape(key.encode())}"="{escape(value.encode())}"'


_STRINGS = {
    "target_cpu": "target-cpu",
    "tune_cpu": "tune-cpu",
    "denormal_fp_math": "denormal-fp-math",
    "fp_contract": "fp-contract",
}


def function_attributes(op: Operation) -> str:
    """The attributes of a function, as they stand inside an attribute group."""
    properties = op.properties
    parts = [word for name, word in _FUNCTION_FLAGS.items() if name in properties]
    effects = properties.get("memory_effects")
    if isinstance(effects, llvm.MemoryEffectsAttr):
        parts.append(memory_text(effects))
    kind = properties.get("uwtable_kind")
    if isinstance(kind, llvm.UWTableKindAttr) and kind.word.data != "none":
        parts.append("uwtable(sync)" if kind.word.data == "sync" else "uwtable")
    scale = properties.get("vscale_range")
    if isinstance(scale, llvm.VScaleRangeAttr):
        parts.append(f"vscale_range({scale.minRange.value.data},{scale.maxRange.value.data})")
    passthrough = properties.get("passthrough")
    if isinstance(passthrough, ArrayAttr):
        parts += [_passthrough(entry, op) for entry in passthrough]
    for name, word in _STRINGS.items():
        value = properties.get(name)
        if isinstance(value, StringAttr):
            parts.append(f'"{word}"="{escape(value.data.encode())}"')
    features = properties.get("target_features")
    if isinstance(features, llvm.TargetFeaturesAttr):
        words = ",".join(feature.data for feature in features.features)
        parts.append(f'"target-features"="{escape(words.encode())}"')
    frame_pointer = properties.get("frame_pointer")
    if isinstance(frame_pointer, llvm.FramePointerKindAttr):
        parts.append(f'"frame-pointer"="{frame_pointer.data.value}"')
    return " ".join(dict.fromkeys(parts))


def call_attributes(op: Operation) -> str:
    """The function attributes of a call, each with a blank before it."""
    properties = op.properties
    parts = [word for name, word in _FUNCTION_FLAGS.items() if isinstance(properties.get(name), UnitAttr)]
    effects = properties.get("memory_effects")
    if isinstance(effects, llvm.MemoryEffectsAttr):
        parts.append(memory_text(effects))
    return "".join(f" {part}" for part in parts)
