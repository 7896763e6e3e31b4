// RUN: luma-opt %s | luma-opt | filecheck %s
// RUN: luma-opt %s --print-op-generic | luma-opt | filecheck %s

// CHECK-LABEL: luma.func @branches
// CHECK-NEXT:  %[[R:.*]], %{{.*}} = luma.if %c -> (i64, f64) {
// CHECK-NEXT:    luma.yield %n, %x : i64, f64
// CHECK-NEXT:  } else {
// CHECK-NEXT:    luma.return %n : i64
// CHECK-NEXT:  }
// CHECK-NEXT:  luma.if %c {
// CHECK-NEXT:    luma.panic "no"
// CHECK-NEXT:  }
// CHECK-NEXT:  luma.if %c {
// CHECK-NEXT:    luma.unreachable
// CHECK-NEXT:  } else {
// CHECK-NEXT:    arith.addi
// CHECK-NEXT:    luma.yield
// CHECK-NEXT:  } attributes {note}
// CHECK-NEXT:  luma.return %[[R]] : i64
luma.func @branches(%c: i1, %n: i64, %x: f64) -> i64 {
  %r, %s = luma.if %c -> (i64, f64) {
    luma.yield %n, %x : i64, f64
  } else {
    luma.return %n : i64
  }
  luma.if %c {
    luma.panic "no"
  }
  luma.if %c {
    luma.unreachable
  } else {
    %m = arith.addi %n, %n : i64
    luma.yield
  } attributes {note}
  luma.return %r : i64
}

// CHECK-LABEL: luma.func @loops
// CHECK-NEXT:  %[[R:.*]] = luma.loop (%[[I:.*]] = %n : i64, %[[Y:.*]] = %x : f64) -> (f64) {
// CHECK-NEXT:    luma.if %c {
// CHECK-NEXT:      luma.break %[[Y]] : f64
// CHECK-NEXT:    }
// CHECK-NEXT:    %{{.*}} = luma.for %[[J:.*]] = %n to %[[I]] step %n (%[[Z:.*]] = %[[Y]] : f64) : i64 {
// CHECK-NEXT:      luma.if %c {
// CHECK-NEXT:        luma.break %[[Z]] : f64 {depth = 1 : i64}
// CHECK-NEXT:      } else {
// CHECK-NEXT:        luma.continue %[[J]], %[[Z]] : i64, f64 {depth = 1 : i64}
// CHECK-NEXT:      }
// CHECK-NEXT:      luma.continue %[[Z]] : f64
// CHECK-NEXT:    }
// CHECK-NEXT:    luma.continue %[[I]], %[[Y]] : i64, f64
// CHECK-NEXT:  } attributes {note}
// CHECK-NEXT:  luma.for %{{.*}} = %n to %n step %n : i64 {
// CHECK-NEXT:    luma.break
// CHECK-NEXT:  }
// CHECK-NEXT:  luma.loop {
// CHECK-NEXT:    luma.continue
// CHECK-NEXT:  }
luma.func @loops(%c: i1, %n: i64, %x: f64) -> f64 {
  %r = luma.loop (%i = %n : i64, %y = %x : f64) -> (f64) {
    luma.if %c {
      luma.break %y : f64
    }
    %q = luma.for %j = %n to %i step %n (%z = %y : f64) : i64 {
      luma.if %c {
        luma.break %z : f64 {depth = 1 : i64}
      } else {
        luma.continue %j, %z : i64, f64 {depth = 1 : i64}
      }
      luma.continue %z : f64
    }
    luma.continue %i, %y : i64, f64
  } attributes {note}
  luma.for %k = %n to %n step %n : i64 {
    luma.break
  }
  luma.loop {
    luma.continue
  }
  luma.return %r : f64
}
