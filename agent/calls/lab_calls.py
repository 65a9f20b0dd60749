"""Calls of the lab: a persona played as in any call, for nobody, on a line that no person needs."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from agent.calls.admission import STOPPING, Refused, check
from agent.calls.call_events import CallEvent
from agent.calls.calls import Ticket
from agent.calls.live_call import LiveCall
from agent.calls.rooms import Rooms
from agent.calls.watchdog import watch_over
from agent.platform.reconnect import RECONNECT_TIMEOUT
from agent.protocol.brief import Brief
from agent.protocol.messages import Ended, Event
from agent.protocol.switchboard import Switchboard
from data.common.clock import CallClock
from data.journal import Journal
from data.open_call import OpenCall
from data.recordings import OpenRecording
from data.records import CallEnd, CallStart
from data.summary import Summary
from personas.model import Persona

TRAINEE = "trainee-lab"
"""Who speaks with the persona, in its room."""
PUT_OFF = "put_off"
"""Why a call of the lab ended whose line people needed."""
CLOSING = 2.0
"""Seconds that these calls get to end when the app stops."""

log = logging.getLogger(__name__)


class LabCalls:
    """The lab's calls, of which at most one goes on; lives on the app's loop.

    They stand in no list and no index, and take none of the lines that people have: one begins only
    while ``free`` says that a line is, and is put off by ``make_room`` when that is over. ``rooms``
    and ``readiness`` are those of people's calls. Journal and sound are written into ``folder``, by
    the call's id; whoever began the call decides what becomes of them. The sound is that of no
    person, and is recorded unless the persona's file refuses it.
    """

    def __init__(
        self,
        switchboard: Switchboard,
        folder: Path,
        *,
        free: Callable[[], bool],
        rooms: Callable[[], Rooms],
        readiness: Callable[[], str],
        reconnect_timeout: float = RECONNECT_TIMEOUT,
    ) -> None:
        self._switchboard = switchboard
        self._folder = folder
        self._free = free
        self._rooms = rooms
        self.readiness = readiness
        self._reconnect_timeout = reconnect_timeout
        self._live: dict[str, LiveCall] = {}
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="lab-records")
        self._tasks: set[asyncio.Task[None]] = set()
        self._beginning = False
        self._closed = False

    @property
    def is_free(self) -> bool:
        """Whether one can begin beside people's calls."""
        return self._free() and not (self._live or self._beginning or self._closed)

    async def begin(
        self, call: str, persona: Persona, engine: str, tell: Callable[[CallEvent], None]
    ) -> Ticket:
        """A call of that id, played by that engine; ``tell`` is called with all that happens in it,
        ``Ended`` last. Raises ``Refused``."""
        if self._closed:
            raise Refused(STOPPING)
        if words := self.readiness():
            raise Refused(words)
        if not self.is_free:
            raise Refused("No line is free.")
        self._beginning = True
        try:
            return await self._begin(call, persona, engine, tell)
        finally:
            self._beginning = False

    async def _begin(
        self, call_id: str, persona: Persona, engine: str, tell: Callable[[CallEvent], None]
    ) -> Ticket:
        clock, room = CallClock(), f"rehearsal-{call_id}"
        brief = Brief(
            call_id,
            persona.slug,
            persona.text,
            persona.version,
            engine,
            TRAINEE,
            zero=clock.zero,
            reconnect=self._reconnect_timeout,
            record=persona.recording,
        )
        check(brief)
        try:
            url, token = self._rooms().trainee_access(room, TRAINEE, "lab")
        except RuntimeError as error:  # there is no server just now
            raise Refused("The LiveKit server is not there just now.") from error
        record = await self._open(_start(call_id, persona, engine), persona)
        call = LiveCall(
            record.start,
            room,
            persona,
            record,
            self._writer,
            partial(self._switchboard.command, call_id),
            clock,
            self._reconnect_timeout,
            self._recording if persona.recording else None,
        )
        self._live[call_id] = call
        call.subscribe(partial(self._heard, call_id, tell))
        self._spawn(self._attend(call, brief))
        return Ticket(call, url, token, room)

    def _recording(self, call: str) -> OpenRecording:
        return OpenRecording(self._folder / f"{call}.ogg")

    async def _open(self, start: CallStart, persona: Persona) -> OpenCall:
        def opened() -> OpenCall:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            journal = Journal(self._folder / f"{start.call}.jsonl")
            return OpenCall(start, journal, _unlisted, self._writer, persona.text)

        try:
            return await asyncio.get_running_loop().run_in_executor(self._writer, opened)
        except OSError as error:
            raise Refused(
                f"The call's record cannot be written: {error.strerror or error}. Make room on the "
                "disk of the data folder, or make the folder writable."
            ) from error

    def receive(self, event: Event) -> bool:
        """An event of a job; False when it is of none of these calls."""
        call = self._live.get(event.call)
        if call is not None:
            call.receive(event)
        return call is not None

    def hang_up(self, call_id: str, reason: str = "ended") -> None:
        """The trainee hangs up."""
        if (call := self._live.get(call_id)) is not None:
            call.hang_up(reason)

    def make_room(self) -> None:
        """People's calls have changed: a call of the lab gives way when no line is left for it."""
        if not self._free():
            for call in list(self._live.values()):
                call.hang_up(PUT_OFF)

    def discard(self, call_id: str) -> None:
        """Keep nothing of that call, which is over."""

        def removed() -> None:
            for suffix in (".ogg", ".jsonl"):
                (self._folder / f"{call_id}{suffix}").unlink(missing_ok=True)

        self._writer.submit(removed)

    async def written(self) -> None:
        """Back when all that was told so far is on the disk."""
        with suppress(RuntimeError):  # the app stops
            await asyncio.get_running_loop().run_in_executor(self._writer, int)

    async def aclose(self) -> None:
        """End what goes on; nothing begins any more."""
        self._closed = True
        for call in list(self._live.values()):
            call.hang_up("interrupted")
        if tasks := list(self._tasks):
            _, late = await asyncio.wait(tasks, timeout=CLOSING)
            for task in late:
                task.cancel()
        for call in list(self._live.values()):
            call.receive(Ended(call.id, "interrupted"))
        await asyncio.to_thread(self._writer.shutdown)

    def _heard(self, call: str, tell: Callable[[CallEvent], None], event: CallEvent) -> None:
        if isinstance(event, Ended):
            self._live.pop(call, None)
        tell(event)

    async def _attend(self, call: LiveCall, brief: Brief) -> None:
        watch = asyncio.create_task(watch_over(call, brief, self._rooms(), self.readiness))
        over = asyncio.create_task(call.over.wait())
        try:
            await asyncio.wait((watch, over), return_when=asyncio.FIRST_COMPLETED)
            if watch.done() and watch.exception() is not None:
                log.error("the watch over a call of the lab failed", exc_info=watch.exception())
                call.hang_up("failed")
            await over
        finally:
            watch.cancel()
            over.cancel()
            await self._rooms().close_room(call.room)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _start(call: str, persona: Persona, engine: str) -> CallStart:
    return CallStart(
        call=call,
        user="",
        persona=persona.slug,
        name=persona.name,
        scenario=persona.scenario,
        version=persona.version,
        engine=engine,
        language=persona.language,
        started=time.time(),
    )


def _unlisted(journal: Journal, start: CallStart, end: CallEnd) -> Summary:
    """What comes of a call that nobody lists or scores."""
    return Summary(**start.to_json(), ended=end.ended, reason=end.reason, resolved=end.resolved)
