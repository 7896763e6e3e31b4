// RUN: luma-opt %s -p mem-insert-unique | filecheck %s
luma.struct @Pair {field_names = ["left", "right"], field_types = [!luma.array<i64>, !luma.array<i64>]}

// Nothing is known about the count of a parameter; what a change yields is unique.
// CHECK-LABEL: @parameter
// CHECK:       %[[U:.*]] = mem.make_unique %a
// CHECK-NEXT:  %[[B:.*]] = luma.set %[[U]][%i] = %i
// CHECK-NEXT:  luma.set %[[B]][%i] = %i
luma.func private @parameter(%a: !luma.array<i64>, %i: i64) -> !luma.array<i64> {
  %b = luma.set %a[%i] = %i : !luma.array<i64>, i64
  %c = luma.set %b[%i] = %i : !luma.array<i64>, i64
  luma.return %c : !luma.array<i64>
}

// A new array is unique until it is dup'd; a constant never is.
// CHECK-LABEL: @new
// CHECK-NEXT:  %[[A:.*]] = luma.array.make
// CHECK-NEXT:  %[[B:.*]] = luma.array.push %[[A]]
// CHECK-NEXT:  mem.dup %[[B]]
// CHECK-NEXT:  mem.make_unique %[[B]]
// CHECK:       mem.drop %[[B]] :
// CHECK-NEXT:  %[[L:.*]] = luma.array.literal
// CHECK-NEXT:  mem.make_unique %[[L]]
// CHECK:       mem.drop %{{.*}} {mem.unique}
luma.func private @new(%v: i64) -> !luma.array<i64> {
  %a = luma.array.make %v : (i64) -> !luma.array<i64>
  %b = luma.array.push %a, %v : (!luma.array<i64>, i64) -> !luma.array<i64>
  mem.dup %b : !luma.array<i64>
  %c = luma.array.push %b, %v : (!luma.array<i64>, i64) -> !luma.array<i64>
  mem.drop %b : !luma.array<i64>
  %l = luma.array.literal [1 : i64] : !luma.array<i64>
  %m = luma.array.push %l, %v : (!luma.array<i64>, i64) -> !luma.array<i64>
  mem.drop %m : !luma.array<i64>
  luma.return %c : !luma.array<i64>
}

// In a struct, only the array that the path leads through.
// CHECK-LABEL: @field
// CHECK:       %[[U:.*]] = mem.make_unique %s[1]
// CHECK-NEXT:  luma.set %[[U]][1, %i] = %i
luma.func private @field(%s: !luma.struct<@Pair>, %i: i64) -> !luma.struct<@Pair> {
  %t = luma.set %s[1, %i] = %i : !luma.struct<@Pair>, i64
  luma.return %t : !luma.struct<@Pair>
}

// A call's result is as unique as the callee returns it.
// CHECK-LABEL: @results
// CHECK:       %[[A:.*]] = luma.call @fresh
// CHECK-NEXT:  luma.array.push %[[A]]
// CHECK-NEXT:  %[[B:.*]] = luma.call @same
// CHECK-NEXT:  mem.make_unique %[[B]]
luma.func private @results(%v: i64, %o: !luma.array<i64>) -> (!luma.array<i64>, !luma.array<i64>) {
  %a = luma.call @fresh(%v) : (i64) -> !luma.array<i64>
  %c = luma.array.push %a, %v : (!luma.array<i64>, i64) -> !luma.array<i64>
  %b = luma.call @same(%o) : (!luma.array<i64>) -> !luma.array<i64>
  %d = luma.array.push %b, %v : (!luma.array<i64>, i64) -> !luma.array<i64>
  luma.return %c, %d : !luma.array<i64>, !luma.array<i64>
}
luma.func private @fresh(%v: i64) -> !luma.array<i64> {
  %a = luma.array.make %v : (i64) -> !luma.array<i64>
  luma.return %a : !luma.array<i64>
}
luma.func private @same(%a: !luma.array<i64>) -> !luma.array<i64> {
  luma.return %a : !luma.array<i64>
}

// A callee that keeps a part of what it borrows makes the argument shared.
// CHECK-LABEL: @lends
// CHECK:       luma.call @keeps
// CHECK-NEXT:  mem.make_unique %{{.*}}[0]
luma.func private @lends(%v: i64) -> (!luma.struct<@Pair>, !luma.array<i64>) {
  %a = luma.array.make %v : (i64) -> !luma.array<i64>
  %b = luma.array.make %v : (i64) -> !luma.array<i64>
  %s = luma.struct.make %a, %b : (!luma.array<i64>, !luma.array<i64>) -> !luma.struct<@Pair>
  %k = luma.call @keeps(%s) : (!luma.struct<@Pair>) -> !luma.array<i64>
  %t = luma.set %s[0, %v] = %v : !luma.struct<@Pair>, i64
  luma.return %t, %k : !luma.struct<@Pair>, !luma.array<i64>
}
luma.func private @keeps(%s: !luma.struct<@Pair>) -> !luma.array<i64> attributes {modes = ["borrow"]} {
  %x = luma.get %s[0] : !luma.struct<@Pair> -> !luma.array<i64>
  mem.dup %x : !luma.array<i64>
  luma.return %x : !luma.array<i64>
}

// A parameter of a private function is unique when all callers pass it so; then recursion tests nothing.
// CHECK-LABEL: luma.func private @recurse
// CHECK-NOT:   make_unique
// CHECK:       luma.func @start
luma.func private @recurse(%a: !luma.array<i64>, %c: i1, %i: i64) -> !luma.array<i64> attributes {inout = array<i64: 0>} {
  %b = luma.set %a[%i] = %i : !luma.array<i64>, i64
  luma.if %c {
    luma.return %b : !luma.array<i64>
  }
  %d = luma.call @recurse(%b, %c, %i) : (!luma.array<i64>, i1, i64) -> !luma.array<i64>
  luma.return %d : !luma.array<i64>
}
luma.func @start(%c: i1, %i: i64) -> !luma.array<i64> {
  %a = luma.array.make %i : (i64) -> !luma.array<i64>
  %b = luma.call @recurse(%a, %c, %i) : (!luma.array<i64>, i1, i64) -> !luma.array<i64>
  luma.return %b : !luma.array<i64>
}

// The empty buffer may have many holders: it is never written to.
// CHECK-LABEL: @empty_literal
// CHECK-NOT:   mem.make_unique
// CHECK-LABEL: @shared_literal
// CHECK:       mem.make_unique
luma.func @empty_literal(%x: i64) -> (!luma.array<i64>, !luma.array<i64>) {
  %e = luma.array.literal [] : !luma.array<i64>
  mem.dup %e : !luma.array<i64>
  %a = luma.array.push %e, %x : (!luma.array<i64>, i64) -> !luma.array<i64>
  %b = luma.array.push %e, %x : (!luma.array<i64>, i64) -> !luma.array<i64>
  luma.return %a, %b : !luma.array<i64>, !luma.array<i64>
}
luma.func @shared_literal(%x: i64) -> (!luma.array<i64>, !luma.array<i64>) {
  %e = luma.array.literal [1 : i64] : !luma.array<i64>
  mem.dup %e : !luma.array<i64>
  %a = luma.array.push %e, %x : (!luma.array<i64>, i64) -> !luma.array<i64>
  %b = luma.array.push %e, %x : (!luma.array<i64>, i64) -> !luma.array<i64>
  luma.return %a, %b : !luma.array<i64>, !luma.array<i64>
}
