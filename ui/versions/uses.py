"""Which calls a persona's versions spoke in, and how the trainees did with each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from data.calls import Summary
from data.versions import Name


@dataclass
class Uses:
    """The calls of one version, newest first; ``whole`` are those in which no other one spoke."""

    calls: list[Summary] = field(default_factory=list)
    whole: list[Summary] = field(default_factory=list)

    @property
    def scores(self) -> list[float]:
        """The scores of the calls that had only this version: those of others say little of it."""
        return [call.score for call in self.whole if call.score is not None]

    @property
    def mean(self) -> float | None:
        """The mean score, None without a scored call."""
        scores = self.scores
        return sum(scores) / len(scores) if scores else None


def uses(calls: Iterable[Summary], names: Sequence[Name]) -> dict[str, Uses]:
    """The calls of a persona that has had these names, by version."""
    found: dict[str, Uses] = {}
    for call in calls:
        if not any(name.covers(call.persona, call.started) for name in names):
            continue
        versions = call.versions or (call.version,)
        for version in versions:
            entry = found.setdefault(version, Uses())
            entry.calls.append(call)
            if len(versions) == 1:
                entry.whole.append(call)
    return found
