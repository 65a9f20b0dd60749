"""What the word lists find in typed turns from which they were not made: ``heldout.yaml``.

The lists may have learned from the part named tune. Test, and surest later, say how well they do
elsewhere: see the head of that file.
"""

import time
from collections.abc import Iterator, Sequence
from functools import cache

from agent.simulation.directing.certainty import decided
from agent.simulation.observing.observer import LexicalObserver
from tests.bench.figures import spread
from tests.support.heldout import Part, Said, counted, persona_of, sentences

PARTS: tuple[Part, ...] = ("tune", "test", "later")
LANGUAGES = {"en": "English", "th": "Thai"}


def measure() -> Iterator[tuple[str, str]]:
    """Rules found, neutral sentences that match one, for each part and language."""
    for part in PARTS:
        for language, name in LANGUAGES.items():
            said = list(sentences(part, language))
            yield f"{part}, {name}, rules found (target at least 0.90)", _found(said, "all")
            yield f"{part}, {name}, triggers and calming points found", _found(said, "counted")
            yield f"{part}, {name}, neutral sentences matched (target at most 0.05)", _false(said)
            yield f"{part}, {name}, other rules matched beside the right ones", _beside(said)
    yield "reading a turn", spread(list(_times()), "ms", 2)


def _found(said: Sequence[Said], which: str) -> str:
    found = total = 0
    for one in said:
        wanted = one.rules & counted(one.slug) if which == "counted" else one.rules
        found += len(wanted & matched(one))
        total += len(wanted)
    return f"{found / total:.2f} ({found} of {total})"


def _false(said: Sequence[Said]) -> str:
    neutral = [one for one in said if not one.rules]
    wrong = sum(bool(matched(one)) for one in neutral)
    return f"{wrong / len(neutral):.2f} ({wrong} of {len(neutral)})"


def _beside(said: Sequence[Said]) -> str:
    """Some of them are right all the same: a sentence lists only what it surely does."""
    meant = [one for one in said if one.rules]
    return f"{sum(len(matched(one) - one.rules) for one in meant)} in {len(meant)} sentences"


def _times() -> Iterator[float]:
    """Milliseconds for each sentence of both halves."""
    for part in PARTS:
        for language in LANGUAGES:
            for one in sentences(part, language):
                began = time.perf_counter()
                matched(one)
                yield 1000 * (time.perf_counter() - began)


def matched(one: Said) -> set[str]:
    """The rules that the observer finds in the sentence, surely enough to count."""
    seen = decided(persona_of(one.slug), _observer(one.slug).observe(one.text))
    return {match.rule for match in seen.matches}


@cache
def _observer(slug: str) -> LexicalObserver:
    return LexicalObserver(persona_of(slug))
