"""How far two voices are apart."""

import pytest

from tests.bench.voices import Judged, apart
from tests.bench.word_errors import WordErrors


def voice(pitch: float, size: float) -> Judged:
    return Judged("x", 3.0, 3.0, WordErrors(0, 1), pitch, size)


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        (voice(100, 1.0), voice(110, 1.0), 0.1),
        (voice(200, 0.8), voice(200, 1.0), 0.25),
        (voice(200, 0.9), voice(204, 0.9), 0.02),
    ],
)
def test_voices_differ_by_what_differs_most(one: Judged, other: Judged, share: float) -> None:
    assert apart(one, other) == pytest.approx(share)
    assert apart(other, one) == pytest.approx(share)
