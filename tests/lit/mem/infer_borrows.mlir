// RUN: luma-opt %s -p mem-infer-borrows | filecheck %s

// Looking at an array borrows it; views do not ask for more.
// CHECK-LABEL: func private @length
// CHECK-SAME:  modes = ["borrow", "none"]
luma.func private @length(%a: !luma.array<!luma.array<i64>>, %i: i64) -> i64 {
  %x = luma.get %a[%i] : !luma.array<!luma.array<i64>> -> !luma.array<i64>
  %n = luma.array.len %x : !luma.array<i64>
  luma.return %n : i64
}

// Returning, storing and changing own.
// CHECK-LABEL: func private @keep
// CHECK-SAME:  modes = ["own"]
luma.func private @keep(%a: !luma.array<i64>) -> !luma.array<i64> {
  luma.return %a : !luma.array<i64>
}
// CHECK-LABEL: func private @change
// CHECK-SAME:  modes = ["own", "none"]
luma.func private @change(%a: !luma.array<i64>, %v: i64) {
  %b = luma.array.push %a, %v : (!luma.array<i64>, i64) -> !luma.array<i64>
  luma.return
}

// A demand travels from callees to callers, around recursion too.
// CHECK-LABEL: func private @even
// CHECK-SAME:  modes = ["own", "none"]
luma.func private @even(%a: !luma.array<i64>, %v: i64) {
  luma.call @odd(%a, %v) : (!luma.array<i64>, i64) -> ()
  luma.return
}
// CHECK-LABEL: func private @odd
// CHECK-SAME:  modes = ["own", "none"]
luma.func private @odd(%a: !luma.array<i64>, %v: i64) {
  luma.call @change(%a, %v) : (!luma.array<i64>, i64) -> ()
  luma.call @even(%a, %v) : (!luma.array<i64>, i64) -> ()
  luma.return
}

// `inout` parameters are owned, those of foreign functions borrowed, plain ones have no mode.
// CHECK-LABEL: func private @inout
// CHECK-SAME:  modes = ["own"]
luma.func private @inout(%a: !luma.array<i64>) -> !luma.array<i64> attributes {inout = array<i64: 0>} {
  luma.return %a : !luma.array<i64>
}
// CHECK-LABEL: func private @foreign
// CHECK-SAME:  modes = ["borrow"]
luma.func private @foreign(!luma.array<i64>) attributes {link_name = "foreign"}
// CHECK-LABEL: func private @plain
// CHECK-NOT:   modes
luma.func private @plain(%a: i64) {
  luma.return
}
