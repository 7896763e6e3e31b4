// RUN: luma-opt %s -p luma-monomorphize --split-input-file --verify-diagnostics | filecheck %s

// One instance per set of type arguments, also for types of equal values; the generic function goes.

// CHECK-LABEL: @main.use
// CHECK-SAME:    %[[A:[a-z0-9_]+]]: !luma.array<i8>, %[[B:[a-z0-9_]+]]: !luma.array<f64>
// CHECK:         luma.call @"main.first<u8>"(%[[A]]) : (!luma.array<i8>) -> i8
// CHECK:         luma.call @"main.first<i8>"(%[[A]]) : (!luma.array<i8>) -> i8
// CHECK:         luma.call @"main.first<f64>"(%[[B]]) : (!luma.array<f64>) -> f64
// CHECK:         luma.call @"main.first<u8>"(%[[A]]) : (!luma.array<i8>) -> i8
luma.func @main.use(%a: !luma.array<i8>, %b: !luma.array<f64>) {
  %0 = luma.call @main.first(%a) {type_args = [ui8]} : (!luma.array<i8>) -> i8
  %1 = luma.call @main.first(%a) {type_args = [i8]} : (!luma.array<i8>) -> i8
  %2 = luma.call @main.first(%b) {type_args = [f64]} : (!luma.array<f64>) -> f64
  %3 = luma.call @main.first(%a) {type_args = [ui8]} : (!luma.array<i8>) -> i8
  luma.return
}
luma.func private @main.first(%a: !luma.array<!luma.param<"T">>) -> !luma.param<"T"> attributes {type_params = ["T"], display_name = "first"} {
  %i = arith.constant 0 : i64
  %v = luma.get %a[%i] : !luma.array<!luma.param<"T">> -> !luma.param<"T">
  %w = luma.call @main.same(%v) {type_args = [!luma.param<"T">]} : (!luma.param<"T">) -> !luma.param<"T">
  luma.return %w : !luma.param<"T">
}
luma.func private @main.same(%v: !luma.param<"T">) -> !luma.param<"T"> attributes {type_params = ["T"]} {
  luma.return %v : !luma.param<"T">
}
// CHECK-NOT:   type_params
// CHECK:       luma.func private @"main.first<u8>"(%{{.*}}: !luma.array<i8>) -> i8
// CHECK:         luma.get %{{.*}}[%{{.*}}] : !luma.array<i8> -> i8
// CHECK:         luma.call @"main.same<u8>"
// CHECK-COUNT-2: luma.func private @"main.first<{{i8|f64}}>"
// CHECK-COUNT-3: luma.func private @"main.same<{{u8|i8|f64}}>"
// CHECK-NOT:   @main.first

// -----

// Moving out what is not counted is reading it; a trait call keeps the source type of its type.

luma.struct @main.Cell {field_names = ["value"], field_types = [!luma.param<"T">], type_params = ["T"]}
// CHECK-LABEL: @main.two
luma.func @main.two(%c: !luma.array<!luma.struct<@main.Cell, [i32]>>, %d: !luma.array<!luma.struct<@main.Cell, [!luma.array<i8>]>>) {
  %0 = luma.call @main.bump(%c) {type_args = [ui21]} : (!luma.array<!luma.struct<@main.Cell, [i32]>>) -> !luma.array<!luma.struct<@main.Cell, [i32]>>
  %1 = luma.call @main.bump(%d) {type_args = [!luma.array<ui8>]} : (!luma.array<!luma.struct<@main.Cell, [!luma.array<i8>]>>) -> !luma.array<!luma.struct<@main.Cell, [!luma.array<i8>]>>
  luma.return
}
luma.func private @main.bump(%c: !luma.array<!luma.struct<@main.Cell, [!luma.param<"T">]>>) -> !luma.array<!luma.struct<@main.Cell, [!luma.param<"T">]>> attributes {type_params = ["T"]} {
  %i = arith.constant 0 : i64
  %v, %rest = luma.take %c[%i, 0] : !luma.array<!luma.struct<@main.Cell, [!luma.param<"T">]>> -> !luma.param<"T">
  %w = luma.trait_call @main.Bump "bump" for !luma.array<!luma.param<"T">> (%v) : (!luma.param<"T">) -> !luma.param<"T">
  %r = luma.put %rest[%i, 0] = %w : !luma.array<!luma.struct<@main.Cell, [!luma.param<"T">]>>, !luma.param<"T">
  luma.return %r : !luma.array<!luma.struct<@main.Cell, [!luma.param<"T">]>>
}
// CHECK-LABEL: luma.func private @"main.bump<char>"
// CHECK-SAME:    %[[C:[a-z0-9_]+]]: !luma.array<!luma.struct<@main.Cell, [i32]>>
// CHECK:         %[[V:[a-z0-9_]+]] = luma.get %[[C]][%[[I:[a-z0-9_]+]], 0] : {{.*}} -> i32
// CHECK:         %[[W:[a-z0-9_]+]] = luma.trait_call @main.Bump "bump" for !luma.array<ui21>(%[[V]])
// CHECK:         luma.set %[[C]][%[[I]], 0] = %[[W]]
// CHECK-LABEL: luma.func private @"main.bump<[u8]>"
// CHECK:         luma.take
// CHECK:         luma.put

// -----

// Endless instances are an error, where the call is that would go too far.

luma.func @main.start(%x: i64) {
  luma.call @main.grow(%x) {type_args = [i64]} : (i64) -> ()
  luma.return
}
luma.func private @main.grow(%x: !luma.param<"T">) attributes {type_params = ["T"], display_name = "grow"} {
  %a = luma.array.make %x : (!luma.param<"T">) -> !luma.array<!luma.param<"T">>
  // expected-error@+1 {{instances of `grow` never end: each needs one for a larger type}}
  luma.call @main.grow(%a) {type_args = [!luma.array<!luma.param<"T">>]} : (!luma.array<!luma.param<"T">>) -> ()
  luma.return
}

// -----

// A type that doubles with each instance is not looked at as a whole.

luma.func @main.start(%x: i64) {
  luma.call @main.double(%x) {type_args = [i64]} : (i64) -> ()
  luma.return
}
luma.func private @main.double(%x: !luma.param<"T">) attributes {type_params = ["T"], display_name = "double"} {
  %a = luma.tuple.make %x, %x : (!luma.param<"T">, !luma.param<"T">) -> !luma.tuple<!luma.param<"T">, !luma.param<"T">>
  // expected-error@+1 {{instances of `double` never end: each needs one for a larger type}}
  luma.call @main.double(%a) {type_args = [!luma.tuple<!luma.param<"T">, !luma.param<"T">>]} : (!luma.tuple<!luma.param<"T">, !luma.param<"T">>) -> ()
  luma.return
}
