"""What is made of a recording: its waves, and the same sound as M4A and WAV; in a child process."""

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from agent.platform.process.replies import Reply
from agent.platform.process.requests import ChildTrouble
from agent.platform.process.supervised import Supervised
from data.recordings import Recordings

MODULE = ("-m", "agent.calls.transcoding_child")
BEGIN = 120.0
"""Seconds until the child has begun: two others may have to end first."""
LIMIT = 30.0
"""Seconds for half a minute of sound; 0.3 on an idle machine."""
WHOLE = 600.0
"""Seconds for the whole of it; a call of two hours takes 70 on an idle machine."""
IDLE = 60.0
"""Seconds after which a child that nobody needs is ended."""

log = logging.getLogger(__name__)


class CannotTranscode(Exception):
    """In words for whoever asked. ``damaged``: there is no sound in the recording."""

    def __init__(self, words: str, *, damaged: bool = False) -> None:
        super().__init__(words)
        self.damaged = damaged


@dataclass(frozen=True, slots=True)
class Peaks:
    """How loud a recording is: ``seconds`` of it, and of ``trainee`` and ``customer`` as many
    numbers, 0 to 100, each of the same part of it."""

    seconds: float
    trainee: tuple[int, ...]
    customer: tuple[int, ...]


class Transcoder:
    """Makes files of recordings that have ended; lives on the app's loop.

    What gives something raises ``CannotTranscode``, also when there is no recording of that call.
    """

    def __init__(self, recordings: Recordings) -> None:
        self._recordings = recordings
        self._child = Supervised("the reader of recordings", MODULE, low_priority=True, idle=IDLE)
        self._making: dict[tuple[str, str], asyncio.Task[Path]] = {}

    def close(self) -> None:
        """End the child process."""
        self._child.close()

    async def peaks(self, call: str) -> Peaks:
        """Its waves, made once and kept beside the recording."""
        path = await self._kept(call, ".peaks")
        try:
            return await asyncio.to_thread(read_peaks, path)
        except (OSError, ValueError) as error:
            raise CannotTranscode("The waves of this recording cannot be read.") from error

    async def prepare(self, call: str) -> None:
        """That call has ended: have its waves ready for its report, if it was recorded; never
        raises."""
        with suppress(CannotTranscode):
            await self._kept(call, ".peaks")

    async def m4a(self, call: str) -> Path:
        """The sound as AAC, made once and kept beside the recording."""
        return await self._kept(call, ".m4a")

    async def wav(self, call: str) -> Path:
        """The sound as PCM, in a file that whoever asked takes away."""
        return await self._make(call, "wav", partial(self._recordings.export, ".wav"), _stays)

    async def _kept(self, call: str, ending: str) -> Path:
        """What two ask for at once is made for both, even if one of them goes away."""
        made = await asyncio.to_thread(self._recordings.find_made, call, ending)
        if made is not None:
            return made
        task = self._making.get((call, ending))
        if task is None:
            place = partial(self._recordings.place, call, ending)
            making = self._make(call, ending[1:], place, self._recordings.put)
            task = self._making[call, ending] = asyncio.create_task(making)
            task.add_done_callback(lambda done: self._made(call, ending, done))
        return await asyncio.shield(task)

    def _made(self, call: str, ending: str, task: asyncio.Task[Path]) -> None:
        self._making.pop((call, ending), None)
        if not task.cancelled():
            task.exception()  # whoever asked has got it, or has gone

    async def _make(
        self, call: str, what: str, place: Callable[[], Path], put: Callable[[Path], Path]
    ) -> Path:
        source = await asyncio.to_thread(self._recordings.find, call)
        if source is None:
            raise CannotTranscode("This call has no recording.")
        target: Path | None = None
        try:
            target = await asyncio.to_thread(place)
            await self._ask({"make": what, "source": str(source), "target": str(target)})
            return await asyncio.to_thread(put, target)
        except BaseException as error:
            if target is not None:
                await asyncio.shield(asyncio.to_thread(_take_away, target))
            if isinstance(error, OSError):
                raise _no_room(error.strerror or str(error)) from error
            raise

    async def _ask(self, head: dict[str, str]) -> None:
        reply: Reply | None = None
        try:
            async with asyncio.timeout(WHOLE):
                reply = Reply(self._child, head, begin=BEGIN, limit=LIMIT)
                async for _ in reply:
                    pass
        except TimeoutError as error:
            raise CannotTranscode("It took too long to read this recording.") from error
        except ChildTrouble as error:
            if str(error) == "damaged":
                words = "This recording is damaged: no sound in it can be read."
                raise CannotTranscode(words, damaged=True) from error
            log.warning("a recording could not be read: %s", error)
            raise _no_room(str(error)) from error
        finally:
            if reply is not None:
                reply.cancel()


def read_peaks(path: Path) -> Peaks:
    """The waves in that file; raises ``OSError``, ``ValueError``."""
    try:
        value = json.loads(path.read_text("utf-8"))
        trainee, customer = (tuple(int(peak) for peak in side) for side in value["voices"])
        return Peaks(float(value["seconds"]), trainee, customer)
    except (KeyError, TypeError) as error:
        raise ValueError(f"no waves: {error}") from error


def _no_room(why: str) -> CannotTranscode:
    return CannotTranscode(f"The file could not be made: {why}. Try again in a moment.")


def _stays(path: Path) -> Path:
    return path


def _take_away(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
