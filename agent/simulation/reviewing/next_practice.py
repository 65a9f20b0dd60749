"""What to practise next: the weakest objective, or else whom one has not practised with longest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.summary import Summary
from personas.model import Persona, Rule

LATEST = 3
"""Scored calls with one persona that tell how an objective goes by now."""


@dataclass(frozen=True, slots=True)
class Practised:
    """The calls of one user with one persona: when the last one began, seconds since the epoch, and
    the newest scored ones, the newest first."""

    last: float
    scored: tuple[Summary, ...] = ()


@dataclass(frozen=True, slots=True)
class Next:
    """With whom to practise next, and why: ``weakest`` was missing in ``missed`` of the last ``of``
    calls; without one, ``last`` is when the last call was, None when there was none."""

    persona: Persona
    weakest: Rule | None = None
    missed: int = 0
    of: int = 0
    last: float | None = None


def next_practice(personas: Sequence[Persona], practised: Mapping[str, Practised]) -> Next | None:
    """What to practise next, of these personas in the order in which they are shown; ``practised``
    is by slug. None before the first call.

    First the objective that was missing in the newest scored call with its persona, and of these
    the one that costs most: its weight times the share of the last ``LATEST`` calls in which it was
    missing; of equals that of the persona whose turn is longest ago. When nothing was missing:
    whoever was never practised with, in the order shown, then whose last call is longest ago.
    """
    if not practised:
        return None
    weak = [each for persona in personas for each in _missing(persona, practised)]
    if weak:
        return min(weak, key=lambda each: (-_cost(each), practised[each.persona.slug].last))
    fresh = next((p for p in personas if p.slug not in practised), None)
    if fresh is not None:
        return Next(fresh)
    known = [p for p in personas if p.slug in practised]
    oldest = min(known, key=lambda p: practised[p.slug].last, default=None)
    return None if oldest is None else Next(oldest, last=practised[oldest.slug].last)


def _missing(persona: Persona, practised: Mapping[str, Practised]) -> list[Next]:
    """The objectives that were missing in the newest scored call with that persona."""
    calls = practised[persona.slug].scored[:LATEST] if persona.slug in practised else ()
    missed = [frozenset(call.missed) for call in calls if call.missed is not None]
    if not missed:
        return []
    return [
        Next(persona, rule, sum(rule.id in each for each in missed), len(missed))
        for rule in persona.objectives
        if rule.id in missed[0]
    ]


def _cost(each: Next) -> float:
    return (each.weakest.weight if each.weakest else 0) * each.missed / each.of
