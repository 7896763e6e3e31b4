// RUN: luma-opt %s -p convert-func-to-llvm | filecheck %s

// Several results travel in a structure.
// CHECK-LABEL: llvm.func internal @pair
// CHECK-SAME:  (%[[A:.*]]: i64, %[[B:.*]]: f64) -> !llvm.struct<(f64, i64)>
// CHECK:       %[[P:.*]] = llvm.mlir.poison : !llvm.struct<(f64, i64)>
// CHECK-NEXT:  %[[Q:.*]] = llvm.insertvalue %[[B]], %[[P]][0]
// CHECK-NEXT:  %[[R:.*]] = llvm.insertvalue %[[A]], %[[Q]][1]
// CHECK-NEXT:  llvm.return %[[R]]
func.func private @pair(%a: i64, %b: f64) -> (f64, i64) {
  func.return %b, %a : f64, i64
}

// CHECK-LABEL: llvm.func @user
// CHECK:       %[[S:.*]] = llvm.call @pair(%{{.*}}) : (i64, f64) -> !llvm.struct<(f64, i64)>
// CHECK-NEXT:  %[[X:.*]] = llvm.extractvalue %[[S]][0]
// CHECK-NEXT:  %[[Y:.*]] = llvm.extractvalue %[[S]][1]
// CHECK-NEXT:  arith.sitofp %[[Y]]
// CHECK:       llvm.call @nothing() : () -> ()
func.func @user(%a: i64, %b: f64) -> f64 {
  %x:2 = func.call @pair(%a, %b) : (i64, f64) -> (f64, i64)
  %f = arith.sitofp %x#1 : i64 to f64
  func.call @nothing() : () -> ()
  func.return %f : f64
}

// CHECK-LABEL: llvm.func @nothing() attributes {no_unwind}
func.func private @nothing()

// Attributes of parameters pass through, others of the function become what LLVM has for them.
// CHECK-LABEL: llvm.func @attributes
// CHECK-SAME:  (!llvm.ptr {llvm.noalias, llvm.nonnull}) attributes
// CHECK-SAME:  no_unwind, no_inline, passthrough = ["noreturn", "cold"]
func.func private @attributes(%p: !llvm.ptr {llvm.noalias, llvm.nonnull, luma.own}) attributes {cold, no_return, inline = "never"}

// The link name replaces the symbol, in calls too; a second declaration of the same function goes.
// CHECK-LABEL: llvm.func @caller
// CHECK:       llvm.call @write(%{{.*}}) : (i32) -> i64
// CHECK-NEXT:  llvm.call @write(%{{.*}}) : (i32) -> i64
// CHECK-NEXT:  llvm.call @printf(%{{.*}}) vararg(!llvm.func<i32 (!llvm.ptr, ...)>) : (!llvm.ptr) -> i32
// CHECK-NEXT:  llvm.mlir.addressof @write
// CHECK:       llvm.func @write(i32) -> i64
// CHECK-NOT:   @write
func.func @caller(%n: i32, %p: !llvm.ptr) -> !llvm.ptr {
  %0 = func.call @std.io.write(%n) : (i32) -> i64
  %1 = func.call @user.write(%n) : (i32) -> i64
  %2 = func.call @user.printf(%p) : (!llvm.ptr) -> i32
  %3 = llvm.mlir.addressof @user.write : !llvm.ptr
  func.return %3 : !llvm.ptr
}
func.func private @std.io.write(%n: i32) -> i64 attributes {link_name = "write"}
func.func private @user.write(%n: i32) -> i64 attributes {link_name = "write"}
func.func private @user.printf(%p: !llvm.ptr) -> i32 attributes {link_name = "printf", variadic}

// A parameter of type `index` is an i64; ops of other dialects keep seeing the index.
// CHECK-LABEL: llvm.func @index(%{{.*}}: i64) -> i64
// CHECK:       %[[I:.*]] = builtin.unrealized_conversion_cast %{{.*}} : i64 to index
// CHECK-NEXT:  arith.addi %[[I]], %[[I]] : index
func.func @index(%i: index) -> index {
  %0 = arith.addi %i, %i : index
  func.return %0 : index
}

// A function as a value is its address.
// CHECK-LABEL: llvm.func @values
// CHECK:       %[[F:.*]] = llvm.mlir.addressof @pair : !llvm.ptr
// CHECK:       %[[S:.*]] = llvm.call %[[F]](%{{.*}}, %{{.*}}) : !llvm.ptr, (i64, f64) -> !llvm.struct<(f64, i64)>
// CHECK-NEXT:  llvm.extractvalue %[[S]][0]
func.func @values(%a: i64, %b: f64) -> f64 {
  %f = func.constant @pair : (i64, f64) -> (f64, i64)
  %r:2 = func.call_indirect %f(%a, %b) : (i64, f64) -> (f64, i64)
  func.return %r#0 : f64
}
