// RUN: luma-opt %s -p 'canonicalize,cse' --print-ir-before=cse 2>&1 >/dev/null | filecheck %s --check-prefix=BEFORE
// RUN: luma-opt %s -p 'canonicalize,cse' --print-ir-after=canonicalize 2>&1 >/dev/null | filecheck %s --check-prefix=AFTER
// RUN: luma-opt %s -p 'canonicalize,cse' --print-ir-after-all 2>&1 >/dev/null | filecheck %s --check-prefix=ALL
// RUN: luma-opt %s -p 'canonicalize,cse' --print-ir-before-all 2>&1 >/dev/null | filecheck %s --check-prefix=BALL
// RUN: luma-opt %s -p 'canonicalize,cse,cse' --print-ir-after-change 2>&1 >/dev/null | filecheck %s --check-prefix=CHANGE
// RUN: luma-opt %s -p 'canonicalize,cse' --print-ir-after-all 2>/dev/null | filecheck %s --check-prefix=STDOUT
// RUN: not luma-opt %s -p cse --print-ir-after=csee 2>&1 | filecheck %s --check-prefix=UNKNOWN

// BEFORE-NOT:  pass canonicalize
// BEFORE:      // -----// before pass cse //----- //
// BEFORE-NEXT: builtin.module
// BEFORE:      arith.addi
// BEFORE:      arith.addi

// AFTER:       // -----// after pass canonicalize //----- //
// AFTER-NEXT:  builtin.module
// AFTER-NOT:   pass cse

// ALL:         // -----// after pass canonicalize //----- //
// ALL:         // -----// after pass cse //----- //
// ALL:         arith.addi
// ALL-NOT:     arith.addi

// BALL:        // -----// before pass canonicalize //----- //
// BALL:        // -----// before pass cse //----- //

// CHANGE:      // -----// after pass canonicalize: no change //----- //
// CHANGE-NEXT: // -----// after pass cse //----- //
// CHANGE:      // -----// after pass cse: no change //----- //

// STDOUT-NOT:  pass
// STDOUT:      builtin.module
// STDOUT-NOT:  builtin.module

// UNKNOWN: error: unknown pass `csee` to print around
// UNKNOWN: did you mean `cse`?

func.func @f(%a: i32) -> (i32, i32) {
  %x = arith.addi %a, %a : i32
  %y = arith.addi %a, %a : i32
  func.return %x, %y : i32, i32
}
