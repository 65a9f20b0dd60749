"""The persona's offline voice."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import numpy as np
import pytest
from livekit.agents.types import USERDATA_TIMED_TRANSCRIPT

from agent.engines.manner import manner
from agent.engines.speaking import EspeakTTS, espeak, speakable
from agent.engines.voice import SAMPLE_RATE, Espeak, Manner, VoiceError, Word
from tests.clock import until
from tests.personas import make_persona
from tests.speech import Sound

LINE = "I've been charged twice, and nobody has called me back. What will you do about it?"


def sound(pcm: bytes) -> Sound:
    return np.frombuffer(pcm, dtype=np.int16)


def voiced(offline: dict[str, object], **more: str) -> Manner:
    """The manner at the middle of the scale."""

    persona = replace(make_persona(), voice={"offline": offline}, **more)  # type: ignore[arg-type]
    return manner(persona, 4)


async def spoken(tts: EspeakTTS, text: str) -> tuple[bytes, str, float]:
    """The sound of a text, the words that came with it, and the seconds to the first piece."""
    pcm, words, first = b"", "", 0.0
    began = time.perf_counter()
    async with tts.stream() as stream:
        stream.push_text(text)
        stream.end_input()
        async for audio in stream:
            first = first or time.perf_counter() - began
            pcm += bytes(audio.frame.data)
            words += "".join(audio.frame.userdata.get(USERDATA_TIMED_TRANSCRIPT, []))
    return pcm, words, first


async def test_a_line_is_spoken_with_all_its_words() -> None:
    pcm, words, _ = await spoken(EspeakTTS(make_persona()), LINE)
    assert 3.0 < len(pcm) / 2 / SAMPLE_RATE < 8.0
    assert words.split() == LINE.split()
    assert np.abs(sound(pcm).astype(np.int32)).max() > 5_000


async def test_the_first_sound_is_there_at_once_and_not_silent() -> None:
    tts = EspeakTTS(make_persona())
    await spoken(tts, LINE)
    pcm, _, first = await spoken(tts, LINE)
    assert first < 0.5
    assert np.abs(sound(pcm)[: SAMPLE_RATE // 10].astype(np.int32)).max() > 300


async def test_text_may_come_in_pieces() -> None:
    tts = EspeakTTS(make_persona())
    pieces: list[bytes] = []
    async with tts.stream() as stream:

        async def write() -> None:
            for token in ("Hello", " there. How", " are", " you?"):
                stream.push_text(token)
                await asyncio.sleep(0.01)
            stream.end_input()

        writing = asyncio.create_task(write())
        async for audio in stream:
            pieces.append(bytes(audio.frame.data))
        await writing
    assert len(b"".join(pieces)) / 2 / SAMPLE_RATE > 1.0


async def test_synthesize_gives_the_whole_text() -> None:
    frame = await EspeakTTS(make_persona()).synthesize(LINE).collect()
    assert frame.duration > 3.0


async def test_an_interrupted_line_stops_and_the_next_one_is_spoken() -> None:
    tts = EspeakTTS(make_persona())
    async with tts.stream() as stream:
        stream.push_text(LINE * 20)
        stream.end_input()
        async for _ in stream:
            break
    pcm, _, first = await spoken(tts, "All right.")
    assert pcm
    assert first < 0.5


async def test_anger_is_faster_and_higher() -> None:
    tts = EspeakTTS(make_persona())
    tts.set_mood(1)
    calm = tts.manner
    slow, _, _ = await spoken(tts, LINE)
    tts.set_mood(10)
    angry = tts.manner
    fast, _, _ = await spoken(tts, LINE)
    assert len(fast) < len(slow) * 0.9
    assert (angry.pitch, angry.range, angry.volume) > (calm.pitch, calm.range, calm.volume)


async def test_an_unknown_voice_does_not_make_the_persona_mute() -> None:

    tts = EspeakTTS(make_persona())
    tts.swap(replace(make_persona(), voice={"offline": {"voice": "nonsense"}}))
    pcm, _, _ = await spoken(tts, LINE)
    assert len(pcm) / 2 / SAMPLE_RATE > 3.0


async def test_calls_speak_at_the_same_time() -> None:
    voices = [EspeakTTS(make_persona(name=name)) for name in ("Anna B", "Bert C", "Mary D")]
    alone = [await spoken(tts, LINE) for tts in voices]
    together = await asyncio.gather(*(spoken(tts, LINE) for tts in voices))
    for one, other in zip(alone, together, strict=True):
        assert len(one[0]) == pytest.approx(len(other[0]), rel=0.02)
        assert one[1] == other[1]


def test_thai_is_spoken() -> None:
    thai = manner(make_persona(name="Sarah Thompson", language="th-TH"), 8)
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
        variant = manner(persona, 5).voice.split("+")[1]
        assert variant[0] in kind
        assert manner(persona, 9).voice == manner(persona, 1).voice


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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Well *really* - no.", "Well really, no."),
        ("...", ""),
        ("", ""),
        ("one\n\ntwo", "one two"),
    ],
)
def test_signs_are_not_read_out(text: str, said: str) -> None:
    assert speakable(text) == said


@pytest.fixture(autouse=True)
async def _no_task_left() -> AsyncIterator[None]:
    yield
    await until(lambda: asyncio.all_tasks() == {asyncio.current_task()})


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
