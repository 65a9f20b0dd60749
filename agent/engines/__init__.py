"""Engines that play a persona; one module each."""
