// RUN: luma-opt %s | luma-opt | filecheck %s
// RUN: luma-opt %s --print-op-generic | luma-opt | filecheck %s

// CHECK:       luma.struct @geo.Pair {field_names = ["left", "right"], field_types = [!luma.param<"T">, i8], source_types = [!luma.param<"T">, ui8], type_params = ["T"], derives = ["std.prelude.Show"], display_name = "Pair"}
luma.struct @geo.Pair {field_names = ["left", "right"], field_types = [!luma.param<"T">, i8],
    source_types = [!luma.param<"T">, ui8], type_params = ["T"], derives = ["std.prelude.Show"], display_name = "Pair"}
// CHECK-NEXT:  luma.enum @geo.Shape {variants = ["Box", "Dot"], payloads = [
// CHECK-SAME:    [f64, i32], []], payload_names = [
// CHECK-SAME:    ["size", "mark"], []], source_payloads = [
// CHECK-SAME:    [f64, ui21], []], display_name = "Shape"}
luma.enum @geo.Shape {variants = ["Box", "Dot"], payloads = [[f64, i32], []], payload_names = [["size", "mark"], []],
    source_payloads = [[f64, ui21], []], display_name = "Shape"}
// CHECK-NEXT:  luma.impl @geo.Area for !luma.array<!luma.param<"T">> {methods = {area = @geo.area}, type_params = ["T"]}
luma.impl @geo.Area for !luma.array<!luma.param<"T">> {methods = {area = @geo.area}, type_params = ["T"]}

// CHECK-LABEL: luma.func private @geo.area
// CHECK-SAME:  (%a: !luma.array<!luma.param<"T">>, %n: i64) -> i64 attributes
// CHECK-SAME:  type_params = ["T"]
// CHECK-SAME:  modes = ["borrow", "none"]
// CHECK-SAME:  inline = "always"
luma.func private @geo.area(%a: !luma.array<!luma.param<"T">>, %n: i64) -> i64
    attributes {type_params = ["T"], arg_names = ["a", "n"], modes = ["borrow", "none"], inline = "always", cold} {
  luma.return %n : i64
}

// CHECK-LABEL: luma.func private @puts
// CHECK-SAME:  (!luma.ptr<i8>) -> i32 attributes {link_name = "puts", variadic}
luma.func private @puts(!luma.ptr<i8>) -> i32 attributes {link_name = "puts", variadic}

// CHECK-LABEL: luma.func public @calls
// CHECK-SAME:  attributes {inout = array<i64: 0>, display_name = "Calls::calls"}
// CHECK-NEXT:  luma.call @geo.area(%a, %n) {type_args = [ui8]} : (!luma.array<i8>, i64) -> i64
// CHECK-NEXT:  luma.call @puts(%p, %n) : (!luma.ptr<i8>, i64) -> i32
// CHECK-NEXT:  luma.trait_call @geo.Area "area" for !luma.array<i8>(%a, %n) : (!luma.array<i8>, i64) -> i64
// CHECK-NEXT:  luma.return %a : !luma.array<i8>
luma.func public @calls(%a: !luma.array<i8>, %n: i64, %p: !luma.ptr<i8>) -> !luma.array<i8>
    attributes {inout = array<i64: 0>, display_name = "Calls::calls"} {
  %r = luma.call @geo.area(%a, %n) {type_args = [ui8]} : (!luma.array<i8>, i64) -> i64
  %s = luma.call @puts(%p, %n) : (!luma.ptr<i8>, i64) -> i32
  %t = luma.trait_call @geo.Area "area" for !luma.array<i8> (%a, %n) : (!luma.array<i8>, i64) -> i64
  luma.return %a : !luma.array<i8>
}
