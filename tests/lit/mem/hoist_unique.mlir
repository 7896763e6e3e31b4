// RUN: luma-opt %s -p mem-insert-unique,mem-hoist-unique | filecheck %s

// One check in front of both loops.
// CHECK-LABEL: @nest
// CHECK:       %[[U:.*]] = mem.make_unique %a
// CHECK-NEXT:  scf.for
// CHECK-SAME:  = %[[U]])
// CHECK-NOT:   make_unique
// CHECK:       luma.return
luma.func private @nest(%a: !luma.array<i64>, %n: i64) -> !luma.array<i64> {
  %one = arith.constant 1 : i64
  %q = scf.for %k = %one to %n step %one iter_args(%z = %a) -> (!luma.array<i64>) : i64 {
    %r = scf.for %i = %one to %n step %one iter_args(%x = %z) -> (!luma.array<i64>) : i64 {
      %y = luma.set %x[%i] = %k : !luma.array<i64>, i64
      scf.yield %y : !luma.array<i64>
    }
    scf.yield %r : !luma.array<i64>
  }
  luma.return %q : !luma.array<i64>
}

// What is shared anew in every iteration is checked in every iteration.
// CHECK-LABEL: @shared
// CHECK-NOT:   make_unique
// CHECK:       scf.for
// CHECK:       mem.dup
// CHECK-NEXT:  make_unique
luma.func private @shared(%a: !luma.array<i64>, %n: i64) -> !luma.array<i64> {
  %one = arith.constant 1 : i64
  %q = scf.for %i = %one to %n step %one iter_args(%x = %a) -> (!luma.array<i64>) : i64 {
    mem.dup %x : !luma.array<i64>
    %y = luma.set %x[%i] = %n : !luma.array<i64>, i64
    mem.drop %x : !luma.array<i64>
    scf.yield %y : !luma.array<i64>
  }
  luma.return %q : !luma.array<i64>
}

// What is changed on the way out only is not copied before.
// CHECK-LABEL: @last
// CHECK-NOT:   make_unique
// CHECK:       luma.loop
// CHECK:       make_unique
luma.func private @last(%a: !luma.array<i64>, %c: i1, %i: i64) -> !luma.array<i64> {
  %r = luma.loop (%x = %a : !luma.array<i64>) -> (!luma.array<i64>) {
    luma.if %c {
      %y = luma.set %x[%i] = %i : !luma.array<i64>, i64
      luma.break %y : !luma.array<i64>
    }
    luma.continue %x : !luma.array<i64>
  }
  luma.return %r : !luma.array<i64>
}

// A row whose index stays the same in the inner loop is made unique in front of that loop.
// CHECK-LABEL: @rows
// CHECK:       scf.for %[[I:.*]] = {{.*}} iter_args(%[[Z:.*]] =
// CHECK-NEXT:    %[[U:.*]] = mem.make_unique_at %[[Z]][%[[I]]]
// CHECK-NEXT:    scf.for %{{.*}} iter_args(%[[X:.*]] = %[[U]])
// CHECK-NEXT:      luma.set %[[X]][{{.*}}] = %n {mem.known_unique = 1 : i64}
luma.func private @rows(%a: !luma.array<!luma.array<i64>>, %n: i64) -> !luma.array<!luma.array<i64>> {
  %one = arith.constant 1 : i64
  %q = scf.for %i = %one to %n step %one iter_args(%z = %a) -> (!luma.array<!luma.array<i64>>) : i64 {
    %r = scf.for %j = %one to %n step %one iter_args(%x = %z) -> (!luma.array<!luma.array<i64>>) : i64 {
      %y = luma.set %x[%i, %j] = %n : !luma.array<!luma.array<i64>>, i64
      scf.yield %y : !luma.array<!luma.array<i64>>
    }
    scf.yield %r : !luma.array<!luma.array<i64>>
  }
  luma.return %q : !luma.array<!luma.array<i64>>
}

// A loop that puts rows in may make them shared again.
// CHECK-LABEL: @replaced
// CHECK-NOT:   make_unique_at
// CHECK-NOT:   known_unique
// CHECK:       luma.return
luma.func private @replaced(%a: !luma.array<!luma.array<i64>>, %b: !luma.array<i64>, %n: i64) -> !luma.array<!luma.array<i64>> {
  %one = arith.constant 1 : i64
  %r = scf.for %j = %one to %n step %one iter_args(%x = %a) -> (!luma.array<!luma.array<i64>>) : i64 {
    %y = luma.set %x[%one, %j] = %n : !luma.array<!luma.array<i64>>, i64
    mem.dup %b : !luma.array<i64>
    %z = luma.set %y[%one] = %b : !luma.array<!luma.array<i64>>, !luma.array<i64>
    scf.yield %z : !luma.array<!luma.array<i64>>
  }
  mem.drop %b : !luma.array<i64>
  luma.return %r : !luma.array<!luma.array<i64>>
}

// A grid inside of a fixed array has no row that could be named by indices of arrays alone.
// CHECK-LABEL: @in_fixed
// CHECK-NOT:   make_unique_at
// CHECK-NOT:   known_unique
// CHECK:       luma.return
luma.func private @in_fixed(%a: !luma.fixed<2, !luma.array<!luma.array<i64>>>, %n: i64) -> !luma.fixed<2, !luma.array<!luma.array<i64>>> {
  %one = arith.constant 1 : i64
  %r = scf.for %j = %one to %n step %one iter_args(%x = %a) -> (!luma.fixed<2, !luma.array<!luma.array<i64>>>) : i64 {
    %y = luma.set %x[%one, %one, %j] = %n : !luma.fixed<2, !luma.array<!luma.array<i64>>>, i64
    scf.yield %y : !luma.fixed<2, !luma.array<!luma.array<i64>>>
  }
  luma.return %r : !luma.fixed<2, !luma.array<!luma.array<i64>>>
}
