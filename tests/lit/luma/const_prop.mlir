// RUN: luma-opt %s -p luma-const-prop | filecheck %s

// The values confirm each other: only if %x were not five would it change.
// CHECK-LABEL: @around
// CHECK-NEXT:  %[[FALSE:.*]] = arith.constant false
// CHECK-NEXT:  %[[FIVE:.*]] = arith.constant 5
// CHECK:       scf.if %[[FALSE]]
// CHECK:       luma.return %[[FIVE]]
luma.func private @around(%n: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %five = arith.constant 5 : i64
  %r = scf.for %i = %zero to %n step %one iter_args(%x = %five) -> (i64) : i64 {
    %big = arith.cmpi sgt, %x, %five : i64
    %y = scf.if %big -> (i64) {
      scf.yield %i : i64
    } else {
      scf.yield %x : i64
    }
    scf.yield %y : i64
  }
  luma.return %r : i64
}

// A break that is never reached has no say in the result.
// CHECK-LABEL: @breaks
// CHECK:       %[[SEVEN:.*]] = arith.constant 7
// CHECK:       luma.return %[[SEVEN]]
luma.func private @breaks(%c: i1) -> i64 {
  %no = arith.constant false
  %six = arith.constant 6 : i64
  %one = arith.constant 1 : i64
  %r = luma.loop (%x = %six : i64) -> (i64) {
    luma.if %no {
      luma.break %x : i64
    }
    %y = arith.addi %x, %one : i64
    luma.if %c {
      luma.break %y : i64
    }
    luma.continue %six : i64
  }
  luma.return %r : i64
}

// Left alone: a value that does change, in a while that may end at once.
// CHECK-LABEL: @changes
// CHECK:       %[[R:.*]] = scf.while (%[[X:.*]] = %{{.*}})
// CHECK-NEXT:  arith.cmpi slt, %[[X]]
// CHECK:       luma.return %[[R]]
luma.func private @changes(%n: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %r = scf.while (%x = %zero) : (i64) -> (i64) {
    %c = arith.cmpi slt, %x, %n : i64
    scf.condition(%c) %x : i64
  } do {
  ^bb0(%y: i64):
    %z = arith.addi %y, %one : i64
    scf.yield %z : i64
  }
  luma.return %r : i64
}
