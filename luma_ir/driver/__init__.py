"""The `luma_ir.driver` package."""
