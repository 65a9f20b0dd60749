"""How somebody does over time: the scores of their calls and what they come to."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from data.summary import Summary

RECENT = 5
"""Scored calls that "lately" means."""


@dataclass(frozen=True, slots=True)
class Course:
    """Some finished calls, oldest first; at least one."""

    calls: tuple[Summary, ...]

    @property
    def last(self) -> Summary:
        """The newest call."""
        return self.calls[-1]

    @property
    def scored(self) -> tuple[Summary, ...]:
        """Those with a score, oldest first."""
        return tuple(call for call in self.calls if call.score is not None)

    @property
    def scores(self) -> tuple[float, ...]:
        """The scores (0-100), oldest first."""
        return tuple(call.score for call in self.calls if call.score is not None)

    @property
    def passed(self) -> int:
        """How many calls passed."""
        return sum(call.passed is True for call in self.calls)

    @property
    def lately(self) -> float | None:
        """The mean of the newest scores, None without any."""
        return _mean(self.scores[-RECENT:])

    @property
    def change(self) -> float | None:
        """By how much that is above the scores just before these; None while there are none."""
        before, lately = _mean(self.scores[-2 * RECENT : -RECENT]), self.lately
        return None if before is None or lately is None else lately - before


def course(calls: Iterable[Summary]) -> Course | None:
    """The course of these calls, None without any; drafts of authors and live calls are no part
    of it."""
    over = [call for call in calls if call.ended is not None and not call.draft]
    return Course(tuple(sorted(over, key=lambda call: call.started))) if over else None


def courses(whole: Iterable[Summary], key: Callable[[Summary], str]) -> dict[str, Course]:
    """A course for each value of ``key``, that with the newest call first."""
    groups: dict[str, list[Summary]] = {}
    for call in whole:
        groups.setdefault(key(call), []).append(call)
    made = {name: found for name, calls in groups.items() if (found := course(calls))}
    newest = sorted(made.items(), key=lambda item: item[1].last.started, reverse=True)
    return dict(newest)


def _mean(scores: tuple[float, ...]) -> float | None:
    return sum(scores) / len(scores) if scores else None
