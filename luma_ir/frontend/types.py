"""
Semantic types of the source language, as the checker and the lowering see them.

Types are immutable and compared by value; structs and enums are compared by their definition's symbol and their type
arguments. `TypeVar`s exist only while a function body is being inferred: no type in a finished typed tree has one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

if TYPE_CHECKING:
    from luma_ir.frontend.hir import EnumDef, StructDef


@frozen
class Type:
    """Base of all types; `str()` gives the source spelling."""


@frozen
class IntType(Type):
    """`i8` … `u64`; `bits` is 8, 16, 32 or 64."""

    bits: int
    signed: bool

    def __str__(self) -> str:
        return f"{'i' if self.signed else 'u'}{self.bits}"

    @property
    def minimum(self) -> int:
        """The least value."""
        return -(1 << (self.bits - 1)) if self.signed else 0

    @property
    def maximum(self) -> int:
        """The greatest value."""
        return (1 << (self.bits - 1)) - 1 if self.signed else (1 << self.bits) - 1


@frozen
class FloatType(Type):
    """`f32` or `f64`."""

    bits: int

    def __str__(self) -> str:
        return f"f{self.bits}"


@frozen
class BoolType(Type):
    """`bool`."""

    def __str__(self) -> str:
        return "bool"


@frozen
class CharType(Type):
    """`char`: a Unicode scalar value."""

    def __str__(self) -> str:
        return "char"


@frozen
class NeverType(Type):
    """The type of an expression that does not return; fits every expectation."""

    def __str__(self) -> str:
        return "never"


@frozen
class ArrayType(Type):
    """`[T]`."""

    element: Type

    def __str__(self) -> str:
        return f"[{self.element}]"


@frozen
class FixedType(Type):
    """`[T; N]`."""

    element: Type
    size: int

    def __str__(self) -> str:
        return f"[{self.element}; {self.size}]"


@frozen
class TupleType(Type):
    """`(A, B)`; without elements it is unit."""

    elements: tuple[Type, ...]

    def __str__(self) -> str:
        inner = ", ".join(map(str, self.elements))
        return f"({inner},)" if len(self.elements) == 1 else f"({inner})"


@frozen
class StructType(Type):
    """A struct, `string` among them (the library's struct over its bytes)."""

    definition: StructDef = field(eq=lambda definition: definition.symbol, hash=True)
    args: tuple[Type, ...] = ()

    def __str__(self) -> str:
        return _nominal(self.definition.name, self.args)


@frozen
class EnumType(Type):
    """An enum; `T?` is the library's `Option<T>`."""

    definition: EnumDef = field(eq=lambda definition: definition.symbol, hash=True)
    args: tuple[Type, ...] = ()

    def __str__(self) -> str:
        if self.definition.symbol == "std.option.Option" and self.args:
            return f"({self.args[0]})?" if isinstance(self.args[0], FuncType) else f"{self.args[0]}?"
        return _nominal(self.definition.name, self.args)


@frozen
class ParamType(Type):
    """A type parameter of the surrounding generic item."""

    name: str

    def __str__(self) -> str:
        return self.name


@frozen
class PtrType(Type):
    """`ptr<T>`."""

    element: Type

    def __str__(self) -> str:
        return f"ptr<{self.element}>"


@frozen
class FuncType(Type):
    """`func(A, B) -> C`; `inout` has the numbers of the parameters that are changed in place for the caller."""

    params: tuple[Type, ...]
    result: Type
    inout: tuple[int, ...] = ()

    def __str__(self) -> str:
        shown = [f"inout {param}" if number in self.inout else str(param) for number, param in enumerate(self.params)]
        result = "" if self.result == UNIT else f" -> {self.result}"
        return f"func({', '.join(shown)}){result}"


@frozen
class AnyType(Type):
    """`any Trait`: a value of some type that implements the trait, which is named by its symbol."""

    trait: str
    name: str = field(eq=False)
    """The trait's name in the source."""
    args: tuple[Type, ...] = ()

    def __str__(self) -> str:
        return f"any {_nominal(self.name, self.args)}"


@frozen
class AssocType(Type):
    """
    `T::Item`: the associated type `name` that `base`, in which a type parameter occurs, has as an implementation of a
    trait. Where the base is known the type that it stands for takes its place.
    """

    base: Type
    trait: str
    name: str
    trait_args: tuple[Type, ...] = ()

    def __str__(self) -> str:
        return f"{self.base}::{self.name}"


@frozen
class ErrorType(Type):
    """Stands where an error has been reported already; silences what follows from it."""

    def __str__(self) -> str:
        return "?"


def _nominal(name: str, args: tuple[Type, ...]) -> str:
    return f"{name}<{', '.join(map(str, args))}>" if args else name


I8, I16, I32, I64 = (IntType(bits, True) for bits in (8, 16, 32, 64))
U8, U16, U32, U64 = (IntType(bits, False) for bits in (8, 16, 32, 64))
F32, F64 = FloatType(32), FloatType(64)
BOOL, CHAR, NEVER, UNIT, ERROR = BoolType(), CharType(), NeverType(), TupleType(()), ErrorType()

PRIMITIVES: dict[str, Type] = {
    **{str(type_): type_ for type_ in (I8, I16, I32, I64, U8, U16, U32, U64, F32, F64)},
    "bool": BOOL,
    "char": CHAR,
    "never": NEVER,
}
