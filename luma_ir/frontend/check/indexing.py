"""
Indexing of the user's types: `m[k]` by `Index` and `IndexSet`, and methods marked `#[place]`.

A `#[place]` method is one place expression, such as `self.entries[self.slot(key)].value`. Where a place is wanted it is
expanded: the steps of its body behind those of the receiver, the arguments evaluated once. An `index` that is not
marked so is a value; to change a part of it, it is read into a hidden variable and written back by `index_set`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import define, evolve, field, fields

from luma_ir.frontend import ast, hir
from luma_ir.frontend.check.entities import Bound, FunctionInfo, ImplInfo, TraitInfo
from luma_ir.frontend.check.inference import has_error, resolve, substitute, zonk
from luma_ir.frontend.check.names import Names
from luma_ir.frontend.check.traits import substituted
from luma_ir.frontend.types import (
    ERROR,
    NEVER,
    UNIT,
    AnyType,
    AssocType,
    EnumType,
    ParamType,
    StructType,
    Type,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


_INDEXED = (StructType, EnumType, ParamType, AssocType, AnyType)
"""What may have an `index` of its own; the others have a builtin one, or none."""


@define(eq=False)
class IndexMethod:
    """`index` or `index_set` of a type: its function, what the type parameters around it stand for, and the callee."""

    info: FunctionInfo
    mapping: dict[str, Type]
    callee: hir.Callee
    params: list[Type]
    """The types of the parameters behind `self`."""
    result: Type


@define(eq=False)
class UserIndex:
    """What a call of `index` was made of."""

    base: hir.Place | hir.Expr
    key: hir.Expr
    node: ast.IndexExpr
    method: IndexMethod


class Indexing(Names):
    """Checks `m[k]` on the user's types."""

    def place_or_value(self, node: ast.Expression) -> hir.Place | hir.Expr:
        """The place that an expression denotes, or its value; filled in above."""
        raise NotImplementedError

    def expr(self, node: ast.Expression, expected: Type | None = None) -> hir.Expr:
        """Check an expression; filled in above."""
        raise NotImplementedError

    def expr_as(self, node: ast.Expression, expected: Type, why: str = "") -> hir.Expr:
        """Check an expression that must have a type; filled in above."""
        raise NotImplementedError

    def read(self, place: hir.Place) -> hir.Expr:
        """The value of a place; filled in above."""
        raise NotImplementedError

    def modify(self, place: hir.Place, node: ast.Expression, how: str) -> bool:
        """Make sure that a place may be changed; filled in above."""
        raise NotImplementedError

    # ---- finding the methods

    def _index_method(self, type_: Type, name: str, key: ast.Expression) -> tuple[IndexMethod, hir.Expr] | None:
        """`index` or `index_set` of a type with the checked key; None where the type has none for such a key."""
        program = self.program
        trait = program.library_trait("Index" if name == "index" else "IndexSet")
        inherent = program.inherent_method(type_, name, self.unifier)
        if inherent is not None and len(program.function(inherent.info).params) > 1:
            found = self._of_function(inherent.info, dict(inherent.mapping))
            return found, self.expr_as(key, found.params[0], "as an index")
        if trait is None:
            return None
        program.trait(trait)
        choices = program.trait_choices(type_, trait, self.scope)
        if not choices:
            return None
        hint = None
        is_only = len(choices) == 1
        if is_only:
            only = self._matched(choices[0], type_, is_only=True)
            hint = only[0][0] if only is not None else None
        value = self.expr(key, hint)
        for choice in choices:
            mark = self.unifier.mark()
            matched = self._matched(choice, type_, is_only=is_only)
            if matched is not None:
                args, mapping = matched
                if self.unifier.try_unify(args[0], value.type) or (is_only and self.adapt(value, args[0])):
                    if isinstance(choice, ImplInfo):
                        self._require_bounds_of(choice, mapping, key, type_)
                        if is_only and name in choice.methods:
                            return self._of_function(choice.methods[name], mapping), value
                    return self._of_trait(trait, choice, name, type_, args), value
            self.unifier.undo(mark)
        if not has_error(value.type):
            kinds = " or ".join(f"`{zonk(args[0])}`" for args in self._keys(choices, type_))
            self.error("E0200", f"`{type_}` is indexed by {kinds}, found `{zonk(value.type)}`", key)
        callee = hir.TraitMethodRef(trait.symbol, name, ERROR, (), ERROR)
        return IndexMethod(trait.methods[name], {}, callee, [], ERROR), value

    def _matched(
        self, choice: ImplInfo | Bound, type_: Type, *, is_only: bool
    ) -> tuple[tuple[Type, ...], dict[str, Type]] | None:
        """
        The trait's arguments that a choice gives for a type, and what the type parameters of the impl stand for.

        The bounds of the only impl there is do not decide whether it is meant: they are demanded of the type instead.
        """
        if isinstance(choice, Bound):
            return choice.args, {}
        assert choice.bound is not None
        mapping = self.program.instantiate(choice.type_params)
        if not self.unifier.unify(substitute(choice.self_type, mapping), type_):
            return None
        if not is_only and not self.program.bounds_hold(choice, mapping, self.scope, self.unifier):
            return None
        return tuple([substitute(arg, mapping) for arg in choice.bound.args]), mapping

    def _require_bounds_of(self, impl: ImplInfo, mapping: dict[str, Type], key: ast.Node, type_: Type) -> None:
        info = self.program.nominal_info(type_)
        reason = f"an index into a `{info.name if info is not None else type_}` needs it"
        wanted = [(mapping[name], bound) for name in impl.type_params for bound in impl.scope.params[name]]
        wanted += [(substitute(subject, mapping), bound) for subject, bound in impl.scope.where]
        for subject, bound in wanted:
            self.require(subject, substituted(bound, mapping), key, reason)

    def _keys(self, choices: Sequence[ImplInfo | Bound], type_: Type) -> list[tuple[Type, ...]]:
        found = []
        for choice in choices:
            mark = self.unifier.mark()
            args = self.program.match_choice(choice, type_, self.scope, self.unifier)
            if args is not None:
                found.append(tuple(map(zonk, args)))
            self.unifier.undo(mark)
        return found

    def _of_function(self, info: FunctionInfo, mapping: dict[str, Type]) -> IndexMethod:
        function = self.program.function(info).function
        assert function is not None
        callee = hir.FunctionRef(function, tuple([mapping[name] for name in function.type_params]))
        params = [substitute(param.type, mapping) for param in info.params[1:]]
        return IndexMethod(info, mapping, callee, params, substitute(function.result, mapping))

    def _of_trait(
        self, trait: TraitInfo, choice: ImplInfo | Bound, name: str, type_: Type, args: tuple[Type, ...]
    ) -> IndexMethod:
        program = self.program
        if isinstance(choice, ImplInfo):
            found = program.find_impl(type_, Bound(trait, args), self.scope, self.unifier)
            if found is not None and name in found[0].methods:
                return self._of_function(found[0].methods[name], found[1])
        method = program.function(trait.methods[name])
        assert method.function is not None
        mapping = {"Self": type_, **dict(zip(trait.type_params, args, strict=True))}
        result = substitute(method.function.result, mapping)
        inout = tuple([param.inout for param in method.params])
        callee = hir.TraitMethodRef(trait.symbol, name, type_, inout, result, args)
        params = [substitute(param.type, mapping) for param in method.params[1:]]
        return IndexMethod(method, mapping, callee, params, result)

    # ---- reading and changing

    def user_index(self, node: ast.IndexExpr, base: hir.Place | hir.Expr, type_: Type) -> hir.Place | hir.Expr | None:
        """`m[k]` by the type's own `index`: a place where that is marked `#[place]`; None where it has none."""
        if not isinstance(type_, _INDEXED):
            return None
        found = self._index_method(type_, "index", node.index)
        if found is None:
            return None
        method, key = found
        if method.result is ERROR:
            return self.error_value(node)
        if isinstance(base, hir.Place) and method.info.decl.attribute("place") is not None:
            place = self.expand_place(method.info, method.mapping, base, [key], node)
            if place is not None:
                return place
        value = self.read(base) if isinstance(base, hir.Place) else base
        args: list[hir.Arg] = [hir.ValueArg(param=0, value=value), hir.ValueArg(param=1, value=key)]
        call = hir.Call(start=node.start, end=node.end, type=method.result, callee=method.callee, args=args)
        self.user_indices[id(call)] = UserIndex(base, key, node, method)
        return call

    def assign_index(
        self, node: ast.AssignStmt, target: ast.IndexExpr, base: hir.Place | hir.Expr, into: list[hir.Statement]
    ) -> bool:
        """`m[k] = v;` by the type's own `index_set`; False where it has none."""
        type_ = resolve(base.type)
        if not isinstance(type_, _INDEXED):
            return False
        found = self._index_method(type_, "index_set", target.index)
        if found is None:
            return False
        method, key = found
        if method.result is ERROR:
            self.expr(node.value)
            return True
        value = self.expr_as(node.value, method.params[1], "for the element")
        mark = self.virtual_mark()
        place = self.place_to_change(base, target.base)
        if place is None:
            return True
        if self.modify(place, target.base, "changed"):
            args: list[hir.Arg] = [
                hir.InoutArg(param=0, place=place),
                hir.ValueArg(param=1, value=key),
                hir.ValueArg(param=2, value=value),
            ]
            call = hir.Call(start=node.start, end=node.end, type=UNIT, callee=method.callee, args=args)
            made = self.with_write_backs(mark, call)
            into.append(hir.ExprStatement(start=node.start, end=node.end, value=made))
        return True

    def place_to_change(self, found: hir.Place | hir.Expr, node: ast.Expression) -> hir.Place | None:
        """
        A place for what may be the value of a user's `index`: a hidden variable that is written back afterwards.

        None after a report: it is a value like any other.
        """
        if isinstance(found, hir.Place):
            return found
        place = self.virtual_place(found)
        if place is None and not has_error(found.type):
            self.error(
                "E0301",
                "this is a value, not a place that could be changed",
                node,
                helps=["bind it to a variable with `let` first"],
            )
        return place

    def virtual_place(self, value: hir.Expr) -> hir.Place | None:
        """A hidden variable for what `index` gave, which is written back; None where there is no `index_set`."""
        steps: list[hir.Step] = []
        if isinstance(value, hir.Project):
            steps, value = value.steps, value.base
        known = self.user_indices.get(id(value))
        if known is None or not isinstance(value, hir.Call):
            return None
        base = known.base if isinstance(known.base, hir.Place) else self.virtual_place(known.base)
        if base is None:
            return None
        type_ = resolve(base.type)
        node, method = known.node, known.method
        if method.info.decl.attribute("place") is not None:
            # The receiver was no place when it was read; now it is one.
            place = self.expand_place(method.info, method.mapping, base, [known.key], node)
            if place is not None:
                last = steps[-1].type if steps else place.type
                return hir.Place(
                    start=node.start, end=node.end, root=place.root, steps=[*place.steps, *steps], type=last
                )
        let_key, key = self.bind_hidden(known.key)
        stable, lets = self.stable_place(base)
        setter = self._setter(type_, known.key.type)
        if setter is None or not self.modify(base, node.base, "changed"):
            return None
        value.args[1] = hir.ValueArg(param=1, value=self.read_local(key, node))
        again = hir.Read(start=node.start, end=node.end, type=base.type, place=stable)
        value.args[0] = hir.ValueArg(param=0, value=again)
        let_value, local = self.bind_hidden(value)
        self.before_change += [*lets, let_key, let_value]
        args: list[hir.Arg] = [
            hir.InoutArg(param=0, place=stable),
            hir.ValueArg(param=1, value=self.read_local(key, node)),
            hir.ValueArg(param=2, value=self.read_local(local, node)),
        ]
        back = hir.Call(start=node.start, end=node.end, type=UNIT, callee=setter.callee, args=args)
        self.after_change.insert(self.after_mark, hir.ExprStatement(start=node.start, end=node.end, value=back))
        self.virtual_places[local] = base
        last = steps[-1].type if steps else value.type
        return hir.Place(start=node.start, end=node.end, root=local, steps=steps, type=last)

    def _setter(self, type_: Type, key: Type) -> IndexMethod | None:
        program = self.program
        inherent = program.inherent_method(type_, "index_set", self.unifier)
        if inherent is not None:
            return self._of_function(inherent.info, dict(inherent.mapping))
        trait = program.library_trait("IndexSet")
        if trait is None:
            return None
        for choice in program.trait_choices(type_, trait, self.scope):
            mark = self.unifier.mark()
            args = program.match_choice(choice, type_, self.scope, self.unifier)
            if args is not None and self.unifier.try_unify(args[0], key):
                return self._of_trait(trait, choice, "index_set", type_, args)
            self.unifier.undo(mark)
        return None

    # ---- write-backs

    def virtual_mark(self) -> tuple[int, int, int]:
        """Where the lists of what stands around the current change are; for `with_write_backs`."""
        mark = (len(self.before_change), len(self.after_change), self.after_mark)
        self.after_mark = len(self.after_change)
        return mark

    def with_write_backs(self, mark: tuple[int, int, int], value: hir.Expr) -> hir.Expr:
        """A change together with what reads hidden variables before it and writes them back after it."""
        first, last, self.after_mark = mark
        if len(self.before_change) == first:
            return value
        statements: list[hir.Statement] = self.before_change[first:]
        after = self.after_change[last:]
        del self.before_change[first:], self.after_change[last:]
        start, end = value.start, value.end
        type_ = resolve(value.type)
        if type_ == UNIT or type_ is NEVER:
            statements += [hir.ExprStatement(start=start, end=end, value=value), *after]
            return hir.Block(start=start, end=end, type=type_, statements=statements, value=None)
        let, local = self.bind_hidden(value)
        statements += [let, *after]
        result = self.read_local(local, value)
        return hir.Block(start=start, end=end, type=value.type, statements=statements, value=result)

    # ---- `#[place]`

    def stable_place(self, place: hir.Place) -> tuple[hir.Place, list[hir.Statement]]:
        """A place whose indices are variables or constants, which may be evaluated again, and what declares these."""
        lets: list[hir.Statement] = []
        steps: list[hir.Step] = []
        for step in place.steps:
            if isinstance(step, hir.IndexStep) and not isinstance(step.index, hir.Constant):
                lets += step.lets
                let, local = self.bind_hidden(step.index)
                lets.append(let)
                index = self.read_local(local, step)
                step = hir.IndexStep(
                    start=step.start, end=step.end, index=index, type=step.type, unchecked=step.unchecked
                )
            steps.append(step)
        made = hir.Place(start=place.start, end=place.end, root=place.root, steps=steps, type=place.type)
        return made, lets

    def expand_place(
        self,
        info: FunctionInfo,
        mapping: dict[str, Type],
        base: hir.Place,
        args: list[hir.Expr],
        node: ast.Expression,
    ) -> hir.Place | None:
        """The place that a `#[place]` method denotes on a receiver; None where the method is not of that form."""
        self.program.check_body(info)
        info.is_mentioned = True
        function = info.function
        body = place_of(function) if function is not None else None
        if body is None or function is None or not body.steps:
            return None
        self.read(base)
        stable, lets = self.stable_place(base)
        known: dict[hir.Local, hir.Expr] = {}
        for param, arg in zip(function.params[1:], args, strict=True):
            if isinstance(arg, hir.Constant):
                known[param.local] = arg
            else:
                let, local = self.bind_hidden(arg)
                lets.append(let)
                known[param.local] = self.read_local(local, node)
        copier = Copier(mapping, function.params[0].local, stable, known, node.start, node.end)
        steps: list[hir.Step] = [copier.copy(step) for step in body.steps]
        steps = [*stable.steps, *steps]
        number = next((number for number, step in enumerate(steps) if isinstance(step, hir.IndexStep)), None)
        if lets and number is not None:
            # The indices of the receiver are among what is declared, so that comes before the first of all indices.
            first = steps[number]
            assert isinstance(first, hir.IndexStep)
            steps[number] = evolve(first, lets=[*lets, *first.lets])
        return hir.Place(start=node.start, end=node.end, root=base.root, steps=steps, type=steps[-1].type)

    def place_call(self, node: ast.MethodCallExpr) -> hir.Place | hir.Expr:
        """A call of a method that may be marked `#[place]`, where a place is wanted."""
        receiver = self.place_or_value(node.receiver)
        type_ = self.known(receiver.type, node.receiver, f"to call `{node.method.text}`")
        method = None if type_ is ERROR else self.program.find_method(type_, node.method.text, self.scope, self.unifier)
        if method is None or not isinstance(receiver, hir.Place) or method.info.decl.attribute("place") is None:
            return self.method_call(node, None, receiver)
        info = self.program.function(method.info)
        if len(node.args) != len(info.params) - 1 or any(arg.name is not None for arg in node.args):
            return self.method_call(node, None, receiver)
        self.check_visible(info, node.method)
        args = [
            self.expr_as(arg.value, substitute(param.type, method.mapping), f"for the parameter `{param.name}`")
            for arg, param in zip(node.args, info.params[1:], strict=True)
        ]
        place = self.expand_place(info, dict(method.mapping), receiver, args, node)
        return self.error_value(node) if place is None else place

    def check_place_method(self, info: FunctionInfo) -> None:
        """Report a method that is marked `#[place]` and is not one place below `self`."""
        attribute = info.decl.attribute("place")
        function = info.function
        if attribute is None or function is None:
            return
        place = place_of(function)
        if place is None or not place.steps or any(param.inout for param in function.params[1:]):
            self.error(
                "E0115",
                f"`{info.display}` is no place: its body is not a single path that begins with `self`",
                attribute,
                helps=["the body of a `#[place]` method is like `self.entries[self.slot(key)].value`"],
            )

    def method_call(
        self, node: ast.MethodCallExpr, expected: Type | None, receiver: hir.Place | hir.Expr | None = None
    ) -> hir.Expr:
        """A call of a method; filled in above."""
        raise NotImplementedError


def place_of(function: hir.Function) -> hir.Place | None:
    """The place below `self` that the body of a `#[place]` method is; None when it is something else."""
    body = function.body
    value: object = body
    while isinstance(value, hir.Block):
        if value.statements:
            return None
        value = value.value
    if isinstance(value, hir.Read) and function.params and value.place.root is function.params[0].local:
        return value.place
    return None


@define(eq=False)
class Copier:
    """Copies parts of a `#[place]` method's body to where it is used."""

    mapping: dict[str, Type]
    self_local: hir.Local
    base: hir.Place
    known: dict[hir.Local, hir.Expr]
    """What the other parameters stand for: constants and values of hidden variables."""
    start: int
    end: int
    loops: dict[hir.LoopId, hir.LoopId] = field(factory=dict)

    def copy(self, value: Any) -> Any:
        """A copy with the place's receiver, arguments and types put in."""
        kind = type(value)
        if kind is list:
            return [self.copy(each) for each in value]
        if kind is tuple:
            return tuple([self.copy(each) for each in value])
        if isinstance(value, Type):
            return substitute(value, self.mapping)
        if kind is hir.Read:
            found = self.known.get(value.place.root)
            if found is not None and not value.place.steps:
                return found
            if isinstance(found, hir.Constant):
                return hir.Project(
                    start=self.start,
                    end=self.end,
                    type=self.copy(value.type),
                    base=found,
                    steps=self.copy(value.place.steps),
                )
        if kind is hir.Place:
            return self._place(value)
        if kind is hir.Local:
            made = self.known.get(value)
            if made is None:
                local = hir.Local(value.name, substitute(value.type, self.mapping), self.start, value.assigned)
                place = hir.Place(start=self.start, end=self.end, root=local, steps=[], type=local.type)
                made = self.known[value] = hir.Read(start=self.start, end=self.end, type=local.type, place=place)
            assert isinstance(made, hir.Read)
            return made.place.root
        if kind is hir.LoopId:
            return self.loops.setdefault(value, hir.LoopId(value.label, value.has_break, value.has_continue))
        if kind is hir.Function or not hasattr(kind, "__attrs_attrs__"):
            return value
        changed = {each.name: self.copy(getattr(value, each.name)) for each in fields(kind)}
        if "start" in changed and "end" in changed:
            changed["start"], changed["end"] = self.start, self.end
        return kind(**changed)

    def _place(self, place: hir.Place) -> hir.Place:
        steps = self.copy(place.steps)
        type_ = substitute(place.type, self.mapping)
        if place.root is self.self_local:
            return hir.Place(
                start=self.start, end=self.end, root=self.base.root, steps=[*self.base.steps, *steps], type=type_
            )
        root = self.copy(place.root)
        return hir.Place(start=self.start, end=self.end, root=root, steps=steps, type=type_)
