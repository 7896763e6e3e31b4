"""Small functions of the `luma` dialect for the tests of the memory passes: name -> (text, result of `@test`)."""

# ruff: noqa: E501  (MLIR with long types reads worse when it is broken)

from __future__ import annotations

import mem_cell_programs

CONSTANTS = """
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c2 = arith.constant 2 : i64
  %c3 = arith.constant 3 : i64
  %c10 = arith.constant 10 : i64
"""

SUM = """
luma.func private @sum(%a: !luma.array<i64>) -> i64 {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %n = luma.array.len %a : !luma.array<i64>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%s = %c0) -> (i64) : i64 {
    %x = luma.get %a[%i] : !luma.array<i64> -> i64
    %t = arith.addi %s, %x : i64
    scf.yield %t : i64
  }
  luma.return %r : i64
}
luma.func private @range(%n: i64) -> !luma.array<i64> {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %a = luma.array.make : () -> !luma.array<i64>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%s = %a) -> (!luma.array<i64>) : i64 {
    %t = luma.array.push %s, %i : (!luma.array<i64>, i64) -> !luma.array<i64>
    scf.yield %t : !luma.array<i64>
  }
  luma.return %r : !luma.array<i64>
}
"""

PROGRAMS: dict[str, tuple[str, int]] = {
    "push and sum": (
        """
  %a = luma.call @range(%c10) : (i64) -> !luma.array<i64>
  %s = luma.call @sum(%a) : (!luma.array<i64>) -> i64
  luma.return %s : i64
""",
        45,
    ),
    "a shared array is copied before it is changed": (
        """
  %a = luma.call @range(%c10) : (i64) -> !luma.array<i64>
  %b = luma.set %a[%c3] = %c0 : !luma.array<i64>, i64
  %s = luma.call @sum(%a) : (!luma.array<i64>) -> i64
  %t = luma.call @sum(%b) : (!luma.array<i64>) -> i64
  %h = arith.muli %s, %c10 : i64
  %r = arith.addi %h, %t : i64
  luma.return %r : i64
""",
        492,
    ),
    "constants are never changed": (
        """
  %a = luma.array.literal [1 : i64, 2 : i64, 3 : i64] : !luma.array<i64>
  %b = luma.set %a[%c0] = %c10 : !luma.array<i64>, i64
  %d = luma.array.push %a, %c1 : (!luma.array<i64>, i64) -> !luma.array<i64>
  %s = luma.call @sum(%a) : (!luma.array<i64>) -> i64
  %t = luma.call @sum(%b) : (!luma.array<i64>) -> i64
  %u = luma.call @sum(%d) : (!luma.array<i64>) -> i64
  %v = arith.addi %s, %t : i64
  %r = arith.addi %v, %u : i64
  luma.return %r : i64
""",
        28,
    ),
    "nested arrays": (
        """
  %row = luma.array.fill %c1, %c3 : (i64, i64) -> !luma.array<i64>
  %grid = luma.array.fill %row, %c3 : (!luma.array<i64>, i64) -> !luma.array<!luma.array<i64>>
  %r = scf.for %i = %c0 to %c3 step %c1 iter_args(%g = %grid) -> (!luma.array<!luma.array<i64>>) : i64 {
    %h = luma.set %g[%i, %i] = %c10 : !luma.array<!luma.array<i64>>, i64
    scf.yield %h : !luma.array<!luma.array<i64>>
  }
  %old = luma.get %grid[%c2] : !luma.array<!luma.array<i64>> -> !luma.array<i64>
  %new = luma.get %r[%c2] : !luma.array<!luma.array<i64>> -> !luma.array<i64>
  %s = luma.call @sum(%old) : (!luma.array<i64>) -> i64
  %t = luma.call @sum(%new) : (!luma.array<i64>) -> i64
  %u = arith.muli %s, %c10 : i64
  %v = arith.addi %u, %t : i64
  luma.return %v : i64
""",
        42,
    ),
    "rows that share one array are written in loops": (
        """
  %row = luma.array.fill %c1, %c10 : (i64, i64) -> !luma.array<i64>
  %grid = luma.array.fill %row, %c10 : (!luma.array<i64>, i64) -> !luma.array<!luma.array<i64>>
  %copy = luma.set %grid[%c0, %c0] = %c2 : !luma.array<!luma.array<i64>>, i64
  %r = scf.for %i = %c0 to %c3 step %c1 iter_args(%g = %grid) -> (!luma.array<!luma.array<i64>>) : i64 {
    %s = scf.for %j = %c0 to %c10 step %c1 iter_args(%h = %g) -> (!luma.array<!luma.array<i64>>) : i64 {
      %old = luma.get %h[%i, %j] : !luma.array<!luma.array<i64>> -> i64
      %new = arith.addi %old, %j : i64
      %k = luma.set %h[%i, %j] = %new : !luma.array<!luma.array<i64>>, i64
      %up = luma.get %k[%c3, %j] : !luma.array<!luma.array<i64>> -> i64
      %l = luma.set %k[%i, %j] = %up : !luma.array<!luma.array<i64>>, i64
      %m = luma.set %l[%c2, %c0] = %i : !luma.array<!luma.array<i64>>, i64
      scf.yield %m : !luma.array<!luma.array<i64>>
    }
    scf.yield %s : !luma.array<!luma.array<i64>>
  }
  %x = luma.get %r[%c0] : !luma.array<!luma.array<i64>> -> !luma.array<i64>
  %y = luma.get %r[%c2] : !luma.array<!luma.array<i64>> -> !luma.array<i64>
  %z = luma.get %copy[%c0] : !luma.array<!luma.array<i64>> -> !luma.array<i64>
  %sx = luma.call @sum(%x) : (!luma.array<i64>) -> i64
  %sy = luma.call @sum(%y) : (!luma.array<i64>) -> i64
  %sz = luma.call @sum(%z) : (!luma.array<i64>) -> i64
  %t = arith.muli %sx, %c10 : i64
  %u = arith.addi %t, %sy : i64
  %v = arith.muli %u, %c10 : i64
  %w = arith.addi %v, %sz : i64
  luma.return %w : i64
""",
        1121,
    ),
    "swap of counted elements": (
        """
  %x = luma.array.fill %c1, %c3 : (i64, i64) -> !luma.array<i64>
  %y = luma.array.fill %c2, %c3 : (i64, i64) -> !luma.array<i64>
  %a = luma.array.make %x, %y : (!luma.array<i64>, !luma.array<i64>) -> !luma.array<!luma.array<i64>>
  %p = luma.get %a[%c0] : !luma.array<!luma.array<i64>> -> !luma.array<i64>
  %q = luma.get %a[%c1] : !luma.array<!luma.array<i64>> -> !luma.array<i64>
  %b = luma.set %a[%c0] = %q : !luma.array<!luma.array<i64>>, !luma.array<i64>
  %d = luma.set %b[%c1] = %p : !luma.array<!luma.array<i64>>, !luma.array<i64>
  %r = luma.get %d[%c0, %c2] : !luma.array<!luma.array<i64>> -> i64
  %s = luma.get %d[%c1, %c2] : !luma.array<!luma.array<i64>> -> i64
  %t = arith.muli %r, %c10 : i64
  %u = arith.addi %t, %s : i64
  luma.return %u : i64
""",
        21,
    ),
    "early exits from a loop": (
        """
  %a = luma.call @range(%c3) : (i64) -> !luma.array<i64>
  %b = luma.call @range(%c10) : (i64) -> !luma.array<i64>
  %r = luma.for %i = %c0 to %c10 step %c1 (%acc = %a : !luma.array<i64>) : i64 {
    %d = luma.array.push %acc, %i : (!luma.array<i64>, i64) -> !luma.array<i64>
    %k = luma.array.len %d : !luma.array<i64>
    %never = arith.cmpi sgt, %k, %c10 : i64
    luma.if %never {
      %z = luma.call @sum(%b) : (!luma.array<i64>) -> i64
      luma.return %z : i64
    }
    %odd = arith.andi %i, %c1 : i64
    %skip = arith.cmpi eq, %odd, %c1 : i64
    luma.if %skip {
      luma.continue %d : !luma.array<i64>
    }
    %e = arith.cmpi eq, %i, %c10 : i64
    luma.if %e {
      luma.break %b : !luma.array<i64>
    }
    %g = luma.array.append %d, %b : (!luma.array<i64>, !luma.array<i64>) -> !luma.array<i64>
    luma.continue %g : !luma.array<i64>
  }
  %s = luma.call @sum(%r) : (!luma.array<i64>) -> i64
  luma.return %s : i64
""",
        45,
    ),
    "breaks of an outer loop": (
        """
  %a = luma.array.make : () -> !luma.array<i64>
  %r = luma.loop (%i = %c0 : i64, %x = %a : !luma.array<i64>) -> (!luma.array<i64>) {
    %in:2 = luma.loop (%j = %c0 : i64, %y = %x : !luma.array<i64>) -> (i64, !luma.array<i64>) {
      %z = luma.array.push %y, %j : (!luma.array<i64>, i64) -> !luma.array<i64>
      %n = luma.array.len %z : !luma.array<i64>
      %full = arith.cmpi sge, %n, %c10 : i64
      luma.if %full {
        luma.break %z : !luma.array<i64> {depth = 1 : i64}
      }
      %j2 = arith.addi %j, %c1 : i64
      %done = arith.cmpi sge, %j2, %c3 : i64
      luma.if %done {
        luma.break %j2, %z : i64, !luma.array<i64>
      }
      luma.continue %j2, %z : i64, !luma.array<i64>
    }
    %i2 = arith.addi %i, %in#0 : i64
    luma.continue %i2, %in#1 : i64, !luma.array<i64>
  }
  %s = luma.call @sum(%r) : (!luma.array<i64>) -> i64
  luma.return %s : i64
""",
        9,
    ),
    "while with an array": (
        """
  %a = luma.array.make : () -> !luma.array<i64>
  %r = scf.while (%x = %a) : (!luma.array<i64>) -> !luma.array<i64> {
    %n = luma.array.len %x : !luma.array<i64>
    %more = arith.cmpi slt, %n, %c10 : i64
    scf.condition(%more) %x : !luma.array<i64>
  } do {
  ^bb0(%y: !luma.array<i64>):
    %z = luma.array.push %y, %c2 : (!luma.array<i64>, i64) -> !luma.array<i64>
    scf.yield %z : !luma.array<i64>
  }
  %s = luma.call @sum(%r) : (!luma.array<i64>) -> i64
  luma.return %s : i64
""",
        20,
    ),
    "take and put": (
        """
  %x = luma.call @range(%c3) : (i64) -> !luma.array<i64>
  %grid = luma.array.fill %x, %c2 : (!luma.array<i64>, i64) -> !luma.array<!luma.array<i64>>
  %row, %rest = luma.take %grid[%c1] : !luma.array<!luma.array<i64>> -> !luma.array<i64>
  %row2 = luma.array.push %row, %c10 : (!luma.array<i64>, i64) -> !luma.array<i64>
  %g = luma.put %rest[%c1] = %row2 : !luma.array<!luma.array<i64>>, !luma.array<i64>
  %p = luma.get %g[%c0] : !luma.array<!luma.array<i64>> -> !luma.array<i64>
  %q = luma.get %g[%c1] : !luma.array<!luma.array<i64>> -> !luma.array<i64>
  %s = luma.call @sum(%p) : (!luma.array<i64>) -> i64
  %t = luma.call @sum(%q) : (!luma.array<i64>) -> i64
  %u = arith.muli %s, %c10 : i64
  %v = arith.addi %u, %t : i64
  luma.return %v : i64
""",
        43,
    ),
    "arrays in structs": (
        """
  %x = luma.call @range(%c3) : (i64) -> !luma.array<i64>
  %p = luma.struct.make %x, %x : (!luma.array<i64>, !luma.array<i64>) -> !luma.struct<@Pair>
  %q = luma.set %p[0, %c1] = %c10 : !luma.struct<@Pair>, i64
  %w = luma.get %q[1] : !luma.struct<@Pair> -> !luma.array<i64>
  %z = luma.set %q[0] = %w : !luma.struct<@Pair>, !luma.array<i64>
  %l = luma.get %q[0] : !luma.struct<@Pair> -> !luma.array<i64>
  %r = luma.get %z[0] : !luma.struct<@Pair> -> !luma.array<i64>
  %s = luma.call @sum(%l) : (!luma.array<i64>) -> i64
  %t = luma.call @sum(%r) : (!luma.array<i64>) -> i64
  %u = arith.muli %s, %c10 : i64
  %v = arith.addi %u, %t : i64
  luma.return %v : i64
""",
        123,
    ),
    "pop, truncate, reserve and slice of counted elements": (
        """
  %x = luma.call @range(%c3) : (i64) -> !luma.array<i64>
  %a = luma.array.fill %x, %c10 : (!luma.array<i64>, i64) -> !luma.array<!luma.array<i64>>
  %b, %last = luma.array.pop %a : (!luma.array<!luma.array<i64>>) -> (!luma.array<!luma.array<i64>>, !luma.array<i64>)
  %d = luma.array.truncate %b, %c3 : (!luma.array<!luma.array<i64>>, i64) -> !luma.array<!luma.array<i64>>
  %e = luma.array.reserve %d, %c10 : (!luma.array<!luma.array<i64>>, i64) -> !luma.array<!luma.array<i64>>
  %f = luma.array.slice %e, %c1, %c3 : (!luma.array<!luma.array<i64>>, i64, i64) -> !luma.array<!luma.array<i64>>
  %g = luma.array.append %e, %f : (!luma.array<!luma.array<i64>>, !luma.array<!luma.array<i64>>) -> !luma.array<!luma.array<i64>>
  %n = luma.array.len %g : !luma.array<!luma.array<i64>>
  %s = luma.call @sum(%last) : (!luma.array<i64>) -> i64
  %u = arith.muli %n, %c10 : i64
  %v = arith.addi %u, %s : i64
  luma.return %v : i64
""",
        53,
    ),
    "empty arrays are not written to": (
        """
  %a = luma.array.make : () -> !luma.array<i64>
  %b = luma.array.truncate %a, %c0 : (!luma.array<i64>, i64) -> !luma.array<i64>
  %e = luma.array.fill %c1, %c0 : (i64, i64) -> !luma.array<i64>
  %d = luma.array.append %b, %e : (!luma.array<i64>, !luma.array<i64>) -> !luma.array<i64>
  %f = luma.array.reserve %d, %c0 : (!luma.array<i64>, i64) -> !luma.array<i64>
  %g = luma.array.slice %f, %c0, %c0 : (!luma.array<i64>, i64, i64) -> !luma.array<i64>
  %u = luma.undef : !luma.array<i64>
  %h = luma.array.append %g, %u : (!luma.array<i64>, !luma.array<i64>) -> !luma.array<i64>
  %n = luma.array.len %h : !luma.array<i64>
  luma.return %n : i64
""",
        0,
    ),
    "fixed arrays": (
        """
  %a = luma.array.literal [1 : i64, 2 : i64, 3 : i64] : !luma.fixed<3, i64>
  %b = luma.set %a[%c0] = %c10 : !luma.fixed<3, i64>, i64
  %r = scf.for %i = %c0 to %c3 step %c1 iter_args(%f = %b) -> (!luma.fixed<3, i64>) : i64 {
    %x = luma.get %f[%i] : !luma.fixed<3, i64> -> i64
    %y = arith.addi %x, %i : i64
    %g = luma.set %f[%i] = %y : !luma.fixed<3, i64>, i64
    scf.yield %g : !luma.fixed<3, i64>
  }
  %p = luma.get %a[%c0] : !luma.fixed<3, i64> -> i64
  %q = luma.get %r[%c0] : !luma.fixed<3, i64> -> i64
  %t = luma.get %r[%c2] : !luma.fixed<3, i64> -> i64
  %u = arith.muli %p, %c10 : i64
  %v = arith.addi %u, %q : i64
  %w = arith.muli %v, %c10 : i64
  %z = arith.addi %w, %t : i64
  luma.return %z : i64
""",
        205,
    ),
    "fixed arrays that change places in a loop": (
        """
  %a = luma.array.literal [1 : i64, 0 : i64] : !luma.fixed<2, i64>
  %b = luma.array.literal [2 : i64, 0 : i64] : !luma.fixed<2, i64>
  %r:2 = scf.for %i = %c0 to %c3 step %c1 iter_args(%f = %a, %g = %b) -> (!luma.fixed<2, i64>, !luma.fixed<2, i64>) : i64 {
    %h = luma.set %f[%c1] = %i : !luma.fixed<2, i64>, i64
    scf.yield %g, %h : !luma.fixed<2, i64>, !luma.fixed<2, i64>
  }
  %p = luma.get %r#0[%c0] : !luma.fixed<2, i64> -> i64
  %q = luma.get %r#0[%c1] : !luma.fixed<2, i64> -> i64
  %s = luma.get %r#1[%c1] : !luma.fixed<2, i64> -> i64
  %u = arith.muli %p, %c10 : i64
  %v = arith.addi %u, %q : i64
  %w = arith.muli %v, %c10 : i64
  %z = arith.addi %w, %s : i64
  luma.return %z : i64
""",
        212,
    ),
    "arrays in fixed arrays": (
        """
  %x = luma.call @range(%c3) : (i64) -> !luma.array<i64>
  %f = luma.array.fill %x, %c2 : (!luma.array<i64>, i64) -> !luma.fixed<2, !luma.array<i64>>
  %g = luma.set %f[%c0, %c1] = %c10 : !luma.fixed<2, !luma.array<i64>>, i64
  %d = luma.get %g[%c0] : !luma.fixed<2, !luma.array<i64>> -> !luma.array<i64>
  %e = luma.get %f[%c0] : !luma.fixed<2, !luma.array<i64>> -> !luma.array<i64>
  %s = luma.call @sum(%d) : (!luma.array<i64>) -> i64
  %t = luma.call @sum(%e) : (!luma.array<i64>) -> i64
  %u = arith.muli %s, %c10 : i64
  %v = arith.addi %u, %t : i64
  luma.return %v : i64
""",
        123,
    ),
    "structs with a fixed array in an array": (
        """
  %x = luma.call @range(%c3) : (i64) -> !luma.array<i64>
  %f = luma.array.fill %c2, %c3 : (i64, i64) -> !luma.fixed<3, i64>
  %cell = luma.struct.make %f, %x : (!luma.fixed<3, i64>, !luma.array<i64>) -> !luma.struct<@Cell>
  %a = luma.array.fill %cell, %c3 : (!luma.struct<@Cell>, i64) -> !luma.array<!luma.struct<@Cell>>
  %b = luma.set %a[%c1, 0, %c2] = %c10 : !luma.array<!luma.struct<@Cell>>, i64
  %d = luma.set %b[%c1, 1, %c0] = %c3 : !luma.array<!luma.struct<@Cell>>, i64
  %one = luma.get %d[%c1] : !luma.array<!luma.struct<@Cell>> -> !luma.struct<@Cell>
  %e = luma.set %d[%c0] = %one : !luma.array<!luma.struct<@Cell>>, !luma.struct<@Cell>
  %p = luma.get %e[%c0, 0, %c2] : !luma.array<!luma.struct<@Cell>> -> i64
  %q = luma.get %e[%c0, 1] : !luma.array<!luma.struct<@Cell>> -> !luma.array<i64>
  %s = luma.call @sum(%q) : (!luma.array<i64>) -> i64
  %o = luma.get %a[%c1, 0, %c2] : !luma.array<!luma.struct<@Cell>> -> i64
  %u = arith.muli %p, %c10 : i64
  %v = arith.addi %u, %s : i64
  %w = arith.addi %v, %o : i64
  luma.return %w : i64
""",
        108,
    ),
    "enums with arrays": (
        """
  %x = luma.call @range(%c10) : (i64) -> !luma.array<i64>
  %e = luma.enum.make 0 (%x) : (!luma.array<i64>) -> !luma.enum<@Option, [!luma.array<i64>]>
  %none = luma.enum.make 1 () : () -> !luma.enum<@Option, [!luma.array<i64>]>
  %a = luma.array.make %e, %none, %e : (!luma.enum<@Option, [!luma.array<i64>]>, !luma.enum<@Option, [!luma.array<i64>]>, !luma.enum<@Option, [!luma.array<i64>]>) -> !luma.array<!luma.enum<@Option, [!luma.array<i64>]>>
  %n = luma.array.len %a : !luma.array<!luma.enum<@Option, [!luma.array<i64>]>>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%s = %c0) -> (i64) : i64 {
    %o = luma.get %a[%i] : !luma.array<!luma.enum<@Option, [!luma.array<i64>]>> -> !luma.enum<@Option, [!luma.array<i64>]>
    %some = luma.enum.is %o, 0 : !luma.enum<@Option, [!luma.array<i64>]>
    %t = scf.if %some -> (i64) {
      %y = luma.enum.get %o, 0, 0 : !luma.enum<@Option, [!luma.array<i64>]> -> !luma.array<i64>
      %z = luma.call @sum(%y) : (!luma.array<i64>) -> i64
      scf.yield %z : i64
    } else {
      scf.yield %c1 : i64
    }
    %u = arith.addi %s, %t : i64
    scf.yield %u : i64
  }
  luma.return %r : i64
""",
        91,
    ),
    "a deep tree is freed without recursion": (
        """
  %big = arith.constant 1000000 : i64
  %leaf = luma.enum.make 0 (%c1) : (i64) -> !luma.enum<@Tree>
  %t = scf.for %i = %c0 to %big step %c1 iter_args(%s = %leaf) -> (!luma.enum<@Tree>) : i64 {
    %kids = luma.array.make %s : (!luma.enum<@Tree>) -> !luma.array<!luma.enum<@Tree>>
    %node = luma.enum.make 1 (%kids) : (!luma.array<!luma.enum<@Tree>>) -> !luma.enum<@Tree>
    scf.yield %node : !luma.enum<@Tree>
  }
  %tag = luma.enum.tag %t : !luma.enum<@Tree>
  %r = arith.extui %tag : i32 to i64
  luma.return %r : i64
""",
        1,
    ),
    "strings": (
        """
  %c33 = arith.constant 33 : i8
  %s = luma.string.literal "hello" : !luma.struct<@std.string.string>
  %bytes, %rest = luma.take %s[0] : !luma.struct<@std.string.string> -> !luma.array<i8>
  %more = luma.array.push %bytes, %c33 : (!luma.array<i8>, i8) -> !luma.array<i8>
  %t = luma.put %rest[0] = %more : !luma.struct<@std.string.string>, !luma.array<i8>
  %x = luma.get %t[0] : !luma.struct<@std.string.string> -> !luma.array<i8>
  %n = luma.array.len %x : !luma.array<i8>
  %last = luma.get %t[0, %c1] : !luma.struct<@std.string.string> -> i8
  %w = arith.extui %last : i8 to i64
  %r = arith.addi %n, %w : i64
  luma.return %r : i64
""",
        107,
    ),
    "values chosen by a condition": (
        """
  %a = luma.call @range(%c3) : (i64) -> !luma.array<i64>
  %b = luma.call @range(%c10) : (i64) -> !luma.array<i64>
  %f = luma.array.fill %c2, %c3 : (i64, i64) -> !luma.fixed<3, i64>
  %g = luma.array.fill %c3, %c3 : (i64, i64) -> !luma.fixed<3, i64>
  %r = scf.for %i = %c0 to %c2 step %c1 iter_args(%s = %c0) -> (i64) : i64 {
    %c = arith.cmpi eq, %i, %c0 : i64
    %x:2 = luma.if %c -> (!luma.array<i64>, !luma.fixed<3, i64>) {
      luma.yield %a, %f : !luma.array<i64>, !luma.fixed<3, i64>
    } else {
      %h = luma.set %g[%c0] = %i : !luma.fixed<3, i64>, i64
      luma.yield %b, %h : !luma.array<i64>, !luma.fixed<3, i64>
    }
    %y = luma.array.push %x#0, %c10 : (!luma.array<i64>, i64) -> !luma.array<i64>
    %t = luma.call @sum(%y) : (!luma.array<i64>) -> i64
    %v = luma.get %x#1[%c0] : !luma.fixed<3, i64> -> i64
    %u = arith.addi %s, %t : i64
    %w = arith.addi %u, %v : i64
    scf.yield %w : i64
  }
  luma.return %r : i64
""",
        71,
    ),
}

FUNCTIONS: dict[str, tuple[str, int]] = {
    "inout parameters": (
        """
luma.func private @grow(%a: !luma.array<i64>, %f: !luma.fixed<2, i64>, %v: i64) -> (i64, !luma.array<i64>, !luma.fixed<2, i64>)
    attributes {inout = array<i64: 0, 1>} {
  %c0 = arith.constant 0 : i64
  %b = luma.array.push %a, %v : (!luma.array<i64>, i64) -> !luma.array<i64>
  %g = luma.set %f[%c0] = %v : !luma.fixed<2, i64>, i64
  %n = luma.array.len %b : !luma.array<i64>
  luma.return %n, %b, %g : i64, !luma.array<i64>, !luma.fixed<2, i64>
}
luma.func private @test() -> i64 {
  %c0 = arith.constant 0 : i64
  %c3 = arith.constant 3 : i64
  %c10 = arith.constant 10 : i64
  %a = luma.call @range(%c3) : (i64) -> !luma.array<i64>
  %c2 = arith.constant 2 : i64
  %f = luma.array.fill %c3, %c2 : (i64, i64) -> !luma.fixed<2, i64>
  %n, %b, %g = luma.call @grow(%a, %f, %c10) : (!luma.array<i64>, !luma.fixed<2, i64>, i64) -> (i64, !luma.array<i64>, !luma.fixed<2, i64>)
  %m, %d, %h = luma.call @grow(%b, %f, %c0) : (!luma.array<i64>, !luma.fixed<2, i64>, i64) -> (i64, !luma.array<i64>, !luma.fixed<2, i64>)
  %s = luma.call @sum(%b) : (!luma.array<i64>) -> i64
  %x = luma.get %g[%c0] : !luma.fixed<2, i64> -> i64
  %y = luma.get %f[%c0] : !luma.fixed<2, i64> -> i64
  %p = arith.addi %s, %x : i64
  %q = arith.addi %p, %y : i64
  %r = arith.addi %q, %m : i64
  luma.return %r : i64
}
""",
        31,
    ),
    "results of indirect types": (
        """
luma.func private @pick(%c: i1, %f: !luma.fixed<2, !luma.array<i64>>) -> !luma.fixed<2, !luma.array<i64>> {
  luma.if %c {
    luma.return %f : !luma.fixed<2, !luma.array<i64>>
  }
  %c2 = arith.constant 2 : i64
  %a = luma.call @range(%c2) : (i64) -> !luma.array<i64>
  %g = luma.array.make %a, %a : (!luma.array<i64>, !luma.array<i64>) -> !luma.fixed<2, !luma.array<i64>>
  luma.return %g : !luma.fixed<2, !luma.array<i64>>
}
luma.func private @test() -> i64 {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c3 = arith.constant 3 : i64
  %yes = arith.constant true
  %no = arith.constant false
  %a = luma.call @range(%c3) : (i64) -> !luma.array<i64>
  %c2 = arith.constant 2 : i64
  %f = luma.array.fill %a, %c2 : (!luma.array<i64>, i64) -> !luma.fixed<2, !luma.array<i64>>
  %p = luma.call @pick(%yes, %f) : (i1, !luma.fixed<2, !luma.array<i64>>) -> !luma.fixed<2, !luma.array<i64>>
  %q = luma.call @pick(%no, %f) : (i1, !luma.fixed<2, !luma.array<i64>>) -> !luma.fixed<2, !luma.array<i64>>
  %x = luma.get %p[%c1] : !luma.fixed<2, !luma.array<i64>> -> !luma.array<i64>
  %y = luma.get %q[%c0] : !luma.fixed<2, !luma.array<i64>> -> !luma.array<i64>
  %s = luma.call @sum(%x) : (!luma.array<i64>) -> i64
  %t = luma.call @sum(%y) : (!luma.array<i64>) -> i64
  %r = arith.addi %s, %t : i64
  luma.return %r : i64
}
""",
        4,
    ),
}


def all_programs() -> dict[str, tuple[str, int]]:
    """Every program as functions with `@test() -> i64` among them, and its result."""
    found = {
        name: (f"{SUM}luma.func private @test() -> i64 {{{CONSTANTS}{body}}}\n", result)
        for name, (body, result) in PROGRAMS.items()
    }
    found |= {
        name: (
            f"{SUM}{mem_cell_programs.functions_for(body)}luma.func private @test() -> i64 {{{CONSTANTS}{body}}}\n",
            result,
        )
        for name, (body, result) in mem_cell_programs.BODIES.items()
    }
    return found | {name: (SUM + text, result) for name, (text, result) in FUNCTIONS.items()}
