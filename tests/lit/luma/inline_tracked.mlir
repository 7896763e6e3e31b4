// RUN: luma-opt %s -p 'luma-inline{tracked=true}' | filecheck %s
// RUN: luma-opt %s -p 'luma-inline{tracked=true}' --print-debuginfo | filecheck %s --check-prefix=LOC
// RUN: luma-opt %s -p 'luma-inline' --print-debuginfo | filecheck %s --check-prefix=LOC

// What comes from a function with `track_caller` has the place of the call, through several of them; other calls stay.
// CHECK-LABEL: @user
// CHECK-NEXT:  luma.check.bounds %i in %n
// CHECK-NEXT:  luma.call @plain
// CHECK-NOT:   @first
// CHECK:       luma.func private @plain
// CHECK-NOT:   @outer
// LOC-LABEL:   @user
// LOC:         luma.check.bounds %i in %n loc("{{[^"]*}}inline_tracked.mlir":15:3)
luma.func @user(%i: i64, %n: i64) -> i64 {
  %r = luma.call @outer(%i, %n) : (i64, i64) -> i64
  %s = luma.call @plain(%r) : (i64) -> i64
  luma.return %s : i64
}
luma.func private @first(%i: i64, %n: i64) -> i64 attributes {track_caller} {
  %r = luma.check.bounds %i in %n
  luma.return %r : i64
}
luma.func private @plain(%i: i64) -> i64 attributes {inline = "never"} {
  luma.return %i : i64
}
luma.func private @outer(%i: i64, %n: i64) -> i64 attributes {track_caller} {
  %r = luma.call @first(%i, %n) : (i64, i64) -> i64
  luma.return %r : i64
}
