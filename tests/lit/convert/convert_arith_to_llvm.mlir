// RUN: luma-opt %s -p convert-arith-to-llvm | filecheck %s

// Flags and types carry over; `index` counts as i64.
// CHECK-LABEL: @flags
// CHECK:       llvm.add %{{.*}}, %{{.*}} overflow<nsw> : i64
// CHECK-NEXT:  llvm.mul %{{.*}}, %{{.*}} overflow<nsw,nuw> : i64
// CHECK-NEXT:  llvm.fadd %{{.*}}, %{{.*}} {fastmathFlags = #llvm.fastmath<fast>} : f64
func.func @flags(%a: i64, %f: f64) -> f64 {
  %0 = arith.addi %a, %a overflow<nsw> : i64
  %1 = arith.muli %a, %0 overflow<nsw, nuw> : i64
  %2 = arith.addf %f, %f fastmath<fast> : f64
  func.return %2 : f64
}

// Rounding down: one less where the division is not exact and the signs differ.
// CHECK-LABEL: @floor
// CHECK-SAME:  (%[[A:.*]]: i32, %[[B:.*]]: i32)
// CHECK:       %[[Q:.*]] = llvm.sdiv %[[A]], %[[B]] : i32
// CHECK:       %[[INEXACT:.*]] = llvm.icmp "ne"
// CHECK:       %[[SIGNS:.*]] = llvm.xor %[[A]], %[[B]]
// CHECK-NEXT:  %[[DIFFER:.*]] = llvm.icmp "slt" %[[SIGNS]]
// CHECK-NEXT:  %[[LESS:.*]] = llvm.add %[[Q]]
// CHECK-NEXT:  %[[WRONG:.*]] = llvm.and %[[INEXACT]], %[[DIFFER]]
// CHECK-NEXT:  llvm.select %[[WRONG]], %[[LESS]], %[[Q]]
func.func @floor(%a: i32, %b: i32) -> i32 {
  %0 = arith.floordivsi %a, %b : i32
  func.return %0 : i32
}

// Where `index` meets ops of other dialects, casts bridge the types; a cast to an integer is none.
// CHECK-LABEL: @index
// CHECK-SAME:  (%[[I:.*]]: index)
// CHECK:       llvm.mlir.constant(7 : i64) : i64
// CHECK:       %[[LONG:.*]] = builtin.unrealized_conversion_cast %[[I]] : index to i64
// CHECK:       %[[SUM:.*]] = llvm.add %[[LONG]]
// CHECK-NOT:   arith.index_cast
// CHECK:       func.return %[[SUM]] : i64
func.func @index(%i: index) -> i64 {
  %c = arith.constant 7 : index
  %0 = arith.addi %i, %c : index
  %1 = arith.index_cast %0 : index to i64
  func.return %1 : i64
}

// CHECK-LABEL: @vectors
// CHECK:       llvm.mlir.constant(dense<[1, 2]> : vector<2xi32>) : vector<2xi32>
// CHECK:       llvm.intr.smax(%{{.*}}, %{{.*}}) : (vector<2xi32>, vector<2xi32>) -> vector<2xi32>
// CHECK-NEXT:  llvm.lshr %{{.*}}, %{{.*}} : vector<2xi32>
func.func @vectors(%v: vector<2xi32>) -> vector<2xi32> {
  %c = arith.constant dense<[1, 2]> : vector<2xi32>
  %m = arith.maxsi %v, %c : vector<2xi32>
  %r = arith.shrui %m, %c : vector<2xi32>
  func.return %r : vector<2xi32>
}

// Twice the width, cut in two.
// CHECK-LABEL: @extended
// CHECK:       %[[WIDE:.*]] = llvm.mul %{{.*}}, %{{.*}} : i128
// CHECK:       %[[HIGH:.*]] = llvm.lshr %[[WIDE]]
// CHECK:       llvm.trunc %[[WIDE]] : i128 to i64
// CHECK:       llvm.trunc %[[HIGH]] : i128 to i64
func.func @extended(%a: i64, %b: i64) -> i64 {
  %l, %h = arith.mulsi_extended %a, %b : i64
  func.return %h : i64
}

// Other dialects stay, also inside of their regions.
// CHECK-LABEL: @leaves_alone
// CHECK:       scf.if
// CHECK-NEXT:  llvm.add
// CHECK:       math.sqrt
func.func @leaves_alone(%c: i1, %a: i64, %x: f64) -> f64 {
  %r = scf.if %c -> (i64) {
    %0 = arith.addi %a, %a : i64
    scf.yield %0 : i64
  } else {
    scf.yield %a : i64
  }
  %s = math.sqrt %x : f64
  func.return %s : f64
}
