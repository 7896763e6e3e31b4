"""
Write the reference in Markdown: `python -m luma_ir.tools.reference FOLDER`.

Exit status: 0, or 1 with `--check` when the pages in the folder are not what the sources give.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def main(argv: list[str] | None = None) -> int:
    """Run the tool; the result is the exit status."""
    parser = argparse.ArgumentParser(prog="reference", description="Write the reference, made from the code.")
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="where the pages are")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is out of date")
    arguments = parser.parse_args(argv)
    from luma_ir.driver.reference import stale_pages, write_pages

    if arguments.check:
        stale = stale_pages(arguments.folder)
        if stale:
            sys.stderr.write(f"out of date: {', '.join(stale)}; run `make docs`\n")
        return 1 if stale else 0
    for name in write_pages(arguments.folder):
        print(arguments.folder / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
