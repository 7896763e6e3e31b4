// RUN: luma-opt %s -p convert-mem-to-llvm | filecheck %s

// CHECK-LABEL: @addresses
// CHECK-SAME:  (%[[B:.*]]: !llvm.ptr{{.*}}, %[[I:.*]]: i64)
// CHECK:       llvm.getelementptr inbounds|nuw %[[B]][0, 5, %[[I]]] : (!llvm.ptr, i64) -> !llvm.ptr, !llvm.struct<(i32, i32, i64, i64, i64, !llvm.array<0 x f64>)>
// CHECK-NEXT:  llvm.getelementptr inbounds|nuw %{{.*}}[%[[I]]] : (!llvm.ptr, i64) -> !llvm.ptr, i32
// CHECK-NEXT:  llvm.getelementptr %{{.*}}[%[[I]]] : (!llvm.ptr, i64) -> !llvm.ptr, i32
// CHECK-NEXT:  llvm.getelementptr inbounds|nuw %{{.*}}[0, 1] : (!llvm.ptr) -> !llvm.ptr, !llvm.struct<(f64, i64)>
func.func @addresses(%b: !llvm.ptr, %i: i64) {
  %0 = mem.element %b[%i] : f64
  %1 = mem.offset %0[%i] inbounds : i32
  %2 = mem.offset %1[%i] : i32
  %3 = mem.field %2[1] : !llvm.struct<(f64, i64)>
  func.return
}

// CHECK-LABEL: @header
// CHECK-SAME:  (%[[B:.*]]: !llvm.ptr{{.*}})
// CHECK:       llvm.load %[[B]] : !llvm.ptr -> i32
// CHECK-NEXT:  %[[P:.*]] = llvm.getelementptr inbounds|nuw %[[B]][8] : (!llvm.ptr) -> !llvm.ptr, i8
// CHECK-NEXT:  %[[N:.*]] = llvm.load %[[P]] : !llvm.ptr -> i64
// CHECK-NEXT:  %[[Q:.*]] = llvm.getelementptr inbounds|nuw %[[B]][16]
// CHECK-NEXT:  llvm.store %[[N]], %[[Q]] : i64, !llvm.ptr
func.func @header(%b: !llvm.ptr) {
  %rc = mem.load_header "rc" %b : i32
  %n = mem.load_header "len" %b : i64
  mem.store_header "cap" %n, %b : i64
  func.return
}

// A truth value in memory is a byte that is 0 or 1.
// CHECK-LABEL: @truth
// CHECK:       %[[BYTE:.*]] = llvm.load %{{.*}} : !llvm.ptr -> i8
// CHECK-NEXT:  %[[BIT:.*]] = llvm.trunc %[[BYTE]] overflow<nuw> : i8 to i1
// CHECK-NEXT:  %[[WIDE:.*]] = llvm.zext %[[BIT]] : i1 to i8
// CHECK-NEXT:  llvm.store %[[WIDE]], %{{.*}} : i8, !llvm.ptr
func.func @truth(%p: !llvm.ptr) {
  %v = mem.load %p : i1
  mem.store %v, %p : i1
  func.return
}

// Scopes of one function share a domain and are declared at its start, in the order they are met.
// CHECK-LABEL: @scopes
// CHECK-NEXT:  llvm.intr.experimental.noalias.scope.decl #llvm.alias_scope<id = "scopes.0"
// CHECK-NEXT:  llvm.intr.experimental.noalias.scope.decl #llvm.alias_scope<id = "scopes.1"
// CHECK-NEXT:  llvm.load %{{.*}} {alias_scopes = [#llvm.alias_scope<id = "scopes.0"{{.*}}>], noalias_scopes = [#llvm.alias_scope<id = "scopes.1"
// CHECK-NEXT:  llvm.store %{{.*}} {alias_scopes = [#llvm.alias_scope<id = "scopes.1"{{.*}}>], noalias_scopes = [#llvm.alias_scope<id = "scopes.0"
func.func @scopes(%p: !llvm.ptr, %q: !llvm.ptr) {
  %v = mem.load %p {alias_scopes = array<i64: 0>, noalias_scopes = array<i64: 1>} : f64
  mem.store %v, %q {alias_scopes = array<i64: 1>, noalias_scopes = array<i64: 0>} : f64
  func.return
}

// CHECK-LABEL: @bytes
// CHECK:       %[[SIZE:.*]] = llvm.mlir.constant(24 : i64) : i64
// CHECK-NEXT:  %[[ALL:.*]] = llvm.mul %{{.*}}, %[[SIZE]] overflow<nsw,nuw> : i64
// CHECK-NEXT:  llvm.intr.memcpy{{"?}}(%{{.*}}, %{{.*}}, %[[ALL]]){{.*}}isVolatile = false
// CHECK:       %[[ONE:.*]] = llvm.mlir.constant(1 : i64) : i64
// CHECK-NEXT:  llvm.alloca %[[ONE]] x !llvm.array<4 x f64>
func.func @bytes(%p: !llvm.ptr, %q: !llvm.ptr, %n: i64) {
  mem.copy %p to %q, %n : !llvm.struct<(f64, i8, i32)>
  mem.copy %p to %q, %n : !llvm.struct<(f64, i8, i64)>
  %s = mem.slot : !llvm.array<4 x f64>
  func.return
}

// CHECK-LABEL: @arithmetic
// CHECK:       %[[BOTH:.*]] = {{"?}}llvm.intr.smul.with.overflow{{"?}}(%{{.*}}, %{{.*}}) : (i8, i8) -> !llvm.struct<(i8, i1)>
// CHECK-NEXT:  llvm.extractvalue %[[BOTH]][0]
// CHECK-NEXT:  llvm.extractvalue %[[BOTH]][1]
// CHECK:       llvm.call_intrinsic "llvm.fptoui.sat.i8.f64"(%{{.*}}) : (f64) -> i8
func.func @arithmetic(%a: i8, %x: f64) {
  %r, %o = mem.overflow "mul" %a, %a : i8
  %i = mem.float_to_int %x unsigned : f64 -> i8
  func.return
}

// The cold block calls the run-time function with the place of the op, in the function as the source calls it.
// CHECK-LABEL: @panics
// CHECK:       llvm.cond_br %{{.*}} weights([1, 1048575]), ^[[BAD:.*]], ^[[GOOD:.*]]
// CHECK:       ^[[GOOD]]:
// CHECK-NEXT:  func.return
// CHECK:       ^[[BAD]]:
// CHECK-NEXT:  %[[TEXT:.*]] = llvm.mlir.addressof @mem.text.0
// CHECK-NEXT:  %[[LENGTH:.*]] = llvm.mlir.constant(7 : i64)
// CHECK-NEXT:  %[[PLACE:.*]] = llvm.mlir.addressof @mem.place.0
// CHECK-NEXT:  func.call @std.rt.panic_message(%[[TEXT]], %[[LENGTH]], %[[PLACE]]) : (!llvm.ptr, i64, !llvm.ptr) -> ()
// CHECK-NEXT:  llvm.unreachable
func.func @panics(%c: i1) attributes {display_name = "Point::scale"} {
  mem.panic_if %c "message" () {message = "no luck"}
  func.return
}

// CHECK-LABEL: @constants
// CHECK:       %[[A:.*]] = llvm.mlir.addressof @mem.constant.0
// CHECK-NEXT:  llvm.mlir.addressof @mem.constant.0
// CHECK-NEXT:  llvm.mlir.addressof @mem.constant.1
// CHECK-NEXT:  llvm.mlir.addressof @mem.data.0
// CHECK-NEXT:  llvm.mlir.addressof @mem.empty
// CHECK-NEXT:  llvm.mlir.addressof @rt.stdout
func.func @constants() {
  %0 = mem.constant "hello" : i8
  %1 = mem.constant "hello" : i8
  %2 = mem.constant [1 : i64, 2 : i64] : i64
  %3 = mem.constant [1.0 : f64] data : f64
  %4 = mem.empty
  %5 = mem.static "rt.stdout", 8
  func.return
}

// Buffers are never null; a borrowed one outlives the call. Raw pointers may be anything.
// CHECK-LABEL: @parameters
// CHECK-SAME:  (%{{[^,]*}}: !llvm.ptr {llvm.nonnull, llvm.noundef, llvm.dereferenceable = 32 : i64}, %{{[^,]*}}: !llvm.ptr {llvm.nonnull, llvm.noundef}, %{{[^,]*}}: !llvm.ptr)
func.func @parameters(%a: !llvm.ptr, %b: !llvm.ptr, %p: !llvm.ptr) attributes {modes = ["borrow", "own", "none"]} {
  %n = mem.load_header "len" %a : i64
  mem.store_header "len" %n, %b : i64
  mem.store %n, %p : i64
  func.return
}

// CHECK-LABEL: @leaves_alone
// CHECK-NEXT:  arith.addi
// CHECK-NEXT:  func.return
func.func @leaves_alone(%a: i64) {
  %x = arith.addi %a, %a : i64
  func.return
}

// CHECK:       llvm.mlir.global internal unnamed_addr constant @mem.constant.0() {{.*}} : !llvm.struct<(i32, i32, i64, i64, i64, !llvm.array<5 x i8>)>
// CHECK:       llvm.mlir.constant(-2147483648 : i32)
// CHECK:       llvm.mlir.constant("hello") : !llvm.array<5 x i8>
// The address of the empty buffer has a meaning; no other constant may take its place.
// CHECK:       llvm.mlir.global internal constant @mem.empty()
// CHECK:       llvm.mlir.global internal @rt.stdout() {{.*}} : !llvm.array<8 x i8>
// CHECK:       llvm.mlir.zero
