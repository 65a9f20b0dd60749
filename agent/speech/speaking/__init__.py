"""The persona's voice on this machine: hibari for English, espeak-ng for other languages."""
