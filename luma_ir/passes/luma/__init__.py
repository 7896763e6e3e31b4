"""The `luma_ir.passes.luma` package."""
