"""Saved measurements, and how new ones compare with them."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from attrs import asdict, frozen

from luma_ir.driver import cache
from luma_ir.driver.testing.measure import Measurement
from luma_ir.driver.testing.sources import find_project
from luma_ir.ir.diagnostics import LumaError

VERSION = 1
"""The form of the files; another version is refused."""

LEAST_CHANGE = 0.05
"""Smaller changes are no news: the layout of code and stack, and the clock of the processor, alone give as much."""


def baseline_folder(folder: Path) -> Path:
    """Where measurements are kept: `build/bench` of the package around a folder, else in the user's cache."""
    project = find_project(folder)
    if project is not None:
        return project / "build" / "bench"
    name = hashlib.blake2b(str(folder.resolve()).encode(), digest_size=10).hexdigest()
    return cache.cache_folder() / "bench" / name


def _place(folder: Path, name: str) -> Path:
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", name):
        raise LumaError(
            f"`{name}` cannot name a baseline", helps=["names are made of letters, digits, `_`, `-` and `.`"]
        )
    return baseline_folder(folder) / f"{name}.json"


def save_baseline(folder: Path, name: str, found: dict[str, Measurement]) -> Path:
    """
    Keep measurements under a name; those of other benches that it has already stay. The result is the file.

    Raises:
        LumaError: a name that no file can have, a place that cannot be written.
    """
    from luma_ir.driver.build import write_output

    place = _place(folder, name)
    benches = dict(_read(place)["benches"]) if place.is_file() else {}
    benches.update({title: asdict(measurement) for title, measurement in found.items()})
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LumaError(f"cannot write `{place}`: {error.strerror}") from None
    content = {"version": VERSION, "processor": cache.processor_fingerprint(), "benches": benches}
    write_output(place, json.dumps(content, indent=1, sort_keys=True) + "\n")
    return place


def load_baseline(folder: Path, name: str) -> tuple[dict[str, Measurement], bool]:
    """
    Measurements by the titles of the benches, and whether they are of this kind of processor.

    Raises:
        LumaError: there is no such baseline, or it is damaged.
    """
    place = _place(folder, name)
    if not place.is_file():
        known = sorted(path.stem for path in place.parent.glob("*.json")) if place.parent.is_dir() else []
        helps = [f"there are {', '.join(f'`{each}`' for each in known)}"] if known else ["`--save NAME` makes one"]
        raise LumaError(f"there is no baseline `{name}`", helps=helps)
    content = _read(place)
    try:
        found = {title: Measurement(**entry) for title, entry in content["benches"].items()}
    except (TypeError, AttributeError):
        raise LumaError(f"the baseline `{place}` is damaged") from None
    return found, content.get("processor") == cache.processor_fingerprint()


def _read(place: Path) -> dict:
    try:
        content = json.loads(place.read_bytes())
    except OSError as error:
        raise LumaError(f"cannot read `{place}`: {error.strerror}") from None
    except ValueError:
        raise LumaError(f"the baseline `{place}` is damaged") from None
    if not isinstance(content, dict) or not isinstance(content.get("benches"), dict):
        raise LumaError(f"the baseline `{place}` is damaged")
    if content.get("version") != VERSION:
        raise LumaError(f"the baseline `{place}` is of another version of Luma")
    return content


@frozen
class Change:
    """How a measurement compares with an earlier one: 0.1 is ten percent slower."""

    relative: float
    verdict: str
    """`faster`, `slower` or `unchanged`."""


def compare(before: Measurement, now: Measurement) -> Change:
    """
    Compare medians. A change counts if it is at least `LEAST_CHANGE`, if the middle halves of the samples do not
    overlap, and if it is three times the standard error of both medians (1.2533 sigma / sqrt(n), sigma = 1.4826 MAD,
    as for a normal distribution).
    """
    relative = now.median_ns / before.median_ns - 1
    error = sum((1.2533 * 1.4826 * each.mad_ns) ** 2 / each.samples for each in (before, now)) ** 0.5
    apart = now.low_ns > before.high_ns or now.high_ns < before.low_ns
    counts = abs(relative) >= LEAST_CHANGE and apart and abs(now.median_ns - before.median_ns) > 3 * error
    return Change(relative, "unchanged" if not counts else "slower" if relative > 0 else "faster")
