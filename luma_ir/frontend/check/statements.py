"""Statements: declarations, assignments, expressions for their effects."""

from __future__ import annotations

from luma_ir.frontend import ast, hir
from luma_ir.frontend.check.body import OWN_PARAMETER
from luma_ir.frontend.check.control import Control
from luma_ir.frontend.check.elementwise import elementwise, same_length
from luma_ir.frontend.check.entities import ConstInfo, LocalConstant
from luma_ir.frontend.check.inference import has_error, open_variable, resolve
from luma_ir.frontend.check.let_else import as_match
from luma_ir.frontend.check.operators import ARITHMETIC, BITS, EQUALITY, OPERATOR_TRAITS, ORDER, SHIFTS
from luma_ir.frontend.types import (
    ERROR,
    NEVER,
    UNIT,
    BoolType,
    EnumType,
    FloatType,
    IntType,
    TupleType,
    Type,
)
from luma_ir.ir.diagnostics import Help, Label, Span

_PURE = (
    hir.Constant,
    hir.Read,
    hir.Project,
    hir.Unary,
    hir.Binary,
    hir.Elementwise,
    hir.Logical,
    hir.Cast,
    hir.AnyMake,
    hir.StructMake,
    hir.TupleMake,
    hir.ArrayMake,
    hir.Interpolation,
    hir.EnumMake,
    hir.ClosureMake,
)


class Statements(Control):
    """Checks statements."""

    def statement(self, node: ast.Statement, into: list[hir.Statement]) -> None:
        """Check a statement."""
        if self.waiting:
            self.progress()
        kind = type(node)
        if kind is ast.LetStmt:
            into.append(self.let(node))  # type: ignore[arg-type]
        elif kind is ast.AssignStmt:
            self.assign(node, into)  # type: ignore[arg-type]
        elif isinstance(node, ast.ExprStmt):
            value = self.statement_expr(node.value)
            self.check_unused_value(value, node.value)
            into.append(hir.ExprStatement(start=node.start, end=node.end, value=value))
        elif isinstance(node, ast.ItemStmt):
            self.local_item(node.item, into)

    def check_unused_value(self, value: hir.Expr, node: ast.Expression) -> None:
        """Warn about a statement that computes something and does nothing."""
        if not self.warns or has_error(value.type):
            return
        type_ = resolve(value.type)
        if type_ is NEVER or type_ == UNIT:
            return
        if isinstance(node, ast.BinaryExpr) and node.operator in EQUALITY | ORDER:
            helps = []
            if node.operator == "==":
                text = f"{self.text(node.lhs)} = {self.text(node.rhs)}"
                helps = [self.replace("an assignment has a single `=`", node, text)]
            self.warning("W0004", "this comparison has no effect", node.start, node.end, helps)
        elif isinstance(value, hir.ClosureMake):
            helps = ["a call has parentheses: `f()`"]
            self.warning("W0004", "this function is made and never called", node.start, node.end, helps)
        elif isinstance(node, ast.BinaryExpr | ast.UnaryExpr) and node.operator not in ("&&", "||"):
            # What an operator computes is its only purpose, whatever its operands do.
            self.warning("W0004", "the value of this expression is not used", node.start, node.end)
        elif isinstance(value, hir.Call | hir.CallValue):
            self._check_dropped_result(value, node)
        elif isinstance(value, _PURE) and not self._has_effects(value):
            self.warning("W0004", "the value of this expression is not used", node.start, node.end)

    def _check_dropped_result(self, value: hir.Call | hir.CallValue, node: ast.Expression) -> None:
        """Warn about an error that nobody looks at."""
        type_ = resolve(value.type)
        if isinstance(type_, EnumType) and type_.definition.symbol == "std.result.Result":
            self.warning(
                "W0004",
                "the result is dropped, and with it an error",
                node.start,
                node.end,
                [
                    self.insert("hand the error on, in a function that gives a result", node.end, "?"),
                    self._ignored(node),
                ],
            )

    def _ignored(self, node: ast.Expression) -> Help:
        """The edit that says that a result does not matter."""
        if self.source.text[: node.start].rstrip().endswith("=>"):
            return self.replace("or say that it does not matter", node, f"{{ let _ = {self.text(node)}; }}")
        return self.insert("or say that it does not matter", node.start, "let _ = ")

    def _has_effects(self, value: hir.Expr) -> bool:
        if isinstance(value, hir.Constant | hir.Read | hir.ClosureMake):
            return False
        if isinstance(value, hir.Unary):
            return self._has_effects(value.operand)
        if isinstance(value, hir.Binary | hir.Logical | hir.Elementwise):
            return self._has_effects(value.lhs) or (value.rhs is not None and self._has_effects(value.rhs))
        if isinstance(value, hir.Cast | hir.AnyMake):
            return self._has_effects(value.value)
        if isinstance(value, hir.Project):
            return self._has_effects(value.base)
        if isinstance(value, hir.TupleMake | hir.ArrayMake):
            return any(self._has_effects(element) for element in value.elements)
        if isinstance(value, hir.StructMake | hir.EnumMake):
            return any(self._has_effects(field) for _, field in value.fields)
        if isinstance(value, hir.Interpolation):
            return any(self._has_effects(arg) for part in value.parts if not isinstance(part, str) for arg in part.args)
        return True

    # ---- let

    def let(self, node: ast.LetStmt) -> hir.Let:
        """`let P: T = e;`, `let P = e else { … };`."""
        if node.otherwise is not None:
            node = as_match(node)
        type_ = self.resolve_type(node.type) if node.type is not None else None
        pattern = node.pattern
        if node.value is None:
            return self._let_without_value(node, type_)
        if isinstance(node.value, ast.ClosureExpr) and isinstance(pattern, ast.BindingPattern):
            self.declared_name = pattern.name.text
        if type_ is not None:
            value = self.expr_as(node.value, type_)
        else:
            value = self.expr(node.value)
            type_ = value.type
        self.declared_name = None
        resolved = resolve(type_)
        if (
            node.type is None
            and isinstance(resolved, TupleType)
            and not resolved.elements
            and isinstance(pattern, ast.BindingPattern)
        ):
            self.warning(
                "W0005",
                f"the variable `{pattern.name.text}` has no value: its type is `()`",
                pattern.start,
                pattern.end,
            )
            made = self.irrefutable(pattern, type_)
            if isinstance(made, hir.BindPattern):
                self.bindings_of[made.local].used = True
            return hir.Let(start=node.start, end=node.end, pattern=made, value=value)
        if type(pattern) is ast.BindingPattern and pattern.pattern is None:
            name = pattern.name
            unknown = open_variable(resolved) if type(resolved) not in (IntType, FloatType, BoolType) else None
            if unknown is not None and unknown.kind == "any" and not unknown.subject.startswith(OWN_PARAMETER):
                unknown.origin = (name.start, name.end)
                unknown.subject = f"`{name.text}`"
            local = self.declare(name.text, type_, name.start, name.end)
            made: hir.Pattern = hir.BindPattern(start=pattern.start, end=pattern.end, local=local)
        else:
            made = self.irrefutable(pattern, type_)
        return hir.Let(start=node.start, end=node.end, pattern=made, value=value)

    def _let_without_value(self, node: ast.LetStmt, type_: Type | None) -> hir.Let:
        pattern = node.pattern
        if not isinstance(pattern, ast.BindingPattern) or pattern.pattern is not None:
            self.error("E0304", "a pattern needs a value to take apart", pattern)
            made = self.new_pattern(pattern, ERROR)
            return hir.Let(start=node.start, end=node.end, pattern=made, value=None)
        name = pattern.name
        if type_ is None:
            type_ = self.variable("any", name.start, name.end, f"`{name.text}`")
        local = self.declare(name.text, type_, name.start, name.end)
        self.unassigned |= {local}
        made = hir.BindPattern(start=pattern.start, end=pattern.end, local=local)
        return hir.Let(start=node.start, end=node.end, pattern=made, value=None)

    # ---- assignments

    def assign(self, node: ast.AssignStmt, into: list[hir.Statement]) -> None:
        """`place = e;`, `place += e;`."""
        target = node.target
        if node.operator == "=" and isinstance(target, ast.NameExpr) and target.name == "_":
            into.append(hir.ExprStatement(start=node.start, end=node.end, value=self.expr(node.value)))
            return
        if node.operator == "=" and isinstance(target, ast.TupleExpr) and target.elements:
            self._assign_tuple(node, target, into)
            return
        if isinstance(target, ast.SliceExpr):
            self.expr(target)
            self.expr(node.value)
            self.error(
                "E0301",
                "a slice is a value of its own and cannot be assigned",
                target,
                helps=["assign the elements one by one"],
            )
            return
        if type(target) is ast.IndexExpr:
            base = self.place_or_value(target.base)
            if node.operator == "=" and self.assign_index(node, target, base, into):
                return
            place = self.index(target, base)
        else:
            place = self.place_or_value(target)
        if not isinstance(place, hir.Place):
            mark = self.virtual_mark()
            virtual = self.virtual_place(place)
            if virtual is not None:
                self._assign_virtual(node, virtual, mark, into)
                return
            self.expr(node.value)
            if not has_error(place.type):
                self._not_a_place(target, node)
            return
        if node.operator == "=":
            value = self.expr_as(node.value, place.type, self._assign_reason(place))
            if not self.modify(place, target, "assigned"):
                return
            if not place.steps:
                self.unassigned -= {place.root}
            into.append(hir.Assign(start=node.start, end=node.end, place=place, value=value))
            return
        self._compound(node, place, into)

    def _assign_virtual(
        self, node: ast.AssignStmt, place: hir.Place, mark: tuple[int, int, int], into: list[hir.Statement]
    ) -> None:
        """An assignment to what `index` gave, or to a part of it: the whole is written back by `index_set`."""
        inner: list[hir.Statement] = []
        if node.operator == "=":
            value = self.expr_as(node.value, place.type)
            inner.append(hir.Assign(start=node.start, end=node.end, place=place, value=value))
        else:
            self._compound(node, place, inner)
        block = hir.Block(start=node.start, end=node.end, type=UNIT, statements=inner, value=None)
        made = self.with_write_backs(mark, block)
        into.append(hir.ExprStatement(start=node.start, end=node.end, value=made))

    def _assign_reason(self, place: hir.Place) -> str:
        return f"for the variable `{place.root.name}`" if not place.steps and place.root.name else ""

    def _not_a_place(self, target: ast.Expression, node: ast.AssignStmt) -> None:
        named = None
        if isinstance(target, ast.NameExpr):
            named = self.program.lookup(self.module, target.name)
            local = self.find(target.name)
            if isinstance(named, ConstInfo) or isinstance(local, LocalConstant):
                labels = []
                if isinstance(named, ConstInfo):
                    labels = [Label(named.span, "declared here")]
                self.error("E0300", f"the constant `{target.name}` cannot be assigned", target, labels=labels)
                return
        helps = []
        if isinstance(target, ast.IndexExpr):
            helps = ["a type whose elements are assigned implements `IndexSet`, or has an `index` marked `#[place]`"]
        self.error("E0301", "this is a value, not a place that could be assigned", target, helps=helps)

    def _assign_tuple(self, node: ast.AssignStmt, target: ast.TupleExpr, into: list[hir.Statement]) -> None:
        """`(a, b) = (b, a);`: the value is evaluated first, then the places are assigned from left to right."""
        places: list[hir.Place | None] = []
        for element in target.elements:
            if isinstance(element, ast.NameExpr) and element.name == "_":
                places.append(None)
                continue
            place = self.place_or_value(element)
            if not isinstance(place, hir.Place):
                if not has_error(place.type):
                    self._not_a_place(element, node)
                self.expr(node.value)
                return
            places.append(place)
        types = tuple(
            [place.type if place is not None else self.variable("any", node.start, node.end) for place in places]
        )
        value = self.expr_as(node.value, TupleType(types))
        let, local = self.bind_hidden(value)
        local.type = TupleType(types)
        into.append(let)
        for number, (place, element) in enumerate(zip(places, target.elements, strict=True)):
            if place is None or not self.modify(place, element, "assigned"):
                continue
            if not place.steps:
                self.unassigned -= {place.root}
            step = hir.FieldStep(start=element.start, end=element.end, index=number, type=types[number])
            source = hir.Place(start=node.start, end=node.end, root=local, steps=[step], type=types[number])
            read = hir.Read(start=node.start, end=node.end, type=types[number], place=source)
            into.append(hir.Assign(start=element.start, end=element.end, place=place, value=read))

    def _compound(self, node: ast.AssignStmt, place: hir.Place, into: list[hir.Statement]) -> None:
        operator = node.operator[:-1]
        binding = self.bindings_of.get(place.root)
        was_used = binding.used if binding is not None else True
        old = self.read(place)
        if binding is not None and not was_used and not place.steps:
            binding.used = False
        type_ = resolve(place.type)
        value = self.expr(node.value, None if operator in SHIFTS else type_)
        if not self.modify(place, node.target, "assigned"):
            return
        if self._builtin_compound(operator, place, value):
            into.append(hir.CompoundAssign(start=node.start, end=node.end, place=place, operator=operator, value=value))
            return
        type_, found = resolve(place.type), resolve(value.type)
        if has_error(type_) or has_error(found):
            return
        if operator == "+" and type_ == self.program.string_type and found == type_:
            call = self._append_string(place, value, node)
            into.append(hir.ExprStatement(start=node.start, end=node.end, value=call))
            return
        as_binary = ast.BinaryExpr(node.start, node.value.end, operator, node.target, node.value, node.target.end)
        whole = elementwise(self, operator, old, value, node)
        if isinstance(whole, hir.Elementwise) and self.unifier.try_unify(whole.type, type_):
            check = whole.same_length or same_length(self, resolve(type_))
            into.append(
                hir.CompoundAssign(
                    start=node.start, end=node.end, place=place, operator=operator, value=value, same_length=check
                )
            )
            return
        if operator in OPERATOR_TRAITS:
            if self._has_index(place):
                place, lets = self.stable_place(place)
                into += lets
                old = self.read(place)
            call_value = self._operator_call(*OPERATOR_TRAITS[operator], old, value, as_binary)
            if call_value is not None:
                call_value = self.coerce(call_value, place.type, node.value)
                into.append(hir.Assign(start=node.start, end=node.end, place=place, value=call_value))
                return
        if self.unifier.try_unify(type_, found):
            self._overloaded(operator, old, value, as_binary)
        else:
            self._mixed(operator, old, value, as_binary)

    @staticmethod
    def _has_index(place: hir.Place) -> bool:
        return any(
            isinstance(step, hir.IndexStep) and not isinstance(step.index, hir.Constant | hir.Read)
            for step in place.steps
        )

    def _builtin_compound(self, operator: str, place: hir.Place, value: hir.Expr) -> bool:
        type_, found = resolve(place.type), resolve(value.type)
        if found is NEVER:
            return True
        if operator in SHIFTS:
            return self._is_integer(type_) and self._is_integer(found)
        mark = self.unifier.mark()
        if not self.unifier.try_unify(type_, found) and not self.adapt(value, type_):
            return False
        type_ = resolve(type_)
        is_number = self._is_number(type_)
        if operator in ARITHMETIC and is_number:
            return True
        if operator in BITS and (self._is_integer(type_) or isinstance(type_, BoolType)):
            return True
        self.unifier.undo(mark)
        return False

    def _append_string(self, place: hir.Place, value: hir.Expr, node: ast.AssignStmt) -> hir.Expr:
        """`s += t`: the library's `append`, in amortised constant time."""
        string = self.program.string_type
        method = self.program.find_method(string, "append", self.scope, self.unifier)
        if method is None:
            self.error("E0110", "the library's `string` has no method `append`", node)
            return self.error_value(node)
        function = self.program.function(method.info).function
        assert function is not None
        args: list[hir.Arg] = [hir.InoutArg(param=0, place=place), hir.ValueArg(param=1, value=value)]
        return hir.Call(start=node.start, end=node.end, type=UNIT, callee=hir.FunctionRef(function), args=args)

    # ---- items inside a block

    def local_item(self, item: ast.Item, into: list[hir.Statement]) -> None:
        """A constant inside a block; other items are declared at its beginning."""
        if isinstance(item, ast.ConstDecl):
            self._local_constant(item, into)

    def _local_constant(self, item: ast.ConstDecl, into: list[hir.Statement]) -> None:
        """`const X = e;`: known at compile time where `e` is, else a variable that is never assigned."""
        from luma_ir.frontend.check.constants import evaluate_quietly

        assert item.value is not None
        type_ = self.resolve_type(item.type) if item.type is not None else None
        before = len(self.literals)
        value = self.expr_as(item.value, type_) if type_ is not None else self.expr(item.value)
        self.default(value.type)
        name = item.name
        constant = None
        if not has_error(value.type):
            self.settle_literals(before)
            constant = evaluate_quietly(value, self.unifier)
        if constant is not None:
            self.scopes[-1][name.text] = LocalConstant(constant, name.start, name.end)
            return
        local = self.declare(name.text, type_ or value.type, name.start, name.end, "constant")
        pattern = hir.BindPattern(start=name.start, end=name.end, local=local)
        into.append(hir.Let(start=item.start, end=item.end, pattern=pattern, value=value))

    # ---- literals

    def settle_literals(self, start: int = 0) -> None:
        """Give literals their final types and report those that do not fit."""
        for literal in self.literals[start:]:
            type_ = self.default(literal.type)
            value = literal.value
            literal.type = type_
            if isinstance(type_, FloatType):
                literal.value = float(value)  # type: ignore[arg-type]
                if (
                    type_.bits == 32
                    and abs(literal.value) > 3.4028235677973366e38
                    and abs(literal.value) != float("inf")
                ) or abs(literal.value) == float("inf"):
                    self.error("E0208", f"the literal is out of range for `{type_}`", literal)
            elif isinstance(type_, IntType) and isinstance(value, int) and not type_.minimum <= value <= type_.maximum:
                helps = []
                if value < 0 and not type_.signed:
                    helps = [f"`{type_}` has no negative values"]
                elif value > type_.maximum and value <= (1 << type_.bits) - 1 and type_.signed:
                    helps = [f"it fits `u{type_.bits}`: write `{self.text(literal)}u{type_.bits}`"]
                self.error(
                    "E0208",
                    f"the literal `{self.text(literal)}` is out of range for `{type_}`",
                    literal,
                    notes=[f"the values of `{type_}` are {type_.minimum} to {type_.maximum}"],
                    helps=helps,
                )
                literal.value = 0
        del self.literals[start:]
        if not start:
            for exponent in self.exponents:
                if (
                    isinstance(resolve(exponent.type), IntType)
                    and isinstance(exponent.value, int)
                    and exponent.value < 0
                ):
                    helps = ["a power of floats may have a negative exponent: `2.0 ** -1.0`"]
                    self.error("E0401", "an integer cannot be raised to a negative power", exponent, helps=helps)
            self.exponents.clear()

    def ambiguous(self) -> bool:
        """Report variables of the body whose types nothing decides; False when all are known."""
        found = False
        reported: set[int] = set()
        for variable in self.variables:
            if variable.link is None and variable.kind == "any":
                start, end = variable.origin
                around = [each.node for each in self.all_closures if each.node.start <= start < each.node.end]
                closure = around[0] if around else None
                if closure is not None and closure.start in reported:
                    # One unknown of a closure tends to make others.
                    self.unifier.link(variable, ERROR)
                    continue
                reported.add(closure.start if closure is not None else -1)
                subject = variable.subject or "this expression"
                span = Span(self.source, start, end)
                helps: list = ["write the type"]
                if subject.startswith("`"):
                    helps = [f"write the type: `let {subject[1:-1]}: …`"]
                elif subject.startswith(OWN_PARAMETER):
                    helps = [self.insert("write the type of the parameter", end, ": T")]
                elif closure is not None:
                    helps = ["write the types of the parameters and of the result: `|x: A| -> B { … }`"]
                elif "type argument" in subject:
                    helps = ["write it: `name::<…>(…)`, or annotate the variable that takes the result"]
                self.program.engine.error("E0201", f"the type of {subject} cannot be found", span, helps=helps)
                self.unifier.link(variable, ERROR)
                found = True
        return found
