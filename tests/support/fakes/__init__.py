"""Servers that speak the providers' protocols, on loopback."""
