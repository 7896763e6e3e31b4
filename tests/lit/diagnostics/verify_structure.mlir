// Terminators, successors, symbols and parents; several errors come out of one run.
// RUN: luma-opt %s --split-input-file --verify-diagnostics

func.func @terminator_in_the_middle() {
  // expected-error@+1 {{`func.return`: a terminator must be the last op of its block}}
  func.return
  func.return
}

// -----

// expected-error@+1 {{an empty block, which needs at least a terminator}}
"func.func"() <{sym_name = "empty", function_type = () -> ()}> ({
^entry:
}) : () -> ()

// -----

func.func @two_errors(%a: i32) {
  // expected-error@+1 {{it ends a block of `func.func` but is not a terminator}}
  %x = arith.addi %a, %a : i32
}
func.func @second(%a: i32) {
  // expected-error@+1 {{operand 0 does not dominate this use}}
  %x = arith.addi %y, %y : i32
  %y = arith.addi %a, %a : i32
  func.return
}

// -----

func.func @to_the_entry() {
^entry:
  // expected-error@+1 {{`cf.br`: successor 0 is the entry block of the region}}
  cf.br ^entry
}

// -----

// expected-error@+1 {{`builtin.module`: Redefinition of symbol "twice"}}
builtin.module {
  func.func private @twice()
  func.func private @twice()
}

// -----

func.func @types(%a: i32) -> i64 {
  // expected-error@+1 {{`func.return`: Expected arguments to have the same types as the function output types}}
  func.return %a : i32
}
