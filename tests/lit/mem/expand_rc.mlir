// RUN: luma-opt %s -p mem-expand-rc | filecheck %s

// CHECK-LABEL: @own
// CHECK:       %[[RC:.*]] = mem.load_header "rc" %b : i32
// CHECK-NEXT:  %[[SHARED:.*]] = arith.cmpi ne, %[[RC]]
// CHECK-NEXT:  scf.if %[[SHARED]] -> (!llvm.ptr)
// CHECK-NEXT:    func.call @mem.copy.8(%b)
// CHECK:       mem.unlikely
func.func private @mem.copy.8(!llvm.ptr) -> !llvm.ptr
func.func @own(%b: !llvm.ptr) -> !llvm.ptr {
  %c = mem.own_buffer %b, @mem.copy.8
  func.return %c : !llvm.ptr
}

// Constants are not counted.
// CHECK-LABEL: @constants
// CHECK-NEXT:  mem.constant
// CHECK-NEXT:  mem.empty
// CHECK-NEXT:  func.return
func.func @constants() {
  %s = mem.constant "hello" : i8
  %e = mem.empty
  mem.retain %s
  mem.release %s, 1
  mem.release %e, 8
  func.return
}

// CHECK-LABEL: @counts
// CHECK:       %[[NEW:.*]] = func.call @mem.new.8(%n, %n)
// CHECK-NEXT:  func.call @mem.retain(%[[NEW]])
// CHECK-NEXT:  func.call @mem.release.8(%[[NEW]])
// CHECK-NEXT:  func.call @mem.release.t0(%[[NEW]])
// CHECK-NEXT:  func.call @mem.end.8(%[[NEW]])
func.func private @mem.destroy.t0(!llvm.ptr)
func.func @counts(%n: i64) {
  %b = mem.alloc %n, 8 {filled}
  mem.retain %b
  mem.release %b, 8
  mem.release %b, 8 {destroy = @mem.destroy.t0}
  mem.release %b, 8 {unique}
  func.return
}

// CHECK-LABEL: func.func private @mem.release.8
// CHECK:       %[[RC:.*]] = mem.load_header "rc"
// CHECK:       arith.cmpi eq, %[[RC]]
// CHECK:       func.call @mem.free.8
// CHECK:       arith.cmpi sgt, %[[RC]]
// CHECK:       arith.subi
// CHECK:       mem.store_header "rc"
// CHECK-LABEL: func.func private @mem.release.t0
// CHECK:       func.call @mem.destroy.t0
// CHECK-LABEL: func.func private @mem.end.8
// CHECK-NOT:   "rc"
// CHECK:       mem.load_header "cap"
// CHECK:       func.func private @std.rt.alloc(i64) -> !llvm.ptr
