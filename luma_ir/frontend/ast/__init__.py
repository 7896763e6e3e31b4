"""
The syntax tree of a Luma module: what the parser builds and the checker reads.

Every node carries `start` and `end`: half-open character offsets into the text of its module
(`Module.source`). Nodes are compared by identity and may be keys of dictionaries. A tree is always
complete: where the source was wrong it holds `ErrorExpr`, `ErrorPattern` or `ErrorTypeExpr`, about which the
parser has already reported, so a later stage stays silent about them.

The five families are `Item`, `TypeExpr`, `Pattern`, `Statement` and `Expression`.
`dump(node)` prints a tree for tests and for `luma-compile --emit=ast`; `children(node)` and `walk(node)` visit it.
"""

from luma_ir.frontend.ast.expressions import *  # noqa: F403 - the package is the one name for every node
from luma_ir.frontend.ast.items import *  # noqa: F403
from luma_ir.frontend.ast.nodes import *  # noqa: F403
from luma_ir.frontend.ast.patterns import *  # noqa: F403
from luma_ir.frontend.ast.types import *  # noqa: F403
from luma_ir.frontend.ast.visit import children, dump, walk  # noqa: F401
