"""hibari: English text in, 24,000 Hz int16 mono PCM out, and when each word begins in it.

A text can end the process that it is spoken in, as it can with any library in C, so this is for a
process of its own: see ``neural_process``.
"""

import json
import re
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import orjson

from agent.speech.speaking import acoustics
from agent.speech.speaking.delivery import Delivery
from agent.speech.speaking.speakable import Word
from agent.speech.speaking.speakers import BUNDLED


@contextmanager
def _without(package: str) -> Iterator[None]:
    """What is imported meanwhile takes that package for one that is not installed."""
    before = sys.modules.get(package)
    sys.modules[package] = None  # type: ignore[assignment]  # as the import system has it
    try:
        yield
    finally:
        del sys.modules[package]
        if before is not None:
            sys.modules[package] = before


# It takes scipy's Fourier transform where it can, for 17 MB and seconds of imports; numpy's is as
# good since it keeps 32 bits as well: a sentence takes a twelfth longer, and differs by a unit.
with _without("scipy"):
    from hibari import dsp, tts
    from hibari.g2p import G2P
    from hibari.g2p.normalize import normalize
    from hibari.voices import VOICES, voice_path

SAMPLE_RATE = 24_000
FRAME = dsp.HOP / dsp.SR
"""Seconds of a frame of the network."""
LONGEST = tts.MAX_PHONEMES
"""Phonemes that the network takes at once."""
_LOUDNESS = 0.11
"""Of full scale, root mean square, at a mood in the middle: about as loud as other voices."""
_GAINS = (0.5, 3.0)
"""From the least to the most that a sentence is made louder."""
_PAUSES = frozenset(",.;:!?—…")
_LONG_NUMBER = re.compile(r"\d{13,}")
"""Nobody says one as a number, and hibari has no words for it."""

# The graph as it comes tells no durations. Protobuf joins a message that is written twice, so an
# output appended to the file is one more of the graph's: the frame at which each phoneme ends.
_ENDS = b"/CumSum_output_0"
_OUTPUT = bytes((0x0A, len(_ENDS))) + _ENDS
_MORE = bytes((0x62, len(_OUTPUT))) + _OUTPUT
ENDS_TOLD = bytes((0x3A, len(_MORE))) + _MORE
"""``graph { output { name } }`` of ONNX's ModelProto, in protobuf's encoding."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A word or sign: its phonemes, and the characters of the text that it stands for."""

    phonemes: str
    start: int
    length: int


class Synthesiser:
    """Speaks as any of the speakers whose model is here; ``folder`` has those that were fetched.

    For one thread.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._models: dict[str, onnxruntime.InferenceSession] = {}
        self._phonemes: dict[bool, Any] = {}
        vocabulary = Path(tts.ASSETS) / "vocab.json"
        self._ids: dict[str, int] = json.loads(vocabulary.read_text(encoding="utf-8"))
        self._model(BUNDLED.name)
        self.phonemes(british=False)

    def say(self, text: str, how: Delivery) -> Iterator[tuple[bytes, list[Word]]]:
        """The sound of a sentence and its words, in several pieces where it is long.

        Nothing comes of a text without any English word.
        """
        model = self._model(how.speaker)
        british = bool(VOICES[how.speaker]["british"])
        at = 0.0
        for parts in self._chunks(text, british):
            sound, words = self._speak(model, parts, how)
            wanted = _LOUDNESS / max(acoustics.loudness(sound, dsp.HOP), 1e-3)
            gain = min(_GAINS[1], max(_GAINS[0], wanted))
            data = acoustics.pcm(sound, gain * 10 ** (how.level / 20))
            yield data, [Word(word.start, word.length, at + word.at) for word in words]
            at += len(data) / 2 / SAMPLE_RATE

    def _speak(
        self, model: onnxruntime.InferenceSession, parts: Sequence[_Part], how: Delivery
    ) -> tuple[acoustics.Floats, list[Word]]:
        ids, firsts, pauses = self._sequence(parts)
        speed = min(2.0, max(0.5, how.pace / how.size))
        given = model.run(
            None,
            {"ids": np.asarray([ids], np.int64), "speed": np.asarray([speed], np.float32)},
        )
        lh, theta, ln, lr, phi, f0 = (each[0] for each in given[:-1])
        ends = given[-1].ravel()
        begins = np.concatenate([[0], ends * (f0.size // ends[-1])])  # durations are coarser
        bright = acoustics.brightness(lh.shape[0], SAMPLE_RATE, how.effort)
        melody = acoustics.melody(f0, how.tone, how.spread)
        noise = np.random.default_rng(0)
        whole = dsp.synth(lh + bright, theta, ln + bright, lr + bright, phi, melody, noise)
        # The silence of a sign begins in the sound before it, and may end in the space behind.
        spans = [(int(begins[max(0, at - 1)]), int(begins[at + 1])) for at in pauses]
        kept = acoustics.paused(acoustics.quiet(whole, dsp.HOP), spans, how.pause)
        sound = whole.reshape(-1, dsp.HOP)[kept].ravel()
        at = np.searchsorted(kept, begins[firsts]) * FRAME / how.size
        words = [
            Word(part.start, part.length, round(float(seconds), 3))
            for part, seconds in zip(parts, at, strict=True)
            if part.length
        ]
        return acoustics.resized(sound, how.size), words

    def _sequence(self, parts: Sequence[_Part]) -> tuple[list[int], list[int], list[int]]:
        """The network's input, where each part begins in it, and where pauses are."""
        ids = [0]
        firsts, pauses = [], []
        for part in parts:
            firsts.append(len(ids))
            for phoneme in part.phonemes:
                if phoneme in self._ids:
                    if phoneme in _PAUSES:
                        pauses.append(len(ids))
                    ids.append(self._ids[phoneme])
        return [*ids, 0], firsts, pauses

    def _chunks(self, text: str, british: bool) -> Iterator[list[_Part]]:
        chunk: list[_Part] = []
        size = 0
        for part in self._parts(text, british):
            if size + len(part.phonemes) > LONGEST and any(each.length for each in chunk):
                yield chunk
                chunk, size = [], 0
            chunk.append(part)
            size += len(part.phonemes)
        if any(part.length for part in chunk):
            yield chunk

    def _parts(self, text: str, british: bool) -> Iterator[_Part]:
        plain = normalize(_LONG_NUMBER.sub(lambda found: " ".join(found[0]), text))
        origin = _Origin(text, plain)
        g2p = self.phonemes(british)
        at = 0
        for token in g2p.phonemize_tokens(g2p.tokenize(plain)):
            found = plain.find(token.text, at)
            begin = found if found >= 0 else at
            at = begin + len(token.text)
            phonemes = (token.phonemes or "") + (" " if token.whitespace else "")
            start, end = origin.of(begin), origin.of(at)
            word = any(c.isalnum() for c in token.text) and token.phonemes
            for cut in range(0, max(1, len(phonemes)), LONGEST):
                length = max(1, end - start) if word and not cut else 0
                yield _Part(phonemes[cut : cut + LONGEST], start, length)

    def _model(self, speaker: str) -> onnxruntime.InferenceSession:
        if speaker not in self._models:
            voice = VOICES[speaker]
            bundled = voice.get("bundled") or self._folder is None
            path = Path(voice_path(speaker)) if bundled else self._folder / voice["file"]
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            options.add_session_config_entry("session.intra_op.allow_spinning", "0")
            # The arena would keep what the longest sentence took: 60 MB.
            options.enable_cpu_mem_arena = options.enable_mem_pattern = False
            options.log_severity_level = 3
            self._models[speaker] = onnxruntime.InferenceSession(
                path.read_bytes() + ENDS_TOLD, options, providers=["CPUExecutionProvider"]
            )
        return self._models[speaker]

    def phonemes(self, british: bool) -> Any:
        """What makes phonemes of a text."""
        if british not in self._phonemes:
            self._phonemes[british] = _lean(G2P(british=british))
        return self._phonemes[british]


class WordTable:
    """What a dict with keys of text and values of JSON holds, for reading, in a seventh of its
    memory: lines in their order, found by bisection in 5 µs."""

    def __init__(self, entries: Mapping[str, Any]) -> None:
        lines = sorted(key.encode() + b"\t" + orjson.dumps(entries[key]) for key in entries)
        self._lines = b"".join(lines)
        self._starts = array("I", accumulate(map(len, lines), initial=0))

    def get(self, key: str, default: Any = None) -> Any:
        """The value of that key."""
        wanted = key.encode() + b"\t"
        at = bisect_left(range(len(self._starts) - 1), wanted, key=self._line)
        line = self._line(at) if at < len(self._starts) - 1 else b""
        return orjson.loads(line[len(wanted) :]) if line.startswith(wanted) else default

    def _line(self, number: int) -> bytes:
        return self._lines[self._starts[number] : self._starts[number + 1]]


def _lean(g2p: Any) -> Any:
    """It without the dicts of its 180,000 words and 80,000 weights: 60 MB less."""
    for words in (g2p.lexicon.golds, g2p.lexicon.silvers):
        words.d = WordTable(words.d)
    g2p.tagger.weights = WordTable(g2p.tagger.weights)
    return g2p


class _Origin:
    """Where a place of a text stood before its numbers and abbreviations were written out."""

    def __init__(self, text: str, plain: str) -> None:
        self._same = text == plain
        matcher = SequenceMatcher(None, plain, text, autojunk=False)
        self._blocks = [] if self._same else matcher.get_opcodes()

    def of(self, place: int) -> int:
        """That place in the text, or the nearest one that can be told."""
        if self._same:
            return place
        for tag, begin, end, other, other_end in self._blocks:
            if place <= end:
                if tag == "equal":
                    return other + place - begin
                share = (place - begin) / max(1, end - begin)
                return other + round(share * (other_end - other))
        return self._blocks[-1][4] if self._blocks else 0
