"""Messages between the app and the recogniser's process: a header, then the content."""

import struct
from dataclasses import dataclass
from typing import IO, Literal

Kind = Literal[
    "open", "words", "begin", "audio", "end", "close", "ready", "interim", "final", "failed"
]
_KINDS: tuple[Kind, ...] = (
    *("open", "words", "begin", "audio", "end", "close"),
    *("ready", "interim", "final", "failed"),
)
_HEADER = struct.Struct("<BIII")


@dataclass(frozen=True, slots=True)
class Message:
    """``stream`` is a call's, ``utterance`` counts in it; audio is 16 kHz int16 mono PCM, the
    rest of the content JSON."""

    kind: Kind
    stream: int = 0
    utterance: int = 0
    content: bytes = b""

    def pack(self) -> bytes:
        """The message as bytes."""
        kind = _KINDS.index(self.kind)
        return _HEADER.pack(kind, self.stream, self.utterance, len(self.content)) + self.content


def read(source: IO[bytes]) -> Message | None:
    """The next message; None at the end of the pipe, also in the middle of a message."""
    header = source.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    kind, stream, utterance, length = _HEADER.unpack(header)
    content = source.read(length)
    return None if len(content) < length else Message(_KINDS[kind], stream, utterance, content)
