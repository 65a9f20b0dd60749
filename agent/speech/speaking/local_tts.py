"""The persona's voice on this machine as a streaming livekit TTS."""

import logging
from dataclasses import dataclass, replace
from typing import Protocol

from livekit import rtc
from livekit.agents import APIConnectOptions, APIError, tts, utils
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, TimedString

from agent.platform.process.requests import ChildTrouble, Lost, Refused
from agent.providers.line_failure import LineFailure, unspoken, voiceless
from agent.simulation.language.sentences import sentences
from agent.speech.speaking import espeak
from agent.speech.speaking.delivery import Delivery
from agent.speech.speaking.espeak_manner import manner
from agent.speech.speaking.speakable import (
    Softened,
    by_script,
    pieces,
    plain,
    softened,
    speakable,
)
from agent.speech.speaking.speaking import Speaking
from agent.speech.speaking.voice_child import words_of
from agent.speech.spoken_form import SpokenForm, spoken_form
from personas.model import Persona

log = logging.getLogger(__name__)

SAMPLE_RATE = 24_000
"""hibari's; what espeak-ng makes is brought to it."""
LINE = 1_500
"""Characters of one line that are spoken: about two minutes; the rest is only captioned."""
PAUSE = 0.4
"""Seconds between two sentences at a mood in the middle, as the English voice was recorded."""
_FRAME = 100  # milliseconds of the longest frame: short ones stop sooner at a barge-in
_READING = 0.05  # seconds of silence for each character that can only be read
_LEAST, _MOST = 0.4, 6.0  # seconds of such a silence

_BRITISH = ("en-gb", "en-ie", "en-au", "en-nz")

Style = Delivery | espeak.Manner


class LocalTTS(tts.TTS[str]):
    """Speaks one persona's lines; a call has its own.

    ``key`` is where the persona's ``voice:`` describes this voice.
    """

    def __init__(self, persona: Persona, speaking: Speaking, key: str) -> None:
        super().__init__(
            capabilities=tts.TTSCapabilities(streaming=True, aligned_transcript=True),
            sample_rate=SAMPLE_RATE,
            num_channels=1,
        )
        self._persona = persona
        self._key = key
        self._intensity = persona.intensity
        self.speaking = speaking

    @property
    def model(self) -> str:
        """The voice, as who speaks names it."""
        return self.style.voice

    @property
    def provider(self) -> str:
        """Who makes the sound."""
        return "hibari" if isinstance(self.style, Delivery) else "espeak-ng"

    @property
    def style(self) -> Style:
        """How the next sentence is spoken."""
        return self.speaking.manner(self._persona, self._key, self._intensity)

    @property
    def british(self) -> bool:
        """Whether the persona reads numbers and dates as in Britain."""
        return self._persona.language.lower() in _BRITISH

    def otherwise(self, language: str) -> espeak.Manner:
        """How the next sentence would be spoken by espeak-ng, in that language ("" for the
        persona's own)."""
        persona = replace(self._persona, language=language or self._persona.language)
        return manner(persona, self._key, self._intensity)

    def set_mood(self, intensity: int) -> None:
        """Speak from the next line on with this intensity (0-10)."""
        self._intensity = intensity

    def swap(self, persona: Persona) -> None:
        """Speak from the next line on with this persona's voice."""
        self._persona = persona

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> tts.ChunkedStream:
        """The sound of a whole text."""
        return self._synthesize_with_stream(text, conn_options=conn_options)

    def stream(
        self, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> "LocalStream":
        """A stream that takes text as it comes and speaks sentence by sentence."""
        return LocalStream(tts=self, conn_options=conn_options)


class LocalStream(tts.SynthesizeStream):
    """One line of the persona."""

    def __init__(self, *, tts: LocalTTS, conn_options: APIConnectOptions) -> None:
        super().__init__(tts=tts, conn_options=conn_options)
        self._speaking = tts.speaking
        self._style = tts.style
        self._otherwise = tts.otherwise
        self._british = tts.british
        self._spoken = 0.0  # seconds of sound so far
        self._left = LINE
        self._failure: LineFailure | None = None

    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        output_emitter.initialize(
            request_id=utils.shortuuid(),
            sample_rate=SAMPLE_RATE,
            num_channels=1,
            mime_type="audio/pcm",
            frame_size_ms=_FRAME,
            stream=True,
        )
        output_emitter.start_segment(segment_id=utils.shortuuid())
        pending = ""
        async for token in self._input_ch:
            if isinstance(token, str):
                *whole, pending = sentences(pending + token)
                for sentence in whole:
                    await self._speak(sentence, output_emitter)
            else:
                await self._speak(pending, output_emitter)
                pending = ""
        await self._speak(pending, output_emitter)
        if not self._spoken and (text := " ".join(self._pushed_text.split())):
            # Signs only: the framework takes a line without any sound for a failure.
            self._only_shown(_Caption(text, 0.0, output_emitter), output_emitter)
        output_emitter.end_segment()

    async def _speak(self, sentence: str, emitter: tts.AudioEmitter) -> None:
        text = speakable(sentence)
        spoken, rest = text[: self._left], text[self._left :]
        self._left -= len(spoken)
        for piece in filter(None, pieces(spoken)):
            await self._utter(piece, emitter)
        if rest:
            _Caption(rest, self._spoken, emitter).finish()

    async def _utter(self, text: str, emitter: tts.AudioEmitter) -> None:
        """Speak a piece, or show what cannot be spoken of it."""
        self._mark_started()
        self._rest(emitter)
        english = isinstance(self._style, Delivery)
        for language, part in by_script(text) if english else [("", text)]:
            style = self._otherwise(language) if language else self._style
            await self._utter_part(part, style, emitter)

    async def _utter_part(self, text: str, style: Style, emitter: tts.AudioEmitter) -> None:
        """Without the English voice the other one speaks; without that, too, and over words that
        neither can bear, the rest is shown."""
        caption = _Caption(text, self._spoken, emitter)
        before = self._spoken
        trouble = await self._voiced(text, style, caption, emitter)
        if isinstance(trouble, Refused) and isinstance(style, Delivery):
            log.warning("espeak-ng speaks instead: %s", trouble)
            trouble = await self._voiced(text, self._otherwise(""), caption, emitter)
        if trouble is not None:
            self._tell(trouble)
        if trouble is not None or self._spoken == before:
            self._only_shown(caption, emitter)
        else:
            caption.finish()

    async def _voiced(
        self, text: str, style: Style, caption: "_Caption", emitter: tts.AudioEmitter
    ) -> ChildTrouble | None:
        """As it is; where that ends the voice's process, the rest of it in plain words."""
        trouble = await self._attempt(
            self._said(text[caption.given :], style), style, caption, emitter
        )
        if trouble is None or isinstance(trouble, Refused):
            return trouble
        log.warning("a line could not be spoken, and is tried in plain words: %s", trouble)
        return await self._attempt(plain(text[caption.given :]), style, caption, emitter)

    async def _attempt(
        self, said: "_Said", style: Style, caption: "_Caption", emitter: tts.AudioEmitter
    ) -> ChildTrouble | None:
        """Have it spoken; what went wrong."""
        began, offset = self._spoken, caption.given
        sound = _Sound(style)
        reply = None
        try:
            reply = self._speaking.say(said.text, style)
            async for frame in reply:
                for word in words_of(frame):
                    last = said.origin(word.start + max(0, word.length - 1))
                    begin = offset + said.origin(word.start)
                    caption.reach(begin, offset + last + 1, began + word.at)
                self._push(sound.take(frame.body), emitter)
        except ChildTrouble as error:
            if isinstance(error, Lost):
                self._speaking.broke_down(said.text, style)
            return error
        finally:
            if reply is not None:
                reply.cancel()
        self._push(sound.end(), emitter)
        return None

    def _said(self, text: str, style: Style) -> "_Said":
        if not isinstance(style, Delivery):
            return softened(text)
        form = spoken_form(text, british=self._british)
        return _InWords(form, softened(form.text))

    def _push(self, data: bytes, emitter: tts.AudioEmitter) -> None:
        if data:
            emitter.push(data)
            self._spoken += len(data) / 2 / SAMPLE_RATE

    def _rest(self, emitter: tts.AudioEmitter) -> None:
        """Be silent between two sentences; espeak-ng does so by itself."""
        if self._spoken and isinstance(self._style, Delivery):
            seconds = PAUSE * self._style.pause / self._style.pace
            self._push(bytes(2 * round(seconds * SAMPLE_RATE)), emitter)

    def _only_shown(self, caption: "_Caption", emitter: tts.AudioEmitter) -> None:
        """The rest of it as a caption, with time to read it."""
        seconds = min(_MOST, max(_LEAST, caption.left * _READING))
        caption.finish()
        self._push(bytes(2 * round(seconds * SAMPLE_RATE)), emitter)

    def _tell(self, trouble: ChildTrouble) -> None:
        """Tell the call of it, once for each line."""
        if self._failure is None:
            make = voiceless if isinstance(trouble, Refused) else unspoken
            self._failure = make(str(trouble))
            self._emit_error(Unspoken(self._failure), recoverable=True)


class _Said(Protocol):
    """A text to be spoken in place of another one."""

    @property
    def text(self) -> str: ...

    def origin(self, position: int, /) -> int: ...


@dataclass(frozen=True, slots=True)
class _InWords:
    """English with its numbers and the like in words, and its long runs broken."""

    form: SpokenForm
    soft: Softened

    @property
    def text(self) -> str:
        return self.soft.text

    def origin(self, position: int, /) -> int:
        return self.form.origin(self.soft.origin(position))


class _Sound:
    """The pieces of a sound at one rate."""

    def __init__(self, style: Style) -> None:
        self._resampler = (
            None
            if isinstance(style, Delivery)
            else rtc.AudioResampler(espeak.SAMPLE_RATE, SAMPLE_RATE)
        )

    def take(self, data: bytes) -> bytes:
        """A piece, or what can be said of it by now."""
        if self._resampler is None or not data:
            return data
        return b"".join(bytes(frame.data) for frame in self._resampler.push(bytearray(data)))

    def end(self) -> bytes:
        """What is left at the end."""
        if self._resampler is None:
            return b""
        return b"".join(bytes(frame.data) for frame in self._resampler.flush())


class Unspoken(APIError):
    """Something of a line was not spoken; the line goes on."""

    def __init__(self, failure: LineFailure) -> None:
        super().__init__(failure.words)
        self.failure = failure


class _Caption:
    """Hands out a sentence's text, every letter once, as its words begin to sound.

    The synthesiser tells several words for one number, and none for signs.
    """

    def __init__(self, text: str, began: float, emitter: tts.AudioEmitter) -> None:
        self._text = text
        self._at = began
        self._emitter = emitter
        self.given = 0
        """Characters that have been handed out."""

    @property
    def left(self) -> int:
        """Characters that have not."""
        return len(self._text) - self.given

    def reach(self, start: int, end: int, at: float) -> None:
        """A word of the text, from one place to another, begins at that second."""
        self._at = at
        if start >= self.given:
            self._give(_end_of_word(self._text, max(start + 1, end)))

    def finish(self) -> None:
        """The sentence has been made."""
        self._give(len(self._text))
        self._emitter.push_timed_transcript(TimedString(" ", start_time=self._at))

    def _give(self, end: int) -> None:
        if piece := self._text[self.given : end]:
            self.given = end
            self._emitter.push_timed_transcript(TimedString(piece, start_time=self._at))


def _end_of_word(text: str, end: int) -> int:
    """``end``, moved to the end of the word and over its signs; Thai has no spaces to look for."""
    rest = text[end:]
    return end + next(
        (i for i, c in enumerate(rest) if c.isspace() or (c.isalnum() and not c.isascii())),
        len(rest),
    )
