// RUN: luma-opt %s | luma-opt | filecheck %s
// RUN: luma-opt %s --print-op-generic | luma-opt | filecheck %s
luma.struct @Pair {field_names = ["left", "right"], field_types = [!luma.param<"T">, i64], type_params = ["T"]}
luma.enum @Shape {variants = ["Circle", "Box", "None"], payloads = [[f64], [f64, i64], []]}

// CHECK-LABEL: luma.func @make
// CHECK-NEXT:  %{{.*}} = luma.struct.make %x, %n : (f64, i64) -> !luma.struct<@Pair, [f64]>
// CHECK-NEXT:  %[[S:.*]] = luma.struct.make %x, %n {note} : (f64, i64) -> !luma.struct<@Elsewhere>
// CHECK-NEXT:  luma.tuple.make %x, %n : (f64, i64) -> !luma.tuple<f64, i64>
// CHECK-NEXT:  luma.tuple.make : () -> !luma.tuple<>
// CHECK-NEXT:  %[[E:.*]] = luma.enum.make 1(%x, %n) : (f64, i64) -> !luma.enum<@Shape>
// CHECK-NEXT:  luma.enum.make 2() : () -> !luma.enum<@Shape>
// CHECK-NEXT:  luma.enum.tag %[[E]] : !luma.enum<@Shape>
// CHECK-NEXT:  luma.enum.is %[[E]], 2 : !luma.enum<@Shape>
// CHECK-NEXT:  luma.enum.get %[[E]], 1, 1 : !luma.enum<@Shape> -> i64
luma.func @make(%x: f64, %n: i64) {
  %p = luma.struct.make %x, %n : (f64, i64) -> !luma.struct<@Pair, [f64]>
  %q = luma.struct.make %x, %n {note} : (f64, i64) -> !luma.struct<@Elsewhere>
  %t = luma.tuple.make %x, %n : (f64, i64) -> !luma.tuple<f64, i64>
  %u = luma.tuple.make : () -> !luma.tuple<>
  %e = luma.enum.make 1 (%x, %n) : (f64, i64) -> !luma.enum<@Shape>
  %f = luma.enum.make 2 () : () -> !luma.enum<@Shape>
  %tag = luma.enum.tag %e : !luma.enum<@Shape>
  %is = luma.enum.is %e, 2 : !luma.enum<@Shape>
  %get = luma.enum.get %e, 1, 1 : !luma.enum<@Shape> -> i64
  luma.return
}

// CHECK-LABEL: luma.func @places
// CHECK-NEXT:  luma.get %g[%i, 0, %j] : !luma.array<!luma.struct<@Pair, [!luma.fixed<3, i8>]>> -> i8
// CHECK-NEXT:  luma.get %g[%i, 1] {note} : !luma.array<!luma.struct<@Pair, [!luma.fixed<3, i8>]>> -> i64
// CHECK-NEXT:  %[[G:.*]] = luma.set %g[%i, 1] = %j : !luma.array<!luma.struct<@Pair, [!luma.fixed<3, i8>]>>, i64
// CHECK-NEXT:  %[[V:.*]], %[[R:.*]] = luma.take %[[G]][%i, 0] : !luma.array<!luma.struct<@Pair, [!luma.fixed<3, i8>]>> -> !luma.fixed<3, i8>
// CHECK-NEXT:  luma.put %[[R]][%i, 0] = %[[V]] : !luma.array<!luma.struct<@Pair, [!luma.fixed<3, i8>]>>, !luma.fixed<3, i8>
// CHECK-NEXT:  luma.get %t[1] : !luma.tuple<i8, f32> -> f32
luma.func @places(%g: !luma.array<!luma.struct<@Pair, [!luma.fixed<3, i8>]>>, %t: !luma.tuple<i8, f32>, %i: i64, %j: i64) {
  %a = luma.get %g[%i, 0, %j] : !luma.array<!luma.struct<@Pair, [!luma.fixed<3, i8>]>> -> i8
  %b = luma.get %g[%i, 1] {note} : !luma.array<!luma.struct<@Pair, [!luma.fixed<3, i8>]>> -> i64
  %h = luma.set %g[%i, 1] = %j : !luma.array<!luma.struct<@Pair, [!luma.fixed<3, i8>]>>, i64
  %v, %r = luma.take %h[%i, 0] : !luma.array<!luma.struct<@Pair, [!luma.fixed<3, i8>]>> -> !luma.fixed<3, i8>
  %k = luma.put %r[%i, 0] = %v : !luma.array<!luma.struct<@Pair, [!luma.fixed<3, i8>]>>, !luma.fixed<3, i8>
  %c = luma.get %t[1] : !luma.tuple<i8, f32> -> f32
  luma.return
}
