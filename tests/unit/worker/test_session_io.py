"""A session that is closed while its voice is being published waits for the answer."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from livekit import rtc
from livekit.agents.voice.room_io._output import _ParticipantAudioOutput

from agent.worker import session_io
from agent.worker.session_io import close
from tests.support.clock import until


class Participant:
    """Publishes once the test says so."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.answer = asyncio.Event()

    async def publish_track(self, *values: object) -> Any:
        self.asked.set()
        await self.answer.wait()
        return SimpleNamespace(wait_for_subscription=asyncio.Event().wait)


class Session:
    """A session with LiveKit's own output, whose browser never takes the voice."""

    def __init__(self, output: _ParticipantAudioOutput) -> None:
        self.room_io = SimpleNamespace(_audio_output=output, _init_atask=None)
        self.closed = False

    async def aclose(self) -> None:
        self.closed = True


class Playing:
    """An engine with that session; ``publishing`` is the work of LiveKit's output."""

    def __init__(self) -> None:
        self.participant = Participant()
        self.output = _ParticipantAudioOutput(
            cast(rtc.Room, SimpleNamespace(local_participant=self.participant)),
            sample_rate=24_000,
            num_channels=1,
            track_publish_options=rtc.TrackPublishOptions(),
        )
        self.session = Session(self.output)
        self.publishing = asyncio.create_task(self.output._publish_track())

    async def aclose(self) -> None:
        self.publishing.cancel()
        await asyncio.gather(self.publishing, return_exceptions=True)
        await self.output.aclose()


async def test_what_is_being_published_is_waited_for() -> None:
    engine = Playing()
    await engine.participant.asked.wait()
    ending = asyncio.create_task(close(cast(Any, engine), "c1"))
    await asyncio.sleep(5 * session_io.LOOK)
    assert not engine.session.closed
    engine.participant.answer.set()
    await ending
    assert engine.session.closed


async def test_an_answer_that_does_not_come_delays_the_end_for_a_moment_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(session_io, "PUBLISHING", 0.05)
    engine = Playing()
    await engine.participant.asked.wait()
    await close(cast(Any, engine), "c1")
    assert engine.session.closed


async def test_what_is_published_already_delays_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_io, "PUBLISHING", 3600.0)
    engine = Playing()
    engine.participant.answer.set()
    await until(lambda: engine.output._publication is not None)
    await close(cast(Any, engine), "c1")
    assert engine.session.closed


async def test_what_would_be_published_while_the_session_closes_is_not() -> None:
    engine = Playing()
    joined = asyncio.Event()

    async def enter() -> None:
        await joined.wait()
        await engine.output._publish_track()

    engine.publishing.cancel()
    entering = asyncio.create_task(enter())
    engine.session.room_io._init_atask = entering
    await asyncio.sleep(0)
    ending = asyncio.create_task(close(cast(Any, engine), "c1"))
    await until(lambda: engine.session.closed)
    joined.set()
    await ending
    assert entering.cancelled()
    assert not engine.participant.asked.is_set()
