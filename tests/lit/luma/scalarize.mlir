// RUN: luma-opt %s -p luma-scalarize,luma-canonicalize,luma-dce --split-input-file | filecheck %s

luma.struct @Up {field_names = ["at", "end"], field_types = [i64, i64]}
luma.struct @Kept {field_names = ["inner", "keep"], field_types = [!luma.struct<@Up>, !luma.closure<(i64) -> i1>]}
luma.enum @Option {type_params = ["T"], variants = ["Some", "None"], payloads = [[!luma.param<"T">], []]}

// `while let Some(x) = it.next()` after inlining: the count and the end are numbers, and the loop a `while`.
// CHECK-LABEL: @count
// CHECK-NOT:   luma.struct
// CHECK-NOT:   luma.enum
// CHECK:       scf.while (%[[S:.*]] = %{{.*}}, %[[I:.*]] = %{{.*}}) : (i64, i64)
// CHECK-NEXT:    %[[C:.*]] = arith.cmpi slt, %[[I]], %n
// CHECK-NEXT:    scf.condition(%[[C]]) %[[S]], %[[I]]
// CHECK:         ^bb0(%[[S2:.*]]: i64, %[[I2:.*]]: i64):
// CHECK:         %[[N:.*]] = arith.addi %[[I2]],
// CHECK:         %[[T:.*]] = arith.addi %[[S2]], %[[I2]]
// CHECK-NEXT:    scf.yield %[[T]], %[[N]]
luma.func @count(%n: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %it = luma.struct.make %zero, %n : (i64, i64) -> !luma.struct<@Up>
  %r = luma.loop (%self = %it : !luma.struct<@Up>, %s = %zero : i64) -> (i64) {
    %i = luma.get %self[0] : !luma.struct<@Up> -> i64
    %end = luma.get %self[1] : !luma.struct<@Up> -> i64
    %c = arith.cmpi sge, %i, %end : i64
    %o, %next = scf.if %c -> (!luma.enum<@Option, [i64]>, !luma.struct<@Up>) {
      %none = luma.enum.make 1() : () -> !luma.enum<@Option, [i64]>
      scf.yield %none, %self : !luma.enum<@Option, [i64]>, !luma.struct<@Up>
    } else {
      %j = arith.addi %i, %one : i64
      %k = luma.set %self[0] = %j : !luma.struct<@Up>, i64
      %some = luma.enum.make 0(%i) : (i64) -> !luma.enum<@Option, [i64]>
      scf.yield %some, %k : !luma.enum<@Option, [i64]>, !luma.struct<@Up>
    }
    %t = luma.enum.is %o, 0 : !luma.enum<@Option, [i64]>
    luma.if %t {
      luma.yield
    } else {
      luma.break %s : i64
    }
    %x = luma.enum.get %o, 0, 0 : !luma.enum<@Option, [i64]> -> i64
    %u = arith.addi %s, %x : i64
    luma.continue %next, %u : !luma.struct<@Up>, i64
  }
  luma.return %r : i64
}

// A filter around it: the loop that looks for the next element and the one around it become one, the closure a call.
// CHECK-LABEL: @filter
// CHECK-NOT:   luma.struct
// CHECK-NOT:   closure
// CHECK-NOT:   luma.loop
// CHECK:       scf.while
// CHECK:         ^bb0(%[[S:.*]]: i64, %[[I:.*]]: i64):
// CHECK:         %[[K:.*]] = luma.call @even(%[[I]])
// CHECK:         arith.select %[[K]]
// CHECK-NOT:   scf.while
// CHECK:       luma.return
luma.func @filter(%n: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %up = luma.struct.make %zero, %n : (i64, i64) -> !luma.struct<@Up>
  %keep = luma.closure @even() : () -> !luma.closure<(i64) -> i1>
  %it = luma.struct.make %up, %keep : (!luma.struct<@Up>, !luma.closure<(i64) -> i1>) -> !luma.struct<@Kept>
  %r = luma.loop (%self = %it : !luma.struct<@Kept>, %s = %zero : i64) -> (i64) {
    %o, %next = luma.loop -> (!luma.enum<@Option, [i64]>, !luma.struct<@Kept>) {
      %last = luma.loop (%me = %self : !luma.struct<@Kept>) -> (!luma.struct<@Kept>) {
        %i = luma.get %me[0, 0] : !luma.struct<@Kept> -> i64
        %end = luma.get %me[0, 1] : !luma.struct<@Kept> -> i64
        %c = arith.cmpi sge, %i, %end : i64
        luma.if %c {
          luma.break %me : !luma.struct<@Kept>
        }
        %j = arith.addi %i, %one : i64
        %k = luma.set %me[0, 0] = %j : !luma.struct<@Kept>, i64
        %f = luma.get %k[1] : !luma.struct<@Kept> -> !luma.closure<(i64) -> i1>
        %y = luma.call_closure %f(%i) : !luma.closure<(i64) -> i1>, (i64) -> i1
        luma.if %y {
          %some = luma.enum.make 0(%i) : (i64) -> !luma.enum<@Option, [i64]>
          luma.break %some, %k : !luma.enum<@Option, [i64]>, !luma.struct<@Kept> {depth = 1 : i64}
        }
        luma.continue %k : !luma.struct<@Kept>
      }
      %none = luma.enum.make 1() : () -> !luma.enum<@Option, [i64]>
      luma.break %none, %last : !luma.enum<@Option, [i64]>, !luma.struct<@Kept>
    }
    %t = luma.enum.is %o, 0 : !luma.enum<@Option, [i64]>
    luma.if %t {
      luma.yield
    } else {
      luma.break %s : i64
    }
    %x = luma.enum.get %o, 0, 0 : !luma.enum<@Option, [i64]> -> i64
    %u = arith.addi %s, %x : i64
    luma.continue %next, %u : !luma.struct<@Kept>, i64
  }
  luma.return %r : i64
}
luma.func private @even(%x: i64) -> i1 {
  %two = arith.constant 2 : i64
  %zero = arith.constant 0 : i64
  %m = arith.remsi %x, %two : i64
  %c = arith.cmpi eq, %m, %zero : i64
  luma.return %c : i1
}

// -----

// A value that a call in the loop takes and changes stays whole when it owns an array: it would be put together anew
// each time. So does an enum of which a variant is not made here.
luma.struct @Items {field_names = ["items", "at"], field_types = [!luma.array<i64>, i64]}
luma.enum @Option {type_params = ["T"], variants = ["Some", "None"], payloads = [[!luma.param<"T">], []]}
// CHECK-LABEL: @whole
// CHECK:       scf.for {{.*}} -> (!luma.struct<@Items>
luma.func @whole(%it: !luma.struct<@Items>, %n: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %r:2 = scf.for %i = %zero to %n step %one iter_args(%self = %it, %s = %zero) -> (!luma.struct<@Items>, i64) : i64 {
    %at = luma.get %self[1] : !luma.struct<@Items> -> i64
    %t = arith.addi %s, %at : i64
    %next = luma.call @change(%self) : (!luma.struct<@Items>) -> !luma.struct<@Items>
    scf.yield %next, %t : !luma.struct<@Items>, i64
  }
  luma.return %r#1 : i64
}
luma.func private @change(%it: !luma.struct<@Items>) -> !luma.struct<@Items> attributes {inout = array<i64: 0>} {
  luma.return %it : !luma.struct<@Items>
}
// CHECK-LABEL: @elsewhere
// CHECK:       scf.if {{.*}} -> (!luma.enum
// CHECK:       luma.enum.is
luma.func @elsewhere(%c: i1, %e: !luma.enum<@Option, [i64]>) -> i1 {
  %o = scf.if %c -> (!luma.enum<@Option, [i64]>) {
    %none = luma.enum.make 1() : () -> !luma.enum<@Option, [i64]>
    scf.yield %none : !luma.enum<@Option, [i64]>
  } else {
    scf.yield %e : !luma.enum<@Option, [i64]>
  }
  %t = luma.enum.is %o, 0 : !luma.enum<@Option, [i64]>
  luma.return %t : i1
}

// A tuple of arrays that is taken apart and made again in each iteration of a counted loop, and used behind the loop.

// CHECK-LABEL: @remade
// CHECK-NOT:   luma.tuple
// CHECK:       %[[XS:.*]] = luma.array.fill %zero
// CHECK:       scf.for {{.*}} iter_args(%[[A:.*]] = %[[XS]]) -> (!luma.array<i64>)
// CHECK-NEXT:    luma.set %[[A]][
luma.func @remade(%n: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %xs = luma.array.fill %zero, %n : (i64, i64) -> !luma.array<i64>
  %ys = luma.array.fill %one, %n : (i64, i64) -> !luma.array<i64>
  %t = luma.tuple.make %xs, %ys : (!luma.array<i64>, !luma.array<i64>) -> !luma.tuple<!luma.array<i64>, !luma.array<i64>>
  %r = luma.for %i = %zero to %n step %one (%u = %t : !luma.tuple<!luma.array<i64>, !luma.array<i64>>) : i64 {
    %a = luma.get %u[0] : !luma.tuple<!luma.array<i64>, !luma.array<i64>> -> !luma.array<i64>
    %b = luma.get %u[1] : !luma.tuple<!luma.array<i64>, !luma.array<i64>> -> !luma.array<i64>
    %c = luma.set %a[%i] = %i : !luma.array<i64>, i64
    %d = luma.set %b[%i] = %one : !luma.array<i64>, i64
    %v = luma.tuple.make %c, %d : (!luma.array<i64>, !luma.array<i64>) -> !luma.tuple<!luma.array<i64>, !luma.array<i64>>
    luma.continue %v : !luma.tuple<!luma.array<i64>, !luma.array<i64>>
  }
  %e = luma.get %r[0] : !luma.tuple<!luma.array<i64>, !luma.array<i64>> -> !luma.array<i64>
  %f = luma.get %e[%zero] : !luma.array<i64> -> i64
  luma.return %f : i64
}
