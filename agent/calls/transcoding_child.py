"""The process that reads recordings: what a browser is shown of one, and the files made of it.

PyAV reads a file that may be damaged in any way, by libraries in C; a process of its own may die
of that without a call. ``python -m agent.calls.transcoding_child``; ends by itself with the app.
"""

import json
import wave
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from agent.platform.process.frames import Frame, Kind
from agent.platform.process.serving import Served, connect

RATE = 24_000
"""Samples a second of what is made: the recording's own, see ``agent/worker/recording``."""
AAC_RATE = 48_000
"""Bits a second of both sides together, which AAC needs for speech at this rate."""
LONGEST = 4 * 3600
"""Seconds; twice the longest call. A damaged page may claim any moment."""
GAP = 0.02
"""Seconds that may be missing between two frames before silence is put there."""
STEP = 0.05
"""Seconds of a peak at least."""
MOST_PEAKS = 2400
"""Peaks of each side: two for each pixel of a wide page."""
TOLD = 30
"""Seconds of sound after which it is told that the work goes on."""
AT_ONCE = 2
"""Requests: a page's waves need not wait for a file that somebody else has asked for."""

Sound = NDArray[np.int16]
"""Shape (samples, 2) at ``RATE``, left the trainee, right the customer."""


class Damaged(Exception):
    """There is no sound in it that could be read."""


def sounds(path: str) -> Iterator[Sound]:
    """The sound of that recording from its first sample on, piece by piece, silence where a piece
    of it cannot be read; raises ``Damaged``, ``OSError``."""
    resampler = av.AudioResampler(format="s16", layout="stereo", rate=RATE)
    done = 0
    for at, frame in _frames(path):
        begin = round(at * RATE)
        if begin - done > GAP * RATE:
            yield np.zeros((begin - done, 2), dtype=np.int16)
            done = begin
        frame.pts = None
        for made in resampler.resample(frame):
            piece = _samples(made)
            done += len(piece)
            yield piece
    if not done:
        raise Damaged
    for made in resampler.resample(None):
        yield _samples(made)


def _samples(frame: av.AudioFrame) -> Sound:
    return frame.to_ndarray().astype(np.int16, copy=False).reshape(-1, 2)


def _frames(path: str) -> Iterator[tuple[float, av.AudioFrame]]:
    """Each frame that can be read, with the seconds at which it begins."""
    try:
        with av.open(path, "r") as container:
            if not container.streams.audio:
                raise Damaged
            for packet in container.demux(container.streams.audio[0]):
                try:
                    frames = packet.decode()
                except av.InvalidDataError:
                    continue
                for frame in frames:
                    at = frame.time
                    if isinstance(frame, av.AudioFrame) and at is not None and at < LONGEST:
                        yield max(0.0, at), frame
    except (av.InvalidDataError, av.EOFError, EOFError) as error:
        raise Damaged from error


def make_peaks(source: str, target: str, going_on: Callable[[float], None]) -> None:
    """Write how loud each side was as JSON: ``seconds`` of the whole, and ``voices``, of which each
    is up to ``MOST_PEAKS`` numbers from 0 to 100."""
    size = round(STEP * RATE)
    rest, steps, done = np.zeros((0, 2), dtype=np.int16), [], 0
    for piece in sounds(source):
        done += len(piece)
        rest = np.concatenate([rest, piece])
        whole = len(rest) // size * size
        if whole:
            steps.append(_loudest(rest[:whole], size))
            rest = rest[whole:]
        going_on(done / RATE)
    if len(rest):
        steps.append(_loudest(rest, len(rest)))
    peaks = np.concatenate(steps)
    many = -(-len(peaks) // MOST_PEAKS)
    padded = np.concatenate([peaks, np.zeros((-len(peaks) % many, 2))])
    peaks = padded.reshape(-1, many, 2).max(axis=1)
    voices = [[round(float(peak) / 327.68) for peak in side] for side in peaks.T]
    value = {"seconds": round(done / RATE, 3), "voices": voices}
    Path(target).write_text(json.dumps(value, separators=(",", ":")), encoding="utf-8")


def _loudest(sound: Sound, size: int) -> NDArray[np.float64]:
    """Shape (len(sound) // size, 2)."""
    loudness: NDArray[np.float64] = np.abs(sound.astype(np.float64))
    return np.max(loudness.reshape(-1, size, 2), axis=1)  # type: ignore[no-any-return]


def make_wav(source: str, target: str, going_on: Callable[[float], None]) -> None:
    """Write it as 16-bit PCM, stereo."""
    done = 0
    with wave.open(target, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for piece in sounds(source):
            file.writeframesraw(piece.tobytes())
            done += len(piece)
            going_on(done / RATE)


def make_m4a(source: str, target: str, going_on: Callable[[float], None]) -> None:
    """Write it as AAC, for browsers that play no Ogg, its index in front."""
    done = 0
    with av.open(target, "w", format="ipod", options={"movflags": "faststart"}) as file:
        stream = file.add_stream("aac", rate=RATE, layout="stereo", bit_rate=AAC_RATE)
        for piece in sounds(source):
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(piece).reshape(1, -1), format="s16", layout="stereo"
            )
            frame.sample_rate, frame.pts = RATE, done
            file.mux(stream.encode(frame))
            done += len(piece)
            going_on(done / RATE)
        file.mux(stream.encode(None))


MAKERS = {"peaks": make_peaks, "wav": make_wav, "m4a": make_m4a}


class _Cancelled(Exception):
    """Nobody waits for it any more."""


def answer(served: Served, frame: Frame) -> None:
    """Make what one request asks for; how far it is in seconds is told on the way."""
    told = 0.0

    def going_on(seconds: float) -> None:
        nonlocal told
        if served.cancelled(frame.request):
            raise _Cancelled
        if seconds - told >= TOLD:
            told = seconds
            served.tell(Kind.PIECE, frame.request, {"seconds": seconds})

    try:
        make = MAKERS[str(frame.head["make"])]
        make(str(frame.head["source"]), str(frame.head["target"]), going_on)
    except _Cancelled:
        pass
    except Damaged:
        served.tell(Kind.FAILED, frame.request, {"error": "damaged"})
    except Exception as error:
        served.tell(Kind.FAILED, frame.request, {"error": str(error) or type(error).__name__})
    else:
        served.tell(Kind.DONE, frame.request)


def main() -> None:
    """Serve until the app is gone."""
    served = connect()
    av.logging.set_level(av.logging.PANIC)
    with ThreadPoolExecutor(AT_ONCE) as workers:
        for frame in served.frames():
            if frame.kind is Kind.ASK:
                workers.submit(answer, served, frame)


if __name__ == "__main__":
    main()
