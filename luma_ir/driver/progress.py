"""One line on a terminal that says what a long build is doing."""

from __future__ import annotations

import sys
import threading

from attrs import define, field

DELAY_SECONDS = 1.0
"""Builds shorter than this show nothing."""


@define(eq=False)
class Progress:
    """Shows the stage at hand once the build has lasted for a second."""

    stage: str = ""
    shown: bool = False
    _timer: threading.Timer = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._timer = threading.Timer(DELAY_SECONDS, self._show)
        self._timer.daemon = True
        self._timer.start()

    def __call__(self, stage: str) -> None:
        """Say that a stage begins."""
        self.stage = stage
        if self.shown:
            self._show()

    def _show(self) -> None:
        self.shown = True
        sys.stderr.write(f"\r\x1b[K  compiling: {self.stage} …")
        sys.stderr.flush()

    def stop(self) -> None:
        """Clear the line."""
        self._timer.cancel()
        if self.shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
