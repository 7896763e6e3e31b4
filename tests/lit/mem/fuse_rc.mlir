// RUN: luma-opt %s -p mem-fuse-rc,mem-certify | filecheck %s
luma.struct @Pair {field_names = ["left", "right"], field_types = [!luma.array<i64>, !luma.array<i64>]}

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
