"""Calls, and what is tried in a browser, with an app or a LiveKit server of their own."""
