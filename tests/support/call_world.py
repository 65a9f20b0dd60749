"""The call page for tests: calls whose job is the test itself, and what a browser tells."""

from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any, cast

import pytest
from nicegui import ui
from nicegui.testing import User

from agent.calls.admission import DEFAULT_OPTIONS, CallOptions
from agent.calls.calls import Ticket
from agent.calls.live_call import LiveCall
from agent.engines.registry import Choice
from agent.protocol.messages import (
    Command,
    Joined,
    Say,
    Status,
)
from data.records import CallStart
from personas.parse import examine
from tests.support.clock import until
from tests.support.studio import FakeCalls, FakePreparation, World, persona_text
from ui.call.voice_call import VoiceCall


class Inline(Executor):
    """Runs at once, so that a test needs no waiting."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class Record:
    """Remembers what a call writes down."""

    def __init__(self) -> None:
        self.written: list[tuple[str, Any]] = []
        self.unwritten = ""
        self.to_complete = False

    def __getattr__(self, kind: str) -> Any:
        return lambda *values: self.written.append((kind, values[0]))


class Sound:
    """Takes a recording, and keeps none of it."""

    def add(self, part: bytes) -> None:
        pass

    def close(self) -> None:
        pass


class Calls(FakeCalls):
    """Gives live calls whose job is the test itself."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.commands: list[Command] = []
        self.record = Record()

    @property
    def said(self) -> list[str]:
        """What was typed."""
        return [each.text for each in self.commands if isinstance(each, Say)]

    async def begin(self, user: str, slug: str, options: CallOptions = DEFAULT_OPTIONS) -> Any:
        if self.refusal:
            raise self.refusal
        entry, past = self.world.library.get(slug), options.past_text
        saved = entry.persona if entry is not None else None
        persona = saved if past is None else examine(past, slug).persona
        assert persona is not None
        self.begun.append((user, slug))
        self.options_asked.append(options)
        head = CallStart(
            f"{len(self.begun):016x}", user, slug, persona.name, persona.scenario,
            persona.version, "offline", persona.language, 1_790_000_000.0,
            origin=options.scene.origin, taken=len(options.scene.past), pinned=past is not None,
        )  # fmt: skip
        sound: Any = (lambda call: Sound()) if options.record else None
        record = cast(Any, self.record)
        call = LiveCall(head, "room", persona, record, Inline(), self.command, open_recording=sound)
        self.calls, self.running = [call], []
        self.goes_on(call)
        return Ticket(call, "ws://127.0.0.1:7880", "token", "room")

    def resume(self, user: str, call_id: str) -> Ticket:
        if self.refusal:
            raise self.refusal
        return Ticket(self.call, "ws://127.0.0.1:7880", "another token", "room")

    def of(self, user: str) -> list[Any]:
        return [call for call in self.running if call.user == user and cast(Any, call).is_on]

    def command(self, command: Command) -> bool:
        self.commands.append(command)
        return True

    def engine_for(self, persona: Any, wanted: str = "") -> Choice:
        return Choice("offline")

    @property
    def call(self) -> LiveCall:
        return self.calls[-1]


class Prepared(FakePreparation):
    """The browser SDK is there, until a test takes it away."""

    def __init__(self, sdk: Path) -> None:
        super().__init__()
        self.sdk: Path | None = sdk

    @property
    def browser_sdk(self) -> Path | None:
        return self.sdk


class CallWorld(World):
    """A world in which calls can be made; ``told`` is what the page asked the browser to do."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.write("mali", persona_text("Mali Suk", language="th-TH"))
        sdk = folder / "livekit-client.esm.mjs"
        sdk.write_text("export const sdk = 1;", encoding="utf-8")
        self.calls: Calls = Calls(self)
        self.preparation: Prepared = Prepared(sdk)
        self.told: list[tuple[Any, ...]] = []


def note_methods(
    monkeypatch: pytest.MonkeyPatch, notes: list[tuple[Any, ...]], *kinds: type[ui.element]
) -> None:
    """What pages ask their browsers to do with elements of these kinds goes to ``notes``."""

    def run_method(self: ui.element, name: str, *args: Any, **_: Any) -> None:
        notes.append((name, *args))

    for kind in kinds:
        monkeypatch.setattr(kind, "run_method", run_method)


def browser(user: User, kind: str, **data: Any) -> None:
    """What the browser would tell."""
    user.find(kind=VoiceCall).trigger("voice", {"kind": kind, **data})


async def click(user: User, world: CallWorld, target: str) -> LiveCall:
    """Press a button that begins a call, and wait until the browser was sent to its room."""
    world.told.clear()
    user.find(target).click()
    await until(lambda: world.told)
    assert world.told[-1][0] == "connect"
    return world.calls.call


async def start(user: User, world: CallWorld) -> LiveCall:
    """A call in which the persona has been heard."""
    await click(user, world, "Start Voice Call")
    browser(user, "microphone", state="ok", detail="")
    browser(user, "connection", state="connected")
    world.calls.call.receive(Joined(world.calls.call.id))
    world.calls.call.receive(Status(world.calls.call.id, "listening"))
    browser(user, "first_sound", ms=700)
    return world.calls.call
