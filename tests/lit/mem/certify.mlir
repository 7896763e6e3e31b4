// RUN: luma-opt %s -p mem-certify --split-input-file --verify-diagnostics

luma.func private @leak(%a: !luma.array<i64>) {
  // expected-error@+1 {{ownership: `%a` still has a unit at the return}}
  luma.return
}

// -----

luma.func private @used_after_drop(%a: !luma.array<i64>) -> i64 {
  mem.drop %a : !luma.array<i64>
  // expected-error@+1 {{ownership: `luma.array.len` uses `%a`, which is no longer alive}}
  %n = luma.array.len %a : !luma.array<i64>
  luma.return %n : i64
}

// -----

luma.func private @borrowed(%a: !luma.array<i64>) attributes {modes = ["borrow"]} {
  // expected-error@+1 {{ownership: `mem.drop` consumes `%a`, which has no unit left}}
  mem.drop %a : !luma.array<i64>
  luma.return
}

// -----

luma.func private @view(%a: !luma.array<!luma.array<i64>>, %i: i64) -> i64 {
  %x = luma.get %a[%i] : !luma.array<!luma.array<i64>> -> !luma.array<i64>
  mem.drop %a : !luma.array<!luma.array<i64>>
  // expected-error@+1 {{`luma.array.len` uses `%x`, which is no longer alive}}
  %n = luma.array.len %x : !luma.array<i64>
  luma.return %n : i64
}

// -----

luma.func private @branches(%a: !luma.array<i64>, %c: i1) {
  // expected-error@+1 {{the branches disagree about `%a`: 0 and 1 units are left}}
  scf.if %c {
    mem.drop %a : !luma.array<i64>
  } else {
  }
  luma.return
}

// -----

luma.func private @loop(%a: !luma.array<i64>, %n: i64) {
  %one = arith.constant 1 : i64
  scf.for %i = %one to %n step %one : i64 {
    mem.drop %a : !luma.array<i64>
    // expected-error@+1 {{`%a` comes from outside of a loop whose body uses up its unit}}
    scf.yield
  }
  luma.return
}

// -----

luma.func private @exit(%a: !luma.array<i64>, %n: i64) -> !luma.array<i64> {
  %r = luma.loop (%x = %a : !luma.array<i64>) -> (!luma.array<i64>) {
    %y = luma.array.make %n : (i64) -> !luma.array<i64>
    // expected-error@+1 {{`%y` still has a unit at this `luma.break`}}
    luma.break %x : !luma.array<i64>
  }
  luma.return %r : !luma.array<i64>
}

// -----

// A path that panics owes nothing.
luma.func private @panics(%a: !luma.array<i64>, %c: i1) -> !luma.array<i64> {
  luma.if %c {
    luma.panic "no"
  }
  luma.return %a : !luma.array<i64>
}

// -----

luma.enum @List {variants = ["Nil", "Cons"], payloads = [[], [i64, !luma.enum<@List>]]}
luma.func private @cell_taken_twice(%l: !luma.enum<@List>, %x: i64) -> !luma.enum<@List> attributes {modes = ["own", "none"]} {
  %t = mem.drop_reuse %l, 1 () : !luma.enum<@List>, () -> !llvm.ptr
  %nil = luma.enum.make 0 () : () -> !luma.enum<@List>
  %m = mem.make_at %t, 1 (%x, %nil) : (i64, !luma.enum<@List>) -> !luma.enum<@List>
  // expected-error@+1 {{ownership: `mem.free_token` takes a cell that is taken already}}
  mem.free_token %t
  luma.return %m : !luma.enum<@List>
}

// -----

luma.enum @List {variants = ["Nil", "Cons"], payloads = [[], [i64, !luma.enum<@List>]]}
luma.func private @cell_lost_in_a_branch(%l: !luma.enum<@List>, %c: i1) attributes {modes = ["own", "none"]} {
  %t = mem.drop_reuse %l, 1 () : !luma.enum<@List>, () -> !llvm.ptr
  // expected-error@+1 {{ownership: the branches disagree about `%t`: 0 and 1 units are left}}
  luma.if %c {
    mem.free_token %t
    luma.yield
  } else {
    luma.yield
  }
  luma.return
}

// -----

luma.enum @List {variants = ["Nil", "Cons"], payloads = [[], [i64, !luma.enum<@List>]]}
luma.func private @moved_out_and_used(%l: !luma.enum<@List>) -> i32 attributes {modes = ["own"]} {
  %r = luma.enum.get %l, 1, 1 : !luma.enum<@List> -> !luma.enum<@List>
  mem.drop_rest %l, %r : !luma.enum<@List>, !luma.enum<@List>
  mem.drop %r : !luma.enum<@List>
  // expected-error@+1 {{ownership: `luma.enum.tag` uses `%r`, which is no longer alive}}
  %n = luma.enum.tag %r : !luma.enum<@List>
  luma.return %n : i32
}
