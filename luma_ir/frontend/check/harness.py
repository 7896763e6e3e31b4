"""
`#[test]` and `#[bench]` functions: their signatures, and the entry point that runs the one that is asked for.

The entry point is written in Luma, in a module of its own that sees the functions under numbered names, so that tests
may be private. Its first argument is the name of the function to run; a name that it does not know gives
`UNKNOWN_STATUS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from luma_ir.frontend import ast
from luma_ir.frontend.check.entities import Bound, Entity, FunctionInfo, ModuleInfo, TypeScope
from luma_ir.frontend.check.inference import Unifier
from luma_ir.frontend.types import ERROR, NEVER, UNIT, EnumType, StructType, Type
from luma_ir.ir.diagnostics import SourceFile

if TYPE_CHECKING:
    from luma_ir.frontend.check.program import ProgramChecker

KINDS = ("test", "bench")
"""The attributes that make a function one of a harness, and what `harness` of the options may be."""

UNKNOWN_STATUS = 103
"""The exit status of a harness that has no function of the given name."""

_SUPPORT = {
    "test": {"std.harness": ("chosen",)},
    "bench": {
        "std.harness": ("chosen",),
        "std.test": ("begin", "next_batch", "start_batch", "end_batch", "black_box", "barrier"),
    },
}
"""What the harnesses use of the library, by kind and module."""


def is_for_harness(info: FunctionInfo) -> bool:
    """Whether a function is a test or bench, which programs leave out."""
    return bool(info.decl.attributes) and any(info.decl.attribute(kind) is not None for kind in KINDS)


def check_harness_functions(program: ProgramChecker, functions: list[FunctionInfo]) -> None:
    """Report tests and benches that cannot be called, and attributes that belong to tests on other functions."""
    for info in functions:
        if not info.decl.attributes:
            continue
        kinds = [kind for kind in KINDS if info.decl.attribute(kind) is not None]
        for kind in kinds:
            _check_signature(program, info, kind)
        for name in ("should_panic", "ignore"):
            attribute = info.decl.attribute(name)
            if attribute is None:
                continue
            if "test" not in kinds:
                message = f"the attribute `{name}` stands on `#[test]` functions only"
                program.error("E0114", message, info.module.source, attribute.start, attribute.end)
            elif attribute.args:
                program.attribute_text(info.decl, name, info.module.source)


def _check_signature(program: ProgramChecker, info: FunctionInfo, kind: str) -> None:
    function = program.function(info).function
    assert function is not None
    decl, source = info.decl, info.module.source
    if info.owner is not None:
        message = f"a `#[{kind}]` function stands outside of `impl` and `trait`"
        program.error("E0504", message, source, decl.name.start, decl.name.end)
    elif function.params or function.type_params:
        message = f"a `#[{kind}]` function takes no parameters"
        program.error("E0504", message, source, decl.start, decl.signature_end)
    elif kind == "test" and not _is_test_result(program, info, function.result):
        node = decl.result or decl.name
        program.error(
            "E0504",
            f"a `#[test]` function cannot give `{function.result}`",
            source,
            node.start,
            node.end,
            helps=["it gives nothing, or a `Result` whose error implements `Show`"],
        )


def _is_test_result(program: ProgramChecker, info: FunctionInfo, result: Type) -> bool:
    if result in (UNIT, NEVER, ERROR):
        return True
    if not isinstance(result, EnumType) or result.definition.symbol != "std.result.Result":
        return False
    show = program.library_trait("Show")
    return (
        show is None or program.satisfies(result.args[1], Bound(show), TypeScope(info.module), Unifier()) is not False
    )


def _has_chain(result: Type) -> bool:
    """Whether the error of a `Result` is the library's `Error`, whose causes are shown too."""
    error = result.args[-1] if isinstance(result, EnumType) else None
    return isinstance(error, StructType) and error.definition.symbol == "std.error.Error"


def make_entry(program: ProgramChecker, functions: list[FunctionInfo], kind: str) -> FunctionInfo:
    """
    The entry point that runs one of the functions of a kind.

    Args:
        functions: those of the root module; the ones of the kind are taken.
    Returns:
        A checked function without parameters that gives the exit status.
    """
    chosen = [info for info in functions if info.owner is None and info.decl.attribute(kind) is not None]
    items: dict[str, Entity] = {}
    for module, names in _SUPPORT[kind].items():
        program.load_library(tuple(module.split(".")))
        for name in names:
            found = program.library_item(module, name)
            if isinstance(found, FunctionInfo):
                items[name] = found
    items.update({f"run_{number}": info for number, info in enumerate(chosen)})
    lines: list[str] = []
    body: list[str] = ["func entry() -> i32 {", "let name = chosen();"]
    for number, info in enumerate(chosen):
        assert info.function is not None
        result = info.function.result
        body.append(f'if name == "{info.name}" {{')
        if kind == "bench":
            call = f"run_{number}();" if result in (UNIT, NEVER) else f"black_box(run_{number}());"
            lines.append(f"#[inline(never)]\nfunc call_{number}() {{ barrier(); {call} }}")
            body.append(
                "begin(); while next_batch() { let n = start_batch(); let i = 0;"
                f" while i < n {{ call_{number}(); i += 1; }} end_batch(); }}"
            )
        elif result in (UNIT, NEVER):
            body.append(f"run_{number}();")
        else:
            shown = "error.report()" if _has_chain(result) else "error"
            body.append(f'if let Err(error) = run_{number}() {{ eprint(f"error: {{{shown}}}"); return 1; }}')
        body.append("return 0; }")
    body += [str(UNKNOWN_STATUS), "}"]
    return _check_generated(program, "\n".join([*lines, *body]), items)


def _check_generated(program: ProgramChecker, text: str, items: dict[str, Entity]) -> FunctionInfo:
    """Check a generated module; its last function."""
    from luma_ir.frontend.parser import parse_source

    source = SourceFile(program.root.source.name, text)
    tree = parse_source(source, program.engine, lazy_bodies=False)
    module = ModuleInfo(program.root.path, source, tree, True, items)
    infos: list[FunctionInfo] = []
    for item in tree.items:
        assert isinstance(item, ast.FuncDecl)
        info = FunctionInfo(module, item.name.text, item, False)
        infos.append(info)
        items[info.name] = info
    for info in infos:
        program.function(info)
        program.check_body(info)
    entry = infos[-1].function
    assert entry is not None
    entry.display_name = "main"
    return infos[-1]
