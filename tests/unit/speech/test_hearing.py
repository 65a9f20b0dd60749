"""The recogniser: what it hears, when it says so, and what it leaves behind."""

import asyncio
import io
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from subprocess import PIPE

import numpy as np
import psutil
import pytest
from livekit import rtc
from livekit.agents.stt import RecognizeStream, SpeechEvent, SpeechEventType, STTError

from agent.platform.process.frames import Frame, Kind, read
from agent.platform.process.serving import Served
from agent.providers.line_failure import explain
from agent.speech.conditioning import Conditioner
from agent.speech.hearing import Hearing, SphinxSTT
from agent.speech.listener import serve
from agent.speech.recogniser import Recogniser
from agent.speech.segments import WINDOW, Segments
from personas.model import Persona
from tests.support import speech
from tests.support.clock import PATIENCE, until
from tests.support.personas import make_persona, rule
from tests.support.places import ROOT

RATE = 24_000
PERSONA = make_persona([rule("objective", "Asks which lights are on")])


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sound comes faster here than it sounds: a busy machine may hear the end of it much later."""
    monkeypatch.setattr("agent.speech.sphinx_stream._PATIENCE", PATIENCE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hearing")


@pytest.fixture(scope="module")
def hearing(folder: Path) -> Iterator[Hearing]:
    hearing = Hearing(folder)
    hearing.warm([PERSONA])
    yield hearing
    hearing.close()


async def listen(
    hearing: Hearing, sound: speech.Sound, persona: Persona = PERSONA, pace: float = 8.0
) -> list[SpeechEvent]:
    """What the recogniser tells about this sound, given ``pace`` times as fast as it sounds."""
    recogniser = SphinxSTT(hearing, persona)
    stream = recogniser.stream()
    feeding = asyncio.create_task(feed(stream, sound, pace))
    events = [event async for event in stream]
    await feeding
    await stream.aclose()
    await recogniser.aclose()
    return events


async def feed(stream: RecognizeStream, sound: speech.Sound, pace: float, end: bool = True) -> None:
    """Push the sound, ``pace`` times as fast as it sounds, and end the input."""
    step = RATE // 50
    for at in range(0, sound.size - step, step):
        stream.push_frame(rtc.AudioFrame(sound[at : at + step].tobytes(), RATE, 1, step))
        await asyncio.sleep(0.02 / pace)
    if end:
        stream.end_input()


def finals(events: list[SpeechEvent]) -> list[str]:
    """The texts that are final."""
    final = SpeechEventType.FINAL_TRANSCRIPT
    return [event.alternatives[0].text for event in events if event.type == final]


def said(*texts: str, voice: str = speech.VOICES[0], gap: float = 0.8) -> speech.Sound:
    """These sentences, as a browser's microphone would give them."""
    sounds = [speech.sentence(text, voice, RATE) for text in texts]
    return speech.compose(sounds, gap, 0.5, 0.8, RATE)


async def test_words_come_while_they_are_spoken_and_then_for_good(hearing: Hearing) -> None:
    events = await listen(hearing, said("I am so sorry about that."), pace=2.0)
    kinds = [event.type for event in events]
    assert kinds[0] == SpeechEventType.START_OF_SPEECH
    assert kinds.count(SpeechEventType.INTERIM_TRANSCRIPT) >= 2
    assert finals(events) == ["i am so sorry about that"]
    assert kinds[-1] == SpeechEventType.FINAL_TRANSCRIPT


async def test_each_sentence_is_final_after_its_pause(hearing: Hearing) -> None:
    events = await listen(hearing, said("Calm down.", "What is your account number?"))
    assert finals(events) == ["calm down", "what is your account number?"]


@pytest.mark.parametrize(
    "sound",
    [
        speech.silence(2.0, RATE),
        speech.noise(2.0, RATE),
        speech.compose([speech.cough(RATE), speech.cough(RATE, 2)], 0.5, 0.5, 0.8, RATE),
        said("Uh-huh."),
    ],
    ids=["silence", "noise", "cough", "uh-huh"],
)
async def test_what_is_no_turn_gives_no_words(hearing: Hearing, sound: speech.Sound) -> None:
    events = await listen(hearing, sound)
    assert finals(events) == []
    if events:
        assert not any(data.text for data in events[-1].alternatives)


@pytest.mark.parametrize("factor", [0.08, 2.0])
async def test_a_quiet_and_a_loud_microphone_are_understood(
    hearing: Hearing, factor: float
) -> None:
    sound = said("Which lights are on?") * factor
    events = await listen(hearing, np.clip(sound, -32_768, 32_767).astype(np.int16))
    assert finals(events) == ["which lights are on?"]


async def test_a_persona_brings_its_own_words(hearing: Hearing) -> None:
    persona = make_persona(
        [rule("trigger", "Mentions the Nordlink", 1, "I never wanted that Nordlink router.")],
        facts=(("Router", "a Nordlink router"), ("Again", "the Nordlink router")),
    )
    hearing.warm([persona])
    events = await listen(hearing, said("The Nordlink router."), persona)
    assert "nordlink" in finals(events)[0].lower()


async def test_new_words_reach_a_stream_that_is_open(hearing: Hearing) -> None:
    recogniser = SphinxSTT(hearing, PERSONA)
    stream = recogniser.stream()
    before = stream.line.vocabulary
    recogniser.swap(replace(PERSONA, version="2", name="Zoltan Quux"))
    await until(lambda: stream.line.vocabulary != before)
    assert "quux" in stream.line.vocabulary.dictionary.read_text()
    await stream.aclose()


def recognisers() -> set[psutil.Process]:
    """Those of this process, which may have other children, such as the app of another test."""
    return running("agent.speech.listener")


def makers() -> set[psutil.Process]:
    """What makes vocabularies for this process."""
    return running("agent.speech.vocabulary")


def running(module: str) -> set[psutil.Process]:
    """The children that run that module, without their guards."""
    found = set()
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            words = child.cmdline()
            if module in words and not any("child_guard" in word for word in words):
                found.add(child)
    return found


@contextmanager
def warmed(folder: Path) -> Iterator[tuple[Hearing, psutil.Process]]:
    """A hearing of its own, and its process."""
    others = recognisers()
    hearing = Hearing(folder)
    try:
        hearing.warm()
        [process] = recognisers() - others
        yield hearing, process
    finally:
        hearing.close()


async def test_a_killed_recogniser_comes_back(folder: Path) -> None:
    """A line that is open hears again."""
    with warmed(folder) as (hearing, process):
        stream = SphinxSTT(hearing, PERSONA).stream()
        others = recognisers()
        process.kill()
        await until(lambda: recognisers() - others)
        await asyncio.to_thread(hearing.recogniser.start)
        feeding = asyncio.create_task(feed(stream, said("I am sorry about that."), 8.0))
        events = [event async for event in stream]
        await feeding
        await stream.aclose()
        assert finals(events) == ["i am sorry about that"]
    assert not process.is_running()


def test_words_that_cannot_be_read_end_no_call(hearing: Hearing, tmp_path: Path) -> None:
    """They leave theirs deaf until it has others, or with those that it had."""
    good = hearing.vocabulary(PERSONA)
    missing = {"model": str(tmp_path / "a.lm"), "dictionary": str(tmp_path / "a.dict")}
    known = {"model": str(good.model), "dictionary": str(good.dictionary)}
    sound = speech.sentence("Which lights are on?", speech.VOICES[0], 16_000).tobytes()
    utterance = [
        Frame(Kind.MORE, 1, {"do": "begin"}),
        Frame(Kind.MORE, 1, {"do": "audio"}, sound),
        Frame(Kind.MORE, 1, {"do": "end"}),
    ]
    orders = [
        *(Frame(Kind.ASK, 1, missing), *utterance),
        *(Frame(Kind.MORE, 1, {"do": "words", **known}), *utterance),
        *(Frame(Kind.MORE, 1, {"do": "words", **missing}), *utterance),
    ]
    target = io.BytesIO()
    serve(Served(io.BytesIO(b"".join(order.pack() for order in orders)), target))
    target.seek(0)
    told = [frame.head for frame in iter(lambda: read(target), None)]
    texts = [head["text"] for head in told if head.get("kind") == "final"]
    assert [bool(text) for text in texts] == [False, True, True]


def errors_of(recogniser: SphinxSTT) -> list[STTError]:
    """What it tells the call."""
    told: list[STTError] = []
    recogniser.on("error", told.append)
    return told


async def test_who_is_not_heard_is_told_to_type(folder: Path) -> None:
    """And told so for each utterance, until the recogniser works again."""
    hearing = Hearing(folder)
    hearing.recogniser = Recogniser(("-c", "raise SystemExit('no ears here')"))
    recogniser = SphinxSTT(hearing, PERSONA)
    told = errors_of(recogniser)
    try:
        stream = recogniser.stream()
        await until(lambda: hearing.recogniser.health.state == "resting")
        await feed(stream, said("Hello there.", "Which lights are on?"), 20.0)
        events = [event async for event in stream]
        await stream.aclose()
    finally:
        hearing.close()
    assert finals(events) == []
    failures = [explain("Offline", each.error) for each in told]
    assert [failure.code for failure in failures] == ["deaf", "deaf"]
    assert "Type your turns" in failures[0].words
    assert "no ears here" in failures[0].remedy
    assert all(each.recoverable for each in told)


async def test_who_was_speaking_when_the_recogniser_died_is_told(folder: Path) -> None:
    with warmed(folder) as (hearing, process):
        recogniser = SphinxSTT(hearing, PERSONA)
        told = errors_of(recogniser)
        stream = recogniser.stream()
        sound = said("I am so sorry about that, let me look into it for you.")
        await feed(stream, sound[: RATE * 2], 8.0, end=False)
        await anext(stream)  # it is being heard
        process.kill()
        await until(lambda: told)
        await feed(stream, np.concatenate([sound[RATE * 2 :], said("Which lights are on?")]), 8.0)
        events = [event async for event in stream]
        await stream.aclose()
    assert finals(events) == ["which lights are on?"]
    assert len(told) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="its process is suspended by a signal")
async def test_a_recogniser_that_is_busy_first_and_hangs_later_is_ended(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.speech.sphinx_stream.LATE", 0.1)
    monkeypatch.setattr("agent.speech.recogniser.LATE", 1.5)
    with warmed(folder) as (hearing, process):
        recogniser = SphinxSTT(hearing, PERSONA)
        told = errors_of(recogniser)
        stream = recogniser.stream()
        sound = said("I am so sorry about that, let me look into it for you.")
        await feed(stream, sound[: RATE * 2], 20.0, end=False)
        while (await anext(stream)).type is not SpeechEventType.INTERIM_TRANSCRIPT:
            pass  # it answers
        process.suspend()
        await feed(stream, sound[RATE * 2 :], 40.0)
        await until(lambda: told)
        await stream.aclose()
    assert not process.is_running()


async def test_a_call_leaves_nothing_behind(hearing: Hearing) -> None:
    await listen(hearing, said("Hello."), pace=20)
    process = psutil.Process()
    before = process.num_threads()
    for _ in range(3):
        await listen(hearing, said("Hello."), pace=20)
    await until(lambda: process.num_threads() <= before)


def test_the_process_ends_with_its_input() -> None:
    command = [sys.executable, "-m", "agent.speech.listener"]
    with subprocess.Popen(command, cwd=ROOT, stdin=PIPE, stdout=PIPE) as process:
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


def test_closing_leaves_no_process(folder: Path) -> None:
    with warmed(folder) as (_, process):
        assert process.is_running()
    assert not process.is_running()


def test_an_utterance_has_what_came_before_it_and_ends_after_a_silence() -> None:
    segments = Segments(silence=0.2)
    window = b"\0" * WINDOW * 2
    quiet = [segments.push(window, 0.1) for _ in range(20)]
    assert not any(quiet)
    begun = segments.push(window, 0.9)
    assert [kind for kind, _ in begun] == ["begin", "audio"]
    assert 0.25 < len(begun[1][1]) / 2 / 16_000 < 0.4
    steps = [kind for _ in range(7) for kind, _ in segments.push(window, 0.1)]
    assert steps == ["audio"] * 7 + ["end"]
    assert segments.finish() == []


def test_levels_are_evened_out() -> None:
    speaker = speech.sentence("Hello there.", speech.VOICES[0], 16_000)
    loudness = []
    for factor in (0.1, 1.0):
        conditioner = Conditioner()
        sound = (speaker * factor).astype(np.int16)
        conditioner.adapt(sound)
        heard = np.frombuffer(conditioner.apply(sound), dtype=np.int16).astype(np.float64)
        loudness.append(float(np.sqrt((heard**2).mean())))
    assert loudness[0] == pytest.approx(loudness[1], rel=0.15)


def test_a_vocabulary_that_takes_too_long_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("agent.speech.hearing.MAKING", 0.2)
    hearing = Hearing(tmp_path)
    before = makers()
    try:
        hearing.warm()
        assert "it took over 0.2 s" in caplog.text
        assert makers() <= before
        assert not hearing.vocabulary(None).ready
    finally:
        hearing.close()
