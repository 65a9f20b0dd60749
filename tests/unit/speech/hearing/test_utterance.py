"""The sound of an utterance: what is decoded of it, and where a long one is cut."""

import numpy as np
import pytest

from agent.speech.hearing.utterance import LONGEST, Utterance
from agent.speech.segments import RATE, SPAN, WINDOW, Segments

LOUD, QUIET = 4_000, 4


def window(level: int) -> bytes:
    return np.full(WINDOW, level, dtype=np.int16).tobytes()


def spoken(*parts: tuple[float, float]) -> Utterance:
    """Parts of so many seconds with so much probability of speech."""
    sound = Utterance()
    for seconds, likely in parts:
        for _ in range(round(seconds / SPAN)):
            sound.add(window(LOUD if likely > 0.5 else QUIET), likely)
    return sound


def seconds(pcm: bytes) -> float:
    return len(pcm) / 2 / RATE


def test_what_is_decoded_has_a_fifth_of_a_second_around_the_words() -> None:
    sound = spoken((1.0, 0.0), (1.0, 0.9), (1.0, 0.1))
    assert seconds(sound.pcm) == pytest.approx(1.4, abs=0.07)


def test_silence_stands_for_what_has_not_been_heard_yet() -> None:
    sound = spoken((1.0, 0.0), (1.0, 0.9), (0.1, 0.1))
    assert seconds(sound.pcm) == pytest.approx(1.4, abs=0.07)
    assert not any(sound.pcm[-2 * WINDOW :])


def test_without_speech_nothing_is_decoded() -> None:
    assert spoken((1.0, 0.2)).pcm == b""


def test_a_long_one_is_cut_in_the_middle_of_its_longest_pause() -> None:
    sound = spoken((5.0, 0.9), (0.1, 0.1), (4.0, 0.9), (0.4, 0.1), (6.0, 0.9))
    part = sound.cut()
    assert part.seconds == pytest.approx(5.0 + 0.1 + 4.0 + 0.2, abs=0.1)
    assert part.seconds + sound.seconds == pytest.approx(15.5, abs=0.1)


def test_a_pause_near_the_beginning_leaves_no_scrap() -> None:
    sound = spoken((1.0, 0.9), (0.5, 0.1), (8.0, 0.9), (0.1, 0.1), (6.0, 0.9))
    assert sound.cut().seconds > 9.0


def test_one_without_a_pause_is_cut_where_it_is_quietest() -> None:
    sound = spoken((7.0, 0.9))
    sound.add(window(LOUD // 4), 0.9)
    sound.extend(spoken((9.0, 0.9)))
    assert sound.cut().seconds == pytest.approx(7.0, abs=0.1)


def test_what_is_left_can_be_cut_again_and_again() -> None:
    sound = spoken((60.0, 0.9))
    parts = 0
    while sound.seconds > LONGEST:
        assert 0 < sound.cut().seconds <= LONGEST
        parts += 1
    assert parts >= 4


def test_the_evidence_is_of_the_speech_alone() -> None:
    evidence = spoken((2.0, 0.1), (1.0, 0.9), (2.0, 0.1)).evidence()
    assert evidence.speech == pytest.approx(1.0, abs=0.05)
    assert evidence.sure == pytest.approx(0.9)
    assert evidence.level == pytest.approx(20 * np.log10(LOUD / 32_768), abs=0.1)
    assert spoken((1.0, 0.1)).evidence().speech == 0.0


def test_an_utterance_has_what_came_before_it_and_ends_after_a_silence() -> None:
    segments = Segments(silence=0.2)
    quiet = [segments.push(window(QUIET), 0.1) for _ in range(20)]
    assert not any(quiet)
    begun = segments.push(window(LOUD), 0.9)
    assert [kind for kind, _ in begun] == ["begin", "audio"]
    assert 0.25 < len(begun[1][1]) / 2 / RATE < 0.4
    steps = [kind for _ in range(7) for kind, _ in segments.push(window(QUIET), 0.1)]
    assert steps == ["audio"] * 7 + ["end"]
    assert segments.finish() == []
