// RUN: luma-opt %s | luma-opt | filecheck %s
// RUN: luma-opt %s --print-op-generic | luma-opt | filecheck %s

// CHECK-LABEL: @run_switch
// CHECK:       llvm.switch %{{.*}} : i64, ^{{.*}} [ 5: ^{{.*}}(%{{.*}} : i64), -7: ^{{.*}} ] {branch_weights = array<i32: 10, 1, 1>}
llvm.func @run_switch(%n: i64) -> i64 {
  %zero = llvm.mlir.constant(0 : i64) : i64
  %k = llvm.mlir.constant(10 : i64) : i64
  llvm.switch %n : i64, ^one(%zero : i64) [ 5: ^one(%n : i64), -7: ^two ] {branch_weights = array<i32: 10, 1, 1>}
^one(%x: i64):
  %y = llvm.mul %x, %k : i64
  llvm.return %y : i64
^two:
  llvm.return %k : i64
}

// Edges to one block that differ in what they pass, from a switch and from a conditional branch.
// CHECK-LABEL: @run_edges
// CHECK:       llvm.cond_br %{{.*}}, ^[[M:.*]](%{{.*}} : i64), ^[[M]](%{{.*}} : i64)
llvm.func @run_edges(%n: i64, %m: i64) -> i64 {
  %zero = llvm.mlir.constant(0 : i64) : i64
  %one = llvm.mlir.constant(1 : i64) : i64
  %c = llvm.icmp "slt" %n, %m : i64
  llvm.cond_br %c, ^join(%n : i64), ^join(%m : i64)
^join(%x: i64):
  llvm.switch %x : i64, ^end(%x, %zero : i64, i64) [ 1: ^end(%one, %zero : i64, i64), 2: ^end(%one, %x : i64, i64), 3: ^end(%one, %x : i64, i64) ]
^end(%a: i64, %b: i64):
  %s = llvm.shl %b, %one : i64
  %r = llvm.add %a, %s : i64
  llvm.return %r : i64
}

// The block that comes first in the text is reached last; the last one cannot be reached at all.
// CHECK-LABEL: @run_order
llvm.func @run_order(%n: i64) -> i64 {
  llvm.br ^late
^early:
  %y = llvm.add %x, %n : i64
  llvm.return %y : i64
^late:
  %x = llvm.mul %n, %n : i64
  llvm.br ^early
^never(%z: i64):
  llvm.br ^never(%z : i64)
}

// CHECK-LABEL: @run_loop
// CHECK:       llvm.cond_br %{{.*}} weights([100, 1]), ^{{.*}}, ^{{.*}} {loop_annotation = #llvm.loop_annotation<
llvm.func @run_loop(%n: i64) -> i64 {
  %zero = llvm.mlir.constant(0 : i64) : i64
  %one = llvm.mlir.constant(1 : i64) : i64
  llvm.br ^head(%zero, %zero : i64, i64)
^head(%i: i64, %sum: i64):
  %more = llvm.icmp "slt" %i, %n : i64
  llvm.cond_br %more weights([100, 1]), ^body, ^exit {loop_annotation = #llvm.loop_annotation<disableNonforced = true, vectorize = <disable = true>, interleave = <count = 1 : i32>, unroll = <count = 2 : i32, runtimeDisable = true>, licm = <disable = true>, mustProgress = true>}
^body:
  %next = llvm.add %i, %one overflow<nsw, nuw> : i64
  %total = llvm.add %sum, %i : i64
  llvm.br ^head(%next, %total : i64, i64) {loop_annotation = #llvm.loop_annotation<mustProgress = true>}
^exit:
  llvm.return %sum : i64
}

// CHECK-LABEL: @stops
// CHECK:       llvm.intr.trap
// CHECK:       llvm.unreachable
llvm.func @stops() attributes {passthrough = ["noreturn", "cold"]} {
  "llvm.intr.trap"() : () -> ()
  llvm.unreachable
}
