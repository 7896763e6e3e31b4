// RUN: luma-opt %s -p mem-alias-scopes | filecheck %s

// Scopes in order of the tags: 0 is `0:r`, 1 `0:u0`, 2 `0:x`, 3 `1:x`, 4 the length in the header.
// CHECK-LABEL: @loop
// CHECK:       mem.load_header "len" %p {alias_scopes = array<i64: 4>, noalias_scopes = array<i64: 0, 1, 2, 3>}
// CHECK:       mem.load %p {alias_scopes = array<i64: 0>, noalias_scopes = array<i64: 1, 2, 3, 4>}
// CHECK-NEXT:  mem.store %{{.*}}, %p {alias_scopes = array<i64: 1>, noalias_scopes = array<i64: 0, 3, 4>}
// CHECK-NEXT:  mem.store %{{.*}}, %p {alias_scopes = array<i64: 2>, noalias_scopes = array<i64: 0, 3, 4>}
// CHECK-NEXT:  mem.load %p {alias_scopes = array<i64: 3>, noalias_scopes = array<i64: 0, 1, 2, 4>}
// CHECK-NEXT:  mem.load %p raw : f64
func.func @loop(%p: !llvm.ptr, %one: i64) {
  %n = mem.load_header "len" %p : i64
  scf.for %i = %one to %n step %one : i64 {
    %v = mem.load %p {mem.scope = "0:r"} : f64
    mem.store %v, %p {mem.scope = "0:u0"} : f64
    mem.store %v, %p {mem.scope = "0:x"} : f64
    %w = mem.load %p {mem.scope = "1:x"} : i64
    %x = mem.load %p raw : f64
    scf.yield
  }
  func.return
}

// CHECK-LABEL: @straight
// CHECK-NEXT:  mem.load %p : f64
// CHECK-NEXT:  mem.load %p : i64
func.func @straight(%p: !llvm.ptr) {
  %v = mem.load %p {mem.scope = "0:x"} : f64
  %w = mem.load %p {mem.scope = "1:x"} : i64
  func.return
}
