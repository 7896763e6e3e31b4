// RUN: luma-opt %s -p convert-cf-to-llvm | filecheck %s

// CHECK-LABEL: @branches
// CHECK:       llvm.cond_br %{{.*}} weights([1, 2000]), ^[[A:.*]], ^[[B:.*]](%{{.*}} : i64)
// CHECK:       ^[[A]]:
// CHECK-NEXT:  llvm.br ^[[B]](%{{.*}} : i64) {loop_annotation = #llvm.loop_annotation<mustProgress = true>}
func.func @branches(%c: i1, %x: i64) -> i64 {
  cf.cond_br %c, ^a, ^b(%x : i64) {branch_weights = array<i32: 1, 2000>}
^a:
  cf.br ^b(%x : i64) {llvm.loop_annotation = #llvm.loop_annotation<mustProgress = true>}
^b(%y: i64):
  func.return %y : i64
}

// Block arguments of type `index` are i64; what still wants an index gets a cast.
// CHECK-LABEL: @index
// CHECK:       llvm.switch %{{.*}} : i64, ^{{.*}} [ 3: ^[[C:.*]](%{{.*}} : i64) ]
// CHECK:       ^[[C]](%[[J:.*]]: i64):
// CHECK-NEXT:  %[[BACK:.*]] = builtin.unrealized_conversion_cast %[[J]] : i64 to index
// CHECK-NEXT:  func.return %[[BACK]] : index
func.func @index(%i: index) -> index {
  cf.switch %i : index, [
    default: ^d,
    3: ^c(%i : index)
  ]
^c(%j: index):
  func.return %j : index
^d:
  func.return %i : index
}

// An assertion that fails prints its message and aborts, out of the way.
// CHECK-LABEL: @assertion
// CHECK:       llvm.cond_br %{{.*}} weights([2000, 1]), ^[[ON:.*]], ^[[FAIL:.*]]
// CHECK:       ^[[ON]]:
// CHECK-NEXT:  func.return
// CHECK:       ^[[FAIL]]:
// CHECK:       llvm.call @puts
// CHECK-NEXT:  llvm.call @abort
// CHECK-NEXT:  llvm.unreachable
func.func @assertion(%c: i1) {
  cf.assert %c, "impossible"
  func.return
}

// CHECK-LABEL: @unreachable
// CHECK:       llvm.unreachable
func.func @unreachable() {
  ub.unreachable
}

// CHECK-LABEL: @leaves_alone
// CHECK-NEXT:  arith.addi
// CHECK-NEXT:  func.return
func.func @leaves_alone(%a: i64) {
  %x = arith.addi %a, %a : i64
  func.return
}
