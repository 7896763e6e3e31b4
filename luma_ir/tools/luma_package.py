"""`luma new`, `luma init` and `luma doc`: a package's beginning and its reference."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_package_commands(commands: Any) -> None:
    """Add the commands to `luma`."""
    from luma_ir.tools.common import add_message_options

    new = commands.add_parser("new", help="make a package in a new folder")
    new.add_argument("folder", metavar="FOLDER", type=Path, help="the folder, named as the package")
    add_message_options(new)
    init = commands.add_parser("init", help="make a package in a folder that exists")
    init.add_argument("folder", metavar="FOLDER", type=Path, nargs="?", default=Path(), help="default: this one")
    add_message_options(init)
    doc = commands.add_parser("doc", help="write a reference made of `///` comments")
    doc.add_argument("paths", metavar="PATH", type=Path, nargs="*", help="files and folders (default: this package)")
    doc.add_argument("-o", dest="output", metavar="FOLDER", type=Path, default=Path("build/doc"), help="where to write")
    add_message_options(doc)


def package_command(arguments: argparse.Namespace) -> int:
    """`luma new FOLDER`, `luma init [FOLDER]` and `luma doc [PATH …]`."""
    from luma_ir.driver.session import Session
    from luma_ir.tools.common import guarded

    def run() -> int:
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

    return guarded(run, arguments, Session())
