// RUN: luma-opt %s -p mem-fuse-rc,mem-certify | filecheck %s
luma.struct @Pair {field_names = ["left", "right"], field_types = [!luma.array<i64>, !luma.array<i64>]}
luma.enum @Tree {variants = ["Leaf", "Node"], payloads = [[], [!luma.enum<@Tree>, i64, !luma.enum<@Tree>]]}

// CHECK-LABEL: @pair
// CHECK-NEXT:  luma.array.len
// CHECK-NEXT:  luma.return %a
luma.func private @pair(%a: !luma.array<i64>) -> !luma.array<i64> {
  mem.dup %a : !luma.array<i64>
  %n = luma.array.len %a : !luma.array<i64>
  mem.drop %a : !luma.array<i64>
  luma.return %a : !luma.array<i64>
}

// The unit that was made is consumed in between.
// CHECK-LABEL: @consumed
// CHECK-NEXT:  mem.dup %a
// CHECK-NEXT:  luma.array.push %a
// CHECK-NEXT:  mem.drop %a
luma.func private @consumed(%a: !luma.array<i64>, %v: i64) -> !luma.array<i64> {
  mem.dup %a : !luma.array<i64>
  %b = luma.array.push %a, %v : (!luma.array<i64>, i64) -> !luma.array<i64>
  mem.drop %a : !luma.array<i64>
  luma.return %b : !luma.array<i64>
}

// A part of a dying aggregate takes over the aggregate's unit of it.
// CHECK-LABEL: @part
// CHECK-NEXT:  %[[X:.*]] = luma.get %s[0]
// CHECK-NEXT:  mem.drop_rest %s, %[[X]]
// CHECK-NEXT:  luma.return %[[X]]
luma.func private @part(%s: !luma.struct<@Pair>) -> !luma.array<i64> {
  %x = luma.get %s[0] : !luma.struct<@Pair> -> !luma.array<i64>
  mem.dup %x : !luma.array<i64>
  mem.drop %s : !luma.struct<@Pair>
  luma.return %x : !luma.array<i64>
}

// A view of what is dropped in between lives on its own unit.
// CHECK-LABEL: @view
// CHECK:       mem.dup
// CHECK:       mem.drop %a
// CHECK:       mem.drop
luma.func private @view(%a: !luma.array<!luma.array<i64>>, %i: i64) -> i64 {
  %x = luma.get %a[%i] : !luma.array<!luma.array<i64>> -> !luma.array<i64>
  mem.dup %x : !luma.array<i64>
  mem.drop %a : !luma.array<!luma.array<i64>>
  %n = luma.array.len %x : !luma.array<i64>
  mem.drop %x : !luma.array<i64>
  luma.return %n : i64
}

// All parts move out, in front of what is made of them, although another part is in use behind that.
// CHECK-LABEL: @parts
// CHECK:       mem.drop_rest %t, %[[R:.*]], %[[L:.*]] : !luma.enum<@Tree>
// CHECK-NEXT:  mem.dup %[[L]]
// CHECK-NEXT:  luma.enum.make 1(%[[L]], %x, %[[L]])
// CHECK-NEXT:  luma.enum.tag %[[R]]
// CHECK-NEXT:  luma.enum.make 1(%{{.*}}, %x, %[[R]])
// CHECK-NEXT:  luma.return
luma.func private @parts(%t: !luma.enum<@Tree>, %x: i64) -> !luma.enum<@Tree> attributes {modes = ["own", "none"]} {
  %l = luma.enum.get %t, 1, 0 : !luma.enum<@Tree> -> !luma.enum<@Tree>
  %r = luma.enum.get %t, 1, 2 : !luma.enum<@Tree> -> !luma.enum<@Tree>
  mem.dup %l : !luma.enum<@Tree>
  mem.dup %l : !luma.enum<@Tree>
  %a = luma.enum.make 1 (%l, %x, %l) : (!luma.enum<@Tree>, i64, !luma.enum<@Tree>) -> !luma.enum<@Tree>
  %n = luma.enum.tag %r : !luma.enum<@Tree>
  mem.dup %r : !luma.enum<@Tree>
  %b = luma.enum.make 1 (%a, %x, %r) : (!luma.enum<@Tree>, i64, !luma.enum<@Tree>) -> !luma.enum<@Tree>
  mem.drop %t : !luma.enum<@Tree>
  luma.return %b : !luma.enum<@Tree>
}

// Parts of an inner value: that moves out first.
// CHECK-LABEL: @nested
// CHECK:       mem.drop_rest %t, %[[R:.*]], %[[IN:.*]] : !luma.enum<@Tree>
// CHECK-NEXT:  mem.drop_rest %[[IN]], %[[L:.*]] : !luma.enum<@Tree>
// CHECK-NEXT:  luma.enum.make 1(%[[L]], %x, %[[R]])
// CHECK-NEXT:  luma.return
luma.func private @nested(%t: !luma.enum<@Tree>, %x: i64) -> !luma.enum<@Tree> attributes {modes = ["own", "none"]} {
  %in = luma.enum.get %t, 1, 0 : !luma.enum<@Tree> -> !luma.enum<@Tree>
  %r = luma.enum.get %t, 1, 2 : !luma.enum<@Tree> -> !luma.enum<@Tree>
  %l = luma.enum.get %in, 1, 0 : !luma.enum<@Tree> -> !luma.enum<@Tree>
  mem.dup %r : !luma.enum<@Tree>
  mem.dup %l : !luma.enum<@Tree>
  %b = luma.enum.make 1 (%l, %x, %r) : (!luma.enum<@Tree>, i64, !luma.enum<@Tree>) -> !luma.enum<@Tree>
  mem.drop %t : !luma.enum<@Tree>
  luma.return %b : !luma.enum<@Tree>
}

// A part that is looked at when nothing else keeps it alive any more keeps the value.
// CHECK-LABEL: @looked_at
// CHECK:       luma.enum.make 1(%[[L:.*]], %x, %[[L]])
// CHECK-NEXT:  mem.drop
// CHECK-NEXT:  luma.enum.tag %[[L]]
// CHECK-NEXT:  mem.drop %t
luma.func private @looked_at(%t: !luma.enum<@Tree>, %x: i64) -> i32 attributes {modes = ["own", "none"]} {
  %l = luma.enum.get %t, 1, 0 : !luma.enum<@Tree> -> !luma.enum<@Tree>
  mem.dup %l : !luma.enum<@Tree>
  mem.dup %l : !luma.enum<@Tree>
  %a = luma.enum.make 1 (%l, %x, %l) : (!luma.enum<@Tree>, i64, !luma.enum<@Tree>) -> !luma.enum<@Tree>
  mem.drop %a : !luma.enum<@Tree>
  %n = luma.enum.tag %l : !luma.enum<@Tree>
  mem.drop %t : !luma.enum<@Tree>
  luma.return %n : i32
}
