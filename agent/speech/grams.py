"""An n-gram language model with back-off, from weighted sentences, as ARPA text.

Interpolated Witten-Bell smoothing (Chen and Goodman, "An empirical study of smoothing techniques
for language modeling", 1998), which takes fractional counts and turns into the back-off form of
an ARPA file exactly.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log10

START, END = "<s>", "</s>"
_NEVER = -99.0

Gram = tuple[str, ...]


@dataclass(slots=True)
class Grams:
    """Counts of 1-, 2- and 3-grams."""

    order: int = 3
    reserve: float = 1.0
    """Factor on the share that Witten-Bell keeps for unseen words."""
    counts: list[dict[Gram, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.counts = [defaultdict(float) for _ in range(self.order)]

    def add(self, words: Sequence[str], weight: float = 1.0, whole: bool = True) -> None:
        """Count a sentence, or a piece of one."""
        sentence = (START, *words, END) if whole else tuple(words)
        for size, counts in enumerate(self.counts, start=1):
            for end in range(size, len(sentence) + 1):
                counts[sentence[end - size : end]] += weight

    def add_pairs(self, chances: Mapping[tuple[str, str], float], times: float) -> None:
        """Count pairs as if each first word had been seen so many times, followed by chance."""
        for pair, chance in chances.items():
            self.counts[1][pair] += times * chance

    def copy(self) -> "Grams":
        """Another one with the same counts."""
        other = Grams(self.order, self.reserve)
        for mine, theirs in zip(self.counts, other.counts, strict=True):
            theirs.update(mine)
        return other

    def arpa(self, base: Mapping[str, float]) -> str:
        """The model; ``base`` are probabilities (or weights) of words that lie under it all.

        Words that were counted but have no base get a small one.
        """
        return "\n".join(_arpa(self, base)) + "\n"


def _arpa(grams: Grams, base: Mapping[str, float]) -> Iterable[str]:
    held = [_held(counts, grams.reserve) for counts in grams.counts]
    shares = [{gram: total / (total + kept) for gram, (total, kept) in h.items()} for h in held]
    chances = _unigrams(grams, base)
    levels = [chances]
    for size in range(2, grams.order + 1):
        below = levels[-1]
        above: dict[Gram, float] = {}
        for gram, count in grams.counts[size - 1].items():
            total, kept = held[size - 1][gram[:-1]]
            above[gram] = (count + kept * below[gram[1:]]) / (total + kept)
        levels.append(above)
    yield "\\data\\"
    for size, level in enumerate(levels, start=1):
        yield f"ngram {size}={len(level)}"
    for size, level in enumerate(levels, start=1):
        yield f"\n\\{size}-grams:"
        # A history that was seen backs off by the share kept for words not seen after it.
        kept_after = shares[size] if size < grams.order else None
        for gram, chance in level.items():
            value = _NEVER if gram == (START,) else log10(chance)
            line = f"{value:.4f} {' '.join(gram)}"
            if kept_after is not None:
                seen = kept_after.get(gram)
                line += f" {log10(1 - seen):.4f}" if seen is not None else " 0.0000"
            yield line
    yield "\n\\end\\"


def _held(counts: Mapping[Gram, float], reserve: float) -> dict[Gram, tuple[float, float]]:
    """For each history: the sum of what followed, and the Witten-Bell reserve."""
    total: dict[Gram, float] = defaultdict(float)
    kinds: dict[Gram, float] = defaultdict(float)
    for gram, count in counts.items():
        total[gram[:-1]] += count
        kinds[gram[:-1]] += min(1.0, count)
    return {gram: (total[gram], reserve * kinds[gram]) for gram in total}


def _unigrams(grams: Grams, base: Mapping[str, float]) -> dict[Gram, float]:
    counts = {gram: n for gram, n in grams.counts[0].items() if gram != (START,)}
    total, kept = sum(counts.values()), grams.reserve * len(counts)
    floor = min(base.values(), default=1.0)
    weights = {word: base.get(word, floor) for word in {*base, *(g[0] for g in counts)} - {START}}
    whole = sum(weights.values()) or 1.0
    chances: dict[Gram, float] = {
        (word,): (counts.get((word,), 0.0) + kept * weight / whole) / (total + kept)
        for word, weight in weights.items()
    }
    chances[(START,)] = 1.0
    return chances
