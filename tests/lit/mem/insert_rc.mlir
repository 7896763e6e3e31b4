// RUN: luma-opt %s -p mem-insert-rc | filecheck %s

// Consumed while it is still needed: one more unit. Dead after a borrow: dropped.
// CHECK-LABEL: @twice
// CHECK-NEXT:  mem.dup %a
// CHECK-NEXT:  %[[B:.*]] = luma.array.push %a, %v
// CHECK-NEXT:  luma.array.len %a
// CHECK-NEXT:  mem.drop %a
// CHECK-NEXT:  luma.return %[[B]]
luma.func private @twice(%a: !luma.array<i64>, %v: i64) -> !luma.array<i64> {
  %b = luma.array.push %a, %v : (!luma.array<i64>, i64) -> !luma.array<i64>
  %n = luma.array.len %a : !luma.array<i64>
  luma.return %b : !luma.array<i64>
}

// A branch drops what only the other one uses.
// CHECK-LABEL: @branches
// CHECK:       luma.if
// CHECK-NEXT:    mem.drop %b
// CHECK-NEXT:    luma.return %a
// CHECK:       else
// CHECK-NEXT:    mem.drop %a
// CHECK-NEXT:    luma.yield
luma.func private @branches(%c: i1, %a: !luma.array<i64>, %b: !luma.array<i64>) -> !luma.array<i64> {
  luma.if %c {
    luma.return %a : !luma.array<i64>
  }
  luma.return %b : !luma.array<i64>
}

// What comes from outside of a loop is dup'd inside and dropped behind; an early return drops it itself.
// CHECK-LABEL: @loop
// CHECK:       luma.for
// CHECK-SAME:  (%[[X:.*]] = %a
// CHECK:         luma.if
// CHECK-NEXT:      mem.drop %[[X]]
// CHECK-NEXT:      luma.return %b
// CHECK:         luma.if
// CHECK-NEXT:      mem.drop %[[X]]
// CHECK-NEXT:      mem.dup %b
// CHECK-NEXT:      luma.break %b
// CHECK:         luma.continue %[[X]]
// CHECK:       mem.drop %b
// CHECK-NEXT:  luma.return
luma.func private @loop(%c: i1, %a: !luma.array<i64>, %b: !luma.array<i64>, %n: i64) -> !luma.array<i64> {
  %one = arith.constant 1 : i64
  %r = luma.for %i = %one to %n step %one (%x = %a : !luma.array<i64>) : i64 {
    luma.if %c {
      luma.return %b : !luma.array<i64>
    }
    luma.if %c {
      luma.break %b : !luma.array<i64>
    }
    luma.continue %x : !luma.array<i64>
  }
  luma.return %r : !luma.array<i64>
}

// A view keeps its source alive and costs nothing.
// CHECK-LABEL: @view
// CHECK-NEXT:  %[[X:.*]] = luma.get %a[%i]
// CHECK-NEXT:  luma.array.len %[[X]]
// CHECK-NEXT:  mem.drop %a
luma.func private @view(%a: !luma.array<!luma.array<i64>>, %i: i64) -> i64 attributes {modes = ["own", "none"]} {
  %x = luma.get %a[%i] : !luma.array<!luma.array<i64>> -> !luma.array<i64>
  %n = luma.array.len %x : !luma.array<i64>
  luma.return %n : i64
}

// A view that is used after its source was changed gets a unit, so that the source need not be copied.
// CHECK-LABEL: @swap
// CHECK-NEXT:  %[[X:.*]] = luma.get %a[%i]
// CHECK-NEXT:  mem.dup %[[X]]
// CHECK-NEXT:  %[[Y:.*]] = luma.get %a[%j]
// CHECK-NEXT:  mem.dup %[[Y]]
// CHECK-NEXT:  %[[B:.*]] = luma.set %a[%i] = %[[Y]]
// CHECK-NEXT:  luma.set %[[B]][%j] = %[[X]]
luma.func private @swap(%a: !luma.array<!luma.array<i64>>, %i: i64, %j: i64) -> !luma.array<!luma.array<i64>> {
  %x = luma.get %a[%i] : !luma.array<!luma.array<i64>> -> !luma.array<i64>
  %y = luma.get %a[%j] : !luma.array<!luma.array<i64>> -> !luma.array<i64>
  %b = luma.set %a[%i] = %y : !luma.array<!luma.array<i64>>, !luma.array<i64>
  %c = luma.set %b[%j] = %x : !luma.array<!luma.array<i64>>, !luma.array<i64>
  luma.return %c : !luma.array<!luma.array<i64>>
}

// On the way to a panic nothing is dropped.
// CHECK-LABEL: @panics
// CHECK:       luma.if
// CHECK-NEXT:    luma.panic
// CHECK:       luma.return %a
luma.func private @panics(%c: i1, %a: !luma.array<i64>) -> !luma.array<i64> {
  luma.if %c {
    luma.panic "no"
  }
  luma.return %a : !luma.array<i64>
}

// An array stays alive while a raw pointer into it is used.
// CHECK-LABEL: @pointer
// CHECK:       luma.ptr.load
// CHECK-NEXT:  mem.drop %a
luma.func private @pointer(%a: !luma.array<i8>, %i: i64) -> i8 attributes {modes = ["own", "none"]} {
  %p = luma.array.ptr %a : (!luma.array<i8>) -> !luma.ptr<i8>
  %q = luma.ptr.offset %p, %i : (!luma.ptr<i8>, i64) -> !luma.ptr<i8>
  %v = luma.ptr.load %q : (!luma.ptr<i8>) -> i8
  luma.return %v : i8
}

// The same when another dialect's op looks through the pointer.
// CHECK-LABEL: @foreign_pointer
// CHECK:       llvm.intr.memcpy
// CHECK-NEXT:  mem.drop %a
luma.func private @foreign_pointer(%a: !luma.array<i8>, %n: i64, %t: !llvm.ptr) attributes {modes = ["own", "none", "none"]} {
  %p = luma.array.ptr %a : (!luma.array<i8>) -> !luma.ptr<i8>
  %q = luma.ptr.cast %p : (!luma.ptr<i8>) -> !llvm.ptr
  "llvm.intr.memcpy"(%t, %q, %n) <{isVolatile = false}> : (!llvm.ptr, !llvm.ptr, i64) -> ()
  luma.return
}

// A part that is taken out and never put back is read: what is left is dropped whole, once.
// CHECK-LABEL: @never_put_back
// CHECK-NOT:   luma.take
// CHECK:       %[[PART:.*]] = luma.get %t[0]
// CHECK:       luma.return
luma.func private @never_put_back(%t: !luma.tuple<!luma.array<i64>, i64>) -> i64 {
  %a, %rest = luma.take %t[0] : !luma.tuple<!luma.array<i64>, i64> -> !luma.array<i64>
  %b, %v = luma.array.pop %a : (!luma.array<i64>) -> (!luma.array<i64>, i64)
  luma.return %v : i64
}

// A loop whose body always leaves the function ends what the code behind the loop uses.
// CHECK-LABEL: @leaves_at_once
// CHECK:       %[[XS:.*]] = luma.array.fill
// CHECK:       luma.for
// CHECK-NEXT:    mem.drop %[[XS]]
// CHECK-NEXT:    luma.return %zero
// CHECK:       luma.get %[[XS]]
// CHECK-NEXT:  mem.drop %[[XS]]
luma.func @leaves_at_once(%n: i64) -> i64 attributes {modes = ["none"]} {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %xs = luma.array.fill %one, %one : (i64, i64) -> !luma.array<i64>
  luma.for %i = %zero to %n step %one : i64 {
    luma.return %zero : i64
  }
  %x = luma.get %xs[%zero] : !luma.array<i64> -> i64
  luma.return %x : i64
}
