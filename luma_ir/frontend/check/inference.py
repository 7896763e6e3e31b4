"""
Type variables and unification: what type inference inside one function body works with.

A variable stands for a type that is not known yet. Those of kind `int` and `float` come from unsuffixed literals;
they unify only with types of that kind and become `i64` and `f64` when nothing else decides. A trail of links lets
a trial be taken back.
"""

from __future__ import annotations

from collections.abc import Callable

from luma_ir.frontend.types import (
    ERROR,
    F64,
    I64,
    AnyType,
    ArrayType,
    AssocType,
    BoolType,
    CharType,
    EnumType,
    ErrorType,
    FixedType,
    FloatType,
    FuncType,
    IntType,
    NeverType,
    ParamType,
    PtrType,
    StructType,
    TupleType,
    Type,
)


class TypeVar(Type):
    """
    A type to be found. `kind` is `any`, `int` or `float`; `origin` is the span of what made it, `subject` a word
    for it in a message about ambiguity.
    """

    __slots__ = ("kind", "link", "origin", "projection", "subject")

    def __init__(
        self, kind: str, origin: tuple[int, int], subject: str = "", projection: AssocType | None = None
    ) -> None:
        self.kind = kind
        self.link: Type | None = None
        self.origin = origin
        self.subject = subject
        self.projection = projection
        """The associated type that it stands for, whose base was not known when it was met."""

    __setattr__ = object.__setattr__
    __eq__ = object.__eq__  # pyright: ignore[reportAssignmentType]
    __hash__ = object.__hash__

    def __str__(self) -> str:
        if self.link is not None:
            return str(self.link)
        return {"int": "i64", "float": "f64", "any": "_"}[self.kind]

    __repr__ = __str__


LEAVES = frozenset([IntType, FloatType, BoolType, CharType, NeverType, ErrorType, ParamType])
"""Types without parts."""


def resolve(type_: Type) -> Type:
    """Follow the links of a variable; the parts of the result may still have variables."""
    while type(type_) is TypeVar:
        found = type_.link
        if found is None:
            found = _projected(type_) if type_.projection is not None else None
            if found is None:
                return type_
        type_ = found
    return type_


class Projections:
    """
    What associated types stand for. Types are substituted in many places, so this is known to all of them: the
    program that is being checked or lowered sets `find`, and goes through `pending` at the end of each body.
    """

    def __init__(self) -> None:
        self.find: Callable[[AssocType], Type | None] | None = None
        """The type that an associated type of a known base stands for; None when that depends on more."""
        self.equal: dict[AssocType, Type] = {}
        """What bounds say of associated types of type parameters, in the body that is being checked."""
        self.place: tuple[int, int] = (0, 0)
        """The span of the call that is being checked."""
        self.pending: list[TypeVar] = []
        """Variables that stand for associated types of bases that were not known when they were met."""


PROJECTIONS = Projections()


def _projected(variable: TypeVar) -> Type | None:
    projection = variable.projection
    assert projection is not None
    base = resolve(projection.base)
    if type(base) is TypeVar:
        return None
    found = normalized(AssocType(base, projection.trait, projection.name, projection.trait_args))
    return None if type(found) is TypeVar else found


def normalized(type_: AssocType) -> Type:
    """What an associated type stands for as far as its base is known; a variable where nothing is known of that."""
    base = resolve(type_.base)
    kind = type(base)
    if kind is TypeVar:
        made = TypeVar("any", PROJECTIONS.place, f"`{type_.name}`", type_)
        PROJECTIONS.pending.append(made)
        return made
    if kind is ParamType or kind is AssocType or PROJECTIONS.find is None:
        return PROJECTIONS.equal.get(type_, type_) if PROJECTIONS.equal else type_
    found = PROJECTIONS.find(type_)
    if found is None:
        made = TypeVar("any", PROJECTIONS.place, f"`{type_.name}`", type_)
        PROJECTIONS.pending.append(made)
        return made
    return found


def zonk(type_: Type) -> Type:
    """The type with every known variable replaced."""
    kind = type(type_)
    if kind in LEAVES:
        return type_
    if kind is TypeVar:
        link = resolve(type_)
        return type_ if link is type_ else zonk(link)
    return _map(type_, zonk)


def _map(type_: Type, change) -> Type:  # type: ignore[no-untyped-def]
    """A type with `change` applied to its parts; the same object when nothing changes."""
    if isinstance(type_, StructType | EnumType):
        if not type_.args:
            return type_
        args = tuple([change(arg) for arg in type_.args])
        return type_ if all(map(_is, args, type_.args)) else type(type_)(type_.definition, args)  # type: ignore[arg-type]
    if isinstance(type_, ArrayType):
        element = change(type_.element)
        return type_ if element is type_.element else ArrayType(element)
    if isinstance(type_, TupleType):
        elements = tuple([change(element) for element in type_.elements])
        return type_ if all(map(_is, elements, type_.elements)) else TupleType(elements)
    if isinstance(type_, FixedType):
        element = change(type_.element)
        return type_ if element is type_.element else FixedType(element, type_.size)
    if isinstance(type_, PtrType):
        element = change(type_.element)
        return type_ if element is type_.element else PtrType(element)
    if isinstance(type_, FuncType):
        return FuncType(tuple([change(param) for param in type_.params]), change(type_.result), type_.inout)
    if isinstance(type_, AnyType):
        return AnyType(type_.trait, type_.name, tuple([change(arg) for arg in type_.args]))
    if isinstance(type_, AssocType):
        trait_args = tuple([change(arg) for arg in type_.trait_args])
        return normalized(AssocType(change(type_.base), type_.trait, type_.name, trait_args))
    return type_


def _is(lhs: object, rhs: object) -> bool:
    return lhs is rhs


def substitute(type_: Type, mapping: dict[str, Type]) -> Type:
    """The type with type parameters replaced."""
    if not mapping:
        return type_

    def change(part: Type) -> Type:
        kind = type(part)
        if kind is ParamType:
            return mapping.get(part.name, part)  # type: ignore[attr-defined]
        if kind in LEAVES:
            return part
        if kind is TypeVar:
            link = part.link  # type: ignore[attr-defined]
            return part if link is None else change(link)
        return _map(part, change)

    return change(type_)


def parts(type_: Type) -> tuple[Type, ...]:
    """The direct parts of a type."""
    type_ = resolve(type_)
    if isinstance(type_, StructType | EnumType):
        return type_.args
    if isinstance(type_, ArrayType | FixedType | PtrType):
        return (type_.element,)
    if isinstance(type_, TupleType):
        return type_.elements
    if isinstance(type_, FuncType):
        return (*type_.params, type_.result)
    if isinstance(type_, AnyType):
        return type_.args
    if isinstance(type_, AssocType):
        return (type_.base, *type_.trait_args)
    return ()


def _identity(type_: Type) -> object:
    """What must be equal in two types of one kind besides their parts; structs and enums are compared by symbol."""
    if isinstance(type_, FixedType):
        return type_.size
    if isinstance(type_, FuncType):
        return type_.inout
    if isinstance(type_, AnyType):
        return type_.trait
    return (type_.trait, type_.name) if isinstance(type_, AssocType) else None


def open_variable(type_: Type) -> TypeVar | None:
    """The first unknown variable in a type."""
    type_ = resolve(type_)
    if type(type_) is TypeVar:
        return type_
    for part in parts(type_):
        found = open_variable(part)
        if found is not None:
            return found
    return None


def has_error(type_: Type) -> bool:
    """Whether an error was reported about a part of the type."""
    type_ = resolve(type_)
    return type_ is ERROR or any(has_error(part) for part in parts(type_))


def has_any(type_: Type) -> bool:
    """Whether an `any` type occurs in the type."""
    type_ = resolve(type_)
    return isinstance(type_, AnyType) or any(has_any(part) for part in parts(type_))


def has_param(type_: Type) -> bool:
    """Whether a type parameter occurs in the type."""
    type_ = resolve(type_)
    return type(type_) is ParamType or any(has_param(part) for part in parts(type_))


def param_names(type_: Type) -> set[str]:
    """The names of the type parameters in a type."""
    type_ = resolve(type_)
    if isinstance(type_, ParamType):
        return {type_.name}
    found: set[str] = set()
    for part in parts(type_):
        found |= param_names(part)
    return found


def occurs(variable: TypeVar, type_: Type) -> bool:
    """Whether a variable occurs in a type."""
    type_ = resolve(type_)
    return type_ is variable or any(occurs(variable, part) for part in parts(type_))


class Unifier:
    """Makes types equal by linking variables; `mark` and `undo` take links back."""

    def __init__(self) -> None:
        self.trail: list[tuple[TypeVar, str]] = []

    def mark(self) -> int:
        """Where the trail stands."""
        return len(self.trail)

    def undo(self, mark: int) -> None:
        """Take back every link since `mark`."""
        while len(self.trail) > mark:
            variable, kind = self.trail.pop()
            variable.link = None
            variable.kind = kind

    def link(self, variable: TypeVar, type_: Type) -> None:
        """Decide a variable."""
        self.trail.append((variable, variable.kind))
        variable.link = type_

    def try_unify(self, lhs: Type, rhs: Type) -> bool:
        """As `unify`, but without effect when it fails."""
        mark = len(self.trail)
        if self.unify(lhs, rhs):
            return True
        self.undo(mark)
        return False

    def unify(self, lhs: Type, rhs: Type) -> bool:
        """Make two types equal; a failure may leave links behind. An erroneous type fits everything."""
        lhs, rhs = resolve(lhs), resolve(rhs)
        if lhs is rhs or lhs is ERROR or rhs is ERROR:
            return True
        if type(lhs) is TypeVar:
            return self._bind(lhs, rhs)
        if type(rhs) is TypeVar:
            return self._bind(rhs, lhs)
        if type(lhs) is not type(rhs):
            return False
        if type(lhs) in LEAVES:
            return lhs == rhs
        if isinstance(lhs, StructType | EnumType):
            if lhs.definition.symbol != rhs.definition.symbol:  # type: ignore[attr-defined]
                return False
        elif _identity(lhs) != _identity(rhs):
            return False
        left, right = parts(lhs), parts(rhs)
        if len(left) != len(right):
            return False
        return all(self.unify(first, second) for first, second in zip(left, right, strict=True))

    def _bind(self, variable: TypeVar, type_: Type) -> bool:
        if type(type_) is TypeVar:
            if variable.kind == "any":
                if variable.subject.startswith("the parameter"):
                    # A message about what nothing decides names the parameter of a closure rather than its result.
                    type_.subject, type_.origin = variable.subject, variable.origin
                self.link(variable, type_)
            elif type_.kind in ("any", variable.kind):
                self.link(type_, variable)
            else:
                return False
            return True
        if variable.kind == "int":
            if type(type_) is not IntType:
                return False
        elif variable.kind == "float":
            if type(type_) is not FloatType:
                return False
        elif type(type_) is NeverType or (type(type_) not in LEAVES and occurs(variable, type_)):
            return False
        self.link(variable, type_)
        return True

    def default(self, type_: Type) -> Type:
        """The type with literal variables decided as `i64` and `f64`."""
        type_ = resolve(type_)
        if type(type_) is TypeVar:
            if type_.kind == "int":
                self.link(type_, I64)
                return I64
            if type_.kind == "float":
                self.link(type_, F64)
                return F64
            return type_
        for part in parts(type_):
            self.default(part)
        return zonk(type_)
