"""What checking a function body stands on: scopes, the state of the walk, type expectations, reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from attrs import define, field

from luma_ir.frontend import ast, hir
from luma_ir.frontend.check.any_values import as_any, not_any
from luma_ir.frontend.check.entities import (
    Binding,
    Bound,
    Entity,
    FunctionInfo,
    ImplInfo,
    LocalConstant,
    ModuleInfo,
    TypeScope,
)
from luma_ir.frontend.check.inference import PROJECTIONS, TypeVar, Unifier, has_error, open_variable, resolve, zonk
from luma_ir.frontend.check.lacking import Blame
from luma_ir.frontend.types import (
    ERROR,
    NEVER,
    UNIT,
    AnyType,
    ArrayType,
    EnumType,
    FixedType,
    FloatType,
    FuncType,
    IntType,
    Type,
)
from luma_ir.ir.diagnostics import Edit, Help, Label, Span

if TYPE_CHECKING:
    from luma_ir.frontend.check.indexing import UserIndex
    from luma_ir.frontend.check.program import ProgramChecker


OWN_PARAMETER = "the parameter "
"""How the subject of a type variable for the parameter of a closure begins."""


@define(eq=False, repr=False)
class LoopFrame:
    """A loop around the current place. `result` is the type of its value, None where it has none."""

    loop: hir.LoopId
    kind: str
    result: Type | None
    has_value: bool = False
    exits: list[frozenset[hir.Local]] = field(factory=list)


@define(eq=False, repr=False)
class Obligation:
    """A type must implement a trait; looked at again when the body is known."""

    type: Type
    bound: Bound
    start: int
    end: int
    reason: str


Scope = dict[str, "Binding | LocalConstant | Entity"]


@define(eq=False, repr=False)
class ClosureFrame:
    """
    A closure that is being checked, or that waits for it. `captures` are the variables of the functions around, by the
    local that they are there; `scopes`, `unassigned` and `frames` are those where it is made.
    """

    node: ast.ClosureExpr
    function: hir.Function
    make: hir.ClosureMake
    type: FuncType
    own_name: str | None
    scopes: list[Scope]
    unassigned: frozenset[hir.Local]
    open_places: list[hir.Place]
    frames: list[ClosureFrame]
    unsafe_depth: int
    loops: bool = False
    """Whether it is made inside of a loop."""
    module: ModuleInfo | None = None
    """Where its names are looked up."""
    captures: dict[hir.Local, Binding] = field(factory=dict)
    capture_params: list[hir.Param] = field(factory=list)
    own_params: list[hir.Param] = field(factory=list)
    inner: int = 0
    """How many closures it has made."""


def local_items(scope: TypeScope) -> Scope:
    """The constants and functions of the bodies around, which a type, a constant or an inner function may use."""
    return {
        name: found for names in scope.local_items for name, found in names.items() if not isinstance(found, Binding)
    }


class BodyCore:
    """The state of checking one body."""

    def __init__(
        self,
        program: ProgramChecker,
        module: ModuleInfo,
        scope: TypeScope,
        result: Type | None,
        info: FunctionInfo | None = None,
    ) -> None:
        self.program = program
        self.module = module
        self.source = module.source
        self.scope = scope
        self.result = result
        self.info = info
        self.unifier = Unifier()
        self.outer_scopes = scope.local_items
        self.scopes: list[Scope] = [local_items(scope), {}]
        scope.local_items = self.scopes
        self.loops: list[LoopFrame] = []
        self.unsafe_depth = 0
        self.diverges = False
        self.warned_unreachable = False
        self.unassigned: frozenset[hir.Local] = frozenset()
        self.open_places: list[hir.Place] = []
        self.obligations: list[Obligation] = []
        self.user_indices: dict[int, UserIndex] = {}
        self.virtual_places: dict[hir.Local, hir.Place] = {}
        self.before_change: list[hir.Statement] = []
        self.after_change: list[hir.Statement] = []
        self.after_mark = 0
        self.first_projection = len(PROJECTIONS.pending)
        self.literals: list[hir.Constant] = []
        self.exponents: list[hir.Constant] = []
        self.bindings: list[Binding] = []
        self.bindings_of: dict[hir.Local, Binding] = {}
        self.variables: list[TypeVar] = []
        self.warns = not module.is_library
        self.errors_before = program.engine.error_count
        self.frames: list[ClosureFrame] = []
        self.all_closures: list[ClosureFrame] = []
        self.waiting: list[ClosureFrame] = []
        self.closures_made = 0
        self.never_results: list[TypeVar] = []
        self.declared_name: str | None = None

    # ---- reports

    def error(
        self,
        code: str,
        message: str,
        node: ast.Node | hir.Node,
        *,
        labels: Sequence[Label] = (),
        notes: Sequence[str] = (),
        helps: Sequence[Help | str] = (),
    ) -> None:
        """Report an error about a node."""
        span = Span(self.source, node.start, node.end)
        self.program.engine.error(code, message, span, labels=labels, notes=notes, helps=helps)

    def warning(self, code: str, message: str, start: int, end: int, helps: Sequence[Help | str] = ()) -> None:
        """Report a warning, in the user's modules."""
        if self.warns:
            self.program.engine.warning(code, message, Span(self.source, start, end), helps=helps)

    def span(self, node: ast.Node | hir.Node) -> Span:
        """Where a node stands."""
        return Span(self.source, node.start, node.end)

    def text(self, node: ast.Node | hir.Node) -> str:
        """The source text of a node."""
        return self.source.text[node.start : node.end]

    def insert(self, text: str, offset: int, addition: str) -> Help:
        """The help to write something at an offset."""
        return Help(text, Edit(Span(self.source, offset, offset), addition))

    def replace(self, text: str, node: ast.Node, replacement: str) -> Help:
        """The help to write something in the place of a node."""
        return Help(text, Edit(self.span(node), replacement))

    def not_yet(self, what: str, node: ast.Node, helps: Sequence[Help | str] = ()) -> hir.Expr:
        """Report what is not supported yet; the result silences what follows."""
        self.error("E0900", f"{what} not supported yet", node, helps=helps)
        return self.error_value(node)

    def error_value(self, node: ast.Node | hir.Node) -> hir.Expr:
        """Stands for an expression about which an error was reported."""
        return hir.Constant(start=node.start, end=node.end, type=ERROR, value=0)

    # ---- types

    def variable(self, kind: str, start: int, end: int, subject: str = "") -> TypeVar:
        """A fresh type variable."""
        made = TypeVar(kind, (start, end), subject)
        self.variables.append(made)
        return made

    def hole(self, start: int, end: int, name: str) -> Type:
        """A variable for a type argument that is left out."""
        return self.variable("any", start, end, f"the type argument `{name}`")

    def resolve_type(self, node: ast.TypeExpr) -> Type:
        """The type that is written."""
        return self.program.resolve_type(node, self.scope)

    def coerce(self, value: hir.Expr, expected: Type, node: ast.Node, why: str = "") -> hir.Expr:
        """Make sure that a value has a type; reports when it has not."""
        found = value.type
        if found is expected:
            return value
        found = resolve(found)
        if found is NEVER or self.unifier.try_unify(found, expected):
            return value
        if self.adapt(value, expected):
            return value
        target = resolve(expected)
        if isinstance(target, AnyType):
            made = as_any(self, value, target, node)
            if made is None:
                self.mismatch(found, expected, node, why, value)
                made = self.error_value(node)
            return made
        self.mismatch(found, expected, node, why, value)
        return value

    def adapt(self, value: hir.Expr, target: Type) -> bool:
        """Give integer literals, or an expression of nothing else, a float type; False when it is something else."""
        target = resolve(target)
        if not (type(target) is FloatType or (type(target) is TypeVar and target.kind == "float")):
            return False
        leaves: list[hir.Expr] = []
        if not self._literal_leaves(value, leaves):
            return False
        for leaf in leaves:
            leaf.type = target
        return True

    def _literal_leaves(self, value: hir.Expr, leaves: list[hir.Expr]) -> bool:
        type_ = resolve(value.type)
        if not (type(type_) is TypeVar and type_.kind == "int"):
            return False
        if isinstance(value, hir.Constant):
            leaves.append(value)
            return True
        if isinstance(value, hir.Unary):
            leaves.append(value)
            return value.operator == "-" and self._literal_leaves(value.operand, leaves)
        if isinstance(value, hir.Binary):
            leaves.append(value)
            return value.operator in "+-*/" and all(
                [self._literal_leaves(value.lhs, leaves), self._literal_leaves(value.rhs, leaves)]
            )
        if isinstance(value, hir.Block):
            leaves.append(value)
            return value.value is not None and self._literal_leaves(value.value, leaves)
        if isinstance(value, hir.If):
            leaves.append(value)
            return value.otherwise is not None and all(
                resolve(branch.type) is NEVER or self._literal_leaves(branch, leaves)
                for branch in (value.then, value.otherwise)
            )
        return False

    def is_inside(self, found: Type, expected: Type) -> bool:
        """Whether a type is an option or a result of another."""
        if not isinstance(found, EnumType) or not found.args:
            return False
        symbol = found.definition.symbol
        return symbol in ("std.option.Option", "std.result.Result") and zonk(found.args[0]) == expected

    def semicolon_help(self, last: ast.Statement) -> list[Help]:
        """The help to leave out the `;` behind the last expression of a block, where there is one."""
        at = last.end if self.source.text[last.end : last.end + 1] == ";" else last.end - 1
        if not isinstance(last, ast.ExprStmt) or self.source.text[at : at + 1] != ";":
            return []
        edit = Edit(Span(self.source, at, at + 1), "")
        return [Help("the last expression of a block is its value when no `;` follows", edit)]

    def mismatch(
        self, found: Type, expected: Type, node: ast.Node, why: str = "", value: hir.Expr | None = None
    ) -> None:
        """Report that a value has the wrong type."""
        found, expected = zonk(found), zonk(expected)
        if has_error(found) or has_error(expected):
            return
        helps: list[Help | str] = []
        if (
            isinstance(expected, EnumType)
            and expected.definition.symbol == "std.option.Option"
            and (self.unifier.try_unify(expected.args[0], found))
        ):
            helps.append(Help("wrap it in `Some`", Edit(self.span(node), f"Some({self.text(node)})")))
        elif (
            isinstance(expected, EnumType)
            and expected.definition.symbol == "std.result.Result"
            and self.unifier.try_unify(expected.args[0], found)
        ):
            helps.append(Help("wrap it in `Ok`", Edit(self.span(node), f"Ok({self.text(node)})")))
        elif self.is_inside(found, expected):
            what = "an option" if str(found).endswith("?") else "a result"
            helps.append(f"take the `{expected}` out of {what}: `?`, `unwrap_or(…)`, `if let` or `match`")
        elif isinstance(expected, FuncType) or isinstance(found, FuncType):
            helps += self._function_help(found, expected, node)
        elif isinstance(expected, ArrayType) and isinstance(found, FixedType):
            helps.append(self.insert("a slice of a fixed array is a growable one", node.end, "[..]"))
        elif found == UNIT and isinstance(node, ast.Block) and node.statements and node.value is None:
            helps += self.semicolon_help(node.statements[-1])
        elif expected == UNIT:
            helps.append(self.insert("a `;` drops the value", node.end, ";"))
        elif self._is_number(found) and self._is_number(expected):
            helps += self._conversion(found, expected, node, value)
        elif expected is self.program.string_type or str(expected) == "string":
            if isinstance(node, ast.IntLiteral | ast.FloatLiteral | ast.CharLiteral):
                text = node.value if isinstance(node, ast.CharLiteral) else self.text(node)
                helps.append(self.replace("text stands between double quotes", node, f'"{text}"'))
            else:
                helps.append(self.replace("an f-string makes text of it", node, f'f"{{{self.text(node)}}}"'))
        reason = f" {why}" if why else ""
        if isinstance(expected, AnyType):
            lack, helps = not_any(self, found, expected)
            reason += lack
        self.error("E0200", f"expected `{expected}`, found `{found}`{reason}", node, helps=helps)

    def _function_help(self, found: Type, expected: Type, node: ast.Node) -> list[Help | str]:
        """The way out where a function is needed and there is a value, or the other way round."""
        text = self.text(node)
        if not isinstance(expected, FuncType):
            assert isinstance(found, FuncType)
            if not found.params and self.unifier.try_unify(found.result, expected):
                return [self.insert("call it", node.end, "()")]
            return []
        if not isinstance(found, FuncType):
            if self.unifier.try_unify(expected.result, found):
                head = ", ".join("_" for _ in expected.params)
                return [self.insert("a closure around it is a function", node.start, f"|{head}| ")]
            return []
        if expected.result == UNIT and found.params == expected.params and found.inout == expected.inout == ():
            names = ", ".join("abcdefgh"[: len(found.params)])
            made = f"|{names}| {{ {text}({names}); }}"
            return [self.replace("a closure around it drops the result", node, made)] if len(found.params) < 9 else []
        return []

    @staticmethod
    def _is_number(type_: Type) -> bool:
        return isinstance(type_, IntType | FloatType) or (type(type_) is TypeVar and type_.kind != "any")

    def _conversion(self, found: Type, expected: Type, node: ast.Node, value: hir.Expr | None) -> list[Help | str]:
        text = self.text(node)
        helps: list[Help | str] = []
        if isinstance(node, ast.FloatLiteral):
            whole = node.value.is_integer() and not isinstance(expected, FloatType)
            return [self.replace("write an integer", node, str(int(node.value)))] if whole else []
        if isinstance(value, hir.Read) and type(found) is TypeVar and found.kind == "int":
            start, end = found.origin
            literal = self.source.text[start:end]
            if literal.isdigit() and (isinstance(expected, FloatType) or type(expected) is TypeVar):
                edit = Edit(Span(self.source, start, end), f"{literal}.0")
                helps.append(Help(f"a variable that starts as `{literal}` is an integer; write `{literal}.0`", edit))
                return helps
        target = str(expected)
        simple = isinstance(
            node,
            ast.NameExpr
            | ast.IntLiteral
            | ast.FloatLiteral
            | ast.FieldExpr
            | ast.IndexExpr
            | ast.CallExpr
            | ast.MethodCallExpr,
        )
        shown = text if simple else f"({text})"
        if len(text) <= 40 and "\n" not in text:
            helps.append(self.replace(f"convert it: `{shown} as {target}`", node, f"{shown} as {target}"))
        return helps

    def default(self, type_: Type) -> Type:
        """The type with literal variables decided."""
        return self.unifier.default(type_)

    def known(self, type_: Type, node: ast.Node | hir.Node, what: str) -> Type:
        """The type as far as its outside is known; reports when it is not."""
        type_ = resolve(type_)
        if type(type_) is TypeVar:
            if type_.kind == "any":
                start, end = type_.origin
                labels = []
                helps: list[Help | str] = []
                if type_.subject:
                    labels.append(Label(Span(self.source, start, end), f"the type of {type_.subject} is not known yet"))
                    helps.append("write the type where it is declared")
                self.error("E0201", f"the type must be known {what}", node, labels=labels, helps=helps)
                self.unifier.link(type_, ERROR)
                return ERROR
            return self.default(type_)
        return type_

    def progress(self) -> None:
        """Look at closures that wait for types which are known now; filled in above."""

    # ---- scopes

    def push(self) -> None:
        """Enter a block."""
        self.scopes.append({})

    def pop(self) -> None:
        """Leave a block; warns about variables that nothing reads."""
        scope = self.scopes.pop()
        if self.warns:
            for name, binding in scope.items():
                if type(binding) is Binding:
                    self.check_used(name, binding)
                elif type(binding) is LocalConstant and not binding.used and not name.startswith("_"):
                    # A function of the block, whose body is checked later, may use it.
                    self.program.local_constants.append((self.source, name, binding))

    def check_used(self, name: str, binding: Binding) -> None:
        """Warn about a variable that nothing reads."""
        if binding.used or binding.kind in ("parameter", "inout") or name.startswith("_") or not self.warns:
            return
        message = f"the variable `{name}` is never read" if binding.written else f"the variable `{name}` is never used"
        edit = Edit(Span(self.source, binding.start, binding.end), "_" + name)
        self.warning(
            "W0001", message, binding.start, binding.end, [Help(f"if that is on purpose, call it `_{name}`", edit)]
        )

    def declare(self, name: str, type_: Type, start: int, end: int, kind: str = "variable") -> hir.Local:
        """Add a variable to the current scope; one that it hides is looked at for use."""
        local = hir.Local(name, type_, start)
        binding = Binding(local, kind, start, end, depth=len(self.frames))
        scope = self.scopes[-1]
        hidden = scope.get(name)
        if type(hidden) is Binding:
            self.check_used(name, hidden)
        scope[name] = binding
        self.bindings.append(binding)
        self.bindings_of[local] = binding
        return local

    def find(self, name: str) -> Binding | LocalConstant | Entity | None:
        """What a name means inside the body."""
        for scope in reversed(self.scopes):
            found = scope.get(name)
            if found is not None:
                return found
        return None

    def hidden_local(self, type_: Type, start: int) -> hir.Local:
        """A variable that no name reaches."""
        return hir.Local("", type_, start)

    def bind_hidden(self, value: hir.Expr) -> tuple[hir.Let, hir.Local]:
        """A hidden variable that holds a value, with its declaration."""
        local = self.hidden_local(value.type, value.start)
        pattern = hir.BindPattern(start=value.start, end=value.end, local=local)
        return hir.Let(start=value.start, end=value.end, pattern=pattern, value=value), local

    def read_local(self, local: hir.Local, node: ast.Node | hir.Node) -> hir.Read:
        """The value of a local."""
        place = hir.Place(start=node.start, end=node.end, root=local, steps=[], type=local.type)
        return hir.Read(start=node.start, end=node.end, type=local.type, place=place)

    # ---- traits

    def require(self, type_: Type, bound: Bound, node: ast.Node | hir.Node, reason: str) -> None:
        """Demand that a type implements a trait."""
        self.obligations.append(Obligation(type_, bound, node.start, node.end, reason))
        if bound.args:
            self.select(type_, bound)

    def select(self, type_: Type, bound: Bound) -> None:
        """Let the only implementation that fits a demand decide the open arguments of the trait."""
        type_ = resolve(type_)
        if type(type_) is TypeVar or has_error(type_) or all(open_variable(arg) is None for arg in bound.args):
            return
        fitting = []
        for choice in self.program.trait_choices(type_, bound.trait, self.scope):
            mark = self.unifier.mark()
            if self._fits(choice, type_, bound):
                fitting.append(choice)
            self.unifier.undo(mark)
        if len(fitting) == 1:
            self._fits(fitting[0], type_, bound)

    def _fits(self, choice: ImplInfo | Bound, type_: Type, bound: Bound) -> bool:
        args = self.program.match_choice(choice, type_, self.scope, self.unifier)
        return args is not None and all(map(self.unifier.unify, args, bound.args))

    def trait_callee(
        self, trait_name: str, method_name: str, type_: Type, node: ast.Node | hir.Node, reason: str
    ) -> hir.TraitMethodRef | None:
        """The method of a prelude trait on a type; None when the library lacks it."""
        trait = self.program.library_trait(trait_name)
        if trait is None or method_name not in trait.methods:
            self.error("E0102", f"the library's `{trait_name}` is missing", node)
            return None
        self.require(type_, Bound(trait), node, reason)
        method = self.program.function(trait.methods[method_name])
        assert method.function is not None
        inout = tuple([param.inout for param in method.params])
        result = type_ if str(method.function.result) == "Self" else method.function.result
        return hir.TraitMethodRef(trait.symbol, method_name, type_, inout, result)

    def check_projections(self) -> None:
        """Compare what was found for associated types with what they are, now that their bases are known."""
        pending = PROJECTIONS.pending
        for variable in pending[self.first_projection :]:
            if variable.link is not None:
                assert variable.projection is not None
                linked, variable.link = variable.link, None
                found = resolve(variable)
                variable.link = linked
                if found is not variable and not self.unifier.try_unify(found, linked):
                    span = Span(self.source, *variable.origin)
                    message = f"`{zonk(variable.projection.base)}::{variable.projection.name}` is"
                    self.program.engine.error("E0200", f"{message} `{zonk(found)}`, not `{zonk(linked)}`", span)
        del pending[self.first_projection :]

    def check_obligations(self) -> None:
        """Report the demands that do not hold: those for one reason at one place together."""
        failed: dict[tuple[int, int, str, Type], list[Bound]] = {}
        for obligation in self.obligations:
            type_ = zonk(obligation.type)
            if has_error(type_) or open_variable(type_) is not None:
                continue
            if self.program.satisfies(type_, obligation.bound, self.scope, self.unifier) is False:
                bounds = failed.setdefault((obligation.start, obligation.end, obligation.reason, type_), [])
                if all(bound.trait is not obligation.bound.trait for bound in bounds) or obligation.bound.args:
                    bounds.append(obligation.bound)
        blame = Blame(self.program, self.scope, self.unifier)
        for (start, end, reason, type_), bounds in failed.items():
            blame.report(type_, bounds, Span(self.source, start, end), reason)
