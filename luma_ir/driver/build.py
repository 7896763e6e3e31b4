"""Source file to executable, through the cache or not."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from luma_ir.driver import cache
from luma_ir.ir.diagnostics import LumaError

if TYPE_CHECKING:
    from luma_ir.driver.session import Session


def build_executable(session: Session, path: Path, output: Path) -> bool:
    """
    Compile and link a program; False after errors, which are in the session's engine.

    Raises:
        LumaError: no linker, a full disk, an unwritable place.
    """
    code = session.compile(path, "obj", runs=True)
    if code is None:
        return False
    assert isinstance(code, bytes)
    link_object(session, code, output)
    return True


def can_link() -> bool:
    """
    Tell whether this machine has a linker.

    Raises:
        LumaError: `$LUMA_CC` names one that does not exist; that is a mistake to be told, not to be passed over.
    """
    from luma_ir.backend.link import find_linker

    try:
        return bool(find_linker())
    except LumaError:
        if os.environ.get("LUMA_CC"):
            raise
        return False


def link_object(session: Session, code: bytes, output: Path) -> None:
    """Link object code into an executable, which appears complete or not at all."""
    from luma_ir.backend.link import link

    if callable(session.progress):
        session.progress("link")
    with session.timing.section("link"):
        try:
            with tempfile.TemporaryDirectory(prefix="luma-") as folder:
                object_path = Path(folder) / "program.o"
                object_path.write_bytes(code)
                link([object_path], output, triple=session.options.target or "")
        except OSError as error:
            raise LumaError(f"cannot write `{output}`: {error.strerror}") from None


def write_output(path: Path, content: bytes | str) -> None:
    """
    Write a file under a temporary name and rename it, so that it is complete or absent.

    Raises:
        LumaError: the place cannot be written.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        if path.exists() and not path.is_file():
            # A device such as /dev/null is written to, never replaced by a file.
            path.write_bytes(data)
            return
        with tempfile.NamedTemporaryFile(dir=path.parent or Path(), delete=False, prefix=".luma-") as handle:
            handle.write(data)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(handle.name, 0o666 & ~mask)
        os.replace(handle.name, path)
    except OSError as error:
        raise LumaError(f"cannot write `{path}`: {error.strerror}") from None


def build_cached(session: Session, path: Path, key: str) -> Path | None:
    """Build a program into the cache; its place there, or a temporary place if the cache cannot be written."""
    folder = cache.cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix="build-", dir=folder))
    except OSError:
        temporary = Path(tempfile.mkdtemp(prefix="luma-"))
    executable = temporary / "program"
    try:
        if not build_executable(session, path, executable):
            return None
        files = {path: path.read_bytes()}
        missing: set[Path] = set()
        if session.loader is not None:
            files |= {file: text.encode() for file, text in session.loader.read_files.items() if file != path}
            missing = session.loader.missing_files
        stored = cache.store(key, executable, files, missing)
    finally:
        if not executable.exists():
            temporary.rmdir()
    return stored or executable
