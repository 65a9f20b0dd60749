"""Where sentences end: not at "Mr. Hughes", "No. 5", "49.90" or "at seven a.m. tomorrow"; pure."""

import re
from collections.abc import Iterator

_END = re.compile(r"(?<=[.!?…])[\"'\u201d\u2019)]*\s+|\n+")
_ABBREVIATED = re.compile(
    r"(?:^|[\s(])(?:(?i:mrs?|ms|drs?|st|prof|rev|sgt|capt|lt|mt|vs|e\.g|i\.e)|[A-Z])\.$"
)
_NUMBERED = re.compile(r"(?:^|\s)(?:nos?|ext|apt|approx|fig)\.$", re.IGNORECASE)
_SHORTENED = re.compile(r"(?:\b(?:[ap]\.m|etc|approx|min|hrs?)\.|…|\.\.)$", re.IGNORECASE)


def sentences(text: str) -> list[str]:
    """Whole sentences of written text, and what may still grow as the last item."""
    found = []
    at = 0
    for end, following in _ends(text, typed=False):
        found.append(text[at:end])
        at = following
    return [*found, text[at:]]


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a turn begin and end, with the signs that close them. Who types may
    begin one with a small letter."""
    found = []
    at = 0
    for end, following in [*_ends(text, typed=True), (len(text), len(text))]:
        said = text[at:end]
        if said.strip():
            begins = at + len(said) - len(said.lstrip())
            found.append((begins, at + len(said.rstrip())))
        at = following
    return found


def turn_sentences(text: str) -> list[str]:
    """The sentences of a turn, with the signs that close them."""
    return [text[begin:end] for begin, end in sentence_spans(text)]


def _ends(text: str, *, typed: bool) -> Iterator[tuple[int, int]]:
    """Where each sentence but the last ends, and where the next one begins."""
    at = 0
    for end in _END.finditer(text):
        said, following = text[at : end.start()], text[end.end() : end.end() + 1]
        if "\n" in end[0] or not _goes_on(said, following, typed=typed):
            yield end.start(), end.end()
            at = end.end()


def _goes_on(said: str, following: str, *, typed: bool) -> bool:
    if _ABBREVIATED.search(said) or (following.isdigit() and _NUMBERED.search(said)):
        return True
    return following.islower() and (not typed or bool(_SHORTENED.search(said)))
