// RUN: luma-opt %s --split-input-file --verify-diagnostics

luma.func @f(%n: i64) {
  // expected-error@+1 {{there is no function `@g`}}
  %f = luma.closure @g(%n) : (i64) -> !luma.closure<(i64) -> i64>
  luma.return
}

// -----

luma.func private @g(%n: f64, %x: i64) -> i64 { luma.return %x : i64 }
luma.func @f(%n: i64) {
  // expected-error@+1 {{the captures of `@g`}}
  %f = luma.closure @g(%n) : (i64) -> !luma.closure<(i64) -> i64>
  luma.return
}

// -----

luma.func @f(%f: !luma.closure<(i64) -> i64>, %x: f64) {
  // expected-error@+1 {{the arguments of a}}
  %r = luma.call_closure %f(%x) : !luma.closure<(i64) -> i64>, (f64) -> i64
  luma.return
}

// -----

luma.func @f(%f: !luma.closure<(i64) -> i64>, %x: i64) {
  // expected-error@+1 {{`inout` names argument 1 of 1}}
  %r = luma.call_closure %f(%x) {inout = array<i64: 1>} : !luma.closure<(i64) -> i64>, (i64) -> i64
  luma.return
}

// -----

// expected-error@+1 {{`inherited` names `area`, which is not among the methods}}
luma.trait @Shape {methods = ["name"], inherited = {area = [@Named, "area"]}}

// -----

// expected-error@+1 {{the origin of `name` is not a trait, a method and the trait's arguments}}
luma.trait @Shape {methods = ["name"], inherited = {name = [@Named]}}

// -----

luma.trait @Shape {methods = ["area"]}
luma.func @f(%n: i64) {
  // expected-error@+1 {{the method `area` is `@area`, but there is no such function}}
  %a = luma.any.make %n for i64 {methods = {area = @area}} : (i64) -> !luma.any<@Shape>
  luma.return
}

// -----

luma.trait @Shape {methods = ["area"]}
luma.func private @area(%x: f64) { luma.return }
luma.func @f(%n: i64) {
  // expected-error@+1 {{the method `area`, `@area`, does not take a `i64` first}}
  %a = luma.any.make %n for i64 {methods = {area = @area}} : (i64) -> !luma.any<@Shape>
  luma.return
}

// -----

luma.func @f(%n: i64) {
  // expected-error@+1 {{the first argument is an `any` value}}
  luma.any.call "area"(%n) : (i64) -> ()
  luma.return
}

// -----

luma.trait @Shape {methods = ["area"]}
luma.func @f(%a: !luma.any<@Shape>) {
  // expected-error@+1 {{`@Shape` has no method `name`}}
  luma.any.call "name"(%a) : (!luma.any<@Shape>) -> ()
  luma.return
}

// -----

luma.func @f(%a: !luma.any<@Shape>) {
  // expected-error@+1 {{there is no trait `@Shape`}}
  luma.any.call "name"(%a) : (!luma.any<@Shape>) -> ()
  luma.return
}
