"""Listening to a call that is going on, and whispering to its trainee."""
