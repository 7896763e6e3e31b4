// RUN: luma-opt %s -p mem-insert-rc,mem-fuse-rc,mem-certify | filecheck %s
luma.enum @Tree {variants = ["Leaf", "Node"], payloads = [[], [!luma.enum<@Tree>, i64, !luma.enum<@Tree>]]}

// The parts of a value that is taken apart move out at once, although one is used in a branch only.
// CHECK-LABEL: @apart
// CHECK:       mem.drop_rest %t, %{{.*}}, %{{.*}}
// CHECK-NEXT:  luma.call @f(%[[L:.*]])
// CHECK-NEXT:  scf.if
luma.func private @f(%t: !luma.enum<@Tree>) -> !luma.enum<@Tree> attributes {modes = ["own"]} {
  luma.return %t : !luma.enum<@Tree>
}
luma.func private @apart(%t: !luma.enum<@Tree>, %c: i1) -> !luma.enum<@Tree> attributes {modes = ["own", "none"]} {
  %l = luma.enum.get %t, 1, 0 : !luma.enum<@Tree> -> !luma.enum<@Tree>
  %r = luma.enum.get %t, 1, 2 : !luma.enum<@Tree> -> !luma.enum<@Tree>
  %a = luma.call @f(%l) : (!luma.enum<@Tree>) -> !luma.enum<@Tree>
  %b = scf.if %c -> (!luma.enum<@Tree>) {
    scf.yield %r : !luma.enum<@Tree>
  } else {
    scf.yield %a : !luma.enum<@Tree>
  }
  luma.return %b : !luma.enum<@Tree>
}

// Where one branch uses the whole value, the other reads its parts by itself.
// CHECK-LABEL: @sunk
// CHECK-NEXT:  scf.if
// CHECK-NEXT:    %[[L:.*]] = luma.enum.get %t, 1, 0
// CHECK-NEXT:    mem.drop_rest %t, %[[L]]
// CHECK-NEXT:    scf.yield %[[L]]
// CHECK-NEXT:  } else {
// CHECK-NEXT:    scf.yield %t
luma.func private @sunk(%t: !luma.enum<@Tree>, %c: i1) -> !luma.enum<@Tree> attributes {modes = ["own", "none"]} {
  %l = luma.enum.get %t, 1, 0 : !luma.enum<@Tree> -> !luma.enum<@Tree>
  %b = scf.if %c -> (!luma.enum<@Tree>) {
    scf.yield %l : !luma.enum<@Tree>
  } else {
    scf.yield %t : !luma.enum<@Tree>
  }
  luma.return %b : !luma.enum<@Tree>
}

// A borrowed value keeps its parts, and costs no count where they are only looked at.
// CHECK-LABEL: @borrowed
// CHECK-NOT:   mem.
// CHECK:       luma.return
luma.func private @borrowed(%t: !luma.enum<@Tree>) -> i32 attributes {modes = ["borrow"]} {
  %l = luma.enum.get %t, 1, 0 : !luma.enum<@Tree> -> !luma.enum<@Tree>
  %n = luma.enum.tag %l : !luma.enum<@Tree>
  luma.return %n : i32
}

// So does one that a loop comes back to.
// CHECK-LABEL: @again
// CHECK:       mem.dup %[[L:.*]] :
// CHECK-NEXT:  luma.call @f(%[[L]])
// CHECK:       mem.drop %t
luma.func private @again(%t: !luma.enum<@Tree>, %n: i64) -> i64 attributes {modes = ["own", "none"]} {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%s = %c0) -> (i64) : i64 {
    %l = luma.enum.get %t, 1, 0 : !luma.enum<@Tree> -> !luma.enum<@Tree>
    %a = luma.call @f(%l) : (!luma.enum<@Tree>) -> !luma.enum<@Tree>
    %k = luma.enum.tag %a : !luma.enum<@Tree>
    %w = arith.extui %k : i32 to i64
    scf.yield %w : i64
  }
  luma.return %r : i64
}
