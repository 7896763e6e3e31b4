"""Short ways to write typed trees by hand, for the tests of lowering."""

from __future__ import annotations

import re

from ir_links import find_broken_links

from luma_ir.frontend import hir
from luma_ir.frontend import types as t
from luma_ir.frontend.lower import LowerOptions, lower_program
from luma_ir.ir.diagnostics import DiagnosticEngine, SourceFile
from luma_ir.ir.printing import module_text
from luma_ir.ir.verify import verify_module

SOURCE = SourceFile("test.luma", "line one\nline two\nline three\n")
STRING = hir.StructDef("std.string.string", "string", [], ["bytes"], [t.ArrayType(t.U8)])
STRING_TYPE = t.StructType(STRING)
OPTION = hir.EnumDef("std.option.Option", "Option", ["T"], ["Some", "None"], [[t.ParamType("T")], []], [None, None])
RESULT = hir.EnumDef(
    "std.result.Result", "Result", ["T", "E"], ["Ok", "Err"], [[t.ParamType("T")], [t.ParamType("E")]], [None, None]
)
POINT = hir.StructDef("main.Point", "Point", [], ["x", "y"], [t.F64, t.F64])
AT = {"start": 9, "end": 10}


def local(name, type_=t.I64):
    return hir.Local(name, type_, 0)


def const(value, type_=t.I64):
    return hir.Constant(value=value, type=type_, **AT)


def step(index):
    """A field number or an index expression, followed by the type, as a step."""
    what, type_ = index
    if isinstance(what, int):
        return hir.FieldStep(index=what, type=type_, **AT)
    return hir.IndexStep(index=what, type=type_, **AT)


def place(root, *steps):
    made = [step(each) for each in steps]
    return hir.Place(root=root, steps=made, type=made[-1].type if made else root.type, **AT)


def read(root, *steps):
    where = place(root, *steps)
    return hir.Read(place=where, type=where.type, **AT)


def binary(operator, lhs, rhs):
    comparison = operator in ("==", "!=", "<", "<=", ">", ">=")
    return hir.Binary(operator=operator, lhs=lhs, rhs=rhs, type=t.BOOL if comparison else lhs.type, **AT)


def block(*statements, value=None, type_=None):
    kind = type_ if type_ is not None else value.type if value is not None else t.UNIT
    return hir.Block(statements=list(statements), value=value, type=kind, **AT)


def let(variable, value=None):
    return hir.Let(pattern=bind(variable), value=value, **AT)


def bind(variable):
    return hir.BindPattern(local=variable, **AT)


def assign(root, value, *steps):
    return hir.Assign(place=place(root, *steps), value=value, **AT)


def compound(root, operator, value, *steps):
    return hir.CompoundAssign(place=place(root, *steps), operator=operator, value=value, **AT)


def run(expression):
    return hir.ExprStatement(value=expression, **AT)


def if_(condition, then, otherwise=None, type_=t.UNIT):
    return hir.If(condition=condition, then=then, otherwise=otherwise, type=type_, **AT)


def while_(condition, body, loop=None, steps=()):
    return hir.While(loop=loop or hir.LoopId(), condition=condition, body=body, step=list(steps), type=t.UNIT, **AT)


def for_(variable, iterable, body, loop=None):
    pattern = variable if isinstance(variable, hir.Node) else bind(variable)
    return hir.For(loop=loop or hir.LoopId(), pattern=pattern, iterable=iterable, body=body, type=t.UNIT, **AT)


def range_(low, high, *, inclusive=False, by=None, reverse=False, type_=t.I64):
    return hir.RangeIter(low=low, high=high, inclusive=inclusive, step=by, reverse=reverse, type=type_, **AT)


def break_(loop, value=None):
    return hir.Break(loop=loop, value=value, type=t.NEVER, **AT)


def continue_(loop):
    return hir.Continue(loop=loop, type=t.NEVER, **AT)


def return_(value=None):
    return hir.Return(value=value, type=t.NEVER, **AT)


def array(*elements, type_=None):
    kind = type_ or t.ArrayType(elements[0].type)
    return hir.ArrayMake(elements=list(elements), type=kind, **AT)


def function(name, params, result, body, *, inout=(), type_params=(), **more):
    return hir.Function(
        symbol=f"main.{name}",
        display_name=name,
        type_params=list(type_params),
        params=[hir.Param(param, param in inout) for param in params],
        result=result,
        source=SOURCE,
        start=0,
        end=20,
        body=body,
        **more,
    )


def call(target, *args, type_args=(), type_=None):
    made = []
    for number, arg in enumerate(args):
        if isinstance(arg, hir.Place):
            made.append(hir.InoutArg(param=number, place=arg))
        else:
            made.append(hir.ValueArg(param=number, value=arg))
    callee = hir.FunctionRef(target, tuple(type_args)) if isinstance(target, hir.Function) else target
    return hir.Call(callee=callee, args=made, type=type_ or target.result, **AT)


def program(*functions, structs=(), enums=(), impls=(), main=None):
    return hir.Program(
        functions=list(functions),
        structs=[STRING, POINT, *structs],
        enums=[OPTION, RESULT, *enums],
        impls=list(impls),
        main=main,
        string=STRING,
    )


def lower(*functions, overflow="wrap", **more):
    """Lower functions, check that the result verifies, and return its text."""
    module = lower_program(program(*functions, **more), LowerOptions(overflow=overflow))
    engine = DiagnosticEngine()
    verify_module(module, engine)
    assert not engine.diagnostics, "\n".join(map(str, engine.diagnostics)) + "\n" + module_text(module)
    assert not find_broken_links(module)
    return module_text(module)


def body_of(text, name):
    """The lines of a function's body, stripped."""
    lines = text.splitlines()
    start = next(i for i, line in enumerate(lines) if f"@main.{name}(" in line and "luma.func" in line)
    end = next(i for i in range(start, len(lines)) if lines[i] == "  }")
    return [line.strip() for line in lines[start + 1 : end]]


def ops_of(text, name):
    """The names of a function's ops, in textual order."""
    return re.findall(
        r"(?<![@\w.!<])((?:arith|scf|luma|math|llvm)\.[a-z_.]+[a-z])(?![\w<])", "\n".join(body_of(text, name))
    )


def lower_body(*statements, params=(), value=None, result=None, inout=(), overflow="wrap", others=()):
    """The ops and the text of one function `f`."""
    kind = result if result is not None else value.type if value is not None else t.UNIT
    made = function("f", list(params), kind, block(*statements, value=value, type_=kind), inout=inout)
    text = lower(*others, made, overflow=overflow)
    return ops_of(text, "f"), "\n".join(body_of(text, "f"))
