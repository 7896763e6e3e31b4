// RUN: luma-opt %s -p 'luma-inline{rare=2}' | filecheck %s

// What runs once is not filled with bodies: the call in `main` stays, the same call in its loop is replaced.

// CHECK-LABEL: luma.func private @work
luma.func private @work(%x: i64) -> i64 {
  %a = arith.muli %x, %x : i64
  %b = arith.addi %a, %x : i64
  %c = arith.muli %b, %a : i64
  luma.return %c : i64
}

// CHECK-LABEL: luma.func public @main
// CHECK:         luma.call @work
// CHECK:         scf.for
// CHECK-NOT:     luma.call @work
// CHECK:         arith.muli
// CHECK:         luma.return
luma.func public @main(%n: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %first = luma.call @work(%n) : (i64) -> i64
  %sum = scf.for %i = %zero to %n step %one iter_args(%acc = %first) -> (i64) : i64 {
    %y = luma.call @work(%i) : (i64) -> i64
    %next = arith.addi %acc, %y : i64
    scf.yield %next : i64
  }
  luma.return %sum : i64
}
