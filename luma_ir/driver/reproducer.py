"""Leaves behind what is needed to see a compiler bug again."""

from __future__ import annotations

import sys
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from luma_ir.driver.session import Session


def write_reproducer(session: Session, error: BaseException) -> Path | None:
    """Write versions, options, sources and the traceback into one text file; None when that is not possible either."""
    from importlib.metadata import PackageNotFoundError, version

    lines = ["Luma compiler bug report", f"python {sys.version.split()[0]}"]
    for package in ("luma-ir", "xdsl", "llvmlite"):
        try:
            lines.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            lines.append(f"{package} (not installed)")
    lines.append(f"options {session.options.cache_key()}")
    lines.append(f"arguments {sys.argv[1:]!r}")
    lines.append("")
    lines.extend(traceback.format_exception(error))
    for name, source in session.sources.items():
        if not name.startswith("std/"):
            lines.append(f"---- {name}")
            lines.append(source.text)
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="luma-bug-", suffix=".txt", delete=False, encoding="utf-8", errors="replace"
        ) as handle:
            handle.write("\n".join(lines))
    except OSError:
        return None
    return Path(handle.name)
