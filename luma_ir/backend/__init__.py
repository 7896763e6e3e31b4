"""The `luma_ir.backend` package."""
