"""Persona files: their format, checker and library."""
