// The run passes when every diagnostic is expected and every expected one comes.
// RUN: luma-opt %s --verify-diagnostics --split-input-file

func.func @wrong_types(%a: i32, %b: i64) {
  // expected-error@+1 {{is used with type i32, but has been previously used or defined with type i64}}
  %x = arith.addi %a, %b : i32
  func.return
}

// -----

func.func @dominance(%a: i32) {
  %x = arith.addi %a, %y : i32 // expected-error {{operand 1 does not dominate this use}}
  // expected-error@below {{operand 1 does not dominate this use}}
  // expected-note@below {{the operand is defined at}}
  %y = arith.addi %a, %z : i32
  %z = arith.addi %a, %a : i32
  func.return
}

// -----

func.func @regular_expression() {
  // expected-error-re@+1 {{a terminator must be the .* op}}
  func.return
  func.return
}
// -----

func.func @valid() {
  func.return
}
