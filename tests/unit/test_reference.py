"""The reference is complete, well formed, and what the sources give."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from luma_ir.driver.reference import DIALECTS, NOTICE, dialect_ops, markdown, pages, stale_pages, write_pages
from luma_ir.frontend.codes import CODES
from luma_ir.ir.registry import REGISTRY
from luma_ir.tools import reference as tool

ROOT = Path(__file__).parent.parent.parent
PAGES = pages()


def test_the_reference_is_up_to_date() -> None:
    """`docs/reference` holds what the sources give."""
    stale = stale_pages(ROOT / "docs" / "reference")
    assert not stale, f"out of date in docs/reference: {', '.join(stale)}; run `make docs` and commit the result"


def test_equal_sources_give_equal_pages() -> None:
    """Nothing but the sources shows in the pages."""
    assert pages() == PAGES
    assert not any(re.search(r"/home/|/tmp/|\bobject at 0x", text) for text in PAGES.values())


@pytest.mark.parametrize("name", DIALECTS)
def test_every_op_is_described(name: str) -> None:
    """Each op of ours has a section with a docstring; those that have operands or results a table."""
    text = PAGES[f"dialect-{name}.md"]
    for op in dialect_ops(name):
        section = text.partition(f"\n### `{op.name}`\n")[2].partition("\n### ")[0]
        assert section.strip(), op.name
        assert not section.strip().startswith("|"), f"{op.name} has no docstring"


def test_every_pass_code_and_pipeline_is_described() -> None:
    """Each pass has its IR before and after, each code its explanation."""
    for name in REGISTRY.own_pass_names():
        section = PAGES["passes.md"].partition(f"\n## `{name}`\n")[2].partition("\n## ")[0]
        assert "```text\nBefore" in section, name
    for code, text in CODES.items():
        assert f"\n## {code}: {text}\n" in PAGES["errors.md"]
    assert "| `threshold` | int | `48` |" in PAGES["passes.md"]
    assert "Statistics: pairs removed" in PAGES["passes.md"]
    assert "| `before-mem` | `mem-infer-borrows` |" in PAGES["pipelines.md"]


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_well_formed(name: str) -> None:
    """Code fences are closed, tables keep their width, links lead somewhere."""
    text = PAGES[name]
    assert text.startswith(NOTICE)
    assert text.count("\n```") % 2 == 0
    width = 0
    inside = False
    for line in text.splitlines():
        inside ^= line.startswith("```")
        if inside or not line.startswith("|"):
            width = 0
            continue
        assert width in (0, line.count("|")), line
        width = line.count("|")
    headings = {re.sub(r"[^\w -]", "", line.lstrip("# ").lower()).replace(" ", "-") for line in text.splitlines()}
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if target.startswith("#"):
            assert target[1:] in headings, target
        elif target.endswith(".md") and name == "README.md":
            assert target in PAGES


def test_code_in_docstrings() -> None:
    """Indented blocks become fenced code, whatever stands around them."""
    assert markdown("Do it.\n\n        %a = x.y\n\n        %b\n\n    More.") == (
        "Do it.\n\n```mlir\n%a = x.y\n\n%b\n```\n\nMore."
    )
    assert markdown("Do.\n\nBefore: a\n        b\nAfter:  c\nExpects: d") == (
        "Do.\n\n```text\nBefore: a\n        b\nAfter:  c\n```\n\nExpects: d"
    )


def test_the_tool_writes_what_changed_and_checks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Pages are written once, old ones go, files of others stay."""
    assert tool.main([str(tmp_path), "--check"]) == 1
    assert "make docs" in capsys.readouterr().err
    assert sorted(write_pages(tmp_path)) == sorted(PAGES)
    (tmp_path / "dialect-old.md").write_text(f"{NOTICE}\n")
    (tmp_path / "passes.md").write_text("something else")
    assert stale_pages(tmp_path) == ["dialect-old.md", "passes.md"]
    assert tool.main([str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines() == [str(tmp_path / "dialect-old.md"), str(tmp_path / "passes.md")]
    assert tool.main([str(tmp_path), "--check"]) == 0
