"""Gives back what finished calls leave behind.

A call's room, tracks and session hold each other in cycles, and with them native memory and
threads. Python looks for cycles among old objects only once there are a quarter more of them, which
takes about 70 calls. And glibc keeps a heap for each thread that freed memory is scattered over.
What stays lean from the start is here as well.
"""

import ctypes
import gc
import logging
import os
import re
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

log = logging.getLogger(__name__)

_ARENA_MAX = -8  # M_ARENA_MAX of glibc's malloc.h, like the next two
_MMAP_THRESHOLD = -3
_TRIM_THRESHOLD = -1
_HEAPS = 2
_BLOCK, _SPARE = 4 << 20, 32 << 20
_MADV_DONTNEED = 4  # of Linux's mman.h
_LARGE = 1 << 20
"""Bytes of a file's part that is worth it."""
_MAPPING = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \d+ +(.*)")
_STAYS = re.compile(r"\.so[.\d]*$|\.ort$")
"""Libraries and models, which are never unmapped: another thread could have something else in the
place of a file that is."""
AFTER_CALL = 2.0
"""Seconds after a call's end: by then its thread is gone."""
AFTER_PAGE = 20.0
"""Seconds after a page was closed: more may be closed meanwhile."""


def limit_heaps() -> None:
    """Let all threads share two heaps; to be called before there are threads. glibc only."""
    if (libc := _glibc()) is not None:
        libc.mallopt(_ARENA_MAX, _HEAPS)


def lend_large_blocks() -> None:
    """Give blocks of 4 MB and more back as soon as they are free. glibc only.

    It would raise that limit by itself, and keep what the longest of them took. A lower one costs
    time: blocks of 1 MB are asked for again and again.
    """
    if (libc := _glibc()) is not None:
        libc.mallopt(_MMAP_THRESHOLD, _BLOCK)
        libc.mallopt(_TRIM_THRESHOLD, _SPARE)


def limit_threads() -> None:
    """Let numpy compute in the thread that asks it; to be called before it is imported.

    A turn is read in 30 ms so. By more threads it is hardly sooner, since matrices are small, and
    on a machine with other work, as in a call, they wait for each other: ten times as long.
    """
    for name in ("OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):  # the latter on Macs
        os.environ.setdefault(name, "1")


def freeze() -> None:
    """Take everything that is there now as there to stay; later searches leave it out.

    After this, a search takes milliseconds and does not stop the sound of a call. What reading it
    in took beside it is given back.
    """
    trim()
    gc.freeze()
    let_files_go()


def let_files_go() -> None:
    """Keep no pages of large files that were read through the memory; Linux only.

    The libraries copy their models out of them once: 33 MB of the turn detector's, 42 MB of the
    recogniser's. A page that is needed after all comes back from the file, in microseconds while
    the system has it.
    """
    if (libc := _glibc()) is None:
        return
    with suppress(OSError), Path("/proc/self/smaps").open(encoding="utf-8") as lines:
        for start, length in list(_of_files(lines)):
            libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(length), _MADV_DONTNEED)


def _of_files(lines: Iterable[str]) -> Iterator[tuple[int, int]]:
    """The large parts of memory that are as in their file: nothing has been written to them, also
    not before they were made read-only, as the loader does with addresses."""
    start = length = 0
    for line in lines:
        if found := _MAPPING.match(line):
            start, end = (int(at, 16) for at in found.group(1, 2))
            plain = "w" not in found[3] and _STAYS.search(found[4])
            length = end - start if plain else 0
        elif length >= _LARGE and line.startswith("Anonymous:") and line.split()[1] == "0":
            yield start, length


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
