"""What the doctor sees of the app and its parts: from within, and from the command line."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from agent.doctor import app_view, cli_view, services
from agent.doctor.check import Check
from agent.platform.server.endpoint import Endpoint
from agent.platform.settings import Settings
from agent.platform.setup.preparation import Part
from tests.support.fakes.livekit import FakeLiveKit
from tests.support.studio import FakePreparation

KEY, SECRET = "APIabcdefghijkl", "s" * 43
HEALTH: dict[str, Any] = {
    "worker": "registered",
    "models": "loaded",
    "livekit": {"own": True, "state": "up"},
    "calls": {"live": 0, "most": 4},
    "problem": "",
    "status": "ok",
}
READY = (Part("livekit-server", "LiveKit server", "ready"), Part("livekit-client", "SDK", "ready"))


async def checks(look: services.ViewSource) -> dict[str, Check]:
    """The checks of the app and its LiveKit server, by id; never fewer than announced."""
    made = {check.id: check for check in await services.group(look).make()}
    assert list(made) == [id for id, _ in services.TITLES]
    return made


# ---- from within ----


def from_within(*parts: Part, endpoint: Endpoint | None = None, **health: Any) -> Callable[[], Any]:
    preparation = cast(Any, FakePreparation(*parts))
    return app_view.look_from(preparation, lambda: endpoint, lambda: {**HEALTH, **health})


async def test_a_running_app_that_is_well() -> None:
    async with FakeLiveKit() as server:
        endpoint = Endpoint(f"ws://{server.host}", KEY, SECRET)
        found = await checks(from_within(*READY, endpoint=endpoint))
    assert {check.state for check in found.values()} == {"ok"}


async def test_a_part_that_could_not_be_prepared_is_told_with_its_remedy() -> None:
    failed = Part("livekit-server", "LiveKit server", "failed", error="No Go.", remedy="Get Go.")
    problem = "LiveKit server could not be prepared"
    server = {"own": False, "state": "external"}
    found = await checks(from_within(failed, problem=problem, livekit=server, worker="stopped"))
    assert (found["parts"].state, found["parts"].fix) == ("failed", "Get Go.")
    assert found["app"].state == "failed"
    assert found["livekit-credentials"].state == "skipped"


async def test_parts_that_are_being_prepared_are_no_failure() -> None:
    working = Part("livekit-server", "LiveKit server", "working", "12 packages compiled")
    found = await checks(
        from_within(working, problem="Being prepared.", worker="stopped", models="loading")
    )
    assert "12 packages" in found["parts"].found
    assert "failed" not in {check.state for check in found.values()}


async def test_our_own_server_that_has_died_is_told() -> None:
    dead = {"own": True, "state": "failed"}
    found = await checks(from_within(*READY, livekit=dead, problem="It does not run."))
    assert found["livekit"].state == "failed"
    assert found["livekit-socket"].state == "skipped"


async def test_workers_elsewhere_that_are_missing_are_told_how_to_start() -> None:
    words = "No worker is there. Start one: python -m agent.worker --app (this address)."
    none = {"registered": 0, "refused": ""}
    found = await checks(from_within(*READY, worker="down", workers=none, problem=words))
    assert found["worker"].fix == words


@pytest.mark.parametrize(("state", "told"), [("registered", "warning"), ("down", "failed")])
async def test_workers_of_another_release_are_told_with_what_helps(state: str, told: str) -> None:
    words = "A worker speaks version 0.9. Update that worker."
    workers = {"registered": int(state == "registered"), "refused": words}
    problem = "" if state == "registered" else words
    found = await checks(from_within(*READY, worker=state, workers=workers, problem=problem))
    assert (found["worker"].state, found["worker"].fix) == (told, words)


# ---- from outside ----


def settings(tmp_path: Path, port: int, **more: str) -> Settings:
    return Settings.load(
        tmp_path, {"REHEARSAL_PORT": str(port), "REHEARSAL_CACHE": str(tmp_path / "cache"), **more}
    )


@pytest.mark.parametrize(("state", "told"), [("up", "ok"), ("failed", "failed")])
async def test_a_running_app_is_asked(tmp_path: Path, state: str, told: str) -> None:
    async def healthz(request: web.Request) -> web.Response:
        return web.json_response({**HEALTH, "livekit": {"own": True, "state": state}})

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    async with TestServer(app, host="127.0.0.1") as server:
        look = cli_view.look_from(settings(tmp_path, server.port or 0), {"PATH": ""})
        found = await checks(look)
    assert found["app"].state == "ok"
    assert found["worker"].found.endswith("0 of 4 lines in use.")
    assert found["livekit"].state == told
    assert "/doctor" in found["livekit-credentials"].found


async def test_nothing_is_prepared_yet(tmp_path: Path, closed_port: int) -> None:
    look = cli_view.look_from(settings(tmp_path, closed_port), {"PATH": ""})
    found = await checks(look)
    assert found["parts"].state == "warning"
    assert "LiveKit server" in found["parts"].found
    assert "browser SDK" in found["parts"].found
    assert found["livekit"].state == "skipped"


async def test_another_server_is_looked_at_without_the_app(
    tmp_path: Path, closed_port: int
) -> None:
    async with FakeLiveKit() as server:
        url = f"ws://{server.host}"
        credentials = {"LIVEKIT_API_KEY": KEY, "LIVEKIT_API_SECRET": SECRET}
        given = settings(tmp_path, closed_port, LIVEKIT_URL=url, **credentials)
        found = await checks(cli_view.look_from(given, {"PATH": ""}))
    assert found["livekit"].state == found["livekit-socket"].state == "ok"
    assert "external" in found["livekit"].found
    assert "the LiveKit server (" not in found["parts"].found


@pytest.mark.skipif(sys.platform == "win32", reason="the program is a shell script")
async def test_a_program_that_does_not_start_is_told(tmp_path: Path, closed_port: int) -> None:
    given = settings(tmp_path, closed_port)
    program = tmp_path / "bin" / "livekit-server"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\n[ "$1" = --version ] && echo 1.13.5 && exit 0\nexit 3\n')
    program.chmod(0o755)
    path = f"{program.parent}:/usr/bin:/bin"
    found = await checks(cli_view.look_from(given, {"PATH": path}))
    assert found["livekit"].state == "failed"
    assert "ended with code 3" in found["livekit"].found
