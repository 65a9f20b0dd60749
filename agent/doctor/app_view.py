"""What the running app sees of its own system, for its page."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from agent.doctor.check import Check, State
from agent.doctor.services import SystemView, ViewSource, running, worker
from agent.platform.server.endpoint import Endpoint
from agent.platform.setup.preparation import Part, Preparation


def look_from(
    preparation: Preparation,
    endpoint: Callable[[], Endpoint | None],
    health: Callable[[], dict[str, Any]],
) -> ViewSource:
    """``health`` is what ``Calls.health`` says, and the ``problem`` that keeps calls from being
    made; ``endpoint`` is None while our own server is not up."""

    @asynccontextmanager
    async def look() -> AsyncIterator[SystemView]:
        told, server = {**health(), "status": _status(preparation)}, endpoint()
        own = bool(told.get("livekit", {}).get("own"))
        down = None
        if server is None:
            state = told.get("livekit", {}).get("state", "not started")
            found = f"The LiveKit server of this machine does not run ({state})."
            fix = "It is started by itself, once its parts are there; its log is in the data folder"
            grave = "failed" if state == "failed" else "warning"
            down = Check("livekit", "LiveKit server", grave, found, f"{fix}.")  # type: ignore[arg-type]
        yield SystemView(
            running(told, "here"),
            parts(preparation.parts),
            worker(told),
            server,
            own,
            down,
            "The LiveKit server does not run yet.",
        )

    return look


def _status(preparation: Preparation) -> str:
    failed = any(part.state == "failed" and part.needed for part in preparation.parts)
    return "failed" if failed else "" if preparation.ready else "preparing"


def parts(each: list[Part]) -> Check:
    """What the preparation has got ready."""
    name = "Parts for calls"
    failed = sorted((part for part in each if part.state == "failed"), key=lambda p: not p.needed)
    if failed:
        found = f"{failed[0].name}: {failed[0].error}"
        state: State = "failed" if failed[0].needed else "warning"
        return Check("parts", name, state, found, failed[0].remedy)
    waiting = [part for part in each if part.state != "ready"]
    if waiting:
        found = f"{waiting[0].name} is being prepared: {waiting[0].progress or 'waiting'}."
        return Check("parts", name, "warning", found, "Wait; this is needed only once.")
    warnings = " ".join(part.warning for part in each if part.warning)
    if warnings:
        return Check("parts", name, "warning", warnings, "Follow it if calls fail.")
    return Check("parts", name, "ok", "LiveKit server and browser SDK are ready.")
