// A part with an error does not keep the others from being processed, and places are those of the whole file.
// RUN: not luma-opt %s --split-input-file -p cse 2>%t | filecheck %s
// RUN: filecheck %s --check-prefix=ERROR --input-file %t

// CHECK:      func.func @first
// CHECK:      // -----
// CHECK:      func.func @third
// ERROR:      error: op `arith.nonsense` is not registered
// ERROR:      --> {{.*}}split_input_file.mlir:17:3
func.func @first() {
  func.return
}

// -----

func.func @second() {
  arith.nonsense
}

// -----

func.func @third() {
  func.return
}
