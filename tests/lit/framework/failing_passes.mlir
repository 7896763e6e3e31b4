// RUN: not luma-opt %s --load-plugin %S/Inputs/plugin.py -p 'cse,plugin-fail' 2>&1 | filecheck %s --check-prefix=FAIL
// RUN: not luma-opt %s --load-plugin %S/Inputs/plugin.py -p 'plugin-report,cse' 2>&1 | filecheck %s --check-prefix=REPORT
// RUN: luma-opt %s --load-plugin %S/Inputs/plugin.py -p 'plugin-report{severity=remark}' 2>&1 | filecheck %s --check-prefix=REMARK
// RUN: luma-opt %s --load-plugin %S/Inputs/plugin.py -p 'plugin-report{severity=warning}' --pass-statistics 2>&1 | filecheck %s --check-prefix=STATISTICS
// RUN: not luma-opt %s --load-plugin %S/Inputs/plugin.py -p 'plugin-break,cse' 2>&1 | filecheck %s --check-prefix=BREAK
// RUN: not luma-opt %s --load-plugin %S/Inputs/plugin.py -p 'plugin-break,cse' --verify-ends 2>&1 | filecheck %s --check-prefix=ENDS
// RUN: luma-opt %s --load-plugin %S/Inputs/plugin.py -p 'plugin-break' --no-verify | filecheck %s --check-prefix=NEVER
// RUN: luma-opt %s --load-plugin %S/Inputs/plugin.py -p plugin-twice | filecheck %s --check-prefix=TWICE
// RUN: not luma-opt %s --load-plugin %S/Inputs/plugin.py -p plugin-loop 2>&1 | filecheck %s --check-prefix=LOOP

// FAIL:            error: cannot deal with an addition
// FAIL:            --> {{.*}}failing_passes.mlir:40:3
// FAIL:            in pass `plugin-fail`

// REPORT:          error: here is an addition
// REPORT:          --> {{.*}}failing_passes.mlir:40:3
// REPORT:          error: here is an addition
// REPORT:          --> {{.*}}failing_passes.mlir:41:3
// REPORT-NOT:      func.func

// REMARK:          remark: here is an addition
// REMARK:          func.func

// STATISTICS:      plugin-report
// STATISTICS-NEXT: 2 additions

// BREAK:           error: `func.return`: a terminator must be the last op of its block
// BREAK:           error: pass `plugin-break` left invalid IR behind

// ENDS:            error: the pipeline left invalid IR behind

// NEVER:           func.return
// NEVER:           arith.addi

// TWICE:           arith.addi
// TWICE-NOT:       arith.addi

// LOOP:            error: pipeline `plugin-loop` contains itself
func.func @f(%a: i32) -> (i32, i32) {
  %x = arith.addi %a, %a : i32
  %y = arith.addi %a, %a : i32
  func.return %x, %y : i32, i32
}
