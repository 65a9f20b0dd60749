"""What the trained reader finds on personas that it has not learnt from, as a call would count it.

The blind part is measured as a whole and shown to nobody one by one; see the data's README.
"""

import asyncio
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

import psutil

from agent.reader.observer import ObserverMaker, ReaderObserver
from agent.reader.reader import Reader
from agent.reader.train.examples import BLIND, DATA, Taught, personas
from agent.reader.train.figures import JUDGED, first_right, scores_of
from agent.simulation.directing.certainty import decided
from personas.model import Persona, Rule
from tests.bench.figures import LeftOut, spread
from tests.support.heldout import Part, persona_of, sentences
from tests.support.personas import make_persona, rule, rule_id

PARTS: tuple[Part, ...] = ("test", "later")
WORDS, MANY = 40, 400
"""Of the turns that are timed."""
RULES, EDITS = 60, 20
TICK = 0.005
"""Seconds; a loop that only ticks is watched while a thread reads."""


def measure() -> Iterator[tuple[str, str]]:
    """F1 of the blind personas, also with one example a rule, and of ``heldout.yaml``; harmless
    sentences, times, memory."""
    process = psutil.Process()
    before = process.memory_info().rss
    maker = ObserverMaker()
    reader = maker.load()
    if reader is None:
        raise LeftOut(maker.problem)
    blind = personas(BLIND)
    observers = [(one, ReaderObserver(_persona(one), reader)) for one in blind]
    yield from _blind(observers)
    yield "blind, one example a rule", _taught(blind, reader)
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
    yield f"learning {RULES} rules (target 1.5)", spread(list(_learning(blind, reader)))
    yield "an edit of one rule (target 50)", spread(list(_edits(blind, reader)), "ms", 1)
    observers_ = list(shipped.values())
    yield f"a turn of {WORDS} words (target p95 40)", spread(_times(observers_, WORDS), "ms", 1)
    yield f"a turn of {MANY} words (target 200)", spread(_times(observers_, MANY), "ms", 1)
    waits = asyncio.run(_waits(observers_[0]))
    yield "a loop waits while a thread reads these (limit 50)", spread(waits, "ms", 1)
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


def _taught(blind: Sequence[Taught], reader: Reader) -> str:
    """The same figure where each rule has one of the turns that do it as its example; that turn
    does not count for it."""
    rng = random.Random(1)
    hit = wrong = missed = 0
    for one in blind:
        ids = [rule_id(kind, text) for kind, text in one.rules]
        likes = {
            ids[place]: rng.choice(does)
            for place in range(len(ids))
            if (does := [u.text for u in one.utterances if u.group == "yes" and place in u.fulfils])
        }
        persona = _persona(one, likes)
        observer = ReaderObserver(persona, reader)
        for turn in one.utterances:
            if turn.group not in JUDGED:
                continue
            given = {rule for rule, text in likes.items() if text == turn.text}
            found = _matched(persona, observer, turn.text) - given
            meant = {ids[place] for place in turn.fulfils} - given
            hit += len(found & meant)
            wrong += len(found - meant)
            missed += len(meant - found)
    return _figures(hit, wrong, missed)


def _persona(one: Taught, likes: Mapping[str, str] | None = None) -> Persona:
    facts = tuple((fact["label"], fact["value"]) for fact in one.facts)
    rules = [rule(kind, text) for kind, text in one.rules]  # type: ignore[arg-type]
    if likes:
        rules = [
            replace(each, like=(likes[each.id],)) if each.id in likes else each for each in rules
        ]
    return make_persona(rules, facts=facts)


def _some_rules(blind: Sequence[Taught]) -> list[Rule]:
    """So many different ones."""
    every = {each.id: each for one in blind for each in _persona(one).rules}
    return list(islice(every.values(), RULES))


def _learning(blind: Sequence[Taught], reader: Reader) -> Iterator[float]:
    persona = make_persona(_some_rules(blind))
    for _ in range(5):
        began = time.perf_counter()
        ReaderObserver(persona, reader)
        yield time.perf_counter() - began


def _edits(blind: Sequence[Taught], reader: Reader) -> Iterator[float]:
    """A rule is reworded, each time anew."""
    first, *rest = _some_rules(blind)
    before = ReaderObserver(make_persona([first, *rest]), reader)
    for number in range(EDITS):
        changed = rule(first.kind, f"{first.text}, as was said {number} times", first.change)
        persona = make_persona([changed, *rest])
        began = time.perf_counter()
        ReaderObserver(persona, reader, before)
        yield 1000 * (time.perf_counter() - began)


def _matched(persona: Persona, observer: ReaderObserver, text: str) -> set[str]:
    return {match.rule for match in decided(persona, observer.observe(text)).matches}


def _turns(words: int, number: int) -> list[str]:
    """As many turns of so many words."""
    said = " ".join(said.text for said in sentences("test")).split()
    step = max(1, min(words, (len(said) - words) // number))
    return [" ".join(said[at * step : at * step + words]) for at in range(number)]


def _times(observers: Sequence[ReaderObserver], words: int) -> list[float]:
    found = []
    for number, text in enumerate(_turns(words, 60 if words <= WORDS else 20)):
        began = time.perf_counter()
        observers[number % len(observers)].observe(text)
        found.append(1000 * (time.perf_counter() - began))
    return found


async def _waits(observer: ReaderObserver) -> list[float]:
    """The longest wait of a loop that ticks, for each turn of many words that a thread reads."""
    longest = []
    for text in _turns(MANY, 10):
        reading = asyncio.create_task(asyncio.to_thread(observer.observe, f"Well. {text}"))
        worst = 0.0
        while not reading.done():
            began = time.perf_counter()
            await asyncio.sleep(TICK)
            worst = max(worst, time.perf_counter() - began - TICK)
        longest.append(1000 * worst)
    return longest


def _figures(hit: int, wrong: int, missed: int) -> str:
    precision, recall = hit / max(1, hit + wrong), hit / max(1, hit + missed)
    f1 = 2 * hit / max(1, 2 * hit + wrong + missed)
    return f"F1 {f1:.3f} (precision {precision:.3f}, recall {recall:.3f})"


def _share(found: Sequence[bool]) -> str:
    return f"{sum(found) / max(1, len(found)):.3f} of {len(found)}"
