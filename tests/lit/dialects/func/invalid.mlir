// RUN: luma-opt %s --split-input-file --verify-diagnostics

func.func @operands(%f: (i64) -> i64, %a: i32) {
  // expected-error@+1 {{operands do not match the callee's type (i64) -> i64}}
  %r = "func.call_indirect"(%f, %a) : ((i64) -> i64, i32) -> i64
  func.return
}

// -----

func.func @results(%f: (i64) -> i64, %a: i64) {
  // expected-error@+1 {{results do not match the callee's type (i64) -> i64}}
  %r = "func.call_indirect"(%f, %a) : ((i64) -> i64, i64) -> i32
  func.return
}
