"""The library's documentation: everything public is described, examples run, pages are well formed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from luma_ir.driver.library_reference import (
    clean_doc,
    library_pages,
    library_reference,
    module_reference,
    page,
    summary,
)
from luma_ir.driver.loader import STDLIB
from luma_ir.ir.diagnostics import SourceFile

WITHOUT_EXAMPLE = Path(__file__).parents[1] / "golden" / "library_without_example.txt"
"""Public functions of the library that have no example yet. `LUMA_UPDATE=1` takes out those that have got one."""


def without_example() -> list[str]:
    """The public functions and methods of the library without an example, by their full names."""
    found: list[str] = []
    for reference in library_reference():
        covered = {id(part) for e in reference.entries if e.has_example for part in e.members if part.is_required}
        found += [
            f"{reference.name}.{entry.name}"
            for entry in reference.all_entries()
            if entry.kind in ("function", "method") and not entry.has_example and id(entry) not in covered
        ]
    return found


def test_everything_public_is_described() -> None:
    """Each public item of the library has a text, each module too."""
    missing = [
        f"{reference.name}.{entry.name}"
        for reference in library_reference()
        for entry in reference.all_entries()
        if not entry.doc
    ]
    # The operators' traits say what they are for; their one method has nothing to add.
    operators = {entry.name for r in library_reference() for entry in r.entries if entry.doc.startswith("The operator")}
    missing = [name for name in missing if name.removeprefix("std.prelude.").partition("::")[0] not in operators]
    assert not missing, f"public and without a `///` comment: {', '.join(missing)}"
    assert not [reference.name for reference in library_reference() if not reference.doc]


def test_every_function_has_an_example() -> None:
    """Each public function has an example that runs, but for those of a list that only gets shorter."""
    missing = without_example()
    allowed = WITHOUT_EXAMPLE.read_text().split("\n") if WITHOUT_EXAMPLE.is_file() else []
    if os.environ.get("LUMA_UPDATE"):
        kept = [name for name in allowed if name in missing]
        WITHOUT_EXAMPLE.write_text("".join(f"{name}\n" for name in kept))
    new = sorted(set(missing) - set(allowed))
    assert not new, f"public and without an example: {', '.join(new)}"


def test_the_library_s_examples_run(tmp_path: Path) -> None:
    """Every example in the library's comments compiles and does what it says."""
    report = tmp_path / "report.xml"
    command = [
        sys.executable,
        "-m",
        "luma_ir.tools.luma",
        "test",
        "--doc",
        "--quiet",
        "--junit",
        str(report),
        str(STDLIB),
    ]
    # Hundreds of examples are compiled: tracing them for coverage would take four times as long.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    environment["LUMA_CACHE_DIR"] = str(tmp_path / "cache")
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stdout + result.stderr
    assert report.read_text().count("<testcase") > 100


def test_pages() -> None:
    """There is a page for each module and an index that leads to it."""
    pages = library_pages()
    assert "[`std.string`](string.md)" in pages["std/README.md"]
    assert "#### `len`\n\n```luma\nfunc len(self) -> i64\n```\n\nThe number of bytes.\n" in pages["std/string.md"]
    assert "std/rt.md" not in pages


def test_links_of_the_overview() -> None:
    """`docs/library.md` leads to pages that there are."""
    text = (Path(__file__).parents[2] / "docs" / "library.md").read_text()
    links = re.findall(r"\]\(reference/(std/\w+\.md)\)", text)
    assert len(links) > 10
    assert set(links) <= set(library_pages())


def test_what_a_page_holds() -> None:
    """Signatures are on one line without bodies; private parts are not shown; tags of examples neither."""
    text = (
        "//! About it.\n\n/// A pair.\n#[derive(Eq)]\npub struct Pair<A, B> { pub first: A, second: B }\n"
        "impl<A, B> Pair<A, B> {\n    /// Makes one.\n    ///\n    /// ```luma no_run\n    /// f();\n    /// ```\n"
        "    pub func of(\n        first: A,\n        second: B,\n    ) -> Pair<A, B> { Pair { first, second } }\n"
        "    func hidden(self) {}\n}\nimpl Show for Pair<i64, i64> { func show(self, out: inout string) {} }\n"
        "/// The answer.\npub const ANSWER: i64 = 42;\nfunc private() {}\n"
        "/// Say it.\npub trait Says: Show {\n    /// How.\n    func how(self) -> string;\n}\n"
        "pub enum Kind {\n    /// The first.\n    One,\n    Two(i64),\n}\n"
    )
    reference = module_reference("m", SourceFile("m.luma", text))
    shown = page(reference)
    for part in (
        "# `m`\n\nAbout it.\n",
        "```luma\nstruct Pair<A, B> { first: A, … }\n```",
        "```luma\nfunc of( first: A, second: B, ) -> Pair<A, B>\n```",
        "```luma\nf();\n```",
        "```luma\nconst ANSWER: i64 = 42\n```",
        "```luma\ntrait Says: Show\n```",
        "#### `how`\n",
        "- `One`: The first.",
    ):
        assert part in shown
    assert "hidden" not in shown and "private" not in shown and "no_run" not in shown
    assert [entry.name for entry in reference.all_entries() if entry.has_example] == ["Pair<A, B>::of"]


def test_texts() -> None:
    """The space after `///` is no part of a comment; the first sentence is its summary."""
    assert clean_doc(" One.\n\n   Two.") == "One.\n\n  Two."
    assert summary("It is\nthis. And more.\n\nOther.") == "It is this."
