// RUN: luma-opt %s -p convert-to-llvm --split-input-file --verify-diagnostics

// What nothing converts is an error at its place.
func.func @leftover(%i: i64, %n: i64) {
  // expected-error@+1 {{cannot convert `luma.check.bounds` to the `llvm` dialect}}
  %j = luma.check.bounds %i in %n
  func.return
}

// -----

// expected-error@+1 {{cannot convert `func.func` on type `!luma.array<i64>`}}
func.func @array(%a: !luma.array<i64>) {
  func.return
}

// -----

// Several are reported in one run.
func.func @counts(%b: !llvm.ptr) {
  // expected-error@+1 {{cannot convert `mem.retain` to the `llvm` dialect}}
  mem.retain %b
  // expected-error@+1 {{cannot convert `mem.free` to the `llvm` dialect}}
  mem.free %b, 8
  func.return
}

// -----

func.func @matrix() {
  // expected-error@+1 {{cannot convert `arith.constant` on type `vector<2x2xf32>`}}
  %a = arith.constant dense<1.0> : vector<2x2xf32>
  func.return
}

// -----

func.func private @first(%a: i32) attributes {link_name = "f"}
// expected-error@+1 {{symbol `f` is declared with types}}
func.func private @second(%a: i64) attributes {link_name = "f"}

// -----

func.func @cast(%a: i64) {
  // expected-error@+1 {{`builtin.unrealized_conversion_cast` from i64 to f64 remains}}
  %0 = builtin.unrealized_conversion_cast %a : i64 to f64
  func.return
}

// -----

func.func @values() {
  // expected-error@+1 {{constant has values that are neither integers nor floats}}
  %0 = mem.constant ["a"] : i64
  func.return
}

// -----

func.func @twice() attributes {link_name = "f"} {
  func.return
}
// expected-error@+1 {{symbol `f` is defined twice}}
func.func @again() attributes {link_name = "f"} {
  func.return
}
