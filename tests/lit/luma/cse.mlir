// RUN: luma-opt %s -p luma-cse | filecheck %s

// CHECK-LABEL: @merges
// CHECK-NEXT:  %[[S:.*]] = arith.addi %a, %b
// CHECK-NEXT:  %[[P:.*]] = arith.muli %[[S]], %[[S]]
// CHECK-NEXT:  luma.return %[[P]]
luma.func private @merges(%a: i64, %b: i64) -> i64 {
  %x = arith.addi %a, %b : i64
  %y = arith.addi %b, %a : i64
  %p = arith.muli %x, %y : i64
  luma.return %p : i64
}

// The second of two equal checks cannot panic; a region sees what stands before it, not its sibling.
// CHECK-LABEL: @checks
// CHECK:       %[[J:.*]] = luma.check.bounds %i in %n
// CHECK:       scf.if
// CHECK-NEXT:  %[[D:.*]] = luma.check.div %[[J]], %n
// CHECK-NEXT:  scf.yield %[[D]]
// CHECK:       else
// CHECK-NEXT:  luma.check.div %[[J]], %n
luma.func private @checks(%c: i1, %i: i64, %n: i64) -> i64 {
  %j = luma.check.bounds %i in %n
  %r = scf.if %c -> (i64) {
    %k = luma.check.bounds %i in %n
    %d = luma.check.div %k, %n : i64
    scf.yield %d : i64
  } else {
    %d = luma.check.div %j, %n : i64
    scf.yield %d : i64
  }
  luma.return %r : i64
}

// Of two equal sums the one that stays promises no more than either did.
// CHECK-LABEL: @flags
// CHECK-NEXT:  arith.addi %a, %b : i64
// CHECK-NEXT:  luma.return
luma.func private @flags(%a: i64, %b: i64) -> (i64, i64) {
  %x = arith.addi %a, %b overflow<nsw> : i64
  %y = arith.addi %a, %b : i64
  luma.return %x, %y : i64, i64
}

// Left alone: arrays that are made twice are two arrays, and -0.0 is not 0.0.
// CHECK-LABEL: @apart
// CHECK:       arith.constant 0.0
// CHECK-NEXT:  arith.constant -0.0
// CHECK-NEXT:  luma.array.fill
// CHECK-NEXT:  luma.array.fill
luma.func private @apart(%n: i64) -> (!luma.array<f64>, !luma.array<f64>, f64) {
  %z = arith.constant 0.0 : f64
  %m = arith.constant -0.0 : f64
  %a = luma.array.fill %z, %n : (f64, i64) -> !luma.array<f64>
  %b = luma.array.fill %z, %n : (f64, i64) -> !luma.array<f64>
  luma.return %a, %b, %m : !luma.array<f64>, !luma.array<f64>, f64
}

// Reads merge, but not where the address of an array is taken, since its contents may change then.
// CHECK-LABEL: @reads
// CHECK:       luma.get
// CHECK-NOT:   luma.get
// CHECK-LABEL: @reads_unsafe
// CHECK:       luma.get
// CHECK:       luma.get
luma.func private @reads(%a: !luma.array<i64>, %i: i64) -> i64 {
  %x = luma.get %a[%i] : !luma.array<i64> -> i64
  %y = luma.get %a[%i] : !luma.array<i64> -> i64
  %s = arith.addi %x, %y : i64
  luma.return %s : i64
}
luma.func private @reads_unsafe(%a: !luma.array<i64>, %i: i64) -> i64 {
  %p = luma.array.ptr %a : (!luma.array<i64>) -> !luma.ptr<i64>
  %x = luma.get %a[%i] : !luma.array<i64> -> i64
  luma.ptr.store %i, %p : i64, !luma.ptr<i64>
  %y = luma.get %a[%i] : !luma.array<i64> -> i64
  %s = arith.addi %x, %y : i64
  luma.return %s : i64
}
