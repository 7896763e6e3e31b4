// RUN: luma-opt %s -p luma-instantiate --split-input-file --verify-diagnostics | filecheck %s
// RUN: luma-opt %s --split-input-file --verify-diagnostics | luma-opt - -p luma-instantiate --split-input-file | filecheck %s

// Associated types become what the implementation for the base says, through several of them; in definitions they are
// parameters of their own. Default methods are functions of `Self`; methods have type parameters of their own.

luma.struct @main.Down {field_names = ["n"], field_types = [i8], source_types = [ui8]}
luma.struct @main.Peek {field_names = ["walk", "head"], field_types = [!luma.param<"W">, !luma.param<"W::Item">], type_params = ["W", "W::Item"]}

// CHECK-LABEL: luma.func @main.use
// CHECK:         luma.call @"main.last<main.Down>"(%{{.*}}) : (!luma.struct<@main.Down>) -> i8
// CHECK:         luma.call @"main.peek<main.Down>"(%{{.*}}) : (!luma.struct<@main.Down>) -> !luma.struct<@main.Peek, [!luma.struct<@main.Down>, i8]>
// CHECK:         luma.call @"main.Walk.pair<main.Down, f64>"(%{{.*}}, %{{.*}}) : (!luma.struct<@main.Down>, f64) -> !luma.tuple<i8, f64>
luma.func @main.use(%d: !luma.struct<@main.Down>, %f: f64) {
  %x = luma.call @main.last(%d) {type_args = [!luma.struct<@main.Down>]} : (!luma.struct<@main.Down>) -> i8
  %p = luma.call @main.peek(%d) {type_args = [!luma.struct<@main.Down>]} : (!luma.struct<@main.Down>) -> !luma.struct<@main.Peek, [!luma.struct<@main.Down>, i8]>
  %q = luma.trait_call @main.Walk "pair" for !luma.struct<@main.Down> (%d, %f) {type_args = [f64]} : (!luma.struct<@main.Down>, f64) -> !luma.tuple<i8, f64>
  luma.return
}
// CHECK-NOT:   luma.assoc
// CHECK:       luma.func private @"main.last<main.Down>"(%{{.*}}: !luma.struct<@main.Down>) -> i8
// CHECK:         luma.call @main.Down.next(%{{.*}}) : (!luma.struct<@main.Down>) -> i8
luma.func private @main.last(%w: !luma.param<"W">) -> !luma.assoc<@main.Walk, "Item", !luma.param<"W">> attributes {type_params = ["W"]} {
  %r = luma.trait_call @main.Walk "next" for !luma.param<"W"> (%w) : (!luma.param<"W">) -> !luma.assoc<@main.Walk, "Item", !luma.param<"W">>
  luma.return %r : !luma.assoc<@main.Walk, "Item", !luma.param<"W">>
}
// CHECK:       luma.func private @"main.peek<main.Down>"
luma.func private @main.peek(%w: !luma.param<"W">) -> !luma.struct<@main.Peek, [!luma.param<"W">, !luma.assoc<@main.Walk, "Item", !luma.param<"W">>]> attributes {type_params = ["W"]} {
  %x = luma.call @main.last(%w) {type_args = [!luma.param<"W">]} : (!luma.param<"W">) -> !luma.assoc<@main.Walk, "Item", !luma.param<"W">>
  %r = luma.struct.make %w, %x : (!luma.param<"W">, !luma.assoc<@main.Walk, "Item", !luma.param<"W">>) -> !luma.struct<@main.Peek, [!luma.param<"W">, !luma.assoc<@main.Walk, "Item", !luma.param<"W">>]>
  luma.return %r : !luma.struct<@main.Peek, [!luma.param<"W">, !luma.assoc<@main.Walk, "Item", !luma.param<"W">>]>
}
luma.func private @main.Down.next(%d: !luma.struct<@main.Down>) -> i8 {
  %n = luma.get %d[0] : !luma.struct<@main.Down> -> i8
  luma.return %n : i8
}
// CHECK:       luma.func private @"main.Walk.pair<main.Down, f64>"(%{{.*}}: !luma.struct<@main.Down>, %{{.*}}: f64) -> !luma.tuple<i8, f64>
// CHECK:         luma.call @main.Down.next
luma.func private @main.Walk.pair(%s: !luma.param<"Self">, %u: !luma.param<"U">) -> !luma.tuple<!luma.assoc<@main.Walk, "Item", !luma.param<"Self">>, !luma.param<"U">> attributes {type_params = ["Self", "U"]} {
  %x = luma.trait_call @main.Walk "next" for !luma.param<"Self"> (%s) : (!luma.param<"Self">) -> !luma.assoc<@main.Walk, "Item", !luma.param<"Self">>
  %t = luma.tuple.make %x, %u : (!luma.assoc<@main.Walk, "Item", !luma.param<"Self">>, !luma.param<"U">) -> !luma.tuple<!luma.assoc<@main.Walk, "Item", !luma.param<"Self">>, !luma.param<"U">>
  luma.return %t : !luma.tuple<!luma.assoc<@main.Walk, "Item", !luma.param<"Self">>, !luma.param<"U">>
}
luma.impl @main.Walk for !luma.struct<@main.Down> {methods = {next = @main.Down.next, pair = @main.Walk.pair}, types = {Item = ui8}}
