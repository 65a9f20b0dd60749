"""The app, its parts, its LiveKit server and its worker: what is seen and what it means."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from agent.doctor import livekit
from agent.doctor.check import Check, Group
from agent.doctor.http import LIMIT
from agent.platform.server.endpoint import Endpoint

TITLES = (
    ("app", "Rehearsal itself"),
    ("parts", "Parts for calls"),
    *livekit.TITLES,
    ("worker", "Worker (the voices)"),
)
_NAMES = dict(TITLES)
_WITHOUT = {
    "voice": "its offline voice ended again and again: lines are only shown until it works again.",
    "espeak": "its voice for other languages than English ended again and again: their lines are "
    "only shown until it works again.",
    "recogniser": "its offline recogniser ended again and again: trainees are told to type.",
}


@dataclass(frozen=True, slots=True)
class SystemView:
    """What can be looked at: ``endpoint`` is the LiveKit server (``own``: started by Rehearsal).

    Without one, ``server`` is the check of it and ``why`` the reason for skipping the others.
    """

    app: Check
    parts: Check
    worker: Check
    endpoint: Endpoint | None = None
    own: bool = True
    server: Check | None = None
    why: str = ""


ViewSource = Callable[[], AbstractAsyncContextManager[SystemView]]


def group(look: ViewSource, limit: float = LIMIT) -> Group:
    """All of these checks; to look may start a server, which is ended again."""

    async def make() -> Sequence[Check]:
        # It takes half a second to import: neither the start nor the pages need wait for that.
        seen = await asyncio.to_thread(import_module, "agent.doctor.livekit_seen")
        async with look() as view:
            if view.endpoint is None:
                servers = livekit.skipped(view.why)
                servers[:1] = [view.server or servers[0]]
            else:
                servers = livekit.verdicts(await seen.see(view.endpoint, limit), own=view.own)
            return [view.app, view.parts, *servers, view.worker]

    return Group(TITLES, make)


def running(health: dict[str, Any], where: str) -> Check:
    """The app by what its ``/healthz`` says."""
    problem = str(health.get("problem") or "")
    if not problem and (broken := _broken(health)):
        found = f"It runs {where}, but {broken}"
        fix = "Install what is said to fail below again, then restart it; its log says more."
        return Check("app", _NAMES["app"], "warning", found, fix)
    if not problem:
        return Check("app", _NAMES["app"], "ok", f"It runs {where}; calls can be made.")
    found = f"It runs {where}, but no call can be made now: {problem}"
    if health.get("status") == "failed":
        fix = "Follow the banner on its pages; the points below say more."
        return Check("app", _NAMES["app"], "failed", found, fix)
    soon = health.get("status") == "preparing" or health.get("models") == "loading"
    if soon or _busy(health):
        return Check("app", _NAMES["app"], "warning", found, "Wait, then look again.")
    fix = "Mend the points below that failed; if none did, restart it."
    return Check("app", _NAMES["app"], "failed", found, fix)


def _broken(health: dict[str, Any]) -> str:
    """What hears or speaks offline and has been given up for a while; "" when all works."""
    speech = health.get("speech", {})
    down = [name for name in _WITHOUT if speech.get(name, {}).get("state") == "resting"]
    return " ".join(_WITHOUT[name] for name in down)


def worker(health: dict[str, Any]) -> Check:
    """The worker by what the app knows of it."""
    calls = health.get("calls", {})
    live, most = calls.get("live", 0), calls.get("most", 0)
    lines = f"{live} of {most} lines in use"
    elsewhere = health.get("workers") or {}  # in other processes, where those were asked for
    if health.get("worker") == "registered":
        if _busy(health):
            fix = "Wait for a call to end, or raise REHEARSAL_MAX_CALLS if the processor allows."
            return _worker("warning", f"It is registered, but all lines are busy ({lines}).", fix)
        if refused := str(elsewhere.get("refused") or ""):
            found, fix = f"Workers play calls ({lines}), but not all of them.", refused
            return _worker("warning", found, fix)
        return _worker("ok", f"It is registered with the LiveKit server; {lines}.")
    if health.get("models") == "loading":
        return _worker("warning", "The voices are being loaded.", "Wait some seconds; look again.")
    if health.get("worker") == "starting":
        fix = "Wait some seconds. If it stays so, mend what is said of the LiveKit server above."
        return _worker("warning", "It is signing on with the LiveKit server.", fix)
    found = "It is not registered with the LiveKit server, so no persona would come to a call."
    fix = (
        "Mend what is said of the LiveKit server above, then restart Rehearsal. Its worker signs "
        "on under a name of its own, drawn at each start: an agent that you start yourself, under "
        "whatever agent name, does not stand in for it."
    )
    if elsewhere and health.get("problem"):
        fix = str(health["problem"])
    return _worker("failed", found, fix)


def _busy(health: dict[str, Any]) -> bool:
    calls = health.get("calls", {})
    return 0 < int(calls.get("most", 0)) <= int(calls.get("live", 0))


def _worker(state: Any, found: str, fix: str = "") -> Check:
    return Check("worker", _NAMES["worker"], state, found, fix)
