// RUN: luma-opt %s | luma-opt | filecheck %s
// RUN: luma-opt %s --print-op-generic | luma-opt | filecheck %s

// CHECK-LABEL: @floats
// CHECK:       llvm.intr.nearbyint(%x) : (f64) -> f64
// CHECK-NEXT:  llvm.intr.exp10(%x) : (f64) -> f64
// CHECK-NEXT:  llvm.intr.tan(%x) : (f64) -> f64
// CHECK-NEXT:  llvm.intr.asin(%x) : (f64) -> f64
// CHECK-NEXT:  llvm.intr.acos(%x) : (f64) -> f64
// CHECK-NEXT:  llvm.intr.atan(%x) : (f64) -> f64
// CHECK-NEXT:  llvm.intr.sinh(%x) : (f64) -> f64
// CHECK-NEXT:  llvm.intr.cosh(%x) : (f64) -> f64
// CHECK-NEXT:  llvm.intr.tanh(%x) : (f64) -> f64
// CHECK-NEXT:  llvm.intr.atan2(%x, %x) : (f64, f64) -> f64
// CHECK-NEXT:  "llvm.intr.fptosi.sat"(%x) : (f64) -> i32
// CHECK-NEXT:  "llvm.intr.fptoui.sat"(%x)
// CHECK-NEXT:  llvm.intr.lround(%x) : (f64) -> i64
llvm.func @floats(%x: f64) {
  %0 = llvm.intr.nearbyint(%x) : (f64) -> f64
  %1 = llvm.intr.exp10(%x) : (f64) -> f64
  %2 = llvm.intr.tan(%x) : (f64) -> f64
  %3 = llvm.intr.asin(%x) : (f64) -> f64
  %4 = llvm.intr.acos(%x) : (f64) -> f64
  %5 = llvm.intr.atan(%x) : (f64) -> f64
  %6 = llvm.intr.sinh(%x) : (f64) -> f64
  %7 = llvm.intr.cosh(%x) : (f64) -> f64
  %8 = llvm.intr.tanh(%x) : (f64) -> f64
  %9 = llvm.intr.atan2(%x, %x) : (f64, f64) -> f64
  %10 = "llvm.intr.fptosi.sat"(%x) : (f64) -> i32
  %11 = "llvm.intr.fptoui.sat"(%x) : (f64) -> i32
  %12 = llvm.intr.lround(%x) : (f64) -> i64
  llvm.return
}

// CHECK-LABEL: @integers
// CHECK:       llvm.intr.sshl.sat(%a, %a) : (i64, i64) -> i64
// CHECK-NEXT:  llvm.intr.ushl.sat(%a, %a) : (i64, i64) -> i64
// CHECK-NEXT:  "llvm.intr.vector.reduce.and"(%v) : (vector<4xi64>) -> i64
// CHECK-NEXT:  "llvm.intr.vector.reduce.or"(%v)
// CHECK-NEXT:  "llvm.intr.vector.reduce.smin"(%v)
// CHECK-NEXT:  "llvm.intr.vector.reduce.umax"(%v)
// CHECK-NEXT:  "llvm.intr.vector.reduce.umin"(%v)
// CHECK-NEXT:  llvm.intr.vector.reduce.fmin(%w)
// CHECK-NEXT:  llvm.intr.vector.reduce.fmaximum(%w)
llvm.func @integers(%a: i64, %v: vector<4xi64>, %w: vector<2xf64>) {
  %0 = llvm.intr.sshl.sat(%a, %a) : (i64, i64) -> i64
  %1 = llvm.intr.ushl.sat(%a, %a) : (i64, i64) -> i64
  %2 = "llvm.intr.vector.reduce.and"(%v) : (vector<4xi64>) -> i64
  %3 = "llvm.intr.vector.reduce.or"(%v) : (vector<4xi64>) -> i64
  %4 = "llvm.intr.vector.reduce.smin"(%v) : (vector<4xi64>) -> i64
  %5 = "llvm.intr.vector.reduce.umax"(%v) : (vector<4xi64>) -> i64
  %6 = "llvm.intr.vector.reduce.umin"(%v) : (vector<4xi64>) -> i64
  %7 = "llvm.intr.vector.reduce.fmin"(%w) <{fastmathFlags = #llvm.fastmath<none>}> : (vector<2xf64>) -> f64
  %8 = "llvm.intr.vector.reduce.fmaximum"(%w) <{fastmathFlags = #llvm.fastmath<none>}> : (vector<2xf64>) -> f64
  llvm.return
}

// CHECK-LABEL: @rest
// CHECK:       llvm.intr.debugtrap
// CHECK-NEXT:  llvm.mlir.none : !llvm.token
llvm.func @rest() {
  "llvm.intr.debugtrap"() : () -> ()
  %0 = llvm.mlir.none : !llvm.token
  llvm.return
}

// CHECK:       llvm.mlir.global_dtors dtors = [@rest], priorities = [1 : i32], data = [#llvm.zero]
llvm.mlir.global_dtors dtors = [@rest], priorities = [1 : i32], data = [#llvm.zero]
