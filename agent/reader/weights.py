"""The file of the reader's weights: whole numbers of eight bits, with a scale for each row."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

FILE = Path(__file__).parent / "reader.npz"
FORMAT = 1
REMEDY = "Get it again from git: git checkout -- agent/reader"
SMALL = 2_000
"""Numbers; arrays up to that are kept as they are."""

Group = Mapping[str, np.ndarray]


class ReaderWeights(NamedTuple):
    """``groups`` as ``network`` wants them, the word pieces, and ``notes``: thresholds and what
    the training measured."""

    groups: dict[str, dict[str, Any]]
    vocabulary: list[str]
    notes: dict[str, Any]


class Quantised:
    """A table of which rows are looked up: kept in eight bits, (N, H)."""

    def __init__(self, rows: np.ndarray, scales: np.ndarray) -> None:
        self._rows, self._scales = rows, scales

    def __getitem__(self, numbers: np.ndarray) -> np.ndarray:
        found: np.ndarray = self._rows[numbers] * self._scales[numbers]
        return found


def quantise(array: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Eight bits and the scale along ``axis``: ``array`` is about their product."""
    scale = np.abs(array).max(axis, keepdims=True) / 127 + 1e-12
    return np.round(array / scale).astype(np.int8), scale.astype(np.float32)


def save(
    path: Path,
    groups: Mapping[str, Group],
    vocabulary: Sequence[str],
    notes: Mapping[str, Any],
) -> None:
    """Write the file, and its SHA-256 beside it."""
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
    _write(path, arrays, notes)


def load(path: Path = FILE) -> ReaderWeights:
    """Read the file. Raises ``ValueError`` in words when it is missing, damaged, or of another
    format; ``REMEDY`` helps against each."""
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
            value = Quantised(array, scale) if member == "word" else array * scale
        groups.setdefault(group, {})[member] = value
    return ReaderWeights(groups, vocabulary, notes)


def note(path: Path, notes: Mapping[str, Any]) -> None:
    """Write other notes into the file, whose numbers stay as they are."""
    arrays = _arrays(path)
    _write(path, arrays, notes)


def _arrays(path: Path) -> dict[str, np.ndarray]:
    try:
        raw, wanted = path.read_bytes(), path.with_suffix(".sha256").read_text().strip()
    except OSError as error:
        name = Path(error.filename or path).name
        raise ValueError(f"{name} cannot be read: {error.strerror}.") from error
    if hashlib.sha256(raw).hexdigest() != wanted:
        raise ValueError(f"{path.name} is damaged: its SHA-256 is another.")
    try:
        with np.load(io.BytesIO(raw), allow_pickle=False) as file:
            return dict(file)
    except (ValueError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path.name} holds no weights of a reader.") from error


def _write(path: Path, arrays: dict[str, np.ndarray], notes: Mapping[str, Any]) -> None:
    told = json.dumps({"format": FORMAT, **notes}, ensure_ascii=False).encode()
    with path.open("wb") as file:
        np.savez_compressed(file, **(arrays | {"notes": np.frombuffer(told, np.uint8)}))  # type: ignore[arg-type]
    path.with_suffix(".sha256").write_text(hashlib.sha256(path.read_bytes()).hexdigest() + "\n")
