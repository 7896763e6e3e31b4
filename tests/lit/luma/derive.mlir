// RUN: luma-opt %s -p luma-derive --split-input-file | filecheck %s

// Eq: equal scalars are tested at once, what is behind a call only when they are equal.

luma.struct @std.string.string {field_names = ["bytes"], field_types = [!luma.array<i8>]}
luma.struct @main.Point {field_names = ["x", "n", "name"], field_types = [f64, i8, !luma.struct<@std.string.string>], source_types = [f64, ui8, !luma.struct<@std.string.string>], derives = ["Eq", "Ord", "Show"], display_name = "Point"}
luma.impl @std.prelude.Ord for !luma.struct<@std.string.string> {methods = {less = @less}}
luma.impl @std.prelude.Eq for !luma.struct<@std.string.string> {methods = {eq = @less}}
luma.impl @std.prelude.Debug for !luma.struct<@std.string.string> {methods = {debug = @debug}}
luma.func private @less(%a: !luma.struct<@std.string.string>, %b: !luma.struct<@std.string.string>) -> i1
luma.func private @debug(%a: !luma.struct<@std.string.string>, %b: !luma.struct<@std.string.string>) -> !luma.struct<@std.string.string> attributes {inout = array<i64: 1>}

luma.func @main.use(%p: !luma.struct<@main.Point>, %s: !luma.struct<@std.string.string>) {
  %0 = luma.trait_call @std.prelude.Eq "eq" for !luma.struct<@main.Point> (%p, %p) : (!luma.struct<@main.Point>, !luma.struct<@main.Point>) -> i1
  %1 = luma.trait_call @std.prelude.Ord "less" for !luma.struct<@main.Point> (%p, %p) : (!luma.struct<@main.Point>, !luma.struct<@main.Point>) -> i1
  %2 = luma.trait_call @std.prelude.Show "show" for !luma.struct<@main.Point> (%p, %s) : (!luma.struct<@main.Point>, !luma.struct<@std.string.string>) -> !luma.struct<@std.string.string>
  luma.return
}
// CHECK-LABEL: @main.use
// CHECK:         luma.call @main.Point.Eq.eq
// CHECK:         luma.call @main.Point.Ord.less
// CHECK:         luma.call @main.Point.Show.show
// CHECK-LABEL: luma.func private @main.Point.Eq.eq
// CHECK:         %[[X:[a-z0-9_]+]] = arith.cmpf oeq
// CHECK:         %[[N:[a-z0-9_]+]] = arith.cmpi eq
// CHECK:         %[[BOTH:[a-z0-9_]+]] = arith.andi %[[X]], %[[N]]
// CHECK:         scf.if %[[BOTH]]
// CHECK:           luma.trait_call @std.prelude.Eq "eq" for !luma.struct<@std.string.string>
// CHECK-LABEL: luma.func private @main.Point.Ord.less
// CHECK:         arith.cmpf olt
// CHECK:         luma.return
// CHECK:         arith.cmpi ult, %{{.*}}, %{{.*}} : i8
// CHECK:         luma.return
// CHECK:         luma.trait_call @std.prelude.Ord "less"
// CHECK-LABEL: luma.func private @main.Point.Show.show
// CHECK-SAME:    display_name = "Point::show"
// CHECK:         luma.string.literal "Point { x: "
// CHECK:         luma.trait_call @std.prelude.Debug "debug" for f64
// CHECK:         luma.string.literal ", n: "
// CHECK:         luma.trait_call @std.prelude.Debug "debug" for ui8
// CHECK:         luma.string.literal ", name: "
// CHECK:         luma.trait_call @std.prelude.Debug "debug" for !luma.struct<@std.string.string>
// CHECK:         luma.string.literal " }"

// -----

// Enums, with the payload of a variant looked at only where the variant is known.

luma.struct @std.string.string {field_names = ["bytes"], field_types = [!luma.array<i8>]}
luma.enum @main.Shape {variants = ["Circle", "Rect", "Empty"], payloads = [[f64], [f64, f64], []], payload_names = [[], ["w", "h"], []], derives = ["Eq", "Ord", "Debug", "Hash", "Default"], display_name = "Shape"}
luma.func @main.use(%s: !luma.enum<@main.Shape>, %t: !luma.struct<@std.string.string>, %h: i64) {
  %0 = luma.trait_call @std.prelude.Eq "eq" for !luma.enum<@main.Shape> (%s, %s) : (!luma.enum<@main.Shape>, !luma.enum<@main.Shape>) -> i1
  %1 = luma.trait_call @std.prelude.Ord "less" for !luma.enum<@main.Shape> (%s, %s) : (!luma.enum<@main.Shape>, !luma.enum<@main.Shape>) -> i1
  %2 = luma.trait_call @std.prelude.Debug "debug" for !luma.enum<@main.Shape> (%s, %t) : (!luma.enum<@main.Shape>, !luma.struct<@std.string.string>) -> !luma.struct<@std.string.string>
  %3 = luma.trait_call @std.prelude.Hash "hash" for !luma.enum<@main.Shape> (%s, %h) : (!luma.enum<@main.Shape>, i64) -> i64
  %4 = luma.trait_call @std.prelude.Default "default" for !luma.enum<@main.Shape> () : () -> !luma.enum<@main.Shape>
  luma.return
}
// CHECK-LABEL: luma.func private @main.Shape.Eq.eq
// CHECK:         %[[A:[a-z0-9_]+]] = luma.enum.tag
// CHECK:         %[[B:[a-z0-9_]+]] = luma.enum.tag
// CHECK:         %[[SAME:[a-z0-9_]+]] = arith.cmpi eq, %[[A]], %[[B]]
// CHECK:         scf.if %[[SAME]]
// CHECK:           %[[CIRCLE:[a-z0-9_]+]] = luma.enum.is %{{.*}}, 0
// CHECK:           scf.if %[[CIRCLE]]
// CHECK:             luma.enum.get %{{.*}}, 0, 0
// CHECK-LABEL: luma.func private @main.Shape.Ord.less
// CHECK:         arith.cmpi ult, %{{.*}}, %{{.*}} : i32
// CHECK-LABEL: luma.func private @main.Shape.Debug.debug
// CHECK:         luma.string.literal "Circle("
// CHECK:         luma.string.literal "Rect { w: "
// CHECK:         luma.string.literal ", h: "
// CHECK:         luma.string.literal "Empty"
// CHECK-LABEL: luma.func private @main.Shape.Hash.hash
// CHECK:         luma.trait_call @std.prelude.Hash "hash" for i64
// CHECK:         luma.trait_call @std.prelude.Hash "hash" for f64
// CHECK-LABEL: luma.func private @main.Shape.Default.default
// CHECK:         luma.enum.make 2()

// -----

// Tuples and arrays for which there is no implementation.

luma.struct @std.string.string {field_names = ["bytes"], field_types = [!luma.array<i8>]}
luma.func @main.use(%t: !luma.tuple<i64>, %u: !luma.tuple<i32, i1>, %f: !luma.fixed<2, i64>, %s: !luma.struct<@std.string.string>) {
  %0 = luma.trait_call @std.prelude.Show "show" for !luma.tuple<i64> (%t, %s) : (!luma.tuple<i64>, !luma.struct<@std.string.string>) -> !luma.struct<@std.string.string>
  %1 = luma.trait_call @std.prelude.Show "show" for !luma.tuple<ui21, i1> (%u, %s) : (!luma.tuple<i32, i1>, !luma.struct<@std.string.string>) -> !luma.struct<@std.string.string>
  %2 = luma.trait_call @std.prelude.Show "show" for !luma.fixed<2, i64> (%f, %s) : (!luma.fixed<2, i64>, !luma.struct<@std.string.string>) -> !luma.struct<@std.string.string>
  %3 = luma.trait_call @std.prelude.Eq "eq" for !luma.fixed<2, i64> (%f, %f) : (!luma.fixed<2, i64>, !luma.fixed<2, i64>) -> i1
  %4 = luma.trait_call @std.prelude.Default "default" for !luma.fixed<2, i64> () : () -> !luma.fixed<2, i64>
  luma.return
}
// CHECK-LABEL: luma.func private @"(i64).Show.show"
// CHECK:         luma.string.literal "("
// CHECK:         luma.string.literal ",)"
// CHECK-LABEL: luma.func private @"(char, bool).Show.show"
// CHECK:         luma.string.literal "("
// CHECK:         luma.trait_call @std.prelude.Debug "debug" for ui21
// CHECK:         luma.string.literal ", "
// CHECK:         luma.trait_call @std.prelude.Debug "debug" for i1
// CHECK:         luma.string.literal ")"
// CHECK-LABEL: luma.func private @"[i64; 2].Show.show"
// CHECK:         luma.string.literal "["
// CHECK:         scf.for
// CHECK:         luma.string.literal "]"
// CHECK-LABEL: luma.func private @"[i64; 2].Eq.eq"
// CHECK:         luma.for
// CHECK-LABEL: luma.func private @"[i64; 2].Default.default"
// CHECK:         luma.call @i64.Default.default()
// CHECK:         luma.array.fill
