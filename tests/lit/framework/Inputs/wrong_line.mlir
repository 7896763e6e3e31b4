// expected-error@+3 {{does not dominate}}
func.func @f(%a: i32) {
  %x = arith.addi %a, %y : i32
  %y = arith.addi %a, %a : i32
  func.return
}
