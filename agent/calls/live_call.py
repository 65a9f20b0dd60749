"""One live call as the app sees it: what its job told, and what pages do with it."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor

from agent.calls.answer_times import AnswerTimes
from agent.calls.coaching import Coaching, HintRefused
from agent.calls.given_texts import GivenTexts
from agent.calls.page_presence import PagePresence
from agent.calls.recorder import Recorder
from agent.calls.under_way import UnderWay
from agent.platform.reconnect import RECONNECT_TIMEOUT
from agent.protocol.messages import (
    LONGEST_TURN,
    OVERTAKEN,
    Caption,
    Command,
    Edited,
    End,
    Ended,
    Event,
    Followed,
    Joined,
    Mood,
    NewPersona,
    PageAway,
    Restored,
    Say,
    Status,
    Trouble,
    TurnDone,
    Unwritten,
    Usage,
)
from agent.providers.line_failure import is_past
from data.calls import OpenCall
from data.common.clock import CallClock
from data.common.observers import Observers
from data.records import (
    CallEnd,
    CallStart,
    Edit,
    EngineUse,
    Hint,
    Speaker,
    Turn,
    in_force,
)
from personas.model import Persona

LEAVE = 3.0
"""Seconds a job may take to leave before the call counts as ended without it."""


class TurnRefused(Exception):
    """A typed turn cannot be said; the text is for a person."""


class LiveCall:
    """State of one call on the app's loop; pages subscribe to its events.

    ``status`` is ``waiting`` until the persona has come, then what the persona does, and
    ``ended``. ``answer_time`` is how long its last answer took, seconds, as the trainee's browser
    measured it. ``language`` is the one that the persona speaks just now. With ``draft`` the
    persona's text comes from its author's page, not from the file. All times are on ``clock``.
    ``presence`` is the page that has the call; without it, the call goes on for
    ``reconnect_timeout`` seconds.
    Records are written in order on ``writer``, off the loop.
    """

    def __init__(
        self,
        start: CallStart,
        room: str,
        persona: Persona,
        record: OpenCall,
        writer: Executor,
        command: Callable[[Command], bool],
        clock: CallClock | None = None,
        reconnect_timeout: float = RECONNECT_TIMEOUT,
    ) -> None:
        self.start = start
        self.clock = clock or CallClock()
        self.id = start.call
        self.user = start.user
        self.slug = start.persona
        self.draft = start.draft
        self.told_version = start.version
        self.orphaned = False
        self.started = start.started
        self.engine = self.first_engine = start.engine
        self.room = room
        self.persona = persona
        self.language = persona.language
        self.status = "waiting"
        self.mood: Mood | None = None
        self.turns: list[Turn] = []
        self.captions: dict[Speaker, Caption] = {}
        self._under_way = UnderWay()
        self.edits: list[Edit] = []
        self.trouble: Trouble | None = None
        self.restored: Restored | None = None
        self.end: CallEnd | None = None
        self._hung_up = False
        self.answer_time: float | None = None
        self.coaching = Coaching(self.clock.now, lambda hint: self._write(record.hint, hint))
        self.presence = PagePresence(reconnect_timeout, self.hang_up, self._page_away)
        self.over = asyncio.Event()
        self.persona_in = asyncio.Event()
        self.browser_in = asyncio.Event()
        self._record = record
        self._recorder = Recorder(record, writer, self._unwritten)
        self._write = self._recorder.write
        self._command = command
        self._answers = AnswerTimes(lambda told: self._write(self._record.latency, told))
        self._given = GivenTexts()
        self._languages: dict[str, str] = {}
        self._kept: NewPersona | None = None
        self._observers = Observers[Event](f"call {self.id}")

    @property
    def resolved(self) -> bool:
        """Whether the persona has accepted a resolution, as far as the job has told."""
        return self.mood is not None and self.mood.resolved

    @property
    def version(self) -> str:
        """The persona version that is played just now."""
        return in_force(self.start.version, self.edits)

    @property
    def length(self) -> float:
        """Seconds since it began; how long it lasted once it is over."""
        end = self.end.at if self.end is not None else None
        return self.clock.now() if end is None else end

    @property
    def unwritten(self) -> str:
        """Why its record cannot be written just now, as the system says it; "" when it is."""
        return self._recorder.problem

    @property
    def is_on(self) -> bool:
        """Whether it goes on, and nobody has ended it."""
        return self.end is None and not self._hung_up

    def subscribe(self, callback: Callable[[Event], None]) -> Callable[[], None]:
        """Call ``callback`` with every event from now on; returns the way to stop it."""
        return self._observers.add(callback)

    def say(self, text: str) -> None:
        """A turn that the trainee typed; ``TurnRefused`` when it cannot be said."""
        text = text.strip()
        if len(text) > LONGEST_TURN:
            raise TurnRefused(
                f"A turn may have {LONGEST_TURN:,} characters; this one has {len(text):,}. "
                "Shorten it, or say it in two turns."
            )
        if text and self.end is None and not self._command(Say(text, self.clock.now())):
            raise TurnRefused("The customer is not on the line yet. Send it again in a moment.")

    def hang_up(self, reason: str = "ended") -> None:
        """End the call; at once when its job is not there (any more)."""
        if self.end is not None:
            return
        self._hung_up = True
        gone = Ended(self.id, reason, self.resolved)
        if self._command(End(reason)):
            asyncio.get_running_loop().call_later(LEAVE, self.receive, gone)
        else:
            self.receive(gone)

    def browser_joined(self) -> None:
        """The trainee's browser is in the room."""
        self.browser_in.set()

    def latency(self, seconds: float) -> None:
        """The page has measured, just now, how long the persona's answer took."""
        if 0 <= seconds < 60:
            self.answer_time = round(seconds, 3)
            self._answers.measured(self.clock.now(), self.answer_time, self.status == "speaking")

    def whisper(self, author: str, text: str) -> Hint:
        """A hint for the trainee's eyes only; ``HintRefused`` when it cannot be given."""
        if self.end is not None:
            raise HintRefused("The call is over: nobody would read it.")
        following = self.turns[-1].index + 1 if self.turns else 0
        return self.coaching.whisper(author, text, following)

    def change_persona(self, text: str, version: str, language: str = "") -> None:
        """A new persona text for the lines to come, in that language ("" for the same one); kept
        while nobody is there to play it."""
        if self.end is not None:
            return
        change = NewPersona(text, version)
        self.told_version = version
        self._given.give(version, text)
        self._languages[version] = language or self.language
        if not self._command(change):
            if self._kept is not None:
                self._edited(self._kept.version, "overtaken", OVERTAKEN)
            self._kept = change

    def refuse_persona(self, version: str, reason: str) -> None:
        """A saved text that cannot be played: the last good one goes on."""
        if self.end is None:
            self.told_version = version
            self._edited(version, "refused", reason)

    def follow(self, slug: str, *, there: bool = True) -> None:
        """The persona's file is that one from now on, or (not ``there``) no more."""
        if self.end is None and (slug, there) != (self.slug, not self.orphaned):
            self.slug, self.orphaned = slug, not there
            self.tell(Followed(self.id, slug, there))

    def receive(self, event: Event) -> None:
        """Take in an event of the job, record it and pass it on; nothing after the end."""
        if self.end is not None:
            return
        match event:
            case Joined():
                self.status = "listening"
                if self.trouble is not None and self.trouble.code == "no_persona":
                    self.trouble = None
                self.persona_in.set()
                self._hand_over()
            case Status(status=status):
                self.status = status
                if status == "speaking":
                    # Its sound only starts once somebody in the room takes it, so this also
                    # tells of clients that are not our page.
                    self.browser_in.set()
            case Caption(speaker=speaker):
                self.captions[speaker] = event
                self._under_way.take(event, self.clock.now())
            case TurnDone(turn=turn):
                self._take_turn(turn)
                self._write(self._record.turn, turn)
            case Mood():
                self.mood = event
                at = self._moment(event.at)
                self._write(self._record.mood, at, event.phase, event.intensity, event.cause)
            case Edited(edit=edit):
                self.edits.append(edit)
                if edit.outcome in ("applied", "rebuilt"):
                    self.language = self._languages.get(edit.version, self.language)
                self._write(self._record.edit, edit, self._given.settle(edit))
            case Trouble():
                self.trouble = event
            case Restored(engine=engine, turn=turn, reason=reason):
                self.trouble, self.engine, self.restored = None, engine, event
                use = EngineUse(engine, turn, self._moment(event.at), reason)
                self._write(self._record.engine, use)
            case Usage(models=models):
                self._write(self._record.usage, models)
            case Ended(reason=reason, resolved=resolved):
                self._close(reason, resolved)
        self.tell(event)

    def tell(self, event: Event) -> None:
        """Pass an event to the subscribers; one that fails does not keep it from the others."""
        self._observers.tell(event)

    def _take_turn(self, turn: Turn) -> None:
        """A new turn, or one that is told again since it was seen differently."""
        for place, known in enumerate(self.turns):
            if known.index == turn.index:
                self.turns[place] = turn
                return
        self.turns.append(turn)
        self._answers.spoken(turn)
        self.captions.pop(turn.speaker, None)
        self._under_way.is_told(turn.speaker)
        if self.trouble is not None and is_past(self.trouble.code, turn.speaker, turn.source):
            self.trouble = None

    def _page_away(self, away: bool) -> None:
        if self.end is None:
            self._command(PageAway(away))

    def _hand_over(self) -> None:
        """The job is there: a text that was saved before goes to it."""
        if self.presence.away:
            self._command(PageAway(True))
        kept, self._kept = self._kept, None
        if kept is not None:
            self._command(kept)

    def _edited(self, version: str, outcome: str, reason: str) -> None:
        turn = self.turns[-1].index + 1 if self.turns else 0
        edit = Edit(version, outcome, reason, turn, self.clock.now())
        self.receive(Edited(self.id, edit))

    def _moment(self, told: float | None) -> float:
        """When it was, as its job told; a worker of before tells no times."""
        return self.clock.now() if told is None else told

    def _close(self, reason: str, resolved: bool) -> None:
        now, index = self.clock.now(), self.turns[-1].index + 1 if self.turns else 0
        for turn in self._under_way.turns(index, self.version, now):
            self._take_turn(turn)
            self._write(self._record.turn, turn)
            self.tell(TurnDone(self.id, turn))
        self.status = "ended"
        self.presence.stop()
        if reason == "ended" and resolved:
            reason = "resolved"
        self.end = CallEnd(time.time(), reason, resolved, now)
        self._given.clear()
        self._write(self._record.close, self.end)
        self.over.set()

    def _unwritten(self) -> None:
        self.tell(Unwritten(self.id, self._recorder.problem))
