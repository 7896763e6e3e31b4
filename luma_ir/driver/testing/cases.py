"""The records that pass between the parts: a test, and how it ended."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from attrs import define, field, frozen


@frozen
class Case:
    """One test, bench or example."""

    title: str
    """What is shown, and what filters look at: `tests/shapes.luma::area`, `shapes.luma - Point (line 3)`."""
    name: str
    """The function's name: what the harness is asked for."""
    file: str
    line: int
    kind: str = "test"
    """`test`, `doc` or `bench`."""
    panics: bool = False
    """It passes if it panics."""
    panic_text: str = ""
    """What the message of that panic must contain."""
    ignored: str | None = None
    """The reason why it is left out, perhaps empty; None when it is run."""
    compile_only: bool = False
    """It is compiled and not run."""

    def matches(self, filters: list[str], exact: bool) -> bool:
        """Whether any filter is part of the title (`exact`: is the title or the function's name)."""
        if not filters:
            return True
        if exact:
            return any(text in (self.title, self.name) for text in filters)
        return any(text in self.title for text in filters)


class Result(Enum):
    """How a test ended."""

    PASSED = "ok"
    FAILED = "FAILED"
    IGNORED = "ignored"
    NOT_BUILT = "not built"
    """Its file does not compile, which is reported once for the file."""


@define
class Outcome:
    """The end of one test."""

    case: Case
    result: Result
    seconds: float = 0.0
    reason: str = ""
    """Why it failed, in a few words; or why it was ignored."""
    output: str = ""
    """What it wrote, or the compiler's messages."""


@frozen
class Source:
    """A source file, and the folders in which modules that it imports are looked for, in order."""

    path: Path
    roots: tuple[Path, ...]
    is_library: bool = False
    """A module of the standard library: only its examples are tests."""


@define
class Unit:
    """What is built as one program: the tests of a file, or examples of several."""

    key: str
    """Its name in the cache."""
    harness: str
    cases: list[Case]
    path: Path | None = None
    """The file, for tests and benches."""
    roots: tuple[Path, ...] = ()
    examples: list = field(factory=list)
    """For examples: what `examples.Example` describes, in the order of `cases`."""


@define
class Built:
    """A unit after building."""

    unit: Unit
    executable: Path | None = None
    messages: str = ""
    """Rendered diagnostics: warnings, or the errors of a unit that cannot be built."""
    broken: dict[str, str] = field(factory=dict)
    """Examples that do not compile: the case's name -> rendered diagnostics."""
