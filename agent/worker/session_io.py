"""How an engine's session takes part in the room of a call, and how it leaves."""

import asyncio
import logging
from contextlib import suppress

from livekit.agents.voice import room_io

from agent.engines.base import Engine

log = logging.getLogger(__name__)

CLOSING = 2.0
"""Seconds that a session and its engine may take to close before the call is over without them."""
PUBLISHING = 3.0
"""Seconds that a session whose voice is just being published is let alone before it is closed."""
LOOK = 0.02
"""Seconds between two looks whether it is published; there is no event for it."""
GIVING_UP = 1.5
"""Seconds of these after which it closes without the model that it may be waiting for."""


def room_options(trainee: str) -> room_io.RoomOptions:
    """The session hears the participant ``trainee`` and nobody else, and outlives its absence."""
    return room_io.RoomOptions(
        participant_identity=trainee,
        text_input=False,
        video_input=False,
        audio_input=room_io.AudioInputOptions(sample_rate=16000, frame_size_ms=20),
        audio_output=room_io.AudioOutputOptions(sample_rate=24000, track_name="persona"),
        text_output=False,
        close_on_disconnect=False,
    )


async def close(engine: Engine, call: str) -> None:
    """Close the engine's session, then the engine; back in time whatever they do.

    Both run in tasks of their own: who is cancelled while he waits for a model's connection, as
    a recovery is by the end of its call, would end the connection's task with him, and who closes
    it once more would then be cancelled by that.
    """
    await _published(engine)
    closing = [asyncio.create_task(engine.session.aclose())]
    try:
        await asyncio.wait(closing, timeout=GIVING_UP)
        closing.append(asyncio.create_task(engine.aclose()))
        await asyncio.wait(closing, timeout=CLOSING - GIVING_UP)
    finally:
        for task in closing:
            _end(task, call)


async def _published(engine: Engine) -> None:
    """Wait while the session's voice is being published, and begin it no more.

    A session that is closed meanwhile cancels that and forgets the track, which the server has all
    the same. LiveKit's output holds its lock from the request on, and has the publication when the
    answer has come.
    """
    try:
        room_io = engine.session.room_io
    except RuntimeError:
        return  # it was never in a room
    output, entering = room_io._audio_output, room_io._init_atask
    if output is None:
        return
    if entering is not None and not output._lock.locked():
        entering.cancel()  # else it could ask while the session closes
    with suppress(TimeoutError):
        async with asyncio.timeout(PUBLISHING):
            while output._lock.locked() and output._publication is None:  # noqa: ASYNC110
                await asyncio.sleep(LOOK)


def _end(task: asyncio.Task[None], call: str) -> None:
    if not task.done():
        task.cancel()
        log.error("the session of call %s did not close in time", call)
    elif not task.cancelled() and (error := task.exception()):
        log.error("the session of call %s did not close", call, exc_info=error)
