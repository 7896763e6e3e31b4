"""The `luma_ir.passes.mem` package."""
