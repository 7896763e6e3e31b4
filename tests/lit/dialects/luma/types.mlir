// RUN: luma-opt %s | luma-opt | filecheck %s
// RUN: luma-opt %s --print-op-generic | luma-opt | filecheck %s

// CHECK-LABEL: luma.func @types
// CHECK-SAME:  %a: !luma.array<!luma.array<f32>>
// CHECK-SAME:  %b: !luma.fixed<4, f64>
// CHECK-SAME:  %c: !luma.fixed<0, i8>
// CHECK-SAME:  %d: !luma.struct<@geo.Point>
// CHECK-SAME:  %e: !luma.struct<@geo.Pair, [i64, !luma.array<i8>]>
// CHECK-SAME:  %f: !luma.enum<@std.option.Option, [!luma.enum<@geo.Shape>]>
// CHECK-SAME:  %g: !luma.tuple<i64, !luma.tuple<>>
// CHECK-SAME:  %h: !luma.ptr<!luma.ptr<i8>>
// CHECK-SAME:  %i: !luma.param<"T">
// CHECK-SAME:  %j: !luma.closure<(i64, !luma.param<"T">) -> f64>
luma.func @types(%a: !luma.array<!luma.array<f32>>, %b: !luma.fixed<4, f64>, %c: !luma.fixed<0, i8>,
    %d: !luma.struct<@geo.Point>, %e: !luma.struct<@geo.Pair, [i64, !luma.array<i8>]>,
    %f: !luma.enum<@std.option.Option, [!luma.enum<@geo.Shape>]>, %g: !luma.tuple<i64, !luma.tuple<>>,
    %h: !luma.ptr<!luma.ptr<i8>>, %i: !luma.param<"T">, %j: !luma.closure<(i64, !luma.param<"T">) -> f64>)
    attributes {type_params = ["T"]} {
  luma.return
}
