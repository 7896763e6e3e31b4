"""
The cache of finished programs, addressed by content: sources, options and the compiler itself.

A program depends on modules that only its compilation finds, so an entry has two parts: a manifest under the key of the
root file and the options, which lists every file that was read with its digest; and the executable. Entries appear by
renaming, so that parallel writers are safe. This module imports nothing heavy: a hit must be quick.
"""

from __future__ import annotations

import itertools
import json
import os
import platform
import tempfile
from collections.abc import Iterable
from pathlib import Path

PACKAGE = Path(__file__).parent.parent


def cache_folder() -> Path:
    """Where the cache lies: `$LUMA_CACHE_DIR`, else `luma` in the user's cache folder."""
    own = os.environ.get("LUMA_CACHE_DIR")
    if own:
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "luma"


def compiler_fingerprint() -> str:
    """A digest over names, sizes and times of the compiler's own files: a changed compiler has another cache."""
    entries: list[str] = []
    stack = [str(PACKAGE)]
    while stack:
        with os.scandir(stack.pop()) as listing:
            for entry in listing:
                if entry.name == "__pycache__":
                    continue
                if entry.is_dir(follow_symlinks=False):
                    stack.append(entry.path)
                elif entry.name.endswith((".py", ".luma")):
                    status = entry.stat()
                    entries.append(f"{entry.path}:{status.st_size}:{status.st_mtime_ns}")
    entries.sort()
    return _digest("\n".join(entries).encode())


def processor_fingerprint() -> str:
    """What this processor can do: code is made for it, and several machines may share a cache folder."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as lines:
            features = [
                line for line in itertools.islice(lines, 32) if line.startswith(("model name", "flags", "Features"))
            ]
    except OSError:
        features = [platform.processor()]
    return _digest("".join([platform.machine(), *features]).encode())


def manifest_key(root: Path, options: str) -> str:
    """The name of the manifest for a root file and options, on this kind of processor."""
    parts = (str(root.resolve()), options, compiler_fingerprint(), processor_fingerprint())
    return _digest("\0".join(parts).encode())


def find(key: str) -> Path | None:
    """The cached executable of a manifest whose files are all unchanged; None when there is none."""
    folder = cache_folder()
    try:
        manifest = json.loads((folder / f"{key}.json").read_bytes())
        for path, digest in manifest["files"].items():
            if _digest(Path(path).read_bytes()) != digest:
                return None
        if any(os.path.exists(path) for path in manifest.get("missing", ())):
            return None
        executable = folder / manifest["executable"]
        return executable if executable.is_file() else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def store(key: str, executable: Path, files: dict[Path, bytes], missing: Iterable[Path] = ()) -> Path | None:
    """
    Add an executable, which is moved, and what it was made of. The result is its place in the cache, or None when the
    cache cannot be written (a full disk, no rights): then nothing is lost but time.

    Args:
        missing: files that would have been read if they were there.
    """
    folder = cache_folder()
    digests = {str(path.resolve()): _digest(content) for path, content in sorted(files.items())}
    name = f"{key}-{_digest(json.dumps(digests).encode())[:16]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.replace(executable, folder / name)
        with tempfile.NamedTemporaryFile("w", dir=folder, delete=False, suffix=".tmp") as handle:
            absent = sorted(map(str, missing))
            json.dump({"files": digests, "missing": absent, "executable": name}, handle)
        os.replace(handle.name, folder / f"{key}.json")
    except OSError:
        return None
    return folder / name


def _digest(data: bytes) -> str:
    import hashlib

    return hashlib.blake2b(data, digest_size=20).hexdigest()
