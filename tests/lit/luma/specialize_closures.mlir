// RUN: luma-opt %s -p 'luma-specialize-closures{inlined=1}' | filecheck %s
// RUN: luma-opt %s -p luma-specialize-closures | filecheck %s --check-prefix=SMALL

// The clone takes the captures, and calls the closure directly; two calls with the same closure share it. A small
// function is left to the inliner.
// CHECK-LABEL: luma.func @main(
// CHECK-SAME:  %[[X:[a-z]+]]: i64, %[[N:[a-z]+]]: i64)
// CHECK:       %[[A:.*]] = luma.call @"twice.{specialized#0}"(%[[X]], %[[N]]) : (i64, i64) -> i64
// CHECK:       luma.call @"twice.{specialized#0}"(%[[A]], %[[X]])
// CHECK:       luma.call @"twice.{specialized#1}"(
// SMALL-LABEL: luma.func @main(
// SMALL:       luma.call @twice(
// SMALL:       luma.call @twice(
luma.func @main(%x: i64, %n: i64) -> i64 {
  %f = luma.closure @add(%n) : (i64) -> !luma.closure<(i64) -> i64>
  %a = luma.call @twice(%x, %f) : (i64, !luma.closure<(i64) -> i64>) -> i64
  %g = luma.closure @add(%x) : (i64) -> !luma.closure<(i64) -> i64>
  %b = luma.call @twice(%a, %g) : (i64, !luma.closure<(i64) -> i64>) -> i64
  %h = luma.closure @double() : () -> !luma.closure<(i64) -> i64>
  %c = luma.call @twice(%b, %h) : (i64, !luma.closure<(i64) -> i64>) -> i64
  luma.return %c : i64
}
// CHECK-LABEL: luma.func private @twice(
// CHECK:       luma.call_closure
// CHECK-LABEL: luma.func private @"twice.{specialized#1}"(
// CHECK:       luma.call @double(
// CHECK-LABEL: luma.func private @"twice.{specialized#0}"(
// CHECK-SAME:  %[[X:.*]]: i64, %[[N:.*]]: i64) -> i64
// CHECK-NEXT:  %[[A:.*]] = luma.call @add(%[[N]], %[[X]])
// CHECK-NEXT:  %[[B:.*]] = luma.call @add(%[[N]], %[[A]])
// CHECK-NEXT:  luma.return %[[B]]
luma.func private @twice(%x: i64, %f: !luma.closure<(i64) -> i64>) -> i64 attributes {arg_names = ["x", "f"]} {
  %a = luma.call_closure %f(%x) : !luma.closure<(i64) -> i64>, (i64) -> i64
  %b = luma.call_closure %f(%a) : !luma.closure<(i64) -> i64>, (i64) -> i64
  luma.return %b : i64
}
luma.func private @add(%n: i64, %x: i64) -> i64 {
  %r = arith.addi %n, %x : i64
  luma.return %r : i64
}
luma.func private @double(%x: i64) -> i64 {
  %r = arith.addi %x, %x : i64
  luma.return %r : i64
}

// Recursion that hands its closure on: one clone, which calls itself, however small.
// CHECK-LABEL: luma.func @repeat(
// CHECK:       luma.call @"recurse.{specialized#0}"(
// SMALL-LABEL: luma.func @repeat(
// SMALL:       luma.call @"recurse.{specialized#0}"(
luma.func @repeat(%x: i64) -> i64 {
  %f = luma.closure @double() : () -> !luma.closure<(i64) -> i64>
  %r = luma.call @recurse(%x, %f) : (i64, !luma.closure<(i64) -> i64>) -> i64
  luma.return %r : i64
}
// CHECK-LABEL: luma.func private @recurse(
// CHECK-LABEL: luma.func private @"recurse.{specialized#0}"(
// CHECK-SAME:  %[[X:.*]]: i64) -> i64
// CHECK:       luma.call @double(
// CHECK:       luma.call @"recurse.{specialized#0}"(
luma.func private @recurse(%x: i64, %f: !luma.closure<(i64) -> i64>) -> i64 {
  %zero = arith.constant 0 : i64
  %c = arith.cmpi slt, %x, %zero : i64
  %r = scf.if %c -> (i64) {
    scf.yield %x : i64
  } else {
    %y = luma.call_closure %f(%x) : !luma.closure<(i64) -> i64>, (i64) -> i64
    %z = luma.call @recurse(%y, %f) : (i64, !luma.closure<(i64) -> i64>) -> i64
    scf.yield %z : i64
  }
  luma.return %r : i64
}

// Recursion that wraps its closure each time ends in a call of what is not known.
// CHECK-LABEL: luma.func @wrap(
// CHECK:       luma.call @"wrapping.{specialized#{{[0-7]}}}"(
luma.func @wrap(%x: i64) -> i64 {
  %f = luma.closure @double() : () -> !luma.closure<(i64) -> i64>
  %r = luma.call @wrapping(%x, %f) : (i64, !luma.closure<(i64) -> i64>) -> i64
  luma.return %r : i64
}
// CHECK-LABEL: luma.func private @wrapping(
// CHECK-NOT:   specialized#8
// CHECK-LABEL: luma.func private @inner(
luma.func private @wrapping(%x: i64, %f: !luma.closure<(i64) -> i64>) -> i64 {
  %g = luma.closure @inner(%f) : (!luma.closure<(i64) -> i64>) -> !luma.closure<(i64) -> i64>
  %r = luma.call @wrapping(%x, %g) : (i64, !luma.closure<(i64) -> i64>) -> i64
  luma.return %r : i64
}
luma.func private @inner(%f: !luma.closure<(i64) -> i64>, %x: i64) -> i64 {
  %r = luma.call_closure %f(%x) : !luma.closure<(i64) -> i64>, (i64) -> i64
  luma.return %r : i64
}

// A struct that holds a closure is taken apart; one that is changed in place is not, nor a closure from elsewhere.
luma.struct @Map {field_names = ["start", "f"], field_types = [i64, !luma.closure<(i64) -> i64>]}
// CHECK-LABEL: luma.func @fields(
// CHECK-SAME:  %[[X:[a-z]+]]: i64, %[[P:[a-z]+]]: !luma.closure
// CHECK:       luma.call @"consume.{specialized#0}"(%[[X]], %[[X]])
// CHECK:       luma.call @change(
// CHECK:       luma.call @twice(%{{.*}}, %[[P]])
luma.func @fields(%x: i64, %p: !luma.closure<(i64) -> i64>) -> i64 {
  %f = luma.closure @add(%x) : (i64) -> !luma.closure<(i64) -> i64>
  %m = luma.struct.make %x, %f : (i64, !luma.closure<(i64) -> i64>) -> !luma.struct<@Map>
  %r = luma.call @consume(%m) : (!luma.struct<@Map>) -> i64
  %s, %n = luma.call @change(%m) : (!luma.struct<@Map>) -> (i64, !luma.struct<@Map>)
  %t = luma.call @twice(%s, %p) : (i64, !luma.closure<(i64) -> i64>) -> i64
  %u = arith.addi %r, %t : i64
  luma.return %u : i64
}
// CHECK-LABEL: luma.func private @"consume.{specialized#0}"(
// CHECK-SAME:  %[[S:.*]]: i64, %[[N:.*]]: i64) -> i64
// CHECK-NEXT:  %[[R:.*]] = luma.call @add(%[[N]], %[[S]])
// CHECK-NEXT:  luma.return %[[R]]
luma.func private @consume(%m: !luma.struct<@Map>) -> i64 {
  %x = luma.get %m[0] : !luma.struct<@Map> -> i64
  %f = luma.get %m[1] : !luma.struct<@Map> -> !luma.closure<(i64) -> i64>
  %r = luma.call_closure %f(%x) : !luma.closure<(i64) -> i64>, (i64) -> i64
  luma.return %r : i64
}
luma.func private @change(%m: !luma.struct<@Map>) -> (i64, !luma.struct<@Map>) attributes {inout = array<i64: 0>} {
  %x = luma.get %m[0] : !luma.struct<@Map> -> i64
  %n = luma.set %m[0] = %x : !luma.struct<@Map>, i64
  luma.return %x, %n : i64, !luma.struct<@Map>
}
