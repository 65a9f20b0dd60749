"""Gives back what finished calls leave behind.

A call's room, tracks and session hold each other in cycles, and with them native memory and
threads. Python looks for cycles among old objects only once there are a quarter more of them, which
takes about 70 calls. And glibc keeps a heap for each thread that freed memory is scattered over.
"""

import ctypes
import gc
import logging
import sys
import threading
from functools import cache

log = logging.getLogger(__name__)

_ARENA_MAX = -8  # M_ARENA_MAX of glibc's malloc.h
_HEAPS = 2
AFTER_CALL = 2.0
"""Seconds after a call's end: by then its thread is gone."""
AFTER_PAGE = 20.0
"""Seconds after a page was closed: more may be closed meanwhile."""


def limit_heaps() -> None:
    """Let all threads share two heaps; to be called before there are threads. glibc only."""
    if (libc := _glibc()) is not None:
        libc.mallopt(_ARENA_MAX, _HEAPS)


def freeze() -> None:
    """Take everything that is there now as there to stay; later searches leave it out.

    After this, a search takes milliseconds and does not stop the sound of a call.
    """
    gc.collect()
    gc.freeze()


class MemoryTrimmer:
    """Tidies up some time after each call, or each page that was closed; thread-safe.

    With ``postpone`` a further one begins the ``pause`` (seconds) anew.
    """

    def __init__(self, pause: float = AFTER_CALL, *, postpone: bool = True) -> None:
        self._pause = pause
        self._postpone = postpone
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def soon(self) -> None:
        """A call is over, or a page was closed."""
        with self._lock:
            if self._timer is not None and self._timer.is_alive() and not self._postpone:
                return
            if self._timer is not None:
                self._timer.cancel()
            self._timer = threading.Timer(self._pause, trim)
            self._timer.name = "memory"
            self._timer.daemon = True
            self._timer.start()

    def close(self) -> None:
        """Nothing more is tidied up."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()


def trim() -> None:
    """Free unreachable objects, and give free memory back to the system."""
    found = gc.collect()
    if (libc := _glibc()) is not None:
        libc.malloc_trim(0)
    log.debug("%d unreachable objects freed", found)


@cache
def _glibc() -> ctypes.CDLL | None:
    """The C library where it is glibc."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "gnu_get_libc_version") else None
