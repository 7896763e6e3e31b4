"""`luma_ir.ir.fast` builds and edits exactly what xDSL's public API builds."""

from __future__ import annotations

from importlib.metadata import version

import pytest
from ir_helpers import PROGRAM, read
from ir_links import find_broken_links
from xdsl.dialects import arith, cf, func, llvm, scf
from xdsl.dialects.builtin import ModuleOp, UnitAttr, i1, i32, i64
from xdsl.ir import Block, Operation, Region

from luma_ir.ir import fast
from luma_ir.ir.intern import int_attr
from luma_ir.ir.locations import file_loc

HERE = file_loc("here.luma", 3, 4)


def test_xdsl_is_the_version_whose_private_fields_are_known() -> None:
    """Another release may lay out its classes otherwise; look through `fast.py` before changing the number."""
    assert version("xdsl") == fast.XDSL_VERSION


def _fields(op: Operation) -> dict[str, object]:
    """All fields of an op, with those that hold fresh objects in comparable form."""
    fields: dict[str, object] = {name: getattr(op, name) for name in Operation.__dataclass_fields__}
    fields["results"] = [
        (type(result), result._type, result.index, result.op is op, result.first_use, result._name)
        for result in op.results
    ]
    for name in ("_operand_uses", "_successor_uses"):
        fields[name] = [(use._operation is op, use._index) for use in getattr(op, name)]
    fields["kinds"] = [type(getattr(op, name)) for name in ("_operands", "results", "_successors", "regions")]
    fields["parents"] = [region.parent is op for region in op.regions]
    assert set(vars(op)) <= set(Operation.__dataclass_fields__)
    return fields


def test_make_fills_the_same_fields_as_create() -> None:
    """Every field of a made op equals that of a created one, for ops of all shapes."""
    block = fast.new_block([i32, i32, i1])
    a, b, c = block.args
    targets = Block(), Block()
    regions = Region(Block()), Region()
    cases: list[tuple[type[Operation], dict]] = [
        (arith.AddiOp, {"operands": (a, b), "result_types": (i32,)}),
        (arith.AddiOp, {"operands": [a, a], "result_types": [i32], "attributes": {"x": UnitAttr()}}),
        (llvm.AddOp, {"operands": (a, b), "result_types": (i32,), "location": HERE}),
        (arith.ConstantOp, {"result_types": (i32,), "properties": {"value": int_attr(3, i32)}}),
        (cf.ConditionalBranchOp, {"operands": (c, a), "successors": targets}),
        (scf.IfOp, {"operands": (c,), "result_types": (i32, i64), "regions": regions}),
        (func.ReturnOp, {}),
    ]
    for cls, arguments in cases:
        created = cls.create(**arguments)
        expected = _fields(created)
        fast.erase(created)
        for region in regions:
            region.parent = None
        copied = {
            key: dict(value) if isinstance(value, dict) else value
            for key, value in arguments.items()
            if key not in ("operands", "result_types", "properties")
        }
        properties = arguments.get("properties")
        made = fast.make(
            cls,
            arguments.get("operands", ()),
            arguments.get("result_types", ()),
            None if properties is None else dict(properties),
            **copied,
        )
        assert _fields(made) == expected, cls.name
        assert find_broken_links(made) == []
        fast.erase(made)
        for region in regions:
            region.parent = None


def test_make_refuses_a_region_that_is_in_use() -> None:
    """A region belongs to one op."""
    region = Region()
    fast.make(scf.IfOp, regions=(region,))
    with pytest.raises(ValueError, match="already belongs"):
        fast.make(scf.IfOp, regions=(region,))


def _constants(count: int) -> list[arith.ConstantOp]:
    return [fast.make(arith.ConstantOp, (), (i32,), {"value": int_attr(index, i32)}) for index in range(count)]


def test_moving_ops_keeps_the_lists_in_order() -> None:
    """Inserting, prepending, detaching and splitting leave properly linked lists."""
    block = fast.new_block()
    module = fast.make(ModuleOp, regions=[fast.new_region(block)])
    a, b, c, d, e = _constants(5)
    fast.append(block, b)
    fast.insert_before(b, a)
    fast.insert_after(b, d)
    fast.insert_before(d, c)
    fast.prepend(block, e)
    assert list(fast.block_ops(block)) == [e, a, b, c, d]
    assert find_broken_links(module) == []
    for op in (e, d, b):
        assert fast.detach(op).parent is None
    assert list(block.ops) == [a, c]
    assert find_broken_links(module) == []
    fast.append(block, d)
    tail = fast.split_block(c)
    assert (list(block.ops), list(tail.ops)) == ([a], [c, d])
    assert find_broken_links(module) == []
    fast.move_ops(tail, block)
    assert (list(block.ops), list(tail.ops)) == ([a, c, d], [])
    fast.split_block(a)
    assert find_broken_links(module) == []
    assert len(block.ops) == 0


def test_uses_follow_operands() -> None:
    """Changing, replacing and erasing keeps uses and operands in step."""
    block = fast.new_block([i32, i32])
    module = fast.make(ModuleOp, regions=[fast.new_region(block)])
    a, b = block.args
    twice = fast.append(block, fast.make(arith.AddiOp, (a, a), (i32,)))
    mixed = fast.append(block, fast.make(arith.AddiOp, (a, b), (i32,)))
    assert [user.name for user in fast.users(a)] == ["arith.addi"] * 3
    assert [(user.name, index, user.operands[index] is a) for user, index in fast.uses_of(a)] == [
        (user.name, use.index, True) for user, use in zip(fast.users(a), a.uses, strict=True)
    ]
    assert not fast.has_one_use(a) and fast.has_one_use(b)
    fast.set_operand(mixed, 0, b)
    assert find_broken_links(module) == []
    fast.replace_uses(a, b)
    assert not fast.has_uses(a) and list(twice.operands) == [b, b]
    assert find_broken_links(module) == []
    fast.set_operands(twice, [a, b])
    third = fast.append(block, fast.make(func.ReturnOp, (twice.results[0],)))
    with pytest.raises(ValueError, match=r"still used by `func\.return`"):
        fast.erase(twice)
    fast.insert_before(third, fast.detach(mixed))
    module = block.parent_op()
    assert module is not None
    fast.set_operands(third, [])
    fast.replace_op(mixed, [b])
    fast.erase(third)
    assert not fast.has_uses(mixed.results[0])
    assert all(op.name != "func.return" for op in fast.walk(module))


def test_replaced_values_hand_on_their_name() -> None:
    """A value without a name takes over that of the value that it replaces."""
    block = fast.new_block([i32, i32])
    a, b = block.args
    fast.set_name(a, "count_3")
    assert a.name_hint == "count"
    fast.replace_uses(a, b)
    assert b.name_hint == "count"


def test_erasing_is_deep() -> None:
    """Erasing an op frees what the ops inside it used."""
    module = read(PROGRAM)
    main = next(op for op in fast.walk(module) if op.name == "func.func" and op.regions[0].first_block)
    conditional = next(op for op in fast.walk(main) if op.name == "scf.if")
    zero = next(op for op in fast.walk(main) if op.name == "arith.constant")
    with pytest.raises(ValueError):
        fast.erase(zero)
    a = main.regions[0].first_block.args[0]
    for result in conditional.results:
        fast.replace_uses(result, a)
    fast.erase(conditional)
    assert not fast.has_uses(zero.results[0])
    assert find_broken_links(module) == []


def test_blocks_and_arguments() -> None:
    """Block arguments are numbered in order; a block in use cannot be erased."""
    block = fast.new_block([i32, i64], HERE)
    assert [arg.location for arg in block.args] == [HERE, HERE]
    fast.add_block_arg(block, i1)
    first, second, third = block.args
    fast.erase_block_arg(first)
    assert [(arg, arg.index) for arg in block.args] == [(second, 0), (third, 1)]
    use = fast.append(block, fast.make(func.ReturnOp, (third,)))
    with pytest.raises(ValueError, match="still uses it"):
        fast.erase_block_arg(third)
    region = fast.new_region(block)
    late = fast.insert_block_after(block, fast.new_block())
    constant = fast.append(late, _constants(1)[0])
    fast.set_operands(use, [constant.results[0]])
    assert list(fast.region_blocks(region)) == [block, late]
    with pytest.raises(ValueError, match="used outside"):
        fast.erase_block(late)
    fast.set_operands(use, [])
    other = fast.new_block()
    fast.append_block(region, other)
    fast.erase_block(other)
    assert region.last_block is block or region.last_block is late


def test_successors_can_be_changed() -> None:
    """The uses of blocks follow the successors."""
    first, second = Block(), Block()
    branch = fast.make(cf.BranchOp, successors=(first,))
    fast.set_successors(branch, (second,))
    assert not fast.has_uses(first) and fast.has_one_use(second)
    assert find_broken_links(branch) == []


def test_clone_is_equal_and_separate() -> None:
    """A clone has the same text and locations, shares no op, and touches no use of the original."""
    module = read(PROGRAM)
    copy = fast.clone_op(module)
    assert copy.is_structurally_equivalent(module)
    assert str(copy) == str(module)
    pairs = list(zip(fast.walk(module), fast.walk(copy), strict=True))
    assert all(old is not new and old.location == new.location for old, new in pairs)
    assert all(old.properties is not new.properties for old, new in pairs)
    assert find_broken_links(copy) == []
    assert find_broken_links(module) == []


def test_clone_maps_what_it_is_told_to() -> None:
    """Operands and blocks in the maps are replaced, others stay; definitions after their use are mapped too."""
    module = read(
        """
        func.func @f(%a: i32, %b: i32) -> i32 {
          cf.br ^second
        ^first:
          func.return %late : i32
        ^second:
          %late = arith.addi %a, %b : i32
          cf.br ^first
        }
        """
    )
    function = next(iter(module.body.block.ops))
    a, b = function.regions[0].first_block.args
    region = Region()
    value_map = {a: b}
    blocks = fast.clone_region_into(function.regions[0], region, value_map)
    assert len(blocks) == 3
    addition = blocks[2].first_op
    assert addition is not None
    assert value_map[a] is not b, "the entry block's own arguments are mapped to their copies"
    assert list(addition.operands) == list(blocks[0].args)
    returned = blocks[1].first_op
    assert returned is not None and returned.operands[0] is addition.results[0]


def test_walk_is_in_textual_order() -> None:
    """`walk` gives what xDSL's walk gives."""
    module = read(PROGRAM)
    assert list(fast.walk(module)) == list(module.walk())
