"""What a script expects although it can never be, since two things exclude each other."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from personas.expectations import MOST
from personas.script_model import Expectation, Measure
from personas.script_subject import ScriptSubject
from personas.source import Findings, shown

OPENING_TURNS = 2
"""Turns of the trainee with the second of which the opening ends, as the director has it."""


def check_together(
    expected: Sequence[Expectation], subject: ScriptSubject, turn: int, found: Findings
) -> None:
    """Note expectations of one place that exclude each other.

    ``turn`` (1-based) is the one that they follow, 0 for those at the end.
    """
    _check_opposites(expected, found)
    _check_numbers(expected, found)
    _check_phases(expected, subject, turn, found)
    _check_acceptance(expected, subject, found)
    if not subject.hang_up:
        for one in _of(expected, "hung up"):
            if one.wanted:
                _never(one, "this persona has hang_up: no", found)


def _check_opposites(expected: Iterable[Expectation], found: Findings) -> None:
    """The same thing wanted and not wanted."""
    first: dict[tuple[str, str], Expectation] = {}
    for one in expected:
        if one.measure in MOST:
            continue
        key = (_subject_of(one.measure), one.target)
        same = first.setdefault(key, one)
        if same.wanted != one.wanted:
            _exclude(same, one, found)
    nothing = first.get(("matched", ""))
    for one in _of(expected, "matched"):
        if nothing is not None and one.target and one.wanted:
            _exclude(nothing, one, found)


def _subject_of(measure: Measure) -> str:
    """Telling a fact and never revealing it are about the same; asked or not is not."""
    return "fact told" if measure == "revealed" else measure


@dataclass(slots=True)
class _Range:
    """The numbers that are left, and the expectations that left them."""

    low: int
    high: int
    bounds: list[Expectation] = field(default_factory=list)

    def narrow(self, one: Expectation) -> Expectation | None:
        """Take in one more; the earlier one that leaves nothing together with it."""
        if one.bound in ("is", "at least"):
            self.low = max(self.low, one.number)
        if one.bound in ("is", "at most"):
            self.high = min(self.high, one.number)
        self.bounds.append(one)
        return self.bounds[-2] if self.low > self.high and len(self.bounds) > 1 else None


def _range(expected: Iterable[Expectation], measure: Measure) -> _Range:
    left = _Range(0, MOST[measure])
    for one in _of(expected, measure):
        left.narrow(one)
    return left


def _check_numbers(expected: Iterable[Expectation], found: Findings) -> None:
    for measure in ("intensity", "score"):
        left = _Range(0, MOST[measure])
        for one in expected:
            if one.measure == measure and (before := left.narrow(one)) is not None:
                _exclude(before, one, found)
                break


def _check_phases(
    expected: Sequence[Expectation], subject: ScriptSubject, turn: int, found: Findings
) -> None:
    wanted = [one for one in _of(expected, "phase") if one.wanted]
    for one in wanted[1:]:
        if one.target != wanted[0].target:
            _exclude(wanted[0], one, found)
    if not wanted:
        return
    phase, left = wanted[0], _range(expected, "intensity")
    at, named = subject.threshold, f"the threshold, {subject.threshold}"
    if phase.target == "opening":
        _check_opening(phase, expected, subject, turn, found)
    elif phase.target == "resolution" and at < left.low <= left.high:
        _never(phase, f"the intensity is at or below {named}, then", found)
    elif phase.target == "deescalation" and left.low <= left.high <= at:
        _never(phase, f"at or below {named}, the phase is resolution", found)


def _check_opening(
    phase: Expectation,
    expected: Iterable[Expectation],
    subject: ScriptSubject,
    turn: int,
    found: Findings,
) -> None:
    if turn >= OPENING_TURNS:
        _never(phase, f"the opening is over after {OPENING_TURNS} turns", found)
        return
    matched = [subject.rule(one.target) for one in _of(expected, "matched") if one.wanted]
    moved = [rule for rule in matched if rule and rule.change]
    if turn and sum(rule.change for rule in moved):
        _never(phase, f"{shown(moved[0].text)!r} changes the mood and ends the opening", found)


def _check_acceptance(
    expected: Sequence[Expectation], subject: ScriptSubject, found: Findings
) -> None:
    accepted = next((one for one in _of(expected, "resolved") if one.wanted), None)
    if accepted is None:
        return
    left, at = _range(expected, "intensity"), subject.threshold
    if at < left.low <= left.high:
        _never(accepted, f"nothing is accepted above the threshold, {at}", found)
    for one in _of(expected, "met"):
        if not one.wanted:
            _exclude(accepted, one, found)
    for one in _of(expected, "phase"):
        if one.wanted and one.target in ("escalation", "deescalation"):
            _exclude(accepted, one, found)


def _of(expected: Iterable[Expectation], measure: Measure) -> Iterator[Expectation]:
    return (one for one in expected if one.measure == measure)


def _exclude(first: Expectation, second: Expectation, found: Findings) -> None:
    where = "" if first.line == second.line else f" (line {first.line})"
    found.error(
        second.line,
        f"{shown(first.text)!r}{where} and {shown(second.text)!r} exclude each other; keep one",
    )


def _never(one: Expectation, why: str, found: Findings) -> None:
    found.error(one.line, f"{shown(one.text)!r} can never be here: {why}")
