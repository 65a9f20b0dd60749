"""What is kept of a person: shown, taken along and deleted."""
