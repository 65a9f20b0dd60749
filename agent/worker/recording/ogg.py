"""Sound as an Ogg/Opus stream that can be played up to wherever it breaks off."""

from fractions import Fraction

import av
import numpy as np

from agent.worker.recording.timeline import RATE, Sound

BIT_RATE = 32_000
"""Bits a second for both sides: a call of 20 minutes has 4.8 MB at most."""
PAGE = 0.5
"""Seconds of sound in a page: what is kept for certain is whole pages."""


class _Sink:
    """What the muxer has written and nobody taken yet."""

    name = "recording.ogg"

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken, self._pieces = b"".join(self._pieces), []
        return taken


class OggEncoder:
    """Encodes stereo sound at ``RATE``, piece by piece; raises ``av.FFmpegError`` where the codec
    is not there or refuses something."""

    def __init__(self) -> None:
        self._sink = _Sink()
        options = {"page_duration": str(round(PAGE * 1e6))}
        self._container = av.open(
            self._sink, "w", format="ogg", container_options=options, buffer_size=4096
        )
        # Of frames, the longest have the least overhead; the effort is half of what there is.
        effort = {"frame_duration": "60", "compression_level": "5"}
        self._stream = self._container.add_stream("libopus", rate=RATE, options=effort)
        self._stream.layout = "stereo"
        self._stream.format = "s16"
        self._stream.bit_rate = BIT_RATE
        self._encoded = 0

    def encode(self, sound: Sound) -> bytes:
        """The stream's next bytes, whole pages, with this sound, shape (samples, 2); b"" while no
        page is full."""
        if sound.size:
            packed = np.ascontiguousarray(sound).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(packed, format="s16", layout="stereo")
            frame.sample_rate, frame.pts = RATE, self._encoded
            frame.time_base = Fraction(1, RATE)
            self._encoded += sound.shape[0]
            self._container.mux(self._stream.encode(frame))
        return self._sink.take()

    def finish(self) -> bytes:
        """The stream's last bytes."""
        self._container.mux(self._stream.encode(None))
        self._container.close()
        return self._sink.take()
