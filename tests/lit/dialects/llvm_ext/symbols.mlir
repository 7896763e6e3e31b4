// RUN: luma-opt %s | luma-opt | filecheck %s
// RUN: luma-opt %s --print-op-generic | luma-opt | filecheck %s

// CHECK:       llvm.mlir.global internal unnamed_addr constant @text("hi\00") {
llvm.mlir.global internal unnamed_addr constant @text("hi\00") {addr_space = 0 : i32, alignment = 1 : i64, dso_local} : !llvm.array<3 x i8>
// CHECK:       llvm.mlir.global internal @table(dense<{{\[}}[1, 2], [3, 4]]> : tensor<2x2xi32>)
llvm.mlir.global internal @table(dense<[[1, 2], [3, 4]]> : tensor<2x2xi32>) {addr_space = 0 : i32} : !llvm.array<2 x array<2 x i32>>
llvm.mlir.global internal constant @bytes(dense<[1, 0, -1]> : tensor<3xi8>) {addr_space = 0 : i32} : !llvm.array<3 x i8>
llvm.mlir.global private constant @floats(dense<[0.5, -0.0]> : tensor<2xf32>) {addr_space = 0 : i32} : !llvm.array<2 x f32>
// CHECK:       llvm.mlir.global external hidden thread_local @counter(
llvm.mlir.global external hidden thread_local @counter(0 : i32) {addr_space = 0 : i32, alignment = 64 : i64} : i32
llvm.mlir.global external @elsewhere() {addr_space = 0 : i32} : i64
llvm.mlir.global weak_odr @placed(7 : i64) {addr_space = 0 : i32, section = ".luma"} : i64

// CHECK:       llvm.mlir.global internal @zeros()
llvm.mlir.global internal @zeros() {addr_space = 0 : i32} : !llvm.array<100 x i64> {
  %0 = llvm.mlir.zero : !llvm.array<100 x i64>
  llvm.return %0 : !llvm.array<100 x i64>
}
// CHECK:       llvm.mlir.global internal constant @vtable()
llvm.mlir.global internal constant @vtable() {addr_space = 0 : i32} : !llvm.struct<"table", (i64, ptr, struct<(i32, ptr)>)> {
  %0 = llvm.mlir.undef : !llvm.struct<"table", (i64, ptr, struct<(i32, ptr)>)>
  %1 = llvm.mlir.constant(7 : i64) : i64
  %2 = llvm.insertvalue %1, %0[0] : !llvm.struct<"table", (i64, ptr, struct<(i32, ptr)>)>
  %3 = llvm.mlir.addressof @run_globals : !llvm.ptr
  %4 = llvm.insertvalue %3, %2[1] : !llvm.struct<"table", (i64, ptr, struct<(i32, ptr)>)>
  %5 = llvm.mlir.constant(9 : i32) : i32
  %6 = llvm.insertvalue %5, %4[2, 0] : !llvm.struct<"table", (i64, ptr, struct<(i32, ptr)>)>
  %7 = llvm.mlir.addressof @table : !llvm.ptr
  %8 = llvm.getelementptr inbounds %7[0, 1, 1] : (!llvm.ptr) -> !llvm.ptr, !llvm.array<2 x array<2 x i32>>
  %9 = llvm.insertvalue %8, %6[2, 1] : !llvm.struct<"table", (i64, ptr, struct<(i32, ptr)>)>
  llvm.return %9 : !llvm.struct<"table", (i64, ptr, struct<(i32, ptr)>)>
}
// CHECK:       llvm.mlir.alias external @other : i64
llvm.mlir.alias external @other : i64 {
  %0 = llvm.mlir.addressof @placed : !llvm.ptr
  llvm.return %0 : !llvm.ptr
}
// CHECK:       llvm.comdat @groups
// CHECK:       llvm.comdat_selector @shared any
llvm.comdat @groups {
  llvm.comdat_selector @shared any
}
// CHECK:       llvm.mlir.global_ctors ctors = [@init], priorities = [0 : i32], data = [#llvm.zero]
llvm.mlir.global_ctors ctors = [@init], priorities = [0 : i32], data = [#llvm.zero]
llvm.func @init() {
  %0 = llvm.mlir.addressof @zeros : !llvm.ptr
  %1 = llvm.mlir.constant(11 : i64) : i64
  llvm.store %1, %0 {alignment = 8 : i64} : i64, !llvm.ptr
  llvm.return
}

// CHECK-LABEL: llvm.func @run_globals
llvm.func @run_globals(%i: i64) -> i64 {
  %0 = llvm.mlir.addressof @vtable : !llvm.ptr
  %1 = llvm.getelementptr inbounds %0[0, 2, 1] : (!llvm.ptr) -> !llvm.ptr, !llvm.struct<"table", (i64, ptr, struct<(i32, ptr)>)>
  %2 = llvm.load %1 {alignment = 8 : i64} : !llvm.ptr -> !llvm.ptr
  %3 = llvm.load %2 {alignment = 4 : i64} : !llvm.ptr -> i32
  %4 = llvm.mlir.addressof @bytes : !llvm.ptr
  %5 = llvm.getelementptr inbounds %4[2] : (!llvm.ptr) -> !llvm.ptr, i8
  %6 = llvm.load %5 {alignment = 1 : i64} : !llvm.ptr -> i8
  %7 = llvm.mlir.addressof @other : !llvm.ptr
  %8 = llvm.load %7 {alignment = 8 : i64} : !llvm.ptr -> i64
  %9 = llvm.sext %6 : i8 to i64
  %10 = llvm.sext %3 : i32 to i64
  %11 = llvm.add %9, %10 : i64
  %12 = llvm.add %11, %8 : i64
  %13 = llvm.add %12, %i : i64
  llvm.return %13 : i64
}

// CHECK-LABEL: llvm.func linkonce_odr hidden local_unnamed_addr @shared() comdat(@groups::@shared)
llvm.func linkonce_odr hidden local_unnamed_addr @shared() comdat(@groups::@shared) {
  llvm.return
}
// CHECK-LABEL: @attributes
// CHECK-SAME:    %{{.*}}: !llvm.ptr {llvm.align = 16 : i64, llvm.noalias, llvm.noundef}
// CHECK-SAME:    {llvm.byval = i64}
// CHECK-SAME:    -> (i8 {llvm.zeroext})
// CHECK-SAME:    passthrough = ["nounwind", ["stackrealign", "yes"]]
llvm.func @attributes(%a: !llvm.ptr {llvm.align = 16 : i64, llvm.noalias, llvm.noundef}, %b: !llvm.ptr {llvm.readonly, llvm.nocapture, llvm.nonnull, llvm.dereferenceable = 8 : i64}, %c: !llvm.ptr {llvm.byval = i64}, %d: i64 {llvm.range = #llvm.constant_range<i64, 0, 10>}, %e: i8 {llvm.signext}) -> (i8 {llvm.zeroext}) attributes {passthrough = ["nounwind", ["stackrealign", "yes"]], target_cpu = "x86-64", target_features = #llvm.target_features<["+sse2"]>, frame_pointer = #llvm.framePointerKind<all>, uwtable_kind = #llvm.uwtableKind<async>, memory_effects = #llvm.memory_effects<other = none, argMem = readwrite, inaccessibleMem = none, errnoMem = none, targetMem0 = none, targetMem1 = none>} {
  llvm.return %e : i8
}
// CHECK-LABEL: @result_slot
llvm.func @result_slot(!llvm.ptr {llvm.sret = !llvm.struct<(i32, i32)>})
