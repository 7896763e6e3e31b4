// RUN: luma-opt %s -p mem-reuse,mem-certify | filecheck %s
luma.enum @List {variants = ["Nil", "Cons"], payloads = [[], [i64, !luma.enum<@List>]]}
luma.enum @Tree {variants = ["Leaf", "Node", "Pair", "Mark"], payloads = [[i64], [!luma.enum<@Tree>, i64, !luma.enum<@Tree>], [!luma.enum<@Tree>, !luma.enum<@Tree>], [i64, !luma.enum<@Tree>]]}

// What is made behind the death of a value of its size gets its cell.
// CHECK-LABEL: @same
// CHECK:       %[[TOKEN:.*]] = mem.drop_reuse %l, 1(%tail)
// CHECK-NEXT:  mem.make_at %[[TOKEN]], 1(%x, %tail)
luma.func private @same(%l: !luma.enum<@List>) -> !luma.enum<@List> attributes {modes = ["own"]} {
  %x = luma.enum.get %l, 1, 0 : !luma.enum<@List> -> i64
  %tail = luma.enum.get %l, 1, 1 : !luma.enum<@List> -> !luma.enum<@List>
  mem.drop_rest %l, %tail : !luma.enum<@List>, !luma.enum<@List>
  %m = luma.enum.make 1 (%x, %tail) : (i64, !luma.enum<@List>) -> !luma.enum<@List>
  luma.return %m : !luma.enum<@List>
}

// The nearest death comes first, and the variant may be another one.
// CHECK-LABEL: @nearest
// CHECK:       %[[FIRST:.*]] = mem.drop_reuse %a, 0()
// CHECK:       %[[SECOND:.*]] = mem.drop_reuse %b, 2(%l)
// CHECK:       %[[P:.*]] = mem.make_at %[[SECOND]], 3(%[[X:.*]], %l)
// CHECK-NEXT:  mem.make_at %[[FIRST]], 0(%[[X]])
luma.func private @nearest(%a: !luma.enum<@Tree>, %b: !luma.enum<@Tree>) -> (!luma.enum<@Tree>, !luma.enum<@Tree>) attributes {modes = ["own", "own"]} {
  %x = luma.enum.get %a, 0, 0 : !luma.enum<@Tree> -> i64
  %l = luma.enum.get %b, 2, 0 : !luma.enum<@Tree> -> !luma.enum<@Tree>
  mem.drop %a : !luma.enum<@Tree>
  mem.drop_rest %b, %l : !luma.enum<@Tree>, !luma.enum<@Tree>
  %p = luma.enum.make 3 (%x, %l) : (i64, !luma.enum<@Tree>) -> !luma.enum<@Tree>
  %q = luma.enum.make 0 (%x) : (i64) -> !luma.enum<@Tree>
  luma.return %p, %q : !luma.enum<@Tree>, !luma.enum<@Tree>
}

// A cell of another size is of no use.
// CHECK-LABEL: @sizes
// CHECK:       mem.drop %l
// CHECK-NEXT:  luma.enum.make
luma.func private @sizes(%l: !luma.enum<@List>) -> !luma.enum<@Tree> attributes {modes = ["own"]} {
  %x = luma.enum.get %l, 1, 0 : !luma.enum<@List> -> i64
  mem.drop %l : !luma.enum<@List>
  %m = luma.enum.make 0 (%x) : (i64) -> !luma.enum<@Tree>
  luma.return %m : !luma.enum<@Tree>
}

// Nobody would give the cell back when the function returns in between.
// CHECK-LABEL: @leaves
// CHECK:       mem.drop %l
// CHECK:       luma.enum.make 1
luma.func private @leaves(%l: !luma.enum<@List>, %c: i1) -> !luma.enum<@List> attributes {modes = ["own", "none"]} {
  %x = luma.enum.get %l, 1, 0 : !luma.enum<@List> -> i64
  mem.drop %l : !luma.enum<@List>
  luma.if %c {
    %e = luma.enum.make 0 () : () -> !luma.enum<@List>
    luma.return %e : !luma.enum<@List>
  }
  %nil = luma.enum.make 0 () : () -> !luma.enum<@List>
  %m = luma.enum.make 1 (%x, %nil) : (i64, !luma.enum<@List>) -> !luma.enum<@List>
  luma.return %m : !luma.enum<@List>
}

// The variant of what dies is not known here.
// CHECK-LABEL: @unknown
// CHECK:       mem.drop %l
// CHECK:       luma.enum.make 1
luma.func private @unknown(%l: !luma.enum<@List>, %x: i64) -> !luma.enum<@List> attributes {modes = ["own", "none"]} {
  mem.drop %l : !luma.enum<@List>
  %nil = luma.enum.make 0 () : () -> !luma.enum<@List>
  %m = luma.enum.make 1 (%x, %nil) : (i64, !luma.enum<@List>) -> !luma.enum<@List>
  luma.return %m : !luma.enum<@List>
}

// Each branch makes something of it, or gives it back.
// CHECK-LABEL: @branches
// CHECK:       %[[T:.*]] = mem.drop_reuse %l, 1()
// CHECK:       luma.if %c
// CHECK-NEXT:    mem.free_token %[[T]]
// CHECK:       } else {
// CHECK:         mem.make_at %[[T]], 1(
luma.func private @branches(%l: !luma.enum<@List>, %c: i1) -> !luma.enum<@List> attributes {modes = ["own", "none"]} {
  %x = luma.enum.get %l, 1, 0 : !luma.enum<@List> -> i64
  mem.drop %l : !luma.enum<@List>
  %r = luma.if %c -> (!luma.enum<@List>) {
    %nil = luma.enum.make 0 () : () -> !luma.enum<@List>
    luma.return %nil : !luma.enum<@List>
  } else {
    %nil = luma.enum.make 0 () : () -> !luma.enum<@List>
    %m = luma.enum.make 1 (%x, %nil) : (i64, !luma.enum<@List>) -> !luma.enum<@List>
    luma.yield %m : !luma.enum<@List>
  }
  luma.return %r : !luma.enum<@List>
}
