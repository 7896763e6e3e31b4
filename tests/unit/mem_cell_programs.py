"""Functions of the `luma` dialect with function values, boxed enums and `any` values: name -> (text, result)."""

# ruff: noqa: E501  (MLIR with long types reads worse when it is broken)

from __future__ import annotations

import re

TYPES = """
luma.enum @List {variants = ["Nil", "Cons"], payloads = [[], [i64, !luma.enum<@List>]]}
luma.enum @Expr {variants = ["Number", "Zero", "Add", "All", "One"], payloads = [[i64], [], [!luma.enum<@Expr>, !luma.enum<@Expr>], [!luma.array<!luma.enum<@Expr>>], []]}
luma.enum @Wide {variants = ["End", "More"], payloads = [[], [!luma.fixed<2, !luma.array<i64>>, !luma.struct<@Link>]]}
luma.struct @Link {field_names = ["value", "next"], field_types = [i64, !luma.enum<@Wide>]}
luma.enum @Lazy {variants = ["Done", "Then"], payloads = [[i64], [!luma.closure<() -> !luma.enum<@Lazy>>]]}
luma.trait @Shape {methods = ["area", "scale", "rest"]}
"""

FUNCTIONS = """
luma.func private @inc(%x: i64) -> i64 {
  %c1 = arith.constant 1 : i64
  %r = arith.addi %x, %c1 : i64
  luma.return %r : i64
}
luma.func private @plus(%n: i64, %x: i64) -> i64 {
  %r = arith.addi %n, %x : i64
  luma.return %r : i64
}
luma.func private @after(%f: !luma.closure<(i64) -> i64>, %x: i64) -> i64 {
  %y = luma.call_closure %f(%x) : !luma.closure<(i64) -> i64>, (i64) -> i64
  %z = luma.call @inc(%y) : (i64) -> i64
  luma.return %z : i64
}
luma.func private @joined(%a: !luma.array<i64>, %b: !luma.array<i64>) -> !luma.array<i64> {
  %r = luma.array.append %a, %b : (!luma.array<i64>, !luma.array<i64>) -> !luma.array<i64>
  luma.return %r : !luma.array<i64>
}
luma.func private @pushed(%n: i64, %a: !luma.array<i64>) -> !luma.array<i64> attributes {inout = array<i64: 1>} {
  %r = luma.array.push %a, %n : (!luma.array<i64>, i64) -> !luma.array<i64>
  luma.return %r : !luma.array<i64>
}
luma.func private @corner(%f: !luma.fixed<2, i64>, %g: !luma.fixed<2, i64>) -> !luma.fixed<2, i64> {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %x = luma.get %g[%c0] : !luma.fixed<2, i64> -> i64
  %r = luma.set %f[%c1] = %x : !luma.fixed<2, i64>, i64
  luma.return %r : !luma.fixed<2, i64>
}
luma.func private @total(%l: !luma.enum<@List>) -> i64 {
  %nil = luma.enum.is %l, 0 : !luma.enum<@List>
  %r = scf.if %nil -> (i64) {
    %c0 = arith.constant 0 : i64
    scf.yield %c0 : i64
  } else {
    %x = luma.enum.get %l, 1, 0 : !luma.enum<@List> -> i64
    %tail = luma.enum.get %l, 1, 1 : !luma.enum<@List> -> !luma.enum<@List>
    %rest = luma.call @total(%tail) : (!luma.enum<@List>) -> i64
    %s = arith.addi %x, %rest : i64
    scf.yield %s : i64
  }
  luma.return %r : i64
}
luma.func private @reversed(%l: !luma.enum<@List>, %k: i64) -> !luma.enum<@List> {
  %nil = luma.enum.make 0 () : () -> !luma.enum<@List>
  %r = luma.loop (%out = %nil : !luma.enum<@List>, %at = %l : !luma.enum<@List>) -> (!luma.enum<@List>) {
    %end = luma.enum.is %at, 0 : !luma.enum<@List>
    luma.if %end {
      luma.break %out : !luma.enum<@List>
    }
    %x = luma.enum.get %at, 1, 0 : !luma.enum<@List> -> i64
    %tail = luma.enum.get %at, 1, 1 : !luma.enum<@List> -> !luma.enum<@List>
    %y = arith.muli %x, %k : i64
    %more = luma.enum.make 1 (%y, %out) : (i64, !luma.enum<@List>) -> !luma.enum<@List>
    luma.continue %more, %tail : !luma.enum<@List>, !luma.enum<@List>
  }
  luma.return %r : !luma.enum<@List>
}
luma.func private @counted(%n: i64) -> !luma.enum<@List> {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %nil = luma.enum.make 0 () : () -> !luma.enum<@List>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%s = %nil) -> (!luma.enum<@List>) : i64 {
    %t = luma.enum.make 1 (%i, %s) : (i64, !luma.enum<@List>) -> !luma.enum<@List>
    scf.yield %t : !luma.enum<@List>
  }
  luma.return %r : !luma.enum<@List>
}
luma.func private @value(%e: !luma.enum<@Expr>) -> i64 {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %number = luma.enum.is %e, 0 : !luma.enum<@Expr>
  luma.if %number {
    %x = luma.enum.get %e, 0, 0 : !luma.enum<@Expr> -> i64
    luma.return %x : i64
  }
  %one = luma.enum.is %e, 4 : !luma.enum<@Expr>
  luma.if %one {
    luma.return %c1 : i64
  }
  %zero = luma.enum.is %e, 1 : !luma.enum<@Expr>
  luma.if %zero {
    luma.return %c0 : i64
  }
  %tag = luma.enum.tag %e : !luma.enum<@Expr>
  %c2 = arith.constant 2 : i32
  %sum = arith.cmpi eq, %tag, %c2 : i32
  luma.if %sum {
    %l = luma.enum.get %e, 2, 0 : !luma.enum<@Expr> -> !luma.enum<@Expr>
    %r = luma.enum.get %e, 2, 1 : !luma.enum<@Expr> -> !luma.enum<@Expr>
    %a = luma.call @value(%l) : (!luma.enum<@Expr>) -> i64
    %b = luma.call @value(%r) : (!luma.enum<@Expr>) -> i64
    %s = arith.addi %a, %b : i64
    luma.return %s : i64
  }
  %all = luma.enum.get %e, 3, 0 : !luma.enum<@Expr> -> !luma.array<!luma.enum<@Expr>>
  %n = luma.array.len %all : !luma.array<!luma.enum<@Expr>>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%s = %c0) -> (i64) : i64 {
    %x = luma.get %all[%i] : !luma.array<!luma.enum<@Expr>> -> !luma.enum<@Expr>
    %v = luma.call @value(%x) : (!luma.enum<@Expr>) -> i64
    %t = arith.addi %s, %v : i64
    scf.yield %t : i64
  }
  luma.return %r : i64
}
luma.func private @rotated(%e: !luma.enum<@Expr>) -> !luma.enum<@Expr> {
  %sum = luma.enum.is %e, 2 : !luma.enum<@Expr>
  luma.if %sum {
    %l = luma.enum.get %e, 2, 0 : !luma.enum<@Expr> -> !luma.enum<@Expr>
    %r = luma.enum.get %e, 2, 1 : !luma.enum<@Expr> -> !luma.enum<@Expr>
    %inner = luma.enum.is %l, 2 : !luma.enum<@Expr>
    luma.if %inner {
      %ll = luma.enum.get %l, 2, 0 : !luma.enum<@Expr> -> !luma.enum<@Expr>
      %lr = luma.enum.get %l, 2, 1 : !luma.enum<@Expr> -> !luma.enum<@Expr>
      %new = luma.enum.make 2 (%lr, %r) : (!luma.enum<@Expr>, !luma.enum<@Expr>) -> !luma.enum<@Expr>
      %top = luma.enum.make 2 (%ll, %new) : (!luma.enum<@Expr>, !luma.enum<@Expr>) -> !luma.enum<@Expr>
      luma.return %top : !luma.enum<@Expr>
    }
    %again = luma.enum.make 2 (%r, %l) : (!luma.enum<@Expr>, !luma.enum<@Expr>) -> !luma.enum<@Expr>
    luma.return %again : !luma.enum<@Expr>
  }
  luma.return %e : !luma.enum<@Expr>
}
luma.func private @force(%f: !luma.closure<() -> !luma.enum<@Lazy>>) -> !luma.enum<@Lazy> {
  %r = luma.call_closure %f() : !luma.closure<() -> !luma.enum<@Lazy>>, () -> !luma.enum<@Lazy>
  luma.return %r : !luma.enum<@Lazy>
}
luma.func private @given(%l: !luma.enum<@Lazy>) -> !luma.enum<@Lazy> {
  luma.return %l : !luma.enum<@Lazy>
}
luma.func private @area(%p: !luma.array<i64>) -> i64 {
  %n = luma.array.len %p : !luma.array<i64>
  luma.return %n : i64
}
luma.func private @scale(%p: !luma.array<i64>, %k: i64, %more: !luma.array<i64>) -> (i64, !luma.array<i64>, !luma.array<i64>) attributes {inout = array<i64: 0, 2>} {
  %a = luma.array.push %p, %k : (!luma.array<i64>, i64) -> !luma.array<i64>
  %b = luma.array.push %more, %k : (!luma.array<i64>, i64) -> !luma.array<i64>
  %n = luma.array.len %a : !luma.array<i64>
  luma.return %n, %a, %b : i64, !luma.array<i64>, !luma.array<i64>
}
luma.func private @rest(%p: !luma.array<i64>, %f: !luma.fixed<2, i64>) -> !luma.fixed<2, i64> {
  %c1 = arith.constant 1 : i64
  %n = luma.array.len %p : !luma.array<i64>
  %r = luma.set %f[%c1] = %n : !luma.fixed<2, i64>, i64
  luma.return %r : !luma.fixed<2, i64>
}
luma.func private @area_of_fixed(%p: !luma.fixed<2, i64>) -> i64 {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %x = luma.get %p[%c0] : !luma.fixed<2, i64> -> i64
  %y = luma.get %p[%c1] : !luma.fixed<2, i64> -> i64
  %r = arith.muli %x, %y : i64
  luma.return %r : i64
}
luma.func private @scale_fixed(%p: !luma.fixed<2, i64>, %k: i64, %more: !luma.array<i64>) -> (i64, !luma.fixed<2, i64>, !luma.array<i64>) attributes {inout = array<i64: 0, 2>} {
  %c0 = arith.constant 0 : i64
  %x = luma.get %p[%c0] : !luma.fixed<2, i64> -> i64
  %y = arith.muli %x, %k : i64
  %q = luma.set %p[%c0] = %y : !luma.fixed<2, i64>, i64
  luma.return %y, %q, %more : i64, !luma.fixed<2, i64>, !luma.array<i64>
}
luma.func private @rest_of_fixed(%p: !luma.fixed<2, i64>, %f: !luma.fixed<2, i64>) -> !luma.fixed<2, i64> {
  luma.return %p : !luma.fixed<2, i64>
}
"""

BODIES: dict[str, tuple[str, int]] = {
    "function values with and without captures": (
        """
  %f = luma.closure @plus(%c10) : (i64) -> !luma.closure<(i64) -> i64>
  %g = luma.closure @inc() : () -> !luma.closure<(i64) -> i64>
  %h = luma.closure @after(%f) : (!luma.closure<(i64) -> i64>) -> !luma.closure<(i64) -> i64>
  %x = luma.call_closure %f(%c1) : !luma.closure<(i64) -> i64>, (i64) -> i64
  %y = luma.call_closure %g(%x) : !luma.closure<(i64) -> i64>, (i64) -> i64
  %z = luma.call_closure %h(%y) : !luma.closure<(i64) -> i64>, (i64) -> i64
  luma.return %z : i64
""",
        23,
    ),
    "captured arrays are lent, or shared with what consumes them": (
        """
  %a = luma.call @range(%c3) : (i64) -> !luma.array<i64>
  %f = luma.closure @joined(%a) : (!luma.array<i64>) -> !luma.closure<(!luma.array<i64>) -> !luma.array<i64>>
  %b = luma.call_closure %f(%a) : !luma.closure<(!luma.array<i64>) -> !luma.array<i64>>, (!luma.array<i64>) -> !luma.array<i64>
  %d = luma.call_closure %f(%b) : !luma.closure<(!luma.array<i64>) -> !luma.array<i64>>, (!luma.array<i64>) -> !luma.array<i64>
  %s = luma.call @sum(%b) : (!luma.array<i64>) -> i64
  %t = luma.call @sum(%d) : (!luma.array<i64>) -> i64
  %n = luma.array.len %a : !luma.array<i64>
  %u = arith.muli %s, %c10 : i64
  %v = arith.addi %u, %t : i64
  %w = arith.addi %v, %n : i64
  luma.return %w : i64
""",
        72,
    ),
    "a function value changes an argument": (
        """
  %a = luma.call @range(%c3) : (i64) -> !luma.array<i64>
  %f = luma.closure @pushed(%c10) : (i64) -> !luma.closure<(!luma.array<i64>) -> !luma.array<i64>>
  %b = luma.call_closure %f(%a) {inout = array<i64: 0>} : !luma.closure<(!luma.array<i64>) -> !luma.array<i64>>, (!luma.array<i64>) -> !luma.array<i64>
  %d = luma.call_closure %f(%b) {inout = array<i64: 0>} : !luma.closure<(!luma.array<i64>) -> !luma.array<i64>>, (!luma.array<i64>) -> !luma.array<i64>
  %s = luma.call @sum(%d) : (!luma.array<i64>) -> i64
  %n = luma.array.len %a : !luma.array<i64>
  %t = arith.addi %s, %n : i64
  luma.return %t : i64
""",
        26,
    ),
    "captures, arguments and results of indirect types": (
        """
  %a = luma.array.fill %c3, %c2 : (i64, i64) -> !luma.fixed<2, i64>
  %b = luma.array.fill %c10, %c2 : (i64, i64) -> !luma.fixed<2, i64>
  %f = luma.closure @corner(%a) : (!luma.fixed<2, i64>) -> !luma.closure<(!luma.fixed<2, i64>) -> !luma.fixed<2, i64>>
  %r = luma.call_closure %f(%b) : !luma.closure<(!luma.fixed<2, i64>) -> !luma.fixed<2, i64>>, (!luma.fixed<2, i64>) -> !luma.fixed<2, i64>
  %s = luma.call_closure %f(%a) : !luma.closure<(!luma.fixed<2, i64>) -> !luma.fixed<2, i64>>, (!luma.fixed<2, i64>) -> !luma.fixed<2, i64>
  %x = luma.get %r[%c1] : !luma.fixed<2, i64> -> i64
  %y = luma.get %s[%c1] : !luma.fixed<2, i64> -> i64
  %z = arith.addi %x, %y : i64
  luma.return %z : i64
""",
        13,
    ),
    "a long chain of function values is freed without recursion": (
        """
  %many = arith.constant 300000 : i64
  %g = luma.closure @inc() : () -> !luma.closure<(i64) -> i64>
  %r = scf.for %i = %c0 to %many step %c1 iter_args(%s = %g) -> (!luma.closure<(i64) -> i64>) : i64 {
    %t = luma.closure @after(%s) : (!luma.closure<(i64) -> i64>) -> !luma.closure<(i64) -> i64>
    scf.yield %t : !luma.closure<(i64) -> i64>
  }
  luma.return %c3 : i64
""",
        3,
    ),
    "lists shared and moved": (
        """
  %l = luma.call @counted(%c10) : (i64) -> !luma.enum<@List>
  %m = luma.call @reversed(%l, %c2) : (!luma.enum<@List>, i64) -> !luma.enum<@List>
  %n = luma.call @reversed(%m, %c3) : (!luma.enum<@List>, i64) -> !luma.enum<@List>
  %o = luma.enum.make 1 (%c1, %l) : (i64, !luma.enum<@List>) -> !luma.enum<@List>
  %x = luma.call @total(%l) : (!luma.enum<@List>) -> i64
  %y = luma.call @total(%n) : (!luma.enum<@List>) -> i64
  %z = luma.call @total(%o) : (!luma.enum<@List>) -> i64
  %s = arith.addi %x, %y : i64
  %t = arith.addi %s, %z : i64
  luma.return %t : i64
""",
        361,
    ),
    "a long list is freed without recursion": (
        """
  %many = arith.constant 1000000 : i64
  %l = luma.call @counted(%many) : (i64) -> !luma.enum<@List>
  %m = luma.call @reversed(%l, %c2) : (!luma.enum<@List>, i64) -> !luma.enum<@List>
  %x = luma.enum.get %m, 1, 0 : !luma.enum<@List> -> i64
  luma.return %x : i64
""",
        0,
    ),
    "variants with and without fields, and arrays of them": (
        """
  %n = luma.enum.make 0 (%c10) : (i64) -> !luma.enum<@Expr>
  %z = luma.enum.make 1 () : () -> !luma.enum<@Expr>
  %o = luma.enum.make 4 () : () -> !luma.enum<@Expr>
  %a = luma.enum.make 2 (%n, %o) : (!luma.enum<@Expr>, !luma.enum<@Expr>) -> !luma.enum<@Expr>
  %b = luma.enum.make 2 (%a, %a) : (!luma.enum<@Expr>, !luma.enum<@Expr>) -> !luma.enum<@Expr>
  %k = luma.array.make %a, %z, %b, %o : (!luma.enum<@Expr>, !luma.enum<@Expr>, !luma.enum<@Expr>, !luma.enum<@Expr>) -> !luma.array<!luma.enum<@Expr>>
  %k2 = luma.set %k[%c1] = %b : !luma.array<!luma.enum<@Expr>>, !luma.enum<@Expr>
  %e = luma.enum.make 3 (%k2) : (!luma.array<!luma.enum<@Expr>>) -> !luma.enum<@Expr>
  %f = luma.call @rotated(%b) : (!luma.enum<@Expr>) -> !luma.enum<@Expr>
  %g = luma.call @rotated(%f) : (!luma.enum<@Expr>) -> !luma.enum<@Expr>
  %x = luma.call @value(%e) : (!luma.enum<@Expr>) -> i64
  %y = luma.call @value(%g) : (!luma.enum<@Expr>) -> i64
  %p = arith.addi %x, %y : i64
  luma.return %p : i64
""",
        78,
    ),
    "a deep tree that leans to the left is freed without recursion": (
        """
  %many = arith.constant 500000 : i64
  %o = luma.enum.make 4 () : () -> !luma.enum<@Expr>
  %t = scf.for %i = %c0 to %many step %c1 iter_args(%s = %o) -> (!luma.enum<@Expr>) : i64 {
    %n = luma.enum.make 0 (%i) : (i64) -> !luma.enum<@Expr>
    %a = luma.enum.make 2 (%s, %n) : (!luma.enum<@Expr>, !luma.enum<@Expr>) -> !luma.enum<@Expr>
    %k = luma.array.make %a, %n : (!luma.enum<@Expr>, !luma.enum<@Expr>) -> !luma.array<!luma.enum<@Expr>>
    %e = luma.enum.make 3 (%k) : (!luma.array<!luma.enum<@Expr>>) -> !luma.enum<@Expr>
    scf.yield %e : !luma.enum<@Expr>
  }
  luma.return %c2 : i64
""",
        2,
    ),
    "fixed arrays in cells, and recursion through a struct": (
        """
  %x = luma.call @range(%c3) : (i64) -> !luma.array<i64>
  %f = luma.array.make %x, %x : (!luma.array<i64>, !luma.array<i64>) -> !luma.fixed<2, !luma.array<i64>>
  %end = luma.enum.make 0 () : () -> !luma.enum<@Wide>
  %w = scf.for %i = %c0 to %c10 step %c1 iter_args(%s = %end) -> (!luma.enum<@Wide>) : i64 {
    %link = luma.struct.make %i, %s : (i64, !luma.enum<@Wide>) -> !luma.struct<@Link>
    %t = luma.enum.make 1 (%f, %link) : (!luma.fixed<2, !luma.array<i64>>, !luma.struct<@Link>) -> !luma.enum<@Wide>
    scf.yield %t : !luma.enum<@Wide>
  }
  %r = luma.loop (%at = %w : !luma.enum<@Wide>, %sum = %c0 : i64) -> (i64) {
    %more = luma.enum.is %at, 1 : !luma.enum<@Wide>
    luma.if %more {
      %g = luma.enum.get %at, 1, 0 : !luma.enum<@Wide> -> !luma.fixed<2, !luma.array<i64>>
      %link = luma.enum.get %at, 1, 1 : !luma.enum<@Wide> -> !luma.struct<@Link>
      %v = luma.get %link[0] : !luma.struct<@Link> -> i64
      %next = luma.get %link[1] : !luma.struct<@Link> -> !luma.enum<@Wide>
      %h = luma.set %g[%c1, %c0] = %v : !luma.fixed<2, !luma.array<i64>>, i64
      %y = luma.get %h[%c1] : !luma.fixed<2, !luma.array<i64>> -> !luma.array<i64>
      %z = luma.call @sum(%y) : (!luma.array<i64>) -> i64
      %sum2 = arith.addi %sum, %z : i64
      luma.continue %next, %sum2 : !luma.enum<@Wide>, i64
    }
    luma.break %sum : i64
  }
  luma.return %r : i64
""",
        75,
    ),
    "enums that hold function values that hold enums": (
        """
  %many = arith.constant 200000 : i64
  %done = luma.enum.make 0 (%c10) : (i64) -> !luma.enum<@Lazy>
  %l = scf.for %i = %c0 to %many step %c1 iter_args(%s = %done) -> (!luma.enum<@Lazy>) : i64 {
    %f = luma.closure @given(%s) : (!luma.enum<@Lazy>) -> !luma.closure<() -> !luma.enum<@Lazy>>
    %t = luma.enum.make 1 (%f) : (!luma.closure<() -> !luma.enum<@Lazy>>) -> !luma.enum<@Lazy>
    scf.yield %t : !luma.enum<@Lazy>
  }
  %r = luma.loop (%at = %l : !luma.enum<@Lazy>, %n = %c0 : i64) -> (i64) {
    %end = luma.enum.is %at, 0 : !luma.enum<@Lazy>
    luma.if %end {
      luma.break %n : i64
    }
    %g = luma.enum.get %at, 1, 0 : !luma.enum<@Lazy> -> !luma.closure<() -> !luma.enum<@Lazy>>
    %next = luma.call @force(%g) : (!luma.closure<() -> !luma.enum<@Lazy>>) -> !luma.enum<@Lazy>
    %m = arith.addi %n, %c1 : i64
    luma.continue %next, %m : !luma.enum<@Lazy>, i64
  }
  luma.return %r : i64
""",
        200000,
    ),
    "any values and their copies": (
        """
  %x = luma.call @range(%c3) : (i64) -> !luma.array<i64>
  %p = luma.any.make %x for !luma.array<i64> {methods = {area = @area, scale = @scale, rest = @rest}} : (!luma.array<i64>) -> !luma.any<@Shape>
  %f = luma.array.fill %c3, %c2 : (i64, i64) -> !luma.fixed<2, i64>
  %q = luma.any.make %f for !luma.fixed<2, i64> {methods = {area = @area_of_fixed, scale = @scale_fixed, rest = @rest_of_fixed}} : (!luma.fixed<2, i64>) -> !luma.any<@Shape>
  %all = luma.array.make %p, %q, %p : (!luma.any<@Shape>, !luma.any<@Shape>, !luma.any<@Shape>) -> !luma.array<!luma.any<@Shape>>
  %r = scf.for %i = %c0 to %c3 step %c1 iter_args(%s = %c0) -> (i64) : i64 {
    %a = luma.get %all[%i] : !luma.array<!luma.any<@Shape>> -> !luma.any<@Shape>
    %n, %b, %y = luma.any.call "scale"(%a, %c2, %x) {inout = array<i64: 0, 2>} : (!luma.any<@Shape>, i64, !luma.array<i64>) -> (i64, !luma.any<@Shape>, !luma.array<i64>)
    %m, %d, %z = luma.any.call "scale"(%b, %c3, %y) {inout = array<i64: 0, 2>} : (!luma.any<@Shape>, i64, !luma.array<i64>) -> (i64, !luma.any<@Shape>, !luma.array<i64>)
    %v = luma.any.call "area"(%d) : (!luma.any<@Shape>) -> i64
    %w = luma.any.call "area"(%a) : (!luma.any<@Shape>) -> i64
    %g = luma.any.call "rest"(%d, %f) : (!luma.any<@Shape>, !luma.fixed<2, i64>) -> !luma.fixed<2, i64>
    %g1 = luma.get %g[%c1] : !luma.fixed<2, i64> -> i64
    %zn = luma.array.len %z : !luma.array<i64>
    %t1 = arith.addi %n, %m : i64
    %t2 = arith.addi %v, %w : i64
    %t3 = arith.addi %g1, %zn : i64
    %t4 = arith.addi %t1, %t2 : i64
    %t5 = arith.addi %t4, %t3 : i64
    %t6 = arith.addi %s, %t5 : i64
    scf.yield %t6 : i64
  }
  luma.return %r : i64
""",
        147,
    ),
}
"""Bodies of `@test`."""


def functions_for(body: str) -> str:
    """The functions that a body needs, directly or through others."""
    texts = {
        name: text for text in re.split(r"\n(?=luma\.func)", FUNCTIONS) for name in re.findall(r"@(\w+)", text)[:1]
    }
    needed: dict[str, None] = {}
    pending = [body]
    while pending:
        for name in re.findall(r"@(\w+)", pending.pop()):
            if name in texts and name not in needed:
                needed[name] = None
                pending.append(texts[name])
    return "\n".join(texts[name] for name in needed) + "\n"
