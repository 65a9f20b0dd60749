"""espeak-ng itself, and which of its voices a persona has."""

from dataclasses import replace

import numpy as np
import pytest

from agent.speech.speaking.espeak import SAMPLE_RATE, Espeak, Manner, VoiceError
from agent.speech.speaking.espeak_manner import manner
from agent.speech.speaking.speakable import Word
from tests.support.personas import make_persona
from tests.support.speech import Sound, espeak

KEY = "offline"
LINE = "I've been charged twice, and nobody has called me back. What will you do about it?"


def sound(pcm: bytes) -> Sound:
    return np.frombuffer(pcm, dtype=np.int16)


def voiced(offline: dict[str, object], **more: str) -> Manner:
    """The manner at the middle of the scale."""

    persona = replace(make_persona(), voice={KEY: offline}, **more)  # type: ignore[arg-type]
    return manner(persona, KEY, 4)


def test_thai_is_spoken() -> None:
    thai = manner(make_persona(name="Sarah Thompson", language="th-TH"), KEY, 8)
    assert thai.voice.startswith("th+")
    # "Hello, I am very angry."
    pcm = espeak().render("สวัสดีค่ะ ฉันโกรธมาก", thai)
    assert len(pcm) / 2 / SAMPLE_RATE > 1.0
    assert sound(pcm).std() > 500


@pytest.mark.parametrize(
    ("offline", "expected"),
    [
        ({"variant": "f2"}, "en-us+f2"),
        ({"voice": "en-gb-x-rp+m5"}, "en-gb-x-rp+m5"),
        ({"variant": ""}, "en-us+"),
    ],
)
def test_a_persona_names_its_voice(offline: dict[str, object], expected: str) -> None:
    assert voiced(offline).voice.startswith(expected)


def test_numbers_of_a_voice_are_kept_within_bounds() -> None:
    wild = voiced({"pitch": 500, "rate": 9_999, "range": -4, "volume": "loud"})
    assert (wild.pitch, wild.rate, wild.range) == (99, 300, 0)
    assert 20 <= wild.volume <= 110


@pytest.mark.parametrize(
    "value",
    [float("inf"), float("-inf"), float("nan"), 10**400, -(10**400), 1e308, True, [], {}, None],
    ids=lambda value: repr(value)[:9],
)
@pytest.mark.parametrize("key", ["pitch", "range", "rate", "volume", "voice", "variant"])
def test_no_value_of_a_voice_makes_the_persona_mute(key: str, value: object) -> None:
    given = voiced({key: value})
    assert 80 <= given.rate <= 300
    assert all(0 <= number <= 110 for number in (given.pitch, given.range, given.volume))
    assert given.voice.startswith("en-us+")


@pytest.mark.parametrize("name", ["a" * 500, "en-us\0", "\ud800", "../../voice", "en us"])
def test_a_name_that_no_voice_can_have_is_passed_over(name: str) -> None:
    assert voiced({"voice": name}) == voiced({"variant": name}) == voiced({})


def test_names_give_a_fitting_voice_that_stays() -> None:
    for name, kind in (("Mary Jones", "fA"), ("Walter Hughes", "mA")):
        persona = make_persona(name=name)
        variant = manner(persona, KEY, 5).voice.split("+")[1]
        assert variant[0] in kind
        assert manner(persona, KEY, 9).voice == manner(persona, KEY, 1).voice


def test_an_unknown_voice_is_named() -> None:
    with pytest.raises(VoiceError, match="xx"):
        espeak().render("Hello.", Manner(voice="xx"))


def test_synthesis_stops_when_the_sink_has_enough() -> None:
    pieces: list[bytes] = []

    def take(pcm: bytes, words: list[Word]) -> bool:
        pieces.append(pcm)
        return len(pieces) < 3

    espeak().say(LINE, Manner(), take)
    assert len(pieces) == 3


def test_a_second_synthesiser_does_not_mute_the_first() -> None:
    first = espeak()
    assert loudness(first) > 1000
    second = Espeak()
    assert loudness(second) > 1000
    assert loudness(first) > 1000
    assert second.phonemes("hello")
    assert loudness(first) > 1000


def loudness(synthesiser: Espeak) -> int:
    """The peak of a short sentence; 0 when it is mute."""
    pcm = synthesiser.render("Hello there.", Manner(voice="en-us"))
    return int(np.abs(np.frombuffer(pcm, dtype=np.int16).astype(np.int32)).max(initial=0))
