"""Two endings of one call from a turn on: how it went then, how it went in a try, and what differs.

Both are worked out from the records alone, so a record that is corrected corrects this as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.simulation.directing.mood import mood_word
from agent.simulation.reviewing.imperative import imperative
from data.journal import CallRecord
from data.records import Turn
from personas.model import Persona


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of a call from a turn on.

    ``turns`` are those from there on, ``begun`` and ``ended`` the intensity (0-10) there and after
    the last judged turn, None where it is not known; ``shown`` holds the ids of the objectives that
    were shown from there on, ``resolved`` whether the customer accepted a solution in the end.
    """

    turns: tuple[Turn, ...]
    begun: int | None
    ended: int | None
    shown: frozenset[str]
    resolved: bool

    @property
    def answered(self) -> bool:
        """Whether the trainee said anything from there on."""
        return any(turn.speaker == "trainee" for turn in self.turns)


def ending(record: CallRecord, first: int, persona: Persona) -> Ending:
    """What became of that call from the turn of index ``first`` on, by that persona's rules."""
    before = [turn for turn in record.turns if turn.index < first]
    after = tuple(turn for turn in record.turns if turn.index >= first)
    start = record.start.intensity
    begun = _level(before, persona.intensity if start is None else start)
    objectives = {rule.id for rule in persona.objectives}
    shown = {rule for turn in after if turn.speaker == "trainee" for rule in turn.matched}
    return Ending(
        turns=after,
        begun=begun,
        ended=_level(after, begun),
        shown=frozenset(shown & objectives),
        resolved=record.end is not None and record.end.resolved,
    )


def differences(old: Ending, new: Ending, persona: Persona) -> tuple[str, ...]:
    """What is different in the try, each as a sentence: the solution, the mood, the objectives."""
    if not new.answered:
        return ("Nothing was said in this try, so there is nothing to set beside the first time.",)
    return (
        _solution(old, new),
        *_mood(old, new),
        *_objectives("Shown this time only", new.shown - old.shown, persona),
        *_objectives("Shown the first time only", old.shown - new.shown, persona),
    )


def _solution(old: Ending, new: Ending) -> str:
    if old.resolved == new.resolved:
        return "Solved both times." if new.resolved else "Not solved, neither time."
    if new.resolved:
        return "Solved this time; the first time it was not."
    return "Not solved this time; the first time it was."


def _mood(old: Ending, new: Ending) -> list[str]:
    if old.ended is None or new.ended is None:
        return []
    if old.ended == new.ended:
        return [f"The mood ended at {_mood_words(new.ended)} both times."]
    way = "calmer" if new.ended < old.ended else "angrier"
    return [
        f"The mood ended at {_mood_words(new.ended)} instead of {_mood_words(old.ended)}: {way} "
        f"by {abs(new.ended - old.ended)}."
    ]


def _objectives(lead: str, rules: frozenset[str], persona: Persona) -> list[str]:
    told = [
        imperative(rule, persona).rstrip(".") for rule in persona.objectives if rule.id in rules
    ]
    return [f"{lead}: {'; '.join(f'“{each}”' for each in told)}."] if told else []


def _mood_words(level: int) -> str:
    return f"{level} of 10 ({mood_word(level)})"


def _level(turns: Sequence[Turn], otherwise: int | None) -> int | None:
    judged = [turn.intensity for turn in turns if turn.speaker == "trainee" and turn.phase]
    return judged[-1] if judged else otherwise
