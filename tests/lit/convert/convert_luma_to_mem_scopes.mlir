// RUN: luma-opt %s -p mem-infer-borrows,mem-insert-rc,mem-insert-unique,convert-luma-to-mem{scopes} | filecheck %s

// What is borrowed, what is unique and stays here, and what is neither, get tags of their own.
// CHECK-LABEL: func.func private @tags
// CHECK:       mem.load %{{.*}} {mem.scope = "0:r"} : f64
// CHECK:       mem.store %{{.*}} {mem.scope = "0:u0"} : f64
// CHECK:       mem.store %{{.*}} {mem.scope = "0:x"} : f64
luma.func private @tags(%a: !luma.array<f64>, %n: i64, %z: f64) -> !luma.array<!luma.array<f64>> {
  %one = arith.constant 1 : i64
  %b = luma.array.fill %z, %n : (f64, i64) -> !luma.array<f64>
  %c = luma.array.fill %z, %n : (f64, i64) -> !luma.array<f64>
  %r:2 = scf.for %i = %one to %n step %one iter_args(%x = %b, %y = %c) -> (!luma.array<f64>, !luma.array<f64>) : i64 {
    %v = luma.get %a[%i] : !luma.array<f64> -> f64
    %x2 = luma.set %x[%i] = %v : !luma.array<f64>, f64
    %y2 = luma.set %y[%i] = %v : !luma.array<f64>, f64
    scf.yield %x2, %y2 : !luma.array<f64>, !luma.array<f64>
  }
  %k = luma.array.make %r#1 : (!luma.array<f64>) -> !luma.array<!luma.array<f64>>
  luma.return %k : !luma.array<!luma.array<f64>>
}
