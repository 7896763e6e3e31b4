#!/bin/sh
# Compile a program, run it, and look at one function on its way down. The argument is the folder of the tools.
set -eu
bin=$(cd "$1" && pwd)
cd "$(dirname "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

echo "== luma-compile examples/mandelbrot.luma -o mandelbrot && ./mandelbrot"
"$bin/luma-compile" -O3 mandelbrot.luma -o "$out/mandelbrot"
"$out/mandelbrot"
echo
echo "== luma-compile --emit=luma-opt examples/mandelbrot.luma: the function escape_time as values"
"$bin/luma-compile" -O1 --emit=luma-opt mandelbrot.luma -o - | sed -n '/@mandelbrot.escape_time/,/^  }/p' | head -40
