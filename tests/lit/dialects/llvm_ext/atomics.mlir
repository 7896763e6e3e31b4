// RUN: luma-opt %s | luma-opt | filecheck %s
// RUN: luma-opt %s --print-op-generic | luma-opt | filecheck %s

// CHECK-LABEL: @run_rmw
// CHECK:       llvm.atomicrmw add %{{.*}}, %{{.*}} seq_cst : !llvm.ptr, i64
// CHECK:       llvm.atomicrmw volatile _and %{{.*}}, %{{.*}} syncscope("agent") acq_rel
// CHECK:       llvm.load %{{.*}} atomic acquire
llvm.func @run_rmw(%n: i64) -> i64 {
  %one = llvm.mlir.constant(1 : i64) : i64
  %p = llvm.alloca %one x i64 {alignment = 8 : i64} : (i64) -> !llvm.ptr
  llvm.store %n, %p atomic release {alignment = 8 : i64} : i64, !llvm.ptr
  %a = llvm.atomicrmw add %p, %n seq_cst : !llvm.ptr, i64
  %b = llvm.atomicrmw volatile _and %p, %one syncscope("agent") acq_rel {alignment = 8 : i64} : !llvm.ptr, i64
  %c = llvm.atomicrmw xchg %p, %a monotonic : !llvm.ptr, i64
  %d = llvm.atomicrmw umax %p, %one release : !llvm.ptr, i64
  %e = llvm.load %p atomic acquire {alignment = 8 : i64} : !llvm.ptr -> i64
  %f = llvm.add %b, %c : i64
  %g = llvm.add %d, %e : i64
  %h = llvm.add %f, %g : i64
  llvm.return %h : i64
}

// CHECK-LABEL: @run_exchange
// CHECK:       llvm.cmpxchg weak volatile %{{.*}} acq_rel monotonic
// CHECK:       llvm.fence syncscope("agent") seq_cst
// CHECK:       llvm.fence acquire
llvm.func @run_exchange(%n: i64, %m: i64) -> i64 {
  %one = llvm.mlir.constant(1 : i64) : i64
  %p = llvm.alloca %one x i64 {alignment = 8 : i64} : (i64) -> !llvm.ptr
  llvm.store %n, %p {alignment = 8 : i64} : i64, !llvm.ptr
  %a = llvm.cmpxchg %p, %m, %one seq_cst seq_cst : !llvm.ptr, i64
  %b = llvm.extractvalue %a[1] : !llvm.struct<(i64, i1)>
  %w = llvm.cmpxchg weak volatile %p, %m, %one acq_rel monotonic {alignment = 8 : i64} : !llvm.ptr, i64
  llvm.fence syncscope("agent") seq_cst
  llvm.fence acquire
  %c = llvm.zext %b : i1 to i64
  %d = llvm.extractvalue %a[0] : !llvm.struct<(i64, i1)>
  %e = llvm.add %c, %d : i64
  llvm.return %e : i64
}

// CHECK-LABEL: @floats
// CHECK:       llvm.atomicrmw fadd
// CHECK:       llvm.atomicrmw fmaximum
llvm.func @floats(%p: !llvm.ptr, %x: f64) -> f64 {
  %a = llvm.atomicrmw fadd %p, %x seq_cst : !llvm.ptr, f64
  %b = llvm.atomicrmw fmaximum %p, %x seq_cst : !llvm.ptr, f64
  llvm.return %b : f64
}
