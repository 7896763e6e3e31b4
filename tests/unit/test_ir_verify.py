"""The verifier finds what is wrong, all of it, at its place, and accepts what is right."""

from __future__ import annotations

import pytest
from ir_helpers import PROGRAM, read, verify_errors
from ir_links import find_broken_links
from xdsl.dialects import arith, func
from xdsl.dialects.builtin import ModuleOp, StringAttr, i32, i64

from luma_ir.ir import fast
from luma_ir.ir.diagnostics import DiagnosticEngine
from luma_ir.ir.dominance import DominatorTree, reverse_postorder
from luma_ir.ir.intern import int_attr
from luma_ir.ir.verify import MAX_ERRORS, verify_module

VALID = {
    "program": PROGRAM,
    "use in a nested region": """
        func.func @f(%a: i32, %c: i1) {
          scf.if %c {
            scf.if %c {
              %x = arith.addi %a, %a : i32
            }
          }
          func.return
        }
        """,
    "use in a dominated block, blocks in any order": """
        func.func @f(%a: i32, %c: i1) -> i32 {
          cf.br ^second
        ^third:
          %y = arith.addi %x, %a : i32
          func.return %y : i32
        ^second:
          %x = arith.addi %a, %a : i32
          cf.cond_br %c, ^third, ^fourth
        ^fourth:
          func.return %x : i32
        }
        """,
    "loop": """
        func.func @f(%a: i32, %c: i1) -> i32 {
          cf.br ^head(%a : i32)
        ^head(%i: i32):
          %n = arith.addi %i, %a : i32
          cf.cond_br %c, ^head(%n : i32), ^exit
        ^exit:
          func.return %n : i32
        }
        """,
    "unreachable blocks may use anything": """
        func.func @f(%a: i32) -> i32 {
          func.return %a : i32
        ^never:
          %y = arith.addi %x, %x : i32
          %x = arith.addi %y, %a : i32
          func.return %x : i32
        }
        """,
    "graph region of a module": """
        builtin.module {
          %a = arith.addi %b, %b : i32
          %b = arith.constant 1 : i32
        }
        """,
}

INVALID = {
    "use before definition": (
        """
        func.func @f(%a: i32) {
          %x = arith.addi %a, %y : i32
          %y = arith.addi %a, %a : i32
          func.return
        }
        """,
        ["3:11: error: `arith.addi`: operand 1 does not dominate this use"],
    ),
    "use of itself": (
        "func.func @f() {\n%x = arith.addi %x, %x : i32\nfunc.return\n}",
        ["2:1: error: `arith.addi`: operand 0 does not dominate this use"],
    ),
    "definition on one path only": (
        """
        func.func @f(%a: i32, %c: i1) -> i32 {
          cf.cond_br %c, ^left, ^join
        ^left:
          %x = arith.addi %a, %a : i32
          cf.br ^join
        ^join:
          func.return %x : i32
        }
        """,
        ["8:11: error: `func.return`: operand 0 does not dominate this use"],
    ),
    "several errors": (
        """
        func.func @f(%a: i32) {
          %x = arith.addi %a, %y : i32
          %y = arith.addi %z, %a : i32
          %z = arith.addi %a, %a : i32
          func.return
        }
        """,
        [
            "3:11: error: `arith.addi`: operand 1 does not dominate this use",
            "4:11: error: `arith.addi`: operand 0 does not dominate this use",
        ],
    ),
    "op behind the terminator": (
        "func.func @f() {\nfunc.return\nfunc.return\n}",
        ["2:1: error: `func.return`: a terminator must be the last op of its block"],
    ),
    "block without terminator": (
        "func.func @f() {\n%x = arith.constant 1 : i32\n}",
        ["2:1: error: `arith.constant`: it ends a block of `func.func` but is not a terminator"],
    ),
    "branch to the entry block": (
        "func.func @f() {\n^entry:\ncf.br ^entry\n}",
        ["3:1: error: `cf.br`: successor 0 is the entry block of the region"],
    ),
    "duplicate symbols": (
        "func.func private @f()\nfunc.func private @f()",
        ['1:1: error: `builtin.module`: Redefinition of symbol "f"'],
    ),
    "constraint": (
        '%x = "arith.constant"() <{value = 1 : i32}> : () -> i64',
        ["1:1: error: `arith.constant`:"],
    ),
    "wrong return": (
        "func.func @f(%a: i32) -> i64 {\nfunc.return %a : i32\n}",
        ["2:1: error: `func.return`:"],
    ),
    "parent": (
        "scf.yield",
        ["1:1: error: `scf.yield`:"],
    ),
}


@pytest.mark.parametrize("name", VALID)
def test_valid_modules_are_accepted(name: str) -> None:
    """No report for valid IR, whether or not its constraints are remembered from before."""
    assert verify_errors(VALID[name]) == []
    assert verify_errors(VALID[name]) == []


@pytest.mark.parametrize("name", INVALID)
def test_invalid_modules_are_refused(name: str) -> None:
    """Each violation is reported at the op's place, in the same way when it is met again."""
    text, expected = INVALID[name]
    for _ in range(2):
        reported = verify_errors(text)
        assert len(reported) == len(expected), reported
        for line, start in zip(reported, expected, strict=True):
            assert line.startswith(f"test.mlir:{start}"), line


def test_isolation_is_checked() -> None:
    """A function must not use a value of the ops around it."""
    module = ModuleOp([])
    body = module.body.block
    constant = fast.append(body, fast.make(arith.ConstantOp, (), (i32,), {"value": int_attr(1, i32)}))
    block = fast.new_block()
    fast.append(body, func.FuncOp("f", ((), ()), fast.new_region(block)))
    fast.append(block, fast.make(arith.AddiOp, (constant.results[0], constant.results[0]), (i32,)))
    fast.append(block, fast.make(func.ReturnOp))
    engine = DiagnosticEngine()
    assert not verify_module(module, engine)
    assert [diagnostic.message for diagnostic in engine.diagnostics] == [
        "`arith.addi`: operand 0 is defined outside of `func.func`, which is isolated from above"
    ]


def test_values_of_nested_regions_are_not_visible_outside() -> None:
    """What a region defines ends with it; nor may an op outside of the module define an operand."""
    module = read(VALID["use in a nested region"])
    addition = next(op for op in fast.walk(module) if op.name == "arith.addi")
    function = next(op for op in fast.walk(module) if op.name == "func.func")
    last = function.regions[0].blocks[0].last_op
    assert last is not None
    fast.insert_before(last, fast.make(arith.AddiOp, (addition.results[0], addition.results[0]), (i32,)))
    elsewhere = fast.make(arith.ConstantOp, (), (i32,), {"value": int_attr(1, i32)})
    fast.insert_before(last, fast.make(arith.AddiOp, (elsewhere.results[0], elsewhere.results[0]), (i32,)))
    engine = DiagnosticEngine()
    assert not verify_module(module, engine)
    assert [diagnostic.message for diagnostic in engine.diagnostics] == [
        "`arith.addi`: operand 0 does not dominate this use",
        "`arith.addi`: operand 0 is defined by an op that is not part of the module",
    ]


def test_diagnostics_show_the_op_and_the_definition() -> None:
    """A note has the op's text on one line, another where the operand is defined."""
    engine = DiagnosticEngine()
    verify_module(read(INVALID["use before definition"][0]), engine)
    assert engine.diagnostics[0].notes == (
        "in `%x = arith.addi %a, %y : i32`",
        "the operand is defined at test.mlir:4:11",
    )


def test_memo_does_not_hide_what_changed() -> None:
    """An op that was found valid is checked again after its types, properties or attributes have changed."""
    module = read("%x = arith.constant 1 : i32")
    engine = DiagnosticEngine()
    assert verify_module(module, engine)
    constant = module.body.block.first_op
    assert constant is not None
    fast.set_result_type(constant.results[0], i64)
    assert not verify_module(module, DiagnosticEngine())
    fast.set_result_type(constant.results[0], i32)
    assert verify_module(module, engine)
    constant.properties["extra"] = StringAttr("x")
    assert not verify_module(module, DiagnosticEngine())
    del constant.properties["extra"]
    assert verify_module(module, engine)
    del constant.properties["value"]
    assert not verify_module(module, DiagnosticEngine())


def test_hand_written_verifiers_run_on_known_ops() -> None:
    """`verify_` looks around, so it runs for each op even where the constraints are remembered."""
    text = "func.func @f(%a: i32) -> i32 {\nfunc.return %a : i32\n}"
    assert verify_errors(text) == []
    assert len(verify_errors(text.replace("-> i32", "-> (i32, i32)"))) == 1


def test_number_of_reports_is_limited() -> None:
    """A module that is wrong all over gives a note with the rest."""
    lines = "\n".join(f"%x{index} = arith.addi %late, %late : i32" for index in range(MAX_ERRORS + 20))
    text = f"func.func @f() {{\n{lines}\n%late = arith.constant 1 : i32\nfunc.return\n}}"
    reported = verify_errors(text)
    assert len(reported) == MAX_ERRORS + 1
    assert reported[-1] == "note: 20 more verification errors are not shown"


def test_broken_ops_do_not_break_the_verifier() -> None:
    """An op without the operands that its definition calls for is an error like any other."""
    module = ModuleOp([fast.make(arith.AddiOp, (), (i32,)), fast.make(func.CallOp)])
    engine = DiagnosticEngine()
    assert not verify_module(module, engine)
    assert engine.error_count == 2


def test_broken_links_are_found() -> None:
    """`find_broken_links` sees lists and uses that do not fit together."""
    module = read(PROGRAM)
    assert find_broken_links(module) == []
    call = next(op for op in fast.walk(module) if op.name == "func.call")
    call._operands = ()  # pyright: ignore
    assert find_broken_links(module) != []


def _blocks(text: str) -> tuple[DominatorTree, dict[str, object]]:
    module = read(text)
    function = next(op for op in fast.walk(module) if op.name == "func.func")
    region = function.regions[0]
    return DominatorTree(region), {block.name_hint or "entry": block for block in region.blocks}


def test_dominator_tree() -> None:
    """Immediate dominators of a diamond inside a loop, with an unreachable block."""
    tree, blocks = _blocks(
        """
        func.func @f(%c: i1) {
          cf.br ^head
        ^left:
          cf.br ^join
        ^head:
          cf.cond_br %c, ^left, ^right
        ^right:
          cf.br ^join
        ^join:
          cf.cond_br %c, ^head, ^exit
        ^exit:
          func.return
        ^dead:
          cf.br ^exit
        }
        """
    )
    names = {block: name for name, block in blocks.items()}
    dominators = {names[block]: names[parent] for block, parent in tree.idom.items()}
    assert dominators == {
        "entry": "entry",
        "head": "entry",
        "left": "head",
        "right": "head",
        "join": "head",
        "exit": "join",
    }
    assert tree.dominates(blocks["head"], blocks["exit"])
    assert tree.dominates(blocks["head"], blocks["head"])
    assert not tree.dominates(blocks["left"], blocks["join"])
    assert tree.dominates(blocks["left"], blocks["dead"]), "nothing gets there, so everything dominates it"
    assert not tree.dominates(blocks["dead"], blocks["exit"])
    assert not tree.is_reachable(blocks["dead"])
    assert [names[child] for child in tree.children(blocks["join"])] == ["exit"]
    entered = [names[block] for block, entering in tree.preorder() if entering]
    assert sorted(entered) == sorted(dominators)
    assert all(entered.index(parent) <= entered.index(child) for child, parent in dominators.items())


def test_reverse_postorder_of_a_long_chain() -> None:
    """Depth of the control flow is no limit."""
    count = 3000
    lines = [f"^b{index}:\n cf.br ^b{index + 1}" for index in range(count)]
    module = read("func.func @f() {\n cf.br ^b0\n" + "\n".join(lines) + f"\n^b{count}:\n func.return\n}}")
    function = module.body.block.first_op
    assert function is not None
    assert len(reverse_postorder(function.regions[0])) == count + 2
    assert verify_module(module, DiagnosticEngine())
