"""What the tests of the memory passes share: running passes on text, and running functions natively, leaks counted."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

import mem_cell_programs

from luma_ir.backend.codegen import CodegenOptions
from luma_ir.backend.jit import load
from luma_ir.backend.translate import translate_module
from luma_ir.ir.context import make_context
from luma_ir.ir.diagnostics import DiagnosticEngine, use_engine
from luma_ir.ir.pass_manager import PassManager
from luma_ir.ir.text import parse_module

if TYPE_CHECKING:
    from xdsl.dialects.builtin import ModuleOp

OWN = "mem-infer-borrows,mem-insert-rc,mem-fuse-rc,mem-reuse,mem-insert-unique,mem-hoist-unique,mem-certify"
PLAIN_OWN = "mem-infer-borrows,mem-insert-rc,mem-insert-unique,mem-certify"
TO_LLVM = "convert-luma-to-mem{scopes},mem-alias-scopes,mem-expand-rc,convert-scf-to-cf,convert-to-llvm"

TYPES = """
luma.struct @std.string.string {field_names = ["bytes"], field_types = [!luma.array<i8>]}
luma.struct @Pair {field_names = ["left", "right"], field_types = [!luma.array<i64>, !luma.array<i64>]}
luma.struct @Cell {field_names = ["corner", "rest"], field_types = [!luma.fixed<3, i64>, !luma.array<i64>]}
luma.enum @Option {variants = ["Some", "None"], payloads = [[!luma.param<"T">], []], type_params = ["T"]}
luma.enum @Tree {variants = ["Leaf", "Node"], payloads = [[i64], [!luma.array<!luma.enum<@Tree>>]]}
"""
TYPES += mem_cell_programs.TYPES

RUNTIME = """
luma.func private @malloc(%n: i64) -> !luma.ptr<i8> attributes {link_name = "malloc"}
luma.func private @c_realloc(%p: !luma.ptr<i8>, %n: i64) -> !luma.ptr<i8> attributes {link_name = "realloc"}
luma.func private @c_free(%p: !luma.ptr<i8>) attributes {link_name = "free"}
luma.func private @c_exit(%n: i32) attributes {link_name = "_exit"}
luma.func private @count(%by: i64) {
  %p = luma.static "live", 8 : !luma.ptr<i64>
  %n = luma.ptr.load %p : (!luma.ptr<i64>) -> i64
  %m = arith.addi %n, %by : i64
  luma.ptr.store %m, %p : i64, !luma.ptr<i64>
  luma.return
}
luma.func private @std.rt.alloc(%n: i64) -> !luma.ptr<i8> {
  %one = arith.constant 1 : i64
  luma.call @count(%one) : (i64) -> ()
  %p = luma.call @malloc(%n) : (i64) -> !luma.ptr<i8>
  luma.return %p : !luma.ptr<i8>
}
luma.func private @std.rt.realloc(%p: !luma.ptr<i8>, %old: i64, %new: i64) -> !luma.ptr<i8> {
  %q = luma.call @c_realloc(%p, %new) : (!luma.ptr<i8>, i64) -> !luma.ptr<i8>
  luma.return %q : !luma.ptr<i8>
}
luma.func private @std.rt.free(%p: !luma.ptr<i8>, %n: i64) {
  %minus = arith.constant -1 : i64
  luma.call @count(%minus) : (i64) -> ()
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %poison = arith.constant 85 : i8
  scf.for %i = %zero to %n step %one : i64 {
    %q = luma.ptr.offset %p, %i : (!luma.ptr<i8>, i64) -> !luma.ptr<i8>
    luma.ptr.store %poison, %q : i8, !luma.ptr<i8>
    scf.yield
  }
  luma.call @c_free(%p) : (!luma.ptr<i8>) -> ()
  luma.return
}
luma.func private @std.rt.panic_bounds(%i: i64, %n: i64, %l: !luma.ptr<i8>) attributes {no_return, cold} {
  %status = arith.constant 101 : i32
  luma.call @c_exit(%status) : (i32) -> ()
  luma.unreachable
}
luma.func private @std.rt.panic_slice(%i: i64, %j: i64, %n: i64, %l: !luma.ptr<i8>) attributes {no_return, cold} {
  %status = arith.constant 102 : i32
  luma.call @c_exit(%status) : (i32) -> ()
  luma.unreachable
}
luma.func private @std.rt.panic_message(%p: !luma.ptr<i8>, %n: i64, %l: !luma.ptr<i8>) attributes {no_return, cold} {
  %status = arith.constant 103 : i32
  luma.call @c_exit(%status) : (i32) -> ()
  luma.unreachable
}
luma.func @main(%live: !luma.ptr<i64>) -> i64 attributes {link_name = "main"} {
  %r = luma.call @test() : () -> i64
  %p = luma.static "live", 8 : !luma.ptr<i64>
  %n = luma.ptr.load %p : (!luma.ptr<i64>) -> i64
  luma.ptr.store %n, %live : i64, !luma.ptr<i64>
  luma.return %r : i64
}
"""


def run_passes(text: str, pipeline: str) -> tuple[ModuleOp, DiagnosticEngine]:
    """Parse a module, run a pipeline, return the module and the engine with what was reported."""
    engine = DiagnosticEngine()
    with use_engine(engine):
        ctx = make_context()
        module = parse_module(text, "test.mlir", ctx, engine)
        assert module is not None, [str(diagnostic) for diagnostic in engine.diagnostics]
        PassManager(ctx, engine).add(pipeline).run(module)
    return module, engine


def run_native(functions: str, own: str = OWN, opt_level: int = 2) -> tuple[int, int]:
    """Compile `luma` functions with `@test() -> i64` among them, call it; its result, and the number of live blocks."""
    module, engine = run_passes(TYPES + RUNTIME + functions, f"{own},{TO_LLVM}")
    assert not engine.has_errors, [str(diagnostic) for diagnostic in engine.diagnostics]
    program = load(translate_module(module), CodegenOptions(opt_level=opt_level))
    live = ctypes.c_int64(-1)
    result = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p)(program.address("main"))(ctypes.addressof(live))
    return result, live.value
