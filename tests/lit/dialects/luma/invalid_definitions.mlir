// RUN: luma-opt %s --split-input-file --verify-diagnostics

// expected-error@+1 {{`inout` is not in ascending order: 0, 0}}
luma.func @f(%a: i64) -> i64 attributes {inout = array<i64: 0, 0>} {
  luma.unreachable
}

// -----

// expected-error@+1 {{fewer results than `inout` parameters}}
luma.func @f(%a: i64) attributes {inout = array<i64: 0>} {
  luma.unreachable
}

// -----

// expected-error@+1 {{`inout` names parameter 1 of 1}}
luma.func @f(%a: i64) -> i64 attributes {inout = array<i64: 1>} {
  luma.unreachable
}

// -----

// expected-error@+1 {{the result for `inout` parameter 0 has type `i64`, the parameter `f64`}}
luma.func private @f(f64) -> i64 attributes {inout = array<i64: 0>}

// -----

// expected-error@+1 {{`arg_names` has 2 entries for 1 parameters}}
luma.func private @f(f64) attributes {arg_names = ["a", "b"]}

// -----

// expected-error@+1 {{`modes` is "take", expected one of own, borrow, none}}
luma.func private @f(f64) attributes {modes = ["take"]}

// -----

// expected-error@+1 {{`inline` is "often", expected one of always, never}}
luma.func private @f(f64) attributes {inline = "often"}

// -----

// expected-error@+1 {{`type_params` holds `T` twice}}
luma.func private @f(f64) attributes {type_params = ["T", "T"]}

// -----

// expected-error@+1 {{the arguments of the entry block have types (f64), not (i64)}}
"luma.func"() <{sym_name = "f", function_type = (i64) -> ()}> ({
^body(%x: f64):
  luma.return
}) : () -> ()

// -----

// expected-error@+1 {{the body of `luma.func` is one block}}
"luma.func"() <{sym_name = "f", function_type = () -> ()}> ({
  luma.return
^next:
  luma.return
}) : () -> ()

// -----

luma.func @f() {
  // expected-error@+1 {{there is no function `@missing`}}
  luma.call @missing() : () -> ()
  luma.return
}

// -----

luma.struct @Pair {field_names = ["left", "right"], field_types = [!luma.param<"T">, i64], type_params = ["T"]}
luma.func @f() {
  // expected-error@+1 {{`@Pair` is a `luma.struct`, not a function}}
  luma.call @Pair() : () -> ()
  luma.return
}

// -----

luma.func private @h(%a: i64) -> f64 {
  luma.unreachable
}
luma.func @f(%a: i64) {
  // expected-error@+1 {{the arguments of `@h`: 2 given, 1 needed, of types (i64)}}
  %r = luma.call @h(%a, %a) : (i64, i64) -> f64
  luma.return
}

// -----

luma.func private @h(%a: i64) -> f64 {
  luma.unreachable
}
luma.func @f(%a: f64) {
  // expected-error@+1 {{the arguments of `@h` have types (f64), not (i64)}}
  %r = luma.call @h(%a) : (f64) -> f64
  luma.return
}

// -----

luma.func private @h(%a: i64) -> f64 {
  luma.unreachable
}
luma.func @f(%a: i64) {
  // expected-error@+1 {{the results of `@h` have types (i64), not (f64)}}
  %r = luma.call @h(%a) : (i64) -> i64
  luma.return
}

// -----

luma.func private @h(%a: i64) -> f64 {
  luma.unreachable
}
luma.func @f(%a: i64) {
  // expected-error@+1 {{`@h` takes 0 type arguments, not 1}}
  %r = luma.call @h(%a) {type_args = [i64]} : (i64) -> f64
  luma.return
}

// -----

luma.func private @g(%a: i64, %b: !luma.param<"T">) -> !luma.array<!luma.param<"T">> attributes {type_params = ["T"]} {
  luma.unreachable
}
luma.func @f(%a: i64) {
  // expected-error@+1 {{`@g` takes 1 type arguments, not 0}}
  %r = luma.call @g(%a, %a) : (i64, i64) -> !luma.array<i64>
  luma.return
}

// -----

luma.func private @g(%a: i64, %b: !luma.param<"T">) -> !luma.array<!luma.param<"T">> attributes {type_params = ["T"]} {
  luma.unreachable
}
luma.func @f(%a: i64, %b: i8) {
  // expected-error@+1 {{the results of `@g` have types (!luma.array<i64>), not (!luma.array<i8>)}}
  %r = luma.call @g(%a, %b) {type_args = [ui8]} : (i64, i8) -> !luma.array<i64>
  luma.return
}

// -----

luma.func private @h(%a: i64) -> f64 {
  luma.unreachable
}
luma.impl @Area for i64 {methods = {area = @h}}
luma.func @f(%a: i64) {
  // expected-error@+1 {{no implementation of `@Area` has a method `size`}}
  %r = luma.trait_call @Area "size" for i64 (%a) : (i64) -> f64
  luma.return
}

// -----

luma.func private @h(%a: i64) -> f64 {
  luma.unreachable
}
luma.impl @Area for i64 {methods = {area = @h}}
luma.func @f(%a: i64) {
  // expected-error@+1 {{the type that implements the trait is `"i64"`, which is no type}}
  %r = "luma.trait_call"(%a) <{trait = @Area, method = "area", self_type = "i64"}> : (i64) -> f64
  luma.return
}

// -----

// expected-error@+1 {{as many field names as field types are needed}}
luma.struct @S {field_names = ["a"], field_types = []}

// -----

// expected-error@+1 {{`field_names` holds `a` twice}}
luma.struct @S {field_names = ["a", "a"], field_types = [i64, i64]}

// -----

// expected-error@+1 {{`"i64"` in `field_types` is no type}}
luma.struct @S {field_names = ["a"], field_types = ["i64"]}

// -----

// expected-error@+1 {{the type parameter `T` in `field_types` is not declared in `type_params`}}
luma.struct @S {field_names = ["a"], field_types = [!luma.array<!luma.param<"T">>]}

// -----

// expected-error@+1 {{the source types of `field_types` have types (i8), not (i64)}}
luma.struct @S {field_names = ["a"], field_types = [i64], source_types = [ui8]}

// -----

// expected-error@+1 {{as many variants as payloads are needed}}
luma.enum @E {variants = ["A"], payloads = []}

// -----

// expected-error@+1 {{`variants` holds `A` twice}}
luma.enum @E {variants = ["A", "A"], payloads = [[], []]}

// -----

// expected-error@+1 {{`payload_names` has 0 entries for 1 variants}}
luma.enum @E {variants = ["A"], payloads = [[i64]], payload_names = []}

// -----

// expected-error@+1 {{2 names for 1 fields of `A`}}
luma.enum @E {variants = ["A"], payloads = [[i64]], payload_names = [["a", "b"]]}

// -----

// expected-error@+1 {{the type parameter `T` in the payload of `A` is not declared in `type_params`}}
luma.enum @E {variants = ["A"], payloads = [[!luma.param<"T">]]}

// -----

// expected-error@+1 {{the source types of the payload of `A` have types (i8), not (i64)}}
luma.enum @E {variants = ["A"], payloads = [[i64]], source_payloads = [[ui8]]}

// -----

// expected-error@+1 {{the type that implements the trait is `"i64"`, which is no type}}
luma.impl @Area for "i64" {methods = {}}

// -----

// expected-error@+1 {{the method `area` is `"h"`, which is no symbol of a function}}
luma.impl @Area for i64 {methods = {area = "h"}}

// -----

// expected-error@+1 {{the method `area` is `@missing`, but there is no such function}}
luma.impl @Area for i64 {methods = {area = @missing}}
