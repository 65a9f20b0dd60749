"""Messages between the app and a supervised child: a header, a small JSON object, then bytes."""

import json
import struct
from dataclasses import dataclass, field
from enum import IntEnum
from typing import IO, Any

_HEADER = struct.Struct("<2sBIII")
_MARK = b"RF"
HEAD_LIMIT = 1 << 20
BODY_LIMIT = 8 << 20
"""Bytes; more than that is no message of ours."""


class Kind(IntEnum):
    """What a message is. The app sends the first three, the child all others but ``LOST``, which
    the app's side tells of a request that ended with its child."""

    ASK = 1
    MORE = 2
    CANCEL = 3
    READY = 10
    BEGAN = 11
    PIECE = 12
    DONE = 13
    FAILED = 14
    LOST = 20


class Garbage(ValueError):
    """What came over the pipe is no message."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message; ``request`` is the number of the request that it belongs to, 0 for none."""

    kind: Kind
    request: int = 0
    head: dict[str, Any] = field(default_factory=dict)
    body: bytes = b""

    def pack(self) -> bytes:
        """The message as bytes; ValueError when it is too long for one."""
        head = json.dumps(self.head, separators=(",", ":")).encode() if self.head else b""
        if len(head) > HEAD_LIMIT or len(self.body) > BODY_LIMIT:
            raise ValueError(f"a message of {len(head)} and {len(self.body)} bytes is too long")
        fixed = _HEADER.pack(_MARK, self.kind, self.request, len(head), len(self.body))
        return b"".join((fixed, head, self.body))


def read(source: IO[bytes]) -> Frame | None:
    """The next message; None at the end of the pipe, also in the middle of a message.

    Raises Garbage for what is none.
    """
    fixed = source.read(_HEADER.size)
    if len(fixed) < _HEADER.size:
        return None
    mark, kind, request, head_size, body_size = _HEADER.unpack(fixed)
    if mark != _MARK or head_size > HEAD_LIMIT or body_size > BODY_LIMIT:
        raise Garbage("it wrote something that is no message")
    head, body = source.read(head_size), source.read(body_size)
    if len(head) < head_size or len(body) < body_size:
        return None
    try:
        values = json.loads(head) if head else {}
        if not isinstance(values, dict):
            raise ValueError("not an object")
        return Frame(Kind(kind), request, values, body)
    except (ValueError, RecursionError) as error:
        raise Garbage(f"it wrote a message that cannot be read: {error}") from error
