// RUN: luma-opt %s | luma-opt | filecheck %s
luma.struct @Pair {field_names = ["left", "right"], field_types = [!luma.array<i64>, !luma.array<i64>]}
luma.enum @Tree {variants = ["Leaf", "Node"], payloads = [[], [!luma.enum<@Tree>, !luma.enum<@Tree>]]}

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

// CHECK-LABEL: @reuse
// CHECK:       mem.drop_rest %l, %{{.*}}, %{{.*}} : !luma.enum<@Tree>, !luma.enum<@Tree>, !luma.enum<@Tree>
// CHECK:       %[[T:.*]] = mem.drop_reuse %k, 1(%{{.*}}) : !luma.enum<@Tree>, (!luma.enum<@Tree>) -> !llvm.ptr
// CHECK-NEXT:  mem.make_at %[[T]], 1(%{{.*}}, %{{.*}}) : (!luma.enum<@Tree>, !luma.enum<@Tree>) -> !luma.enum<@Tree>
luma.func private @reuse(%l: !luma.enum<@Tree>, %k: !luma.enum<@Tree>) {
  %a = luma.enum.get %l, 1, 0 : !luma.enum<@Tree> -> !luma.enum<@Tree>
  %b = luma.enum.get %l, 1, 1 : !luma.enum<@Tree> -> !luma.enum<@Tree>
  mem.drop_rest %l, %a, %b : !luma.enum<@Tree>, !luma.enum<@Tree>, !luma.enum<@Tree>
  %c = luma.enum.get %k, 1, 0 : !luma.enum<@Tree> -> !luma.enum<@Tree>
  %t = mem.drop_reuse %k, 1 (%c) : !luma.enum<@Tree>, (!luma.enum<@Tree>) -> !llvm.ptr
  %m = mem.make_at %t, 1 (%a, %c) : (!luma.enum<@Tree>, !luma.enum<@Tree>) -> !luma.enum<@Tree>
  luma.return
}

// CHECK-LABEL: @given_back
// CHECK:       %[[T:.*]] = mem.drop_reuse %k, 1(%{{.*}})
// CHECK-NEXT:  mem.free_token %[[T]]
luma.func private @given_back(%k: !luma.enum<@Tree>) -> !luma.enum<@Tree> {
  %c = luma.enum.get %k, 1, 0 : !luma.enum<@Tree> -> !luma.enum<@Tree>
  %t = mem.drop_reuse %k, 1 (%c) : !luma.enum<@Tree>, (!luma.enum<@Tree>) -> !llvm.ptr
  mem.free_token %t
  luma.return %c : !luma.enum<@Tree>
}

// CHECK-LABEL: @objects
// CHECK-NEXT:  %[[C:.*]] = mem.alloc_cell 24
// CHECK-NEXT:  mem.table [@f], 24 {drop = @g}
// CHECK-NEXT:  mem.table [], 16 {object}
// CHECK-NEXT:  mem.call_indirect %[[C]](%i) : (i64) -> i64
// CHECK-NEXT:  mem.free_cell %[[C]], 24
func.func @objects(%i: i64) {
  %c = mem.alloc_cell 24
  %t = mem.table [@f], 24 {drop = @g}
  %o = mem.table [], 16 {object}
  %r = mem.call_indirect %c(%i) : (i64) -> i64
  mem.free_cell %c, 24
  func.return
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
