"""The doctor's page in a browser."""

from playwright.sync_api import Browser

from tests.support.caller import Caller
from tests.support.running import RunningApp

NO_UDP = "--webrtc-ip-handling-policy=disable_non_proxied_udp"
"""Chromium sends no media over UDP then, as behind a strict firewall."""


def states(caller: Caller) -> dict[str, str]:
    """The state of each check on the page, by its id."""
    script = """() => Object.fromEntries([...document.querySelectorAll(".rh-check")].map(
        (row) => [row.querySelector(".rh-check-anchor").id, row.dataset.state]))"""
    rows: dict[str, str] = caller.page.evaluate(script)
    return {name.removeprefix("check-"): state for name, state in rows.items()}


def wait_for(caller: Caller, wanted: dict[str, str]) -> None:
    """Wait until these checks are in these states."""
    caller.until(lambda: wanted.items() <= states(caller).items(), f"{wanted}", 120)


def open_doctor(chromium: Browser, app: RunningApp) -> Caller:
    """An author's page of the doctor."""
    caller = Caller(chromium, app.url)
    caller.log_in("author")
    caller.open("/doctor")
    return caller
