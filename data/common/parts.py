"""Parts that work in the background for as long as the app runs: one that fails starts again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

FIRST, LONGEST = 1.0, 60.0
"""Seconds before a part is started again: at first, and after it has failed again and again."""
CALM = 120.0
"""Seconds after which a part that works is as good as one that never failed."""

log = logging.getLogger(__name__)


async def kept_up(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Run ``work`` until it ends by itself or this is cancelled; one that raises is called again.

    Each failure goes to the log under ``name``, with its traceback.
    """
    loop, pause = asyncio.get_running_loop(), FIRST
    while True:
        began = loop.time()
        try:
            await work()
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            log.error("%s was given up by a part of itself", name)
        except Exception:
            log.exception("%s failed", name)
        else:
            return
        if loop.time() - began > CALM:
            pause = FIRST
        log.warning("%s starts again in %.0f s", name, pause)
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST)
