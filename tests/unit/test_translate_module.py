"""What the translator writes: layout of blocks, constants, attributes, metadata, debug information, errors."""

from __future__ import annotations

import re

import pytest
from xdsl.dialects import test as foreign
from xdsl.dialects.builtin import (
    BFloat16Type,
    Float16Type,
    Float32Type,
    Float64Type,
    Float80Type,
    Float128Type,
    FloatAttr,
    ModuleOp,
)

from luma_ir.backend.codegen import CodeGenerator, CodegenOptions
from luma_ir.backend.translate import translate_module
from luma_ir.backend.translate_constants import float_text
from luma_ir.dialects import llvm_ext as llvm
from luma_ir.ir import fast
from luma_ir.ir.context import make_context
from luma_ir.ir.diagnostics import DiagnosticEngine, PassFailure
from luma_ir.ir.locations import call_site, file_loc, name_loc
from luma_ir.ir.text import parse_module


def module_of(text: str) -> ModuleOp:
    engine = DiagnosticEngine()
    module = parse_module(text, "test.mlir", make_context(), engine)
    assert module is not None, [diagnostic.message for diagnostic in engine.diagnostics]
    return module


def translated(text: str, **options: bool) -> str:
    """The LLVM IR of a module, which LLVM has accepted."""
    result = translate_module(module_of(text), **options)
    CodeGenerator(CodegenOptions(opt_level=0)).parse(result)
    return result


def test_parallel_edges_with_different_operands_go_through_a_block() -> None:
    text = translated("""
    llvm.func @f(%c: i1, %a: i32, %b: i32) -> i32 {
      llvm.cond_br %c, ^m(%a : i32), ^m(%b : i32)
    ^m(%x: i32):
      llvm.return %x : i32
    }""")
    assert "br i1 %0, label %b1, label %entry.1" in text
    assert "phi i32 [ %1, %entry ], [ %2, %entry.1 ]" in text


def test_parallel_edges_with_equal_operands_stay() -> None:
    text = translated("""
    llvm.func @f(%c: i1, %a: i32) -> i32 {
      llvm.cond_br %c, ^m(%a : i32), ^m(%a : i32)
    ^m(%x: i32):
      llvm.return %x : i32
    }""")
    assert "phi i32 [ %1, %entry ], [ %1, %entry ]" in text


def test_blocks_that_cannot_be_reached_are_left_out() -> None:
    text = translated("""
    llvm.func @f(%a: i32) -> i32 {
      llvm.br ^end(%a : i32)
    ^dead:
      llvm.br ^end(%a : i32)
    ^end(%x: i32):
      llvm.return %x : i32
    }""")
    assert "phi i32 [ %0, %entry ]" in text
    assert text.count("br label") == 1


def test_names_are_kept_when_asked_for() -> None:
    text = translated(
        """
    llvm.func @f(%count: i32) -> i32 {
      %total = llvm.add %count, %count : i32
      llvm.return %total : i32
    }""",
        keep_names=True,
    )
    assert "%total = add i32 %count, %count" in text
    assert "ret i32 %total" in text


def test_function_attributes_share_groups() -> None:
    text = translated("""
    llvm.func @f() attributes {no_unwind, passthrough = ["cold", ["key", "value"]]}
    llvm.func @g() attributes {no_unwind, passthrough = ["cold", ["key", "value"]]}
    llvm.func @h(!llvm.ptr) attributes {will_return, no_inline, memory_effects = #llvm.memory_effects<
      other = none, argMem = read, inaccessibleMem = write, errnoMem = none, targetMem0 = none, targetMem1 = none>}
    """)
    assert 'attributes #0 = { nounwind cold "key"="value" }' in text
    assert "@f() #0" in text
    assert "@g() #0" in text
    assert "attributes #1 = { noinline willreturn memory(argmem: read, inaccessiblemem: write) }" in text


def test_allocation_attributes_are_decoded() -> None:
    text = translated("""
    llvm.func @new(i64 {llvm.noundef}, i64 {llvm.allocalign}) -> (!llvm.ptr {llvm.noalias}) attributes {passthrough = [
      ["allockind", "41"], ["allocsize", "4294967295"], ["alloc-family", "luma"]]}
    """)
    assert 'allockind("alloc,uninitialized,aligned")' in text
    assert "allocsize(0)" in text
    assert '"alloc-family"="luma"' in text
    assert "declare noalias ptr @new(i64 noundef, i64 allocalign)" in text


def test_parameter_attributes() -> None:
    text = translated("""
    llvm.func @f(!llvm.ptr {llvm.sret = !llvm.struct<(i32, i32)>, llvm.align = 8 : i64},
      !llvm.ptr {llvm.nocapture, llvm.dereferenceable = 16 : i64}, i64 {llvm.range = #llvm.constant_range<i64, 0, 10>})
    """)
    assert "ptr sret({ i32, i32 }) align 8" in text
    assert "ptr captures(none) dereferenceable(16)" in text
    assert "i64 range(i64 0, 10)" in text


def test_unknown_parameter_attributes_are_refused() -> None:
    with pytest.raises(PassFailure, match=r"unknown attribute `llvm\.sticky`") as caught:
        translate_module(module_of("llvm.func @f(i32 {llvm.sticky})"))
    assert caught.value.op is not None


def test_loops_get_metadata_of_their_own() -> None:
    text = translated("""
    llvm.func @f(%c: i1) {
      llvm.br ^a
    ^a:
      llvm.cond_br %c, ^a, ^b {loop_annotation = #llvm.loop_annotation<mustProgress = true>}
    ^b:
      llvm.cond_br %c, ^b, ^e {loop_annotation = #llvm.loop_annotation<mustProgress = true>}
    ^e:
      llvm.return
    }""")
    nodes = re.findall(r"!llvm.loop (!\d+)", text)
    assert len(set(nodes)) == 2
    assert '!{!"llvm.loop.mustprogress"}' in text


def test_facts_about_loaded_values() -> None:
    text = translated("""
    llvm.func @f(%p: !llvm.ptr) -> i64 {
      %0 = llvm.load %p {alignment = 8 : i64, llvm.range = #llvm.constant_range<i64, 0, 100>, llvm.noundef}
        : !llvm.ptr -> i64
      llvm.return %0 : i64
    }""")
    assert "!range" in text
    assert "!{i64 0, i64 100}" in text
    assert "!noundef" in text


def test_module_attributes() -> None:
    text = translate_module(
        module_of("""
        module attributes {llvm.target_triple = "x86_64-unknown-linux-gnu", llvm.data_layout = "e-i64:64"} {
        llvm.func @"odd name"()
        }""")
    )
    assert 'target triple = "x86_64-unknown-linux-gnu"' in text
    assert 'target datalayout = "e-i64:64"' in text
    assert 'declare void @"odd name"()' in text


@pytest.mark.parametrize(
    ("value", "type_", "expected"),
    [
        (1.0, Float64Type(), "0x3FF0000000000000"),
        (0.1, Float32Type(), "0x3FB99999A0000000"),
        (1e300, Float32Type(), "0x7FF0000000000000"),
        (1.5, Float16Type(), "0xH3E00"),
        (-1e9, Float16Type(), "0xHFC00"),
        (3.0, BFloat16Type(), "0xR4040"),
        (1.00390625, BFloat16Type(), "0xR3F80"),
        (2.0, Float128Type(), "0xL00000000000000004000000000000000"),
        (-0.0, Float128Type(), "0xL00000000000000008000000000000000"),
        (1.0, Float80Type(), "0xK3FFF8000000000000000"),
    ],
)
def test_float_constants(value: float, type_: Float64Type, expected: str) -> None:
    assert float_text(value, type_) == expected


@pytest.mark.parametrize("type_", [Float16Type(), BFloat16Type(), Float32Type(), Float80Type(), Float128Type()])
@pytest.mark.parametrize("value", [0.0, -0.0, 1.0, -2.5, 1024.0, float("inf"), float("-inf")])
def test_float_constants_mean_their_value(value: float, type_: Float64Type) -> None:
    """LLVM converts the constant to `double` exactly."""
    cast = "fptrunc" if isinstance(type_, Float80Type | Float128Type) else "fpext"
    text = "\n".join(
        (
            "define double @f() {",
            f"  %1 = {cast} {translate_type(type_)} {float_text(value, type_)} to double",
            "  ret double %1",
            "}",
        )
    )
    generator = CodeGenerator(CodegenOptions(opt_level=2))
    module = generator.parse(text)
    generator.optimize(module)
    assert f"ret double {float_text(value, Float64Type())}" in exact(str(module))


def translate_type(type_: Float64Type) -> str:
    from luma_ir.backend.translate_types import TypeWriter

    return TypeWriter().text(type_)


def exact(text: str) -> str:
    """LLVM IR with the constants of returns written in hexadecimal."""

    def rewrite(match: re.Match[str]) -> str:
        number = match[1]
        return match[0] if number.startswith("0x") else f"ret double {float_text(float(number), Float64Type())}"

    return re.sub(r"ret double (\S+)", rewrite, text)


def test_wide_and_narrow_integers() -> None:
    text = translated("""
    llvm.func @f() -> i8 {
      %0 = llvm.mlir.constant(255 : i8) : i8
      llvm.return %0 : i8
    }
    llvm.mlir.global internal constant @t(dense<[true, false]> : vector<2xi1>) {addr_space = 0 : i32} : vector<2xi1>
    """)
    assert "ret i8 -1" in text
    assert "<i1 true, i1 false>" in text


def test_foreign_ops_are_refused_with_their_place() -> None:
    block = fast.new_block([])
    fast.append(block, foreign.TestOp.create(location=file_loc("a.luma", 3, 4)))
    fast.append(block, llvm.UnreachableOp.create())
    function = llvm.FuncOp("f", llvm.LLVMFunctionType([]), body=fast.new_region(block))
    with pytest.raises(PassFailure, match=r"`test\.op` cannot be translated to LLVM IR") as caught:
        translate_module(ModuleOp([function]))
    assert caught.value.op is not None
    assert caught.value.op.name == "test.op"


def test_use_before_definition_is_refused() -> None:
    from luma_ir.ir.intern import I64

    block = fast.new_block([])
    late = llvm.UndefOp.create(result_types=[I64])
    early = fast.make(llvm.FreezeOp, [late.results[0]], [I64])
    for op in (early, late, llvm.UnreachableOp.create()):
        fast.append(block, op)
    function = llvm.FuncOp("f", llvm.LLVMFunctionType([]), body=fast.new_region(block))
    with pytest.raises(PassFailure, match="does not dominate") as caught:
        translate_module(ModuleOp([function]))
    assert caught.value.op is early


def test_xdsl_classes_translate_like_ours() -> None:
    from xdsl.dialects import llvm as plain
    from xdsl.dialects.builtin import i64

    block = fast.new_block([llvm.PTR])
    address = plain.GEPOp(block.args[0], [4], i64, inbounds=True)
    load = plain.LoadOp(address.result, i64, alignment=8)
    for op in (address, load, plain.ReturnOp(load.results[0])):
        fast.append(block, op)
    function = plain.FuncOp("f", llvm.LLVMFunctionType([llvm.PTR], i64), body=fast.new_region(block))
    text = translate_module(ModuleOp([function]))
    assert "getelementptr inbounds i64, ptr %0, i32 4" in text
    assert "load i64, ptr %1, align 8" in text


def debug_module() -> ModuleOp:
    from luma_ir.ir.intern import I64

    blocks = []
    for _ in range(2):
        block = fast.new_block([I64])
        blocks.append(block)
    inner, outer = file_loc("lib.luma", 7, 9), file_loc("main.luma", 3, 5)
    add = fast.make(llvm.AddOp, [blocks[0].args[0]] * 2, [I64], location=call_site(name_loc("twice", inner), outer))
    back = fast.make(llvm.ReturnOp, [add.results[0]], location=file_loc("main.luma", 4, 1))
    fast.append(blocks[0], add)
    fast.append(blocks[0], back)
    fast.append(blocks[1], fast.make(llvm.ReturnOp, [blocks[1].args[0]]))
    type_ = llvm.LLVMFunctionType([I64], I64)
    main = llvm.FuncOp("main.run", type_, body=fast.new_region(blocks[0]))
    main.location = name_loc("run", file_loc("main.luma", 2, 1))
    twice = llvm.FuncOp("lib.twice", type_, body=fast.new_region(blocks[1]))
    twice.location = name_loc("twice", file_loc("lib.luma", 6, 1))
    return ModuleOp([main, twice])


def test_debug_information_follows_locations() -> None:
    text = translate_module(debug_module(), debug_info=True, directory="/src")
    CodeGenerator(CodegenOptions(opt_level=0)).parse(text)
    assert '!DIFile(filename: "main.luma", directory: "/src")' in text
    subprograms = re.findall(r'(!\d+) = distinct !DISubprogram\(name: "(\w+)".*?line: (\d+)', text)
    assert sorted((name, line) for _, name, line in subprograms) == [("run", "2"), ("twice", "6")]
    # Inlined code belongs to the subprogram of the function that it came from.
    twice = next(node for node, name, _ in subprograms if name == "twice")
    assert re.search(rf"!DILocation\(line: 7, column: 9, scope: {twice}, inlinedAt: !\d+\)", text)
    assert re.search(r"add i64 %0, %0, !dbg !\d+", text)


def test_debug_information_is_left_out_by_default() -> None:
    assert "!dbg" not in translate_module(debug_module())


def test_constants_of_float_attributes_keep_their_type() -> None:
    block = fast.new_block([])
    constant = llvm.ConstantOp(FloatAttr(2.0, BFloat16Type()), BFloat16Type())
    fast.append(block, constant)
    fast.append(block, fast.make(llvm.ReturnOp, [constant.result]))
    function = llvm.FuncOp("f", llvm.LLVMFunctionType([], BFloat16Type()), body=fast.new_region(block))
    assert "ret bfloat 0xR4000" in translate_module(ModuleOp([function]))
