"""Trying a moment of an earlier call again, and both endings beside each other."""
