// RUN: luma-opt %s | luma-opt | filecheck %s
luma.struct @Pair {field_names = ["left", "right"], field_types = [!luma.array<i64>, !luma.array<i64>]}

// CHECK-LABEL: @ownership
// CHECK-NEXT:  mem.dup %a : !luma.array<i64>
// CHECK-NEXT:  mem.drop %a : !luma.array<i64>
// CHECK-NEXT:  %{{.*}} = mem.make_unique %a : !luma.array<i64>
// CHECK-NEXT:  %[[T:.*]] = mem.make_unique %s[0] : !luma.struct<@Pair>
// CHECK-NEXT:  %[[X:.*]] = luma.get %[[T]][1]
// CHECK-NEXT:  mem.make_unique_at %g[%i, %i]
// CHECK-NEXT:  mem.drop_rest %[[T]], %[[X]] : !luma.struct<@Pair>, !luma.array<i64>
luma.func private @ownership(%a: !luma.array<i64>, %s: !luma.struct<@Pair>, %g: !luma.array<!luma.array<!luma.array<i1>>>, %i: i64) {
  mem.dup %a : !luma.array<i64>
  mem.drop %a : !luma.array<i64>
  %b = mem.make_unique %a : !luma.array<i64>
  %t = mem.make_unique %s[0] : !luma.struct<@Pair>
  %x = luma.get %t[1] : !luma.struct<@Pair> -> !luma.array<i64>
  %h = mem.make_unique_at %g[%i, %i] : !luma.array<!luma.array<!luma.array<i1>>>
  mem.drop_rest %t, %x : !luma.struct<@Pair>, !luma.array<i64>
  luma.return
}

// CHECK-LABEL: @memory
// CHECK:       mem.slot : !llvm.array<4 x f64>
// CHECK-NEXT:  mem.empty
// CHECK-NEXT:  mem.load_header "len" %b : i64
// CHECK-NEXT:  mem.store_header "rc" %{{.*}}, %b : i32
// CHECK-NEXT:  mem.element %b[%i] : f64
// CHECK-NEXT:  mem.offset %b[%i] inbounds : f64
// CHECK-NEXT:  mem.offset %b[%i] : i8
// CHECK-NEXT:  mem.field %b[1] : !llvm.struct<(i64, i8)>
// CHECK-NEXT:  mem.load %b raw : f64
// CHECK-NEXT:  mem.store %{{.*}}, %b {alias_scopes = array<i64: 0>} : f64
// CHECK-NEXT:  mem.copy %b to %{{.*}}, %i : f64
// CHECK-NEXT:  mem.constant "hello" : i8
// CHECK-NEXT:  mem.constant [1 : i64, 2 : i64] data : i64
// CHECK-NEXT:  mem.static "state", 8
// CHECK-NEXT:  mem.location
func.func @memory(%b: !llvm.ptr, %i: i64, %c: i32) {
  %slot = mem.slot : !llvm.array<4 x f64>
  %e = mem.empty
  %n = mem.load_header "len" %b : i64
  mem.store_header "rc" %c, %b : i32
  %p = mem.element %b[%i] : f64
  %q = mem.offset %b[%i] inbounds : f64
  %r = mem.offset %b[%i] : i8
  %f = mem.field %b[1] : !llvm.struct<(i64, i8)>
  %v = mem.load %b raw : f64
  mem.store %v, %b {alias_scopes = array<i64: 0>} : f64
  mem.copy %b to %slot, %i : f64
  %s = mem.constant "hello" : i8
  %d = mem.constant [1 : i64, 2 : i64] data : i64
  %t = mem.static "state", 8
  %l = mem.location
  func.return
}

// CHECK-LABEL: @counting
// CHECK-NEXT:  %[[B:.*]] = mem.alloc %n, 8 {filled}
// CHECK-NEXT:  mem.retain %[[B]]
// CHECK-NEXT:  mem.release %[[B]], 8 {destroy = @f, unique}
// CHECK-NEXT:  mem.own_buffer %[[B]], @g
// CHECK-NEXT:  mem.free %[[B]], 8
func.func @counting(%n: i64) {
  %b = mem.alloc %n, 8 {filled}
  mem.retain %b
  mem.release %b, 8 {destroy = @f, unique}
  %c = mem.own_buffer %b, @g
  mem.free %b, 8
  func.return
}

// CHECK-LABEL: @checks
// CHECK-NEXT:  mem.panic_if %c "slice"(%i, %i, %i)
// CHECK-NEXT:  mem.panic_if %c "message"() {message = "no"}
// CHECK-NEXT:  mem.overflow "mul" %i, %i unsigned : i64
// CHECK-NEXT:  mem.float_to_int %x unsigned : f64 -> i8
// CHECK-NEXT:  mem.panic "no"
func.func @checks(%c: i1, %i: i64, %x: f64) {
  mem.panic_if %c "slice" (%i, %i, %i)
  mem.panic_if %c "message" () {message = "no"}
  %r, %o = mem.overflow "mul" %i, %i unsigned : i64
  %k = mem.float_to_int %x unsigned : f64 -> i8
  mem.panic "no"
}
