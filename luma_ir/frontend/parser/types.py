"""Parses types, bounds and type arguments."""

from __future__ import annotations

from luma_ir.frontend.ast import (
    AnyTypeExpr,
    ArrayTypeExpr,
    AssocTypeArg,
    ConstTypeArg,
    ErrorTypeExpr,
    FixedArrayTypeExpr,
    FuncTypeExpr,
    FuncTypeParam,
    GenericParam,
    Name,
    OptionalTypeExpr,
    Path,
    PathSegment,
    PathTypeExpr,
    TupleTypeExpr,
    TypeExpr,
    WherePredicate,
)
from luma_ir.frontend.parser.core import MAX_CHAIN, Recover
from luma_ir.frontend.parser.literals import FLOAT_TYPES, INTEGER_TYPES, Literals
from luma_ir.ir.diagnostics import Edit, Help, Label

PLAIN_TYPES = INTEGER_TYPES | FLOAT_TYPES | {"bool", "char", "string", "never"}
FOREIGN_TYPES = {
    "int": "i64", "uint": "u64", "long": "i64", "short": "i16", "byte": "u8", "usize": "u64", "isize": "i64",
    "float": "f64", "double": "f64", "str": "string", "String": "string", "boolean": "bool", "void": "()",
    "i128": "i64", "u128": "u64",
}  # fmt: skip
_FUNCTION_TYPES = frozenset(["fn", "Fn", "FnMut", "FnOnce", "fun", "function", "Func", "Function"])
"""How other languages begin the type of a function value."""
_CLOSE_ANGLE = {">": "", ">>": ">", ">=": "=", ">>=": ">="}
_TYPE_STOPS = frozenset([",", ";", "=", "{", "=>"])


class Types(Literals):
    """Types, as they stand after `:` and `->` and between angle brackets."""

    # Type = PrimaryType "?"*
    def type(self) -> TypeExpr:
        """A type; reports and recovers when there is none."""
        self.descend()
        first = self.position
        start = self.starts[first]
        found = self.primary_type()
        while self.kinds[self.position] == "?":
            self.position += 1
            if self.position - first > MAX_CHAIN and self.kinds[self.position - MAX_CHAIN] == "?":
                self.fail("E0019", f"this type has more than {MAX_CHAIN} `?` in a row")
            found = OptionalTypeExpr(start, self.ends[self.position - 1], found)
        if self.kinds[self.position] == "[" and self.kinds[self.position + 1] in ("]", "int"):
            found = self.array_of_elsewhere(found)
        if self.kinds[self.position] == "->" and not isinstance(found, FuncTypeExpr):
            found = self.arrow_type(start, found)
        self.nesting -= 1
        return found

    def array_of_elsewhere(self, element: TypeExpr) -> TypeExpr:
        """Report `i64[]` and `i64[3]`, and take them."""
        opening = self.position
        closing = self.brackets.closer[opening]
        size = self.text[self.ends[opening] : self.starts[closing]].strip()
        text = self.text[element.start : element.end]
        meant = f"[{text}; {size}]" if size else f"[{text}]"
        span = self.span(element.start, self.ends[closing])
        self.error("E0016", "the type of an array has brackets around the type of its elements", span,
                   helps=[Help(f"write `{meant}`", Edit(span, meant))])  # fmt: skip
        self.position = closing + 1
        return ErrorTypeExpr(element.start, self.ends[closing])

    def arrow_type(self, start: int, params: TypeExpr) -> TypeExpr:
        """Report `(A, B) -> C` and go on with the function type that is meant."""
        self.position += 1
        result = self.type()
        parts = params.elements if isinstance(params, TupleTypeExpr) else [params]
        span = self.span(start, result.end)
        inner = ", ".join(self.text[part.start : part.end] for part in parts)
        meant = f"func({inner}) -> {self.text[result.start : result.end]}"
        self.error("E0016", "the type of a function value begins with `func`", span,
                   helps=[Help(f"write `{meant}`", Edit(span, meant))])  # fmt: skip
        made = [FuncTypeParam(part.start, part.end, False, part) for part in parts]
        return FuncTypeExpr(start, result.end, made, result)

    def guarded_type(self) -> TypeExpr:
        """A type, or an `ErrorTypeExpr` after one that is wrong."""
        return self.guarded(self.type, ErrorTypeExpr, _TYPE_STOPS)

    # PrimaryType = TypePath | ArrayType | TupleType | FuncType | "any" Bounds
    def primary_type(self) -> TypeExpr:
        """A type without the `?` after it."""
        position = self.position
        kind = self.kinds[position]
        if kind == "name":
            if self.kinds[position + 1] == "(" and self.token_text(position) in _FUNCTION_TYPES:
                self.error("E0016", "the type of a function value begins with `func`", self.token_span(position),
                           helps=[self.replace("write `func`", position, "func")])  # fmt: skip
                return self.func_type()
            if self.kinds[position + 1] in ("name", "Self") and self.token_text(position) == "any":
                self.position += 1
                bounds = self.bounds()
                return AnyTypeExpr(self.starts[position], self.last_end(), bounds)
            return self.path_type()
        if kind == "Self":
            return self.path_type()
        if kind == "[":
            return self.array_type()
        if kind == "(":
            return self.tuple_type()
        if kind == "func":
            return self.func_type()
        return self.no_type(kind)

    def no_type(self, kind: str) -> TypeExpr:
        """Report what stands where a type should."""
        position = self.position
        if kind in ("&", "*", "&&"):
            self.error("E0016", f"a type does not begin with `{kind}`",
                       notes=["there are no references; a parameter that is changed for the caller is `inout T`"],
                       helps=[self.replace("leave it out", position, "")])  # fmt: skip
            self.position += 1
            return self.type()
        if kind == "inout":
            self.error("E0011", "`inout` stands before the type of a parameter only",
                       helps=[self.replace("leave it out", position, "")])  # fmt: skip
            self.position += 1
            return self.type()
        raise self.fail_expected("a type")

    # TypePath = (Name | "Self") TypeArgs? (("." | "::") Name TypeArgs?)*
    def path_type(self) -> TypeExpr:
        """A named type, with its module and its arguments."""
        position = self.position
        start, end = self.starts[position], self.ends[position]
        text = self.text[start:end]
        self.position = position + 1
        name = Name(start, end, text)
        following = self.kinds[position + 1]
        if text in PLAIN_TYPES and following != "::":
            return PathTypeExpr(start, end, Path(start, end, [PathSegment(start, end, "", name, None)]))
        args = self.type_args() if following == "<" else None
        segments = [PathSegment(start, self.last_end(), "", name, args)]
        while (separator := self.kinds[self.position]) in (".", "::"):
            if separator == "::" and self.kinds[self.position + 1] == "<":
                self.error("E0011", "in a type, arguments stand right after the name",
                           helps=[self.replace("leave out the `::`", self.position, "")])  # fmt: skip
                self.position += 1
                segments[-1].type_args = self.type_args()
                continue
            if self.kinds[self.position + 1] != "name":
                self.position += 1
                self.fail_expected("the name of a type")
            self.position += 1
            first = self.starts[self.position]
            member = self.name("the name of a type")
            args = self.type_args() if self.kinds[self.position] == "<" else None
            segments.append(PathSegment(first, self.last_end(), separator, member, args))
        end = self.last_end()
        return PathTypeExpr(start, end, Path(start, end, segments))

    # TypeArgs = "<" TypeArg ("," TypeArg)* ","? ">" ; TypeArg = Type | IntLiteral | Name "=" Type
    def type_args(self) -> list[TypeExpr]:
        """Type arguments, from the `<` on. A `>>` that ends two lists is split."""
        opening = self.position
        self.position += 1
        args = [self.type_arg()]
        while self.accept(","):
            if self.kinds[self.position] in _CLOSE_ANGLE:
                break
            args.append(self.type_arg())
        self.close_angle(opening, "the type argument")
        return args

    def type_arg(self) -> TypeExpr:
        """A type, a number as in `Simd<f32, 8>`, or an associated type as in `Iterator<Item = i64>`."""
        if self.kinds[self.position] == "name" and self.kinds[self.position + 1] == "=":
            name = self.name("the name of an associated type")
            self.expect("=", "the name of the associated type")
            found = self.type()
            return AssocTypeArg(name.start, self.last_end(), name, found)
        if self.kinds[self.position] == "int":
            value = self.int_literal()
            return ConstTypeArg(value.start, value.end, value)
        if self.kinds[self.position] in _CLOSE_ANGLE:
            self.fail_expected("a type argument")
        return self.type()

    def close_angle(self, opening: int, after: str) -> None:
        """Take a `>`, or the first character of a token that begins with one."""
        position = self.position
        rest = _CLOSE_ANGLE.get(self.kinds[position])
        if rest is None:
            raise self.fail("E0011", f"expected `,` or `>` after {after}, found {self.describe(position)}",
                            labels=[Label(self.token_span(opening), "the list begins here")])  # fmt: skip
        if rest:
            self.kinds[position] = rest
            self.starts[position] += 1
            # The nodes that end here end after the `>` that has just been taken.
            self.ends[position - 1] = self.starts[position]
        else:
            self.position += 1

    # ArrayType = "[" Type "]" | "[" Type ";" Expression "]"
    def array_type(self) -> TypeExpr:
        """A growable or a fixed-size array."""
        start = self.starts[self.position]
        closing = self.brackets.closer[self.position]
        self.position += 1
        if self.position == closing:
            self.fail_expected("the type of the elements")
        element = self.type()
        if self.accept(";"):
            length = self.plain_expression()
            self.expect("]", "the length")
            return FixedArrayTypeExpr(start, self.last_end(), element, length)
        if self.kinds[self.position] == ":":
            key = self.text[element.start : element.end]
            value = self.text[self.ends[self.position] : self.starts[closing]].strip()
            span = self.span(start, self.ends[closing])
            self.fail("E0016", "the type of a map has a name", span,
                      helps=[Help(f"write `Map<{key}, {value}>`", Edit(span, f"Map<{key}, {value}>"))])  # fmt: skip
        self.expect("]", "the type of the elements")
        return ArrayTypeExpr(start, self.last_end(), element)

    # TupleType = "(" (Type ("," Type)* ","?)? ")"
    def tuple_type(self) -> TypeExpr:
        """A tuple, unit, or a type in parentheses."""
        start = self.starts[self.position]
        self.position += 1
        elements = self.comma_list(self.type, ")", "the type")
        if len(elements) == 1 and self.kinds[self.position - 2] != ",":
            return elements[0]
        return TupleTypeExpr(start, self.last_end(), elements)

    # FuncType = "func" "(" ("inout"? Type ("," "inout"? Type)*)? ")" ("->" Type)?
    def func_type(self) -> TypeExpr:
        """The type of a function value."""
        start = self.starts[self.position]
        self.position += 1
        self.expect("(", "`func`")
        params = self.comma_list(self.func_type_param, ")", "the parameter's type")
        result = self.type() if self.accept("->") else None
        return FuncTypeExpr(start, self.last_end(), params, result)

    def func_type_param(self) -> FuncTypeParam:
        """One parameter of a function type."""
        position = self.position
        start = self.starts[position]
        if self.kinds[position] == "name" and self.kinds[position + 1] == ":":
            span = self.span(start, self.starts[position + 2])
            self.error("E0011", "the parameters of a function type have no names", span,
                       helps=[Help("leave the name out", Edit(span, ""))])  # fmt: skip
            self.position += 2
        is_inout = self.accept("inout")
        found = self.type()
        return FuncTypeParam(start, self.last_end(), is_inout, found)

    # Bounds = Type ("+" Type)*
    def bounds(self) -> list[TypeExpr]:
        """Traits that a type must implement."""
        found = [self.type()]
        while self.accept("+"):
            found.append(self.type())
        return found

    # Generics = "<" (GenericParam ("," GenericParam)* ","?)? ">"
    def generics(self) -> list[GenericParam]:
        """The type parameters of an item, when there are any."""
        if self.kinds[self.position] != "<":
            return []
        opening = self.position
        self.position += 1
        params: list[GenericParam] = []
        try:
            while self.kinds[self.position] not in _CLOSE_ANGLE:
                params.append(self.generic_param())
                if not self.accept(","):
                    break
            self.close_angle(opening, "the type parameter")
        except Recover:
            self.skip_to(frozenset([">", "(", "{", ";"]), opening)
            self.accept(">")
        return params

    # GenericParam = Name (":" Bounds)? ("=" Type)?
    def generic_param(self) -> GenericParam:
        """`T`, `T: Ord + Show`, `T = Self`."""
        name = self.name("the name of a type parameter")
        bounds = self.bounds() if self.accept(":") else []
        default = self.type() if self.accept("=") else None
        return GenericParam(name.start, self.last_end(), name, bounds, default)

    # Where = "where" Type ":" Bounds ("," Type ":" Bounds)* ","?
    def where(self) -> list[WherePredicate]:
        """The `where` clause of an item, when there is one."""
        predicates: list[WherePredicate] = []
        if not self.accept("where"):
            return predicates
        while self.kinds[self.position] not in ("{", ";", "eof"):
            subject = self.type()
            self.expect(":", "the type")
            bounds = self.bounds()
            predicates.append(WherePredicate(subject.start, self.last_end(), subject, bounds))
            if not self.accept(","):
                break
        return predicates
