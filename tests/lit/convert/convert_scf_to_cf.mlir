// RUN: luma-opt %s -p convert-scf-to-cf | filecheck %s

// CHECK-LABEL: @if
// CHECK-SAME:  (%[[C:.*]]: i1, %[[A:.*]]: i64)
// CHECK:       cf.cond_br %[[C]], ^[[THEN:.*]], ^[[ELSE:.*]]
// CHECK:       ^[[THEN]]:
// CHECK-NEXT:  %[[X:.*]] = arith.addi
// CHECK-NEXT:  cf.br ^[[MEET:.*]](%[[X]] : i64)
// CHECK:       ^[[ELSE]]:
// CHECK-NEXT:  %[[Y:.*]] = arith.muli
// CHECK-NEXT:  cf.br ^[[MEET]](%[[Y]] : i64)
// CHECK:       ^[[MEET]](%[[R:.*]]: i64):
// CHECK-NEXT:  func.return %[[R]]
func.func @if(%c: i1, %a: i64) -> i64 {
  %r = scf.if %c -> (i64) {
    %x = arith.addi %a, %a : i64
    scf.yield %x : i64
  } else {
    %y = arith.muli %a, %a : i64
    scf.yield %y : i64
  }
  func.return %r : i64
}

// A region that only yields needs no block of its own.
// CHECK-LABEL: @if_without_block
// CHECK-SAME:  (%[[C:.*]]: i1, %[[A:.*]]: i64)
// CHECK:       cf.cond_br %[[C]], ^[[THEN:.*]], ^[[MEET:.*]](%[[A]] : i64)
// CHECK:       ^[[THEN]]:
// CHECK-NEXT:  %[[X:.*]] = arith.addi
// CHECK-NEXT:  cf.br ^[[MEET]](%[[X]] : i64)
// CHECK:       ^[[MEET]](%[[R:.*]]: i64):
// CHECK-NEXT:  cf.cond_br %[[C]], ^[[LAST:.*]](%[[R]] : i64), ^[[ELSE:.*]]
// CHECK:       ^[[ELSE]]:
// CHECK-NEXT:  %[[S:.*]] = arith.addi
// CHECK-NEXT:  cf.br ^[[LAST]](%[[S]] : i64)
func.func @if_without_block(%c: i1, %a: i64) -> i64 {
  %r = scf.if %c -> (i64) {
    %x = arith.addi %a, %a : i64
    scf.yield %x : i64
  } else {
    scf.yield %a : i64
  }
  %t = scf.if %c -> (i64) {
    scf.yield %r : i64
  } else {
    %s = arith.addi %r, %r : i64
    scf.yield %s : i64
  }
  func.return %t : i64
}

// The head tests, the annotation is on the branch back, a step of one cannot wrap.
// CHECK-LABEL: @for
// CHECK:       cf.br ^[[HEAD:.*]](
// CHECK:       ^[[HEAD]](%[[I:.*]]: i64, %[[S:.*]]: f64):
// CHECK-NEXT:  %[[MORE:.*]] = arith.cmpi slt, %[[I]], %{{.*}} : i64
// CHECK-NEXT:  cf.cond_br %[[MORE]], ^[[BODY:.*]], ^[[DONE:.*]]
// CHECK:       ^[[BODY]]:
// CHECK-NEXT:  %[[T:.*]] = arith.addf %[[S]]
// CHECK-NEXT:  %[[J:.*]] = arith.addi %[[I]], %{{.*}} overflow<nsw> : i64
// CHECK-NEXT:  cf.br ^[[HEAD]](%[[J]], %[[T]] : i64, f64) {llvm.loop_annotation = #llvm.loop_annotation<mustProgress = true>}
// CHECK:       ^[[DONE]]:
// CHECK-NEXT:  func.return %[[S]] : f64
func.func @for(%a: i64, %b: i64, %x: f64) -> f64 {
  %one = arith.constant 1 : i64
  %r = scf.for %i = %a to %b step %one iter_args(%s = %x) -> (f64) : i64 {
    %t = arith.addf %s, %x : f64
    scf.yield %t : f64
  } {llvm.loop_annotation = #llvm.loop_annotation<mustProgress = true>}
  func.return %r : f64
}

// CHECK-LABEL: @while
// CHECK:       cf.br ^[[TEST:.*]](
// CHECK:       ^[[TEST]](%[[N:.*]]: i64):
// CHECK:       cf.cond_br %{{.*}}, ^[[DO:.*]], ^[[END:.*]]
// CHECK:       ^[[DO]]:
// CHECK-NEXT:  %[[H:.*]] = arith.shrsi %[[N]]
// CHECK-NEXT:  cf.br ^[[TEST]](%[[H]] : i64)
// CHECK:       ^[[END]]:
// CHECK-NEXT:  func.return %[[N]]
func.func @while(%a: i64, %one: i64) -> i64 {
  %r = scf.while (%n = %a) : (i64) -> i64 {
    %more = arith.cmpi sgt, %n, %one : i64
    scf.condition(%more) %n : i64
  } do {
  ^bb0(%m: i64):
    %h = arith.shrsi %m, %one : i64
    scf.yield %h : i64
  }
  func.return %r : i64
}

// An early return leaves from inside; what follows a condition without a way on is gone.
// CHECK-LABEL: @early
// CHECK:       cf.cond_br %{{.*}}, ^[[YES:.*]], ^[[NO:.*]]
// CHECK:       ^[[YES]]:
// CHECK-NEXT:  func.return %{{.*}} : i64
// CHECK:       ^[[NO]]:
// CHECK-NEXT:  func.return %{{.*}} : i64
// CHECK-NOT:   arith.muli
func.func @early(%c: i1, %a: i64, %b: i64) -> i64 {
  luma.if %c {
    "luma.return"(%a) : (i64) -> ()
  } else {
    "luma.return"(%b) : (i64) -> ()
  }
  %m = arith.muli %a, %b : i64
  func.return %m : i64
}

// `continue` goes to the head, `break` to the block after with the results; `depth` names an outer loop.
// CHECK-LABEL: @loops
// CHECK:       cf.br ^[[OUTER:.*]](%[[ZERO:.*]] : i64)
// CHECK:       ^[[OUTER]](%[[N:.*]]: i64):
// CHECK-NEXT:  cf.br ^[[INNER:.*]]
// CHECK:       ^[[INNER]]:
// CHECK-NEXT:  cf.cond_br %{{.*}}, ^[[STOP:.*]], ^[[AGAIN:.*]]
// CHECK:       ^[[STOP]]:
// CHECK-NEXT:  cf.br ^[[DONE:.*]](%[[N]] : i64)
// CHECK:       ^[[AGAIN]]:
// CHECK-NEXT:  %[[NEXT:.*]] = arith.addi %[[N]]
// CHECK-NEXT:  cf.br ^[[OUTER]](%[[NEXT]] : i64)
// CHECK:       ^[[DONE]](%[[R:.*]]: i64):
// CHECK-NEXT:  func.return %[[R]]
func.func @loops(%c: i1) -> i64 {
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %r = luma.loop (%n = %zero : i64) -> (i64) {
    luma.loop {
      luma.if %c {
        luma.break %n : i64 {depth = 1 : i64}
      } else {
        %next = arith.addi %n, %one : i64
        luma.continue %next : i64 {depth = 1 : i64}
      }
      luma.unreachable
    }
    luma.unreachable
  }
  func.return %r : i64
}

// A counted loop that may leave early has a latch.
// CHECK-LABEL: @luma_for
// CHECK:       ^[[HEAD:.*]](%[[I:.*]]: i64, %[[S:.*]]: i64):
// CHECK:       cf.cond_br %{{.*}}, ^[[BODY:.*]], ^[[DONE:.*]](%[[S]] : i64)
// CHECK:       ^[[BODY]]:
// CHECK:       cf.cond_br %{{.*}}, ^[[LEAVE:.*]], ^{{.*}} {branch_weights = array<i32: 1, 9>}
// CHECK:       ^[[LEAVE]]:
// CHECK-NEXT:  cf.br ^[[DONE]](%[[I]] : i64)
// CHECK:       cf.br ^[[LATCH:.*]](%{{.*}} : i64)
// CHECK:       ^[[LATCH]](%[[T:.*]]: i64):
// CHECK-NEXT:  %[[J:.*]] = arith.addi %[[I]]
// CHECK-NEXT:  cf.br ^[[HEAD]](%[[J]], %[[T]] : i64, i64)
func.func @luma_for(%c: i1, %a: i64, %b: i64, %step: i64) -> i64 {
  %r = luma.for %i = %a to %b step %step (%s = %a : i64) : i64 {
    luma.if %c {
      luma.break %i : i64
    } else {
      luma.yield
    } attributes {branch_weights = array<i32: 1, 9>}
    %t = arith.addi %s, %i : i64
    luma.continue %t : i64
  }
  func.return %r : i64
}

// A region that ends the program is cold.
// CHECK-LABEL: @cold
// CHECK:       cf.cond_br %{{.*}}, ^{{.*}}, ^{{.*}} {branch_weights = array<i32: 1, 2000>}
// CHECK:       ub.unreachable
func.func @cold(%c: i1) {
  luma.if %c {
    func.call @die() : () -> ()
    luma.unreachable
  } else {
    luma.yield
  }
  func.return
}
func.func private @die()

// CHECK-LABEL: @switch
// CHECK:       %[[FLAG:.*]] = arith.index_cast %{{.*}} : index to i64
// CHECK:       cf.switch %[[FLAG]] : i64
// CHECK:         default: ^{{.*}}
// CHECK:         4: ^{{.*}}
func.func @switch(%i: index, %a: i64, %b: i64) -> i64 {
  %r = scf.index_switch %i -> i64
  case 4 {
    scf.yield %a : i64
  }
  default {
    scf.yield %b : i64
  }
  func.return %r : i64
}

// Other dialects stay as they are.
// CHECK-LABEL: @leaves_alone
// CHECK-NEXT:  %[[X:.*]] = arith.addi
// CHECK-NEXT:  func.return %[[X]]
func.func @leaves_alone(%a: i64) -> i64 {
  %x = arith.addi %a, %a : i64
  func.return %x : i64
}
