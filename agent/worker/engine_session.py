"""One engine's session in the room: what it does and hears becomes turns, captions and states."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Protocol

from livekit import rtc
from livekit.agents import (
    AgentStateChangedEvent,
    CloseEvent,
    ConversationItemAddedEvent,
    ErrorEvent,
    SpeechCreatedEvent,
    UserInputTranscribedEvent,
    UserStateChangedEvent,
    llm,
)

from agent.engines.answer_watch import AnswerWatch
from agent.engines.base import Engine
from agent.protocol.messages import Caption, Event, Status
from agent.providers.line_failure import LineFailure, explain, getting_ready, no_answer
from agent.worker.conversation import Conversation
from agent.worker.playback import PlaybackOutput, TimedTranscript
from agent.worker.recording.recorder import Recorder
from agent.worker.session_io import close, room_options
from agent.worker.silence_timer import SilenceTimer
from agent.worker.trainee_speech import Span, SpeechTimes, TurnTranscripts, as_written
from agent.worker.usage import UsageMeter
from data.records import Speaker

log = logging.getLogger(__name__)

ANSWER = 10.0
"""Seconds without an answer after which an engine counts as failed."""
SENTENCE = 1.0
"""Seconds of speech after which a model that replies by itself owes an answer; a cough is less."""
SETTLING = 0.8
"""Seconds without another word, once the answer sounds, after which a turn's words are complete."""


class SessionListener(Protocol):
    """What a session tells its job."""

    def trouble(self, failure: LineFailure) -> None:
        """The engine has trouble and tries again by itself."""

    def failed(self, engine: Engine, failure: LineFailure) -> None:
        """The engine cannot go on."""

    def sounds(self) -> None:
        """The persona begins to be heard."""

    def spoke(self) -> None:
        """A line of the persona is over."""


class EngineSession:
    """Runs ``engine`` for ``conversation`` until it is dropped."""

    def __init__(
        self,
        call: str,
        engine: Engine,
        conversation: Conversation,
        silence: SilenceTimer,
        send: Callable[[Event], None],
        job: SessionListener,
        meter: UsageMeter,
        recorder: Recorder | None = None,
    ) -> None:
        self.engine = engine
        self._call = call
        self._conversation = conversation
        self._silence = silence
        self._send = send
        self._job = job
        self._meter = meter
        self._recorder = recorder
        self._watch = AnswerWatch(ANSWER, self._late)
        self._waits_longer = False
        self._transcripts = TurnTranscripts()
        self._settling: asyncio.TimerHandle | None = None
        self._owed = False
        self._clock = conversation.clock
        self._speech = SpeechTimes()
        self._spoke_at = 0.0
        self._sounds_at = 0.0
        self._finals: list[str] = []
        self._output: PlaybackOutput | None = None
        self.lost: LineFailure | None = None
        """Why the engine cannot go on; None while it can."""
        self._heard: list[tuple[str, Callable[..., None]]] = []
        self._unread: deque[tuple[str, Span]] = deque()
        self._foreseen = ""

    @property
    def title(self) -> str:
        """The engine's name for people."""
        return self.engine.spec.title

    async def start(self, room: rtc.Room, trainee: str) -> None:
        """Start the session, which hears the participant ``trainee`` and nobody else; ``attach``
        follows once the room is joined, unless the engine is ``lost`` by then."""
        self._listen()
        session = self.engine.session
        self._transcript = TimedTranscript()
        session.output.transcription = self._transcript
        try:
            await session.start(
                self.engine.agent(self._end_of_turn),
                room=room,
                room_options=room_options(trainee),
                record=False,
            )
        except Exception:
            if self.lost is None:
                raise
            log.info("call %s: %s was lost before it began", self._call, self.engine.spec.name)

    def attach(self) -> None:
        """Follow how far the persona has been heard."""
        session = self.engine.session
        output = session.output.audio
        assert output is not None  # the room's own, made by the options
        if self._recorder is not None:
            self._recorder.follow(output)
        self._output = PlaybackOutput(
            output,
            self._transcript,
            partial(self._caption, "persona"),
            self._no_answer,
            self._clock.now,
        )
        session.output.audio = self._output

    def expect(self) -> None:
        """The persona has been asked for a line."""
        if not self._watch.is_due:
            self._waits_longer = False
        self._watch.expect()

    async def typed(self, text: str, moment: float, changed: Callable[[], Awaitable[None]]) -> None:
        """A turn that the trainee typed at that moment of the call; it is answered by the persona
        as it is when ``changed`` has returned; ``expect`` is for the engine that it is by then."""
        self._silence.stop()
        with self.bulkhead():
            await self.engine.session.interrupt(force=True)
        await changed()
        self._silence.renew()
        with self.bulkhead():
            await self._conversation.trainee_says(text, "typed", Span(moment, moment))

    @contextmanager
    def bulkhead(self) -> Iterator[None]:
        """What the engine is asked for in here costs the engine, if it raises, and not the call:
        another one takes over, and answers what was recorded by then."""
        try:
            yield
        except Exception as error:
            name = self.engine.spec.name
            log.exception("call %s: %s failed in an unexpected place", self._call, name)
            self._fail(explain(self.title, error))

    async def drop(self) -> None:
        """Give the session up; it only tells how much of its last line was heard."""
        self._settle()
        self._tell_heard()
        self._watch.stop()
        self._silence.stop()
        session = self.engine.session
        for event, callback in self._heard:
            session.off(event, callback)  # type: ignore[arg-type]
        self._heard = []
        session.on("conversation_item_added", self._on_item)
        try:
            await close(self.engine, self._call)
        finally:
            session.off("conversation_item_added", self._on_item)
            # What a model used for its last words is counted while the session closes.
            self._meter.end_session()

    def _listen(self) -> None:
        self._heard = [
            ("agent_state_changed", self._on_agent_state),
            ("user_state_changed", self._on_user_state),
            ("user_input_transcribed", self._on_transcribed),
            ("conversation_item_added", self._on_item),
            ("speech_created", self._on_speech_created),
            ("error", self._on_error),
            ("close", self._on_close),
        ]
        for event, callback in self._heard:
            self.engine.session.on(event, callback)  # type: ignore[arg-type]
        self._meter.follow(self.engine.session, self.engine.spec.name)

    def _end_of_turn(self, text: str, measured: llm.MetricsReport) -> None:
        self._finals, self._foreseen = [], ""
        self._silence.renew()
        now = self._clock.now()
        heard = self._speech.take(now, now)
        told = self._measured(measured, now)
        if heard is None:
            heard = told
        # Of the end, the earlier one: the framework knows of one that the voice detector still
        # waits to be sure of, but takes the word of a recogniser that tells it late.
        span = Span(heard.begin, max(heard.begin, min(heard.end, told.end)))
        self.expect()
        # A task of the call: the framework gives up its own when the session closes.
        self._conversation.soon(self._said(as_written(text), span))

    async def _said(self, text: str, span: Span) -> None:
        with self.bulkhead():
            await self._conversation.trainee_says(text, "voice", span)

    def _on_agent_state(self, event: AgentStateChangedEvent) -> None:
        if event.new_state in ("listening", "thinking", "speaking"):
            self._send(Status(self._call, event.new_state))
        if event.new_state == "speaking":
            self._watch.stop()
            # Before an answer that is asked for, its turn is complete; else its words may follow.
            sounded, self._sounds_at = self._sounds_at, self._clock.now()
            self._speech.forget(
                sounded if self.engine.capabilities.replies_itself else self._sounds_at
            )
            self._settle_soon()
            self._job.sounds()
        if event.new_state == "listening" and self.engine.session.user_state != "speaking":
            self._silence.start()
        else:
            self._silence.stop()

    def _on_user_state(self, event: UserStateChangedEvent) -> None:
        if event.new_state == "speaking":
            self._speech.begins(self._clock.moment(event.created_at))
            self._spoke_at = time.monotonic()
            self._owed = self._watch.is_due
            self._watch.stop()
            self._silence.stop()
            self._send(Status(self._call, "hearing"))
            return
        self._speech.ends(self._clock.moment(event.created_at))
        if self.engine.session.agent_state == "listening":
            asked = self._owed or time.monotonic() - self._spoke_at > SENTENCE
            if self.engine.capabilities.replies_itself and asked:
                self._watch.expect()
            self._silence.start()
            self._send(Status(self._call, "listening"))

    def _on_transcribed(self, event: UserInputTranscribedEvent) -> None:
        item = event.item_id or ""
        if not event.is_final and not self._transcripts.is_over(item):
            self._caption("trainee", as_written(event.transcript))
        if event.transcript and self.engine.capabilities.foresees:
            words = [*self._finals, event.transcript]
            if event.is_final:
                self._finals = words
            if event.is_final or self.engine.may_be_over(event.transcript):
                self._foreseen = as_written(" ".join(words).strip())
                self._conversation.soon(self._foresee(self._foreseen))
        if self.engine.capabilities.replies_itself:
            self._was_heard(self._transcripts.take(item, event.transcript, event.is_final))
            if self.engine.session.agent_state == "speaking":
                self._settle_soon()

    async def _foresee(self, text: str) -> None:
        """Unless the turn has gone on or is over by the time that it is read."""
        await self._conversation.read(text)
        if text == self._foreseen and self.lost is None:
            self.engine.foresee(text, self._conversation.foresee(text))

    def _settle_soon(self) -> None:
        """The answer sounds: what was heard is the turn that it answers, once no more comes."""
        self._stop_settling()
        if self._transcripts.pending:
            loop = asyncio.get_running_loop()
            self._settling = loop.call_later(SETTLING, self._settle)

    def _stop_settling(self) -> None:
        if self._settling is not None:
            self._settling.cancel()
            self._settling = None

    def _settle(self, *, answered: bool = False) -> None:
        """What was heard by now is a turn; ``answered`` by a line that is over."""
        self._stop_settling()
        if self.engine.capabilities.replies_itself:
            self._was_heard(self._transcripts.settle(), answered=answered)

    def _was_heard(self, text: str, *, answered: bool = False) -> None:
        if text:
            self._silence.renew()
            now = self._clock.now()
            answered = answered or self.engine.session.agent_state == "speaking"
            until = min(now, self._sounds_at) if answered else now
            heard = self._speech.take(until, now) or Span(until, until)
            self._unread.append((as_written(text), heard))
            self._conversation.soon(self._read_and_tell(as_written(text)))

    async def _read_and_tell(self, text: str) -> None:
        await self._conversation.read(text)
        self._tell_heard()

    def _tell_heard(self) -> None:
        """What was heard is told in its order, before the answer to it; by then it has mostly been
        read."""
        while self._unread:
            self._conversation.trainee_was_heard(*self._unread.popleft())

    def _on_speech_created(self, event: SpeechCreatedEvent) -> None:
        if not event.user_initiated:
            self._tell_heard()
            self._conversation.reply_begun(event.speech_handle)

    def _on_item(self, event: ConversationItemAddedEvent) -> None:
        item = event.item
        if not isinstance(item, llm.ChatMessage) or item.role != "assistant":
            return
        if text := (item.text_content or "").strip():
            self._settle(answered=True)
            self._tell_heard()
            if self.lost is None:
                self._job.spoke()
            self._conversation.persona_said(
                text,
                bool(item.interrupted),
                self._span(item),
                lost=self.lost is not None,
            )

    def _span(self, item: llm.ChatMessage) -> Span:
        """When a line of the persona sounded."""
        begin, end = self._measured(item.metrics, self._clock.now(), self._sounds_at)
        silent = self._output.fell_silent if self._output is not None else None
        if item.interrupted and silent is not None:
            end = min(end, silent)  # it was paused before it was given up
        return Span(min(begin, end), end)

    def _measured(self, told: llm.MetricsReport, end: float, begin: float | None = None) -> Span:
        """What LiveKit measured, by the time of day, on the call's clock; else these."""
        if "stopped_speaking_at" in told:
            end = self._clock.moment(told["stopped_speaking_at"])
        if "started_speaking_at" in told:
            begin = self._clock.moment(told["started_speaking_at"])
        return Span(end if begin is None else begin, end)

    def _on_error(self, event: ErrorEvent) -> None:
        error = event.error
        failure = explain(self.title, error.error)
        if error.recoverable:
            self._tell(failure)
            self._job.trouble(failure)
        else:
            self._fail(failure)

    def _on_close(self, event: CloseEvent) -> None:
        error = getattr(getattr(event, "error", None), "error", None)
        self._fail(explain(self.title, error))

    def _late(self) -> None:
        """The answer is late: some engines may take longer for their first one."""
        if self._waits_longer or not (more := self.engine.more_time):
            self._no_answer()
            return
        self._waits_longer = True
        self._watch.expect(more)
        self._job.trouble(getting_ready(self.title))

    def _no_answer(self) -> None:
        self._fail(no_answer(self.title, ANSWER))

    def _fail(self, failure: LineFailure) -> None:
        if self.lost is None:
            self.lost = failure
            self._tell(failure)
            self._job.failed(self.engine, failure)

    def _tell(self, failure: LineFailure) -> None:
        """For who runs the app: the one line that the console has of it."""
        log.warning("call %s: %s %s", self._call, failure.words, failure.remedy)

    def _caption(self, speaker: Speaker, text: str) -> None:
        self._send(Caption(self._call, speaker, text, final=False))
