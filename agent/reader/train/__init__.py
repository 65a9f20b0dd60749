"""How the reader's weights are made: ``uv run --group train python -m agent.reader.train``."""
