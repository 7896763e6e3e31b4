#!/bin/sh
# Run the whole test suite under coverage and print the summary. The argument is the folder of the virtual environment's programs.
set -u
bin=$(cd "$1" && pwd)
cd "$(dirname "$0")/.." || exit 1
rm -f .coverage .coverage.*
export COVERAGE_PROCESS_START="$PWD/pyproject.toml"
"$bin/python" -m coverage run -m pytest -n 2 --dist worksteal --durations=12 -p no:cacheprovider tests
status=$?
"$bin/python" -m coverage combine -q >/dev/null 2>&1
"$bin/python" -m coverage report --format=total --precision=1 2>/dev/null | sed 's/^/line coverage of luma_ir: /;s/$/%/'
exit $status
