"""The reader's files: the weights, whole numbers of eight bits with a scale for each row, and the
thresholds beside them, which can be set anew without another version of the large file."""

import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from agent.reader.network import KINDS

FILE = Path(__file__).parent / "reader.npz"
FORMAT = 1
REMEDY = "Get it again from git: git checkout -- agent/reader"
THRESHOLDS = "thresholds.json"
"""The file beside the weights: for each kind of candidate the logit from which on it counts."""
FARTHEST = 1_000.0
"""Logits are never so far from 0 (they are within 20)."""
SMALL = 2_000
"""Numbers; arrays up to that are kept as they are."""
LARGE = 100_000
"""Numbers; arrays from that on stay in eight bits in memory, too: the words and the layers."""

Group = Mapping[str, np.ndarray]


class ReaderWeights(NamedTuple):
    """``groups`` as ``network`` wants them, the word pieces, for each of ``KINDS`` the logit from
    which on it counts, and the training's own ``notes``."""

    groups: dict[str, dict[str, Any]]
    vocabulary: list[str]
    thresholds: Mapping[str, float]
    notes: dict[str, Any]


class Quantised:
    """A matrix (N, M) in eight bits, as it is in the file: a quarter of the memory. Either rows are
    looked up in it, of which each has its scale (N, 1), or something is multiplied by it, whose
    columns have theirs (1, M)."""

    __array_ufunc__ = None  # so that numpy leaves ``x @ matrix`` to the matrix

    def __init__(self, whole: np.ndarray, scale: np.ndarray) -> None:
        self._whole, self._scale = whole, scale

    def __getitem__(self, numbers: np.ndarray) -> np.ndarray:
        found: np.ndarray = self._whole[numbers] * self._scale[numbers]
        return found

    def __rmatmul__(self, x: np.ndarray) -> np.ndarray:
        # A turn takes no longer so: what 32 bits take to read, the conversion takes.
        found: np.ndarray = x @ self._whole.astype(np.float32)
        found *= self._scale
        return found


def quantise(array: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Eight bits and the scale along ``axis``: ``array`` is about their product."""
    scale = np.abs(array).max(axis, keepdims=True) / 127 + 1e-12
    return np.round(array / scale).astype(np.int8), scale.astype(np.float32)


def save(
    path: Path,
    groups: Mapping[str, Group],
    vocabulary: Sequence[str],
    thresholds: Mapping[str, float],
    notes: Mapping[str, Any],
) -> None:
    """Write the file, and its SHA-256 and the thresholds beside it."""
    arrays: dict[str, np.ndarray] = {}
    for group, members in groups.items():
        for name, array in members.items():
            key = f"{group}/{name}"
            if array.ndim == 2 and array.size > SMALL:
                whole, scale = quantise(array, 1 if group == "embeddings" else 0)
                arrays[f"{key}:whole"], arrays[f"{key}:scale"] = whole, scale
            else:
                arrays[key] = array.astype(np.float32)
    words = "\n".join(vocabulary).encode()
    arrays["vocabulary"] = np.frombuffer(words, np.uint8)
    told = json.dumps({"format": FORMAT, **notes}, ensure_ascii=False).encode()
    arrays["notes"] = np.frombuffer(told, np.uint8)
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    path.with_suffix(".sha256").write_text(hashlib.sha256(path.read_bytes()).hexdigest() + "\n")
    save_thresholds(path, thresholds)


def save_thresholds(path: Path, thresholds: Mapping[str, float]) -> None:
    """Write those that go with the weights at ``path``."""
    told = json.dumps(thresholds, indent=1) + "\n"
    path.with_name(THRESHOLDS).write_text(told, encoding="utf-8")


def load(path: Path = FILE) -> ReaderWeights:
    """Read the file and the thresholds beside it. Raises ``ValueError`` in words when one is
    missing, damaged, or of another format; ``REMEDY`` helps against each."""
    arrays = _arrays(path)
    try:
        notes = json.loads(arrays.pop("notes").tobytes())
        found = notes.pop("format")
        vocabulary = arrays.pop("vocabulary").tobytes().decode().split("\n")
    except (KeyError, ValueError) as error:
        raise ValueError(f"{path.name} holds no weights of a reader.") from error
    if found != FORMAT:
        raise ValueError(f"{path.name} is of another version of Rehearsal.")
    groups: dict[str, dict[str, Any]] = {}
    for key, array in arrays.items():
        name, _, part = key.partition(":")
        if part == "scale":
            continue
        group, _, member = name.partition("/")
        value: Any = array
        if part:
            scale = arrays[f"{name}:scale"]
            value = Quantised(array, scale) if array.size >= LARGE else array * scale
        groups.setdefault(group, {})[member] = value
    return ReaderWeights(groups, vocabulary, _thresholds(path.with_name(THRESHOLDS)), notes)


def _thresholds(path: Path) -> dict[str, float]:
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise ValueError(f"{path.name} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise ValueError(f"{path.name} is damaged: it is no JSON.") from error
    if not isinstance(found, dict) or found.keys() != set(KINDS):
        raise ValueError(f"{path.name} is damaged: it needs {', '.join(KINDS)}, and nothing else.")
    for kind, each in found.items():
        if type(each) not in (int, float) or not -FARTHEST <= each <= FARTHEST:
            raise ValueError(f"{path.name} is damaged: its {kind} is no logit.")
    return {kind: float(each) for kind, each in found.items()}


def _arrays(path: Path) -> dict[str, np.ndarray]:
    try:
        with path.open("rb") as file:  # never whole in memory
            wanted = path.with_suffix(".sha256").read_text().strip()
            if hashlib.file_digest(file, "sha256").hexdigest() != wanted:
                raise ValueError(f"{path.name} is damaged: its SHA-256 is another.")
            file.seek(0)
            return _unpacked(path, file)
    except OSError as error:
        name = Path(error.filename or path).name
        raise ValueError(f"{name} cannot be read: {error.strerror}.") from error


def _unpacked(path: Path, file: BinaryIO) -> dict[str, np.ndarray]:
    try:
        with np.load(file, allow_pickle=False) as arrays:
            return dict(arrays)
    except (ValueError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path.name} holds no weights of a reader.") from error
