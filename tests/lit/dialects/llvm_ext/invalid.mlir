// RUN: luma-opt %s --split-input-file --verify-diagnostics

llvm.func @f(%p: !llvm.ptr) -> i64 {
  // expected-error@+1 {{expected alignment for atomic access}}
  %0 = llvm.load %p atomic acquire : !llvm.ptr -> i64
  llvm.return %0 : i64
}

// -----

llvm.func @f(%p: !llvm.ptr) -> i64 {
  // expected-error@+1 {{alignment 3 is not a power of two}}
  %0 = llvm.load %p {alignment = 3 : i64} : !llvm.ptr -> i64
  llvm.return %0 : i64
}

// -----

llvm.func @f(%p: !llvm.ptr, %i: i64) {
  // expected-error@+1 {{index 1 selects a field of a struct and must be a constant}}
  %0 = llvm.getelementptr %p[0, %i] : (!llvm.ptr, i64) -> !llvm.ptr, !llvm.struct<(i32, i32)>
  llvm.return
}

// -----

llvm.func @f(%p: !llvm.ptr) {
  // expected-error@+1 {{index 1 selects field 5 of 2}}
  %0 = llvm.getelementptr %p[0, 5] : (!llvm.ptr) -> !llvm.ptr, !llvm.struct<(i32, i32)>
  llvm.return
}

// -----

llvm.func @f(%a: i32) {
  // expected-error@+1 {{branch passes () to a block that takes (i32)}}
  llvm.br ^next
^next(%x: i32):
  llvm.return
}

// -----

llvm.func @f(%c: i1) {
  // expected-error@+1 {{expected 2 branch weights, got 3}}
  llvm.cond_br %c weights([1, 2, 3]), ^next, ^next
^next:
  llvm.return
}

// -----

llvm.func @f(%a: i32) {
  // expected-error@+1 {{2 case values for 1 case blocks}}
  "llvm.switch"(%a)[^next, ^next] <{case_operand_segments = array<i32: 0>, case_values = dense<[1, 2]> : vector<2xi32>, operandSegmentSizes = array<i32: 1, 0, 0>}> : (i32) -> ()
^next:
  llvm.return
}

// -----

llvm.func @f(%p: !llvm.ptr, %a: i64) {
  // expected-error@+1 {{failure ordering cannot be `release` or `acq_rel`}}
  %0 = llvm.cmpxchg %p, %a, %a seq_cst release : !llvm.ptr, i64
  llvm.return
}

// -----

llvm.func @f() {
  // expected-error@+1 {{a fence needs `acquire`, `release`, `acq_rel` or `seq_cst` ordering}}
  llvm.fence monotonic
  llvm.return
}

// -----

llvm.func @f(%a: i32) {
  // expected-error@+1 {{unknown atomic operation `mul`}}
  %0 = llvm.atomicrmw mul %a, %a seq_cst : !llvm.ptr, i32
  llvm.return
}

// -----

llvm.func @f(%a: f64) {
  // expected-error@+1 {{cannot compare f64 with `llvm.icmp`}}
  %0 = llvm.icmp "eq" %a, %a : f64
  llvm.return
}

// -----

llvm.func @f(%v: vector<2xi32>) {
  // expected-error@+1 {{cannot convert vector<2xi32> to i64: the shapes differ}}
  %0 = llvm.uitofp %v : vector<2xi32> to i64
  llvm.return
}

// -----

// expected-error@+1 {{must have external or extern_weak linkage}}
llvm.func internal @f()

// -----

llvm.func @f(%a: i32) {
  // expected-error@+1 {{an indirect call needs a pointer as its first operand}}
  %0 = "llvm.call"(%a) <{operandSegmentSizes = array<i32: 1, 0>, op_bundle_sizes = array<i32>}> : (i32) -> i32
  llvm.return
}

// -----

llvm.func @f(%a: i32, %b: i64) {
  // expected-error@+1 {{needs operands and result of one type}}
  %0 = llvm.intr.smax(%a, %b) : (i32, i64) -> i32
  llvm.return
}

// -----

// expected-error@+1 {{`llvm.memory_effects` needs a value for `argMem`}}
llvm.func @f() attributes {memory_effects = #llvm.memory_effects<other = none, inaccessibleMem = none>}
