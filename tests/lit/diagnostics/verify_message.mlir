// A verifier error has a place, an excerpt and the op on one line, however large the op is.
// RUN: not luma-opt %s 2>&1 | filecheck %s

// CHECK:      error: `arith.addi`: operand 1 does not dominate this use
// CHECK-NEXT:   --> {{.*}}verify_message.mlir:16:3
// CHECK:      16 |   %x = arith.addi %a, %y : i32
// CHECK:      note: in `%x = arith.addi %a, %y : i32`
// CHECK:      note: the operand is defined at {{.*}}verify_message.mlir:17:3
// CHECK:      error: `scf.if`:
// CHECK-NEXT:   --> {{.*}}verify_message.mlir:18:3
// CHECK:      note: in `%r = {{.*}}scf.if{{.*}}`
// CHECK-NOT:  func.return
// CHECK-NOT:  Traceback

func.func @f(%a: i32, %c: i32) -> i32 {
  %x = arith.addi %a, %y : i32
  %y = arith.addi %a, %a : i32
  %r = "scf.if"(%c) ({
    scf.yield %a : i32
  }, {
    scf.yield %a : i32
  }) : (i32) -> i32
  func.return %r : i32
}
