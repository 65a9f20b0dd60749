"""The engine that needs no key."""
