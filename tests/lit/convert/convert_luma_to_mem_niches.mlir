// RUN: luma-opt %s -p convert-luma-to-mem | filecheck %s
luma.enum @Option {variants = ["Some", "None"], payloads = [[!luma.param<"T">], []], type_params = ["T"]}
luma.enum @Tree {variants = ["Leaf", "Node"], payloads = [[], [!luma.enum<@Tree>, i64]]}
luma.enum @Entry {variants = ["Free", "Used", "Gone"], payloads = [[], [i64, !luma.array<i8>], []]}
luma.struct @Name {field_names = ["bytes"], field_types = [!luma.array<i8>]}
luma.struct @Person {field_names = ["name"], field_types = [!luma.enum<@Option, [!luma.struct<@Name>]>]}

// An option of what is a pointer is a pointer or 0; its payload is the pointer itself.
// CHECK-LABEL: func.func private @payload(%o: !llvm.ptr) -> i64
// CHECK-SAME:  modes = ["optional"]
// CHECK:       %[[ADDRESS:.*]] = llvm.ptrtoint %o
// CHECK-NEXT:  %[[SOME:.*]] = arith.cmpi ne, %[[ADDRESS]], %[[ZERO:.*]] : i64
// CHECK-NEXT:  scf.if %[[SOME]]
// CHECK-NEXT:    mem.load_header "len" %o
luma.func private @payload(%o: !luma.enum<@Option, [!luma.array<i64>]>) -> i64 attributes {modes = ["borrow"]} {
  %zero = arith.constant 0 : i64
  %some = luma.enum.is %o, 0 : !luma.enum<@Option, [!luma.array<i64>]>
  %r = scf.if %some -> (i64) {
    %a = luma.enum.get %o, 0, 0 : !luma.enum<@Option, [!luma.array<i64>]> -> !luma.array<i64>
    %n = luma.array.len %a : !luma.array<i64>
    scf.yield %n : i64
  } else {
    scf.yield %zero : i64
  }
  luma.return %r : i64
}

// A parameter that looks like an option counts as one, whether or not modes are known.
// CHECK-LABEL: func.func private @inside(%p: !llvm.ptr, %a: !llvm.ptr)
// CHECK-SAME:  modes = ["optional", "none"]
luma.func private @inside(%p: !luma.struct<@Person>, %a: !luma.array<i64>) {
  mem.drop %p : !luma.struct<@Person>
  luma.return
}

// An option in an option takes the next number: 0 is `Some(None)`, 1 is `None`.
// CHECK-LABEL: func.func private @nested() -> (!llvm.ptr, !llvm.ptr)
// CHECK-DAG:   %[[ZERO:.*]] = arith.constant 0 : i64
// CHECK-DAG:   %[[ONE:.*]] = arith.constant 1 : i64
// CHECK:       %[[INNER:.*]] = llvm.inttoptr %[[ZERO]]
// CHECK-NEXT:  %[[OUTER:.*]] = llvm.inttoptr %[[ONE]]
// CHECK-NEXT:  func.return %[[INNER]], %[[OUTER]]
luma.func private @nested() -> (!luma.enum<@Option, [!luma.enum<@Option, [!luma.struct<@Name>]>]>, !luma.enum<@Option, [!luma.enum<@Option, [!luma.struct<@Name>]>]>) {
  %none = luma.enum.make 1 () : () -> !luma.enum<@Option, [!luma.struct<@Name>]>
  %some = luma.enum.make 0 (%none) : (!luma.enum<@Option, [!luma.struct<@Name>]>) -> !luma.enum<@Option, [!luma.enum<@Option, [!luma.struct<@Name>]>]>
  %nothing = luma.enum.make 1 () : () -> !luma.enum<@Option, [!luma.enum<@Option, [!luma.struct<@Name>]>]>
  luma.return %some, %nothing : !luma.enum<@Option, [!luma.enum<@Option, [!luma.struct<@Name>]>]>, !luma.enum<@Option, [!luma.enum<@Option, [!luma.struct<@Name>]>]>
}

// The number 0 is a tree already.
// CHECK-LABEL: func.func private @tree(%o: !llvm.ptr)
// CHECK:       %[[ONE:.*]] = arith.constant 1 : i64
// CHECK:       %[[ADDRESS:.*]] = llvm.ptrtoint %o
// CHECK-NEXT:  arith.cmpi eq, %[[ADDRESS]], %[[ONE]]
luma.func private @tree(%o: !luma.enum<@Option, [!luma.enum<@Tree>]>) -> i1 attributes {modes = ["borrow"]} {
  %none = luma.enum.is %o, 1 : !luma.enum<@Option, [!luma.enum<@Tree>]>
  luma.return %none : i1
}

// Only what is no number of a variant is counted; the variant with fields has the number in between, unused.
// CHECK-LABEL: func.func private @entry(%e: !llvm.struct<(i64, !llvm.ptr)>) -> !llvm.struct<(i64, !llvm.ptr)>
// CHECK:       %[[NUMBER:.*]] = arith.constant 2 : i64
// CHECK:       %[[COUNT:.*]] = arith.constant 3 : i64
// CHECK:       %[[P:.*]] = llvm.extractvalue %e[1]
// CHECK-NEXT:  %[[ADDRESS:.*]] = llvm.ptrtoint %[[P]]
// CHECK-NEXT:  %[[USED:.*]] = arith.cmpi uge, %[[ADDRESS]], %[[COUNT]]
// CHECK-NEXT:  scf.if %[[USED]] {
// CHECK-NEXT:    %[[BYTES:.*]] = llvm.extractvalue %e[1]
// CHECK-NEXT:    mem.release %[[BYTES]]
// CHECK:       %[[UNDEF:.*]] = llvm.mlir.undef
// CHECK-NEXT:  %[[GONE:.*]] = llvm.inttoptr %[[NUMBER]]
// CHECK-NEXT:  llvm.insertvalue %[[GONE]], %[[UNDEF]][1]
luma.func private @entry(%e: !luma.enum<@Entry>) -> !luma.enum<@Entry> attributes {modes = ["own"]} {
  mem.drop %e : !luma.enum<@Entry>
  %gone = luma.enum.make 2 () : () -> !luma.enum<@Entry>
  luma.return %gone : !luma.enum<@Entry>
}

// The tag is the number, where there is more than one.
// CHECK-LABEL: func.func private @tag
// CHECK:       %[[SMALL:.*]] = arith.cmpi ult, %[[NUMBER:.*]], %{{.*}}
// CHECK-NEXT:  %[[TAG:.*]] = arith.trunci %[[NUMBER]] : i64 to i32
// CHECK-NEXT:  arith.select %[[SMALL]], %[[TAG]], %{{.*}}
luma.func private @tag(%e: !luma.enum<@Entry>) -> i32 attributes {modes = ["borrow"]} {
  %t = luma.enum.tag %e : !luma.enum<@Entry>
  luma.return %t : i32
}
