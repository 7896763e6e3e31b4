// RUN: luma-opt %s -p luma-licm | filecheck %s

// Pure code climbs out of the whole nest; a length is read wherever the array is known.
// CHECK-LABEL: @pure
// CHECK:       arith.muli %n, %n
// CHECK:       luma.array.len %a
// CHECK:       scf.for %[[I:[a-z]+]] =
// CHECK-NEXT:  arith.muli %[[I]], %n
// CHECK:       scf.for
// CHECK-NEXT:  arith.addi
// CHECK-NEXT:  scf.yield
luma.func private @pure(%a: !luma.array<i64>, %n: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %r = scf.for %i = %zero to %n step %one iter_args(%s = %zero) -> (i64) : i64 {
    %q = scf.for %j = %zero to %n step %one iter_args(%t = %s) -> (i64) : i64 {
      %nn = arith.muli %n, %n : i64
      %in = arith.muli %i, %n : i64
      %len = luma.array.len %a : !luma.array<i64>
      %x = arith.addi %nn, %in : i64
      %y = arith.addi %x, %len : i64
      %z = arith.addi %y, %t : i64
      scf.yield %z : i64
    }
    scf.yield %q : i64
  }
  luma.return %r : i64
}

// A check that every iteration does first moves, with what hangs on it, under the condition that the loop runs. A row of
// a carried array is only asked for its length, which no iteration changes.
// CHECK-LABEL: @guarded
// CHECK:       %[[RUNS:.*]] = arith.cmpi slt, %{{.*}}, %n
// CHECK-NEXT:  scf.if %[[RUNS]]
// CHECK-NEXT:  %[[R:.*]] = luma.check.bounds %row in %rows
// CHECK-NEXT:  %[[ROW:.*]] = luma.get %g[%[[R]]]
// CHECK-NEXT:  %[[LEN:.*]] = luma.array.len %[[ROW]]
// CHECK-NEXT:  scf.for %[[J:[a-z]+]] =
// CHECK-NEXT:  luma.check.bounds %[[J]] in %[[LEN]]
luma.func private @guarded(%g: !luma.array<!luma.array<i64>>, %row: i64, %rows: i64, %n: i64)
    -> !luma.array<!luma.array<i64>> {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %r = scf.for %j = %zero to %n step %one iter_args(%h = %g) -> (!luma.array<!luma.array<i64>>) : i64 {
    %i = luma.check.bounds %row in %rows
    %line = luma.get %h[%i] : !luma.array<!luma.array<i64>> -> !luma.array<i64>
    %len = luma.array.len %line : !luma.array<i64>
    %k = luma.check.bounds %j in %len
    %h1 = luma.set %h[%i, %k] = %j : !luma.array<!luma.array<i64>>, i64
    scf.yield %h1 : !luma.array<!luma.array<i64>>
  }
  luma.return %r : !luma.array<!luma.array<i64>>
}

// Left alone: a check behind a call, a read at an index under a condition, an array made anew in each iteration.
// CHECK-LABEL: @kept
// CHECK:       scf.for
// CHECK-NEXT:  luma.call @effect
// CHECK-NEXT:  luma.check.bounds
// CHECK-NEXT:  luma.array.fill
// CHECK:       scf.if
// CHECK-NEXT:  luma.get
luma.func private @kept(%a: !luma.array<i64>, %i: i64, %n: i64, %c: i1) {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  scf.for %j = %zero to %n step %one : i64 {
    luma.call @effect(%j) : (i64) -> ()
    %k = luma.check.bounds %i in %n
    %fresh = luma.array.fill %zero, %n : (i64, i64) -> !luma.array<i64>
    luma.call @use(%fresh) : (!luma.array<i64>) -> ()
    scf.if %c {
      %x = luma.get %a[%i] : !luma.array<i64> -> i64
      luma.call @effect(%x) : (i64) -> ()
    }
  }
  luma.return
}
luma.func private @effect(%x: i64)
luma.func private @use(%x: !luma.array<i64>)

// The first iteration of a `luma.loop` always runs; what stands behind an exit may not.
// CHECK-LABEL: @endless
// CHECK-NEXT:  luma.check.bounds %i in %n
// CHECK-NEXT:  luma.loop
// CHECK:       luma.check.bounds %n in %i
luma.func private @endless(%i: i64, %n: i64, %c: i1) {
  luma.loop {
    %k = luma.check.bounds %i in %n
    luma.if %c {
      luma.break
    }
    %m = luma.check.bounds %n in %i
    luma.continue
  }
  luma.return
}
