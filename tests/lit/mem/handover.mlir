// RUN: luma-opt %s -p mem-infer-borrows,mem-insert-rc,mem-certify | filecheck %s

// What values are handed over to: loops that run once, and parts that are stored back.

// A loop that runs once uses up a value from outside: no unit is added.
// CHECK-LABEL: @once
// CHECK-NOT: mem.dup
// CHECK: luma.loop (%[[IN:.*]] = %{{.*}} : !luma.array<i64>)
// CHECK: luma.array.push %[[IN]]
// CHECK-NOT: mem.dup
luma.func private @once(%xs: !luma.array<i64>, %c: i1, %v: i64) -> !luma.array<i64> {
  %r = luma.loop -> (!luma.array<i64>) {
    luma.if %c {
      %ys = luma.array.push %xs, %v : (!luma.array<i64>, i64) -> !luma.array<i64>
      luma.break %ys : !luma.array<i64>
    }
    luma.break %xs : !luma.array<i64>
  }
  luma.return %r : !luma.array<i64>
}

// One that goes round does not carry it, and neither does one behind which the value is needed.
// CHECK-LABEL: @round
// CHECK: luma.loop ->
// CHECK: mem.dup
luma.func private @round(%xs: !luma.array<i64>, %c: i1, %v: i64) -> !luma.array<i64> {
  %r = luma.loop -> (!luma.array<i64>) {
    luma.if %c {
      %ys = luma.array.push %xs, %v : (!luma.array<i64>, i64) -> !luma.array<i64>
      luma.break %ys : !luma.array<i64>
    }
    luma.continue
  }
  luma.return %r : !luma.array<i64>
}

// CHECK-LABEL: @needed
// CHECK: luma.loop ->
// CHECK: mem.dup
luma.func private @needed(%xs: !luma.array<i64>, %v: i64) -> !luma.tuple<!luma.array<i64>, !luma.array<i64>> {
  %r = luma.loop -> (!luma.array<i64>) {
    %ys = luma.array.push %xs, %v : (!luma.array<i64>, i64) -> !luma.array<i64>
    luma.break %ys : !luma.array<i64>
  }
  %t = luma.tuple.make %r, %xs : (!luma.array<i64>, !luma.array<i64>) -> !luma.tuple<!luma.array<i64>, !luma.array<i64>>
  luma.return %t : !luma.tuple<!luma.array<i64>, !luma.array<i64>>
}

// A view from in front of the loop is read again in it.
// CHECK-LABEL: @view
// CHECK-NOT: mem.dup
// CHECK: luma.loop (%[[IN:.*]] = %{{.*}} : !luma.tuple<!luma.array<i64>, !luma.array<i64>>)
// CHECK-NEXT: %[[A:.*]] = luma.get %[[IN]][0]
// CHECK: luma.array.len %[[A]]
luma.func private @view(%s: !luma.tuple<!luma.array<i64>, !luma.array<i64>>, %v: i64) -> !luma.tuple<!luma.array<i64>, !luma.array<i64>> {
  %a = luma.get %s[0] : !luma.tuple<!luma.array<i64>, !luma.array<i64>> -> !luma.array<i64>
  %n = luma.array.len %a : !luma.array<i64>
  %r = luma.loop -> (!luma.tuple<!luma.array<i64>, !luma.array<i64>>) {
    %m = luma.array.len %a : !luma.array<i64>
    %b, %rest = luma.take %s[1] : !luma.tuple<!luma.array<i64>, !luma.array<i64>> -> !luma.array<i64>
    %c = luma.array.push %b, %m : (!luma.array<i64>, i64) -> !luma.array<i64>
    %t = luma.put %rest[1] = %c : !luma.tuple<!luma.array<i64>, !luma.array<i64>>, !luma.array<i64>
    luma.break %t : !luma.tuple<!luma.array<i64>, !luma.array<i64>>
  }
  luma.return %r : !luma.tuple<!luma.array<i64>, !luma.array<i64>>
}

// A part that is changed and stored back moves out meanwhile; another field is read before.
// CHECK-LABEL: @stored
// CHECK: luma.get %{{.*}}[1]
// CHECK: %[[A:.*]], %[[REST:.*]] = luma.take %{{.*}}[0]
// CHECK: %[[B:.*]] = luma.array.push %[[A]]
// CHECK: %[[C:.*]] = luma.array.push %[[B]]
// CHECK: luma.put %[[REST]][0] = %[[C]]
luma.func private @stored(%s: !luma.tuple<!luma.array<i64>, !luma.array<i64>>, %v: i64) -> !luma.tuple<!luma.array<i64>, !luma.array<i64>> {
  %a = luma.get %s[0] : !luma.tuple<!luma.array<i64>, !luma.array<i64>> -> !luma.array<i64>
  %b = luma.array.push %a, %v : (!luma.array<i64>, i64) -> !luma.array<i64>
  %o = luma.get %s[1] : !luma.tuple<!luma.array<i64>, !luma.array<i64>> -> !luma.array<i64>
  %n = luma.array.len %o : !luma.array<i64>
  %c = luma.array.push %b, %n : (!luma.array<i64>, i64) -> !luma.array<i64>
  %t = luma.set %s[0] = %c : !luma.tuple<!luma.array<i64>, !luma.array<i64>>, !luma.array<i64>
  luma.return %t : !luma.tuple<!luma.array<i64>, !luma.array<i64>>
}

// Not where the root is looked at in between, or where a way out leads past the store.
// CHECK-LABEL: @seen
// CHECK-NOT: luma.take
luma.func private @seen(%s: !luma.tuple<!luma.array<i64>, !luma.array<i64>>, %v: i64) -> !luma.tuple<!luma.array<i64>, !luma.array<i64>> {
  %a = luma.get %s[0] : !luma.tuple<!luma.array<i64>, !luma.array<i64>> -> !luma.array<i64>
  %b = luma.array.push %a, %v : (!luma.array<i64>, i64) -> !luma.array<i64>
  %o = luma.get %s[0] : !luma.tuple<!luma.array<i64>, !luma.array<i64>> -> !luma.array<i64>
  %n = luma.array.len %o : !luma.array<i64>
  %c = luma.array.push %b, %n : (!luma.array<i64>, i64) -> !luma.array<i64>
  %t = luma.set %s[0] = %c : !luma.tuple<!luma.array<i64>, !luma.array<i64>>, !luma.array<i64>
  luma.return %t : !luma.tuple<!luma.array<i64>, !luma.array<i64>>
}

// CHECK-LABEL: @leaves
// CHECK-NOT: luma.take
luma.func private @leaves(%s: !luma.tuple<!luma.array<i64>, !luma.array<i64>>, %v: i64, %c: i1) -> !luma.array<i64> {
  %a = luma.get %s[0] : !luma.tuple<!luma.array<i64>, !luma.array<i64>> -> !luma.array<i64>
  %b = luma.array.push %a, %v : (!luma.array<i64>, i64) -> !luma.array<i64>
  luma.if %c {
    luma.return %b : !luma.array<i64>
  }
  %t = luma.set %s[0] = %b : !luma.tuple<!luma.array<i64>, !luma.array<i64>>, !luma.array<i64>
  %u = luma.get %t[1] : !luma.tuple<!luma.array<i64>, !luma.array<i64>> -> !luma.array<i64>
  luma.return %u : !luma.array<i64>
}

// What is taken apart is read at once, owned for that, and gone before a part changes.
// CHECK-LABEL: @apart
// CHECK-SAME: modes = ["own", "none"]
// CHECK-NEXT: %[[A:.*]] = luma.get %s[0]
// CHECK-NEXT: %[[B:.*]] = luma.get %s[1]
// CHECK: luma.array.push %[[A]]
luma.func private @apart(%s: !luma.tuple<!luma.array<i64>, !luma.array<i64>>, %v: i64) -> !luma.tuple<!luma.array<i64>, !luma.array<i64>> {
  %a = luma.get %s[0] : !luma.tuple<!luma.array<i64>, !luma.array<i64>> -> !luma.array<i64>
  %c = luma.array.push %a, %v : (!luma.array<i64>, i64) -> !luma.array<i64>
  %b = luma.get %s[1] : !luma.tuple<!luma.array<i64>, !luma.array<i64>> -> !luma.array<i64>
  %t = luma.tuple.make %c, %b : (!luma.array<i64>, !luma.array<i64>) -> !luma.tuple<!luma.array<i64>, !luma.array<i64>>
  luma.return %t : !luma.tuple<!luma.array<i64>, !luma.array<i64>>
}
