"""Which espeak-ng voice a persona has, and how a mood changes it."""

import math
import re
from collections.abc import Mapping
from typing import Any

from agent.speech.speaking.casting import gender
from agent.speech.speaking.espeak import Manner
from agent.speech.speaking.speakers import Gender
from personas.model import Persona

_LANGUAGES = {
    "en": "en-us",
    "en-us": "en-us",
    "en-gb": "en-gb-x-rp",
    "en-au": "en-gb-x-rp",
    "en-nz": "en-gb-x-rp",
    "en-ie": "en-gb-scotland",
    "en-jm": "en-029",
    "zh": "cmn",
    "pt-br": "pt-br",
    "es-mx": "es-419",
}

# Names that espeak-ng's fixed buffers can take.
_NAME = re.compile(r"[A-Za-z0-9_+-]{1,40}")

# Variants that keep consonants clear at a fast rate; the name picks one of them.
_VARIANTS: dict[Gender, tuple[str, ...]] = {
    "woman": ("f2", "f3", "Annie", "Andrea", "f5"),
    "man": ("m3", "m7", "m1", "Andy", "m4"),
}


def manner(persona: Persona, key: str, intensity: int) -> Manner:
    """The persona's voice at an intensity of 0-10: angrier is faster, higher, livelier.

    ``key`` is where the persona's ``voice:`` describes it.
    """
    given = persona.voice.get(key)
    options: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    heat = (min(10, max(0, intensity)) - 4) / 6
    voice, language = _voice(persona, options), _language(persona.language)
    return Manner(
        voice=voice,
        instead=tuple(filter(None, (voice.partition("+")[0], language, "en-us"))),
        rate=_within(_number(options, "rate", 165) * (1 + 0.12 * heat), 80, 300),
        pitch=_within(_number(options, "pitch", 48) + 9 * heat, 0, 99),
        range=_within(_number(options, "range", 55) + 22 * heat, 0, 99),
        volume=_within(_number(options, "volume", 92) + 6 * heat, 20, 110),
    )


def _voice(persona: Persona, options: Mapping[str, Any]) -> str:
    wanted = options.get("voice")
    if isinstance(wanted, str) and _NAME.fullmatch(wanted):
        return wanted
    variant = options.get("variant")
    if not (isinstance(variant, str) and _NAME.fullmatch(variant)):
        choice = _VARIANTS[gender(persona)]
        variant = choice[sum(map(ord, persona.name)) % len(choice)]
    return f"{_language(persona.language)}+{variant}"


def _language(tag: str) -> str:
    tag = tag.lower()
    primary = tag.split("-")[0]
    return _LANGUAGES.get(tag) or _LANGUAGES.get(primary) or (primary if primary.isalpha() else "")


def _number(options: Mapping[str, Any], key: str, default: float) -> float:
    """The option as a number; the default for what is none, or none that can be spoken with."""
    value = options.get(key)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return default
    try:
        number = float(value)
    except OverflowError:  # an integer of hundreds of digits
        return default
    return number if math.isfinite(number) else default


def _within(value: float, low: int, high: int) -> int:
    return round(min(high, max(low, value)))
