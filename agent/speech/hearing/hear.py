"""The ``hear`` command: what the recogniser hears in sound files, each as one utterance."""

import argparse
import wave
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from livekit import rtc
from livekit.local_inference import VAD

from agent.platform.process.requests import ChildTrouble
from agent.speech.hearing.hearing import Hearing
from agent.speech.hearing.plausible import as_told
from agent.speech.hearing.recogniser import Recogniser
from agent.speech.hearing.utterance import LONGEST, Utterance
from agent.speech.segments import RATE, WINDOW
from data.common.output import print_json, take_all_letters

_QUIET = [bytes(2 * WINDOW)] * 7
"""0.2 s of silence before a file, as there is before what is said in a call: from sound that begins
with speech the model makes further words (word error 0.035 instead of 0.014 in 60 clips)."""
_BLOCK = 1 << 16
"""Frames that are read at once: a long file is never in memory as a whole."""
_RATES = range(4_000, 384_001)


class BadSound(Exception):
    """A file that cannot be heard; the text is for a person."""


def main(arguments: Sequence[str], hearing: Hearing, out: TextIO, errors: TextIO) -> int:
    """Run the command; returns the exit code, 1 when a file could not be heard."""
    parser = argparse.ArgumentParser(
        prog="app.py hear",
        description="Print what the offline recogniser hears in WAV files, each as one utterance.",
    )
    parser.add_argument("files", metavar="FILE", nargs="+", help="a WAV file of 16 bits")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    take_all_letters(out)
    take_all_letters(errors)
    try:
        recogniser = hearing.take()
    except ChildTrouble as error:
        print(f"app.py hear: {error}", file=errors)
        return 1
    found = []
    for name in options.files:
        one = _heard(recogniser, name)
        found.append(one)
        if "error" in one:
            print(f"{name}: error: {one['error']}", file=errors)
        elif not options.json:
            print(f"{name}: {one['text']}" if len(options.files) > 1 else one["text"], file=out)
    if options.json:
        print_json({"files": found}, out)
    return 1 if any("error" in one for one in found) else 0


def _heard(recogniser: Recogniser, name: str) -> dict[str, Any]:
    """What is in a file, its seconds, and what is wrong with it, if anything."""
    try:
        text, seconds = hear(recogniser, Path(name))
    except (BadSound, ChildTrouble) as error:
        return {"file": name, "text": "", "seconds": 0.0, "error": str(error)}
    return {"file": name, "text": text, "seconds": round(seconds, 3)}


def hear(recogniser: Recogniser, file: Path) -> tuple[str, float]:
    """The words in a WAV file, and its seconds; raises BadSound and ChildTrouble.

    As in a call: only where somebody speaks, and what is longer than 15 s in parts.
    """
    vad, sound, parts, windows = VAD(), Utterance(), [], 0
    for window in chain(_QUIET, _windows(file)):
        windows += 1
        sound.add(window, float(vad.predict(np.frombuffer(window, dtype=np.int16))))
        sound.skip_silence()
        if sound.seconds > LONGEST:
            parts.append(_words(recogniser, sound.cut(), goes_on=True))
    parts.append(_words(recogniser, sound))
    return " ".join(filter(None, parts)), (windows - len(_QUIET)) * WINDOW / RATE


def _words(recogniser: Recogniser, sound: Utterance, *, goes_on: bool = False) -> str:
    if not (pcm := sound.pcm):
        return ""
    return as_told(recogniser.hear(pcm), sound.evidence(), goes_on=goes_on)


def _windows(file: Path) -> Iterator[bytes]:
    """The sound in pieces of 512 samples, int16 mono at 16 kHz; the last one is filled up."""
    size, rest = 2 * WINDOW, bytearray()
    for piece in _resampled(file):
        rest += piece
        whole = len(rest) // size * size
        for at in range(0, whole, size):
            yield bytes(rest[at : at + size])
        del rest[:whole]
    if rest:
        yield bytes(rest) + bytes(size - len(rest))


def _resampled(file: Path) -> Iterator[bytes]:
    try:
        with file.open("rb") as source, wave.open(source) as sound:
            rate = sound.getframerate()
            if sound.getsampwidth() != 2:
                bits = 8 * sound.getsampwidth()
                raise BadSound(f"it has {bits} bits a sample; save it as WAV with 16 bits")
            if rate not in _RATES:
                raise BadSound(f"it has {rate} samples a second, which is no rate of speech")
            resampler = rtc.AudioResampler(rate, RATE) if rate != RATE else None
            while block := sound.readframes(_BLOCK):
                mono = _mixed(block, sound.getnchannels())
                if resampler is None:
                    yield mono
                    continue
                for frame in resampler.push(bytearray(mono)):
                    yield bytes(frame.data)
            for frame in resampler.flush() if resampler is not None else ():
                yield bytes(frame.data)
    except OSError as error:
        raise BadSound(error.strerror or str(error)) from None
    except (wave.Error, EOFError) as error:
        why = f" ({error})" if str(error) else ""
        raise BadSound(f"it is no WAV file of 16 bits{why}") from None


def _mixed(block: bytes, channels: int) -> bytes:
    """All channels as one; half a frame at the end of a file that was cut off is left out."""
    whole = len(block) // (2 * channels) * 2 * channels
    samples = np.frombuffer(block[:whole], dtype="<i2").reshape(-1, channels)
    return samples.mean(axis=1).astype("<i2").tobytes() if channels > 1 else samples.tobytes()
