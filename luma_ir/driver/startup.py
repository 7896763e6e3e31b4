"""
Makes a tool start and end quickly: half the time of a small compilation goes into imports.

Three things cost most. Classes made by `dataclasses` and attrs compile their methods from text at each import, over a
thousand texts; the results are kept in the cache folder and found by text, so a changed class is compiled anew. xDSL
reads the assembly format of each op as the op is defined, though a run prints and parses few of them; they are read on
first use instead. And the collector looks again and again at objects that all stay.
"""

from __future__ import annotations

import gc
import marshal
import os
import sys
from types import CodeType
from typing import TYPE_CHECKING, Any

from luma_ir.driver.cache import cache_folder

if TYPE_CHECKING:
    from pathlib import Path

_MANY = 20_000
"""Texts in the file before it is begun anew, so that it does not grow for ever."""


class GeneratedCode:
    """Compiled code by its text, kept in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.codes: dict[tuple[str, str], CodeType] = {}
        self.grown = False
        try:
            codes = marshal.loads(path.read_bytes())
        except (OSError, ValueError, EOFError, TypeError):
            return  # Not there yet, or damaged: then it is made again.
        if isinstance(codes, dict):
            self.codes = codes

    def compile(self, text: str, filename: str, mode: str) -> CodeType:
        """As the builtin function; `mode` is "exec"."""
        code = self.codes.get((filename, text))
        if code is None:
            code = compile(text, filename, mode)
            # The texts of attrs' hash functions have a number in them that is another one in each process.
            if "__hash__" not in text or filename == "<string>":
                self.codes[filename, text] = code
                self.grown = True
        return code

    def execute(self, text: str, names: dict[str, Any], results: dict[str, Any]) -> None:
        """As the builtin function `exec`, for a text."""
        exec(self.compile(text, "<string>", "exec"), names, results)

    def save(self) -> None:
        """Write the file if there is something new; one that cannot be written is done without."""
        if not self.grown:
            return
        temporary = f"{self.path}.{os.getpid()}"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with open(temporary, "wb") as handle:
                handle.write(marshal.dumps(self.codes if len(self.codes) < _MANY else {}))
            os.replace(temporary, self.path)
        except OSError:
            return


_state: list[GeneratedCode] = []


def prepare() -> None:
    """Prepare for a compilation, once in a process, before anything heavy is imported."""
    gc.disable()
    if _state:
        return
    code = GeneratedCode(cache_folder() / f"generated-{sys.implementation.cache_tag}-{sys.hexversion:x}.bin")
    _state.append(code)
    import dataclasses

    import attr._make

    # Both modules call builtin functions by these names; a name of the module's own comes before the builtin one.
    dataclasses.exec = code.execute  # pyright: ignore[reportAttributeAccessIssue]
    attr._make.compile = code.compile  # pyright: ignore[reportAttributeAccessIssue]
    from luma_ir.ir.formats import read_formats_late

    read_formats_late()


def finish() -> None:
    """Keep what this process has compiled for the next one."""
    for code in _state:
        code.save()
