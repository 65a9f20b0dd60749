"""Tests, browser harness and benchmark."""

from agent.platform.process.memory import limit_threads

limit_threads()  # as in the app, and before any of them imports numpy
