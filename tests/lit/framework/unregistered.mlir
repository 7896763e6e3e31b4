// RUN: luma-opt %s --allow-unregistered-dialect | filecheck %s
// RUN: not luma-opt %s 2>&1 | filecheck %s --check-prefix=REFUSED

// CHECK:   "strange.op"() : () -> i32
// REFUSED: unregistered.mlir:6:{{.*}}: error: op `strange.op` is not registered
%x = "strange.op"() : () -> i32
