// RUN: luma-opt %s -p luma-canonicalize | filecheck %s

// A call of a closure made in sight is direct, the captures in front; the closure itself goes.
// CHECK-LABEL: @known
// CHECK-SAME:  %[[N:[a-z]+]]: i64, %[[X:[a-z]+]]: i64)
// CHECK-NEXT:  %[[R:.*]] = luma.call @add(%[[N]], %[[X]]) : (i64, i64) -> i64
// CHECK-NEXT:  luma.return %[[R]]
luma.func @known(%n: i64, %x: i64) -> i64 {
  %f = luma.closure @add(%n) : (i64) -> !luma.closure<(i64) -> i64>
  %r = luma.call_closure %f(%x) : !luma.closure<(i64) -> i64>, (i64) -> i64
  luma.return %r : i64
}
luma.func private @add(%n: i64, %x: i64) -> i64 {
  %r = arith.addi %n, %x : i64
  luma.return %r : i64
}

// One of two: a direct call on each side, whether chosen by a condition or a select.
// CHECK-LABEL: @choice
// CHECK-NOT:   luma.closure
// CHECK:       scf.if %{{.*}} -> (i64)
// CHECK:       luma.call @add(
// CHECK:       luma.call @add(
// CHECK-NOT:   call_closure
luma.func @choice(%c: i1, %n: i64, %x: i64) -> i64 {
  %f = scf.if %c -> (!luma.closure<(i64) -> i64>) {
    %g = luma.closure @add(%n) : (i64) -> !luma.closure<(i64) -> i64>
    scf.yield %g : !luma.closure<(i64) -> i64>
  } else {
    %h = luma.closure @add(%x) : (i64) -> !luma.closure<(i64) -> i64>
    scf.yield %h : !luma.closure<(i64) -> i64>
  }
  %r = luma.call_closure %f(%x) : !luma.closure<(i64) -> i64>, (i64) -> i64
  luma.return %r : i64
}

// What a branch captures of its own is not known outside; a parameter is not known at all.
// CHECK-LABEL: @unknown
// CHECK:       luma.call_closure
// CHECK:       luma.call_closure
luma.func @unknown(%c: i1, %p: !luma.closure<(i64) -> i64>, %x: i64) -> i64 {
  %f = scf.if %c -> (!luma.closure<(i64) -> i64>) {
    %n = luma.call @add(%x, %x) : (i64, i64) -> i64
    %g = luma.closure @add(%n) : (i64) -> !luma.closure<(i64) -> i64>
    scf.yield %g : !luma.closure<(i64) -> i64>
  } else {
    %h = luma.closure @add(%x) : (i64) -> !luma.closure<(i64) -> i64>
    scf.yield %h : !luma.closure<(i64) -> i64>
  }
  %r = luma.call_closure %f(%x) : !luma.closure<(i64) -> i64>, (i64) -> i64
  %s = luma.call_closure %p(%r) : !luma.closure<(i64) -> i64>, (i64) -> i64
  luma.return %s : i64
}

luma.trait @Counter {methods = ["read", "step"]}
luma.func private @read(%v: i64) -> i64 {
  luma.return %v : i64
}
luma.func private @step(%v: i64, %by: i64) -> (i64, i64) attributes {inout = array<i64: 0>} {
  %r = arith.addi %v, %by : i64
  luma.return %v, %r : i64, i64
}

// The same for methods; one that changes its value makes the object anew, and that is known again.
// CHECK-LABEL: @methods
// CHECK-SAME:  %[[V:[a-z]+]]: i64)
// CHECK-NEXT:  %[[OLD:.*]], %[[NEW:.*]] = luma.call @step(%[[V]], %[[V]]) : (i64, i64) -> (i64, i64)
// CHECK-NEXT:  %[[R:.*]] = luma.call @read(%[[NEW]])
// CHECK-NEXT:  luma.return %[[R]]
luma.func @methods(%v: i64) -> i64 {
  %a = luma.any.make %v for i64 {methods = {read = @read, step = @step}} : (i64) -> !luma.any<@Counter>
  %old, %b = luma.any.call "step"(%a, %v) {inout = array<i64: 0>} : (!luma.any<@Counter>, i64) -> (i64, !luma.any<@Counter>)
  %r = luma.any.call "read"(%b) : (!luma.any<@Counter>) -> i64
  luma.return %r : i64
}

// An object from elsewhere is asked at run time.
// CHECK-LABEL: @asked
// CHECK:       luma.any.call "read"
luma.func @asked(%a: !luma.any<@Counter>) -> i64 {
  %r = luma.any.call "read"(%a) : (!luma.any<@Counter>) -> i64
  luma.return %r : i64
}
