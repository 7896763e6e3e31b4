"""Runs the reproducer whose name stands in the output of an earlier run: `rerun.py OUTPUT PLUGIN`."""

import os
import re
import sys
from pathlib import Path

from luma_ir.tools.luma_opt import main

with open(sys.argv[1]) as stream:
    reproducer = re.search(r"--run-reproducer --debug (\S+)`", stream.read())[1]
try:
    status = main(["--run-reproducer", reproducer, "--load-plugin", sys.argv[2]])
    assert status == 1, status
finally:
    for line in re.findall(r"\S+luma-crash-\S+\.mlir", Path(sys.argv[1]).read_text()):
        os.unlink(line)
