"""The file of weights: what is large stays in eight bits, and counts as what it stands for."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from agent.reader.network import KINDS
from agent.reader.weights import load, quantise, save

ROWS, COLUMNS = 384, 1536
MATRICES = 4
SIZE = ROWS * COLUMNS
"""Bytes of a matrix in eight bits."""


@pytest.fixture(scope="module")
def matrix() -> np.ndarray:
    drawn = np.random.default_rng(3).standard_normal((ROWS, COLUMNS))
    return np.asarray(drawn * np.linspace(0.1, 4, COLUMNS), np.float32)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory, matrix: np.ndarray) -> Path:
    path = tmp_path_factory.mktemp("weights") / "reader.npz"
    layer = {f"m{number}": matrix for number in range(MATRICES)}
    small = {"small": matrix[:, :4], "bias": matrix[0, :8]}
    groups = {"layer0": layer, "embeddings": {"word": matrix}, "head": small}
    save(path, groups, ["a", "b"], dict.fromkeys(KINDS, 0.0), {})
    return path


def test_what_is_large_counts_as_its_numbers_times_their_scales(
    file: Path, matrix: np.ndarray
) -> None:
    weights = load(file)
    x = np.random.default_rng(4).standard_normal((2, 5, ROWS)).astype(np.float32)
    whole, scale = quantise(matrix, 0)
    product = x @ weights.groups["layer0"]["m0"]
    assert product.dtype == np.float32
    assert np.allclose(product, x @ (whole * scale), atol=1e-2, rtol=1e-4)
    whole, scale = quantise(matrix, 1)
    numbers = np.array([[3, 0], [7, 3]])
    assert np.array_equal(weights.groups["embeddings"]["word"][numbers], (whole * scale)[numbers])
    assert np.array_equal(weights.groups["head"]["small"], matrix[:, :4])
    assert np.array_equal(weights.groups["head"]["bias"], matrix[0, :8])
    assert weights.vocabulary == ["a", "b"]


def test_what_is_large_takes_a_byte_a_number_and_the_file_is_never_whole_in_memory(
    file: Path,
) -> None:
    tracemalloc.start()
    try:
        weights = load(file)
        now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(weights.groups["layer0"]) == MATRICES
    every = SIZE * (MATRICES + 1)
    assert every < now < 1.2 * every
    assert most < 1.6 * every
