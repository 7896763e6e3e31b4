// RUN: luma-opt %s --allow-unregistered-dialect | filecheck %s
// RUN: not luma-opt %s 2>&1 | filecheck %s --check-prefix=REFUSED

// CHECK:   "strange.op"() : () -> i32
// REFUSED: error: op `strange.op` is not registered
// REFUSED: --> {{.*}}unregistered.mlir:7:7
%x = "strange.op"() : () -> i32
