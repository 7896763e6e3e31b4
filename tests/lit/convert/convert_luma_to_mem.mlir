// RUN: luma-opt %s -p convert-luma-to-mem | filecheck %s
luma.struct @Cell {field_names = ["flag", "at"], field_types = [i1, f64]}
luma.struct @Box {field_names = ["bytes"], field_types = [!luma.array<i8>]}
luma.enum @Color {variants = ["Red", "Green"], payloads = [[], []]}
luma.enum @Shape {variants = ["Dot", "Circle", "Text"], payloads = [[], [f64], [!luma.array<i8>, f64]]}

// Only the leaf of a nested path is loaded.
// CHECK-LABEL: func.func private @get
// CHECK-SAME:  (%a: !llvm.ptr, %i: i64, %j: i64) -> f64
// CHECK-NEXT:  %[[P:.*]] = mem.element %a[%i] : !llvm.ptr
// CHECK-NEXT:  %[[ROW:.*]] = mem.load %[[P]] : !llvm.ptr
// CHECK-NEXT:  %[[Q:.*]] = mem.element %[[ROW]][%j] : !llvm.struct<(i1, f64)>
// CHECK-NEXT:  %[[F:.*]] = mem.field %[[Q]][1] : !llvm.struct<(i1, f64)>
// CHECK-NEXT:  %[[V:.*]] = mem.load %[[F]] : f64
luma.func private @get(%a: !luma.array<!luma.array<!luma.struct<@Cell>>>, %i: i64, %j: i64) -> f64 attributes {modes = ["borrow", "none", "none"]} {
  %v = luma.get %a[%i, %j, 1] : !luma.array<!luma.array<!luma.struct<@Cell>>> -> f64
  luma.return %v : f64
}

// An inner array is made unique where its address is.
// CHECK-LABEL: func.func private @set
// CHECK:       %[[P:.*]] = mem.element %a[%i]
// CHECK-NEXT:  %[[ROW:.*]] = mem.load %[[P]]
// CHECK:       scf.if
// CHECK-NEXT:    %[[COPY:.*]] = func.call @mem.copy.8(%[[ROW]])
// CHECK-NEXT:    mem.store %[[COPY]], %[[P]]
// CHECK:       mem.store %v
luma.func private @set(%a: !luma.array<!luma.array<f64>>, %i: i64, %v: f64) -> !luma.array<!luma.array<f64>> {
  %b = luma.set %a[%i, %i] = %v : !luma.array<!luma.array<f64>>, f64
  luma.return %b : !luma.array<!luma.array<f64>>
}

// A struct of one field looks like the field, an enum without payloads like its tag; variants share slots.
// CHECK-LABEL: func.func private @layouts(%a: !llvm.ptr, %b: i8, %c: !llvm.struct<(i8, f64, !llvm.ptr)>) -> f64
// CHECK:       llvm.extractvalue %c[1]
luma.func private @layouts(%a: !luma.struct<@Box>, %b: !luma.enum<@Color>, %c: !luma.enum<@Shape>) -> f64 attributes {modes = ["borrow", "none", "borrow"]} {
  %r = luma.enum.get %c, 1, 0 : !luma.enum<@Shape> -> f64
  luma.return %r : f64
}

// A fixed array lives in a slot; the caller passes the address of the result.
// CHECK-LABEL: func.func private @fixed(%{{.*}}: !llvm.ptr, %f: !llvm.ptr, %i: i64)
// CHECK:       %[[S:.*]] = mem.slot : !llvm.array<4 x f64>
// CHECK:       mem.copy %f to %[[S]]
// CHECK:       %[[P:.*]] = mem.offset %[[S]][%i] inbounds : f64
// CHECK-NEXT:  mem.store %{{.*}}, %[[P]]
// CHECK:       mem.copy %[[S]] to
// CHECK-NEXT:  func.return
luma.func private @fixed(%f: !luma.fixed<4, f64>, %i: i64) -> !luma.fixed<4, f64> {
  %v = arith.constant 1.0 : f64
  %g = mem.make_unique %f : !luma.fixed<4, f64>
  %h = luma.set %g[%i] = %v : !luma.fixed<4, f64>, f64
  luma.return %h : !luma.fixed<4, f64>
}

// One unsigned comparison checks an index.
// CHECK-LABEL: func.func private @checks
// CHECK:       %[[BAD:.*]] = arith.cmpi uge, %i, %n
// CHECK-NEXT:  mem.panic_if %[[BAD]] "bounds"(%i, %n)
// CHECK:       mem.overflow "add" %i, %n
// CHECK-NEXT:  mem.panic_if %{{.*}} "message"() {message = "attempt to add with overflow"}
// CHECK:       "attempt to divide by zero"
luma.func private @checks(%i: i64, %n: i64) -> i64 {
  %j = luma.check.bounds %i in %n
  %s = luma.check.overflow "add" %j, %n : i64
  %d = luma.check.div %s, %n : i64
  %q = arith.divsi %s, %d : i64
  luma.return %q : i64
}

// CHECK-LABEL: func.func private @push
// CHECK:       %[[LEN:.*]] = mem.load_header "len" %a
// CHECK:       %[[FULL:.*]] = arith.cmpi eq, %[[LEN]]
// CHECK-NEXT:  %[[B:.*]] = scf.if %[[FULL]]
// CHECK-NEXT:    func.call @mem.grow.8(%a
// CHECK:       mem.unlikely
// CHECK-NEXT:  %[[P:.*]] = mem.element %[[B]][%[[LEN]]]
// CHECK-NEXT:  mem.store %v, %[[P]]
// CHECK-NEXT:  mem.store_header "len"
luma.func private @push(%a: !luma.array<i64>, %v: i64) -> !luma.array<i64> {
  %b = luma.array.push %a, %v : (!luma.array<i64>, i64) -> !luma.array<i64>
  luma.return %b : !luma.array<i64>
}
