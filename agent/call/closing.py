"""The end of one engine's session, which may hang on its model."""

import asyncio
import logging

from agent.engines.base import Engine

log = logging.getLogger(__name__)

CLOSING = 2.0
"""Seconds that a session and its engine may take to close before the call is over without them."""
GIVING_UP = 1.5
"""Seconds of these after which it closes without the model that it may be waiting for."""


async def close(engine: Engine, call: str) -> None:
    """Close the engine's session, then the engine; back in time whatever they do.

    Both run in tasks of their own: who is cancelled while he waits for a model's connection, as
    a recovery is by the end of its call, would end the connection's task with him, and who closes
    it once more would then be cancelled by that.
    """
    closing = [asyncio.create_task(engine.session.aclose())]
    try:
        await asyncio.wait(closing, timeout=GIVING_UP)
        closing.append(asyncio.create_task(engine.aclose()))
        await asyncio.wait(closing, timeout=CLOSING - GIVING_UP)
    finally:
        for task in closing:
            _end(task, call)


def _end(task: asyncio.Task[None], call: str) -> None:
    if not task.done():
        task.cancel()
        log.error("the session of call %s did not close in time", call)
    elif not task.cancelled() and (error := task.exception()):
        log.error("the session of call %s did not close", call, exc_info=error)
