"""Turns are read by other steps than those of training, and come to the same."""

from collections.abc import Sequence

import numpy as np
import pytest

from agent.reader import comparison, network
from agent.reader.comparison import Span, compare
from agent.reader.network import KINDS, WIDTH, Words, score, unit
from agent.reader.reader import Learnt, Pass, Reader
from agent.reader.weights import ReaderWeights, load
from tests.support.untaught import save_untaught

LENGTHS = (3, 9, 1, 14, 5, 5)
"""Words of the candidates, one of each kind."""
TURN = 23
RULES = [("criterion", "The cable goes into the blue port"), ("objective", "Asks for the account")]
SAID = "I am so sorry about that. Could you tell me your account number? We will send a new one."


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> ReaderWeights:
    found = load(save_untaught(tmp_path_factory.mktemp("untaught") / "reader.npz"))
    rng = np.random.default_rng(3)
    for name in ("c_b", "t_b", "b1"):  # which are zeros, so that none of them would be missed
        shape = found.groups["head"][name].shape
        found.groups["head"][name] = rng.standard_normal(shape).astype(np.float32)
    return found


def drawn(seed: int, length: int) -> np.ndarray:
    """An encoded text."""
    return np.random.default_rng(seed).standard_normal((length, WIDTH)).astype(np.float32)


def padded(texts: Sequence[np.ndarray]) -> Words:
    """As training has them: filled up to the longest, here with what must not count."""
    x = np.full((len(texts), max(map(len, texts)), WIDTH), 7.0, np.float32)
    mask = np.zeros(x.shape[:2], np.float32)
    for row, text in enumerate(texts):
        x[row, : len(text)] = text
        mask[row, : len(text)] = 1
    return Words(x, mask)


@pytest.mark.parametrize("spans", [[(0, TURN)], [(0, TURN), (1, 8), (8, 9), (9, 22)], [(4, 11)]])
def test_a_turn_is_compared_as_in_training(weights: ReaderWeights, spans: list[Span]) -> None:
    texts = [drawn(number, length) for number, length in enumerate(LENGTHS)]
    kinds = list(range(len(KINDS)))
    turn = drawn(99, TURN)
    parts = [turn[start:end] for start, end in spans]
    w = weights.groups
    whole = network.prepare(np, w, padded(texts), np.array(kinds))
    wanted = score(np, w, padded(parts), whole)
    directions = unit(np, np.array([part.mean(0) for part in parts]))
    found = compare(w, turn, directions, spans, comparison.prepare(w, texts, kinds))
    assert found.shape == (len(spans), len(LENGTHS))
    assert np.allclose(found, wanted, atol=1e-4)
    assert np.ptp(wanted) > 0.1


def test_pieces_that_are_wanted_are_read_as_among_all(weights: ReaderWeights) -> None:
    reader = Reader(weights)
    learnt = reader.learn(RULES)
    turn = reader.turn(SAID)
    whole, pieces = learnt.read_pieces(turn)
    assert [piece.words for piece in pieces] == SAID.replace(". ", ".|").replace("? ", "?|").split(
        "|"
    )
    assert [SAID[piece.start :].startswith(piece.words) for piece in pieces] == [True] * 3
    passes, questions = learnt.read_pieces(turn, lambda words: words.endswith("?"))
    assert [piece.words for piece in questions] == [pieces[1].words]
    assert np.allclose(questions[0].logits, pieces[1].logits, atol=1e-5)
    assert np.allclose(passes, whole, atol=1e-5)
    assert np.allclose(learnt.read(turn), whole, atol=1e-5)
    each = [whole[0], *(piece.logits for piece in pieces)]
    apart = [np.abs(a - b).max() for place, a in enumerate(each) for b in each[:place]]
    assert min(apart) > 1e-3


def test_a_turn_of_one_piece_is_compared_once(
    weights: ReaderWeights, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader(weights)
    learnt = reader.learn(RULES)
    asked: list[list[int]] = []
    compared = reader.compare

    def watched(turn: Pass, places: Sequence[int], other: Learnt) -> np.ndarray:
        asked.append(list(places))
        return compared(turn, places, other)

    monkeypatch.setattr(reader, "compare", watched)
    whole, pieces = learnt.read_pieces(reader.turn("I am so sorry about that."))
    assert asked == [[0]]
    assert np.array_equal(pieces[0].logits, whole[0])


def test_turns_that_are_read_ahead_say_the_same(
    weights: ReaderWeights, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each as if it stood alone, by fewer passes; a longer one waits for passes of its own."""
    texts = [
        SAID,
        "Sorry.",
        "",
        "Could you hold the line?",
        "I am so sorry. " * 60,
        *map(str, range(9)),
    ]
    alone, together = Reader(weights), Reader(weights)
    learnt, ahead = alone.learn(RULES), together.learn(RULES)
    passes: list[int] = []
    encode = together._encode

    def counted(found: Sequence[Sequence[int]]) -> Words:
        passes.append(len(found))
        return encode(found)

    monkeypatch.setattr(together, "_encode", counted)
    together.read_ahead(texts)
    assert sum(passes) == len(texts) - 1
    assert len(passes) == 2
    together.read_ahead(texts)
    assert len(passes) == 2, "what is known is not read again"
    for text in texts:
        one, other = learnt.read_pieces(alone.turn(text)), ahead.read_pieces(together.turn(text))
        assert np.allclose(one[0], other[0], atol=1e-3)
        assert [(p.words, p.start) for p in one[1]] == [(p.words, p.start) for p in other[1]]
    assert len(passes) > 2, "the long one was read by itself"
