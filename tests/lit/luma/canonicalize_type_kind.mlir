// RUN: luma-opt %s -p luma-canonicalize --split-input-file | filecheck %s

// The kind of a known type is a constant: bits of an integer, -1 where memory is owned, 0 for the others.
// CHECK-LABEL: @known
// CHECK-DAG:   %[[BITS:.*]] = arith.constant 32 : i64
// CHECK-DAG:   %[[OWNS:.*]] = arith.constant -1 : i64
// CHECK-DAG:   %[[PLAIN:.*]] = arith.constant 0 : i64
// CHECK:       luma.return %[[BITS]], %[[OWNS]], %[[PLAIN]], %[[PLAIN]], %[[OWNS]]
luma.func private @known(%i: i32, %a: !luma.array<i64>, %f: f64, %t: !luma.tuple<i64, f64>, %p: !luma.tuple<i64, !luma.array<i8>>) -> (i64, i64, i64, i64, i64) {
  %k0 = luma.type_kind %i : i32
  %k1 = luma.type_kind %a : !luma.array<i64>
  %k2 = luma.type_kind %f : f64
  %k3 = luma.type_kind %t : !luma.tuple<i64, f64>
  %k4 = luma.type_kind %p : !luma.tuple<i64, !luma.array<i8>>
  luma.return %k0, %k1, %k2, %k3, %k4 : i64, i64, i64, i64, i64
}

// -----

// That of a type parameter stays until it is known.
// CHECK-LABEL: @generic
// CHECK:       luma.type_kind %x : !luma.param<"T">
luma.func private @generic(%x: !luma.param<"T">) -> i64 attributes {type_params = ["T"]} {
  %k = luma.type_kind %x : !luma.param<"T">
  luma.return %k : i64
}
