"""A call's recorder between a room and LiveKit's own output, on a clock that jumps."""

import asyncio
import base64
import io
import time
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest
from livekit import rtc

from agent.protocol.brief import Brief
from agent.protocol.messages import End, Event, RecordingEnded, RecordingPart
from agent.worker.recording import recorder as module
from agent.worker.recording.recorder import Recorder
from agent.worker.recording.timeline import RATE
from data.common.clock import CallClock
from tests.support.clock import at_once, now
from tests.support.clock import until as holds
from tests.support.job_stage import Context, ended, joined, play
from tests.support.job_stage import Stage as JobStage
from tests.support.persona_text import PLAIN
from tests.support.room_voice import Microphone, room_voice, streams

CLOSE = 0.1
"""Seconds by which a mark may lie beside its sound."""
FRAME = 0.06
Spans = list[tuple[float, float]]


class Stage:
    """A call that is recorded; ``sent`` is what its recorder tells."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        streams(patch)
        self.patch = patch
        self.sent: list[Event] = []
        emitter: Any = rtc.EventEmitter[str]()
        self.room: rtc.Room = emitter
        clock = CallClock(0.0, now)
        self.recorder = Recorder("c1", "trainee-ann", clock, self.sent.append)
        self.recorder.start(self.room)

    def voice(self) -> Any:
        """Another session's output, recorded."""
        voice = room_voice(self.patch)
        self.recorder.follow(voice)
        return voice

    def spans(self) -> tuple[Spans, Spans]:
        return spans(self.sent)


def spans(sent: list[Event]) -> tuple[Spans, Spans]:
    """Where the trainee and the customer are heard, in seconds."""
    parts = [each for each in sent if isinstance(each, RecordingPart)]
    assert [part.number for part in parts] == list(range(len(parts)))
    data = b"".join(base64.b64decode(part.sound) for part in parts)
    with av.open(io.BytesIO(data), "r") as container:
        frames = list(container.decode(audio=0))
    sound = np.concatenate([frame.to_ndarray() for frame in frames], axis=1)
    left, right = (_spans(side, frames[0].sample_rate) for side in sound)
    return left, right


def _spans(side: np.ndarray[Any, Any], rate: int) -> Spans:
    step = rate // 100
    loud = np.abs(side[: side.size // step * step].reshape(-1, step)).max(axis=1) > 0.05
    edges = np.flatnonzero(np.diff(np.concatenate([[0], loud.astype(int), [0]])))
    found: Spans = []
    for begin, end in edges.reshape(-1, 2) / 100:
        if found and begin - found[-1][1] < 0.06:  # no more than may be missing in a word
            found[-1] = (found[-1][0], end)
        else:
            found.append((begin, end))
    return found


def tone(seconds: float) -> rtc.AudioFrame:
    at = np.arange(round(seconds * RATE)) / RATE
    sound = (8000 * np.sin(2 * np.pi * 300 * at)).astype(np.int16)
    return rtc.AudioFrame(sound.tobytes(), RATE, 1, sound.size)


async def until(moment: float) -> None:
    await asyncio.sleep(moment - now())


async def talk(microphone: Microphone, end: float) -> None:
    """Frames arrive as a whole once they have been spoken."""
    while now() < end - FRAME / 2:
        await asyncio.sleep(FRAME)
        microphone.frames.put_nowait(tone(FRAME))


async def says(voice: Any, seconds: float) -> None:
    """A line comes from its model in one piece."""
    await voice.capture_frame(tone(seconds))
    voice.flush()


def recorded(patch: pytest.MonkeyPatch, play: Callable[[Stage], Awaitable[None]]) -> Stage:
    async def main() -> Stage:
        stage = Stage(patch)
        await play(stage)
        await stage.recorder.aclose()
        return stage

    return at_once(main())


def near(found: Spans, *expected: tuple[float, float]) -> None:
    assert len(found) == len(expected), found
    for each, wanted in zip(found, expected, strict=True):
        assert each == pytest.approx(wanted, abs=CLOSE), (found, expected)


async def dialogue(stage: Stage) -> None:
    """The trainee from 1 to 3 s, the customer from 4 s on, cut off at 5.5, and from 7 to 8."""
    microphone, voice = Microphone(), stage.voice()
    await until(1.0)
    microphone.publish(stage.room)
    await talk(microphone, 3.0)
    await until(4.0)
    await says(voice, 5.0)
    await until(5.5)
    voice.clear_buffer()
    await until(7.0)
    await says(voice, 1.0)
    await until(9.0)


def test_both_voices_lie_at_their_moments_and_a_cut_line_ends_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = recorded(monkeypatch, dialogue)
    trainee, customer = stage.spans()
    near(trainee, (1.0, 3.0))
    near(customer, (4.0, 5.5), (7.0, 8.0))
    assert stage.sent[-1] == RecordingEnded("c1", "")


@pytest.mark.parametrize("hour", [3600.0, -3600.0])
def test_a_clock_that_is_set_by_an_hour_moves_nothing(
    monkeypatch: pytest.MonkeyPatch, hour: float
) -> None:
    began = time.time()
    set_at = 4.6  # in the middle of a line

    async def play(stage: Stage) -> None:
        loop = asyncio.get_running_loop()
        monkeypatch.setattr(
            time, "time", lambda: began + loop.time() + (hour if loop.time() > set_at else 0.0)
        )
        await dialogue(stage)

    trainee, customer = recorded(monkeypatch, play).spans()
    near(trainee, (1.0, 3.0))
    near(customer, (4.0, 5.5), (7.0, 8.0))


def test_a_line_that_is_paused_goes_on_later(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play(stage: Stage) -> None:
        voice = stage.voice()
        await until(1.0)
        await says(voice, 3.0)
        await until(2.0)
        voice.pause()
        await until(4.0)
        voice.resume()
        await until(8.0)

    _, customer = recorded(monkeypatch, play).spans()
    (first, last) = customer
    assert first == pytest.approx((1.0, 2.0), abs=CLOSE + 0.05), "LiveKit stops by frames of 50 ms"
    assert last[0] == pytest.approx(4.0, abs=CLOSE)


def test_it_goes_on_over_another_session_and_another_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def play(stage: Stage) -> None:
        microphone, voice = Microphone(), stage.voice()
        microphone.publish(stage.room)
        await until(1.0)
        await says(voice, 3.0)
        await until(2.0)
        voice.clear_buffer()  # its engine is lost in mid-sentence
        await asyncio.sleep(0.01)
        await voice.aclose()
        await talk(microphone, 4.0)  # and the trainee asks who is there
        again = Microphone()
        await until(6.0)
        again.publish(stage.room)
        await talk(again, 7.0)
        other = stage.voice()
        await until(8.0)
        await says(other, 1.0)
        await until(10.0)
        assert microphone.closed

    trainee, customer = recorded(monkeypatch, play).spans()
    near(trainee, (2.0, 4.0), (6.0, 7.0))
    near(customer, (1.0, 2.0), (8.0, 9.0))


def test_nobody_but_the_trainee_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play(stage: Stage) -> None:
        microphone = Microphone()
        microphone.publish(stage.room, "listener")
        await talk(microphone, 2.0)

    trainee, customer = recorded(monkeypatch, play).spans()
    assert trainee == customer == []


def test_parts_come_while_the_call_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a crash leaves is what had come by then."""

    async def play(stage: Stage) -> None:
        await until(10.0)
        # The thread takes the time that it takes.
        for _ in range(1000):
            if len(stage.sent) >= 10:
                return
            await asyncio.to_thread(time.sleep, 0.01)
        raise AssertionError(stage.sent)

    recorded(monkeypatch, play)


def test_an_encoder_that_fails_costs_the_recording_only(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def encode(self, sound: object) -> bytes:
            raise av.FFmpegError(1, "no such codec")

    monkeypatch.setattr(module, "OggEncoder", Broken)
    stage = recorded(monkeypatch, dialogue)
    assert stage.sent == [RecordingEnded("c1", "encoder")]
    assert "the call goes on" in caplog.text


def test_a_job_records_over_its_engines_and_has_sent_all_before_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    streams(monkeypatch)

    async def story(stage: JobStage) -> None:
        brief = Brief("c1", "ann", PLAIN, "v1", "notes", "trainee-ann", zero=None, record=True)
        stage.context = Context(brief.dump())
        monkeypatch.setattr("data.common.clock.steady", now)
        await joined(stage)
        microphone = Microphone()
        microphone.publish(stage.context.room)
        await speaks(stage, 0, 2.0)
        stage.engine.fake.emit("close", SimpleNamespace(error=None))
        await talk(microphone, 4.0)
        await holds(lambda: len(stage.engines) > 1 and stage.engines[1].fake.started)
        await speaks(stage, 1, 6.0)
        await until(8.0)
        stage.command(End("ended"))

    async def speaks(stage: JobStage, engine: int, at: float) -> None:
        await until(at)
        sink = stage.engines[engine].fake.output.audio
        while sink.next_in_chain is not None:
            sink = sink.next_in_chain
        await sink._audio_source.capture_frame(tone(1.0))

    stage = play(story)
    trainee, customer = spans(stage.events)
    near(customer, (2.0, 3.0), (6.0, 7.0))
    assert len(trainee) == 1
    assert trainee[0][1] == pytest.approx(4.0, abs=CLOSE)
    last = ended(stage)
    assert stage.events[-2:] == [RecordingEnded("c1", ""), last]


def test_a_job_records_nothing_that_its_brief_does_not_ask_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    streams(monkeypatch)

    async def story(stage: JobStage) -> None:
        await joined(stage)
        microphone = Microphone()
        microphone.publish(stage.context.room)
        await asyncio.sleep(3.0)
        stage.command(End("ended"))

    stage = play(story)
    assert not [e for e in stage.events if isinstance(e, RecordingPart | RecordingEnded)]
