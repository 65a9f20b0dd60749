"""The stream of a recording, as a player reads it."""

import io

import av
import numpy as np
import pytest

from agent.worker.recording.ogg import PAGE, OggEncoder
from agent.worker.recording.timeline import RATE, Sound

SECONDS = 20


def tones(seconds: float) -> Sound:
    """Left 440 Hz, right 880 Hz from the middle on."""
    at = np.arange(round(seconds * RATE)) / RATE
    left, right = (8000 * np.sin(2 * np.pi * pitch * at) for pitch in (440, 880))
    right[: right.size // 2] = 0
    return np.stack([left, right], axis=1).astype(np.int16)


def pieces(sound: Sound) -> list[bytes]:
    encoder = OggEncoder()
    parts = [encoder.encode(sound[i : i + RATE // 2]) for i in range(0, len(sound), RATE // 2)]
    return [*parts, encoder.finish()]


def played(data: bytes) -> tuple[Sound, int]:
    """What a player makes of it, shape (2, samples), and its rate."""
    with av.open(io.BytesIO(data), "r") as container:
        frames = list(container.decode(audio=0))
    return np.concatenate([frame.to_ndarray() for frame in frames], axis=1), frames[0].sample_rate


@pytest.fixture(scope="module")
def parts() -> list[bytes]:
    return pieces(tones(SECONDS))


def test_both_sides_are_there_at_their_time(parts: list[bytes]) -> None:
    sound, rate = played(b"".join(parts))
    assert sound.shape[1] / rate == pytest.approx(SECONDS, abs=0.07)
    left, right = np.abs(sound)
    assert left.mean() > 0.1
    assert right[: int(9.9 * rate)].mean() < 0.01 < right[int(10.1 * rate) :].mean()


def test_its_size_is_what_20_minutes_have_room_for(parts: list[bytes]) -> None:
    size = sum(map(len, parts))
    assert 20 * 60 / SECONDS * size < 8_000_000
    assert size * 8 / SECONDS == pytest.approx(32_000, rel=0.15)


def test_what_was_given_out_is_whole_pages_and_late_by_two_at_most(parts: list[bytes]) -> None:
    for part in parts:
        assert part[:4] in (b"OggS", b"")
    # Nothing of a crash but what had come by then.
    sound, rate = played(b"".join(parts[:20]))
    assert sound.shape[1] / rate >= 10 - 2 * PAGE - 0.1


def test_it_plays_up_to_where_it_breaks_off(parts: list[bytes]) -> None:
    whole = b"".join(parts)
    sound, rate = played(whole[: len(whole) // 2 + 37])
    assert sound.shape[1] / rate == pytest.approx(SECONDS / 2, abs=1.0)


def test_a_call_without_a_sound_is_a_stream_all_the_same() -> None:
    sound, rate = played(b"".join(pieces(np.zeros((RATE, 2), dtype=np.int16))))
    assert sound.shape[1] / rate == pytest.approx(1.0, abs=0.07)
    assert not np.abs(sound).max() > 0.001
