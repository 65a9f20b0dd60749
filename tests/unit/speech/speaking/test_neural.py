"""The English voice itself: what it says when, and how it can be changed."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hibari.g2p import G2P
from numpy.typing import NDArray

from agent.speech.speaking.delivery import Delivery, delivery
from agent.speech.speaking.neural import SAMPLE_RATE, Synthesiser, WordTable
from agent.speech.speaking.speakable import Word
from tests.support.personas import make_persona

LINE = "I've been charged twice, and nobody has called me back. What will you do about it?"
Samples = NDArray[np.float64]


@cache
def synthesiser() -> Synthesiser:
    return Synthesiser()


def spoken(text: str, how: Delivery | None = None) -> tuple[Samples, list[Word]]:
    """The sound, 1.0 at full scale, and its words."""
    said = list(synthesiser().say(text, how or Delivery()))
    data = b"".join(data for data, _ in said)
    words = [word for _, told in said for word in told]
    return np.frombuffer(data, dtype=np.int16) / 32_768, words


def seconds(sound: Samples) -> float:
    return sound.size / SAMPLE_RATE


def loudness(sound: Samples) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(sound**2)))


def pitches(sound: Samples) -> Samples:
    """Hertz each 20 ms, 0 without a voice, by autocorrelation of 40 ms pieces."""
    found = []
    size = SAMPLE_RATE // 25
    for at in range(0, sound.size - size, size // 2):
        piece = sound[at : at + size] - sound[at : at + size].mean()
        spectrum = np.abs(np.fft.rfft(piece, 2 * size)) ** 2
        likeness = np.fft.irfft(spectrum)[: size // 2]
        low, high = SAMPLE_RATE // 400, SAMPLE_RATE // 60
        best = low + int(np.argmax(likeness[low:high]))
        voiced = loudness(piece) > 0.02 and likeness[best] > 0.5 * likeness[0]
        found.append(SAMPLE_RATE / best if voiced else 0.0)
    return np.array(found)


def moved(one: Samples, other: Samples) -> float:
    """By which factor the pitch of the first differs from that of the second, of one length."""
    first, second = pitches(one), pitches(other)
    size = min(first.size, second.size)
    both = (first[:size] > 0) & (second[:size] > 0)
    return float(np.median(first[:size][both] / second[:size][both]))


def pitch(sound: Samples) -> float:
    """The median pitch in hertz."""
    found = pitches(sound)
    return float(np.median(found[found > 0]))


def test_every_word_is_told_when_it_begins() -> None:
    sound, words = spoken(LINE)
    said = [LINE[word.start : word.start + word.length] for word in words]
    assert said == [word.strip(",.?") for word in LINE.split()]
    times = [word.at for word in words]
    assert times == sorted(set(times))
    assert times[-1] < seconds(sound)


def test_a_word_is_told_where_it_sounds() -> None:
    """Behind the silence of a comma, to a few hundredths of a second."""
    sound, words = spoken("First of all, potatoes.")
    frames = np.sqrt(np.mean(sound[: sound.size // 240 * 240].reshape(-1, 240) ** 2, axis=1))
    quiet = np.flatnonzero(frames < 0.004) * 0.01
    inside = quiet[(quiet > 0.3) & (quiet < seconds(sound) - 0.3)]
    assert words[-1].at == pytest.approx(inside.max(), abs=0.08)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("It was $1,312 on 3/4/2026, at 7:30 pm.", "at"),
        ("Dr. Smith lives 5km from St. James.", "lives"),
        ("Flight no. 5 costs ¥300 or more.", "more"),
    ],
)
def test_a_word_is_found_again_behind_numbers(text: str, shown: str) -> None:
    _, words = spoken(text)
    assert shown in [text[word.start : word.start + word.length].strip(".,") for word in words]
    assert all(0 <= word.start < len(text) for word in words)


def test_sound_is_there_at_once_and_ends_with_the_last_word() -> None:
    """The network puts a third of a second of silence before a sentence, and as much behind it."""
    sound, words = spoken("Hello there.")
    heard = np.flatnonzero(np.abs(sound) > 0.02) / SAMPLE_RATE
    assert heard[0] < 0.08
    assert words[0].at < 0.08
    assert seconds(sound) - heard[-1] < 0.15


@pytest.mark.parametrize("text", ["", "...", "?!", "\U0001f600", "สวัสดีค่ะ", "   ", "-", "\u0301"])
def test_what_has_no_english_word_makes_no_sound(text: str) -> None:
    sound, words = spoken(text)
    assert words == []
    assert sound.size == 0


@pytest.mark.parametrize(
    "text",
    ["a" * 48, "1" * 48, "x." * 24, "'s" * 24, "word " * 80, "1,2,3,4 " * 50, "Ünïcödé façade"],
)
def test_whatever_is_given_makes_a_sound_of_some_length(text: str) -> None:
    sound, words = spoken(text)
    assert 0.2 < seconds(sound) < 120
    assert all(word.at <= seconds(sound) for word in words)


def test_size_moves_all_frequencies_and_not_the_tempo() -> None:
    usual, _ = spoken(LINE)
    large, _ = spoken(LINE, Delivery(size=0.8))
    small, _ = spoken(LINE, Delivery(size=1.15))
    assert pitch(large) == pytest.approx(0.8 * pitch(usual), rel=0.06)
    assert pitch(small) == pytest.approx(1.15 * pitch(usual), rel=0.06)
    assert seconds(large) == pytest.approx(seconds(usual), rel=0.1)
    assert seconds(small) == pytest.approx(seconds(usual), rel=0.1)


def test_tone_moves_the_pitch_and_pace_the_tempo() -> None:
    usual, _ = spoken(LINE)
    deep, _ = spoken(LINE, Delivery(tone=0.75))
    quick, words = spoken(LINE, Delivery(pace=1.25))
    assert moved(deep, usual) == pytest.approx(0.75, rel=0.02)
    assert seconds(deep) == pytest.approx(seconds(usual), rel=0.02)
    assert seconds(quick) == pytest.approx(seconds(usual) / 1.25, rel=0.1)
    assert pitch(quick) == pytest.approx(pitch(usual), rel=0.06)
    assert words[-1].at < seconds(quick)


def test_pauses_follow_and_words_with_them() -> None:
    text = "First of all, potatoes."
    short, quick = spoken(text, Delivery(pause=0.3))
    long, slow = spoken(text, Delivery(pause=3.0))
    assert seconds(long) - seconds(short) > 0.15
    gained = slow[-1].at - quick[-1].at
    assert gained == pytest.approx(seconds(long) - seconds(short), abs=0.03)
    assert slow[0].at == quick[0].at


def test_a_loud_voice_does_not_clip() -> None:
    usual, _ = spoken(LINE)
    loud, _ = spoken(LINE, Delivery(level=12.0))
    assert loudness(loud) > 2 * loudness(usual)
    assert np.abs(loud).max() < 1.0


def test_the_same_text_sounds_the_same() -> None:
    assert np.array_equal(spoken(LINE)[0], spoken(LINE)[0])


def test_a_mood_is_heard_and_is_no_cartoon() -> None:
    """At 1, 5 and 9 of 10: higher, quicker, louder, and in all by less than a third."""
    sounds = [spoken(LINE, mood(intensity))[0] for intensity in (1, 5, 9)]
    for calmer, angrier in pairwise(sounds):
        assert pitch(calmer) * 1.02 < pitch(angrier) < pitch(calmer) * 1.15
        assert seconds(calmer) * 0.85 < seconds(angrier) < seconds(calmer) * 0.98
        assert loudness(calmer) * 1.1 < loudness(angrier) < loudness(calmer) * 1.8
    spread = [float(np.std(np.log(found[found > 0]))) for found in map(pitches, sounds)]
    assert spread == sorted(spread)


def mood(intensity: int) -> Delivery:
    persona = replace(make_persona(), voice={"offline": {"size": 0.92, "tone": 1.0, "pace": 1.0}})
    return delivery(persona, "offline", intensity)


def test_a_table_of_words_is_as_its_dict() -> None:
    entries = {
        "a": "ɐ",
        "a's": "As",
        "abs": {"DEFAULT": "æbz", "NOUN": None},
        "b": {"VBN": -2.3, "``": 3.2},
        "Zoë": "zOi",
        "t-12=-START2-,-START-": {",": 0.5},
    }
    table = WordTable(entries)
    assert {word: table.get(word) for word in entries} == entries
    for absent in ("", "ab", "abst", "zz", "\N{GRINNING FACE}", "a\t", 'a\t"'):
        assert table.get(absent) is None
    assert table.get("zz", "none") == "none"
    assert WordTable({}).get("a") is None


def test_the_lexicons_are_such_tables() -> None:
    """As dicts they take 60 MB more."""
    g2p = synthesiser().phonemes(british=False)
    tables = (g2p.lexicon.golds.d, g2p.lexicon.silvers.d, g2p.tagger.weights)
    assert all(isinstance(table, WordTable) for table in tables)
    text = "Zoë read the NASA contract of 1984, and I object to the object on p. 3."
    assert g2p(text) == G2P()(text)
