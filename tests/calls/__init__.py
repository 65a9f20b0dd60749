"""Whole calls and pages in a real browser, with the one running app and its LiveKit server."""
