"""The persona's voice with no key: espeak-ng as a streaming livekit TTS."""

import logging

from livekit.agents import APIConnectOptions, APIError, tts, utils
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, TimedString

from agent.platform.process.requests import ChildTrouble, Lost, Refused
from agent.providers.line_failure import LineFailure, unspoken, voiceless
from agent.speech.manner import manner
from agent.speech.speakable import Softened, pieces, plain, sentences, softened, speakable
from agent.speech.voice import SAMPLE_RATE, Manner
from agent.speech.voice_child import Voice, words_of
from personas.model import Persona

log = logging.getLogger(__name__)

LINE = 1_500
"""Characters of one line that are spoken: about two minutes; the rest is only captioned."""
_FRAME = 100  # milliseconds of the longest frame: short ones stop sooner at a barge-in
_READING = 0.05  # seconds of silence for each character that can only be read
_LEAST, _MOST = 0.4, 6.0  # seconds of such a silence


class EspeakTTS(tts.TTS[str]):
    """Speaks one persona's lines; a call has its own.

    ``key`` is where the persona's ``voice:`` describes this voice.
    """

    def __init__(self, persona: Persona, voice: Voice, key: str) -> None:
        super().__init__(
            capabilities=tts.TTSCapabilities(streaming=True, aligned_transcript=True),
            sample_rate=SAMPLE_RATE,
            num_channels=1,
        )
        self._persona = persona
        self._key = key
        self._intensity = persona.intensity
        self.voice = voice

    @property
    def model(self) -> str:
        """The voice, as espeak-ng names it."""
        return self.manner.voice

    @property
    def provider(self) -> str:
        """Who makes the sound."""
        return "espeak-ng"

    @property
    def manner(self) -> Manner:
        """How the next sentence is spoken."""
        return manner(self._persona, self._key, self._intensity)

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
    ) -> "EspeakStream":
        """A stream that takes text as it comes and speaks sentence by sentence."""
        return EspeakStream(tts=self, conn_options=conn_options)


class EspeakStream(tts.SynthesizeStream):
    """One line of the persona."""

    def __init__(self, *, tts: EspeakTTS, conn_options: APIConnectOptions) -> None:
        super().__init__(tts=tts, conn_options=conn_options)
        self._voice = tts.voice
        self._manner = tts.manner
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
        """Speak a piece: as it is; where that ends the voice's process, the rest of it in plain
        words; where that does, too, the rest is shown."""
        self._mark_started()
        caption = _Caption(text, self._spoken, emitter)
        before = self._spoken
        trouble = await self._attempt(softened(text), caption, emitter)
        if trouble is not None and not isinstance(trouble, Refused):
            log.warning("a line could not be spoken, and is tried in plain words: %s", trouble)
            trouble = await self._attempt(plain(text[caption.given :]), caption, emitter)
        if trouble is not None:
            self._tell(trouble)
        if trouble is not None or self._spoken == before:
            self._only_shown(caption, emitter)
        else:
            caption.finish()

    async def _attempt(
        self, said: Softened, caption: "_Caption", emitter: tts.AudioEmitter
    ) -> ChildTrouble | None:
        """Have it spoken; what went wrong."""
        began, offset = self._spoken, caption.given
        reply = None
        try:
            reply = self._voice.say(said.text, self._manner)
            async for frame in reply:
                for word in words_of(frame):
                    caption.reach(offset + said.origin(word.start), word.length, began + word.at)
                if frame.body:
                    emitter.push(frame.body)
                    self._spoken += len(frame.body) / 2 / SAMPLE_RATE
        except ChildTrouble as error:
            if isinstance(error, Lost):
                self._voice.broke_down(said.text)
            return error
        finally:
            if reply is not None:
                reply.cancel()
        return None

    def _only_shown(self, caption: "_Caption", emitter: tts.AudioEmitter) -> None:
        """The rest of it as a caption, with time to read it."""
        seconds = min(_MOST, max(_LEAST, caption.left * _READING))
        caption.finish()
        emitter.push(bytes(2 * round(seconds * SAMPLE_RATE)))
        self._spoken += seconds

    def _tell(self, trouble: ChildTrouble) -> None:
        """Tell the call of it, once for each line."""
        if self._failure is None:
            make = voiceless if isinstance(trouble, Refused) else unspoken
            self._failure = make(str(trouble))
            self._emit_error(_Unspoken(self._failure), recoverable=True)


class _Unspoken(APIError):
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

    def reach(self, start: int, length: int, at: float) -> None:
        """A word of the text begins at that second."""
        self._at = at
        if start >= self.given:
            self._give(_end_of_word(self._text, start + max(length, 1)))

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
