"""
A slow, plain interpreter of the `luma` level and a generator of random programs, to compare runs around passes.

The interpreter shares no code with the passes: it follows the op definitions word for word.
"""

from __future__ import annotations

import random
from typing import Any

from xdsl.dialects import arith, scf
from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Block, Operation

from luma_ir.dialects import luma
from luma_ir.ir.locations import unwrap

WORD = 1 << 64


class Panic(Exception):
    """The program ended early."""


class OutOfFuel(Exception):
    """The program runs too long to be compared."""


def signed(value: int, width: int = 64) -> int:
    value %= 1 << width
    return value - (1 << width) if value >> (width - 1) else value


class Machine:
    """Runs functions of a module; `output` is what was shown."""

    def __init__(self, module: ModuleOp, fuel: int = 20000):
        self.functions = {op.sym_name.data: op for op in module.ops if isinstance(op, luma.FuncOp)}
        self.output: list[Any] = []
        self.fuel = fuel

    def run(self, name: str, arguments: list[Any]) -> tuple[Any, ...]:
        """The results, or the panic with its place; and the output."""
        try:
            return ("ok", *self.call(name, arguments)), tuple(self.output)  # type: ignore[return-value]
        except Panic as panic:
            return ("panic", *panic.args), tuple(self.output)  # type: ignore[return-value]

    def call(self, name: str, arguments: list[Any]) -> list[Any]:
        function = self.functions[name]
        if function.is_declaration:
            self.output.append(tuple(arguments))
            return []
        block = function.body.block
        env = dict(zip(block.args, arguments, strict=True))
        kind, values = self.block(block, env)
        assert kind == "return", kind
        return values

    def block(self, block: Block, env: dict[Any, Any]) -> tuple[Any, list[Any]]:
        """Run a block; how it ended ("yield", "return", ("break", depth), ...) and with which values."""
        for op in block.ops:
            self.fuel -= 1
            if self.fuel < 0:
                raise OutOfFuel
            values = [env[operand] for operand in op.operands]
            end = self.terminator(op, values)
            if end is not None:
                return end
            if op.regions:
                end = self.control(op, values, env)
                if end is not None:
                    return end
                continue
            results = self.plain(op, values)
            assert len(results) == len(op.results), op.name
            env.update(zip(op.results, results, strict=True))
        raise AssertionError("block without a terminator")

    def terminator(self, op: Operation, values: list[Any]) -> tuple[Any, list[Any]] | None:
        if isinstance(op, scf.YieldOp | luma.YieldOp):
            return "yield", values
        if isinstance(op, scf.ConditionOp):
            return "condition", values
        if isinstance(op, luma.ReturnOp):
            return "return", values
        if isinstance(op, luma.BreakOp):
            return ("break", op.loop_depth), values
        if isinstance(op, luma.ContinueOp):
            return ("continue", op.loop_depth), values
        if isinstance(op, luma.PanicOp):
            self.panic(op, op.message.data)
        assert not isinstance(op, luma.UnreachableOp), "reached unreachable"
        return None

    def panic(self, op: Operation, *what: Any) -> None:
        place = unwrap(op.location)
        assert place is not None
        raise Panic(*what, place.line, place.column)

    def control(self, op: Operation, values: list[Any], env: dict[Any, Any]) -> tuple[Any, list[Any]] | None:
        if isinstance(op, scf.IfOp | luma.IfOp):
            region = op.regions[0 if values[0] else 1]
            if region.first_block is None:
                return None
            kind, results = self.block(region.block, env)
            if kind != "yield":
                return kind, results
            env.update(zip(op.results, results, strict=True))
            return None
        if isinstance(op, scf.WhileOp):
            carried = values
            while True:
                env.update(zip(op.before_region.block.args, carried, strict=True))
                _, (test, *carried) = self.block(op.before_region.block, env)
                if not test:
                    env.update(zip(op.res, carried, strict=True))
                    return None
                env.update(zip(op.after_region.block.args, carried, strict=True))
                _, carried = self.block(op.after_region.block, env)
        if isinstance(op, scf.ForOp | luma.ForOp):
            lower, upper, step, *carried = values
            assert step > 0
            numbers: Any = range(lower, upper, step)
        else:
            assert isinstance(op, luma.LoopOp)
            carried, numbers = values, None
        return self.loop(op, numbers, carried, env)

    def loop(
        self, op: Operation, numbers: Any, carried: list[Any], env: dict[Any, Any]
    ) -> tuple[Any, list[Any]] | None:
        body = op.regions[0].block
        index = iter(numbers) if numbers is not None else None
        while True:
            first = []
            if index is not None:
                number = next(index, None)
                if number is None:
                    env.update(zip(op.results, carried, strict=True))
                    return None
                first = [number]
            env.update(zip(body.args, [*first, *carried], strict=True))
            kind, values = self.block(body, env)
            if kind == "yield" or kind == ("continue", 0):
                carried = values
            elif kind == ("break", 0):
                env.update(zip(op.results, values, strict=True))
                return None
            elif isinstance(kind, tuple):
                return (kind[0], kind[1] - 1), values
            else:
                return kind, values

    def plain(self, op: Operation, values: list[Any]) -> list[Any]:
        if isinstance(op, luma.CallOp):
            return self.call(op.callee.string_value(), values)
        if isinstance(op, arith.ConstantOp):
            value = op.value.value.data  # type: ignore[union-attr]
            return [value]
        width = getattr(getattr(op.operands[0].type if op.operands else None, "width", None), "data", 64)
        if isinstance(op, arith.CmpiOp):
            a, b = values
            ua, ub = a % (1 << width), b % (1 << width)
            tests = [a == b, a != b, a < b, a <= b, a > b, a >= b, ua < ub, ua <= ub, ua > ub, ua >= ub]
            return [-1 if tests[op.predicate.value.data] else 0]
        if isinstance(op, arith.SelectOp):
            return [values[1] if values[0] else values[2]]
        if op.name in INTEGERS:
            exact = INTEGERS[op.name](*values)
            result = signed(exact, width)
            flags = op.properties.get("overflowFlags")
            if flags is not None and "nsw" in str(flags):
                assert exact == result, f"nsw broken: {op}"
            return [result]
        return self.luma_op(op, values)

    def luma_op(self, op: Operation, values: list[Any]) -> list[Any]:
        if isinstance(op, luma.CheckBoundsOp):
            if not 0 <= values[0] < values[1]:
                self.panic(op, "bounds", *values)
            return values[:1]
        if isinstance(op, luma.CheckOverflowOp):
            exact = {"add": values[0] + values[1], "sub": values[0] - values[1], "mul": values[0] * values[1]}
            result = exact[op.kind.data]
            if signed(result) != result:
                self.panic(op, "overflow")
            return [result]
        if isinstance(op, luma.CheckDivOp):
            if values[1] == 0 or (values[1] == -1 and values[0] == -(WORD >> 1)):
                self.panic(op, "division")
            return values[1:]
        if isinstance(op, luma.AssertOp):
            if not values[0]:
                self.panic(op, op.message.data)
            return []
        if isinstance(op, luma.ArrayLenOp):
            return [len(values[0])]
        if isinstance(op, luma.ArrayFillOp):
            return [(values[0],) * values[1]]
        if isinstance(op, luma.ArrayPushOp):
            return [(*values[0], values[1])]
        if isinstance(op, luma.StructMakeOp | luma.TupleMakeOp | luma.ArrayMakeOp):
            return [tuple(values)]
        if isinstance(op, luma.GetOp):
            return [self.read(values[0], self.path(op, values))]
        if isinstance(op, luma.TakeOp):
            return [self.read(values[0], self.path(op, values)), values[0]]
        if isinstance(op, luma.SetOp | luma.PutOp):
            return [self.write(values[0], self.path(op, values), values[-1])]
        raise AssertionError(f"not interpreted: {op.name}")

    def path(self, op: Any, values: list[Any]) -> list[int]:
        indices = iter(values[1:])
        return [next(indices) if step == luma.INDEX_STEP else step for step in op.steps]

    def read(self, value: Any, path: list[int]) -> Any:
        for step in path:
            assert 0 <= step < len(value), "read outside"
            value = value[step]
        return value

    def write(self, value: Any, path: list[int], new: Any) -> Any:
        if not path:
            return new
        step = path[0]
        assert 0 <= step < len(value), "write outside"
        return (*value[:step], self.write(value[step], path[1:], new), *value[step + 1 :])


def _divide(a: int, b: int) -> int:
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


INTEGERS: dict[str, Any] = {
    "arith.addi": lambda a, b: a + b,
    "arith.subi": lambda a, b: a - b,
    "arith.muli": lambda a, b: a * b,
    "arith.divsi": _divide,
    "arith.remsi": lambda a, b: a - _divide(a, b) * b,
    "arith.andi": lambda a, b: a & b,
    "arith.ori": lambda a, b: a | b,
    "arith.xori": lambda a, b: a ^ b,
    "arith.maxsi": max,
    "arith.minsi": min,
}


ARRAY = "!luma.array<i64>"
GRID = "!luma.array<!luma.array<i64>>"
PAIR = "!luma.tuple<i64, i64>"
TYPES = ["i64", "i64", "i64", "i64", ARRAY, GRID, PAIR]


class Generator:
    """Makes a random program as text: variables are SSA values, all of them carried through control flow."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.lines: list[str] = []
        self.counter = 0
        self.indent = 1
        self.indices: list[str] = []

    def emit(self, text: str) -> None:
        self.lines.append("  " * self.indent + text)

    def fresh(self) -> str:
        self.counter += 1
        return f"%v{self.counter}"

    def op(self, text: str) -> str:
        name = self.fresh()
        self.emit(f"{name} = {text}")
        return name

    def constant(self, value: int, type_: str = "i64") -> str:
        return self.op(f"arith.constant {value} : {type_}")

    def program(self) -> str:
        """The text of a module with `@main`, `@helper` and `@change`, which takes an array `inout`."""
        self.emit_function("helper", ["%p", "%q"], 2)
        self.emit_function("change", ["%p", "%q"], 2)
        self.emit_function("main", ["%a", "%b"], 6)
        return "luma.func private @show(%x: i64)\n" + "\n".join(self.lines)

    def emit_function(self, name: str, parameters: list[str], size: int) -> None:
        self.indent = 0
        head = ", ".join(f"{parameter}: i64" for parameter in parameters)
        visibility = "" if name == "main" else "private "
        if name == "main":
            self.emit(f"luma.func {visibility}@{name}({head}, %xs: {ARRAY}, %grid: {GRID}) -> i64 {{")
        elif name == "change":
            form = f"luma.func {visibility}@{name}({head}, %xs: {ARRAY}) -> {ARRAY}"
            self.emit(f"{form} attributes {{inout = array<i64: 2>}} {{")
        else:
            self.emit(f"luma.func {visibility}@{name}({head}) -> i64 {{")
        self.indent = 1
        zero, one = self.constant(0), self.constant(1)
        if name == "main":
            arrays = ["%xs", "%grid"]
        else:
            two = self.constant(2)
            row = self.op(f"luma.array.fill {zero}, {two} : (i64, i64) -> {ARRAY}")
            row = "%xs" if name == "change" else row
            arrays = [row, self.op(f"luma.array.make {row}, {row} : ({ARRAY}, {ARRAY}) -> {GRID}")]
        pair = self.op(f"luma.tuple.make {zero}, {one} : (i64, i64) -> {PAIR}")
        variables = [*parameters, zero, one, *arrays, pair]
        self.indices = []
        self.in_main = name == "main"
        self.changes = name == "change"
        variables = self.statements(variables, size, 0, [], True)
        self.emit_return(variables)
        self.indent = 0
        self.emit("}")

    def emit_return(self, variables: list[str]) -> None:
        if self.changes:
            self.emit(f"luma.return {variables[4]} : {ARRAY}")
        else:
            self.emit(f"luma.return {self.total(variables)} : i64")

    def total(self, variables: list[str]) -> str:
        total = variables[0]
        for other in variables[1:4]:
            total = self.op(f"arith.addi {total}, {other} : i64")
        length = self.op(f"luma.array.len {variables[4]} : {ARRAY}")
        return self.op(f"arith.addi {total}, {length} : i64")

    def number(self, variables: list[str]) -> str:
        """A value, simple or computed."""
        choice = self.random.random
        pick = self.random.choice
        if choice() < 0.25:
            return self.constant(pick([0, 1, 2, 3, -1, 5, 1 << 62]))
        simple = [*variables[:4], *self.indices, *self.indices]
        if choice() < 0.5:
            return pick(simple)
        lhs = pick(simple)
        rhs = pick([*simple, self.constant(pick([1, 1, 2, -1, 3]))])
        kind = choice()
        if kind < 0.4:
            return self.op(f"arith.{pick(['addi', 'subi', 'muli', 'andi', 'minsi', 'maxsi'])} {lhs}, {rhs} : i64")
        if kind < 0.7:
            return self.op(f'luma.check.overflow "{pick(["add", "sub", "mul"])}" {lhs}, {rhs} : i64')
        if kind < 0.8:
            return self.op(f"luma.array.len {variables[4]} : {ARRAY}")
        divisor = self.op(f"luma.check.div {lhs}, {rhs} : i64")
        return self.op(f"arith.{pick(['divsi', 'remsi'])} {lhs}, {divisor} : i64")

    def condition(self, variables: list[str]) -> str:
        predicate = self.random.choice(["eq", "ne", "slt", "sle", "sgt", "sge", "ult"])
        return self.op(f"arith.cmpi {predicate}, {self.number(variables)}, {self.number(variables)} : i64")

    def index_in(self, variables: list[str], array: str, type_: str) -> str:
        length = self.op(f"luma.array.len {array} : {type_}")
        index = self.number(variables)
        if self.random.random() < 0.6:
            small = self.op(f"arith.andi {index}, {self.constant(3)} : i64")
            index = self.random.choice([small, index])
        return self.op(f"luma.check.bounds {index} in {length}")

    def statements(self, variables: list[str], count: int, depth: int, loops: list[str], exits: bool) -> list[str]:
        for _ in range(self.random.randint(1, count)):
            variables = self.statement(list(variables), depth, loops, exits)
        return variables

    def statement(self, v: list[str], depth: int, loops: list[str], exits: bool) -> list[str]:
        kind = self.random.random()
        slot = self.random.randrange(4)
        if kind < 0.12:
            v[slot] = self.number(v)
        elif kind < 0.22:
            index = self.index_in(v, v[4], ARRAY)
            v[4] = self.op(f"luma.set {v[4]}[{index}] = {self.number(v)} : {ARRAY}, i64")
        elif kind < 0.32:
            index = self.index_in(v, v[4], ARRAY)
            v[slot] = self.op(f"luma.get {v[4]}[{index}] : {ARRAY} -> i64")
        elif kind < 0.36:
            v[4] = self.op(f"luma.array.push {v[4]}, {v[slot]} : ({ARRAY}, i64) -> {ARRAY}")
        elif kind < 0.46:
            self.grid(v, slot)
        elif kind < 0.52:
            self.pair(v, slot)
        elif kind < 0.58:
            self.emit(f"luma.call @show({v[slot]}) : (i64) -> ()")
        elif kind < 0.62 and self.in_main:
            v[slot] = self.op(f"luma.call @helper({v[0]}, {self.number(v)}) : (i64, i64) -> i64")
        elif kind < 0.66 and self.in_main:
            v[4] = self.op(f"luma.call @change({v[0]}, {v[slot]}, {v[4]}) : (i64, i64, {ARRAY}) -> {ARRAY}")
        elif kind < 0.68:
            self.emit(f'luma.assert {self.condition(v)}, "no"')
        elif depth < 4:
            return self.random.choice([self.branch, self.counted, self.repeated, self.endless])(v, depth, loops, exits)
        return v

    def grid(self, v: list[str], slot: int) -> None:
        row = self.index_in(v, v[5], GRID)
        line = self.op(f"luma.get {v[5]}[{row}] : {GRID} -> {ARRAY}")
        column = self.index_in(v, line, ARRAY)
        if self.random.random() < 0.5:
            v[5] = self.op(f"luma.set {v[5]}[{row}, {column}] = {v[slot]} : {GRID}, i64")
        elif self.random.random() < 0.5:
            v[slot] = self.op(f"luma.get {v[5]}[{row}, {column}] : {GRID} -> i64")
        else:
            out, rest = self.fresh(), self.fresh()
            self.emit(f"{out}, {rest} = luma.take {v[5]}[{row}] : {GRID} -> {ARRAY}")
            new = self.op(f"luma.set {out}[{column}] = {v[slot]} : {ARRAY}, i64")
            v[5] = self.op(f"luma.put {rest}[{row}] = {new} : {GRID}, {ARRAY}")

    def pair(self, v: list[str], slot: int) -> None:
        field = self.random.randrange(2)
        if self.random.random() < 0.5:
            v[6] = self.op(f"luma.set {v[6]}[{field}] = {v[slot]} : {PAIR}, i64")
        else:
            v[slot] = self.op(f"luma.get {v[6]}[{field}] : {PAIR} -> i64")

    # Control flow. `loops` has one entry per enclosing luma loop, the innermost last: how its exits look.

    def leave(self, v: list[str], loops: list[str]) -> None:
        """End a region early."""
        kind = self.random.random()
        if kind < 0.1:
            self.emit('luma.panic "stop"')
        elif loops and kind < 0.85:
            depth = self.random.randrange(len(loops))
            which = self.random.choice(["break", "continue"])
            suffix = f" {{depth = {depth} : i64}}" if depth else ""
            if which == "continue" and loops[-1 - depth].startswith("count"):
                self.emit(f"luma.continue {self.listing(v, loops[-1 - depth])}{suffix}")
            elif which == "break" or not loops[-1 - depth].startswith("count"):
                self.emit(f"luma.{which} {self.listing(v, '')}{suffix}")
        else:
            self.emit_return(v)

    def listing(self, v: list[str], loop: str) -> str:
        values, types = list(v), list(TYPES)
        if loop.startswith("count"):
            counter = loop.split()[1]
            one = self.constant(1)
            values.append(self.op(f"arith.addi {counter}, {one} : i64"))
            types.append("i64")
        return f"{', '.join(values)} : {', '.join(types)}"

    def branch(self, v: list[str], depth: int, loops: list[str], exits: bool) -> list[str]:
        condition = self.condition(v)
        results = [self.fresh() for _ in v]
        early = exits and self.random.random() < 0.6
        name, end = ("luma.if", "luma.yield") if early else ("scf.if", "scf.yield")
        self.emit(f"{', '.join(results)} = {name} {condition} -> ({', '.join(TYPES)}) {{")
        for number in range(2):
            self.indent += 1
            inner = self.statements(v, 2, depth + 1, loops, early)
            if early and self.random.random() < 0.4:
                self.leave(inner, loops)
            else:
                self.emit(f"{end} {self.listing(inner, '')}")
            self.indent -= 1
            self.emit("} else {" if number == 0 else "}")
        return results

    def counted(self, v: list[str], depth: int, loops: list[str], exits: bool) -> list[str]:
        zero, step = self.constant(0), self.constant(self.random.choice([1, 1, 1, 2]))
        lower = self.random.choice([zero, zero, self.constant(1)])
        length = self.op(f"luma.array.len {v[4]} : {ARRAY}")
        three = self.constant(3)
        upper = self.random.choice([length, length, three, self.op(f"arith.minsi {v[0]}, {three} : i64")])
        results, inside = [self.fresh() for _ in v], [self.fresh() for _ in v]
        index = self.fresh()
        early = self.random.random() < 0.5
        carried = ", ".join(f"{a} = {b}" for a, b in zip(inside, v, strict=True))
        if early:
            typed = ", ".join(f"{a} = {b} : {t}" for a, b, t in zip(inside, v, TYPES, strict=True))
            self.emit(f"{', '.join(results)} = luma.for {index} = {lower} to {upper} step {step} ({typed}) : i64 {{")
        else:
            self.emit(
                f"{', '.join(results)} = scf.for {index} = {lower} to {upper} step {step} "
                f"iter_args({carried}) -> ({', '.join(TYPES)}) : i64 {{"
            )
        self.indent += 1
        self.indices.append(index)
        # Inside a loop under an `scf` op, only that loop itself can be left.
        outer = (loops if exits else []) if early else []
        inner = self.statements(inside, 3, depth + 1, [*outer, "for"] if early else [], early and exits)
        self.emit(f"{'luma.continue' if early else 'scf.yield'} {self.listing(inner, '')}")
        self.indices.pop()
        self.indent -= 1
        self.emit("}")
        return results

    def repeated(self, v: list[str], depth: int, loops: list[str], exits: bool) -> list[str]:
        """A while loop with a counter of its own, which counts up to a small number or a length."""
        types = [*TYPES, "i64"]
        results, before, after = ([self.fresh() for _ in types] for _ in range(3))
        start = self.random.choice([self.constant(0), self.constant(1)])
        three = self.constant(3)
        bound = self.random.choice([self.op(f"luma.array.len {v[4]} : {ARRAY}"), three])
        carried = ", ".join(f"{a} = {b}" for a, b in zip(before, [*v, start], strict=True))
        kinds = ", ".join(types)
        self.emit(f"{', '.join(results)} = scf.while ({carried}) : ({kinds}) -> ({kinds}) {{")
        self.indent += 1
        test = self.op(f"arith.cmpi {self.random.choice(['slt', 'sle'])}, {before[-1]}, {bound} : i64")
        self.emit(f"scf.condition({test}) {', '.join(before)} : {kinds}")
        self.emit("} do {")
        arguments = ", ".join(f"{a}: {t}" for a, t in zip(after, types, strict=True))
        self.emit(f"^bb0({arguments}):")
        self.indices.append(after[-1])
        inner = self.statements(after[:-1], 3, depth + 1, [], False)
        self.indices.pop()
        one = self.constant(self.random.choice([1, 1, 2]))
        form = self.random.choice(["arith.addi", 'luma.check.overflow "add"'])
        counter = self.op(f"{form} {after[-1]}, {one} : i64")
        self.emit(f"scf.yield {', '.join([*inner, counter])} : {kinds}")
        self.indent -= 1
        self.emit("}")
        v = results[:-1]
        if self.random.random() < 0.3:
            v[0] = results[-1]
        return v

    def endless(self, v: list[str], depth: int, loops: list[str], exits: bool) -> list[str]:
        """A `luma.loop` with a counter that ends it."""
        types = [*TYPES, "i64"]
        inside = [self.fresh() for _ in types]
        results = [self.fresh() for _ in v]
        zero, limit = self.constant(0), self.constant(self.random.choice([1, 2, 4]))
        typed = ", ".join(f"{a} = {b} : {t}" for a, b, t in zip(inside, [*v, zero], types, strict=True))
        self.emit(f"{', '.join(results)} = luma.loop ({typed}) -> ({', '.join(TYPES)}) {{")
        self.indent += 1
        done = self.op(f"arith.cmpi sge, {inside[-1]}, {limit} : i64")
        self.emit(f"luma.if {done} {{")
        self.emit(f"  luma.break {self.listing(inside[:-1], '')}")
        self.emit("}")
        own = f"count {inside[-1]}"
        self.indices.append(inside[-1])
        inner = self.statements(inside[:-1], 3, depth + 1, [*(loops if exits else []), own], exits)
        self.indices.pop()
        self.emit(f"luma.continue {self.listing(inner, own)}")
        self.indent -= 1
        self.emit("}")
        return results
