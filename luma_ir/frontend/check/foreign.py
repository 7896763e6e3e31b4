"""What things are called in other languages, and what is written for them here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from luma_ir.frontend import ast
from luma_ir.frontend.check.entities import EnumInfo, ModuleInfo
from luma_ir.frontend.check.inference import resolve
from luma_ir.frontend.types import PRIMITIVES, ArrayType, EnumType, FixedType, StructType, Type
from luma_ir.ir.diagnostics import Edit, Help, Span

if TYPE_CHECKING:
    from luma_ir.frontend.check.calls import Calls

NAMES = {
    "println": "print", "printf": "print", "puts": "print", "echo": "print", "console": "print",
    "null": "None", "nil": "None", "none": "None", "NULL": "None", "nullptr": "None", "undefined": "None",
    "True": "true", "TRUE": "true", "False": "false", "FALSE": "false", "this": "self",
}  # fmt: skip
"""Values and functions that only have another name."""

TYPES = {
    "int": "i64", "Int": "i64", "integer": "i64", "Integer": "i64", "isize": "i64", "long": "i64", "Long": "i64",
    "int64": "i64", "int64_t": "i64", "ssize_t": "i64", "Int64": "i64", "number": "f64", "Number": "f64",
    "int32": "i32", "int32_t": "i32", "Int32": "i32", "int16": "i16", "int16_t": "i16", "short": "i16", "Int16": "i16",
    "int8": "i8", "int8_t": "i8", "Int8": "i8", "uint": "u64", "UInt": "u64", "usize": "u64", "size_t": "u64",
    "uint64": "u64", "uint64_t": "u64", "UInt64": "u64", "uint32": "u32", "uint32_t": "u32", "UInt32": "u32",
    "uint16": "u16", "uint16_t": "u16", "UInt16": "u16", "uint8": "u8", "uint8_t": "u8", "UInt8": "u8", "byte": "u8",
    "float": "f64", "Float": "f64", "double": "f64", "Double": "f64", "float64": "f64", "float32": "f32",
    "String": "string", "str": "string", "text": "string", "Bool": "bool", "boolean": "bool", "Boolean": "bool",
    "Char": "char", "character": "char", "Character": "char", "rune": "char",
    "void": "()", "unit": "()", "Unit": "()", "Void": "()", "Never": "never", "Exception": "Error",
}  # fmt: skip
"""Types without arguments that only have another name."""

_LISTS = frozenset(["Vec", "List", "list", "Array", "ArrayList", "Sequence", "Slice", "slice", "vector", "array"])
_MAPS = frozenset(["HashMap", "Dict", "dict", "Dictionary", "BTreeMap", "OrderedDict", "IndexMap", "map", "hash"])
_SETS = frozenset(["HashSet", "BTreeSet", "set", "FrozenSet", "unordered_set"])
_OPTIONS = frozenset(["Optional", "Maybe", "optional"])
_BOXES = frozenset(["Box", "Rc", "Arc", "RefCell", "Cell", "Cow", "Ref", "unique_ptr", "shared_ptr"])
_PARTS = {"VecDeque": ("Deque", "deque"), "BinaryHeap": ("Heap", "heap"), "PriorityQueue": ("Heap", "heap")}


def type_help(name: str, written: str, span: Span) -> Help | None:
    """
    What a type of another language is called here.

    Args:
        written: the whole type as it stands in the source, with its arguments.
    """
    args = written[len(name) :].removeprefix("::")[1:-1] if written.endswith(">") else ""
    is_prefix = span.source.text[span.end : span.end + 2] == "::"
    if is_prefix and name in _LISTS:
        return Help("an empty array is written `[]`")
    if is_prefix and name in _MAPS | _SETS:
        meant = "Map" if name in _MAPS else "Set"
        return Help(f"it is called `{meant}` here", Edit(Span(span.source, span.start, span.start + len(name)), meant))
    if is_prefix and TYPES.get(name) == "string":
        return Help('an empty string is written `""`, and a text in quotes is a `string`')
    if name in TYPES:
        return Help(f"it is called `{TYPES[name]}` here", Edit(span, TYPES[name]))
    if name in _BOXES:
        message = "every value stands for itself, so no box is needed"
        return Help(message, Edit(span, args)) if args else Help(message)
    meant = ""
    if name in _LISTS:
        meant = f"[{args or 'T'}]"
    elif name in _MAPS:
        meant = f"Map<{args or 'K, V'}>"
    elif name in _SETS:
        meant = f"Set<{args or 'T'}>"
    elif name in _OPTIONS:
        meant = f"{args or 'T'}?"
    elif name in _PARTS:
        found, module = _PARTS[name]
        return Help(f"it is called `{found}` here: `import std.{module}.{{{found}}};`")
    elif name in ("Any", "object", "Object", "dynamic", "dyn"):
        return Help("a value of any type that implements a trait is an `any Trait`")
    if not meant:
        return None
    return Help(f"it is written `{meant}` here", Edit(span, meant) if args else None)


def variant_help(module: ModuleInfo, name: str, span: Span) -> Help | None:
    """The enum of a module that has a variant of that name."""
    for item in module.items.values():
        if isinstance(item, EnumInfo) and any(variant.name.text == name for variant in item.decl.variants):
            meant = f"{item.name}::{name}"
            return Help(f"a variant is written with its enum: `{meant}`", Edit(span, meant))
    return None


# ---- functions

_AS_METHODS = {
    "len": "len", "length": "len", "count": "len", "sum": "sum", "sorted": "sorted", "reversed": "reversed",
    "enumerate": "enumerate", "sqrt": "sqrt", "floor": "floor", "ceil": "ceil", "round": "round", "any": "any",
    "all": "all", "iter": "iter", "list": "collect", "next": "next", "chr": "", "ord": "", "pop": "pop",
}  # fmt: skip
"""Functions of one argument that are methods here."""

_HINTS = {
    "input": "a line of the standard input comes from `io.read_line()`: `import std.io;`",
    "scanf": "a line of the standard input comes from `io.read_line()`: `import std.io;`",
    "exit": "a program ends by `process.exit(status)`: `import std.process;`",
    "open": "a file is read by `fs.read(path)`: `import std.fs;`",
    "sleep": "the functions of clocks are in `std.time`",
    "malloc": "memory is taken and given back by itself",
    "free": "memory is taken and given back by itself",
    "drop": "memory is taken and given back by itself",
    "type": "the compiler knows every type; a wrong annotation makes it tell: `let _: () = value;`",
    "typeof": "the compiler knows every type; a wrong annotation makes it tell: `let _: () = value;`",
    "super": "there is no inheritance; the default method of a trait is called by its own name",
    "isinstance": "an enum has variants, which `match` tells apart",
    "Some": "",
}


def call_help(self: Calls, name: str, node: ast.CallExpr) -> Help | None:
    """What is written for a call of a function of another language that has no such name here."""
    span = Span(self.source, node.start, node.end)
    args = [arg.value for arg in node.args if arg.name is None]
    texts = [self.text(arg) for arg in args]
    if name == "range" and 1 <= len(args) <= 3:
        first, last = (_operand(texts[0], args[0]), _operand(texts[1], args[1])) if len(args) > 1 else ("0", texts[0])
        if len(args) == 1:
            last = _operand(texts[0], args[0])
        meant = f"{first}..{last}" if len(args) < 3 else f"({first}..{last}).step({texts[2]})"
        return Help(f"a range counts: `{meant}`", Edit(span, meant))
    if len(args) == 1:
        base = _operand(texts[0], args[0])
        if name in ("str", "string", "String", "repr", "to_string", "toString", "format") and '"' not in texts[0]:
            return Help("an f-string makes text of a value", Edit(span, f'f"{{{texts[0]}}}"'))
        if name in ("int", "float", "double", "parseInt", "parseFloat", "Int", "Float", "Number") or name in PRIMITIVES:
            wanted = name if name in PRIMITIVES else "i64" if "nt" in name else "f64"
            if wanted in ("bool", "char"):
                return Help("a value is converted by `as`", Edit(span, f"{base} as {wanted}"))
            if isinstance(args[0], ast.StringLiteral):
                return Help("a text is read by `parse`", Edit(span, f"{texts[0]}.parse::<{wanted}>()"))
            return Help(f"a number is converted by `as`, a text by `parse::<{wanted}>()`",
                        Edit(span, f"{base} as {wanted}"))  # fmt: skip
        if name in ("chr", "ord"):
            wanted = "char" if name == "chr" else "i64"
            return Help("it is converted by `as`", Edit(span, f"{base} as {wanted}"))
        if name in _AS_METHODS:
            meant = f"{base}.{_AS_METHODS[name]}()"
            return Help(f"that is a method: `{meant}`", Edit(span, meant))
    if len(args) == 2 and name in ("map", "filter", "append", "push", "pow", "join"):
        meant = f"{_operand(texts[1], args[1])}.{name}({texts[0]})"
        if name in ("append", "push", "join"):
            meant = f"{_operand(texts[0], args[0])}.{'push' if name == 'append' else name}({texts[1]})"
        elif name == "pow":
            meant = f"{_operand(texts[0], args[0])} ** {_operand(texts[1], args[1])}"
        return Help(f"that is written `{meant}`", Edit(span, meant))
    hint = _HINTS.get(name)
    return Help(hint) if hint else None


def _operand(text: str, node: ast.Expression) -> str:
    """The text of an expression as an operand."""
    plain = ast.NameExpr | ast.FieldExpr | ast.CallExpr | ast.MethodCallExpr | ast.IndexExpr | ast.IntLiteral
    simple = isinstance(node, plain | ast.StringLiteral | ast.ArrayExpr | ast.FloatLiteral)
    return text if simple or text.startswith("(") else f"({text})"


# ---- methods

_COUNT = (("len", "the number of elements is `len()`"),)
_ADD = (("push", "an element is added by `push`"), ("insert", "an element is added by `insert`"))
_HAS = (("contains", "that is asked by `contains`"), ("contains_key", "that is asked by `contains_key`"))
_FIND = tuple([(name, f"that is found by `{name}`") for name in ("index_of", "find", "position")])
METHODS: dict[str, tuple[tuple[str, str], ...]] = {
    "length": _COUNT, "size": _COUNT, "count": _COUNT, "append": _ADD, "add": _ADD, "push_back": _ADD, "push": _ADD,
    "includes": _HAS, "has": _HAS, "has_key": _HAS, "hasKey": _HAS, "containsKey": _HAS, "contains_key": _HAS[:1],
    "include": _HAS, "contain": _HAS, "containsValue": (), "indexOf": _FIND, "index": _FIND, "find_index": _FIND,
    "findIndex": _FIND, "set": (("insert", "an entry is set by `m[key] = value`, or by `insert`"),),
    "put": (("insert", "an entry is set by `m[key] = value`, or by `insert`"),),
}  # fmt: skip
_SAME = {
    "toUpperCase": "to_upper", "upper": "to_upper", "uppercased": "to_upper", "to_uppercase": "to_upper",
    "toLowerCase": "to_lower", "lower": "to_lower", "lowercased": "to_lower", "to_lowercase": "to_lower",
    "strip": "trim", "lstrip": "trim_start", "rstrip": "trim_end", "forEach": "for_each", "each": "for_each",
    "isEmpty": "is_empty", "empty": "is_empty", "every": "all", "some": "any", "foldl": "fold", "inject": "fold",
    "delete": "remove", "erase": "remove", "discard": "remove", "addAll": "extend", "concat": "extend",
    "push_all": "extend", "getOrDefault": "get_or", "get_or_default": "get_or", "entries": "items", "keySet": "keys",
    "to_list": "collect", "toList": "collect", "toArray": "collect", "to_vec": "collect", "startswith": "starts_with",
    "endswith": "ends_with", "charAt": "char_at", "at": "get", "getOrElse": "unwrap_or", "orElse": "unwrap_or",
    "isPresent": "is_some", "front": "first", "back": "last", "head": "first", "value": "unwrap",
}  # fmt: skip
_COPIES = frozenset(["clone", "copy", "cloned", "copied", "to_owned", "dup", "as_str", "as_ref", "deepcopy", "collect"])


def method_helps(self: Calls, type_: Type, node: ast.MethodCallExpr) -> list[Help | str]:
    """What is written for a method of another language that a type does not have here."""
    name = node.method
    span = self.span(name)
    choices = list(METHODS.get(name.text, ()))
    snake = re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: f"_{found[1].lower()}", name.text)
    choices += [(same, f"it is called `{same}` here") for same in (_SAME.get(name.text), snake) if same]
    for meant, message in choices:
        if meant != name.text and self.program.find_method(type_, meant, self.scope, self.unifier) is not None:
            return [Help(message, Edit(span, meant))]
    receiver = self.text(node.receiver)
    whole = Span(self.source, node.start, node.end)
    if name.text in ("to_string", "toString", "str", "to_s", "description") and '"' not in receiver:
        return [Help("an f-string makes text of a value", Edit(whole, f'f"{{{receiver}}}"'))]
    if name.text in ("iter", "into_iter") and isinstance(type_, ArrayType | FixedType):
        return [Help("an array is looped over as it is", Edit(whole, receiver))]
    if name.text == "iter_mut" and isinstance(type_, ArrayType | FixedType):
        return [Help("a loop that changes the elements runs over the place", Edit(whole, f"&{receiver}"))]
    if name.text in _COPIES and not node.args and (name.text != "collect" or isinstance(type_, ArrayType | FixedType)):
        what = "it is an array already" if name.text == "collect" else "a copy is what every value is"
        return [Help(what, Edit(whole, receiver))]
    if name.text in ("substring", "substr", "slice", "sub") and len(node.args) == 2:
        first, last = (self.text(arg.value) for arg in node.args)
        return [Help("a part is a slice, of which the end is left out", Edit(whole, f"{receiver}[{first}..{last}]"))]
    if name.text in ("push_front", "unshift", "prepend") and len(node.args) == 1:
        return [Help("an element is put at the front by `insert`",
                     Edit(whole, f"{receiver}.insert(0, {self.text(node.args[0].value)})"))]  # fmt: skip
    if name.text in ("shift", "pop_front") and isinstance(type_, ArrayType):
        return [Help("the first element is taken out by `remove`", Edit(whole, f"{receiver}.remove(0)"))]
    return []


def inner_helps(self: Calls, type_: Type, name: str) -> list[Help | str]:
    """The way to a method that what is in an option or a result has."""
    if not isinstance(type_, EnumType):
        return []
    symbol = type_.definition.symbol
    if symbol not in ("std.option.Option", "std.result.Result"):
        return []
    inner = resolve(type_.args[0])
    if not isinstance(inner, Type) or self.program.find_method(inner, name, self.scope, self.unifier) is None:
        return []
    pattern, what = ("Some", "option") if symbol == "std.option.Option" else ("Ok", "result")
    return [f"take the `{inner}` out of the {what} first: `if let {pattern}(value) = … {{ … }}`, `?` or `unwrap()`"]


def unimplemented_helps(self: Calls, type_: Type, name: str) -> list[Help | str]:
    """The traits of the program that have a method, for a type of the program that does not implement them."""
    if not isinstance(type_, StructType | EnumType):
        return []
    info = self.program.nominal_info(type_)
    shown = info.name if info is not None else str(type_)
    traits = [trait for trait in self.program.traits_with.get(name, ()) if not trait.module.is_library]
    return [f"the trait `{trait.name}` has it: write `impl {trait.name} for {shown} {{ … }}`" for trait in traits[:2]]
