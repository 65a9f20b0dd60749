"""How the English voice speaks for a persona, and what a mood does to it; pure."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from agent.speech.speaking.casting import cast_voice
from agent.speech.speaking.speakers import BUNDLED, SPEAKERS
from personas.model import Persona

MIDDLE = 4
"""The intensity at which a persona speaks as its file has it."""
RANGES = {"size": (0.6, 1.4), "tone": (0.5, 2.0), "pace": (0.5, 2.0)}
"""What a persona file may set; each is a factor, 1 is the speaker as recorded."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a sentence is spoken.

    Factors of the speaker as recorded: ``size`` of all frequencies at once, as of a smaller or
    taller person, ``tone`` of the pitch alone, ``pace`` of the tempo, ``spread`` of the pitch's
    movement around its middle (in octaves), ``pause`` of the silences. ``effort`` in decibels per
    octave is how much brighter a strained voice is, ``level`` in decibels how much louder.
    """

    speaker: str = BUNDLED.name
    size: float = 1.0
    tone: float = 1.0
    pace: float = 1.0
    spread: float = 1.0
    pause: float = 1.0
    effort: float = 0.0
    level: float = 0.0

    @property
    def voice(self) -> str:
        """Who speaks, for a log."""
        return self.speaker


def delivery(persona: Persona, key: str, intensity: int) -> Delivery:
    """The persona's voice at an intensity of 0-10: angrier is faster, higher, livelier, louder
    and without long pauses; calmer the other way. ``key`` is where its ``voice:`` describes it.
    """
    given = persona.voice.get(key)
    options: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    usual = cast_voice(persona)
    named = named_speaker(persona, key)
    heat = (min(10, max(0, intensity)) - MIDDLE) / (10 - MIDDLE)  # -0.67 to 1
    return Delivery(
        speaker=named or BUNDLED.name,
        # Most of the higher pitch comes by size: of the pitch alone DNSMOS (overall) takes 0.3
        # away for 12 %, of this nothing.
        size=_factor(options, "size", 1.0 if named else usual.size) * (1 + 0.05 * heat),
        tone=_factor(options, "tone", 1.0 if named else usual.tone) * (1 + 0.03 * heat),
        pace=_factor(options, "pace", 1.0 if named else usual.pace) * (1 + 0.12 * heat),
        spread=1 + 0.25 * heat,
        pause=1 - 0.4 * heat,
        effort=0.8 * heat,
        level=2.5 * heat,
    )


def named_speaker(persona: Persona, key: str) -> str:
    """The speaker that the persona's file names; "" when it names none that there is."""
    given = persona.voice.get(key)
    name = given.get("speaker") if isinstance(given, Mapping) else None
    return name if isinstance(name, str) and name in SPEAKERS else ""


def instead_of(how: Delivery) -> Delivery:
    """By the bundled speaker, as near as it comes to one whose model is not here."""
    speaker = SPEAKERS[how.speaker]
    return replace(
        how, speaker=BUNDLED.name, size=how.size * speaker.size, tone=how.tone * speaker.tone
    )


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """What a persona file may say of its voice: see ``Delivery`` and ``RANGES``."""

    speaker: str = BUNDLED.name
    size: float = 1.0
    tone: float = 1.0
    pace: float = 1.0


def voice_settings(persona: Persona, key: str) -> VoiceSettings:
    """The persona's voice before any mood; what its file does not say is chosen by its text."""
    usual = delivery(persona, key, MIDDLE)
    return VoiceSettings(usual.speaker, usual.size, usual.tone, usual.pace)


def in_voice(persona: Persona, key: str, settings: VoiceSettings | None) -> Persona:
    """The persona with that voice; None for the one that its text alone would get."""
    return replace(persona, voice={key: asdict(settings)} if settings else {})


def _factor(options: Mapping[str, Any], name: str, default: float) -> float:
    """The option as a number within its range; the default for what is none."""
    value = options.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not _finite(value):
        return default
    low, high = RANGES[name]
    return min(high, max(low, float(value)))


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer of hundreds of digits
        return False
