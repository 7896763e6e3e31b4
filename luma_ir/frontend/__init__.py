"""The `luma_ir.frontend` package."""
