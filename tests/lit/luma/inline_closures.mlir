// RUN: luma-opt %s -p 'luma-inline{threshold=4 closures=20},luma-canonicalize' | filecheck %s

// What is given a closure is inlined although it is large; its calls of the closure are direct then, and go too.
// CHECK-LABEL: luma.func @main(
// CHECK-SAME:  %[[X:[a-z]+]]: i64, %[[N:[a-z]+]]: i64)
// CHECK-NEXT:  %[[A:.*]] = arith.addi %[[N]], %[[X]]
// CHECK-NEXT:  %[[B:.*]] = arith.addi %[[N]], %[[A]]
// CHECK-NEXT:  %[[C:.*]] = arith.addi %[[N]], %[[B]]
// CHECK-NEXT:  arith.addi %[[A]], %[[B]]
// CHECK-NEXT:  arith.addi
// CHECK-NEXT:  luma.return
luma.func @main(%x: i64, %n: i64) -> i64 {
  %f = luma.closure @add(%n) : (i64) -> !luma.closure<(i64) -> i64>
  %a = luma.call @outer(%x, %f) : (i64, !luma.closure<(i64) -> i64>) -> i64
  luma.return %a : i64
}
luma.func private @outer(%x: i64, %f: !luma.closure<(i64) -> i64>) -> i64 {
  %g = luma.closure @wrapped(%f) : (!luma.closure<(i64) -> i64>) -> !luma.closure<(i64) -> i64>
  %r = luma.call @thrice(%x, %g) : (i64, !luma.closure<(i64) -> i64>) -> i64
  luma.return %r : i64
}
luma.func private @wrapped(%f: !luma.closure<(i64) -> i64>, %x: i64) -> i64 {
  %a = luma.call_closure %f(%x) : !luma.closure<(i64) -> i64>, (i64) -> i64
  luma.return %a : i64
}
luma.func private @thrice(%x: i64, %f: !luma.closure<(i64) -> i64>) -> i64 {
  %a = luma.call_closure %f(%x) : !luma.closure<(i64) -> i64>, (i64) -> i64
  %b = luma.call_closure %f(%a) : !luma.closure<(i64) -> i64>, (i64) -> i64
  %c = luma.call_closure %f(%b) : !luma.closure<(i64) -> i64>, (i64) -> i64
  %d = arith.addi %a, %b : i64
  %e = arith.addi %d, %c : i64
  luma.return %e : i64
}
luma.func private @add(%n: i64, %x: i64) -> i64 {
  %r = arith.addi %n, %x : i64
  luma.return %r : i64
}

// A closure that comes from elsewhere makes nothing worth while.
// CHECK-LABEL: luma.func @elsewhere(
// CHECK:       luma.call @thrice(
luma.func @elsewhere(%x: i64, %f: !luma.closure<(i64) -> i64>) -> i64 {
  %a = luma.call @thrice(%x, %f) : (i64, !luma.closure<(i64) -> i64>) -> i64
  luma.return %a : i64
}

// A closure that calls the function that makes it is recursion: its call is direct, and stays.
// CHECK-LABEL: luma.func @visit(
// CHECK:       luma.call @visit.closure(
luma.func @visit(%x: i64) -> i64 {
  %f = luma.closure @visit.closure() : () -> !luma.closure<(i64) -> i64>
  %a = luma.call @thrice(%x, %f) : (i64, !luma.closure<(i64) -> i64>) -> i64
  luma.return %a : i64
}
luma.func private @visit.closure(%x: i64) -> i64 {
  %a = luma.call @visit(%x) : (i64) -> i64
  luma.return %a : i64
}
