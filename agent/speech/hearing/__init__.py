"""Hearing on this machine: sound of a call in, words out."""
