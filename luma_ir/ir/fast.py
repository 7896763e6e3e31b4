"""
Create, move, replace and clone operations without xDSL's per-field machinery.

This module and `making`, which belongs to it, are the only ones that touch private fields of xDSL's IR classes. They
are pinned to xDSL 0.74, and
`tests/unit/test_ir_fast.py` compares what it builds with `Operation.create`, field by field. Nothing here verifies:
the verifier (`luma_ir.ir.verify`) does that once for the whole module.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from xdsl.dialects.builtin import UNKNOWN_LOC
from xdsl.ir import Attribute, Block, BlockArgument, Operation, Region, SSAValue, Use
from xdsl.ir.core import SSAValues

from luma_ir.ir.making import make

if TYPE_CHECKING:
    from xdsl.dialects.builtin import LocationAttr

# pyright: reportPrivateUsage=false, reportAttributeAccessIssue=false, reportArgumentType=false, reportOptionalMemberAccess=false

OpT = TypeVar("OpT", bound=Operation)

XDSL_VERSION = "0.74.0"
"""The xDSL release whose private fields this module knows."""

_new = object.__new__
_NO_VALUES: SSAValues = SSAValues()


def append(block: Block, op: OpT) -> OpT:
    """Put a detached operation at the end of a block and return it."""
    op.parent = block
    last = block._last_op
    if last is None:
        block._first_op = op
    else:
        last._next_op = op
        op._prev_op = last
    block._last_op = op
    return op


def insert_before(anchor_op: Operation, op: OpT) -> OpT:
    """Put a detached operation just before `anchor_op` in its block and return it."""
    block = anchor_op.parent
    op.parent = block
    previous = anchor_op._prev_op
    op._prev_op = previous
    op._next_op = anchor_op
    anchor_op._prev_op = op
    if previous is None:
        block._first_op = op
    else:
        previous._next_op = op
    return op


def insert_after(anchor_op: Operation, op: OpT) -> OpT:
    """Put a detached operation just after `anchor_op` in its block and return it."""
    block = anchor_op.parent
    op.parent = block
    following = anchor_op._next_op
    op._next_op = following
    op._prev_op = anchor_op
    anchor_op._next_op = op
    if following is None:
        block._last_op = op
    else:
        following._prev_op = op
    return op


def prepend(block: Block, op: OpT) -> OpT:
    """Put a detached operation at the start of a block and return it."""
    first = block._first_op
    return append(block, op) if first is None else insert_before(first, op)


def detach(op: OpT) -> OpT:
    """Take an operation out of its block, keeping its operands, and return it."""
    block = op.parent
    if block is None:
        return op
    previous, following = op._prev_op, op._next_op
    if previous is None:
        block._first_op = following
    else:
        previous._next_op = following
    if following is None:
        block._last_op = previous
    else:
        following._prev_op = previous
    op.parent = op._prev_op = op._next_op = None
    return op


def erase(op: Operation) -> None:
    """
    Remove an operation for good: detach it and drop the uses that it and the operations inside it hold.

    Raises:
        ValueError: a result is still used outside of the operation.
    """
    if op.parent is not None:
        detach(op)
    if op.regions:
        _drop_uses_deep(op)
    else:
        _drop_uses(op)
    for result in op.results:
        if result.first_use is not None:
            user = result.first_use._operation
            raise ValueError(f"cannot erase `{op.name}`: result {result.index} is still used by `{user.name}`")


def _drop_uses(op: Operation) -> None:
    for value, use in zip(op._operands, op._operand_uses, strict=True):
        _unlink(value, use)
    op._operands = _NO_VALUES
    op._operand_uses = ()
    if op._successors:
        for block, use in zip(op._successors, op._successor_uses, strict=True):
            _unlink(block, use)
        op._successors = ()
        op._successor_uses = ()


def _drop_uses_deep(root: Operation) -> None:
    pending = [root]
    while pending:
        op = pending.pop()
        _drop_uses(op)
        for region in op.regions:
            block = region._first_block
            while block is not None:
                inner = block._first_op
                while inner is not None:
                    pending.append(inner)
                    inner = inner._next_op
                block = block._next_block


def _unlink(value: SSAValue | Block, use: Use) -> None:
    previous, following = use._prev_use, use._next_use
    if previous is None:
        value.first_use = following
    else:
        previous._next_use = following
    if following is not None:
        following._prev_use = previous


def _link(value: SSAValue | Block, use: Use) -> None:
    first = value.first_use
    use._prev_use = None
    use._next_use = first
    if first is not None:
        first._prev_use = use
    value.first_use = use


def replace_uses(old_value: SSAValue, new_value: SSAValue) -> None:
    """Let every use of `old_value` use `new_value`; the name of the old value moves along when the new one has none."""
    if old_value is new_value:
        return
    use = old_value.first_use
    if use is not None:
        while True:
            op = use._operation
            index = use._index
            changed = list(op._operands)
            changed[index] = new_value
            op._operands = SSAValues(changed)
            following = use._next_use
            if following is None:
                break
            use = following
        # The whole list of uses moves at once, in front of those that the new value has.
        first = new_value.first_use
        use._next_use = first
        if first is not None:
            first._prev_use = use
        new_value.first_use = old_value.first_use
        old_value.first_use = None
    if new_value._name is None:
        new_value._name = old_value._name


def replace_op(old_op: Operation, new_values: Sequence[SSAValue]) -> None:
    """
    Replace the results of an operation by other values, one each, and erase the operation.

    Raises:
        ValueError: the number of values differs from the number of results.
    """
    for old, new in zip(old_op.results, new_values, strict=True):
        replace_uses(old, new)
    erase(old_op)


def set_operand(op: Operation, index: int, value: SSAValue) -> None:
    """Change one operand in place."""
    operands = op._operands
    old = operands[index]
    if old is value:
        return
    use = op._operand_uses[index]
    _unlink(old, use)
    _link(value, use)
    changed = list(operands)
    changed[index] = value
    op._operands = SSAValues(changed)


def set_operands(op: Operation, values: Sequence[SSAValue]) -> None:
    """Change all operands; their number may change."""
    for value, use in zip(op._operands, op._operand_uses, strict=True):
        _unlink(value, use)
    uses = []
    for index, value in enumerate(values):
        use = Use(op, index)
        _link(value, use)
        uses.append(use)
    op._operands = SSAValues(values)
    op._operand_uses = tuple(uses)


def set_successors(op: Operation, blocks: Sequence[Block]) -> None:
    """Change all successors of a terminator; their number may change."""
    for block, use in zip(op._successors, op._successor_uses, strict=True):
        _unlink(block, use)
    uses = []
    for index, block in enumerate(blocks):
        use = Use(op, index)
        _link(block, use)
        uses.append(use)
    op._successors = tuple(blocks)
    op._successor_uses = tuple(uses)


def new_block(arg_types: Sequence[Attribute] = (), location: LocationAttr | None = None) -> Block:
    """Create a detached block with arguments of the given types."""
    block = Block()
    if arg_types:
        where = UNKNOWN_LOC if location is None else location
        block._args = tuple([_new_arg(block, index, arg_type, where) for index, arg_type in enumerate(arg_types)])
    return block


def _new_arg(block: Block, index: int, arg_type: Attribute, location: LocationAttr) -> BlockArgument:
    arg = _new(BlockArgument)
    arg.first_use = None
    arg._name = None
    arg._type = arg_type
    arg.block = block
    arg.index = index
    arg.location = location
    return arg


def add_block_arg(block: Block, type: Attribute, location: LocationAttr | None = None) -> BlockArgument:
    """Add an argument at the end of a block's arguments and return it."""
    arg = _new_arg(block, len(block._args), type, UNKNOWN_LOC if location is None else location)
    block._args = (*block._args, arg)
    return arg


def erase_block_arg(arg: BlockArgument) -> None:
    """
    Remove an argument of a block; the later ones move up.

    Raises:
        ValueError: the argument is still used.
    """
    if arg.first_use is not None:
        raise ValueError(f"cannot erase block argument {arg.index}: `{arg.first_use._operation.name}` still uses it")
    block = arg.block
    kept = tuple([other for other in block._args if other is not arg])
    for index, other in enumerate(kept):
        other.index = index
    block._args = kept


def new_region(*blocks: Block) -> Region:
    """Create a detached region that holds the given detached blocks, in order."""
    region = Region()
    for block in blocks:
        append_block(region, block)
    return region


def append_block(region: Region, block: Block) -> Block:
    """Put a detached block at the end of a region and return it."""
    block.parent = region
    last = region._last_block
    block._prev_block = last
    block._next_block = None
    if last is None:
        region._first_block = block
    else:
        last._next_block = block
    region._last_block = block
    return block


def insert_block_after(anchor: Block, block: Block) -> Block:
    """Put a detached block just after `anchor` in its region and return it."""
    region = anchor.parent
    block.parent = region
    following = anchor._next_block
    block._prev_block = anchor
    block._next_block = following
    anchor._next_block = block
    if following is None:
        region._last_block = block
    else:
        following._prev_block = block
    return block


def detach_block(block: Block) -> Block:
    """Take a block out of its region and return it."""
    region = block.parent
    if region is not None:
        region.detach_block(block)
    return block


def erase_block(block: Block) -> None:
    """
    Remove a block and all its operations for good.

    Raises:
        ValueError: a value that the block defines is used outside of it.
    """
    detach_block(block)
    ops = list(block_ops(block))
    for op in ops:
        _drop_uses_deep(op)
    for op in ops:
        for result in op.results:
            if result.first_use is not None:
                raise ValueError(f"cannot erase a block: a result of `{op.name}` is used outside of it")
        op.parent = op._prev_op = op._next_op = None
    for arg in block._args:
        if arg.first_use is not None:
            raise ValueError(f"cannot erase a block: its argument {arg.index} is used outside of it")
    block._first_op = block._last_op = None


def set_result_type(value: SSAValue, type: Attribute) -> None:
    """Change the type of a value in place (an op result or a block argument)."""
    value._type = type


def set_name(value: SSAValue | Block, name: str | None) -> None:
    """Set the printed name of a value or block; a numeric suffix `_3` is dropped."""
    value._name = value.extract_valid_name(name)


def move_ops(source_block: Block, dest_block: Block) -> None:
    """Move all operations of `source_block` to the end of `dest_block`."""
    first = source_block._first_op
    if first is None:
        return
    op = first
    while op is not None:
        op.parent = dest_block
        op = op._next_op
    last = dest_block._last_op
    if last is None:
        dest_block._first_op = first
    else:
        last._next_op = first
        first._prev_op = last
    dest_block._last_op = source_block._last_op
    source_block._first_op = source_block._last_op = None


def split_block(op: Operation) -> Block:
    """Split a block before `op`: it and what follows move to a new block, which comes next in the region."""
    block = op.parent
    tail = Block()
    previous = op._prev_op
    tail._first_op = op
    tail._last_op = block._last_op
    op._prev_op = None
    block._last_op = previous
    if previous is None:
        block._first_op = None
    else:
        previous._next_op = None
    moved = op
    while moved is not None:
        moved.parent = tail
        moved = moved._next_op
    if block.parent is not None:
        insert_block_after(block, tail)
    return tail


def block_ops(block: Block) -> Iterator[Operation]:
    """Iterate over a block's operations; the one that was yielded last may be detached or erased meanwhile."""
    op = block._first_op
    while op is not None:
        following = op._next_op
        yield op
        op = following


def region_blocks(region: Region) -> Iterator[Block]:
    """Iterate over a region's blocks; the one that was yielded last may be detached meanwhile."""
    block = region._first_block
    while block is not None:
        following = block._next_block
        yield block
        block = following


def walk(root: Operation) -> Iterator[Operation]:
    """Iterate over `root` and the operations inside it, parents first, in textual order; the IR must stay as it is."""
    stack = [root]
    pop, extend = stack.pop, stack.extend
    while stack:
        op = pop()
        yield op
        if op.regions:
            inner = []
            for region in op.regions:
                block = region._first_block
                while block is not None:
                    child = block._first_op
                    while child is not None:
                        inner.append(child)
                        child = child._next_op
                    block = block._next_block
            inner.reverse()
            extend(inner)


def operands_of(op: Operation) -> SSAValues:
    """The operands as the plain tuple that the op holds; `op.operands` wraps it anew at each access."""
    return op._operands


def successors_of(op: Operation) -> tuple[Block, ...]:
    """The successors as the plain tuple that the op holds."""
    return op._successors


def users(value: SSAValue | Block) -> Iterator[Operation]:
    """Iterate over the operations that use a value, once a use, newest first."""
    use = value.first_use
    while use is not None:
        following = use._next_use
        yield use._operation
        use = following


def uses_of(value: SSAValue | Block) -> Iterator[tuple[Operation, int]]:
    """Iterate over the uses of a value, newest first: the operation and the number of the operand."""
    use = value.first_use
    while use is not None:
        following = use._next_use
        yield use._operation, use._index
        use = following


def has_uses(value: SSAValue | Block) -> bool:
    """Tell whether anything uses the value."""
    return value.first_use is not None


def has_one_use(value: SSAValue | Block) -> bool:
    """Tell whether exactly one operand is the value."""
    first = value.first_use
    return first is not None and first._next_use is None


def clone_op(
    op: OpT, value_map: dict[SSAValue, SSAValue] | None = None, block_map: dict[Block, Block] | None = None
) -> OpT:
    """
    Copy an operation with everything inside it; the copy is detached.

    `value_map` maps operands that the copy should use instead of the original's, and gets the copies of all values that
    the operation defines; `block_map` does the same for blocks. Names and locations are kept.
    """
    values = {} if value_map is None else value_map
    blocks = {} if block_map is None else block_map
    late: list[Operation] = []
    copy = _clone(op, values, blocks, late)
    _resolve_late(late, values)
    return copy


def clone_region_into(
    source: Region,
    dest: Region,
    value_map: dict[SSAValue, SSAValue] | None = None,
    block_map: dict[Block, Block] | None = None,
) -> list[Block]:
    """Copy all blocks of `source` to the end of `dest` and return the copies; the maps work as for `clone_op`."""
    values = {} if value_map is None else value_map
    blocks = {} if block_map is None else block_map
    late: list[Operation] = []
    copies = _clone_blocks(source, dest, values, blocks, late)
    _resolve_late(late, values)
    return copies


def _resolve_late(late: Iterable[Operation], values: dict[SSAValue, SSAValue]) -> None:
    # A use may stand before its definition in the text (blocks in any order); such operands are mapped at the end.
    for op in late:
        changed = [values.get(value, value) for value in op._operands]
        for index, value in enumerate(changed):
            set_operand(op, index, value)


def _clone(op: OpT, values: dict, blocks: dict, late: list[Operation]) -> OpT:
    operands = op._operands
    missing = False
    if operands:
        mapped = []
        for value in operands:
            copy = values.get(value)
            if copy is None:
                copy = value
                missing = True
            mapped.append(copy)
    else:
        mapped = ()
    results = op.results
    successors = op._successors
    copy_op = make(
        type(op),
        mapped,
        [result._type for result in results] if results else (),
        op.properties.copy(),
        attributes=op.attributes.copy(),
        successors=[blocks.get(block, block) for block in successors] if successors else (),
        location=op.location,
    )
    if missing:
        late.append(copy_op)
    for result, copy_result in zip(results, copy_op.results, strict=True):
        values[result] = copy_result
        copy_result._name = result._name
    if op.regions:
        regions = []
        for region in op.regions:
            copy_region = Region()
            copy_region.parent = copy_op
            regions.append(copy_region)
            _clone_blocks(region, copy_region, values, blocks, late)
        copy_op.regions = tuple(regions)
    return copy_op


def _clone_blocks(source: Region, dest: Region, values: dict, blocks: dict, late: list[Operation]) -> list[Block]:
    pairs = []
    block = source._first_block
    while block is not None:
        copy_block = Block()
        copy_block._name = block._name
        blocks[block] = copy_block
        pairs.append((block, copy_block))
        args = []
        for arg in block._args:
            copy_arg = _new_arg(copy_block, arg.index, arg._type, arg.location)
            copy_arg._name = arg._name
            values[arg] = copy_arg
            args.append(copy_arg)
        copy_block._args = tuple(args)
        block = block._next_block
    for block, copy_block in pairs:
        append_block(dest, copy_block)
        op = block._first_op
        while op is not None:
            append(copy_block, _clone(op, values, blocks, late))
            op = op._next_op
    return [copy_block for _, copy_block in pairs]
