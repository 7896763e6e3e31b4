"""Looks at the private links of the IR, which no edit may leave broken; what tests of `luma_ir.ir.fast` compare."""

from __future__ import annotations

from xdsl.ir import Block, Operation, Region, SSAValue


def find_broken_links(root: Operation) -> list[str]:
    """
    Check what no pass may ever break: the doubly linked lists of blocks and ops, parents, and that uses and operands
    agree. For tests of code that edits the IR; empty when all is well.
    """
    problems: list[str] = []
    expected: dict[int, set[tuple[int, int]]] = {}
    values: dict[int, SSAValue | Block] = {}
    pending = [root]
    while pending:
        op = pending.pop()
        for name, targets, uses in (
            ("operand", op._operands, op._operand_uses),
            ("successor", op._successors, op._successor_uses),
        ):
            if len(targets) != len(uses):
                problems.append(f"`{op.name}` has {len(targets)} {name}s and {len(uses)} uses")
            for index, (target, use) in enumerate(zip(targets, uses, strict=False)):
                values[id(target)] = target
                expected.setdefault(id(target), set()).add((id(op), index))
                if use._operation is not op or use._index != index:
                    problems.append(f"use {index} of `{op.name}` says it is use {use._index} of another op")
        for result in op.results:
            values[id(result)] = result
        for region in op.regions:
            pending.extend(_check_region_links(op, region, values, problems))
    for key, value in values.items():
        found = {(id(use._operation), use._index) for use in value.uses}
        if found != expected.get(key, set()):
            problems.append(f"a value has {len(found)} uses in its list but {len(expected.get(key, ()))} in the IR")
    return problems


def _check_region_links(op: Operation, region: Region, values: dict, problems: list[str]) -> list[Operation]:
    inner: list[Operation] = []
    if region.parent is not op:
        problems.append(f"a region of `{op.name}` has another parent")
    previous_block = None
    block = region._first_block
    while block is not None:
        values[id(block)] = block
        if block.parent is not region or block._prev_block is not previous_block:
            problems.append(f"a block of `{op.name}` is linked wrongly")
        for index, arg in enumerate(block._args):
            values[id(arg)] = arg
            if arg.block is not block or arg.index != index:
                problems.append(f"block argument {index} in `{op.name}` is numbered wrongly")
        previous = None
        child = block._first_op
        while child is not None:
            if child.parent is not block or child._prev_op is not previous:
                problems.append(f"`{child.name}` is linked wrongly")
            inner.append(child)
            previous = child
            child = child._next_op
        if block._last_op is not previous:
            problems.append(f"the last op of a block of `{op.name}` is another one")
        previous_block = block
        block = block._next_block
    if region._last_block is not previous_block:
        problems.append(f"the last block of `{op.name}` is another one")
    return inner
