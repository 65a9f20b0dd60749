"""Benchmarks that print figures: ``uv run python -m tests.bench``. Nothing here asserts a time."""
