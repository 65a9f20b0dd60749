"""How the lab's trainee takes part in a call: when it speaks, and when it waits."""

import asyncio
from collections.abc import Awaitable, Callable

from agent.calls.call_events import CallEvent
from agent.lab.line_sound import Sound
from agent.lab.play import BrokenOff
from agent.lab.room_trainee import Microphone
from agent.lab.sound_call import Line, SoundCall
from agent.protocol.messages import Ended, Restored, Status, Trouble, TurnDone, Usage
from data.endings import BY_CUSTOMER, ending
from data.records import ModelUse
from personas.script_model import TurnSound

GAP = 0.3
"""Seconds from the customer's last word to the trainee's next one."""
ANSWER = 60.0
"""Seconds in which the customer must have answered."""
UNHEARD = 3.5
"""Seconds of silence after which a line was not heard, and the next one is said."""
LINE = 120.0
"""Seconds that a line of the customer may last."""
FAREWELL = 1.0
"""Seconds in which a customer who hangs up does so after its last line."""
LEAVING = 6.0
"""Seconds that the end of a call may take."""
EARLY = 0.5
"""Seconds by which an answer may begin before the trainee's last word is over."""
_LOOK = 0.25
"""Seconds between two looks whether the run is to be broken off."""


class CallOver(Exception):
    """The call has ended; the reason is a code of ``data.endings``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SoundTalk:
    """A call as its trainee takes part in it; for one loop.

    ``take`` is told of all that happens. ``now`` is the call's clock, ``stop`` says why the run is
    to be broken off, "" when it is not. What the trainee does raises ``BrokenOff``, and
    ``CallOver`` when the customer is gone.
    """

    def __init__(
        self,
        call: SoundCall,
        engine: str,
        now: Callable[[], float],
        stop: Callable[[], str] = str,
    ) -> None:
        self.call = call
        self.usage: tuple[ModelUse, ...] = ()
        self._engine = engine
        self._now = now
        self._stop = stop
        self._status = "waiting"
        self._since = 0.0
        self._sounded = -1.0
        self._said = 0.0
        self._over = ""
        self._trouble = ""
        self._news = asyncio.Event()

    def take(self, event: CallEvent) -> None:
        """Something has happened in the call."""
        match event:
            case TurnDone(turn=turn):
                self.call.take(turn)
            case Status(status=status):
                self._status, self._since = status, self._now()
                if status == "speaking":
                    self._sounded = self._since
            case Usage(models=models):
                self.usage = models
            case Trouble(words=words, remedy=remedy):
                self._trouble = remedy or words
            case Restored(engine=engine) if engine != self._engine:
                self._trouble = f"{self._trouble} The engine {engine} went on instead.".strip()
                self._over = self._over or "engine"
            case Ended(reason=reason):
                self._over = self._over or reason
        self._news.set()

    async def wait_for(self, how: TurnSound, *, first: bool = False) -> None:
        """Back when a turn of that sound is to be said."""
        if how.interrupts is not None:
            await self._until(lambda: self._sounded > self._said - EARLY, ANSWER)
            await self._rest(max(0.0, self._sounded + how.interrupts - self._now()))
            return
        if not await self._until(lambda: self._answered(first), ANSWER + LINE):
            raise BrokenOff(
                f"the customer had not answered after {ANSWER + LINE:.0f} seconds. {self._trouble}"
            )
        await self._rest(how.waits or GAP)
        await self._until(lambda: self._status != "speaking", LINE)

    async def say(
        self, text: str, sound: Sound, microphone: Microphone, around: Sound | None
    ) -> None:
        """Say a line."""
        self.call.lines.append(Line(text, len(self.call.turns)))
        await self._while(microphone.say(sound, around))
        self._said = self._now()

    async def leave(self, hang_up: Callable[[], None]) -> None:
        """Hear the last answer out, and hang up; ``CallOver`` is raised when the call has ended."""
        await self.wait_for(TurnSound())
        await self._rest(FAREWELL)
        hang_up()
        await self._rest(LEAVING)
        raise CallOver("ended")

    def finish(self, reason: str) -> None:
        """The call is over; raises ``BrokenOff`` when it did not come to an end of its own."""
        if not ending(reason).whole:
            words = ending(reason).words
            raise BrokenOff(f"{words[:1].lower()}{words[1:]}. {self._trouble}".strip())
        self.call.ended = "customer" if reason in BY_CUSTOMER else "trainee"

    def _answered(self, first: bool) -> bool:
        """Whether it is the trainee's turn: after an answer, or a silence in which nothing came."""
        if self._status != "listening":
            return False
        turns = self.call.turns
        last = turns[-1] if turns else None
        answers = last is not None and last.speaker == "persona"
        if last is not None and answers and (first or last.begin > self._said - EARLY):
            return True
        quiet = self._now() - max(self._since, self._said)
        return not first and quiet > UNHEARD

    async def _until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait for it at most so long; whether it came."""
        until = self._now() + seconds
        while not condition():
            self._look()
            if self._now() > until:
                return False
            self._news.clear()
            try:
                async with asyncio.timeout(min(_LOOK, max(0.01, until - self._now()))):
                    await self._news.wait()
            except TimeoutError:
                continue
        return True

    async def _rest(self, seconds: float) -> None:
        await self._until(bool, seconds)

    async def _while(self, work: Awaitable[None]) -> None:
        """Do that, unless the call ends meanwhile."""
        task = asyncio.ensure_future(work)
        task.add_done_callback(lambda _: self._news.set())
        try:
            await self._until(task.done, LINE)
            if not task.done():
                raise BrokenOff("the trainee's line could not be sent: the room takes no sound")
            task.result()
        finally:
            task.cancel()

    def _look(self) -> None:
        if self._over == "engine":
            raise BrokenOff(self._trouble or "the engine failed")
        if self._over:
            raise CallOver(self._over)
        if why := self._stop():
            raise BrokenOff(why)
