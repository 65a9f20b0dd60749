"""Tests, browser harness and benchmark."""
