"""Runs tests, each in a process of its own, several at once."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from attrs import define, field

from luma_ir.driver.testing.cases import Case, Outcome, Result

PANIC_STATUS = 101
LEAK_STATUS = 102
UNKNOWN_STATUS = 103
"""Exit statuses of the run-time system, and of a harness that has no such test."""

KEPT_BYTES = 256 * 1024
"""How much of a test's output is kept, at its start and as much at its end."""


@define
class Capture:
    """The output of a process: its beginning and its end."""

    head: bytearray = field(factory=bytearray)
    tail: bytearray = field(factory=bytearray)
    dropped: int = 0

    def add(self, data: bytes) -> None:
        """Take more output."""
        room = KEPT_BYTES - len(self.head)
        self.head += data[:room]
        self.tail += data[room:]
        if len(self.tail) > 2 * KEPT_BYTES:
            self.dropped += len(self.tail) - KEPT_BYTES
            del self.tail[:-KEPT_BYTES]

    def text(self) -> str:
        """All that is kept, as text; what is not UTF-8 becomes U+FFFD."""
        middle = f"\n… {self.dropped} bytes are left out …\n".encode() if self.dropped else b""
        return (bytes(self.head) + middle + bytes(self.tail)).decode("utf-8", "replace")


@define(eq=False)
class Runner:
    """Runs tests; `stop` ends those that are running."""

    jobs: int
    timeout_seconds: float
    passes_through: bool = False
    """Output is shown as it comes, not only kept."""
    _running: set[subprocess.Popen[bytes]] = field(factory=set)
    _lock: threading.Lock = field(factory=threading.Lock)
    _stopped: bool = False

    def run(self, cases: Iterable[tuple[Case, Path]], finished: Callable[[int, Outcome], None]) -> list[Outcome]:
        """
        Run tests with their programs; the outcomes in the order of the tests.

        Args:
            finished: called after each test with its number, from one thread at a time.
        """
        report_lock = threading.Lock()

        def one(number: int, case: Case, program: Path) -> Outcome:
            outcome = self._run_case(case, program)
            with report_lock:
                if not self._stopped:
                    finished(number, outcome)
            return outcome

        with ThreadPoolExecutor(max(1, self.jobs)) as pool:
            futures = [pool.submit(one, number, case, program) for number, (case, program) in enumerate(cases)]
            try:
                return [future.result() for future in futures]
            except BaseException:
                for future in futures:
                    future.cancel()
                self.stop()
                raise

    def stop(self) -> None:
        """End every test that is running."""
        with self._lock:
            self._stopped = True
            for process in self._running:
                _kill(process)

    def _run_case(self, case: Case, program: Path) -> Outcome:
        start = time.perf_counter()
        if self._stopped:
            return Outcome(case, Result.FAILED, reason="not run")
        try:
            process = subprocess.Popen(
                [program, case.name],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            return Outcome(case, Result.FAILED, reason=f"cannot be started: {error.strerror}")
        with self._lock:
            self._running.add(process)
        capture = Capture()
        try:
            in_time = self._collect(process, capture, start + self.timeout_seconds)
        finally:
            with self._lock:
                self._running.discard(process)
        seconds = time.perf_counter() - start
        text = capture.text()
        if not in_time:
            return Outcome(case, Result.FAILED, seconds, f"timed out after {self.timeout_seconds:g} s", text)
        reason = failure_reason(case, process.returncode, text)
        return Outcome(case, Result.FAILED if reason else Result.PASSED, seconds, reason, text)

    def _collect(self, process: subprocess.Popen[bytes], capture: Capture, deadline: float) -> bool:
        """Read until the process has ended; False when its time is over."""
        assert process.stdout is not None
        descriptor = process.stdout.fileno()
        poll = select.poll()
        poll.register(descriptor, select.POLLIN | select.POLLHUP)

        def read_some() -> bool:
            data = os.read(descriptor, 65536)
            capture.add(data)
            if self.passes_through and data:
                sys.stdout.buffer.write(data)
                sys.stdout.buffer.flush()
            return bool(data)

        in_time = True
        more = True
        while more and in_time:
            rest = deadline - time.perf_counter()
            in_time = rest > 0
            if poll.poll(max(0.0, min(rest, 0.25)) * 1000):
                more = read_some()
            elif process.poll() is not None:
                # It has ended, and something that it started may still hold the pipe.
                more = bool(poll.poll(0)) and read_some()
        if in_time:
            try:
                process.wait(max(0.0, deadline - time.perf_counter()))
            except subprocess.TimeoutExpired:
                in_time = False
        if not in_time:
            _kill(process)
            process.wait()
        process.stdout.close()
        return in_time


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and what it has started: they form a session of their own."""
    if process.returncode is not None:
        return  # Its number may be another's by now.
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def panic_message(output: str) -> str:
    """The message of the panic that ended a program, without its place; empty when there is none."""
    start = output.rfind("panic: ")
    while start > 0 and output[start - 1] != "\n":
        start = output.rfind("panic: ", 0, start)
    if start < 0:
        return ""
    text = output[start + len("panic: ") :]
    end = text.rfind("\n at ")
    return text[:end] if end >= 0 else text.rstrip("\n")


def failure_reason(case: Case, status: int, output: str) -> str:
    """Why a test that ended with this status has failed; empty when it has passed."""
    if case.panics:
        if status != PANIC_STATUS:
            return "did not panic" if status in (0, LEAK_STATUS) else _status_text(status)
        message = panic_message(output)
        return "" if case.panic_text in message else f"panicked without `{case.panic_text}` in its message"
    return "" if status == 0 else _status_text(status)


def _status_text(status: int) -> str:
    if status < 0:
        try:
            name = signal.Signals(-status).name
        except ValueError:
            name = str(-status)
        return f"ended by signal {name}"
    known = {
        PANIC_STATUS: "panicked",
        LEAK_STATUS: "leaked memory",
        UNKNOWN_STATUS: "is not in the program",
        1: "gave an error",
    }
    return known.get(status, f"ended with status {status}")
