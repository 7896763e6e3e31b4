// expected-error@+2 {{does not dominate}}
func.func @f(%a: i32) {
  %x = arith.addi %a, %a : i32
  func.return
}
