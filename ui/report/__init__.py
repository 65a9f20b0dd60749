"""Calls that are over: the list, and the report of each."""
