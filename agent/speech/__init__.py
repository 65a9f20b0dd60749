"""Hearing and speaking on this machine, and when a turn is over."""
