"""A call without a room: the real job, engine and plugin, with a microphone and a loudspeaker."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from livekit import rtc
from livekit.agents import AgentSession, APIConnectOptions, JobContext, utils
from livekit.agents.voice import io

from agent.engines.base import Engine
from agent.engines.registry import EngineRegistry
from agent.engines.tools import EngineTools
from agent.platform.settings import KnownEngines, Settings
from agent.protocol.brief import Brief
from agent.protocol.messages import (
    Caption,
    Command,
    Edited,
    End,
    Ended,
    Event,
    Joined,
    Restored,
    Status,
    Trouble,
    TurnDone,
)
from agent.protocol.scene import FROM_THE_TOP, Scene
from agent.protocol.switchboard import Switchboard
from agent.simulation.history import History
from agent.simulation.observing.observer import LexicalObserver
from agent.speech.hearing.hearing import Hearing
from agent.worker.job import Job
from data.common.clock import CallClock
from data.records import Turn
from personas.model import Persona
from tests.support.clock import PATIENCE, hurried, until
from tests.support.loudspeaker import Loudspeaker
from tests.support.speech import Sound, sentence, speaking

RATE = 16_000
VOICE = 300
"""Amplitude above which a microphone hears somebody; of 32,767."""
PAUSE = 1.2
"""Seconds of silence after which somebody says something else."""
CALL = "c1"


class Microphone(io.AudioInput):
    """Gives what is said into the booth, and silence, 20 ms at a time."""

    def __init__(self, booth: "Booth") -> None:
        super().__init__(label="microphone")
        self._booth = booth
        self._next = 0.0

    async def __anext__(self) -> rtc.AudioFrame:
        loop = asyncio.get_running_loop()
        self._next = max(self._next + 0.02, loop.time() - 0.2)
        await asyncio.sleep(self._next - loop.time())
        size = RATE // 50
        sound, self._booth.sound = self._booth.sound[:size], self._booth.sound[size:]
        if np.abs(sound).max(initial=0) > VOICE:
            self._booth.voice()
        padded = np.pad(sound, (0, size - sound.size)).astype(np.int16) + self._booth.echo(size)
        return rtc.AudioFrame(padded.tobytes(), RATE, 1, size)


class _Room(rtc.EventEmitter[str]):
    """Nobody is in it, but its server answers."""

    def __init__(self) -> None:
        super().__init__()
        self._bytes = 0

    async def get_rtc_stats(self) -> Any:
        self._bytes += 1
        pair = SimpleNamespace(bytes_received=self._bytes, responses_received=0)
        stats = SimpleNamespace(
            HasField=lambda name: name == "candidate_pair",
            candidate_pair=SimpleNamespace(candidate_pair=pair),
        )
        return SimpleNamespace(publisher_stats=[stats], subscriber_stats=[])


class Booth:
    """One call; ``events`` are what its job tells, oldest first."""

    def __init__(
        self,
        engine: str,
        settings: Settings,
        text: str,
        patience: APIConnectOptions,
        registry: EngineRegistry,
        scene: Scene = FROM_THE_TOP,
    ) -> None:
        self.events: list[Event] = []
        self.clock = CallClock()
        self.spoken: list[tuple[float, float]] = []
        self.engines: list[str] = []
        self.sound: Sound = np.zeros(0, dtype=np.int16)
        self.loudspeaker = Loudspeaker()
        self.echoes = 0.0
        """By which factor the microphone gets what the loudspeaker plays."""
        self.board = Switchboard(self.events.append)
        self.board.start()
        self._hearing = Hearing(settings.stt_model_folder)
        self._tools = EngineTools(settings, self._hearing, speaking(), patience)
        brief = Brief(CALL, "ann", text, "v1", engine, "trainee-ann", scene, self.clock.zero)
        self._context = SimpleNamespace(
            job=SimpleNamespace(metadata=brief.dump()),
            room=_Room(),
            connect=_at_once,
            shutdown=lambda reason: None,
        )
        self._registry = registry
        self._fallback = registry.fallback.name if settings.fall_back else ""
        self.running = asyncio.create_task(self._run())

    def say(self, text: str) -> None:
        """Speak; ``spoken`` gets when that began and ended, seconds since the call began."""
        self.sound = np.concatenate([self.sound, sentence(text, "en-us", RATE)])

    def be_silent(self, seconds: float) -> None:
        """Say nothing for so long after what is being said."""
        self.sound = np.concatenate([self.sound, np.zeros(int(seconds * RATE), dtype=np.int16)])

    def echo(self, size: int) -> Sound:
        """What the microphone gets of the loudspeaker's sound, as so many samples."""
        played = self.loudspeaker.take() * self.echoes
        if not played.any():
            return np.zeros(size, dtype=np.int16)
        places = np.linspace(0, played.size - 1, size)
        echo: Sound = np.interp(places, np.arange(played.size), played).astype(np.int16)
        return echo

    def voice(self) -> None:
        """The microphone gives a piece of what is said."""
        now = self.clock.now()
        goes_on = bool(self.spoken) and now - self.spoken[-1][1] < PAUSE
        begin = self.spoken.pop()[0] if goes_on else now
        self.spoken.append((begin, now))

    def command(self, command: Command) -> None:
        """Tell the job something."""
        assert self.board.command(CALL, command)

    def turns(self, speaker: str = "") -> list[Turn]:
        """The record so far, in its order, each turn as it was last told."""
        found = {e.turn.index: e.turn for e in self.events if isinstance(e, TurnDone)}
        return [found[i] for i in sorted(found) if speaker in ("", found[i].speaker)]

    def said(self, speaker: str = "") -> list[str]:
        """The words of these turns."""
        return [turn.text for turn in self.turns(speaker)]

    @property
    def troubles(self) -> list[str]:
        """The codes of what the trainee was told."""
        return [event.code for event in self.events if isinstance(event, Trouble)]

    @property
    def restored(self) -> list[Restored]:
        """When the line worked again."""
        return [event for event in self.events if isinstance(event, Restored)]

    @property
    def edits(self) -> list[str]:
        """The outcomes of edits."""
        return [event.edit.outcome for event in self.events if isinstance(event, Edited)]

    @property
    def status(self) -> str:
        """What the persona does."""
        found = [event.status for event in self.events if isinstance(event, Status)]
        return found[-1] if found else ""

    @property
    def end(self) -> str:
        """The reason of the call's end, "" before it."""
        return next((event.reason for event in self.events if isinstance(event, Ended)), "")

    async def joined(self) -> None:
        """Until the persona has come."""
        await self.wait(lambda: Joined(CALL) in self.events)

    async def lines(self, count: int, seconds: float = PATIENCE) -> list[str]:
        """Wait until the persona has said so many lines; returns them."""
        await self.wait(lambda: len(self.said("persona")) >= count, seconds)
        return self.said("persona")

    async def speaking(self, seconds: float = PATIENCE) -> None:
        """Wait until the persona is heard."""
        await self.wait(lambda: self.status == "speaking", seconds)

    async def heard(self, words: str, seconds: float = PATIENCE) -> None:
        """Wait until these words of the persona have been heard."""
        await self.wait(lambda: any(words in caption for caption in self._captions()), seconds)

    def _captions(self) -> list[str]:
        said = [event for event in self.events if isinstance(event, Caption)]
        return [event.text for event in said if event.speaker == "persona"]

    async def wait(self, condition: Any, seconds: float = PATIENCE) -> None:
        """Wait until it holds; AssertionError with all that was told."""
        try:
            await until(condition, seconds)
        except TimeoutError:
            told = "\n".join(str(event)[:200] for event in self.events)
            raise AssertionError(f"it did not come; told was:\n{told}") from None

    async def hang_up(self) -> None:
        """End the call."""
        self.board.command(CALL, End("ended"))
        try:
            await until(self.running.done)
            await self.running
        finally:
            self._hearing.close()
        await asyncio.sleep(0)

    def _make(self, name: str, persona: Persona, history: History) -> Engine:
        self.engines.append(name)
        module = import_module(self._registry[name].module)
        return cast(Engine, module.make(persona, self._tools, history))

    async def _run(self) -> None:
        context = cast(JobContext, self._context)
        job = Job(context, self.board, self._make, LexicalObserver, fallback=self._fallback)
        await job.run()


@asynccontextmanager
async def booth(
    engine: str,
    settings: Settings,
    text: str,
    monkeypatch: pytest.MonkeyPatch,
    patience: APIConnectOptions | None = None,
    scene: Scene = FROM_THE_TOP,
    registry: EngineRegistry | None = None,
) -> AsyncIterator[Booth]:
    """A call that is hung up at the end."""
    start = AgentSession.start

    async def without_room(session: AgentSession[None], agent: Any, **options: Any) -> None:
        session.input.audio = Microphone(made)
        session.output.audio = made.loudspeaker = Loudspeaker()
        await start(session, agent, record=False)

    monkeypatch.setattr(AgentSession, "start", without_room)
    with hurried():
        async with utils.http_context.open():
            patience = patience or APIConnectOptions(max_retry=1, retry_interval=0.2, timeout=3.0)
            made = Booth(engine, settings, text, patience, registry or EngineRegistry(), scene)
            try:
                yield made
            finally:
                await made.hang_up()


def timed(call: Booth, near: float = 0.5) -> None:
    """Each spoken turn stands where it was said, and each line where it sounded: after its turn,
    when nothing broke in."""
    turns = call.turns()
    heard = [turn for turn in turns if turn.speaker == "trainee" and turn.source == "voice"]
    for turn, (begin, end) in zip(heard, call.spoken, strict=True):
        assert turn.begin == pytest.approx(begin, abs=near), (turn, call.spoken)
        assert turn.end == pytest.approx(end, abs=near), (turn, call.spoken)
    for before, turn in pairwise(turns):
        assert before.begin <= before.over
        assert turn.begin >= (before.begin if before.interrupted else before.over - 0.2), turns
        if before.interrupted:
            assert before.over <= turn.begin + 1.0, "it ends where it was cut"


def settings_of(
    folder: Path, environ: dict[str, str], engines: KnownEngines | None = None
) -> Settings:
    """The settings of an app with these variables, in a folder of its own."""
    cache = {"REHEARSAL_CACHE": str(folder / "cache")}
    return Settings.load(folder, {**cache, **environ}, engines=engines or {})


async def _at_once(**options: object) -> None:
    """The room is there."""
