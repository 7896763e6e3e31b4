"""
Random programs about values: closures, recursive enums, nested places, maps, `any` values, chains, early exits, panics.

Expressions are written from templates: `<a>` stands for an expression of the kind `a`, `<a!v=i>` for one in which `v` is
a local of the kind `i` as well. The programs end by construction: loops count, functions call only those before them,
and trees, texts and arrays that are stored are cut to a few elements. There is no other truth than that all
optimisation levels agree.
"""

# ruff: noqa: E501

from __future__ import annotations

import random
import re

from value_program_parts import ELEMENTS, ENTRIES, HIDDEN, KEEP, PARTS, PRELUDE, SIMPLE, TEMPLATES, TYPES

TOKEN = re.compile(r"<([a-zA-Z])(?:!([^>]*))?>")
Env = dict[str, str]


class Writer:
    """Writes one program."""

    def __init__(self, seed: int, panics: float = 0.004) -> None:
        self.random = random.Random(seed)
        self.lines: list[str] = []
        self.names = 0
        self.panics = panics
        self.functions: list[tuple[str, list[tuple[str, str, bool]], str]] = []
        self.loops: list[str] = []
        self.result = "i"
        self.budget = 0

    def name(self, prefix: str) -> str:
        """A new name."""
        self.names += 1
        return f"{prefix}{self.names}"

    # Expressions.

    def expression(self, kind: str, env: Env, depth: int) -> str:
        """An expression of a kind."""
        locals_ = [name for name, each in env.items() if each == kind]
        self.budget -= 1
        if locals_ and (depth <= 0 or self.budget < 0 or self.random.random() < 0.3):
            return self.random.choice(locals_)
        if self.random.random() < 0.25:
            found = self.place(kind, env, set())
            if found and not found[1]:
                return found[0]
            if found:
                return f"(if {' && '.join(found[1])} {{ {found[0]} }} else {{ {self.expression(kind, env, 0)} }})"
        if depth <= 0 or self.budget < 0:
            return (
                str(self.random.randrange(-3, 20))
                if kind == "i"
                else f"({SIMPLE[kind]})"
                if kind in "fkbrwh"
                else SIMPLE[kind]
            )
        if kind == "i" and self.random.random() < self.panics:
            array = self.expression("a", env, 0)
            return self.random.choice([f"{array}[{self.expression('i', env, 1)}]", f"({self.expression('i', env, 1)} << 55) * 64",
                                       f"{self.expression('o', env, 1)}.unwrap()", f"(7 / {self.expression('i', env, 1)})"])  # fmt: skip
        template = self.random.choice(TEMPLATES[kind])
        if kind in "fk" and template.startswith("|"):
            template = f"({template})"
        return self.fill(template, env, depth - 1)

    def fill(self, template: str, env: Env, depth: int) -> str:
        """A template with its holes filled."""

        def hole(match: re.Match[str]) -> str:
            before = re.findall(r"\w+", TOKEN.sub("", template[: match.start()]))
            inner = {name: each for name, each in env.items() if name not in before}
            if match.group(2):
                inner |= dict(part.split("=") for part in match.group(2).split(","))
            text = self.expression(match.group(1), inner, depth)
            following = template[match.end() : match.end() + 1]
            head = template[: match.start()].endswith(("match ", "if ", " in ", "Some(v) = ", "&& "))
            if (head or following in (".", "[", "(")) and not text.isidentifier():
                text = f"({text})"
            return text

        return TOKEN.sub(hole, template)

    def place(self, kind: str, env: Env, fixed: set[str], depth: int = 4) -> tuple[str, list[str]] | None:
        """A path to a part of a local of a kind, with the conditions under which it exists; None when none is found."""
        for _ in range(4):
            names = [name for name in env if name not in fixed]
            if not names:
                return None
            path = self.random.choice(names)
            found, guards = env[path], []
            for _ in range(depth):
                if found == kind and self.random.random() < 0.8:
                    break
                if found in PARTS:
                    part, found = self.random.choice(PARTS[found])
                    path += part
                elif found in ELEMENTS:
                    index = self.expression("i", env, self.random.randrange(2))
                    length = "3" if found == "x" else f"{path}.len()"
                    if found != "x":
                        guards.append(f"{path}.len() > 0")
                    path, found = f"{path}[at({index}, {length})]", ELEMENTS[found]
                elif found in ENTRIES:
                    key = self.expression("i", env, 0)
                    guards.append(f"{path}.contains({key})")
                    path, found = f"{path}[{key}]", ENTRIES[found]
                else:
                    break
            if found == kind:
                return path, guards
        return None

    # Statements.

    def line(self, depth: int, text: str) -> None:
        """A line of the program."""
        self.lines.append("    " * depth + text)

    def kept(self, kind: str, env: Env, depth: int = 3) -> str:
        """An expression whose value is small enough to store."""
        return KEEP.get(kind, "{}").format(self.expression(kind, env, depth))

    def block(self, env: Env, depth: int, nesting: int, fixed: set[str], count: int = 3) -> None:
        """Some statements in a scope of their own."""
        inner = dict(env)
        for _ in range(self.random.randrange(1, count + 1)):
            self.statement(inner, depth, nesting, fixed)

    def statement(self, env: Env, depth: int, nesting: int, fixed: set[str]) -> None:
        """One statement; declarations are entered into `env`."""
        self.budget = self.random.choice((3, 6, 12))
        choice = self.random.random()
        if nesting > 0 and choice < 0.12:
            self.line(depth, f"if {self.head(self.expression('c', env, 2))} {{")
            self.block(env, depth + 1, nesting - 1, fixed)
            if self.random.random() < 0.5:
                self.line(depth, "} else {")
                self.block(env, depth + 1, nesting - 1, fixed)
            self.line(depth, "}")
        elif nesting > 0 and choice < 0.3:
            self.loop(env, depth, nesting, fixed)
        elif nesting > 0 and choice < 0.4:
            self.matching(env, depth, nesting, fixed)
        else:
            getattr(
                self,
                self.random.choice(
                    ["declare", "copy", "assign", "assign", "change", "change", "change", "leave", "show", "call"]
                ),
            )(env, depth, fixed)

    @staticmethod
    def head(text: str) -> str:
        """An expression for the head of a statement, where braces would begin its body."""
        return f"({text})"

    def declare(self, env: Env, depth: int, fixed: set[str]) -> None:
        """A new local of any kind."""
        kind = self.random.choice(sorted(SIMPLE.keys() - {"c"}))
        name = self.name(kind.lower())
        self.line(depth, f"let {name}: {TYPES[kind]} = {self.kept(kind, env)};")
        env[name] = kind

    def copy(self, env: Env, depth: int, fixed: set[str]) -> None:
        """A copy, to be compared later."""
        name = self.random.choice(sorted(env))
        copy = self.name("c")
        self.line(depth, f"let {copy} = {name};")
        env[copy] = env[name]

    def guarded(self, depth: int, guards: list[str], text: str) -> None:
        """A statement under conditions, mostly."""
        if guards and self.random.random() > self.panics * 2:
            self.line(depth, f"if {' && '.join(guards)} {{")
            self.line(depth + 1, text)
            self.line(depth, "}")
        else:
            self.line(depth, text)

    def assign(self, env: Env, depth: int, fixed: set[str]) -> None:
        """An assignment to a place."""
        kind = self.random.choice([*sorted(SIMPLE.keys() - {"c"}), "a", "i", "i"])
        found = self.place(kind, env, fixed)
        if found:
            operator = "+=" if kind == "i" and self.random.random() < 0.4 else "="
            value = self.kept(kind, env)
            self.guarded(depth, found[1], f"{found[0]} {operator} {value};")

    def change(self, env: Env, depth: int, fixed: set[str]) -> None:
        """A change in place by a method or an `inout` argument."""
        kind = self.random.choice("aaagrrRteebwmnyYU")
        found = self.place(kind, env, fixed)
        if not found:
            return
        ways = {
            "a": ["if @.len() < 8 { @.push(<i>); }", "bump(&@);", "apply(&@, <f>);", "@.reverse();", "for x in &@ { x = (x + <i!x=i>) % 1009; }", "@.sort();", "@.pop();", "@.retain(|v| <c!v=i>);",
                  "{ let t = @; t.push(<i!t=a>); @ = short(t); }", "@ = short(@.map(|v| <i!v=i>));", "if @.len() > 1 { @.swap(0, 1); }", "if @.len() > 0 { @.remove(0); }"],
            "g": ["if @.len() < 5 { @.push(<a>); }", "for row in &@ { bump(&row); if row.len() < 7 { row.push(<i!row=a>); } }", "@.reverse();", "@.pop();"],
            "r": ["@.add(<i>);", "@.change(<i>);", "@ = @.mapped(<f>);", "{ let xs = @.xs; @.xs = [1]; xs.push(2); @.xs = short(xs); }"],
            "R": ["if @.len() < 5 { @.push(<r>); }", "for r in &@ { r.add(<i!r=r>); }", "@.sort_by_key(|v| <i!v=r>);"],
            "t": ["@ = trim(insert(@, <i>), 3);", "@ = trim(mapped(@, |v| <i!v=i>), 2);", "if let Tree::Node(l, v, r) = @ { @ = trim(Tree::Node(r, <i!v=i,l=t>, l), 2); }"],
            "e": ["grow(&@, <i>);", "if let Event::Many(xs) = @ { xs.push(<i!xs=a>); @ = Event::Many(short(xs)); }", "if let Event::Again(e) = @ { @ = e; }"],
            "b": ["@.step(<i>);", "@.step(<i>);"],
            "w": ["@.tick();", "for _ in 0..4 { @.tick(); }"],
            "m": ["@[<i>] = <i>;", "@.remove(<i>);", "{ let key = <i>; @[key] = @.get_or(key, 0) + 1; }", "@.get_or_insert(<i>, 0) += <i>;", "@.retain(|v, w| <c!v=i,w=i>);", "@.update(<i>, 0, |v| <i!v=i>);"],
            "n": ["@[<i>] = <a>;", "@.get_or_insert(<i>, []).push(<i>);", "for key in @.keys() { if @[key].len() < 5 { @[key].push(<i!key=i>); } }", "@.remove(<i>);"],
            "y": ["@.change(<i>);", "{ let t = @; t.change(<i>); @ = t; }"],
            "Y": ["for y in &@ { y.change(<i!y=y>); }", "if @.len() < 4 { @.push(<y>); }"],
            "U": ["for u in &@ { u.0 += <i>; if u.1.len() < 5 { u.1.push(u.0); } }", "for (v, w) in &@ { v += 1; bump(&w); }"],
        }  # fmt: skip
        way = self.random.choice(ways[kind])
        root = re.match(r"\w+", found[0])
        assert root is not None
        inside = {
            name: each
            for name, each in env.items()
            if not (name == root.group() and way.startswith("for ") and "&@" in way)
        }
        self.guarded(depth, found[1], self.fill(way, inside, 2).replace("@", found[0]))

    def leave(self, env: Env, depth: int, fixed: set[str]) -> None:
        """A way out: of a loop, of the function, by `?`."""
        test = self.head(self.expression("c", env, 2))
        choice = self.random.random()
        if self.loops and choice < 0.6:
            word, loop = self.random.choice(["break", "continue"]), self.random.choice(self.loops)
            self.line(depth, f"if {test} {{ {word} '{loop}; }}")
        elif self.result in "opq" and choice < 0.8:
            kind = {"o": "o", "p": "p", "q": "q"}[self.result]
            name = self.name("v")
            self.line(depth, f"let {name} = {self.fill(f'<{kind}>', env, 2)}?;")
            env[name] = "a" if kind == "p" else "i"
        elif choice < 0.85:
            self.line(depth, f"if {test} {{ return {self.kept(self.result, env, 2)}; }}")

    def show(self, env: Env, depth: int, fixed: set[str]) -> None:
        """Print some locals."""
        names = sorted(name for name, kind in env.items() if kind not in HIDDEN)
        if names:
            self.line(depth, f"print({self.names}, {', '.join(self.random.sample(names, min(len(names), 2)))});")

    def call(self, env: Env, depth: int, fixed: set[str]) -> None:
        """A call of a function before this one, never in a loop."""
        if not self.functions or self.loops:
            return self.change(env, depth, fixed)
        name, parameters, result = self.random.choice(self.functions)
        arguments, used, guards = [], set(fixed), []
        for _, kind, inout in parameters:
            if inout:
                found = self.place(kind, env, used)
                if found is None:
                    return None
                root = re.match(r"\w+", found[0])
                assert root is not None
                used.add(root.group())
                guards += found[1]
                arguments.append(f"&{found[0]}")
        lent = used - fixed
        inner = {each: kind for each, kind in env.items() if each not in lent}
        plain = iter(arguments)
        texts = [next(plain) if inout else self.kept(kind, inner, 2) for _, kind, inout in parameters]
        if any(re.search(rf"\b{root}\b", text) for text in texts if text[0] != "&" for root in lent):
            return None
        text = f"{name}({', '.join(texts)})"
        if guards or result in HIDDEN:
            text = f"let _ = {text};"
            self.guarded(depth, guards, text)
        else:
            local = self.name("d")
            self.line(depth, f"let {local} = {text};")
            env[local] = result
        return None

    def loop(self, env: Env, depth: int, nesting: int, fixed: set[str]) -> None:
        """A loop with a label."""
        label, item = self.name("l"), self.name("j")
        inner, inside = dict(env), set(fixed)
        choice = self.random.randrange(7)
        if choice == 0:
            count = self.name("w")
            self.line(depth, f"let {count} = 0;")
            self.line(depth, f"'{label}: while {count} < 4 && ({self.expression('c', env, 2)}) {{")
            self.line(depth + 1, f"{count} += 1;")
            inner[count] = "i"
            inside.add(count)
        elif choice == 1:
            kind = self.random.choice("aRgEUYz")
            found = self.place(kind, env, fixed, 2)
            if not found or found[1]:
                return
            root = re.match(r"\w+", found[0])
            assert root is not None
            inner.pop(root.group())
            self.line(depth, f"'{label}: for {item} in &{found[0]} {{")
            inner[item] = ELEMENTS[kind]
        elif choice == 2:
            kind = self.random.choice("aRgEUYzF")
            self.line(depth, f"'{label}: for {item} in few({self.expression(kind, env, 2)}) {{")
            inner[item] = ELEMENTS[kind]
        elif choice == 3:
            second = self.name("j")
            self.line(depth, f"'{label}: for ({item}, {second}) in {self.head(self.expression('m', env, 1))} {{")
            inner[item] = inner[second] = "i"
        elif choice == 4:
            lazy = self.fill("short(<a>).iter().map(|v| <i!v=i>).filter(|v| <c!v=i>)", env, 1)
            self.line(depth, f"'{label}: for {item} in {self.head(lazy)} {{")
            inner[item] = "i"
        else:
            self.line(depth, f"'{label}: for {item} in 0..{self.random.randrange(2, 6)} {{")
            inner[item] = "i"
        self.loops.append(label)
        self.block(inner, depth + 1, nesting - 1, inside | ({item} if choice != 1 else set()), 4)
        self.loops.pop()
        self.line(depth, "}")

    def matching(self, env: Env, depth: int, nesting: int, fixed: set[str]) -> None:
        """A match whose arms are blocks."""
        arms = {
            "e": [("Event::Many(@a)", "a"), ("Event::Pair { left: @a, right: @s }", "as"), ("Event::Deep(@r) if <c>", "r"), ("Event::Again(Event::Again(@e))", "e"), ("Event::Number(@i)", "i")],
            "t": [("Tree::Leaf", ""), ("Tree::Node(@t, @i, Tree::Leaf)", "ti"), ("Tree::Node(@t, @i, @t) if <c>", "tit"), ("Tree::One(@i)", "i")],
            "l": [("List::Nil", ""), ("List::Cons(@s, List::Wide([@i, ..@a], @l))", "sial"), ("List::Cons(@s, @l)", "sl"), ("List::Wide(@a, @l) if <c>", "al")],
            "p": [("Some([@i, ..@a])", "ia"), ("None", "")],
            "o": [("Some(0)", ""), ("Some(@i)", "i")],
            "q": [("Ok(@i)", "i"), ("Err(@s) if <c>", "s")],
            "u": [("(0, @a)", "a"), ("(@i, [@i, ..@a])", "iia")],
        }  # fmt: skip
        kind = self.random.choice(list(arms))
        self.line(depth, f"match {self.head(self.expression(kind, env, 2))} {{")
        for pattern, _ in self.random.sample(arms[kind], self.random.randrange(1, len(arms[kind]) + 1)):
            inner = dict(env)

            def bind(match: re.Match[str], inner: Env = inner) -> str:
                name = self.name("b")
                inner[name] = match.group(1)
                return name

            text = re.sub(r"@([a-z])", bind, pattern)
            self.budget = self.random.choice((3, 6, 12))
            self.line(depth + 1, f"{self.fill(text, inner, 1)} => {{")
            self.block(inner, depth + 2, nesting - 1, fixed)
            self.line(depth + 1, "}")
        self.line(depth + 1, "_ => {")
        self.block(env, depth + 2, nesting - 1, fixed, 1)
        self.line(depth + 1, "}")
        self.line(depth, "}")

    def function(self, size: int) -> None:
        """A function with random parameters and result."""
        name = self.name("f")
        parameters = [
            (self.name("p"), self.random.choice("iaagrRtlebhfFkyYopumnxw"), self.random.random() < 0.5)
            for _ in range(self.random.randrange(2, 5))
        ]
        self.result = self.random.choice("iiaretbopquwmf")
        texts = [f"{each}: {'inout ' if inout else ''}{TYPES[kind]}" for each, kind, inout in parameters]
        self.line(0, f"func {name}({', '.join(texts)}) -> {TYPES[self.result]} {{")
        env = {each: kind for each, kind, _ in parameters}
        fixed = {each for each, _, inout in parameters if not inout}
        for _ in range(size):
            self.statement(env, 1, 3, fixed)
        self.show(env, 1, fixed)
        self.line(
            1,
            f"print({', '.join([repr(name).replace(chr(39), chr(34)), *(each for each, kind in env.items() if kind not in HIDDEN)])});",
        )
        self.budget = self.random.choice((3, 6, 12))
        self.line(1, self.kept(self.result, env))
        self.line(0, "}")
        self.functions.append((name, parameters, self.result))

    def main(self) -> None:
        """Call every function twice with the same arguments, whose copies must not change."""
        self.line(0, "func main() {")
        for name, parameters, result in self.functions:
            values = [(self.name("x"), kind, inout) for _, kind, inout in parameters]
            self.line(1, "{")
            for each, kind, _ in values:
                self.line(2, f"let {each}: {TYPES[kind]} = {SIMPLE[kind]};")
                self.line(2, f"let old_{each} = {each};")
            arguments = ", ".join(f"{'&' if inout else ''}{each}" for each, _, inout in values)
            shown = [each for each, kind, _ in values if kind not in HIDDEN]
            for _ in range(2):
                local = self.name("d")
                self.line(2, f"let {local} = {name}({arguments});")
                self.line(
                    2,
                    f"print({', '.join([f'{local}(5)' if result == 'f' else local, *shown, *(f'old_{each}' for each in shown)])});",
                )
            self.line(1, "}")
        self.line(0, "}")


def value_program(seed: int, functions: int = 1, size: int = 5, panics: float = 0.004) -> str:
    """The text of a program."""
    writer = Writer(seed, panics)
    for _ in range(functions):
        writer.function(size)
    writer.main()
    return PRELUDE + "\n".join(writer.lines) + "\n"
