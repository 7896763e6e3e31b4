// RUN: luma-opt %s | luma-opt | filecheck %s
// RUN: luma-opt %s --print-op-generic | luma-opt | filecheck %s

llvm.func @printf(!llvm.ptr, ...) -> i32
llvm.func @__gxx_personality_v0(...) -> i32
llvm.func @may_throw(i32)

// CHECK-LABEL: @run_calls
// CHECK:       llvm.call fastcc @square(%{{.*}}) : (i64) -> i64
// CHECK:       llvm.call %{{.*}}(%{{.*}}) : !llvm.ptr, (i64) -> i64
// CHECK:       llvm.call tail @thrice(%{{.*}}) {memory_effects = #llvm.memory_effects<{{.*}}>, no_unwind, will_return} : (i64 {llvm.noundef}) -> (i64 {llvm.range = #llvm.constant_range<i64, -300, 300>})
llvm.func @run_calls(%n: i64) -> i64 {
  %a = llvm.call fastcc @square(%n) : (i64) -> i64
  %p = llvm.mlir.addressof @thrice : !llvm.ptr
  %b = llvm.call %p(%a) : !llvm.ptr, (i64) -> i64
  %c = llvm.call tail @thrice(%n) {memory_effects = #llvm.memory_effects<other = none, argMem = none, inaccessibleMem = none, errnoMem = none, targetMem0 = none, targetMem1 = none>, no_unwind, will_return} : (i64 {llvm.noundef}) -> (i64 {llvm.range = #llvm.constant_range<i64, -300, 300>})
  %d = llvm.add %b, %c : i64
  llvm.return %d : i64
}
// CHECK-LABEL: llvm.func internal fastcc @square
llvm.func internal fastcc @square(%n: i64) -> i64 attributes {no_inline, no_unwind} {
  %a = llvm.mul %n, %n : i64
  llvm.return %a : i64
}
llvm.func @thrice(%n: i64) -> i64 attributes {always_inline} {
  %k = llvm.mlir.constant(3 : i64) : i64
  %a = llvm.mul %n, %k : i64
  llvm.return %a : i64
}

// CHECK-LABEL: @run_musttail
// CHECK:       llvm.call musttail @run_musttail(%{{.*}}, %{{.*}}) : (i64, i64) -> i64
llvm.func @run_musttail(%n: i64, %acc: i64) -> i64 {
  %zero = llvm.mlir.constant(0 : i64) : i64
  %one = llvm.mlir.constant(1 : i64) : i64
  %c = llvm.icmp "sle" %n, %zero : i64
  llvm.cond_br %c, ^stop, ^go
^stop:
  llvm.return %acc : i64
^go:
  %m = llvm.sub %n, %one : i64
  %s = llvm.add %acc, %n : i64
  %r = llvm.call musttail @run_musttail(%m, %s) : (i64, i64) -> i64
  llvm.return %r : i64
}

// CHECK-LABEL: @prints
// CHECK:       vararg(!llvm.func<i32 (!llvm.ptr, ...)>)
// CHECK:       llvm.call @may_throw(%{{.*}}) ["deopt"(%{{.*}} : i32), "gc-live"()] : (i32) -> ()
llvm.func @prints(%format: !llvm.ptr, %n: i32) {
  %a = llvm.call @printf(%format, %n) vararg(!llvm.func<i32 (ptr, ...)>) : (!llvm.ptr, i32) -> i32
  llvm.call @may_throw(%a) ["deopt"(%n : i32), "gc-live"()] : (i32) -> ()
  llvm.return
}

// CHECK-LABEL: @catches
// CHECK:       llvm.invoke @may_throw(%{{.*}}) to ^{{.*}} unwind ^{{.*}} : (i32) -> ()
// CHECK:       llvm.landingpad cleanup (catch %{{.*}} : !llvm.ptr) : !llvm.struct<
// CHECK:       llvm.resume
llvm.func @catches(%n: i32) attributes {personality = @__gxx_personality_v0} {
  %null = llvm.mlir.zero : !llvm.ptr
  llvm.invoke @may_throw(%n) to ^fine unwind ^pad : (i32) -> ()
^fine:
  llvm.return
^pad:
  %caught = llvm.landingpad cleanup (catch %null : !llvm.ptr) : !llvm.struct<(ptr, i32)>
  llvm.resume %caught : !llvm.struct<(ptr, i32)>
}

// CHECK-LABEL: @run_intrinsic_call
// CHECK:       llvm.call_intrinsic "llvm.smax.i64"(%{{.*}}, %{{.*}}) : (i64, i64) -> i64
llvm.func @run_intrinsic_call(%a: i64, %b: i64) -> i64 {
  %c = llvm.call_intrinsic "llvm.smax.i64"(%a, %b) : (i64, i64) -> i64
  llvm.return %c : i64
}

// CHECK-LABEL: @run_asm
// CHECK:       llvm.inline_asm has_side_effects "bswap $0", "=r,0" %{{.*}} : (i64) -> i64
llvm.func @run_asm(%a: i64) -> i64 {
  %b = llvm.inline_asm has_side_effects "bswap $0", "=r,0" %a : (i64) -> i64
  llvm.return %b : i64
}

// CHECK-LABEL: @variadic
// CHECK:       llvm.intr.vastart
llvm.func @variadic(%n: i32, ...) {
  %one = llvm.mlir.constant(1 : i32) : i32
  %list = llvm.alloca %one x !llvm.struct<(i32, i32, ptr, ptr)> : (i32) -> !llvm.ptr
  llvm.intr.vastart %list : !llvm.ptr
  llvm.intr.vaend %list : !llvm.ptr
  llvm.return
}
