"""A place in the cache for one pinned part: made by one process at a time, there whole or not."""

import asyncio
import errno
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from agent.platform.setup.failure import PartFailed

WAIT = 60 * 60.0  # seconds for another app that is making it; longer than making it may take
_TEMPORARY = ".making-"


class CacheSlot:
    """``folder/version`` holds the finished part; its makings stand beside it for a while."""

    def __init__(self, folder: Path, version: str) -> None:
        self.folder = folder
        self.place = folder / version

    @asynccontextmanager
    async def making(self, waiting: Callable[[], None]) -> AsyncIterator[Path]:
        """An empty folder to make the part in, gone afterwards; ``waiting`` is told of a wait.

        Look whether the part has come into place meanwhile. Raises ``PartFailed``, ``OSError``.
        """
        await asyncio.to_thread(self.folder.mkdir, parents=True, exist_ok=True)
        lock = FileLock(self.folder / "lock")
        await self._take(lock, waiting)
        try:
            await asyncio.to_thread(self._sweep)
            yield Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=self.folder))
        finally:
            # A making has thousands of files. Shielded: when it was cancelled they go, too.
            try:
                await asyncio.shield(asyncio.to_thread(self._sweep))
            finally:
                lock.release()

    async def put(self, made: Path) -> None:
        """Move the finished folder into place, in one step."""
        for _ in range(10):
            if await asyncio.to_thread(self._move, made):
                return
            await asyncio.sleep(0.3)  # Windows: a virus scanner still holds the new file
        raise PermissionError(errno.EACCES, "another program holds the files", str(made))

    def _move(self, made: Path) -> bool:
        if self.place.exists():  # and broken, or it would not have been made again
            self.place.replace(made.with_name(made.name + "-old"))
        try:
            made.replace(self.place)
        except PermissionError:
            return False
        return True

    async def _take(self, lock: FileLock, waiting: Callable[[], None]) -> None:
        end = time.monotonic() + WAIT
        while True:
            try:
                lock.acquire(blocking=False)
                return
            except Timeout:
                waiting()
            if time.monotonic() > end:
                raise PartFailed(
                    "Another Rehearsal is preparing this and does not come to an end.",
                    "Stop the other one, then press Retry.",
                )
            await asyncio.sleep(0.5)

    def _sweep(self) -> None:
        """Remove every making; only the holder of the lock has one."""
        for path in self.folder.glob(_TEMPORARY + "*"):
            shutil.rmtree(path, ignore_errors=True)
