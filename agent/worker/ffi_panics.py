"""Rooms whose joining was given up, which LiveKit's native library answers with a panic.

``Room.connect`` tells the library as its last step that the room's events may come. When it is
cancelled before (a call that ends as it begins, a LiveKit server that dies as a room is joined),
the library waits 15 s for that word, closes the room in order, and then reports a panic; its Python
part ends the whole process on every panic (livekit/python-sdks, issue 784). That room is all that
was lost, and other people's calls go on in the same process, so this one report is only logged.
Any other panic keeps its meaning: what state the library is in then, nobody knows.
"""

import ctypes
import logging
from typing import Any

from livekit.rtc import _ffi_client as ffi
from livekit.rtc._proto.ffi_pb2 import FfiEvent

log = logging.getLogger(__name__)

GIVEN_UP = b"timed out waiting for ReadyForRoomEventRequest"
"""How the library words it (livekit-ffi of livekit 1.1.21)."""

_theirs = ffi.ffi_event_callback


def _on_event(data: Any, size: int) -> None:
    """Every event of the library, called on its threads; ``size`` bytes at ``data``."""
    # Thousands come a second, so only what may be meant is parsed here.
    raw = ctypes.string_at(data, size)
    if GIVEN_UP in raw:
        event = FfiEvent.FromString(raw)
        if event.WhichOneof("message") == "panic":
            log.warning("a room was closed again, whose joining had been given up")
            return
    _theirs(data, size)


_callback = ctypes.CFUNCTYPE(None, ctypes.POINTER(ctypes.c_uint8), ctypes.c_size_t)(_on_event)


def outlive_abandoned_joins() -> None:
    """From the first room of this process on; the library is told where to report as that is made,
    so later calls change nothing."""
    ffi.ffi_event_callback = _callback
