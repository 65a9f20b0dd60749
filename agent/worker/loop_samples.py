"""LiveKit looks at where a loop stands that has been blocked; here no garbage is searched for then.

``sys._current_frames`` of Python 3.11 makes objects while it holds the lock over all threads. When
that begins a search for garbage, LiveKit's own callback of the search is Python code, in which
another thread may get its turn; one that ends then waits for that lock with the interpreter's in
its hands, and the whole process stands for good.
"""

import gc
import threading
from typing import Any

from livekit.agents.telemetry.loop_monitor import EventLoopMonitor

_theirs = EventLoopMonitor._sample_loop_thread
_one = threading.Lock()


def _sample(monitor: EventLoopMonitor, lag: float) -> Any:
    """As theirs (livekit-agents 1.8.9), one after the other: each switches the search on again."""
    with _one:
        searching = gc.isenabled()
        gc.disable()
        try:
            return _theirs(monitor, lag)
        finally:
            if searching:
                gc.enable()


def sample_without_garbage() -> None:
    """From now on in this process, for every loop that LiveKit watches."""
    EventLoopMonitor._sample_loop_thread = _sample  # type: ignore[method-assign,assignment]
