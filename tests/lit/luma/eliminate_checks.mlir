// RUN: luma-opt %s -p luma-eliminate-checks | filecheck %s

// An induction variable lies within its bounds; so do neighbours and the mirrored index. The sum of two does not.
// CHECK-LABEL: @counted
// CHECK:       scf.for %[[I:[a-z]+]] =
// CHECK-NEXT:  luma.get %a[%[[I]]]
// CHECK-NEXT:  %[[NEXT:.*]] = arith.addi %[[I]], %one overflow<nsw>
// CHECK-NEXT:  luma.get %a[%[[NEXT]]]
// CHECK-NEXT:  %[[BACK:.*]] = arith.subi %{{.*}}, %[[I]] overflow<nsw>
// CHECK-NEXT:  luma.get %a[%[[BACK]]]
// CHECK-NEXT:  %[[SUM:.*]] = arith.addi %[[I]], %[[NEXT]] overflow<nsw>
// CHECK-NEXT:  luma.check.bounds %[[SUM]]
luma.func private @counted(%a: !luma.array<i64>) {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %n = luma.array.len %a : !luma.array<i64>
  %m = luma.check.overflow "sub" %n, %one : i64
  scf.for %i = %zero to %m step %one : i64 {
    %j = luma.check.bounds %i in %n
    %v = luma.get %a[%j] : !luma.array<i64> -> i64
    %i1 = luma.check.overflow "add" %i, %one : i64
    %j1 = luma.check.bounds %i1 in %n
    %w = luma.get %a[%j1] : !luma.array<i64> -> i64
    %b = luma.check.overflow "sub" %m, %i : i64
    %j2 = luma.check.bounds %b in %n
    %x = luma.get %a[%j2] : !luma.array<i64> -> i64
    %s = luma.check.overflow "add" %i, %i1 : i64
    %j3 = luma.check.bounds %s in %n
    %y = luma.get %a[%j3] : !luma.array<i64> -> i64
    luma.call @use(%v, %w, %x, %y) : (i64, i64, i64, i64) -> ()
  }
  luma.return
}
luma.func private @use(%v: i64, %w: i64, %x: i64, %y: i64)

// Binary search: both ends stay within the array, by induction over the two together.
// CHECK-LABEL: @search
// CHECK-NOT:   luma.check
// CHECK:       luma.return
luma.func private @search(%a: !luma.array<i64>, %x: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %two = arith.constant 2 : i64
  %n = luma.array.len %a : !luma.array<i64>
  %l, %h = scf.while (%lo = %zero, %hi = %n) : (i64, i64) -> (i64, i64) {
    %c = arith.cmpi slt, %lo, %hi : i64
    scf.condition(%c) %lo, %hi : i64, i64
  } do {
  ^bb0(%lo: i64, %hi: i64):
    %d = arith.subi %hi, %lo : i64
    %half = arith.divsi %d, %two : i64
    %mid = arith.addi %lo, %half : i64
    %m = luma.check.bounds %mid in %n
    %v = luma.get %a[%m] : !luma.array<i64> -> i64
    %less = arith.cmpi slt, %v, %x : i64
    %nl, %nh = scf.if %less -> (i64, i64) {
      %m1 = luma.check.overflow "add" %mid, %one : i64
      scf.yield %m1, %hi : i64, i64
    } else {
      scf.yield %lo, %mid : i64, i64
    }
    scf.yield %nl, %nh : i64, i64
  }
  luma.return %l : i64
}

// The test of the inner loop of insertion sort is two conditions, of which the second reads the array.
// CHECK-LABEL: @insertion
// CHECK-NOT:   luma.check
// CHECK:       luma.return
luma.func private @insertion(%a: !luma.array<i64>) -> !luma.array<i64> {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %minus = arith.constant -1 : i64
  %false = arith.constant false
  %n = luma.array.len %a : !luma.array<i64>
  %r = scf.for %i = %one to %n step %one iter_args(%b = %a) -> (!luma.array<i64>) : i64 {
    %ix = luma.check.bounds %i in %n
    %x = luma.get %b[%ix] : !luma.array<i64> -> i64
    %jr, %br = scf.while (%j = %i, %b1 = %b) : (i64, !luma.array<i64>) -> (i64, !luma.array<i64>) {
      %pos = arith.cmpi sgt, %j, %zero : i64
      %go = scf.if %pos -> (i1) {
        %jm = luma.check.overflow "sub" %j, %one : i64
        %jc = luma.check.bounds %jm in %n
        %p = luma.get %b1[%jc] : !luma.array<i64> -> i64
        %gt = arith.cmpi sgt, %p, %x : i64
        scf.yield %gt : i1
      } else {
        scf.yield %false : i1
      }
      scf.condition(%go) %j, %b1 : i64, !luma.array<i64>
    } do {
    ^bb0(%j: i64, %b1: !luma.array<i64>):
      %jm = arith.addi %j, %minus : i64
      %jc = luma.check.bounds %jm in %n
      %p = luma.get %b1[%jc] : !luma.array<i64> -> i64
      %jd = luma.check.bounds %j in %n
      %b2 = luma.set %b1[%jd] = %p : !luma.array<i64>, i64
      scf.yield %jm, %b2 : i64, !luma.array<i64>
    }
    %je = luma.check.bounds %jr in %n
    %b3 = luma.set %br[%je] = %x : !luma.array<i64>, i64
    scf.yield %b3 : !luma.array<i64>
  }
  luma.return %r : !luma.array<i64>
}

// A while that counts becomes a for: the length of the array bounds %n, so that nothing wraps.
// CHECK-LABEL: @sieve
// CHECK:       %[[END:.*]] = arith.addi %n, %{{.*}} overflow<nsw>
// CHECK:       scf.for %[[I:[a-z]+]] = %{{.*}} to %[[END]] step %two
// CHECK-NOT:   luma.check.bounds
// CHECK:       luma.set %{{.*}}[%[[I]]]
luma.func private @sieve(%n: i64) -> !luma.array<i64> {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %two = arith.constant 2 : i64
  %m = arith.addi %n, %one : i64
  %a = luma.array.fill %zero, %m : (i64, i64) -> !luma.array<i64>
  %i, %r = scf.while (%i = %two, %x = %a) : (i64, !luma.array<i64>) -> (i64, !luma.array<i64>) {
    %c = arith.cmpi sle, %i, %n : i64
    scf.condition(%c) %i, %x : i64, !luma.array<i64>
  } do {
  ^bb0(%i: i64, %x: !luma.array<i64>):
    %j = luma.check.bounds %i in %m
    %y = luma.set %x[%j] = %one : !luma.array<i64>, i64
    %i2 = arith.addi %i, %two : i64
    scf.yield %i2, %y : i64, !luma.array<i64>
  }
  luma.return %r : !luma.array<i64>
}

// Conditions hold in their branches, and behind an if whose branch leaves; a remainder and a mask are bounded.
// CHECK-LABEL: @conditions
// CHECK:       luma.if
// CHECK-NOT:   luma.check
// CHECK:       luma.return
luma.func private @conditions(%a: !luma.array<i64>, %i: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %n = luma.array.len %a : !luma.array<i64>
  %low = arith.cmpi slt, %i, %zero : i64
  luma.if %low {
    luma.return %zero : i64
  }
  %some = arith.cmpi sgt, %n, %zero : i64
  %r = scf.if %some -> (i64) {
    %d = luma.check.div %i, %n : i64
    %m = arith.remsi %i, %d : i64
    %j = luma.check.bounds %m in %n
    %v = luma.get %a[%j] : !luma.array<i64> -> i64
    luma.assert %some, "not empty"
    scf.yield %v : i64
  } else {
    scf.yield %zero : i64
  }
  luma.return %r : i64
}

// Left alone: a sum that may wrap proves nothing, nor does a check of another length; an index may be zero.
// CHECK-LABEL: @kept
// CHECK:       luma.check.bounds
// CHECK:       luma.check.bounds
// CHECK:       luma.check.overflow
// CHECK:       luma.check.div
luma.func private @kept(%i: i64, %n: i64, %m: i64) -> (i64, i64, i64, i64) {
  %one = arith.constant 1 : i64
  %j = luma.check.bounds %i in %n
  %k = luma.check.bounds %i in %m
  %s = arith.addi %n, %one : i64
  %t = luma.check.overflow "mul" %s, %n : i64
  %d = luma.check.div %s, %i : i64
  luma.return %j, %k, %t, %d : i64, i64, i64, i64
}
