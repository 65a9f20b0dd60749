"""espeak-ng through ctypes: text in, 22,050 Hz int16 mono PCM out, piece by piece.

A text can end the process that it is spoken in, so this is for processes of their own: see
``espeak_process``. The library keeps one voice and one set of parameters for the whole process, so
everything goes through one lock that is held for one sentence.
"""

import ctypes
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import espeakng_loader

from agent.speech.speaking.speakable import Word

SAMPLE_RATE = 22_050

# Constants of espeak-ng's speak_lib.h.
_AUDIO_OUTPUT_SYNCHRONOUS = 2
_DONT_EXIT = 0x8000
_CHARS_UTF8 = 1
_PHONEMES_IPA = 0x02
_POS_CHARACTER = 1
_RATE, _VOLUME, _PITCH, _RANGE, _WORDGAP = 1, 2, 3, 4, 7
_EVENT_END = 0
_EVENT_WORD = 1

# Milliseconds of sound in one callback, made in about 2 ms: each one takes Python's lock, and with
# four calls waits for it, as does every line behind it.
_PIECE = 400


_NAME = 40  # characters in the name of a voice, which has a fixed buffer, too
_PATH = 159  # bytes of the path of the data: with more it finds no voice


class _EventId(ctypes.Union):
    _fields_ = (
        ("number", ctypes.c_int),
        ("name", ctypes.c_char_p),
        ("string", ctypes.c_char * 8),
    )


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


class VoiceError(RuntimeError):
    """espeak-ng cannot be loaded, or does not know a voice; words for a person."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a sentence is spoken.

    ``voice`` is an espeak-ng voice with an optional variant (``en-us+f3``); ``rate`` is in words
    per minute; ``pitch``, ``range`` and ``volume`` are 0-100; ``gap`` is a pause between words in
    units of 10 ms. ``instead`` are voices for when espeak-ng does not know that one.
    """

    voice: str = "en-us"
    rate: int = 165
    pitch: int = 50
    range: int = 50
    volume: int = 100
    gap: int = 0
    instead: tuple[str, ...] = ()


def enter_data_folder() -> None:
    """Make espeak-ng's folder this process's working directory.

    The library keeps the path of its data in 160 bytes and finds no voice when it is longer; a
    relative one is always short, and without letters that the system spells in another encoding.
    """
    os.chdir(Path(espeakng_loader.get_data_path()).parent)


class Espeak:
    """The process-wide synthesiser; build it once.

    The library has one callback and one voice for the whole process, so a second object takes them
    over when it speaks, instead of leaving the first one mute.
    """

    _lock: ClassVar[threading.Lock] = threading.Lock()
    _owner: ClassVar["Espeak | None"] = None

    def __init__(self) -> None:
        self._voice = ""
        self._sink: Callable[[bytes, list[Word]], bool] | None = None
        library = espeakng_loader.load_library()
        if library is None:
            raise VoiceError("espeak-ng could not be loaded: reinstall the package espeakng-loader")
        self._library = library
        library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        data = _data_path()
        self._callback = _Callback(self._on_sound)  # kept: C calls it for as long as we live
        with self._lock:
            if library.espeak_Initialize(_AUDIO_OUTPUT_SYNCHRONOUS, _PIECE, data, _DONT_EXIT) <= 0:
                raise VoiceError("espeak-ng did not find its data: reinstall espeakng-loader")
            Espeak._owner = None

    def say(self, text: str, manner: Manner, sink: Callable[[bytes, list[Word]], bool]) -> None:
        """Speak one sentence; blocks until it is synthesised.

        ``sink`` gets each piece of PCM with the words that begin in it, and returns False to stop.
        Raises VoiceError when the voice is unknown.
        """
        encoded = _encoded(text)
        with self._lock:
            self._prepare(manner)
            self._sink = sink
            try:
                self._library.espeak_Synth(
                    encoded, len(encoded) + 1, 0, _POS_CHARACTER, 0, _CHARS_UTF8, None, None
                )
            finally:
                self._sink = None

    def render(self, text: str, manner: Manner) -> bytes:
        """The whole sound of a text at once."""
        pieces: list[bytes] = []

        def keep(pcm: bytes, words: list[Word]) -> bool:
            pieces.append(pcm)
            return True

        self.say(text, manner, keep)
        return b"".join(pieces)

    def phonemes(self, text: str, voice: str = "en-us") -> str:
        """The text's pronunciation in IPA."""
        with self._lock:
            self._take_over()
            self._choose(voice)
            source = ctypes.c_char_p(_encoded(text))
            spoken = []
            while source.value:
                clause = self._library.espeak_TextToPhonemes(
                    ctypes.byref(source), _CHARS_UTF8, _PHONEMES_IPA
                )
                spoken.append((clause or b"").decode())
            return " ".join(spoken)

    def _take_over(self) -> None:
        if Espeak._owner is not self:
            self._library.espeak_SetSynthCallback(self._callback)
            self._voice = ""
            Espeak._owner = self

    def _prepare(self, manner: Manner) -> None:
        self._take_over()
        self._choose(manner.voice, *manner.instead)
        for parameter, value in (
            (_RATE, manner.rate),
            (_PITCH, manner.pitch),
            (_RANGE, manner.range),
            (_VOLUME, manner.volume),
            (_WORDGAP, manner.gap),
        ):
            self._library.espeak_SetParameter(parameter, value, 0)

    def _choose(self, *voices: str) -> None:
        """Speak with the first of these that is known."""
        for voice in voices:
            if voice == self._voice or (
                len(voice) <= _NAME and self._library.espeak_SetVoiceByName(_encoded(voice)) == 0
            ):
                self._voice = voice
                return
            self._voice = ""
        raise VoiceError(f"espeak-ng has no voice {voices[0]!r}")

    def _on_sound(self, samples: object, count: int, events: object) -> int:
        """Called by C for every piece; 1 stops the synthesis. An exception here would be lost."""
        if self._sink is None:
            return 1
        words = _words(events)
        pcm = ctypes.string_at(samples, count * 2) if samples and count > 0 else b""  # type: ignore[arg-type]
        if not pcm and not words:
            return 0
        return 0 if self._sink(pcm, words) else 1


def _data_path() -> bytes:
    """Where the data is, as short as it can be said."""
    whole = Path(espeakng_loader.get_data_path())
    if os.path.samefile(".", whole.parent):
        return b"."
    path = str(whole).encode()
    if len(path) > _PATH:
        raise VoiceError(f"the path of espeak-ng's data is too long: {whole}")
    return path


def _encoded(text: str) -> bytes:
    """For a C string: half characters and zeros are left out."""
    return text.encode("utf-8", "ignore").replace(b"\0", b" ")


def _words(events: object) -> list[Word]:
    words = []
    index = 0
    while (event := events[index]).type != _EVENT_END:  # type: ignore[index]
        if event.type == _EVENT_WORD:
            words.append(Word(event.text_position - 1, event.length, event.audio_position / 1000))
        index += 1
    return words
