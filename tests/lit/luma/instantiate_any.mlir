// `any Trait`: the methods of what becomes one are found, calls of the trait go through the table, also in instances of
// generic functions; an `any` value of a trait with a parent forwards when it becomes one of the parent.
// RUN: luma-opt %s -p luma-instantiate | filecheck %s

luma.struct @m.Square {field_names = ["side"], field_types = [f64]}
luma.trait @m.Shape {methods = ["area", "name"], inherited = {name = [@m.Named, "name"]}}
luma.trait @m.Named {methods = ["name"]}
luma.impl @m.Shape for !luma.struct<@m.Square> {methods = {area = @m.area}}
luma.impl @m.Named for !luma.struct<@m.Square> {methods = {name = @m.name}}
luma.func private @m.area(%s: !luma.struct<@m.Square>) -> f64 {
  %a = luma.get %s[0] : !luma.struct<@m.Square> -> f64
  luma.return %a : f64
}
luma.func private @m.name(%s: !luma.struct<@m.Square>) -> i64 {
  %n = arith.constant 7 : i64
  luma.return %n : i64
}
luma.func private @m.twice(%x: !luma.param<"T">) -> f64 attributes {type_params = ["T"]} {
  %a = luma.trait_call @m.Shape "area" for !luma.param<"T"> (%x) : (!luma.param<"T">) -> f64
  luma.return %a : f64
}

// CHECK-LABEL: luma.func @m.main
luma.func @m.main(%s: !luma.struct<@m.Square>) -> (f64, i64) {
  // CHECK: %[[ANY:[a-z]+]] = luma.any.make %{{[a-z]+}} for !luma.struct<@m.Square> {methods = {area = @m.area, name = @m.name}}
  %a = luma.any.make %s for !luma.struct<@m.Square> : (!luma.struct<@m.Square>) -> !luma.any<@m.Shape>
  // CHECK: luma.call @"m.twice<[[TYPE:.*]]>"(%[[ANY]])
  %r = luma.call @m.twice(%a) {type_args = [!luma.any<@m.Shape>]} : (!luma.any<@m.Shape>) -> f64
  // CHECK: %[[WIDE:[a-z]+]] = luma.any.make %[[ANY]] for !luma.any<@m.Shape> {methods = {name = @[[FORWARD:.*]]}}
  %n = luma.any.make %a for !luma.any<@m.Shape> : (!luma.any<@m.Shape>) -> !luma.any<@m.Named>
  // CHECK: luma.any.call "name"(%[[WIDE]]) : (!luma.any<@m.Named>) -> i64
  %i = luma.trait_call @m.Named "name" for !luma.any<@m.Named> (%n) : (!luma.any<@m.Named>) -> i64
  luma.return %r, %i : f64, i64
}
// CHECK:      luma.func private @"m.twice<[[TYPE]]>"
// CHECK-NEXT:   luma.any.call "area"(%{{[a-z]+}}) : (!luma.any<@m.Shape>) -> f64
// CHECK:      luma.func private @[[FORWARD]]
// CHECK:        luma.any.call "name"(%{{[0-9]+}}) : (!luma.any<@m.Shape>) -> i64
