// RUN: luma-opt %s -p luma-dce | filecheck %s

// Values that only feed each other around a loop go, with their slots and results.
// CHECK-LABEL: @dead_slot
// CHECK-NOT:   arith.muli
// CHECK:       %[[R:.*]] = scf.for %{{.*}} = %{{.*}} to %{{.*}} step %{{.*}} iter_args(%{{.*}} = %{{.*}}) -> (i64)
// CHECK:       luma.return %[[R]]
luma.func private @dead_slot(%n: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %unused = arith.addi %n, %n : i64
  %sum, %product = scf.for %i = %zero to %n step %one iter_args(%s = %zero, %p = %one) -> (i64, i64) : i64 {
    %s1 = arith.addi %s, %i : i64
    %p1 = arith.muli %p, %s : i64
    scf.yield %s1, %p1 : i64, i64
  }
  luma.return %sum : i64
}

// The result of an if goes, and what computed it in the branches.
// CHECK-LABEL: @dead_result
// CHECK:       %{{.*}} = scf.if %{{.*}} -> (i64) {
// CHECK-NEXT:  scf.yield %{{.*}} : i64
// CHECK-NOT:   arith.divsi
luma.func private @dead_result(%c: i1, %a: i64, %b: i64) -> i64 {
  %x, %y = scf.if %c -> (i64, i64) {
    %d = arith.divsi %a, %b : i64
    scf.yield %a, %d : i64, i64
  } else {
    scf.yield %b, %a : i64, i64
  }
  luma.return %x : i64
}

// A loop that leaves nothing behind goes even with breaks; a check inside keeps it.
// CHECK-LABEL: @idle_loops
// CHECK-NEXT:  %[[ZERO:.*]] = arith.constant 0
// CHECK-NEXT:  %[[ONE:.*]] = arith.constant 1
// CHECK-NEXT:  scf.for
// CHECK-NEXT:  luma.check.bounds
// CHECK-NEXT:  }
// CHECK-NEXT:  luma.return
luma.func private @idle_loops(%n: i64, %m: i64, %c: i1) {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  luma.for %i = %zero to %n step %one : i64 {
    luma.if %c {
      luma.break
    }
    luma.continue
  }
  scf.for %i = %zero to %n step %one : i64 {
    %j = luma.check.bounds %i in %m
  }
  luma.return
}

// Left alone: panics, effects, loops that may never end, and the ifs that hold their exits.
// CHECK-LABEL: @kept
// CHECK:       luma.check.bounds
// CHECK:       luma.loop
// CHECK:       luma.if
// CHECK:       luma.break
// CHECK:       luma.call @effect
luma.func private @kept(%n: i64, %c: i1) {
  %j = luma.check.bounds %n in %n
  luma.loop {
    luma.if %c {
      luma.break
    }
    luma.continue
  }
  %r = luma.call @effect() : () -> i64
  luma.return
}
luma.func private @effect() -> i64
