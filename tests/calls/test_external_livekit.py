"""LIVEKIT_URL: a whole call through a server that is not ours, and what is wrong with one."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from agent.platform.process.ports import free_tcp_port
from agent.platform.server.livekit_config import new_key, new_secret
from tests.support.caller import ALLOW, Caller, browser
from tests.support.livekit_apart import LiveKitApart
from tests.support.running import RunningApp

pytestmark = pytest.mark.call

WALTER = "walter-hughes"


@pytest.fixture(scope="module")
def apart(app: RunningApp) -> Iterator[LiveKitApart]:
    """A second server; ``app`` has built the program."""
    with LiveKitApart() as server:
        yield server


def test_a_whole_call_through_a_server_that_is_not_ours(
    apart: LiveKitApart, tmp_path: Path
) -> None:
    with RunningApp(tmp_path, apart.environment, watched=True) as own, browser(ALLOW) as chromium:
        assert own.health()["livekit"] == {"own": False, "state": "external"}
        assert own.process is not None
        for child in psutil.Process(own.process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # some live for a moment only
                assert "livekit-server" not in " ".join(child.cmdline())
        caller = Caller(chromium, own.url)
        tickets = []
        caller.page.on("websocket", lambda socket: tickets.append(socket.url))
        caller.call(WALTER)
        assert any(url.startswith(apart.url) for url in tickets)
        caller.wait_for_silence()
        caller.say("What is your account number please?")
        # Which words they are depends on how busy the machine is.
        caller.until(lambda: re.search(r"You\n+\w", caller.text()) is not None, "words")
        caller.wait_for_speech()
        caller.wait_for_silence()
        caller.type("What is your account number?")
        caller.wait_for_text("40 77 21 58")
        caller.wait_for_speech()
        caller.end()
        caller.page.get_by_text("See how it went").click()
        caller.page.wait_for_url("**/calls/*")
        caller.wait_for_text("40 77 21 58")
        own.wait(lambda health: health["calls"]["live"] == 0, 60)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("LIVEKIT_API_SECRET", "LIVEKIT_API_SECRET is not the one of it"),
        ("LIVEKIT_API_KEY", "does not know LIVEKIT_API_KEY"),
        ("LIVEKIT_URL", "Nothing listens at"),
    ],
)
def test_a_server_that_does_not_take_us_is_named_with_the_remedy(
    apart: LiveKitApart, tmp_path: Path, setting: str, words: str
) -> None:
    wrong = {
        "LIVEKIT_API_SECRET": new_secret(),
        "LIVEKIT_API_KEY": new_key(),
        "LIVEKIT_URL": f"ws://127.0.0.1:{free_tcp_port()}",
    }
    app = RunningApp(tmp_path, {**apart.environment, setting: wrong[setting]})
    try:
        app.start()
        health = app.wait(lambda health: words in health.get("problem", ""), 240)
        assert (health["ready"], health["status"]) == (False, "unavailable")
        with browser(ALLOW) as chromium:
            caller = Caller(chromium, app.url)
            caller.log_in()
            caller.open(f"/call/{WALTER}")
            caller.wait_for_text(words)
        assert wrong["LIVEKIT_API_SECRET"] not in app.log.read_text()
        assert apart.secret not in app.log.read_text()
    finally:
        app.stop()
