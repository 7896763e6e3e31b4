"""The parts of `convert-luma-to-mem`."""
