"""Parses declarations and whole modules."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress

from luma_ir.frontend.ast import (
    Attribute,
    AttributeArg,
    ConstDecl,
    EnumDecl,
    ErrorExpr,
    ErrorTypeExpr,
    Expression,
    ExternDecl,
    FieldDecl,
    FuncDecl,
    ImplDecl,
    ImportDecl,
    ImportedName,
    Item,
    Module,
    Name,
    StructDecl,
    TraitDecl,
    TypeDecl,
    TypeExpr,
    VariantDecl,
)
from luma_ir.frontend.lexer import tokenize
from luma_ir.frontend.parser.brackets import match_brackets
from luma_ir.frontend.parser.core import Recover
from luma_ir.frontend.parser.functions import RECURSION_LIMIT, TYPE_STOPS, Functions
from luma_ir.frontend.parser.statements import FOREIGN_ITEMS, FOREIGN_LETS, ITEM_STARTS
from luma_ir.frontend.parser.strangers import indented_block
from luma_ir.frontend.parser.types import FOREIGN_TYPES, PLAIN_TYPES
from luma_ir.ir.diagnostics import Diagnostic, DiagnosticEngine, Edit, Help, SourceFile

_MEMBER_STARTS = ITEM_STARTS | {"unsafe"}
_MODIFIERS = ("public", "private", "static", "export", "final", "internal", "protected")


def parse_source(source: SourceFile, engine: DiagnosticEngine, *, lazy_bodies: bool = False) -> Module:
    """
    The syntax tree of a source file; what is wrong with it is reported to `engine` in the order of the text.

    With `lazy_bodies` a function's body is skipped and parsed when `FuncDecl.body` is first read.
    """
    diagnostics: list[Diagnostic] = []
    tokens = tokenize(source, diagnostics)
    brackets = match_brackets(tokens, source, diagnostics)
    parser = Parser(source, tokens, brackets, diagnostics)
    parser.engine = engine
    parser.lazy_bodies = lazy_bodies
    module = parser.with_stack(parser.module)
    parser.flush()
    return module


class Parser(Functions):
    """The whole parser: items, on top of everything that stands in them."""

    def with_stack(self, parse: Callable[[], Module]) -> Module:
        """Run a parse function with room for the deepest nesting that is allowed."""
        saved = sys.getrecursionlimit()
        sys.setrecursionlimit(max(saved, RECURSION_LIMIT))
        try:
            return parse()
        finally:
            sys.setrecursionlimit(saved)

    # Module = Item*
    def module(self) -> Module:
        """All items of the file."""
        docs = [self.doc_text(start, end) for start, end in self.tokens.module_docs]
        items = self.items(ITEM_STARTS | {"unsafe"}, self.item, "an item", len(self.kinds) - 1)
        return Module(0, len(self.text), self.source, "\n".join(docs) if docs else None, items)

    def items(self, starts: frozenset[str], parse: Callable[[], Item], what: str, closing: int) -> list[Item]:
        """The items up to the token `closing`; an item that is wrong is left out."""
        items: list[Item] = []
        nesting = self.nesting
        while self.position < closing:
            before = self.position
            try:
                items.append(parse())
                while self.kinds[self.position] == ";":
                    self.stray_semicolon()
            except Recover:
                self.nesting, self.allow_struct = nesting, True
                self.recover_item(before, closing, starts)
        return items

    def stray_semicolon(self) -> None:
        """Report a `;` after an item."""
        self.error("E0011", "a `;` after an item",
                   helps=[self.replace("leave it out", self.position, "")])  # fmt: skip
        self.position += 1

    def recover_item(self, before: int, closing: int, starts: frozenset[str]) -> None:
        """Skip to what looks like the next item."""
        kinds, closer = self.kinds, self.brackets.closer
        self.surface(before)
        if self.position == before:
            self.position = closer.get(before, before) + 1
        while self.position < closing:
            position = self.position
            kind = kinds[position]
            if kind in starts and self.starts_line(position):
                return
            if (
                kind == "name"
                and self.starts_line(position)
                and (self.token_text(position) in FOREIGN_ITEMS or self.is_word("from", position))
            ):
                return
            if kind == ";" and kinds[position + 1] in starts:
                self.position += 1
                return
            self.position = closer.get(position, position) + 1
        self.position = min(self.position, closing)

    # ---- attributes, documentation, visibility

    def doc_text(self, start: int, end: int) -> str:
        """The text of a documentation comment without its slashes and one space."""
        return self.text[start + 3 : end].removeprefix(" ").rstrip()

    def docs_at(self, position: int) -> list[str]:
        """The documentation comments before a token."""
        found = self.tokens.docs.get(position)
        return [self.doc_text(start, end) for start, end in found] if found else []

    # Attribute = "#" "[" Name ("(" AttributeArgs ")")? "]" ; AttributeArgs = (AttributeArg ("," AttributeArg)* ","?)?
    def prefix(self) -> tuple[list[Attribute], str | None]:
        """The attributes and the documentation before an item, field or variant."""
        docs = self.docs_at(self.position)
        attributes: list[Attribute] = []
        while self.kinds[self.position] == "#":
            position = self.position
            closing = self.brackets.closer.get(position + 1, position + 1)
            if self.kinds[position + 1] != "[":
                if self.kinds[position + 1] == "!" and self.kinds[position + 2] == "[":
                    self.error("E0024", "there are no attributes of whole modules",
                               helps=[self.replace("that of an item has no `!`", position + 1, "")])  # fmt: skip
                    self.position = self.brackets.closer[position + 2] + 1
                    continue
                raise self.fail("E0024", "`#` begins an attribute, as in `#[test]`", helps=[Help("a comment begins with `//`")])  # noqa: E501  # fmt: skip
            self.position += 2
            with suppress(Recover):
                attributes.append(self.attribute(position, closing))
            self.position = closing + 1
            docs += self.docs_at(self.position)
        return attributes, "\n".join(docs) if docs else None

    def attribute(self, position: int, closing: int) -> Attribute:
        """One attribute, from its name on."""
        name = self.name("the name of an attribute")
        args: list[AttributeArg] = []
        if self.accept("("):
            args = self.comma_list(self.attribute_arg, ")", "the argument")
        elif self.kinds[self.position] == "=":
            self.fail("E0024", "the argument of an attribute stands in parentheses",
                      helps=[Help(f"write `#[{name.text}(…)]`")])  # fmt: skip
        if self.position != closing:
            self.fail("E0024", f"expected `]` after the attribute, found {self.describe(self.position)}")
        return Attribute(self.starts[position], self.ends[closing], name, args)

    # AttributeArg = Name "=" Expression | Name "(" AttributeArgs ")" | Expression
    def attribute_arg(self) -> AttributeArg:
        """One argument of an attribute."""
        position = self.position
        start = self.starts[position]
        if self.kinds[position] == "name" or self.kinds[position] in ("type", "in", "async"):
            following = self.kinds[position + 1]
            if following in ("=", "("):
                name = Name(start, self.ends[position], self.token_text(position))
                self.position += 2
                if following == "=":
                    value = self.expression()
                    return AttributeArg(start, value.end, name, value, None)
                self.descend()
                args = self.comma_list(self.attribute_arg, ")", "the argument")
                self.nesting -= 1
                return AttributeArg(start, self.last_end(), name, None, args)
        value = self.expression()
        return AttributeArg(start, value.end, None, value, None)

    # Item = Attribute* "pub"? (Func | Struct | Enum | Trait | Impl | Const | TypeAlias | Import | Extern)
    def item(self) -> Item:
        """One declaration."""
        attributes, doc = self.prefix()
        start = self.starts[self.position]
        if attributes and self.kinds[self.position] in ("eof", "}"):
            raise self.fail(
                "E0024", "this attribute belongs to no item", self.span(attributes[-1].start, attributes[-1].end)
            )
        public = self.accept("pub")
        kind = self.kinds[self.position]
        if kind == "name":
            self.foreign_item()
            kind = self.kinds[self.position]
        parse = _ITEMS.get(kind)
        if parse is None or (kind == "unsafe" and self.kinds[self.position + 1] == "{"):
            raise self.no_item(kind, public)
        self.descend()
        found = parse(self, start, attributes, doc, public)
        self.nesting -= 1
        return found

    def nested_item(self) -> Item:
        """A declaration in a block; its body is parsed at once."""
        saved, self.lazy_bodies = self.lazy_bodies, False
        found = self.item()
        self.lazy_bodies = saved
        return found

    def misplaced_attributes(self) -> bool:
        """Report and take attributes at the beginning of a statement; False where an item follows them."""
        start = self.position
        attributes, _ = self.prefix()
        following, after = self.kinds[self.position], self.kinds[self.position + 1]
        is_word = following == "name" and after in ("name", "string")
        if not attributes or following in ("eof", "}", "pub") or following in _ITEMS or is_word:
            self.position = start
            return False
        span = self.span(attributes[0].start, attributes[-1].end)
        self.error("E0024", "attributes stand in front of items, not of statements", span,
                   helps=[Help("leave it out", Edit(span, ""))])  # fmt: skip
        return True

    def foreign_item(self) -> None:
        """Report a keyword of another language, and read it as Luma's."""
        position = self.position
        text = self.token_text(position)
        if text in _MODIFIERS and self.kinds[position + 1] in (*ITEM_STARTS, "name"):
            help = self.replace("leave it out: items are private unless `pub`", position, "")
            if text in ("public", "export"):
                help = self.replace("write `pub`", position, "pub")
            elif text == "static":
                help = self.replace("leave it out: a function without `self` is static", position, "")
            self.error("E0016", f"`{text}` is no keyword", helps=[help])
            self.position += 1
            if self.kinds[self.position] == "name":
                self.foreign_item()
        elif text == "from" and self.kinds[position + 1] == "name":
            self.import_from(position)
        elif text in FOREIGN_ITEMS and self.kinds[position + 1] in ("name", "string"):
            meant = FOREIGN_ITEMS[text]
            helps = [self.replace(f"write `{meant}`", position, meant)]
            if meant == "import":
                helps = self.import_path(position)
            self.error("E0016", f"`{text}` is written `{meant}`", helps=helps)
            self.kinds[position] = meant
        elif text in FOREIGN_LETS and self.kinds[position + 1] == "name":
            self.fail("E0022", "there are no variables outside functions",
                      helps=[self.replace("declare a constant with `const`", position, "const")])  # fmt: skip

    def import_path(self, position: int) -> list[Help]:
        """How `use a::b::c` is written; its `::` are taken for `.` from now on."""
        at = position + 1
        while self.kinds[at] in ("name", "::", "."):
            if self.kinds[at] == "::":
                self.kinds[at] = "."
            at += 1
        path = self.text[self.starts[position + 1] : self.ends[at - 1]].replace("::", ".")
        span = self.span(self.starts[position], self.ends[at - 1])
        return [Help(f"write `import {path}`", Edit(span, f"import {path}"))]

    def import_from(self, position: int) -> None:
        """Report `from a.b import c`."""
        at = position + 1
        while self.kinds[at] in ("name", ".", "/", "::"):
            at += 1
        if self.kinds[at] != "import":
            return
        module = self.text[self.starts[position + 1] : self.ends[at - 1]]
        last = at + 1
        while self.kinds[last] in ("name", ",", "{", "}", "as", "*") and not self.starts_line(last):
            last += 1
        names = self.text[self.starts[at + 1] : self.ends[last - 1]].strip("{} ")
        span = self.span(self.starts[position], self.ends[last - 1])
        meant = f"import {module}.{{{names}}}" if names != "*" else f"import {module}"
        if module == "std" and names.isidentifier():
            meant = f"import std.{names}"
        self.error("E0016", "an import begins with `import`", span,
                   helps=[Help(f"write `{meant};`", Edit(span, meant))])  # fmt: skip
        self.position = last
        raise Recover

    def no_item(self, kind: str, public: bool) -> Recover:
        """Report what stands where an item should."""
        position = self.position
        if public:
            raise self.fail_expected("an item after `pub`")
        if kind == "let":
            raise self.fail("E0022", "there are no variables outside functions",
                            helps=[self.replace("declare a constant with `const`", position, "const")])  # fmt: skip
        if self.brackets.has_stray:
            raise Recover
        if kind in ("name", "if", "for", "while", "loop", "match", "return", "unsafe", "string", "{"):
            raise self.fail("E0022", f"expected an item, found {self.describe(position)}",
                            notes=["statements stand inside functions; a program begins at `func main()`"])  # fmt: skip
        raise self.fail("E0022", f"expected an item, found {self.describe(position)}",
                        helps=[Help("an item begins with `func`, `struct`, `enum`, `trait`, `impl`, `const`, `type`, `import` or `extern`")])  # noqa: E501  # fmt: skip

    # ---- types

    # Struct = "struct" Name Generics? Where? "{" (Field ("," Field)* ","?)? "}"
    def struct(self, start: int, attributes: list[Attribute], doc: str | None, public: bool) -> StructDecl:
        """A struct."""
        self.position += 1
        name = self.name("the name of the struct")
        generics = self.generics()
        where = self.where()
        fields: list[FieldDecl] = []
        if self.kinds[self.position] == ";":
            here = self.last_end()
            self.error("E0011", "a struct without fields has empty braces",
                       helps=[Help("write `{}`", Edit(self.span(here, self.ends[self.position]), " {}"))])  # fmt: skip
            self.position += 1
        elif self.kinds[self.position] == "(":
            self.fail(
                "E0011", "the fields of a struct have names", helps=[Help(f"write `struct {name.text} {{ first: T }}`")]
            )
        else:
            if indented_block(self, f"`{name.text}`"):
                return StructDecl(start, self.last_end(), attributes, doc, public, name, generics, where, fields)
            self.expect("{", "the name of the struct")
            fields = self.comma_list(self.field, "}", "the field")
        return StructDecl(start, self.last_end(), attributes, doc, public, name, generics, where, fields)

    # Field = Attribute* "pub"? Name ":" Type ("=" Expression)?
    def field(self) -> FieldDecl:
        """A field of a struct or variant."""
        attributes, doc = self.prefix()
        start = self.starts[self.position]
        public = self.accept("pub")
        if self.kinds[self.position] in ("func", "const", "let") or (self.is_word("var") and not public):
            kind = self.token_text(self.position)
            if kind in ("func", "const"):
                raise self.fail("E0011", f"`{kind}` stands in an `impl` block, not in the struct",
                                helps=[Help("write `impl Name { … }` after the struct")])  # fmt: skip
            self.error("E0016", f"a field has no `{kind}`", helps=[self.replace("leave it out", self.position, "")])
            self.position += 1
        if self.kinds[self.position] == "name" and self.kinds[self.position + 1] == "name":
            self.field_of_elsewhere()
        name = self.name("the name of a field")
        annotation: TypeExpr = ErrorTypeExpr(name.end, name.end)
        if self.kinds[self.position] in (",", "}", ";"):
            self.error("E0011", f"the field `{name.text}` has no type", self.span(name.start, name.end),
                       helps=[self.insert("write the type behind the name", name.end, ": T")])  # fmt: skip
        else:
            self.expect(":", "the name of the field")
            annotation = self.guarded(self.type, ErrorTypeExpr, TYPE_STOPS)
        default = self.expression() if self.accept("=") else None
        if self.kinds[self.position] == ";":
            self.error(
                "E0018", "fields are separated by `,`, not `;`", helps=[self.replace("write `,`", self.position, ",")]
            )
            self.kinds[self.position] = ","
        return FieldDecl(start, self.last_end(), attributes, doc, public, name, annotation, default)

    def field_of_elsewhere(self) -> None:
        """Report `int x;` and `fn f() {}` where a field should stand."""
        first, second = self.token_text(self.position), self.token_text(self.position + 1)
        if FOREIGN_ITEMS.get(first) == "func":
            raise self.fail("E0011", "a function stands in an `impl` block, not in the struct",
                            helps=[Help("write `impl Name { … }` after the struct")])  # fmt: skip
        is_type = first in FOREIGN_TYPES or first in PLAIN_TYPES or first[0].isupper()
        if is_type and self.kinds[self.position + 2] in (";", ",", "}", "="):
            meant = f"{second}: {FOREIGN_TYPES.get(first, first)}"
            span = self.span(self.starts[self.position], self.ends[self.position + 1])
            raise self.fail("E0016", "the type of a field stands after its name", span,
                            helps=[Help(f"write `{meant}`", Edit(span, meant))])  # fmt: skip

    # Enum = "enum" Name Generics? Where? "{" (Variant ("," Variant)* ","?)? "}"
    def enum(self, start: int, attributes: list[Attribute], doc: str | None, public: bool) -> EnumDecl:
        """An enum."""
        self.position += 1
        name = self.name("the name of the enum")
        generics = self.generics()
        where = self.where()
        self.expect("{", "the name of the enum")
        variants = self.comma_list(self.variant, "}", "the variant")
        return EnumDecl(start, self.last_end(), attributes, doc, public, name, generics, where, variants)

    # Variant = Attribute* Name ("(" Type ("," Type)* ","? ")" | "{" Field ("," Field)* ","? "}")?
    def variant(self) -> VariantDecl:
        """A variant of an enum."""
        attributes, doc = self.prefix()
        name = self.name("the name of a variant")
        types: list[TypeExpr] | None = None
        fields: list[FieldDecl] | None = None
        if self.accept("("):
            types = self.comma_list(self.type, ")", "the type")
        elif self.accept("{"):
            fields = self.comma_list(self.field, "}", "the field")
        elif self.kinds[self.position] == "=":
            self.fail("E0011", "a variant has no number", helps=[Help("give the enum a method that `match`es it")])
        return VariantDecl(name.start, self.last_end(), attributes, doc, name, types, fields)

    # Trait = "trait" Name Generics? (":" Bounds)? Where? "{" Member* "}"
    def trait(self, start: int, attributes: list[Attribute], doc: str | None, public: bool) -> TraitDecl:
        """A trait."""
        self.position += 1
        name = self.name("the name of the trait")
        generics = self.generics()
        bounds = self.bounds() if self.accept(":") else []
        where = self.where()
        items = self.members("the name of the trait")
        return TraitDecl(start, self.last_end(), attributes, doc, public, name, generics, bounds, where, items)

    # Impl = "impl" Generics? Type ("for" Type)? Where? "{" Member* "}"
    def impl(self, start: int, attributes: list[Attribute], doc: str | None, public: bool) -> ImplDecl:
        """An `impl` block."""
        if public:
            self.literal_error(
                "E0011", "an `impl` block has no `pub`", start, start + 3, [Help("its functions may have one")]
            )
        self.position += 1
        generics = self.generics()
        target = self.type()
        trait: TypeExpr | None = None
        if self.accept("for"):
            trait, target = target, self.type()
        elif self.kinds[self.position] == ":":
            self.fail("E0016", "an implementation is written `impl Trait for Type`")
        where = self.where()
        items = self.members("the type")
        return ImplDecl(start, self.last_end(), attributes, doc, public, generics, trait, target, where, items)

    # Member = Attribute* "pub"? (Func | Const | TypeAlias)
    def members(self, after: str) -> list[Item]:
        """The functions, constants and types in the braces of a trait, `impl` or `extern`."""
        opening = self.position
        self.expect("{", after)
        closing = self.brackets.closer[opening]
        items = self.items(_MEMBER_STARTS, self.member_item, "a function", closing)
        self.position = closing + 1
        return items

    def member_item(self) -> Item:
        """One member."""
        position = self.position
        found = self.item()
        if not isinstance(found, FuncDecl | ConstDecl | TypeDecl):
            self.position, after = position, self.position
            self.error("E0011", "only `func`, `const` and `type` stand here", self.span(found.start, found.end),
                       helps=[Help("move it out of the braces")])  # fmt: skip
            self.position = after
        return found

    # Const = "const" Name (":" Type)? ("=" Expression)? ";"
    def const(self, start: int, attributes: list[Attribute], doc: str | None, public: bool) -> Item:
        """A constant."""
        self.position += 1
        if self.kinds[self.position] == "func":
            self.error("E0011", "every function may run at compile time", helps=[self.replace("leave out `const`", self.position - 1, "")])  # noqa: E501  # fmt: skip
            return self.func(start, attributes, doc, public)
        name = self.name("the name of the constant")
        annotation = self.guarded_type() if self.accept(":") else None
        value: Expression | None = None
        if self.accept("="):
            value = self.guarded(self.expression, ErrorExpr, frozenset([";"]))
        found = ConstDecl(start, self.last_end(), attributes, doc, public, name, annotation, value)
        self.end_of_item("the constant")
        return found

    def end_of_item(self, what: str) -> None:
        """The `;` after an item that has no braces."""
        if self.last_failed() and self.kinds[self.position] != ";":
            raise Recover
        self.finish_statement(what)

    # TypeAlias = "type" Name Generics? (":" Bounds)? ("=" Type)? ";"
    def type_alias(self, start: int, attributes: list[Attribute], doc: str | None, public: bool) -> TypeDecl:
        """A name for a type."""
        self.position += 1
        name = self.name("the name of the type")
        generics = self.generics()
        bounds = self.bounds() if self.accept(":") else []
        value = self.guarded_type() if self.accept("=") else None
        found = TypeDecl(start, self.last_end(), attributes, doc, public, name, generics, bounds, value)
        self.end_of_item("the type")
        return found

    # Import = "import" Name ("." Name)* ("." "{" ImportedName ("," ImportedName)* ","? "}" | "as" Name)? ";"
    def import_item(self, start: int, attributes: list[Attribute], doc: str | None, public: bool) -> ImportDecl:
        """An import."""
        self.position += 1
        if self.kinds[self.position] in ("string", "<"):
            self.fail("E0011", f"expected the name of a module, found {self.describe(self.position)}",
                      helps=[Help("modules are named by their path: `import geometry.shapes;`")])  # fmt: skip
        path = [self.name("the name of a module")]
        names: list[ImportedName] | None = None
        alias: Name | None = None
        while self.kinds[self.position] in (".", "::", "/"):
            if self.kinds[self.position] != ".":
                self.error(
                    "E0016", "modules are separated by `.`", helps=[self.replace("write `.`", self.position, ".")]
                )
            self.position += 1
            if self.accept("{"):
                names = self.comma_list(self.imported_name, "}", "the name")
                break
            if self.kinds[self.position] == "*":
                self.fail("E0011", "an import lists its names", helps=[Help("write `.{a, b}`, or import the module and write `module.a`")])  # noqa: E501  # fmt: skip
            path.append(self.name("the name of a module"))
        if names is None and self.accept("as"):
            alias = self.name("a name after `as`")
        found = ImportDecl(start, self.last_end(), attributes, doc, public, path, alias, names)
        self.end_of_item("the import")
        return found

    # ImportedName = Name ("as" Name)?
    def imported_name(self) -> ImportedName:
        """One name between the braces of an import."""
        name = self.name("a name to import")
        alias = self.name("a name after `as`") if self.accept("as") else None
        return ImportedName(name.start, self.last_end(), name, alias)

    # Extern = "extern" StringLiteral "{" Func* "}"
    def extern(self, start: int, attributes: list[Attribute], doc: str | None, public: bool) -> ExternDecl:
        """Functions from elsewhere."""
        self.position += 1
        abi = "C"
        if self.kinds[self.position] == "string":
            literal = self.string_literal()
            abi = getattr(literal, "value", abi)
        else:
            self.expect_soft('"C"', "`extern`")
        items = self.members("the calling convention")
        functions = [item for item in items if isinstance(item, FuncDecl)]
        for function in functions:
            function.abi = abi
            if function.has_body:
                help = Help('end it with `;`; one for others to call has `#[export("name")]`')
                message = "a function in an `extern` block has no body"
                self.literal_error("E0011", message, function.start, function.signature_end, [help])
        return ExternDecl(start, self.last_end(), attributes, doc, public, abi, functions)


_ITEMS: dict[str, Callable[[Parser, int, list[Attribute], str | None, bool], Item]] = {
    "func": Parser.func,
    "async": Parser.func,
    "unsafe": Parser.func,
    "struct": Parser.struct,
    "enum": Parser.enum,
    "trait": Parser.trait,
    "impl": Parser.impl,
    "const": Parser.const,
    "type": Parser.type_alias,
    "import": Parser.import_item,
    "extern": Parser.extern,
}
