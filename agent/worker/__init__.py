"""The LiveKit worker of this process, and what it holds ready for calls."""
