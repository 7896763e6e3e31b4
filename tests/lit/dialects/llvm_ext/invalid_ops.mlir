// RUN: luma-opt %s --split-input-file --verify-diagnostics
// What is wrong with each op that `invalid.mlir` does not show: a type, an operand, a result or a property.

llvm.func @f(%v: vector<2xf64>) {
  // expected-error@+1 {{cannot convert vector<2xf64> to f32: the shapes differ}}
  %r = "llvm.addrspacecast"(%v) : (vector<2xf64>) -> f32
  llvm.return
}

// -----

llvm.func @f(%i: i64) {
  // expected-error@+1 {{Expected operandSegmentSizes property in llvm.call_intrinsic operation.}}
  %r = "llvm.call_intrinsic"(%i) : (i64) -> i64
  llvm.return
}

// -----

llvm.func @f() {
  // expected-error@+1 {{Expected 1 region, but got 0}}
  "llvm.comdat"() : () -> ()
  llvm.return
}

// -----

llvm.func @f() {
  // expected-error@+1 {{property 'sym_name' expected in operation 'llvm.comdat_selector'}}
  "llvm.comdat_selector"() : () -> ()
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{operand 'vector' at position 0 does not verify: f64 should be of base attribute vector}}
  %r = "llvm.extractelement"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{property 'predicate' expected in operation 'llvm.fcmp'}}
  %r = "llvm.fcmp"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%v: vector<2xf64>) {
  // expected-error@+1 {{cannot convert vector<2xf64> to f32: the shapes differ}}
  %r = "llvm.fptosi"(%v) : (vector<2xf64>) -> f32
  llvm.return
}

// -----

llvm.func @f(%v: vector<2xf64>) {
  // expected-error@+1 {{cannot convert vector<2xf64> to f32: the shapes differ}}
  %r = "llvm.fptoui"(%v) : (vector<2xf64>) -> f32
  llvm.return
}

// -----

llvm.func @f(%x: f64) {
  // expected-error@+1 {{result type i64 differs from operand type f64}}
  %r = "llvm.freeze"(%x) : (f64) -> i64
  llvm.return
}

// -----

llvm.func @f(%i: i64) {
  // expected-error@+1 {{property 'is_int_min_poison' expected in operation 'llvm.intr.abs'}}
  %r = "llvm.intr.abs"(%i) : (i64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64) {
  // expected-error@+1 {{needs operand and result of one type, got f64, i64}}
  %r = "llvm.intr.acos"(%x) : (f64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64) {
  // expected-error@+1 {{needs operand and result of one type, got f64, i64}}
  %r = "llvm.intr.asin"(%x) : (f64) -> i64
  llvm.return
}

// -----

llvm.func @f(%i: i64) {
  // expected-error@+1 {{Expected 0 results, but got 1}}
  %r = "llvm.intr.assume"(%i) : (i64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64) {
  // expected-error@+1 {{needs operand and result of one type, got f64, i64}}
  %r = "llvm.intr.atan"(%x) : (f64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{needs operands and result of one type, got f64, i64}}
  %r = "llvm.intr.atan2"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64) {
  // expected-error@+1 {{needs operand and result of one type, got f64, i64}}
  %r = "llvm.intr.bitreverse"(%x) : (f64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64) {
  // expected-error@+1 {{needs operand and result of one type, got f64, i64}}
  %r = "llvm.intr.bswap"(%x) : (f64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64) {
  // expected-error@+1 {{needs operand and result of one type, got f64, i64}}
  %r = "llvm.intr.ceil"(%x) : (f64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{needs operands and result of one type, got f64, i64}}
  %r = "llvm.intr.copysign"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64) {
  // expected-error@+1 {{needs operand and result of one type, got f64, i64}}
  %r = "llvm.intr.cos"(%x) : (f64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64) {
  // expected-error@+1 {{needs operand and result of one type, got f64, i64}}
  %r = "llvm.intr.cosh"(%x) : (f64) -> i64
  llvm.return
}

// -----

llvm.func @f(%i: i64) {
  // expected-error@+1 {{property 'is_zero_poison' expected in operation 'llvm.intr.ctlz'}}
  %r = "llvm.intr.ctlz"(%i) : (i64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64) {
  // expected-error@+1 {{needs operand and result of one type, got f64, i64}}
  %r = "llvm.intr.ctpop"(%x) : (f64) -> i64
  llvm.return
}

// -----

llvm.func @f(%i: i64) {
  // expected-error@+1 {{property 'is_zero_poison' expected in operation 'llvm.intr.cttz'}}
  %r = "llvm.intr.cttz"(%i) : (i64) -> i64
  llvm.return
}

// -----

llvm.func @f(%i: i64) {
  // expected-error@+1 {{Expected 0 operands, but got 1}}
  %r = "llvm.intr.debugtrap"(%i) : (i64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64) {
  // expected-error@+1 {{needs operand and result of one type, got f64, i64}}
  %r = "llvm.intr.exp"(%x) : (f64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64) {
  // expected-error@+1 {{needs operand and result of one type, got f64, i64}}
  %r = "llvm.intr.exp10"(%x) : (f64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64) {
  // expected-error@+1 {{needs operand and result of one type, got f64, i64}}
  %r = "llvm.intr.exp2"(%x) : (f64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{needs operands and result of one type, got f64, i64}}
  %r = "llvm.intr.expect"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{property 'prob' expected in operation 'llvm.intr.expect.with.probability'}}
  %r = "llvm.intr.expect.with.probability"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f() {
  // expected-error@+1 {{property 'scope' expected in operation 'llvm.intr.experimental.noalias.scope.decl'}}
  "llvm.intr.experimental.noalias.scope.decl"() : () -> ()
  llvm.return
}

// -----

llvm.func @f(%x: f64) {
  // expected-error@+1 {{needs operand and result of one type, got f64, i64}}
  %r = "llvm.intr.fabs"(%x) : (f64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64) {
  // expected-error@+1 {{needs operand and result of one type, got f64, i64}}
  %r = "llvm.intr.floor"(%x) : (f64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{needs operands and result of one type, got f64, i64}}
  %r = "llvm.intr.fma"(%x, %x, %i) : (f64, f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{needs operands and result of one type, got f64, i64}}
  %r = "llvm.intr.fmuladd"(%x, %x, %i) : (f64, f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{Expected 1 operand, but got 2}}
  %r = "llvm.intr.fptosi.sat"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{Expected 1 operand, but got 2}}
  %r = "llvm.intr.fptoui.sat"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{needs operands and result of one type, got f64, i64}}
  %r = "llvm.intr.fshl"(%x, %x, %i) : (f64, f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{needs operands and result of one type, got f64, i64}}
  %r = "llvm.intr.fshr"(%x, %x, %i) : (f64, f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%i: i64) {
  // expected-error@+1 {{property 'bit' expected in operation 'llvm.intr.is.fpclass'}}
  %r = "llvm.intr.is.fpclass"(%i) : (i64) -> i64
  llvm.return
}

// -----

llvm.func @f(%i: i64) {
  // expected-error@+1 {{operand 'ptr' at position 0 does not verify: i64 should be of base attribute llvm.ptr}}
  %r = "llvm.intr.lifetime.end"(%i) : (i64) -> i64
  llvm.return
}

// -----

llvm.func @f(%i: i64) {
  // expected-error@+1 {{operand 'ptr' at position 0 does not verify: i64 should be of base attribute llvm.ptr}}
  %r = "llvm.intr.lifetime.start"(%i) : (i64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64) {
  // expected-error@+1 {{needs operand and result of one type, got f64, i64}}
  %r = "llvm.intr.log"(%x) : (f64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64) {
  // expected-error@+1 {{needs operand and result of one type, got f64, i64}}
  %r = "llvm.intr.log10"(%x) : (f64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64) {
  // expected-error@+1 {{needs operand and result of one type, got f64, i64}}
  %r = "llvm.intr.log2"(%x) : (f64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{Expected 1 operand, but got 2}}
  %r = "llvm.intr.lround"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{operand 'data' at position 0 does not verify: f64 should be of base attribute llvm.ptr}}
  %r = "llvm.intr.masked.load"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{operand 'data' at position 1 does not verify: f64 should be of base attribute llvm.ptr}}
  %r = "llvm.intr.masked.store"(%x, %x, %i) : (f64, f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{needs operands and result of one type, got f64, i64}}
  %r = "llvm.intr.maximum"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{needs operands and result of one type, got f64, i64}}
  %r = "llvm.intr.maxnum"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{operand 'dst' at position 0 does not verify: f64 should be of base attribute llvm.ptr}}
  %r = "llvm.intr.memcpy"(%x, %x, %i) : (f64, f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{operand 'dst' at position 0 does not verify: f64 should be of base attribute llvm.ptr}}
  %r = "llvm.intr.memcpy.inline"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{operand 'dst' at position 0 does not verify: f64 should be of base attribute llvm.ptr}}
  %r = "llvm.intr.memmove"(%x, %x, %i) : (f64, f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{operand 'dst' at position 0 does not verify: f64 should be of base attribute llvm.ptr}}
  %r = "llvm.intr.memset"(%x, %x, %i) : (f64, f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{operand 'dst' at position 0 does not verify: f64 should be of base attribute llvm.ptr}}
  %r = "llvm.intr.memset.inline"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{needs operands and result of one type, got f64, i64}}
  %r = "llvm.intr.minimum"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{needs operands and result of one type, got f64, i64}}
  %r = "llvm.intr.minnum"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64) {
  // expected-error@+1 {{needs operand and result of one type, got f64, i64}}
  %r = "llvm.intr.nearbyint"(%x) : (f64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{needs operands and result of one type, got f64, i64}}
  %r = "llvm.intr.pow"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%i: i64) {
  // expected-error@+1 {{Expected 2 operands, but got 1}}
  %r = "llvm.intr.powi"(%i) : (i64) -> i64
  llvm.return
}

// -----

llvm.func @f(%i: i64) {
  // expected-error@+1 {{operand 'addr' at position 0 does not verify: i64 should be of base attribute llvm.ptr}}
  %r = "llvm.intr.prefetch"(%i) : (i64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64) {
  // expected-error@+1 {{needs operand and result of one type, got f64, i64}}
  %r = "llvm.intr.rint"(%x) : (f64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64) {
  // expected-error@+1 {{needs operand and result of one type, got f64, i64}}
  %r = "llvm.intr.round"(%x) : (f64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64) {
  // expected-error@+1 {{needs operand and result of one type, got f64, i64}}
  %r = "llvm.intr.roundeven"(%x) : (f64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{needs operands and result of one type, got f64, i64}}
  %r = "llvm.intr.sadd.sat"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%i: i64) {
  // expected-error@+1 {{Expected 2 operands, but got 1}}
  %r = "llvm.intr.sadd.with.overflow"(%i) : (i64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64) {
  // expected-error@+1 {{needs operand and result of one type, got f64, i64}}
  %r = "llvm.intr.sin"(%x) : (f64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64) {
  // expected-error@+1 {{needs operand and result of one type, got f64, i64}}
  %r = "llvm.intr.sinh"(%x) : (f64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{needs operands and result of one type, got f64, i64}}
  %r = "llvm.intr.smin"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%i: i64) {
  // expected-error@+1 {{Expected 2 operands, but got 1}}
  %r = "llvm.intr.smul.with.overflow"(%i) : (i64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64) {
  // expected-error@+1 {{needs operand and result of one type, got f64, i64}}
  %r = "llvm.intr.sqrt"(%x) : (f64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{needs operands and result of one type, got f64, i64}}
  %r = "llvm.intr.sshl.sat"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{needs operands and result of one type, got f64, i64}}
  %r = "llvm.intr.ssub.sat"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%i: i64) {
  // expected-error@+1 {{Expected 2 operands, but got 1}}
  %r = "llvm.intr.ssub.with.overflow"(%i) : (i64) -> i64
  llvm.return
}

// -----

llvm.func @f(%i: i64) {
  // expected-error@+1 {{operand 'ptr' at position 0 does not verify: i64 should be of base attribute llvm.ptr}}
  %r = "llvm.intr.stackrestore"(%i) : (i64) -> i64
  llvm.return
}

// -----

llvm.func @f() {
  // expected-error@+1 {{result 'res' at position 0 does not verify: i64 should be of base attribute llvm.ptr}}
  %r = "llvm.intr.stacksave"() : () -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64) {
  // expected-error@+1 {{needs operand and result of one type, got f64, i64}}
  %r = "llvm.intr.tan"(%x) : (f64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64) {
  // expected-error@+1 {{needs operand and result of one type, got f64, i64}}
  %r = "llvm.intr.tanh"(%x) : (f64) -> i64
  llvm.return
}

// -----

llvm.func @f(%i: i64) {
  // expected-error@+1 {{Expected 0 operands, but got 1}}
  %r = "llvm.intr.trap"(%i) : (i64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64) {
  // expected-error@+1 {{needs operand and result of one type, got f64, i64}}
  %r = "llvm.intr.trunc"(%x) : (f64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{needs operands and result of one type, got f64, i64}}
  %r = "llvm.intr.uadd.sat"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%i: i64) {
  // expected-error@+1 {{Expected 2 operands, but got 1}}
  %r = "llvm.intr.uadd.with.overflow"(%i) : (i64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{needs operands and result of one type, got f64, i64}}
  %r = "llvm.intr.umax"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{needs operands and result of one type, got f64, i64}}
  %r = "llvm.intr.umin"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%i: i64) {
  // expected-error@+1 {{Expected 2 operands, but got 1}}
  %r = "llvm.intr.umul.with.overflow"(%i) : (i64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{needs operands and result of one type, got f64, i64}}
  %r = "llvm.intr.ushl.sat"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{needs operands and result of one type, got f64, i64}}
  %r = "llvm.intr.usub.sat"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%i: i64) {
  // expected-error@+1 {{Expected 2 operands, but got 1}}
  %r = "llvm.intr.usub.with.overflow"(%i) : (i64) -> i64
  llvm.return
}

// -----

llvm.func @f(%i: i64) {
  // expected-error@+1 {{operand 'arg_list' at position 0 does not verify: i64 should be of base attribute llvm.ptr}}
  %r = "llvm.intr.vaend"(%i) : (i64) -> i64
  llvm.return
}

// -----

llvm.func @f(%i: i64) {
  // expected-error@+1 {{operand 'arg_list' at position 0 does not verify: i64 should be of base attribute llvm.ptr}}
  %r = "llvm.intr.vastart"(%i) : (i64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{Expected 1 operand, but got 2}}
  %r = "llvm.intr.vector.reduce.add"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{Expected 1 operand, but got 2}}
  %r = "llvm.intr.vector.reduce.and"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%i: i64) {
  // expected-error@+1 {{Expected 2 operands, but got 1}}
  %r = "llvm.intr.vector.reduce.fadd"(%i) : (i64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{Expected 1 operand, but got 2}}
  %r = "llvm.intr.vector.reduce.fmax"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{Expected 1 operand, but got 2}}
  %r = "llvm.intr.vector.reduce.fmaximum"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{Expected 1 operand, but got 2}}
  %r = "llvm.intr.vector.reduce.fmin"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{Expected 1 operand, but got 2}}
  %r = "llvm.intr.vector.reduce.fminimum"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%i: i64) {
  // expected-error@+1 {{Expected 2 operands, but got 1}}
  %r = "llvm.intr.vector.reduce.fmul"(%i) : (i64) -> i64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{Expected 1 operand, but got 2}}
  %r = "llvm.intr.vector.reduce.mul"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{Expected 1 operand, but got 2}}
  %r = "llvm.intr.vector.reduce.or"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{Expected 1 operand, but got 2}}
  %r = "llvm.intr.vector.reduce.smax"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{Expected 1 operand, but got 2}}
  %r = "llvm.intr.vector.reduce.smin"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{Expected 1 operand, but got 2}}
  %r = "llvm.intr.vector.reduce.umax"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{Expected 1 operand, but got 2}}
  %r = "llvm.intr.vector.reduce.umin"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{Expected 1 operand, but got 2}}
  %r = "llvm.intr.vector.reduce.xor"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%i: i64) {
  // expected-error@+1 {{Expected operandSegmentSizes property}}
  "llvm.invoke"(%i)[^next, ^next] : (i64) -> ()
^next:
  llvm.return
}

// -----

llvm.func @f(%i: i64) {
  // expected-error@+1 {{Expected 1 result, but got 0}}
  "llvm.landingpad"(%i) : (i64) -> ()
  llvm.return
}

// -----

llvm.func @f() {
  // expected-error@+1 {{Expected 1 region, but got 0}}
  "llvm.mlir.alias"() : () -> ()
  llvm.return
}

// -----

llvm.func @f() {
  // expected-error@+1 {{property 'value' expected in operation 'llvm.mlir.constant'}}
  %r = "llvm.mlir.constant"() : () -> i64
  llvm.return
}

// -----

llvm.func @f() {
  // expected-error@+1 {{Expected 1 region, but got 0}}
  "llvm.mlir.global"() : () -> ()
  llvm.return
}

// -----

llvm.func @f() {
  // expected-error@+1 {{property 'ctors' expected in operation 'llvm.mlir.global_ctors'}}
  "llvm.mlir.global_ctors"() : () -> ()
  llvm.return
}

// -----

llvm.func @f() {
  // expected-error@+1 {{property 'dtors' expected in operation 'llvm.mlir.global_dtors'}}
  "llvm.mlir.global_dtors"() : () -> ()
  llvm.return
}

// -----

llvm.func @f(%i: i64) {
  // expected-error@+1 {{Expected 0 operands, but got 1}}
  %r = "llvm.mlir.none"(%i) : (i64) -> i64
  llvm.return
}

// -----

llvm.func @f(%i: i64) {
  // expected-error@+1 {{Expected 0 operands, but got 1}}
  %r = "llvm.mlir.poison"(%i) : (i64) -> i64
  llvm.return
}

// -----

llvm.func @f(%i: i64) {
  // expected-error@+1 {{Expected 0 operands, but got 1}}
  %r = "llvm.mlir.zero"(%i) : (i64) -> i64
  llvm.return
}

// -----

llvm.func @f() {
  // expected-error@+1 {{Expected 1 operand, but got 0}}
  "llvm.resume"() : () -> ()
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{cannot select between f64 and i64}}
  %r = "llvm.select"(%x, %x, %i) : (f64, f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%x: f64, %i: i64) {
  // expected-error@+1 {{operand 'ptr' at position 1 does not verify: i64 should be of base attribute llvm.ptr}}
  %r = "llvm.store"(%x, %i) : (f64, i64) -> f64
  llvm.return
}

// -----

llvm.func @f(%v: vector<2xf64>) {
  // expected-error@+1 {{cannot convert vector<2xf64> to f32: the shapes differ}}
  %r = "llvm.trunc"(%v) : (vector<2xf64>) -> f32
  llvm.return
}
