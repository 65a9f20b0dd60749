"""Memory and threads of the app and what it started."""

import time

import psutil

from tests.running import RunningApp


def family(app: RunningApp) -> list[psutil.Process]:
    """The app and its children."""
    assert app.process is not None
    me = psutil.Process(app.process.pid)
    return [me, *me.children(recursive=True)]


def megabytes(processes: list[psutil.Process]) -> float:
    """Memory, with what they share divided among them where the system tells (else resident)."""
    total = 0
    for process in processes:
        info = process.memory_full_info()
        total += getattr(info, "pss", 0) or info.rss
    return total / 1e6


def settled(app: RunningApp) -> tuple[float, int]:
    """Resident megabytes and threads of the app itself once no call is left."""
    app.wait(lambda health: health["calls"]["live"] == 0, 60)
    time.sleep(3)
    me = family(app)[0]
    return me.memory_info().rss / 1e6, me.num_threads()
