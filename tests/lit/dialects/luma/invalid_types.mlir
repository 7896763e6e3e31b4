// RUN: luma-opt %s --split-input-file --verify-diagnostics

// expected-error@+1 {{type expected}}
luma.func private @f(!luma.array<>)

// -----

// expected-error@+1 {{expected integer literal}}
luma.func private @f(!luma.fixed<-1, i64>)

// -----

// expected-error@+1 {{expect symbol name}}
luma.func private @f(!luma.struct<"S">)

// -----

// expected-error@+1 {{expect symbol name}}
luma.func private @f(!luma.enum<>)

// -----

// expected-error@+1 {{type expected}}
luma.func private @f(!luma.tuple<1>)

// -----

// expected-error@+1 {{type expected}}
luma.func private @f(!luma.ptr<>)

// -----

// expected-error@+1 {{attribute expected}}
luma.func private @f(!luma.param<T>)

// -----

// expected-error@+1 {{the signature of a closure is a function type, not `i64`}}
luma.func private @f(!luma.closure<i64>)

// -----

// expected-error@+1 {{expect symbol name}}
luma.func private @f(!luma.any<i64>)

// -----

// expected-error@+1 {{expect symbol name}}
luma.func private @f(!luma.assoc<"Iterator", "Item", i64>)
