// RUN: luma-opt %s -p luma-symbol-dce | filecheck %s

// CHECK-NOT:   @unused
// CHECK-NOT:   @ring
// CHECK:       @std.rt.panic_bounds
// CHECK:       @used
// CHECK:       @main
luma.func private @unused() {
  luma.call @used() : () -> ()
  luma.return
}
luma.func private @ring_a() {
  luma.call @ring_b() : () -> ()
  luma.return
}
luma.func private @ring_b() {
  luma.call @ring_a() : () -> ()
  luma.return
}
luma.func private @std.rt.panic_bounds(%i: i64, %n: i64, %loc: !luma.ptr<i8>) attributes {no_return, cold} {
  luma.unreachable
}
luma.func private @used() {
  luma.return
}
luma.func @main() {
  luma.call @used() : () -> ()
  luma.return
}
