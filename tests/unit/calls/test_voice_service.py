"""Whether calls can be made is told when it changes, and only then; and how many can."""

import asyncio
import json
from pathlib import Path
from typing import Any, cast

import pytest

from agent.calls.voice_service import VoiceService
from agent.engines.registry import EngineRegistry
from agent.platform.settings import Settings
from agent.platform.setup.preparation import Part
from agent.protocol.switchboard import Switchboard
from agent.protocol.version import VERSION
from agent.speech.speaking.speaker_models import SpeakerModels
from tests.support.studio import FakePreparation

ELSEWHERE = {
    "LIVEKIT_URL": "wss://livekit.example",
    "LIVEKIT_API_KEY": "key",
    "LIVEKIT_API_SECRET": "secret",
    "REHEARSAL_OWN_WORKER": "no",
}

NOBODY = (
    "No worker is there to play the customer. Start one: "
    "python -m agent.worker --app (this address)."
)


def service(
    folder: Path, preparation: FakePreparation, environ: dict[str, str] | None = None
) -> VoiceService:
    return VoiceService(
        Settings.load(folder, environ or {}),
        cast(Any, preparation),
        Switchboard(lambda event: None),
        list,
        cast(EngineRegistry, None),
        SpeakerModels(folder),
    )


def test_what_is_prepared_is_told_until_all_of_it_is_there(tmp_path: Path) -> None:
    part = Part("livekit-server", "LiveKit server", "working")
    preparation, told = FakePreparation(part), list[str]()
    voice = service(tmp_path, preparation)
    voice.on_readiness(lambda: told.append(voice.readiness()))
    preparation.tell()
    preparation.tell()  # how far it is changes nothing
    assert told == ["The voice parts are still being prepared; this is needed only once."]
    part.state, part.error, part.remedy = "failed", "no disk.", "Make room."
    preparation.tell()
    assert told[1:] == ["LiveKit server could not be prepared: no disk. Make room."]
    part.state = "ready"
    preparation.tell()
    assert told[2:] == ["The voices are being loaded; this takes a few seconds."]


def test_a_worker_elsewhere_that_comes_and_goes_is_told(tmp_path: Path) -> None:
    told = list[str]()
    voice = service(tmp_path, FakePreparation(), ELSEWHERE)
    voice._worker = voice.remote_workers
    voice.on_readiness(lambda: told.append(voice.readiness()))

    class Comes:
        """It signs on, takes calls, does so no more, and goes."""

        def __init__(self) -> None:
            self.says = [
                {"worker": "w", "protocol": str(VERSION), "capacity": 2, "ack": 0},
                {"n": 1, "do": "state", "state": "registered"},
                {"n": 2, "do": "state", "state": "down"},
                {"n": 3, "do": "state", "state": "registered"},
            ]

        async def send(self, text: str) -> None: ...

        async def receive(self) -> str | None:
            return json.dumps(self.says.pop(0)) if self.says else None

    async def play() -> None:
        assert voice.remote_workers is not None
        await voice.remote_workers.serve(Comes())

    asyncio.run(play())
    assert told == [NOBODY, "", NOBODY, "", NOBODY]


@pytest.mark.parametrize(
    ("environ", "capacity", "most"),
    [
        ({"REHEARSAL_MAX_CALLS": "3"}, 0, 3),
        (ELSEWHERE, 0, 0),
        (ELSEWHERE, 500, 500),
        ({**ELSEWHERE, "REHEARSAL_MAX_CALLS": "3"}, 500, 3),
        ({**ELSEWHERE, "REHEARSAL_MAX_CALLS": "3"}, 2, 2),
    ],
)
def test_as_many_calls_go_on_as_the_settings_and_the_workers_allow(
    environ: dict[str, str],
    capacity: int,
    most: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "agent.protocol.websocket.server.RemoteWorkers.capacity", property(lambda _: capacity)
    )
    assert service(tmp_path, FakePreparation(), environ).most_calls() == most
