"""The versions of a persona: listed, compared, restored."""
