"""`luma new`, `luma init` and `luma doc`: a package's beginning and its reference."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_options(command: str, parser: argparse.ArgumentParser) -> None:
    """Add the options of one of the commands."""
    from luma_ir.tools.common import add_message_options

    if command == "new":
        parser.add_argument("folder", metavar="FOLDER", type=Path, help="the folder, named as the package")
    elif command == "init":
        parser.add_argument("folder", metavar="FOLDER", type=Path, nargs="?", default=Path(), help="default: this one")
    else:
        parser.add_argument(
            "paths", metavar="PATH", type=Path, nargs="*", help="files, folders (default: this package)"
        )
        parser.add_argument(
            "-o", dest="output", metavar="FOLDER", type=Path, default=Path("build/doc"), help="default: build/doc"
        )
    add_message_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """`luma new FOLDER`, `luma init [FOLDER]` and `luma doc [PATH …]`."""
    from luma_ir.driver.session import Session
    from luma_ir.tools.common import guarded

    def work() -> int:
        if arguments.command == "doc":
            from luma_ir.driver.library_reference import write_user_pages
            from luma_ir.ir.diagnostics import LumaError

            for path in arguments.paths:
                if not path.exists():
                    raise LumaError(f"no such file or folder: `{path}`")
            written = write_user_pages(arguments.paths, arguments.output)
            print(f"wrote {len(written)} pages into {arguments.output}")
            return 0
        from luma_ir.driver.scaffold import make_package

        for path in make_package(arguments.folder, into_existing=arguments.command == "init"):
            print(path)
        return 0

    return guarded(work, arguments, Session())
