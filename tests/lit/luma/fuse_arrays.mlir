// RUN: luma-opt %s -p luma-fuse-arrays --split-input-file | filecheck %s

// map, filter, fold: one loop, no array, no call.
// CHECK-LABEL: @chain
// CHECK-NOT:   luma.array.make
// CHECK-NOT:   luma.array.push
// CHECK:       %[[N:.*]] = luma.array.len %xs
// CHECK:       %[[R:.*]] = scf.for %[[I:.*]] = %{{.*}} to %[[N]] step %{{.*}} iter_args(%[[T:.*]] = %{{.*}}) -> (i64)
// CHECK-NEXT:    %[[X:.*]] = luma.get %xs[%[[I]]]
// CHECK-NEXT:    %[[Y:.*]] = arith.addi %[[X]],
// CHECK-NEXT:    %[[C:.*]] = arith.cmpi slt, %[[Y]], %n
// CHECK-NEXT:    %[[S:.*]] = arith.addi %[[T]], %[[Y]]
// CHECK-NEXT:    %[[U:.*]] = arith.select %[[C]], %[[S]], %[[T]]
// CHECK-NEXT:    scf.yield %[[U]]
// CHECK-NOT:   scf.for
// CHECK:       luma.return %[[R]]
luma.func @chain(%n: i64, %xs: !luma.array<i64>) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %len = luma.array.len %xs : !luma.array<i64>
  %e = luma.array.make : () -> !luma.array<i64>
  %f = luma.array.reserve %e, %len : (!luma.array<i64>, i64) -> !luma.array<i64>
  %ys = scf.for %i = %zero to %len step %one iter_args(%a = %f) -> (!luma.array<i64>) : i64 {
    %x = luma.get %xs[%i] : !luma.array<i64> -> i64
    %y = arith.addi %x, %one : i64
    %b = luma.array.push %a, %y : (!luma.array<i64>, i64) -> !luma.array<i64>
    scf.yield %b : !luma.array<i64>
  }
  %m = luma.array.len %ys : !luma.array<i64>
  %g = luma.array.make : () -> !luma.array<i64>
  %zs = scf.for %i = %zero to %m step %one iter_args(%a = %g) -> (!luma.array<i64>) : i64 {
    %y = luma.get %ys[%i] : !luma.array<i64> -> i64
    %c = arith.cmpi slt, %y, %n : i64
    %r = scf.if %c -> (!luma.array<i64>) {
      %b = luma.array.push %a, %y : (!luma.array<i64>, i64) -> !luma.array<i64>
      scf.yield %b : !luma.array<i64>
    } else {
      scf.yield %a : !luma.array<i64>
    }
    scf.yield %r : !luma.array<i64>
  }
  %k = luma.array.len %zs : !luma.array<i64>
  %s = scf.for %i = %zero to %k step %one iter_args(%t = %zero) -> (i64) : i64 {
    %z = luma.get %zs[%i] : !luma.array<i64> -> i64
    %u = arith.addi %t, %z : i64
    scf.yield %u : i64
  }
  luma.return %s : i64
}

// -----

// The index and the length of what is not added each time are counted. Room for the next array is not made.
// CHECK-LABEL: @counted
// CHECK:       %[[E:.*]] = luma.array.make : () -> !luma.array<i64>
// CHECK:       %[[K:.*]], %[[OUT:.*]] = scf.for %[[I:.*]] = {{.*}} iter_args(%[[J:.*]] = %{{.*}}, %[[A:.*]] = %[[E]]) -> (i64, !luma.array<i64>)
// CHECK:         scf.if
// CHECK:           %[[P:.*]] = arith.muli %{{.*}}, %[[J]]
// CHECK:           luma.array.push %[[A]], %[[P]]
// CHECK:           arith.addi %[[J]],
// CHECK-NOT:   scf.for
// CHECK:       luma.return %[[OUT]], %[[K]]
luma.func @counted(%n: i64) -> (!luma.array<i64>, i64) {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %e = luma.array.make : () -> !luma.array<i64>
  %ys = scf.for %i = %zero to %n step %one iter_args(%a = %e) -> (!luma.array<i64>) : i64 {
    %y = arith.muli %i, %i : i64
    %c = arith.cmpi slt, %y, %n : i64
    %r = scf.if %c -> (!luma.array<i64>) {
      %b = luma.array.push %a, %y : (!luma.array<i64>, i64) -> !luma.array<i64>
      scf.yield %b : !luma.array<i64>
    } else {
      scf.yield %a : !luma.array<i64>
    }
    scf.yield %r : !luma.array<i64>
  }
  %m = luma.array.len %ys : !luma.array<i64>
  %g = luma.array.make : () -> !luma.array<i64>
  %h = luma.array.reserve %g, %m : (!luma.array<i64>, i64) -> !luma.array<i64>
  %zs = scf.for %j = %zero to %m step %one iter_args(%a = %h) -> (!luma.array<i64>) : i64 {
    %y = luma.get %ys[%j] : !luma.array<i64> -> i64
    %p = arith.muli %y, %j : i64
    %b = luma.array.push %a, %p : (!luma.array<i64>, i64) -> !luma.array<i64>
    scf.yield %b : !luma.array<i64>
  }
  luma.return %zs, %m : !luma.array<i64>, i64
}

// -----

// A reader that returns early ends the loop that it now stands in, out of a nest too. Its `continue` goes on with the
// next element.
// CHECK-LABEL: @early
// CHECK-NOT:   luma.array.push
// CHECK:       luma.for %[[I:.*]] =
// CHECK:         luma.for %[[J:.*]] =
// CHECK:           %[[Y:.*]] = arith.muli %[[I]], %[[J]]
// CHECK:           %[[C:.*]] = arith.cmpi eq, %[[Y]], %n
// CHECK:           luma.if %[[C]]
// CHECK-NEXT:        luma.return %[[Y]]
// CHECK-NOT:   luma.array
luma.func @early(%n: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %e = luma.array.make : () -> !luma.array<i64>
  %ys = scf.for %i = %zero to %n step %one iter_args(%a = %e) -> (!luma.array<i64>) : i64 {
    %r = scf.for %j = %zero to %i step %one iter_args(%b = %a) -> (!luma.array<i64>) : i64 {
      %y = arith.muli %i, %j : i64
      %c = luma.array.push %b, %y : (!luma.array<i64>, i64) -> !luma.array<i64>
      scf.yield %c : !luma.array<i64>
    }
    scf.yield %r : !luma.array<i64>
  }
  %m = luma.array.len %ys : !luma.array<i64>
  luma.for %j = %zero to %m step %one : i64 {
    %y = luma.get %ys[%j] : !luma.array<i64> -> i64
    %c = arith.cmpi eq, %y, %n : i64
    luma.if %c {
      luma.return %y : i64
    }
    luma.continue
  }
  luma.return %zero : i64
}

// CHECK-LABEL: @breaks
// CHECK-NOT:   luma.array.push
// CHECK:       %[[R:.*]] = luma.for %[[I:.*]] = {{.*}} (%[[A:.*]] = %{{.*}} : i64)
// CHECK:         %[[Y:.*]] = arith.muli %[[I]], %[[I]]
// CHECK:         luma.if
// CHECK:           luma.break %[[Y]] : i64
// CHECK-NOT:   luma.array
// CHECK:       luma.return %[[R]]
luma.func @breaks(%n: i64, %k: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %e = luma.array.make : () -> !luma.array<i64>
  %ys = scf.for %i = %zero to %n step %one iter_args(%a = %e) -> (!luma.array<i64>) : i64 {
    %y = arith.muli %i, %i : i64
    %b = luma.array.push %a, %y : (!luma.array<i64>, i64) -> !luma.array<i64>
    scf.yield %b : !luma.array<i64>
  }
  %m = luma.array.len %ys : !luma.array<i64>
  %r = luma.for %j = %zero to %m step %one (%last = %zero : i64) : i64 {
    %y = luma.get %ys[%j] : !luma.array<i64> -> i64
    %c = arith.cmpi sgt, %y, %k : i64
    luma.if %c {
      luma.break %y : i64
    }
    luma.continue %last : i64
  }
  luma.return %r : i64
}

// -----

// One side may have effects: here the producer, whose order with what follows it stays.
// CHECK-LABEL: @one_effect
// CHECK:       %[[S:.*]] = scf.for
// CHECK:         luma.call @say
// CHECK:         arith.addi
// CHECK:       luma.call @say
// CHECK-NOT:   scf.for
// CHECK:       luma.return %[[S]]
luma.func @one_effect(%n: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %e = luma.array.make : () -> !luma.array<i64>
  %ys = scf.for %i = %zero to %n step %one iter_args(%a = %e) -> (!luma.array<i64>) : i64 {
    luma.call @say(%i) : (i64) -> ()
    %b = luma.array.push %a, %i : (!luma.array<i64>, i64) -> !luma.array<i64>
    scf.yield %b : !luma.array<i64>
  }
  luma.call @say(%n) : (i64) -> ()
  %m = luma.array.len %ys : !luma.array<i64>
  %s = scf.for %j = %zero to %m step %one iter_args(%t = %zero) -> (i64) : i64 {
    %y = luma.get %ys[%j] : !luma.array<i64> -> i64
    %u = arith.addi %t, %y : i64
    scf.yield %u : i64
  }
  luma.return %s : i64
}

// Two with effects, or with panics, stay two.
// CHECK-LABEL: @two_effects
// CHECK:       scf.for
// CHECK:         luma.array.push
// CHECK:       scf.for
// CHECK:         luma.get
luma.func @two_effects(%n: i64, %d: i64) {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %e = luma.array.make : () -> !luma.array<i64>
  %ys = scf.for %i = %zero to %n step %one iter_args(%a = %e) -> (!luma.array<i64>) : i64 {
    %q = luma.check.overflow "mul" %i, %i : i64
    %b = luma.array.push %a, %q : (!luma.array<i64>, i64) -> !luma.array<i64>
    scf.yield %b : !luma.array<i64>
  }
  %m = luma.array.len %ys : !luma.array<i64>
  scf.for %j = %zero to %m step %one : i64 {
    %y = luma.get %ys[%j] : !luma.array<i64> -> i64
    luma.call @say(%y) : (i64) -> ()
    scf.yield
  }
  luma.return
}

// What the producer reads is changed before the reader, which prints: moving the producer down would share it.
// CHECK-LABEL: @changed
// CHECK:       scf.for
// CHECK:         luma.array.push
// CHECK:       luma.array.push %xs
// CHECK:       scf.for
luma.func @changed(%xs: !luma.array<i64>) -> !luma.array<i64> {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %n = luma.array.len %xs : !luma.array<i64>
  %e = luma.array.make : () -> !luma.array<i64>
  %ys = scf.for %i = %zero to %n step %one iter_args(%a = %e) -> (!luma.array<i64>) : i64 {
    %x = luma.get %xs[%i] : !luma.array<i64> -> i64
    %b = luma.array.push %a, %x : (!luma.array<i64>, i64) -> !luma.array<i64>
    scf.yield %b : !luma.array<i64>
  }
  %xs2 = luma.array.push %xs, %one : (!luma.array<i64>, i64) -> !luma.array<i64>
  %m = luma.array.len %ys : !luma.array<i64>
  scf.for %j = %zero to %m step %one : i64 {
    %y = luma.get %ys[%j] : !luma.array<i64> -> i64
    luma.call @say(%y) : (i64) -> ()
    scf.yield
  }
  luma.return %xs2 : !luma.array<i64>
}

// An array that is used again, or not read in order, is made.
// CHECK-LABEL: @used_again
// CHECK:       scf.for
// CHECK:         luma.array.push
// CHECK:       scf.for
luma.func @used_again(%n: i64, %k: i64) -> (i64, !luma.array<i64>) {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %e = luma.array.make : () -> !luma.array<i64>
  %ys = scf.for %i = %zero to %n step %one iter_args(%a = %e) -> (!luma.array<i64>) : i64 {
    %b = luma.array.push %a, %i : (!luma.array<i64>, i64) -> !luma.array<i64>
    scf.yield %b : !luma.array<i64>
  }
  %m = luma.array.len %ys : !luma.array<i64>
  %s = scf.for %j = %zero to %m step %one iter_args(%t = %zero) -> (i64) : i64 {
    %y = luma.get %ys[%j] : !luma.array<i64> -> i64
    %u = arith.addi %t, %y : i64
    scf.yield %u : i64
  }
  luma.return %s, %ys : i64, !luma.array<i64>
}
luma.func private @say(i64) attributes {link_name = "say"}
