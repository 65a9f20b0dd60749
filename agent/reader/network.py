"""The reader's network, written once for numpy, which reads turns, and for JAX, which trains it.

Turn and candidate (a rule, a fact or a line of the persona) go through the same encoder, of the
MiniLM family: six layers of width 384. Every candidate is then compared with the turn word by
word: each of its words looks at the turn's, and each of the turn's at its. So a candidate is
encoded once, when a text is learnt, and a turn costs one pass. ``score`` compares as training wants
it, many turns at once; ``comparison`` does the same for one turn and its pieces.

``xp`` is ``numpy`` or ``jax.numpy``. B: turns, T: tokens of a turn, R: candidates, S: tokens of a
candidate, H: 384, D: 96. Masks are 1.0 where there is a token and 0.0 behind the end.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

Array = Any
"""Of numpy or of JAX."""
Weights = Mapping[str, Any]

LAYERS = 6
HEADS = 12
WIDTH = 384
SHARED = 96
"""D: the width in which words of turn and candidate are compared."""
GELU = 0.7978845608
"""The square root of 2 / pi."""
KINDS = ("trigger", "deescalation", "criterion", "objective", "fact", "line")
"""What a candidate can be; its place here is its number."""
LEADS = {
    "trigger": "what angers",
    "deescalation": "what calms",
    "criterion": "what settles it",
    "objective": "what is to be shown",
    "fact": "what is known",
    "line": "what is answered",
}
"""Words in front of a candidate of each kind, for the encoder."""


Drop = Callable[[Array], Array]


def _keep(x: Array) -> Array:
    return x


class Words(NamedTuple):
    """Encoded texts: ``x`` (N, L, H) and ``mask`` (N, L)."""

    x: Array
    mask: Array


def encode(xp: Any, w: Weights, tokens: Array, mask: Array, drop: Drop = _keep) -> Words:
    """Token numbers (N, L) to (N, L, H); ``drop`` is training's."""
    e = w["embeddings"]
    x = e["word"][tokens] * 1.0 + e["position"][: tokens.shape[1]] + e["type"]
    x = _norm(xp, x, e["norm_w"], e["norm_b"])
    hidden = (mask[:, None, None, :] - 1.0) * 1e9
    for number in range(LAYERS):
        layer = w[f"layer{number}"]
        x = _norm(xp, x + drop(_attend(xp, layer, x, hidden)), layer["n1_w"], layer["n1_b"])
        inner = _gelu(xp, x @ layer["i_w"] + layer["i_b"])
        x = _norm(xp, x + drop(inner @ layer["f_w"] + layer["f_b"]), layer["n2_w"], layer["n2_b"])
    return Words(x, mask)


def _attend(xp: Any, layer: Weights, x: Array, hidden: Array) -> Array:
    n, length, _ = x.shape
    size = WIDTH // HEADS
    mixed = (x @ layer["qkv_w"] + layer["qkv_b"]).reshape(n, length, 3, HEADS, size)
    q, k, v = (mixed[:, :, part].transpose(0, 2, 1, 3) for part in range(3))
    share = _softmax(xp, q @ k.transpose(0, 1, 3, 2) * size**-0.5 + hidden, -1)
    seen = (share @ v).transpose(0, 2, 1, 3).reshape(n, length, WIDTH)
    return seen @ layer["o_w"] + layer["o_b"]


class Candidates(NamedTuple):
    """What of the candidates does not depend on the turn, made once for a text."""

    mean: Array
    """(R, H), of length 1."""
    unit: Array
    """(R, S, H), of length 1."""
    shared: Array
    """(R, S, D)."""
    near: Array
    """(R, S, D): the part of the first layer that sees only the candidate."""
    mask: Array
    kind: Array
    """(R,): places in ``KINDS``."""


def prepare(xp: Any, w: Weights, words: Words, kind: Array) -> Candidates:
    """Candidates as ``score`` wants them."""
    h = w["head"]
    shared = words.x @ h["candidate"]
    return Candidates(
        unit(xp, _mean(words.x, words.mask)),
        unit(xp, words.x),
        shared,
        shared @ h["c_own"],
        words.mask,
        kind,
    )


def score(xp: Any, w: Weights, turns: Words, c: Candidates, drop: Drop = _keep) -> Array:
    """How surely each turn fulfils, asks for or calls for each candidate: logits (B, R)."""
    h = w["head"]
    of_means = unit(xp, _mean(turns.x, turns.mask)) @ c.mean.T
    theirs = turns.mask[:, None, None, :] > 0  # (B, 1, 1, T)
    ours = c.mask[None, :, :, None]  # (1, R, S, 1)
    closeness = xp.where(theirs, _pairs(unit(xp, turns.x), c.unit), -1.0)
    of_words = (closeness.max(-1) * c.mask[None]).sum(-1) / c.mask.sum(-1)[None]
    shared = turns.x @ h["turn"]
    match = _pairs(shared, c.shared) * (h["heat"] * SHARED**-0.5)
    share = _softmax(xp, xp.where(theirs, match, -1e9), -1)
    rows = share.shape[1] * share.shape[2]
    seen = (share.reshape(len(share), rows, -1) @ shared).reshape(*share.shape[:3], SHARED)
    own = xp.broadcast_to(c.shared[None], seen.shape)
    seen = looked(xp, h, "c", c.near[None], own, seen)
    by_candidate = _pool(xp, seen, ours)
    match = xp.where(ours > 0, match, -1e9)
    seen = _softmax(xp, match, 2).transpose(0, 1, 3, 2) @ c.shared
    own = xp.broadcast_to(shared[:, None], seen.shape)
    seen = looked(xp, h, "t", (shared @ h["t_own"])[:, None], own, seen)
    by_turn = _pool(xp, seen, turns.mask[:, None, :, None])
    kind = xp.broadcast_to(h["kind"][c.kind][None], (*of_means.shape, SHARED))
    both = xp.stack([of_means, of_words], -1)
    return last(xp, h, drop(xp.concatenate([by_candidate, by_turn, kind, both], -1)), both)


def looked(xp: Any, h: Weights, side: str, near: Array, own: Array, seen: Array) -> Array:
    """The first layer of the ``side`` of the candidate (``c``) or the turn (``t``): what its words
    are, and what they have ``seen`` on the other one (..., D)."""
    x = near + seen @ h[f"{side}_seen"] + (own * seen) @ h[f"{side}_both"]
    return _gelu(xp, x + abs(own - seen) @ h[f"{side}_apart"] + h[f"{side}_b"])


def last(xp: Any, h: Weights, seen: Array, both: Array) -> Array:
    """Logits (...) from all that was pooled (..., 5 D + 2), and from the nearness of the means and
    of the words ``both`` (..., 2)."""
    found = _gelu(xp, seen @ h["m1"] + h["b1"]) @ h["m2"]
    plain = h["means"] * both[..., 0] + h["words"] * (both[..., 1] - 0.5)
    return found[..., 0] + h["b2"] + plain


RIVAL, FAINT = 0.4, -1.0
"""What a rule loses by the surest other one: that share of the other's logit, which counts as
``FAINT`` where it is less. Most words do one thing, and what is wrongly found beside it is found
less surely: on the personas that nothing was learnt from F1 rises from 0.61 to 0.65."""


def rivalled(logits: np.ndarray) -> np.ndarray:
    """Logits (..., R) of rules of one persona, each less what it loses by its rivals."""
    if logits.shape[-1] < 2:
        return logits - RIVAL * FAINT
    second, first = np.sort(logits, -1)[..., -2:].transpose(-1, *range(logits.ndim - 1))
    first, second = first[..., None], second[..., None]
    other = np.where(logits >= first, second, first)
    found: np.ndarray = logits - RIVAL * np.maximum(other, FAINT)
    return found


def _pairs(turns: Array, candidates: Array) -> Array:
    """The products of all words: (B, T, K) and (R, S, K) to (B, R, S, T). As one of matrices, which
    numpy hands to BLAS: by its own einsum it takes six times as long."""
    b, t, size = turns.shape
    r, s, _ = candidates.shape
    found = candidates.reshape(r * s, size) @ turns.reshape(b * t, size).T
    return found.reshape(r, s, b, t).transpose(2, 0, 1, 3)


def _pool(xp: Any, x: Array, mask: Array) -> Array:
    """Mean and greatest over the words."""
    mean = (x * mask).sum(2) / mask.sum(2)
    return xp.concatenate([mean, xp.where(mask > 0, x, -1e9).max(2)], -1)


def _mean(x: Array, mask: Array) -> Array:
    return (x * mask[..., None]).sum(1) / mask.sum(1)[:, None]


def unit(xp: Any, x: Array) -> Array:
    """Directions of vectors (..., H): the same of length 1."""
    return x / xp.sqrt((x * x).sum(-1, keepdims=True) + 1e-6)


def _norm(xp: Any, x: Array, weight: Array, bias: Array) -> Array:
    x = x - x.mean(-1, keepdims=True)
    return x / xp.sqrt((x * x).mean(-1, keepdims=True) + 1e-12) * weight + bias


def _softmax(xp: Any, x: Array, axis: int) -> Array:
    x = xp.exp(x - x.max(axis, keepdims=True))
    return x / x.sum(axis, keepdims=True)


def _gelu(xp: Any, x: Array) -> Array:
    return 0.5 * x * (1.0 + xp.tanh(GELU * (x + 0.044715 * x * x * x)))
