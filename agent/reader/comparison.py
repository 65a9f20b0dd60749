"""Compares one turn with candidates: what ``network.score`` says, in less than half of the time.

Nothing is filled up to the longest text here: the words of all candidates stand in a row, N of
them. Whole turn and pieces share what does not depend on where a piece ends: how near all words
are to each other, and what each word of the turn sees of a candidate. The names of the sizes are
those of ``network``.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from agent.reader.network import GELU, SHARED, Weights, last, unit

Span = tuple[int, int]
"""Tokens from the first to before the second."""


class PreparedCandidates(NamedTuple):
    """What of the candidates does not depend on the turn, made once for a text."""

    mean: np.ndarray
    """(R, H), of length 1."""
    unit: np.ndarray
    """(N, H), of length 1."""
    shared: np.ndarray
    """(N, D)."""
    near: np.ndarray
    """(N, D): the part of the first layer that sees only the candidate."""
    shown: np.ndarray
    """(N, D): what a word adds to the first layer of the turn that looks at it."""
    kind: np.ndarray
    """(R, D)."""
    starts: np.ndarray
    """(R,): where the words of each begin."""
    sizes: np.ndarray
    """(R,): how many they are, at least one."""


def prepare(w: Weights, texts: Sequence[np.ndarray], kinds: Sequence[int]) -> PreparedCandidates:
    """Candidates, each (S, H) as encoded, of these places in ``KINDS``, as ``compare`` wants
    them."""
    h = w["head"]
    x = np.concatenate(texts).astype(np.float32)
    sizes = np.array([len(text) for text in texts])
    starts = np.cumsum(sizes) - sizes
    shared = x @ h["candidate"]
    mean = np.add.reduceat(x, starts) / sizes[:, None].astype(np.float32)
    return PreparedCandidates(
        mean=unit(np, mean),
        unit=unit(np, x),
        shared=shared,
        near=shared @ h["c_own"] + h["c_b"],
        shown=shared @ h["t_seen"],
        kind=h["kind"][np.array(kinds, np.int64)],
        starts=starts,
        sizes=sizes,
    )


def compare(
    w: Weights, x: np.ndarray, directions: np.ndarray, spans: Sequence[Span], c: PreparedCandidates
) -> np.ndarray:
    """How surely these spans of a turn (T, H) fulfil, ask for or call for each candidate: logits
    (Q, R). The spans' means have these ``directions`` (Q, H)."""
    h = w["head"]
    shared = x @ h["turn"]
    shown = shared @ h["c_seen"]
    closeness = unit(np, x) @ c.unit.T  # (T, N)
    match = shared @ c.shared.T * (h["heat"] * SHARED**-0.5)
    by_turn = _seen_by_turn(h, shared, match, c)
    kind = np.broadcast_to(c.kind, (len(spans), *c.kind.shape))
    both = np.empty((*kind.shape[:2], 2), np.float32)
    both[..., 0] = directions @ c.mean.T
    pooled = np.empty((*kind.shape[:2], 4, SHARED), np.float32)
    for place, (start, end) in enumerate(spans):
        share = _softmax(match[start:end]).T
        own = share @ shown[start:end]
        own += c.near
        _look(h, "c", c.shared, share @ shared[start:end], own)
        theirs = by_turn[:, start:end]
        pooled[place, :, 0] = np.add.reduceat(own, c.starts) / c.sizes[:, None]
        pooled[place, :, 1] = np.maximum.reduceat(own, c.starts)
        pooled[place, :, 2] = theirs.mean(1)
        pooled[place, :, 3] = theirs.max(1)
        both[place, :, 1] = np.add.reduceat(closeness[start:end].max(0), c.starts) / c.sizes
    seen = np.concatenate([pooled.reshape(*kind.shape[:2], -1), kind, both], -1)
    found: np.ndarray = last(np, h, seen, both)
    return found


def _seen_by_turn(
    h: Mapping[str, Any], shared: np.ndarray, match: np.ndarray, c: PreparedCandidates
) -> np.ndarray:
    """What the first layer makes of each word of the turn, which looks at the words of a candidate:
    (R, T, D)."""
    highest = np.maximum.reduceat(match, c.starts, 1)
    share = np.exp(match - np.repeat(highest, c.sizes, 1))
    share /= np.repeat(np.add.reduceat(share, c.starts, 1), c.sizes, 1)
    seen = np.empty((len(c.sizes), *shared.shape), np.float32)
    found = np.empty_like(seen)
    for place, (start, size) in enumerate(zip(c.starts.tolist(), c.sizes.tolist(), strict=True)):
        own = share[:, start : start + size]
        np.matmul(own, c.shared[start : start + size], out=seen[place])
        np.matmul(own, c.shown[start : start + size], out=found[place])
    found += shared @ h["t_own"] + h["t_b"]
    _look(h, "t", shared, seen, found)
    return found


def _look(
    h: Mapping[str, Any], side: str, own: np.ndarray, seen: np.ndarray, found: np.ndarray
) -> None:
    """As ``network.looked``, in the place of ``found`` (..., D), which has the two parts of it that
    are sums already. With a dozen arrays on the way half of the time is spent on their memory."""
    part = own * seen
    rows = part.reshape(-1, SHARED)
    found += (rows @ h[f"{side}_both"]).reshape(found.shape)
    np.abs(np.subtract(own, seen, out=part), out=part)
    found += (rows @ h[f"{side}_apart"]).reshape(found.shape)
    np.multiply(found, found, out=part)  # from here on gelu, with its factors multiplied out
    part *= GELU * 0.044715
    part += GELU
    part *= found
    np.tanh(part, out=part)
    part += 1
    found *= part
    found *= 0.5


def _softmax(x: np.ndarray) -> np.ndarray:
    """Over the first axis."""
    share: np.ndarray = np.exp(x - x.max(0))
    share /= share.sum(0)
    return share
