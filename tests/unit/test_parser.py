"""The parser: each form of the grammar gives the expected tree."""

# ruff: noqa: E501 - a case of a table stands on one line

from __future__ import annotations

import re
from pathlib import Path

import pytest

from luma_ir.frontend.ast import (
    BinaryExpr,
    Block,
    EnumDecl,
    Expression,
    ExprStmt,
    FString,
    FStringValue,
    FuncDecl,
    ImplDecl,
    LetStmt,
    MatchExpr,
    Module,
    StructDecl,
    dump,
    walk,
)
from luma_ir.frontend.parser import parse_source
from luma_ir.ir.diagnostics import DiagnosticEngine, SourceFile


def module(text: str, *, lazy: bool = False) -> Module:
    """The tree of a text without errors."""
    engine = DiagnosticEngine()
    found = parse_source(SourceFile("t.luma", text), engine, lazy_bodies=lazy)
    assert [str(diagnostic) for diagnostic in engine.diagnostics] == []
    return found


def body(text: str) -> Block:
    """The block of a function with these statements."""
    function = module("func f() {\n" + text + "\n}").items[0]
    assert isinstance(function, FuncDecl) and function.body is not None
    return function.body


def expression(text: str) -> Expression:
    """The tree of an expression."""
    value = body(f"let it = {text};").statements[0]
    assert isinstance(value, LetStmt) and value.value is not None
    return value.value


def shape(node: object) -> str:
    """An expression with all its parentheses, for tests of precedence."""
    if isinstance(node, BinaryExpr):
        return f"({shape(node.lhs)} {node.operator} {shape(node.rhs)})"
    kind = type(node).__name__
    if kind == "UnaryExpr":
        return f"({node.operator}{shape(node.operand)})"  # type: ignore[attr-defined]
    if kind == "CastExpr":
        return f"({shape(node.value)} as {node.type.path.text})"  # type: ignore[attr-defined]
    if kind == "RangeExpr":
        low = shape(node.low) if node.low else ""  # type: ignore[attr-defined]
        high = shape(node.high) if node.high else ""  # type: ignore[attr-defined]
        return f"({low}{'..=' if node.inclusive else '..'}{high})"  # type: ignore[attr-defined]
    if kind == "NameExpr":
        return node.name  # type: ignore[attr-defined]
    if kind == "IntLiteral":
        return str(node.value)  # type: ignore[attr-defined]
    if kind == "TryExpr":
        return f"{shape(node.value)}?"  # type: ignore[attr-defined]
    if kind == "FieldExpr":
        return f"{shape(node.base)}.{node.name.text}"  # type: ignore[attr-defined]
    return dump(node)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b * c", "(a + (b * c))"), ("a - b - c", "((a - b) - c)"), ("a ** b ** c", "(a ** (b ** c))"), ("-a ** b", "((-a) ** b)"),
        ("-a as i8 ** b", "(((-a) as i8) ** b)"), ("a << b + c", "(a << (b + c))"), ("a & b << c", "(a & (b << c))"),
        ("a | b ^ c & d", "(a | (b ^ (c & d)))"), ("a..b | c", "(a..(b | c))"), ("a + 1..=b", "((a + 1)..=b)"), ("..b", "(..b)"),
        ("a..", "(a..)"), ("a == b && c < d || !e", "(((a == b) && (c < d)) || (!e))"), ("(a + b) * c", "((a + b) * c)"),
        ("(a < b) == c", "((a < b) == c)"), ("!a.b?", "(!a.b?)"), ("a as i64 < b", "((a as i64) < b)"), ("a % b / c", "((a % b) / c)"),
        ("~a & b", "((~a) & b)"), ("a as u8 as i64", "((a as u8) as i64)"), ("a - -b", "(a - (-b))"),
    ],
)  # fmt: skip
def test_precedence(text: str, expected: str) -> None:
    assert shape(expression(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0xFF", "IntLiteral(value=255)"), ("0b1_01u8", "IntLiteral(value=5, suffix='u8')"), ("0o17", "IntLiteral(value=15)"),
        ("1_000", "IntLiteral(value=1000)"), ("18446744073709551615", "IntLiteral(value=18446744073709551615)"),
        ("0xABCDEFi64", "IntLiteral(value=11259375, suffix='i64')"), ("1f32", "FloatLiteral(value=1.0, suffix='f32')"),
        ("2e-9", "FloatLiteral(value=2e-09)"), ("1.5f64", "FloatLiteral(value=1.5, suffix='f64')"), ("true", "BoolLiteral(value=True)"),
        (r"'\n'", r"CharLiteral(value='\n')"), (r"'\u{1F600}'", "CharLiteral(value='😀')"), ("b'A'", "ByteLiteral(value=65)"),
        (r'"a\t\"b\\"', r"""StringLiteral(value='a\t"b\\')"""), (r'r"\d"', r"StringLiteral(value='\\d')"),
        ('"""a\n"b" """', r"""StringLiteral(value='a\n"b" ')"""), ("()", "TupleExpr()"), ("(a,)", "TupleExpr(elements=[NameExpr(name='a')])"),
        ("[]", "ArrayExpr()"), ("[1, 2,]", "ArrayExpr(elements=[IntLiteral(value=1), IntLiteral(value=2)])"),
        ("[v; n]", "ArrayRepeatExpr(value=NameExpr(name='v'), count=NameExpr(name='n'))"),
        ("a[1]", "IndexExpr(base=NameExpr(name='a'), index=IntLiteral(value=1))"), ("a[1..]", "SliceExpr(base=NameExpr(name='a'), low=IntLiteral(value=1))"),
        ("a[..=b]", "SliceExpr(base=NameExpr(name='a'), high=NameExpr(name='b'), inclusive=True)"), ("a[..]", "SliceExpr(base=NameExpr(name='a'))"),
        ("t.0.1", "TupleFieldExpr(base=TupleFieldExpr(base=NameExpr(name='t'), index=0), index=1)"),
        ("f(1, b: 2)", "CallExpr(callee=NameExpr(name='f'), args=[Argument(value=IntLiteral(value=1)), Argument(name=b, value=IntLiteral(value=2))])"),
        ("f(&a.b)", "CallExpr(callee=NameExpr(name='f'), args=[Argument(value=InoutExpr(place=FieldExpr(base=NameExpr(name='a'), name=b)))])"),
        ("&unsafe x", "AddressOfExpr(place=NameExpr(name='x'))"), ("s.len()", "MethodCallExpr(receiver=NameExpr(name='s'), method=len)"),
        ("s.parse::<i64>()", "MethodCallExpr(receiver=NameExpr(name='s'), method=parse, type_args=[PathTypeExpr(path=i64)])"),
        ("f::<i64>(x)", "CallExpr(callee=PathExpr(path=f<PathTypeExpr(path=i64)>), args=[Argument(value=NameExpr(name='x'))])"),
        ("Point::origin()", "CallExpr(callee=PathExpr(path=Point::origin))"), ("g.Point::origin", "PathExpr(path=g.Point::origin)"),
        ("g.Stack::<i64>::new()", "CallExpr(callee=PathExpr(path=g.Stack<PathTypeExpr(path=i64)>::new))"),
        ("P { x, y: 2 }", "StructExpr(path=P, fields=[FieldInit(name=x, value=NameExpr(name='x')), FieldInit(name=y, value=IntLiteral(value=2))])"),
        ("Shape::Rect { min: 1 }", "StructExpr(path=Shape::Rect, fields=[FieldInit(name=min, value=IntLiteral(value=1))])"),
        ("Self { }", "StructExpr(path=Self)"), ("|| 1", "ClosureExpr(body=IntLiteral(value=1))"),
        ("|x: i64, inout y| -> i64 { x }", "ClosureExpr(params=[ClosureParam(pattern=BindingPattern(name=x), type=PathTypeExpr(path=i64)), "
         "ClosureParam(pattern=BindingPattern(name=y), is_inout=True)], result=PathTypeExpr(path=i64), body=Block(value=NameExpr(name='x')))"),
        ("|v| v += 1", "ClosureExpr(params=[ClosureParam(pattern=BindingPattern(name=v))], body=Block(statements=[AssignStmt(operator='+=', "
         "target=NameExpr(name='v'), value=IntLiteral(value=1))]))"),
        ("spawn f(x)", "SpawnExpr(call=CallExpr(callee=NameExpr(name='f'), args=[Argument(value=NameExpr(name='x'))]))"),
        ("await t", "AwaitExpr(task=NameExpr(name='t'))"), ("unsafe { 1 }", "UnsafeExpr(body=Block(value=IntLiteral(value=1)))"),
        ("loop { break 3; }", "LoopExpr(body=Block(statements=[ExprStmt(value=BreakExpr(value=IntLiteral(value=3)))]))"),
        ("[x * 2 for x in xs for (a, b) in ys if c]", "ComprehensionExpr(element=BinaryExpr(operator='*', lhs=NameExpr(name='x'), rhs=IntLiteral(value=2)), "
         "clauses=[ForClause(pattern=BindingPattern(name=x), iterable=NameExpr(name='xs')), ForClause(pattern=TuplePattern(elements=[BindingPattern(name=a), "
         "BindingPattern(name=b)]), iterable=NameExpr(name='ys')), IfClause(condition=NameExpr(name='c'))])"),
        ("[f(x) parallel for x in xs]", "ComprehensionExpr(element=CallExpr(callee=NameExpr(name='f'), args=[Argument(value=NameExpr(name='x'))]), "
         "clauses=[ForClause(pattern=BindingPattern(name=x), iterable=NameExpr(name='xs'), is_parallel=True)])"),
    ],
)  # fmt: skip
def test_expressions(text: str, expected: str) -> None:
    assert dump(expression(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("let x;", "LetStmt(pattern=BindingPattern(name=x))"), ("let x: T?;", "LetStmt(pattern=BindingPattern(name=x), type=OptionalTypeExpr(element=PathTypeExpr(path=T)))"),
        ("a.b[i] <<= 1;", "AssignStmt(operator='<<=', target=IndexExpr(base=FieldExpr(base=NameExpr(name='a'), name=b), index=NameExpr(name='i')), value=IntLiteral(value=1))"),
        ("const N: i64 = 4;", "ItemStmt(item=ConstDecl(name=N, type=PathTypeExpr(path=i64), value=IntLiteral(value=4)))"),
        ("'a: while c { continue 'a; }", "ExprStmt(value=WhileExpr(label=a, condition=NameExpr(name='c'), body=Block(statements=[ExprStmt(value=ContinueExpr(label=a))])))"),
        ("for x in &xs { }", "ExprStmt(value=ForExpr(pattern=BindingPattern(name=x), iterable=InoutExpr(place=NameExpr(name='xs')), body=Block()))"),
        ("for (a, b) in m { }", "ExprStmt(value=ForExpr(pattern=TuplePattern(elements=[BindingPattern(name=a), BindingPattern(name=b)]), iterable=NameExpr(name='m'), body=Block()))"),
        ("parallel for i in a..b { }", "ExprStmt(value=ForExpr(pattern=BindingPattern(name=i), iterable=RangeExpr(low=NameExpr(name='a'), high=NameExpr(name='b')), body=Block(), is_parallel=True))"),
        ("for (;;) { }", "ExprStmt(value=CForExpr(body=Block()))"),
        ("for (let i = 0; i < n; i += 1) { }", "ExprStmt(value=CForExpr(init=LetStmt(pattern=BindingPattern(name=i), value=IntLiteral(value=0)), "
         "condition=BinaryExpr(operator='<', lhs=NameExpr(name='i'), rhs=NameExpr(name='n')), step=AssignStmt(operator='+=', target=NameExpr(name='i'), value=IntLiteral(value=1)), body=Block()))"),
        ("if let Some(x) = e { } else if (c) { }", "ExprStmt(value=IfExpr(condition=LetCondition(pattern=VariantPattern(path=Some, elements=[BindingPattern(name=x)]), value=NameExpr(name='e')), "
         "then=Block(), otherwise=IfExpr(condition=NameExpr(name='c'), then=Block())))"),
        ("return;", "ExprStmt(value=ReturnExpr())"), ("return a;", "ExprStmt(value=ReturnExpr(value=NameExpr(name='a')))"),
        ("select { v = c.recv() => v, timeout(1) => {} }", "ExprStmt(value=SelectExpr(arms=[SelectArm(pattern=BindingPattern(name=v), operation=MethodCallExpr(receiver=NameExpr(name='c'), method=recv), "
         "body=NameExpr(name='v')), SelectArm(operation=CallExpr(callee=NameExpr(name='timeout'), args=[Argument(value=IntLiteral(value=1))]), body=Block())]))"),
    ],
)  # fmt: skip
def test_statements(text: str, expected: str) -> None:
    block = body(text + " 0")
    assert [dump(statement) for statement in block.statements] == [expected]
    assert block.value is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("_", "WildcardPattern()"), ("x", "BindingPattern(name=x)"), ("None", "PathPattern(path=None)"), ("LIMIT", "PathPattern(path=LIMIT)"),
        ("Shape::Empty", "PathPattern(path=Shape::Empty)"), ("-3", "LiteralPattern(value=IntLiteral(value=-3))"), ("'a'..='z'", "RangePattern(low=CharLiteral(value='a'), high=CharLiteral(value='z'), inclusive=True)"),
        ("1..", "RangePattern(low=IntLiteral(value=1))"), ("..5", "RangePattern(high=IntLiteral(value=5))"), ("MIN..=MAX", "RangePattern(low=NameExpr(name='MIN'), high=NameExpr(name='MAX'), inclusive=True)"),
        ("x @ 1..=2", "BindingPattern(name=x, pattern=RangePattern(low=IntLiteral(value=1), high=IntLiteral(value=2), inclusive=True))"),
        ("(a, ..)", "TuplePattern(elements=[BindingPattern(name=a), RestPattern()])"), ("(a)", "BindingPattern(name=a)"),
        ("[a, ..rest]", "ArrayPattern(elements=[BindingPattern(name=a), RestPattern(name=rest)])"), ("Some(Ok(x))", "VariantPattern(path=Some, elements=[VariantPattern(path=Ok, elements=[BindingPattern(name=x)])])"),
        ("P { x, y: 1, .. }", "StructPattern(path=P, fields=[FieldPattern(name=x, pattern=BindingPattern(name=x)), FieldPattern(name=y, pattern=LiteralPattern(value=IntLiteral(value=1)))], has_rest=True)"),
        ("P { .. }", "StructPattern(path=P, has_rest=True)"), ("1 | 2", "OrPattern(alternatives=[LiteralPattern(value=IntLiteral(value=1)), LiteralPattern(value=IntLiteral(value=2))])"),
        ("g.Shape::Circle(r)", "VariantPattern(path=g.Shape::Circle, elements=[BindingPattern(name=r)])"), ('"a"', "LiteralPattern(value=StringLiteral(value='a'))"), ("true", "LiteralPattern(value=BoolLiteral(value=True))"),
    ],
)  # fmt: skip
def test_patterns(text: str, expected: str) -> None:
    found = expression(f"match e {{ {text} if c => 1, _ => 2 }}")
    assert isinstance(found, MatchExpr)
    assert dump(found.arms[0].pattern) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("i64", "PathTypeExpr(path=i64)"), ("[T]", "ArrayTypeExpr(element=PathTypeExpr(path=T))"), ("[T; 3]", "FixedArrayTypeExpr(element=PathTypeExpr(path=T), length=IntLiteral(value=3))"),
        ("T??", "OptionalTypeExpr(element=OptionalTypeExpr(element=PathTypeExpr(path=T)))"), ("()", "TupleTypeExpr()"), ("(A)", "PathTypeExpr(path=A)"), ("(A,)", "TupleTypeExpr(elements=[PathTypeExpr(path=A)])"),
        ("Map<K, Set<T>>", "PathTypeExpr(path=Map<PathTypeExpr(path=K), PathTypeExpr(path=Set<PathTypeExpr(path=T)>)>)"), ("Simd<f32, 8>", "PathTypeExpr(path=Simd<PathTypeExpr(path=f32), ConstTypeArg(value=IntLiteral(value=8))>)"),
        ("func(A, inout B) -> C", "FuncTypeExpr(params=[FuncTypeParam(type=PathTypeExpr(path=A)), FuncTypeParam(is_inout=True, type=PathTypeExpr(path=B))], result=PathTypeExpr(path=C))"),
        ("func()", "FuncTypeExpr()"), ("any A + B", "AnyTypeExpr(bounds=[PathTypeExpr(path=A), PathTypeExpr(path=B)])"), ("Self::Unit", "PathTypeExpr(path=Self::Unit)"), ("g.Point", "PathTypeExpr(path=g.Point)"),
    ],
)  # fmt: skip
def test_types(text: str, expected: str) -> None:
    statement = body(f"let x: {text} = 1;").statements[0]
    assert isinstance(statement, LetStmt)
    assert dump(statement.type) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("func f();", "FuncDecl(name=f)"), ("pub async unsafe func f() {}", "FuncDecl(is_public=True, name=f, is_async=True, is_unsafe=True, body=Block())"),
        ("func f<T: Ord + Show, U>(a: T, b: inout i64 = 0) -> T where T: Hash, U: Eq { a }", "FuncDecl(name=f, generics=[GenericParam(name=T, bounds=[PathTypeExpr(path=Ord), PathTypeExpr(path=Show)]), GenericParam(name=U)], "
         "params=[Param(name=a, type=PathTypeExpr(path=T)), Param(name=b, is_inout=True, type=PathTypeExpr(path=i64), default=IntLiteral(value=0))], result=PathTypeExpr(path=T), "
         "where=[WherePredicate(subject=PathTypeExpr(path=T), bounds=[PathTypeExpr(path=Hash)]), WherePredicate(subject=PathTypeExpr(path=U), bounds=[PathTypeExpr(path=Eq)])], body=Block(value=NameExpr(name='a')))"),
        ("import a.b;", "ImportDecl(path=[a, b])"), ("import a as b;", "ImportDecl(path=[a], alias=b)"), ("import a.{b, c as d,};", "ImportDecl(path=[a], names=[ImportedName(name=b), ImportedName(name=c, alias=d)])"),
        ("type G<T> = [[T]];", "TypeDecl(name=G, generics=[GenericParam(name=T)], value=ArrayTypeExpr(element=ArrayTypeExpr(element=PathTypeExpr(path=T))))"), ("const X = 1;", "ConstDecl(name=X, value=IntLiteral(value=1))"),
        ('extern "C" { func f(s: ptr<u8>) -> u64; }', "ExternDecl(abi='C', items=[FuncDecl(name=f, params=[Param(name=s, type=PathTypeExpr(path=ptr<PathTypeExpr(path=u8)>))], result=PathTypeExpr(path=u64), abi='C')])"),
        ("struct P<A> { pub x: A = 1, }", "StructDecl(name=P, generics=[GenericParam(name=A)], fields=[FieldDecl(is_public=True, name=x, type=PathTypeExpr(path=A), default=IntLiteral(value=1))])"),
        ("enum E { A, B(i64, T), C { x: i64 } }", "EnumDecl(name=E, variants=[VariantDecl(name=A), VariantDecl(name=B, types=[PathTypeExpr(path=i64), PathTypeExpr(path=T)]), VariantDecl(name=C, fields=[FieldDecl(name=x, type=PathTypeExpr(path=i64))])])"),
        ("trait S: Show { type U; const N: i64; func a(self); func b(inout self) { } }", "TraitDecl(name=S, bounds=[PathTypeExpr(path=Show)], items=[TypeDecl(name=U), ConstDecl(name=N, type=PathTypeExpr(path=i64)), "
         "FuncDecl(name=a, receiver=Receiver()), FuncDecl(name=b, receiver=Receiver(is_inout=True), body=Block())])"),
        ("impl<T> Show for Stack<T> where T: Show { }", "ImplDecl(generics=[GenericParam(name=T)], trait=PathTypeExpr(path=Show), target=PathTypeExpr(path=Stack<PathTypeExpr(path=T)>), "
         "where=[WherePredicate(subject=PathTypeExpr(path=T), bounds=[PathTypeExpr(path=Show)])])"),
        ('#[op("m.sqrt", attr = 3)] #[cfg(not(os = "linux"))] #[inline(never)] func f();', "FuncDecl(attributes=[Attribute(name=op, args=[AttributeArg(value=StringLiteral(value='m.sqrt')), AttributeArg(name=attr, value=IntLiteral(value=3))]), "
         "Attribute(name=cfg, args=[AttributeArg(name=not, args=[AttributeArg(name=os, value=StringLiteral(value='linux'))])]), Attribute(name=inline, args=[AttributeArg(value=NameExpr(name='never'))])], name=f)"),
    ],
)  # fmt: skip
def test_items(text: str, expected: str) -> None:
    assert [dump(item) for item in module(text).items] == [expected]


def test_format_specifications() -> None:
    found = expression('f"{x:*^+#010,.3f} {y:>6}"')
    assert isinstance(found, FString)
    first, _, second = found.segments
    assert isinstance(first, FStringValue) and isinstance(second, FStringValue)
    spec = first.spec
    assert spec is not None and second.spec is not None
    assert (spec.fill, spec.align, spec.sign, spec.alternate, spec.zero) == ("*", "^", "+", True, True)
    assert (spec.width, spec.grouping, spec.precision, spec.kind) == (10, True, 3, "f")
    assert (second.spec.fill, second.spec.align, second.spec.width, second.spec.kind) == (" ", ">", 6, None)


def test_braces_and_escapes_in_fstrings() -> None:
    assert dump(expression(r'f"{{\n\u{7B}\u{7B}}}"')) == r"FString(segments=[FStringText(value='{\n{{}')])"


def test_a_statement_may_end_without_semicolon_after_a_brace() -> None:
    block = body("let p = P { x: 1 }\nif a { }\nmatch b { _ => 1 }\n-1")
    assert [type(statement).__name__ for statement in block.statements] == ["LetStmt", "ExprStmt", "ExprStmt"]
    assert shape(block.value) == "(-1)"


def test_control_flow_at_the_beginning_of_a_statement_goes_on() -> None:
    assert shape(body("if a { 1 } else { 2 } + 3").value).endswith("+ 3)")
    assert type(body("match a { _ => b }.len()").value).__name__ == "MethodCallExpr"


def test_the_comma_after_a_block_arm_may_be_left_out() -> None:
    found = expression("match a { 0 => { 1 } -1 => if c { 2 } else { 3 } [x] => x += 1, _ => 4 }")
    assert isinstance(found, MatchExpr)
    assert len(found.arms) == 4


def test_heads_end_at_the_brace() -> None:
    block = body("if a == B { x }\nfor i in 0..n { }\nmatch P { _ => 1 }\nwhile x { }\nif (P { x: 1 }).x { }")
    assert len(block.statements) + (block.value is not None) == 5
    assert all(isinstance(statement, ExprStmt) for statement in block.statements)


def test_documentation_belongs_to_what_follows() -> None:
    found = module(
        "//! The module.\n\n/// One\n/// two.\n#[test]\nstruct P {\n  /// a field\n  x: i64,\n}\nenum E { /// v\n A }\nimpl P { /// m\n func f() {} }"
    )
    struct, enum, impl = found.items
    assert found.doc == "The module."
    assert isinstance(struct, StructDecl) and struct.doc == "One\ntwo." and struct.fields[0].doc == "a field"
    assert struct.attribute("test") is not None and struct.attribute("other") is None
    assert isinstance(enum, EnumDecl) and enum.variants[0].doc == "v"
    assert isinstance(impl, ImplDecl) and impl.items[0].doc == "m"


def test_nodes_span_their_text() -> None:
    text = "func f() -> i64 { let x = (a + b).c[1]; g(x, k: 2) }"
    source = SourceFile("t.luma", text)
    found = parse_source(source, DiagnosticEngine())
    spans = {(type(node).__name__, node.span(source).text) for node in walk(found)}
    for expected in [("FuncDecl", text), ("LetStmt", "let x = (a + b).c[1]"), ("IndexExpr", "(a + b).c[1]"), ("BinaryExpr", "(a + b)"),
                     ("CallExpr", "g(x, k: 2)"), ("Argument", "k: 2"), ("Block", text[16:])]:  # fmt: skip
        assert expected in spans
    function = found.items[0]
    assert isinstance(function, FuncDecl)
    assert text[: function.signature_end] == "func f() -> i64"
    generic = "type A = Map<K, Set<T>>;"
    types = {node.span(SourceFile("t", generic)).text for node in walk(module(generic))}
    assert {"Map<K, Set<T>>", "Set<T>"} <= types


def test_lazy_bodies_are_parsed_when_they_are_read() -> None:
    engine = DiagnosticEngine()
    text = "func good() { 1 }\nfunc bad() { let = 2; }\nfunc none();"
    found = parse_source(SourceFile("t.luma", text), engine, lazy_bodies=True)
    good, bad, none = found.items
    assert isinstance(good, FuncDecl) and isinstance(bad, FuncDecl) and isinstance(none, FuncDecl)
    assert engine.diagnostics == []
    assert good.has_body and dump(good.body) == "Block(value=IntLiteral(value=1))" and good.body is good.body
    assert bad.body is not None and [diagnostic.code for diagnostic in engine.diagnostics] == ["E0011"]
    assert not none.has_body and none.body is None
    assert good.end == text.index("}") + 1


def test_the_grammar_document_has_the_rules_of_the_parser() -> None:
    root = Path(__file__).parents[2]
    rule = re.compile(r"^ *# ([A-Z][A-Za-z]+ = .*)$", re.MULTILINE)
    in_code: set[str] = set()
    for path in (root / "luma_ir/frontend/parser").glob("*.py"):
        for line in rule.findall(path.read_text(encoding="utf-8")):
            in_code.update(line.split(" ; "))
    document = (root / "docs/grammar.md").read_text(encoding="utf-8")
    in_document = {line for block in re.findall(r"```\n(.*?)```", document, re.DOTALL) for line in block.splitlines()}
    assert in_document == in_code
    defined = {line.split(" = ")[0] for line in in_code}
    used = set(re.findall(r"\b[A-Z][A-Za-z]+\b", re.sub(r'"[^"]*"', "", "\n".join(in_document))))
    assert used - defined == {"Name", "BinaryOperator"}
