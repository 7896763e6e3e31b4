"""The `luma_ir.tools` package."""
