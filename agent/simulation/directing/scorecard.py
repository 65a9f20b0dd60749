"""The scorecard: which test objectives a call showed, with the trainee's own words."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agent.simulation.directing.stage import named
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
    """The weighted score 0-100, each objective, and words on what was good and what to do.

    ``score`` and ``passed`` are None where ``not_scored`` says why there is no score. ``why`` is a
    sentence where the customer's verdict and the score's contradict each other, or where insults
    have lowered it, "" elsewhere.

    What was shown before, in an earlier call, counts neither for nor against this one.
    """

    score: int | None
    passed: bool | None
    objectives: tuple[Result, ...]
    strengths: tuple[str, ...]
    advice: tuple[str, ...]
    not_scored: str = ""
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        """JSON-ready values."""
        return {
            "score": self.score,
            "passed": self.passed,
            "objectives": [_result_json(result) for result in self.objectives],
            "strengths": list(self.strengths),
            "advice": list(self.advice),
            **({"not_scored": self.not_scored} if self.not_scored else {}),
            **({"why": self.why} if self.why else {}),
        }


def score(
    persona: Persona, turns: Sequence[Turn], not_scored: str = "", *, resolved: bool | None = None
) -> Scorecard:
    """The scorecard of a call from its turns' matched rules and quotes; without a score when it
    is ``not_scored``, for that reason. ``resolved`` is whether the persona accepted a solution,
    None when that is not known."""
    results = tuple(_result(rule, turns) for rule in persona.objectives)
    open_ = [r for r in results if not r.before]
    own = [turn for turn in turns if not turn.replayed]
    total = sum(r.weight for r in open_)
    shown = sum(r.weight for r in open_ if r.shown)
    points = round(100 * shown / total) if total else 0
    lowered = points > RUDE_MOST and sum(turn.hostile for turn in own) >= INSULTS
    points = RUDE_MOST if lowered else points
    passed = points >= PASS_MARK
    contradicts = not not_scored and resolved is not None and resolved != passed
    why = _why(persona, open_, turns, passed=passed) if contradicts else ""
    if lowered and not not_scored:
        why = (
            f"{persona.name} was insulted more than once: such a call gets at most {RUDE_MOST}, "
            "whatever else was shown in it."
        )
    return Scorecard(
        score=None if not_scored else points,
        passed=None if not_scored else passed,
        objectives=results,
        strengths=_strengths(persona, open_, own),
        advice=_advice(persona, open_, turns),
        not_scored=not_scored,
        why=why,
    )


def _why(
    persona: Persona, results: Sequence[Result], turns: Sequence[Turn], *, passed: bool
) -> str:
    """Why a call was solved and failed, or passed and left unsolved."""
    if not passed:
        missed = sorted((r for r in results if not r.shown), key=lambda r: -r.weight)
        lacked = ": " + "; ".join(named(r.text) for r in missed[:3]) if missed else ""
        return (
            f"{persona.name} accepted the solution, yet the score stays below {PASS_MARK}: it "
            f"counts what was to be shown on the way, and not all of it was{lacked}."
        )
    unmet = [named(r.text) for r in persona.criteria if not _evidence(r.id, turns)]
    level = next((t.intensity for t in reversed(turns) if t.speaker == "trainee"), 0)
    reasons = [f"the mood ended at {level} of 10, and {persona.threshold} is needed"]
    reasons = reasons if level > persona.threshold else []
    reasons += ["this was still missing: " + "; ".join(unmet)] if unmet else []
    because = "; ".join(reasons) or "what had been accepted was taken back"
    return f"Enough was shown to pass, yet {persona.name} did not accept a solution: {because}."


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


def _strengths(
    persona: Persona, results: Sequence[Result], turns: Sequence[Turn]
) -> tuple[str, ...]:
    shown = [f"Shown: {_ended(named(r.text))}" for r in results if r.shown]
    calming = [r for r in persona.deescalations if _evidence(r.id, turns)]
    return (*shown, *(f"It calmed {persona.name}: {_ended(named(r.text))}" for r in calming))


def _advice(persona: Persona, results: Sequence[Result], turns: Sequence[Turn]) -> tuple[str, ...]:
    """Objectives missed first, the weightiest on top; then what made things worse."""
    missed = sorted((r for r in results if not r.shown), key=lambda r: -r.weight)
    words = [f"Still to show: {_ended(named(r.text))}" for r in missed]
    for rule in persona.triggers:
        for evidence in _evidence(rule.id, [turn for turn in turns if not turn.replayed])[:1]:
            made = f"Avoid this, it made {persona.name} angrier: {named(rule.text)}"
            words.append(_ended(f'{made} ("{evidence.quote}")'))
    unmet = [r for r in persona.criteria if not _evidence(r.id, turns)]
    words += [f"{persona.name} was still waiting for this: {_ended(named(r.text))}" for r in unmet]
    return tuple(words)


def _ended(words: str) -> str:
    """The words with a full stop, which Thai and its neighbours do without."""
    letters = [letter for letter in words if unicodedata.category(letter).startswith(("L", "M"))]
    script = unicodedata.name(letters[-1], "").partition(" ")[0] if letters else ""
    return words if script in ("THAI", "LAO", "KHMER", "MYANMAR") else f"{words}."


def _result_json(result: Result) -> dict[str, Any]:
    return {
        "id": result.id,
        "text": result.text,
        "weight": result.weight,
        "shown": result.shown,
        **({"before": True} if result.before else {}),
        "evidence": [{"turn": e.turn, "quote": e.quote} for e in result.evidence],
    }
