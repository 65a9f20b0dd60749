"""Memory and threads of the app and what it started."""

import time
from collections.abc import Iterable

import psutil

from tests.support.running import RunningApp

REST = 150.0
"""Seconds without a call before memory is looked at. The app tidies up 20 s after a page was
closed, on a thread; the LiveKit server, when nothing is asked of it, looks for garbage each two
minutes, as every program in Go: it had 65 MB after 25 calls, and 42 MB then."""
AT_MOST = 60.0
"""Seconds after these in which memory that does not come to rest is taken as it is."""


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


def settled(app: RunningApp) -> dict[str, tuple[float, int]]:
    """Resident megabytes and threads of each part once no call is left and memory is at rest."""
    app.wait(lambda health: health["calls"]["live"] == 0, 60)
    time.sleep(REST)
    until = time.monotonic() + AT_MOST
    parts = _parts(app)
    while time.monotonic() < until:
        time.sleep(3)
        before, parts = parts, _parts(app)
        if all(_same(parts[name], before.get(name, (0.0, 0))) for name in parts):
            break
    return parts


def _same(one: tuple[float, int], other: tuple[float, int]) -> bool:
    return abs(one[0] - other[0]) < 0.5 and one[1] == other[1]


def _parts(app: RunningApp) -> dict[str, tuple[float, int]]:
    return together((name(p), p.memory_info().rss / 1e6, p.num_threads()) for p in family(app))


def together(parts: Iterable[tuple[str, float, int]]) -> dict[str, tuple[float, int]]:
    """Name, megabytes and threads of each process: several of one name, as the recognisers, are
    one part with the sum of theirs."""
    found: dict[str, tuple[float, int]] = {}
    for part, size, threads in parts:
        before, more = found.get(part, (0.0, 0))
        found[part] = (before + size, more + threads)
    return found


def name(process: psutil.Process) -> str:
    """What that process of the app is."""
    words = " ".join(process.cmdline())
    if "app.py" in words:
        return "app"
    what = "LiveKit server"
    if "agent.speech.hearing.listener" in words:
        what = "recogniser"
    elif "agent.speech.speaking.neural_process" in words:
        what = "voice"
    elif "agent.speech.speaking.espeak_process" in words:
        what = "espeak-ng"
    return f"{what}'s guard" if "child_guard.py" in words else what
