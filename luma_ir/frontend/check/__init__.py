"""
The checker: from syntax trees to the typed tree of `luma_ir.frontend.hir`.

Layers, each a class on top of the one before. For the program: `core`, `attributes`, `modules`, `type_expressions`,
`definitions`, `signatures`, `traits`, `implementations`, `coherence`, `program`. For one body: `body`, `names`,
`indexing`, `places`, `expressions`, `operators`, `aggregates`, `arguments`, `calls`, `builtins`, `patterns`,
`iteration`, `control`, `statements`, `matching`, `closures`, `function_values`, `function`. Beside them: `inference`
(type variables), `finiteness` (types that contain themselves), `constants` (evaluation at compile time), `finish`
(final types), `reachability` (what goes into the program), `lacking` (what is said about traits that are missing),
`unused` (warnings about what nothing uses).
"""

from luma_ir.frontend.check.core import CheckOptions, Loader
from luma_ir.frontend.check.program import check_program

__all__ = ["CheckOptions", "Loader", "check_program"]
