"""What the trained reader finds on personas that it has not learnt from, as a call would count it.

The blind part is measured as a whole and shown to nobody one by one; see the data's README.
"""

import time
from collections.abc import Iterator, Sequence

import psutil

from agent.reader.observer import ObserverMaker, ReaderObserver
from agent.reader.train.examples import BLIND, DATA, Taught, personas
from agent.reader.train.figures import JUDGED, first_right, scores_of
from agent.simulation.directing.certainty import decided
from personas.model import Persona
from tests.bench.figures import LeftOut, spread
from tests.support.heldout import Part, persona_of, sentences
from tests.support.personas import make_persona, rule, rule_id

PARTS: tuple[Part, ...] = ("test", "later")
WORDS = 40
"""Of the turns that are timed."""


def measure() -> Iterator[tuple[str, str]]:
    """F1 of the blind personas and of ``heldout.yaml``, harmless sentences, times, memory."""
    process = psutil.Process()
    before = process.memory_info().rss
    maker = ObserverMaker()
    reader = maker.load()
    if reader is None:
        raise LeftOut(maker.problem)
    blind = personas(BLIND)
    observers = [(one, ReaderObserver(_persona(one), reader)) for one in blind]
    yield from _blind(observers)
    for what in ("fact", "line"):
        yield f"blind, first right, {what}s", f"{first_right(scores_of(reader), blind, what):.2f}"
    anyone = (DATA / "harmless-blind.txt").read_text(encoding="utf-8").splitlines()
    wrong = [bool(_matched(_persona(one), o, text)) for one, o in observers for text in anyone]
    yield "blind, sentences of anybody that match (target at most 0.01)", _share(wrong)
    shipped: dict[str, ReaderObserver] = {}
    learnt = []
    for slug in {said.slug for said in sentences("test")}:
        began = time.perf_counter()
        shipped[slug] = ReaderObserver(persona_of(slug), reader)
        rules = time.perf_counter()
        shipped[slug].learn_rest()
        learnt.append((rules - began, time.perf_counter() - rules))
    for part in PARTS:
        hit = wrong_ones = missed = 0
        for said in sentences(part):
            found = _matched(persona_of(said.slug), shipped[said.slug], said.text)
            hit += len(found & said.rules)
            wrong_ones += len(found - said.rules)
            missed += len(said.rules - found)
        yield f"{part}, English", _figures(hit, wrong_ones, missed)
    yield "learning the rules of a persona (target 1.5)", spread([rules for rules, _ in learnt])
    yield "its facts and lines (target 3)", spread([rest for _, rest in learnt])
    yield f"a turn of {WORDS} words (target p95 40)", spread(list(_times(shipped)), "ms", 1)
    grown = (process.memory_info().rss - before) / 1e6
    yield "memory (target 150)", f"{grown:.0f} MB with {len(observers) + len(shipped)} personas"
    maker.close()


def _blind(observers: Sequence[tuple[Taught, ReaderObserver]]) -> Iterator[tuple[str, str]]:
    hit = wrong = missed = 0
    rejected, harmless = [], []
    for one, observer in observers:
        ids = [rule_id(kind, text) for kind, text in one.rules]
        for turn in one.utterances:
            found = _matched(_persona(one), observer, turn.text)
            meant = {ids[place] for place in turn.fulfils}
            if turn.group in JUDGED:
                hit += len(found & meant)
                wrong += len(found - meant)
                missed += len(meant - found)
            if turn.nearly >= 0:
                rejected.append(ids[turn.nearly] not in found)
            if turn.group in ("harmless", "keywords"):
                harmless.append(bool(found))
    yield "blind (targets F1 0.65, precision 0.70)", _figures(hit, wrong, missed)
    yield "blind, near misses rejected (target 0.90)", _share(rejected)
    yield "blind, harmless turns that match (target at most 0.01)", _share(harmless)


def _persona(one: Taught) -> Persona:
    facts = tuple((fact["label"], fact["value"]) for fact in one.facts)
    rules = [rule(kind, text) for kind, text in one.rules]  # type: ignore[arg-type]
    return make_persona(rules, facts=facts)


def _matched(persona: Persona, observer: ReaderObserver, text: str) -> set[str]:
    return {match.rule for match in decided(persona, observer.observe(text)).matches}


def _times(shipped: dict[str, ReaderObserver]) -> Iterator[float]:
    words = " ".join(said.text for said in sentences("test")).split()
    observers = list(shipped.values())
    for number in range(60):
        text = " ".join(words[number * WORDS : (number + 1) * WORDS])
        began = time.perf_counter()
        observers[number % len(observers)].observe(text)
        yield 1000 * (time.perf_counter() - began)


def _figures(hit: int, wrong: int, missed: int) -> str:
    precision, recall = hit / max(1, hit + wrong), hit / max(1, hit + missed)
    f1 = 2 * hit / max(1, 2 * hit + wrong + missed)
    return f"F1 {f1:.3f} (precision {precision:.3f}, recall {recall:.3f})"


def _share(found: Sequence[bool]) -> str:
    return f"{sum(found) / max(1, len(found)):.3f} of {len(found)}"
