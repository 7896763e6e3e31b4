// RUN: luma-opt %s -p luma-instantiate | filecheck %s

// A generic function calls a generic implementation, whose parts are derived and written ones: all become concrete.

luma.struct @std.string.string {field_names = ["bytes"], field_types = [!luma.array<i8>]}
luma.enum @std.option.Option {variants = ["Some", "None"], payloads = [[!luma.param<"T">], []], type_params = ["T"], derives = ["Eq"], display_name = "Option"}

// CHECK-LABEL: @main.use
// CHECK:         luma.call @"main.same<[std.option.Option<u8>]>"
luma.func @main.use(%a: !luma.array<!luma.enum<@std.option.Option, [i8]>>) -> i1 {
  %r = luma.call @main.same(%a, %a) {type_args = [!luma.array<!luma.enum<@std.option.Option, [ui8]>>]} : (!luma.array<!luma.enum<@std.option.Option, [i8]>>, !luma.array<!luma.enum<@std.option.Option, [i8]>>) -> i1
  luma.return %r : i1
}
luma.func private @main.same(%a: !luma.param<"T">, %b: !luma.param<"T">) -> i1 attributes {type_params = ["T"]} {
  %r = luma.trait_call @std.prelude.Eq "eq" for !luma.param<"T"> (%a, %b) : (!luma.param<"T">, !luma.param<"T">) -> i1
  luma.return %r : i1
}
luma.impl @std.prelude.Eq for !luma.array<!luma.param<"T">> {methods = {eq = @std.array.eq}, type_params = ["T"]}
luma.func private @std.array.eq(%a: !luma.array<!luma.param<"T">>, %b: !luma.array<!luma.param<"T">>) -> i1 attributes {type_params = ["T"]} {
  %i = arith.constant 0 : i64
  %v = luma.get %a[%i] : !luma.array<!luma.param<"T">> -> !luma.param<"T">
  %r = luma.trait_call @std.prelude.Eq "eq" for !luma.param<"T"> (%v, %v) : (!luma.param<"T">, !luma.param<"T">) -> i1
  luma.return %r : i1
}
// CHECK-NOT:   luma.impl
// CHECK-NOT:   luma.trait_call
// CHECK-NOT:   luma.param
// CHECK:       luma.func private @"main.same<[std.option.Option<u8>]>"
// CHECK:         luma.call @"std.array.eq<std.option.Option<u8>>"
// CHECK:       luma.func private @"std.array.eq<std.option.Option<u8>>"
// CHECK:         luma.call @"std.option.Option<u8>.Eq.eq"
// CHECK:       luma.func private @"std.option.Option<u8>.Eq.eq"
// CHECK-NOT:   luma.impl
// CHECK-NOT:   luma.trait_call
