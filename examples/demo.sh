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
echo "== luma-opt examples/mandelbrot.luma -p luma-instantiate,luma-canonicalize,luma-cse: escape_time as values"
"$bin/luma-opt" mandelbrot.luma -p luma-instantiate,luma-canonicalize,luma-cse |
    sed -n '/luma.func.*@mandelbrot.escape_time/,/^  }/p'
