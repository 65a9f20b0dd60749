"""What the lists of calls show of each."""

import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from data.journal import CallRecord
from data.records import CallStart


@dataclass(frozen=True, slots=True)
class Summary(CallStart):
    """One line of the list of calls: how the call began, and what has become of it.

    ``ended`` is None and ``reason`` "" while the call is live; ``turns`` counts both speakers;
    ``score`` and ``passed`` are None without a scorecard, and for a call that did not begin at the
    beginning: it would mislead beside whole ones. ``latency`` is the median in seconds. ``kept``
    is for a try: whether its trainee wants to keep it. ``missed`` are the ids of the objectives
    that were not shown, ``breaks`` is how often the persona broke a guard; each is None where that
    is not known.
    """

    ended: float | None = None
    duration: float = 0.0
    reason: str = ""
    resolved: bool = False
    turns: int = 0
    edits: int = 0
    score: float | None = None
    passed: bool | None = None
    latency: float | None = None
    versions: tuple[str, ...] = ()
    kept: bool = False
    missed: tuple[str, ...] | None = None
    breaks: int | None = None

    @classmethod
    def of(cls, record: CallRecord) -> "Summary":
        """The summary of that call."""
        card = (record.scorecard or {}) if record.start.from_the_top else {}
        seconds = [latency.seconds for latency in record.latencies]
        return cls(
            **record.start.to_json(),
            ended=record.end.ended if record.end else None,
            duration=record.duration,
            reason=record.end.reason if record.end else "",
            resolved=record.end.resolved if record.end else False,
            turns=len(record.turns),
            edits=len(record.edits),
            score=card.get("score"),
            passed=card.get("passed"),
            latency=statistics.median(seconds) if seconds else None,
            versions=_spoken(record),
            kept=record.kept,
            missed=_missed(card),
            breaks=None if record.breaks is None else len(record.breaks),
        )


def _missed(card: Mapping[str, Any]) -> tuple[str, ...] | None:
    objectives = card.get("objectives")
    if objectives is None:
        return None
    return tuple(str(each.get("id")) for each in objectives if not each.get("shown"))


def _spoken(record: CallRecord) -> tuple[str, ...]:
    """The versions that the persona's turns were spoken with; its first one in a silent call."""
    first = record.start.version
    spoken = [turn for turn in record.turns if turn.speaker == "persona" and not turn.replayed]
    return tuple(dict.fromkeys(turn.version or first for turn in spoken)) or (first,)
