// RUN: luma-opt %s --print-op-generic | filecheck %s --check-prefix=GENERIC
// RUN: luma-opt %s --print-op-generic | luma-opt | filecheck %s --check-prefix=PRETTY
// RUN: luma-opt %s --print-debuginfo | filecheck %s --check-prefix=DEBUG
// RUN: luma-opt %s --print-debuginfo | luma-opt --print-debuginfo | filecheck %s --check-prefix=DEBUG

// GENERIC: "func.func"() <{sym_name = "f", function_type = (i32) -> i32}> ({
// GENERIC: "arith.addi"(%{{.*}}, %{{.*}}) <{overflowFlags = #arith.overflow<none>}> : (i32, i32) -> i32

// PRETTY:  func.func @f(%{{.*}}: i32) -> i32

// The place of an op and of an argument is that of its first token, unless the text says otherwise.
// DEBUG:   %{{.*}}: i32 loc("{{.*}}printing_flags.mlir":14:14)
// DEBUG:   arith.addi {{.*}} loc("{{.*}}printing_flags.mlir":15:3)
func.func @f(%a: i32) -> i32 {
  %x = arith.addi %a, %a : i32
  // DEBUG: arith.muli {{.*}} loc("other.luma":7:9)
  %y = arith.muli %x, %a : i32 loc("other.luma":7:9)
  func.return %y : i32
}
