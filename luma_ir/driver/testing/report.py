"""
What a test run shows: a line for each test, the output of those that failed, a summary.

On a terminal with rich, and a bar with the number of tests that are done; elsewhere as plain text.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from attrs import define, field

from luma_ir.driver.testing.cases import Outcome, Result

if TYPE_CHECKING:
    from rich.console import Console

SLOW_SECONDS = 1.0
"""Tests from this time on are named in the summary; the slowest is named in any case if it took a tenth of it."""

_STYLES = {
    Result.PASSED: "green",
    Result.FAILED: "bold red",
    Result.IGNORED: "yellow",
    Result.NOT_BUILT: "bold red",
}


@define(eq=False)
class Report:
    """Shows a run while it goes on."""

    shows_output: bool = False
    """The output of tests that passed is shown too."""
    quiet: bool = False
    """Only failures and the summary are shown."""
    console: Console | None = field(init=False)
    _held: dict[int, Outcome] = field(factory=dict)
    _next: int = 0
    _progress: Any = None
    _task: Any = None

    def __attrs_post_init__(self) -> None:
        self.console = None
        if sys.stdout.isatty():
            from rich.console import Console

            self.console = Console(highlight=False)

    # ---- while it goes on

    def building(self, done: int, total: int) -> None:
        """So many programs of those that had to be compiled are done."""
        self._step("compiling", done, total)

    def running(self, total: int) -> None:
        """The programs are built; the tests begin."""
        self._step("testing", 0, total)

    def _step(self, what: str, done: int, total: int) -> None:
        if self.console is None:
            return
        if self._progress is None:
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn())
            self._progress = Progress(*columns, console=self.console, transient=True)
            self._progress.start()
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._task = self._progress.add_task(what, total=total, completed=done)

    def finished(self, number: int, outcome: Outcome) -> None:
        """A test has ended. Tests end in any order and are shown in the order of their numbers, which count from 0."""
        if self._progress is not None and self._task is not None and outcome.result is not Result.IGNORED:
            self._progress.advance(self._task)
        self._held[number] = outcome
        while self._next in self._held:
            self._show(self._held.pop(self._next))
            self._next += 1

    def _show(self, outcome: Outcome) -> None:
        if outcome.result is Result.NOT_BUILT or (self.quiet and outcome.result is not Result.FAILED):
            return
        tail = f" ({duration(outcome.seconds)})" if outcome.result is not Result.IGNORED and outcome.seconds else ""
        reason = f": {outcome.reason}" if outcome.reason else ""
        self._line([("test ", ""), (outcome.case.title, ""), (" ... ", "dim"), _word(outcome), (reason + tail, "dim")])

    def end(self) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = self._task = None

    # ---- afterwards

    def messages(self, text: str) -> None:
        """The compiler's messages, which it has coloured itself."""
        self.end()
        sys.stdout.flush()
        sys.stderr.write(text)
        sys.stderr.flush()

    def outputs(self, outcomes: list[Outcome]) -> None:
        """What the tests wrote: those that failed, and all with `shows_output`."""
        for outcome in outcomes:
            shown = outcome.result is Result.FAILED or (self.shows_output and outcome.result is Result.PASSED)
            if not shown or (outcome.result is Result.PASSED and not outcome.output):
                continue
            case = outcome.case
            title = f"---- {case.title} ({case.file}:{case.line})"
            self._line([])
            self._line([(title, "bold"), (f": {outcome.reason}" if outcome.reason else "", "red")])
            self._text(outcome.output)

    def summary(self, outcomes: list[Outcome], filtered: int, broken: int, seconds: float) -> None:
        """Counts, the slowest tests, and the time of it all."""
        counts = {result: sum(outcome.result is result for outcome in outcomes) for result in Result}
        failed = [outcome for outcome in outcomes if outcome.result is Result.FAILED]
        self._line([])
        if len(failed) > 1:
            self._line([("failed:", "bold")])
            for outcome in failed:
                self._line([("    " + outcome.case.title, "red")])
            self._line([])
        parts: list[tuple[str, str]] = [(f"{counts[Result.PASSED]} passed", "green")]
        if failed:
            parts.append((f"{len(failed)} failed", "bold red"))
        if broken:
            parts.append((f"{broken} {'file' if broken == 1 else 'files'} not compiled", "bold red"))
        if counts[Result.IGNORED]:
            parts.append((f"{counts[Result.IGNORED]} ignored", "yellow"))
        if filtered:
            parts.append((f"{filtered} filtered out", "dim"))
        line: list[tuple[str, str]] = []
        for part in parts:
            line += [(", ", ""), part] if line else [part]
        self._line([*line, (f" in {duration(seconds)}", "")])
        slowest = sorted(outcomes, key=lambda outcome: -outcome.seconds)[:3]
        named = [o for n, o in enumerate(slowest) if o.seconds >= (SLOW_SECONDS if n else SLOW_SECONDS / 10)]
        if named and len(outcomes) > 1:
            texts = ", ".join(f"{outcome.case.title} ({duration(outcome.seconds)})" for outcome in named)
            self._line([(f"slowest: {texts}", "dim")])

    # ---- text

    def _line(self, parts: list[tuple[str, str]]) -> None:
        if self.console is None:
            sys.stdout.write("".join(text for text, _ in parts) + "\n")
            sys.stdout.flush()
            return
        from rich.text import Text

        self.console.print(Text.assemble(*parts), soft_wrap=True)

    def _text(self, text: str) -> None:
        if not text:
            return
        text = text if text.endswith("\n") else text + "\n"
        if self.console is not None:
            from rich.text import Text

            self.console.print(Text.from_ansi(text.rstrip("\n")), soft_wrap=True)
            return
        sys.stdout.write(text)


def _word(outcome: Outcome) -> tuple[str, str]:
    return outcome.result.value, _STYLES[outcome.result]


def duration(seconds: float) -> str:
    """A time with three digits and its unit: `1.23 s`, `12.3 ms`, `0.4 ms`."""
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1e3:.0f} ms" if seconds >= 0.01 else f"{seconds * 1e3:.1f} ms"
