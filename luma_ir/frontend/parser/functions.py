"""Parses functions: their signatures and, now or when they are read, their bodies."""

from __future__ import annotations

import sys
from collections.abc import Callable

from luma_ir.frontend.ast import (
    Attribute,
    Block,
    ErrorExpr,
    ErrorTypeExpr,
    FuncDecl,
    Name,
    Param,
    Receiver,
    TypeExpr,
    WherePredicate,
)
from luma_ir.frontend.parser.core import Recover
from luma_ir.frontend.parser.statements import Statements
from luma_ir.frontend.parser.strangers import indented_block
from luma_ir.frontend.parser.types import FOREIGN_TYPES
from luma_ir.ir.diagnostics import DiagnosticEngine, Edit, Help

RECURSION_LIMIT = 12_000
TYPE_STOPS = frozenset([",", "=", ";"])


class Functions(Statements):
    """`func` and everything up to the end of its body."""

    engine: DiagnosticEngine

    def flush(self) -> None:
        """Hand what was reported to the engine, in the order of the text."""
        self.diagnostics.sort(key=lambda diagnostic: diagnostic.span.start if diagnostic.span else 0)
        for diagnostic in self.diagnostics:
            self.engine.emit(diagnostic)
        self.diagnostics.clear()

    # Func = "async"? "unsafe"? "func" Name Generics? "(" Params ")" ("->" Type)? Where? (Block | ";")
    def func(self, start: int, attributes: list[Attribute], doc: str | None, public: bool) -> FuncDecl:
        """A function."""
        is_async = self.accept("async")
        is_unsafe = self.accept("unsafe")
        is_async = self.accept("async") or is_async
        self.expect("func", "`async`" if is_async else "`unsafe`")
        name = self.name("the name of the function")
        generics = self.generics()
        receiver: Receiver | None = None
        params: list[Param] = []
        if self.kinds[self.position] != "(":
            self.error("E0011", f"expected `(` after the function's name, found {self.describe(self.position)}",
                       helps=[self.insert("without parameters it is `()`", self.last_end(), "()")])  # fmt: skip
        else:
            self.position += 1
            receiver, params = self.params()
        result, where = self.signature_rest()
        signature_end = self.last_end()
        body = self.func_body(name)
        return FuncDecl(
            start, self.last_end(), attributes, doc, public, name, generics, receiver, params, result, where,
            is_async, is_unsafe, None, signature_end, body,
        )  # fmt: skip

    def signature_rest(self) -> tuple[TypeExpr | None, list[WherePredicate]]:
        """The result and the `where` clause of a function."""
        result: TypeExpr | None = None
        where: list[WherePredicate] = []
        before = self.position
        try:
            is_block = self.kinds[self.position] == ":" and self.starts_line(self.position + 1)
            if self.kinds[self.position] in (":", "=>") and not is_block:
                self.error("E0016", f"expected `->` before the result's type, found {self.describe(self.position)}",
                           helps=[self.replace("write `->`", self.position, "->")])  # fmt: skip
                self.kinds[self.position] = "->"
            if self.accept("->"):
                result = self.type()
            where = self.where()
        except Recover:
            self.skip_to(frozenset(["{", ";"]), before)
            result = result or ErrorTypeExpr(self.last_end(), self.last_end())
        return result, where

    def func_body(self, name: Name) -> Block | Callable[[], Block] | None:
        """The body of a function, parsed or, in a lazily parsed module, to be parsed."""
        position = self.position
        kind = self.kinds[position]
        if kind == "{":
            if self.lazy_bodies:
                self.position = self.brackets.closer[position] + 1
                return lambda: self.late_body(position)
            return self.block()
        if kind == ";":
            self.position += 1
            return None
        if kind == ":" and indented_block(self, f"`{name.text}`"):
            return Block(self.ends[position], self.last_end(), [], ErrorExpr(self.ends[position], self.ends[position]))
        if kind == "=>" or kind == "=":
            raise self.fail("E0011", "the body of a function is a block", helps=[Help("write `{ … }`: its last expression is the result")])  # noqa: E501  # fmt: skip
        self.error("E0011", f"expected the body of `{name.text}` or `;`, found {self.describe(position)}",
                   helps=[Help("a body is a block: `{ … }`")])  # fmt: skip
        raise Recover

    def late_body(self, position: int) -> Block:
        """Parse a body that was skipped."""
        saved = self.position, self.lazy_bodies, self.nesting, self.error_position
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, RECURSION_LIMIT))
        try:
            self.position, self.lazy_bodies, self.nesting, self.error_position = position, False, 0, -1
            return self.block()
        finally:
            sys.setrecursionlimit(limit)
            self.position, self.lazy_bodies, self.nesting, self.error_position = saved
            self.flush()

    # Params = (Receiver ","?)? (Param ("," Param)* ","?)? ; Receiver = "inout"? "self"
    def params(self) -> tuple[Receiver | None, list[Param]]:
        """The parameters of a function, after its `(`."""
        receiver: Receiver | None = None
        position = self.position
        start = self.starts[position]
        if self.kinds[position] == "&" and self.kinds[position + 1] in ("self", "name"):
            is_mutable = self.kinds[position + 2] == "self"
            if is_mutable or self.kinds[position + 1] == "self":
                written = self.span(start, self.ends[position + 1 + is_mutable])
                meant = "inout self" if is_mutable else "self"
                self.error("E0016", f"the receiver is written `{meant}`", written, helps=[Help(f"write `{meant}`", Edit(written, meant))])  # noqa: E501  # fmt: skip
                receiver = Receiver(start, written.end, is_mutable)
                self.position += 2 + is_mutable
        elif self.kinds[position] == "self" or (self.kinds[position] == "inout" and self.kinds[position + 1] == "self"):
            is_inout = self.accept("inout")
            self.position += 1
            receiver = Receiver(start, self.last_end(), is_inout)
            if self.kinds[self.position] == ":":
                self.error("E0011", "`self` has no type of its own", helps=[Help("leave out the type; a receiver that is changed is `inout self`")])  # noqa: E501  # fmt: skip
                self.position += 1
                self.accept("inout")
                self.guarded(self.type, ErrorTypeExpr, TYPE_STOPS)
        if receiver and not self.accept(",") and self.kinds[self.position] != ")":
            self.missing_comma(")", "`self`")
        return receiver, self.comma_list(self.param, ")", "the parameter")

    # Param = Name ":" "inout"? Type ("=" Expression)?
    def param(self) -> Param:
        """One parameter."""
        position = self.position
        start = self.starts[position]
        if self.kinds[position] == "self" or (self.kinds[position] == "inout" and self.kinds[position + 1] == "self"):
            self.fail("E0011", "`self` is the first parameter", helps=[Help("move it to the front")])
        is_inout = False
        if self.kinds[position] == "inout" and self.kinds[position + 1] == "name":
            edit = Edit(self.span(start, self.starts[position + 1]), "")
            helps = [Help("write `name: inout T`", edit)]
            self.error("E0011", "`inout` stands before the parameter's type", helps=helps)
            is_inout = True
            self.position += 1
        elif self.kinds[position] == "name" and self.kinds[position + 1] == "name":
            first, second = self.token_text(position), self.token_text(position + 1)
            if first in ("mut", "let", "const", "var"):
                self.error("E0016", f"a parameter has no `{first}`", helps=[self.replace("leave it out; a parameter that is changed is `inout`", position, "")])  # noqa: E501  # fmt: skip
                self.position += 1
            else:
                span = self.span(start, self.ends[position + 1])
                self.error("E0016", "a parameter's type stands after its name", span, helps=[Help(f"write `{second}: {FOREIGN_TYPES.get(first, first)}`", Edit(span, f"{second}: {FOREIGN_TYPES.get(first, first)}"))])  # noqa: E501  # fmt: skip
                kind = self.type()
                name = self.name("the name of the parameter")
                return Param(start, name.end, name, False, kind, None)
        name = self.name("the name of a parameter")
        if not self.accept(":"):
            self.error("E0011", f"expected `:` and a type after the parameter `{name.text}`, found {self.describe(self.position)}",  # noqa: E501
                       helps=[Help(f"write `{name.text}: T`")])  # fmt: skip
            return Param(start, name.end, name, is_inout, ErrorTypeExpr(name.end, name.end), None)
        is_inout = self.accept("inout") or is_inout
        annotation = self.guarded(self.type, ErrorTypeExpr, TYPE_STOPS)
        default = self.expression() if self.accept("=") else None
        return Param(start, self.last_end(), name, is_inout, annotation, default)
