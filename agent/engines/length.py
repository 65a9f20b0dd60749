"""How long a prompt is, and whether an engine takes it; pure.

Tokens are estimated, since each provider has its own way to cut words into pieces and ours must
answer while one types. The figures below are characters per token of OpenAI's ``o200k_base``,
measured on 2026-11-22 with PyPI's ``bpe-openai``: Latin and Thai on the eight personas that come
with the app (3.9-4.1, and 2.2-2.4), the other scripts on two sentences each, rounded down. Google
names about 4 characters for a token of Gemini (https://ai.google.dev/gemini-api/docs/tokens).
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from agent.engines.limits import Limit
from agent.simulation.acting.prompt import file_in_prompt, persona_frame
from personas.source import LIMIT

LATIN = 4.0
_SCRIPTS: tuple[tuple[str, float], ...] = (
    ("\u0e00-\u0e7f", 2.2),  # Thai
    ("\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef", 1.2),  # Chinese, Japanese
    ("\u1100-\u11ff\uac00-\ud7af", 1.6),  # Korean
    ("\u0e80-\u0eff", 0.55),  # Lao
    ("\u1000-\u109f\u1780-\u17ff", 1.6),  # Burmese, Khmer
    ("\u0370-\u03ff\u0590-\u05ff", 2.4),  # Greek, Hebrew
    ("\u0600-\u06ff", 2.7),  # Arabic
    ("\u0400-\u04ff\u0900-\u097f", 3.4),  # Cyrillic, Devanagari
)
_ASCII = re.compile(r"[\x00-\x7f]+")
_OTHER = tuple((re.compile(f"[{signs}]"), each) for signs, each in _SCRIPTS)
UNSPACED = frozenset(("th", "zh", "ja", "lo", "km", "my"))
"""Languages that are written without spaces between words, so that nobody can count these so."""

ESTIMATE = (
    "Tokens are the pieces in which a model reads. They are estimated: about 4 characters each in "
    "English and 2.2 in Thai, as OpenAI cuts them; Google names about 4 too."
)


@dataclass(frozen=True, slots=True)
class Length:
    """``words`` is None where words have no spaces between them; ``tokens`` is an estimate."""

    characters: int
    words: int | None
    tokens: int


@dataclass(frozen=True, slots=True)
class Excess:
    """A warning in words; ``level`` is ``bad`` when the engine does not take it, else ``warn``."""

    level: str
    words: str


def measure(text: str, language: str = "en") -> Length:
    """The length of that text in a language (BCP 47)."""
    unspaced = language.partition("-")[0].lower() in UNSPACED
    words = None if unspaced else len(text.split())
    return Length(len(text), words, _tokens(text))


def as_prompt(text: str) -> int:
    """What a model reads of that persona's text, in tokens: it stands in a frame."""
    return _tokens(file_in_prompt(text)) + _frame_tokens()


def excess(tokens: int, limit: Limit) -> Excess | None:
    """What is to be said about a prompt for that engine; None when it is short enough."""
    if limit.most is not None and tokens > limit.most:
        return Excess(
            "bad",
            f"Too long for {limit.title}: about {tokens:,} tokens, and it takes {limit.most:,} "
            f"together with the talk. Past that {limit.over}.",
        )
    if limit.slow is not None and tokens > limit.slow:
        room = f" of {limit.most:,}" if limit.most is not None else ""
        return Excess(
            "warn",
            f"Long for {limit.title}: about {tokens:,} tokens{room}. The model reads all of it "
            "before each answer, so answers come later and cost more.",
        )
    return None


def too_big(text: str) -> Excess | None:
    """What is to be said about a text that no persona's file may have, whatever the engine."""
    size = len(text.encode("utf-8", "replace"))
    if size <= LIMIT:
        return None
    return Excess(
        "bad",
        f"Too long for any call: {size // 1024:,} KB, and a persona's text has {LIMIT // 1024} KB "
        "at most.",
    )


def _tokens(text: str) -> int:
    if text.isascii():
        return round(len(text) / LATIN)
    others = _ASCII.sub("", text)
    tokens = (len(text) - len(others)) / LATIN
    for sign, count in Counter(others).items():
        tokens += count / next((each for signs, each in _OTHER if signs.match(sign)), LATIN)
    return round(tokens)


@cache
def _frame_tokens() -> int:
    return _tokens(persona_frame())
