"""The `luma_ir.passes` package."""
