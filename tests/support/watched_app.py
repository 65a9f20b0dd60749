"""app.py with these arguments, and its stalls: ``python -m tests.support.watched_app FILE …``.

The loops of the app and of its jobs are watched by LiveKit's monitor; all else is as in a plain
start.
"""

import asyncio
import os
import runpy
import sys
from pathlib import Path
from typing import Any

from nicegui import app

LEAST = 0.03
"""Seconds of the shortest stall that is written down."""


def watch(file: Path) -> None:
    """Write the stalls of this process's loops into that file from the app's start on."""
    os.environ["LIVEKIT_AGENTS_LOOP_BLOCK_WARN_MS"] = str(LEAST * 1000)

    def load(loop: asyncio.AbstractEventLoop) -> None:
        # Slow, so not on the loop; and not before the app has begun as it does for a user.
        from livekit.agents.telemetry import loop_monitor

        from tests.support.stalls import append_to, stall_of

        note = append_to(file)

        def report(monitor: Any, seen: loop_monitor.BlockedReport) -> None:
            stall = stall_of(monitor._name, seen)
            if stall.worked >= LEAST:
                note(stall)

        loop_monitor.EventLoopMonitor._report = report  # type: ignore[method-assign,assignment]
        loop_monitor.start_monitoring(loop, name="app", emit_spans=False)

    async def start() -> None:
        await asyncio.to_thread(load, asyncio.get_running_loop())

    app.on_startup(start)


if __name__ == "__main__":
    _, file, *arguments = sys.argv
    watch(Path(file))
    sys.argv = ["app.py", *arguments]
    runpy.run_path("app.py", run_name="__main__")
