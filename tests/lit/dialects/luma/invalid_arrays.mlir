// RUN: luma-opt %s --split-input-file --verify-diagnostics

luma.struct @Text {field_names = ["bytes"], field_types = [!luma.array<f64>]}
luma.func @f() {
  // expected-error@+1 {{the fields of `!luma.struct<@Text>`, which is to hold a text, have types (!luma.array<f64>), not (!luma.array<i8>)}}
  %s = luma.string.literal "a" : !luma.struct<@Text>
  luma.return
}

// -----

luma.func @f() {
  // expected-error@+1 {{value 1 is `2.000000e+00 : f64`, which is no constant of type `i64`}}
  %a = luma.array.literal [1 : i64, 2.0 : f64] : !luma.array<i64>
  luma.return
}

// -----

luma.func @f() {
  // expected-error@+1 {{value 0 is `"a"`, which is no constant of type `i64`}}
  %a = luma.array.literal ["a"] : !luma.array<i64>
  luma.return
}

// -----

luma.func @f() {
  // expected-error@+1 {{1 elements for an array of type `!luma.fixed<2, i64>`}}
  %a = luma.array.literal [1 : i64] : !luma.fixed<2, i64>
  luma.return
}

// -----

luma.func @f() {
  // expected-error@+1 {{the result has type `i64`, which is no array}}
  %a = luma.array.literal [] : i64
  luma.return
}

// -----

luma.func @f(%x: f64, %n: i64) {
  // expected-error@+1 {{element 1 has type `f64`, not `i64`}}
  %a = luma.array.make %n, %x : (i64, f64) -> !luma.array<i64>
  luma.return
}

// -----

luma.func @f(%n: i64) {
  // expected-error@+1 {{1 elements for an array of type `!luma.fixed<2, i64>`}}
  %a = luma.array.make %n : (i64) -> !luma.fixed<2, i64>
  luma.return
}

// -----

luma.func @f(%x: f64, %n: i64) {
  // expected-error@+1 {{the value has type `f64`, not `i64`}}
  %a = luma.array.fill %x, %n : (f64, i64) -> !luma.array<i64>
  luma.return
}

// -----

luma.func @f(%x: f64) {
  %n = arith.constant 3 : i64
  // expected-error@+1 {{3 elements for an array of type `!luma.fixed<4, f64>`}}
  %a = luma.array.fill %x, %n : (f64, i64) -> !luma.fixed<4, f64>
  luma.return
}

// -----

luma.func @f(%n: i64) {
  // expected-error@+1 {{the operand has type `i64`, which is no array}}
  %l = luma.array.len %n : i64
  luma.return
}

// -----

luma.func @f(%a: !luma.array<i64>, %x: f64) {
  // expected-error@+1 {{the value has type `f64`, not `i64`}}
  %b = luma.array.push %a, %x : (!luma.array<i64>, f64) -> !luma.array<i64>
  luma.return
}

// -----

luma.func @f(%a: !luma.array<i64>, %x: i64) {
  // expected-error@+1 {{the result has type `!luma.array<f64>`, not `!luma.array<i64>`}}
  %b = luma.array.push %a, %x : (!luma.array<i64>, i64) -> !luma.array<f64>
  luma.return
}

// -----

luma.func @f(%a: !luma.array<i64>) {
  // expected-error@+1 {{the element has type `f64`, not `i64`}}
  %b, %x = luma.array.pop %a : (!luma.array<i64>) -> (!luma.array<i64>, f64)
  luma.return
}

// -----

luma.func @f(%a: !luma.array<i64>) {
  // expected-error@+1 {{the array without its last element has type `!luma.array<f64>`, not `!luma.array<i64>`}}
  %b, %x = luma.array.pop %a : (!luma.array<i64>) -> (!luma.array<f64>, i64)
  luma.return
}

// -----

luma.func @f(%a: !luma.array<i64>, %n: i64) {
  // expected-error@+1 {{the result has type `!luma.array<f64>`, not `!luma.array<i64>`}}
  %b = luma.array.truncate %a, %n : (!luma.array<i64>, i64) -> !luma.array<f64>
  luma.return
}

// -----

luma.func @f(%a: !luma.array<i64>, %n: i64) {
  // expected-error@+1 {{the result has type `!luma.array<f64>`, not `!luma.array<i64>`}}
  %b = luma.array.reserve %a, %n : (!luma.array<i64>, i64) -> !luma.array<f64>
  luma.return
}

// -----

luma.func @f(%a: !luma.array<i64>, %b: !luma.array<f64>) {
  // expected-error@+1 {{the second array has type `!luma.array<f64>`, not `!luma.array<i64>`}}
  %c = luma.array.append %a, %b : (!luma.array<i64>, !luma.array<f64>) -> !luma.array<i64>
  luma.return
}

// -----

luma.func @f(%a: !luma.array<i64>) {
  // expected-error@+1 {{the result has type `!luma.array<f64>`, not `!luma.array<i64>`}}
  %c = luma.array.append %a, %a : (!luma.array<i64>, !luma.array<i64>) -> !luma.array<f64>
  luma.return
}

// -----

luma.func @f(%a: !luma.fixed<2, i64>, %n: i64) {
  // expected-error@+1 {{an element of the result has type `f64`, not `i64`}}
  %b = luma.array.slice %a, %n, %n : (!luma.fixed<2, i64>, i64, i64) -> !luma.array<f64>
  luma.return
}

// -----

luma.func @f(%n: i64) {
  // expected-error@+1 {{the array has type `i64`, which is no array}}
  %b = luma.array.slice %n, %n, %n : (i64, i64, i64) -> !luma.array<f64>
  luma.return
}

// -----

luma.func @f(%a: !luma.array<i64>) {
  // expected-error@+1 {{what the result points to has type `i8`, not `i64`}}
  %p = luma.array.ptr %a : (!luma.array<i64>) -> !luma.ptr<i8>
  luma.return
}

// -----

luma.func @f(%p: !luma.ptr<i8>) {
  // expected-error@+1 {{the result has type `i64`, not `i8`}}
  %v = luma.ptr.load %p : (!luma.ptr<i8>) -> i64
  luma.return
}

// -----

luma.func @f(%p: !luma.ptr<i8>, %v: i64) {
  // expected-error@+1 {{the value has type `i64`, not `i8`}}
  luma.ptr.store %v, %p : i64, !luma.ptr<i8>
  luma.return
}

// -----

luma.func @f(%p: !luma.ptr<i8>, %n: i64) {
  // expected-error@+1 {{the result has type `!luma.ptr<i64>`, not `!luma.ptr<i8>`}}
  %q = luma.ptr.offset %p, %n : (!luma.ptr<i8>, i64) -> !luma.ptr<i64>
  luma.return
}

// -----

luma.func @f(%p: !luma.ptr<i8>) {
  // expected-error@+1 {{the result has type `i32`, which is neither a pointer nor an address (`i64`)}}
  %q = luma.ptr.cast %p : (!luma.ptr<i8>) -> i32
  luma.return
}

// -----

luma.func @f(%p: f64) {
  // expected-error@+1 {{the operand has type `f64`, which is neither a pointer nor an address (`i64`)}}
  %q = luma.ptr.cast %p : (f64) -> i64
  luma.return
}

// -----

luma.func @f() {
  // expected-error@+1 {{static memory cannot have -8 bytes}}
  %p = luma.static "state", -8 : !luma.ptr<i8>
  luma.return
}

// -----

luma.func @f(%p: !luma.ptr<i64>) {
  // expected-error@+1 {{a value of type `i64` has no fields}}
  %q = luma.ptr.field %p, 0 : (!luma.ptr<i64>) -> !luma.ptr<i64>
  luma.return
}

// -----

luma.func @f() {
  // expected-error@+2 {{i64 should be of base attribute luma.ptr}}
  %p = luma.slot : i64
  luma.return
}

// -----

luma.func @f() {
  // expected-error@+2 {{i64 should be of base attribute luma.ptr}}
  %p = luma.location : i64
  luma.return
}

// -----

luma.func @f(%n: i64) {
  // expected-error@+2 {{Unexpected attribute i64}}
  %i = luma.float_to_int %n : i64 -> i32
  luma.return
}

// -----

luma.func @f() {
  // expected-error@+1 {{Expected 1 result, but got 0}}
  "luma.undef"() : () -> ()
  luma.return
}
