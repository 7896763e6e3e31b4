"""What the plug-in brings. The modules are imported when their names are first used."""

from __future__ import annotations

from types import SimpleNamespace


def _dialect():
    from luma_saturate.dialect import Sat

    return Sat


def _lower():
    from luma_saturate.lower import SatLowerPass

    return SatLowerPass


PLUGIN = SimpleNamespace(
    dialects={"sat": _dialect},
    passes={"sat-lower": _lower},
    extensions={"before-mem": "sat-lower"},
)
