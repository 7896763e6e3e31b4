"""Traits that the passes over `luma` read off an op's class."""

from __future__ import annotations

from xdsl.traits import OpTrait


class MayPanic(OpTrait):
    """
    The op may end the program with a panic and otherwise has no effect.

    Such an op must not be removed, nor move above or below an op with effects or another op that may panic,
    unless it is known to pass; a second, equal one below the first is redundant.
    """


class Linear(OpTrait):
    """The op's results are used up exactly once; it is never merged with an equal op, cloned or hoisted."""


class EarlyExit(OpTrait):
    """A terminator that leaves more than its own region (`break`, `continue`, `return`, `panic`)."""
