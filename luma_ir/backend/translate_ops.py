"""
How each op of the `llvm` dialect is written as an LLVM instruction.

`EMITTERS_BY_NAME` maps op names to functions that append to the lines of a function; the module writer turns it into a
table by class as classes turn up, so xDSL's classes and ours of the same name are treated alike.
"""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects.builtin import ArrayAttr, DenseArrayBase, IntAttr, IntegerAttr, IntegerType, StringAttr
from xdsl.dialects.llvm import ATOMIC_ORDERING_KEYWORDS
from xdsl.ir import Attribute, Operation, SSAValue

from luma_ir.backend.translate_attributes import call_attributes, dictionary, value_attributes
from luma_ir.backend.translate_constants import constant_text, float_text, zero_text
from luma_ir.backend.translate_function import Emitter, FunctionWriter, split_operands
from luma_ir.backend.translate_types import FLOATS, escape, quoted
from luma_ir.dialects import llvm_ext as llvm
from luma_ir.ir.fast import operands_of

_INTEGER_PREDICATES = tuple(flag.value for flag in llvm.ICmpPredicateFlag)
_FLOAT_PREDICATES = tuple(f.value.removeprefix("_") for f in llvm.FCmpPredicateFlag)
_OVERFLOW = ("", " nsw", " nuw", " nuw nsw")
_ALL_FAST_MATH = 7
_METADATA = frozenset(
    {
        *("alias_scopes", "noalias_scopes", "access_groups", "tbaa"),
        *("nontemporal", "invariant", "invariantGroup", "dereferenceable"),
    }
)
"""Properties of an access that become metadata."""

_fast_math: dict[int, tuple[Attribute, str]] = {}


def fast_math(op: Operation) -> str:
    """The fast-math flags of an op, each with a blank before it."""
    attribute = op.properties.get("fastmathFlags")
    if attribute is None:
        return ""
    known = _fast_math.get(id(attribute))
    if known is None:
        flags = attribute.data  # pyright: ignore[reportAttributeAccessIssue]
        text = " fast" if len(flags) == _ALL_FAST_MATH else "".join(f" {flag.value}" for flag in flags)
        known = _fast_math[id(attribute)] = (attribute, text)
    return known[1]


def _number(attribute: Attribute | None, default: int = 0) -> int:
    return attribute.value.data if isinstance(attribute, IntegerAttr) else default


def _overflow(attribute: Attribute | None) -> str:
    if attribute is None:
        return ""
    if isinstance(attribute, IntegerAttr):
        return _OVERFLOW[attribute.value.data]
    return _OVERFLOW[attribute.to_int()]  # pyright: ignore[reportAttributeAccessIssue]


def _integer_binary(word: str) -> Emitter:
    """Two integers of one type; the flags an op of this name may have are read from its properties."""

    def emit(w: FunctionWriter, op: Operation) -> None:
        lhs, rhs = operands_of(op)
        flags = ""
        properties = op.properties
        if properties:
            flags = _overflow(properties.get("overflowFlags"))
            if "isExact" in properties:
                flags = " exact"
            elif "isDisjoint" in properties:
                flags = " disjoint"
        w.out.append(f"  {w.define(op.results[0])} = {word}{flags} {w.typed[lhs]}, {w.names[rhs]}")

    return emit


def _float_binary(word: str) -> Emitter:
    def emit(w: FunctionWriter, op: Operation) -> None:
        lhs, rhs = operands_of(op)
        w.out.append(f"  {w.define(op.results[0])} = {word}{fast_math(op)} {w.typed[lhs]}, {w.names[rhs]}")

    return emit


def _cast(word: str) -> Emitter:
    def emit(w: FunctionWriter, op: Operation) -> None:
        (value,) = operands_of(op)
        result = op.results[0]
        flags = fast_math(op)
        if "nonNeg" in op.properties:
            flags = " nneg"
        elif "overflowFlags" in op.properties:
            flags = _overflow(op.properties["overflowFlags"])
        w.out.append(f"  {w.define(result)} = {word}{flags} {w.typed[value]} to {w.type_text(result.type)}")

    return emit


def _unary(word: str) -> Emitter:
    def emit(w: FunctionWriter, op: Operation) -> None:
        (value,) = operands_of(op)
        w.out.append(f"  {w.define(op.results[0])} = {word}{fast_math(op)} {w.typed[value]}")

    return emit


def _operands(word: str) -> Emitter:
    """An instruction that lists its operands with their types."""

    def emit(w: FunctionWriter, op: Operation) -> None:
        texts = ", ".join([w.typed[value] for value in operands_of(op)])
        w.out.append(f"  {w.define(op.results[0])} = {word}{fast_math(op)} {texts}")

    return emit


def _icmp(w: FunctionWriter, op: Operation) -> None:
    lhs, rhs = operands_of(op)
    predicate = _INTEGER_PREDICATES[_number(op.properties["predicate"])]
    w.out.append(f"  {w.define(op.results[0])} = icmp {predicate} {w.typed[lhs]}, {w.names[rhs]}")


def _fcmp(w: FunctionWriter, op: Operation) -> None:
    lhs, rhs = operands_of(op)
    predicate = _FLOAT_PREDICATES[_number(op.properties["predicate"])]
    w.out.append(f"  {w.define(op.results[0])} = fcmp{fast_math(op)} {predicate} {w.typed[lhs]}, {w.names[rhs]}")


def _constant(w: FunctionWriter, op: Operation) -> None:
    result = op.results[0]
    w.constant(result, constant_text(op.properties["value"], result.type, w.module.types))


def _undef(w: FunctionWriter, op: Operation) -> None:
    w.constant(op.results[0], "undef")


def _poison(w: FunctionWriter, op: Operation) -> None:
    w.constant(op.results[0], "poison")


def _zero(w: FunctionWriter, op: Operation) -> None:
    result = op.results[0]
    type_ = result.type
    w.constant(result, float_text(0.0, type_) if type(type_) in FLOATS else zero_text(type_))


def _address_of(w: FunctionWriter, op: Operation) -> None:
    symbol = op.properties["global_name"].root_reference.data  # pyright: ignore[reportAttributeAccessIssue]
    w.constant(op.results[0], f"@{quoted(symbol)}")


def _alignment(op: Operation) -> str:
    alignment = op.properties.get("alignment")
    return "" if alignment is None else f", align {_number(alignment)}"


def _alloca(w: FunctionWriter, op: Operation) -> None:
    (size,) = operands_of(op)
    result = op.results[0]
    space = result.type.addr_space  # pyright: ignore[reportAttributeAccessIssue]
    suffix = f", addrspace({space.data})" if isinstance(space, IntAttr) and space.data else ""
    kind = " inalloca" if "inalloca" in op.properties else ""
    element = w.type_text(op.properties["elem_type"])
    count = "" if w.names[size] == "1" else f", {w.typed[size]}"
    w.out.append(f"  {w.define(result)} = alloca{kind} {element}{count}{_alignment(op)}{suffix}")


def _scope_name(op: Operation) -> str:
    scope = op.properties.get("syncscope")
    return f' syncscope("{escape(scope.data.encode())}")' if isinstance(scope, StringAttr) else ""


def _access(op: Operation) -> tuple[str, str]:
    """What stands before and after the operands of a load or store: `atomic volatile`, ordering and alignment."""
    properties = op.properties
    before = " volatile" if "volatile_" in properties else ""
    ordering = _number(properties.get("ordering"))
    if not ordering:
        return before, _alignment(op)
    return f" atomic{before}", f"{_scope_name(op)} {ATOMIC_ORDERING_KEYWORDS[ordering]}{_alignment(op)}"


def _load(w: FunctionWriter, op: Operation) -> None:
    (pointer,) = operands_of(op)
    result = op.results[0]
    before, after = _access(op)
    if op.attributes or not _METADATA.isdisjoint(op.properties):
        after += w.module.metadata.access(op)
    w.out.append(f"  {w.define(result)} = load{before} {w.type_text(result.type)}, {w.typed[pointer]}{after}")


def _store(w: FunctionWriter, op: Operation) -> None:
    value, pointer = operands_of(op)
    before, after = _access(op)
    if op.attributes or not _METADATA.isdisjoint(op.properties):
        after += w.module.metadata.access(op)
    w.out.append(f"  store{before} {w.typed[value]}, {w.typed[pointer]}{after}")


def _gep(w: FunctionWriter, op: Operation) -> None:
    operands = operands_of(op)
    properties = op.properties
    texts = gep_indices(properties["rawConstantIndices"], [w.typed[value] for value in operands[1:]])
    element = w.type_text(properties["elem_type"])
    w.out.append(
        f"  {w.define(op.results[0])} = getelementptr{gep_flags(op)} {element}, {w.typed[operands[0]]}, {texts}"
    )


def gep_flags(op: Operation) -> str:
    """The flags of a `getelementptr`, each with a blank before it."""
    flags = _number(op.properties.get("noWrapFlags"))
    if "inbounds" in op.properties:
        flags |= llvm.GEP_INBOUNDS
    if not flags:
        return ""
    text = ""
    if flags & llvm.GEP_INBOUNDS == llvm.GEP_INBOUNDS:
        text = " inbounds"
    elif flags & llvm.GEP_NUSW:
        text = " nusw"
    return f"{text} nuw" if flags & llvm.GEP_NUW else text


def gep_indices(raw: Attribute, dynamic: Sequence[str]) -> str:
    """The indices of a `getelementptr`: constants from `raw`, operands where it says so."""
    rest = iter(dynamic)
    assert isinstance(raw, DenseArrayBase)
    return ", ".join([next(rest) if index == llvm.GEP_USE_SSA_VAL else f"i32 {index}" for index in llvm.integers(raw)])


def _positions(op: Operation) -> str:
    position = op.properties["position"]
    assert isinstance(position, DenseArrayBase)
    return ", ".join(map(str, llvm.integers(position)))


def _extract_value(w: FunctionWriter, op: Operation) -> None:
    (container,) = operands_of(op)
    w.out.append(f"  {w.define(op.results[0])} = extractvalue {w.typed[container]}, {_positions(op)}")


def _insert_value(w: FunctionWriter, op: Operation) -> None:
    container, value = operands_of(op)
    texts = f"{w.typed[container]}, {w.typed[value]}, {_positions(op)}"
    w.out.append(f"  {w.define(op.results[0])} = insertvalue {texts}")


def _shuffle(w: FunctionWriter, op: Operation) -> None:
    first, second = operands_of(op)
    mask = op.properties["mask"]
    assert isinstance(mask, DenseArrayBase)
    lanes = [f"i32 {'poison' if lane < 0 else lane}" for lane in llvm.integers(mask)]
    texts = f"{w.typed[first]}, {w.typed[second]}, <{len(lanes)} x i32> <{', '.join(lanes)}>"
    w.out.append(f"  {w.define(op.results[0])} = shufflevector {texts}")


def _atomic_rmw(w: FunctionWriter, op: Operation) -> None:
    pointer, value = operands_of(op)
    word = llvm.ATOMIC_OPERATIONS[_number(op.properties["bin_op"])].lstrip("_")
    volatile = " volatile" if "volatile_" in op.properties else ""
    ordering = ATOMIC_ORDERING_KEYWORDS[_number(op.properties["ordering"])]
    after = f"{_scope_name(op)} {ordering}{_alignment(op)}{w.module.metadata.access(op)}"
    w.out.append(
        f"  {w.define(op.results[0])} = atomicrmw{volatile} {word} {w.typed[pointer]}, {w.typed[value]}{after}"
    )


def _cmpxchg(w: FunctionWriter, op: Operation) -> None:
    pointer, compare, value = operands_of(op)
    flags = " weak" if "weak" in op.properties else ""
    flags += " volatile" if "volatile_" in op.properties else ""
    success = ATOMIC_ORDERING_KEYWORDS[_number(op.properties["success_ordering"])]
    failure = ATOMIC_ORDERING_KEYWORDS[_number(op.properties["failure_ordering"])]
    texts = f"{w.typed[pointer]}, {w.typed[compare]}, {w.typed[value]}{_scope_name(op)} {success} {failure}"
    after = f"{_alignment(op)}{w.module.metadata.access(op)}"
    w.out.append(f"  {w.define(op.results[0])} = cmpxchg{flags} {texts}{after}")


def _fence(w: FunctionWriter, op: Operation) -> None:
    ordering = ATOMIC_ORDERING_KEYWORDS[_number(op.properties["ordering"])]
    w.out.append(f"  fence{_scope_name(op)} {ordering}")


def _return(w: FunctionWriter, op: Operation) -> None:
    operands = operands_of(op)
    w.out.append(f"  ret {w.typed[operands[0]]}" if operands else "  ret void")


def _unreachable(w: FunctionWriter, op: Operation) -> None:
    w.out.append("  unreachable")


def _resume(w: FunctionWriter, op: Operation) -> None:
    w.out.append(f"  resume {w.typed[operands_of(op)[0]]}")


def _hints(w: FunctionWriter, op: Operation) -> str:
    text = ""
    weights = op.properties.get("branch_weights")
    if isinstance(weights, DenseArrayBase):
        text = f", !prof {w.module.metadata.weights(weights)}"
    loop = op.properties.get("loop_annotation")
    if isinstance(loop, llvm.LoopAnnotationAttr):
        text += f", !llvm.loop {w.module.metadata.loop(loop)}"
    return text


def _br(w: FunctionWriter, op: Operation) -> None:
    w.out.append(f"  br label %{w.label(op, 0)}{_hints(w, op) if op.properties else ''}")


def _cond_br(w: FunctionWriter, op: Operation) -> None:
    condition = operands_of(op)[0]
    hints = _hints(w, op) if len(op.properties) > 1 else ""
    w.out.append(f"  br {w.typed[condition]}, label %{w.label(op, 0)}, label %{w.label(op, 1)}{hints}")


def _switch(w: FunctionWriter, op: Operation) -> None:
    assert isinstance(op, llvm.SwitchOp)
    value = operands_of(op)[0]
    type_ = value.type
    assert isinstance(type_, IntegerType)
    width = type_.width.data
    cases = []
    values = [] if op.case_values is None else op.case_values.get_values()
    for index, number in enumerate(values, 1):
        text = str(number) if width > 1 else ("true" if int(number) & 1 else "false")
        cases.append(f"i{width} {text}, label %{w.label(op, index)}")
    w.out.append(f"  switch {w.typed[value]}, label %{w.label(op, 0)} [ {' '.join(cases)} ]{_hints(w, op)}")


def _callee(w: FunctionWriter, op: Operation, arguments: Sequence[SSAValue]) -> tuple[str, Sequence[SSAValue]]:
    """What is called, and the arguments it gets."""
    callee = op.properties.get("callee")
    if callee is None:
        return w.names[arguments[0]], arguments[1:]
    return f"@{quoted(callee.root_reference.data)}", arguments  # pyright: ignore[reportAttributeAccessIssue]


def _arguments(w: FunctionWriter, op: Operation, arguments: Sequence[SSAValue]) -> str:
    attributes = op.properties.get("arg_attrs")
    if attributes is None:
        return ", ".join([w.typed[value] for value in arguments])
    texts = []
    for index, value in enumerate(arguments):
        entry = value_attributes(dictionary(attributes, index), w.module.types, op)
        texts.append(f"{w.type_text(value.type)}{entry} {w.names[value]}")
    return ", ".join(texts)


def bundles_text(w: FunctionWriter, op: Operation, operands: Sequence[SSAValue]) -> str:
    """The operand bundles of a call, with a blank before them."""
    tags = op.properties.get("op_bundle_tags")
    if not isinstance(tags, ArrayAttr) or not tags.data:
        return ""
    sizes = op.properties["op_bundle_sizes"]
    assert isinstance(sizes, DenseArrayBase)
    texts = []
    for tag, values in llvm.split_bundles(tags, sizes, operands):
        texts.append(f'"{escape(tag.encode())}"({", ".join(w.typed[value] for value in values)})')
    return f" [ {', '.join(texts)} ]"


def _call_head(w: FunctionWriter, op: Operation) -> str:
    """Convention, result attributes and result or function type of a call, up to the callee."""
    properties = op.properties
    convention = properties["CConv"].convention.data  # pyright: ignore[reportAttributeAccessIssue]
    text = f" {convention}" if convention != "ccc" else ""
    result_attributes = properties.get("res_attrs")
    if result_attributes is not None:
        text += value_attributes(dictionary(result_attributes, 0), w.module.types, op)
    variadic = properties.get("var_callee_type")
    if isinstance(variadic, llvm.LLVMFunctionType):
        return f"{text} {w.module.types.function(variadic)}"
    return f"{text} {w.type_text(op.results[0].type) if op.results else 'void'}"


def _call(w: FunctionWriter, op: Operation) -> None:
    properties = op.properties
    arguments, bundle_operands = split_operands(op)
    callee, arguments = _callee(w, op, arguments)
    kind = properties.get("TailCallKind")
    tail = "" if kind is None else kind.data.value  # pyright: ignore[reportAttributeAccessIssue]
    tail = "" if tail in ("", "none") else f"{tail} "
    after = call_attributes(op) + bundles_text(w, op, bundle_operands) + w.module.metadata.access(op)
    weights = properties.get("branch_weights")
    if isinstance(weights, DenseArrayBase):
        after += f", !prof {w.module.metadata.weights(weights)}"
    text = f"{tail}call{fast_math(op)}{_call_head(w, op)} {callee}({_arguments(w, op, arguments)}){after}"
    w.out.append(f"  {w.define(op.results[0])} = {text}" if op.results else f"  {text}")


def _invoke(w: FunctionWriter, op: Operation) -> None:
    arguments, _, _, bundle_operands = split_operands(op)
    callee, arguments = _callee(w, op, arguments)
    after = bundles_text(w, op, bundle_operands) + _hints(w, op)
    text = f"invoke{_call_head(w, op)} {callee}({_arguments(w, op, arguments)})"
    text += f" to label %{w.label(op, 0)} unwind label %{w.label(op, 1)}{after}"
    w.out.append(f"  {w.define(op.results[0])} = {text}" if op.results else f"  {text}")


def _landingpad(w: FunctionWriter, op: Operation) -> None:
    result = op.results[0]
    clauses = " cleanup" if "cleanup" in op.properties else ""
    for value in operands_of(op):
        word = "catch" if isinstance(value.type, llvm.LLVMPointerType) else "filter"
        clauses += f" {word} {w.typed[value]}"
    w.out.append(f"  {w.define(result)} = landingpad {w.type_text(result.type)}{clauses}")


def _inline_asm(w: FunctionWriter, op: Operation) -> None:
    properties = op.properties
    words = " sideeffect" if "has_side_effects" in properties else ""
    words += " alignstack" if "is_align_stack" in properties else ""
    words += " inteldialect" if _number(properties.get("asm_dialect")) == 1 else ""
    asm, constraints = properties["asm_string"], properties["constraints"]
    assert isinstance(asm, StringAttr)
    assert isinstance(constraints, StringAttr)
    body = f'asm{words} "{escape(asm.data.encode())}", "{escape(constraints.data.encode())}"'
    arguments = ", ".join(w.typed[value] for value in operands_of(op))
    if not op.results:
        w.out.append(f"  call void {body}({arguments})")
        return
    result = op.results[0]
    w.out.append(f"  {w.define(result)} = call {w.type_text(result.type)} {body}({arguments})")


_INTEGER_BINARY = {
    **{name: name for name in ("add", "sub", "mul", "udiv", "sdiv", "urem", "srem", "and", "or", "xor")},
    **{name: name for name in ("shl", "lshr", "ashr")},
}
_CASTS = (
    *("trunc", "zext", "sext", "fptosi", "fptoui", "sitofp", "uitofp", "fptrunc", "fpext", "inttoptr", "ptrtoint"),
    *("bitcast", "addrspacecast"),
)

EMITTERS_BY_NAME: dict[str, Emitter] = {
    **{f"llvm.{name}": _integer_binary(word) for name, word in _INTEGER_BINARY.items()},
    **{f"llvm.{name}": _float_binary(name) for name in ("fadd", "fsub", "fmul", "fdiv", "frem")},
    **{f"llvm.{name}": _cast(name) for name in _CASTS},
    **{f"llvm.{name}": _unary(name) for name in ("fneg", "freeze")},
    **{f"llvm.{name}": _operands(name) for name in ("select", "extractelement", "insertelement")},
    "llvm.icmp": _icmp,
    "llvm.fcmp": _fcmp,
    "llvm.mlir.constant": _constant,
    "llvm.mlir.undef": _undef,
    "llvm.mlir.poison": _poison,
    "llvm.mlir.zero": _zero,
    "llvm.mlir.none": _zero,
    "llvm.mlir.addressof": _address_of,
    "llvm.alloca": _alloca,
    "llvm.load": _load,
    "llvm.store": _store,
    "llvm.getelementptr": _gep,
    "llvm.extractvalue": _extract_value,
    "llvm.insertvalue": _insert_value,
    "llvm.shufflevector": _shuffle,
    "llvm.atomicrmw": _atomic_rmw,
    "llvm.cmpxchg": _cmpxchg,
    "llvm.fence": _fence,
    "llvm.return": _return,
    "llvm.unreachable": _unreachable,
    "llvm.resume": _resume,
    "llvm.br": _br,
    "llvm.cond_br": _cond_br,
    "llvm.switch": _switch,
    "llvm.call": _call,
    "llvm.invoke": _invoke,
    "llvm.landingpad": _landingpad,
    "llvm.inline_asm": _inline_asm,
}
"""How ops are written, by name."""
