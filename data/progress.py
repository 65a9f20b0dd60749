"""How somebody does over time: the scores of their calls and what they come to."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from data.summary import Summary

RECENT = 5
"""Scored calls that "lately" means."""


@dataclass(frozen=True, slots=True)
class Course:
    """What finished calls come to, at least one: ``number`` of them, the ``last`` one, how many
    were ``scored`` and ``passed``, and the ``newest`` scored ones, oldest first. ``by_coach`` are
    the ids of those whose score is a coach's."""

    number: int
    last: Summary
    scored: int = 0
    passed: int = 0
    newest: tuple[Summary, ...] = ()
    by_coach: frozenset[str] = frozenset()

    @property
    def scores(self) -> tuple[float, ...]:
        """The newest scores (0-100), oldest first."""
        return tuple(call.score for call in self.newest if call.score is not None)

    @property
    def lately(self) -> float | None:
        """The mean of the newest scores, None without any."""
        return _mean(self.scores[-RECENT:])

    @property
    def change(self) -> float | None:
        """By how much that is above the scores just before these; None while there are none."""
        before, lately = _mean(self.scores[-2 * RECENT : -RECENT]), self.lately
        return None if before is None or lately is None else lately - before

    def corrected(self, scores: Mapping[str, tuple[int, bool]]) -> "Course":
        """The course with these scores (0-100, and whether that passes) of the newest calls, by
        their id, instead of those that were read."""
        changed = [call for call in self.newest if call.call in scores]
        if not changed:
            return self
        newest = tuple(
            replace(call, score=scores[call.call][0], passed=scores[call.call][1])
            if call.call in scores
            else call
            for call in self.newest
        )
        passed = sum(scores[call.call][1] - bool(call.passed) for call in changed)
        ids = frozenset(call.call for call in changed)
        return replace(self, passed=self.passed + passed, newest=newest, by_coach=ids)


def _mean(scores: tuple[float, ...]) -> float | None:
    return sum(scores) / len(scores) if scores else None
