"""The persona's offline voice."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import espeakng_loader
import numpy as np
import pytest
from livekit.agents.tts import TTSError
from livekit.agents.types import USERDATA_TIMED_TRANSCRIPT

from agent.providers.line_failure import GOES_ON, explain
from agent.speech.speaking.delivery import Delivery
from agent.speech.speaking.local_tts import SAMPLE_RATE, LocalTTS
from agent.speech.speaking.speakable import plain, softened, speakable
from agent.speech.speaking.speaker_models import SpeakerModels
from agent.speech.speaking.speaking import Speaking
from personas.model import Persona
from tests.support.clock import until
from tests.support.personas import make_persona
from tests.support.speech import Sound

KEY = "offline"
NO_MODELS = SpeakerModels(Path("nowhere"))
BROKEN = ("-c", "raise SystemExit('no voice here')")
LINE = "I've been charged twice, and nobody has called me back. What will you do about it?"


def sound(pcm: bytes) -> Sound:
    return np.frombuffer(pcm, dtype=np.int16)


def speaker(persona: Persona, voice: Speaking) -> LocalTTS:
    return LocalTTS(persona, voice, KEY)


async def spoken(tts: LocalTTS, text: str) -> tuple[bytes, str]:
    """The sound of a text, and the words that came with it."""
    pcm, words = bytearray(), ""
    async with tts.stream() as stream:
        stream.push_text(text)
        stream.end_input()
        async for audio in stream:
            pcm += bytes(audio.frame.data)
            words += "".join(audio.frame.userdata.get(USERDATA_TIMED_TRANSCRIPT, []))
    return bytes(pcm), words


@pytest.fixture(scope="module")
def voice() -> Iterator[Speaking]:
    """The real voice, in its own process."""
    made = Speaking(NO_MODELS)
    yield made
    made.close()


async def test_a_line_is_spoken_with_all_its_words(voice: Speaking) -> None:
    pcm, words = await spoken(speaker(make_persona(), voice), LINE)
    assert 3.0 < len(pcm) / 2 / SAMPLE_RATE < 8.0
    assert words.split() == LINE.split()
    assert np.abs(sound(pcm).astype(np.int32)).max() > 5_000


async def test_a_line_begins_with_sound(voice: Speaking) -> None:
    pcm, _ = await spoken(speaker(make_persona(), voice), LINE)
    assert loud(pcm[: SAMPLE_RATE // 5]) > 300


async def test_text_may_come_in_pieces(voice: Speaking) -> None:
    tts = speaker(make_persona(), voice)
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


async def test_synthesize_gives_the_whole_text(voice: Speaking) -> None:
    frame = await speaker(make_persona(), voice).synthesize(LINE).collect()
    assert frame.duration > 3.0


async def test_an_interrupted_line_stops_and_the_next_one_is_spoken(voice: Speaking) -> None:
    tts = speaker(make_persona(), voice)
    async with tts.stream() as stream:
        stream.push_text(LINE * 20)
        stream.end_input()
        async for _ in stream:
            break
    pcm, _ = await spoken(tts, "All right.")
    assert loud(pcm) > 5_000


async def test_anger_is_faster_and_higher(voice: Speaking) -> None:
    tts = speaker(make_persona(), voice)
    tts.set_mood(1)
    calm = tts.style
    slow, _ = await spoken(tts, LINE)
    tts.set_mood(10)
    angry = tts.style
    fast, _ = await spoken(tts, LINE)
    assert len(fast) < len(slow) * 0.9
    assert isinstance(angry, Delivery)
    assert isinstance(calm, Delivery)
    assert angry.tone > calm.tone
    assert angry.level > calm.level


async def test_an_unknown_voice_does_not_make_the_persona_mute(voice: Speaking) -> None:
    """Its language stays, and its words are told as of any other."""
    thai = make_persona(language="th-TH")
    strange = replace(thai, voice={"offline": {"voice": "nonsense", "pitch": 60}})
    known = replace(thai, voice={"offline": {"voice": "th", "pitch": 60}})
    text = "สวัสดีค่ะ\nฉันโกรธมาก"
    pcm, words = await spoken(speaker(strange, voice), text)
    wanted, _ = await spoken(speaker(known, voice), text)
    german, _ = await spoken(speaker(make_persona(language="de"), voice), text)
    assert len(pcm) == pytest.approx(len(wanted), rel=0.02)
    assert len(pcm) != pytest.approx(len(german), rel=0.1)
    assert words.split() == text.split()


async def test_calls_speak_at_the_same_time(voice: Speaking) -> None:
    voices = [speaker(make_persona(name=name), voice) for name in ("Anna B", "Bert C", "Mary D")]
    alone = [await spoken(tts, LINE) for tts in voices]
    together = await asyncio.gather(*(spoken(tts, LINE) for tts in voices))
    for one, other in zip(alone, together, strict=True):
        assert len(one[0]) == pytest.approx(len(other[0]), rel=0.02)
        assert one[1] == other[1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Well *really* - no.", "Well really, no."),
        ("...", ""),
        ("", ""),
        ("one\n\ntwo", "one two"),
        ("2 \u2013 3 days \u2013 no more", "2-3 days, no more"),
        ("$20\u2014$30", "$20-$30"),
    ],
)
def test_signs_are_not_read_out(text: str, said: str) -> None:
    assert speakable(text) == said


RUNS = {
    "hiss": "Sss" + "'s" * 200,
    "dotted": "x." * 300,
    "letters": "a" * 200_000,
    "digits": "1" * 5_000,
    "apostrophes": "'" * 500 + "a",
    "control": "a\0b\x07c\x1b[31m d\u0085e",
    "halves": "a \ud800 b \udfff",
    "emoji": "Hi \U0001f600\u200d\u2764\ufe0f there" + "\U0001f600" * 300,
    "pictures only": "\U0001f600\U0001f600",
    "arabic": "مرحبا" * 60 + " \u202eabc\u202c",
    "thai": "สวัสดีค่ะฉันโกรธมาก" * 100,
    "chinese": "你好我很生气" * 200,
    "accents": "a" + "\u0301" * 500,
    "link": "http://www.example.com/" + "abc/def?x=1&y=2." * 100,
    "sentence": "word " * 40_000,
}


@pytest.mark.parametrize("text", RUNS.values(), ids=RUNS)
async def test_whatever_is_written_is_spoken_or_shown(voice: Speaking, text: str) -> None:
    """With its process alive, and no longer than anybody would listen."""
    deaths = voice.english.health.deaths
    pcm, words = await spoken(speaker(make_persona(), voice), text)
    assert 0 < len(pcm) / 2 / SAMPLE_RATE < 600
    shown = speakable(text) or text
    assert "".join(words.split()) == "".join(shown.split())
    assert voice.english.health.deaths == deaths
    assert (await spoken(speaker(make_persona(), voice), "Go on."))[1].split() == ["Go", "on."]


@pytest.mark.parametrize("make", [softened, plain])
def test_words_are_found_again_in_the_text_that_was_to_be_spoken(make: Any) -> None:
    """Each word of what is spoken instead tells its place in the caption."""
    text = "Well, my " + "x." * 100 + " is " + "สวัสดี" * 60 + " gone."
    said = make(text)
    assert max(map(len, said.text.split())) <= 160
    words = list(re.finditer(r"\w+", said.text))
    assert words
    for word in words:
        assert text.startswith(word[0], said.origin(word.start()))


FAKE = ("-m", "tests.support.fakes.voice")


def fakes(bad: str) -> Speaking:
    """A voice whose process ends over each text with that word in it."""
    return Speaking(NO_MODELS, (*FAKE, bad), (*FAKE, bad))


async def test_a_folder_with_a_long_path_has_a_voice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library finds no voice where the path of its data has 160 bytes or more."""
    deep = tmp_path / ("a" * 100) / ("ä" * 100)
    deep.mkdir(parents=True)
    (deep / "espeakng_loader").symlink_to(Path(espeakng_loader.__file__).parent)
    monkeypatch.setenv("PYTHONPATH", str(deep))
    voice = Speaking(NO_MODELS)
    try:
        pcm, words = await spoken(speaker(make_persona(), voice), LINE)
    finally:
        voice.close()
    assert words.split() == LINE.split()
    assert loud(pcm) > 5_000


def loud(pcm: bytes) -> int:
    """The peak of a sound."""
    return int(np.abs(sound(pcm).astype(np.int32)).max(initial=0))


def errors_of(tts: LocalTTS) -> list[TTSError]:
    """What it tells the call."""
    told: list[TTSError] = []
    tts.on("error", told.append)
    return told


@pytest.fixture
def frail() -> Iterator[Speaking]:
    made = fakes("b-a-d")
    yield made
    made.close()


async def test_a_line_that_ends_the_voice_is_spoken_in_plain_words(frail: Speaking) -> None:
    tts = speaker(make_persona(), frail)
    told = errors_of(tts)
    pcm, words = await spoken(tts, "Well. This is b-a-d to say. Bye now.")
    assert words.split() == ["Well.", "This", "is", "b-a-d", "to", "say.", "Bye", "now."]
    said = ("Well.", "This", "is", "b", "a", "d", "to", "say", "Bye", "now.")
    assert np.count_nonzero(sound(pcm)) == 1_000 * len(said)
    assert (frail.english.health.deaths, told) == (1, [])


async def test_a_text_that_ended_the_voice_once_does_not_end_it_again(frail: Speaking) -> None:
    tts = speaker(make_persona(), frail)
    for _ in range(3):
        await spoken(tts, "This is b-a-d.")
    assert frail.english.health.deaths == 1


async def test_the_others_speak_on_while_one_line_ends_the_voice(frail: Speaking) -> None:
    others = [speaker(make_persona(), frail) for _ in range(4)]
    lines = await asyncio.gather(
        spoken(speaker(make_persona(), frail), "This is b-a-d."),
        *(spoken(tts, "One two three. Four five six.") for tts in others),
    )
    for pcm, words in lines[1:]:
        assert np.count_nonzero(sound(pcm)) == 6_000
        assert words.split() == ["One", "two", "three.", "Four", "five", "six."]


async def test_what_cannot_be_spoken_at_all_is_shown_and_told() -> None:
    """The line goes on behind it, after a silence in which it can be read."""
    voice = fakes("bad")
    tts = speaker(make_persona(), voice)
    told = errors_of(tts)
    try:
        pcm, words = await spoken(tts, "Well then. This is bad. Bye.")
    finally:
        voice.close()
    assert words.split() == ["Well", "then.", "This", "is", "bad.", "Bye."]
    assert len(pcm) / 2 > 3_000 + 0.4 * SAMPLE_RATE
    [error] = told
    assert error.recoverable
    failure = explain("Offline", error.error)
    assert failure.code == "unspoken"
    assert "Read it" in failure.words
    assert "bad" not in failure.words


async def test_without_a_voice_the_lines_are_shown() -> None:
    voice = Speaking(NO_MODELS, BROKEN, BROKEN)
    tts = speaker(make_persona(), voice)
    told = errors_of(tts)
    try:
        for _ in range(2):
            pcm, words = await spoken(tts, "Where is my box?")
            assert words.split() == ["Where", "is", "my", "box?"]
            assert pcm
    finally:
        voice.close()
    failures = [explain("Offline", each.error) for each in told]
    assert failures[-1].code == "voiceless"
    assert "no voice here" in failures[-1].remedy
    assert all(failure.code in GOES_ON for failure in failures)


@pytest.fixture(autouse=True)
async def _no_task_left() -> AsyncIterator[None]:
    yield
    await until(lambda: asyncio.all_tasks() == {asyncio.current_task()})
