"""The editor's page for tests: a folder that is watched, calls whose job is the test itself, and
what an author does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest
from nicegui import ui
from nicegui.testing import User

from agent.calls.admission import DEFAULT_OPTIONS, CallOptions, Refused
from agent.calls.calls import Ticket
from agent.calls.live_call import LiveCall
from agent.protocol.messages import Command, NewPersona
from data.drafts import Drafts
from data.records import CallStart
from personas.parse import examine
from tests.support.call_world import Inline, Prepared, Record, note_methods
from tests.support.clock import until
from tests.support.studio import FakeCalls, Make, World, log_in, visit
from ui.call.voice_call import VoiceCall
from ui.studio.draft_desk import PAGES
from ui.studio.text_pane import TextGuard, TextPane

T = TypeVar("T", bound=ui.element)
TOLD: list[tuple[Any, ...]] = []
"""What the pages asked their browsers to do, in order."""


class Lines(FakeCalls):
    """Calls whose job is the test itself."""

    def __init__(self) -> None:
        super().__init__()
        self.options_asked: list[CallOptions] = []
        self.commands: list[Command] = []
        self.made: list[LiveCall] = []

    async def begin(self, user: str, slug: str, options: CallOptions = DEFAULT_OPTIONS) -> Any:
        self.options_asked.append(options)
        assert options.draft is not None
        persona = examine(options.draft, slug).persona
        if persona is None:
            raise Refused("This text cannot be called yet: line 1.")
        head = CallStart(
            f"{len(self.options_asked):016x}", user, slug, persona.name, persona.scenario,
            persona.version, "offline", persona.language, 1_790_000_000.0, draft=True,
        )  # fmt: skip
        record = cast(Any, Record())
        call = LiveCall(head, "room", persona, record, Inline(), self._obey)
        self.made.append(call)
        self.goes_on(call)
        return Ticket(call, "ws://127.0.0.1:7880", "token", "room")

    def _obey(self, command: Command) -> bool:
        self.commands.append(command)
        return True

    @property
    def given(self) -> list[NewPersona]:
        """What the calls were given to speak, oldest first."""
        return [command for command in self.commands if isinstance(command, NewPersona)]

    @property
    def texts(self) -> list[str]:
        """The persona texts that the call was given, oldest first."""
        return [command.text for command in self.given]


class EditorWorld(World):
    """A studio in which a call can be made, and whose folder is watched."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        sdk = folder / "livekit-client.esm.mjs"
        sdk.write_text("export const sdk = 1;", encoding="utf-8")
        self.calls: Lines = Lines()
        self.preparation = Prepared(sdk)

    @property
    def file(self) -> str:
        """What is on the disk."""
        return (self.personas / "ann-lee.md").read_text("utf-8")

    @asynccontextmanager
    async def pages(self) -> AsyncIterator[Make]:
        """The app, as after a start."""
        self.drafts = Drafts(self.settings.data_dir / "drafts")
        stop = asyncio.Event()
        async with visit(self.studio()) as make:
            watching = asyncio.create_task(self.library.watch(stop))
            yield make
            stop.set()
            await watching
        self.drafts.flush()
        PAGES.clear()  # a new process knows of no open page


def editor_world(folder: Path, monkeypatch: pytest.MonkeyPatch) -> EditorWorld:
    """A world whose pages tell their browsers by ``TOLD``."""
    TOLD.clear()
    note_methods(monkeypatch, TOLD, VoiceCall, TextGuard)
    return EditorWorld(folder)


async def author(make: Make, name: str = "author", slug: str = "ann-lee") -> User:
    """An author with the editor open."""
    user = make()
    await log_in(user, name)
    await user.open(f"/studio/{slug}")
    return user


def one(user: User, kind: type[T], **marks: Any) -> T:
    [element] = user.find(kind=kind, **marks).elements
    return element


def written(user: User) -> str:
    return one(user, TextPane).text


def write(user: User, text: str) -> None:
    """What the author's typing comes to."""
    with user:
        one(user, TextPane).set_value(text)


def press(user: User, words: str) -> None:
    user.find(kind=ui.button, content=words).click()


async def call(user: User, world: EditorWorld) -> LiveCall:
    """A call from the page, which has been answered."""
    known = len(world.calls.made)
    press(user, "Start Voice Call")
    await until(lambda: len(world.calls.made) > known)
    await user.should_see("In the call")
    return world.calls.made[-1]


def version(world: EditorWorld) -> str:
    """The version of the text that the call was given last."""
    return world.calls.given[-1].version
