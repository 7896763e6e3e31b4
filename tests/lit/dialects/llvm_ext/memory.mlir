// RUN: luma-opt %s | luma-opt | filecheck %s
// RUN: luma-opt %s --print-op-generic | luma-opt | filecheck %s

// CHECK-LABEL: @run_memory
// CHECK:       llvm.alloca
// CHECK:       llvm.store volatile
// CHECK:       llvm.load volatile
// CHECK:       llvm.getelementptr inbounds|nuw
llvm.func @run_memory(%n: i64) -> i64 {
  %four = llvm.mlir.constant(4 : i64) : i64
  %one = llvm.mlir.constant(1 : i64) : i64
  %p = llvm.alloca %four x i64 {alignment = 16 : i64} : (i64) -> !llvm.ptr
  llvm.store volatile %n, %p {alignment = 8 : i64} : i64, !llvm.ptr
  %a = llvm.load volatile %p {alignment = 8 : i64} : !llvm.ptr -> i64
  %q = llvm.getelementptr inbounds|nuw %p[%one] : (!llvm.ptr, i64) -> !llvm.ptr, i64
  llvm.store %four, %q {alignment = 8 : i64, nontemporal} : i64, !llvm.ptr
  %b = llvm.load %q {alignment = 8 : i64} : !llvm.ptr -> i64
  %c = llvm.add %a, %b : i64
  llvm.return %c : i64
}

// A struct with a padded field, reached by constant indices; a wrap flag of its own.
// CHECK-LABEL: @run_struct
// CHECK:       llvm.getelementptr inbounds %{{.*}}[0, 1, 2]
// CHECK:       llvm.getelementptr nusw %
// CHECK:       llvm.getelementptr nuw %
llvm.func @run_struct(%n: i64) -> i64 {
  %one = llvm.mlir.constant(1 : i64) : i64
  %p = llvm.alloca %one x !llvm.struct<(i8, array<4 x i32>, ptr)> : (i64) -> !llvm.ptr
  %v = llvm.trunc %n : i64 to i32
  %q = llvm.getelementptr inbounds %p[0, 1, 2] : (!llvm.ptr) -> !llvm.ptr, !llvm.struct<(i8, array<4 x i32>, ptr)>
  llvm.store %v, %q {alignment = 4 : i64} : i32, !llvm.ptr
  %byte = llvm.getelementptr nusw %p[12] : (!llvm.ptr) -> !llvm.ptr, i8
  %same = llvm.getelementptr nuw %byte[0] : (!llvm.ptr) -> !llvm.ptr, i8
  %w = llvm.load %same {alignment = 4 : i64} : !llvm.ptr -> i32
  %r = llvm.sext %w : i32 to i64
  llvm.return %r : i64
}

// CHECK-LABEL: @run_blocks
// CHECK:       "llvm.intr.memset"
// CHECK:       "llvm.intr.memcpy"
// CHECK:       "llvm.intr.memmove"
// CHECK:       "llvm.intr.memcpy.inline"
// CHECK:       "llvm.intr.memset.inline"
llvm.func @run_blocks(%n: i64) -> i64 {
  %size = llvm.mlir.constant(64 : i64) : i64
  %p = llvm.alloca %size x i8 {alignment = 16 : i64} : (i64) -> !llvm.ptr
  %q = llvm.alloca %size x i8 {alignment = 16 : i64} : (i64) -> !llvm.ptr
  %byte = llvm.trunc %n : i64 to i8
  %half = llvm.mlir.constant(32 : i64) : i64
  "llvm.intr.memset"(%p, %byte, %size) <{isVolatile = false}> : (!llvm.ptr, i8, i64) -> ()
  "llvm.intr.memcpy"(%q, %p, %half) <{isVolatile = false, arg_attrs = [{llvm.align = 16 : i64}, {}, {}]}> : (!llvm.ptr, !llvm.ptr, i64) -> ()
  %up = llvm.getelementptr inbounds %q[8] : (!llvm.ptr) -> !llvm.ptr, i8
  "llvm.intr.memmove"(%up, %q, %half) <{isVolatile = true}> : (!llvm.ptr, !llvm.ptr, i64) -> ()
  "llvm.intr.memcpy.inline"(%p, %q) <{isVolatile = false, len = 16 : i64}> : (!llvm.ptr, !llvm.ptr) -> ()
  %zero = llvm.mlir.constant(0 : i8) : i8
  "llvm.intr.memset.inline"(%p, %zero) <{isVolatile = false, len = 2 : i64}> : (!llvm.ptr, i8) -> ()
  %r = llvm.load %p {alignment = 8 : i64} : !llvm.ptr -> i64
  llvm.return %r : i64
}

// What LLVM may assume about an access.
// CHECK-LABEL: @facts
// CHECK:       llvm.load %{{.*}} invariant {
// CHECK:       alias_scopes
// CHECK:       llvm.load %{{.*}} dereferenceable<bytes = 8>
// CHECK:       llvm.intr.experimental.noalias.scope.decl
// CHECK:       llvm.intr.assume %{{.*}} ["align"(%{{.*}}, %{{.*}} : !llvm.ptr, i64)] : i1
#domain = #llvm.alias_scope_domain<id = "arrays", description = "arrays of f">
#left = #llvm.alias_scope<id = "left", domain = #domain>
#right = #llvm.alias_scope<id = distinct[7]<>, domain = #domain, description = "right">
#root = #llvm.tbaa_root<id = "luma">
#int = #llvm.tbaa_type_desc<id = "i64", members = {<#root, 0>}>
#tag = #llvm.tbaa_tag<base_type = #int, access_type = #int, offset = 0>
llvm.func @facts(%p: !llvm.ptr, %q: !llvm.ptr, %n: i64) -> i64 {
  llvm.intr.experimental.noalias.scope.decl #left
  %ok = llvm.mlir.constant(true) : i1
  %align = llvm.mlir.constant(16 : i64) : i64
  %a = llvm.load %p invariant {alignment = 8 : i64, alias_scopes = [#left], noalias_scopes = [#right], tbaa = [#tag]} : !llvm.ptr -> i64
  llvm.store %a, %q {alignment = 8 : i64, alias_scopes = [#right], noalias_scopes = [#left]} : i64, !llvm.ptr
  %r = llvm.load %q dereferenceable<bytes = 8> {alignment = 8 : i64} : !llvm.ptr -> !llvm.ptr
  llvm.intr.experimental.noalias.scope.decl #right
  llvm.intr.assume %ok ["align"(%p, %align : !llvm.ptr, i64)] : i1
  %slot = llvm.alloca %n x i64 : (i64) -> !llvm.ptr
  llvm.intr.lifetime.start %slot : !llvm.ptr
  llvm.intr.lifetime.end %slot : !llvm.ptr
  "llvm.intr.prefetch"(%q) <{rw = 0 : i32, hint = 3 : i32, cache = 1 : i32}> : (!llvm.ptr) -> ()
  llvm.return %a : i64
}
