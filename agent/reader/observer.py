"""Tells what a trainee's turn did by the trained model, and by word lists what they tell better."""

import logging
import math
import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from weakref import WeakValueDictionary

import numpy as np

from agent.reader.encodings import NOTHING, Encodings, EncodingStore
from agent.reader.fact_reader import FactReader
from agent.reader.network import rivalled
from agent.reader.reader import Learnt, Reader, ReadTurn
from agent.reader.weights import FILE, REMEDY, load
from agent.simulation.directing.certainty import FITTING, SURE, UNSURE
from agent.simulation.directing.course import FittingLine, Match, Observation
from agent.simulation.observing.asking import is_asked
from agent.simulation.observing.examples import (
    Verdict,
    judged,
    may_mean_the_same,
    said_like,
    share_words,
    unsaid,
)
from agent.simulation.observing.observer import LexicalObserver, Observer
from agent.simulation.observing.out_of_role import beside_the_role, in_role
from agent.simulation.observing.turn_act import asks_for_more, forgives, is_for_more
from personas.model import Kind, Persona, Rule

log = logging.getLogger(__name__)

SOURCE = "reader"
LANGUAGE = "en"
"""The language that it was trained in; others stay with the word lists."""
RECENT = 8
"""Turns whose reading is kept: words are foreseen, and then said."""

PULL, APART, PUSH = 4.0, 0.35, -1.0
"""How much surer (in logits) a rule is found in words that are near to one of its examples, for
each step of nearness above ``APART``, and how much less sure at most in others. On the personas
that nothing was learnt from, one example a rule raises F1 from 0.64 to 0.66 and the precision from
0.70 to 0.73, and fewer harmless sentences match."""
CHANCE = 0.1
"""How much nearer the nearest of a rule's examples must be for each step of the natural logarithm
of their number: of many, one is near by chance. On the personas that nothing was learnt from, with
five examples a rule, precision rises from 0.55 to 0.63 and F1 from 0.62 to 0.64."""
EXAMPLED: Mapping[Kind, float] = {
    "trigger": 0.4,
    "deescalation": -0.25,
    "criterion": -0.8,
    "objective": -0.45,
}
"""How far (in logits) from its kind's threshold a rule counts that has examples. These say what its
words leave open, so less is enough for what does good, and more for what angers."""
LISTED = 1.5
"""How much surer (in logits) a rule is found that the word lists find, too, at their surest. On
personas that neither has learnt from it changes nothing (F1 0.65); on the shipped ones, whose words
the lists know, F1 rises from 0.76 to 0.82 (``tests.bench reader``)."""
BRIEF = 4
"""Words up to which a turn angers only if the word lists find so, too, or an example: on the
personas that nothing was learnt from, no true accusation of so few words is lost, and no wrong one
is left."""
ALIKE = 0.8
"""Nearness (a cosine) from which on words count as an example's. From 0.7 on it already held for
0.80 of the turns of personas with one example a rule; the shipped ones have several, and on the
part of ``heldout.yaml`` that is tuned on 0.8 is wrong less often."""

_LATIN = re.compile(r"[A-Za-z]{2}")


class ReaderObserver:
    """Reads turns against one persona; thread-safe.

    Its rules are known when it is made, its facts and lines once ``learn_rest`` has run; until
    then the word lists tell which facts are asked for. What stays of ``before`` is not learnt anew.
    """

    def __init__(
        self,
        persona: Persona,
        reader: Reader,
        before: "ReaderObserver | None" = None,
        kept: Encodings = NOTHING,
    ) -> None:
        self._persona = persona
        self._reader = reader
        self._before = before
        self._kept = before.known if before else kept
        self._words: LexicalObserver = LexicalObserver(persona, before._words if before else None)
        self._examples = self._words.examples
        rules = [(rule.kind, rule.text) for rule in persona.rules]
        self._rules: Learnt = reader.learn(rules, self._kept.rows)
        self._directions: dict[str, np.ndarray] = reader.directions(
            (example.text for example in self._examples), self._kept.directions
        )
        self._apart = {
            rule.id: APART + CHANCE * math.log(len(rule.like))
            for rule in persona.rules
            if rule.like
        }
        self._every = np.array([self._directions[example.text] for example in self._examples])
        self._rest: tuple[FactReader, Learnt] | None = None
        self.news = False
        """Whether something had to be learnt that nobody knew."""
        self._learning = threading.Lock()
        self._read: OrderedDict[str, Observation] = OrderedDict()
        self._keeping = threading.Lock()

    def learn_rest(self) -> None:
        """Learn facts and lines: some seconds, so not where anybody waits."""
        with self._learning:
            if self._rest is not None:
                return
            known = self._before.known if self._before else self._kept
            lines = [("line", line) for line in _lines(self._persona)]
            self._rest = (
                FactReader(self._persona, self._reader, known),
                self._reader.learn(lines, known.rows),
            )
            self.news = not set(self.known.rows) <= set(known.rows)
            self._before, self._kept = None, NOTHING

    @property
    def known(self) -> Encodings:
        """What the reader has made of the persona's words so far, and of those before them as long
        as that may be of use."""
        known = self._kept | Encodings(self._rules.rows, self._directions)
        if self._rest is not None:
            facts, lines = self._rest
            known |= facts.known | Encodings(lines.rows, {})
        return known

    def expect(self, texts: Iterable[str]) -> None:
        """These turns will be read soon, in any order."""
        said = (in_role(text) for text in texts)
        self._reader.read_ahead(each for each in said if _LATIN.search(each))

    def observe(self, text: str) -> Observation:
        """The rules that this turn fulfils, what it asks for, and the lines that would answer it;
        tens of milliseconds, so not on a loop that others wait for."""
        whole = self._rest is not None
        with self._keeping:
            known = self._read.get(text)
        if known is not None and (known.lines or not whole):
            return known
        seen = self._look(text)
        with self._keeping:
            self._read[text] = seen
            while len(self._read) > RECENT:
                self._read.popitem(last=False)
        return seen

    def _look(self, text: str) -> Observation:
        said = in_role(text)
        if said != text:
            return beside_the_role(text, self._look_at(said) if said else None)
        return self._look_at(text)

    def _look_at(self, text: str) -> Observation:
        by_words = self._words.observe_said(text)
        if not _LATIN.search(text):
            return by_words
        turn = self._reader.turn(text)
        seen = replace(by_words, matches=self._matches(text, turn, by_words.matches), source=SOURCE)
        if self._rest is None:
            return seen
        facts, lines = self._rest
        return replace(seen, facts=facts.asked(text, turn), lines=self._lines(turn, lines))

    def _matches(self, text: str, turn: ReadTurn, by_words: Sequence[Match]) -> tuple[Match, ...]:
        near = self._near(turn)
        like = [
            each
            for each in near
            if each.likeness >= ALIKE and may_mean_the_same(each.example, each.quote)
        ]
        examples = judged([*said_like(self._examples, text), *like], text)
        denied = unsaid(examples)
        beside = self._told_beside(near, by_words)
        passes, read = self._rules.read_pieces(turn)
        whole = rivalled(passes + beside).max(0)
        pieces = [(piece.words, rivalled(piece.logits + beside)) for piece in read]
        brief = len(text.split()) <= BRIEF
        listed = {match.rule for match in by_words}
        against = self._words.speaks_against(text) - listed
        scolds = self._words.calming_down(text)
        asks_more = asks_for_more(text)
        matches = list(examples)
        for place, rule in enumerate(self._persona.rules):
            if rule.kind == "trigger" and (rule.id in against or (brief and rule.id not in listed)):
                continue
            if is_for_more(rule.text) and not (asks_more or rule.id in listed):
                continue
            said = denied.get(rule.id, ())
            own = [
                (float(logits[place]), words)
                for words, logits in pieces
                if not any(share_words(words, quote) for quote in said)
            ]
            logit, quote = max(own, default=(-math.inf, ""))
            if not said:  # an act may need all of its clauses
                logit = max(logit, float(whole[place]))
            needed = EXAMPLED[rule.kind] if rule.like else 0.0
            confidence = self._confidence(rule.kind, SURE[SOURCE][rule.kind], logit - needed)
            if confidence >= UNSURE:
                if rule.id not in listed and self._is_none(rule, quote, scolds):
                    continue
                asked = is_asked(text, quote)
                matches.append(Match(rule.id, quote, confidence, SOURCE, asked))
        return tuple(matches)

    def _is_none(self, rule: Rule, quote: str, scolds: Sequence[str]) -> bool:
        """Whether those words cannot be what the rule says, though they are near to it: who spares
        the other an apology makes none, who says to calm down calms nobody, and who asks if there
        is anything more asks nothing else."""
        if forgives(quote) and "apology" in self._words.acts_of(rule.id):
            return True
        if rule.kind == "deescalation" and any(share_words(quote, each) for each in scolds):
            return True
        asks_more = is_asked(quote, quote) and asks_for_more(quote)
        return asks_more and rule.kind != "trigger" and not is_for_more(rule.text)

    def _told_beside(self, near: Sequence[Verdict], by_words: Sequence[Match]) -> np.ndarray:
        """What examples and word lists add to each rule's logit."""
        told: dict[str, float] = {}
        for verdict in near:
            if verdict.example.counts:
                rule = verdict.example.of
                force = PULL * (verdict.likeness - self._apart[rule])
                told[rule] = max(told.get(rule, PUSH), force)
        for match in by_words:
            told[match.rule] = told.get(match.rule, 0.0) + LISTED * match.confidence
        return np.array([told.get(rule.id, 0.0) for rule in self._persona.rules], np.float32)

    def _near(self, turn: ReadTurn) -> list[Verdict]:
        """How near in meaning the nearest words of the turn are to each example."""
        if not self._examples:
            return []
        directions, quotes = zip(*turn.directions, strict=True)
        likeness = np.array(directions) @ self._every.T
        found = []
        for place, example in enumerate(self._examples):
            nearest = int(likeness[:, place].argmax())
            near = round(min(float(likeness[nearest, place]), 0.99), 2)
            found.append(Verdict(example, quotes[nearest], near))
        return found

    def _lines(self, turn: ReadTurn, lines: Learnt) -> tuple[FittingLine, ...]:
        logits = lines.read(turn).max(0)
        return tuple(
            FittingLine(line, self._confidence("line", FITTING, logit))
            for (_, line), logit in zip(lines.candidates, logits, strict=True)
        )

    def _confidence(self, kind: str, sure: float, logit: float) -> float:
        """0-1, in hundredths: at the kind's threshold just what must be reached to be ``sure``."""
        own = float(logit) - self._reader.thresholds.get(kind, 0.0) + math.log(sure / (1 - sure))
        return round(1 / (1 + math.exp(-max(-30.0, min(30.0, own)))), 2)


class ObserverMaker:
    """Makes the observers of personas: with the reader where its weights are, else by word lists.

    The weights are loaded with the first one. Facts and lines of a persona are learnt behind it,
    in a thread of its own. Thread-safe.
    """

    def __init__(self, file: Path = FILE, *, wanted: bool = True, kept: Path | None = None) -> None:
        """``kept`` is the folder for what was learnt; None for none."""
        self._file = file
        self._store = EncodingStore(kept, file) if kept else None
        self._reader: Reader | None = None
        self._loaded = not wanted
        self._loading = threading.Lock()
        self._behind = ThreadPoolExecutor(1, "reader")
        self._latest: WeakValueDictionary[str, ReaderObserver] = WeakValueDictionary()
        self.problem = ""
        """Why the word lists stand in and what helps, in words; "" when they do not, or nobody has
        looked yet."""

    def __call__(self, persona: Persona, before: Observer | None = None) -> Observer:
        """The observer of that persona; takes up to a second, so not on a loop. What it has in
        common with the one ``before``, or else with the latest of that name, costs nothing."""
        reader = self.load() if persona.language.lower().startswith(LANGUAGE) else None
        if reader is None:
            return LexicalObserver(persona, before)
        known = before if isinstance(before, ReaderObserver) else self._latest.get(persona.slug)
        kept = self._store.of(persona.slug) if self._store and known is None else NOTHING
        made = ReaderObserver(persona, reader, known, kept)
        self._latest[persona.slug] = made
        with suppress(RuntimeError):  # the app stops
            self._behind.submit(self._learn_rest, made, persona.slug)
        return made

    def _learn_rest(self, made: ReaderObserver, slug: str) -> None:
        made.learn_rest()
        if self._store is not None and made.news:
            made.news = False
            self._store.keep(slug, made.known)

    def whole(self, persona: Persona) -> Observer:
        """The observer that knows everything at once."""
        made = self(persona)
        if isinstance(made, ReaderObserver):
            made.learn_rest()
        return made

    def load(self) -> Reader | None:
        """The reader; None when its weights cannot be used."""
        with self._loading:
            if not self._loaded:
                self._loaded = True
                try:
                    self._reader = Reader(load(self._file))
                except ValueError as error:
                    self.problem = f"{error} {REMEDY}"
                    log.warning("the reader's weights are no use, word lists stand in: %s", error)
            return self._reader

    def close(self) -> None:
        """Learn nothing more."""
        self._behind.shutdown(wait=False, cancel_futures=True)


def _lines(persona: Persona) -> list[str]:
    return list(dict.fromkeys(line for phase in persona.phases for line in phase.lines))
