"""
Maps, sets, deques, heaps and sorts of the library against Python's.

One program carries out operations that it reads line by line and prints what each gives; so thousands of random
operations cost one compilation. It is built with a count of live memory: a leak ends it with another status.
"""

from __future__ import annotations

import heapq
import random
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator

import pytest

PROGRAM = r"""
import std.deque.{Deque};
import std.heap.{Heap};
import std.io;
import std.sort;

struct State {
    map: Map<string, [i64]>,
    numbers: Map<i64, string>,
    set: Set<i64>,
    other: Set<i64>,
    deque: Deque<string>,
    heap: Heap<(i64, string)>,
}

func shown(x: i64?) -> string { if let Some(value) = x { f"{value}" } else { "None" } }

func on_map(s: inout State, name: string, a: i64, b: i64) -> string {
    let key = f"key {a}";
    match name {
        "put" => f"{s.map.insert(key, [b]).is_some()}",
        "push" => {
            s.map.get_or_insert(key, []).push(b);
            f"{s.map[key].len()}"
        },
        "get" => f"{s.map.get_or(key, [-1])}",
        "remove" => if let Some(found) = s.map.remove(key) { f"{found}" } else { "None" },
        "first" => if let Some((k, v)) = s.map.pop_first() { f"{k} {v}" } else { "None" },
        "last" => if let Some((k, v)) = s.map.pop_last() { f"{k} {v}" } else { "None" },
        "retain" => {
            s.map.retain(|k, v| k.len() % 2 == a % 2 || v.len() > 2);
            f"{s.map.len()}"
        },
        "show" => f"{s.map}",
        "sum" => {
            let sum = 0;
            for (_, v) in s.map { sum += v.sum(); }
            f"{sum} {s.map == Map::from(s.map.items().reversed())}"
        },
        _ => "?",
    }
}

func on_numbers(s: inout State, name: string, a: i64, b: i64) -> string {
    match name {
        "nput" => {
            s.numbers[a] = f"{b}";
            f"{s.numbers.len()}"
        },
        "nremove" => f"{s.numbers.remove(a).unwrap_or("None")}",
        "nupdate" => {
            s.numbers.update(a, "", |text| text + "x");
            s.numbers[a]
        },
        "nclear" => {
            s.numbers = s.numbers.filter(|k, _| k > a);
            f"{s.numbers.keys()}"
        },
        "nshow" => f"{s.numbers.values()}",
        _ => "?",
    }
}

func on_set(s: inout State, name: string, a: i64) -> string {
    match name {
        "add" => f"{s.set.insert(a)}",
        "add2" => f"{s.other.insert(a)}",
        "discard" => f"{s.set.remove(a)}",
        "in" => f"{s.set.contains(a)}",
        "union" => f"{(s.set | s.other).to_array().sorted()}",
        "both" => f"{(s.set & s.other).to_array().sorted()}",
        "minus" => f"{(s.set - s.other).to_array().sorted()}",
        "either" => f"{(s.set ^ s.other).to_array().sorted()}",
        "subset" => f"{(s.set & s.other).is_subset(s.set)} {s.set.is_disjoint(s.other)}",
        _ => "?",
    }
}

func on_sequences(s: inout State, name: string, a: i64) -> string {
    match name {
        "append" => { s.deque.push_back(f"d{a}"); f"{s.deque.len()}" },
        "appendleft" => { s.deque.push_front(f"d{a}"); f"{s.deque.len()}" },
        "pop" => s.deque.pop_back().unwrap_or("None"),
        "popleft" => s.deque.pop_front().unwrap_or("None"),
        "rotate" => { s.deque.rotate(a % 7 - 3); f"{s.deque}" },
        "hpush" => { s.heap.push((a % 50, f"h{a}")); shown(s.heap.peek().map(|x| x.0)) },
        "hpop" => if let Some((k, v)) = s.heap.pop() { f"{k} {v}" } else { "None" },
        _ => "?",
    }
}

func main() {
    let s = State {
        map: Map::new(), numbers: Map::new(), set: Set::new(), other: Set::new(),
        deque: Deque::new(), heap: Heap::new(),
    };
    while let Some(line) = io.read_line() {
        let parts = line.trim().split(" ");
        if parts[0] == "sort" || parts[0] == "texts" {
            let xs = [part.parse::<i64>().unwrap() for part in parts.skip(1)];
            let pairs = [(x / 10, i) for (i, x) in xs.enumerate()];
            pairs.sort_by(|x, y| x.0 < y.0);
            let texts = [f"{x}" for x in xs];
            texts.sort();
            let narrow = [x as i32 for x in xs];
            narrow.sort();
            xs.sort();
            print(if parts[0] == "sort" { f"{xs == [x as i64 for x in narrow]} {xs}" } else { f"{texts} {pairs}" });
            continue;
        }
        let a = parts[1].parse::<i64>().unwrap();
        let b = parts[2].parse::<i64>().unwrap();
        let found = on_map(&s, parts[0], a, b);
        if found == "?" { found = on_numbers(&s, parts[0], a, b); }
        if found == "?" { found = on_set(&s, parts[0], a); }
        if found == "?" { found = on_sequences(&s, parts[0], a); }
        print(found);
    }
}
"""


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[str]], list[str]]:
    """A function that has the program carry out operations."""
    folder = tmp_path_factory.mktemp("collections")
    source, program = folder / "operations.luma", folder / "operations"
    source.write_text(PROGRAM)
    tool = [sys.executable, "-m", "luma_ir.tools.luma_compile", "-O2", "--overflow", "trap", "--check-leaks"]
    subprocess.run([*tool, str(source), "-o", str(program)], check=True)

    def run(lines: list[str]) -> list[str]:
        result = subprocess.run([str(program)], input="\n".join(lines) + "\n", capture_output=True, text=True)
        assert result.returncode == 0, result.stderr
        return result.stdout.splitlines()

    return run


def luma(value: object) -> str:
    """The text form of a value as Luma prints it inside of others."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, dict):
        return "{" + ", ".join(f"{luma(k)}: {luma(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | deque):
        return "[" + ", ".join(map(luma, value)) + "]"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(luma, value)) + ")"
    return str(value)


class Twin:
    """What the operations do, in Python's terms."""

    def __init__(self) -> None:
        self.map: dict[str, list[int]] = {}
        self.numbers: dict[int, str] = {}
        self.set: set[int] = set()
        self.other: set[int] = set()
        self.deque: deque[str] = deque()
        self.heap: list[tuple[int, str]] = []

    def do(self, name: str, a: int, b: int) -> str:
        """Carry out one operation; its result as text."""
        for part in (self.on_map, self.on_numbers, self.on_sets, self.on_sequences):
            found = part(name, a, b)
            if found is not None:
                return found
        raise AssertionError(name)

    def on_map(self, name: str, a: int, b: int) -> str | None:
        key, m = f"key {a}", self.map
        if name == "put":
            known = key in m
            m[key] = [b]
            return luma(known)
        if name == "push":
            m.setdefault(key, []).append(b)
            return str(len(m[key]))
        if name == "get":
            return luma(m.get(key, [-1]))
        if name == "remove":
            return luma(m.pop(key)) if key in m else "None"
        if name in ("first", "last"):
            if not m:
                return "None"
            found = next(iter(m)) if name == "first" else next(reversed(m))
            return f"{found} {luma(m.pop(found))}"
        if name == "retain":
            self.map = {k: v for k, v in m.items() if len(k) % 2 == a % 2 or len(v) > 2}
            return str(len(self.map))
        if name == "show":
            return luma(m)
        return f"{sum(map(sum, m.values()))} true" if name == "sum" else None

    def on_numbers(self, name: str, a: int, b: int) -> str | None:
        n = self.numbers
        if name == "nput":
            n[a] = str(b)
            return str(len(n))
        if name == "nremove":
            return n.pop(a, "None")
        if name == "nupdate":
            n[a] = n.get(a, "") + "x"
            return n[a]
        if name == "nclear":
            self.numbers = {k: v for k, v in n.items() if k > a}
            return luma(list(self.numbers))
        return luma(list(n.values())) if name == "nshow" else None

    def on_sets(self, name: str, a: int, b: int) -> str | None:
        s, t = self.set, self.other
        if name in ("add", "add2"):
            target = s if name == "add" else t
            is_new = a not in target
            target.add(a)
            return luma(is_new)
        if name == "discard":
            known = a in s
            s.discard(a)
            return luma(known)
        if name == "in":
            return luma(a in s)
        combined = {"union": s | t, "both": s & t, "minus": s - t, "either": s ^ t}
        if name in combined:
            return luma(sorted(combined[name]))
        return f"true {luma(s.isdisjoint(t))}" if name == "subset" else None

    def on_sequences(self, name: str, a: int, b: int) -> str | None:
        d = self.deque
        if name in ("append", "appendleft"):
            getattr(d, name)(f"d{a}")
            return str(len(d))
        if name in ("pop", "popleft"):
            return getattr(d, name)() if d else "None"
        if name == "rotate":
            d.rotate(3 - a % 7)
            return luma(d)
        if name == "hpush":
            heapq.heappush(self.heap, (a % 50, f"h{a}"))
            return str(self.heap[0][0])
        if name == "hpop":
            return "{} {}".format(*heapq.heappop(self.heap)) if self.heap else "None"
        return None


OPERATIONS = {
    "map": ["put", "push", "get", "remove", "remove", "first", "last", "show", "sum", "retain"],
    "numbers": ["nput", "nput", "nput", "nremove", "nremove", "nupdate", "nshow", "nclear"],
    "sets": ["add", "add", "add2", "discard", "in", "union", "both", "minus", "either", "subset"],
    "sequences": ["append", "append", "appendleft", "pop", "popleft", "rotate", "hpush", "hpush", "hpop"],
}
RARE = {"retain": 0.02, "nclear": 0.02, "show": 0.1, "nshow": 0.1, "last": 0.5, "first": 0.5, "rotate": 0.3}


def operations(names: list[str], seed: int) -> Iterator[tuple[str, int, int]]:
    """Random operations on a range of keys that widens and narrows, so that tables grow, shrink and fill with holes."""
    rng = random.Random(seed)
    for phase in range(6):
        keys = rng.choice([3, 20, 300])
        for _ in range(400):
            name = rng.choice(names)
            if rng.random() < RARE.get(name, 1.0):
                yield name, rng.randrange(keys), phase * 1000 + rng.randrange(100)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("kind", list(OPERATIONS))
def test_random_operations(kind: str, seed: int, answer: Callable[[list[str]], list[str]]) -> None:
    """Every operation of a long random sequence gives what Python's twin gives."""
    steps = list(operations(OPERATIONS[kind], seed))
    twin = Twin()
    expected = [twin.do(*step) for step in steps]
    found = answer([f"{name} {a} {b}" for name, a, b in steps])
    assert len(found) == len(expected)
    for step, one, other in zip(steps, found, expected, strict=True):
        assert one == other, f"{step}: {one} instead of {other}"


def numbers(rng: random.Random, kind: str, count: int) -> list[int]:
    """Numbers to sort: in random order, few different ones, or runs."""
    if kind == "few":
        return [rng.randrange(12) for _ in range(count)]
    values = [rng.randrange(-(2**31), 2**31) for _ in range(count)]
    if kind == "runs":
        cuts = sorted(rng.sample(range(count + 1), min(4, count)))
        parts = [values[i:j] for i, j in zip([0, *cuts], [*cuts, count], strict=True)]
        return [x for part in parts for x in sorted(part, reverse=rng.random() < 0.5)]
    return sorted(values)[: count - 3] + values[:3] if kind == "almost" else values


@pytest.mark.parametrize("kind", ["random", "few", "runs", "almost"])
def test_sorts(kind: str, answer: Callable[[list[str]], list[str]]) -> None:
    """Arrays of all lengths come out as Python sorts them; equal elements keep their order."""
    rng = random.Random(kind)
    cases = [numbers(rng, kind, n) for n in [1, 2, 3, 10, 19, 20, 21, 40, 64, 100, 333, 767, 768, 1000, 2500]]
    for name in ("sort", "texts"):
        found = answer([" ".join([name, *map(str, case)]) for case in cases])
        for case, line in zip(cases, found, strict=True):
            pairs = sorted(((int(x / 10), i) for i, x in enumerate(case)), key=lambda pair: pair[0])
            texts = f"{luma(sorted(map(str, case)))} {luma(pairs)}"
            assert line == (f"true {luma(sorted(case))}" if name == "sort" else texts)
