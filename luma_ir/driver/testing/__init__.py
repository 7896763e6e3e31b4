"""
`luma test` and `luma bench`: finding tests, examples in comments and benches, building them, running them, reporting.

`sources` finds files, `discover` the functions in them, `examples` the code in their comments; `programs` builds what
is not in the cache, `execute` runs each test in a process of its own; `report` and `junit` show. `session` is a run of
`luma test`. `benches` is a run of `luma bench`, with `measure` and `baselines`.
"""
