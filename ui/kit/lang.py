"""Ours and the persona's words beside each other: the persona's are marked with their language and
the direction in which they are read.

A screen reader speaks English until the page says otherwise.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from typing import TypeVar

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from ui import kit

Piece = tuple[str, bool]
"""Some words, and whether they are the persona's."""
Marked = TypeVar("Marked", bound=ui.element)


def persona_words(element: Marked, language: str) -> Marked:
    """All that the element says is in the persona's words: in which language they are, as a BCP 47
    tag, and from which side they are read, which the browser sees by their letters."""
    element.props["lang"] = language
    return anyone_s_words(element)


def our_words(element: Marked) -> Marked:
    """What the element says is ours, although it stands inside the persona's words."""
    element.props["lang"], element.props["dir"] = "en", "ltr"
    return element


def anyone_s_words(element: Marked) -> Marked:
    """Nobody knows in which language it is; the browser sees from which side it is read."""
    element.props["dir"] = "auto"
    return element


def line(name: str, pieces: Iterable[Piece], language: str, classes: str = "") -> TextElement:
    """An element of that HTML tag with these pieces, those of the persona in its language."""
    made = kit.tag(name, classes=classes)
    fill(made, tuple(pieces), language)
    return made


def fill(place: TextElement, pieces: Sequence[Piece], language: str) -> None:
    """Put these pieces there, instead of what was there."""
    place.clear()
    if is_english(language) or not any(own for _, own in pieces):
        place.set_text("".join(text for text, _ in pieces))
        return
    place.set_text("")
    with place:
        for text, own in pieces:
            span = kit.tag("span", text)
            if own:
                persona_words(span, language)


def by_script(text: str) -> tuple[Piece, ...]:
    """The pieces of a text of which only the letters tell: what is not in Latin letters is the
    persona's, with the spaces and marks inside it."""
    marks = [_foreign(letter) for letter in text]
    known = [place for place, mark in enumerate(marks) if mark is not None]
    for before, after in pairwise(known):
        if marks[before] and marks[after]:
            marks[before:after] = [True] * (after - before)
    pairs = ((letter, bool(mark)) for letter, mark in zip(text, marks, strict=True))
    return tuple(
        ("".join(letter for letter, _ in run), own)
        for own, run in groupby(pairs, key=lambda pair: pair[1])
    )


def spoken(accepted: str) -> list[str]:
    """The languages that a browser's ``Accept-Language`` names (RFC 9110, 12.5.4), as first parts
    of BCP 47 tags, the one that it likes best first."""
    wanted: list[tuple[float, str]] = []
    for part in accepted.split(",")[:50]:
        tag, _, weight = part.partition(";")
        name = tag.strip().partition("-")[0].lower()
        liked = re.fullmatch(r"\s*q\s*=\s*(\d(?:\.\d{0,3})?)\s*", weight)
        quality = float(liked[1]) if liked else 1.0
        if name.isalpha() and quality > 0:
            wanted.append((-quality, name))
    return list(dict.fromkeys(name for _, name in sorted(wanted, key=lambda each: each[0])))


def is_english(language: str) -> bool:
    """Whether that BCP 47 tag is of the language that the pages are in."""
    return language.partition("-")[0].lower() == "en"


def _foreign(letter: str) -> bool | None:
    """None for what is no letter, as it belongs to any language."""
    if not unicodedata.category(letter).startswith(("L", "M")):
        return None
    return not unicodedata.name(letter, "").startswith(("LATIN", "COMBINING"))
