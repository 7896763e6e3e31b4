// RUN: luma-opt %s -p 'luma-inline{threshold=6 once=20}' | filecheck %s
// RUN: luma-opt %s -p 'luma-inline{threshold=6 once=20}' --print-debuginfo | filecheck %s --check-prefix=LOC
// RUN: luma-opt %s -p 'luma-inline{threshold=6 once=20},luma-canonicalize' | filecheck %s --check-prefix=AFTER
// RUN: luma-opt %s -p 'luma-inline{threshold=6 once=20 spread=0}' | filecheck %s --check-prefix=SPREAD

// A small body takes the place of its call, and of a call inside of what was inlined.
// CHECK-LABEL: @small
// CHECK-NEXT:  %[[P:.*]] = arith.muli %x, %x
// CHECK-NEXT:  %[[Q:.*]] = arith.addi %[[P]], %x
// CHECK-NEXT:  luma.return %[[Q]]
// LOC-LABEL:   @small
// LOC:         arith.muli %x, %x : i64 loc(callsite("Square"("{{.*}}inline.mlir":[[#]]:[[#]]) at callsite("middle"
luma.func @small(%x: i64) -> i64 {
  %r = luma.call @middle(%x) : (i64) -> i64
  luma.return %r : i64
}
luma.func private @middle(%x: i64) -> i64 {
  %p = luma.call @square(%x) : (i64) -> i64
  %q = arith.addi %p, %x : i64
  luma.return %q : i64
}
luma.func private @square(%x: i64) -> i64 attributes {display_name = "Square"} {
  %p = arith.muli %x, %x : i64
  luma.return %p : i64
}

// An early return inside of a loop becomes a break of the loop around the body, under an scf op too.
// CHECK-LABEL: @early
// CHECK:       scf.if
// CHECK:       %[[R:.*]] = luma.loop -> (i64)
// CHECK:       luma.for
// CHECK:       luma.break %{{.*}} : i64 {depth = 1 : i64}
// CHECK:       luma.break %{{.*}} : i64
// CHECK:       scf.yield %[[R]]
luma.func @early(%c: i1, %n: i64) -> i64 {
  %r = scf.if %c -> (i64) {
    %s = luma.call @find(%n) : (i64) -> i64
    scf.yield %s : i64
  } else {
    scf.yield %n : i64
  }
  luma.return %r : i64
}
luma.func private @find(%n: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  luma.for %i = %zero to %n step %one : i64 {
    %s = arith.muli %i, %i : i64
    %e = arith.cmpi eq, %s, %n : i64
    luma.if %e {
      luma.return %i : i64
    }
    luma.continue
  }
  luma.return %n : i64
}

// A guard at the start becomes a condition afterwards.
// CHECK-LABEL: @guarded
// CHECK:       luma.loop
// AFTER-LABEL: @guarded
// AFTER-NOT:   luma.loop
// AFTER:       %[[R:.*]] = arith.select
// AFTER-NEXT:  luma.return %[[R]]
luma.func @guarded(%x: i64) -> i64 {
  %r = luma.call @positive(%x) : (i64) -> i64
  luma.return %r : i64
}
luma.func private @positive(%x: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %c = arith.cmpi slt, %x, %zero : i64
  luma.if %c {
    luma.return %zero : i64
  }
  luma.return %x : i64
}

// Left alone: never, cold, recursive; and any call on a path that ends the program.
// CHECK-LABEL: @kept
// CHECK:       luma.call @never
// CHECK:       luma.call @cold
// CHECK:       luma.call @recursive
// CHECK:       luma.if
// CHECK-NEXT:  luma.call @square
luma.func @kept(%x: i64) -> i64 {
  %a = luma.call @never(%x) : (i64) -> i64
  %b = luma.call @cold(%a) : (i64) -> i64
  %c = luma.call @recursive(%b) : (i64) -> i64
  %zero = arith.constant 0 : i64
  %t = arith.cmpi slt, %c, %zero : i64
  luma.if %t {
    %d = luma.call @square(%x) : (i64) -> i64
    luma.panic "negative"
  }
  luma.return %c : i64
}
luma.func private @never(%x: i64) -> i64 attributes {inline = "never"} {
  luma.return %x : i64
}
luma.func private @cold(%x: i64) -> i64 attributes {cold} {
  luma.return %x : i64
}
luma.func private @recursive(%x: i64) -> i64 {
  %r = luma.call @recursive(%x) : (i64) -> i64
  luma.return %r : i64
}

// In a function that has grown large, only what stands in a loop is inlined.
// CHECK-LABEL:  @large
// CHECK-NOT:    luma.call
// CHECK-LABEL:  @last
// SPREAD-LABEL: @large
// SPREAD:       luma.call @square
// SPREAD:       luma.for
// SPREAD-NOT:   luma.call
// SPREAD:       luma.return
luma.func @large(%x: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %start = luma.call @square(%x) : (i64) -> i64
  %end = luma.for %i = %zero to %x step %one (%s = %start : i64) : i64 {
    %t = luma.call @square(%s) : (i64) -> i64
    luma.continue %t : i64
  }
  luma.return %end : i64
}
luma.func @last() {
  luma.return
}

// What only makes the text of a panic stays out of line, under a condition too.
// CHECK-LABEL: @failing
// CHECK:       luma.call @square
// CHECK-NOT:   luma.call @square
// CHECK:       luma.return
luma.func @failing(%x: i64, %c: i1, %d: i1) -> i64 {
  luma.if %c {
    %e = scf.if %d -> (i64) {
      %s = luma.call @square(%x) : (i64) -> i64
      scf.yield %s : i64
    } else {
      scf.yield %x : i64
    }
    luma.call @fail(%e) : (i64) -> ()
    luma.unreachable
  }
  %r = luma.call @square(%x) : (i64) -> i64
  luma.return %r : i64
}
luma.func private @fail(i64) attributes {no_return, link_name = "fail"}
