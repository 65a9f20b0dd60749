"""Recordings as the job of a call makes them: tones at moments that are known."""

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from agent.worker.recording.ogg import OggEncoder
from agent.worker.recording.timeline import RATE, Sound
from data.calls import Archive
from data.records import CallEnd, CallStart, Recording, Turn
from data.store import Store
from tests.support.places import ROOT

PITCHES = (440, 880)
"""Of the trainee and of the customer."""


def voices(seconds: float, *heard: tuple[int, float, float]) -> Sound:
    """Sound of that length in which a side (0 the trainee, 1 the customer) is heard from one second
    to another."""
    sound = np.zeros((round(seconds * RATE), 2), dtype=np.int16)
    for side, begin, end in heard:
        at = np.arange(round(begin * RATE), min(round(end * RATE), len(sound)))
        sound[at, side] = 8000 * np.sin(2 * np.pi * PITCHES[side] * at / RATE)
    return sound


def stream(sound: Sound) -> bytes:
    """The recording of that sound."""
    return b"".join(_pieces(sound))


def _pieces(sound: Sound) -> Iterator[bytes]:
    encoder = OggEncoder()
    for begin in range(0, len(sound), RATE // 2):
        yield encoder.encode(sound[begin : begin + RATE // 2])
    yield encoder.finish()


def onsets(sound: Sound, quiet: float = 0.3, loud: float = 0.02) -> list[list[float]]:
    """The seconds at which each side, as shape (samples, 2) at ``RATE``, begins to be heard after
    ``quiet`` seconds of silence at least; louder than ``loud`` of the full scale."""
    step = RATE // 200
    whole = sound[: len(sound) // step * step].astype(np.float64) / 32_768
    levels = np.abs(whole).reshape(-1, step, 2).max(axis=1) > loud
    return [_begins(side, quiet * RATE / step, step / RATE) for side in levels.T]


def _begins(heard: Sequence[bool], quiet: float, step: float) -> list[float]:
    found, last = [], -quiet
    for place, loud in enumerate(heard):
        if loud:
            if place - last >= quiet:
                found.append(place * step)
            last = place
    return found


def keep(folder: Path, call: str, sound: Sound) -> Path:
    """Lay a recording of that sound beside the call's journal in that data folder."""
    path = folder / "calls" / f"{call}.ogg"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(stream(sound))
    return path


def call_in(data: Path, call: str, turns: Sequence[Turn], seconds: float) -> None:
    """Lay a call of the demo trainee with Walter Hughes into the data folder of an app that may be
    running, and its recording, in which each turn sounds from its begin to its end."""
    now = time.time() - seconds
    start = CallStart(
        call, "trainee", "walter-hughes", "Walter Hughes", "Internet outage", "v1", "offline",
        "en-US", now,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        archive = Archive(Path(folder), store, lambda record: {})
        record = archive.open(start, (ROOT / "personas/walter-hughes.md").read_text("utf-8"))
        for turn in turns:
            record.turn(turn)
        record.recording(Recording("on", "", 0.5))
        record.recording(Recording("ended", "", seconds))
        record.close(CallEnd(now + seconds, "ended", at=seconds))
        store.close()
        heard = [
            (int(turn.speaker == "persona"), turn.begin, turn.end or turn.begin) for turn in turns
        ]
        path = keep(data, call, voices(seconds, *heard))
        shutil.move(Path(folder) / "calls" / f"{call}.jsonl", path.with_suffix(".jsonl"))
