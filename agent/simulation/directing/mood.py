"""The one scale of moods: what an intensity is called, in prompts, pages and printed calls."""

from typing import Literal, get_args

Mood = Literal["calm", "tense", "angry", "furious"]
MOODS: tuple[Mood, ...] = get_args(Mood)
"""From the mildest on; the word is also the name of its colour."""
_HIGHEST = (2, 5, 7)
"""The highest intensity of each mood but the last."""


def mood_word(intensity: int) -> Mood:
    """The word for an intensity of 0-10."""
    return MOODS[sum(intensity > highest for highest in _HIGHEST)]
