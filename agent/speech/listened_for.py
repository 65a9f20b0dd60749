"""What the director listens for, as material for the recogniser's language model: its list of
speech acts holds whole sentences and, in the pattern language of
``agent.simulation.language.patterns``, phrases.
"""

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from agent.speech.wordings import played

ACTS = Path(__file__).parents[1] / "simulation" / "language" / "lexicon_en.txt"

_GAP = re.compile(r"\s*(?:\.\.\d*|\b_\b|#)\s*")
_OPTIONAL = re.compile(r"(\([^()]*\)|\S+)\?")
_STEM = re.compile(r"([a-z'-]+)\*")
_ENDINGS = (
    *("", "s", "es", "d", "ed", "ing", "e", "y", "ly", "ment", "ion", "ation", "ful"),
    *("ize", "ized", "ate", "ated", "ering", "ered", "ting", "ted"),
)
_TIMES = 12  # wordings of a pattern


def examples(path: Path = ACTS) -> list[str]:
    """The whole sentences of the list."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line[1:].strip() for line in lines if line.startswith("!")]


def fragments(known: Collection[str], path: Path = ACTS) -> Iterator[list[str]]:
    """Pieces of sentences, of two words or more, made of ``known`` words alone.

    Rarer words stay out: each one makes all others harder to hear.
    """
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith((">", "+")):
            for part in _GAP.split(line[1:]):
                yield from _wordings(part, known)


def _wordings(part: str, known: Collection[str]) -> Iterator[list[str]]:
    pattern = _OPTIONAL.sub(r"[\1]", part.strip())
    pattern = _STEM.sub(lambda stem: _forms(stem.group(1), known), pattern)
    if not pattern or "?" in pattern or "*" in pattern:
        return
    try:
        said = {tuple(words) for words in played([pattern], _TIMES)}
    except ValueError:  # a gap inside brackets has torn it
        return
    for words in sorted(said):
        if len(words) > 1 and all(word in known for word in words):
            yield list(words)


def _forms(stem: str, known: Collection[str]) -> str:
    words = [stem + ending for ending in _ENDINGS if stem + ending in known]
    return f"({'|'.join(words)})" if words else "*"
