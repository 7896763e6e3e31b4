// RUN: luma-opt %s --split-input-file --verify-diagnostics

// expected-error@+1 {{the body of `luma.func` ends in `luma.return` or another exit, not in `luma.yield`}}
luma.func @f() {
  // expected-error@+1 {{`luma.yield` ends a region of `luma.if`, not of `luma.func`}}
  luma.yield
}

// -----

luma.func @f() {
  // expected-error@+1 {{no enclosing `luma.loop` or `luma.for` at this depth, or an `scf` op in between}}
  luma.break
}

// -----

luma.func @f() {
  luma.loop {
    // expected-error@+1 {{no enclosing `luma.loop` or `luma.for` at this depth}}
    luma.break {depth = 1 : i64}
  }
  luma.return
}

// -----

luma.func @f() {
  luma.loop {
    // expected-error@+1 {{the depth of a loop cannot be negative, as -1 is}}
    luma.break {depth = -1 : i64}
  }
  luma.return
}

// -----

luma.func @f(%n: i64) {
  %r = luma.loop -> (f64) {
    // expected-error@+1 {{operands of types (i64) for a loop with results of types (f64)}}
    luma.break %n : i64
  }
  luma.return
}

// -----

luma.func @f(%n: i64) {
  luma.loop (%i = %n : i64) {
    // expected-error@+1 {{operands of types () for a loop that carries values of types (i64)}}
    luma.continue
  }
  luma.return
}

// -----

luma.func @f(%c: i1) {
  luma.loop {
    // expected-error@+1 {{terminates with operation luma.continue instead of scf.yield}}
    scf.if %c {
      // expected-error@+1 {{no enclosing `luma.loop` or `luma.for` at this depth, or an `scf` op in between}}
      luma.continue
    }
    luma.continue
  }
  luma.return
}

// -----

luma.func @f(%c: i1, %n: i64) {
  // expected-error@+1 {{`luma.yield` of types (i64) in an op with results (f64)}}
  %r = luma.if %c -> (f64) {
    luma.yield %n : i64
  } else {
    luma.unreachable
  }
  luma.return
}

// -----

luma.func @f(%c: i1) {
  // expected-error@+1 {{a region of `luma.if` ends in `luma.yield` or in an early exit}}
  "luma.if"(%c) ({
    // expected-error@+1 {{`scf.yield`}}
  scf.yield
  }, {
    luma.yield
  }) : (i1) -> ()
  luma.return
}

// -----

luma.func @f(%n: i64) {
  // expected-error@+1 {{the body of `luma.loop` takes (f64) but is given (i64)}}
  "luma.loop"(%n) ({
  ^body(%x: f64):
    luma.break
  }) : (i64) -> ()
  luma.return
}

// -----

luma.func @f(%c: i1) {
  // expected-error@+1 {{the body of `luma.loop` ends in `luma.continue` or another exit}}
  luma.loop {
    luma.if %c {
      luma.break
    }
    // expected-error@+1 {{`scf.yield`}}
  scf.yield
  }
  luma.return
}

// -----

luma.func @f(%n: i64, %m: i32) {
  // expected-error@+1 {{the bounds and the step of `luma.for` have different types}}
  "luma.for"(%n, %m, %n) ({
  ^body(%i: i64):
    luma.continue
  }) : (i64, i32, i64) -> ()
  luma.return
}

// -----

luma.func @f(%n: i64) {
  // expected-error@+1 {{the results of `luma.for` have the types of its carried values}}
  %r = "luma.for"(%n, %n, %n, %n) ({
  ^body(%i: i64, %a: i64):
    luma.continue %a : i64
  }) : (i64, i64, i64, i64) -> f64
  luma.return
}

// -----

luma.func @f(%n: i64) {
  // expected-error@+1 {{the body of `luma.for` takes (i32) but is given (i64)}}
  "luma.for"(%n, %n, %n) ({
  ^body(%i: i32):
    luma.continue
  }) : (i64, i64, i64) -> ()
  luma.return
}

// -----

luma.func @f(%n: i64) -> i64 {
  // expected-error@+1 {{returns () from a function with results (i64)}}
  luma.return
}

// -----

luma.func @f(%c: i1) {
  // expected-error@+1 {{terminates with operation luma.return instead of scf.yield}}
  scf.if %c {
    // expected-error@+1 {{`luma.return` cannot leave `scf.if`}}
    luma.return
  }
  luma.return
}
