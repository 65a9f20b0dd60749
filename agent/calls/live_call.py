"""One live call as the app sees it: what its job told, and what pages do with it."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor

from agent.calls.call_events import (
    AnswerTimed,
    BrowserJoined,
    CallEvent,
    CoachingChanged,
    HungUp,
    PageChanged,
    PersonaMoved,
    RecordingChanged,
    Unwritten,
)
from agent.calls.coaching import Coaching, HintRefused
from agent.calls.journal_writer import JournalWriter
from agent.calls.page_presence import PagePresence
from agent.calls.persona_updates import PersonaUpdates
from agent.calls.recording_writer import RecordingWriter
from agent.calls.transcript import AnswerTimes, Transcript
from agent.platform.reconnect import RECONNECT_TIMEOUT
from agent.protocol.messages import (
    LONGEST_TURN,
    Caption,
    Command,
    Edited,
    End,
    Ended,
    Event,
    Joined,
    Mood,
    PageAway,
    RecordingEnded,
    RecordingPart,
    Restored,
    Say,
    Status,
    Trouble,
    TurnDone,
    Usage,
)
from agent.providers.line_failure import is_past
from data.calls import OpenCall
from data.common.clock import CallClock
from data.common.observers import Observers
from data.recordings import OpenRecording
from data.records import (
    CallEnd,
    CallStart,
    Edit,
    EngineUse,
    Hint,
    Recording,
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
    """State of one call on the app's loop; whoever subscribes hears of every change of it.

    ``status`` is ``waiting`` until the persona has come, then what the persona does, and
    ``ended``. ``answer_time`` is how long its last answer took, seconds, as the trainee's browser
    measured it. With ``draft`` the persona's text comes from its author's page, not from the file;
    ``orphaned`` tells that this file is gone. All times are on ``clock``. ``presence`` is the page
    that has the call; without it, the call goes on for ``reconnect_timeout`` seconds. ``command``
    hands a command to the job, and is False while there is none. Records are written in order on
    ``writer``, off the loop. ``recording`` is what becomes of its sound, None when that is not to
    be recorded: without ``open_recording``; ``unrecorded_from`` is the index of the first turn
    after it has ended.
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
        open_recording: Callable[[str], OpenRecording] | None = None,
    ) -> None:
        self.start = start
        self.clock = clock or CallClock()
        self.id = start.call
        self.user = start.user
        self.slug = start.persona
        self.draft = start.draft
        self.pinned = start.pinned
        self.orphaned = False
        self.started = start.started
        self.engine = self.first_engine = start.engine
        self.room = room
        self.persona = persona
        self.status = "waiting"
        self.mood: Mood | None = None
        self.edits: list[Edit] = []
        self.trouble: Trouble | None = None
        self.restored: Restored | None = None
        self.end: CallEnd | None = None
        self.answer_time: float | None = None
        self.over = asyncio.Event()
        self.persona_in = asyncio.Event()
        self.browser_in = asyncio.Event()
        self._hung_up = False
        self._command = command
        self._record = record
        self._journal = JournalWriter(record, writer, self._unwritten)
        self._write = self._journal.write
        self.recording: RecordingWriter | None = None
        self.unrecorded_from = 0
        if open_recording is not None:
            self.recording = RecordingWriter(
                self.id, open_recording, writer, self._recording_changed
            )
        self._observers = Observers[CallEvent](f"call {self.id}")
        self._transcript = Transcript()
        self._answers = AnswerTimes(lambda told: self._write(self._record.latency, told))
        self._updates = PersonaUpdates(start.version, persona.language, command, self._edited)
        self.coaching = Coaching(
            self.clock.now,
            lambda hint: self._write(record.hint, hint),
            lambda: self.tell(CoachingChanged(self.id)),
        )
        self.presence = PagePresence(reconnect_timeout, self.hang_up, self._page_away)

    @property
    def follows_file(self) -> bool:
        """Whether what is saved in the persona's file is for this call."""
        return not (self.draft or self.pinned)

    @property
    def turns(self) -> list[Turn]:
        """The finished turns so far."""
        return self._transcript.turns

    @property
    def captions(self) -> dict[Speaker, Caption]:
        """The newest words of each side that are in no finished turn."""
        return self._transcript.captions

    @property
    def resolved(self) -> bool:
        """Whether the persona has accepted a resolution, as far as the job has told."""
        return self.mood is not None and self.mood.resolved

    @property
    def version(self) -> str:
        """The persona version that is played just now."""
        return in_force(self.start.version, self.edits)

    @property
    def told_version(self) -> str:
        """The persona version that the call was told of last, whether or not it can be played."""
        return self._updates.newest

    @property
    def language(self) -> str:
        """What the persona speaks just now."""
        return self._updates.language

    @property
    def length(self) -> float:
        """Seconds since it began; how long it lasted once it is over."""
        end = self.end.at if self.end is not None else None
        return self.clock.now() if end is None else end

    @property
    def unwritten(self) -> str:
        """Why its record cannot be written just now, as the system says it; "" when it is."""
        return self._journal.problem

    @property
    def is_on(self) -> bool:
        """Whether it goes on, and nobody has ended it."""
        return self.end is None and not self._hung_up

    def subscribe(self, callback: Callable[[CallEvent], None]) -> Callable[[], None]:
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
        first, self._hung_up = not self._hung_up, True
        gone = Ended(self.id, reason, self.resolved)
        if not self._command(End(reason)):
            self.receive(gone)
            return
        asyncio.get_running_loop().call_later(LEAVE, self.receive, gone)
        if first:
            self.tell(HungUp(self.id))

    def browser_joined(self) -> None:
        """The trainee's browser is in the room."""
        self.browser_in.set()
        self.tell(BrowserJoined(self.id))

    def latency(self, seconds: float) -> None:
        """The page has measured, just now, how long the persona's answer took."""
        if 0 <= seconds < 60:
            self.answer_time = round(seconds, 3)
            self._answers.measured(self.clock.now(), self.answer_time, self.status == "speaking")
            self.tell(AnswerTimed(self.id))

    def whisper(self, author: str, text: str) -> Hint:
        """A hint for the trainee's eyes only; ``HintRefused`` when it cannot be given."""
        if self.end is not None:
            raise HintRefused("The call is over: nobody would read it.")
        if self.persona.exam:
            raise HintRefused("This is an exam: no hints are given in it.")
        return self.coaching.whisper(author, text, self._transcript.next_index)

    def change_persona(self, text: str, version: str, language: str = "") -> None:
        """A new persona text for the lines to come, in that language ("" for the same one); it
        waits while nobody is there to play it."""
        if self.end is None:
            self._updates.change(text, version, language)

    def refuse_persona(self, version: str, reason: str) -> None:
        """A saved text that cannot be played: the last good one goes on."""
        if self.end is None:
            self._updates.refuse(version, reason)

    def follow(self, slug: str, *, there: bool = True) -> None:
        """The persona's file is that one from now on, or (not ``there``) no more."""
        if self.end is None and (slug, there) != (self.slug, not self.orphaned):
            self.slug, self.orphaned = slug, not there
            self.tell(PersonaMoved(self.id, slug, there))

    def receive(self, event: Event) -> None:
        """Take in an event of the job, record it and pass it on; nothing after the end."""
        if self.end is not None or self._took_sound(event):
            return
        match event:
            case Joined():
                self.status = "listening"
                if self.trouble is not None and self.trouble.code == "no_persona":
                    self.trouble = None
                self.persona_in.set()
                if self.presence.away:
                    self._command(PageAway(True))
                self._updates.job_joined()
            case Status(status=status):
                self.status = status
                if status == "speaking":
                    # Its sound only starts once somebody in the room takes it, so this also
                    # tells of clients that are not our page.
                    self.browser_in.set()
            case Caption():
                self._transcript.caption(event, self.clock.now())
            case TurnDone(turn=turn):
                self._take_turn(turn)
            case Mood():
                self.mood = event
                at = self._moment(event.at)
                self._write(self._record.mood, at, event.phase, event.intensity, event.cause)
            case Edited(edit=edit):
                self.edits.append(edit)
                self._write(self._record.edit, edit, self._updates.answered(edit))
            case Trouble():
                self.trouble = event
            case Restored(engine=engine, turn=number, reason=reason):
                self.trouble, self.engine, self.restored = None, engine, event
                use = EngineUse(engine, number, self._moment(event.at), reason)
                self._write(self._record.engine, use)
            case Usage(models=models):
                self._write(self._record.usage, models)
            case Ended(reason=reason, resolved=resolved):
                self._close(reason, resolved)
        self.tell(event)

    def tell(self, event: CallEvent) -> None:
        """Pass an event to the subscribers; one that fails does not keep it from the others."""
        self._observers.tell(event)

    def _take_turn(self, turn: Turn) -> None:
        """A new turn, or one that is told again since it was seen differently."""
        if self._transcript.add(turn):
            self._answers.spoken(turn)
            trouble = self.trouble
            if trouble is not None and is_past(trouble.code, turn.speaker, turn.source):
                self.trouble = None
        self._write(self._record.turn, turn)

    def _page_away(self, away: bool) -> None:
        if self.end is None:
            self._command(PageAway(away))
            self.tell(PageChanged(self.id))

    def _edited(self, version: str, outcome: str, reason: str) -> None:
        """How a text fared of which the job knows nothing."""
        edit = Edit(version, outcome, reason, self._transcript.next_index, self.clock.now())
        self.receive(Edited(self.id, edit))

    def _moment(self, told: float | None) -> float:
        """When it was, as its job told; a worker of before tells no times."""
        return self.clock.now() if told is None else told

    def _took_sound(self, event: Event) -> bool:
        """Whether it was of the recording: pages are told of what changes, not of each part."""
        match event:
            case RecordingPart() if self.recording is not None:
                self.recording.take(event)
            case RecordingEnded(reason=reason) if self.recording is not None:
                self.recording.end(reason)
            case RecordingPart() | RecordingEnded():
                pass  # nothing is kept that nobody agreed to, whatever a worker sends
            case _:
                return False
        return True

    def _recording_changed(self) -> None:
        assert self.recording is not None
        state, reason = self.recording.state, self.recording.reason
        self.unrecorded_from = self._transcript.next_index
        if self.end is None:
            self._write(self._record.recording, Recording(state, reason, self.clock.now()))
        self.tell(RecordingChanged(self.id))

    def _close(self, reason: str, resolved: bool) -> None:
        now = self.clock.now()
        if self.recording is not None:
            self.recording.end("job")
        for turn in self._transcript.cut_off(self.version, now):
            self._take_turn(turn)
            self.tell(TurnDone(self.id, turn))
        self.status = "ended"
        self.presence.stop()
        if reason == "ended" and resolved:
            reason = "resolved"
        self.end = CallEnd(time.time(), reason, resolved, now)
        self._updates.close()
        self._write(self._record.end, self.end)
        self.over.set()

    def _unwritten(self) -> None:
        self.tell(Unwritten(self.id, self._journal.problem))
