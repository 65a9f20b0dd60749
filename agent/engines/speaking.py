"""The persona's voice with no key: espeak-ng as a streaming livekit TTS."""

import asyncio
import re
import threading
from functools import cache

from livekit.agents import APIConnectOptions, tts, utils
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, TimedString

from agent.engines.manner import manner
from agent.engines.voice import SAMPLE_RATE, Espeak, Manner, VoiceError, Word
from personas.model import Persona

_FRAME = 100  # milliseconds of the longest frame: short ones stop sooner at a barge-in
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'\u201d\u2019)]*\s+|\n+")
_DASHES = re.compile(r"\s*[\u2013\u2014]\s*|\s-+\s")
_STRAY = re.compile(r" ([,.;:!?])")
_MARKS = re.compile(r"[*_#`~|<>\[\]{}\"“”]+")


@cache
def espeak() -> Espeak:
    """The process's one synthesiser: the library itself keeps its state per process."""
    return Espeak()


class EspeakTTS(tts.TTS[str]):
    """Speaks one persona's lines; a call has its own."""

    def __init__(self, persona: Persona) -> None:
        super().__init__(
            capabilities=tts.TTSCapabilities(streaming=True, aligned_transcript=True),
            sample_rate=SAMPLE_RATE,
            num_channels=1,
        )
        self._persona = persona
        self._intensity = persona.intensity
        self.espeak = espeak()

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
        return manner(self._persona, self._intensity)

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
        self._espeak = tts.espeak
        self._manner = tts.manner
        self._spoken = 0.0  # seconds of sound so far

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
                *sentences, pending = _split(pending + token)
                for sentence in sentences:
                    await self._speak(sentence, output_emitter)
            else:
                await self._speak(pending, output_emitter)
                pending = ""
        await self._speak(pending, output_emitter)
        output_emitter.end_segment()

    async def _speak(self, sentence: str, emitter: tts.AudioEmitter) -> None:
        text = speakable(sentence)
        if not text:
            return
        self._mark_started()
        loop = asyncio.get_running_loop()
        stop = threading.Event()
        caption = _Caption(text, self._spoken, emitter)

        def take(pcm: bytes, words: list[Word]) -> bool:
            if not stop.is_set():
                loop.call_soon_threadsafe(self._emit, emitter, pcm, words, caption)
            return not stop.is_set()

        try:
            await loop.run_in_executor(
                self._espeak.executor, self._espeak.say, text, self._manner, take
            )
        except VoiceError:
            # A voice that espeak-ng does not know must not make the persona mute.
            plain = Manner(rate=self._manner.rate, pitch=self._manner.pitch)
            await loop.run_in_executor(self._espeak.executor, self._espeak.say, text, plain, take)
        else:
            loop.call_soon(caption.finish)
        finally:
            stop.set()

    def _emit(
        self, emitter: tts.AudioEmitter, pcm: bytes, words: list[Word], caption: "_Caption"
    ) -> None:
        for word in words:
            caption.reach(word)
        if pcm:
            emitter.push(pcm)
            self._spoken += len(pcm) / 2 / SAMPLE_RATE


class _Caption:
    """Hands out a sentence's text, every letter once, as its words begin to sound.

    The synthesiser tells several words for one number, and none for signs.
    """

    def __init__(self, text: str, began: float, emitter: tts.AudioEmitter) -> None:
        self._text = text
        self._began = began
        self._at = began
        self._emitter = emitter
        self._given = 0

    def reach(self, word: Word) -> None:
        """That word begins."""
        self._at = self._began + word.at
        if word.start >= self._given:
            self._give(_end_of_word(self._text, word.start + max(word.length, 1)))

    def finish(self) -> None:
        """The sentence has been made."""
        self._give(len(self._text))
        self._emitter.push_timed_transcript(TimedString(" ", start_time=self._at))

    def _give(self, end: int) -> None:
        if piece := self._text[self._given : end]:
            self._given = end
            self._emitter.push_timed_transcript(TimedString(piece, start_time=self._at))


def _end_of_word(text: str, end: int) -> int:
    """``end``, moved to the end of the word and over its signs; Thai has no spaces to look for."""
    rest = text[end:]
    return end + next(
        (i for i, c in enumerate(rest) if c.isspace() or (c.isalnum() and not c.isascii())),
        len(rest),
    )


def speakable(text: str) -> str:
    """The text without what espeak-ng would read out as a sign."""
    text = _DASHES.sub(", ", _MARKS.sub(" ", text))
    text = _STRAY.sub(r"\1", " ".join(text.split()))
    return text if any(c.isalnum() for c in text) else ""


def _split(text: str) -> list[str]:
    """Whole sentences, and what may still grow as the last item."""
    parts = _SENTENCE_END.split(text)
    return parts or [""]
