// RUN: luma-opt %s | luma-opt | filecheck %s
// RUN: luma-opt %s --print-op-generic | luma-opt | filecheck %s

// CHECK-LABEL: @run_arithmetic
// CHECK:       llvm.add %{{.*}}, %{{.*}} overflow<nsw>
// CHECK:       llvm.lshr
llvm.func @run_arithmetic(%a: i64, %b: i64) -> i64 {
  %one = llvm.mlir.constant(1 : i64) : i64
  %three = llvm.mlir.constant(3 : i64) : i64
  %c = llvm.add %a, %one overflow<nsw> : i64
  %d = llvm.mul %c, %b : i64
  %e = llvm.lshr %d, %three : i64
  %f = llvm.ashr %d, %three : i64
  %g = llvm.xor %e, %f : i64
  %h = llvm.sdiv %g, %three : i64
  %i = llvm.srem %a, %three : i64
  %j = llvm.urem %b, %three : i64
  %k = llvm.or disjoint %i, %i : i64
  %l = llvm.and %j, %g : i64
  %m = llvm.sub %h, %k : i64
  %n = llvm.add %m, %l : i64
  llvm.return %n : i64
}

// CHECK-LABEL: @run_casts
// CHECK:       llvm.trunc %{{.*}} : i64 to i8
// CHECK:       llvm.trunc %{{.*}} overflow<nsw, nuw> : i64 to i32
// CHECK:       llvm.fptosi %{{.*}} : f64 to i64
// CHECK:       llvm.uitofp nneg %{{.*}} : i8 to f32
// CHECK:       llvm.fptoui
// CHECK:       llvm.addrspacecast %{{.*}} : !llvm.ptr to !llvm.ptr<1>
llvm.func @run_casts(%n: i64) -> i64 {
  %byte = llvm.trunc %n : i64 to i8
  %mask = llvm.mlir.constant(127 : i64) : i64
  %small = llvm.and %n, %mask : i64
  %word = llvm.trunc %small overflow<nsw, nuw> : i64 to i32
  %x = llvm.sitofp %byte : i8 to f64
  %y = llvm.fptosi %x : f64 to i64
  %b7 = llvm.trunc %small : i64 to i8
  %z = llvm.uitofp nneg %b7 : i8 to f32
  %zz = llvm.fpext %z : f32 to f64
  %u = llvm.fptoui %zz : f64 to i64
  %half = llvm.fptrunc %zz : f64 to f16
  %bits = llvm.bitcast %half : f16 to i16
  %wide = llvm.zext %bits : i16 to i64
  %p = llvm.inttoptr %n : i64 to !llvm.ptr
  %q = llvm.addrspacecast %p : !llvm.ptr to !llvm.ptr<1>
  %r = llvm.addrspacecast %q : !llvm.ptr<1> to !llvm.ptr
  %s = llvm.ptrtoint %r : !llvm.ptr to i64
  %t = llvm.add %y, %u : i64
  %v = llvm.add %t, %wide : i64
  %w = llvm.add %v, %s : i64
  llvm.return %w : i64
}

// CHECK-LABEL: @run_compare
// CHECK:       llvm.icmp "ult" %{{.*}}, %{{.*}} : !llvm.ptr
// CHECK:       llvm.fcmp "une" %{{.*}}, %{{.*}} : f64
// CHECK:       llvm.fcmp "_true"
// CHECK:       llvm.select %{{.*}}, %{{.*}}, %{{.*}} : i1, i64
llvm.func @run_compare(%a: i64, %b: i64) -> i64 {
  %p = llvm.inttoptr %a : i64 to !llvm.ptr
  %q = llvm.inttoptr %b : i64 to !llvm.ptr
  %c = llvm.icmp "ult" %p, %q : !llvm.ptr
  %x = llvm.sitofp %a : i64 to f64
  %y = llvm.sitofp %b : i64 to f64
  %d = llvm.fcmp "une" %x, %y : f64
  %t = llvm.fcmp "_true" %x, %y : f64
  %e = llvm.and %c, %d : i1
  %f = llvm.and %e, %t : i1
  %g = llvm.select %f, %a, %b : i1, i64
  llvm.return %g : i64
}

// CHECK-LABEL: @run_vectors
// CHECK:       llvm.insertelement
// CHECK:       llvm.shufflevector
// CHECK:       llvm.select %{{.*}}, %{{.*}}, %{{.*}} : vector<4xi1>, vector<4xi64>
// CHECK:       llvm.extractelement %{{.*}}[%{{.*}} : i32] : vector<4xi64>
// CHECK:       "llvm.intr.vector.reduce.add"
llvm.func @run_vectors(%a: i64) -> i64 {
  %zero = llvm.mlir.constant(0 : i32) : i32
  %two = llvm.mlir.constant(2 : i32) : i32
  %v0 = llvm.mlir.undef : vector<4xi64>
  %v1 = llvm.insertelement %a, %v0[%zero : i32] : vector<4xi64>
  %v2 = llvm.shufflevector %v1, %v0 [0, 0, 0, 0] : vector<4xi64>
  %k = llvm.mlir.constant(dense<[1, 2, 3, 4]> : vector<4xi64>) : vector<4xi64>
  %v3 = llvm.mul %v2, %k : vector<4xi64>
  %z = llvm.mlir.constant(dense<0> : vector<4xi64>) : vector<4xi64>
  %m = llvm.icmp "sgt" %v3, %z : vector<4xi64>
  %v4 = llvm.select %m, %v3, %k : vector<4xi1>, vector<4xi64>
  %e = llvm.extractelement %v4[%two : i32] : vector<4xi64>
  %s = "llvm.intr.vector.reduce.add"(%v4) : (vector<4xi64>) -> i64
  %r = llvm.add %e, %s : i64
  llvm.return %r : i64
}

// CHECK-LABEL: @run_constants
// CHECK:       llvm.mlir.constant("abc") : !llvm.array<3 x i8>
// CHECK:       llvm.mlir.constant([1 : i32, {{.*}}]) : !llvm.struct<(i32, f64)>
// CHECK:       llvm.mlir.zero : i64
// CHECK:       llvm.freeze
llvm.func @run_constants(%a: i64) -> i64 {
  %s = llvm.mlir.constant("abc") : !llvm.array<3 x i8>
  %b = llvm.extractvalue %s[1] : !llvm.array<3 x i8>
  %t = llvm.mlir.constant([1 : i32, 2.5 : f64]) : !llvm.struct<(i32, f64)>
  %f = llvm.extractvalue %t[1] : !llvm.struct<(i32, f64)>
  %big = llvm.mlir.constant(-170141183460469231731687303715884105728 : i128) : i128
  %shift = llvm.mlir.constant(100 : i128) : i128
  %high = llvm.ashr %big, %shift : i128
  %low = llvm.trunc %high : i128 to i64
  %zero = llvm.mlir.zero : i64
  %zd = llvm.mlir.zero : f64
  %zs = llvm.mlir.zero : !llvm.struct<(i64, array<2 x f32>)>
  %z0 = llvm.extractvalue %zs[0] : !llvm.struct<(i64, array<2 x f32>)>
  %u = llvm.mlir.poison : i64
  %w = llvm.freeze %a : i64
  %t1 = llvm.mlir.constant(true) : i1
  %safe = llvm.select %t1, %w, %u : i1, i64
  %sum = llvm.fadd %f, %zd : f64
  %n = llvm.fptosi %sum : f64 to i64
  %bb = llvm.zext %b : i8 to i64
  %c = llvm.add %n, %bb : i64
  %d = llvm.add %c, %low : i64
  %e = llvm.add %d, %safe : i64
  %g = llvm.add %e, %zero : i64
  %h = llvm.add %g, %z0 : i64
  llvm.return %h : i64
}

// CHECK-LABEL: @run_float_constants
// CHECK:       0x7{{[fF]}}{{[fF]}}8000000000000 : f64
llvm.func @run_float_constants(%x: f64) -> f64 {
  %nan = llvm.mlir.constant(0x7FF8000000000000 : f64) : f64
  %inf = llvm.mlir.constant(0xFFF0000000000000 : f64) : f64
  %tenth = llvm.mlir.constant(0.1 : f32) : f32
  %half = llvm.mlir.constant(1.5 : f16) : f16
  %c = llvm.fcmp "olt" %x, %inf : f64
  %a = llvm.select %c, %nan, %x : i1, f64
  %b = llvm.fpext %tenth : f32 to f64
  %d = llvm.fpext %half : f16 to f64
  %f = llvm.fadd %a, %b {fastmathFlags = #llvm.fastmath<contract>} : f64
  %g = llvm.fmul %f, %d : f64
  %h = llvm.fsub %g, %x : f64
  %i = llvm.fdiv %h, %d : f64
  %j = llvm.fneg %i : f64
  llvm.return %j : f64
}
