"""Hearing a customer's voice, and choosing it."""
