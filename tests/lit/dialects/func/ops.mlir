// RUN: luma-opt %s | luma-opt | filecheck %s
// RUN: luma-opt %s --print-op-generic | luma-opt | filecheck %s

// CHECK-LABEL: func.func @apply
// CHECK-NEXT:  %[[F:.*]] = func.constant @square : (i64) -> i64
// CHECK-NEXT:  func.call_indirect %[[F]](%{{.*}}) : (i64) -> i64
func.func @apply(%a: i64) -> i64 {
  %f = func.constant @square : (i64) -> i64
  %r = func.call_indirect %f(%a) : (i64) -> i64
  func.return %r : i64
}
func.func private @square(%a: i64) -> i64
