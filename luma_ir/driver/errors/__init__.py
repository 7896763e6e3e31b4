"""Explanations of the error codes, one Markdown file each, as `luma explain` shows them."""

from __future__ import annotations

import re
from pathlib import Path

_CODE = re.compile(r"[EW]\d{4}")


def explain(code: str) -> str | None:
    """The explanation of a code, written in any case; None when there is no such code."""
    code = code.strip().upper()
    if not _CODE.fullmatch(code):
        return None
    path = Path(__file__).with_name(f"{code}.md")
    return path.read_text(encoding="utf-8") if path.is_file() else None


def examples(text: str) -> tuple[str, str]:
    """The wrong and the right program of an explanation."""
    found = re.findall(r"^```luma\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    if len(found) != 2:
        raise ValueError(f"an explanation holds two examples, not {len(found)}")
    return found[0], found[1]
