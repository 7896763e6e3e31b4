"""
Object code as something that can be started: linked, or, on a machine without a linker, as a script that loads the code
into memory and calls its `main`.
"""

from __future__ import annotations

import base64
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from luma_ir.driver.build import can_link, link_object
from luma_ir.ir.diagnostics import LumaError

if TYPE_CHECKING:
    from luma_ir.driver.session import Session

_SCRIPT = """\
#!{interpreter}
import base64, sys
sys.path[:0] = {paths!r}
from luma_ir.backend.jit import LoadedProgram
sys.exit(LoadedProgram(base64.b64decode("{code}")).run(sys.argv, fork=False))
"""


def link_or_wrap(session: Session, code: bytes, output: Path) -> None:
    """
    Make an executable of object code.

    Raises:
        LumaError: the place cannot be written, or the linker fails.
    """
    if can_link():
        link_object(session, code, output)
        return
    root = str(Path(__file__).parents[3])
    text = _SCRIPT.format(interpreter=sys.executable, paths=[root], code=base64.b64encode(code).decode())
    try:
        output.write_text(text)
        output.chmod(0o755)
    except OSError as error:
        raise LumaError(f"cannot write `{output}`: {error.strerror}") from None
