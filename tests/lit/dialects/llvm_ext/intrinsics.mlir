// RUN: luma-opt %s | luma-opt | filecheck %s
// RUN: luma-opt %s --print-op-generic | luma-opt | filecheck %s

// CHECK-LABEL: @run_integers
// CHECK:       llvm.intr.smax(%{{.*}}, %{{.*}}) : (i64, i64) -> i64
// CHECK:       "llvm.intr.abs"(%{{.*}}) <{is_int_min_poison = false}>
// CHECK:       llvm.intr.fshl(
llvm.func @run_integers(%a: i64, %b: i64) -> i64 {
  %0 = llvm.intr.smax(%a, %b) : (i64, i64) -> i64
  %1 = llvm.intr.smin(%a, %b) : (i64, i64) -> i64
  %2 = llvm.intr.umax(%a, %b) : (i64, i64) -> i64
  %3 = llvm.intr.umin(%a, %b) : (i64, i64) -> i64
  %4 = "llvm.intr.abs"(%a) <{is_int_min_poison = false}> : (i64) -> i64
  %5 = "llvm.intr.ctlz"(%a) <{is_zero_poison = false}> : (i64) -> i64
  %6 = "llvm.intr.cttz"(%a) <{is_zero_poison = false}> : (i64) -> i64
  %7 = llvm.intr.ctpop(%a) : (i64) -> i64
  %8 = llvm.intr.bswap(%a) : (i64) -> i64
  %9 = llvm.intr.bitreverse(%b) : (i64) -> i64
  %10 = llvm.intr.fshl(%a, %b, %7) : (i64, i64, i64) -> i64
  %11 = llvm.intr.fshr(%a, %b, %7) : (i64, i64, i64) -> i64
  %12 = llvm.intr.sadd.sat(%a, %b) : (i64, i64) -> i64
  %13 = llvm.intr.uadd.sat(%a, %b) : (i64, i64) -> i64
  %14 = llvm.intr.ssub.sat(%a, %b) : (i64, i64) -> i64
  %15 = llvm.intr.usub.sat(%a, %b) : (i64, i64) -> i64
  %16 = llvm.intr.expect %15, %14 : i64
  %20 = llvm.xor %0, %1 : i64
  %21 = llvm.add %20, %2 : i64
  %22 = llvm.xor %21, %3 : i64
  %23 = llvm.add %22, %4 : i64
  %24 = llvm.xor %23, %5 : i64
  %25 = llvm.add %24, %6 : i64
  %26 = llvm.xor %25, %8 : i64
  %27 = llvm.add %26, %9 : i64
  %28 = llvm.xor %27, %10 : i64
  %29 = llvm.add %28, %11 : i64
  %30 = llvm.xor %29, %12 : i64
  %31 = llvm.add %30, %13 : i64
  %32 = llvm.xor %31, %14 : i64
  %33 = llvm.add %32, %16 : i64
  llvm.return %33 : i64
}

// CHECK-LABEL: @run_overflow
// CHECK:       "llvm.intr.sadd.with.overflow"(%{{.*}}, %{{.*}}) : (i64, i64) -> !llvm.struct<(i64, i1)>
llvm.func @run_overflow(%a: i64, %b: i64) -> i64 {
  %0 = "llvm.intr.sadd.with.overflow"(%a, %b) : (i64, i64) -> !llvm.struct<(i64, i1)>
  %1 = "llvm.intr.uadd.with.overflow"(%a, %b) : (i64, i64) -> !llvm.struct<(i64, i1)>
  %2 = "llvm.intr.ssub.with.overflow"(%a, %b) : (i64, i64) -> !llvm.struct<(i64, i1)>
  %3 = "llvm.intr.usub.with.overflow"(%a, %b) : (i64, i64) -> !llvm.struct<(i64, i1)>
  %4 = "llvm.intr.smul.with.overflow"(%a, %b) : (i64, i64) -> !llvm.struct<(i64, i1)>
  %5 = "llvm.intr.umul.with.overflow"(%a, %b) : (i64, i64) -> !llvm.struct<(i64, i1)>
  %f0 = llvm.extractvalue %0[1] : !llvm.struct<(i64, i1)>
  %f1 = llvm.extractvalue %1[1] : !llvm.struct<(i64, i1)>
  %f2 = llvm.extractvalue %2[1] : !llvm.struct<(i64, i1)>
  %f3 = llvm.extractvalue %3[1] : !llvm.struct<(i64, i1)>
  %f4 = llvm.extractvalue %4[1] : !llvm.struct<(i64, i1)>
  %v5 = llvm.extractvalue %5[0] : !llvm.struct<(i64, i1)>
  %x0 = llvm.xor %f0, %f1 : i1
  %x1 = llvm.xor %x0, %f2 : i1
  %x2 = llvm.xor %x1, %f3 : i1
  %x3 = llvm.xor %x2, %f4 : i1
  %x4 = llvm.zext %x3 : i1 to i64
  %r = llvm.add %x4, %v5 : i64
  llvm.return %r : i64
}

// CHECK-LABEL: @run_floats
// CHECK:       llvm.intr.sqrt(%{{.*}}) : (f64) -> f64
// CHECK:       llvm.intr.fma(%{{.*}}, %{{.*}}, %{{.*}}) {fastmathFlags = #llvm.fastmath<contract>} : (f64, f64, f64) -> f64
// CHECK:       llvm.intr.powi
llvm.func @run_floats(%x: f64) -> f64 {
  %0 = llvm.intr.fabs(%x) : (f64) -> f64
  %1 = llvm.intr.sqrt(%0) : (f64) -> f64
  %2 = llvm.intr.floor(%x) : (f64) -> f64
  %3 = llvm.intr.ceil(%x) : (f64) -> f64
  %4 = llvm.intr.trunc(%x) : (f64) -> f64
  %5 = llvm.intr.rint(%x) : (f64) -> f64
  %6 = llvm.intr.round(%x) : (f64) -> f64
  %7 = llvm.intr.roundeven(%x) : (f64) -> f64
  %8 = llvm.intr.copysign(%1, %x) : (f64, f64) -> f64
  %9 = llvm.intr.minnum(%x, %1) : (f64, f64) -> f64
  %10 = llvm.intr.maxnum(%x, %1) : (f64, f64) -> f64
  %11 = llvm.intr.minimum(%x, %2) : (f64, f64) -> f64
  %12 = llvm.intr.maximum(%x, %3) : (f64, f64) -> f64
  %13 = llvm.intr.fma(%x, %1, %2) {fastmathFlags = #llvm.fastmath<contract>} : (f64, f64, f64) -> f64
  %14 = llvm.intr.fmuladd(%x, %1, %2) : (f64, f64, f64) -> f64
  %three = llvm.mlir.constant(3 : i32) : i32
  %15 = llvm.intr.powi(%x, %three) : (f64, i32) -> f64
  %20 = llvm.fadd %4, %5 : f64
  %21 = llvm.fadd %20, %6 : f64
  %22 = llvm.fadd %21, %7 : f64
  %23 = llvm.fadd %22, %8 : f64
  %24 = llvm.fadd %23, %9 : f64
  %25 = llvm.fadd %24, %10 : f64
  %26 = llvm.fadd %25, %11 : f64
  %27 = llvm.fadd %26, %12 : f64
  %28 = llvm.fadd %27, %13 : f64
  %29 = llvm.fadd %28, %14 : f64
  %30 = llvm.fadd %29, %15 : f64
  llvm.return %30 : f64
}

// CHECK-LABEL: @run_libm
// CHECK:       llvm.intr.sin(
llvm.func @run_libm(%x: f64) -> f64 {
  %0 = llvm.intr.sin(%x) : (f64) -> f64
  %1 = llvm.intr.cos(%x) : (f64) -> f64
  %2 = llvm.intr.exp(%0) : (f64) -> f64
  %3 = llvm.intr.exp2(%1) : (f64) -> f64
  %4 = llvm.intr.log(%2) : (f64) -> f64
  %5 = llvm.intr.log2(%3) : (f64) -> f64
  %6 = llvm.intr.log10(%2) : (f64) -> f64
  %7 = llvm.intr.pow(%2, %3) : (f64, f64) -> f64
  %8 = llvm.fadd %4, %5 : f64
  %9 = llvm.fadd %6, %7 : f64
  %10 = llvm.fadd %8, %9 : f64
  llvm.return %10 : f64
}

// CHECK-LABEL: @run_vector_memory
// CHECK:       llvm.intr.masked.store %{{.*}}, %{{.*}}, %{{.*}} {alignment = 8 : i32} : vector<4xi64>, vector<4xi1> into !llvm.ptr
// CHECK:       llvm.intr.masked.load %{{.*}}, %{{.*}}, %{{.*}} {alignment = 8 : i32}
llvm.func @run_vector_memory(%a: i64) -> i64 {
  %one = llvm.mlir.constant(1 : i64) : i64
  %p = llvm.alloca %one x vector<4xi64> {alignment = 32 : i64} : (i64) -> !llvm.ptr
  %k = llvm.mlir.constant(dense<[1, 2, 3, 4]> : vector<4xi64>) : vector<4xi64>
  %m = llvm.mlir.constant(dense<[true, false, true, false]> : vector<4xi1>) : vector<4xi1>
  %z = llvm.mlir.zero : vector<4xi64>
  llvm.store %z, %p {alignment = 32 : i64} : vector<4xi64>, !llvm.ptr
  llvm.intr.masked.store %k, %p, %m {alignment = 8 : i32} : vector<4xi64>, vector<4xi1> into !llvm.ptr
  %v = llvm.intr.masked.load %p, %m, %k {alignment = 8 : i32} : (!llvm.ptr, vector<4xi1>, vector<4xi64>) -> vector<4xi64>
  %0 = "llvm.intr.vector.reduce.smax"(%v) : (vector<4xi64>) -> i64
  %1 = "llvm.intr.vector.reduce.xor"(%v) : (vector<4xi64>) -> i64
  %2 = "llvm.intr.vector.reduce.mul"(%v) : (vector<4xi64>) -> i64
  %3 = llvm.add %0, %1 : i64
  %4 = llvm.add %2, %3 : i64
  %5 = llvm.add %4, %a : i64
  llvm.return %5 : i64
}

// CHECK-LABEL: @run_vector_floats
// CHECK:       "llvm.intr.vector.reduce.fadd"
llvm.func @run_vector_floats(%x: f64) -> f64 {
  %k = llvm.mlir.constant(dense<[1.5, -2.5]> : vector<2xf64>) : vector<2xf64>
  %0 = "llvm.intr.vector.reduce.fadd"(%x, %k) <{fastmathFlags = #llvm.fastmath<none>}> : (f64, vector<2xf64>) -> f64
  %1 = "llvm.intr.vector.reduce.fmul"(%x, %k) <{fastmathFlags = #llvm.fastmath<reassoc>}> : (f64, vector<2xf64>) -> f64
  %2 = "llvm.intr.vector.reduce.fmax"(%k) <{fastmathFlags = #llvm.fastmath<none>}> : (vector<2xf64>) -> f64
  %3 = "llvm.intr.vector.reduce.fminimum"(%k) <{fastmathFlags = #llvm.fastmath<none>}> : (vector<2xf64>) -> f64
  %4 = llvm.fadd %0, %1 : f64
  %5 = llvm.fadd %2, %3 : f64
  %6 = llvm.fadd %4, %5 : f64
  llvm.return %6 : f64
}

// CHECK-LABEL: @stack
// CHECK:       llvm.intr.stacksave : !llvm.ptr
// CHECK:       llvm.intr.stackrestore %{{.*}} : !llvm.ptr
llvm.func @stack(%a: i64) -> i64 {
  %0 = llvm.intr.stacksave : !llvm.ptr
  llvm.intr.stackrestore %0 : !llvm.ptr
  %ok = llvm.mlir.constant(true) : i1
  llvm.intr.assume %ok : i1
  %1 = llvm.intr.expect.with.probability %a, %a, 5.0e-1 : i64
  %x = llvm.sitofp %1 : i64 to f64
  %2 = "llvm.intr.is.fpclass"(%x) <{bit = 3 : i32}> : (f64) -> i1
  llvm.return %1 : i64
}
