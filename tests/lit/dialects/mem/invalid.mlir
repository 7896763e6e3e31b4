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

// -----

luma.struct @Pair {field_names = ["left", "right"], field_types = [!luma.tuple<!luma.array<i64>, i64>, i64]}
luma.func private @inside(%a: !luma.struct<@Pair>) {
  %t = luma.get %a[0] : !luma.struct<@Pair> -> !luma.tuple<!luma.array<i64>, i64>
  %x = luma.get %t[0] : !luma.tuple<!luma.array<i64>, i64> -> !luma.array<i64>
  // expected-error@+1 {{one of the parts is inside of another}}
  mem.drop_rest %a, %t, %x : !luma.struct<@Pair>, !luma.tuple<!luma.array<i64>, i64>, !luma.array<i64>
  luma.return
}

// -----

luma.enum @List {variants = ["Nil", "Cons"], payloads = [[], [i64, !luma.enum<@List>]]}
luma.func private @lost(%l: !luma.enum<@List>) {
  // expected-error@+1 {{the cell is taken by `mem.make_at` or `mem.free_token`}}
  %t = mem.drop_reuse %l, 1 () : !luma.enum<@List>, () -> !llvm.ptr
  luma.return
}

// -----

func.func @nowhere(%t: !llvm.ptr) {
  // expected-error@+1 {{the cell comes from a `mem.drop_reuse`}}
  mem.free_token %t
  func.return
}

// -----

luma.enum @List {variants = ["Nil", "Cons"], payloads = [[], [i64, !luma.enum<@List>]]}
luma.func private @elsewhere(%t: !llvm.ptr, %x: i64, %l: !luma.enum<@List>) {
  // expected-error@+1 {{the cell comes from a `mem.drop_reuse`}}
  %m = mem.make_at %t, 1 (%x, %l) : (i64, !luma.enum<@List>) -> !luma.enum<@List>
  luma.return
}

// -----

func.func @immortal() {
  // expected-error@+1 {{an immortal cell holds nothing to drop}}
  %t = mem.table [], 16 {object, drop = @g}
  func.return
}
