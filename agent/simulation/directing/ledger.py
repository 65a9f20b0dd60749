"""A call's turns and edits in their order, so that a turn seen differently changes what followed.

The director is pure: the course of a call follows from what was observed in each turn, and does
not depend on when it was observed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from agent.simulation.directing.certainty import ASKED_FACT
from agent.simulation.directing.director import (
    Match,
    Observation,
    State,
    Step,
    advance,
    begin,
    carry,
)
from data.records import Turn
from personas.model import Persona


@dataclass(slots=True)
class _Entry:
    """A trainee's turn (with ``observation`` and ``step``), a persona's turn, or an edit (no
    ``turn``); ``after`` is the state that it left."""

    persona: Persona
    after: State
    turn: Turn | None = None
    observation: Observation | None = None
    step: Step | None = None


class Ledger:
    """Everything that moved the director since the call began, in the state ``start``."""

    def __init__(self, persona: Persona, start: State | None = None) -> None:
        self.persona = persona
        self._begin = begin(persona) if start is None else start
        self._entries: list[_Entry] = []

    @property
    def state(self) -> State:
        """Where the call stands now."""
        return self._entries[-1].after if self._entries else self._begin

    @property
    def step(self) -> Step | None:
        """The outcome of the trainee's latest turn; None before the first."""
        steps = (entry.step for entry in reversed(self._entries) if entry.step is not None)
        return next(steps, None)

    def foresee(self, observation: Observation) -> Step:
        """What a trainee's turn would come to; nothing changes by it."""
        return advance(self.persona, self.state, observation)

    def heard(self, turn: Turn, observation: Observation) -> tuple[Turn, Step]:
        """A trainee's turn; returned with the director's part filled in."""
        entry = _Entry(self.persona, self.state, turn, observation)
        self._work_out(entry, self.state)
        self._entries.append(entry)
        assert entry.turn is not None
        assert entry.step is not None
        return entry.turn, entry.step

    def recalled(self, turn: Turn) -> tuple[Turn, Step]:
        """A trainee's turn that was judged in an earlier call, which is taken as it was: whoever
        saw it, and whatever is asked of a model today, the call stands where it stood then."""
        told, step = self.heard(turn, _as_it_was(turn))
        told = replace(told, confidences=turn.confidences, unsure=turn.unsure,
                       unsure_quotes=turn.unsure_quotes, asked=turn.asked,
                       unsure_confidences=turn.unsure_confidences)  # fmt: skip
        self._entries[-1].turn = told
        return told, step

    def spoke(self, turn: Turn) -> Turn:
        """A persona's turn; returned with the director's part filled in."""
        entry = _Entry(self.persona, self.state, turn)
        self._work_out(entry, self.state)
        self._entries.append(entry)
        assert entry.turn is not None
        return entry.turn

    def edited(self, persona: Persona) -> None:
        """From now on this persona's rules hold."""
        self.persona = persona
        self._entries.append(_Entry(persona, carry(persona, self.state)))

    def observation(self, index: int) -> Observation:
        """What the trainee's turn of that index follows from; KeyError when there is none."""
        return self._seen(index)[1]

    def revise(self, index: int, observation: Observation) -> tuple[Turn, ...]:
        """That turn was seen differently: the turns that changed by it, in their order.

        What this observer says nothing of, as which facts were asked for, stays as it was seen, and
        so does what the author's examples say.
        """
        place, before = self._seen(index)
        examples = [match for match in before.matches if match.source == "example"]
        asked = any(fact.source == "example" for fact in before.facts)
        self._entries[place].observation = replace(
            observation,
            matches=(*(m for m in observation.matches if m not in examples), *examples),
            facts=before.facts if asked else observation.facts or before.facts,
            lines=observation.lines or before.lines,
            act=observation.act or before.act,
            settles=observation.settles or before.settles,
        )
        return tuple(self._replay(place))

    def _seen(self, index: int) -> tuple[int, Observation]:
        # From the end: what is revised is mostly the latest turn.
        for place in range(len(self._entries) - 1, -1, -1):
            entry = self._entries[place]
            if entry.turn is not None and entry.turn.index == index and entry.observation:
                return place, entry.observation
        raise KeyError(index)

    def _replay(self, first: int) -> Iterator[Turn]:
        state = self._entries[first - 1].after if first else self._begin
        for entry in self._entries[first:]:
            before = entry.turn
            self._work_out(entry, state)
            state = entry.after
            if entry.turn is not None and entry.turn != before:
                yield entry.turn

    def _work_out(self, entry: _Entry, state: State) -> None:
        """What the entry makes of that state."""
        if entry.turn is None:
            entry.after = carry(entry.persona, state)
            return
        if entry.observation is None:
            entry.after = state
            entry.turn = replace(entry.turn, phase=state.phase, intensity=state.intensity)
            return
        step = entry.step = advance(entry.persona, state, entry.observation)
        entry.after = step.state
        entry.turn = directed(entry.turn, step)


def _as_it_was(turn: Turn) -> Observation:
    """What was decided on in a recorded turn. Its matches have counted, so they are certain; which
    source they came from is not recorded, and certainty asks nothing further of word lists."""
    pairs = zip(turn.matched, turn.quotes, strict=False)
    matches = tuple(Match(rule, quote) for rule, quote in pairs)
    return Observation(
        turn.text, matches, turn.hostile, source=turn.observer, stand_in=turn.stand_in
    )


def directed(turn: Turn, step: Step) -> Turn:
    """A trainee's turn with all that was seen in it and came of it."""
    seen = step.observation
    return replace(
        turn,
        phase=step.state.phase,
        intensity=step.state.intensity,
        matched=step.matched,
        quotes=step.quotes,
        confidences=tuple(match.confidence for match in seen.matches),
        unsure=tuple(match.rule for match in seen.unsure),
        unsure_quotes=tuple(match.quote for match in seen.unsure),
        unsure_confidences=tuple(match.confidence for match in seen.unsure),
        asked=tuple(fact.label for fact in seen.facts if fact.confidence >= ASKED_FACT),
        hostile=seen.hostile,
        cause=step.cause,
        observer=seen.source,
        stand_in=seen.stand_in,
    )
