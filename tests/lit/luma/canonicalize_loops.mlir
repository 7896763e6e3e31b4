// RUN: luma-opt %s -p luma-canonicalize --split-input-file | filecheck %s

// A loop whose only exit stands at its start is a `while`; what the exit does not need moves behind it, what does not
// change in front of it.
// CHECK-LABEL: @to_while
// CHECK:       %[[N:.*]] = arith.muli %n, %n
// CHECK-NEXT:  scf.while (%[[I:.*]] = %{{.*}}, %[[S:.*]] = %{{.*}})
// CHECK-NEXT:    %[[C:.*]] = arith.cmpi slt, %[[I]], %[[N]]
// CHECK-NEXT:    scf.condition(%[[C]]) %[[I]], %[[S]]
// CHECK:         arith.muli
// CHECK:         luma.call @say
luma.func @to_while(%n: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %r = luma.loop (%i = %zero : i64, %s = %zero : i64) -> (i64) {
    %q = arith.muli %i, %i : i64
    %m = arith.muli %n, %n : i64
    %c = arith.cmpi sge, %i, %m : i64
    luma.if %c {
      luma.break %s : i64
    }
    luma.call @say(%q) : (i64) -> ()
    %j = arith.addi %i, %one : i64
    %t = arith.addi %s, %q : i64
    luma.continue %j, %t : i64, i64
  }
  luma.return %r : i64
}

// With two exits it stays a loop, and so while a call before the exit may be inlined.
// CHECK-LABEL: @two_exits
// CHECK:       luma.loop
// CHECK-LABEL: @call_first
// CHECK:       luma.loop
luma.func @two_exits(%c: i1, %n: i64) {
  %zero = arith.constant 0 : i64
  luma.loop (%i = %zero : i64) {
    %d = arith.cmpi sgt, %i, %n : i64
    luma.if %d {
      luma.break
    }
    luma.call @say(%i) : (i64) -> ()
    luma.if %c {
      luma.break
    }
    %j = arith.addi %i, %n : i64
    luma.continue %j : i64
  }
  luma.return
}
luma.func @call_first(%n: i64) {
  luma.loop {
    luma.call @say(%n) : (i64) -> ()
    %c = luma.call @ask() : () -> i1
    luma.if %c {
      luma.break
    }
    luma.continue
  }
  luma.return
}

// Behind an exit its condition is known, and what was computed under it before joins what follows.
// CHECK-LABEL: @joined
// CHECK:       luma.if %c {
// CHECK-NEXT:    luma.yield
// CHECK-NEXT:  } else {
// CHECK-NEXT:    luma.return %{{.*}} : i64
// CHECK-NEXT:  }
// CHECK-NEXT:  luma.call @say(%n)
// CHECK-NEXT:  %[[P:.*]] = arith.muli %n, %n
// CHECK-NEXT:  luma.return %[[P]]
luma.func @joined(%c: i1, %n: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %r = scf.if %c -> (i64) {
    luma.call @say(%n) : (i64) -> ()
    %p = arith.muli %n, %n : i64
    scf.yield %p : i64
  } else {
    scf.yield %zero : i64
  }
  luma.if %c {
    luma.yield
  } else {
    luma.return %r : i64
  }
  %s = arith.select %c, %r, %n : i64
  luma.return %s : i64
}

// A break with a known answer leaves where the question behind the loop leads; then the two loops are one, whose only
// exit stands at its start.
// CHECK-LABEL: @threaded
// CHECK-NOT:   luma.loop
// CHECK:       scf.while (%{{.*}} = %{{.*}}, %{{.*}} = %{{.*}}, %[[J:.*]] = %{{.*}})
// CHECK-NEXT:    %[[C:.*]] = arith.cmpi slt, %[[J]], %n
// CHECK-NEXT:    scf.condition(%[[C]])
// CHECK:         %[[GOOD:.*]] = luma.call @ask()
// CHECK:         scf.if %[[GOOD]]
// CHECK-NEXT:      luma.call @say(
// CHECK-NOT:   {{luma.loop|scf.while}}
// CHECK:       luma.return
luma.func @threaded(%n: i64) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %yes = arith.constant true
  %no = arith.constant false
  %r = luma.loop (%i = %zero : i64, %s = %zero : i64) -> (i64) {
    %some, %x = luma.loop (%j = %i : i64) -> (i1, i64) {
      %end = arith.cmpi sge, %j, %n : i64
      luma.if %end {
        luma.break %no, %j : i1, i64
      }
      %k = arith.addi %j, %one : i64
      %good = luma.call @ask() : () -> i1
      luma.if %good {
        luma.break %yes, %k : i1, i64
      }
      luma.continue %k : i64
    }
    luma.if %some {
      luma.yield
    } else {
      luma.break %s : i64
    }
    luma.call @say(%x) : (i64) -> ()
    %t = arith.addi %s, %x : i64
    luma.continue %x, %t : i64, i64
  }
  luma.return %r : i64
}
luma.func private @say(i64) attributes {link_name = "say"}
luma.func private @ask() -> i1 attributes {link_name = "ask"}
