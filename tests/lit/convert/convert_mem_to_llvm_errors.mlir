// RUN: luma-opt %s -p convert-mem-to-llvm --split-input-file --verify-diagnostics

// A panic needs blocks, which a structured region does not have.
func.func @structured(%c: i1, %i: i64) {
  scf.if %c {
    // expected-error@+1 {{cannot convert `mem.panic_if` inside of structured control flow}}
    mem.panic_if %c "bounds" (%i, %i)
  }
  func.return
}

// -----

func.func @counted(%b: !llvm.ptr) {
  // expected-error@+1 {{cannot convert `mem.release` to the `llvm` dialect}}
  mem.release %b, 8
  func.return
}
