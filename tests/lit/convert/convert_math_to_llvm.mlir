// RUN: luma-opt %s -p convert-math-to-llvm | filecheck %s

// CHECK-LABEL: @intrinsics
// CHECK:       llvm.intr.sqrt(%{{.*}}) {fastmathFlags = #llvm.fastmath<nnan>} : (f64) -> f64
// CHECK-NEXT:  llvm.intr.fma(%{{.*}}, %{{.*}}, %{{.*}}) : (f64, f64, f64) -> f64
// CHECK:       llvm.intr.powi(%{{.*}}, %{{.*}}) : (f64, i32) -> f64
// CHECK-NEXT:  llvm.intr.ctlz{{.*}}is_zero_poison = false{{.*}} : (i32) -> i32
func.func @intrinsics(%x: f64, %n: i32) -> i32 {
  %0 = math.sqrt %x fastmath<nnan> : f64
  %1 = math.fma %x, %0, %x : f64
  %three = llvm.mlir.constant(3 : i32) : i32
  %2 = math.fpowi %1, %three : f64, i32
  %3 = math.ctlz %n : i32
  func.return %3 : i32
}

// What LLVM has no intrinsic for is a call of the C library, declared once.
// CHECK-LABEL: @library
// CHECK:       llvm.call @cbrt(%{{.*}}) : (f64) -> f64
// CHECK:       llvm.call @cbrt(%{{.*}}) : (f64) -> f64
// CHECK:       llvm.call @erff(%{{.*}}) : (f32) -> f32
func.func @library(%x: f64, %y: f32) -> f64 {
  %0 = math.cbrt %x : f64
  %1 = math.cbrt %0 : f64
  %2 = math.erf %y : f32
  func.return %1 : f64
}

// Lane by lane.
// CHECK-LABEL: @lanes
// CHECK:       %[[X:.*]] = llvm.extractelement
// CHECK-NEXT:  %[[R:.*]] = llvm.call @log1pf(%[[X]])
// CHECK-NEXT:  llvm.insertelement %[[R]]
// CHECK:       llvm.call @log1pf
// CHECK:       llvm.insertelement
func.func @lanes(%v: vector<2xf32>) -> vector<2xf32> {
  %0 = math.log1p %v : vector<2xf32>
  func.return %0 : vector<2xf32>
}

// An exponent known only when the program runs makes a loop, too.
// CHECK-LABEL: @float_power
// CHECK:       llvm.call @luma.fpow.f64.i32(%{{.*}}, %{{.*}}) : (f64, i32) -> f64
func.func @float_power(%x: f64, %n: i32) -> f64 {
  %0 = math.fpowi %x, %n : f64, i32
  func.return %0 : f64
}

// An integer power is a loop in a private function, made once.
// CHECK-LABEL: @power
// CHECK:       llvm.call @luma.ipow.i64
// CHECK:       llvm.call @luma.ipow.i64
// CHECK:       arith.addi
func.func @power(%a: i64, %b: i64) -> i64 {
  %0 = math.ipowi %a, %b : i64
  %1 = math.ipowi %0, %b : i64
  %2 = arith.addi %0, %1 : i64
  func.return %2 : i64
}

// A small constant exponent needs no loop.
// CHECK-LABEL: @cube
// CHECK-SAME:  (%[[A:.*]]: i64)
// CHECK:       %[[S:.*]] = llvm.mul %[[A]], %[[A]] : i64
// CHECK-NEXT:  %[[C:.*]] = llvm.mul %[[A]], %[[S]] : i64
// CHECK-NEXT:  func.return %[[C]]
func.func @cube(%a: i64) -> i64 {
  %three = arith.constant 3 : i64
  %0 = math.ipowi %a, %three : i64
  func.return %0 : i64
}

// CHECK-COUNT-1: llvm.func internal @luma.ipow.i64
// CHECK-COUNT-1: llvm.func @cbrt(f64) -> f64
// CHECK-NOT:     @cbrt(f64)
