"""The calls that are going on: begun, watched over, changed by edits, ended."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from personas.library import Library

from agent.brief import Brief
from agent.link import Ended, Event, Switchboard
from agent.live_call import LiveCall
from agent.watchdog import Rooms, watch_over
from data.calls import Archive
from data.records import CallStart
from personas.model import Persona

log = logging.getLogger(__name__)


class Refused(Exception):
    """A call cannot be made; the text is for a person."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a browser needs to enter its call."""

    call: LiveCall
    server_url: str
    token: str
    room: str


class Calls:
    """Every live call of this app; lives on the app's loop."""

    def __init__(
        self,
        library: Library,
        archive: Archive,
        switchboard: Switchboard,
        *,
        most: int,
        rooms: Callable[[], Rooms],
        readiness: Callable[[], str],
        health: Callable[[], dict[str, Any]],
        choose_engine: Callable[[Persona], str],
    ) -> None:
        self._library = library
        self._archive = archive
        self._switchboard = switchboard
        self._rooms = rooms
        self._most = most
        self._readiness = readiness
        self._health = health
        self._choose_engine = choose_engine
        self._live: dict[str, LiveCall] = {}
        # One thread keeps a call's records in their order and slow disks off the loop.
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="records")
        self._tasks: set[asyncio.Task[None]] = set()

    async def begin(self, user: str, slug: str) -> Ticket:
        """Open a call of that user with that persona; the persona is sent for at once.

        Raises ``Refused`` when it cannot be made now.
        """
        persona = self._admit(slug)
        start = self._start(user, persona)
        room = f"rehearsal-{start.call}"
        loop = asyncio.get_running_loop()
        record = await loop.run_in_executor(self._writer, self._archive.open, start, persona.text)
        call = LiveCall(
            start,
            room,
            persona,
            record,
            self._writer,
            partial(self._switchboard.command, start.call),
        )
        self._live[call.id] = call
        brief = Brief(call.id, slug, persona.text, persona.version, call.engine, _identity(call))
        self._spawn(self._attend(call, brief))
        url, token = self._rooms().admission(room, _identity(call), user)
        return Ticket(call, url, token, room)

    def get(self, call_id: str) -> LiveCall | None:
        """The live call of that id, or None."""
        return self._live.get(call_id)

    def live(self, slug: str | None = None) -> list[LiveCall]:
        """The live calls, or those with one persona."""
        return [c for c in self._live.values() if slug is None or c.slug == slug]

    def engine_for(self, persona: Persona) -> str:
        """The engine that a call with that persona would have."""
        return self._choose_engine(persona)

    def problem(self) -> str:
        """Why no call can be made now, in words; empty when one can."""
        words = self._readiness()
        if not words and len(self._live) >= self._most:
            words = (
                f"All {self._most} lines of this machine are busy. "
                "Try again when another call has ended."
            )
        return words

    def health(self) -> dict[str, Any]:
        """The state of server, worker and calls for ``/healthz``; no secrets."""
        return {**self._health(), "calls": {"live": len(self._live), "most": self._most}}

    def edit(self, slug: str, text: str, version: str) -> None:
        """Give every live call of that persona its new text."""
        for call in self.live(slug):
            call.change_persona(text, version)

    def receive(self, event: Event) -> None:
        """An event of a job, from the switchboard."""
        call = self._live.get(event.call)
        if call is None:
            return
        call.receive(event)

    async def aclose(self) -> None:
        """End every call and write the last records."""
        for call in list(self._live.values()):
            call.hang_up("interrupted")
            call.receive(Ended(call.id, "interrupted"))
        for task in list(self._tasks):
            task.cancel()
        await asyncio.to_thread(self._writer.shutdown)

    def _admit(self, slug: str) -> Persona:
        entry = self._library.get(slug)
        if entry is None or entry.deleted:
            raise Refused("There is no such persona. Choose another one on the Simulations page.")
        if entry.persona is None:
            raise Refused("This persona's file has an error; an author must mend it first.")
        if words := self.problem():
            raise Refused(words)
        return entry.persona

    def _start(self, user: str, persona: Persona) -> CallStart:
        return CallStart(
            call=secrets.token_hex(8),
            user=user,
            persona=persona.slug,
            name=persona.name,
            scenario=persona.scenario,
            version=persona.version,
            engine=self._choose_engine(persona),
            language=persona.language,
            started=time.time(),
        )

    async def _attend(self, call: LiveCall, brief: Brief) -> None:
        over = asyncio.Event()
        unsubscribe = call.subscribe(lambda event: over.set() if isinstance(event, Ended) else None)
        watch = asyncio.create_task(watch_over(call, brief, self._rooms(), self._readiness))
        try:
            await over.wait()
        finally:
            unsubscribe()
            watch.cancel()
            self._live.pop(call.id, None)
            await self._rooms().close_room(call.room)

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _identity(call: LiveCall) -> str:
    return f"trainee-{call.user}"
