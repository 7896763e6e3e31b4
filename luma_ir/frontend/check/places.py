"""Places: variables and paths into them; reading, changing and the static exclusivity rule."""

from __future__ import annotations

from luma_ir.frontend import ast, hir
from luma_ir.frontend.check.core import spelling_help
from luma_ir.frontend.check.entities import Binding, StructInfo
from luma_ir.frontend.check.indexing import Indexing
from luma_ir.frontend.check.inference import has_error, resolve, substitute
from luma_ir.frontend.check.ranges import is_range, slice_by, slice_text_by
from luma_ir.frontend.types import (
    ERROR,
    I64,
    ArrayType,
    FixedType,
    PtrType,
    StructType,
    TupleType,
    Type,
)
from luma_ir.ir.diagnostics import Edit, Help, Label, Span

PLACE_NODES = (ast.NameExpr, ast.FieldExpr, ast.TupleFieldExpr, ast.IndexExpr)


def overlap(lhs: hir.Place, rhs: hir.Place) -> bool:
    """
    Whether two places may have a part in common: different fields and different constant indices do not, an index
    that is not constant may be any, a place overlaps with its own parts.
    """
    if lhs.root is not rhs.root:
        return False
    for first, second in zip(lhs.steps, rhs.steps, strict=False):
        if isinstance(first, hir.FieldStep) and isinstance(second, hir.FieldStep):
            if first.index != second.index:
                return False
        elif isinstance(first, hir.IndexStep) and isinstance(second, hir.IndexStep):
            left, right = first.index, second.index
            if isinstance(left, hir.Constant) and isinstance(right, hir.Constant) and left.value != right.value:
                return False
    return True


class Places(Indexing):
    """Checks place expressions."""

    def place_or_value(self, node: ast.Expression) -> hir.Place | hir.Expr:
        """The place that an expression denotes, or its value where it is no place."""
        kind = type(node)
        if kind is ast.NameExpr:
            return self._name(node)  # type: ignore[arg-type]
        if kind is ast.FieldExpr:
            return self._field(node)  # type: ignore[arg-type]
        if kind is ast.IndexExpr:
            return self._index(node)  # type: ignore[arg-type]
        if kind is ast.TupleFieldExpr:
            return self._tuple_field(node)  # type: ignore[arg-type]
        if isinstance(node, ast.MethodCallExpr) and node.method.text in self.program.place_methods:
            return self.place_call(node)
        return self.expr(node)

    def expr_as(self, node: ast.Expression, expected: Type, why: str = "") -> hir.Expr:
        """Check an expression that must have a type."""
        return self.coerce(self.expr(node, expected), expected, node, why)

    def place_value(self, node: ast.Expression, expected: Type | None = None) -> hir.Expr:
        """The value of a place expression."""
        found = self.place_or_value(node)
        return self.read(found) if isinstance(found, hir.Place) else found

    def read(self, place: hir.Place) -> hir.Expr:
        """The value of a place."""
        root = place.root
        binding = self.bindings_of.get(root)
        if binding is not None:
            binding.used = True
        if root in self.unassigned:
            self._report_unassigned(root, place)
        if self.open_places:
            self._check_open(place, "read")
        return hir.Read(start=place.start, end=place.end, type=place.type, place=place)

    def _report_unassigned(self, root: hir.Local, place: hir.Place) -> None:
        self.unassigned -= {root}
        binding = self.bindings_of[root]
        self.error(
            "E0304",
            f"the variable `{root.name}` may not have a value yet",
            place,
            labels=[Label(Span(self.source, binding.start, binding.end), "declared here without a value")],
            helps=["assign it on every way that leads here"],
        )

    def _check_open(self, place: hir.Place, verb: str) -> None:
        for opened in self.open_places:
            if overlap(opened, place):
                self.error(
                    "E0303",
                    f"`{self.text(opened)}` cannot be {verb} while the loop changes it in place",
                    place,
                    labels=[Label(self.span(opened), "the loop runs over this place")],
                    helps=["loop over the indices instead, or over a copy"],
                )
                return

    # ---- steps

    def _name(self, node: ast.NameExpr) -> hir.Place | hir.Expr:
        found = self.find(node.name)
        if type(found) is Binding:
            if found.depth < len(self.frames):
                found = self.captured(found, node)
            local = found.local
            return hir.Place(start=node.start, end=node.end, root=local, steps=[], type=local.type)
        named = self.named(node)
        if named is None:
            return self.error_value(node)
        return self.value_of_named(named, node, None)

    def value_of_named(self, named: object, node: ast.Expression, expected: Type | None) -> hir.Place | hir.Expr:
        """The value that a name stands for; filled in above."""
        raise NotImplementedError

    def captured(self, binding: Binding, node: ast.Node) -> Binding:
        """What holds a variable inside of a closure; filled in above."""
        raise NotImplementedError

    def extend(self, base: hir.Place | hir.Expr, step: hir.FieldStep | hir.IndexStep) -> hir.Place | hir.Expr:
        """A part of a place or of a value."""
        if isinstance(base, hir.Place):
            return hir.Place(start=base.start, end=step.end, root=base.root, steps=[*base.steps, step], type=step.type)
        if isinstance(base, hir.Project):
            return hir.Project(
                start=base.start, end=step.end, type=step.type, base=base.base, steps=[*base.steps, step]
            )
        return hir.Project(start=base.start, end=step.end, type=step.type, base=base, steps=[step])

    def _field(self, node: ast.FieldExpr) -> hir.Place | hir.Expr:
        module = self.module_of(node.base)
        if module is not None:
            entity = self.program.public_item(module, node.name, self.module)
            if entity is None:
                return self.error_value(node)
            return self.value_of_named(self._named_entity(entity, None), node, None)
        base = self.place_or_value(node.base)
        type_ = self.known(base.type, node.base, "to reach a field")
        found = self.field_of(base, type_, node.name)
        if found is not None:
            return found
        if type_ is not ERROR:
            self._no_field(type_, node)
        return self.error_value(node)

    def field_of(self, base: hir.Place | hir.Expr, type_: Type, name: ast.Name) -> hir.Place | hir.Expr | None:
        """A field of a place or of a value; None when its type has no such field."""
        if not isinstance(type_, StructType):
            return None
        info = self.program.nominal_info(type_)
        assert isinstance(info, StructInfo)
        number = info.field_numbers.get(name.text)
        if number is None:
            return None
        if info.module.home is not self.module.home and name.text in info.private_fields:
            self._check_private(info, name)
        field_type = info.definition.field_types[number]
        if type_.args:
            field_type = substitute(field_type, dict(zip(info.definition.type_params, type_.args, strict=True)))
        return self.extend(base, hir.FieldStep(start=name.start, end=name.end, index=number, type=field_type))

    def _check_private(self, info: StructInfo, name: ast.Name) -> None:
        """Report the use of a private field outside of its module; the library's modules see each other's."""
        if info.module.is_library and self.module.is_library:
            return
        decl = next(field for field in info.decl.fields if field.name.text == name.text)
        home = info.module.home
        declared = Span(home.source, decl.name.start, decl.name.end)
        shown = f"the field `{name.text}` of `{info.name}`"
        self.program.report_private(shown, declared, decl.name.start, home, self.module, self.span(name))

    def _no_field(self, type_: Type, node: ast.FieldExpr) -> None:
        name = node.name
        helps: list[Help] = []
        info = self.program.nominal_info(type_)
        if isinstance(info, StructInfo):
            helps = spelling_help(name.text, info.field_numbers, self.span(name))
        method = self.program.find_method(type_, name.text, self.scope, self.unifier)
        if method is not None:
            helps = [self.insert("a method is called with parentheses", name.end, "()")]
        elif name.text in ("length", "size", "count") and not helps:
            edit = Edit(self.span(name), "len()")
            helps = [Help("the number of elements is `len()`", edit)]
        self.error("E0109", f"`{type_}` has no field `{name.text}`", name, helps=helps)

    def _tuple_field(self, node: ast.TupleFieldExpr) -> hir.Place | hir.Expr:
        base = self.place_or_value(node.base)
        type_ = self.known(base.type, node.base, "to reach an element")
        if isinstance(type_, TupleType):
            if node.index < len(type_.elements):
                step = hir.FieldStep(start=node.end, end=node.end, index=node.index, type=type_.elements[node.index])
                return self.extend(base, step)
            self.error("E0109", f"`{type_}` has no element `{node.index}`", node)
        elif type_ is not ERROR:
            helps = []
            if isinstance(type_, ArrayType | FixedType):
                helps = [self.replace("elements of arrays are indexed", node, f"{self.text(node.base)}[{node.index}]")]
            self.error("E0109", f"`{type_}` is no tuple and has no element `{node.index}`", node, helps=helps)
        return self.error_value(node)

    def _index(self, node: ast.IndexExpr) -> hir.Place | hir.Expr:
        return self.index(node, self.place_or_value(node.base))

    def index(self, node: ast.IndexExpr, base: hir.Place | hir.Expr) -> hir.Place | hir.Expr:
        """`base[i]`, with the checked base."""
        type_ = self.known(base.type, node.base, "to index it")
        if isinstance(type_, ArrayType | FixedType):
            index = self.expr(node.index, I64)
            if is_range(index.type):
                value = self.read(base) if isinstance(base, hir.Place) else base
                return slice_by(self, value, type_.element, index, node)
            index = self.coerce(index, I64, node.index, "as an index")
            if isinstance(index, hir.Constant) and isinstance(index.value, int):
                self._check_constant_index(type_, index, node)
            step = hir.IndexStep(start=node.index.start, end=node.end, index=index, type=type_.element)
            return self.extend(base, step)
        found = self.user_index(node, base, type_)
        if found is not None:
            return found
        index = self.expr(node.index)
        if type_ is ERROR:
            return self.error_value(node)
        if type_ == self.program.string_type and is_range(index.type):
            return slice_text_by(self, self.read(base) if isinstance(base, hir.Place) else base, index, node)
        helps: list[Help | str] = []
        text = self.text(node.base)
        if type_ == self.program.string_type:
            shown = self.text(node.index)
            helps = [
                f"a byte is `{text}.bytes()[{shown}]`, a part is the slice `{text}[a..b]`, characters come from "
                f"`{text}.chars()`"
            ]
        elif isinstance(type_, TupleType):
            helps = [self.replace("elements of tuples are selected with `.`", node, f"{text}.{self.text(node.index)}")]
        elif isinstance(type_, PtrType):
            helps = ["a pointer is read by `p.offset(i).load()` in unsafe code"]
        if not has_error(index.type):
            self.error("E0211", f"`{type_}` cannot be indexed", node, helps=helps)
        return self.error_value(node)

    def _check_constant_index(self, type_: Type, index: hir.Constant, node: ast.IndexExpr) -> None:
        value = index.value
        assert isinstance(value, int)
        if isinstance(type_, FixedType) and value >= type_.size:
            self.error("E0208", f"the index {value} is out of range: the length is {type_.size}", node.index)
        elif value < 0:
            self.error(
                "E0208",
                f"the index {value} is negative",
                node.index,
                helps=[f"the last element is `{self.text(node.base)}[{self.text(node.base)}.len() - {-value}]`"],
            )

    # ---- changes

    def modify(self, place: hir.Place, node: ast.Expression, how: str) -> bool:
        """Make sure that a place may be changed, and note that it is; False after a report."""
        root = place.root
        binding = self.bindings_of.get(root)
        if binding is not None:
            if binding.kind in ("parameter", "constant", "capture"):
                self._read_only(binding, place, how)
                return False
            binding.written = True
            if place.steps or how != "assigned":
                binding.used = binding.used or how != "assigned"
        root.assigned = True
        if root in self.unassigned and (place.steps or how != "assigned"):
            self._report_unassigned(root, place)
        if self.open_places:
            self._check_open(place, "changed")
        return True

    def _read_only(self, binding: Binding, place: hir.Place, how: str) -> None:
        name = binding.local.name
        span = Span(self.source, binding.start, binding.end)
        if binding.kind == "constant":
            helps: list[Help | str] = []
            if self.source.text[: binding.start].rstrip().endswith("const"):
                at = self.source.text.rfind("const", 0, binding.start)
                edit = Edit(Span(self.source, at, at + 5), "let")
                helps = [Help("a variable is declared with `let`", edit)]
            self.error(
                "E0300",
                f"the constant `{name}` cannot be {how}",
                place,
                labels=[Label(span, "declared here")],
                helps=helps,
            )
            return
        function = self.info
        if binding.kind == "capture":
            self._captured_change(binding, place, how)
            return
        if name == "self":
            edit = Edit(span, "inout self")
            helps = [Help("a method that changes its receiver takes `inout self`", edit)]
        else:
            heads = self.frames[binding.depth - 1].node.params if binding.depth else ()
            head = next((param for param in heads if param.pattern.start == binding.start), None)
            if head is not None and head.is_inout:
                return  # That the closure may not say `inout` has been reported.
            helps = []
            body = self.frames[-1].node.body if self.frames else None
            if body is None and function is not None:
                body = function.decl.body
            if isinstance(body, ast.Block) and self.source.text[body.start] == "{":
                at = body.start + 1
                helps.append(
                    self.insert(f"for a variable of its own: `let {name} = {name};`", at, f" let {name} = {name};")
                )
            if head is not None:
                text = "to change it for the caller, mark it with `inout`"
                helps.append(self.insert(text, binding.start, "inout "))
            elif not binding.depth:
                helps.append(f"to change it for the caller, declare it `{name}: inout {binding.local.type}`")
        self.error(
            "E0300",
            f"the parameter `{name}` cannot be {how}",
            place,
            labels=[Label(span, "parameters are read-only")],
            helps=helps,
        )

    def _captured_change(self, binding: Binding, place: hir.Place, how: str) -> None:
        """Report a change of a variable that a closure has captured."""
        name = binding.local.name
        body = self.frames[-1].node.body
        helps: list[Help | str] = []
        if name == "self":
            helps.append("give the value to the closure as an `inout` parameter")
        else:
            if isinstance(body, ast.Block) and self.source.text[body.start] == "{":
                text = f"for a variable of the closure's own: `let {name} = {name};`"
                helps.append(self.insert(text, body.start + 1, f" let {name} = {name};"))
            helps.append("hand the new value out as the closure's result, or take an `inout` parameter")
            helps.append("a `for` loop in the place of the closure changes the variable itself")
        self.error(
            "E0308",
            f"the captured variable `{name}` cannot be {how} in a closure",
            place,
            labels=[Label(Span(self.source, binding.start, binding.end), "declared outside of the closure")],
            notes=["a closure captures by value: it has a copy, made when the closure is made"],
            helps=helps,
        )

    def inout_place(self, node: ast.Expression, what: str) -> hir.Place | None:
        """The place of an `inout` argument; None after a report."""
        found = self.place_or_value(node)
        if not isinstance(found, hir.Place):
            virtual = self.virtual_place(found) if what != "the loop" else None
            if virtual is not None:
                return virtual
            if not has_error(found.type):
                self.error(
                    "E0301",
                    f"this is a value, not a place that {what} could change",
                    node,
                    helps=["bind it to a variable with `let` first"],
                )
            return None
        return found if self.modify(found, node, "changed") else None

    def check_exclusive(self, args: list[hir.Arg], call: ast.Expression) -> None:
        """Two `inout` places of a call must not overlap."""
        places = [self.virtual_places.get(arg.place.root, arg.place) for arg in args if isinstance(arg, hir.InoutArg)]
        for number, second in enumerate(places):
            for first in places[:number]:
                if not overlap(first, second):
                    continue
                helps: list[Help | str] = []
                if (
                    first.root is second.root
                    and first.steps
                    and len(first.steps) == len(second.steps)
                    and isinstance(first.steps[-1], hir.IndexStep)
                    and isinstance(second.steps[-1], hir.IndexStep)
                ):
                    array = self.source.text[first.start : first.steps[-1].start].rstrip("[ ")
                    left, right = self.text(first.steps[-1].index), self.text(second.steps[-1].index)
                    if array and "swap" in self.text(call).split("(")[0]:
                        helps = [
                            self.replace(
                                "an array exchanges two of its elements itself", call, f"{array}.swap({left}, {right})"
                            )
                        ]
                self.error(
                    "E0303",
                    f"`{self.text(first)}` and `{self.text(second)}` are changed by one call and may overlap",
                    second,
                    labels=[Label(self.span(first), "the other `inout` place")],
                    helps=helps or ["copy one of them to a variable first"],
                )
                return

    def element_type(self, type_: Type) -> Type | None:
        """The element type of an array of any kind."""
        type_ = resolve(type_)
        return type_.element if isinstance(type_, ArrayType | FixedType) else None
