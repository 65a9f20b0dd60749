"""What LiveKit's native library tells, and who is told: not those whose call is over.

A call's loop closes with it, and a stream whose task was cancelled before its end stays subscribed
until it is collected. LiveKit's queue logs an error for each event that such a one misses, some
forty a second, and holds its own lock meanwhile. A thread that logs and collects a stream on the
way then waits for that lock while the library waits for the log's: the whole process stands.
"""

from contextlib import suppress
from typing import Any

from livekit.rtc import _ffi_client as ffi


def _put(queue: Any, item: Any) -> None:
    """As theirs (livekit 1.1.21), but whose loop is closed is forgotten, without a word."""
    with queue._lock:
        closed = []
        # A copy: what is collected on the way takes itself off the list.
        for subscriber in list(queue._subscribers):
            inbox, loop, wanted = subscriber
            with suppress(Exception):  # theirs, too: a filter that fails lets the event pass
                if wanted is not None and not wanted(item):
                    continue
            try:
                loop.call_soon_threadsafe(inbox.put_nowait, item)
            except RuntimeError:
                closed.append(subscriber)
        for subscriber in closed:
            if subscriber in queue._subscribers:
                queue._subscribers.remove(subscriber)


def forget_closed_loops() -> None:
    """From now on in this process, for every queue of LiveKit's."""
    ffi.FfiQueue.put = _put  # type: ignore[method-assign,assignment]
