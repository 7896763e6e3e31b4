// RUN: luma-opt %s --split-input-file --verify-diagnostics

func.func @field(%b: !llvm.ptr) {
  // expected-error@+1 {{unknown header field `size`, expected one of rc, flags, len, cap, link}}
  %n = mem.load_header "size" %b : i64
  func.return
}

// -----

func.func @width(%b: !llvm.ptr) {
  // expected-error@+1 {{header field `rc` is an i32}}
  %n = mem.load_header "rc" %b : i64
  func.return
}

// -----

func.func @kind(%c: i1) {
  // expected-error@+1 {{unknown panic kind `range`, expected one of bounds, slice, message}}
  mem.panic_if %c "range" ()
  func.return
}

// -----

func.func @operands(%c: i1, %i: i64) {
  // expected-error@+1 {{a panic of kind `bounds` takes 2 operands}}
  mem.panic_if %c "bounds" (%i)
  func.return
}

// -----

func.func @message(%c: i1, %i: i64) {
  // expected-error@+1 {{a message belongs to the panic kind `message` and to no other}}
  mem.panic_if %c "message" ()
  func.return
}

// -----

func.func @overflow(%i: i64) {
  // expected-error@+1 {{unknown kind `div`, expected one of add, sub, mul}}
  %r, %o = mem.overflow "div" %i, %i : i64
  func.return
}

// -----

luma.func private @part(%a: !luma.tuple<!luma.array<i64>, i64>, %x: !luma.array<i64>) {
  // expected-error@+1 {{the other operands are parts of the first, read by `luma.get` without an index or `luma.enum.get`}}
  mem.drop_rest %a, %x : !luma.tuple<!luma.array<i64>, i64>, !luma.array<i64>
  luma.return
}

// -----

luma.func private @levels(%a: !luma.array<i64>, %i: i64) {
  // expected-error@+1 {{`!luma.array<i64>` has no arrays that many levels down}}
  %b = mem.make_unique_at %a[%i] : !luma.array<i64>
  luma.return
}
