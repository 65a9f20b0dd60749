"""New persona texts of a call that is going on: the newest is played, one change at a time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from agent.engines.base import Engine
from agent.protocol.messages import OVERTAKEN, NewPersona
from agent.simulation.observing.observer import Observer
from agent.worker.conversation import Conversation
from agent.worker.silence_timer import SilenceTimer
from personas.model import Persona
from personas.parse import examine_parsed
from personas.parsed import ParsedPersona

log = logging.getLogger(__name__)


class _Version(NamedTuple):
    """A persona that can be played, and who sees its rules in the trainee's turns."""

    persona: Persona
    observer: Observer


class EngineReady:
    """Whether an engine is there to play; one can wait for its coming and for its loss."""

    def __init__(self) -> None:
        self._there = asyncio.Event()
        self._lost = asyncio.Event()
        self._lost.set()

    def set(self) -> None:
        """An engine is there."""
        self._there.set()
        self._lost.clear()

    def clear(self) -> None:
        """It is lost, or about to be replaced."""
        self._there.clear()
        self._lost.set()

    def is_set(self) -> bool:
        """Whether one is there now."""
        return self._there.is_set()

    async def wait(self) -> None:
        """Until one is there."""
        await self._there.wait()

    async def lost(self) -> None:
        """Until none is there."""
        await self._lost.wait()


class Reload:
    """Takes persona texts as they come and tells how each fared, once.

    ``ready`` is set while an engine is there to play them: a text that meets a broken line waits
    for the next one. ``rebuild`` makes another engine for a persona that the present one cannot
    play; False when that one is gone.
    """

    def __init__(
        self,
        conversation: Conversation,
        make_observer: Callable[[Persona], Observer],
        ready: EngineReady,
        silence: SilenceTimer,
        rebuild: Callable[[Engine, Persona], Awaitable[bool]],
    ) -> None:
        self._conversation = conversation
        self._make_observer = make_observer
        self._ready = ready
        self._silence = silence
        self._rebuild = rebuild
        self._next: NewPersona | None = None
        self._work: asyncio.Task[None] | None = None
        self._before: _Version | None = None
        self._unproved: list[str] = []
        self._draft: ParsedPersona | None = None

    @property
    def busy(self) -> bool:
        """Whether a text waits, or is just being changed to."""
        return self._work is not None and not self._work.done()

    def take(self, change: NewPersona) -> None:
        """Play this text as soon as it can be; one that still waits is overtaken by it."""
        if self._next is not None:
            self._conversation.tell_edit(self._next.version, "overtaken", OVERTAKEN)
        self._next = change
        if not self.busy:
            self._work = asyncio.create_task(self._run())

    async def settled(self, seconds: float) -> None:
        """Until nothing is to be changed, the engine is lost, or that time is over."""
        if self._work is None or self._work.done():
            return
        lost = asyncio.create_task(self._ready.lost())
        try:
            await asyncio.wait(
                (self._work, lost), timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            lost.cancel()
            await asyncio.gather(lost, return_exceptions=True)

    def proved(self) -> None:
        """The engine has spoken a line by the present text."""
        self._before = None
        self._unproved.clear()

    def take_back(self, reason: str) -> bool:
        """Return to the last text that was spoken by, if the present one has not been: all that
        came since are refused."""
        before, self._before = self._before, None
        if before is None:
            return False
        refused, self._unproved = self._unproved, []
        self._use(before)
        for version in reversed(refused):
            self._conversation.tell_edit(version, "refused", reason)
        return True

    async def aclose(self) -> None:
        """Nothing is changed any more."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    async def _run(self) -> None:
        while (change := self._next) is not None:
            try:
                made = await asyncio.to_thread(self._prepare, change.text)
                while self._next is change:
                    if isinstance(made, str):
                        self._refuse(change, made)
                    else:
                        await self._change(change, made)
            except Exception as error:
                log.exception("a new persona text cannot be played")
                self._refuse(change, f"the engine could not take it: {error}")

    async def _change(self, change: NewPersona, made: _Version) -> None:
        """Hand it to the engine once that is free; a newer text may come meanwhile."""
        await self._ready.wait()
        engine = self._conversation.engine
        await engine.free_for(made.persona)
        if self._next is not change or self._is_lost(engine):
            return
        self._next = None
        try:
            outcome = await self._swap(engine, made)
            if outcome == "rebuilt":
                engine = self._conversation.engine
        except Exception:
            if not self._is_lost(engine):
                raise
        if self._is_lost(engine):
            self._again(change)
        else:
            self._adopt(made)
            self._conversation.tell_edit(made.persona.version, outcome, "")

    async def _swap(self, engine: Engine, made: _Version) -> str:
        if made.persona.version == self._conversation.persona.version:
            return "applied"  # taken back before it was played
        if not engine.plays(made.persona):
            return "rebuilt" if await self._rebuild(engine, made.persona) else "lost"
        return await engine.swap(made.persona, self._conversation.history)

    def _is_lost(self, engine: Engine) -> bool:
        return not self._ready.is_set() or engine is not self._conversation.engine

    def _again(self, change: NewPersona) -> None:
        """The engine that takes over is to play it, unless a newer text has come."""
        if self._next is None:
            self._next = change
        else:
            self._conversation.tell_edit(change.version, "overtaken", OVERTAKEN)

    def _adopt(self, made: _Version) -> None:
        if made.persona.version == self._conversation.persona.version:
            return
        self._before = self._before or _Version(
            self._conversation.persona, self._conversation.observer
        )
        self._unproved.append(made.persona.version)
        self._use(made)

    def _use(self, version: _Version) -> None:
        self._conversation.adopt(*version)
        self._silence.seconds = version.persona.patience

    def _prepare(self, text: str) -> _Version | str:
        """Off the loop: it takes tens of milliseconds, and the persona may be speaking."""
        found, draft = examine_parsed(text, self._conversation.persona.slug, self._draft)
        self._draft = draft or self._draft
        if found.persona is None:
            return f"line {found.errors[0].line}: {found.errors[0].message}"
        return _Version(found.persona, self._make_observer(found.persona))

    def _refuse(self, change: NewPersona, reason: str) -> None:
        if self._next is change:
            self._next = None
        self._conversation.tell_edit(change.version, "refused", reason)
