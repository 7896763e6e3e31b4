"""The `luma_ir.passes.convert` package."""
