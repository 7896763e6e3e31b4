// RUN: luma-opt %s | luma-opt | filecheck %s
// RUN: luma-opt %s --print-op-generic | luma-opt | filecheck %s

luma.struct @Square {field_names = ["side"], field_types = [f64]}

// CHECK: luma.trait @Shape {methods = ["area", "name", "Show.name"], inherited = {Show.name = [@Show, "name"]}}
luma.trait @Shape {methods = ["area", "name", "Show.name"], inherited = {"Show.name" = [@Show, "name"]}}
// CHECK: luma.trait @Sink {methods = ["put"], type_params = ["T"]}
luma.trait @Sink {methods = ["put"], type_params = ["T"]}

luma.func private @add(%n: i64, %x: i64) -> i64 { luma.return %x : i64 }
luma.func private @id(%x: !luma.param<"T">) -> !luma.param<"T"> attributes {type_params = ["T"]} {
  luma.return %x : !luma.param<"T">
}
luma.func private @area(%s: !luma.struct<@Square>) -> f64 {
  %a = luma.get %s[0] : !luma.struct<@Square> -> f64
  luma.return %a : f64
}

// CHECK-LABEL: luma.func @closures
luma.func @closures(%n: i64, %g: !luma.closure<(i64) -> (i64, i64)>) -> i64 {
  // CHECK: %f = luma.closure @add(%n) : (i64) -> !luma.closure<(i64) -> i64>
  %f = luma.closure @add(%n) : (i64) -> !luma.closure<(i64) -> i64>
  // CHECK: %h = luma.closure @id() {type_args = [f64]} : () -> !luma.closure<(f64) -> f64>
  %h = luma.closure @id() {type_args = [f64]} : () -> !luma.closure<(f64) -> f64>
  // CHECK: %r = luma.call_closure %f(%n) : !luma.closure<(i64) -> i64>, (i64) -> i64
  %r = luma.call_closure %f(%n) : !luma.closure<(i64) -> i64>, (i64) -> i64
  // CHECK: %s, %t = luma.call_closure %g(%r) {inout = array<i64: 0>} : !luma.closure<(i64) -> (i64, i64)>, (i64) -> (i64, i64)
  %s, %t = luma.call_closure %g(%r) {inout = array<i64: 0>} : !luma.closure<(i64) -> (i64, i64)>, (i64) -> (i64, i64)
  luma.return %t : i64
}

// CHECK-LABEL: luma.func @values
luma.func @values(%q: !luma.struct<@Square>, %k: !luma.any<@Sink, [i64]>, %n: i64) -> f64 {
  // CHECK: %a = luma.any.make %q for !luma.struct<@Square> : (!luma.struct<@Square>) -> !luma.any<@Shape>
  %a = luma.any.make %q for !luma.struct<@Square> : (!luma.struct<@Square>) -> !luma.any<@Shape>
  // CHECK: luma.any.make %q for !luma.struct<@Square> {methods = {area = @area}} : (!luma.struct<@Square>) -> !luma.any<@Shape>
  %b = luma.any.make %q for !luma.struct<@Square> {methods = {area = @area}} : (!luma.struct<@Square>) -> !luma.any<@Shape>
  // CHECK: %r = luma.any.call "area"(%a) : (!luma.any<@Shape>) -> f64
  %r = luma.any.call "area"(%a) : (!luma.any<@Shape>) -> f64
  // CHECK: luma.any.call "put"(%k, %n) {inout = array<i64: 0>} : (!luma.any<@Sink, [i64]>, i64) -> !luma.any<@Sink, [i64]>
  %c = luma.any.call "put"(%k, %n) {inout = array<i64: 0>} : (!luma.any<@Sink, [i64]>, i64) -> !luma.any<@Sink, [i64]>
  luma.return %r : f64
}

// CHECK-LABEL: luma.func @kind
luma.func @kind(%x: i32) -> i64 {
  // CHECK: %k = luma.type_kind %x : i32
  %k = luma.type_kind %x : i32
  luma.return %k : i64
}

// CHECK-LABEL: luma.func private @items
// CHECK-SAME:  (%xs: !luma.assoc<@Iterator, "Item", !luma.param<"T">>)
luma.func private @items(%xs: !luma.assoc<@Iterator, "Item", !luma.param<"T">>) attributes {type_params = ["T"]} {
  luma.return
}
