// RUN: luma-opt %s -p luma-canonicalize --split-input-file | filecheck %s

// Integers wrap, constants go right and meet, comparisons become strict, negations go into comparisons.
// CHECK-LABEL: @integers
// CHECK-DAG:   %[[SEVEN:.*]] = arith.constant 7 : i64
// CHECK-DAG:   %[[MIN:.*]] = arith.constant -9223372036854775808 : i64
// CHECK:       %[[A:.*]] = arith.addi %x, %[[SEVEN]]
// CHECK-NEXT:  %[[C:.*]] = arith.cmpi sgt, %x, %{{.*}}
// CHECK-NEXT:  luma.return %[[A]], %[[MIN]], %[[C]], %x
luma.func private @integers(%x: i64) -> (i64, i64, i1, i64) {
  %three = arith.constant 3 : i64
  %four = arith.constant 4 : i64
  %max = arith.constant 9223372036854775807 : i64
  %one = arith.constant 1 : i64
  %true = arith.constant true
  %a = arith.addi %three, %x : i64
  %b = arith.addi %a, %four : i64
  %w = arith.addi %max, %one : i64
  %c = arith.cmpi sgt, %four, %x : i64
  %n = arith.xori %c, %true : i1
  %d = arith.subi %x, %x : i64
  %e = arith.addi %x, %d : i64
  luma.return %b, %w, %n, %e : i64, i64, i1, i64
}

// -----

// Floats follow IEEE: x + 0.0 is not x when x is -0.0; x - 0.0 is.
// CHECK-LABEL: @floats
// CHECK:       %[[S:.*]] = arith.addf %x, %{{.*}}
// CHECK-NEXT:  luma.return %[[S]], %x, %{{.*}}
luma.func private @floats(%x: f64) -> (f64, f64, f32) {
  %zero = arith.constant 0.0 : f64
  %one = arith.constant 1.0 : f64
  %third = arith.constant 0.1 : f64
  %a = arith.addf %x, %zero : f64
  %b = arith.subf %x, %zero : f64
  %c = arith.mulf %b, %one : f64
  %t = arith.truncf %third : f64 to f32
  luma.return %a, %c, %t : f64, f64, f32
}

// -----

// The length of an array that a loop carries and changes is the one from before, read where the array is known.
// CHECK-LABEL: @length
// CHECK-NEXT:  %[[LEN:.*]] = luma.array.len %a
// CHECK:       scf.for
// CHECK-NEXT:  luma.check.bounds %{{.*}} in %[[LEN]]
// CHECK:       luma.return %{{.*}}, %[[LEN]]
luma.func private @length(%a: !luma.array<i64>, %n: i64, %c: i1) -> (!luma.array<i64>, i64) {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %r = scf.for %i = %zero to %n step %one iter_args(%b = %a) -> (!luma.array<i64>) : i64 {
    %len = luma.array.len %b : !luma.array<i64>
    %j = luma.check.bounds %i in %len
    %d = scf.if %c -> (!luma.array<i64>) {
      %e = luma.set %b[%j] = %i : !luma.array<i64>, i64
      scf.yield %e : !luma.array<i64>
    } else {
      scf.yield %b : !luma.array<i64>
    }
    scf.yield %d : !luma.array<i64>
  }
  %l = luma.array.len %r : !luma.array<i64>
  luma.return %r, %l : !luma.array<i64>, i64
}

// -----

// Edge: an array that grows in the loop has no length that could be known before.
// CHECK-LABEL: @grows
// CHECK:       scf.for
// CHECK-NEXT:  luma.array.len %b
luma.func private @grows(%a: !luma.array<i64>, %n: i64) -> !luma.array<i64> {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %r = scf.for %i = %zero to %n step %one iter_args(%b = %a) -> (!luma.array<i64>) : i64 {
    %len = luma.array.len %b : !luma.array<i64>
    %e = luma.array.push %b, %len : (!luma.array<i64>, i64) -> !luma.array<i64>
    scf.yield %e : !luma.array<i64>
  }
  luma.return %r : !luma.array<i64>
}

// -----

// A read of what was just written; one of another element moves up to before the write, so that %a ends there.
// CHECK-LABEL: @reads
// CHECK:       %[[OLD:.*]] = luma.get %a[%{{.*}}]
// CHECK-NEXT:  %[[B:.*]] = luma.set %a[%i] = %x
// CHECK-NEXT:  luma.return %[[B]], %x, %[[OLD]]
luma.func private @reads(%a: !luma.array<i64>, %i: i64, %x: i64) -> (!luma.array<i64>, i64, i64) {
  %one = arith.constant 1 : i64
  %k = arith.addi %i, %one : i64
  %b = luma.set %a[%i] = %x : !luma.array<i64>, i64
  %y = luma.get %b[%i] : !luma.array<i64> -> i64
  %z = luma.get %b[%k] : !luma.array<i64> -> i64
  luma.return %b, %y, %z : !luma.array<i64>, i64, i64
}

// -----

// Left alone: the other index is checked only behind the write, and may be the same.
// CHECK-LABEL: @kept
// CHECK:       luma.set
// CHECK-NEXT:  luma.check.bounds
// CHECK-NEXT:  luma.get
luma.func private @kept(%a: !luma.array<i64>, %i: i64, %j: i64, %n: i64, %x: i64) -> (!luma.array<i64>, i64) {
  %b = luma.set %a[%i] = %x : !luma.array<i64>, i64
  %k = luma.check.bounds %j in %n
  %y = luma.get %b[%k] : !luma.array<i64> -> i64
  luma.return %b, %y : !luma.array<i64>, i64
}

// -----

// A struct is not copied to be taken apart, nor made to be read; taking out what was put back cancels.
// CHECK-LABEL: @structs
// CHECK:       %[[X:.*]] = luma.get %ps[%i, 0]
// CHECK-NEXT:  %[[Y:.*]] = luma.get %ps[%i, 1]
// CHECK-NEXT:  arith.addf %[[X]], %[[Y]]
// CHECK-NOT:   luma.struct.make
// CHECK:       luma.return
luma.struct @geo.Point {field_names = ["x", "y"], field_types = [f64, f64]}
luma.func private @structs(%ps: !luma.array<!luma.struct<@geo.Point>>, %i: i64) -> f64 {
  %p = luma.get %ps[%i] : !luma.array<!luma.struct<@geo.Point>> -> !luma.struct<@geo.Point>
  %x = luma.get %p[0] : !luma.struct<@geo.Point> -> f64
  %y = luma.get %p[1] : !luma.struct<@geo.Point> -> f64
  %s = arith.addf %x, %y : f64
  %q = luma.struct.make %s, %x : (f64, f64) -> !luma.struct<@geo.Point>
  %r = luma.set %q[1] = %y : !luma.struct<@geo.Point>, f64
  %z = luma.get %r[0] : !luma.struct<@geo.Point> -> f64
  luma.return %z : f64
}

// -----

// CHECK-LABEL: @take_put
// CHECK:       %[[A:.*]], %[[REST:.*]] = luma.take %s[0]
// CHECK-NEXT:  %[[B:.*]] = luma.array.push %[[A]], %x
// CHECK-NEXT:  %[[C:.*]] = luma.array.push %[[B]], %x
// CHECK-NEXT:  %[[R:.*]] = luma.put %[[REST]][0] = %[[C]]
// CHECK-NEXT:  luma.return %[[R]]
luma.func private @take_put(%s: !luma.struct<@str>, %x: i8) -> !luma.struct<@str> {
  %a, %r = luma.take %s[0] : !luma.struct<@str> -> !luma.array<i8>
  %b = luma.array.push %a, %x : (!luma.array<i8>, i8) -> !luma.array<i8>
  %t = luma.put %r[0] = %b : !luma.struct<@str>, !luma.array<i8>
  %c, %u = luma.take %t[0] : !luma.struct<@str> -> !luma.array<i8>
  %d = luma.array.push %c, %x : (!luma.array<i8>, i8) -> !luma.array<i8>
  %v = luma.put %u[0] = %d : !luma.struct<@str>, !luma.array<i8>
  luma.return %v : !luma.struct<@str>
}
luma.struct @str {field_names = ["bytes"], field_types = [!luma.array<i8>]}

// -----

// What was put back outside of a loop may be taken once in each round: the two stay.
// CHECK-LABEL: @take_in_loop
// CHECK:       %[[T:.*]] = luma.put
// CHECK:       scf.for
// CHECK-NEXT:    luma.take %[[T]][0]
luma.func private @take_in_loop(%s: !luma.struct<@str>, %x: i8, %n: i64) {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %a, %r = luma.take %s[0] : !luma.struct<@str> -> !luma.array<i8>
  %b = luma.array.push %a, %x : (!luma.array<i8>, i8) -> !luma.array<i8>
  %t = luma.put %r[0] = %b : !luma.struct<@str>, !luma.array<i8>
  scf.for %i = %zero to %n step %one : i64 {
    %c, %u = luma.take %t[0] : !luma.struct<@str> -> !luma.array<i8>
    %d = luma.array.push %c, %x : (!luma.array<i8>, i8) -> !luma.array<i8>
    %v = luma.put %u[0] = %d : !luma.struct<@str>, !luma.array<i8>
    luma.call @use(%v) : (!luma.struct<@str>) -> ()
    scf.yield
  }
  luma.return
}
luma.func private @use(!luma.struct<@str>)
luma.struct @str {field_names = ["bytes"], field_types = [!luma.array<i8>]}

// -----

// CHECK-LABEL: @enums
// CHECK:       luma.return %x, %{{.*}} : i64, i1
luma.func private @enums(%x: i64) -> (i64, i1) {
  %e = luma.enum.make 0 (%x) : (i64) -> !luma.enum<@opt, [i64]>
  %is = luma.enum.is %e, 0 : !luma.enum<@opt, [i64]>
  %y = luma.enum.get %e, 0, 0 : !luma.enum<@opt, [i64]> -> i64
  luma.return %y, %is : i64, i1
}

// -----

// A known condition takes its branch; one that leaves takes what follows with it.
// CHECK-LABEL: @known
// CHECK-NEXT:  luma.return %x
luma.func private @known(%x: i64, %y: i64) -> i64 {
  %true = arith.constant true
  luma.if %true {
    luma.return %x : i64
  }
  luma.call @effect() : () -> ()
  luma.return %y : i64
}
luma.func private @effect()

// -----

// A loop body whose early end is like its end: an if, and then an scf.for.
// CHECK-LABEL: @skips
// CHECK:       %[[R:.*]] = scf.for %[[I:[a-z]+]] =
// CHECK:       scf.if
// CHECK-NOT:   luma.continue
// CHECK:       luma.return %[[R]]
luma.func private @skips(%n: i64, %c: i1) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %r = luma.for %i = %zero to %n step %one (%s = %zero : i64) : i64 {
    luma.if %c {
      luma.continue %s : i64
    }
    luma.call @show(%i) : (i64) -> ()
    %t = arith.addi %s, %i : i64
    luma.continue %t : i64
  }
  luma.return %r : i64
}
luma.func private @show(%i: i64)

// -----

// A body that runs once, with exits of the loop around it: they count one loop less afterwards.
// CHECK-LABEL: @once
// CHECK:       luma.loop
// CHECK-NEXT:  luma.if %c {
// CHECK-NEXT:  luma.break %x : i64
// CHECK-NOT:   depth
luma.func private @once(%c: i1, %d: i1, %x: i64, %y: i64) -> i64 {
  %r = luma.loop -> (i64) {
    luma.loop {
      luma.if %c {
        luma.break %x : i64 {depth = 1 : i64}
      }
      luma.break
    }
    luma.call @effect() : () -> ()
    luma.if %d {
      luma.break %y : i64
    }
    luma.continue
  }
  luma.return %r : i64
}
luma.func private @effect()

// -----

// Loops without an iteration, with one, with a value that stays; a while that never starts.
// CHECK-LABEL: @trips
// CHECK-NOT:   scf
// CHECK:       luma.return %x, %{{.*}}, %x, %x
luma.func private @trips(%x: i64) -> (i64, i64, i64, i64) {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %false = arith.constant false
  %a = scf.for %i = %one to %zero step %one iter_args(%s = %x) -> (i64) : i64 {
    %t = arith.addi %s, %i : i64
    scf.yield %t : i64
  }
  %b = scf.for %i = %zero to %one step %one iter_args(%s = %x) -> (i64) : i64 {
    %t = arith.addi %s, %one : i64
    scf.yield %t : i64
  }
  %c = scf.for %i = %zero to %x step %one iter_args(%s = %x) -> (i64) : i64 {
    scf.yield %s : i64
  }
  %d = scf.while (%s = %x) : (i64) -> (i64) {
    scf.condition(%false) %s : i64
  } do {
  ^bb0(%s: i64):
    %t = arith.addi %s, %one : i64
    scf.yield %t : i64
  }
  luma.return %a, %b, %c, %d : i64, i64, i64, i64
}

// -----

// A function that gives an array back as long as it was, itself included: the length is known behind the call.
// CHECK-LABEL: @calls
// CHECK-NEXT:  %[[LEN:.*]] = luma.array.len %a
// CHECK-NEXT:  luma.call @same
// CHECK-NEXT:  luma.call @grow
// CHECK-NEXT:  %[[NEW:.*]] = luma.array.len
// CHECK-NEXT:  luma.return %{{.*}}, %[[LEN]], %[[NEW]]
luma.func private @calls(%a: !luma.array<i64>, %c: i1) -> (!luma.array<i64>, i64, i64) {
  %b = luma.call @same(%a, %c) : (!luma.array<i64>, i1) -> !luma.array<i64>
  %n = luma.array.len %b : !luma.array<i64>
  %d = luma.call @grow(%b) : (!luma.array<i64>) -> !luma.array<i64>
  %m = luma.array.len %d : !luma.array<i64>
  luma.return %d, %n, %m : !luma.array<i64>, i64, i64
}
luma.func private @same(%a: !luma.array<i64>, %c: i1) -> !luma.array<i64> attributes {inout = array<i64: 0>} {
  %r = scf.if %c -> (!luma.array<i64>) {
    %s = luma.call @same(%a, %c) : (!luma.array<i64>, i1) -> !luma.array<i64>
    scf.yield %s : !luma.array<i64>
  } else {
    scf.yield %a : !luma.array<i64>
  }
  luma.return %r : !luma.array<i64>
}
luma.func private @grow(%a: !luma.array<i64>) -> !luma.array<i64> attributes {inout = array<i64: 0>} {
  %one = arith.constant 1 : i64
  %r = luma.array.push %a, %one : (!luma.array<i64>, i64) -> !luma.array<i64>
  luma.return %r : !luma.array<i64>
}
