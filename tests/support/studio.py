"""A Rehearsal for page tests: real library, accounts and archive in a folder, calls that only
remember, and a user without a browser."""

import asyncio
import json
import os
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import httpx
from argon2 import PasswordHasher
from itsdangerous import TimestampSigner
from nicegui import background_tasks, core, ui
from nicegui.functions.download import download
from nicegui.functions.navigate import Navigate
from nicegui.functions.notify import notify
from nicegui.testing import User
from nicegui.testing.general import nicegui_reset_globals
from nicegui.testing.user_navigate import UserNavigate

from agent.calls.admission import DEFAULT_OPTIONS, CallOptions
from agent.calls.call_events import Begun, CallEvent
from agent.calls.transcoding import Transcoder
from agent.calls.version_recorder import VersionRecorder
from agent.doctor.app_view import look_from
from agent.doctor.runner import Doctor
from agent.engines.registry import Choice, EngineRegistry
from agent.lab.lab import Lab
from agent.lab.players import Players
from agent.platform.settings import Settings
from agent.platform.setup.preparation import Part
from agent.protocol.messages import Edited, Ended
from agent.simulation.directing.scorecard import score
from agent.simulation.observing.observer import LexicalObserver
from agent.speech.speaking.preview import VoicePreview
from agent.speech.speaking.speaker_models import SpeakerModels
from agent.speech.speaking.speaking import Speaking
from data.annotations import Annotations
from data.calls import Archive, CallRecord
from data.common.observers import Observers
from data.drafts import Drafts
from data.imports import Imports
from data.lab_runs import LabRuns
from data.lab_switch import PlayOnSave
from data.password_work import PasswordWork
from data.people import People
from data.recordings import Recordings
from data.records import CallEnd, CallStart, Edit, Turn
from data.sessions import Sessions
from data.store import Store
from data.users import Users
from data.versions import Versions
from personas.library import Library
from personas.model import Persona
from personas.parse import examine
from personas.script_library import ScriptLibrary
from tests.support.stalls import no_stalls
from ui.auth.access import TOKEN
from ui.call_events import CallEvents
from ui.context import Studio
from ui.lab_events import LabEvents
from ui.pages import register

SECRET = "a secret of the tests"
Make = Callable[[], User]
"""Another user, with a browser of their own."""

PERSONA = """\
---
scenario: {scenario}
difficulty: {difficulty}
language: {language}
---
# Persona: {name}
A customer who has waited too long.

# Profile Data
- Account: TC-1

# Scenario Context
- The parcel came broken and nobody called back.

# Emotional State & Behavior Rules
## Phase 1: Opening (0-30 seconds)
- Intensity: 7/10
- "My parcel is broken."

## Phase 2: Escalation Triggers
- Being told to calm down (+2): "Do not tell me to calm down!"

## Phase 3: De-escalation Points
- A sincere apology (-2): "Well, thank you."
- Threshold: 5/10

## Phase 4: Resolution Acceptance
- A refund is confirmed

# Test Objectives
- Apologises for the broken parcel (weight 2)
- Names a day for the refund

# Constraints
- Never mentions being an AI
"""


def persona_text(
    name: str = "Ann Lee",
    scenario: str = "Returns",
    difficulty: str = "easy",
    language: str = "en-US",
) -> str:
    """A whole persona file that the checker passes."""
    return PERSONA.format(name=name, scenario=scenario, difficulty=difficulty, language=language)


def scorer(record: CallRecord) -> dict[str, Any]:
    """The scorecard of a call, by the persona that it began with."""
    persona = examine(record.persona_text, record.start.persona).persona
    assert persona is not None
    return score(persona, record.turns).to_json()


class FakePreparation:
    """What the banner reads; a test changes a part and calls ``tell``."""

    def __init__(self, *parts: Part) -> None:
        self.parts = list(parts)
        self.retried = 0
        self._callbacks: list[Callable[[], None]] = []

    @property
    def ready(self) -> bool:
        return all(part.state == "ready" for part in self.parts)

    @property
    def browser_sdk(self) -> Path | None:
        return None

    @property
    def player(self) -> Path | None:
        return None

    def on_change(self, callback: Callable[[], None]) -> Callable[[], None]:
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def tell(self) -> None:
        for callback in list(self._callbacks):
            callback()

    async def retry(self) -> None:
        self.retried += 1


@dataclass
class FakeLiveCall:
    """A live call as the editor sees it."""

    id: str
    user: str
    slug: str
    started: float = 1_000.0
    draft: bool = False
    pinned: bool = False
    orphaned: bool = False
    edits: list[Edit] = field(default_factory=list)
    observers: Observers[CallEvent] = field(default_factory=lambda: Observers("a call"))

    def subscribe(self, callback: Callable[[CallEvent], None]) -> Callable[[], None]:
        return self.observers.add(callback)

    def fare(self, edit: Edit) -> None:
        """The call's job reports how a save fared."""
        self.edits.append(edit)
        self.observers.tell(Edited(self.id, edit))


@dataclass
class FakeTicket:
    """What ``begin`` gives."""

    server_url: str = "ws://127.0.0.1:7880"
    token: str = "header.payload.signature"
    room: str = "rehearsal-0123456789abcdef"


class FakeCalls:
    """Remembers what was asked; ``refusal`` is raised by the next ``begin``, ``words`` say why no
    call can be made. What it tells is what the real one would tell."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, str]] = []
        self.options_asked: list[CallOptions] = []
        self.running: list[FakeLiveCall] = []
        self.refusal: Exception | None = None
        self.followers = Observers[CallEvent]("calls")
        self.waiting = Observers[()]("whether calls can be made")
        self._words = ""

    @property
    def words(self) -> str:
        return self._words

    @words.setter
    def words(self, words: str) -> None:
        self._words = words
        self.waiting.tell()

    def subscribe(self, callback: Callable[[CallEvent], None]) -> Callable[[], None]:
        return self.followers.add(callback)

    def on_availability(self, callback: Callable[[], None]) -> Callable[[], None]:
        return self.waiting.add(callback)

    def goes_on(self, call: Any) -> None:
        """One more call goes on."""
        self.running.append(call)
        call.subscribe(self.followers.tell)
        self.followers.tell(Begun(call.id))

    async def written(self) -> None:
        pass

    def are_over(self) -> None:
        """Those that go on do so no more."""
        ended, self.running = self.running, []
        for call in ended:
            self.followers.tell(Ended(call.id, "ended"))

    async def begin(
        self, user: str, slug: str, options: CallOptions = DEFAULT_OPTIONS
    ) -> FakeTicket:
        if self.refusal:
            raise self.refusal
        self.begun.append((user, slug))
        self.options_asked.append(options)
        return FakeTicket()

    def get(self, call_id: str) -> FakeLiveCall | None:
        return next((call for call in self.running if call.id == call_id), None)

    def of(self, user: str) -> list[FakeLiveCall]:
        return [call for call in self.running if call.user == user]

    def live(self, slug: str | None = None) -> list[FakeLiveCall]:
        return [call for call in self.running if slug in (None, call.slug)]

    def problem(self) -> str:
        return self.words

    def engine_for(self, persona: Persona, wanted: str = "") -> Choice:
        return Choice("offline")

    def health(self) -> dict[str, Any]:
        return {"live": len(self.running), "most": 4}


class World:
    """A studio in a folder and the objects in it."""

    def __init__(self, folder: Path, *, host: str = "127.0.0.1") -> None:
        self.personas = folder / "personas"
        self.personas.mkdir()
        self.write("ann-lee", persona_text())
        self._set = {
            "REHEARSAL_HOST": host,
            "REHEARSAL_DATA": str(folder / "data"),
            "REHEARSAL_PERSONAS": str(self.personas),
        }
        self.configure()
        self.store = Store(folder / "data")
        fast = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        self.users = Users(self.store, hasher=fast)
        self.users.seed_demo()
        self.sessions = Sessions(self.store, self.users)
        self.passwords = PasswordWork()
        self.archive = Archive(folder / "data", self.store, scorer)
        self.recordings = Recordings(folder / "data", self.settings.keep_recordings)
        self.transcoder = Transcoder(self.recordings)
        self.annotations = Annotations(self.store)
        self.archive.on_delete(self.annotations.forget)
        self.drafts = Drafts(folder / "data" / "drafts")
        self.imports = Imports(folder / "data" / "imports")
        self.versions = Versions(folder / "data" / "versions")
        self.people = People(
            self.store,
            self.users,
            self.sessions,
            self.archive,
            self.drafts,
            self.versions,
            self.annotations,
        )
        self.calls = FakeCalls()
        self.engines = EngineRegistry()
        self.speakers = SpeakerModels(folder / "voices")
        self.speaking: Speaking | None = None
        self.preparation = FakePreparation()
        self.observer: Callable[[Persona], Any] = LexicalObserver
        self.unreadable = ""
        self.lab = Lab(
            LabRuns(folder / "data" / "lab"),
            lambda persona: self.observer(persona),
            lambda most: Players(self.settings, self.engines, most),
            busy=lambda: bool(self.calls.running),
        )

    def configure(self, **environ: str) -> None:
        """Have these variables set as well."""
        self._set |= environ
        self.settings = Settings.load(self.personas.parent, self._set)

    def write(self, slug: str, text: str) -> Path:
        """A persona file as an editor on disk would write it."""
        path = self.personas / f"{slug}.md"
        path.write_text(text, encoding="utf-8")
        return path

    def studio(self) -> Studio:
        """The studio with all persona files that are there now."""
        self.library = Library(self.personas, self.engines.voices)
        self.scripts = ScriptLibrary(self.library)
        self.version_recorder = VersionRecorder(self.library, self.versions)
        self.library.on_rename(lambda renamed: self.drafts.renamed(renamed.old, renamed.new))
        self.library.on_rename(lambda renamed: self.imports.renamed(renamed.old, renamed.new))
        self.call_events = CallEvents(cast(Any, self.calls))
        return Studio(
            settings=self.settings,
            users=self.users,
            sessions=self.sessions,
            passwords=self.passwords,
            library=self.library,
            scripts=self.scripts,
            archive=self.archive,
            recordings=self.recordings,
            transcoder=self.transcoder,
            annotations=self.annotations,
            calls=cast(Any, self.calls),
            call_events=self.call_events,
            preparation=cast(Any, self.preparation),
            doctor=self.doctor(),
            drafts=self.drafts,
            imports=self.imports,
            versions=self.versions,
            people=self.people,
            engines=self.engines,
            voice=VoicePreview(
                lambda: self.speaking,
                self.engines.fallback.name,
                self.speakers,
            ),
            speakers=self.speakers,
            observer=lambda persona: self.observer(persona),
            unreadable=lambda: self.unreadable,
            lab=self.lab,
            lab_events=LabEvents(self.lab),
            play_on_save=PlayOnSave(self.store),
        )

    def doctor(self) -> Doctor:
        """The real doctor, for whom there is no LiveKit server."""
        look = look_from(
            cast(Any, self.preparation),
            lambda: None,
            lambda: {**self.calls.health(), "problem": ""},
        )
        return Doctor(self.settings, self.library.entries, look, self.engines, self.speakers)

    def finished_call(self, user: str = "trainee", call: str = "0123456789abcdef") -> str:
        """A call in the archive, with an apology, an insult, and an edit between."""
        text = persona_text()
        persona = examine(text, "ann-lee").persona
        assert persona is not None
        start = CallStart(
            call, user, "ann-lee", "Ann Lee", "Returns", "aaaa", "offline", "en-US", 1_790_000_000.0
        )
        record = self.archive.open(start, text)
        for turn in turns(persona):
            record.turn(turn)
        record.edit(Edit("bbbb00000000", "applied", "", 2, 12.0))
        record.close(CallEnd(1_790_000_060.0, "ended"))
        return call


def turns(persona: Persona) -> tuple[Turn, ...]:
    """A short call with that persona: told to calm down, then an apology that counts."""
    trigger, apology, objective = (
        rules[0].id for rules in (persona.triggers, persona.deescalations, persona.objectives)
    )
    return (
        Turn(0, "persona", "My parcel is broken.", 1.0, phase="opening", intensity=7),
        Turn(
            1,
            "trainee",
            "You have to calm down <b>now</b>",
            5.0,
            phase="escalation",
            intensity=9,
            matched=(trigger,),
            quotes=("calm down",),
            cause="+2: told to calm down",
        ),
        Turn(2, "persona", "Do not tell me to calm down!", 9.0, phase="escalation", intensity=9),
        Turn(
            3,
            "trainee",
            "I am sorry about the parcel",
            14.0,
            "typed",
            phase="deescalation",
            intensity=7,
            matched=(apology, objective),
            quotes=("I am sorry", "sorry about the parcel"),
            cause="-2: a sincere apology",
        ),
    )


class PatientUser(User):
    """A user who waits: a busy machine takes longer than the 0.3 s that others give it."""

    def __init__(
        self, client: httpx.AsyncClient, users: "list[PatientUser]", studio: Studio
    ) -> None:
        super().__init__(client)
        self.studio = studio
        self.navigate = _OwnNavigate(self, users)
        users.append(self)

    async def should_see(self, *args: Any, retries: int = 600, **kwargs: Any) -> None:
        """As the original, but for up to a minute."""
        await super().should_see(*args, retries=retries, **kwargs)

    async def should_not_see(self, *args: Any, retries: int = 600, **kwargs: Any) -> None:
        """As the original, but for up to half a minute."""
        await super().should_not_see(*args, retries=retries, **kwargs)


class _OwnNavigate(UserNavigate):
    """``ui.navigate`` is that of the user whom anything was asked of last, be it by a page that
    runs a script. What a page does moves whoever looks at it."""

    def __init__(self, user: User, users: list[PatientUser]) -> None:
        super().__init__(user)
        self._users = users

    def to(self, target: Callable[..., Any] | str | ui.element, new_tab: bool = False) -> None:
        """Move the user of the page that asks."""
        page = ui.context.client
        owner = next((user for user in self._users if vars(user)["client"] is page), self.user)
        UserNavigate(owner).to(target, new_tab)


@asynccontextmanager
async def visit(studio: Studio) -> AsyncIterator[Make]:
    """The studio's pages in NiceGUI's simulation; gives a factory of users."""
    users: list[PatientUser] = []
    with nicegui_reset_globals(), _simulation():
        register(studio)
        ui.run(storage_secret=SECRET)
        async with _lifespan(), no_stalls():
            yield lambda: PatientUser(
                httpx.AsyncClient(
                    transport=httpx.ASGITransport(core.app, raise_app_exceptions=False),
                    base_url="http://localhost",
                ),
                users,
                studio,
            )


@asynccontextmanager
async def _lifespan() -> AsyncIterator[None]:
    """From NiceGUI's start to its stop: when a test fails inside, its own would leave that out, and
    no later test could start it."""
    lifespan = core.app.router.lifespan_context(core.app)
    await lifespan.__aenter__()
    try:
        yield
    finally:
        await lifespan.__aexit__(None, None, None)
        late = list(background_tasks.running_tasks)  # begun by what came to its end
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


@contextmanager
def _simulation() -> Any:
    os.environ["NICEGUI_USER_SIMULATION"] = "true"
    try:
        yield
    finally:
        os.environ.pop("NICEGUI_USER_SIMULATION", None)
        ui.navigate = Navigate()
        ui.notify = notify
        ui.download = download


async def log_in(user: User, name: str = "trainee") -> None:
    """Log in with a demo account and look at the simulations. The browser gets the cookie that the
    login page would bring it: that page has tests of its own, and takes as long as most of them."""
    admit(user, name)
    await user.open("/")


async def log_in_by_the_page(user: User, name: str = "trainee") -> None:
    """The same as the person at the keyboard does it, in the browser as it is."""
    await user.open("/login")
    user.find(marker=f"demo-{name}").click()
    await user.should_see("Simulations")
    await user.open("/")  # what the simulation does next is done with the cookie of this page


def admit(user: User, name: str) -> None:
    """Give that user's browser the cookie of a new session."""
    assert isinstance(user, PatientUser)
    sessions, account = user.studio.sessions, user.studio.users.get(name)
    assert account is not None, name
    found = sessions.take(sessions.give_pass(sessions.begin(account), ""), "")
    assert found is not None
    token, browser = found
    session = b64encode(json.dumps({"id": browser, TOKEN: token}).encode())
    signed = TimestampSigner(SECRET).sign(session).decode()
    user.http_client.cookies.set("session", signed, domain="localhost.local", path="/")


@asynccontextmanager
async def visiting(world: World, name: str, path: str) -> AsyncIterator[User]:
    """That page, before a user who has logged in with that demo account."""
    async with visit(world.studio()) as make:
        user = make()
        admit(user, name)
        await user.open(path)
        yield user
