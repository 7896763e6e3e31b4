"""
The outcome of a test run as JUnit XML, which continuous integration systems read.

Form: `testsuites` with one `testsuite` for each source file and one `testcase` for each test; times are in seconds.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

from luma_ir.driver.build import write_output
from luma_ir.driver.testing.cases import Outcome, Result

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\x1b\\[[0-9;]*m")
"""What XML 1.0 cannot hold, and the colours of a terminal."""


def junit_text(outcomes: list[Outcome], seconds: float) -> str:
    """The document."""
    root = ElementTree.Element("testsuites", {"name": "luma test", **_counts(outcomes), "time": f"{seconds:.3f}"})
    stamp = datetime.now(UTC).isoformat(timespec="seconds")
    files: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        files.setdefault(outcome.case.file, []).append(outcome)
    for file, members in files.items():
        total = sum(outcome.seconds for outcome in members)
        attributes = {"name": _clean(file), **_counts(members), "time": f"{total:.3f}", "timestamp": stamp}
        suite = ElementTree.SubElement(root, "testsuite", attributes)
        for outcome in members:
            _add_case(suite, outcome)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def write_junit(path: Path, outcomes: list[Outcome], seconds: float) -> None:
    """
    Write the document; the file is complete or as it was.

    Raises:
        LumaError: the place cannot be written.
    """
    write_output(path, junit_text(outcomes, seconds))


def _counts(outcomes: list[Outcome]) -> dict[str, str]:
    results = [outcome.result for outcome in outcomes]
    return {
        "tests": str(len(results)),
        "failures": str(results.count(Result.FAILED)),
        "errors": str(results.count(Result.NOT_BUILT)),
        "skipped": str(results.count(Result.IGNORED)),
    }


def _add_case(suite: ElementTree.Element, outcome: Outcome) -> None:
    case = outcome.case
    name = case.title if case.kind == "doc" else case.name
    attributes = {
        "name": _clean(name),
        "classname": _clean(case.file.rpartition(".")[0].replace("/", ".") or case.file),
        "file": _clean(case.file),
        "line": str(case.line),
        "time": f"{outcome.seconds:.3f}",
    }
    element = ElementTree.SubElement(suite, "testcase", attributes)
    if outcome.result is Result.FAILED:
        failure = ElementTree.SubElement(element, "failure", {"message": _clean(outcome.reason)})
        failure.text = _clean(outcome.output)
    elif outcome.result is Result.IGNORED:
        ElementTree.SubElement(element, "skipped", {"message": _clean(outcome.reason)} if outcome.reason else {})
    elif outcome.result is Result.NOT_BUILT:
        ElementTree.SubElement(element, "error", {"message": _clean(outcome.reason)})
    if outcome.output and outcome.result is Result.PASSED:
        ElementTree.SubElement(element, "system-out").text = _clean(outcome.output)


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("", text)
