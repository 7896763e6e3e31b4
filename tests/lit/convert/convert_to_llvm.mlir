// RUN: luma-opt %s -p convert-to-llvm | filecheck %s

// Everything in one walk: nothing but `llvm` is left, and no casts.
// CHECK-NOT:   unrealized_conversion_cast
// CHECK-LABEL: llvm.func @sum
// CHECK-SAME:  (%[[B:.*]]: !llvm.ptr{{.*}}, %[[N:.*]]: i64) -> f64
// CHECK:       %[[ZERO:.*]] = llvm.mlir.constant(0 : i64) : i64
// CHECK:       llvm.br ^[[HEAD:.*]](%[[ZERO]],
// CHECK:       ^[[HEAD]](%[[I:.*]]: i64, %[[S:.*]]: f64):
// CHECK-NEXT:  %[[MORE:.*]] = llvm.icmp "slt" %[[I]], %[[N]] : i64
// CHECK-NEXT:  llvm.cond_br %[[MORE]], ^[[BODY:.*]], ^[[DONE:.*]]
// CHECK:       ^[[BODY]]:
// CHECK-NEXT:  %[[P:.*]] = llvm.getelementptr inbounds|nuw %[[B]][0, 5, %[[I]]]
// CHECK-NEXT:  %[[V:.*]] = llvm.load %[[P]] : !llvm.ptr -> f64
// CHECK-NEXT:  %[[R:.*]] = llvm.intr.sqrt(%[[V]])
// CHECK-NEXT:  %[[T:.*]] = llvm.fadd %[[S]], %[[R]] : f64
// CHECK-NEXT:  %[[J:.*]] = llvm.add %[[I]], %{{.*}} overflow<nsw> : i64
// CHECK-NEXT:  llvm.br ^[[HEAD]](%[[J]], %[[T]] : i64, f64)
// CHECK:       ^[[DONE]]:
// CHECK-NEXT:  llvm.return %[[S]] : f64
func.func @sum(%b: !llvm.ptr, %n: i64) -> f64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %start = arith.constant 0.0 : f64
  %r = scf.for %i = %zero to %n step %one iter_args(%s = %start) -> (f64) : i64 {
    %p = mem.element %b[%i] : f64
    %v = mem.load %p : f64
    %q = math.sqrt %v : f64
    %t = arith.addf %s, %q : f64
    scf.yield %t : f64
  }
  func.return %r : f64
}

// A panic inside of structured control flow splits the blocks.
// CHECK-LABEL: llvm.func @checked
// CHECK:       llvm.cond_br %{{.*}}, ^[[THEN:.*]], ^[[MEET:.*]](%{{.*}} : i64)
// CHECK:       ^[[THEN]]:
// CHECK-NEXT:  llvm.cond_br %{{.*}} weights([1, 1048575]), ^[[COLD:.*]], ^[[ON:.*]]
// CHECK:       ^[[ON]]:
// CHECK-NEXT:  llvm.br ^[[MEET]](%{{.*}} : i64)
// CHECK:       ^[[MEET]](%[[R:.*]]: i64):
// CHECK-NEXT:  llvm.return %[[R]]
// CHECK:       ^[[COLD]]:
// CHECK:       llvm.call @std.rt.panic_bounds
// CHECK-NEXT:  llvm.unreachable
func.func @checked(%c: i1, %bad: i1, %i: i64, %n: i64) -> i64 {
  %r = scf.if %c -> (i64) {
    mem.panic_if %bad "bounds" (%i, %n)
    scf.yield %n : i64
  } else {
    scf.yield %i : i64
  }
  func.return %r : i64
}
