// Every use is dominated by its definition: in a block, across blocks, across regions.
// RUN: luma-opt %s --split-input-file --verify-diagnostics

func.func @in_a_block(%a: i32) {
  // expected-error@+2 {{operand 1 does not dominate this use}}
  // expected-note@+1 {{the operand is defined at}}
  %x = arith.addi %a, %y : i32
  %y = arith.addi %a, %a : i32
  func.return
}

// -----

func.func @on_one_path(%a: i32, %c: i1) -> i32 {
  cf.cond_br %c, ^left, ^join
^left:
  %x = arith.addi %a, %a : i32
  cf.br ^join
^join:
  // expected-error@+1 {{operand 0 does not dominate this use}}
  func.return %x : i32
}

// -----

func.func @branch_operand(%c: i1) -> i32 {
  // expected-error@+1 {{operand 0 does not dominate this use}}
  cf.br ^next(%x : i32)
^next(%q: i32):
  %x = arith.addi %q, %q : i32
  func.return %x : i32
}

// -----

func.func @around_a_loop(%a: i32, %c: i1) -> i32 {
  cf.br ^head
^head:
  // Defined in the latch, so not there in the first round.
  // expected-error@+1 {{operand 0 does not dominate this use}}
  %y = arith.addi %x, %a : i32
  cf.cond_br %c, ^latch, ^exit
^latch:
  %x = arith.addi %a, %a : i32
  cf.br ^head
^exit:
  func.return %y : i32
}

// -----

func.func @inside_out(%a: i64, %c: i1) {
  luma.if %c {
    %x = arith.addi %a, %a : i64
    luma.yield
  } else {
    luma.if %c {
      // expected-error@+1 {{operand 1 does not dominate this use}}
      %y = arith.addi %a, %later : i64
      luma.yield
    }
    luma.yield
  }
  %later = arith.addi %a, %a : i64
  func.return
}

// -----

// What is defined outside may be used inside, at any depth; what cannot be reached is not checked.
func.func @valid(%a: i64, %c: i1) -> i64 {
  %x = arith.addi %a, %a : i64
  luma.if %c {
    luma.if %c {
      %y = arith.addi %a, %x : i64
      luma.yield
    }
    luma.yield
  }
  func.return %x : i64
^unreachable:
  %z = arith.addi %w, %w : i64
  %w = arith.addi %z, %z : i64
  func.return %w : i64
}
