// RUN: luma-opt %s -p luma-version-loops | filecheck %s
// RUN: luma-opt %s -p luma-version-loops,luma-version-loops | filecheck %s --check-prefix=TWICE

// Stride one: the row lies within the array when its start does and the rest is long enough.
// CHECK-LABEL: @row
// CHECK:       %[[LAST:.*]] = arith.addi
// CHECK:       %[[START:.*]] = arith.addi %row, %zero
// CHECK:       arith.cmpi sge, %[[START]]
// CHECK:       %[[REST:.*]] = arith.subi %len, %[[START]]
// CHECK:       arith.cmpi slt, %[[LAST]], %[[REST]]
// CHECK:       scf.if
// CHECK-NEXT:  scf.for %[[J:[a-z]+]] =
// CHECK-NEXT:  %[[K:.*]] = arith.addi %row, %[[J]]
// CHECK-NEXT:  luma.get %{{.*}}[%[[K]]]
// CHECK:       } else {
// CHECK-NEXT:  scf.for
// CHECK:       luma.check.bounds %{{.*}} in %len
// TWICE-LABEL: @row
// TWICE-COUNT-2: scf.for
// TWICE-NOT:   scf.for
// TWICE-LABEL: @strides
luma.func private @row(%a: !luma.array<f64>, %row: i64, %n: i64) -> f64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %start = arith.constant 0.0 : f64
  %len = luma.array.len %a : !luma.array<f64>
  %r = scf.for %j = %zero to %n step %one iter_args(%s = %start) -> (f64) : i64 {
    %k = arith.addi %row, %j : i64
    %c = luma.check.bounds %k in %len
    %x = luma.get %a[%c] : !luma.array<f64> -> f64
    %t = arith.addf %s, %x : f64
    scf.yield %t : f64
  }
  luma.return %r : f64
}

// A column: the stride is a value. A mirrored index: it is negative. Early exits need the `luma` form of the branch.
// CHECK-LABEL: @strides
// CHECK:       %[[LIMIT:.*]] = arith.constant 2147483648
// CHECK:       arith.cmpi ult, %width, %{{.*}}
// CHECK:       luma.if %{{.*}} {
// CHECK-NEXT:  luma.for
// CHECK-NOT:   luma.check.bounds
// CHECK:       } else {
// CHECK:       luma.check.bounds
// CHECK:       luma.check.bounds
luma.func private @strides(%a: !luma.array<i64>, %width: i64, %n: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %len = luma.array.len %a : !luma.array<i64>
  luma.for %i = %zero to %n step %one : i64 {
    %k = arith.muli %i, %width : i64
    %c = luma.check.bounds %k in %len
    %x = luma.get %a[%c] : !luma.array<i64> -> i64
    %m = arith.subi %n, %i : i64
    %d = luma.check.bounds %m in %len
    %y = luma.get %a[%d] : !luma.array<i64> -> i64
    %e = arith.cmpi eq, %x, %y : i64
    luma.if %e {
      luma.return %i : i64
    }
    luma.continue
  }
  luma.return %n : i64
}

// Left alone: an index that is not affine, a length that changes in the loop, a loop around a loop, one with a call.
// CHECK-LABEL: @kept
// CHECK-NOT:   scf.if
// CHECK:       luma.return
luma.func private @kept(%a: !luma.array<i64>, %n: i64) -> !luma.array<i64> {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %len = luma.array.len %a : !luma.array<i64>
  scf.for %i = %zero to %n step %one : i64 {
    %k = arith.muli %i, %i : i64
    %c = luma.check.bounds %k in %len
  }
  %r = scf.for %i = %zero to %n step %one iter_args(%b = %a) -> (!luma.array<i64>) : i64 {
    %l = luma.array.len %b : !luma.array<i64>
    %c = luma.check.bounds %i in %l
    %p = luma.array.push %b, %c : (!luma.array<i64>, i64) -> !luma.array<i64>
    scf.yield %p : !luma.array<i64>
  }
  scf.for %i = %zero to %n step %one : i64 {
    %c = luma.check.bounds %i in %len
    scf.for %j = %zero to %n step %one : i64 {
      luma.call @use(%c, %j) : (i64, i64) -> ()
    }
  }
  scf.for %i = %zero to %n step %one : i64 {
    %c = luma.check.bounds %i in %len
    luma.call @use(%c, %n) : (i64, i64) -> ()
  }
  luma.return %r : !luma.array<i64>
}
luma.func private @use(%i: i64, %j: i64)
