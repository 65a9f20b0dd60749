"""What a reader finds in labelled turns, as figures."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from agent.reader.network import KINDS
from agent.reader.train.examples import Taught, fact_text

Score = Callable[[Sequence[str], Sequence[tuple[str, str]]], np.ndarray]
"""Turns and candidates (kind, text) to logits (turns, candidates)."""
RULES = KINDS[:4]
JUDGED = ("yes", "no", "neutral")
"""Groups that count for F1, as in the measurement that the figures are compared with."""


@dataclass(slots=True)
class Seen:
    """Logits of pairs of turn and rule, by the rule's kind, and what is right."""

    pairs: dict[str, list[tuple[float, bool]]] = field(
        default_factory=lambda: {kind: [] for kind in RULES}
    )
    nearly: list[tuple[str, float]] = field(default_factory=list)
    harmless: list[list[tuple[str, float]]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares between 0 and 1; ``f1`` also by kind."""

    f1: float
    precision: float
    recall: float
    near_misses_rejected: float
    harmless_matched: float
    by_kind: dict[str, float]

    def __str__(self) -> str:
        kinds = ", ".join(f"{kind} {value:.2f}" for kind, value in self.by_kind.items())
        return (
            f"F1 {self.f1:.3f} (precision {self.precision:.3f}, recall {self.recall:.3f}), "
            f"near misses rejected {self.near_misses_rejected:.3f}, "
            f"harmless matched {self.harmless_matched:.3f}; {kinds}"
        )


def look(score: Score, taught: Sequence[Taught], anyone: Sequence[str] = ()) -> Seen:
    """Every turn of these personas against every rule of its persona."""
    seen = Seen()
    for one in taught:
        rows = score([u.text for u in one.utterances], one.rules)
        for turn, row in zip(one.utterances, rows, strict=True):
            found = [(kind, float(z)) for (kind, _), z in zip(one.rules, row, strict=True)]
            if turn.group in JUDGED:
                for place, (kind, z) in enumerate(found):
                    seen.pairs[kind].append((z, place in turn.fulfils))
            if turn.nearly >= 0:
                seen.nearly.append(found[turn.nearly])
            if turn.group in ("harmless", "keywords"):
                seen.harmless.append(found)
        if anyone:
            rows = score(list(anyone), one.rules)
            for row in rows:
                seen.harmless.append(
                    [(kind, float(z)) for (kind, _), z in zip(one.rules, row, strict=True)]
                )
    return seen


def figures(seen: Seen, thresholds: Mapping[str, float]) -> Figures:
    """At these logits, from which on a rule of that kind counts as fulfilled."""
    counts = {kind: _count(seen.pairs[kind], thresholds[kind]) for kind in RULES}
    hit, wrong, missed = (sum(each[part] for each in counts.values()) for part in range(3))
    return Figures(
        _f1(hit, wrong, missed),
        hit / max(1, hit + wrong),
        hit / max(1, hit + missed),
        float(np.mean([z < thresholds[kind] for kind, z in seen.nearly])),
        float(np.mean([any(z >= thresholds[k] for k, z in one) for one in seen.harmless])),
        {kind: _f1(*each) for kind, each in counts.items()},
    )


def best_thresholds(seen: Seen) -> dict[str, float]:
    """For each kind the logit of its best F1."""
    return {
        kind: max(
            (float(t) for t in np.arange(-3.0, 4.0, 0.05)),
            key=lambda t, kind=kind: _f1(*_count(seen.pairs[kind], t)),  # type: ignore[misc]
        )
        for kind in RULES
    }


def first_right(score: Score, taught: Sequence[Taught], what: str) -> float:
    """The share of questions whose fact (or of turns whose line) comes out first."""
    right = [good for one in taught for good in _first(score, one, what)]
    return float(np.mean(right)) if right else float("nan")


def _first(score: Score, one: Taught, what: str) -> Iterator[bool]:
    facts = what == "fact"
    rows = one.facts if facts else one.lines
    if not rows:
        return
    texts = [fact_text(r["label"], r["value"]) if facts else r["line"] for r in rows]
    asked = [(t, p) for p, row in enumerate(rows) for t in row["asks" if facts else "after"]]
    found = score([text for text, _ in asked], [(what, text) for text in texts])
    for row, (_, place) in zip(found, asked, strict=True):
        yield int(row.argmax()) == place


def _count(pairs: Sequence[tuple[float, bool]], threshold: float) -> tuple[int, int, int]:
    """Right, wrong and missed."""
    said = np.array([z >= threshold for z, _ in pairs])
    true = np.array([y for _, y in pairs])
    return int((said & true).sum()), int((said & ~true).sum()), int((~said & true).sum())


def _f1(hit: int, wrong: int, missed: int) -> float:
    return 2 * hit / max(1, 2 * hit + wrong + missed)
