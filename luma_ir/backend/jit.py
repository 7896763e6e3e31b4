"""
Run a program in this process, with LLVM's ORC JIT: no linker, no files.

The object is made as for a native executable, linked in memory, and its `main(argc, argv)` is called. Names that it
does not define are looked up in this process, so the C library and the mathematical library are at hand.

The program runs in a child process by default: then `exit`, a failed check or a crash of the program end the child, not
the caller. With `fork=False` it runs right here, which starts sooner; if it calls `exit`, the caller ends with it, so a
caller does that last and has its own output flushed before.
"""

from __future__ import annotations

import ctypes
import os
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from attrs import evolve

from luma_ir.backend.codegen import CodeGenerator, CodegenOptions
from luma_ir.ir.diagnostics import InternalError, LumaError

if TYPE_CHECKING:
    from llvmlite.binding import LLJIT, ResourceTracker

# Libraries whose functions programs use and that this process may not have loaded.
_LIBRARIES = ("libm.so.6", "libpthread.so.0", "libgcc_s.so.1")

_MAIN_TYPE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.POINTER(ctypes.c_char_p))


class LoadedProgram:
    """
    A program in memory, ready to run. Its memory is freed with this object.

    Args:
        code: an object file's contents.
        exports: functions that can be asked for by name.
    Raises:
        LumaError: it refers to a name that nothing defines.
    """

    def __init__(self, code: bytes, exports: Sequence[str] = ("main",)) -> None:
        self._jit: LLJIT = _create_jit()
        self._tracker: ResourceTracker = _link(self._jit, code, exports)

    def address(self, name: str) -> int:
        """Where an exported function begins."""
        return self._tracker[name]

    def call_main(self, arguments: Sequence[str]) -> int:
        """Call `main` in this process with `arguments` (the first is the program's name): its result."""
        encoded = [os.fsencode(argument) for argument in arguments]
        argv = (ctypes.c_char_p * (len(encoded) + 1))(*encoded, None)
        status = _MAIN_TYPE(self.address("main"))(len(encoded), argv)
        ctypes.CDLL(None).fflush(None)
        return status & 0xFF

    def run(self, arguments: Sequence[str], *, fork: bool = True) -> int:
        """
        Run `main`.

        Returns:
            The exit status; 128 + n when signal n ended the program.
        """
        sys.stdout.flush()
        sys.stderr.flush()
        if not fork or not hasattr(os, "fork"):
            _native_signals()
            return self.call_main(arguments)
        child = os.fork()
        if child == 0:
            status = 70
            try:
                _native_signals()
                status = self.call_main(arguments)
            finally:
                # Neither Python's exit handlers nor its buffers belong to the child.
                os._exit(status)
        _, state = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(state)
        return 128 - code if code < 0 else code


def _native_signals() -> None:
    """Give signals back the meaning that a native program sees; Python ignores SIGPIPE and catches SIGINT."""
    import signal

    for name in ("SIGPIPE", "SIGINT", "SIGXFSZ"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)


def _create_jit() -> LLJIT:
    from llvmlite import binding

    from luma_ir.backend.targets import initialize

    initialize()
    for library in _LIBRARIES:
        try:
            binding.load_library_permanently(library)
        except RuntimeError:
            # Elsewhere the library has another name or is part of the C library, which is loaded.
            continue
    return binding.create_lljit_compiler(use_jit_link=sys.platform != "win32")


def _link(jit: LLJIT, code: bytes, exports: Sequence[str]) -> ResourceTracker:
    from llvmlite import binding

    builder = binding.JITLibraryBuilder()
    builder.add_object_img(code)
    builder.add_current_process()
    for name in exports:
        builder.export_symbol(name)
    try:
        return builder.link(jit, "program")
    except RuntimeError as error:
        text = str(error).strip()
        if "Symbols not found" in text or "materialize" in text:
            # LLVM itself says on standard error which names they are.
            raise LumaError(
                "the program uses names that nothing defines",
                notes=[text],
                helps=["check the names in `extern` declarations, or link the program with the library that has them"],
            ) from error
        raise InternalError("the program cannot be loaded", notes=[text]) from error


# A definition with its thread-local marker, and the functions through which programs start threads.
_THREAD_LOCAL = re.compile(r"^(@[^=\n]*= (?!external)[^\n]*?)thread_local(?:\([a-z]+\))? ", re.MULTILINE)
_EXTERNAL_THREAD_LOCAL = re.compile(r"^@[^=\n]*= external [^\n]*\bthread_local\b", re.MULTILINE)
_STARTS_THREADS = re.compile(r"@(?:pthread_create|thrd_create|clone3?|CreateThread)\b")


def runs_in_memory(ir_text: str) -> bool:
    """
    Whether a program can run in memory.

    LLVM's JIT needs a run-time library of its own for thread-local variables, which llvmlite does not have; without it,
    code reads wrong values without a word. A program that never starts a thread has one copy of each such variable
    anyway, so its variables can be ordinary ones; any other program with thread-local variables has to be linked.
    """
    if "thread_local" not in ir_text:
        return True
    if _EXTERNAL_THREAD_LOCAL.search(ir_text):
        return False
    return not (_THREAD_LOCAL.search(ir_text) and _STARTS_THREADS.search(ir_text))


def load(ir_text: str, options: CodegenOptions | None = None) -> LoadedProgram:
    """
    Compile LLVM IR and load it.

    Raises:
        InternalError: LLVM refuses the text.
        LumaError: a name is not defined anywhere, or the program cannot run in memory.
    """
    if not runs_in_memory(ir_text):
        raise LumaError(
            "a program with threads and thread-local variables cannot run without being linked",
            helps=["install a C compiler or the `ziglang` package, and compile the program"],
        )
    ir_text = _THREAD_LOCAL.sub(r"\1", ir_text) if "thread_local" in ir_text else ir_text
    options = evolve(CodegenOptions() if options is None else options, emit="obj", triple="")
    generator = CodeGenerator(options)
    module = generator.parse(ir_text)
    generator.optimize(module)
    code = generator.emit(module)
    assert isinstance(code, bytes)
    return LoadedProgram(code)


def run_main(
    ir_text: str, arguments: Sequence[str], options: CodegenOptions | None = None, *, fork: bool = True
) -> int:
    """
    Compile LLVM IR and run its `main`.

    Args:
        arguments: the program's name and its arguments.
    Returns:
        The exit status; 128 + n when signal n ended the program.
    """
    return load(ir_text, options).run(arguments, fork=fork)
