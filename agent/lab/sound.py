"""Runs in real sound."""

WHY_NOT = "runs in real sound are not there yet; leave --audio out to play in text."
"""Said to who asks for them."""
