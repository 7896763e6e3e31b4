// RUN: luma-opt %s -p luma-instantiate | filecheck %s

// Function values of generic functions refer to instances. Where a result is a type parameter that stands for unit,
// the value has no such result: calls lose it, and the function gets another around it that leaves it out.

// CHECK-LABEL: @main.use
// CHECK:         luma.closure @"main.same<i64>"() : () -> !luma.closure<(i64) -> i64>
// CHECK:         luma.call @"main.apply<i64, i64>"
// CHECK:         [[F:%\w+]] = luma.closure @"main.same<()>.{unit}"() : () -> !luma.closure<(!luma.tuple<>) -> ()>
// CHECK:         luma.call @"main.apply<(), ()>"({{.*}}, [[F]])
luma.func @main.use(%x: i64) -> i64 {
  %f = luma.closure @main.same() {type_args = [i64]} : () -> !luma.closure<(i64) -> i64>
  %r = luma.call @main.apply(%x, %f) {type_args = [i64, i64]} : (i64, !luma.closure<(i64) -> i64>) -> i64
  %u = luma.tuple.make : () -> !luma.tuple<>
  %g = luma.closure @main.same() {type_args = [!luma.tuple<>]} : () -> !luma.closure<(!luma.tuple<>) -> ()>
  %s = luma.call @main.apply(%u, %g) {type_args = [!luma.tuple<>, !luma.tuple<>]} : (!luma.tuple<>, !luma.closure<(!luma.tuple<>) -> ()>) -> !luma.tuple<>
  luma.return %r : i64
}
luma.func private @main.same(%x: !luma.param<"T">) -> !luma.param<"T"> attributes {type_params = ["T"]} {
  luma.return %x : !luma.param<"T">
}
luma.func private @main.apply(%x: !luma.param<"T">, %f: !luma.closure<(!luma.param<"T">) -> !luma.param<"U">>) -> !luma.param<"U"> attributes {type_params = ["T", "U"]} {
  %r = luma.call_closure %f(%x) : !luma.closure<(!luma.param<"T">) -> !luma.param<"U">>, (!luma.param<"T">) -> !luma.param<"U">
  luma.return %r : !luma.param<"U">
}
// CHECK-NOT:   luma.param
// CHECK:       @"main.apply<i64, i64>"
// CHECK:         luma.call_closure %{{.*}} : !luma.closure<(i64) -> i64>, (i64) -> i64
// CHECK:       @"main.same<()>.{unit}"(%{{.*}}: !luma.tuple<>) {
// CHECK:         luma.call @"main.same<()>"
// CHECK-NEXT:    luma.return
// CHECK:       @"main.apply<(), ()>"
// CHECK:         luma.call_closure %{{.*}} : !luma.closure<(!luma.tuple<>) -> ()>, (!luma.tuple<>) -> ()
// CHECK-NEXT:    [[U:%\w+]] = luma.tuple.make
// CHECK-NEXT:    luma.return [[U]]
