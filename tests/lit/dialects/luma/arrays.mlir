// RUN: luma-opt %s | luma-opt | filecheck %s
// RUN: luma-opt %s --print-op-generic | luma-opt | filecheck %s
luma.struct @std.string.string {field_names = ["bytes"], field_types = [!luma.array<i8>]}

// CHECK-LABEL: luma.func @literals
// CHECK-NEXT:  luma.string.literal "a\22b" : !luma.struct<@std.string.string>
// CHECK-NEXT:  luma.array.literal [1 : i64, -2 : i64] : !luma.array<i64>
// CHECK-NEXT:  luma.array.literal [5.000000e-01 : f32] : !luma.fixed<1, f32>
// CHECK-NEXT:  luma.array.literal [] : !luma.array<i8>
// CHECK-NEXT:  luma.array.make %x, %x : (f64, f64) -> !luma.array<f64>
// CHECK-NEXT:  luma.array.make %x, %x : (f64, f64) -> !luma.fixed<2, f64>
// CHECK-NEXT:  luma.array.fill %x, %n : (f64, i64) -> !luma.array<f64>
// CHECK-NEXT:  %[[C:.*]] = arith.constant 7 : i64
// CHECK-NEXT:  luma.array.fill %x, %[[C]] : (f64, i64) -> !luma.fixed<7, f64>
// CHECK-NEXT:  luma.undef : !luma.array<i64>
luma.func @literals(%x: f64, %n: i64) {
  %s = luma.string.literal "a\22b" : !luma.struct<@std.string.string>
  %a = luma.array.literal [1 : i64, -2 : i64] : !luma.array<i64>
  %b = luma.array.literal [0.5 : f32] : !luma.fixed<1, f32>
  %c = luma.array.literal [] : !luma.array<i8>
  %d = luma.array.make %x, %x : (f64, f64) -> !luma.array<f64>
  %e = luma.array.make %x, %x : (f64, f64) -> !luma.fixed<2, f64>
  %f = luma.array.fill %x, %n : (f64, i64) -> !luma.array<f64>
  %seven = arith.constant 7 : i64
  %g = luma.array.fill %x, %seven : (f64, i64) -> !luma.fixed<7, f64>
  %h = luma.undef : !luma.array<i64>
  luma.return
}

// CHECK-LABEL: luma.func @arrays
// CHECK-NEXT:  luma.array.len %f : !luma.fixed<3, i64>
// CHECK-NEXT:  luma.array.push %a, %n : (!luma.array<i64>, i64) -> !luma.array<i64>
// CHECK-NEXT:  luma.array.pop %a : (!luma.array<i64>) -> (!luma.array<i64>, i64)
// CHECK-NEXT:  luma.array.truncate %a, %n : (!luma.array<i64>, i64) -> !luma.array<i64>
// CHECK-NEXT:  luma.array.reserve %a, %n : (!luma.array<i64>, i64) -> !luma.array<i64>
// CHECK-NEXT:  luma.array.append %a, %a : (!luma.array<i64>, !luma.array<i64>) -> !luma.array<i64>
// CHECK-NEXT:  luma.array.slice %f, %n, %n : (!luma.fixed<3, i64>, i64, i64) -> !luma.array<i64>
luma.func @arrays(%a: !luma.array<i64>, %f: !luma.fixed<3, i64>, %n: i64) {
  %l = luma.array.len %f : !luma.fixed<3, i64>
  %b = luma.array.push %a, %n : (!luma.array<i64>, i64) -> !luma.array<i64>
  %c, %v = luma.array.pop %a : (!luma.array<i64>) -> (!luma.array<i64>, i64)
  %d = luma.array.truncate %a, %n : (!luma.array<i64>, i64) -> !luma.array<i64>
  %e = luma.array.reserve %a, %n : (!luma.array<i64>, i64) -> !luma.array<i64>
  %g = luma.array.append %a, %a : (!luma.array<i64>, !luma.array<i64>) -> !luma.array<i64>
  %h = luma.array.slice %f, %n, %n : (!luma.fixed<3, i64>, i64, i64) -> !luma.array<i64>
  luma.return
}

// CHECK-LABEL: luma.func @pointers
// CHECK-NEXT:  %[[P:.*]] = luma.array.ptr %a : (!luma.array<i8>) -> !luma.ptr<i8>
// CHECK-NEXT:  %[[V:.*]] = luma.ptr.load %[[P]] : (!luma.ptr<i8>) -> i8
// CHECK-NEXT:  luma.ptr.store %[[V]], %[[P]] : i8, !luma.ptr<i8>
// CHECK-NEXT:  luma.ptr.offset %[[P]], %n : (!luma.ptr<i8>, i64) -> !luma.ptr<i8>
// CHECK-NEXT:  luma.ptr.cast %[[P]] : (!luma.ptr<i8>) -> i64
// CHECK-NEXT:  luma.ptr.cast %[[P]] : (!luma.ptr<i8>) -> !llvm.ptr
// CHECK-NEXT:  luma.static "rt.stdout", 8 : !luma.ptr<i8>
// CHECK-NEXT:  luma.static "rt.buffer", 8 {thread_local} : !luma.ptr<i8>
// CHECK-NEXT:  %[[S:.*]] = luma.slot : !luma.ptr<!luma.tuple<i8, i64>>
// CHECK-NEXT:  luma.ptr.field %[[S]], 1 : (!luma.ptr<!luma.tuple<i8, i64>>) -> !luma.ptr<i64>
// CHECK-NEXT:  luma.location : !luma.ptr<i8>
// CHECK-NEXT:  luma.float_to_int %x : f64 -> i32
// CHECK-NEXT:  luma.float_to_int %x unsigned : f64 -> i8
luma.func @pointers(%a: !luma.array<i8>, %n: i64, %x: f64) {
  %p = luma.array.ptr %a : (!luma.array<i8>) -> !luma.ptr<i8>
  %v = luma.ptr.load %p : (!luma.ptr<i8>) -> i8
  luma.ptr.store %v, %p : i8, !luma.ptr<i8>
  %q = luma.ptr.offset %p, %n : (!luma.ptr<i8>, i64) -> !luma.ptr<i8>
  %r = luma.ptr.cast %p : (!luma.ptr<i8>) -> i64
  %s = luma.ptr.cast %p : (!luma.ptr<i8>) -> !llvm.ptr
  %t = luma.static "rt.stdout", 8 : !luma.ptr<i8>
  %u = luma.static "rt.buffer", 8 {thread_local} : !luma.ptr<i8>
  %w = luma.slot : !luma.ptr<!luma.tuple<i8, i64>>
  %y = luma.ptr.field %w, 1 : (!luma.ptr<!luma.tuple<i8, i64>>) -> !luma.ptr<i64>
  %l = luma.location : !luma.ptr<i8>
  %i = luma.float_to_int %x : f64 -> i32
  %j = luma.float_to_int %x unsigned : f64 -> i8
  luma.return
}

// CHECK-LABEL: luma.func @checks
// CHECK-NEXT:  luma.check.bounds %i in %n
// CHECK-NEXT:  luma.check.slice %i to %i in %n
// CHECK-NEXT:  luma.check.overflow "add" %i, %n : i64
// CHECK-NEXT:  luma.check.overflow "shl" %i, %n unsigned : i64
// CHECK-NEXT:  luma.check.div %i, %n : i64
// CHECK-NEXT:  luma.check.div %i, %n unsigned remainder : i64
// CHECK-NEXT:  luma.assert %c, "assertion failed"
// CHECK-NEXT:  luma.panic "no way"
luma.func @checks(%i: i64, %n: i64, %c: i1) {
  %a = luma.check.bounds %i in %n
  %b, %d = luma.check.slice %i to %i in %n
  %e = luma.check.overflow "add" %i, %n : i64
  %f = luma.check.overflow "shl" %i, %n unsigned : i64
  %g = luma.check.div %i, %n : i64
  %h = luma.check.div %i, %n unsigned remainder : i64
  luma.assert %c, "assertion failed"
  luma.panic "no way"
}
