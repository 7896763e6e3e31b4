// RUN: luma-opt %s -p luma-resolve-traits --split-input-file --verify-diagnostics | filecheck %s

// The source type decides: `u8` and `i8` have one IR type and two implementations.

// CHECK-LABEL: @main.compare
// CHECK-SAME:    %[[X:[a-z0-9_]+]]: i8, %[[Y:[a-z0-9_]+]]: i8, %[[A:[a-z0-9_]+]]: !luma.array<i8>
luma.func @main.compare(%x: i8, %y: i8, %a: !luma.array<i8>) {
  // CHECK: luma.call @less_u8(%[[X]], %[[Y]]) : (i8, i8) -> i1
  %0 = luma.trait_call @std.prelude.Ord "less" for ui8 (%x, %y) : (i8, i8) -> i1
  // CHECK: luma.call @less_i8(%[[X]], %[[Y]]) : (i8, i8) -> i1
  %1 = luma.trait_call @std.prelude.Ord "less" for i8 (%x, %y) : (i8, i8) -> i1
  // CHECK: luma.call @less_array(%[[A]], %{{.*}}) {type_args = [ui8]}
  %2 = luma.trait_call @std.prelude.Ord "less" for !luma.array<ui8> (%a, %a) : (!luma.array<i8>, !luma.array<i8>) -> i1
  luma.return
}
luma.impl @std.prelude.Ord for i8 {methods = {less = @less_i8}}
luma.impl @std.prelude.Ord for ui8 {methods = {less = @less_u8}}
luma.impl @std.prelude.Ord for !luma.array<!luma.param<"T">> {methods = {less = @less_array}, type_params = ["T"]}
luma.func private @less_i8(%x: i8, %y: i8) -> i1 {
  %r = arith.cmpi slt, %x, %y : i8
  luma.return %r : i1
}
luma.func private @less_u8(%x: i8, %y: i8) -> i1 {
  %r = arith.cmpi ult, %x, %y : i8
  luma.return %r : i1
}
// Calls on type parameters wait.
// CHECK-LABEL: luma.func private @less_array
// CHECK:         luma.trait_call @std.prelude.Ord "less" for !luma.param<"T">
luma.func private @less_array(%x: !luma.array<!luma.param<"T">>, %y: !luma.array<!luma.param<"T">>) -> i1 attributes {type_params = ["T"]} {
  %i = arith.constant 0 : i64
  %v = luma.get %x[%i] : !luma.array<!luma.param<"T">> -> !luma.param<"T">
  %r = luma.trait_call @std.prelude.Ord "less" for !luma.param<"T"> (%v, %v) : (!luma.param<"T">, !luma.param<"T">) -> i1
  luma.return %r : i1
}

// -----

// An implementation for one type goes before the one for all types; a trait's arguments choose among its implementations.

// CHECK-LABEL: @main.choose
// CHECK-SAME:    %[[X:[a-z0-9_]+]]: i64, %[[B:[a-z0-9_]+]]: i1, %[[F:[a-z0-9_]+]]: f64
luma.func @main.choose(%x: i64, %b: i1, %f: f64) {
  // CHECK: luma.call @name_int(%[[X]])
  luma.trait_call @main.Name "name" for i64 (%x) : (i64) -> ()
  // CHECK: luma.call @name_any(%[[B]]) {type_args = [i1]}
  luma.trait_call @main.Name "name" for i1 (%b) : (i1) -> ()
  // CHECK: luma.call @from_f64(%[[F]])
  %0 = luma.trait_call @main.From "from" for i64 (%f) {trait_args = [f64]} : (f64) -> i64
  // CHECK: luma.call @from_bool(%[[B]])
  %1 = luma.trait_call @main.From "from" for i64 (%b) {trait_args = [i1]} : (i1) -> i64
  luma.return
}
luma.impl @main.Name for !luma.param<"T"> {methods = {name = @name_any}, type_params = ["T"]}
luma.impl @main.Name for i64 {methods = {name = @name_int}}
luma.impl @main.From for i64 {methods = {from = @from_bool}, trait_args = [i1]}
luma.impl @main.From for i64 {methods = {from = @from_f64}, trait_args = [f64]}
luma.func private @name_any(%x: !luma.param<"T">) attributes {type_params = ["T"]} {
  luma.return
}
luma.func private @name_int(%x: i64) {
  luma.return
}
luma.func private @from_bool(%x: i1) -> i64 {
  %r = arith.extui %x : i1 to i64
  luma.return %r : i64
}
luma.func private @from_f64(%x: f64) -> i64 {
  %r = luma.float_to_int %x : f64 -> i64
  luma.return %r : i64
}

// -----

luma.func @main.missing(%x: i32) -> i1 {
  // expected-error@+1 {{`Eq` is not implemented for `char`}}
  %r = luma.trait_call @std.prelude.Eq "eq" for ui21 (%x, %x) : (i32, i32) -> i1
  luma.return %r : i1
}
