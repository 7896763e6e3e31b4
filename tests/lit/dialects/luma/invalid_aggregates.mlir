// RUN: luma-opt %s --split-input-file --verify-diagnostics

luma.struct @Pair {field_names = ["left", "right"], field_types = [!luma.param<"T">, i64], type_params = ["T"]}
luma.func @f(%x: f64) {
  // expected-error@+1 {{the fields of `!luma.struct<@Pair, [f64]>`: 1 given, 2 needed, of types (f64, i64)}}
  %p = luma.struct.make %x : (f64) -> !luma.struct<@Pair, [f64]>
  luma.return
}

// -----

luma.struct @Pair {field_names = ["left", "right"], field_types = [!luma.param<"T">, i64], type_params = ["T"]}
luma.func @f(%x: f64) {
  // expected-error@+1 {{have types (f64, f64), not (f64, i64)}}
  %p = luma.struct.make %x, %x : (f64, f64) -> !luma.struct<@Pair, [f64]>
  luma.return
}

// -----

luma.struct @Pair {field_names = ["left", "right"], field_types = [!luma.param<"T">, i64], type_params = ["T"]}
luma.func @f(%x: f64) {
  // expected-error@+1 {{has 0 type arguments, its definition takes 1}}
  %p = luma.struct.make %x, %x : (f64, f64) -> !luma.struct<@Pair>
  luma.return
}

// -----

luma.enum @Shape {variants = ["Circle", "Box"], payloads = [[f64], [f64, i64]]}
luma.func @f(%x: f64) {
  // expected-error@+1 {{`!luma.struct<@Shape>` names an enum}}
  %p = luma.struct.make %x : (f64) -> !luma.struct<@Shape>
  luma.return
}

// -----

luma.func @f(%x: f64) {
  // expected-error@+1 {{the fields of `!luma.tuple<i64>` have types (f64), not (i64)}}
  %t = luma.tuple.make %x : (f64) -> !luma.tuple<i64>
  luma.return
}

// -----

luma.enum @Shape {variants = ["Circle", "Box"], payloads = [[f64], [f64, i64]]}
luma.func @f(%x: f64) {
  // expected-error@+1 {{the fields of variant 1 of `!luma.enum<@Shape>`: 1 given, 2 needed, of types (f64, i64)}}
  %e = luma.enum.make 1 (%x) : (f64) -> !luma.enum<@Shape>
  luma.return
}

// -----

luma.enum @Shape {variants = ["Circle", "Box"], payloads = [[f64], [f64, i64]]}
luma.func @f(%x: f64) {
  // expected-error@+1 {{variant 2 of `!luma.enum<@Shape>`, which has 2 variants}}
  %e = luma.enum.make 2 (%x) : (f64) -> !luma.enum<@Shape>
  luma.return
}

// -----

luma.func @f() {
  // expected-error@+1 {{the number of a variant cannot be negative, as -1 is}}
  %e = luma.enum.make -1 () : () -> !luma.enum<@Elsewhere>
  luma.return
}

// -----

luma.struct @Pair {field_names = ["left", "right"], field_types = [!luma.param<"T">, i64], type_params = ["T"]}
luma.func @f() {
  // expected-error@+1 {{`!luma.enum<@Pair>` names a struct}}
  %e = luma.enum.make 0 () : () -> !luma.enum<@Pair>
  luma.return
}

// -----

luma.func @f(%n: i64) {
  // expected-error@+2 {{i64 should be of base attribute luma.enum}}
  %t = luma.enum.tag %n : i64
  luma.return
}

// -----

luma.enum @Shape {variants = ["Circle", "Box"], payloads = [[f64], [f64, i64]]}
luma.func @f(%e: !luma.enum<@Shape>) {
  // expected-error@+1 {{variant 2 of `!luma.enum<@Shape>`, which has 2 variants}}
  %b = luma.enum.is %e, 2 : !luma.enum<@Shape>
  luma.return
}

// -----

luma.enum @Shape {variants = ["Circle", "Box"], payloads = [[f64], [f64, i64]]}
luma.func @f(%e: !luma.enum<@Shape>) {
  // expected-error@+1 {{field 1 of variant 0 of `!luma.enum<@Shape>`, which has 1}}
  %b = luma.enum.get %e, 0, 1 : !luma.enum<@Shape> -> i64
  luma.return
}

// -----

luma.enum @Shape {variants = ["Circle", "Box"], payloads = [[f64], [f64, i64]]}
luma.func @f(%e: !luma.enum<@Shape>) {
  // expected-error@+1 {{field 1 of variant 1 of `!luma.enum<@Shape>` has type `i64`, not `f64`}}
  %b = luma.enum.get %e, 1, 1 : !luma.enum<@Shape> -> f64
  luma.return
}

// -----

luma.enum @Shape {variants = ["Circle", "Box"], payloads = [[f64], [f64, i64]]}
luma.func @f(%e: !luma.enum<@Shape>) {
  // expected-error@+1 {{the number of a field cannot be negative, as -1 is}}
  %b = luma.enum.get %e, 0, -1 : !luma.enum<@Shape> -> f64
  luma.return
}

// -----

luma.func @f(%a: !luma.array<i64>) {
  // expected-error@+1 {{a path has at least one step}}
  %x = luma.get %a[] : !luma.array<i64> -> i64
  luma.return
}

// -----

luma.func @f(%a: !luma.array<i64>) {
  // expected-error@+1 {{a step is a field number or -1}}
  %x = "luma.get"(%a) <{path = array<i64: -2>}> : (!luma.array<i64>) -> i64
  luma.return
}

// -----

luma.func @f(%a: !luma.array<i64>) {
  // expected-error@+1 {{the path has 1 index steps, but there are 0 index operands}}
  %x = "luma.get"(%a) <{path = array<i64: -1>}> : (!luma.array<i64>) -> i64
  luma.return
}

// -----

luma.func @f(%a: !luma.array<i64>) {
  // expected-error@+1 {{a path is an array of i64, not of i32}}
  %x = "luma.get"(%a) <{path = array<i32: 0>}> : (!luma.array<i64>) -> i64
  luma.return
}

// -----

luma.func @f(%a: !luma.array<i64>, %i: i64) {
  // expected-error@+1 {{the place in `!luma.array<i64>` has type `i64`, not `f64`}}
  %x = luma.get %a[%i] : !luma.array<i64> -> f64
  luma.return
}

// -----

luma.struct @Pair {field_names = ["left", "right"], field_types = [!luma.param<"T">, i64], type_params = ["T"]}
luma.func @f(%p: !luma.struct<@Pair, [f64]>) {
  // expected-error@+1 {{has type `f64`, not `i64`}}
  %x = luma.get %p[0] : !luma.struct<@Pair, [f64]> -> i64
  luma.return
}

// -----

luma.struct @Pair {field_names = ["left", "right"], field_types = [!luma.param<"T">, i64], type_params = ["T"]}
luma.func @f(%p: !luma.struct<@Pair, [f64]>) {
  // expected-error@+1 {{step 0 of the path selects field 2 of `!luma.struct<@Pair, [f64]>`, which has 2}}
  %x = luma.get %p[2] : !luma.struct<@Pair, [f64]> -> i64
  luma.return
}

// -----

luma.func @f(%p: !luma.tuple<i64>, %i: i64) {
  // expected-error@+1 {{step 1 of the path indexes `i64`, which is no array}}
  %x = luma.get %p[0, %i] : !luma.tuple<i64> -> i64
  luma.return
}

// -----

luma.enum @Shape {variants = ["Circle", "Box"], payloads = [[f64], [f64, i64]]}
luma.func @f(%e: !luma.enum<@Shape>) {
  // expected-error@+1 {{step 0 of the path selects a field of `!luma.enum<@Shape>`, which has no fields}}
  %x = luma.get %e[0] : !luma.enum<@Shape> -> f64
  luma.return
}

// -----

luma.func @f(%a: !luma.array<i64>, %i: i64, %x: f64) {
  // expected-error@+1 {{the place in `!luma.array<i64>` has type `i64`, not `f64`}}
  %b = luma.set %a[%i] = %x : !luma.array<i64>, f64
  luma.return
}

// -----

luma.func @f(%a: !luma.array<i64>, %i: i64) {
  // expected-error@+1 {{the result has type `i64`, not `!luma.array<i64>`}}
  %b = "luma.set"(%a, %i, %i) <{path = array<i64: -1>}> : (!luma.array<i64>, i64, i64) -> i64
  luma.return
}

// -----

luma.struct @Pair {field_names = ["left", "right"], field_types = [!luma.param<"T">, i64], type_params = ["T"]}
luma.func @f(%p: !luma.struct<@Pair, [!luma.array<i8>]>) {
  // expected-error@+1 {{has type `!luma.array<i8>`, not `!luma.array<i64>`}}
  %x, %r = luma.take %p[0] : !luma.struct<@Pair, [!luma.array<i8>]> -> !luma.array<i64>
  luma.return
}

// -----

luma.func @f(%a: !luma.array<i64>, %i: i64) {
  // expected-error@+1 {{what is left of the root has type `i64`, not `!luma.array<i64>`}}
  %x, %r = "luma.take"(%a, %i) <{path = array<i64: -1>}> : (!luma.array<i64>, i64) -> (i64, i64)
  luma.return
}

// -----

luma.func @f(%p: !luma.tuple<i64>) {
  // expected-error@+1 {{step 0 of the path selects field 1 of `!luma.tuple<i64>`, which has 1}}
  %x = luma.put %p[1] = %p : !luma.tuple<i64>, !luma.tuple<i64>
  luma.return
}

// -----

luma.func @f(%a: !luma.array<i64>, %i: i64) {
  // expected-error@+1 {{the result has type `i64`, not `!luma.array<i64>`}}
  %b = "luma.put"(%a, %i, %i) <{path = array<i64: -1>}> : (!luma.array<i64>, i64, i64) -> i64
  luma.return
}
