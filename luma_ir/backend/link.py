"""
From objects to an executable, with the C compiler as the linker's driver.

`$LUMA_CC` is asked first, then `cc`, then the compiler of the `ziglang` package. The executable appears under its name
in one step, so nobody ever sees half of one, and builds that run at the same time do not harm each other.
"""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from luma_ir.ir.diagnostics import LumaError

_NO_LINKER_HELP = (
    "install a C compiler, for example with `apt install gcc`",
    "or install the bundled one with `pip install ziglang`",
    "or name one in the environment variable `LUMA_CC`",
    "or run the program without linking it: `luma run FILE`",
)


def find_linker(environment: Mapping[str, str] | None = None, *, cross: bool = False) -> list[str]:
    """
    The command of the linker's driver.

    Args:
        environment: where `LUMA_CC` and `PATH` are looked up; the process's when absent.
        cross: whether code for another machine is linked, which `cc` cannot.
    Raises:
        LumaError: there is none.
    """
    environment = os.environ if environment is None else environment
    named = shlex.split(environment.get("LUMA_CC", ""))
    path = environment.get("PATH", os.defpath)
    if named:
        if shutil.which(named[0], path=path) is None:
            raise LumaError(
                f"cannot link: `LUMA_CC` names `{named[0]}`, which is not an executable",
                helps=["correct `LUMA_CC`, or unset it to use `cc` or the `ziglang` package"],
            )
        return named
    if not cross:
        for name in ("cc", "gcc", "clang"):
            found = shutil.which(name, path=path)
            if found is not None:
                return [found]
    if find_spec("ziglang") is not None:
        return [sys.executable, "-m", "ziglang", "cc"]
    message = "cannot link: no compiler for the target is installed" if cross else "cannot link: no linker is installed"
    raise LumaError(message, helps=list(_NO_LINKER_HELP))


def link(
    objects: Sequence[bytes | Path],
    output: Path,
    *,
    triple: str = "",
    libraries: Sequence[str] = ("m", "pthread"),
    shared: bool = False,
    strip: bool = False,
    arguments: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> None:
    """
    Link objects into an executable.

    Args:
        objects: contents of object files, or the files.
        output: the executable; replaced in one step when it exists.
        triple: an LLVM triple; empty for this machine's. Only `$LUMA_CC` and ziglang link for other machines.
        libraries: names of libraries for `-l`, after the objects.
        shared: make a shared library instead of an executable.
        strip: leave out symbols and debug information.
        arguments: further arguments for the linker's driver.
        environment: where `LUMA_CC` and `PATH` are looked up; the process's when absent.
    Raises:
        LumaError: there is no linker, it fails, or the output cannot be written.
    """
    command = find_linker(environment, cross=bool(triple) and not _is_host(triple))
    if triple and "ziglang" in command:
        command += ["-target", _zig_target(triple)]
    output = output.absolute()
    # A device such as /dev/null is written to, never replaced by a file.
    special = output.exists() and not output.is_file()
    try:
        folder = None if special else output.parent
        with tempfile.TemporaryDirectory(prefix=f".{output.name}.", dir=folder) as directory:
            place = Path(directory)
            files = [_file(entry, place / f"{index}.o") for index, entry in enumerate(objects)]
            made = place / output.name
            command += [*map(str, files), "-o", str(made), *arguments]
            command += ["-shared"] if shared else []
            command += ["-s"] if strip else []
            _run([*command, *(f"-l{library}" for library in libraries)], environment)
            if special:
                output.write_bytes(made.read_bytes())
            else:
                os.replace(made, output)
    except OSError as error:
        raise LumaError(f"cannot write `{output}`: {error.strerror or error}") from error


def _is_host(triple: str) -> bool:
    """Whether this machine's compiler makes code for a triple: the same architecture and system."""
    parts = triple.split("-")
    system = {"linux": "linux", "darwin": "darwin", "win32": "windows"}.get(sys.platform, sys.platform)
    return parts[0] == platform.machine() and any(part.startswith(system) for part in parts[1:])


def _file(entry: bytes | Path, path: Path) -> Path:
    if isinstance(entry, Path):
        return entry
    path.write_bytes(entry)
    return path


def _zig_target(triple: str) -> str:
    """Zig's spelling of an LLVM triple: without the vendor."""
    parts = triple.split("-")
    if len(parts) >= 4:
        del parts[1]
    elif len(parts) == 3 and parts[1] in ("unknown", "pc", "apple", "none"):
        parts = [parts[0], *parts[2:]]
    return "-".join(parts)


def _run(command: list[str], environment: Mapping[str, str] | None) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment, check=False)
    except OSError as error:
        raise LumaError(
            f"cannot link: `{command[0]}` does not start: {error.strerror or error}", helps=list(_NO_LINKER_HELP)
        ) from error
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        missing = [line for line in lines if "undefined reference" in line or "undefined symbol" in line]
        helps = ["check the names in `extern` declarations, and the libraries to link with"] if missing else []
        raise LumaError(
            f"linking failed: `{Path(command[0]).name}` ended with status {done.returncode}",
            notes=(missing or lines)[:10],
            helps=helps,
        )
