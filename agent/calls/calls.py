"""The calls that are going on: begun, watched over, changed by edits, ended."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from agent.calls.admission import (
    DEFAULT_OPTIONS,
    STOPPING,
    Admission,
    CallOptions,
    Refused,
    check,
)
from agent.calls.call_events import Archived, Begun, CallEvent
from agent.calls.listeners import Listeners, ListenerTicket
from agent.calls.live_call import LiveCall
from agent.calls.persona_file_events import PersonaFileEvents
from agent.calls.rooms import Rooms
from agent.calls.watchdog import watch_over
from agent.engines.registry import Choice
from agent.platform.reconnect import RECONNECT_TIMEOUT
from agent.platform.settings import RecordMode
from agent.protocol.brief import Brief
from agent.protocol.messages import End, Ended, Event
from agent.protocol.switchboard import Switchboard
from data.calls import Archive, OpenCall
from data.common.clock import CallClock
from data.common.observers import Observers, nothing
from data.recordings import Recordings
from data.records import CallStart
from personas.entry import Entry
from personas.library import Library
from personas.model import Persona

LAST = 1.0
"""Seconds that the jobs of the last calls get to tell how far they came when the app stops."""
CLOSING = 1.0
"""Seconds that the rooms of the last calls get to be closed when the app stops."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a browser needs to enter its call."""

    call: LiveCall
    server_url: str
    token: str
    room: str


class Calls:
    """Every live call of this app; lives on the app's loop.

    ``most()`` calls go on at once, ``most_each(user)`` of them with one user. ``readiness`` says in
    words what keeps calls from being made; ``availability_changed`` is to be called when it says
    something else. ``is_author(user)`` says who may call what is unpublished; ``record`` is which
    calls are recorded, in ``recordings``.
    """

    def __init__(
        self,
        library: Library,
        archive: Archive,
        switchboard: Switchboard,
        *,
        most: Callable[[], int],
        most_each: Callable[[str], int],
        rooms: Callable[[], Rooms],
        readiness: Callable[[], str],
        health: Callable[[], dict[str, Any]],
        choose_engine: Callable[[Persona, str], Choice],
        is_author: Callable[[str], bool],
        reconnect_timeout: float = RECONNECT_TIMEOUT,
        record: RecordMode = "no",
        recordings: Recordings,
    ) -> None:
        self._admission = Admission(
            library,
            most=most,
            most_each=most_each,
            readiness=readiness,
            choose_engine=choose_engine,
            is_author=is_author,
            record=record,
        )
        self._file_events = PersonaFileEvents(library)
        self._archive = archive
        self._recordings = recordings
        self._switchboard = switchboard
        self._rooms = rooms
        self._readiness = readiness
        self._health = health
        self._reconnect_timeout = reconnect_timeout
        self._live: dict[str, LiveCall] = {}
        self._listeners: dict[str, tuple[Listeners, asyncio.Task[None]]] = {}
        self._events = Observers[CallEvent](lambda event: f"call {event.call}")
        self._availability = Observers[()]("whether calls can be made")
        # One thread keeps a call's records in their order and slow disks off the loop.
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="records")
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = asyncio.Lock()
        self._closed = False
        archive.on_archived(lambda call: self._events.tell(Archived(call)))

    def subscribe(self, callback: Callable[[CallEvent], None]) -> Callable[[], None]:
        """Call ``callback`` on the app's loop with every event of every call from now on, the first
        of which is ``Begun`` and the last ``Archived``; returns the way to stop it.

        With ``Ended`` the call is none of the live ones any more.
        """
        return self._events.add(callback)

    def on_availability(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call ``callback`` whenever ``problem`` may say something else; returns the way to stop
        it."""
        return self._availability.add(callback)

    def availability_changed(self) -> None:
        """What ``readiness`` says has changed."""
        self._availability.tell()

    async def begin(self, user: str, slug: str, options: CallOptions = DEFAULT_OPTIONS) -> Ticket:
        """Open a call of that user with that persona; the persona is sent for at once.

        Raises ``Refused`` when it cannot be made now.
        """
        if options.past_text is not None:
            persona = await asyncio.to_thread(self._admission.of_earlier, slug, options.past_text)
        elif options.draft is None:
            persona = self._admission.saved(slug, user)
        else:
            persona = await asyncio.to_thread(self._admission.unsaved, slug, options.draft)
        self._admission.take_slot(user)
        self._availability.tell()
        try:
            return await self._begin(user, persona, options)
        except BaseException:
            self._free_slot(user)
            raise

    async def _begin(self, user: str, persona: Persona, options: CallOptions) -> Ticket:
        start, clock = self._admission.start(user, persona, options), CallClock()
        room = f"rehearsal-{start.call}"
        recorded = self._admission.recorded(persona, options)
        brief = Brief(
            start.call,
            persona.slug,
            persona.text,
            persona.version,
            start.engine,
            _identity(user),
            options.scene,
            clock.zero,
            self._reconnect_timeout,
            recorded,
        )
        check(brief)
        # First what can fail without a trace: from the record on there is a call to be ended.
        url, token = self._trainee_access(room, user)
        record = await self._open(start, persona)
        if self._closed:  # meanwhile; the next start closes its record
            raise Refused(STOPPING)
        call = LiveCall(
            start,
            room,
            persona,
            record,
            self._writer,
            partial(self._switchboard.command, start.call),
            clock,
            self._reconnect_timeout,
            self._recordings.open if recorded else None,
        )
        self._live[call.id] = call
        call.subscribe(partial(self._heard, call))
        self._events.tell(Begun(call.id))
        self._spawn(self._attend(call, brief))
        return Ticket(call, url, token, room)

    def resume(self, user: str, call_id: str) -> Ticket:
        """A new way into a call of that user that goes on; ``Refused`` when it does not, or when
        the LiveKit server is not there just now."""
        call = self._live.get(call_id)
        if call is None or call.user != user or not call.is_on:
            raise Refused("That call is over. Calls has its report.")
        url, token = self._trainee_access(call.room, user)
        return Ticket(call, url, token, call.room)

    def admit_listener(self, call: LiveCall) -> ListenerTicket:
        """What one more browser needs to hear that call, hidden from it; ``RuntimeError`` when
        there is no LiveKit server just now, or the call is over."""
        if call.end is not None:
            raise RuntimeError("The call is over.")
        if call.id not in self._listeners:
            listeners = Listeners(call, self._rooms)
            self._listeners[call.id] = (listeners, self._spawn(listeners.watch()))
        return self._listeners[call.id][0].admit()

    def get(self, call_id: str) -> LiveCall | None:
        """The live call of that id, or None."""
        return self._live.get(call_id)

    def live(self, slug: str | None = None) -> list[LiveCall]:
        """The live calls, or those with one persona."""
        return [c for c in self._live.values() if slug is None or c.slug == slug]

    def of(self, user: str) -> list[LiveCall]:
        """The calls of that user that go on, the newest first."""
        return [c for c in reversed(self._live.values()) if c.user == user and c.is_on]

    def engine_for(self, persona: Persona, wanted: str = "") -> Choice:
        """The engine that a call with that persona would have."""
        return self._admission.choose_engine(persona, wanted)

    def problem(self) -> str:
        """Why no call can be made now, in words; empty when one can."""
        return self._admission.problem()

    def has_free_line(self) -> bool:
        """Whether one more call could go on at once, beside those of people."""
        return self._admission.free_lines() > 0

    def health(self) -> dict[str, Any]:
        """The state of server, worker and calls for ``/healthz``; no secrets."""
        calls = {"live": len(self._live), "most": self._admission.most()}
        return {**self._health(), "calls": calls}

    def file_changed(self, entry: Entry) -> None:
        """Tell every live call that follows that persona's file what became of it."""
        self._file_events.tell(entry, [call for call in self._live.values() if call.follows_file])

    async def written(self) -> None:
        """Back when the archive has all that was told so far, on the disk or waiting for room."""
        with suppress(RuntimeError):  # the app stops, and has written for the last time
            await asyncio.get_running_loop().run_in_executor(self._writer, nothing)

    def receive(self, event: Event) -> None:
        """An event of a job, from the switchboard."""
        call = self._live.get(event.call)
        if call is not None:
            call.receive(event)
        else:
            # Its job came after the end, so nobody else would ever send it away.
            self._switchboard.command(event.call, End("ended"))

    async def aclose(self) -> None:
        """End every call and write the last records; no other one begins."""
        async with self._closing:
            if not self._closed:
                self._closed = self._admission.stopping = True
                self._availability.tell()
                await self._close()

    async def _close(self) -> None:
        calls = list(self._live.values())
        for call in calls:
            call.hang_up("interrupted")
        with suppress(TimeoutError):
            # Each job says how far its last line was heard.
            await asyncio.wait_for(asyncio.gather(*(call.over.wait() for call in calls)), LAST)
        for call in calls:
            call.receive(Ended(call.id, "interrupted", call.resolved))
        if tasks := list(self._tasks):
            _, late = await asyncio.wait(tasks, timeout=CLOSING)
            for task in late:
                task.cancel()
        await asyncio.to_thread(self._writer.shutdown)
        await asyncio.to_thread(self._archive.close_open_calls)

    def _trainee_access(self, room: str, user: str) -> tuple[str, str]:
        """The LiveKit server's address and a token for that user's room."""
        try:
            return self._rooms().trainee_access(room, _identity(user), user)
        except RuntimeError as error:  # there is no server just now
            raise Refused("The call cannot be joined just now. Try again in a moment.") from error

    async def _open(self, start: CallStart, persona: Persona) -> OpenCall:
        loop = asyncio.get_running_loop()
        # What is archived is told by the thread that did it.
        self._events.loop = loop
        try:
            return await loop.run_in_executor(self._writer, self._archive.open, start, persona.text)
        except OSError as error:
            raise Refused(
                f"The call's record cannot be written: {error.strerror or error}. "
                "Make room on the disk of the data folder, or make the folder writable."
            ) from error

    def _heard(self, call: LiveCall, event: CallEvent) -> None:
        if isinstance(event, Ended):
            self._live.pop(call.id, None)
            self._events.tell(event)
            self._free_slot(call.user)
        else:
            self._events.tell(event)

    def _free_slot(self, user: str) -> None:
        self._admission.free_slot(user)
        self._availability.tell()

    async def _attend(self, call: LiveCall, brief: Brief) -> None:
        watch = asyncio.create_task(self._watch(call, brief))
        try:
            await call.over.wait()
        finally:
            watch.cancel()
            if call.id in self._listeners:
                self._listeners.pop(call.id)[1].cancel()
            await self._rooms().close_room(call.room)

    async def _watch(self, call: LiveCall, brief: Brief) -> None:
        try:
            await watch_over(call, brief, self._rooms(), self._readiness)
        except Exception:
            # Without its watchdog, a call that nobody joins would keep its slot for ever.
            log.exception("the watch over call %s failed", call.id)
            call.hang_up("failed")

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _identity(user: str) -> str:
    """Who that user is in a call's room, however often the connection is made anew."""
    return f"trainee-{user}"
