// RUN: luma-opt %s -p luma-const-args | filecheck %s

// What all calls pass alike is known inside, and the branches that it decides are gone; so is what only they called.
// CHECK-LABEL: luma.func @main(
// CHECK-LABEL: luma.func private @format(
// CHECK-SAME:  %[[V:[a-z0-9_]+]]: i64,
// CHECK-NOT:   scf.if
// CHECK:       %[[N:.*]] = luma.call @narrow(%[[V]],
// CHECK-NEXT:  luma.return %[[N]]
luma.func @main(%x: i64, %y: i64) -> i64 {
  %kind = arith.constant 1 : i64
  %two = arith.constant 2 : i64
  %three = arith.constant 3 : i64
  %a = luma.call @format(%x, %kind) : (i64, i64) -> i64
  %b = luma.call @format(%y, %kind) : (i64, i64) -> i64
  %c = luma.call @differ(%a, %two) : (i64, i64) -> i64
  %d = luma.call @differ(%b, %three) : (i64, i64) -> i64
  %e = luma.call @public(%c, %two) : (i64, i64) -> i64
  %f = luma.call @again(%d, %two) : (i64, i64) -> i64
  %s = arith.addi %e, %f : i64
  luma.return %s : i64
}
luma.func private @format(%v: i64, %kind: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %seven = arith.constant 7 : i64
  %wide = arith.cmpi eq, %kind, %zero : i64
  %r = scf.if %wide -> (i64) {
    %w = luma.call @narrow(%v, %seven) : (i64, i64) -> i64
    scf.yield %w : i64
  } else {
    %n = luma.call @narrow(%v, %kind) : (i64, i64) -> i64
    scf.yield %n : i64
  }
  luma.return %r : i64
}

// The call that is gone passed something else, so the parameter is known here, too.
// CHECK-LABEL: luma.func private @narrow(
// CHECK-DAG:   %[[ONE:.*]] = arith.constant 1 : i64
// CHECK:       arith.addi %{{.*}}, %[[ONE]]
luma.func private @narrow(%v: i64, %by: i64) -> i64 {
  %r = arith.addi %v, %by : i64
  luma.return %r : i64
}

// CHECK-LABEL: luma.func private @differ(
// CHECK-SAME:  %[[V:.*]]: i64, %[[BY:.*]]: i64)
// CHECK-NEXT:  arith.muli %[[V]], %[[BY]]
luma.func private @differ(%v: i64, %by: i64) -> i64 {
  %r = arith.muli %v, %by : i64
  luma.return %r : i64
}

// Others may call a public function, and a recursive one is not followed.
// CHECK-LABEL: luma.func @public(
// CHECK-SAME:  %[[V:.*]]: i64, %[[BY:.*]]: i64)
// CHECK-NEXT:  arith.muli %[[V]], %[[BY]]
luma.func @public(%v: i64, %by: i64) -> i64 {
  %r = arith.muli %v, %by : i64
  luma.return %r : i64
}
// CHECK-LABEL: luma.func private @again(
// CHECK-SAME:  %[[V:.*]]: i64, %[[BY:.*]]: i64)
// CHECK:       arith.cmpi {{.*}} %[[V]], %[[BY]]
luma.func private @again(%v: i64, %by: i64) -> i64 {
  %done = arith.cmpi slt, %v, %by : i64
  %r = scf.if %done -> (i64) {
    scf.yield %v : i64
  } else {
    %w = arith.subi %v, %by : i64
    %n = luma.call @again(%w, %by) : (i64, i64) -> i64
    scf.yield %n : i64
  }
  luma.return %r : i64
}
