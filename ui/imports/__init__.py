"""Importing personas: whatever an author brings, seen before any of it is written."""
