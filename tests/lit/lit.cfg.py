"""
Configuration of lit for the tests under `tests/lit`: FileCheck tests of passes, dialects and tools.

A test is a file with `// RUN:` lines. `%s` is the file, `%S` its folder, `%t` a scratch file; `luma-opt`,
`luma-compile`, `luma`, `filecheck` and `python` are those of the Python that runs lit; `not CMD` wants CMD to fail.
"""

# lit hands in the name `config`.
# ruff: noqa: F821
# pyright: reportUndefinedVariable=false

import os
import sys

import lit.formats

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BIN = os.path.dirname(sys.executable)

config.name = "luma"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".luma", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = HERE
config.test_exec_root = os.path.join(ROOT, "build", "lit")

environment = config.environment
environment["PATH"] = BIN + os.pathsep + environment.get("PATH", "")
environment["PYTHONPATH"] = os.pathsep.join(filter(None, [ROOT, os.environ.get("PYTHONPATH")]))
for name in ("COVERAGE_PROCESS_START", "COVERAGE_FILE", "HOME", "XDG_CACHE_HOME"):
    if name in os.environ:
        environment[name] = os.environ[name]

# Tools that are not installed as scripts run from the source tree.
for tool, module in (
    ("luma-opt", "luma_ir.tools.luma_opt"),
    ("luma-compile", "luma_ir.tools.luma_compile"),
    ("luma", "luma_ir.tools.luma"),
):
    if not os.path.exists(os.path.join(BIN, tool)):
        config.substitutions.append((rf"(?<![\w/.-]){tool}(?![\w.-])", f"{sys.executable} -m {module}"))

# Tests that need a tool of LLVM say `REQUIRES: mlir-opt` and are reported as unsupported where it is missing.
for tool in ("mlir-opt", "mlir-translate"):
    for candidate in (f"{tool}-22", tool):
        found = lit.util.which(candidate, environment["PATH"])
        if found:
            config.available_features.add(tool)
            config.substitutions.append((rf"%{tool}", found))
            break
