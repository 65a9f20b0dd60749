"""Tells which of a persona's facts a turn asks for: by the trained model, by the words of the
question, and by the author's own questions."""

from collections.abc import Collection

import numpy as np

from agent.reader.encodings import NOTHING, Encodings
from agent.reader.reader import Learnt, Reader, ReadTurn
from agent.simulation.directing.certainty import UNSURE
from agent.simulation.directing.course import AskedFact
from agent.simulation.directing.facts import key_of
from agent.simulation.language.sentences import turn_sentences
from agent.simulation.observing.asked_facts import MOST, may_ask
from agent.simulation.observing.examples import as_asked, asked_like, questions_of, share_words
from agent.simulation.observing.fact_words import FactWords, for_nothing
from agent.simulation.observing.turn_act import asks_for_story
from personas.model import Fact, Persona

READ = 0.5
"""What a logit of the model counts, that of the words alone and that of the whole turn each. All
that is said of a fact is summed up, and the surest one is asked for if it and the others outweigh
that none is. The weights, also those of ``fact_words``, were fitted together (multinomial logistic
regression, rounded) on 594 questions for facts of the shipped personas, 878 for those of personas
that are held from the training and 1,500 turns that ask for none. On personas that the fit had not
seen, in turn, 0.77 of the shipped personas' are answered rightly without examples and 0.85 with
three for each fact, where sums weighed by hand got 0.71 and 0.79."""
FARTHEST = (-4.0, 6.0)
"""Between these a logit counts, so that no single one outweighs everything."""
NEAR, AHEAD = 1.0, 2.4
"""What the nearness (a cosine) to the nearest of a fact's own questions counts, and by how much it
is ahead of those of all other facts: an example speaks against the others, too."""
SAME, FROM = 12.0, 0.8
"""What nearness counts beyond ``FROM``, where hardly a word differs from the author's question."""
IN_A_ROW = 0.75
"""How sure facts are at least that are named in a row: of two things in one sentence the reader
sees each by half."""


class FactReader:
    """Knows the facts of one persona; making it takes some seconds, but for what is ``known``."""

    def __init__(self, persona: Persona, reader: Reader, known: Encodings = NOTHING) -> None:
        self._facts = persona.facts
        self._words = FactWords(persona)
        self._threshold = reader.thresholds.get("fact", 0.0)
        told = [("fact", _told(fact)) for fact in persona.facts]
        self._learnt: Learnt = reader.learn(told, known.rows)
        self._questions = questions_of(persona)
        self._directions: dict[str, np.ndarray] = reader.directions(
            (question.text for question in self._questions), known.directions
        )
        self._examples = [
            np.array([self._directions[text] for text in fact.asked if text in self._directions])
            for fact in persona.facts
        ]

    @property
    def known(self) -> Encodings:
        """What the reader made of its words."""
        return Encodings(self._learnt.rows, self._directions)

    def asked(self, text: str, turn: ReadTurn) -> tuple[AskedFact, ...]:
        """In the order in which they are asked for: those for which the author's own questions
        are, and of each other sentence or clause that asks, the one that it asks for most surely,
        alone or in the whole turn."""
        if not self._facts:
            return ()
        own = asked_like(self._questions, text)
        found = [(text.find(each.quote), as_asked(each)) for each in own]
        asking = {
            words
            for one in turn.passes
            for words, _ in one.pieces
            if may_ask(words) and not any(share_words(words, each.quote) for each in own)
        }
        best = self._best(turn, asking) if asking else {}
        known = {fact.label for _, fact in found}
        found += [
            (start, AskedFact(key, sure))
            for place, (start, sure) in best.items()
            if sure >= UNSURE and (key := key_of(self._facts[place])) not in known
        ]
        found.sort(key=lambda each: each[0])
        return tuple(dict.fromkeys(fact for _, fact in found))[:MOST]

    def _best(self, turn: ReadTurn, asking: Collection[str]) -> dict[int, tuple[int, float]]:
        """For the place of each fact that a piece of the turn asks for where in the turn it does so
        most surely, and how surely."""
        passes, pieces = self._learnt.read_pieces(turn, asking.__contains__)
        whole = passes.max(0)
        directions = {words: direction for direction, words in turn.directions}
        best: dict[int, tuple[int, float]] = {}
        for words, start, alone in pieces:
            sums = self._sums(words, alone, whole, directions.get(words))
            for place, sure in self._meant(words, turn, sums).items():
                if place not in best or sure > best[place][1]:
                    best[place] = start, sure
        return best

    def _sums(
        self, words: str, alone: np.ndarray, whole: np.ndarray, direction: np.ndarray | None
    ) -> np.ndarray:
        """For each fact how surely these words ask for it, in logits."""
        least, most = (self._threshold + each for each in FARTHEST)
        read = np.clip(alone, least, most) + np.clip(whole, least, most) - 2 * self._threshold
        sums = READ * read + np.array(self._words.evidence(words), np.float32)
        if self._directions and direction is not None:
            near = np.array(
                [(own @ direction).max() if len(own) else 0.0 for own in self._examples], np.float32
            )
            sums += NEAR * near + AHEAD * _ahead(near) + SAME * np.maximum(near - FROM, 0)
        found: np.ndarray = sums
        return found

    def _meant(self, words: str, turn: ReadTurn, sums: np.ndarray) -> dict[int, float]:
        """The places of the facts that are meant, and how surely (0-1, in hundredths)."""
        row = self._words.in_a_row(words) or self._part_of_row(words, turn)
        named = self._words.named(words)
        if not row and named is None and asks_for_story(words):
            return {}
        surest = float(sums.max())
        together = surest + float(np.log(np.exp(sums - surest).sum()))
        sure = round(float(1 / (1 + np.exp(np.clip(for_nothing(words) - together, -30, 30)))), 2)
        places = row or [int(sums.argmax())]
        sure = max(sure, IN_A_ROW) if row else sure
        return {place: sure for place in places if not self._words.others_name(words, place)}

    def _part_of_row(self, words: str, turn: ReadTurn) -> list[int]:
        """The fact that a clause names, where its sentence names several in a row."""
        place = self._words.named(words)
        said = (sentence for one in turn.passes for sentence in turn_sentences(one.text))
        rows = (self._words.in_a_row(each) for each in said if words in each)
        return [place] if place is not None and any(place in row for row in rows) else []


def _ahead(near: np.ndarray) -> np.ndarray:
    """By how much each is ahead of the nearest other one; of one alone, of nothing."""
    if len(near) < 2:
        return near
    second, first = np.sort(near)[-2:]
    found: np.ndarray = near - np.where(near >= first, second, first)
    return found


def _told(fact: Fact) -> str:
    return f"{fact.label}: {fact.value}" if fact.label else fact.value
