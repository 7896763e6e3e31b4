func.func @f(%a: i32) {
  // No expectation here.
  %x = arith.addi %a, %y : i32
  %y = arith.addi %a, %a : i32
  func.return
}
