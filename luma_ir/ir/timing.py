"""A tree of timed sections, as `--timing` prints it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from attrs import define, field


@define(eq=False)
class TimingEntry:
    """One section: seconds spent in it in all, how often it was entered, and the sections inside it."""

    name: str
    seconds: float = 0.0
    count: int = 0
    children: dict[str, TimingEntry] = field(factory=dict)

    def child(self, name: str) -> TimingEntry:
        """The section of a name directly inside this one."""
        found = self.children.get(name)
        if found is None:
            found = self.children[name] = TimingEntry(name)
        return found


@define(eq=False)
class Timing:
    """Measures nested sections; equal names at the same place add up."""

    root: TimingEntry = field(factory=lambda: TimingEntry("total"))
    _stack: list[TimingEntry] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._stack = [self.root]

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        """Measure a `with` block as a section inside the one at hand."""
        entry = self._stack[-1].child(name)
        self._stack.append(entry)
        start = perf_counter()
        try:
            yield
        finally:
            entry.seconds += perf_counter() - start
            entry.count += 1
            self._stack.pop()

    def render(self) -> str:
        """The tree as text: seconds and share of the whole in front of each name, ending in a newline."""
        total = sum(entry.seconds for entry in self.root.children.values())
        lines = ["===- execution time report -===", f"  total {total:.4f} s", "", "   seconds      %  name"]

        def visit(entry: TimingEntry, depth: int) -> None:
            share = 100 * entry.seconds / total if total else 0.0
            times = f" ({entry.count} times)" if entry.count > 1 else ""
            lines.append(f"  {entry.seconds:8.4f}  {share:5.1f}  {'  ' * depth}{entry.name}{times}")
            inner = sum(child.seconds for child in entry.children.values())
            for child in entry.children.values():
                visit(child, depth + 1)
            if entry.children and entry.seconds - inner > 0.01 * total:
                rest = entry.seconds - inner
                share = 100 * rest / total if total else 0.0
                lines.append(f"  {rest:8.4f}  {share:5.1f}  {'  ' * (depth + 1)}(rest)")

        for entry in self.root.children.values():
            visit(entry, 0)
        return "\n".join(lines) + "\n"

    def as_dict(self) -> dict:
        """The tree as nested dictionaries, for JSON: `name`, `seconds`, `count`, `children`."""

        def convert(entry: TimingEntry) -> dict:
            return {
                "name": entry.name,
                "seconds": entry.seconds,
                "count": entry.count,
                "children": [convert(child) for child in entry.children.values()],
            }

        return convert(self.root)
