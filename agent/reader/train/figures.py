"""What a reader finds in labelled turns, as figures."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from agent.reader.network import KINDS, rivalled
from agent.reader.reader import Reader
from agent.reader.train.examples import Taught, fact_text

Score = Callable[[Sequence[str], Sequence[tuple[str, str]]], np.ndarray]
"""Turns and candidates (kind, text) to logits (turns, candidates); those of rules have been weighed
against their rivals."""
RULES = KINDS[:4]
WEIGHT = {
    "trigger": 0.6,
    "deescalation": 0.8,
    "criterion": 0.9,
    "objective": 1.1,
    "fact": 1.0,
    "line": 0.5,
}
"""How much finding counts against being right, where thresholds are chosen: a false accusation
costs more trust than one that is missed, and silence less than a silly answer."""
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


def scores_of(reader: Reader) -> Score:
    """As a finished reader scores."""

    def score(turns: Sequence[str], candidates: Sequence[tuple[str, str]]) -> np.ndarray:
        learnt = reader.learn(candidates)
        if candidates[0][0] not in RULES:
            return np.array([learnt.read(reader.turn(turn)).max(0) for turn in turns])
        read = (learnt.logits(reader.turn(turn)) for turn in turns)
        return np.array([rivalled(rows).max(0) for rows in read])

    return score


def scores_whole(score: Score) -> Score:
    """As one scores that reads turns whole, in training."""
    return lambda turns, candidates: rivalled(score(turns, candidates))


def look(score: Score, taught: Sequence[Taught], anyone: Sequence[str] = ()) -> Seen:
    """Every turn of these personas, and of ``anyone``, against every rule of its persona."""
    seen = Seen()
    for one in taught:
        kinds = [kind for kind, _ in one.rules]
        rows = score([u.text for u in one.utterances], one.rules)
        for turn, row in zip(one.utterances, rows, strict=True):
            found = [(kind, float(z)) for kind, z in zip(kinds, row, strict=True)]
            if turn.group in JUDGED:
                for place, (kind, z) in enumerate(found):
                    seen.pairs[kind].append((z, place in turn.fulfils))
            if turn.nearly >= 0:
                seen.nearly.append(found[turn.nearly])
            if turn.group in ("harmless", "keywords"):
                seen.harmless.append(found)
        if anyone:
            for row in score(list(anyone), one.rules):
                seen.harmless.append([(k, float(z)) for k, z in zip(kinds, row, strict=True)])
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


def best_thresholds(score: Score, held: Sequence[Taught], seen: Seen) -> dict[str, float]:
    """For each kind of candidate the logit of its best F: of rules by all pairs, of facts and lines
    by the first one alone, which is what a customer would say."""
    pairs = dict(seen.pairs)
    for what in ("fact", "line"):
        pairs[what] = [pair for one in held for pair in _asked(score, one, what)]
    return {kind: _best(pairs[kind], WEIGHT[kind]) for kind in KINDS}


def _best(pairs: Sequence[tuple[float, bool]], beta: float) -> float:
    def quality(threshold: float) -> float:
        hit, wrong, missed = _count(pairs, threshold)
        return (1 + beta**2) * hit / max(1.0, hit + wrong + beta**2 * (hit + missed))

    return max((round(float(t), 2) for t in np.arange(-3.0, 4.0, 0.05)), key=quality)


def _asked(score: Score, one: Taught, what: str) -> Iterator[tuple[float, bool]]:
    """The first candidate's logit for each question (or turn), and whether it is the right one; of
    those that only seem to ask, that of the candidate that they seem to ask for."""
    for row, place, right in _questions(score, one, what):
        if right:
            yield float(row.max()), int(row.argmax()) == place
        else:
            yield float(row[place]), False


def first_right(score: Score, taught: Sequence[Taught], what: str) -> float:
    """The share of questions whose fact (or of turns whose line) comes out first."""
    found = [each for one in taught for each in _questions(score, one, what)]
    right = [int(row.argmax()) == place for row, place, asks in found if asks]
    return float(np.mean(right)) if right else float("nan")


def _questions(score: Score, one: Taught, what: str) -> Iterator[tuple[np.ndarray, int, bool]]:
    """The logits of each question for a fact (or turn that a line answers), the place of that one,
    and whether it is asked for, or only seems to be."""
    facts = what == "fact"
    rows = one.facts if facts else one.lines
    if not rows:
        return
    texts = [fact_text(r["label"], r["value"]) if facts else r["line"] for r in rows]
    keys = (("asks", True), ("near", False)) if facts else (("after", True), ("not_after", False))
    asked = [(t, p, yes) for key, yes in keys for p, row in enumerate(rows) for t in row[key]]
    found = score([text for text, _, _ in asked], [(what, text) for text in texts])
    for row, (_, place, yes) in zip(found, asked, strict=True):
        yield row, place, yes


def _count(pairs: Sequence[tuple[float, bool]], threshold: float) -> tuple[int, int, int]:
    """Right, wrong and missed."""
    said = np.array([z >= threshold for z, _ in pairs])
    true = np.array([y for _, y in pairs])
    return int((said & true).sum()), int((said & ~true).sum()), int((~said & true).sum())


def _f1(hit: int, wrong: int, missed: int) -> float:
    return 2 * hit / max(1, 2 * hit + wrong + missed)
