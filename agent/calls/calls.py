"""The calls that are going on: begun, watched over, changed by edits, ended."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from agent.calls.ears import Ear, Ears
from agent.calls.live_call import LiveCall
from agent.calls.persona_file_events import PersonaFileEvents
from agent.calls.watchdog import Rooms, watch_over
from agent.engines.registry import Choice
from agent.platform.reconnect import RECONNECT_TIMEOUT
from agent.protocol.brief import LARGEST, Brief
from agent.protocol.messages import LONGEST_TURN, End, Ended, Event
from agent.protocol.scene import FROM_THE_TOP, Scene
from agent.protocol.switchboard import Switchboard
from agent.simulation.directing.director import begin
from data.calls import Archive, OpenCall
from data.common.clock import CallClock
from data.records import CallStart
from personas.entry import Entry
from personas.library import Library
from personas.model import Persona
from personas.parse import examine
from personas.voices import Engines

LAST = 1.0
"""Seconds that the jobs of the last calls get to tell how far they came when the app stops."""
CLOSING = 1.0
"""Seconds that the rooms of the last calls get to be closed when the app stops."""
STOPPING = "Rehearsal is being stopped."

log = logging.getLogger(__name__)


class Refused(Exception):
    """A call cannot be made; the text is for a person."""


@dataclass(frozen=True, slots=True)
class CallOptions:
    """What an author may ask of a call.

    ``engine`` is "" for the usual one. ``draft`` is a persona text that has not been saved: the
    call then follows its author's page instead of the file. ``scene`` is where it begins.
    """

    engine: str = ""
    draft: str | None = None
    scene: Scene = FROM_THE_TOP


DEFAULT_OPTIONS = CallOptions()


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a browser needs to enter its call."""

    call: LiveCall
    server_url: str
    token: str
    room: str


class Calls:
    """Every live call of this app; lives on the app's loop.

    ``most`` calls go on at once, ``most_each(user)`` of them with one user.
    """

    def __init__(
        self,
        library: Library,
        archive: Archive,
        switchboard: Switchboard,
        *,
        most: int,
        most_each: Callable[[str], int],
        rooms: Callable[[], Rooms],
        readiness: Callable[[], str],
        health: Callable[[], dict[str, Any]],
        choose_engine: Callable[[Persona, str], Choice],
        reconnect_timeout: float = RECONNECT_TIMEOUT,
    ) -> None:
        self._library = library
        self._news = PersonaFileEvents(library)
        self._archive = archive
        self._switchboard = switchboard
        self._rooms = rooms
        self._most = most
        self._most_each = most_each
        self._readiness = readiness
        self._health = health
        self._choose_engine = choose_engine
        self._reconnect_timeout = reconnect_timeout
        self._live: dict[str, LiveCall] = {}
        self._ears: dict[str, tuple[Ears, asyncio.Task[None]]] = {}
        self._opening: list[str] = []  # users whose calls' records are being made
        # One thread keeps a call's records in their order and slow disks off the loop.
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="records")
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = asyncio.Lock()
        self._closed = False

    async def begin(self, user: str, slug: str, wish: CallOptions = DEFAULT_OPTIONS) -> Ticket:
        """Open a call of that user with that persona; the persona is sent for at once.

        Raises ``Refused`` when it cannot be made now.
        """
        draft = wish.draft
        drafted = (
            None
            if draft is None
            else await asyncio.to_thread(_drafted, slug, draft, self._library.engines)
        )
        persona = self._admit(user, slug, drafted)
        start, clock = self._start(user, persona, wish), CallClock()
        room = f"rehearsal-{start.call}"
        identity = _identity(user)
        text, version = persona.text, persona.version
        brief = Brief(
            start.call,
            slug,
            text,
            version,
            start.engine,
            identity,
            wish.scene,
            clock.zero,
            self._reconnect_timeout,
        )
        _check(brief)
        # First what can fail without a trace: from the record on there is a call to be ended.
        url, token = self._way_in(room, user)
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
        )
        self._live[call.id] = call
        self._spawn(self._attend(call, brief))
        return Ticket(call, url, token, room)

    def resume(self, user: str, call_id: str) -> Ticket:
        """A new way into a call of that user that goes on; ``Refused`` when it does not, or when
        the LiveKit server is not there just now."""
        call = self._live.get(call_id)
        if call is None or call.user != user or not call.is_on:
            raise Refused("That call is over. Calls has its report.")
        url, token = self._way_in(call.room, user)
        return Ticket(call, url, token, call.room)

    def listening(self, call: LiveCall) -> Ear:
        """What one more browser needs to hear that call, hidden from it; ``RuntimeError`` when
        there is no LiveKit server just now, or the call is over."""
        if call.end is not None:
            raise RuntimeError("The call is over.")
        if call.id not in self._ears:
            ears = Ears(call, self._rooms)
            self._ears[call.id] = (ears, self._spawn(ears.watch()))
        return self._ears[call.id][0].admit()

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
        return self._choose_engine(persona, wanted)

    def problem(self) -> str:
        """Why no call can be made now, in words; empty when one can."""
        words = STOPPING if self._closed else self._readiness()
        if not words and len(self._live) + len(self._opening) >= self._most:
            words = f"{_all_lines(self._most)} busy. Try again when another call has ended."
        return words

    def health(self) -> dict[str, Any]:
        """The state of server, worker and calls for ``/healthz``; no secrets."""
        return {**self._health(), "calls": {"live": len(self._live), "most": self._most}}

    def file_changed(self, entry: Entry) -> None:
        """Tell every live call that follows that persona's file what became of it."""
        self._news.tell(entry, [call for call in self._live.values() if not call.draft])

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
                self._closed = True
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

    def _admit(self, user: str, slug: str, drafted: Persona | None) -> Persona:
        persona = drafted or self._saved(slug)
        if words := self.problem():
            raise Refused(words)
        most, own = self._most_each(user), [call.user for call in self._live.values()]
        if own.count(user) + self._opening.count(user) >= most:
            going_on = "a call is" if most == 1 else f"{most} calls are"
            raise Refused(
                f"With your account {going_on} going on already. End one first, here or in the "
                "tab where you began it; a call that nobody is in ends by itself within a minute."
            )
        return persona

    def _way_in(self, room: str, user: str) -> tuple[str, str]:
        """The LiveKit server's address and a token for that user's room."""
        try:
            return self._rooms().admission(room, _identity(user), user)
        except RuntimeError as error:  # there is no server just now
            raise Refused("The call cannot be joined just now. Try again in a moment.") from error

    def _saved(self, slug: str) -> Persona:
        entry = self._library.get(slug)
        if entry is None or entry.deleted:
            raise Refused("There is no such persona. Choose another one on the Simulations page.")
        if entry.persona is None:
            raise Refused("This persona's file has an error; an author must mend it first.")
        return entry.persona

    def _start(self, user: str, persona: Persona, wish: CallOptions) -> CallStart:
        return CallStart(
            call=secrets.token_hex(8),
            user=user,
            persona=persona.slug,
            name=persona.name,
            scenario=persona.scenario,
            version=persona.version,
            engine=self._choose_engine(persona, wish.engine).name,
            language=persona.language,
            started=time.time(),
            draft=wish.draft is not None,
            **_where(persona, wish.scene),
        )

    async def _open(self, start: CallStart, persona: Persona) -> OpenCall:
        loop = asyncio.get_running_loop()
        self._opening.append(start.user)  # or those who ask meanwhile would get the same place
        try:
            return await loop.run_in_executor(self._writer, self._archive.open, start, persona.text)
        except OSError as error:
            raise Refused(
                f"The call's record cannot be written: {error.strerror or error}. "
                "Make room on the disk of the data folder, or make the folder writable."
            ) from error
        finally:
            self._opening.remove(start.user)

    async def _attend(self, call: LiveCall, brief: Brief) -> None:
        watch = asyncio.create_task(self._watch(call, brief))
        try:
            await call.over.wait()
        finally:
            watch.cancel()
            self._live.pop(call.id, None)
            if call.id in self._ears:
                self._ears.pop(call.id)[1].cancel()
            await self._rooms().close_room(call.room)

    async def _watch(self, call: LiveCall, brief: Brief) -> None:
        try:
            await watch_over(call, brief, self._rooms(), self._readiness)
        except Exception:
            # Without its watchdog, a call that nobody joins would keep its line for ever.
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


def _where(persona: Persona, scene: Scene) -> dict[str, Any]:
    """What a call's head says of where it began."""
    values: dict[str, Any] = {"origin": scene.origin, "taken": len(scene.past)}
    if scene.phase or scene.intensity is not None:
        try:
            state = begin(persona, scene.phase, scene.intensity)
        except ValueError:
            raise Refused(f"There is no phase {scene.phase!r} to begin in.") from None
        values |= {"phase": state.phase, "intensity": state.intensity}
    return values


def _check(brief: Brief) -> None:
    """Refuse what no job could play, or could even be told of."""
    turns = brief.scene.turns
    if turns and not (turns[-1].speaker == "trainee" and turns[-1].text.strip()):
        raise Refused("Nothing is said in the turn to go on from. Write what the trainee says.")
    if turns and (length := len(turns[-1].text)) > LONGEST_TURN:
        raise Refused(
            f"A turn may have {LONGEST_TURN:,} characters; the one to go on from has {length:,}. "
            "Shorten it."
        )
    if (size := brief.size) > LARGEST:
        what = "The persona's text with the turns before" if turns else "The persona's text"
        remedy = "Go on from an earlier turn, or shorten the text." if turns else "Shorten it."
        limit = LARGEST // 1000
        raise Refused(f"{what} has {size // 1000} kB; a call takes {limit} kB at most. {remedy}")


def _drafted(slug: str, text: str, engines: Engines | None) -> Persona:
    """The persona of an unsaved text; takes a tenth of a second for the longest."""
    found = examine(text, slug, engines)
    if found.persona is None:
        first = found.errors[0]
        raise Refused(f"This text cannot be called yet: line {first.line}: {first.message}.")
    return found.persona


def _all_lines(most: int) -> str:
    return (
        "The one line of this machine is" if most == 1 else f"All {most} lines of this machine are"
    )
