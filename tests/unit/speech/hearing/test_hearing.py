"""The recogniser as calls have it: what is heard, when it is told, and what is left behind."""

import asyncio
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import PIPE

import numpy as np
import psutil
import pytest
from livekit import rtc
from livekit.agents.stt import RecognizeStream, SpeechEvent, SpeechEventType, STTError

from agent.providers.line_failure import explain
from agent.speech.hearing import hearing as module
from agent.speech.hearing.hearing import Hearing, LocalSTT
from agent.speech.hearing.model_folder import NoModel, model_folder
from agent.speech.hearing.recogniser import MODULE, command
from personas.parse import examine
from tests.support import speech
from tests.support.clock import PATIENCE, until
from tests.support.persona_text import FULL
from tests.support.places import ROOT

RATE = 24_000
LISTENER = MODULE[1]
QUESTION = "What can I do for you today?"
ASKED = "what can i do for you today"
NO_EARS = ("-c", "raise SystemExit('no ears here')")


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sound comes faster here than it sounds: a busy machine may hear the end of it much later."""
    monkeypatch.setattr("agent.speech.hearing.stream._PATIENCE", PATIENCE)


@pytest.fixture(scope="module")
def hearing() -> Iterator[Hearing]:
    hearing = Hearing()
    hearing.warm()
    yield hearing
    hearing.close()


async def listen(
    hearing: Hearing, sound: speech.Sound, pace: float = 8.0, *, in_line: bool = False
) -> list[SpeechEvent]:
    """What the recogniser tells about this sound, given ``pace`` times as fast as it sounds."""
    recogniser = LocalSTT(hearing, in_line=lambda: in_line)
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


def finals(events: Sequence[SpeechEvent]) -> list[str]:
    """The texts that are final, lower case without marks: those depend on the voice."""
    final = SpeechEventType.FINAL_TRANSCRIPT
    texts = [event.alternatives[0].text for event in events if event.type == final]
    assert not texts or texts[-1][-1] in ".?!"
    return [re.sub(r"[^\w ]", "", text).lower() for text in texts]


def said(*texts: str, voice: str = speech.VOICES[0], gap: float = 1.0) -> speech.Sound:
    """These sentences, as a browser's microphone would give them."""
    sounds = [speech.sentence(text, voice, RATE) for text in texts]
    return speech.compose(sounds, gap, 0.5, 1.0, RATE)


def breath(seconds: float) -> speech.Sound:
    """Air that swells and ebbs, right before a microphone."""
    air = np.random.default_rng(2).standard_normal(int(seconds * RATE))
    soft = np.convolve(air, np.ones(8) / 8, mode="same") * np.hanning(air.size)
    sound: speech.Sound = (soft / np.abs(soft).max() * 4_500).astype(np.int16)
    return sound


def melody(seconds: float) -> speech.Sound:
    """Plucked notes with overtones, two a second."""
    time = np.arange(RATE // 2) / RATE
    notes = [220.0, 262.0, 330.0, 392.0, 440.0, 330.0, 523.0, 262.0]
    plucked = [
        sum(np.sin(2 * np.pi * note * k * time) / k for k in range(1, 6)) * np.exp(-3 * time)
        for note in notes[: round(2 * seconds)]
    ]
    return (np.concatenate(plucked) * 6_000).astype(np.int16)


async def test_words_come_while_they_are_spoken_and_then_for_good(hearing: Hearing) -> None:
    events = await listen(hearing, said("I am so sorry about that."), pace=1.5)
    kinds = [event.type for event in events]
    assert kinds[0] == SpeechEventType.START_OF_SPEECH
    assert kinds.count(SpeechEventType.INTERIM_TRANSCRIPT) >= 2
    assert finals(events) == ["i am so sorry about that"]
    assert kinds[-1] == SpeechEventType.FINAL_TRANSCRIPT


async def test_numbers_and_names_of_the_persona_are_final_as_they_are_written(
    hearing: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def words(self: LocalSTT, pcm: bytes) -> str:
        return "Mrs. Thomson, T C eight eight two one three"

    monkeypatch.setattr(LocalSTT, "_words", words)
    persona = examine(FULL, "sarah").persona
    assert persona is not None
    recogniser = LocalSTT(hearing)
    recogniser.know(persona)
    stream = recogniser.stream()
    feeding = asyncio.create_task(feed(stream, said("I am so sorry about that."), 8.0))
    final = SpeechEventType.FINAL_TRANSCRIPT
    told = [event.alternatives[0].text async for event in stream if event.type == final]
    assert told == ["Mrs. Thompson, TC-88213."]
    await feeding
    await stream.aclose()
    await recogniser.aclose()


async def test_each_sentence_is_final_after_its_pause(hearing: Hearing) -> None:
    events = await listen(hearing, said("I am so sorry about that.", QUESTION))
    assert finals(events) == ["i am so sorry about that", ASKED]


@pytest.mark.parametrize(
    "sound",
    [
        speech.silence(4.0, RATE),
        speech.noise(4.0, RATE),
        speech.noise(4.0, RATE, 3_000.0),
        speech.compose([speech.cough(RATE), speech.cough(RATE, 2)], 0.5, 0.5, 0.8, RATE),
        speech.compose([breath(0.4), breath(0.8), breath(1.2)], 0.6, 0.5, 0.8, RATE),
        melody(4.0),
    ],
    ids=["silence", "noise", "loud noise", "cough", "breath", "music"],
)
async def test_what_is_no_turn_gives_no_words(hearing: Hearing, sound: speech.Sound) -> None:
    events = await listen(hearing, sound)
    assert finals(events) == []
    if events:
        assert not any(data.text for data in events[-1].alternatives)


@pytest.mark.parametrize("rise", [0.8, 1.2])
@pytest.mark.parametrize("pitch", [95.0, 150.0, 230.0])
async def test_a_hum_into_the_personas_line_is_no_turn(
    hearing: Hearing, pitch: float, rise: float
) -> None:
    """The model writes one in three of them as other words: "Never.", "Over.", "And?"."""
    mhm = speech.hum(pitch, rise, RATE)
    sound = speech.compose([mhm, mhm], 1.5, 0.5, 1.0, RATE)
    assert finals(await listen(hearing, sound, in_line=True)) == []


@pytest.mark.parametrize("text", ["Stop, please.", "No, wait.", "Hello?", "Listen to me."])
async def test_who_breaks_into_the_personas_line_is_heard(hearing: Hearing, text: str) -> None:
    assert any(finals(await listen(hearing, said(text), in_line=True)))


@pytest.mark.parametrize("factor", [0.08, 2.0])
async def test_a_quiet_and_a_loud_microphone_are_understood(
    hearing: Hearing, factor: float
) -> None:
    sound = said(QUESTION) * factor
    events = await listen(hearing, np.clip(sound, -32_768, 32_767).astype(np.int16))
    assert finals(events) == [ASKED]


async def test_a_long_turn_without_a_pause_is_told_in_parts(hearing: Hearing) -> None:
    """It is longer than what is decoded whole, and no word of it is lost at the cuts."""
    line = "I am so sorry about that and I will look into your order on Monday morning and "
    events = await listen(hearing, said(line * 6))
    parts = finals(events)
    assert len(parts) > 1
    text = " ".join(parts)
    assert text.count("sorry about that") == 6
    assert text.count("monday morning") == 6


async def test_two_people_at_once_are_one_turn_and_the_next_is_heard(hearing: Hearing) -> None:
    """What one of them alone says afterwards comes as ever."""
    long = "I am so sorry about that, and I will send a new one to your house tomorrow morning."
    first = speech.sentence(long, speech.VOICES[0], RATE).astype(np.float64)
    second = speech.sentence(QUESTION, speech.VOICES[1], RATE).astype(np.float64)
    both = np.zeros(max(first.size, second.size))
    for voice in (first, second):
        both[: voice.size] += voice / np.sqrt(np.mean(voice**2))
    mixed: speech.Sound = (both / np.abs(both).max() * 15_000).astype(np.int16)
    sound = speech.compose(
        [mixed, speech.sentence(QUESTION, speech.VOICES[0], RATE)], 1.0, 0.5, 1.0, RATE
    )
    together, alone = finals(await listen(hearing, sound))
    assert len(together.split()) > 3, together
    assert alone == ASKED


def listeners() -> set[psutil.Process]:
    """The recognisers of this process, without their guards."""
    found = set()
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            words = child.cmdline()
            if LISTENER in words and not any("child_guard" in word for word in words):
                found.add(child)
    return found


@contextmanager
def warmed(idle: float = 60.0) -> Iterator[tuple[Hearing, psutil.Process]]:
    """A hearing of its own, and its process."""
    others = listeners()
    hearing = Hearing(idle=idle)
    try:
        hearing.warm()
        [process] = listeners() - others
        yield hearing, process
    finally:
        hearing.close()


async def test_each_call_has_a_process_and_one_stays_warm_afterwards() -> None:
    with warmed(idle=0.2) as (hearing, first):
        others = listeners() - {first}
        one = LocalSTT(hearing)
        assert listeners() - others == {first}
        two = LocalSTT(hearing)
        await until(lambda: len(listeners() - others) == 2)
        await one.aclose()
        await two.aclose()
        await until(lambda: len(listeners() - others) == 1)
        await until(lambda: not [t for t in threading.enumerate() if t.name == "hearing"])
        await until(lambda: hearing.health.state == "up")


async def test_a_call_that_is_forgotten_gives_its_process_back() -> None:
    with warmed() as (hearing, process):
        recogniser = LocalSTT(hearing)
        del recogniser
        kept = LocalSTT(hearing)
        assert listeners() >= {process}
        await kept.aclose()
        assert hearing.health.deaths == 0


async def test_a_killed_recogniser_comes_back() -> None:
    """A line that is open hears again, and what is said meanwhile is not lost."""
    with warmed() as (hearing, process):
        recogniser = LocalSTT(hearing)
        stream = recogniser.stream()
        sound = said("I am sorry about that.")
        await feed(stream, sound[: RATE // 2], 8.0, end=False)
        process.kill()
        feeding = asyncio.create_task(feed(stream, sound[RATE // 2 :], 8.0))
        events = [event async for event in stream]
        await feeding
        await stream.aclose()
        assert finals(events) == ["i am sorry about that"]
    assert not process.is_running()


def errors_of(recogniser: LocalSTT) -> list[STTError]:
    """What it tells the call."""
    told: list[STTError] = []
    recogniser.on("error", told.append)
    return told


async def test_who_is_not_heard_is_told_to_type() -> None:
    """And told so for each utterance, until the recogniser works again."""
    hearing = Hearing(run=NO_EARS)
    recogniser = LocalSTT(hearing)
    told = errors_of(recogniser)
    try:
        stream = recogniser.stream()
        await until(lambda: hearing.health.state == "resting")
        assert "no ears here" in hearing.available
        await feed(stream, said("Hello there.", QUESTION), 20.0)
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


async def test_an_utterance_over_which_it_dies_is_lost_in_words_and_the_next_is_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hearing = Hearing(run=("-m", "tests.support.fakes.recogniser", "2.0", "dies"))
    recogniser = LocalSTT(hearing)
    told = errors_of(recogniser)
    try:
        stream = recogniser.stream()
        long, short = said("I am so sorry about that, let me see what I can do."), said("No.")
        feeding = asyncio.create_task(feed(stream, np.concatenate([long, short]), 8.0))
        events = [event async for event in stream]
        await feeding
        await stream.aclose()
    finally:
        hearing.close()
    assert len(told) == 1
    assert finals(events) == ["no"]


async def test_a_recogniser_that_hangs_is_ended_and_the_next_utterance_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("agent.speech.hearing.recogniser.LATE", 3.0)
    hearing = Hearing(run=("-m", "tests.support.fakes.recogniser", "2.0", "hangs"))
    recogniser = LocalSTT(hearing)
    told = errors_of(recogniser)
    try:
        stream = recogniser.stream()
        await feed(stream, said("I am so sorry about that, let me see what I can do."), 8.0, False)
        await until(lambda: told)
        await feed(stream, said("No."), 8.0)
        events = [event async for event in stream]
        await stream.aclose()
        assert hearing.health.deaths >= 1
    finally:
        hearing.close()
    assert finals(events) == ["no"]


async def test_a_call_leaves_nothing_behind(hearing: Hearing) -> None:
    await listen(hearing, said("Hello."), pace=20)
    process = psutil.Process()
    before = process.num_threads()
    others = listeners()
    for _ in range(3):
        await listen(hearing, said("Hello."), pace=20)
    await until(lambda: process.num_threads() <= before)
    assert listeners() == others


def test_the_process_ends_with_its_input() -> None:
    run = [sys.executable, *command(model_folder(""))]
    with subprocess.Popen(run, cwd=ROOT, stdin=PIPE, stdout=PIPE) as process:
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


def test_closing_leaves_no_process() -> None:
    with warmed() as (_, process):
        assert process.is_running()
    assert not process.is_running()


def test_without_the_package_there_is_no_hearing_and_words_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def none(folder: str) -> None:
        return model_folder(folder, lambda: None)  # type: ignore[return-value]

    monkeypatch.setattr(module, "model_folder", none)
    hearing = Hearing()
    hearing.warm()
    assert "moonshine-voice" in hearing.available
    assert listeners() == set() or hearing.health.state == "idle"
    with pytest.raises(NoModel):
        model_folder("", lambda: None)


async def test_a_damaged_model_is_named(tmp_path: Path) -> None:
    good = model_folder("").path
    for name in ("encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin"):
        whole = (good / name).read_bytes()
        (tmp_path / name).write_bytes(whole if name != "encoder_model.ort" else whole[:4_000_000])
    hearing = Hearing(str(tmp_path))
    try:
        await asyncio.to_thread(hearing.warm)
        await until(lambda: hearing.available)
        assert str(tmp_path) in hearing.available
    finally:
        hearing.close()


async def test_a_copy_of_the_model_in_a_folder_of_ones_own_hears_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "eigenes Modell é"
    folder.mkdir()
    for file in model_folder("").path.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    hearing = Hearing(str(folder))
    try:
        events = await listen(hearing, said(QUESTION))
    finally:
        hearing.close()
    assert finals(events) == [ASKED]
    assert hearing.model == "Moonshine eigenes Modell é"
