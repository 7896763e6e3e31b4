"""
The pipelines by name: data, not code, so that `luma-opt -p` takes what `luma-compile --print-pipeline` prints.

The optimisation level decides which passes run: at level 0 only those that lower. Between the stages lie the extension
points `after-frontend`, `before-mem`, `after-mem` and `before-llvm`, to which plug-ins add passes.
"""

from __future__ import annotations

from collections.abc import Callable

EXTENSION_POINTS: dict[str, list[str]] = {"after-frontend": [], "before-mem": [], "after-mem": [], "before-llvm": []}
"""Extra passes per extension point, as pipeline texts; plug-ins append to these lists."""


def _join(*parts: str) -> str:
    return ",".join(part for part in parts if part)


def _point(name: str) -> str:
    return ",".join(EXTENSION_POINTS[name])


def luma_instantiate() -> str:
    """Generic code becomes concrete."""
    return "luma-instantiate,luma-symbol-dce"


def luma_simplify(opt: int = 2) -> str:
    """Optimise values; at level 0 only what panics must show the place of."""
    if opt == 0:
        return "luma-inline{tracked=true}"
    if opt == 1:
        return (
            "luma-canonicalize,luma-const-args,luma-symbol-dce,luma-inline{threshold=8 hinted=24 hot=24},"
            "luma-symbol-dce,luma-canonicalize,luma-cse,luma-dce"
        )
    return (
        "luma-canonicalize,luma-const-args,luma-symbol-dce,luma-specialize-closures,luma-inline,luma-symbol-dce,"
        "luma-canonicalize,luma-scalarize,luma-cse,"
        "luma-const-prop,luma-licm,luma-eliminate-checks,luma-fuse-arrays,luma-version-loops,luma-canonicalize,luma-cse,"
        "luma-dce"
    )


def luma_own(opt: int = 2) -> str:
    """Make ownership explicit and prove uniqueness."""
    if opt == 0:
        return "mem-infer-borrows,mem-insert-rc,mem-insert-unique"
    return "mem-infer-borrows,mem-insert-rc,mem-fuse-rc,mem-reuse,mem-insert-unique,mem-hoist-unique"


def luma_to_mem(opt: int = 2) -> str:
    """Give values layouts and make counts into loads, compares and stores."""
    if opt == 0:
        return "convert-luma-to-mem,mem-expand-rc"
    return "convert-luma-to-mem,mem-alias-scopes,mem-expand-rc"


def to_llvm() -> str:
    """Everything to the `llvm` dialect."""
    return "convert-to-llvm"


def luma_pipeline(opt: int = 2) -> str:
    """From what the frontend makes to the `llvm` dialect."""
    return _join(_to_mem(opt), _point("before-llvm"), to_llvm())


def _instantiated(opt: int) -> str:
    return _join(_point("after-frontend"), luma_instantiate())


def _simplified(opt: int) -> str:
    return _join(_instantiated(opt), luma_simplify(opt))


def _owned(opt: int) -> str:
    return _join(_simplified(opt), _point("before-mem"), luma_own(opt))


def _to_mem(opt: int) -> str:
    return _join(_owned(opt), luma_to_mem(opt), _point("after-mem"))


PIPELINES: dict[str, str | Callable[..., str]] = {
    "luma-simplify": luma_simplify,
    "luma-own": luma_own,
    "luma-to-mem": luma_to_mem,
    "to-llvm": to_llvm,
    "luma-pipeline": luma_pipeline,
}

STAGES: dict[str, Callable[[int], str]] = {
    "luma": _instantiated,
    "luma-opt": _simplified,
    "own": _owned,
    "mem": _to_mem,
    "llvm-dialect": luma_pipeline,
}
"""What `--emit=STAGE` runs."""
