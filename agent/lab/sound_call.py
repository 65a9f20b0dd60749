"""A call in real sound, read from its record: each line of the trainee with what was heard of it
and what the persona answered; pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

from agent.simulation.directing.course import State
from agent.simulation.directing.director import begin
from agent.simulation.directing.facts import key_of
from agent.simulation.directing.ledger import Ledger
from agent.simulation.text_call import Exchange
from data.lab_runs import Heard
from data.records import Turn
from personas.model import Fact, Persona

NOTHING = -1
"""The index of what was not said or not heard."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that the trainee said when the call had ``turns`` turns."""

    text: str
    turns: int


@dataclass(slots=True)
class SoundCall:
    """One call: its ``turns`` as the record has them, and the trainee's ``lines``.

    ``ended`` is who hung up, None when nobody has yet.
    """

    persona: Persona
    turns: list[Turn] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    ended: Literal["customer", "trainee"] | None = None

    def take(self, turn: Turn) -> None:
        """A finished turn, or one that was seen differently."""
        for place, known in enumerate(self.turns):
            if known.index == turn.index:
                self.turns[place] = turn
                return
        self.turns.append(turn)

    @property
    def state(self) -> State:
        """Where the call stands."""
        return _states(self.persona, self.turns)[-1]

    @property
    def exchanges(self) -> list[Exchange]:
        """Each line of the trainee, with what came of it."""
        states = _states(self.persona, self.turns)
        matched = set[str]()
        found = []
        for said, reply, until in self._parts():
            heard = _one(said, "trainee", until)
            matched |= set(heard.matched)
            told = tuple(_asked(self.persona, heard, matched))
            found.append(Exchange(heard, _one(reply, "persona", until), states[until], told, False))
        if found and self.ended == "customer":
            found[-1] = replace(found[-1], hung_up=True)
        return found

    @property
    def heard(self) -> tuple[Heard, ...]:
        """The lines of which other words were heard than were said."""
        return tuple(
            Heard(each.said.index, line.text, each.said.text)
            for line, each in zip(self.lines, self.exchanges, strict=True)
            if _words(line.text) != _words(each.said.text)
        )

    @property
    def speaking(self) -> float:
        """Seconds in which either side spoke, and in which the persona's answers were waited for;
        what both said at once counts once."""
        spoken, until = 0.0, 0.0
        for turn in sorted(self.turns, key=lambda turn: turn.begin):
            spoken += max(0.0, turn.over - max(turn.begin, until))
            until = max(until, turn.over)
        return spoken + sum(
            max(0.0, after.begin - before.over)
            for before, after in pairwise(self.turns)
            if (before.speaker, after.speaker) == ("trainee", "persona")
        )

    def _parts(self) -> Iterator[tuple[list[Turn], list[Turn], int]]:
        """For each line the turns in which it was heard, those that answer them, and how many turns
        there were by then."""
        firsts = [*(line.turns for line in self.lines), len(self.turns)]
        said = [
            [t for t in self.turns[first:after] if t.speaker == "trainee"]
            for first, after in pairwise(firsts)
        ]
        places = {turn.index: place for place, turn in enumerate(self.turns)}
        begins = [places[some[0].index] if some else None for some in said]
        for number, (first, own) in enumerate(zip(firsts, said, strict=False)):
            later = [begin for begin in begins[number + 1 :] if begin is not None]
            unheard_next = number + 1 < len(begins) and begins[number + 1] is None
            until = firsts[number + 1] if unheard_next else next(iter(later), len(self.turns))
            start = begins[number] if own else first
            assert start is not None
            yield own, [t for t in self.turns[start:until] if t.speaker == "persona"], until


def _one(turns: Sequence[Turn], speaker: Literal["trainee", "persona"], place: int) -> Turn:
    """Several turns as one, since a pause or a word that cuts in makes two of one line."""
    if not turns:
        return Turn(NOTHING, speaker, "", 0.0)
    if len(turns) == 1:
        return turns[0]
    return replace(
        turns[-1],
        index=turns[0].index,
        begin=turns[0].begin,
        text=" ".join(turn.text for turn in turns),
        matched=sum((turn.matched for turn in turns), ()),
        quotes=sum((turn.quotes for turn in turns), ()),
        unsure=sum((turn.unsure for turn in turns), ()),
        unsure_confidences=sum((turn.unsure_confidences for turn in turns), ()),
        asked=sum((turn.asked for turn in turns), ()),
        hostile=any(turn.hostile for turn in turns),
    )


def _states(persona: Persona, turns: Sequence[Turn]) -> list[State]:
    """Where the call stood before its first turn and after each."""
    ledger = Ledger(persona, begin(persona))
    states = [ledger.state]
    for turn in turns:
        if turn.speaker == "trainee":
            ledger.recalled(turn)
        else:
            ledger.spoke(turn)
        states.append(ledger.state)
    return states


def _asked(persona: Persona, turn: Turn, matched: set[str]) -> Iterator[Fact]:
    """The facts that it asked for and that may be told by then."""
    for fact in persona.facts:
        if key_of(fact) in turn.asked and fact.only_after in ("", *matched):
            yield fact


def _words(text: str) -> list[str]:
    """What is compared of a line: not its case, its punctuation or its apostrophes."""
    return re.findall(r"\w+", text.casefold().replace("'", "").replace("\u2019", ""))
