"""One call's sound on its way to the recogniser, and the words on their way back."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from livekit import rtc
from livekit.agents import APIConnectOptions, APIError, stt
from livekit.agents.language import LanguageCode
from livekit.local_inference import VAD

from agent.platform.process.requests import ChildTrouble
from agent.providers.line_failure import LineFailure, deaf
from agent.speech.hearing.captions import Growing
from agent.speech.hearing.plausible import as_told, closed, is_backchannel
from agent.speech.hearing.utterance import LONGEST, Evidence, Utterance
from agent.speech.segments import RATE, SPAN, WINDOW, Segments
from agent.speech.turn_end import unfinished

if TYPE_CHECKING:
    from agent.speech.hearing.hearing import LocalSTT

PAUSE = 3 * SPAN
"""Seconds of silence after which the words are asked for: they are there when the turn is over."""
SILENCE = 0.2
"""Seconds that end an utterance where nobody judges whether the turn is over, and a long one."""
WAIT = 0.64
"""Seconds that end it where somebody does, and has not said so: just under what the session waits
after a verdict that it goes on. Words are heard better in what goes before and after them."""
LONG = 5.0
"""Seconds after which an utterance is long, so that its last words do not take too long."""
OFTEN, SELDOM = 0.5, 1.5
"""Seconds of speech between two looks at what is being said; seldom when a look takes longer than
``SLOW``, as on busy cores."""
SLOW = 0.25
LOOK = 4.0
"""Seconds that are looked at; before that, what was seen stays. They take 85 ms, less than the
silence before the last words are asked for, so that those do not wait for a look."""
_LANGUAGE = LanguageCode("en")
_PATIENCE = 2.0  # seconds that the end of the input waits for the last words

Words = Callable[[bytes], Awaitable[str]]
"""Gives the words in int16 mono PCM at 16 kHz; raises ChildTrouble."""


@dataclass(frozen=True, slots=True)
class _Whole:
    """An utterance that is over: its sound, its words as they come, whether the persona was in the
    middle of a line when it began, and whether it goes on and this is a part of it."""

    sound: Utterance
    words: asyncio.Task[str]
    in_line: bool
    goes_on: bool = False


class LocalStream(stt.RecognizeStream):
    """Cuts the sound into utterances, and has each decoded as it grows and at its end."""

    def __init__(self, owner: "LocalSTT", words: Words, conn_options: APIConnectOptions) -> None:
        super().__init__(stt=owner, conn_options=conn_options, sample_rate=RATE)
        self._owner = owner
        self._ask_words = words
        self._segments = Segments(silence=SILENCE, pause=PAUSE, longest=float("inf"))
        self._vad = VAD()
        self._buffer = bytearray()
        self._sound = Utterance()
        self._in_line = False
        self._caption = _Caption(words, self._show)
        self._words: asyncio.Task[str] | None = None
        self._wholes: asyncio.Queue[_Whole | None] = asyncio.Queue()
        self._unsettled = 0
        if owner.heard is not None:
            owner.heard.on_over = self.conclude

    async def _run(self) -> None:
        concluding = asyncio.create_task(self._conclude())
        try:
            async for item in self._input_ch:
                if isinstance(item, rtc.AudioFrame):
                    self._hear(bytes(item.data))
                elif self._segments.finish():
                    self._end()
            if self._segments.finish():
                self._end()
            self._wholes.put_nowait(None)
            with suppress(TimeoutError):
                await asyncio.wait_for(concluding, _PATIENCE)
        finally:
            concluding.cancel()
            self._drop_words()
            self._caption.stop()

    def _hear(self, pcm: bytes) -> None:
        self._buffer += pcm
        size = WINDOW * 2
        while len(self._buffer) >= size:
            window = bytes(self._buffer[:size])
            del self._buffer[:size]
            # 0.03 ms a window: less than passing it to another thread would take.
            likely = float(self._vad.predict(np.frombuffer(window, dtype=np.int16)))
            for kind, sound in self._segments.push(window, likely):
                self._follow(kind, sound, likely)

    def _follow(self, kind: str, sound: bytes, likely: float) -> None:
        if kind == "begin":
            self._begin()
        elif kind == "audio":
            self._grow(sound, likely)
        elif kind == "pause":
            self._pause()
        elif kind == "resume":
            self._drop_words()
            if self._owner.heard is not None and self._sound.speaking:
                self._owner.heard.await_more()
        elif kind == "end":
            self._end()

    def _begin(self) -> None:
        self._sound = Utterance()
        self._in_line = self._owner.in_line()
        self._caption.begin()
        self._tell(stt.SpeechEventType.START_OF_SPEECH)

    def _grow(self, pcm: bytes, likely: float) -> None:
        self._sound.add(pcm, likely)
        if self._sound.seconds > LONGEST and self._sound.speaking:
            part = self._sound.cut()
            self._put(part, self._ask(part), goes_on=True)
            self._caption.begin(self._sound)
        self._caption.add(pcm, likely, wait=self._unsettled > 0 or self._words is not None)

    def _pause(self) -> None:
        """It may be over: what its words are then, is told to who judges that."""
        self._words = words = self._ask(self._sound)
        if self._owner.heard is not None:
            self._segments.silence = SILENCE if self._sound.seconds > LONG else WAIT
            words.add_done_callback(self._may_end)

    def _may_end(self, words: asyncio.Task[str]) -> None:
        if words is not self._words or words.cancelled() or words.exception():
            return
        # As it may go on, so with the mark that was heard: a comma tells that it does.
        text = self._told(words.result(), self._sound.evidence(), goes_on=True)
        if text and not unfinished(text) and not is_backchannel(text):
            self._tell(stt.SpeechEventType.PREFLIGHT_TRANSCRIPT, closed(text))
        if self._owner.heard is not None:
            self._owner.heard.may_end(text)

    def conclude(self) -> None:
        """The turn is over, and so is the utterance that paused."""
        if self._words is not None and self._segments.finish():
            self._end()

    def _end(self) -> None:
        """The utterance is over; its words may be there already."""
        words, self._words = self._words or self._ask(self._sound), None
        self._caption.stop()
        self._put(self._sound, words)
        self._tell(stt.SpeechEventType.END_OF_SPEECH)

    def _put(self, sound: Utterance, words: asyncio.Task[str], *, goes_on: bool = False) -> None:
        self._unsettled += 1
        self._wholes.put_nowait(_Whole(sound, words, self._in_line, goes_on))

    def _ask(self, sound: Utterance) -> asyncio.Task[str]:
        task = asyncio.ensure_future(self._ask_words(sound.pcm))
        task.add_done_callback(_seen)
        return task

    def _drop_words(self) -> None:
        """They were asked for too early: it goes on."""
        if self._words is not None:
            self._words.cancel()
            self._words = None

    async def _conclude(self) -> None:
        """Tell what is final, in its order."""
        while (whole := await self._wholes.get()) is not None:
            try:
                text = await whole.words
            except ChildTrouble as error:
                self._complain(str(error))
                text = ""
            self._unsettled -= 1
            self._judge(whole, text)

    def _judge(self, whole: _Whole, text: str) -> None:
        """Tell the words, if they are a turn's; else take back what was shown meanwhile."""
        evidence = whole.sound.evidence()
        text = self._told(text, evidence, goes_on=whole.goes_on)
        in_line = self._owner.in_line()
        if is_backchannel(text, in_line=in_line, sound=evidence) or (
            (in_line or whole.in_line) and self._owner.loudness.is_faint(evidence.level)
        ):
            self._tell(stt.SpeechEventType.INTERIM_TRANSCRIPT)
            return
        self._owner.loudness.learn(evidence.level)
        self._tell(stt.SpeechEventType.FINAL_TRANSCRIPT, text, evidence.sure)

    def _told(self, text: str, evidence: Evidence, *, goes_on: bool) -> str:
        known, names = self._owner.known, self._owner.names
        return as_told(text, evidence, goes_on=goes_on, known=known, names=names)

    def _show(self, text: str) -> None:
        if not is_backchannel(text):
            self._tell(stt.SpeechEventType.INTERIM_TRANSCRIPT, text)

    def _complain(self, why: str) -> None:
        """Tell the call that what was said is not heard."""
        error = _Deaf(deaf(why))
        told = stt.STTError(
            timestamp=time.time(), label=self._owner.label, error=error, recoverable=True
        )
        self._owner.emit("error", told)

    def _tell(self, kind: stt.SpeechEventType, text: str = "", confidence: float = 0.0) -> None:
        with_words = kind in (
            stt.SpeechEventType.INTERIM_TRANSCRIPT,
            stt.SpeechEventType.PREFLIGHT_TRANSCRIPT,
            stt.SpeechEventType.FINAL_TRANSCRIPT,
        )
        data = [stt.SpeechData(_LANGUAGE, text, confidence=confidence)] if with_words else []
        self._event_ch.send_nowait(stt.SpeechEvent(kind, alternatives=data))


class _Caption:
    """Looks at what is being said now and then, and has it shown."""

    def __init__(self, words: Words, show: Callable[[str], None]) -> None:
        self._words = words
        self._show = show
        self._sound = Utterance()
        self._before = ""
        self._growing = Growing()
        self._unseen = 0.0
        self._every = OFTEN
        self._look: asyncio.Task[None] | None = None

    def begin(self, sound: Utterance | None = None) -> None:
        """Another utterance, of which there may be some sound already."""
        self.stop()
        self._sound = Utterance()
        if sound is not None:
            self._sound.extend(sound)
        self._before, self._growing, self._unseen = "", Growing(), self._sound.seconds

    def add(self, pcm: bytes, likely: float, *, wait: bool) -> None:
        """More of it; ``wait``: final words are being decoded, and go first."""
        self._sound.add(pcm, likely)
        self._unseen += SPAN * (len(pcm) // (2 * WINDOW))
        if self._look is None and not wait and self._sound.speaking and self._unseen >= self._every:
            self._unseen = 0.0
            self._look = asyncio.ensure_future(self._take())
            self._look.add_done_callback(_seen)

    def stop(self) -> None:
        """Nothing more of it is shown."""
        if self._look is not None:
            self._look.cancel()
            self._look = None

    async def _take(self) -> None:
        began = time.monotonic()
        try:
            if self._sound.seconds > LOOK:
                part = self._sound.cut(LOOK)
                self._before = f"{self._before} {await self._words(part.pcm)}".strip()
            text = await self._words(self._sound.pcm)
        except ChildTrouble:
            return  # told when its last words do not come either
        finally:
            if self._look is asyncio.current_task():
                self._look = None
        self._every = SELDOM if time.monotonic() - began > SLOW else OFTEN
        self._show(self._growing.grow(f"{self._before} {text}"))


class _Deaf(APIError):
    """What is said is not heard; the call goes on."""

    def __init__(self, failure: LineFailure) -> None:
        super().__init__(failure.words)
        self.failure = failure


def _seen(task: "asyncio.Future[Any]") -> None:
    """A failure that nobody waits for any more is no news."""
    if not task.cancelled():
        task.exception()
