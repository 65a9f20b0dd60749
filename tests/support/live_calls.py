"""Live calls for tests: real library, records and link; the server and the jobs only remember."""

import asyncio
from pathlib import Path

from agent.calls.calls import Calls, Ticket
from agent.engines.registry import Choice
from agent.platform.reconnect import RECONNECT_TIMEOUT
from agent.platform.settings import RecordMode
from agent.protocol.brief import Brief
from agent.protocol.messages import (
    Command,
    End,
    Ended,
    Event,
    Joined,
    Say,
    TurnDone,
)
from agent.protocol.switchboard import Switchboard
from agent.simulation.directing.assessment import assess
from data.calls import Archive, CallRecord
from data.recordings import Recordings
from data.records import Turn
from data.store import Store
from personas.library import Library
from tests.support.clock import until
from tests.support.persona_text import PLAIN


class Jobs:
    """A LiveKit server whose dispatches bring a job at once, or none.

    ``commands``: what each call's job was told. A job leaves when told to, unless ``silent``.
    """

    def __init__(self, switchboard: Switchboard) -> None:
        self.switchboard = switchboard
        self.come = True
        self.silent = False
        self.fault: Exception | None = None
        self.sent: list[Brief] = []
        self.closed: list[str] = []
        self.people = ["trainee-trainee", "agent-x"]
        self.removed: list[str] = []
        self.commands: dict[str, list[Command]] = {}

    def trainee_access(self, room: str, identity: str, name: str) -> tuple[str, str]:
        return "ws://server", f"{room}|{identity}|{name}"

    async def participants(self, room: str) -> list[str]:
        return list(self.people)

    async def remove(self, room: str, identity: str) -> None:
        self.people.remove(identity)
        self.removed.append(identity)

    def listener_access(self, room: str, identity: str) -> tuple[str, str]:
        return "ws://server", f"{room}|{identity}|hidden"

    async def dispatch(self, room: str, brief: Brief) -> None:
        if self.fault is not None:
            raise self.fault
        self.sent.append(brief)
        if self.come:
            self.arrive(brief.call)

    async def close_room(self, room: str) -> None:
        await asyncio.sleep(0.02)
        self.closed.append(room)

    def arrive(self, call: str) -> None:
        """The job of that call joins."""
        self.commands[call] = []
        assert self.switchboard.attach(call, lambda command: self._obey(call, command))
        self.switchboard.send(Joined(call))

    def _obey(self, call: str, command: Command) -> None:
        self.commands[call].append(command)
        if isinstance(command, End) and not self.silent:
            self.leave(call, command.reason)

    def leave(self, call: str, reason: str, *, resolved: bool = False) -> None:
        self.switchboard.detach(call)
        self.switchboard.send(Ended(call, reason, resolved))


class Studio:
    """The calls and everything around them."""

    def __init__(
        self,
        folder: Path,
        most: int = 2,
        each: int = 9,
        reconnect_timeout: float = RECONNECT_TIMEOUT,
        record: RecordMode = "ask",
    ) -> None:
        self.personas = folder / "personas"
        self.personas.mkdir(exist_ok=True)
        for slug in ("ann", "bob"):
            (self.personas / f"{slug}.md").write_text(PLAIN)
        (self.personas / "broken.md").write_text("nothing")
        self.library = Library(self.personas)
        self.store = Store(folder / "data")
        self.archive = Archive(folder / "data", self.store, assess)
        self.recordings = Recordings(folder / "data", days=30)
        self.switchboard = Switchboard(lambda event: self.calls.receive(event))
        self.switchboard.start()
        self.jobs = Jobs(self.switchboard)
        self.problem = ""
        self.calls = Calls(
            self.library,
            self.archive,
            self.switchboard,
            most=lambda: most,
            most_each=lambda user: each,
            rooms=lambda: self.jobs,
            readiness=lambda: self.problem,
            health=lambda: {"worker": "registered"},
            choose_engine=lambda persona, wanted: Choice("offline"),
            is_author=lambda user: user == "author",
            reconnect_timeout=reconnect_timeout,
            record=record,
            recordings=self.recordings,
        )

    async def begin(self, slug: str = "ann", user: str = "trainee") -> Ticket:
        """A call whose persona has come, or has been sent for."""
        ticket = await self.calls.begin(user, slug)
        if self.jobs.come:
            await until(ticket.call.persona_in.is_set)
        return ticket

    def send(self, *events: Event) -> None:
        for event in events:
            self.switchboard.send(event)

    def said(self, call: str) -> list[str]:
        """What was typed in that call, as its job got it."""
        return [each.text for each in self.jobs.commands[call] if isinstance(each, Say)]

    async def record(self, call: str) -> CallRecord:
        """The record once everything before is on the disk."""
        await self.calls.aclose()
        record = self.archive.get(call)
        assert record is not None
        return record


def said(call: str, index: int, text: str = "Hello?") -> TurnDone:
    return TurnDone(call, Turn(index, "persona", text, 0.0, version="v1"))
