"""The scorecard: which test objectives a call showed, with the trainee's own words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from data.records import Turn
from personas.model import Persona, Rule

PASS_MARK = 70
INSULTS = 2
"""Hostile turns from which on a call is a rude one, whatever else was done in it."""
RUDE_MOST = 20
"""The most points of a rude call."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The trainee's words in the turn of that index."""

    turn: int
    quote: str


@dataclass(frozen=True, slots=True)
class Result:
    """One objective: shown when there is evidence; ``before`` when all of it is in turns of an
    earlier call, which this one goes on from."""

    id: str
    text: str
    weight: int
    shown: bool
    evidence: tuple[Evidence, ...]
    before: bool = False


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The weighted score 0-100, and each objective.

    ``score`` and ``passed`` are None where ``not_scored`` says why there is no score.

    What was shown before, in an earlier call, counts neither for nor against this one.
    """

    score: int | None
    passed: bool | None
    objectives: tuple[Result, ...]
    not_scored: str = ""

    def to_json(self) -> dict[str, Any]:
        """JSON-ready values."""
        return {
            "score": self.score,
            "passed": self.passed,
            "objectives": [_result_json(result) for result in self.objectives],
            **({"not_scored": self.not_scored} if self.not_scored else {}),
        }


def score(persona: Persona, turns: Sequence[Turn], not_scored: str = "") -> Scorecard:
    """The scorecard of a call from its turns' matched rules and quotes; without a score when it
    is ``not_scored``, for that reason."""
    results = tuple(_result(rule, turns) for rule in persona.objectives)
    came_to = points(((r.weight, r.shown) for r in results if not r.before), turns)
    return Scorecard(
        score=None if not_scored else came_to,
        passed=None if not_scored else came_to >= PASS_MARK,
        objectives=results,
        not_scored=not_scored,
    )


def points(results: Iterable[tuple[int, bool]], turns: Sequence[Turn]) -> int:
    """The score 0-100 of these objectives, each a weight and whether it was shown, in a call of
    those turns."""
    weights = list(results)
    total = sum(weight for weight, _ in weights)
    reached = round(100 * sum(w for w, shown in weights if shown) / total) if total else 0
    rude = sum(turn.hostile for turn in turns if not turn.replayed) >= INSULTS
    return min(reached, RUDE_MOST) if rude else reached


def _result(rule: Rule, turns: Sequence[Turn]) -> Result:
    evidence = _evidence(rule.id, turns)
    earlier = {turn.index for turn in turns if turn.replayed}
    before = bool(evidence) and all(each.turn in earlier for each in evidence)
    return Result(rule.id, rule.text, rule.weight, bool(evidence), evidence, before)


def _evidence(rule_id: str, turns: Sequence[Turn]) -> tuple[Evidence, ...]:
    """Every quote for that rule that the trainee's turn really holds."""
    return tuple(
        Evidence(turn.index, quote)
        for turn in turns
        if turn.speaker == "trainee"
        for matched, quote in zip(turn.matched, turn.quotes, strict=False)
        if matched == rule_id and quote and quote in turn.text
    )


def _result_json(result: Result) -> dict[str, Any]:
    return {
        "id": result.id,
        "text": result.text,
        "weight": result.weight,
        "shown": result.shown,
        **({"before": True} if result.before else {}),
        "evidence": [{"turn": e.turn, "quote": e.quote} for e in result.evidence],
    }
