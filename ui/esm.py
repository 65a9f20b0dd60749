"""The browser's modules that several elements share."""

from pathlib import Path

VOICE = {"rehearsal-voice": str(Path(__file__).parent / "voice")}
"""Rooms, microphones and meters; see ``ui/voice/index.js``."""
