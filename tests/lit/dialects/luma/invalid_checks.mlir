// RUN: luma-opt %s --split-input-file --verify-diagnostics

luma.func @f(%i: i32) {
  // expected-error@+1 {{operand 'index' at position 0 does not verify: Expected attribute i64 but got i32}}
  %j = "luma.check.bounds"(%i, %i) : (i32, i32) -> i64
  luma.return
}

// -----

luma.func @f(%i: i64, %n: i32) {
  // expected-error@+1 {{operand 'length' at position 2 does not verify: Expected attribute i64 but got i32}}
  %j, %k = "luma.check.slice"(%i, %i, %n) : (i64, i64, i32) -> (i64, i64)
  luma.return
}

// -----

luma.func @f(%i: i64) {
  // expected-error@+1 {{unknown overflow kind `div`, expected one of add, sub, mul, neg, shl, shr, abs, pow}}
  %j = luma.check.overflow "div" %i, %i : i64
  luma.return
}

// -----

luma.func @f(%x: f64) {
  // expected-error@+2 {{f64 should be of base attribute integer_type}}
  %j = luma.check.overflow "add" %x, %x : f64
  luma.return
}

// -----

luma.func @f(%i: i64, %n: i32) {
  // expected-error@+1 {{operand 'rhs' at position 1 does not verify: attribute i64 expected from variable 'T', but got i32}}
  %j = "luma.check.div"(%i, %n) : (i64, i32) -> i64
  luma.return
}

// -----

luma.func @f(%i: i64) {
  // expected-error@+1 {{operand 'condition' at position 0 does not verify: Expected attribute i1 but got i64}}
  "luma.assert"(%i) <{message = "no"}> : (i64) -> ()
  luma.return
}

// -----

luma.func @f(%i: i64) {
  // expected-error@+1 {{`luma.panic`: 1 : i64 should be of base attribute string}}
  "luma.panic"() <{message = 1 : i64}> : () -> ()
}

// -----

luma.func @f(%i: i64) {
  // expected-error@+1 {{`luma.unreachable`: Expected 0 operands, but got 1}}
  "luma.unreachable"(%i) : (i64) -> ()
}

// -----

luma.func @f(%i: i64) {
  // expected-error@+1 {{a terminator must be the last op of its block}}
  luma.panic "no"
  luma.return
}
