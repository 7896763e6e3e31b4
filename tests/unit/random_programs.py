"""
Random programs, each as Luma source and as a Python program that prints the same.

They are about control flow and places: nested loops with labels, early returns, elements changed in place and written
back on every way out, copies of arrays that must not see each other. All numbers stay small and not negative, where
the two languages agree on arithmetic; indices are taken modulo the length.
"""

from __future__ import annotations

import random

LUMA_HELPERS = """\
func bump(xs: inout [i64]) -> i64 { let t = xs[0]; for x in &xs { x = (x * 3 + 1) % 991; t += x; } t % 997 }
func fit(xs: [i64]) -> [i64] { let ys = xs; while ys.len() < 3 { ys.push(ys.len()); } ys }
func some(xs: [i64]) -> [i64] { if xs.len() == 0 { [5] } else { xs } }
"""
PYTHON_HELPERS = """\
import copy

class Break(Exception): pass
class Continue(Exception): pass

def bump(xs):
    t = xs[0]
    for k in range(len(xs)):
        xs[k] = (xs[k] * 3 + 1) % 991
        t += xs[k]
    return t % 997

def fit(xs):
    ys = list(xs)
    while len(ys) < 3: ys.append(len(ys))
    return ys

def some(xs): return xs if xs else [5]

"""

Text = tuple[str, str]
"""The same thing in Luma and in Python."""


class Generator:
    """Writes one function. Locals are known by kind: "i" a number, "a" an array, "g" an array of arrays."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.luma: list[str] = []
        self.python: list[str] = []
        self.names = 0
        self.loops: list[str] = []
        self.may_call = True

    def name(self, prefix: str) -> str:
        """A new name."""
        self.names += 1
        return f"{prefix}{self.names}"

    def both(self, depth: int, luma: str | None, offset: int, python: str | None) -> None:
        """A line in each language, indented on its own."""
        if luma is not None:
            self.luma.append("    " * depth + luma)
        if python is not None:
            self.python.append("    " * offset + python)

    def pick(self, env: dict[str, str], kind: str, but: tuple[str, ...] = ()) -> str | None:
        """A local of a kind, None when there is none."""
        found = [name for name, each in env.items() if each == kind and name not in but]
        return self.random.choice(found) if found else None

    # Expressions.

    def number(self, env: dict[str, str], depth: int = 2) -> Text:
        """An expression for a number."""
        choice = self.random.random()
        array, grid = self.pick(env, "a"), self.pick(env, "g")
        if depth > 0:
            if choice < 0.25:
                lhs, rhs = self.number(env, depth - 1), self.number(env, depth - 1)
                operator = self.random.choice("+*")
                return tuple([f"(({x} {operator} {y}) % 997)" for x, y in zip(lhs, rhs, strict=True)])  # pyright: ignore
            if choice < 0.4 and array:
                index = self.number(env, depth - 1)
                return f"{array}[{index[0]} % {array}.len()]", f"{array}[{index[1]} % len({array})]"
            if choice < 0.5 and grid:
                i, j = self.number(env, depth - 1), self.number(env, depth - 1)
                return f"{grid}[{i[0]} % {grid}.len()][{j[0]} % 3]", f"{grid}[{i[1]} % len({grid})][{j[1]} % 3]"
            if choice < 0.58:
                test = self.condition(env)
                yes, no = self.number(env, depth - 1), self.number(env, depth - 1)
                return f"(if {test[0]} {{ {yes[0]} }} else {{ {no[0]} }})", f"({yes[1]} if {test[1]} else {no[1]})"
            if choice < 0.64 and array and self.may_call:
                return f"bump(&{array})", f"bump({array})"
        name = self.pick(env, "i")
        text = name if name and self.random.random() < 0.75 else str(self.random.randrange(30))
        return text, text

    def condition(self, env: dict[str, str], depth: int = 1) -> Text:
        """A truth value."""
        lhs, rhs = self.number(env, depth), self.number(env, depth)
        operator = self.random.choice(["<", "<=", ">", "==", "!="])
        luma, python = f"{lhs[0]} {operator} {rhs[0]}", f"{lhs[1]} {operator} {rhs[1]}"
        if self.random.random() < 0.25:
            more = self.condition(env, 0)
            words = self.random.choice([("&&", "and"), ("||", "or")])
            return f"({luma}) {words[0]} ({more[0]})", f"({python}) {words[1]} ({more[1]})"
        return luma, python

    # Statements. `fixed` names locals that must not be assigned.

    def block(self, env: dict[str, str], depth: int, offset: int, nesting: int, fixed: tuple[str, ...]) -> None:
        """A few statements in a scope of their own."""
        inner = dict(env)
        for _ in range(self.random.randrange(1, 4)):
            self.statement(inner, depth, offset, nesting, fixed)
        self.both(depth, None, offset, "pass")

    def statement(self, env: dict[str, str], depth: int, offset: int, nesting: int, fixed: tuple[str, ...]) -> None:
        """One statement; declarations are entered into `env`."""
        choice = self.random.random()
        if choice < 0.55 or nesting <= 0:
            self.simple(env, depth, offset, fixed)
        elif choice < 0.7:
            test = self.condition(env)
            self.both(depth, f"if {test[0]} {{", offset, f"if {test[1]}:")
            self.block(env, depth + 1, offset + 1, nesting - 1, fixed)
            if self.random.random() < 0.5:
                self.both(depth, "} else {", offset, "else:")
                self.block(env, depth + 1, offset + 1, nesting - 1, fixed)
            self.both(depth, "}", offset, None)
        else:
            self.loop(env, depth, offset, nesting, fixed)

    def simple(self, env: dict[str, str], depth: int, offset: int, fixed: tuple[str, ...]) -> None:
        """A declaration, an assignment or an exit."""
        kind = self.random.choice(
            ["let", "copy", "set", "set", "element", "element", "push", "row", "cell", "exit", "return"]
        )
        number, array, grid = (self.pick(env, each, fixed) for each in "iag")
        self.may_call = kind in ("let", "set", "exit", "return")
        value, test = self.number(env), self.condition(env)
        index = self.number(env, 1)
        self.may_call = True
        if kind == "let":
            name = self.name("v")
            self.both(depth, f"let {name} = {value[0]};", offset, f"{name} = {value[1]}")
            env[name] = "i"
        elif kind == "copy" and array:
            name = self.name("a")
            self.both(depth, f"let {name} = {array};", offset, f"{name} = list({array})")
            env[name] = "a"
        elif kind == "set" and number:
            self.both(depth, f"{number} = {value[0]};", offset, f"{number} = {value[1]}")
        elif kind == "element" and array:
            target = f"{array}[{index[0]} % {array}.len()]", f"{array}[{index[1]} % len({array})]"
            self.both(depth, f"{target[0]} = {value[0]};", offset, f"{target[1]} = {value[1]}")
        elif kind == "push" and array:
            luma = f"if {array}.len() < 9 {{ {array}.push({value[0]}); }}"
            self.both(depth, luma, offset, f"if len({array}) < 9: {array}.append({value[1]})")
        elif kind == "row" and grid and array:
            target = f"{grid}[{index[0]} % {grid}.len()]", f"{grid}[{index[1]} % len({grid})]"
            if self.random.random() < 0.5:
                self.both(depth, f"bump(&{target[0]});", offset, f"bump({target[1]})")
            else:
                self.both(depth, f"{target[0]} = fit({array});", offset, f"{target[1]} = fit({array})")
        elif kind == "cell" and grid:
            target = f"{grid}[{index[0]} % {grid}.len()][1]", f"{grid}[{index[1]} % len({grid})][1]"
            self.both(depth, f"{target[0]} += 7;", offset, f"{target[1]} += 7")
        elif kind == "exit" and self.loops:
            loop, word = self.random.choice(self.loops), self.random.choice(["break", "continue"])
            python = f"if {test[1]}: raise {word.capitalize()}('{loop}')"
            self.both(depth, f"if {test[0]} {{ {word} '{loop}; }}", offset, python)
        elif kind == "return":
            self.both(depth, f"if {test[0]} {{ return {value[0]}; }}", offset, f"if {test[1]}: return {value[1]}")

    def loop(self, env: dict[str, str], depth: int, offset: int, nesting: int, fixed: tuple[str, ...]) -> None:
        """A loop with a label. In Python, leaving it by name is an exception."""
        label, item = self.name("l"), self.name("i")
        kind = self.random.choice(["range", "range", "in place", "elements", "rows", "while"])
        array, grid = self.pick(env, "a", fixed), self.pick(env, "g", fixed)
        inner, write_back = dict(env), None
        self.both(depth, None, offset, "try:")
        if kind in ("in place", "rows") and (array if kind == "in place" else grid):
            place = array if kind == "in place" else grid
            assert place is not None
            self.both(depth, f"'{label}: for {item} in &{place} {{", offset + 1, f"for k{item} in range(len({place})):")
            self.both(depth, None, offset + 2, f"{item} = {place}[k{item}]")
            self.both(depth, None, offset + 2, "try:")
            write_back = f"{place}[k{item}] = {item}"
            inner.pop(place)
            inner[item] = "i" if kind == "in place" else "a"
        elif kind == "elements" and array:
            number = self.name("j")
            self.both(depth, f"'{label}: for ({number}, {item}) in {array}.enumerate() {{", offset, None)
            self.both(depth, None, offset + 1, f"for {number}, {item} in enumerate(list({array})):")
            inner[number] = inner[item] = "i"
            fixed = (*fixed, number, item)
        elif kind == "while":
            test, count = self.condition(env), self.name("w")
            self.python.insert(len(self.python) - 1, "    " * offset + f"{count} = 0")
            self.both(depth, f"let {count} = 0;", offset, None)
            self.both(depth, f"'{label}: while {count} < 6 && ({test[0]}) {{", offset, None)
            self.both(depth + 1, f"{count} += 1;", offset + 1, f"while {count} < 6 and ({test[1]}):")
            self.both(depth, None, offset + 2, f"{count} += 1")
            inner[count] = "i"
            fixed = (*fixed, count)
        else:
            luma, python = self.range_of(env)
            self.both(depth, f"'{label}: for {item} in {luma} {{", offset + 1, f"for {item} in {python}:")
            inner[item] = "i"
            fixed = (*fixed, item)
        self.loops.append(label)
        start = offset + (3 if write_back else 2)
        self.both(depth, None, start, "try:")
        self.block(inner, depth + 1, start + 1, nesting - 1, fixed)
        self.both(depth, None, start, "except Continue as c_:")
        self.both(depth, None, start + 1, f"if c_.args[0] != '{label}': raise")
        if write_back:
            self.both(depth, None, offset + 2, "finally:")
            self.both(depth, None, offset + 3, write_back)
        self.loops.pop()
        self.both(depth, "}", offset, "except Break as b_:")
        self.both(depth, None, offset + 1, f"if b_.args[0] != '{label}': raise")

    def range_of(self, env: dict[str, str]) -> Text:
        """A range, maybe inclusive, stepped or reversed."""
        low, high = self.number(env, 1), self.random.randrange(7)
        inclusive, step = self.random.random() < 0.4, self.random.choice([1, 1, 2, 3])
        luma = f"({low[0]} % 5..{'=' if inclusive else ''}{high})"
        python = f"range({low[1]} % 5, {high + inclusive}, {step})"
        if step != 1:
            luma += f".step({step})"
        if self.random.random() < 0.3:
            return luma + ".rev()", f"reversed({python})"
        return luma, python


def random_program(seed: int, functions: int) -> Text:
    """A program of so many functions, each called once."""
    luma, python, calls = [LUMA_HELPERS], [PYTHON_HELPERS], []
    for number in range(functions):
        generator = Generator(seed * 1000 + number)
        env = {"p": "i", "q": "i", "xs": "a", "g": "g"}
        for _ in range(6):
            generator.statement(env, 1, 1, 3, ("p", "q"))
        result = generator.number(env)
        luma.append(f"func f{number}(p: i64, q: i64, xs: inout [i64], g: inout [[i64]]) -> i64 {{")
        luma += [*generator.luma, f"    {result[0]}", "}"]
        python.append(f"def f{number}(p, q, xs, g):")
        python += [*generator.python, f"    return {result[1]}"]
        values = "let xs = [1, 2, 3]; let g = [[1, 2, 3], [4, 5, 6]];"
        calls.append(f"    {{ {values} let r = f{number}(3, 8, &xs, &g); print({number}, r, xs, g); }}")
        python.append(
            f"xs = [1, 2, 3]; g = [[1, 2, 3], [4, 5, 6]]; r = f{number}(3, 8, xs, g); print({number}, r, xs, g)"
        )
    luma += ["func main() {", *calls, "}"]
    return "\n".join(luma) + "\n", "\n".join(python) + "\n"
