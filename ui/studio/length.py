"""The line under a persona's text: how long it is, and for which voices that is too much."""

from collections.abc import Sequence

from agent.engines.length import (
    ESTIMATE,
    Excess,
    Length,
    as_prompt,
    excess,
    measure,
)
from agent.engines.length import too_big as too_big_for_any
from agent.engines.limits import Limit
from ui import kit
from ui.context import Studio


class LengthLine:
    """Characters, words and tokens, a warning where they are too many, and where figures come
    from; ``show`` draws them anew."""

    def __init__(self, studio: Studio) -> None:
        settings = studio.settings
        known = (spec.limit(settings) for spec in studio.engines.ready(settings))
        self._limits = [limit for limit in known if limit is not None]
        self._shown: tuple[str, ...] | None = None
        with kit.tag("div", classes="rh-length").mark("length"):
            self._line = kit.tag("p", classes="rh-muted rh-small rh-number")
            self._warnings = kit.tag("div", classes="rh-stack-tight").props("role=status")
            _basis(self._limits)

    def show(self, text: str, language: str = "en") -> None:
        """The length of that persona text in a language (BCP 47)."""
        length = measure(text, language)
        tokens = as_prompt(text)
        self._line.set_text(_in_words(length, tokens))
        found = [too_big_for_any(text), *(excess(tokens, limit) for limit in self._limits)]
        self._warn([each for each in found if each is not None])

    def _warn(self, found: Sequence[Excess]) -> None:
        words = tuple(each.words for each in found)
        if words == self._shown:
            return
        self._shown = words
        self._warnings.clear()
        with self._warnings:
            for each in found:
                kit.tag("p", each.words, f"rh-message rh-message-{each.level} rh-small")


def length_line(studio: Studio, text: str = "", language: str = "en") -> LengthLine:
    """The line for that text, at this place of the page."""
    line = LengthLine(studio)
    line.show(text, language)
    return line


def _in_words(length: Length, tokens: int) -> str:
    parts = [f"{length.characters:,} characters"]
    if length.words is not None:
        parts.append(f"{length.words:,} words")
    return " · ".join([*parts, f"about {tokens:,} tokens as a prompt"])


def _basis(limits: Sequence[Limit]) -> None:
    with kit.tag("details", classes="rh-details rh-small"):
        kit.tag("summary", "Details")
        kit.tag("p", ESTIMATE)
        with kit.tag("ul", classes="rh-length-limits"):
            for limit in limits:
                kit.tag("li", _taken(limit))


def _taken(limit: Limit) -> str:
    if limit.most is None:
        return f"{limit.title}: no limit; {limit.basis}."
    return f"{limit.title}: {limit.most:,} tokens with the talk. Source: {limit.basis}."
