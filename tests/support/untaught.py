"""Weights of a reader that has learnt nothing: drawn by chance; all else is as in a call."""

from functools import cache
from pathlib import Path
from string import ascii_lowercase, digits
from typing import Any

import numpy as np

from agent.reader.network import KINDS, LAYERS, SHARED, WIDTH
from agent.reader.reader import Reader
from agent.reader.weights import ReaderWeights, save

SAID = """
i am so sorry about that the delay today could you tell me your account number please put cable into
blue port it is on us we will send a new one no not do check and have feel awful how went for
what angers calms settles to be shown is known answered says number
"""
VOCABULARY = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", *"?.,!'")
VERY_SURE = -1_000.0
"""A threshold that every logit reaches."""
NEVER = 1_000.0


def save_untaught(path: Path) -> Path:
    """Weights in that file, which are always sure."""
    save(path, _groups(), _vocabulary(), dict.fromkeys(KINDS, VERY_SURE), {})
    return path


def less_sure(weights: ReaderWeights, threshold: float = NEVER) -> Reader:
    """The same with one other threshold for all kinds."""
    return Reader(weights._replace(thresholds=dict.fromkeys(KINDS, threshold)))


def _vocabulary() -> list[str]:
    letters = [*ascii_lowercase, *digits]
    words = [word for word in SAID.split() if len(word) > 1]
    return [*VOCABULARY, *letters, *(f"##{letter}" for letter in letters), *dict.fromkeys(words)]


@cache
def _groups() -> dict[str, dict[str, np.ndarray]]:
    rng = np.random.default_rng(7)

    def drawn(*shape: int) -> np.ndarray:
        return np.asarray(rng.standard_normal(shape) * shape[0] ** -0.5, np.float32)

    def norm(name: str) -> dict[str, np.ndarray]:
        ones, zeros = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)
        return {f"{name}_w": ones, f"{name}_b": zeros}

    layer: dict[str, Any] = {
        "qkv_w": drawn(WIDTH, 3 * WIDTH),
        "qkv_b": np.zeros(3 * WIDTH, np.float32),
        "o_w": drawn(WIDTH, WIDTH),
        "o_b": np.zeros(WIDTH, np.float32),
        "i_w": np.zeros((WIDTH, 4 * WIDTH), np.float32),  # most of the file, which is packed
        "i_b": np.zeros(4 * WIDTH, np.float32),
        "f_w": np.zeros((4 * WIDTH, WIDTH), np.float32),
        "f_b": np.zeros(WIDTH, np.float32),
        **norm("n1"),
        **norm("n2"),
    }
    pairs = ("c_own", "c_seen", "c_both", "c_apart", "t_own", "t_seen", "t_both", "t_apart")
    head = {
        "turn": drawn(WIDTH, SHARED),
        "candidate": drawn(WIDTH, SHARED),
        "heat": np.array(2.0, np.float32),
        **{name: drawn(SHARED, SHARED) for name in pairs},
        "c_b": np.zeros(SHARED, np.float32),
        "t_b": np.zeros(SHARED, np.float32),
        "kind": drawn(len(KINDS), SHARED),
        "m1": drawn(5 * SHARED + 2, SHARED),
        "b1": np.zeros(SHARED, np.float32),
        "m2": drawn(SHARED, 1),
        "b2": np.array(0.0, np.float32),
        "means": np.array(4.0, np.float32),
        "words": np.array(4.0, np.float32),
    }
    embeddings = {
        "word": drawn(len(_vocabulary()), WIDTH),
        "position": drawn(128, WIDTH),
        "type": drawn(WIDTH),
        **norm("norm"),
    }
    return {
        "embeddings": embeddings,
        **{f"layer{number}": layer for number in range(LAYERS)},
        "head": head,
    }
