// RUN: luma-opt %s --split-input-file --verify-diagnostics
// What is wrong with each op that `invalid.mlir` does not show: a type, an operand, a result or a property.

func.func @f(%i: i64) {
  // expected-error@+1 {{result 'result' at position 0 does not verify: Expected attribute !llvm.ptr but got i64}}
  %r = "mem.alloc"(%i) : (i64) -> i64
  func.return
}

// -----

func.func @f(%i: i64) {
  // expected-error@+1 {{Expected 0 operands, but got 1}}
  %r = "mem.constant"(%i) : (i64) -> i64
  func.return
}

// -----

func.func @f(%i: i64) {
  // expected-error@+1 {{Expected 3 operands, but got 1}}
  %r = "mem.copy"(%i) : (i64) -> i64
  func.return
}

// -----

func.func @f(%i: i64) {
  // expected-error@+1 {{Expected 0 results, but got 1}}
  %r = "mem.drop"(%i) : (i64) -> i64
  func.return
}

// -----

func.func @f(%i: i64) {
  // expected-error@+1 {{Expected 0 results, but got 1}}
  %r = "mem.dup"(%i) : (i64) -> i64
  func.return
}

// -----

func.func @f(%i: i64) {
  // expected-error@+1 {{Expected 2 operands, but got 1}}
  %r = "mem.element"(%i) : (i64) -> i64
  func.return
}

// -----

func.func @f(%i: i64) {
  // expected-error@+1 {{Expected 0 operands, but got 1}}
  %r = "mem.empty"(%i) : (i64) -> i64
  func.return
}

// -----

func.func @f(%i: i64) {
  // expected-error@+1 {{operand 'pointer' at position 0 does not verify: Expected attribute !llvm.ptr but got i64}}
  %r = "mem.field"(%i) : (i64) -> i64
  func.return
}

// -----

func.func @f(%i: i64) {
  // expected-error@+1 {{operand 'value' at position 0 does not verify: Unexpected attribute i64}}
  %r = "mem.float_to_int"(%i) : (i64) -> i64
  func.return
}

// -----

func.func @f(%p: !llvm.ptr) {
  // expected-error@+1 {{property 'size' expected in operation 'mem.free'}}
  "mem.free"(%p) : (!llvm.ptr) -> ()
  func.return
}

// -----

func.func @f(%i: i64) {
  // expected-error@+1 {{operand 'pointer' at position 0 does not verify: Expected attribute !llvm.ptr but got i64}}
  %r = "mem.load"(%i) : (i64) -> i64
  func.return
}

// -----

func.func @f(%i: i64) {
  // expected-error@+1 {{Expected 0 operands, but got 1}}
  %r = "mem.location"(%i) : (i64) -> i64
  func.return
}

// -----

func.func @f(%x: f64) {
  // expected-error@+1 {{the result has the type of the operand}}
  %r = "mem.make_unique"(%x) : (f64) -> i64
  func.return
}

// -----

func.func @f(%i: i64) {
  // expected-error@+1 {{Expected 2 operands, but got 1}}
  %r = "mem.offset"(%i) : (i64) -> i64
  func.return
}

// -----

func.func @f(%i: i64) {
  // expected-error@+1 {{operand 'buffer' at position 0 does not verify: Expected attribute !llvm.ptr but got i64}}
  %r = "mem.own_buffer"(%i) : (i64) -> i64
  func.return
}

// -----

func.func @f() {
  // expected-error@+1 {{property 'message' expected in operation 'mem.panic'}}
  "mem.panic"() : () -> ()
}

// -----

func.func @f(%p: !llvm.ptr) {
  // expected-error@+1 {{property 'size' expected in operation 'mem.release'}}
  "mem.release"(%p) : (!llvm.ptr) -> ()
  func.return
}

// -----

func.func @f(%i: i64) {
  // expected-error@+1 {{operand 'buffer' at position 0 does not verify: Expected attribute !llvm.ptr but got i64}}
  %r = "mem.retain"(%i) : (i64) -> i64
  func.return
}

// -----

func.func @f(%i: i64) {
  // expected-error@+1 {{Expected 0 operands, but got 1}}
  %r = "mem.slot"(%i) : (i64) -> i64
  func.return
}

// -----

func.func @f(%i: i64) {
  // expected-error@+1 {{Expected 0 operands, but got 1}}
  %r = "mem.static"(%i) : (i64) -> i64
  func.return
}

// -----

func.func @f(%i: i64) {
  // expected-error@+1 {{Expected 2 operands, but got 1}}
  %r = "mem.store"(%i) : (i64) -> i64
  func.return
}

// -----

func.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{operand 'value' at position 0 does not verify: f64 should be of base attribute integer_type}}
  %r = "mem.store_header"(%x, %i) : (f64, i64) -> f64
  func.return
}

// -----

func.func @f(%i: i64) {
  // expected-error@+1 {{Expected 0 operands, but got 1}}
  %r = "mem.alloc_cell"(%i) <{size = 24}> : (i64) -> !llvm.ptr
  func.return
}

// -----

func.func @f(%i: i64) {
  // expected-error@+1 {{operand 'cell' at position 0 does not verify: Expected attribute !llvm.ptr but got i64}}
  "mem.free_cell"(%i) <{size = 24}> : (i64) -> ()
  func.return
}

// -----

func.func @f(%i: i64) {
  // expected-error@+1 {{operand 'callee' at position 0 does not verify: Expected attribute !llvm.ptr but got i64}}
  "mem.call_indirect"(%i) : (i64) -> ()
  func.return
}
