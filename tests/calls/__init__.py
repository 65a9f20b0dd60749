"""Whole calls and pages in a real browser, with a real LiveKit server."""
