"""Measures one bench: runs its program, reads the samples, sums them up."""

from __future__ import annotations

import os
import select
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

from attrs import frozen

from luma_ir.driver.testing.cases import Case
from luma_ir.driver.testing.execute import LEAK_STATUS, PANIC_STATUS, UNKNOWN_STATUS

SHOWN_BYTES = 8192
"""How much of the end of a failed bench's output is shown."""


@frozen
class Sample:
    """A batch: how many runs, their time together, and what one run processes."""

    runs: int
    nanoseconds: int
    bytes: int
    items: int


@frozen
class Measurement:
    """The times of one bench, in nanoseconds a run."""

    median_ns: float
    low_ns: float
    """The lower quartile."""
    high_ns: float
    """The upper quartile."""
    mad_ns: float
    """The median of the absolute deviations from the median."""
    samples: int
    runs: int
    """Runs in all samples."""
    bytes: int = 0
    """What one run processes, when it says so."""
    items: int = 0

    def rate(self) -> tuple[float, str] | None:
        """How much is processed in a second, and its unit; None when the bench does not say."""
        if self.bytes:
            return self.bytes / self.median_ns * 1e9, "B/s"
        if self.items:
            return self.items / self.median_ns * 1e9, "/s"
        return None


@frozen
class Plan:
    """How to measure."""

    warm_up_seconds: float = 0.3
    seconds: float = 1.0
    samples: int = 50
    timeout_seconds: float = 60.0


def measure(program: Path, case: Case, plan: Plan) -> tuple[Measurement | None, str, str]:
    """
    Run a bench.

    Returns:
        Its measurement; or None, why it failed, and the end of its output.
    """
    reader, writer = os.pipe()
    numbers = (int(plan.warm_up_seconds * 1e9), int(plan.seconds * 1e9), plan.samples)
    with tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(
                [program, case.name, str(writer), *map(str, numbers)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=(writer,),
            )
        except OSError as error:
            os.close(reader)
            return None, f"cannot be started: {error.strerror}", ""
        finally:
            os.close(writer)
        try:
            text = _read_until(reader, time.perf_counter() + plan.timeout_seconds)
            status = None if text is None else process.wait()
        finally:
            os.close(reader)
            if process.poll() is None:
                process.kill()
                process.wait()
        reason = f"timed out after {plan.timeout_seconds:g} s" if status is None else _reason(status)
        if not reason:
            samples = [Sample(*map(int, line.split())) for line in (text or "").splitlines()]
            return (summary(samples), "", "") if samples else (None, "gave no samples", "")
        size = output.seek(0, os.SEEK_END)
        output.seek(max(0, size - SHOWN_BYTES))
        return None, reason, output.read().decode("utf-8", "replace")


def _read_until(descriptor: int, deadline: float) -> str | None:
    """All that comes before the other end is closed; None when the time is over first."""
    chunks: list[bytes] = []
    poll = select.poll()
    poll.register(descriptor, select.POLLIN | select.POLLHUP)
    while True:
        rest = deadline - time.perf_counter()
        if rest <= 0 or not poll.poll(rest * 1000):
            return None
        data = os.read(descriptor, 65536)
        if not data:
            return b"".join(chunks).decode("ascii")
        chunks.append(data)


def _reason(status: int) -> str:
    if status == 0:
        return ""
    if status < 0:
        return f"ended by signal {-status}"
    known = {PANIC_STATUS: "panicked", LEAK_STATUS: "leaked memory", UNKNOWN_STATUS: "is not in the program"}
    return known.get(status, f"ended with status {status}")


def summary(samples: list[Sample]) -> Measurement:
    """Median, quartiles (inclusive method) and median absolute deviation of the time of one run."""
    times = [sample.nanoseconds / sample.runs for sample in samples]
    middle = median(times)
    low, _, high = quantiles(times, n=4, method="inclusive") if len(times) > 1 else (middle, middle, middle)
    deviation = median(abs(each - middle) for each in times)
    last = samples[-1]
    # A clock that stands still during a batch gives 0; no run takes less than a hundredth of a nanosecond.
    return Measurement(
        max(middle, 0.01), low, high, deviation, len(samples), sum(s.runs for s in samples), last.bytes, last.items
    )
